"""The step Treatment: stages, templates, clinic days, summary."""

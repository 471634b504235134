"""The calendar of a treatment."""

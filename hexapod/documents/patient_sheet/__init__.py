"""The patient's sheet."""

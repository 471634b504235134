"""The case: its model, its file, its fingerprint."""

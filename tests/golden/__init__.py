"""Whole plans of named scenarios, recorded; re-recording needs a reason: see record.py."""

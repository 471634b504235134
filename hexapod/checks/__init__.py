"""Checks: each reads the plan being made and returns its findings.  Nothing here changes a number."""

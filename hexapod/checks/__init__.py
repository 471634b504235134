"""Checks: each reads the plan in the making and says what it found.  Nothing here changes a number."""

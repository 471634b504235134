"""Strut settings, doses of a day, strut exchanges and the visits for them."""

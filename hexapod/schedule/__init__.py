"""Strut settings, doses of a day, exchanges and the visits for them."""

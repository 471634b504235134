"""Strut settings, doses of a day, strut change-outs and the visits for them."""

"""The entries of an open case: as typed, as read, as a case file and back."""

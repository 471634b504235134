"""Languages, numbers and sentences of every kind."""

"""The page of a signed plan at home: a server of its own that never carries a patient's name (docs/home.md)."""

"""The page of a signed plan at home: a server of its own, which no name of a patient ever passes (docs/home.md)."""

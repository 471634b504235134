"""The languages of what a patient reads, by code, each in its own words."""

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch", "pt": "Português"}

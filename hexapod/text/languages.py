"""The languages of what a patient reads, and the mark on sentences that are translated."""

from __future__ import annotations

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch", "pt": "Português"}


def translatable(sentence: str) -> str:
    """The sentence itself; where it is used, `language.say` looks it up.

    >>> translatable("red")
    'red'
    """
    return sentence

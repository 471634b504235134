"""The languages of what a patient reads, the mark on sentences that are translated, and those that stand everywhere.

They are the one safety notice, the word for what nobody has signed, and the colours of struts.
"""

from __future__ import annotations

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch", "pt": "Português"}


def translatable(sentence: str) -> str:
    """The sentence itself; where it is used, `language.say` looks it up.

    >>> translatable("red")
    'red'
    """
    return sentence


NOTICE = translatable(
    "Decision support for trained clinicians. Not a cleared medical device: not for clinical use without clearance. "
    "For clinicians: check every plan against the patient, the radiographs and the frame."
)

# In these letters in every language, so that a clinic can look for one word; the language's own word stands beside it.
DRAFT = translatable("DRAFT")
NOT_SIGNED = translatable("Not signed. Not for the patient.")

# The product's own strut colours 1 to 6 (docs/hardware.md), always shown together with the number.
STRUT_COLOURS = {
    1: translatable("red"),
    2: translatable("orange"),
    3: translatable("yellow"),
    4: translatable("green"),
    5: translatable("blue"),
    6: translatable("violet"),
}

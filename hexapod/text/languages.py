"""The languages of the patient's documents, the marker for sentences to be translated, and texts used everywhere.

These texts are the safety notice, the word for a document that is not signed, and the colours of the struts.
"""

from __future__ import annotations

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch", "pt": "Português"}


def translatable(sentence: str) -> str:
    """The sentence unchanged; `language.say` looks up its translation where it is used.

    >>> translatable("red")
    'red'
    """
    return sentence


NOTICE = translatable(
    "Decision support for trained clinicians. Not a cleared medical device: not for clinical use without clearance. "
    "For clinicians: check every plan against the patient, the radiographs and the frame."
)

# The same word in every language, so that a clinic can search for it; the translation stands beside it.
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

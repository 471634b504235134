"""Characters that no name or text may hold: they are not seen, and change how what stands beside them is read."""

from __future__ import annotations

import unicodedata

# Marks that turn the direction of reading: with one of them "2.53 mm on day 44" is shown as "44 yad no mm 35.2".
# Source: Unicode Standard Annex 9, tables of explicit and implicit directional formatting characters.
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Of the control characters only those that a text of several lines needs.
LINES = frozenset("\n\r\t")


def unseen(text: str) -> str | None:
    r"""The first character of a text that may not stand in it, by its number; None when there is none.

    >>> unseen("Knie, rechts"), unseen("day 4\u202e"), unseen("a\x00"), unseen("two\nlines")
    (None, 'U+202E', 'U+0000', None)
    """
    for character in text:
        category = unicodedata.category(character)
        if character in DIRECTIONS or category == "Cs" or (category == "Cc" and character not in LINES):
            return f"U+{ord(character):04X}"
    return None

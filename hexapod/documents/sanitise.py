"""Text that the user typed, made harmless for what reads our files: spreadsheets, sheet names, calendars."""

from __future__ import annotations

import re
import unicodedata

# What a spreadsheet takes for the beginning of a formula, also in the full-width forms of Asian keyboards.
FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
# Spreadsheets of many countries end a cell at a semicolon; a tab or a new line ends one everywhere.
_NEW_CELL = ";\t\r\n"
# A cell's first sign is looked for behind blanks too: spaces of any kind, marks without width, control characters.
_BLANK = r"[\s\x00-\x20\x7f\x85\u00ad\u200b-\u200f\u2060\ufeff]*"
_FORMULA = re.compile(rf"(^|[{_NEW_CELL}])(?={_BLANK}[{re.escape(FORMULA_SIGNS)}]|[\t\r])")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text, or what follows a cell's end within it, for a formula.

    >>> [looks_like_formula(text) for text in ("=1+1", " -5", "\\tx", "a;@b", "proximal tibia", "a-b")]
    [True, True, True, True, False, False]
    """
    return _FORMULA.search(text) is not None


def harmless(text: str) -> str:
    """A text for a cell of a CSV: an apostrophe leads whatever a spreadsheet could take for a formula.

    >>> harmless("=1+1"), harmless("a;=1+1"), harmless("proximal tibia")
    ("'=1+1", "a;'=1+1", 'proximal tibia')
    """
    return _FORMULA.sub(r"\1'", text)


def one_line(text: str) -> str:
    """A text without line breaks, control characters and signs that no file can hold.

    >>> one_line("proximal\\r\\ntibia\\x07")
    'proximal tibia'
    """
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cn") else sign for sign in text)
    return " ".join(kept.split())

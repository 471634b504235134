"""Text typed by users, made safe for spreadsheets, sheet names, calendars and file names."""

from __future__ import annotations

import re
import unicodedata

from hexapod.case.model import Case
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import plan_sha256, short_fingerprint

# What a spreadsheet takes for the beginning of a formula, also in the full-width forms of Asian keyboards.
FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
# Spreadsheets of many countries end a cell at a semicolon; a tab or a new line ends one everywhere.
_NEW_CELL = ";\t\r\n"
# The first character of a cell is looked for after blanks too: any spaces, zero-width and control characters.
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
    """A text without line breaks, control characters and characters that no file can hold.

    >>> one_line("proximal\\r\\ntibia\\x07")
    'proximal tibia'
    """
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cn") else sign for sign in text)
    return " ".join(kept.split())


# Windows reads a name up to its first full stop, in small letters or capitals: "con.x_right" is the device "con".
DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9])\.", re.IGNORECASE)
# A level's name in a file's name, at most (letters); a whole name stays far below the 255 bytes of a file system.
LONGEST_LEVEL_NAME = 40


def case_file_name(case: Case) -> str:
    """Name of the case file."""
    return f"{limb_start(case)}case_{short_fingerprint(case.sha256)}.json"


def document_name(plan: Plan, kind: str, ending: str, level: int | None = None, *, draft: bool = False) -> str:
    """Name of a document of a plan: case, side, level, kind and the plan ID; `level` counts from 0.

    A document on the whole case of several levels names no level.  One of a plan that nobody has signed says DRAFT.
    """
    case = plan.case
    if level is None and len(case.levels) == 1:
        level = 0
    part = "" if level is None else f"{_level_name(case, level)}_"
    return f"{limb_start(case)}{'DRAFT_' if draft else ''}{part}{kind}_{short_fingerprint(plan_sha256(plan))}.{ending}"


def limb_start(case: Case) -> str:
    """What the names of all files of a limb begin with: its id and side.

    An id that would be a device, a hidden file or an option of a command gets a word in front.
    """
    plain = not DEVICE.match(case.id) and case.id[0] not in ".-"
    return f"{'' if plain else 'case_'}{case.id}_{case.limb.side}_"


def _level_name(case: Case, level: int) -> str:
    """The level's name in plain letters, digits and hyphens; all are numbered when one has none or two are alike."""
    plain = [_plain(one.name) for one in case.levels]
    if all(plain) and len(set(plain)) == len(plain):
        return plain[level]
    return f"{plain[level] or 'level'}-{level + 1}"


def _plain(name: str) -> str:
    """Small letters without accents, digits and hyphens: two names never differ by capital letters only."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")[:LONGEST_LEVEL_NAME].rstrip("-")

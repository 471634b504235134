"""Numbers that a clinician types, read strictly: one meaning, or a sentence that says what to type instead."""

from __future__ import annotations

import re

# Minus signs as keyboards, word processors and web pages write them: hyphens, dashes, U+2212, small, full width.
MINUS_SIGNS = "-‐‑‒–—―−﹣－"
SPACES = " \t\u00a0\u202f\u2009"
LONGEST_SHOWN = 24

_NUMBER = re.compile(r"(?P<sign>[-+]?)(?P<whole>[0-9]+)(?:(?P<mark>[.,])(?P<decimals>[0-9]+))?")
_UNITS = re.compile(r"[0-9]\s*(?:mm|cm|m|deg|degrees?|°|º|days?|d)(?:/day)?$", re.IGNORECASE)
_EXPONENT = re.compile(r"[0-9.,][eE][-+]?[0-9]+$")


class NotANumber(ValueError):
    """A typed text that has no single meaning as a number; the message says what to type instead."""


def size(text: str) -> float:
    """A size: a number without a sign, because a word beside it (or its label) gives the direction.

    >>> size("1,5"), size(" 12.25 ")
    (1.5, 12.25)
    >>> size("-7.5")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    hexapod.app.draft.typed_text.NotANumber: “-7.5”: a size has no sign. Type the size alone; ...
    """
    number, sign = _read(text, 3)
    if sign:
        raise _refusal(text, "a size has no sign. Type the size alone; the word gives the direction.")
    return number


def coordinate(text: str) -> float:
    """A coordinate: a number that may have a sign, up to six decimals.

    >>> coordinate("−71.748")
    -71.748
    """
    return _read(text, 6)[0]


def reading(text: str) -> float:
    """A reading of a scale: a size; of several numbers pasted together it says how many a frame has.

    >>> reading("117,5")
    117.5
    >>> reading("1 2 3")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    hexapod.app.draft.typed_text.NotANumber: “1 2 3”: these are 3 numbers. ...
    """
    parts = _apart(text)
    if len(parts) > 1 and all(map(_is_size, parts)):
        raise _refusal(text, f"these are {len(parts)} numbers. Paste all six together, struts 1 to 6, or type one.")
    if sum(map(_is_size, parts)) > 1:
        raise _refusal(text, _which_not(parts))
    if len(packed := text.split(",")) > 2 and all(map(_is_size, packed)):
        raise _refusal(text, f"are these {len(packed)} numbers? Type a space after the comma between two of them.")
    return size(text)


def _apart(text: str) -> list[str]:
    """The parts of a text between spaces, tabs, semicolons and commas beside a space.

    >>> _apart("150,5, 151;152 153")
    ['150,5', '151', '152', '153']
    """
    return re.sub(r"(?<=\s),|,(?=\s)|;", " ", text).split()


def _which_not(parts: list[str]) -> str:
    """Which part of several numbers is none, and why."""
    bad = [(number, part) for number, part in enumerate(parts, start=1) if not _is_size(part)]
    if all(_UNITS.fullmatch(f"0{part}") for _, part in bad):
        return "type the numbers alone; their unit stands in the label."
    number, part = bad[0]
    try:
        size(part)
    except NotANumber as error:
        return f"the {len(parts)} readings cannot be read at number {number}. {error}"
    raise AssertionError("a size was no size")


def six_in(text: str) -> list[str]:
    """Six sizes pasted together, with spaces, tabs, semicolons or commas beside a space between; else nothing.

    >>> six_in("117,5, 120; 117.5 121.75 119 120"), six_in("12 1")
    (['117,5', '120', '117.5', '121.75', '119', '120'], [])
    """
    parts = _apart(text)
    return parts if len(parts) == 6 and all(map(_is_size, parts)) else []


def _is_size(text: str) -> bool:
    try:
        size(text)
    except NotANumber:
        return False
    return True


def whole(text: str) -> int:
    """A whole number without a sign, such as a count of days.

    >>> whole("12")
    12
    """
    number, sign = _read(text, 3)
    if sign:
        raise _refusal(text, "a count has no sign.")
    if not number.is_integer() or "." in text or "," in text:
        raise _refusal(text, "must be a whole number such as 12.")
    return int(number)


def _read(text: str, most_decimals: int) -> tuple[float, str]:
    """The number, and its sign as typed (empty when there is none)."""
    bare = text.strip(SPACES)
    for sign in MINUS_SIGNS:
        bare = bare.replace(sign, "-")
    match = _NUMBER.fullmatch(bare)
    if match is None:
        raise _refusal(text, _why_not(bare))
    whole_digits, mark, decimals = match["whole"], match["mark"], match["decimals"] or ""
    if len(whole_digits) > 4:
        raise _refusal(text, "has more than four digits before the decimal point.")
    if mark == "," and len(decimals) == 3:
        raise _refusal(text, f"thousands or decimals? Type {whole_digits}.{decimals} or {whole_digits}{decimals}.")
    if len(decimals) > most_decimals:
        raise _refusal(text, f"has more than {most_decimals} decimals: round it to what was measured.")
    return float(f"{match['sign']}{whole_digits}.{decimals or '0'}"), match["sign"]


def _why_not(bare: str) -> str:
    if _EXPONENT.search(bare):
        return "powers of ten are not read. Type the number in full, such as 100."
    if _UNITS.search(bare):
        return "type the number alone; its unit stands in the label."
    if ("." in bare and "," in bare) or bare.count(".") > 1 or bare.count(",") > 1:
        return "type one comma or one point at most, without thousands marks, such as 1234.5."
    if re.fullmatch(r"[-+]?[.,][0-9]+", bare):
        return "type a zero before the decimal point, such as 0.5."
    return "is not a number. Type digits with a point or a comma, such as 7.5."


def _refusal(text: str, why: str) -> NotANumber:
    shown = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
    return NotANumber(f"“{shown}”: {why}")

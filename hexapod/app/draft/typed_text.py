"""What a clinician types, read strictly, entry by entry: it has one meaning, or a sentence says what to type."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.case.field_types import CLOCK, DATE
from hexapod.deformity.quantities import Pair
from hexapod.errors import Problem
from hexapod.preoperative.end_error import MOST_DEG, MOST_MM, USUAL_GOAL, Goal
from hexapod.text.field_kinds import either, word_name

# Minus signs as keyboards, word processors and web pages write them: hyphens, dashes, U+2212, small, full width.
MINUS_SIGNS = "-‐‑‒–—―−﹣－"
SPACES = " \t\u00a0\u202f\u2009"
LONGEST_SHOWN = 24

_NUMBER = re.compile(r"(?P<sign>[-+]?)(?P<whole>[0-9]+)(?:(?P<mark>[.,])(?P<decimals>[0-9]+))?")
_UNITS = re.compile(r"[0-9]\s*(?:mm|cm|m|deg|degrees?|°|º|days?|d)(?:/day)?$", re.IGNORECASE)
_EXPONENT = re.compile(r"[0-9.,][eE][-+]?[0-9]+$")
GOAL: d.Path = ("goal",)
# What to type instead of a number with a sign: of a bare size, beside a direction, and on a scale.
UNSIGNED = "a size has no sign. Type it without one, such as 7.5."
BESIDE_WORD = "a size has no sign. Type the size alone; the word gives the direction."
ON_SCALE = "no scale reads less than 0. Type what it reads, such as 117.5."


class NotANumber(ValueError):
    """A typed text that has no single meaning as a number; the message says what to type instead."""


def size(text: str, why: str = UNSIGNED) -> float:
    """A number without a sign, of at most three decimals; `why` is what is said of one with a sign.

    >>> size("1,5"), size(" 12.25 ")
    (1.5, 12.25)
    >>> size("-3", ON_SCALE)
    Traceback (most recent call last):
    hexapod.app.draft.typed_text.NotANumber: “-3”: no scale reads less than 0. Type what it reads, such as 117.5.
    """
    number, sign = _read(text, 3)
    if sign:
        raise _refusal(text, why)
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
    if len(parts) > 1 and all(map(is_size, parts)):
        raise _refusal(text, f"these are {len(parts)} numbers. Paste all six together, struts 1 to 6, or type one.")
    if sum(map(is_size, parts)) > 1:
        raise _refusal(text, _which_not(parts))
    if len(packed := text.split(",")) > 2 and all(map(is_size, packed)):
        raise _refusal(text, f"are these {len(packed)} numbers? Type a space after the comma between two of them.")
    return size(text, ON_SCALE)


def _apart(text: str) -> list[str]:
    """The parts of a text between spaces, tabs, semicolons and commas beside a space.

    >>> _apart("150,5, 151;152 153")
    ['150,5', '151', '152', '153']
    """
    return re.sub(r"(?<=\s),|,(?=\s)|;", " ", text).split()


def _which_not(parts: list[str]) -> str:
    """Which part of several numbers is none, and why."""
    bad = [(number, part) for number, part in enumerate(parts, start=1) if not is_size(part)]
    if all(_UNITS.fullmatch(f"0{part}") for _, part in bad):
        return "type the numbers alone; their unit stands in the label."
    number, part = bad[0]
    try:
        size(part, ON_SCALE)
    except NotANumber as error:
        return f"the {len(parts)} readings cannot be read at number {number}. {error}"
    raise AssertionError("a size was no size")


def six_in(text: str) -> list[str]:
    """Six sizes pasted together, with spaces, tabs, semicolons or commas beside a space between; else nothing.

    >>> six_in("117,5, 120; 117.5 121.75 119 120"), six_in("12 1")
    (['117,5', '120', '117.5', '121.75', '119', '120'], [])
    """
    parts = _apart(text)
    return parts if len(parts) == 6 and all(map(is_size, parts)) else []


def is_size(text: str) -> bool:
    """Whether a text is a size."""
    try:
        size(text)
    except NotANumber:
        return False
    return True


def heights_in(text: str) -> list[float] | None:
    """The ring separations that were typed, in mm, with spaces or semicolons between; None for none.

    >>> heights_in("150 162,5; 170"), heights_in(" ")
    ([150.0, 162.5, 170.0], None)

    Raises:
        NotANumber: one of them is no size.
    """
    parts = text.replace(";", " ").split()
    return [size(part) for part in parts] or None


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


def today() -> datetime.date:
    """Today by the browser's time zone; by the server's where the browser tells none that is known."""
    return date_in(st.context.timezone, datetime.datetime.now(datetime.UTC))


def date_in(zone: str | None, moment: datetime.datetime) -> datetime.date:
    """The date that a moment has in a time zone by its name, or where the server is.

    >>> noon = datetime.datetime(2026, 3, 2, 20, tzinfo=datetime.UTC)
    >>> str(date_in("Asia/Seoul", noon)), str(date_in("Pacific/Pago_Pago", noon))
    ('2026-03-03', '2026-03-02')
    """
    try:
        return moment.astimezone(zoneinfo.ZoneInfo(zone) if zone else None).date()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return moment.astimezone().date()


# Day, month and year as most of the world writes them, and month, day and year as the United States do.
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.\s?(?P<year>[0-9]{4})")
_MONTH_FIRST = re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})")
# Who is to say that a date with slashes begins with the month: until a clinic has, such a date is refused.
MONTH_FIRST = "month first"


def date_text(text: str, *, month_first: bool = False) -> str:
    """A date as the case file has it, from how it was typed; nothing typed is no date.

    >>> date_text("7.12.2026"), date_text(" 2026-12-07 "), date_text("12/07/2026", month_first=True)
    ('2026-12-07', '2026-12-07', '2026-12-07')

    Raises:
        NotANumber: no date of the calendar; or slashes, and nobody has said which of the two comes first.
    """
    bare = text.strip(SPACES)
    slashes = _MONTH_FIRST.fullmatch(bare)
    if slashes and not month_first:
        raise _refusal(text, "month or day first? Type 2026-12-07 or 7.12.2026, or choose so in step Limb.")
    match = slashes or _DAY_FIRST.fullmatch(bare)
    date = f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}" if match else bare
    if date and not is_date(date):
        raise _refusal(text, "no date of the calendar. Type it as 2026-12-07 or 7.12.2026.")
    return date


def is_date(text: str) -> bool:
    """Whether a text is a date of the calendar in the one way in which case files write dates.

    >>> is_date("2026-12-24"), is_date("2026-02-30"), is_date("24.12.2026")
    (True, False, False)
    """
    try:
        return DATE.fullmatch(text) is not None and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def listed(text: str) -> list[str]:
    """The dates of a list as they were typed, with lines, commas or semicolons between.

    >>> listed("2026-12-24, 25.12.2026\\n2027-01-01")
    ['2026-12-24', '25.12.2026', '2027-01-01']
    """
    return [part for part in map(str.strip, re.split(r"[\n,;]", text)) if part]


def is_time(text: str) -> bool:
    """Whether a text is a time of the day in the one way in which times are written: four digits, 24 hours.

    >>> is_time("08:00"), is_time("8:00"), is_time("24:00"), is_time("08:000")
    (True, False, False, False)
    """
    return CLOCK.fullmatch(text) is not None


def times_listed(text: str) -> list[str]:
    """The times of a list as they were typed, with spaces, commas or semicolons between.

    >>> times_listed("08:00, 12:00 20:00")
    ['08:00', '12:00', '20:00']
    """
    return [part for part in re.split(r"[\s,;]+", text) if part]


def spoken(text: str) -> str:
    """A date with its weekday, as people say it.

    >>> spoken("2026-12-24")
    'Thursday 24 December 2026'
    """
    date = datetime.date.fromisoformat(text)
    return f"{date:%A} {date.day} {date:%B %Y}"


@dataclass(frozen=True)
class Trouble:
    """An entry that is missing or wrong: its path in the draft and in the case file, and what to do, in a sentence."""

    path: d.Path
    key: str
    sentence: str
    missing: bool


@dataclass
class Reading:
    """What a draft says: the document as far as it goes, the troubles so far, and which entry each key comes from."""

    document: dict[str, Any] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    places: dict[str, d.Path] = field(default_factory=dict)

    def trouble(self, problem: Problem) -> Trouble:
        """A problem of the case, put at the entry that it comes from."""
        path, key = self.places.get(problem.path), problem.path
        while path is None and key:
            key = re.sub(r"(?:^|\.)[^.\[\]]+$|\[[0-9]+\]$", "", key)
            path = self.places.get(key)
        message = "still to be entered." if problem.missing else problem.message
        return Trouble(path or (), problem.path, message, problem.missing)

    def add_problems(self, problems: tuple[Problem, ...]) -> None:
        """Add the problems of the case that do not follow from troubles already known."""
        known = [trouble.key for trouble in self.troubles]
        for problem in problems:
            inside = (f"{problem.path}.", f"{problem.path}[")
            follows = any(not problem.path or key == problem.path or key.startswith(inside) for key in known)
            trouble = self.trouble(problem)
            same = any(old.path == trouble.path and old.sentence == trouble.sentence for old in self.troubles)
            if not (follows or same):
                self.troubles.append(trouble)


class EntryReader:
    """Reads single entries of a draft into a reading."""

    def __init__(self, draft: d.Draft, reading: Reading) -> None:
        self.draft = draft
        self.reading = reading
        self.exact: dict[str, float] = draft.get("exact", {})

    def at(self, key: str, path: d.Path) -> None:
        """Note that `key` of the document comes from the entry at `path`."""
        self.reading.places[key] = path

    def say(self, path: d.Path, key: str, sentence: str, *, missing: bool = False) -> None:
        self.reading.troubles.append(Trouble(path, key, sentence, missing))

    def number(self, path: d.Path, key: str, read: Callable[[str], float] = size) -> float | None:
        """The number typed at `path`, or None when there is none (with a trouble when it cannot be read)."""
        self.at(key, path)
        text = d.entry(self.draft, path)
        if not text.strip(SPACES):
            return None
        if text in self.exact:
            return self.exact[text]
        try:
            return read(text)
        except NotANumber as error:
            self.say(path, key, str(error))
        return None

    def words(self, path: d.Path, key: str, pairs: tuple[Pair, ...], *, required: bool = False) -> dict[str, float]:
        """Sizes by word; a size or a word alone is a trouble, and `required`, a quantity that nobody has typed."""
        found: dict[str, float] = {}
        for pair in pairs:
            here = (*path, pair.quantity)
            word = d.entry(self.draft, (*here, "word"))
            key_here = f"{key}.{word or pair.positive}"
            for either_word in (pair.positive, pair.negative):
                self.at(f"{key}.{either_word}", here)
            typed = d.entry(self.draft, (*here, "size")).strip(SPACES)
            known = len(self.reading.troubles)
            value = self.number((*here, "size"), key_here, partial(size, why=BESIDE_WORD))
            self.at(key_here, here)
            if len(self.reading.troubles) > known:
                bad = self.reading.troubles.pop()
                self.say(here, key_here, bad.sentence)
            elif value is not None and word is not None:
                found[word] = value
            elif value:
                self.say(here, key_here, f"choose {either(pair)}.")
            elif not typed and (word is not None or required):
                reason = (
                    f"type a size, or take the word {word_name(word)} away."
                    if word
                    else "type what was measured, or 0."
                )
                self.say(here, key_here, reason, missing=word is None)
        return found


def typed_goal(draft: d.Draft) -> tuple[Goal, tuple[Trouble, ...]]:
    """The goal of the draft; the usual one, with troubles, while an entry cannot be read."""
    reading = Reading()
    reader = EntryReader(draft, reading)
    found = []
    for unit, usual, most in (("deg", USUAL_GOAL.deg, MOST_DEG), ("mm", USUAL_GOAL.mm, MOST_MM)):
        path = (*GOAL, unit)
        typed = reader.number(path, unit)
        if typed is not None and not 0.0 < typed <= most:
            reader.say(path, unit, f"above 0 and at most {most:g} {unit}.")
        found.append(usual if typed is None else typed)
    return (USUAL_GOAL if reading.troubles else Goal(*found)), tuple(reading.troubles)

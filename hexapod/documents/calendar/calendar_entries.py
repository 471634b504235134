"""The entries of calendars: the UID of each, and those of earlier calendars that a new one replaces.

A UID is made of case, limb, level, date, kind and number, never of the plan.  So the same adjustment in another plan's
calendar is the same entry, and the newer one takes its place.  An adjustment is one of the whole frame: what several
hexapods turn at one time is one entry.  Earlier calendars come from plans in the library and from a file.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

import icalendar

from hexapod.case.model import Case
from hexapod.documents.identity import LIMBS
from hexapod.documents.sanitise import one_line
from hexapod.errors import HexapodError
from hexapod.plan.plan_file import LENGTH_DECIMALS, adjustment_times, before_the_visit, visit_time
from hexapod.plan.sign_off import EarlierPlan
from hexapod.text.language import Language

Kind = Literal["adjustment", "exchange", "last-turn", "docking", "end"]
# The level of an entry: its name and how many before it have the same; empty for entries of all levels.
Key = list[object]
# Namespace of the UIDs (RFC 9562, version 5), a fixed random number that makes them unique to this program.
FAMILY = uuid.UUID("6f1f4c52-6f0b-5f3a-9c39-0c6c1d1f8e70")
# Non-standard properties of a calendar that identify case and limb.
CASE, LIMB = "X-HEXAPOD-CASE", "X-HEXAPOD-LIMB"
LEVEL = "X-HEXAPOD-LEVEL"
# A later stamp than this has none after it; day 0 of a plan is never as late.
LATEST = datetime.datetime(9999, 12, 31, 12, tzinfo=datetime.UTC)


def level_key(names: Sequence[str], index: int) -> Key:
    """The key of a level, by its index from 0."""
    return [names[index], list(names[:index]).count(names[index])]


def day_times(case: Case) -> list[datetime.time]:
    """The times of a day at which any hexapod of a case is adjusted: the adjustments of the frame count by them."""
    return sorted({time for level in case.levels for time in adjustment_times(level)})


def levels_told(names: Sequence[str]) -> str:
    """The levels of an entry in one line."""
    return " · ".join(one_line(name) for name in names)


def uid(case: Case, level: Key, kind: Kind, day: datetime.date, number: int = 0, *, draft: bool = False) -> str:
    """The UID of an entry.  Drafts have other UIDs than signed plans, so that no phone replaces one by the other."""
    parts = [case.id, case.limb.side, case.limb.bone, level, kind, day.isoformat(), number]
    parts += ["draft"] if draft else []
    return f"{uuid.uuid5(FAMILY, json.dumps(parts))}@hexapod"


@dataclass(frozen=True)
class OldEntry:
    """An entry of an earlier calendar: a date, or a local time with its zone if it has one; `void` when cancelled."""

    uid: str
    kind: str
    level: str
    start: datetime.date | datetime.datetime
    summary: str
    void: bool = False

    @property
    def day(self) -> datetime.date:
        """The date of the entry."""
        return self.start.date() if isinstance(self.start, datetime.datetime) else self.start


@dataclass(frozen=True)
class Earlier:
    """An earlier calendar file: its entries, and their highest sequence number and time stamp."""

    entries: tuple[OldEntry, ...]
    sequence: int
    stamp: datetime.datetime


def read_earlier(raw: bytes, case: Case) -> Earlier:
    """The calendar in the bytes of a file.

    Raises:
        HexapodError: no calendar of this program, or of another case or limb.
    """
    book = _parsed(raw)
    owner, limb = str(book.get(CASE, "")), str(book.get(LIMB, ""))
    if not owner:
        raise _not_ours()
    if (owner, limb) != (case.id, limb_words(case)):
        raise HexapodError(
            f"The earlier calendar is that of case {owner}, {limb}, not of {case.id}, {limb_words(case)}: "
            "give the calendar of the plan that this one replaces."
        )
    entries, sequence, stamp = [], 0, datetime.datetime.min.replace(tzinfo=datetime.UTC)
    for event in book.events:
        uid, start, made = event.get("uid"), _value(event, "dtstart"), _value(event, "dtstamp")
        number = event.get("sequence", 0)
        if uid is None or not isinstance(start, datetime.date) or not isinstance(made, datetime.datetime):
            raise _not_ours()
        if not isinstance(number, int) or made.tzinfo is None or made > LATEST:
            raise _not_ours()
        sequence, stamp = max(sequence, number), max(stamp, made)
        kind, void = str(event.get("x-hexapod-kind", "")), event.get("status") == "CANCELLED"
        entries.append(OldEntry(str(uid), kind, _level_of(event), start, str(event.get("summary", "")), void))
    return Earlier(tuple(entries), sequence, stamp)


def entries_of(before: EarlierPlan, zone: ZoneInfo | None, words: Language) -> Iterator[OldEntry]:
    """The entries that the calendar of a signed plan has, by its plan file; their headings in the words of a language.

    `zone` is that of its times.  The same entries as `document.entries` makes of the plan: a test holds them together.
    """
    case, levels = before.case, before.file["levels"]
    limb = words.say(LIMBS[case.limb.side, case.limb.bone])

    def old(
        level: str, kind: Kind, start: datetime.date | datetime.datetime, number: int = 0, *, mark: Key
    ) -> OldEntry:
        day = start.date() if isinstance(start, datetime.datetime) else start
        where = f"{limb}, {one_line(level)}" if level else limb
        at = f"{where}: {words.time(start.time())}" if isinstance(start, datetime.datetime) else where
        return OldEntry(uid(case, mark, kind, day, number), kind, one_line(level), start, at)

    times, visit, end = day_times(case), visit_time(case), datetime.date.min
    visits = {
        datetime.date.fromisoformat(level["rows"][swap["planned_day"]]["date"])
        for level in levels
        for swap in level["swaps"]
    }
    moments: dict[tuple[datetime.date, datetime.time], list[str]] = {}
    for index, level in enumerate(levels):
        name, rows, turned = level["name"], level["rows"], None
        mark = level_key([one["name"] for one in levels], index)
        dates = [datetime.date.fromisoformat(row["date"]) for row in rows]
        for date, number in _turned(level):
            time = adjustment_times(case.levels[index])[number - 1]
            if date not in visits or not before_the_visit(visit, time):
                moments.setdefault((date, time), []).append(name)
            turned = date
        if turned is not None:
            yield old(name, "last-turn", turned, mark=mark)
        if level["docking_day"] is not None:
            yield old(name, "docking", dates[level["docking_day"]], mark=mark)
        end = max(end, dates[-1])
    for (date, time), names in sorted(moments.items()):
        start = datetime.datetime.combine(date, time, zone)
        yield old(levels_told(names), "adjustment", start, times.index(time) + 1, mark=[])
    for day in sorted(visits):
        yield old("", "exchange", visit_start(case, day, zone), mark=[])
    yield old("", "end", end, mark=[])


def visit_start(case: Case, day: datetime.date, zone: ZoneInfo | None = None) -> datetime.date | datetime.datetime:
    """When the clinic changes struts on a day: at its time of visits, the whole day where the case names none."""
    time = visit_time(case)
    return day if time is None else datetime.datetime.combine(day, time, zone)


def _turned(level: Mapping[str, Any]) -> Iterator[tuple[datetime.date, int]]:
    """Date and number, from 1, of every adjustment of a plan file's level that turns a strut."""
    rows = level["rows"]
    before = rows[0]["settings_mm"]
    for row in rows[1:]:
        new = {swap["strut"]: swap["to_reads_mm"] for swap in level["swaps"] if swap["planned_day"] == row["day"]}
        before = [new.get(k, reads) for k, reads in enumerate(before, 1)]
        for number, dose in enumerate(row["doses_mm"], 1):
            if any(round(now - was, LENGTH_DECIMALS) for now, was in zip(dose, before, strict=True)):
                yield datetime.date.fromisoformat(row["date"]), number
            before = dose


def limb_words(case: Case) -> str:
    """The limb as our line in the calendar names it."""
    return f"{case.limb.side} {case.limb.bone}"


def _level_of(event: icalendar.Event) -> str:
    """The level of an entry, empty for all levels.  The library leaves lines that it does not know as they stand."""
    return str(icalendar.vText.from_ical(str(event.get(LEVEL, ""))))


def _parsed(raw: bytes) -> icalendar.Calendar:
    try:
        book = icalendar.Calendar.from_ical(raw)
    except (ValueError, IndexError, KeyError) as error:
        raise _not_ours() from error
    if not isinstance(book, icalendar.Calendar):
        raise _not_ours()
    return book


def _value(event: icalendar.Event, name: str) -> object:
    """A date or time; None where there is none, several, or one that makes no sense."""
    there = event.get(name)
    return there.dt if isinstance(there, icalendar.vDDDTypes) else None


def _not_ours() -> HexapodError:
    return HexapodError(
        "The earlier calendar is not one that this program has written: give the .ics file of the plan that this one "
        "replaces, as it was written."
    )

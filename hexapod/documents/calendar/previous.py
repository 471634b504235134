"""The calendar of the plan that a new one replaces: which entries it has, and how new they are."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import icalendar

from hexapod.case.model import Case
from hexapod.errors import HexapodError

# Lines of our own in a calendar: whose it is.
CASE, LIMB = "X-HEXAPOD-CASE", "X-HEXAPOD-LIMB"
LEVEL = "X-HEXAPOD-LEVEL"
# A later stamp than this has none after it; day 0 of a plan is never as late.
LATEST = datetime.datetime(9999, 12, 31, 12, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Earlier:
    """Of an earlier calendar: entries from a day on by UID, and the highest sequence number and stamp of all."""

    entries: dict[str, icalendar.Event]
    sequence: int
    stamp: datetime.datetime


def read_earlier(raw: bytes, case: Case) -> Earlier:
    """The calendar in the bytes of a file, its entries from day 0 of the case on.

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
    entries, sequence, stamp = {}, 0, datetime.datetime.min.replace(tzinfo=datetime.UTC)
    for event in book.events:
        uid, start, made = event.get("uid"), _value(event, "dtstart"), _value(event, "dtstamp")
        number = event.get("sequence", 0)
        if uid is None or not isinstance(start, datetime.date) or not isinstance(made, datetime.datetime):
            raise _not_ours()
        if not isinstance(number, int) or made.tzinfo is None or made > LATEST:
            raise _not_ours()
        sequence, stamp = max(sequence, number), max(stamp, made)
        if _day(start) >= case.first_day:
            entries[str(uid)] = event
    return Earlier(entries, sequence, stamp)


def limb_words(case: Case) -> str:
    """The limb as our line in the calendar names it."""
    return f"{case.limb.side} {case.limb.bone}"


def start_of(event: icalendar.Event) -> datetime.date | datetime.datetime:
    """The start of an entry that `read_earlier` has taken: a date, or a local time with its zone if it has one."""
    start = _value(event, "dtstart")
    assert isinstance(start, datetime.date)
    return start


def level_of(event: icalendar.Event) -> str:
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


def _day(start: datetime.date) -> datetime.date:
    return start.date() if isinstance(start, datetime.datetime) else start


def _not_ours() -> HexapodError:
    return HexapodError(
        "The earlier calendar is not one that this program has written: give the .ics file of the plan that this one "
        "replaces, as it was written."
    )

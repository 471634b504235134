"""A time zone as a calendar file carries it: VTIMEZONE with every change of summer time of a span (RFC 5545, 3.6.5)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import icalendar

# Two changes of a zone's clocks are never nearer to each other than this, so that none is passed over unseen.
STEP = datetime.timedelta(days=1)
# Clocks are changed on whole seconds.
SECOND = datetime.timedelta(seconds=1)
# Calendars begin and end in years that no plan reaches but a mistyped date can; instants are kept inside.
EARLIEST = datetime.date(1, 1, 3)
LATEST = datetime.date(9999, 12, 29)


def time_zone(zone: ZoneInfo, first: datetime.date, last: datetime.date) -> icalendar.Timezone:
    """A VTIMEZONE that is right from the day before `first` to the day after `last`.

    The library's own leaves the onset of summer time an hour late: RFC 5545 counts an onset by the clocks before it.
    """
    begin = _midnight(first, -2)
    component = icalendar.Timezone()
    component.add("tzid", zone.key)
    offset = _offset(begin, zone)
    component.add_component(_part(zone, begin, before=offset))
    for change in _changes(zone, begin, _midnight(last, 2)):
        component.add_component(_part(zone, change, before=_offset(change - SECOND, zone)))
    return component


def _midnight(day: datetime.date, plus_days: int) -> datetime.datetime:
    """Midnight, UTC, so many days after a day, kept within the calendar; without zone."""
    ordinal = min(max(day.toordinal() + plus_days, EARLIEST.toordinal()), LATEST.toordinal())
    return datetime.datetime.fromordinal(ordinal)


def _changes(zone: ZoneInfo, begin: datetime.datetime, end: datetime.datetime) -> Iterator[datetime.datetime]:
    """The instants (UTC) at which the zone's clocks are changed: the first of the new time."""
    low = begin
    while low < end:
        high = min(low + STEP, end)
        if _offset(low, zone) != _offset(high, zone):
            yield _first_of_new(zone, low, high)
        low = high


def _first_of_new(zone: ZoneInfo, old: datetime.datetime, new: datetime.datetime) -> datetime.datetime:
    """Bisect between an instant of the old time and one of the new, to the second."""
    while new - old > SECOND:
        half = old + (new - old) // 2
        half = half.replace(microsecond=0)
        old, new = (half, new) if _offset(half, zone) == _offset(old, zone) else (old, half)
    return new


def _offset(instant: datetime.datetime, zone: ZoneInfo) -> datetime.timedelta:
    local = instant.replace(tzinfo=datetime.UTC).astimezone(zone)
    return local.utcoffset() or datetime.timedelta(0)


def _part(
    zone: ZoneInfo, onset: datetime.datetime, before: datetime.timedelta
) -> icalendar.TimezoneStandard | icalendar.TimezoneDaylight:
    """The time that begins at an instant (UTC), its onset told by the clocks before it."""
    local = onset.replace(tzinfo=datetime.UTC).astimezone(zone)
    part = icalendar.TimezoneDaylight() if local.dst() else icalendar.TimezoneStandard()
    part.add("dtstart", onset + before)
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", _offset(onset, zone))
    part.add("tzname", local.tzname())
    return part

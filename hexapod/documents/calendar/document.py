"""The calendar: the adjustments at their times, visits, and the last day (RFC 5545).

A new plan's calendar replaces that of the old one.  Entries for the same adjustment have the same UID, and the one with
the higher SEQUENCE is the newer one (RFC 5545, 3.8.7.4; with equal numbers the later DTSTAMP, RFC 5546, 2.1.5).  A UID
is made from the case's id, limb, level, date, kind and number of the adjustment, never from the plan.  No clock is
read: SEQUENCE is the number of day 0 counted from 1 January of the year 1, so that a plan that starts later wins, and
with the earlier calendar at hand at least one more than its highest; DTSTAMP is midnight UTC of day 0, or a second
after the earlier calendar's latest.  A second plan with the same day 0 needs the earlier calendar to win.

A draft's entries are tentative, silent and named as drafts.  They have UIDs of their own and cancel nothing, so that no
draft ever takes the place of a signed plan; given as the earlier calendar, a draft is taken away by the signed one.

There is no METHOD: CANCEL would be true of all entries or none, and PUBLISH demands an organizer's address.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import icalendar

from hexapod.case.model import Case
from hexapod.documents.calendar.previous import CASE, LEVEL, LIMB, Earlier, level_of, limb_words, read_earlier, start_of
from hexapod.documents.calendar.text import Words
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.identity import DocumentIdentity, identity
from hexapod.documents.sanitise import one_line
from hexapod.plan.adjustments import turns
from hexapod.plan.make_plan import Plan
from hexapod.text.numbers import number
from hexapod.text.safety_notice import DRAFT, NOTICE

Kind = Literal["adjustment", "exchange", "last-turn", "docking", "end"]
# The family of our UIDs (RFC 9562, version 5): a fixed number that makes them differ from everyone else's.
FAMILY = uuid.UUID("6f1f4c52-6f0b-5f3a-9c39-0c6c1d1f8e70")


@dataclass(frozen=True)
class CalendarEntry:
    """One entry: a date for a whole day, a local date and time else; `settings_mm` are the six readings to reach."""

    uid: str
    kind: Kind
    level: str
    start: datetime.date | datetime.datetime
    summary: str
    description: str
    settings_mm: tuple[float, ...] = ()

    @property
    def day(self) -> datetime.date:
        """The date of the entry."""
        return self.start.date() if isinstance(self.start, datetime.datetime) else self.start


def entries(plan: Plan, words: Words) -> list[CalendarEntry]:
    """All entries of a plan, by level and date; those of the whole case last."""
    case, made = plan.case, list[CalendarEntry]()
    for index in range(len(plan.levels)):
        made += _level_entries(plan, index, words)
    made += _visits(plan, words)
    end = max(level.last.date for level in plan.levels)
    made.append(CalendarEntry(uid(case, [], "end", end, draft=words.draft), "end", "", end, *words.end()))
    return made


def uid(
    case: Case, level: list[object], kind: Kind, day: datetime.date, number: int = 0, *, draft: bool = False
) -> str:
    """The UID of an entry; `level` is the level's name and how many before it have the same, empty for all levels.

    A draft's entries have others than those of a signed plan: no phone replaces one by the other.
    """
    told = [case.id, case.limb.side, case.limb.bone, level, kind, day.isoformat(), number]
    told += ["draft"] if draft else []
    return f"{uuid.uuid5(FAMILY, json.dumps(told))}@hexapod"


def _level_entries(plan: Plan, index: int, words: Words) -> Iterator[CalendarEntry]:
    case, level = plan.case, plan.levels[index]
    key: list[object] = [level.name, [one.name for one in plan.levels[:index]].count(level.name)]
    turned = [turn for turn in turns(level) if turn.turns]
    for turn in turned:
        start = datetime.datetime.combine(turn.date, turn.time)
        mark = uid(case, key, "adjustment", turn.date, turn.number, draft=words.draft)
        told = words.adjustment(level.name, turn)
        yield CalendarEntry(mark, "adjustment", level.name, start, *told, turn.settings_mm)
    if turned:
        last = turned[-1]
        mark = uid(case, key, "last-turn", last.date, draft=words.draft)
        told = words.last_turn(level.name, last)
        yield CalendarEntry(mark, "last-turn", level.name, last.date, *told, last.settings_mm)
    if level.docking_day is not None:
        day = level.rows[level.docking_day].date
        mark = uid(case, key, "docking", day, draft=words.draft)
        yield CalendarEntry(mark, "docking", level.name, day, *words.docking(level.name))


def _visits(plan: Plan, words: Words) -> Iterator[CalendarEntry]:
    """One entry for each day at the clinic, with the exchanges of all levels."""
    days = sorted({level.rows[one.planned_day].date for level in plan.levels for one in level.exchanges})
    for day in days:
        done = [
            (level.name, one)
            for level in plan.levels
            for one in level.exchanges
            if level.rows[one.planned_day].date == day
        ]
        mark = uid(plan.case, [], "exchange", day, draft=words.draft)
        yield CalendarEntry(mark, "exchange", "", day, *words.visit(done))


# Two changes of a zone's clocks are never nearer to each other than this, so that none is passed over unseen.
CLOCK_STEP = datetime.timedelta(days=1)
# Clocks are changed on whole seconds, and a stamp is later by one.
SECOND = datetime.timedelta(seconds=1)
# Calendars begin and end in years that no plan reaches but a mistyped date can; instants are kept inside.
FIRST_DATE = datetime.date(1, 1, 3)
LAST_DATE = datetime.date(9999, 12, 29)


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
    ordinal = min(max(day.toordinal() + plus_days, FIRST_DATE.toordinal()), LAST_DATE.toordinal())
    return datetime.datetime.fromordinal(ordinal)


def _changes(zone: ZoneInfo, begin: datetime.datetime, end: datetime.datetime) -> Iterator[datetime.datetime]:
    """The instants (UTC) at which the zone's clocks are changed: the first of the new time."""
    low = begin
    while low < end:
        high = min(low + CLOCK_STEP, end)
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


# Six struts are turned and read again in a quarter of an hour; the least that every calendar shows with its heading.
LASTS = datetime.timedelta(minutes=15)
# The reminder rings at the time of the adjustment.
AT_ONCE = datetime.timedelta(0)


def calendar(plan: Plan, options: PrintOptions) -> bytes:
    """The calendar of the whole case; with `options.earlier_calendar` what fell away from it is cancelled.

    Times are in the case's time zone, or floating: the local time of whoever opens it.  A time that the change to
    summer time leaves out, or that the change back brings twice, stands as it is: RFC 5545, 3.3.5 reads it by the clock
    before the change.

    Raises:
        HexapodError: the earlier calendar is of another case, or not one of ours.
    """
    case, whose = plan.case, identity(plan)
    words = Words(case, whose, options.language, options.signature)
    earlier = None if options.earlier_calendar is None else read_earlier(options.earlier_calendar, case)
    revision = _revision(case, earlier)
    zone = None if case.time_zone is None else ZoneInfo(case.time_zone)
    made = entries(plan, words)
    draft = options.signature is None
    events = [_event(entry, zone, revision, draft=draft) for entry in made]
    if earlier is not None and not draft:
        kept = {entry.uid for entry in made}
        events += [_cancelled(old, words, revision) for uid, old in earlier.entries.items() if uid not in kept]
    book = _book(case, whose, words, options)
    for component in (*_zones(events), *events):
        book.add_component(component)
    return bytes(book.to_ical())


def _book(case: Case, whose: DocumentIdentity, words: Words, options: PrintOptions) -> icalendar.Calendar:
    name = f"{words.mark}{whose.case_id}, {words.limb}"
    dates = f"{whose.first_day.isoformat()} to {whose.last_day.isoformat()}"
    book = icalendar.Calendar()
    book.add("prodid", f"-//hexapod//{whose.software}//{options.language.upper()}")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    for key in ("name", "x-wr-calname"):  # the name by RFC 7986, and as most programs know it
        book.add(key, icalendar.vText(name))
    book.add("description", f"{name}, plan {whose.plan}, {whose.software}, {dates}. {words.standing} {NOTICE}")
    book.add(CASE, case.id)
    book.add(LIMB, limb_words(case))
    book.add("x-hexapod-plan", whose.plan_sha256)
    book.add("x-hexapod-signed", DRAFT if options.signature is None else icalendar.vText(options.signature.head))
    return book


def _revision(case: Case, earlier: Earlier | None) -> tuple[int, datetime.datetime]:
    """SEQUENCE and DTSTAMP of all entries: higher and later than those of any earlier plan's."""
    sequence = case.first_day.toordinal()
    stamp = datetime.datetime.combine(case.first_day, datetime.time(), datetime.UTC)
    if earlier is None:
        return sequence, stamp
    return max(sequence, earlier.sequence + 1), max(stamp, earlier.stamp + SECOND)


def _bare(uid: str, told: tuple[str, str], status: str, revision: tuple[int, datetime.datetime]) -> icalendar.Event:
    """An entry without its time; private: where calendars are shared, others see no more than that something is."""
    event = icalendar.Event()
    event.add("uid", uid)
    event.add("sequence", revision[0])
    event.add("dtstamp", revision[1])
    event.add("last-modified", revision[1])
    event.add("summary", told[0])
    event.add("description", told[1])
    event.add("status", status)
    event.add("class", "PRIVATE")
    return event


def _event(
    entry: CalendarEntry, zone: ZoneInfo | None, revision: tuple[int, datetime.datetime], *, draft: bool
) -> icalendar.Event:
    event = _bare(entry.uid, (entry.summary, entry.description), "TENTATIVE" if draft else "CONFIRMED", revision)
    start = entry.start
    if isinstance(start, datetime.datetime):
        event.add("dtstart", start.replace(tzinfo=zone))
        event.add("duration", LASTS)
        if not draft:
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry.summary)
            alarm.add("trigger", AT_ONCE)
            event.add_component(alarm)
    else:
        event.add("dtstart", start)
    # Only a day at the clinic, once it is sure, keeps others from making an appointment.
    event.add("transp", "OPAQUE" if entry.kind == "exchange" and not draft else "TRANSPARENT")
    event.add("x-hexapod-kind", entry.kind)
    if entry.level:
        event.add(LEVEL, icalendar.vText(one_line(entry.level)))
    if entry.settings_mm:
        event.add("x-hexapod-settings-mm", " ".join(map(number, entry.settings_mm)))
    return event


def _cancelled(old: icalendar.Event, words: Words, revision: tuple[int, datetime.datetime]) -> icalendar.Event:
    """An entry that fell away: at its old time, without reminder and without readings to reach."""
    level = level_of(old)
    told = words.cancelled(str(old.get("summary", "")), level, already=old.get("status") == "CANCELLED")
    event = _bare(str(old["uid"]), told, "CANCELLED", revision)
    start = start_of(old)
    event.add("dtstart", start)
    if isinstance(start, datetime.datetime):
        event.add("duration", LASTS)
    event.add("transp", "TRANSPARENT")
    event.add("x-hexapod-kind", str(old.get("x-hexapod-kind", "")))
    if level:
        event.add(LEVEL, icalendar.vText(level))
    return event


def _zones(events: list[icalendar.Event]) -> list[icalendar.Timezone]:
    """The time zones of all entries; those of an earlier calendar can be others."""
    days: dict[str, list[datetime.date]] = {}
    for event in events:
        start = start_of(event)
        if isinstance(start, datetime.datetime) and isinstance(start.tzinfo, ZoneInfo):
            days.setdefault(start.tzinfo.key, []).append(start.date())
    return [time_zone(ZoneInfo(key), min(own), max(own)) for key, own in sorted(days.items())]

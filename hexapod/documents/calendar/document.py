"""The calendar: the adjustments at their times, visits, and the last day (RFC 5545).

A new plan's calendar replaces that of the old one. Entries for the same adjustment have the same UID
(`calendar_entries.py`), and the one with the higher SEQUENCE is the newer one (RFC 5545, 3.8.7.4; with equal numbers
the later DTSTAMP, RFC 5546, 2.1.5). No clock is read: SEQUENCE counts the seconds up to the signature and DTSTAMP is
its time, so that whatever was signed later wins. With an earlier calendar's file they are also above its highest.
Entries of plans signed before that this plan does not have are cancelled, from the day of the signature or day 0 on,
whichever is earlier: what lies before is over.

Web calendars refuse files of a megabyte, and a long treatment has eight hundred entries, so that text about the whole
plan is included only once.

A draft's entries are tentative, silent and named as drafts.  They have UIDs of their own and cancel nothing, so that no
draft ever replaces a signed plan; a draft given as the earlier calendar is cancelled by the signed plan.
Their SEQUENCE is the number of day 0 counted from 1 January of the year 1.

There is no METHOD: CANCEL would be true of all entries or none, and PUBLISH demands an organizer's address.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import icalendar

from hexapod.case.model import Case
from hexapod.documents.calendar.calendar_entries import (
    CASE,
    LEVEL,
    LIMB,
    Earlier,
    Kind,
    OldEntry,
    day_times,
    entries_of,
    level_key,
    levels_told,
    limb_words,
    read_earlier,
    uid,
    visit_start,
)
from hexapod.documents.calendar.text import Words
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.identity import DocumentIdentity, identity, signed_at
from hexapod.documents.sanitise import one_line
from hexapod.errors import HexapodError
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import FrameAdjustment, before_the_visit, turns, visit_time
from hexapod.plan.sign_off import Signature
from hexapod.text.languages import DRAFT


@dataclass(frozen=True)
class CalendarEntry:
    """One entry: a date for a whole day, a local date and time else."""

    uid: str
    kind: Kind
    level: str
    start: datetime.date | datetime.datetime
    summary: str
    description: str

    @property
    def day(self) -> datetime.date:
        """The date of the entry."""
        return self.start.date() if isinstance(self.start, datetime.datetime) else self.start


def entries(plan: Plan, words: Words) -> list[CalendarEntry]:
    """All entries of a plan: adjustments by time, then days of one level, and those of the whole case last."""
    case = plan.case
    visits = {level.rows[exchange.planned_day].date for level in plan.levels for exchange in level.exchanges}
    made = list(_adjustments(plan, visits, words))
    for index in range(len(plan.levels)):
        made += _level_entries(plan, index, words)
    made += _visits(plan, sorted(visits), words)
    end = max(level.last.date for level in plan.levels)
    made.append(CalendarEntry(uid(case, [], "end", end, draft=words.draft), "end", "", end, *words.end()))
    return made


def _adjustments(plan: Plan, visits: Collection[datetime.date], words: Words) -> Iterator[CalendarEntry]:
    """One entry for each time at which anything is turned at home, with every hexapod that is turned then."""
    case, times, visit = plan.case, day_times(plan.case), visit_time(plan.case)
    moments: dict[datetime.datetime, list[tuple[str, FrameAdjustment]]] = {}
    for level in plan.levels:
        for turn in turns(level):
            if turn.turns and not (turn.date in visits and before_the_visit(visit, turn.time)):
                moments.setdefault(datetime.datetime.combine(turn.date, turn.time), []).append((level.name, turn))
    for start, turned in sorted(moments.items(), key=lambda one: one[0]):
        number, day = times.index(start.time()) + 1, start.date()
        texts = words.adjustment(turned, (number, len(times)), at_clinic=day in visits, several=len(plan.levels) > 1)
        mark = uid(case, [], "adjustment", day, number, draft=words.draft)
        yield CalendarEntry(mark, "adjustment", levels_told([name for name, _ in turned]), start, *texts)


def _level_entries(plan: Plan, index: int, words: Words) -> Iterator[CalendarEntry]:
    case, level = plan.case, plan.levels[index]
    key = level_key([one.name for one in plan.levels], index)
    turned = [turn for turn in turns(level) if turn.turns]
    if turned:
        last = turned[-1]
        mark = uid(case, key, "last-turn", last.date, draft=words.draft)
        texts = words.last_turn(level.name, last)
        yield CalendarEntry(mark, "last-turn", level.name, last.date, *texts)
    if level.docking_day is not None:
        day = level.rows[level.docking_day].date
        mark = uid(case, key, "docking", day, draft=words.draft)
        yield CalendarEntry(mark, "docking", level.name, day, *words.docking(level.name))


def _visits(plan: Plan, days: Sequence[datetime.date], words: Words) -> Iterator[CalendarEntry]:
    """One entry for each day at the clinic, with the exchanges of all levels and what is turned there."""
    for day in days:
        done = [
            (level.name, one)
            for level in plan.levels
            for one in level.exchanges
            if level.rows[one.planned_day].date == day
        ]
        there = [
            (level.name, turned[-1])
            for level in plan.levels
            if (
                turned := [
                    one for one in turns(level) if one.date == day and before_the_visit(visit_time(plan.case), one.time)
                ]
            )
        ]
        mark, start = uid(plan.case, [], "exchange", day, draft=words.draft), visit_start(plan.case, day)
        texts = words.visit(done, start, there, several=len(plan.levels) > 1)
        yield CalendarEntry(mark, "exchange", "", start, *texts)


# Two clock changes of a time zone are never closer together than this, so that a search in such steps misses none.
CLOCK_STEP = datetime.timedelta(days=1)
# Clocks are changed on whole seconds, and a stamp is later by one.
SECOND = datetime.timedelta(seconds=1)
# Python's calendar ends at years that only a mistyped date reaches; instants are kept inside.
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
    """The time that begins at an instant (UTC), its onset given by the clocks before it."""
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
    """The calendar of the whole case (RFC 5545); what is no longer due of earlier plans' calendars is cancelled.

    Times are in the case's time zone, or the one of the options.  A time that the change to summer time leaves out, or
    that the change back brings twice, stands as it is: RFC 5545, 3.3.5 reads it by the clock before the change.

    Raises:
        HexapodError: there is no time zone and the plan is signed (a draft's times are the local ones of whoever opens
            it), or the earlier calendar is of another case, or not one of ours.
    """
    if options.stopped_at:
        return _stopped(plan, options)
    case, whose = plan.case, identity(plan)
    words = Words(case, whose, options.language, options.signature)
    file = None if options.earlier_calendar is None else read_earlier(options.earlier_calendar, case)
    revision, signature = _revision(case, options.signature, file), options.signature
    zone = _zone(case, options)
    if zone is None and signature is not None:
        raise HexapodError(NO_ZONE)
    made = entries(plan, words)
    events = [_event(entry, zone, revision, draft=signature is None) for entry in made]
    if signature is not None:
        since = min(case.first_day, signed_at(signature).date() - AHEAD_OF_UTC)
        kept = {entry.uid for entry in made}
        old = {one.uid: one for one in (*_of_library(options, words), *(file.entries if file else ()))}
        gone = [one for one in old.values() if one.uid not in kept and one.day >= since]
        events += [_cancelled(one, words, revision) for one in gone]
    book = _book(case, whose, words, options)
    for component in (*_zones(events), *events):
        book.add_component(component)
    return bytes(book.to_ical())


def _stopped(plan: Plan, options: PrintOptions) -> bytes:
    """The calendar of a stopped plan: from the day of the stop on, every entry of it and of those before is cancelled.

    Whoever signs another plan later cancels or replaces these entries in turn: that one's are newer.
    """
    case, whose, signature = plan.case, identity(plan), options.earlier[-1].signature
    words = Words(case, whose, options.language, signature, stopped=True)
    at = datetime.datetime.fromisoformat(options.stopped_at).replace(microsecond=0)
    since = at.date() - AHEAD_OF_UTC
    old = {one.uid: one for one in _of_library(options, words) if one.day >= since}
    events = [_cancelled(one, words, ((at - FIRST_SECOND) // SECOND, at)) for one in old.values()]
    book = _book(case, whose, words, replace(options, signature=signature))
    for component in (*_zones(events), *events):
        book.add_component(component)
    return bytes(book.to_ical())


NO_ZONE = "The calendar of a signed plan needs a time zone: choose that of the place where the patient lives."
# Where the clock is behind that of the signature (UTC), it is still the day before.
AHEAD_OF_UTC = datetime.timedelta(days=1)
# SEQUENCE counts seconds from here to the signature: above every day number that earlier versions wrote (RFC 5545,
# 3.8.7.4 has no more than an INTEGER, 3.3.8: it lasts until 2088).
FIRST_SECOND = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


def _zone(case: Case, options: PrintOptions) -> ZoneInfo | None:
    name = case.time_zone or options.time_zone
    return None if name is None else ZoneInfo(name)


def _of_library(options: PrintOptions, words: Words) -> Iterator[OldEntry]:
    """The entries of the plans signed before."""
    for before in options.earlier:
        yield from entries_of(before, _zone(before.case, options), words.language)


def _book(case: Case, whose: DocumentIdentity, words: Words, options: PrintOptions) -> icalendar.Calendar:
    name = f"{words.mark}{whose.case_id}, {words.limb}"
    book = icalendar.Calendar()
    book.add("prodid", f"-//hexapod//{whose.software}//{options.language.upper()}")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    for key in ("name", "x-wr-calname"):  # the name by RFC 7986, and as most programs know it
        book.add(key, icalendar.vText(name))
    book.add("description", f"{name}. {words.whole}")
    book.add(CASE, case.id)
    book.add(LIMB, limb_words(case))
    book.add("x-hexapod-plan", whose.plan_sha256)
    book.add("x-hexapod-signed", DRAFT if options.signature is None else icalendar.vText(options.signature.head))
    return book


def _revision(case: Case, signature: Signature | None, earlier: Earlier | None) -> tuple[int, datetime.datetime]:
    """SEQUENCE and DTSTAMP of all entries: higher and later than those of any plan signed before."""
    sequence = case.first_day.toordinal()
    stamp = datetime.datetime.combine(case.first_day, datetime.time(), datetime.UTC)
    if signature is not None:
        stamp = signed_at(signature).replace(microsecond=0)
        sequence = (stamp - FIRST_SECOND) // SECOND
    if earlier is None:
        return sequence, stamp
    return max(sequence, earlier.sequence + 1), max(stamp, earlier.stamp + SECOND)


def _bare(uid: str, texts: tuple[str, str], status: str, revision: tuple[int, datetime.datetime]) -> icalendar.Event:
    """An entry without its time; private: where calendars are shared, others see no more than that something is."""
    event = icalendar.Event()
    event.add("uid", uid)
    event.add("sequence", revision[0])
    event.add("dtstamp", revision[1])
    event.add("summary", texts[0])
    event.add("description", texts[1])
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
    return event


def _cancelled(old: OldEntry, words: Words, revision: tuple[int, datetime.datetime]) -> icalendar.Event:
    """An entry that fell away: at its old time, without reminder and without readings to reach."""
    event = _bare(old.uid, words.cancelled(old.summary, already=old.void), "CANCELLED", revision)
    event.add("dtstart", old.start)
    if isinstance(old.start, datetime.datetime):
        event.add("duration", LASTS)
    event.add("transp", "TRANSPARENT")
    event.add("x-hexapod-kind", old.kind)
    if old.level:
        event.add(LEVEL, icalendar.vText(old.level))
    return event


def _zones(events: list[icalendar.Event]) -> list[icalendar.Timezone]:
    """The time zones of all entries; those of an earlier calendar can be others."""
    days: dict[str, list[datetime.date]] = {}
    for event in events:
        start = event.start
        if isinstance(start, datetime.datetime) and isinstance(start.tzinfo, ZoneInfo):
            days.setdefault(start.tzinfo.key, []).append(start.date())
    return [time_zone(ZoneInfo(key), min(own), max(own)) for key, own in sorted(days.items())]

"""The calendar: the adjustments at their times, visits, and the last day (RFC 5545).

A new plan's calendar replaces that of the old one.  Entries for the same adjustment have the same UID, and the one with
the higher SEQUENCE is the newer one (RFC 5545, 3.8.7.4; with equal numbers the later DTSTAMP, RFC 5546, 2.1.5).  No
clock is read: SEQUENCE is the number of day 0 counted from 1 January of the year 1, so that a plan that starts later
wins, and with the earlier calendar at hand at least one more than its highest; DTSTAMP is midnight UTC of day 0, or a
second after the earlier calendar's latest.  A second plan with the same day 0 needs the earlier calendar to win.

A draft's entries are tentative, silent and named as drafts.  They have UIDs of their own and cancel nothing, so that no
draft ever takes the place of a signed plan; given as the earlier calendar, a draft is taken away by the signed one.

There is no METHOD: CANCEL would be true of all entries or none, and PUBLISH demands an organizer's address.
"""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import icalendar

from hexapod.case.model import Case
from hexapod.documents.calendar.events import Entry, entries
from hexapod.documents.calendar.previous import CASE, LEVEL, LIMB, Earlier, level_of, limb_words, read_earlier, start_of
from hexapod.documents.calendar.text import Words
from hexapod.documents.calendar.timezone import time_zone
from hexapod.documents.identity import Identity, identity
from hexapod.documents.print_options import PrintOptions
from hexapod.documents.sanitise import one_line
from hexapod.plan.make_plan import Plan
from hexapod.text.numbers import number
from hexapod.text.safety_notice import DRAFT, NOTICE

# Six struts are turned and read again in a quarter of an hour; the least that every calendar shows with its heading.
LASTS = datetime.timedelta(minutes=15)
# The reminder rings at the time of the adjustment.
AT_ONCE = datetime.timedelta(0)
SECOND = datetime.timedelta(seconds=1)


def calendar(case: Case, plan: Plan, options: PrintOptions) -> bytes:
    """The calendar of the whole case; with `options.earlier_calendar` what fell away from it is cancelled.

    Times are in the case's time zone, or floating: the local time of whoever opens it.  A time that the change to
    summer time leaves out, or that the change back brings twice, stands as it is: RFC 5545, 3.3.5 reads it by the clock
    before the change.

    Raises:
        HexapodError: the earlier calendar is of another case, or not one of ours.
    """
    whose = identity(case, plan)
    words = Words(case, whose, options.language, options.signature)
    earlier = None if options.earlier_calendar is None else read_earlier(options.earlier_calendar, case)
    revision = _revision(case, earlier)
    zone = None if case.time_zone is None else ZoneInfo(case.time_zone)
    made = entries(case, plan, words)
    draft = options.signature is None
    events = [_event(entry, zone, revision, draft=draft) for entry in made]
    if earlier is not None and not draft:
        kept = {entry.uid for entry in made}
        events += [_cancelled(old, words, revision) for uid, old in earlier.entries.items() if uid not in kept]
    book = _book(case, whose, words, options)
    for component in (*_zones(events), *events):
        book.add_component(component)
    return bytes(book.to_ical())


def _book(case: Case, whose: Identity, words: Words, options: PrintOptions) -> icalendar.Calendar:
    name = f"{words.mark}{whose.case_id}, {limb_words(case)}"
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
    entry: Entry, zone: ZoneInfo | None, revision: tuple[int, datetime.datetime], *, draft: bool
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

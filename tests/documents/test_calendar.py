"""The calendar: what it tells, that it is RFC 5545, and that its times are right in every zone."""

import datetime
import io
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.tz import tzical

from hexapod.about import LABEL
from hexapod.case.model import Case
from hexapod.documents.calendar.calendar_entries import entries_of
from hexapod.documents.calendar.document import calendar, entries, time_zone
from hexapod.documents.calendar.text import Words
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.identity import identity
from hexapod.errors import HexapodError
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import adjustment_times, plan_document, plan_sha256, short_fingerprint
from hexapod.plan.sign_off import EarlierPlan
from hexapod.text.language import language
from hexapod.text.languages import LANGUAGES, NOTICE
from hexapod.text.numbers import number
from tests.documents.calendars import Client, Component, read, settings, settings_by_level
from tests.documents.plain_case import (
    HARMFUL,
    PLANNED,
    VARIED,
    counting_down,
    document,
    harmful_document,
    plain_document,
    planned,
    sample,
)
from tests.signatures import HEAD, SIGNER, signature


def of_kind(book: Component, kind: str) -> list[Component]:
    return [event for event in book.all("VEVENT") if event.get("X-HEXAPOD-KIND") == kind]


def local(event: Component) -> datetime.datetime:
    return datetime.datetime.strptime(event["DTSTART"], "%Y%m%dT%H%M%S")


def date(event: Component) -> datetime.date:
    return datetime.datetime.strptime(event["DTSTART"], "%Y%m%d").date()


def made(case: Case, plan: Plan, **options: str) -> Component:
    return read(signed(plan, **options))


def signed(plan: Plan, **options: Any) -> bytes:
    """The calendar of a signed plan, its times in Madrid where the case names no zone."""
    return calendar(plan, PrintOptions(**({"signature": signature(plan), "time_zone": "Europe/Madrid"} | options)))


def rebuilt(book: Component, case: Case, plan: Plan) -> None:
    """Asserts that someone who does what the calendar says, and nothing else, has the plan's readings at all times."""
    for level, entered in zip(plan.levels, case.levels, strict=True):
        told = {
            local(event): six
            for event in of_kind(book, "adjustment")
            for name, six in settings_by_level(event).items()
            if name == level.name
        }
        now, done = [float(number(setting)) for setting in level.rows[0].settings_mm], 0
        for row in level.rows[1:]:
            for exchange in level.exchanges:
                if exchange.planned_day == row.day:
                    now[exchange.strut - 1] = float(number(exchange.new_reads_mm))
            for time, dose in zip(adjustment_times(entered), row.doses_mm, strict=True):
                at = datetime.datetime.combine(row.date, time)
                if at in told:
                    assert list(told[at]) != now, "an entry that turns nothing"
                    now, done = list(told[at]), done + 1
                assert now == [float(number(setting)) for setting in dose]
        assert done == len(told)


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.some(6)
def test_whoever_follows_the_calendar_has_the_plans_readings(name: str) -> None:
    case, plan = sample(name)
    rebuilt(made(case, plan), case, plan)


LINE = re.compile(r"(\d) \((\w+)\): ([\d.]+) \((longer|shorter|leave as it is)\)")
COLOURS = {1: "red", 2: "orange", 3: "yellow", 4: "green", 5: "blue", 6: "violet"}


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_sentences_tell_the_same_readings_in_every_language(code: str) -> None:
    case, plan = sample("forearm_fine_struts")
    words = language(code)
    book = made(case, plan, language=code)
    rebuilt(book, case, plan)
    for event in of_kind(book, "adjustment"):
        lines = event["DESCRIPTION"].split("\n")
        for k, setting in enumerate(settings(event), 1):
            (line,) = [line for line in lines if re.match(rf"\S+ {k} \({words.say(COLOURS[k])}\)", line)]
            assert re.search(rf"\s{re.escape(words.number(setting, 2))}\s\(", line), "as on the sheet"


def ways(event: Component) -> dict[int, tuple[float, int]]:
    """Readings by strut, and 1 for longer, -1 for shorter, from the sentences."""
    told = {}
    for strut, colour, reads, direction in LINE.findall(event["DESCRIPTION"]):
        assert colour == COLOURS[int(strut)]
        told[int(strut)] = (float(reads), {"longer": 1, "shorter": -1, "leave as it is": 0}[direction])
    assert len(told) == 6
    return told


@pytest.mark.hazard("H-20")
def test_longer_and_shorter_are_told_by_the_length_not_by_the_reading(tmp_path: Path) -> None:
    for case, plan, scale in ((*sample("tibia_transport"), 1.0), (*counting_down(tmp_path), -1.0)):
        longer = 0
        before: dict[int, float] = {}
        for event in of_kind(made(case, plan), "adjustment"):
            new = {
                int(strut)
                for strut in re.findall(
                    r"Strut (\d) \(\w+\) was changed by the clinic on this day", event["DESCRIPTION"]
                )
            }
            for strut, (reads, way) in ways(event).items():
                if strut in before and strut not in new:
                    change = scale * (reads - before[strut])
                    assert way == (change > 1e-9) - (change < -1e-9)
                    longer += way > 0
                before[strut] = reads
        assert longer > 500


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", VARIED)
def test_every_entry_tells_whose_it_is_and_carries_the_notice(name: str) -> None:
    case, plan = sample(name)
    book = made(case, plan)
    whole, fingerprint = f"{case.limb.side.upper()} {case.limb.bone.upper()}", short_fingerprint(plan_sha256(plan))
    for event in book.all("VEVENT"):
        assert event["SUMMARY"].startswith(whole)
        text = event["DESCRIPTION"]
        level = event.get("X-HEXAPOD-LEVEL")
        assert text.endswith(f"\nCase {case.id}. Plan ID {fingerprint}.")
        if level:
            assert level in event["SUMMARY"]
    assert (book["X-HEXAPOD-CASE"], book["X-HEXAPOD-PLAN"]) == (case.id, plan_sha256(plan))
    assert book["X-WR-CALNAME"] == book["NAME"] == f"{case.id}, {case.limb.side.upper()} {case.limb.bone.upper()}"
    (end,) = of_kind(book, "end")
    for text in (book["DESCRIPTION"], end["DESCRIPTION"]):
        assert f"Plan ID {fingerprint}, {LABEL}, " in text
        assert NOTICE in text


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.parametrize("code", ["en", "de"])
@pytest.mark.some(8)
def test_only_a_signed_calendar_passes_for_a_prescription(name: str, code: str) -> None:
    case, plan = sample(name)
    draft, told = read(calendar(plan, PrintOptions(code))), made(case, plan, language=code)
    mark = {"en": "DRAFT", "de": "DRAFT · ENTWURF"}[code]
    assert draft["NAME"].startswith(f"{mark}: ")
    assert (draft["X-HEXAPOD-SIGNED"], told["X-HEXAPOD-SIGNED"]) == ("DRAFT", HEAD)
    for event, other in zip(draft.all("VEVENT"), told.all("VEVENT"), strict=True):
        assert event["SUMMARY"] == f"{mark}: {other['SUMMARY']}"
        assert event["DESCRIPTION"].startswith(f"{mark}. {language(code).say('Not signed. Not for the patient.')}\n")
        assert event["STATUS"] == "TENTATIVE"
        assert event["TRANSP"] == "TRANSPARENT"
        assert event.all("VALARM") == [], "a draft does not ring"
        assert "DRAFT" not in other["SUMMARY"] + other["DESCRIPTION"]
    for text in (told["DESCRIPTION"], of_kind(told, "end")[0]["DESCRIPTION"]):
        assert SIGNER in text
        assert HEAD in text


@pytest.mark.hazard("H-14")
def test_a_draft_takes_nothing_of_a_signed_calendar_away_and_is_taken_away_by_it() -> None:
    _, plan = sample("tibia_varus")
    value = document("tibia_varus")
    value["start_date"] = "2026-03-09"
    _, its_plan = planned(value)
    before_it = signed(plan)
    client = Client()
    client.take(before_it)
    before = client.shown()
    draft = calendar(its_plan, PrintOptions(earlier_calendar=before_it))
    client.take(draft)
    kept = [event for event in client.shown() if not event["SUMMARY"].startswith("DRAFT")]
    assert kept == before
    assert b"CANCELLED" not in draft
    client.take(signed(its_plan, earlier_calendar=draft))
    assert not any(event["SUMMARY"].startswith("DRAFT") for event in client.shown())


def test_a_reminder_rings_at_the_time_of_every_adjustment_and_at_no_other() -> None:
    book = made(*sample("tibia_transport"))
    for event in book.all("VEVENT"):
        alarms = event.all("VALARM")
        if event["X-HEXAPOD-KIND"] != "adjustment":
            assert alarms == []
            continue
        (alarm,) = alarms
        assert (alarm["ACTION"], alarm["DESCRIPTION"]) == ("DISPLAY", event["SUMMARY"])
        assert icalendar.vDuration.from_ical(alarm["TRIGGER"]) == datetime.timedelta(0)
        assert event["SUMMARY"].endswith(f"{local(event):%H:%M}, adjustment {event['SUMMARY'].split()[-3]} of 4")


@pytest.mark.hazard("H-20")
def test_days_at_the_clinic_tell_every_exchange_with_both_readings() -> None:
    for name in ("tibia_transport", "tibia_trifocal"):
        case, plan = sample(name)
        visits = {date(event): event for event in of_kind(made(case, plan), "exchange")}
        planned_on = {level.rows[one.planned_day].date for level in plan.levels for one in level.exchanges}
        assert set(visits) == planned_on
        for level in plan.levels:
            for one in level.exchanges:
                event = visits[level.rows[one.planned_day].date]
                told = (
                    f"{level.name}, strut {one.strut} ({COLOURS[one.strut]}): the clinic takes out {one.old.label}, "
                    f"which reads {one.old_reads_mm:.2f} mm, and fits {one.new.label}, set to "
                    f"{one.new_reads_mm:.2f} mm."
                )
                assert told in event["DESCRIPTION"].split("\n")
                assert event["TRANSP"] == "OPAQUE"
        assert all("Do not change a strut yourself." in event["DESCRIPTION"] for event in visits.values())
        assert sum(event["DESCRIPTION"].count("takes out ") for event in visits.values()) == sum(
            len(level.exchanges) for level in plan.levels
        )


def test_the_ends_are_told() -> None:
    case, plan = sample("tibia_stacked_transport")
    book = made(case, plan)
    (docking,) = of_kind(book, "docking")
    level = plan.levels[1]
    assert level.docking_day is not None
    assert date(docking) == level.rows[level.docking_day].date
    (end,) = of_kind(book, "end")
    assert date(end) == max(one.rows[-1].date for one in plan.levels)
    last = {event["X-HEXAPOD-LEVEL"]: event for event in of_kind(book, "last-turn")}
    for one in plan.levels:
        turned = [a.date for b, a in zip(one.rows, one.rows[1:], strict=False) if a.settings_mm != b.settings_mm]
        assert date(last[one.name]) == turned[-1]
        assert settings(last[one.name]) == pytest.approx(one.rows[-1].settings_mm)


@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.some(4)
def test_the_file_is_rfc_5545(name: str) -> None:
    case, plan = sample(name)
    value = case.document | {"time_zone": "Europe/Madrid"}
    for its_plan in (plan, planned(value)[1]) if name in VARIED else (plan,):
        raw = signed(its_plan)
        book = read(raw)
        assert (book.kind, book["VERSION"], book["CALSCALE"]) == ("VCALENDAR", "2.0", "GREGORIAN")
        assert "METHOD" not in book.lines
        uids = [event["UID"] for event in book.all("VEVENT")]
        assert len(set(uids)) == len(uids)
        for event in book.all("VEVENT"):
            for key in ("UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "STATUS", "CLASS", "TRANSP"):
                assert len(event.lines[key]) == 1
            assert "DTEND" not in event.lines
            assert event["DTSTAMP"] == "20260227T230509Z", "the time of the signature"
            assert (event["STATUS"], event["CLASS"]) == ("CONFIRMED", "PRIVATE")
        again = icalendar.Calendar.from_ical(raw)
        assert isinstance(again, icalendar.Calendar)
        assert not again.errors
        assert not any(part.errors for part in again.walk())
        for theirs, ours in zip(again.events, book.all("VEVENT"), strict=True):
            assert (str(theirs["summary"]), str(theirs["description"])) == (ours["SUMMARY"], ours["DESCRIPTION"])
        assert read(again.to_ical()) == book


@pytest.mark.parametrize(
    "text", [*HARMFUL, "a,b;c\\d\nBEGIN:VALARM", "größer als ½ — ログ 𝔸" * 9, "y\u2028w", "{limb}"]
)
def test_text_of_the_case_can_neither_break_nor_add_a_line(text: str) -> None:
    case, plan = planned(harmful_document(text))
    raw = signed(plan)
    book = read(raw)
    plain = made(*planned(plain_document() | {"levels": case.document["levels"]}))
    assert [one.kind for one in book.all("VEVENT")[0].inside] == ["VALARM"]
    assert len(book.all("VEVENT")) == len(plain.all("VEVENT"))
    for event in book.all("VEVENT"):
        assert "\n" not in event["SUMMARY"]
        assert set(event.lines) <= {
            "UID", "SEQUENCE", "DTSTAMP", "SUMMARY", "DESCRIPTION", "STATUS", "CLASS", "DTSTART", "DURATION",
            "TRANSP", "X-HEXAPOD-KIND", "X-HEXAPOD-LEVEL",
        }  # fmt: skip


def test_the_clinics_lines_stand_in_every_entry() -> None:
    value = plain_document()
    value["clinic"] = {"name": "Limb clinic", "contact": "+34 900", "missed_or_stuck": "Call us; turn nothing."}
    for event in made(*planned(value)).all("VEVENT"):
        assert "\nClinic: Limb clinic, +34 900\n" in event["DESCRIPTION"]
        told = "\nIf you missed a time or a day, turned wrongly, or a strut cannot be turned: Call us; turn nothing.\n"
        assert told in event["DESCRIPTION"]
    del value["clinic"]["missed_or_stuck"]
    ours = "or if you missed a time, or if a strut cannot be turned: turn nothing and call the clinic."
    assert all(ours in event["DESCRIPTION"] for event in of_kind(made(*planned(value)), "adjustment"))


# Web calendars refuse files from a megabyte on; of that a web page's own packing takes a part.
LARGEST = 900_000


def on_other_days(plan: Plan) -> EarlierPlan:
    """The plan as one signed before, with every date years later: each of its entries falls away."""
    file = plan_document(plan)
    for row in (row for level in file["levels"] for row in level["rows"]):
        row["date"] = (datetime.date.fromisoformat(row["date"]) + datetime.timedelta(days=3000)).isoformat()
    return EarlierPlan(plan.case, file, signature(plan, at="2026-02-20T08:00:00Z"))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.some(4)
def test_every_web_calendar_takes_the_file(name: str, code: str) -> None:
    """Also one that cancels every entry of a plan as long as its own, as a plan signed anew at its start may."""
    _, plan = sample(name)
    replacing = signed(plan, language=code, earlier=(on_other_days(plan),))
    assert replacing.count(b"STATUS:CANCELLED") == replacing.count(b"STATUS:CONFIRMED")
    assert len(replacing) < LARGEST
    assert len(calendar(plan, PrintOptions(code))) < LARGEST


@pytest.mark.hazard("H-20")
def test_what_comes_before_the_visit_is_no_reminder_and_the_clinic_sets_the_struts_to_it() -> None:
    """Adjusted at 07:30, 12:00, 17:00 and 21:30; the clinic changes struts at 12:00."""
    case, plan = planned(document("tibia_transport") | {"clinic": {"visit_time": "12:00"}})
    (level,) = plan.levels
    book = made(case, plan)
    visits = {local(event): event for event in of_kind(book, "exchange")}
    days = {level.rows[one.planned_day].date: level.rows[one.planned_day] for one in level.exchanges}
    assert set(visits) == {datetime.datetime.combine(day, datetime.time(12)) for day in days}
    by_day: dict[datetime.date, list[datetime.time]] = {}
    for event in of_kind(book, "adjustment"):
        by_day.setdefault(local(event).date(), []).append(local(event).time())
    afternoon = [datetime.time(17), datetime.time(21, 30)]
    assert all(by_day[day] == afternoon for day in days)
    assert sum(times == afternoon for times in by_day.values()) == len(days), "other days keep all four"
    for start, event in visits.items():
        text = event["DESCRIPTION"]
        assert "Done by the clinic at 12:00. Turn nothing before that on this day." in text
        lines = text.split("Then the clinic sets the struts to:\n")[1].split("\n")[:6]
        told = [f"Strut {k} ({COLOURS[k]}): {mm:.2f} mm" for k, mm in enumerate(days[start.date()].doses_mm[1], 1)]
        assert lines == told
    before = EarlierPlan(case, plan_document(plan), signature(plan))
    known = {(one.uid, str(one.start)) for one in entries_of(before, None, language("en"))}
    words = Words(case, identity(plan), "en", signature(plan))
    assert known == {(one.uid, str(one.start)) for one in entries(plan, words)}


def test_what_several_hexapods_turn_at_one_time_is_one_reminder_that_names_each() -> None:
    case, plan = sample("tibia_stacked_transport")
    events = of_kind(made(case, plan), "adjustment")
    assert len({event["DTSTART"] for event in events}) == len(events)
    both = [event for event in events if " · " in event["X-HEXAPOD-LEVEL"]]
    assert len(both) > 100
    for event in both:
        names = event["X-HEXAPOD-LEVEL"].split(" · ")
        lines = event["DESCRIPTION"].split("\n")
        assert [line[:-1] for line in lines if line[:-1] in names] == names
        assert event["SUMMARY"].startswith(f"LEFT TIBIA, {' · '.join(names)}: ")


@pytest.mark.hazard("H-20")
def test_on_a_visit_day_every_reminder_begins_with_the_change_out_and_no_other_does() -> None:
    case, plan = sample("tibia_transport")
    (level,) = plan.levels
    visits = {level.rows[one.planned_day].date for one in level.exchanges}
    first = "Only after the clinic has changed the strut or struts. If the visit has not taken place, turn nothing."
    told = {
        local(event).date(): event["DESCRIPTION"].startswith(first) for event in of_kind(made(case, plan), "adjustment")
    }
    assert visits
    assert {day for day, said in told.items() if said} == visits
    assert all(
        "Before turning, the scales must read the numbers of the adjustment before." in event["DESCRIPTION"]
        for event in of_kind(made(case, plan), "adjustment")
    )
    book = made(case, plan, language="de")
    assert book["NAME"] == f"{case.id}, RECHTER UNTERSCHENKEL"
    german = of_kind(book, "adjustment")
    assert {local(event).date() for event in german if "Hat der Termin noch nicht" in event["DESCRIPTION"]} == visits


def test_the_last_day_and_docking_say_what_comes_after() -> None:
    book = made(*sample("tibia_stacked_transport"))
    assert of_kind(book, "last-turn")
    assert of_kind(book, "docking")
    for event in of_kind(book, "last-turn"):
        assert "After that turn no strut unless the clinic says so." in event["DESCRIPTION"]
    for event in of_kind(book, "docking"):
        assert "Go on exactly as your table says." in event["DESCRIPTION"]


def over_the_change(zone: str | None, start: str, *times: str) -> tuple[Case, Plan]:
    """A plan of a fortnight from a date on, with adjustments at these times."""
    value = plain_document()
    value["start_date"], value["time_zone"] = start, zone
    level = value["levels"][0]
    level["adjustments_per_day"], level["adjustment_times"] = len(times), list(times)
    level["stages"] = [{"name": "distract", "transport": {"distal_mm": 14}}]
    return planned(value)


CHANGES = [
    # zone, day 0, the change, hours from UTC before and after it
    ("Europe/Madrid", "2026-03-22", "2026-03-29", 1, 2),
    ("Europe/Madrid", "2026-10-18", "2026-10-25", 2, 1),
    ("America/New_York", "2026-03-01", "2026-03-08", -5, -4),
    ("America/New_York", "2026-10-25", "2026-11-01", -4, -5),
]


@pytest.mark.hazard("H-16")
@pytest.mark.parametrize(("zone", "start", "change", "before", "after"), CHANGES)
def test_eight_in_the_morning_stays_eight_over_the_change_of_summer_time(
    zone: str, start: str, change: str, before: int, after: int
) -> None:
    _, plan = over_the_change(zone, start, "08:00")
    raw = signed(plan)
    turned = datetime.date.fromisoformat(change)
    events = of_kind(read(raw), "adjustment")
    assert {local(event).time() for event in events} == {datetime.time(8)}
    assert {event.lines["DTSTART"][0].parameters for event in events} == {f";TZID={zone}"}
    days = {local(event).date() for event in events}
    assert min(days) < turned < max(days)
    # By the zone of the file alone, read by another library.
    own = tzical(io.StringIO(raw.decode("utf-8"))).get(zone)
    for event in events:
        instant = local(event).replace(tzinfo=own).astimezone(datetime.UTC)
        assert instant.hour == 8 - (before if local(event).date() < turned else after)
    # And by the library's own parser.
    for event in icalendar.Calendar.from_ical(raw).events:
        start_ = event.start
        if isinstance(start_, datetime.datetime):
            assert start_.astimezone(datetime.UTC).hour == 8 - (before if start_.date() < turned else after)


@pytest.mark.hazard("H-16")
def test_the_zone_of_the_file_begins_summer_time_at_the_hour_by_the_clocks_before_it() -> None:
    # RFC 5545, 3.6.5: in the European Union the clocks are changed at 01:00 UTC: 02:00 by winter time, 03:00 by summer time.
    (zone,) = made(*over_the_change("Europe/Madrid", "2026-03-22", "08:00")).all("VTIMEZONE")
    (part,) = zone.all("DAYLIGHT")
    told = (part["DTSTART"], part["TZOFFSETFROM"], part["TZOFFSETTO"], part["TZNAME"])
    assert told == ("20260329T020000", "+0100", "+0200", "CEST")
    (zone,) = made(*over_the_change("Europe/Madrid", "2026-10-18", "08:00")).all("VTIMEZONE")
    (part,) = [one for one in zone.all("STANDARD") if one["TZOFFSETFROM"] != one["TZOFFSETTO"]]
    told = (part["DTSTART"], part["TZOFFSETFROM"], part["TZOFFSETTO"], part["TZNAME"])
    assert told == ("20261025T030000", "+0200", "+0100", "CET")


# Half an hour of summer time; summer time below zero; none; whole-day and quarter-hour offsets; two changes near each other.
ZONES = [
    "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Asia/Kolkata", "Asia/Kathmandu",
    "Africa/Casablanca", "America/St_Johns", "Pacific/Kiritimati", "UTC",
]  # fmt: skip


@pytest.mark.hazard("H-16")
@pytest.mark.parametrize("name", ZONES)
def test_every_hour_of_two_years_is_right_by_the_zone_of_the_file(name: str) -> None:
    first, last = datetime.date(2026, 1, 1), datetime.date(2027, 12, 31)
    book = icalendar.Calendar()
    book.add("prodid", "test")
    book.add("version", "2.0")
    book.add_component(time_zone(ZoneInfo(name), first, last))
    own = tzical(io.StringIO(book.to_ical().decode("utf-8"))).get(name)
    assert own is not None
    hour = datetime.datetime.combine(first, datetime.time())
    while hour.date() <= last:
        true = hour.replace(tzinfo=ZoneInfo(name))
        round_trip = true.astimezone(datetime.UTC).astimezone(ZoneInfo(name)).replace(tzinfo=None)
        if round_trip == hour:  # a time that the clocks show; the others are tested below
            assert hour.replace(tzinfo=own).utcoffset() == true.utcoffset(), hour
        hour += datetime.timedelta(minutes=30)


@pytest.mark.hazard("H-16")
@pytest.mark.parametrize(
    ("start", "night", "utc_hour"),
    [
        (
            "2026-03-22",
            "2026-03-29",
            1,
        ),  # 02:30 is left out: by the clock before, UTC+1, it is 01:30 UTC, 03:30 on the clock
        ("2026-10-18", "2026-10-25", 0),  # 02:30 comes twice: the first, in summer time, is 00:30 UTC
    ],
)
def test_a_time_on_the_night_of_the_change_is_read_by_the_clock_before_it(
    start: str, night: str, utc_hour: int
) -> None:
    _, plan = over_the_change("Europe/Madrid", start, "02:30")
    raw = signed(plan)
    (event,) = [one for one in of_kind(read(raw), "adjustment") if local(one).date().isoformat() == night]
    assert local(event).time() == datetime.time(2, 30)
    (start_,) = [
        one.start
        for one in icalendar.Calendar.from_ical(raw).events
        if isinstance(one.start, datetime.datetime) and one.start.date().isoformat() == night
    ]
    assert start_.astimezone(datetime.UTC).strftime("%H:%M") == f"{utc_hour:02d}:30"
    assert event["DURATION"] == "PT15M"  # an end of its own could fall into the hour that is left out


def test_a_signed_calendar_needs_a_zone_and_a_drafts_times_float_without() -> None:
    _, plan = over_the_change(None, "2026-03-22", "08:00")
    with pytest.raises(HexapodError, match="needs a time zone: choose that of the place where the patient lives"):
        signed(plan, time_zone=None)
    book = read(calendar(plan, PrintOptions()))
    assert book.all("VTIMEZONE") == []
    for event in of_kind(book, "adjustment"):
        (line,) = event.lines["DTSTART"]
        assert (line.parameters, line.value[-7:]) == ("", "T080000")


@pytest.mark.hazard("H-16")
@pytest.mark.parametrize("start", ["2028-02-20", "2027-12-20", "1582-10-01", "0001-01-01", "9999-11-01"])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_dates_are_right_over_leap_days_year_ends_and_at_the_ends_of_the_calendar(start: str, zone: str | None) -> None:
    value = plain_document() | {"start_date": start, "time_zone": zone}
    case, plan = planned(value)
    raw = signed(plan)
    rebuilt(read(raw), case, plan)
    assert len(icalendar.Calendar.from_ical(raw).events) == len(read(raw).all("VEVENT"))
    if start == "2028-02-20":
        assert any(local(event).date() == datetime.date(2028, 2, 29) for event in of_kind(read(raw), "adjustment"))


def test_levels_of_one_name_and_a_limb_of_the_other_side_have_entries_of_their_own() -> None:
    value = document("tibia_two_levels")
    for level in value["levels"]:
        level["name"] = "tibia"
    book = made(*planned(value))
    uids = {event["UID"] for event in book.all("VEVENT")}
    assert len(uids) == len(book.all("VEVENT"))
    value["limb"]["side"] = {"left": "right", "right": "left"}[value["limb"]["side"]]
    assert not uids & {event["UID"] for event in made(*planned(value)).all("VEVENT")}


def test_the_same_plan_gives_the_same_bytes() -> None:
    _, plan = sample("forearm_fine_struts")
    assert signed(plan) == signed(plan)

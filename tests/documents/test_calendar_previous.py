"""A re-planned calendar: it replaces the old one, cancels what fell away, and leaves the past alone."""

import datetime
import functools

import pytest

import hexapod
from hexapod.case.model import Case
from hexapod.documents.calendar.calendar_entries import entries_of
from hexapod.documents.calendar.document import calendar, entries
from hexapod.documents.calendar.text import Words
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.identity import identity
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.replan import Wishes, replan
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import plan_document
from hexapod.plan.sign_off import EarlierPlan, Signature
from hexapod.text.language import language
from tests.documents.calendars import Client, Component, read
from tests.documents.plain_case import PLANNED, plain_document, planned, sample
from tests.signatures import signature

DAY = 20
ZONE = "Europe/Madrid"


@functools.cache
def plain() -> tuple[Case, Plan]:
    return planned(plain_document())


def renewed(case: Case, plan: Plan, day: int, **wishes: int) -> tuple[Case, Plan]:
    """The re-plan from the planned readings of a day, and its plan."""
    settings = plan.levels[0].rows[day].settings_mm
    found = follow_up(plan, case.first_day + datetime.timedelta(days=day), settings, 0)
    new = replan(found, Wishes(**wishes))
    return new, hexapod.make_plan(new)


def signed_on_day_0(plan: Plan, second: int = 0) -> Signature:
    return signature(plan, at=f"{plan.case.first_day.isoformat()}T09:00:{second:02d}.5Z")


def written(plan: Plan, earlier: bytes | None = None, *before: Plan, second: int = 0) -> bytes:
    """The calendar of a plan signed on its day 0; the plans signed before are those that the library holds."""
    held = tuple(EarlierPlan(one.case, plan_document(one), signed_on_day_0(one)) for one in before)
    signed = signed_on_day_0(plan, second)
    return calendar(plan, PrintOptions(earlier_calendar=earlier, signature=signed, earlier=held, time_zone=ZONE))


def imported(*files: bytes) -> Client:
    client = Client()
    for raw in files:
        client.take(raw)
    return client


def day_of(event: Component) -> str:
    return event["DTSTART"][:8]


def told(events: list[Component]) -> list[tuple[str, str, str]]:
    return sorted((event["DTSTART"], event["SUMMARY"], event["DESCRIPTION"]) for event in events)


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("wishes", [{}, {"pause_days": 3}, {"turn_back_days": 4}])
@pytest.mark.parametrize("from_library", [True, False])
def test_whoever_imports_the_new_calendar_sees_the_old_plan_before_and_the_new_one_after(
    wishes: dict[str, int], from_library: bool
) -> None:
    case, plan = plain()
    new_case, new_plan = renewed(case, plan, DAY, **wishes)
    old = written(plan)
    new = written(new_plan, None, plan) if from_library else written(new_plan, old)
    client = imported(old, new)
    start = f"{new_case.first_day:%Y%m%d}"
    yesterday = f"{new_case.first_day - datetime.timedelta(days=1):%Y%m%d}"
    past = [event for event in read(old).all("VEVENT") if day_of(event) < yesterday]
    coming = [event for event in read(new).all("VEVENT") if event["STATUS"] == "CONFIRMED"]
    assert past
    assert coming
    assert told(client.shown()) == told([*past, *coming])
    client.take(old)  # the old file opened again by mistake changes nothing
    assert told(client.shown()) == told([*past, *coming])
    assert all(day_of(event) >= yesterday for event in read(new).all("VEVENT"))
    assert all(day_of(event) >= start for event in coming)


@pytest.mark.hazard("H-14")
def test_signed_before_it_begins_a_plan_cancels_every_entry_of_the_one_it_replaces() -> None:
    """Two plans of one treatment, the second with a later day 0: nothing of the first stays for the days between."""
    _, plan = plain()
    _, later = planned(plain_document() | {"start_date": "2026-03-12"})
    early = {"at": "2026-02-27T10:00:00Z"}
    held = (EarlierPlan(plan.case, plan_document(plan), signature(plan, **early)),)
    new = calendar(later, PrintOptions(signature=signature(later), earlier=held, time_zone=ZONE))
    client = imported(calendar(plan, PrintOptions(signature=signature(plan, **early), time_zone=ZONE)), new)
    confirmed = [event for event in read(new).all("VEVENT") if event["STATUS"] == "CONFIRMED"]
    assert told(client.shown()) == told(confirmed)


@pytest.mark.hazard("H-14")
def test_a_stopped_plan_cancels_its_reminders_and_a_later_plan_brings_its_own() -> None:
    """From the evening before the stop on, wherever the clock is; what is past stays."""
    _, plan = plain()
    held = (EarlierPlan(plan.case, plan_document(plan), signed_on_day_0(plan)),)
    stop = PrintOptions(earlier=held, time_zone=ZONE, stopped_at=f"{plan.levels[0].rows[DAY].date}T08:00:00.5Z")
    since = plan.levels[0].rows[DAY - 1].date.strftime("%Y%m%d")
    cancelled = read(calendar(plan, stop)).all("VEVENT")
    assert {event["STATUS"] for event in cancelled} == {"CANCELLED"}
    assert all(
        "the plan was stopped. Turn no strut and call the clinic." in event["DESCRIPTION"] for event in cancelled
    )
    client = imported(written(plan), calendar(plan, stop))
    left = [event for event in client.shown() if event["STATUS"] != "CANCELLED"]
    assert left
    assert all(day_of(event) < since for event in left)
    _, later = renewed(*plain(), DAY)
    again = calendar(later, PrintOptions(signature=signed_on_day_0(later, 40), earlier=held, time_zone=ZONE))
    client.take(again)
    assert [event for event in client.shown() if event["STATUS"] == "CONFIRMED" and day_of(event) > since]


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.some(5)
def test_a_plan_file_tells_the_very_entries_of_its_calendar(name: str) -> None:
    """So that a calendar is cancelled without making its plan again; tibia_transport has change-outs and docking."""
    case, plan = sample(name)
    words = language("en")
    known = list(entries_of(EarlierPlan(case, plan_document(plan), signed_on_day_0(plan)), None, words))
    made = entries(plan, Words(case, identity(plan), "en", signed_on_day_0(plan)))
    assert {(one.uid, one.kind, one.level, one.start) for one in known} == {
        (one.uid, one.kind, one.level, one.start) for one in made
    }
    assert len(known) == len(made)


@pytest.mark.hazard("H-14")
def test_what_fell_away_is_cancelled_without_readings_or_reminder() -> None:
    case, plan = plain()
    new_case, new_plan = renewed(case, plan, DAY, pause_days=3)
    old = written(plan)
    cancelled = [event for event in read(written(new_plan, old)).all("VEVENT") if event["STATUS"] == "CANCELLED"]
    start = f"{new_case.first_day:%Y%m%d}"
    since = f"{new_case.first_day - datetime.timedelta(days=1):%Y%m%d}"
    kept = {event["UID"] for event in read(written(new_plan)).all("VEVENT")}
    gone = {
        event["UID"]: event for event in read(old).all("VEVENT") if day_of(event) >= since and event["UID"] not in kept
    }
    assert {event["UID"] for event in cancelled} == set(gone)
    # Day 0 of the new plan is a day of the old one whose adjustments belong to the day after now.
    assert any(day_of(event) == start for event in cancelled)
    for event in cancelled:
        before = gone[event["UID"]]
        assert event["DTSTART"] == before["DTSTART"]
        assert event.lines["DTSTART"][0].parameters == before.lines["DTSTART"][0].parameters
        assert event["SUMMARY"] == f"Cancelled: {before['SUMMARY']}"
        assert event.inside == []
        assert "This entry is void: do not use it. Only the new plan counts." in event["DESCRIPTION"]
        assert "until their scales read" not in event["DESCRIPTION"]
        assert event["TRANSP"] == "TRANSPARENT"


def test_numbers_and_stamps_rise_also_when_day_0_is_the_same() -> None:
    case, plan = plain()
    first = written(plan)
    value = case.document
    value["levels"][0]["adjustment_times"] = ["07:00", "11:00", "15:00", "19:00"]
    again_case, again = planned(value)
    assert again_case.first_day == case.first_day
    second = written(again, first)
    third = written(again, second)
    revisions = []
    for raw in (first, second, third):
        events = read(raw).all("VEVENT")
        ((sequence, stamp),) = {(int(event["SEQUENCE"]), event["DTSTAMP"]) for event in events}
        revisions.append((sequence, stamp))
    # Seconds from 1 January 2020 to the signature at nine o'clock on 2 March 2026: 2252 days and 9 hours.
    first_s = 2252 * 86400 + 9 * 3600
    told_of = [(first_s + k, f"20260302T09000{k}Z") for k in range(3)]
    assert revisions == told_of
    # The same adjustments at other times are the same entries: none is cancelled, all move.
    assert {event["UID"] for event in read(second).all("VEVENT")} == {
        event["UID"] for event in read(first).all("VEVENT")
    }


def test_without_any_earlier_calendar_the_plan_signed_later_still_wins() -> None:
    _, plan = plain()
    value = plain_document()
    value["levels"][0]["adjustment_times"] = ["07:00", "11:00", "15:00", "19:00"]
    _, again = planned(value)
    client = imported(written(again, second=1), written(plan))
    new = read(written(again, second=1)).all("VEVENT")
    assert all(client.entries[event["UID"]]["DTSTART"] == event["DTSTART"] for event in new)


@pytest.mark.hazard("H-14")
def test_a_fourth_plan_cancels_what_any_of_the_library_left_in_the_phone() -> None:
    case, plan = plain()
    _, second = renewed(case, plan, DAY, pause_days=3)
    _, third = renewed(case, plan, DAY + 1, turn_back_days=4)
    _, fourth = renewed(case, plan, DAY + 2)
    plans = [plan, second, third, fourth]
    files = [written(one, None, *plans[:k]) for k, one in enumerate(plans)]
    for opened in (files, [files[0], files[3]], [files[1], files[3], files[2]]):
        start = f"{fourth.case.first_day:%Y%m%d}"
        shown = [event for event in imported(*opened).shown() if day_of(event) >= start]
        confirmed = [event for event in read(files[3]).all("VEVENT") if event["STATUS"] == "CONFIRMED"]
        assert told(shown) == told(confirmed)


def test_a_third_plan_cancels_what_the_second_had_cancelled_and_takes_back_what_it_needs_again() -> None:
    case, plan = plain()
    _second_case, second_plan = renewed(case, plan, DAY, pause_days=3)
    first = written(plan)
    second = written(second_plan, first)
    # The third goes back to the plan without a pause, on the same day.
    third_case, third_plan = renewed(case, plan, DAY)
    third = written(third_plan, second)
    for files in ([first, second, third], [first, third], [first, third, second]):
        client = Client()
        for raw in files:
            client.take(raw)
        start = f"{third_case.first_day:%Y%m%d}"
        shown = [event for event in client.shown() if day_of(event) >= start]
        assert told(shown) == told([event for event in read(third).all("VEVENT") if event["STATUS"] == "CONFIRMED"])
    twice = [event["SUMMARY"] for event in read(third).all("VEVENT") if event["STATUS"] == "CANCELLED"]
    assert not any(summary.count("Cancelled") != 1 for summary in twice)


def test_the_zone_of_a_cancelled_entry_is_the_old_one() -> None:
    value = plain_document() | {"time_zone": "America/New_York"}
    case, plan = planned(value)
    new_case, _ = renewed(case, plan, DAY, pause_days=3)
    _, moved = planned(new_case.document | {"time_zone": "Europe/Madrid"})
    book = read(written(moved, written(plan)))
    library = read(written(moved, None, plan))
    uids = [{event["UID"] for event in one.all("VEVENT")} for one in (book, library)]
    assert uids[0] == uids[1]
    assert [zone["TZID"] for zone in library.all("VTIMEZONE")] == ["America/New_York", "Europe/Madrid"]
    assert [zone["TZID"] for zone in book.all("VTIMEZONE")] == ["America/New_York", "Europe/Madrid"]
    zones = {(event["STATUS"], event.lines["DTSTART"][0].parameters) for event in book.all("VEVENT")}
    assert ("CANCELLED", ";TZID=America/New_York") in zones
    assert ("CONFIRMED", ";TZID=Europe/Madrid") in zones
    assert ("CONFIRMED", ";TZID=America/New_York") not in zones


@pytest.mark.hazard("H-14")
def test_the_calendar_of_another_case_or_limb_is_refused() -> None:
    _case, plan = plain()
    other = written(sample("tibia_varus")[1])
    with pytest.raises(HexapodError, match=r"is that of case demo-TV-014, .* not of plain-01, right tibia"):
        written(plan, other)
    value = plain_document()
    value["limb"]["side"] = "left"
    with pytest.raises(HexapodError, match="is that of case plain-01, right tibia, not of plain-01, left tibia"):
        written(planned(value)[1], written(plan))


OURS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-HEXAPOD-CASE:plain-01\r\nX-HEXAPOD-LIMB:right tibia\r\n"
END = b"END:VCALENDAR\r\n"
EVENT = b"BEGIN:VEVENT\r\n%sEND:VEVENT\r\n"
GOOD = b"UID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260401T080000\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00", b"\xff\xfe", b"PK\x03\x04" + bytes(range(256)), b"%PDF-1.7\n", b"{}", b"BEGIN:VCALENDAR\r\n", b"END:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + END,
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        OURS + END + OURS + END,
        OURS + EVENT % b"" + END,
        OURS + EVENT % GOOD.replace(b"UID:1\r\n", b"") + END,
        OURS + EVENT % GOOD.replace(b"20260401T080000", b"soon") + END,
        OURS + EVENT % GOOD.replace(b"20260101T000000Z", b"20260101") + END,
        OURS + EVENT % GOOD.replace(b"20260101T000000Z", b"20260101T000000") + END,
        OURS + EVENT % (GOOD + b"SEQUENCE:many\r\n") + END,
        OURS + EVENT % (GOOD + b"DTSTART:20260402T080000\r\n") + END,
        OURS + EVENT % (GOOD + b"SEQUENCE:1\r\nSEQUENCE:2\r\n") + END,
        OURS + EVENT % GOOD.replace(b"20260101T000000Z", b"99991231T235959Z") + END,
    ],
)  # fmt: skip
def test_what_is_no_calendar_of_ours_is_refused_with_what_to_do(raw: bytes) -> None:
    _case, plan = plain()
    with pytest.raises(HexapodError, match=r"not one that this program has written: give the \.ics file"):
        written(plan, raw)


def test_a_calendar_with_the_fewest_lines_is_read() -> None:
    _case, plan = plain()
    book = read(written(plan, OURS + EVENT % GOOD + END))
    (gone,) = [event for event in book.all("VEVENT") if event["STATUS"] == "CANCELLED"]
    assert (gone["UID"], gone["DTSTART"]) == ("1", "20260401T080000")

"""A re-planned calendar: it replaces the old one, cancels what fell away, and leaves the past alone."""

import datetime
import functools

import pytest

import hexapod
from hexapod.case.model import Case
from hexapod.documents.calendar.document import calendar
from hexapod.documents.document_set import PrintOptions
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.replan import Wishes, replan
from hexapod.plan.make_plan import Plan
from tests.documents.calendars import Client, Component, read
from tests.documents.plain_case import plain_document, planned, sample
from tests.signatures import signature

DAY = 20


@functools.cache
def plain() -> tuple[Case, Plan]:
    return planned(plain_document())


def renewed(case: Case, plan: Plan, day: int, **wishes: int) -> tuple[Case, Plan]:
    """The re-plan from the planned readings of a day, and its plan."""
    settings = plan.levels[0].rows[day].settings_mm
    found = follow_up(plan, case.first_day + datetime.timedelta(days=day), settings, 0)
    new = replan(found, Wishes(**wishes))
    return new, hexapod.make_plan(new)


def written(case: Case, plan: Plan, earlier: bytes | None = None) -> bytes:
    return calendar(plan, PrintOptions(earlier_calendar=earlier, signature=signature(plan)))


def day_of(event: Component) -> str:
    return event["DTSTART"][:8]


def told(events: list[Component]) -> list[tuple[str, str, str]]:
    return sorted((event["DTSTART"], event["SUMMARY"], event["DESCRIPTION"]) for event in events)


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("wishes", [{}, {"pause_days": 3}, {"turn_back_days": 4}])
def test_whoever_imports_the_new_calendar_sees_the_old_plan_before_and_the_new_one_after(
    wishes: dict[str, int],
) -> None:
    case, plan = plain()
    new_case, new_plan = renewed(case, plan, DAY, **wishes)
    old = written(case, plan)
    new = written(new_case, new_plan, old)
    client = Client()
    client.take(old)
    client.take(new)
    start = f"{new_case.first_day:%Y%m%d}"
    past = [event for event in read(old).all("VEVENT") if day_of(event) < start]
    coming = [event for event in read(new).all("VEVENT") if event["STATUS"] == "CONFIRMED"]
    assert past
    assert coming
    assert told(client.shown()) == told([*past, *coming])
    client.take(old)  # the old file opened again by mistake changes nothing
    assert told(client.shown()) == told([*past, *coming])
    assert all(day_of(event) >= start for event in read(new).all("VEVENT"))


@pytest.mark.hazard("H-14")
def test_what_fell_away_is_cancelled_without_readings_or_reminder() -> None:
    case, plan = plain()
    new_case, new_plan = renewed(case, plan, DAY, pause_days=3)
    old = written(case, plan)
    cancelled = [
        event for event in read(written(new_case, new_plan, old)).all("VEVENT") if event["STATUS"] == "CANCELLED"
    ]
    start = f"{new_case.first_day:%Y%m%d}"
    kept = {event["UID"] for event in read(written(new_case, new_plan)).all("VEVENT")}
    gone = {
        event["UID"]: event for event in read(old).all("VEVENT") if day_of(event) >= start and event["UID"] not in kept
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
        assert "X-HEXAPOD-SETTINGS-MM" not in event.lines
        assert "This entry is void: do not use it. Only the new plan counts." in event["DESCRIPTION"]
        assert "until their scales read" not in event["DESCRIPTION"]
        assert event["TRANSP"] == "TRANSPARENT"


def test_numbers_and_stamps_rise_also_when_day_0_is_the_same() -> None:
    case, plan = plain()
    first = written(case, plan)
    value = case.document
    value["levels"][0]["adjustment_times"] = ["07:00", "11:00", "15:00", "19:00"]
    again_case, again = planned(value)
    assert again_case.first_day == case.first_day
    second = written(again_case, again, first)
    third = written(again_case, again, second)
    revisions = []
    for raw in (first, second, third):
        events = read(raw).all("VEVENT")
        ((sequence, stamp),) = {(int(event["SEQUENCE"]), event["DTSTAMP"]) for event in events}
        assert {event["LAST-MODIFIED"] for event in events} == {stamp}
        revisions.append((sequence, stamp))
    days = case.first_day.toordinal()
    assert revisions == [(days, "20260302T000000Z"), (days + 1, "20260302T000001Z"), (days + 2, "20260302T000002Z")]
    # The same adjustments at other times are the same entries: none is cancelled, all move.
    assert {event["UID"] for event in read(second).all("VEVENT")} == {
        event["UID"] for event in read(first).all("VEVENT")
    }


def test_without_the_earlier_calendar_a_plan_that_starts_later_still_wins() -> None:
    case, plan = plain()
    new_case, new_plan = renewed(case, plan, DAY)
    client = Client()
    client.take(written(case, plan))
    client.take(written(new_case, new_plan))
    new = {event["UID"]: event for event in read(written(new_case, new_plan)).all("VEVENT")}
    shared = set(new) & {event["UID"] for event in read(written(case, plan)).all("VEVENT")}
    assert len(shared) > 10
    assert all(client.entries[uid]["DESCRIPTION"] == event["DESCRIPTION"] for uid, event in new.items())


def test_a_third_plan_cancels_what_the_second_had_cancelled_and_takes_back_what_it_needs_again() -> None:
    case, plan = plain()
    second_case, second_plan = renewed(case, plan, DAY, pause_days=3)
    first = written(case, plan)
    second = written(second_case, second_plan, first)
    # The third goes back to the plan without a pause, on the same day.
    third_case, third_plan = renewed(case, plan, DAY)
    third = written(third_case, third_plan, second)
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
    moved = planned(new_case.document | {"time_zone": "Europe/Madrid"})
    book = read(written(*moved, written(case, plan)))
    assert [zone["TZID"] for zone in book.all("VTIMEZONE")] == ["America/New_York", "Europe/Madrid"]
    zones = {(event["STATUS"], event.lines["DTSTART"][0].parameters) for event in book.all("VEVENT")}
    assert ("CANCELLED", ";TZID=America/New_York") in zones
    assert ("CONFIRMED", ";TZID=Europe/Madrid") in zones
    assert ("CONFIRMED", ";TZID=America/New_York") not in zones


@pytest.mark.hazard("H-14")
def test_the_calendar_of_another_case_or_limb_is_refused() -> None:
    case, plan = plain()
    other = written(*sample("tibia_varus"))
    with pytest.raises(HexapodError, match=r"is that of case demo-TV-014, .* not of plain-01, right tibia"):
        written(case, plan, other)
    value = plain_document()
    value["limb"]["side"] = "left"
    with pytest.raises(HexapodError, match="is that of case plain-01, right tibia, not of plain-01, left tibia"):
        written(*planned(value), written(case, plan))


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
    case, plan = plain()
    with pytest.raises(HexapodError, match=r"not one that this program has written: give the \.ics file"):
        written(case, plan, raw)


def test_a_calendar_with_the_fewest_lines_is_read() -> None:
    case, plan = plain()
    book = read(written(case, plan, OURS + EVENT % GOOD + END))
    (gone,) = [event for event in book.all("VEVENT") if event["STATUS"] == "CANCELLED"]
    assert (gone["UID"], gone["DTSTART"]) == ("1", "20260401T080000")

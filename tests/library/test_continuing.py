"""A plan goes on from the last visit or is refused; day 0 past and visits before it are said; other limbs are asked."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest

from hexapod import make_plan, parse_case
from hexapod.case.files import case_text
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.replan import Wishes, replan
from hexapod.library import ANYONE, AsksFirst, NotContinued, Readings, Records, Refused, Visit, new_key, open_library
from tests.library.conftest import Clock
from tests.library.treatment import PLAIN, plan_of, sample

pytestmark = pytest.mark.hazard("H-28")
TODAY = datetime.date(2026, 5, 20)
FIRST = datetime.date(2026, 4, 22)
MIDDAY = datetime.datetime(2026, 5, 20, 12, tzinfo=datetime.UTC)


def started(name: str, first: datetime.date = FIRST, **changes: Any) -> bytes:
    """A sample that begins on a date."""
    return json.dumps(json.loads(sample(name)) | {"start_date": first.isoformat()} | changes).encode()


def slower(file: bytes, mm_per_day: float = 0.5) -> bytes:
    document = json.loads(file)
    for level in document["levels"]:
        level["limits"] = (level.get("limits") or {}) | {"mm_per_day": mm_per_day}
    return json.dumps(document).encode()


def issue(records: Records, case: str, file: bytes) -> int:
    """Save, issue, and acknowledge every caution; the plan's number."""
    version = records.versions.save(case, len(records.versions.of(case)), file)
    plan = records.plans.issue(case, version.number, plan_of(file))
    for caution in plan.cautions:
        if caution.by is None:
            records.plans.acknowledge(case, plan.number, caution.code, caution.level, "yes")
    return plan.number


def sign(records: Records, case: str, file: bytes) -> tuple[str, ...]:
    number = issue(records, case, file)
    return records.plans.sign(case, number, records.plans.load(case, number).plan_sha256, "Dr Adler").sentences


def visit(records: Records, case: str, file: bytes, day: int, *levels: int, plan: int = 1, by: int = 0) -> Visit:
    """A visit on a day, with the readings of `by` days before on these levels."""
    rows = {index: plan_of(file).levels[index].rows for index in levels}
    readings = tuple(Readings(index, rows[index][min(day - by, len(rows[index]) - 1)].settings_mm) for index in levels)
    recorded = Visit(parse_case(file).first_day + datetime.timedelta(days=day), readings, "seen")
    records.visits.add(case, plan, recorded)
    return recorded


def test_a_plan_that_starts_anew_in_mid_treatment_is_neither_issued_nor_signed(records: Records) -> None:
    """As it was found: day 0 four weeks ago, on schedule today, the rate halved."""
    file, case = started("tibia_varus"), new_key()
    records.drafts.save(case, 0, "{}")
    sign(records, case, file)
    visit(records, case, file, 28, 0)
    version = records.versions.save(case, 1, slower(file))
    with pytest.raises(NotContinued, match=r"visit\.not_continued: Strut \d was read .* Continue from this visit"):
        records.plans.issue(case, version.number, plan_of(slower(file)))
    assert [plan.state for plan in records.plans.of(case)] == ["signed"]
    found = records.plans.continuing(case, plan_of(slower(file)))
    assert found.visit is not None
    assert (found.visit.number, found.visit.plan, found.visit.visit.date) == (1, 1, TODAY)
    assert max(one.value or 0.0 for one in found.findings) > 3.0
    assert records.plans.continuing(case, plan_of(file)).findings == ()


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_re_plan_from_the_visit_goes_on_and_is_signed(records: Records, side: str) -> None:
    value = json.loads(started("tibia_varus"))
    file, case = json.dumps(value | {"limb": value["limb"] | {"side": side}}).encode(), new_key()
    records.drafts.save(case, 0, "{}")
    sign(records, case, file)
    seen = visit(records, case, file, 28, 0, by=3)
    found = follow_up(plan_of(file), seen.date, seen.readings[0].settings_mm)
    new = case_text(replan(found, Wishes(mm_per_day=0.5))).encode()
    assert sign(records, case, new) == ()  # day 0 is the day of the visit, and that is today
    assert [plan.state for plan in records.plans.of(case)] == ["superseded", "signed"]


def test_a_visit_between_issuing_and_signing_is_looked_at_when_it_is_signed(records: Records) -> None:
    file, case = started("tibia_varus"), new_key()
    records.drafts.save(case, 0, "{}")
    sign(records, case, file)
    number = issue(records, case, slower(file))
    visit(records, case, file, 28, 0)
    with pytest.raises(NotContinued):
        records.plans.sign(case, number, records.plans.load(case, number).plan_sha256, "Dr Adler")
    assert [plan.state for plan in records.plans.of(case)] == ["signed", "draft"]


def test_after_a_stop_the_visits_count_as_before(records: Records) -> None:
    file, case = started("tibia_varus"), new_key()
    records.drafts.save(case, 0, "{}")
    sign(records, case, file)
    visit(records, case, file, 28, 0)
    records.plans.stop(case, 1, "pain")
    with pytest.raises(NotContinued):
        issue(records, case, slower(file))


def test_each_hexapod_by_its_own_last_readings(records: Records) -> None:
    file, case = started("tibia_two_levels"), new_key()
    records.drafts.save(case, 0, "{}")
    sign(records, case, file)
    visit(records, case, file, 14, 0, 1)
    visit(records, case, file, 21, 0)
    records.visits.add(case, 1, Visit(TODAY, (), "pin 3 is red"))  # nothing was read
    found = records.plans.continuing(case, plan_of(slower(file)))
    assert {(one.level, one.day) for one in found.findings} == {(0, 21), (1, 14)}
    assert found.visit is not None
    assert found.visit.number == 2
    assert records.plans.continuing(case, plan_of(file)).findings == ()
    # A re-plan of hexapod 1 takes hexapod 2 as planned since it was read: that is what a signed plan says.
    date = FIRST + datetime.timedelta(days=21)
    found_1 = follow_up(plan_of(file), date, plan_of(file).levels[0].rows[21].settings_mm)
    new = replan(found_1, Wishes(pause_days=2))
    told = records.plans.continuing(case, make_plan(new))
    assert told.findings == ()
    assert any("the last with readings of hexapod 2" in one for one in told.sentences)


def test_what_was_read_is_on_the_scales_of_the_struts_of_that_day(records: Records) -> None:
    """An exchange between two visits: readings on both scales are those of the plan that has it."""
    file, case = started("tibia_transport", datetime.date(2026, 4, 1)), new_key()
    records.drafts.save(case, 0, "{}")
    sign(records, case, file)
    swap = plan_of(file).levels[0].exchanges[0]
    for day in (swap.planned_day - 1, swap.planned_day, swap.planned_day + 1):
        visit(records, case, file, day, 0)
        assert records.plans.continuing(case, plan_of(file)).findings == ()


def test_a_day_0_before_a_visit_or_before_today_never_passes_unsaid(records: Records) -> None:
    file, case = started("tibia_varus"), new_key()
    records.drafts.save(case, 0, "{}")
    (past,) = sign(records, case, file)
    assert "Day 0 of this plan, 2026-04-22, is 28 days past" in past
    visit(records, case, file, 27, 0)
    told = sign(records, case, started("tibia_varus", title="the same days"))
    assert len(told) == 2
    assert "Day 0 of this plan is 27 days before visit 1 on 2026-05-19" in told[1]


def test_a_day_0_of_today_or_later_without_visits_is_not_spoken_of(records: Records) -> None:
    for first in (TODAY, TODAY + datetime.timedelta(days=3)):
        file, case = started("tibia_varus", first, id=f"p-{first}"), new_key()
        records.drafts.save(case, 0, "{}")
        assert sign(records, case, file) == ()


def test_a_later_day_0_starts_where_the_frame_stands(records: Records) -> None:
    file, case = started("tibia_varus"), new_key()
    records.drafts.save(case, 0, "{}")
    sign(records, case, file)
    visit(records, case, file, 28, 0)
    records.plans.stop(case, 1, "holiday")
    anew = started("tibia_varus", TODAY + datetime.timedelta(days=5))
    with pytest.raises(NotContinued, match="its day 0"):
        issue(records, case, anew)


def test_a_frame_built_anew_after_the_visit_cannot_be_compared_and_that_is_said(records: Records) -> None:
    file, case = started("tibia_varus"), new_key()
    records.drafts.save(case, 0, "{}")
    sign(records, case, file)
    visit(records, case, file, 21, 0)
    for first, refused in ((TODAY, False), (FIRST, True)):
        document = json.loads(slower(started("tibia_varus", first)))
        document["levels"][0]["frame"]["proximal_ring"] = {"model": "generic-full-180"}
        new = parse_case(json.dumps(document).encode())
        found = records.plans.continuing(case, make_plan(new))
        assert bool(found.findings) == refused
        assert any("Hexapod 1 has other rings" in told for told in found.sentences) != refused


@pytest.mark.hazard("H-21")
def test_a_visit_after_today_is_refused(records: Records, clock: Clock) -> None:
    case = records.cases.add(PLAIN).case
    sign(records, case, PLAIN)
    tomorrow = TODAY + datetime.timedelta(days=1)
    with pytest.raises(Refused, match="2026-05-21 is after today, 2026-05-20"):
        records.visits.add(case, 1, Visit(tomorrow, ()))
    clock.now += datetime.timedelta(days=1)
    records.visits.add(case, 1, Visit(tomorrow, ()))


def draft(**changes: Any) -> dict[str, Any]:
    ring, strut = {"kind": "model", "model": "generic-full-180"}, {"kind": "model", "model": "generic-medium"}
    level = {"uid": "a", "reference": "proximal", "proximal_ring": ring, "distal_ring": ring, "alike": True}
    level |= {"every_strut": strut, "struts": {}, "settings": ["142"]}
    return {"side": "right", "title": "", "levels": [level | changes.pop("level", {})]} | changes


Form = Callable[[dict[str, Any]], dict[str, Any]]


def earlier(draft: dict[str, Any]) -> dict[str, Any]:
    """A draft as it was before `hexapod-draft/3`."""
    return draft


def of_now(draft: dict[str, Any]) -> dict[str, Any]:
    """The same draft with the keys of the case file."""
    levels = [{key: one[key] for key in ("uid", "reference")} | {"frame": one} for one in draft["levels"]]
    return {key: one for key, one in draft.items() if key != "side"} | {
        "limb": {"side": draft["side"]},
        "levels": levels,
    }


CHANGED = {
    "side": ({"side": "left"}, "Side: left instead of right"),
    "reference": ({"level": {"reference": "distal"}}, "Hexapod 1: the distal fragment becomes the reference"),
    "ring": (
        {"level": {"distal_ring": {"kind": "model", "model": "generic-full-155"}}},
        "Hexapod 1: the distal ring is generic-full-155 instead of generic-full-180",
    ),
    "own ring": (
        {"level": {"proximal_ring": {"kind": "joints", "joints": "1 2 3"}}},
        "proximal ring is one of your own",
    ),
    "struts": ({"level": {"every_strut": {"kind": "model", "model": "generic-long"}}}, "strut 6 is generic-long"),
    "a level": ({"levels": []}, "Hexapod 1 is removed"),
}


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("what", CHANGED)
@pytest.mark.parametrize(
    ("under_way", "before", "after"),
    [("issued", earlier, of_now), ("signed", of_now, of_now), ("signed", earlier, earlier)],
)
@pytest.mark.some(3)
def test_another_limb_or_frame_is_asked_about_once_a_plan_was_made(
    records: Records, what: str, under_way: str, before: Form, after: Form
) -> None:
    changes, told = CHANGED[what]
    case = new_key()
    records.drafts.save(case, 0, json.dumps(before(draft())))
    other = json.dumps(after(draft(**json.loads(json.dumps(changes)))))
    records.drafts.save(case, 1, other)  # before there is a plan nothing is asked
    records.drafts.save(case, 2, json.dumps(before(draft())))
    (sign if under_way == "signed" else issue)(records, case, PLAIN)
    with pytest.raises(AsksFirst, match=told):
        records.drafts.save(case, 3, other)
    assert records.drafts.revision(case) == 3
    assert records.drafts.save(case, 3, json.dumps(after(draft(title="another")))) == 4
    assert records.drafts.save(case, 4, other, confirmed=True) == 5
    assert records.drafts.save(case, 5, json.dumps(json.loads(other) | {"title": "goes on"})) == 6


@pytest.mark.hazard("H-14")
def test_a_first_draft_is_held_against_the_version_that_was_planned(records: Records) -> None:
    case = records.cases.add(PLAIN).case
    issue(records, case, PLAIN)
    side = json.loads(PLAIN)["limb"]["side"]
    with pytest.raises(AsksFirst, match=f"instead of {side}"):
        records.drafts.save(case, 0, json.dumps({"limb": {"side": "left" if side == "right" else "right"}}))
    assert records.drafts.save(case, 0, json.dumps({"side": side})) == 1


def test_whoever_was_to_come_and_did_not_is_overdue_marked_and_first(records: Records, clock: Clock) -> None:
    cases = {}
    for name in ("p-1", "p-2", "p-3"):
        file = PLAIN.replace(b'"plain-01"', json.dumps(name).encode())
        cases[name] = records.cases.add(file).case
        sign(records, cases[name], file)

    def listed(**asked: Any) -> list[tuple[str, int]]:
        return [(one.case_id, one.overdue_days) for one in records.cases.find(**asked).cases]

    records.visits.arrange(cases["p-2"], TODAY - datetime.timedelta(days=13))
    records.visits.arrange(cases["p-1"], TODAY + datetime.timedelta(days=7))
    records.visits.arrange(cases["p-3"], TODAY + datetime.timedelta(days=8))
    assert listed(due="visit") == [("p-2", 13), ("p-1", 0)]
    assert listed() == [("p-2", 13), ("p-3", 0), ("p-1", 0)]  # then the last changed
    assert listed(sort="id") == [("p-2", 13), ("p-1", 0), ("p-3", 0)]
    assert listed(due="visit", today=TODAY - datetime.timedelta(days=13)) == [("p-2", 0)]
    records.visits.add(cases["p-2"], 1, Visit(TODAY - datetime.timedelta(days=14), ()))  # before it was to be
    assert listed(due="visit")[0] == ("p-2", 13)
    records.visits.add(cases["p-2"], 1, Visit(TODAY - datetime.timedelta(days=2), ()))
    assert listed(due="visit") == [("p-1", 0)]
    records.cases.archive(cases["p-1"], "moved")
    assert listed(due="visit", state="archived", today=TODAY + datetime.timedelta(days=30)) == []


def test_an_exchange_that_nobody_has_seen_is_overdue(records: Records) -> None:
    file = started("tibia_transport")
    case = records.cases.add(file).case
    sign(records, case, file)
    first = FIRST + datetime.timedelta(days=min(one.planned_day for one in plan_of(file).levels[0].exchanges))
    later = first + datetime.timedelta(days=3)
    assert [one.overdue_days for one in records.cases.find(due="exchange", days=0, today=first).cases] == [0]
    (found,) = records.cases.find(due="exchange", days=0, today=later).cases
    assert (found.overdue_days, found.overdue_exchange) == (3, first)
    records.visits.add(case, 1, Visit(first, ()))
    assert records.cases.find(today=later).cases[0].overdue_days == 0


def test_a_visit_of_a_day_to_come_counts_for_nothing_and_is_told(records: Records, clock: Clock) -> None:
    """As a library of an earlier version, or an import, may hold it: the visit that has been is the one that counts."""
    file = started("tibia_varus")
    case = records.cases.add(file).case
    sign(records, case, file)
    clock.now += datetime.timedelta(days=200)
    visit(records, case, file, 60, 0)
    clock.now -= datetime.timedelta(days=200)
    today = visit(records, case, file, (TODAY - FIRST).days, 0)
    assert today.date == TODAY
    with pytest.raises(NotContinued, match="was read at"):
        issue(records, case, slower(file))
    found = records.plans.continuing(case, plan_of(slower(file)))
    assert found.findings
    assert any("a day after today: it does not count before that day" in told for told in found.sentences)


@pytest.mark.parametrize("name", ["note", "answer"])
def test_words_of_a_visit_have_no_character_that_is_not_seen(records: Records, name: str) -> None:
    file = started("tibia_varus")
    case = records.cases.add(file).case
    sign(records, case, file)
    with pytest.raises(Refused, match=rf"The {name} of the visit holds an invisible character .*U\+202E"):
        records.visits.add(case, 1, Visit(TODAY, (), **{name: "pin \u202e2.53 red"}))
    records.visits.add(case, 1, Visit(TODAY, (), **{name: "two\nlines"}))


def test_a_visit_of_today_counts_wherever_the_server_is(url: str) -> None:
    """A server at UTC-12, where it is still yesterday, and a user in Seoul who has read the scales today."""
    file = started("tibia_varus")
    with open_library(url, clock=lambda: MIDDAY - datetime.timedelta(hours=18)) as library:
        records = library.as_user(ANYONE)
        assert (MIDDAY - datetime.timedelta(hours=18)).date() < TODAY
        case = records.cases.add(file).case
        sign(records, case, file)
        visit(records, case, file, (TODAY - FIRST).days, 0)
        with pytest.raises(NotContinued, match="was read at"):
            issue(records, case, slower(file))
        plan = plan_of(slower(file))
        here = records.plans.continuing(case, plan, TODAY)
        assert here.findings
        assert not any("a day after today" in told for told in here.sentences)


@pytest.mark.parametrize("add", [False, True])
def test_another_name_and_one_hexapod_more_hide_no_visit(records: Records, add: bool) -> None:
    file = started("tibia_varus")
    case = records.cases.add(file).case
    sign(records, case, file)
    visit(records, case, file, (TODAY - FIRST).days, 0)
    document = json.loads(slower(file))
    document["levels"][0]["name"] = "renamed"
    if add:
        second = json.loads(sample("tibia_malrotation"))["levels"][0]
        document["levels"] = [second | {"name": "second"}, document["levels"][0]]
    with pytest.raises(NotContinued, match="was read at"):
        issue(records, case, json.dumps(document).encode())

"""Latency, docking, time in frame, children's arms and the outcome: each check on both sides of its limit."""

import copy
import datetime
from typing import Any

import pytest

import hexapod
from hexapod.checks.findings import Finding
from hexapod.documents.clinician_report.document import case_section
from hexapod.documents.identity import identity
from hexapod.errors import CaseError
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.replan import Wishes, replan
from hexapod.text.milestones import milestone_sentences
from hexapod.text.plan_summary import summary_lines, summary_of
from tests.laws.builder import case_of

BONE = {"diameter_mm": 28}
AWAY = {"proximal": "distal_mm", "distal": "proximal_mm"}
BACK = {"proximal": "proximal_mm", "distal": "distal_mm"}


def planned(case: dict[str, Any], **top: Any) -> hexapod.Plan:
    return hexapod.make_plan(hexapod.read_case({**case, **top}))


def found(plan: hexapod.Plan, code: str) -> Finding | None:
    return next((finding for finding in plan.findings if finding.code == code), None)


def lengthening(rest: int | None, mm: float = 10, reference: str = "proximal", **keys: Any) -> dict[str, Any]:
    """So many days of rest, then a lengthening at 1 mm a day."""
    stages: list[dict[str, Any]] = [] if rest is None else [{"name": "latency", "hold_days": rest}]
    stages.append({"name": "lengthen", "transport": {AWAY[reference]: mm}})
    return case_of("right", reference, stages=[*stages, *keys.pop("after", [])], bone=BONE, **keys)


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_a_rest_of_less_than_five_days_before_the_ends_part(reference: str) -> None:
    short = found(planned(lengthening(4, reference=reference)), "latency.short")
    assert short is not None
    assert (short.day, short.value, short.limit, short.verdict) == (5, 4.0, 5.0, "caution")
    assert found(planned(lengthening(5, reference=reference)), "latency.short") is None


@pytest.mark.hazard("H-07")
def test_where_latency_cannot_be_judged_it_is_not() -> None:
    assert found(planned(lengthening(None)), "latency.short") is None  # day 0 may be any day after the operation
    uncut = lengthening(2)
    del uncut["levels"][0]["bone"]
    assert found(planned(uncut), "latency.short") is None
    assert found(planned(lengthening(2), derived_from="0" * 64), "latency.short") is None
    child = lengthening(2)
    child["limb"]["child"] = True
    assert found(planned(child), "latency.short") is None
    pressing = lengthening(2)
    pressing["levels"][0]["stages"][1]["transport"] = {"proximal_mm": 3}
    assert found(planned(pressing), "latency.short") is None


@pytest.mark.hazard("H-07")
def test_a_plan_that_ends_before_the_regenerate_can_be_firm() -> None:
    # 40 mm at 45 days per cm make 180 days; 7 + 40 + 132 are 179.
    rest = {"name": "consolidation", "hold_days": 132}
    case = lengthening(7, mm=40, after=[rest], index_days_per_cm=45)
    plan = planned(case)
    early = found(plan, "frame.time")
    assert early is not None
    assert (early.value, early.limit) == (179.0, pytest.approx(180.0))
    assert plan.levels[0].expected_days_in_frame == pytest.approx(180.0)
    assert found(planned(case, derived_from="0" * 64), "frame.time") is None  # the frame has been on for longer
    case["levels"][0]["stages"][-1]["hold_days"] = 133
    assert found(planned(case), "frame.time") is None
    del case["levels"][0]["stages"][-1]  # consolidation is not part of this plan: nothing to judge
    assert found(planned(case), "frame.time") is None


def after(case: dict[str, Any], day: int, **wishes: Any) -> hexapod.case.model.Case:
    """The re-plan of a case from the planned readings of a day."""
    old = hexapod.read_case(case)
    plan = hexapod.make_plan(old)
    read = plan.levels[0].rows[day].settings_mm
    found_there = follow_up(plan, old.first_day + datetime.timedelta(days=day), read)
    return replan(found_there, Wishes(**wishes))


@pytest.mark.hazard("H-28")
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_time_in_frame_counts_from_the_first_day_of_the_treatment(reference: str) -> None:
    """40 mm at 45 days per cm make 180 days; 7 + 40 + 132 are 179.  A re-plan is told the same, and one day more none."""
    rest = {"name": "consolidation", "hold_days": 132}
    case = lengthening(7, mm=40, reference=reference, after=[rest], index_days_per_cm=45)
    new = case
    for day in (20, 17, 60):
        new = after(new, day).document
        assert new["treatment_started"] == "2026-03-02"
        plan = planned(new)
        short = found(plan, "frame.time")
        assert short is not None
        assert (short.value, short.limit) == (179.0, pytest.approx(180.0, abs=1e-4))
        assert "179 days after the treatment began" in short.message
        assert plan.levels[0].expected_days_in_frame == pytest.approx(180.0, abs=1e-4)
    assert plan.levels[0].days_before == 97
    assert found(planned(after(new, 1, pause_days=1).document), "frame.time") is None
    unknown = {key: value for key, value in new.items() if key != "treatment_started"}
    unknown["levels"] = [{key: value for key, value in new["levels"][0].items() if key != "so_far"}]
    assert found(planned(unknown), "frame.time") is None  # no one knows how long the frame has been on
    assert "treatment_started" not in after(unknown, 1).document  # nor is it made up by the next re-plan


@pytest.mark.hazard("H-28")
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_latency_counts_from_the_first_day_of_the_treatment(reference: str) -> None:
    for rest, told in ((4, 4.0), (5, None)):
        case = lengthening(rest, reference=reference)
        for day in (1, 3):  # before the ends part
            new = after(case, day)
            assert new.document["levels"][0]["so_far"] == {"rest_days": day}
            short = found(hexapod.make_plan(new), "latency.short")
            assert (short and short.value) == told
        parted = after(case, rest + 3)
        assert parted.document["levels"][0]["so_far"]["latency_days"] == rest
        for new in (parted, after(parted.document, 2)):
            short = found(hexapod.make_plan(new), "latency.short")
            assert (short and (short.value, short.day)) == (told and (told, 0))
    waited = after(lengthening(4, reference=reference), 2, pause_days=1)
    assert found(hexapod.make_plan(waited), "latency.short") is None  # 2 of rest, 1 of pause, 2 that were left
    late = hexapod.read_case(lengthening(2, reference=reference))
    plan = hexapod.make_plan(late)
    read = plan.levels[0].rows[0].settings_mm
    new = replan(follow_up(plan, late.first_day + datetime.timedelta(days=6), read))
    assert found(hexapod.make_plan(new), "latency.short") is None  # nothing was turned for six days
    assert "so_far" not in after(lengthening(None), 0).document["levels"][0]


@pytest.mark.hazard("H-28")
def test_gaps_count_from_the_first_day_of_the_treatment() -> None:
    case = case_of("right", "proximal", stages=[{"name": "close", "transport": {"proximal_mm": 31}}])
    case["levels"][0]["frame"]["settings_mm"] = [200] * 6
    case["levels"][0]["bone"] = {"diameter_mm": 28, "gap_mm": 31}
    for day in (10, 20):
        new = after(case, day)
        told = found(hexapod.make_plan(new), "defect.closed")
        assert told is not None
        assert told.value == pytest.approx(31, abs=1e-4)
    assert new.document["levels"][0]["so_far"] == {"first_gap_mm": 31, "largest_gap_mm": 31}
    # Drawn out by 20 mm and pressed to 15: the regenerate to be firm was 20 mm long, also when seen later.
    stages = [{"name": "press", "transport": {"proximal_mm": 5}}, {"name": "consolidation", "hold_days": 20}]
    again = after(lengthening(7, mm=20, after=stages, index_days_per_cm=45), 34)
    assert again.document["levels"][0]["so_far"] == {"latency_days": 7, "largest_gap_mm": 20}
    assert hexapod.make_plan(again).levels[0].expected_days_in_frame == pytest.approx(90)


@pytest.mark.hazard("H-28")
@pytest.mark.parametrize(
    ("change", "path", "sentence"),
    [
        ({"treatment_started": "2026-03-03"}, "treatment_started", "is after day 0, 2026-03-02"),
        ({"treatment_started": "2.3.2026"}, "treatment_started", "must be a date of the calendar"),
        ({"so_far": {"rest_days": 3}}, "levels[0].so_far", "give treatment_started, or take it out"),
        ({"treatment_started": "2026-03-01", "so_far": {}}, "levels[0].so_far", "says nothing: take it out"),
        (
            {"treatment_started": "2026-03-01", "so_far": {"rest_days": 3, "latency_days": 3}},
            "levels[0].so_far.rest_days",
            "not both",
        ),
        ({"treatment_started": "2026-03-01", "so_far": {"rest_days": 2.5}}, "levels[0].so_far.rest_days", "whole"),
        ({"treatment_started": "2026-03-01", "so_far": {"largest_gap_mm": -1}}, "levels[0].so_far.largest_gap_mm", "0"),
        ({"return_stages": [{"name": "x", "hold_days": 1}]}, "levels[0].return_stages", ""),
    ],
)
def test_what_is_told_of_earlier_days_is_read_strictly(change: dict[str, Any], path: str, sentence: str) -> None:
    case = lengthening(7)
    case["levels"][0] |= {key: value for key, value in change.items() if key in ("so_far", "return_stages")}
    case |= {key: value for key, value in change.items() if key == "treatment_started"}
    with pytest.raises(CaseError) as caught:
        hexapod.read_case(case)
    (problem,) = caught.value.problems
    assert problem.path == path
    assert sentence in problem.message


def docking(mm: float, press: dict[str, Any] | None = None, reference: str = "proximal") -> dict[str, Any]:
    """A segment with 30 mm to its docking site, moved by so much, then pressed on."""
    stages = [{"name": "transport", "transport": {AWAY[reference]: mm}}, *([press] if press else [])]
    return case_of("left", reference, stages=stages, docking_gap_mm=30, graduation=0.25)


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_compression_after_docking(reference: str) -> None:
    press = {"name": "press", "transport": {AWAY[reference]: 2}, "limits": {"mm_per_day": 0.25}}
    plan = planned(docking(30, press, reference))
    assert found(plan, "docking.rate") is None
    assert plan.levels[0].docking_day == 30
    told = [row.docking_mm for row in plan.levels[0].rows]
    assert (told[0], told[29], told[30], told[31], told[-1]) == (30.0, pytest.approx(1.0), 0.0, -0.25, -2.0)
    fast = found(planned(docking(30, press | {"limits": {"mm_per_day": 0.5}}, reference)), "docking.rate")
    assert fast is not None
    assert (fast.day, fast.value, fast.limit) == (31, pytest.approx(0.5), 0.25)


@pytest.mark.hazard("H-07")
def test_a_transport_that_stops_before_it_docks() -> None:
    assert found(planned(docking(29)), "docking.open") is None  # a film does not show the last millimetre
    stopped = found(planned(docking(28)), "docking.open")
    assert stopped is not None
    assert (stopped.value, stopped.day) == (pytest.approx(2.0), 28)


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize(
    ("bone", "mm", "told"),
    [("tibia", 30, False), ("tibia", 31, True), ("femur", 40, False), ("femur", 41, True), ("humerus", 60, False)],
)
def test_a_large_defect_is_not_simply_closed(bone: str, mm: int, told: bool) -> None:
    case = case_of("right", "proximal", stages=[{"name": "close", "transport": {"proximal_mm": mm}}])
    case["limb"]["bone"] = bone
    case["levels"][0]["frame"]["settings_mm"] = [200] * 6
    case["levels"][0]["bone"] = {"diameter_mm": 28, "gap_mm": mm}
    finding = found(planned(case), "defect.closed")
    assert (finding is not None) == told
    assert finding is None or finding.value == pytest.approx(mm)
    assert found(planned(case, derived_from="0" * 64), "defect.closed") is None  # the gap is regenerate
    opened = [{"name": "open", "transport": {"distal_mm": mm}}]
    case["levels"][0]["stages"] = opened
    assert found(planned(case), "defect.closed") is None


@pytest.mark.hazard("H-07")
def test_a_childs_forearm_is_moved_by_less_than_a_millimetre() -> None:
    case = lengthening(None, limits={"mm_per_day": 1.0})
    case["limb"] = {"side": "left", "bone": "forearm", "child": True}
    fast = found(planned(case), "rate.child")
    assert fast is not None
    assert (fast.value, fast.limit) == (pytest.approx(1.0), 1.0)
    slow = copy.deepcopy(case)
    slow["levels"][0]["limits"] = {"mm_per_day": 0.9}
    assert found(planned(slow), "rate.child") is None
    assert found(planned({**case, "limb": {**case["limb"], "bone": "humerus"}}), "rate.child") is None
    assert found(planned({**case, "limb": {**case["limb"], "child": False}}), "rate.child") is None


@pytest.mark.hazard("H-06")
@pytest.mark.parametrize(
    ("left", "told"),
    [
        ({"varus_deg": 5}, None),
        ({"varus_deg": 5.1}, (5.1, 5.0, "deg")),
        ({"external_rotation_deg": 6}, (6.0, 5.0, "deg")),
        ({"posterior_mm": 10}, None),
        ({"posterior_mm": 10.5}, (10.5, 10.0, "mm")),
        ({"long_mm": 20}, None),  # lengthening and transport mean to leave it
    ],
)
def test_what_the_plan_leaves_at_its_end(left: dict[str, float], told: tuple[float, float, str] | None) -> None:
    plan = planned(case_of("right", "proximal", stages=[{"name": "move", "correct_to": left}]))
    finding = found(plan, "outcome.residual")
    if told is None:
        assert finding is None
    else:
        assert finding is not None
        assert (finding.value, finding.limit, finding.unit) == (pytest.approx(told[0]), *told[1:])


@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_the_regenerate_is_the_way_of_the_cuts_centre_along_the_bone(reference: str) -> None:
    plan = planned(lengthening(7, mm=12, reference=reference))
    told = [row.regenerate_mm for row in plan.levels[0].rows]
    assert told[:8] == [0.0] * 8
    assert told[8:] == pytest.approx(list(range(1, 13)))
    # A fragment tilted by 10 deg whose cut lies 50 mm beyond its point: setting it straight moves the cut's centre
    # 50 (1 - cos 10 deg) = 0.760 mm along the bone.
    tilted = case_of("right", reference, deformity={"varus_deg": 10}, stages=[{"name": "straighten", "correct_to": {}}])
    tilted["levels"][0]["bone"] = {"diameter_mm": 28, "osteotomy": {AWAY[reference]: 50}}
    last = planned(tilted).levels[0].rows[-1]
    assert last.regenerate_mm == pytest.approx(50 * (1 - 0.984807753), abs=1e-7)
    tilted["levels"][0]["bone"] |= {"gap_mm": 4}
    assert planned(tilted).levels[0].rows[-1].regenerate_mm == pytest.approx(4.760, abs=1e-3)


def test_without_a_cut_or_a_docking_site_the_columns_are_empty() -> None:
    plan = planned(case_of("right", "proximal", deformity={"short_mm": 3}))
    assert {(row.regenerate_mm, row.docking_mm) for row in plan.levels[0].rows} == {(None, None)}
    assert (plan.levels[0].docking_day, plan.levels[0].expected_days_in_frame) == (None, None)


@pytest.mark.hazard("H-28")
def test_papers_and_page_say_since_when_the_days_count() -> None:
    rest = {"name": "consolidation", "hold_days": 132}
    new = after(lengthening(7, mm=40, after=[rest], index_days_per_cm=45), 20)
    plan = hexapod.make_plan(new)
    assert milestone_sentences(plan.levels[0])[-1] == (
        "Regenerate: 40 mm. By the external fixation index entered, 180 days in the frame are likely from the first day of the treatment on, "
        "20 days before day 0; the plan ends on day 159, Friday 28 August 2026, after 179 days of treatment."
    )
    told = {line.name: line.text for line in summary_lines(summary_of(plan))}
    assert told["Days of treatment"].endswith("; 179 since the treatment began")
    assert told["Time in the frame"] == "about 180 days, by the external fixation index, 20 of them before day 0"
    assert "Treatment began on" in str(case_section(plan, identity(plan)))


@pytest.mark.hazard("H-28")
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_what_a_slip_pressed_together_opens_to_nothing_before_regenerate_grows(reference: str) -> None:
    """On day 3 of the rest 146 is read instead of 150: joints sqrt(146^2 - 7521.741) = 117.4490 mm apart, 4.9367 less."""
    case = hexapod.read_case(lengthening(7, mm=10, reference=reference, index_days_per_cm=45))
    slipped = follow_up(hexapod.make_plan(case), case.first_day + datetime.timedelta(days=3), (146.0,) * 6)
    new = replan(slipped)
    assert new.document["levels"][0]["so_far"] == {"rest_days": 3, "overlap_mm": pytest.approx(4.9367, abs=1e-3)}
    level = hexapod.make_plan(new).levels[0]
    assert max(row.regenerate_mm or 0.0 for row in level.rows) == pytest.approx(10, abs=1e-5)
    assert level.expected_days_in_frame == pytest.approx(45, abs=1e-4)

"""The re-plan: what it keeps, where it starts, which stages are left, and what the wishes do to them."""

import copy
import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.replan import DoubtfulReadings, Wishes, replan
from hexapod.plan.make_plan import LevelPlan
from tests.follow_up.test_compare_with_plan import BACK, DISTRACT, HOLD, PAIR, REST, exchanged_case, lengthening, on
from tests.laws.builder import case_of

Document = dict[str, Any]

SAMPLES = Path(__file__).resolve().parents[2] / "sample_cases"


def renewed(case: Case, day: int, *readings: float, level: int = 0, catalogue: Any = None, **wishes: Any) -> Case:
    """The re-plan of a case from readings of a day: six, one for all, or none for those planned."""
    plan = hexapod.make_plan(case, catalogue)
    rows = plan.levels[level].rows
    six = rows[min(day, len(rows) - 1)].settings_mm if not readings else readings * (6 // len(readings))
    date = case.first_day + datetime.timedelta(days=day)
    found = follow_up(plan, date, tuple(map(float, six)), level, catalogue)
    return replan(found, Wishes(**wishes), catalogue)


def stages(case: Case, level: int = 0) -> list[Document]:
    return case.document["levels"][level]["stages"]


def planned(case: Case, level: int = 0) -> LevelPlan:
    plan = hexapod.make_plan(case)
    assert plan.verdict != "refused", plan.findings
    return plan.levels[level]


CORRECT = {"name": "distract", "correct_to": {}}


def test_the_new_case_starts_from_the_readings_and_names_the_old() -> None:
    old = lengthening(bone={"diameter_mm": 28}, adjustments_per_day=2)
    old = hexapod.read_case(old.document | {"title": "kept"})
    before = copy.deepcopy(old.document)
    new = renewed(old, 8)
    assert old.document == before
    assert (new.id, new.start_date, new.derived_from) == (old.id, "2026-03-10", old.sha256)
    assert new.sha256 != old.sha256
    level = new.document["levels"][0]
    assert level["frame"] == before["levels"][0]["frame"] | {"settings_mm": [154] * 6}
    assert level["deformity"] == {"short_mm": 7.129032}  # by test_on_schedule
    assert level["course_from"] == {"short_mm": 7}
    assert level["stages"] == [CORRECT | {"days": 7}, REST]
    # 5 mm of new bone are planned by day 8, the readings lack what the deformity has more than 7 mm: it goes on to 12.
    assert level["bone"] == {"diameter_mm": 28, "gap_mm": pytest.approx(12 - 7.129032, abs=1e-6)}
    assert planned(new).rows[-1].regenerate_mm == pytest.approx(12, abs=2e-6)
    assert level["so_far"] == {"latency_days": 3, "largest_gap_mm": 5}
    assert new.treatment_started == "2026-03-02"
    changed = {"frame", "deformity", "course_from", "stages", "bone", "so_far"}
    assert {key: level[key] for key in level if key not in changed} == {
        key: before["levels"][0][key] for key in before["levels"][0] if key not in changed
    }
    changed = {"start_date", "derived_from", "treatment_started", "levels"}
    assert {key: new.document[key] for key in new.document if key not in changed} == {
        key: before[key] for key in before if key not in changed
    }


def test_a_hold_in_progress_keeps_its_remaining_days() -> None:
    assert stages(renewed(lengthening(), 1)) == [{"name": "latency", "hold_days": 2}, CORRECT | {"days": 12}, REST]
    assert stages(renewed(lengthening(), 3)) == [CORRECT | {"days": 12}, REST]
    assert stages(renewed(lengthening(), 15)) == [REST]
    assert stages(renewed(lengthening(), 16)) == [{"name": "rest", "hold_days": 1}]


def test_a_transport_in_progress_becomes_the_place_where_it_ends_and_later_ones_stay() -> None:
    further = {"name": "further", "transport": {"proximal_mm": 1}}
    old = lengthening(stages=[*BACK, further])
    assert stages(renewed(old, 6)) == [
        DISTRACT | {"correct_to": {"short_mm": 4}, "days": 2},
        *old.document["levels"][0]["stages"][1:],
    ]
    # 4 mm short after 8 days; 4 mm proximal make it 8 mm short.
    assert stages(renewed(old, 9)) == [
        {"name": "back", "correct_to": {"short_mm": 8}, "meant": True, "days": 3},
        further,
    ]


def test_the_end_of_a_transport_is_exact_enough_for_the_days_of_the_next_stage() -> None:
    aside = {"name": "aside", "transport": {"medial_mm": 2.3456789}}
    first = stages(renewed(lengthening(stages=[aside, DISTRACT]), 1))[0]
    assert first["correct_to"] == pytest.approx({"short_mm": 12, "medial_mm": 2.3456789}, abs=1e-11)


def test_behind_counts_from_the_day_that_the_readings_belong_to() -> None:
    new = renewed(lengthening(), 12, 154)
    assert new.start_date == "2026-03-14"
    assert stages(new) == [CORRECT | {"days": 7}, REST]
    assert [row.settings_mm[0] for row in planned(new).rows] == [154, 155, 156, 157, 157, 158, 159, 160, 160, 160]
    assert stages(renewed(lengthening(), 5, 154)) == [CORRECT | {"days": 7}, REST]  # ahead


def test_what_is_left_of_a_day_is_done_on_the_next() -> None:
    old = lengthening(graduation=0.25, adjustments_per_day=4)
    assert stages(renewed(old, 5, 151.25)) == [CORRECT | {"days": 11}, REST]
    assert stages(renewed(old, 15, 159.5)) == [
        CORRECT | {"days": 1},
        REST,
    ]  # else the last half millimetre stayed undone


def test_the_new_bone_is_what_the_frame_has_drawn_out() -> None:
    """By the readings, which need not be the plan's; a deformity measured anew has drawn out nothing."""
    drawn = lengthening(bone={"diameter_mm": 28})
    for wishes in ({}, {"deformity": {"short_mm": 3.0}}):
        gap = renewed(drawn, 8, 155.2, **wishes).document["levels"][0]["bone"]["gap_mm"]
        assert gap == pytest.approx(np.sqrt(155.2**2 - 7521.741) - 122.3857, abs=1e-3)


def test_a_gap_that_is_closed_is_none_any_more() -> None:
    closing = lengthening(deformity={"long_mm": 5}, bone={"diameter_mm": 28, "gap_mm": 5})
    # Days 5 and 9 read 148 and 146, joints 119.9261 and 117.4490 mm apart instead of 120.3857 and 117.3857.
    for day, gap in ((3, 5.0), (5, 3.0 - 0.4596), (9, 0.0633)):
        found = renewed(closing, day, pause_days=1).document["levels"][0]["bone"]["gap_mm"]
        assert found == pytest.approx(gap, abs=1e-3)
    exact = lengthening(deformity={"long_mm": 5}, bone={"diameter_mm": 28, "gap_mm": 5}, graduation=0.001)
    assert renewed(exact, 9, pause_days=1).document["levels"][0]["bone"]["gap_mm"] == pytest.approx(0, abs=1e-3)


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize("day", range(3, 13))
def test_docking_stays_on_its_day(day: int) -> None:
    """10 mm in 10 days after 3 days of rest."""
    transport = {"name": "transport", "transport": {"distal_mm": 10}}
    old = lengthening(deformity={}, stages=[HOLD, transport, REST], docking_gap_mm=10)
    assert planned(old).docking_day == 13
    assert planned(renewed(old, day)).docking_day == 13 - day


SLIPPED = (154, 151, 154, 157, 154, 154)


@pytest.mark.hazard("H-06")
def test_a_frame_that_slipped_is_corrected_from_where_it_is_by_the_limits() -> None:
    new = renewed(lengthening(bone={"diameter_mm": 28}), 8, *SLIPPED)
    assert stages(new) == [CORRECT, REST]
    rows = planned(new).rows
    assert rows[0].settings_mm == SLIPPED
    assert len(rows[0].remaining) > 3
    assert rows[-1].remaining == {}
    assert set(rows[-1].settings_mm) == {160}  # the frame is where the first plan would have had it
    left = renewed(lengthening(), 16, 160, 157, 160, 163, 160, 160)
    assert stages(left) == [{"name": "correct the rest", "correct_to": {}}, {"name": "rest", "hold_days": 1}]
    done = renewed(lengthening(), 30, 160, 157, 160, 163, 160, 160)
    assert stages(done) == [{"name": "correct the rest", "correct_to": {}}]


@pytest.mark.hazard("H-06")
def test_a_newly_measured_deformity_replaces_the_one_that_the_readings_imply() -> None:
    """Residual: mounting measured wrongly leaves varus in a frame that the plan thinks straight; films then say so."""
    seen = {"varus_deg": 3.0, "short_mm": 2.0}
    new = renewed(lengthening(), 15, deformity=seen)
    assert new.document["levels"][0]["deformity"] == seen
    assert stages(new) == [{"name": "correct the rest", "correct_to": {}}, REST]
    rows = planned(new).rows
    assert rows[0].settings_mm == (160,) * 6
    assert rows[0].remaining == pytest.approx(seen)
    assert rows[-1].remaining == {}
    # Right tibia: the medial struts (2, 3, 4 in the front and on the left) open more than the lateral ones.
    gained = np.subtract(rows[-1].settings_mm, 160)
    assert min(gained[[2, 3]]) > max(gained[[4, 5]])
    on_the_way = renewed(lengthening(), 8, deformity=seen)
    assert stages(on_the_way) == [CORRECT, REST]  # its days are for the limits to say


@pytest.mark.hazard("H-04")
def test_readings_that_are_probably_misread_start_nothing() -> None:
    with pytest.raises(DoubtfulReadings, match="strut 3 was misread by 10"):
        renewed(lengthening(), 11, 157, 157, 147, 157, 157, 157)
    new = renewed(lengthening(), 11, 157, 157, 147, 157, 157, 157, even_if_doubtful=True)
    assert stages(new) == [CORRECT, REST]
    with pytest.raises(DoubtfulReadings, match="No pose fits"):
        renewed(lengthening(), 8, 60, 400, 60, 400, 60, 400, even_if_doubtful=True)


def test_a_strut_turned_the_wrong_way_is_where_it_is() -> None:
    new = renewed(lengthening(), 8, 154, 154, 154, 146, 154, 154)
    assert stages(new) == [CORRECT, REST]
    assert set(planned(new).rows[-1].settings_mm) == {160}


def test_a_finished_plan_has_nothing_left() -> None:
    for day in (17, 30):
        with pytest.raises(HexapodError, match="finished"):
            renewed(lengthening(), day)
    assert stages(renewed(lengthening(), 30, pause_days=3)) == [{"name": "pause", "hold_days": 3}]
    assert stages(renewed(lengthening(), 30, 159)) == [CORRECT | {"days": 1}, REST]  # a day's adjustment was never done


def test_pause() -> None:
    new = renewed(lengthening(), 8, pause_days=4)
    assert stages(new) == [{"name": "pause", "hold_days": 4}, CORRECT | {"days": 7}, REST]
    assert [row.settings_mm[0] for row in planned(new).rows[:6]] == [154, 154, 154, 154, 154, 155]


def test_turn_back() -> None:
    new = renewed(lengthening(), 8, turn_back_days=2)
    back = {"name": "turn back", "correct_to": {"short_mm": 9}, "meant": True, "days": 2}
    assert stages(new) == [back, CORRECT | {"days": 9}, REST]
    # 154, then 153.27 (day 7 again) and 152.45 (day 6 again), then on as planned.
    assert [row.settings_mm[0] for row in planned(new).rows[:5]] == [154, 153, 152, 153, 154]
    into_the_hold = renewed(lengthening(), 4, turn_back_days=3)
    assert stages(into_the_hold)[:2] == [
        {"name": "turn back", "correct_to": {"short_mm": 12}, "meant": True, "days": 3},
        {"name": "latency", "hold_days": 2},
    ]
    assert stages(renewed(lengthening(), 17, turn_back_days=1)) == [
        {"name": "turn back", "hold_days": 1},
        {"name": "rest", "hold_days": 1},
    ]
    with pytest.raises(HexapodError, match="turned back by 8 days at most"):
        renewed(lengthening(), 8, turn_back_days=9)


def test_slower() -> None:
    new = renewed(lengthening(), 8, mm_per_day=0.5)
    assert stages(new) == [CORRECT | {"limits": {"mm_per_day": 0.5}}, REST]
    assert planned(new).rows[-1].day == 14 + 2  # 7 mm at 0.5 mm a day
    own = lengthening(
        stages=[
            DISTRACT | {"correct_to": {"short_mm": 4}},
            CORRECT | {"limits": {"mm_per_day": 0.25, "deg_per_day": 1}},
        ]
    )
    limits = [stage["limits"] for stage in stages(renewed(own, 6, mm_per_day=0.5))]
    assert limits == [{"mm_per_day": 0.5}, {"mm_per_day": 0.25, "deg_per_day": 1}]  # never higher than its own
    for rate in (1.0, 1.5):
        with pytest.raises(HexapodError, match="none of the remaining stages slower"):
            renewed(lengthening(), 8, mm_per_day=rate)
    with pytest.raises(HexapodError, match="nothing moves"):
        renewed(lengthening(), 16, mm_per_day=0.5)


@pytest.mark.hazard("H-07")
def test_slower_makes_nothing_faster() -> None:
    """40 fixed days for 12 mm: a limit of 0.75 alone would allow 16."""
    slow = lengthening(stages=[DISTRACT | {"days": 40}, REST])
    new = renewed(slow, 10, mm_per_day=0.75)
    assert stages(new) == [CORRECT | {"days": 30, "limits": {"mm_per_day": 0.75}}, REST]


def test_wishes_together_keep_their_order() -> None:
    new = renewed(lengthening(), 8, pause_days=2, turn_back_days=1, mm_per_day=0.5)
    assert [stage["name"] for stage in stages(new)] == ["pause", "turn back", "distract", "rest"]
    assert stages(new)[1]["days"] == 1
    assert stages(new)[2] == CORRECT | {"limits": {"mm_per_day": 0.5}}


@pytest.mark.parametrize(
    "wish", [{"pause_days": -1}, {"turn_back_days": 731}, {"mm_per_day": 0.0}, {"mm_per_day": float("nan")}]
)
def test_wishes_that_mean_nothing(wish: dict[str, Any]) -> None:
    with pytest.raises(HexapodError):
        Wishes(**wish)


def test_structures_at_risk_are_where_they_have_moved_to() -> None:
    nerve = {"name": "nerve", "at": {"lateral_mm": 35, "posterior_mm": 20, "proximal_mm": 10}, "limit_mm_per_day": 1.0}
    old = lengthening(structures_at_risk=[nerve])
    (moved,) = renewed(old, 8).document["levels"][0]["structures_at_risk"]
    # 12 - 7.129032 mm of distraction carry it distally.
    assert moved == nerve | {
        "at": {"lateral_mm": 35, "posterior_mm": 20, "proximal_mm": pytest.approx(10 - 4.870968, abs=2e-6)}
    }
    assert old.document["levels"][0]["structures_at_risk"] == [nerve]
    turned = hexapod.read_case(
        case_of(
            "right",
            "proximal",
            deformity={"internal_rotation_deg": 20},
            structures_at_risk=[{"name": "front", "at": {"anterior_mm": 50}}],
            limits={"deg_per_day": 2},
        )
    )
    rows = planned(turned).rows
    assert rows[-1].day == 18  # 20 deg at 50 mm are an arc of 17.45 mm
    (front,) = renewed(turned, rows[-1].day, pause_days=1).document["levels"][0]["structures_at_risk"]
    # It was in front, on a fragment turned inwards; straightened, it stands 50 sin 20 mm lateral.
    assert front["at"]["lateral_mm"] == pytest.approx(17.10, abs=0.2)  # the last row is rounded
    assert front["at"]["anterior_mm"] == pytest.approx(46.98, abs=0.2)


def test_exchanged_struts_stay_exchanged() -> None:
    new = renewed(exchanged_case(), 12, catalogue=PAIR)
    frame = new.document["levels"][0]["frame"]
    assert frame["struts"] == ["pair-long"] * 6
    assert frame["settings_mm"] == [107] * 6
    rows = hexapod.make_plan(new, PAIR).levels[0].rows
    assert [row.settings_mm[0] for row in rows] == [107, 108, 109, 110, 110, 110]
    assert renewed(exchanged_case(), 4, catalogue=PAIR).document["levels"][0]["frame"]["struts"] == ["pair-short"] * 6


@pytest.mark.parametrize("day", [0, 5, 11])
def test_a_frame_known_at_the_end_stays_bolted_where_it_is(day: int) -> None:
    old = lengthening(
        at="end",
        deformity={"short_mm": 8, "varus_deg": 7, "apex_anterior_deg": 4},
        mounting={"leans_anterior_deg": 3, "proximal_mm": 40},
    )
    new = renewed(old, day)
    assert new.levels[0].frame.settings_at == "start"
    before, after = planned(old), planned(new)
    assert before.frame is not None
    assert after.frame is not None
    assert abs(before.frame.T_mov_mring - after.frame.T_mov_mring).max() < 1e-5
    assert after.rows[0].settings_mm == before.rows[day].settings_mm
    assert np.abs(after.rows[0].pose - before.rows[day].pose_rounded).max() < 1e-6


def two_levels(**more: Any) -> Case:
    """Upper level as `lengthening`, lower level 5 mm short: done on day 5."""
    case = case_of("right", "distal", deformity={"short_mm": 12}, stages=[HOLD, DISTRACT, REST])
    lower = case_of("right", "proximal", deformity={"short_mm": 5}, **more)["levels"][0]
    return hexapod.read_case(case | {"levels": [*case["levels"], lower | {"name": "lower"}]})


def test_the_other_level_stands_as_planned() -> None:
    new = renewed(two_levels(), 4, 150)  # the upper level is a day behind
    upper, lower = new.document["levels"]
    assert stages(new) == [CORRECT | {"days": 12}, REST]
    assert upper["frame"]["settings_mm"] == [150] * 6
    assert lower["frame"]["settings_mm"] == [153] * 6  # 4 mm of 5
    assert lower["stages"] == [{"name": "correct", "correct_to": {}, "days": 1}]
    assert planned(new, 1).rows[-1].settings_mm == planned(two_levels(), 1).rows[-1].settings_mm


def test_a_level_that_is_finished_waits_for_the_other() -> None:
    new = renewed(two_levels(), 8)
    assert stages(new, 1) == [{"name": "finished", "hold_days": 1}]
    assert stages(renewed(two_levels(), 8, level=1)) == [CORRECT | {"days": 7}, REST]  # read on the lower level
    back = renewed(two_levels(), 8, level=1, turn_back_days=2)
    assert stages(back, 1) == [{"name": "turn back", "hold_days": 2}]  # it stood still on these two days
    assert stages(back, 0)[0] == {"name": "turn back", "correct_to": {"short_mm": 9}, "meant": True, "days": 2}


def test_wishes_are_for_all_levels() -> None:
    new = renewed(two_levels(), 4, pause_days=2, mm_per_day=0.5)
    for level in (0, 1):
        first, second = stages(new, level)[:2]
        assert first == {"name": "pause", "hold_days": 2}
        assert second["limits"] == {"mm_per_day": 0.5}


@pytest.mark.hazard("H-13")
def test_readings_go_on_from_the_plan_they_were_compared_with() -> None:
    another = hexapod.read_case(two_levels().document | {"title": "another"})
    here, there = hexapod.make_plan(two_levels()), hexapod.make_plan(another)
    found, other = follow_up(here, on(8), (154.0,) * 6), follow_up(there, on(8), (154.0,) * 6, 1)
    assert found.plan is here
    assert replan(found).derived_from == here.case.sha256 != there.case.sha256
    with pytest.raises(HexapodError, match="all of one plan"):
        replan(found, also=[other])


def test_a_re_plan_can_be_re_planned() -> None:
    first = renewed(lengthening(), 8)
    second = renewed(first, 3)
    assert second.derived_from == first.sha256
    assert second.start_date == "2026-03-13"
    assert stages(second) == [CORRECT | {"days": 4}, REST]


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize("level", [0, 1])
def test_a_patient_who_missed_three_days_missed_them_on_all_levels_of_a_construct(level: int) -> None:
    case = hexapod.load_case(SAMPLES / "tibia_stacked_transport.json")
    plan = hexapod.make_plan(case)
    row, late = plan.levels[level].rows[30], plan.levels[level].rows[33]
    found = follow_up(plan, late.date, row.settings_mm, level)
    assert (found.explanation.kind, found.explanation.day) == ("behind", 30)
    new = hexapod.make_plan(replan(found))
    assert new.verdict != "refused"
    assert new.levels[1].docking_day == plan.levels[1].docking_day - 30  # three days later than planned
    for before, after in zip(plan.levels, new.levels, strict=True):
        assert after.rows[0].settings_mm == before.rows[30].settings_mm
        assert len(after.rows) == len(before.rows) - 30
        assert after.rows[-1].lengths_mm == pytest.approx(before.rows[-1].lengths_mm, abs=1e-4)


@pytest.mark.hazard("H-12")
def test_slower_is_said_of_a_structure_with_a_limit_of_its_own_too() -> None:
    case = hexapod.load_case("sample_cases/tibia_varus.json")
    new = renewed(case, 22, mm_per_day=0.5)
    (limit,) = {one.limit_mm_per_day for one in new.levels[0].structures_at_risk}
    assert limit == 0.5
    plan = hexapod.make_plan(new)
    frame = plan.levels[0].frame
    assert frame is not None
    longest = max(float(part.arcs_mm.max()) for part in frame.course.stages)
    assert longest <= 0.5 * (1.0 + 1e-9)


def test_regenerate_stands_still_while_nothing_is_turned() -> None:
    """On day 0 of a pause it is 5 mm, as the plan of before had it: the marks of the scales grow and shrink no bone."""
    old = lengthening(bone={"diameter_mm": 28}, docking_gap_mm=20)
    new = renewed(old, 8, pause_days=3)
    rows = planned(new).rows
    assert len({row.settings_mm for row in rows[:4]}) == 1
    assert [row.regenerate_mm for row in rows[:5]] == pytest.approx([5, 5, 5, 5, 6], abs=2e-6)
    assert [row.docking_mm for row in rows[:5]] == pytest.approx([15, 15, 15, 15, 14], abs=2e-6)
    # Read a whole turn off the plan, the bone is elsewhere, and stays there.
    off = renewed(old, 8, *(row + 2 for row in planned(old).rows[8].settings_mm), pause_days=3, even_if_doubtful=True)
    told = [row.regenerate_mm for row in planned(off).rows[:4]]
    assert told == pytest.approx([told[0]] * 4, abs=2e-6)
    assert told[0] is not None
    assert told[0] > 6

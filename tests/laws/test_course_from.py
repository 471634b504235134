"""Levels that should stand a little elsewhere (`course_from`), by hand: the upper level drives, the lower one follows.

Both levels have frame F, the proximal fragment as reference and the same point on the segment between them: by what the
upper level brings the segment down, the gap below closes.
"""

from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.deformity.pose import deformity_pose
from hexapod.errors import CaseError
from hexapod.plan.make_plan import Plan
from tests.laws.builder import CORRECT, construct_of, level_of

Document = dict[str, Any]
Words = dict[str, float]
SAME = 1e-9
HOLD = {"name": "hold", "hold_days": 2}
DAYS = {"days": 10}


def plan_of(upper: Document, lower: Document, **keys: Any) -> Plan:
    plan = hexapod.make_plan(hexapod.read_case(construct_of(upper, lower, **keys)))
    assert plan.verdict != "refused", plan.findings
    return plan


SHORT = {"deformity": {"short_mm": 9.7}}
WIDE = {"deformity": {"long_mm": 20.2}}


@pytest.mark.hazard("H-17")
def test_both_levels_do_the_rest_of_what_was_planned() -> None:
    """10 mm in 10 days are planned, 9.7 are left by the readings; the gap of 20 reads 20.2."""
    stages = [CORRECT | DAYS]
    plan = plan_of(SHORT | {"course_from": {"short_mm": 10}}, WIDE | {"course_from": {"long_mm": 20}}, stages=stages)
    upper, lower = (level.rows for level in plan.levels)
    assert [row.remaining.get("short_mm", 0.0) for row in upper] == pytest.approx(
        [9.7, *(10.0 - day for day in range(1, 11))], abs=SAME
    )
    assert [row.remaining["long_mm"] for row in lower] == pytest.approx(
        [20.2, *(20.0 - day for day in range(1, 11))], abs=SAME
    )
    # 10 of overlap and 20 of gap: from the first day on the far end is 10 mm down.
    far = [row.pose[2, 3] + other.pose[2, 3] for row, other in zip(upper[1:], lower[1:], strict=True)]
    assert far == pytest.approx([-10.0] * 10, abs=SAME)


@pytest.mark.hazard("H-17")
def test_the_frame_is_found_where_the_readings_are_and_turned_to_where_it_should_be() -> None:
    """A level alone: its readings belong to 9.7 mm of shortening; by the plan there should be 10."""
    keys: Document = {"stages": [CORRECT | DAYS]}
    level = level_of("right", "proximal", **SHORT, course_from={"short_mm": 10}, **keys)
    before = level_of("right", "proximal", deformity={"short_mm": 10}, **keys)
    assert level.frame is not None
    assert before.frame is not None
    assert level.rows[0].settings_mm == before.rows[0].settings_mm
    assert np.abs(level.rows[0].pose - deformity_pose({"short_mm": 9.7}, "right", "proximal")).max() < SAME
    # The same rings for a bone that is 0.3 mm longer: the moving ring sits 0.3 mm higher on its fragment.
    assert level.frame.T_mov_mring[2, 3] - before.frame.T_mov_mring[2, 3] == pytest.approx(0.3, abs=SAME)
    assert [row.remaining.get("short_mm", 0.0) for row in level.rows[1:]] == pytest.approx(
        [10.0 - day for day in range(1, 11)], abs=SAME
    )


def test_without_it_the_gap_gives_way_to_where_the_driven_level_is() -> None:
    plan = plan_of(SHORT, WIDE, stages=[CORRECT | DAYS])
    assert [row.remaining["long_mm"] for row in plan.levels[1].rows] == pytest.approx(
        [20.2 - 0.97 * day for day in range(11)], abs=SAME
    )


@pytest.mark.parametrize(
    "stages", [[CORRECT], [HOLD, CORRECT | DAYS, HOLD], [{"name": "on", "transport": {"distal_mm": 4}}]]
)
def test_where_the_levels_stand_already_changes_nothing(stages: list[Document]) -> None:
    turned = {"deformity": {"short_mm": 9.7, "varus_deg": 7.3, "internal_rotation_deg": 5.1, "medial_mm": 3.9}}
    apart = {"deformity": {"long_mm": 20.2, "apex_anterior_deg": 4.7}}
    said = plan_of(
        turned | {"course_from": turned["deformity"]}, apart | {"course_from": apart["deformity"]}, stages=stages
    )
    unsaid = plan_of(turned, apart, stages=stages)
    for one, other in zip(said.levels, unsaid.levels, strict=True):
        assert [row.settings_mm for row in one.rows] == [row.settings_mm for row in other.rows]
        assert [row.lengths_mm for row in one.rows] == [row.lengths_mm for row in other.rows]
        assert all(np.array_equal(row.pose, same.pose) for row, same in zip(one.rows, other.rows, strict=True))
        assert [row.docking_mm for row in one.rows] == [row.docking_mm for row in other.rows]


@pytest.mark.hazard("H-07")
def test_its_days_are_those_that_the_way_from_there_takes() -> None:
    """10.2 mm at 1 mm a day are 11 days; what the readings leave would be 10."""
    plan = plan_of(SHORT | {"course_from": {"short_mm": 10.2}}, WIDE | {"course_from": {"long_mm": 20}})
    assert [len(level.rows) for level in plan.levels] == [12, 12]
    assert [row.remaining["long_mm"] for row in plan.levels[1].rows[1:]] == pytest.approx(
        [20.0 - 10.2 / 11 * day for day in range(1, 12)], abs=SAME
    )


def test_in_a_rest_it_stands_where_it_should_be_and_a_transport_goes_on_from_there() -> None:
    stages = [HOLD, {"name": "on", "transport": {"distal_mm": 4}}]
    plan = plan_of(SHORT | {"course_from": {"short_mm": 10}}, WIDE | {"course_from": {"long_mm": 20}}, stages=stages)
    assert [row.remaining["short_mm"] for row in plan.levels[0].rows] == pytest.approx(
        [9.7, 10, 10, 9, 8, 7, 6], abs=SAME
    )
    assert [row.remaining["long_mm"] for row in plan.levels[1].rows] == pytest.approx(
        [20.2, 20, 20, 19, 18, 17, 16], abs=SAME
    )


@pytest.mark.hazard("H-07")
def test_the_way_to_the_docking_site_is_the_planned_one() -> None:
    """Planned 0.04 mm before contact, read 0.05 mm beyond it: docked tomorrow, not today."""
    upper = {"deformity": {"short_mm": 0.1}, "course_from": {"short_mm": 0.04}}
    lower = {"deformity": {"short_mm": 0.05}, "course_from": {"long_mm": 0.04}}
    level = plan_of(upper, lower).levels[1]
    assert [row.docking_mm for row in level.rows] == pytest.approx([0.04, 0.0], abs=SAME)
    assert level.docking_day == 1
    assert plan_of(upper, lower | {"course_from": {}}).levels[1].rows[0].docking_mm is None


def refused(upper: Document, lower: Document, **keys: Any) -> str:
    with pytest.raises(CaseError) as caught:
        plan_of(upper, lower, **keys)
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.hazard("H-07")
def test_what_is_too_far_to_be_rounding_is_refused() -> None:
    """2 mm and 2 deg, ends included; beyond that 1.5 marks on every strut, a dose's and half a reading's: 4 mm of
    shortening are 3.245 mm on each here."""
    plan_of(SHORT | {"course_from": {"short_mm": 11.7}}, WIDE)
    told = refused(SHORT | {"course_from": {"short_mm": 11.8}}, WIDE)
    assert told == (
        "levels[0].course_from: is 2.1 mm and 0.0 deg away from the deformity, more than 2 mm or 2 deg and more than "
        "1.5 marks on each strut explain: leave it out."
    )
    assert "levels[1].course_from: is 0.0 mm and 2.1 deg away" in refused(
        SHORT, WIDE | {"course_from": WIDE["deformity"] | {"varus_deg": 2.1}}
    )
    plan_of(SHORT | {"course_from": {"short_mm": 13.7}}, WIDE, graduation=2.5)
    assert "4.0 mm" in refused(SHORT | {"course_from": {"short_mm": 13.7}}, WIDE, graduation=2)


def test_the_shortest_turn_is_that_from_where_it_should_be() -> None:
    """From 90 deg inwards to 89.9 deg outwards is 179.9 deg one way; from 90.1 it has no shortest way."""
    upper = {"deformity": {"internal_rotation_deg": 90}, "limits": {"mm_per_day": 2}}
    stages = [{"name": "turn", "correct_to": {"external_rotation_deg": 89.9}, "days": 100}]
    half = refused(upper | {"course_from": {"internal_rotation_deg": 90.1}}, WIDE, stages=stages)
    assert half.startswith('levels[0].stages[0] = "turn"')
    assert "180 deg" in half

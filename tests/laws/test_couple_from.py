"""Levels that should stand a little elsewhere (`couple_from`), by hand: the upper level drives, the lower one follows.

Both levels have frame F, the proximal fragment as reference and the same point on the segment between them: by what the
upper level brings the segment down, the gap below closes.
"""

from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.errors import CaseError
from hexapod.plan import Plan
from tests.laws.builder import CORRECT, construct_of

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
def test_the_gap_closes_as_planned_while_the_driven_level_goes_from_where_it_is() -> None:
    """10 mm in 10 days are planned, 9.7 are left by the readings; the gap of 20 reads 20.2."""
    stages = [CORRECT | DAYS]
    plan = plan_of(SHORT | {"couple_from": {"short_mm": 10}}, WIDE | {"couple_from": {"long_mm": 20}}, stages=stages)
    upper, lower = (level.rows for level in plan.levels)
    assert [row.remaining.get("short_mm", 0.0) for row in upper] == pytest.approx(
        [9.7 - 0.97 * day for day in range(11)], abs=SAME
    )
    assert [row.remaining["long_mm"] for row in lower] == pytest.approx(
        [20.2, *(20.0 - day for day in range(1, 11))], abs=SAME
    )
    # 10 of overlap and 20 of gap: the far end is 10 mm down, and further by what is left of the 0.3 mm, of nothing else.
    far = [row.pose[2, 3] + other.pose[2, 3] for row, other in zip(upper[1:], lower[1:], strict=True)]
    assert far == pytest.approx([-10.0 - 0.3 * (1 - day / 10) for day in range(1, 11)], abs=SAME)


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
        turned | {"couple_from": turned["deformity"]}, apart | {"couple_from": apart["deformity"]}, stages=stages
    )
    unsaid = plan_of(turned, apart, stages=stages)
    for one, other in zip(said.levels, unsaid.levels, strict=True):
        assert [row.settings_mm for row in one.rows] == [row.settings_mm for row in other.rows]
        assert [row.lengths_mm for row in one.rows] == [row.lengths_mm for row in other.rows]
        assert all(np.array_equal(row.pose, same.pose) for row, same in zip(one.rows, other.rows, strict=True))
        assert [row.docking_mm for row in one.rows] == [row.docking_mm for row in other.rows]


def test_the_driven_level_itself_does_what_it_does_without() -> None:
    stages = [HOLD, {"name": "aside", "transport": {"medial_mm": 3, "distal_mm": 2}}, CORRECT]
    turned = {"deformity": {"short_mm": 9.7, "varus_deg": 7.3, "internal_rotation_deg": 5.1}, "adjustments_per_day": 4}
    near = {"couple_from": {"short_mm": 10.1, "varus_deg": 7, "internal_rotation_deg": 5, "lateral_mm": 0.2}}
    rows, plain = (plan_of(upper, WIDE, stages=stages).levels[0].rows for upper in (turned | near, turned))
    assert [(row.day, row.stage, row.lengths_mm, row.settings_mm, row.doses_mm) for row in rows] == [
        (row.day, row.stage, row.lengths_mm, row.settings_mm, row.doses_mm) for row in plain
    ]


@pytest.mark.hazard("H-07")
def test_its_days_are_those_of_the_level_not_those_that_its_own_way_would_take() -> None:
    """10.2 mm at 1 mm a day are 11 days; the level has 9.7 mm to go, 10 days, and the gap keeps to them."""
    plan = plan_of(SHORT | {"couple_from": {"short_mm": 10.2}}, WIDE | {"couple_from": {"long_mm": 20}})
    assert [len(level.rows) for level in plan.levels] == [11, 11]
    assert [row.remaining["long_mm"] for row in plan.levels[1].rows[1:]] == pytest.approx(
        [20.0 - 1.02 * day for day in range(1, 11)], abs=SAME
    )


def test_a_rest_and_a_transport_carry_the_difference_on() -> None:
    """Nothing heals in a rest, and a transport goes as far from either place."""
    stages = [HOLD, {"name": "on", "transport": {"distal_mm": 4}}]
    plan = plan_of(SHORT | {"couple_from": {"short_mm": 10}}, WIDE | {"couple_from": {"long_mm": 20}}, stages=stages)
    assert [row.remaining["short_mm"] for row in plan.levels[0].rows] == pytest.approx(
        [9.7, 9.7, 9.7, 8.7, 7.7, 6.7, 5.7], abs=SAME
    )
    assert [row.remaining["long_mm"] for row in plan.levels[1].rows] == pytest.approx(
        [20.2, 20, 20, 19, 18, 17, 16], abs=SAME
    )


@pytest.mark.hazard("H-07")
def test_the_way_to_the_docking_site_is_the_planned_one() -> None:
    """Planned 0.04 mm before contact, read 0.05 mm beyond it: docked tomorrow, not today."""
    upper = {"deformity": {"short_mm": 0.1}, "couple_from": {"short_mm": 0.04}}
    lower = {"deformity": {"short_mm": 0.05}, "couple_from": {"long_mm": 0.04}}
    level = plan_of(upper, lower).levels[1]
    assert [row.docking_mm for row in level.rows] == pytest.approx([0.04, 0.0], abs=SAME)
    assert level.docking_day == 1
    assert plan_of(upper, lower | {"couple_from": {}}).levels[1].rows[0].docking_mm is None


def refused(upper: Document, lower: Document, **keys: Any) -> str:
    with pytest.raises(CaseError) as caught:
        plan_of(upper, lower, **keys)
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.hazard("H-07")
def test_what_is_too_far_to_be_rounding_is_refused() -> None:
    """2 mm and 2 deg, ends included."""
    plan_of(SHORT | {"couple_from": {"short_mm": 11.7}}, WIDE)
    told = refused(SHORT | {"couple_from": {"short_mm": 11.8}}, WIDE)
    assert told == (
        "levels[0].couple_from: is 2.1 mm and 0.0 deg away from the deformity; rounding explains at most 2 mm and "
        "2 deg: leave it out."
    )
    assert "levels[1].couple_from: is 0.0 mm and 2.1 deg away" in refused(
        SHORT, WIDE | {"couple_from": WIDE["deformity"] | {"varus_deg": 2.1}}
    )


def test_a_start_from_which_the_shortest_turn_is_the_other_way_round_is_refused() -> None:
    """From 90 deg inwards to 89.9 deg outwards is 179.9 deg one way; from 90.2 it is 179.9 deg the other way."""
    upper = {"deformity": {"internal_rotation_deg": 90}, "limits": {"mm_per_day": 2}}
    stages = [{"name": "turn", "correct_to": {"external_rotation_deg": 89.9}, "days": 100}]
    told = refused(upper | {"couple_from": {"internal_rotation_deg": 90.2}}, WIDE, stages=stages)
    assert "levels[0].couple_from: is 0.0 mm and 1" in told
    assert "away from the level's own course; rounding explains" in told
    half = refused(upper | {"couple_from": {"internal_rotation_deg": 90.1}}, WIDE, stages=stages)
    assert half.startswith("levels[0].couple_from: makes a stage that has no way: The stage turns by 180 deg")

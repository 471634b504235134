"""H-32: what whole marks make of a day, by hand on frame F (hand_numbers.md, number 14): six struts of length L stand
between joints sqrt(L^2 - 7521.741) mm apart, so one mark on all six moves every point by the difference of two roots."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.checks.dose_accuracy import RealTravel, check_real_travel
from hexapod.text.milestones import coarse_mark_mm, travel_sentences
from hexapod.text.plan_summary import summary_lines, summary_of
from hexapod.trajectory.level_setup import set_up
from tests.laws.builder import REFERENCES, SIDES, case_of

Document = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
SLOW: Document = {"deformity": {"short_mm": 8}, "limits": {"mm_per_day": 0.5}}


def planned(document: Document) -> hexapod.Plan:
    return hexapod.make_plan(hexapod.read_case(document))


def told(plan: hexapod.Plan, code: str) -> list[Any]:
    return [finding for finding in plan.findings if finding.code == code]


@pytest.mark.hazard("H-32")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_mark_that_moves_the_bone_too_far_is_refused(side: str, reference: str) -> None:
    """150 to 153: 126.048 - 122.386 = 3.66 mm, above 2 + 1.5.  150 to 152: 124.829 - 122.386 = 2.44 mm, below 2 + 1."""
    plan = planned(case_of(side, reference, graduation=3, **SLOW))
    (found,) = told(plan, "rate.rounded_too_fast")
    assert (plan.verdict, found.verdict, found.limit, found.unit) == ("refused", "refused", 3.5, "mm/day")
    assert found.value == pytest.approx(3.66, abs=0.005)
    assert all(level.rows == () for level in plan.levels)
    assert "0.25 mm scales" in found.message
    assert f"{found.value:.2f} mm" in found.message
    plan = planned(case_of(side, reference, graduation=2, **SLOW))
    assert plan.verdict != "refused"
    assert told(plan, "rate.rounded_too_fast") == []


@pytest.mark.hazard("H-32")
def test_the_foot_that_really_moved_2_57_mm_is_refused() -> None:
    document = json.loads((ROOT / "tests" / "data" / "foot_rounded_fast.json").read_text("utf-8"))
    plan = planned(document)
    (found,) = told(plan, "rate.rounded_too_fast")
    assert (plan.verdict, found.day, found.limit) == ("refused", 15, 2.5)
    assert found.value == pytest.approx(2.57, abs=0.005)
    assert "tibial nerve" in found.message
    assert "evening" in found.message
    document["levels"][0]["frame"]["struts"] = ["generic-fine-medium"] * 6
    fine = planned(document)
    assert fine.verdict != "refused"
    assert fine.levels[0].real_travel is not None
    assert fine.levels[0].real_travel.evening_mm.max() < 1.6


def travel(evening: float, doses: list[float]) -> RealTravel:
    """Two days of one point: nothing on the first, these on the second."""
    return RealTravel(np.array([[0.0], [evening]]), np.array([[[0.0]] * len(doses), [[mm] for mm in doses]]))


@pytest.mark.hazard("H-32")
@pytest.mark.parametrize(
    ("evening", "doses", "often", "codes"),
    [
        (2.5, [2.5], 1, []),
        (2.501, [2.501], 1, ["rate.rounded_too_fast"]),
        (3.2, [3.2], 1, ["rate.rounded_too_fast"]),
        (0.9, [2.5, 0.5], 2, []),
        (0.9, [2.501, 0.4], 2, ["rate.rounded_too_fast"]),
        (0.9, [1.5, 1.5], 2, []),
        (0.9, [1.5, 1.501], 2, ["rate.dose_sum"]),
        (0.1, [1.1, 1.1, 1.1], 3, ["rate.dose_sum"]),
        (2.6, [1.3, 2.0], 2, ["rate.rounded_too_fast", "rate.dose_sum"]),
        (float("nan"), [1.0, 1.0], 2, ["rate.rounded_too_fast"]),
    ],
)
def test_limits_of_evenings_doses_and_sums(evening: float, doses: list[float], often: int, codes: list[str]) -> None:
    """On marks of 1 mm: 2.5 mm from evening to evening and in a dose, 3 mm for all doses of a day; each end included."""
    setup = set_up(
        hexapod.read_case(case_of("right", "proximal", adjustments_per_day=often)), 0, hexapod.load_catalogue()
    )
    found = check_real_travel(setup, travel(evening, doses))
    assert [finding.code for finding in found] == codes
    for finding in found:
        assert finding.day == 2
        assert ("adjustments a day" in finding.message) == (finding.code == "rate.dose_sum" or evening < 2.5)
    assert [finding.code for finding in check_real_travel(replace(setup, index=0), travel(0.0, [0.0] * often))] == []


@pytest.mark.hazard("H-32")
def test_real_travel_by_hand() -> None:
    """8 mm at 0.5 mm a day on whole marks: six struts go from 150 to 151 on one day, 123.610 - 122.386 = 1.22 mm in one
    of its doses, and nothing on the days before."""
    plan = planned(case_of("left", "distal", adjustments_per_day=4, **SLOW))
    (level,) = plan.levels
    real = level.real_travel
    assert real is not None
    day = next(row.day for row in level.rows if row.settings_mm[0] == 151)
    assert real.evening_mm[: day - 1].max() == pytest.approx(0.0, abs=1e-9)
    assert real.evening_mm[day - 1, 0] == pytest.approx(1.224, abs=1e-3)
    assert sorted(real.doses_mm[day - 1, :, 0]) == pytest.approx([0.0, 0.0, 0.0, 1.224], abs=1e-3)
    assert real.sum_mm[day - 1, 0] == pytest.approx(1.224, abs=1e-3)


@pytest.mark.hazard("H-32")
def test_real_travel_is_told_beside_the_planned_one() -> None:
    document = case_of("left", "distal", adjustments_per_day=4, **SLOW)
    plan = planned(document)
    planned_travel, real = travel_sentences(plan.levels[0])
    assert planned_travel == "Largest planned daily path length: corresponding point, 0.50 mm on day 1."
    assert "corresponding point, 1.22 mm on day" in real
    lines = {line.name: line.text for line in summary_lines(summary_of(plan))}
    assert lines["Fastest structure at risk or bone edge"].startswith("0.50 mm a day")
    assert lines["Actual path from evening to evening"].startswith("1.22 mm: corresponding point, day")
    assert lines["Actual daily path length, all doses"].startswith("1.22 mm: corresponding point, day")


@pytest.mark.hazard("H-32")
@pytest.mark.parametrize(
    ("mark", "often", "coarse"), [(1, 4, 1.0), (0.5, 4, 0.5), (0.25, 4, None), (1, 1, None), (0.25, 12, None)]
)
def test_marks_coarser_than_the_steps_are_told_of(mark: float, often: int, coarse: float | None) -> None:
    """0.5 mm a day in four steps are 0.1 mm on each strut.  Finer scales than 0.25 mm there are none."""
    plan = planned(case_of("right", "proximal", graduation=mark, adjustments_per_day=often, **SLOW))
    assert coarse_mark_mm(plan.levels[0]) == coarse

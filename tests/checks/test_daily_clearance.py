"""Clearances by day: never more than the plan's own least, and what a close look at a day finds."""

from __future__ import annotations

import numpy as np
import pytest

from hexapod.checks.clearances import LIMITS, LOOKS_A_DAY, DailyClearance, _by_day, daily_clearances
from hexapod.checks.collision_bodies import Bodies, bodies_of
from hexapod.collision.closest_approach import CERTAIN_TO_MM
from hexapod.plan.make_plan import LevelPlan
from hexapod.trajectory.frame_trajectory import ring_course
from tests.documents.plain_case import PLANNED, sample

# Looks at a day to compare with, and how far a distance can be below that of the nearest look of the chart (mm).
CLOSE_LOOKS, BETWEEN_LOOKS_MM = 33, 0.05


def daily(level: LevelPlan) -> tuple[tuple[DailyClearance, ...], Bodies]:
    return daily_clearances(level.frame, level.clearances), bodies_of(level.frame)


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize("name", PLANNED)
def test_the_least_of_all_days_is_that_of_the_plan(name: str) -> None:
    for level in sample(name)[1].levels:
        found, _ = daily(level)
        assert [one.kind for one in found] == [
            kind for kind in LIMITS if any(pair.kind == kind for pair in level.clearances.pairs)
        ]
        for one in found:
            assert one.limit_mm == LIMITS[one.kind].value
            assert len(one.least_mm) == len(one.pairs) == len(level.rows)
            planned = [pair for pair in level.clearances.pairs if pair.kind == one.kind]
            least = min(planned, key=lambda pair: pair.distance_mm)
            # A look may fall nearer to the least than what the plan has found, by no more than it is certain to.
            assert least.distance_mm - CERTAIN_TO_MM <= one.nearest[0] <= least.distance_mm
            for pair in planned:
                assert one.least_mm[pair.day] <= pair.distance_mm


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize("name", ["tibia_varus", "tibia_stacked_transport", "femur_valgus_distal_reference"])
def test_a_day_shows_what_a_close_look_at_it_finds(name: str) -> None:
    for level in sample(name)[1].levels:
        found, bodies = daily(level)
        frame = level.frame
        assert frame is not None
        last = len(level.rows) - 1
        for day in sorted({0, 1, 9, 10, 17, last // 3, last}):
            times = np.linspace(max(day - 1, 0), day, CLOSE_LOOKS)
            T = ring_course(frame.setup, frame.course.poses_at(times), frame.T_mov_mring)
            for one in found:
                own = [number for number, pair in enumerate(bodies.pairs) if pair.kind == one.kind]
                seen = {
                    bodies.pairs[number].words: bodies.distances(T, np.full(CLOSE_LOOKS, number)).min()
                    for number in own
                }
                least = min(seen.values())
                assert one.least_mm[day] == pytest.approx(least, abs=BETWEEN_LOOKS_MM)
                assert seen[one.pairs[day]] == pytest.approx(least, abs=2 * BETWEEN_LOOKS_MM)


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize("look", range(1, LOOKS_A_DAY))
def test_a_dip_between_two_evenings_belongs_to_the_day_after_the_first(look: int) -> None:
    found = np.full((3 * LOOKS_A_DAY + 1, 2), 5.0)
    found[LOOKS_A_DAY + look, 0] = 1.0
    found[2 * LOOKS_A_DAY, 1] = 2.0
    assert _by_day(found).tolist() == [[5.0, 5.0], [5.0, 5.0], [1.0, 2.0], [5.0, 2.0]]

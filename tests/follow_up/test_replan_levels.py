"""A re-plan from the readings of several levels."""

from __future__ import annotations

import datetime

import pytest

import hexapod
from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import FollowUp, follow_up
from hexapod.follow_up.replan import DoubtfulReadings, replan
from hexapod.plan.make_plan import Plan
from tests.app.driver import SAMPLES


def _both_at_once() -> Case:
    """The sample without its waiting for one another: both hexapods move on the days on which they are read."""
    document = hexapod.load_case(SAMPLES / "tibia_two_levels.json").document
    del document["levels"][0]["stages"][1]
    return hexapod.read_case(document)


CASE = _both_at_once()
PLAN: Plan = hexapod.make_plan(CASE)


def _read(level: int, day: int, on: int = 12, slip: float = 0.0) -> FollowUp:
    """The readings of a level's day, found on another one; strut 1 reads `slip` more."""
    first, *rest = PLAN.levels[level].rows[day].settings_mm
    return follow_up(PLAN, CASE.first_day + datetime.timedelta(days=on), (first + slip, *rest), level)


def test_a_level_read_as_planned_is_the_same_as_one_that_was_not_read() -> None:
    alone, both = (replan(_read(0, 10), also=also) for also in ((), (_read(1, 12),)))
    assert both.sha256 == alone.sha256


@pytest.mark.hazard("H-04")
def test_every_level_starts_from_its_own_readings_whichever_is_named_first() -> None:
    upper, lower = _read(0, 10), _read(1, 9)
    new = replan(upper, also=(lower,))
    assert [level.frame.settings_mm for level in new.levels] == [upper.settings_mm, lower.settings_mm]
    assert [level.deformity.words() for level in new.levels] == [
        pytest.approx(found.remaining, abs=1e-6) for found in (upper, lower)
    ]
    assert new.sha256 == replan(lower, also=(upper,)).sha256
    # What is left is counted from the day of each level.
    last = [level.rows[-1].day for level in hexapod.make_plan(new).levels]
    assert last == [level.rows[-1].day - day for level, day in zip(PLAN.levels, (10, 9), strict=True)]


def test_readings_of_two_dates_or_twice_of_a_level_are_not_put_together() -> None:
    for also in ((_read(1, 9, on=11),), (_read(0, 10),), (_read(1, 9), _read(1, 9))):
        with pytest.raises(HexapodError, match="one follow-up for each hexapod"):
            replan(_read(0, 10), also=also)


@pytest.mark.hazard("H-04")
def test_doubtful_readings_of_any_level_are_not_built_on() -> None:
    with pytest.raises(DoubtfulReadings):
        replan(_read(0, 10), also=(_read(1, 12, slip=10.0),))

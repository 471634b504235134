"""A follow-up with a day's own settings is on schedule, and its re-plan is the rest of the plan."""

import datetime
from pathlib import Path

import numpy as np
import pytest

import hexapod
from hexapod.case.model import Case
from hexapod.explain import PLANNED
from hexapod.follow_up import follow_up
from hexapod.plan import Plan
from hexapod.replan import replan
from tests.golden.scenarios import scenarios

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = {name: scenario for name, scenario in scenarios().items() if scenario.verdict != "refused"}
SAMPLES = sorted(path.stem for path in (ROOT / "sample_cases").glob("*.json") if not path.stem.startswith("refused"))
# At exactly 2 mm a day the half mark that a rounded reading may lack makes the rest too fast: rightly refused.
TOO_FAST_FOR_A_MARK = {"two-mm-a-day-is-allowed"}
# Near a singular position half a mark on one strut is far more than that at the bone, hence on other struts later on.
NEAR_SINGULAR = {"caution-near-singular"}
# Lengths are found to 1e-9 mm; words rounded to 1e-6 deg add less than 1e-5 mm.
WORDS_MM = 1e-5


def all_cases() -> list[str]:
    return [*(name for name in SCENARIOS if name not in TOO_FAST_FOR_A_MARK | NEAR_SINGULAR), *SAMPLES]


def case_named(name: str) -> Case:
    if name in SCENARIOS:
        return hexapod.read_case(SCENARIOS[name].case)
    return hexapod.load_case(ROOT / "sample_cases" / f"{name}.json")


def days_of(plan: Plan, level: int) -> range:
    """All days of a level, or of a long one every seventh, which meets every weekday of holds and motions alike."""
    rows = plan.levels[level].rows
    return range(0, len(rows), 1 if len(rows) < 50 else 7)


@pytest.mark.parametrize("name", all_cases())
def test_the_settings_of_a_day_are_on_schedule(name: str) -> None:
    case = case_named(name)
    plan = hexapod.make_plan(case)
    for level, planned in enumerate(plan.levels):
        for row in planned.rows:
            if row.day not in days_of(plan, level):
                continue
            found = follow_up(case, row.date, row.settings_mm, level, plan=plan)
            assert (found.explanation.kind, found.explanation.day) == ("on-schedule", row.day)
            assert found.T_ref_mov is not None
            assert np.abs(found.T_ref_mov - row.pose_rounded).max() < 1e-8
            assert found.off_mm == pytest.approx(row.rounding_mm, abs=1e-8)
            assert found.off_deg == pytest.approx(row.rounding_deg, abs=1e-6)


@pytest.mark.hazard("H-17")
@pytest.mark.parametrize("name", all_cases())
def test_the_re_plan_is_the_rest_of_the_plan(name: str) -> None:
    case = case_named(name)
    plan = hexapod.make_plan(case)
    last = max(level.rows[-1].day for level in plan.levels)
    for level in range(len(plan.levels)):
        for day in days_of(plan, level):
            if day == last:
                continue  # finished
            row = plan.levels[level].rows[day]
            found = follow_up(case, row.date, row.settings_mm, level, plan=plan)
            assert_rest(plan, hexapod.make_plan(replan(case, plan, found)), day)


def assert_rest(plan: Plan, new: Plan, day: int) -> None:
    """Same days, dates and stages; every strut within half a graduation; the moving ring where it was on its fragment."""
    assert new.verdict != "refused", new.findings
    for before, after in zip(plan.levels, new.levels, strict=True):
        assert before.frame is not None
        assert after.frame is not None
        rest = before.rows[day:]
        if finished := len(rest) < 2:
            rest = before.rows[-1:] * 2  # it waits for the other level, for a day
        assert len(after.rows) == len(rest)
        half = np.array([strut.graduation_mm / 2.0 for strut in before.frame.setup.struts])
        off = np.array([row.lengths_mm for row in after.rows]) - [row.lengths_mm for row in rest]
        # A coupled level keeps the ends of the construct where the readings of all levels put them: their halves add.
        levels = [level.frame.setup.level for level in plan.levels if level.frame is not None]
        halves = len(levels) if any(level.coupled for level in levels) else 1
        assert (abs(off) <= halves * half + WORDS_MM).all()
        if not finished:
            assert [row.date for row in after.rows] == [row.date for row in rest]
            told = [row.stage.removesuffix(" / finished") for row in after.rows[1:]]  # of a level that waits for others
            assert told == [row.stage for row in rest[1:]]
        assert np.abs(before.frame.T_mov_mring - after.frame.T_mov_mring).max() < WORDS_MM


@pytest.mark.parametrize("name", ["grid-bow-left-distal-end", "fine-struts", "exchange-longer", "tibia_varus"])
def test_the_row_of_any_other_day_is_known_as_one(name: str) -> None:
    """By date it is days behind or ahead, or on schedule where rows are the same; its re-plan has the days from there on."""
    case = case_named(name)
    plan = hexapod.make_plan(case)
    rows = plan.levels[0].rows
    for row in rows[::5]:
        for today in (2, len(rows) // 2, len(rows) + 3):
            date = case.first_day + datetime.timedelta(days=today)
            explanation = follow_up(case, date, row.settings_mm, plan=plan).explanation
            assert explanation.kind in PLANNED
            assert explanation.day is not None
            if explanation.adjustments_done is None:
                assert rows[explanation.day].settings_mm == row.settings_mm

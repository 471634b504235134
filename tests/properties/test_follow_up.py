"""A follow-up with a day's own settings is on schedule, and its re-plan is the rest of the plan."""

import copy
import datetime
import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from coupled_cases import SEEDS, coupled_case

import hexapod
from hexapod.case.model import Case
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.reading_explanation import PLANNED
from hexapod.follow_up.replan import replan
from hexapod.geometry.transforms import Array
from hexapod.plan.make_plan import LevelPlan, Plan, Row
from tests.amount import amount
from tests.golden.scenarios import scenarios

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = {name: scenario for name, scenario in scenarios().items() if scenario.verdict != "refused"}
SAMPLES = sorted(path.stem for path in (ROOT / "sample_cases").glob("*.json") if not path.stem.startswith("refused"))
# Lengths are found to 1e-9 mm; words rounded to 1e-6 deg add less than 1e-5 mm.
WORDS_MM = 1e-5
# The coupled level keeps the ends of the construct to 1e-9 mm; its place is written to 1e-12 mm.
KEPT_MM = 1e-8


def all_cases() -> list[str]:
    return [*SCENARIOS, *SAMPLES]


def case_named(name: str) -> Case:
    if name in SCENARIOS:
        return hexapod.read_case(SCENARIOS[name].case)
    return hexapod.load_case(ROOT / "sample_cases" / f"{name}.json")


@functools.cache
def case_and_plan(name: str) -> tuple[Case, Plan]:
    """A case and its plan, made once for all tests."""
    case = case_named(name)
    return case, hexapod.make_plan(case)


def days_of(plan: Plan, level: int) -> list[int]:
    """All days of a level, or of a long one every seventh, which meets every weekday of holds and motions alike
    (every fifth, or every 26th, in `make test`).

    The evening before an exchange, the day of it and the day after are among them.
    """
    days = len(plan.levels[level].rows)
    exchanged = {exchange.planned_day + by for exchange in plan.levels[level].exchanges for by in (-1, 0, 1)}
    return sorted(
        {*range(0, days, amount(1 if days < 50 else 7, 5 if days < 50 else 26)), *exchanged} & set(range(days))
    )


@pytest.mark.parametrize("name", all_cases())
@pytest.mark.some(27)
@pytest.mark.brief
def test_the_settings_of_a_day_are_on_schedule(name: str) -> None:
    _, plan = case_and_plan(name)
    for level, planned in enumerate(plan.levels):
        for row in planned.rows:
            if row.day not in days_of(plan, level):
                continue
            found = follow_up(plan, row.date, row.settings_mm, level)
            assert (found.explanation.kind, found.explanation.day) == ("on-schedule", row.day)
            assert found.T_ref_mov is not None
            assert np.abs(found.T_ref_mov - row.pose_rounded).max() < 1e-8
            assert found.off_mm == pytest.approx(row.rounding_mm, abs=1e-8)
            assert found.off_deg == pytest.approx(row.rounding_deg, abs=1e-6)


def re_planned(plan: Plan, level: int, day: int) -> Plan:
    """The plan of the re-plan from a day's own settings on one level."""
    row = plan.levels[level].rows[day]
    return hexapod.make_plan(replan(follow_up(plan, row.date, row.settings_mm, level)))


def last_day(plan: Plan) -> int:
    """Last day of the longest level: after it there is nothing to re-plan."""
    return max(level.rows[-1].day for level in plan.levels)


def rest_of(level: LevelPlan, day: int) -> tuple[Row, ...]:
    """The rows of a level from a day on; one that is finished waits for the other level, for a day."""
    rest = level.rows[day:]
    return rest if len(rest) > 1 else level.rows[-1:] * 2


def graduations(level: LevelPlan) -> Array:
    """Graduations (6,) of a level's struts, mm; exchanges keep them."""
    assert level.frame is not None
    return np.array([strut.graduation_mm for strut in level.frame.setup.struts])


@pytest.mark.hazard("H-17")
@pytest.mark.parametrize("name", all_cases())
@pytest.mark.some(27)
@pytest.mark.brief
def test_the_re_plan_is_the_rest_of_the_plan(name: str) -> None:
    _, plan = case_and_plan(name)
    for level in range(len(plan.levels)):
        for day in days_of(plan, level):
            if day < last_day(plan):
                assert_rest(plan, re_planned(plan, level, day), day)


@pytest.mark.hazard("H-17")
@pytest.mark.parametrize(
    ("name", "graduation"),
    [("grid-bow-left-distal-start", 2), ("transport-docking", 2), ("own-joints", 5)],
)
@pytest.mark.brief
def test_on_coarse_marks_too(name: str, graduation: int) -> None:
    document = copy.deepcopy(SCENARIOS[name].case)
    for level in document["levels"]:
        level["frame"]["struts"] = [{"min_mm": 50, "max_mm": 500, "graduation_mm": graduation}] * 6
    plan = hexapod.make_plan(hexapod.read_case(document))
    for day in days_of(plan, 0)[:-1]:
        its_plan = re_planned(plan, 0, day)
        assert "course_from" in its_plan.case.document["levels"][0]
        assert_rest(plan, its_plan, day)


@pytest.mark.hazard("H-17")
@pytest.mark.parametrize("name", all_cases())
@pytest.mark.some(20)
def test_a_re_plan_of_a_re_plan_is_its_rest(name: str) -> None:
    """Of the first plan's too on a coupled level, which follows where the levels should be and not where they were."""
    _, plan = case_and_plan(name)
    last = last_day(plan)
    for first, then in ((last // 3, last // 3), (last // 4, 1), (last // 2, 0)):
        if not 0 < first + then < last:
            continue
        level = max(range(len(plan.levels)), key=lambda number: len(plan.levels[number].rows))
        new = re_planned(plan, level, first)
        newest = re_planned(new, level, then)
        assert_rest(new, newest, then)
        for one, followed, latest in zip(plan.levels, new.levels, newest.levels, strict=True):
            if is_coupled(one):
                assert_same_intended(one, followed, first)
                assert_same_intended(one, latest, first + then)


@pytest.mark.hazard("H-17")
@pytest.mark.parametrize("seed", SEEDS[::2])
@pytest.mark.some(5)
def test_the_re_plan_of_a_random_construct_is_its_rest(seed: int) -> None:
    case = hexapod.read_case(coupled_case(seed))
    plan = hexapod.make_plan(case)
    level = seed % len(plan.levels)
    day = plan.levels[level].rows[-1].day * (1 + seed % 3) // 4
    assert_rest(plan, re_planned(plan, level, day), day)


def is_coupled(level: LevelPlan) -> bool:
    assert level.frame is not None
    return level.frame.setup.level.coupled


def assert_same_intended(before: LevelPlan, after: LevelPlan, day: int) -> None:
    """From the first day on a coupled level is where the plan has it, and so are its docking site and docking day."""
    for row, planned in zip(after.rows[1:], before.rows[day + 1 :], strict=True):
        assert row.lengths_mm == pytest.approx(planned.lengths_mm, abs=WORDS_MM)
        assert np.abs(row.pose - planned.pose).max() < KEPT_MM
    if before.docking_day is not None and before.docking_day > day:
        assert after.docking_day == before.docking_day - day
        assert [row.docking_mm for row in after.rows] == pytest.approx(
            [row.docking_mm for row in before.rows[day:]], abs=KEPT_MM
        )


def assert_rest(plan: Plan, new: Plan, day: int) -> None:
    """Same days, dates and stages, settings and doses; the moving ring where it was on its fragment."""
    assert new.verdict != "refused", new.findings
    for before, after in zip(plan.levels, new.levels, strict=True):
        assert before.frame is not None
        assert after.frame is not None
        rest = rest_of(before, day)
        assert len(after.rows) == len(rest)
        off = np.array([row.lengths_mm for row in after.rows]) - [row.lengths_mm for row in rest]
        # On day 0 the readings are the lengths, half a mark off at most; then everything is as planned.
        assert (abs(off[0]) <= graduations(before) / 2.0 + WORDS_MM).all()
        assert abs(off[1:]).max() <= WORDS_MM
        assert (after.rows[0].settings_mm, after.rows[0].models) == (rest[0].settings_mm, rest[0].models)
        if day < before.rows[-1].day:
            assert [row.date for row in after.rows] == [row.date for row in rest]
            assert [without_waiting(row.stage) for row in after.rows[1:]] == [
                without_waiting(row.stage) for row in rest[1:]
            ]
            assert_same_table(before, after.rows[1:], rest[1:])
            if is_coupled(before):
                assert_same_intended(before, after, day)
        assert np.abs(before.frame.T_mov_mring - after.frame.T_mov_mring).max() < WORDS_MM


def assert_same_table(level: LevelPlan, rows: Sequence[Row], planned: Sequence[Row]) -> None:
    """The same settings and doses, where the same models stand: an exchange may come on another day.

    Readings of the end stand in the old plan as they were given, on marks or not.
    """
    assert level.frame is not None
    given = level.frame.setup.level.frame
    for row, before in zip(rows, planned, strict=True):
        if row.models == before.models and not (given.settings_at == "end" and before.settings_mm == given.settings_mm):
            assert (row.settings_mm, row.doses_mm or None) == (before.settings_mm, before.doses_mm or None)


def without_waiting(stage: str) -> str:
    """A coupled level's stage without the name of a level that has ended and waits for the others."""
    return " / ".join(name for name in stage.split(" / ") if name != "finished")


def test_dates_before_and_after_exchanges_are_among_them() -> None:
    for name in ("exchange-longer", "exchange-shorter", "exchange-before-the-end", "tibia_transport", "tibia_trifocal"):
        plan = case_and_plan(name)[1]
        assert any(level.exchanges for level in plan.levels)
        for number, level in enumerate(plan.levels):
            for exchange in level.exchanges:
                around = {exchange.planned_day - 1, exchange.planned_day}
                assert around <= set(days_of(plan, number))


@pytest.mark.parametrize("name", ["grid-bow-left-distal-end", "fine-struts", "exchange-longer", "tibia_varus"])
def test_the_row_of_any_other_day_is_known_as_one(name: str) -> None:
    """By date it is days behind or ahead, or on schedule where rows are the same; its re-plan has the days from there on."""
    case, plan = case_and_plan(name)
    rows = plan.levels[0].rows
    for row in rows[::5]:
        for today in (2, len(rows) // 2, len(rows) + 3):
            date = case.first_day + datetime.timedelta(days=today)
            explanation = follow_up(plan, date, row.settings_mm).explanation
            assert explanation.kind in PLANNED
            assert explanation.day is not None
            if explanation.adjustments_done is None:
                assert rows[explanation.day].settings_mm == row.settings_mm

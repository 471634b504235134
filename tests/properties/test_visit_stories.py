"""A hundred generated stories of every kind that happen before a visit: each is named, alone or among what fits as well.

Run with `-s` to see the rates.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.follow_up.reading_explanation import DOUBTFUL, PLANNED, Explanation, explain
from hexapod.plan.make_plan import LevelPlan

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted(path.stem for path in (ROOT / "sample_cases").glob("*.json") if not path.stem.startswith("refused"))
ADJUSTMENTS, GRADUATIONS_MM = (1, 2, 4, 6, 12), (0.25, 0.5, 1.0)
STORIES = 100
# Of a hundred of a kind so many are named, and so many at most are left unexplained.
LEAST_NAMED, MOST_UNEXPLAINED = 90, 0

Six = tuple[float, ...]
Made = tuple[Six, int, tuple[int, ...]]  # readings, today, the struts (1 to 6) that are off


@cache
def levels() -> list[LevelPlan]:
    """Every level of every sample, with several numbers of adjustments a day, and on finer or coarser marks."""
    found: list[LevelPlan] = []
    for number, name in enumerate(SAMPLES):
        written = hexapod.load_case(ROOT / "sample_cases" / f"{name}.json").document
        for per_day, graduation_mm in ((None, None), (ADJUSTMENTS[number % 5], GRADUATIONS_MM[number % 3])):
            plan = hexapod.make_plan(hexapod.read_case(_other(written, per_day, graduation_mm)))
            found += [level for level in plan.levels if len(level.rows) > 8]
    return found


def _other(written: dict[str, Any], per_day: int | None, graduation_mm: float | None) -> dict[str, Any]:
    document = copy.deepcopy(written)
    for level in document["levels"]:
        if per_day is not None:
            level["adjustments_per_day"] = per_day
            level.pop("adjustment_times", None)
        if graduation_mm is not None:
            own = {"min_mm": 60, "max_mm": 400, "graduation_mm": graduation_mm}
            level["frame"]["struts"] = [own] * 6
    return document


def _settings(level: LevelPlan, day: int, done: int | None = None) -> Six:
    row = level.rows[day]
    return row.settings_mm if done is None else row.doses_mm[done - 1]


def _moment(level: LevelPlan, rng: random.Random) -> tuple[int, int | None, int]:
    """A day, how many of its adjustments are done (None: all), and today: that day, or in the morning the day after."""
    day = rng.randrange(2, len(level.rows))
    doses = len(level.rows[day].doses_mm)
    done = rng.randrange(1, doses) if doses > 1 and rng.random() < 0.3 else None
    later = 1 if done is None and rng.random() < 0.3 and day + 1 < len(level.rows) else 0
    return day, done, day + later


def _with(six: Six, others: dict[int, float]) -> Six:
    return tuple(others.get(k, value) for k, value in enumerate(six))


def some_turned(level: LevelPlan, rng: random.Random) -> Made:
    """Some struts have one adjustment more than the others; or all of a day's against none."""
    day, _, today = _moment(level, rng)
    doses = level.rows[day].doses_mm
    high = rng.randrange(len(doses))
    low = high - 1 if rng.random() < 0.7 else -1
    after, before = doses[high], level.rows[day - 1].settings_mm if low < 0 else doses[low]
    turned = [k for k in range(6) if rng.random() < 0.5]
    six = tuple(after[k] if k in turned else before[k] for k in range(6))
    # Where the struts that were turned are all that turn then, or none, there is no story.
    return (level.rows[today].settings_mm if six in (after, before) else six), today, ()


def not_turned(level: LevelPlan, rng: random.Random) -> Made:
    day, done, today = _moment(level, rng)
    k, days = rng.randrange(6), rng.randint(1, min(day, 10))
    return _with(_settings(level, day, done), {k: level.rows[day - days].settings_mm[k]}), today, (k + 1,)


def increments_swapped(level: LevelPlan, rng: random.Random) -> Made:
    day, done, today = _moment(level, rng)
    i, j = rng.sample(range(6), 2)
    start = level.rows[rng.choice((day - 1, 0, rng.randrange(day)))].settings_mm
    end = _settings(level, day, done)
    swapped = {i: start[i] + end[j] - start[j], j: start[j] + end[i] - start[i]}
    return _with(end, swapped), today, (min(i, j) + 1, max(i, j) + 1)


def scales_shifted(level: LevelPlan, rng: random.Random) -> Made:
    day, done, today = _moment(level, rng)
    by_mm = rng.choice((1.0, -1.0))
    return tuple(value + by_mm for value in _settings(level, day, done)), today, (1, 2, 3, 4, 5, 6)


def numbered_clockwise(level: LevelPlan, rng: random.Random) -> Made:
    day, done, today = _moment(level, rng)
    order = rng.choice(((0, 5, 4, 3, 2, 1), (5, 4, 3, 2, 1, 0)))
    six = _settings(level, day, done)
    return tuple(six[k] for k in order), today, (1, 2, 3, 4, 5, 6)


def wrong_way_one(level: LevelPlan, rng: random.Random) -> Made:
    day, done, today = _moment(level, rng)
    k, days = rng.randrange(6), rng.randint(1, min(day, 6))
    start, end = level.rows[day - days].settings_mm, _settings(level, day, done)
    return _with(end, {k: 2 * start[k] - end[k]}), today, (k + 1,)


def wrong_way_all(level: LevelPlan, rng: random.Random) -> Made:
    day, done, today = _moment(level, rng)
    start = level.rows[day - rng.randint(1, min(day, 6))].settings_mm
    end = _settings(level, day, done)
    return tuple(2 * a - b for a, b in zip(start, end, strict=True)), today, ()


def wrong_way_since(level: LevelPlan, rng: random.Random) -> Made:
    """Since the n-th day of the treatment."""
    day, _, today = _moment(level, rng)
    k, start = rng.randrange(6), level.rows[rng.randint(0, min(day - 1, 6))].settings_mm
    end = _settings(level, day)
    return _with(end, {k: 2 * start[k] - end[k]}), today, (k + 1,)


def readings_exchanged(level: LevelPlan, rng: random.Random) -> Made:
    day, done, today = _moment(level, rng)
    i, j = rng.sample(range(6), 2)
    six = _settings(level, day, done)
    return _with(six, {i: six[j], j: six[i]}), today, (min(i, j) + 1, max(i, j) + 1)


def misread(level: LevelPlan, rng: random.Random) -> Made:
    day, done, today = _moment(level, rng)
    k, six = rng.randrange(6), _settings(level, day, done)
    return _with(six, {k: six[k] + rng.choice((10.0, -10.0))}), today, (k + 1,)


GENERATORS: list[tuple[str, Callable[[LevelPlan, random.Random], Made]]] = [
    ("some-turned", some_turned),
    ("not-turned", not_turned),
    ("increments-swapped", increments_swapped),
    ("scales-shifted", scales_shifted),
    ("numbered-clockwise", numbered_clockwise),
    ("wrong-way", wrong_way_one),
    ("wrong-way", wrong_way_all),
    ("wrong-way", wrong_way_since),
    ("exchanged", readings_exchanged),
    ("misread", misread),
]


def names(found: Explanation, kind: str, struts: tuple[int, ...]) -> bool:
    return any(one.kind == kind and (not struts or one.struts == struts) for one in (found, *found.alternatives))


@pytest.mark.hazard("H-04")
@pytest.mark.hazard("H-20")
@pytest.mark.parametrize(("kind", "made"), GENERATORS, ids=[made.__name__ for _, made in GENERATORS])
@pytest.mark.some(4)
def test_a_story_is_named(kind: str, made: Callable[[LevelPlan, random.Random], Made]) -> None:
    rng = random.Random(f"visits {made.__name__}")
    told = first = unexplained = asked = number = others = 0
    while number < STORIES:
        level = rng.choice(levels())
        six, today, struts = made(level, rng)
        if any(same(level, day, six) for day in (today, today - 1)):
            continue
        number += 1
        found = explain(level, today, six)
        told += names(found, kind, struts)
        first += found.kind == kind
        unexplained += found.kind == "unexplained"
        asked += bool(found.asks)
        others += len(found.alternatives)
        if kind in DOUBTFUL and kind != "scales-shifted":
            expected = found.kind in PLANNED and found.day in (today, today - 1)
            assert found.asks or expected or not names(found, kind, struts)
    print(
        f"{made.__name__:20} named {told:3}, first {first:3}, asks {asked:3}, alternatives {others / STORIES:.1f}, "
        f"unexplained {unexplained}"
    )
    assert told >= LEAST_NAMED
    assert unexplained <= MOST_UNEXPLAINED


def same(level: LevelPlan, day: int, six: Six) -> bool:
    """Whether readings are a day's row within half a mark: such a story leaves nothing to be seen."""
    assert level.frame is not None
    row = level.rows[day].settings_mm
    marks = [strut.graduation_mm / 2.0 for strut in level.frame.setup.struts]
    return all(abs(a - b) <= half + 1e-9 for a, b, half in zip(six, row, marks, strict=True))

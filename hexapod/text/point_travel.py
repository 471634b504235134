"""How far tracked points really travel by the readings of the scales, beside how far they should: numbers and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.checks.dose_accuracy import FINE_MM
from hexapod.checks.limits import RELATIVE_TOLERANCE
from hexapod.geometry.transforms import Array
from hexapod.plan.daily_rates import Rates, point_rates, tracked_groups
from hexapod.plan.make_plan import LevelPlan


@dataclass(frozen=True)
class Longest:
    """The longest travel of its kind in mm, and its day."""

    mm: float
    day: int

    def __str__(self) -> str:
        return f"{self.mm:.2f} mm on day {self.day}"


@dataclass(frozen=True)
class Travelled:
    """What is planned for a tracked point, and how far it really goes: from one evening to the next, in a single dose,
    and in all doses of a day together."""

    planned: Rates
    evening: Longest
    dose: Longest
    doses: Longest


def travelled(level: LevelPlan) -> list[Travelled]:
    """Every tracked point of a level that has rows, the bone's rim as one."""
    assert level.frame is not None
    assert level.real_travel is not None
    course, real = level.frame.course, level.real_travel
    tables = real.evening_mm, real.single_mm, real.sum_mm
    return [
        Travelled(planned, *(_longest(table[:, points].max(axis=1)) for table in tables))
        for planned, (_, points) in zip(point_rates(course), tracked_groups(course), strict=True)
    ]


def travel_sentences(level: LevelPlan) -> list[str]:
    """The largest travel of a day, planned and by the marks of the scales, in sentences."""
    points = travelled(level)
    planned = _first_of_the_largest([one.planned.fastest[0] for one in points])
    evening = _first_of_the_largest([one.evening.mm for one in points])
    doses = _first_of_the_largest([one.doses.mm for one in points])
    dose = max(one.dose.mm for one in points)
    mm, day = points[planned].planned.fastest
    told = [
        f"Largest planned travel of a day: {points[planned].planned.name}, {Longest(mm, day)}.",
        f"Largest real travel, by the marks of the scales: {points[evening].planned.name}, {points[evening].evening}, "
        f"from one evening to the next.",
    ]
    if level.frame is not None and level.frame.setup.level.adjustments_per_day > 1:
        told[1] = (
            f"{told[1][:-1]}; at most {dose:.2f} mm in a single dose; in all doses of a day together "
            f"{points[doses].planned.name}, {points[doses].doses}."
        )
    return told


def coarse_mark_mm(level: LevelPlan) -> float | None:
    """The marks (mm) of struts that are to move by less than a mark at each of several times of the day; None where
    the steps of every strut are as long as its marks on its fastest day, or its marks as fine as scales have."""
    assert level.frame is not None
    setup = level.frame.setup
    often = setup.level.adjustments_per_day
    steps = np.abs(np.diff(level.frame.lengths_mm, axis=0)).max(axis=0, initial=0.0) / often
    coarse = [
        strut.graduation_mm
        for strut, step in zip(setup.struts, steps.tolist(), strict=True)
        if often > 1 and strut.graduation_mm > FINE_MM and 0.0 < step < strut.graduation_mm
    ]
    return max(coarse, default=None)


def _longest(of_days_mm: Array) -> Longest:
    step = _first_of_the_largest(of_days_mm)
    return Longest(float(of_days_mm[step]), step + 1)


def _first_of_the_largest(values: Sequence[float] | Array) -> int:
    """The first that is the largest but for rounding, on every machine."""
    table = np.asarray(values, float)
    return int(np.argmax(table >= table.max() * (1.0 - RELATIVE_TOLERANCE)))

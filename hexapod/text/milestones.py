"""Milestones of a treatment: docking, regenerate, time in the frame, minimum clearances, and how far points travel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.checks.clearances import Clearance
from hexapod.checks.dose_accuracy import FINE_MM
from hexapod.checks.findings import RELATIVE_TOLERANCE
from hexapod.collision.closest_approach import SAME_MM
from hexapod.geometry.transforms import Array
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.case_sentences import day_and_date, size
from hexapod.text.numbers import distance
from hexapod.trajectory.bone_trajectory import Rates, tracked_groups


def has_docking(level: LevelPlan) -> bool:
    """Whether a hexapod has a docking site."""
    return any(row.docking_mm is not None for row in level.rows)


def has_regenerate(level: LevelPlan) -> bool:
    """Whether regenerate forms at a hexapod: its osteotomy opens on some day."""
    return any(row.regenerate_mm for row in level.rows)


def docking_words(left_mm: float | None) -> str:
    """The distance to docking in mm, `docked` when it is reached, or how far the ends are compressed.

    >>> docking_words(59.016393), docking_words(0.0), docking_words(-0.25), docking_words(0.03), docking_words(None)
    ('59', 'docked', '0.25 compressed', 'under 0.1', '')
    """
    if left_mm is None:
        return ""
    if left_mm > 0.0:
        return size(left_mm)
    compressed = distance(-left_mm)
    return "docked" if compressed == "0" else f"{compressed} compressed"


def length_words(length_mm: float | None) -> str:
    """The length of the regenerate in mm.

    >>> length_words(12.04), length_words(0.0), length_words(None)
    ('12', '0', '')
    """
    return "" if length_mm is None else size(length_mm)


def milestone_sentences(level: LevelPlan) -> list[str]:
    """The planned docking day, the regenerate and the time in the frame that is likely, as far as the plan has them."""
    sentences = []
    if level.docking_day is not None:
        sentences.append(f"Docking: the bone ends meet on the evening of {day_and_date(level, level.docking_day)}.")
    elif has_docking(level):
        left = docking_words(level.last.docking_mm)
        sentences.append(f"Docking is not reached: {left} mm remain on {day_and_date(level, level.last.day)}.")
    if level.expected_days_in_frame is not None:
        grown = length_words(max(row.regenerate_mm or 0.0 for row in level.rows))
        before, last = level.days_before, level.last.day
        since = f" from the first day of the treatment on, {before} days before day 0" if before else ""
        total = f", after {before + last} days of treatment" if before else ""
        sentences.append(
            f"Regenerate: {grown} mm. By the external fixation index entered, {level.expected_days_in_frame:.0f} days "
            f"in the frame are likely{since}; the plan ends on {day_and_date(level, last)}{total}."
        )
    return sentences


def level_sentences(level: LevelPlan) -> list[str]:
    """The sentences shown below the schedule of a level."""
    return [*milestone_sentences(level), *clearance_sentences(level)]


def clearance_sentences(level: LevelPlan) -> list[str]:
    """The nearest pair of every kind with its distance and day, and what could not be judged."""
    nearest: dict[str, Clearance] = {}
    for pair in level.clearances.pairs:
        # Of equally near pairs the first is named, so that every machine names the same.
        if pair.kind not in nearest or pair.distance_mm < nearest[pair.kind].distance_mm - SAME_MM:
            nearest[pair.kind] = pair
    sentences = [f"{pair.pair}, {size(pair.distance_mm)} mm (day {pair.day})" for pair in nearest.values()]
    lines = [f"Minimum clearances: {'; '.join(sentences)}."] if sentences else []
    if level.clearances.not_judged:
        lines.append(f"Clearances not judged: {', '.join(level.clearances.not_judged)}.")
    return lines


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
    """Every tracked point of a level, the bone's rim as one."""
    real = level.real_travel
    tables = real.evening_mm, real.single_mm, real.sum_mm
    return [
        Travelled(planned, *(_longest(table[:, points].max(axis=1)) for table in tables))
        for planned, (_, points) in zip(level.rates, tracked_groups(level.course), strict=True)
    ]


def travel_sentences(level: LevelPlan) -> list[str]:
    """The largest travel of a day, planned and by the marks of the scales, in sentences."""
    points = travelled(level)
    planned = _first_of_the_largest([one.planned.fastest[0] for one in points])
    evening = _first_of_the_largest([one.evening.mm for one in points])
    doses = _first_of_the_largest([one.doses.mm for one in points])
    dose = max(one.dose.mm for one in points)
    mm, day = points[planned].planned.fastest
    sentences = [
        f"Largest planned daily path length: {points[planned].planned.name}, {Longest(mm, day)}.",
        f"Largest actual path, by the marks of the scales: {points[evening].planned.name}, {points[evening].evening}, "
        f"from one evening to the next.",
    ]
    if level.entered.adjustments_per_day > 1:
        sentences[1] = (
            f"{sentences[1][:-1]}; at most {dose:.2f} mm in a single dose; in all doses of a day together "
            f"{points[doses].planned.name}, {points[doses].doses}."
        )
    return sentences


def coarse_mark_mm(level: LevelPlan) -> float | None:
    """The marks (mm) of struts that are to move by less than a mark at each of several times of the day; None where
    the steps of every strut are as long as its marks on its fastest day, or its marks as fine as scales have."""
    often = level.entered.adjustments_per_day
    steps = np.abs(np.diff(level.frame.lengths_mm, axis=0)).max(axis=0, initial=0.0) / often
    coarse = [
        strut.graduation_mm
        for strut, step in zip(level.setup.struts, steps.tolist(), strict=True)
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

"""What to expect on the way: docking, new bone, time in the frame, and how near bodies come to each other."""

from __future__ import annotations

from hexapod.checks.clearance import Clearance
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.deformity_sentences import day_and_date, size
from hexapod.text.numbers import distance


def has_docking(level: LevelPlan) -> bool:
    """Whether a level has a docking site to tell the way to."""
    return any(row.docking_mm is not None for row in level.rows)


def has_regenerate(level: LevelPlan) -> bool:
    """Whether new bone grows at a level: its cut opens on some day."""
    return any(row.regenerate_mm for row in level.rows)


def docking_words(left_mm: float | None) -> str:
    """The way left to the docking site in mm, `docked` when it is reached, or how far the ends are pressed together.

    >>> docking_words(59.016393), docking_words(0.0), docking_words(-0.25), docking_words(0.03), docking_words(None)
    ('59', 'docked', '0.25 pressed', 'under 0.1', '')
    """
    if left_mm is None:
        return ""
    if left_mm > 0.0:
        return size(left_mm)
    pressed = distance(-left_mm)
    return "docked" if pressed == "0" else f"{pressed} pressed"


def length_words(length_mm: float | None) -> str:
    """The length of the new bone in mm.

    >>> length_words(12.04), length_words(0.0), length_words(None)
    ('12', '0', '')
    """
    return "" if length_mm is None else size(length_mm)


def milestone_sentences(level: LevelPlan) -> list[str]:
    """The planned docking day, the new bone and the time in the frame that is likely, as far as the plan has them."""
    said = []
    if level.docking_day is not None:
        said.append(f"Docking: the bone ends meet on the evening of {day_and_date(level, level.docking_day)}.")
    elif has_docking(level):
        left = docking_words(level.rows[-1].docking_mm)
        said.append(f"Docking is not reached: {left} mm are left on {day_and_date(level, level.rows[-1].day)}.")
    if level.expected_days_in_frame is not None:
        grown = length_words(max(row.regenerate_mm or 0.0 for row in level.rows))
        before, last = level.days_before, level.rows[-1].day
        since = f" from the first day of the treatment on, {before} days before day 0" if before else ""
        total = f", after {before + last} days of treatment" if before else ""
        said.append(
            f"New bone: {grown} mm. By the index entered, {level.expected_days_in_frame:.0f} days in the frame are "
            f"likely{since}; the plan ends on {day_and_date(level, last)}{total}."
        )
    return said


def level_sentences(level: LevelPlan) -> list[str]:
    """All that is told of a level beneath its schedule."""
    return [*milestone_sentences(level), *clearance_sentences(level)]


def clearance_sentences(level: LevelPlan) -> list[str]:
    """The nearest pair of every kind with its distance and day, and what could not be judged."""
    if level.clearances is None or not level.rows:
        return []
    nearest: dict[str, Clearance] = {}
    for pair in level.clearances.pairs:
        if pair.kind not in nearest or pair.distance_mm < nearest[pair.kind].distance_mm:
            nearest[pair.kind] = pair
    told = [f"{pair.pair}, {size(pair.distance_mm)} mm (day {pair.day})" for pair in nearest.values()]
    said = [f"Nearest to each other: {'; '.join(told)}."] if told else []
    if level.clearances.not_judged:
        said.append(f"Clearances not judged: {', '.join(level.clearances.not_judged)}.")
    return said

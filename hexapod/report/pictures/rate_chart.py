"""The chart of rates: how far every tracked point moves a day, over its limits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from hexapod.geometry.transforms import Array
from hexapod.plan import LevelPlan
from hexapod.planning.course import Course
from hexapod.planning.setup import CORRESPONDING_POINT
from hexapod.report.numbers import number
from hexapod.report.pictures.chart_form import day_chart, day_panel, entry, series
from hexapod.report.pictures.day_mark import day_mark
from hexapod.report.pictures.plot import KeyEntry, Panel, axes, stage_marks
from hexapod.report.pictures.svg import LINE, PALE, line, rectangle, text, text_width_mm

# Width of a limit's line: broad, so that a rate that keeps it is seen on it.
LIMIT_MM = 1.5


@dataclass(frozen=True)
class Rates:
    """How fast a tracked point moves: `mm_per_day` (days,) and the limit (days,), not a number while nothing moves."""

    name: str
    mm_per_day: Array
    limits_mm: Array

    @property
    def fastest(self) -> tuple[float, int]:
        """The fastest rate and its day."""
        step = int(np.argmax(self.mm_per_day >= self.mm_per_day.max() * (1.0 - 1e-9)))
        return float(self.mm_per_day[step]), step + 1


def point_rates(course: Course) -> list[Rates]:
    """The rates of the corresponding point, of the fastest of the bone's rim, and of every structure at risk."""
    arcs = np.concatenate([part.arcs_mm for part in course.stages])
    limits = np.concatenate(
        [
            np.broadcast_to(np.nan if part.holds else part.limits_mm, (part.days, len(part.limits_mm)))
            for part in course.stages
        ]
    )
    return [
        Rates(name, arcs[:, points].max(axis=1), limits[:, points.start]) for name, points in tracked_groups(course)
    ]


def tracked_groups(course: Course) -> list[tuple[str, slice]]:
    """The tracked points as they are told of: the corresponding point, the bone's rim as one, every structure."""
    names = course.setup.tracked.names
    first = len(names) - len(course.setup.level.structures_at_risk)
    groups = [(CORRESPONDING_POINT, slice(0, 1))]
    if first > 1:
        groups.append(("bone rim at the cut, its fastest point", slice(1, first)))
    return [*groups, *((names[k], slice(k, k + 1)) for k in range(first, len(names)))]


def rate_chart(level: LevelPlan, chosen_day: int | None = None) -> bytes:
    """Rates at the tracked points by day (SVG), each a line of its own, over the limits as broad grey ones."""
    assert level.frame is not None
    course = level.frame.course
    rates = point_rates(course)
    highest = max(float(np.nanmax([rate.mm_per_day.max(), *rate.limits_mm])) for rate in rates)
    panel = day_panel(course.days, 0.0, highest)
    marks = axes(panel, "mm a day", many=4)
    limits: dict[bytes, Rates] = {rate.limits_mm.tobytes(): rate for rate in rates}
    ends: dict[float, int] = {}
    for rate in limits.values():
        for first, last, limit in _runs(rate.limits_mm):
            marks.append(line(panel.points((first, last), (limit, limit)), LINE, LIMIT_MM))
            ends[limit] = max(last, ends.get(limit, 0))
    names = [mark for limit, last in ends.items() for mark in _limit_name(panel, limit, last)]
    entries = []
    for count, rate in enumerate(rates):
        marks.append(series(panel, count, *_steps(rate.mm_per_day)))
        entries.append(entry(count, rate.name))
    marks += [*names, *stage_marks(panel, course.stages), *day_mark(panel, chosen_day)]
    entries.append(KeyEntry("limit of a stage or of a structure", LINE, "", LIMIT_MM))
    return day_chart(panel, "Rate at tracked points", marks, entries)


def _limit_name(panel: Panel, limit: float, last: int) -> list[str]:
    """A limit by its number, after its line ends or, where there is no room, over its end; on white, to be read."""
    words = f"limit {number(limit)}"
    wide = text_width_mm(words) + 1.0
    x = panel.x(last) + 1.0
    if x + wide > panel.right_mm:
        x = panel.right_mm - wide
    y = panel.y(limit)
    return [
        rectangle(x - 0.4, y - 1.4, wide, 2.8, "#ffffff"),
        text((x, y + 0.85), words, bold=True, colour=PALE),
    ]


def _steps(by_day: Array) -> tuple[list[float], list[float]]:
    """A quantity of whole days as a line of steps: day d from the evening before to its own."""
    days = [float(evening) for day in range(len(by_day)) for evening in (day, day + 1)]
    return days, [float(value) for value in by_day for _ in range(2)]


def _runs(by_day: Array) -> list[tuple[int, int, float]]:
    """First and last evening of every run of days with one value; days without a number are left out."""
    found, day = [], 0
    for value, run in groupby(by_day.tolist()):
        length = len(list(run))
        if value == value:
            found.append((day, day + length, value))
        day += length
    return found

"""The chart of rates: how far structures at risk and bone edges move a day, over their maximum rates."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from hexapod.drawings.charts.axes import (
    KeyEntry,
    Panel,
    axes,
    day_chart,
    day_mark,
    day_panel,
    entry,
    series,
    stage_marks,
)
from hexapod.drawings.svg_marks import LINE, PALE, line, rectangle, text, text_width_mm
from hexapod.geometry.transforms import Array
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.numbers import number
from hexapod.trajectory.bone_trajectory import Rates

# Width of a limit's line: broad, so that a rate that keeps it is seen on it.
LIMIT_MM = 1.5


def rate_chart(level: LevelPlan, chosen_day: int | None = None) -> bytes:
    """Rates at the tracked points by day (SVG), each a line of its own, over the limits as broad grey ones."""
    rates = level.rates
    highest = max(float(np.nanmax([rate.mm_per_day.max(), *rate.limits_mm])) for rate in rates)
    panel = day_panel(level.last.day, 0.0, highest)
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
    marks += [*names, *stage_marks(panel, level.stages), *day_mark(panel, chosen_day)]
    entries.append(KeyEntry("maximum rate of a stage or of a structure", LINE, "", LIMIT_MM))
    return day_chart(panel, "Rate at structures at risk and bone edges", marks, entries)


def _limit_name(panel: Panel, limit: float, last: int) -> list[str]:
    """A limit by its number, after its line ends or, where there is no room, over its end; on white, to be read."""
    words = f"max. {number(limit)}"
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

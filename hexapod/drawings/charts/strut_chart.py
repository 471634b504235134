"""The chart of strut settings: six panels, each with the ranges of the models that the strut has."""

from __future__ import annotations

from collections.abc import Sequence

from hexapod.drawings.charts.axes import Panel, axes, day_mark
from hexapod.drawings.svg_marks import (
    INK,
    LINE,
    PALE,
    SMALL_MM,
    THICK_MM,
    THIN_MM,
    TITLE_MM,
    disc,
    fitting,
    line,
    rectangle,
    svg,
    text,
)
from hexapod.plan.adjustments import FittedStrut, fitted_struts
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

WIDTH_MM = 182.0
PANELS_ACROSS = 3
# Room left of a panel for figures, above it for its title, below it for its days (mm), and between lines of a title.
LEFT_MM, BELOW_MM, LINE_MM = 9.0, 6.5, 3.4
PANEL_HEIGHT_MM = 33.0
# The two greys of neighbouring ranges.
BANDS = ("#e9edf1", "#d6dde3")
# Free above and below all ranges, as a share of their span.
AROUND = 0.1


def strut_chart(level: LevelPlan, chosen_day: int | None = None) -> bytes:
    """Six panels with one scale (SVG): the reading of every evening within the range of the model fitted that day."""
    fitted = {strut: fitted_struts(level, strut) for strut in STRUT_LOOKS}
    models = [one.model for parts in fitted.values() for one in parts]
    low, high = min(model.min_mm for model in models), max(model.max_mm for model in models)
    room = AROUND * (high - low)
    heading_mm = 4.6 + LINE_MM * max(len(parts) for parts in fitted.values())
    across = WIDTH_MM / PANELS_ACROSS
    rows = len(fitted) // PANELS_ACROSS
    marks = []
    for strut, parts in fitted.items():
        column, row = (strut - 1) % PANELS_ACROSS, (strut - 1) // PANELS_ACROSS
        top = row * (heading_mm + PANEL_HEIGHT_MM + BELOW_MM)
        panel = Panel(
            left_mm=column * across + LEFT_MM,
            top_mm=top + heading_mm,
            width_mm=across - LEFT_MM - 4.0,
            height_mm=PANEL_HEIGHT_MM,
            first=0.0,
            last=float(level.rows[-1].day),
            low=low - room,
            high=high + room,
        )
        marks += _heading(panel, top, strut, parts)
        marks += [*_panel(panel, level, strut, parts), *day_mark(panel, chosen_day)]
    height = rows * (heading_mm + PANEL_HEIGHT_MM + BELOW_MM)
    return svg(WIDTH_MM, height, marks)


def _heading(panel: Panel, top_mm: float, strut: int, parts: Sequence[FittedStrut]) -> list[str]:
    look = STRUT_LOOKS[strut]
    marks = [
        disc((panel.left_mm + 1.9, top_mm + 2.2), str(strut), look.shade, look.ink),
        text((panel.left_mm + 5.0, top_mm + 3.2), f"Strut {strut}, {look.name}", TITLE_MM, bold=True),
    ]
    for count, one in enumerate(parts):
        # The range first: a long name may be cut, a number may not.
        told = f"{number(one.model.min_mm)} to {number(one.model.max_mm)} mm: {one.model.name}"
        y = top_mm + 4.4 + LINE_MM * (count + 0.75)
        marks.append(text((panel.left_mm, y), fitting(told, panel.width_mm + 4.0), colour=PALE))
    return marks


def _panel(panel: Panel, level: LevelPlan, strut: int, parts: Sequence[FittedStrut]) -> list[str]:
    look = STRUT_LOOKS[strut]
    marks = []
    for count, one in enumerate(parts):
        # A model is in place from the morning of its first day, which follows the evening before.
        left, right = panel.x(max(one.first_day - 1, 0)), panel.x(one.last_day)
        top, bottom = panel.y(one.model.max_mm), panel.y(one.model.min_mm)
        marks.append(rectangle(left, top, right - left, bottom - top, BANDS[count % len(BANDS)]))
        marks += [line([(left, y), (right, y)], LINE, THIN_MM) for y in (top, bottom)]
        if count:
            marks.append(line([(left, panel.top_mm), (left, panel.bottom_mm)], INK, THIN_MM, "0.9 0.7"))
            # Words of one change-out after the other, each a line lower.
            at = (left + _side(panel, left), panel.top_mm + SMALL_MM + LINE_MM * (count - 1))
            anchor = "start" if at[0] > left else "end"
            marks.append(text(at, f"change-out, day {one.first_day}", anchor=anchor))
    marks += axes(panel, "mm" if (strut - 1) % PANELS_ACROSS == 0 else "", day_words="", many=6, most_days=5)
    for one in parts:
        rows = level.rows[one.first_day : one.last_day + 1]
        points = panel.points((row.day for row in rows), (row.settings_mm[strut - 1] for row in rows))
        # The dark line beneath carries the shape where the colour is pale, as yellow is in grey.
        marks += [line(points, INK, 2.0 * THICK_MM), line(points, look.shade, THICK_MM + 0.25)]
    end = panel.points([level.rows[-1].day], [level.rows[-1].settings_mm[strut - 1]])[0]
    return [*marks, disc((end[0] + 2.0, end[1]), str(strut), look.shade, look.ink, radius_mm=1.6)]


def _side(panel: Panel, x_mm: float) -> float:
    """A step in mm to the side of a place on which there is more room."""
    return 0.8 if x_mm < 0.5 * (panel.left_mm + panel.right_mm) else -0.8

"""The chart of a clinic's own results: every treatment as a mark, with median and quartiles of its group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hexapod.drawings.charts.axes import ticks
from hexapod.drawings.svg_marks import (
    FAINT,
    INK,
    MEDIUM_MM,
    PALE,
    THICK_MM,
    THIN_MM,
    TITLE_MM,
    circle,
    fitting,
    line,
    rectangle,
    svg,
    text,
)
from hexapod.follow_up.clinic_results import spread
from hexapod.text.numbers import number

WIDTH_MM, LEFT_MM, RIGHT_MM, TOP_MM, ROW_MM, FOOT_MM = 150.0, 46.0, 4.0, 7.0, 7.0, 6.0
MARK_MM, BOX_MM = 0.8, 3.6
# Free beyond the greatest value, as a share of it.
BEYOND = 0.05


def spread_chart(groups: Mapping[str, Sequence[float]], title: str) -> bytes | None:
    """A row for each group: its values as circles, a box from quartile to quartile, the median as a thick line.

    Args:
        groups: by name, the values of its treatments, zero or greater.
        title: the figure with its unit.

    Returns:
        The chart as SVG, mm; None when no group has a value.
    """
    shown = {name: values for name, values in groups.items() if values}
    if not shown:
        return None
    most = max(max(values) for values in shown.values()) * (1.0 + BEYOND) or 1.0
    wide = WIDTH_MM - LEFT_MM - RIGHT_MM
    bottom = TOP_MM + ROW_MM * len(shown)

    def x(value: float) -> float:
        return LEFT_MM + wide * value / most

    marks = [text((0.0, TITLE_MM), title, TITLE_MM, bold=True)]
    for tick in ticks(0.0, most, 6):
        marks.append(line([(x(tick), TOP_MM), (x(tick), bottom)], FAINT, THIN_MM))
        marks.append(text((x(tick), bottom + 3.5), number(tick), anchor="middle", colour=PALE))
    for index, (name, values) in enumerate(shown.items()):
        y = TOP_MM + ROW_MM * (index + 0.5)
        found = spread(values)
        if found is None:
            continue
        words = fitting(f"{name} (n {found.count})", LEFT_MM - 2.0)
        marks.append(text((LEFT_MM - 2.0, y + 0.9), words, anchor="end"))
        marks.append(line([(x(found.least), y), (x(found.most), y)], PALE, THIN_MM))
        marks.append(rectangle(x(found.lower), y - BOX_MM / 2, x(found.upper) - x(found.lower), BOX_MM, FAINT, PALE))
        marks += [circle((x(value), y), MARK_MM, "none", INK, THIN_MM) for value in sorted(values)]
        marks.append(line([(x(found.median), y - BOX_MM / 2), (x(found.median), y + BOX_MM / 2)], INK, THICK_MM))
    marks.append(line([(LEFT_MM, bottom), (LEFT_MM + wide, bottom)], PALE, MEDIUM_MM))
    return svg(WIDTH_MM, bottom + FOOT_MM, marks)

"""The day that somebody looks at, marked in a chart."""

from __future__ import annotations

from hexapod.drawings.charts.axes import Panel
from hexapod.drawings.svg import MEDIUM_MM, SMALL_MM, line, rectangle, text, text_width_mm

# Unlike any series, stage or strut; with its number, so that no colour has to be told.  The white is one of its own, so
# that a page can tell it from the white of the paper.
MARK, ON_MARK = "#b3005e", "#fffffe"
# The number stands in the place of the axis's figures: so far beneath the panel, so high, its baseline within (mm).
BELOW_MM, HIGH_MM, BASE_MM = 0.6, 3.8, 2.9


def day_mark(panel: Panel, day: int | None) -> list[str]:
    """A line through a panel on the evening of a day, with its number beneath; nothing without a day."""
    if day is None:
        return []
    x = panel.x(day)
    words = str(day)
    half = 0.5 * text_width_mm(words, SMALL_MM) + 0.9
    top = panel.bottom_mm + BELOW_MM
    return [
        line([(x, panel.top_mm), (x, top)], MARK, MEDIUM_MM),
        rectangle(x - half, top, 2.0 * half, HIGH_MM, MARK),
        text((x, top + BASE_MM), words, anchor="middle", bold=True, colour=ON_MARK),
    ]

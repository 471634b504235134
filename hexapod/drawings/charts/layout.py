"""The form that charts of a level by day have: place of the panel, title, key."""

from __future__ import annotations

from collections.abc import Sequence

from hexapod.drawings.charts.axes import DASHES, SHADES, KeyEntry, Panel, key, key_height_mm
from hexapod.drawings.svg import MEDIUM_MM, TITLE_MM, line, svg, text

WIDTH_MM = 182.0
LEFT_MM, RIGHT_MM, ABOVE_MM, BELOW_MM, HEIGHT_MM = 12.0, 3.0, 9.0, 8.5, 34.0
TITLE_AT_MM = 2.8
LINE_MM = MEDIUM_MM + 0.15
# Free above the highest line, as a share of the span.
AROUND = 0.12
# Values that differ by less than this (mm, deg) are one line: nothing that a film or a scale shows.
LEAST_SPAN = 0.05
KEY_COLUMNS = 2


def day_panel(
    days: float, low: float, high: float, left_mm: float = 0.0, width_mm: float = WIDTH_MM, top_mm: float = 0.0
) -> Panel:
    """A panel of days 0 to the last with room about the values, nought at its foot unless they go below."""
    if high - low < LEAST_SPAN:
        high = low + 1.0
    room = AROUND * (high - low)
    return Panel(
        left_mm=left_mm + LEFT_MM,
        top_mm=top_mm + ABOVE_MM,
        width_mm=width_mm - LEFT_MM - RIGHT_MM,
        height_mm=HEIGHT_MM,
        first=0.0,
        last=float(days),
        low=low - room if low < 0.0 else 0.0,
        high=high + room,
    )


def day_chart(
    panel: Panel, title: str, marks: Sequence[str], entries: Sequence[KeyEntry], columns: int = KEY_COLUMNS
) -> bytes:
    """A chart (SVG) of one panel: title above, key beneath."""
    top = panel.bottom_mm + BELOW_MM
    whole = [text((panel.left_mm, TITLE_AT_MM), title, TITLE_MM, bold=True), *marks]
    whole += key(panel.left_mm, top, panel.width_mm, entries, columns)
    return svg(WIDTH_MM, top + key_height_mm(len(entries), columns), whole)


def series(panel: Panel, count: int, days: Sequence[float], values: Sequence[float]) -> str:
    """The line of a series; `count` tells its colour and dashes."""
    return line(panel.points(days, values), SHADES[count % len(SHADES)], LINE_MM, DASHES[count % len(DASHES)])


def entry(count: int, words: str) -> KeyEntry:
    """What the line of series `count` stands for."""
    return KeyEntry(words, SHADES[count % len(SHADES)], DASHES[count % len(DASHES)], LINE_MM)

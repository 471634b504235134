"""Layout of charts by day: panel, axes, title, key, and the mark of the selected day."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hexapod.drawings.svg_marks import (
    FAINT,
    INK,
    LINE,
    MEDIUM_MM,
    PALE,
    SMALL_MM,
    THIN_MM,
    TITLE_MM,
    fitting,
    line,
    rectangle,
    svg,
    text,
    text_width_mm,
)
from hexapod.text.numbers import number
from hexapod.trajectory.bone_trajectory import StageCourse

# Dashes that distinguish the lines of a chart in grey: ink and gap in mm.
DASHES = ("", "2.4 0.9", "0.7 0.7", "3.2 0.8 0.7 0.8", "1.4 1.4", "4.5 0.8 0.7 0.8 0.7 0.8")
SHADES = (INK, "#2269b8", "#a3301f", "#1b6b37", "#7f4bb0", "#8a5a00")
# Ticks have round steps.
ROUND_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Panel:
    """A rectangle on paper (mm, from the upper left) and what it shows: days `first` to `last`, `low` to `high`."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    first: float
    last: float
    low: float
    high: float

    @property
    def bottom_mm(self) -> float:
        """Its lower edge."""
        return self.top_mm + self.height_mm

    @property
    def right_mm(self) -> float:
        """Its right edge."""
        return self.left_mm + self.width_mm

    def x(self, day: float) -> float:
        """The place of a day, mm."""
        return self.left_mm + self.width_mm * (day - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        """The place of a value, mm."""
        return self.bottom_mm - self.height_mm * (value - self.low) / (self.high - self.low)

    def points(self, days: Iterable[float], values: Iterable[float]) -> list[tuple[float, float]]:
        """A series on paper."""
        return [(self.x(day), self.y(value)) for day, value in zip(days, values, strict=True)]


@dataclass(frozen=True)
class KeyEntry:
    """A line of a chart and what it stands for."""

    words: str
    colour: str
    dash: str
    width_mm: float


def ticks(low: float, high: float, at_most: int) -> list[float]:
    """Round values from `low` to `high`, `at_most` steps.

    >>> ticks(0, 90, 6), ticks(0.0, 1.15, 5)
    ([0.0, 20.0, 40.0, 60.0, 80.0], [0.0, 0.5, 1.0])
    """
    rough = (high - low) / at_most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * share for share in ROUND_STEPS if power * share >= rough * (1.0 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(step * k, 9) + 0.0 for k in range(first, last + 1)]


def axes(panel: Panel, upwards: str, *, day_words: str = "day", many: int = 6, most_days: int = 8) -> list[str]:
    """Grid, frame and figures of a panel; `upwards` names the quantity and its unit."""
    marks = []
    for value in ticks(panel.low, panel.high, many):
        y = panel.y(value)
        marks.append(line([(panel.left_mm, y), (panel.right_mm, y)], FAINT, THIN_MM))
        marks.append(text((panel.left_mm - 1.0, y + 0.85), number(value), anchor="end", colour=PALE))
    for day in ticks(panel.first, panel.last, most_days):
        if day == int(day):
            x = panel.x(day)
            marks.append(line([(x, panel.bottom_mm), (x, panel.bottom_mm + 0.9)], LINE, THIN_MM))
            marks.append(text((x, panel.bottom_mm + 3.5), number(day), anchor="middle", colour=PALE))
    marks.append(rectangle(panel.left_mm, panel.top_mm, panel.width_mm, panel.height_mm, "none", LINE))
    if day_words:
        marks.append(text((panel.right_mm, panel.bottom_mm + 6.6), day_words, anchor="end", colour=PALE))
    if upwards:
        middle = 0.5 * (panel.top_mm + panel.bottom_mm)
        marks.append(text((panel.left_mm - 7.0, middle), upwards, anchor="middle", colour=PALE, upwards=True))
    return marks


def stage_marks(panel: Panel, stages: Sequence[StageCourse]) -> list[str]:
    """Where every stage begins, and its number (from 1) above the panel as far as there is room."""
    marks, taken = [], -math.inf
    for count, stage in enumerate(stages, start=1):
        left, right = panel.x(stage.first_day), panel.x(stage.last_day)
        if count > 1:
            marks.append(line([(left, panel.top_mm), (left, panel.bottom_mm)], LINE, THIN_MM, "0.8 0.8"))
        words, middle = str(count), 0.5 * (left + right)
        half = 0.5 * text_width_mm(words)
        if middle - half > taken:
            marks.append(text((middle, panel.top_mm - 1.9), words, anchor="middle", colour=PALE))
            taken = middle + half
    return [*marks, text((panel.left_mm - 1.0, panel.top_mm - 1.9), "stage", anchor="end", colour=PALE)]


def key(left_mm: float, top_mm: float, width_mm: float, entries: Sequence[KeyEntry], columns: int) -> list[str]:
    """What the lines of a chart stand for, beneath it, in columns; each row is `KEY_ROW_MM` high."""
    marks = []
    for count, entry in enumerate(entries):
        x = left_mm + (count % columns) * width_mm / columns
        y = top_mm + (count // columns + 0.5) * KEY_ROW_MM
        marks.append(line([(x, y), (x + 9.0, y)], entry.colour, entry.width_mm, entry.dash))
        marks.append(text((x + 10.5, y + 0.85), fitting(entry.words, width_mm / columns - 12.0)))
    return marks


KEY_ROW_MM = 1.6 * SMALL_MM


def key_height_mm(count: int, columns: int) -> float:
    """How much room the key of so many lines takes."""
    return math.ceil(count / columns) * KEY_ROW_MM


# Unlike any series, stage or strut, and with its number, so that nothing depends on a colour.  The white differs from
# the white of the paper, so that a page can replace one without the other.
MARK, ON_MARK = "#b3005e", "#fffffe"
# The number stands in the place of the axis's figures: so far beneath the panel, so high, its baseline within (mm).
MARK_BELOW_MM, MARK_HIGH_MM, MARK_BASE_MM = 0.6, 3.8, 2.9


def day_mark(panel: Panel, day: int | None) -> list[str]:
    """A line through a panel on the evening of a day, with its number beneath; nothing without a day.

    The data of the group say how far a page has to move it for another day.
    """
    if day is None:
        return []
    x = panel.x(day)
    words = str(day)
    half = 0.5 * text_width_mm(words, SMALL_MM) + 0.9
    top = panel.bottom_mm + MARK_BELOW_MM
    return [
        f'<g data-day="{day}" data-mm-a-day="{panel.x(1) - panel.x(0):.5f}" data-left="{panel.x(0):.3f}">',
        line([(x, panel.top_mm), (x, top)], MARK, MEDIUM_MM),
        rectangle(x - half, top, 2.0 * half, MARK_HIGH_MM, MARK),
        text((x, top + MARK_BASE_MM), words, anchor="middle", bold=True, colour=ON_MARK),
        "</g>",
    ]


WIDTH_MM = 182.0
LEFT_MM, RIGHT_MM, ABOVE_MM, BELOW_MM, HEIGHT_MM = 12.0, 3.0, 9.0, 8.5, 34.0
TITLE_AT_MM = 2.8
LINE_MM = MEDIUM_MM + 0.15
# Free above the highest line, as a share of the span.
AROUND = 0.12
# A range of values below this (mm, deg) is drawn as a flat line: no radiograph or scale shows the difference.
LEAST_SPAN = 0.05
KEY_COLUMNS = 2


def day_panel(
    days: float, low: float, high: float, left_mm: float = 0.0, width_mm: float = WIDTH_MM, top_mm: float = 0.0
) -> Panel:
    """A panel of days 0 to the last with room about the values, zero at its foot unless they go below."""
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

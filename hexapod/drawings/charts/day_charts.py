"""The charts of a hexapod by day: what remains of deformity and gaps, rates, clearances, and strut settings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from hexapod.checks.clearances import DailyClearance
from hexapod.checks.collision_bodies import Kind
from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Pair
from hexapod.drawings.charts.axes import (
    BELOW_MM,
    LEFT_MM,
    TITLE_AT_MM,
    WIDTH_MM,
    KeyEntry,
    Panel,
    axes,
    day_chart,
    day_mark,
    day_panel,
    entry,
    key,
    key_height_mm,
    series,
    stage_marks,
)
from hexapod.drawings.svg_marks import (
    INK,
    LINE,
    MEDIUM_MM,
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
    text_width_mm,
)
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import shown_name
from hexapod.plan.make_plan import LevelPlan, Row
from hexapod.plan.plan_file import FittedStrut, fitted_struts
from hexapod.text.case_sentences import spoken
from hexapod.text.milestones import docking_words, has_docking, has_regenerate, length_words
from hexapod.text.numbers import distance, number
from hexapod.text.strut_looks import STRUT_LOOKS
from hexapod.trajectory.bone_trajectory import Rates

ANGLES = (w.AP_ANGULATION, w.LATERAL_ANGULATION, w.AXIAL_ROTATION)
SHIFTS = (w.AP_TRANSLATION, w.LATERAL_TRANSLATION, w.AXIAL_TRANSLATION)


def deformity_chart(level: LevelPlan, chosen_day: int | None = None) -> bytes:
    """The deformity that remains every evening (SVG), as sizes: angles in deg first, translations in mm beside them."""
    half = 0.5 * WIDTH_MM
    days = [row.day for row in level.rows]
    marks: list[str] = []
    height = 0.0
    for left, unit, pairs in ((0.0, "deg", ANGLES), (half, "mm", SHIFTS)):
        shown = [(pair, [_size(row, pair) for row in level.rows]) for pair in pairs]
        highest = max(max(values) for _, values in shown)
        panel = day_panel(level.last.day, 0.0, highest, left, half)
        marks += axes(panel, unit, many=4, most_days=6)
        entries = []
        for count, (pair, values) in enumerate(shown):
            marks.append(series(panel, count, days, values))
            entries.append(entry(count, f"{pair.quantity}: {_by_days(level.rows, pair)}"))
        marks += [*stage_marks(panel, level.stages), *day_mark(panel, chosen_day)]
        title = "Angulation and rotation remaining" if unit == "deg" else "Translation remaining"
        marks.append(text((panel.left_mm, TITLE_AT_MM), title, TITLE_MM, bold=True))
        marks += key(panel.left_mm, panel.bottom_mm + BELOW_MM, half - LEFT_MM, entries, 1)
        height = max(height, panel.bottom_mm + BELOW_MM + key_height_mm(len(entries), 1))
    return svg(WIDTH_MM, height, marks)


def gap_chart(level: LevelPlan, chosen_day: int | None = None) -> bytes | None:
    """The distance to docking and the length of the regenerate by day (SVG); None when there is neither."""
    shown: list[tuple[str, list[float]]] = []
    if has_docking(level):
        docking = [row.docking_mm or 0.0 for row in level.rows]
        sentence = f"{_gap(docking[0])} on day 0, {_gap(docking[-1])} at the end"
        shown.append((f"distance to docking: {sentence}", docking))
    if has_regenerate(level):
        grown = [row.regenerate_mm or 0.0 for row in level.rows]
        shown.append((f"regenerate: {length_words(max(grown))} mm at most", grown))
    if not shown:
        return None
    least = min(min(values) for _, values in shown)
    most = max(max(values) for _, values in shown)
    panel = day_panel(level.last.day, least, most)
    marks, entries = axes(panel, "mm", many=4), []
    if least < 0.0:
        marks.append(line(panel.points((0, panel.last), (0.0, 0.0)), LINE, MEDIUM_MM))
        at = (panel.right_mm - 1.0, panel.y(0.0) - 0.9)
        marks.append(text(at, "contact; below it the ends are compressed", anchor="end", colour=PALE))
    for count, (name, values) in enumerate(shown):
        marks.append(series(panel, count, [row.day for row in level.rows], values))
        entries.append(entry(count, name))
    if level.docking_day is not None:
        x = panel.x(level.docking_day)
        marks.append(line([(x, panel.top_mm), (x, panel.bottom_mm)], INK, THIN_MM, "0.9 0.7"))
        marks.append(text((x + 1.0, panel.top_mm + 3.0), f"docking, day {level.docking_day}"))
    marks += [*stage_marks(panel, level.stages), *day_mark(panel, chosen_day)]
    title = {1: "Docking" if has_docking(level) else "Regenerate", 2: "Docking and regenerate"}[len(shown)]
    return day_chart(panel, title, marks, entries, columns=len(shown))


def _gap(left_mm: float) -> str:
    """The remaining distance with its unit."""
    words = docking_words(left_mm)
    return words if words == "docked" else f"{words} mm" if left_mm > 0.0 else f"{distance(-left_mm)} mm compressed"


def _size(row: Row, pair: Pair) -> float:
    return abs(row.remaining.get(pair.positive, 0.0) - row.remaining.get(pair.negative, 0.0))


def _by_days(rows: Sequence[Row], pair: Pair) -> str:
    """The direction word of a pair; where it changes, with the day: `varus to day 11, then valgus`."""
    shown: list[tuple[str, int]] = []
    for row in rows:
        for word in (pair.positive, pair.negative):
            if distance(row.remaining.get(word, 0.0)) != "0":
                name = spoken(word)
                if shown and shown[-1][0] == name:
                    shown.pop()
                shown.append((name, row.day))
    if not shown:
        return "none"
    return ", then ".join([*(f"{name} to day {last}" for name, last in shown[:-1]), shown[-1][0]])


# Width of the line of a limit: broad, so that a rate equal to the limit is visible on it.
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
    """A limit by its number, after its line ends or, where there is no room, over its end; on white for legibility."""
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


KINDS_ACROSS = 2
# From one row of panels to the next, room above the first, and where the line beneath a title stands (mm).
ROW_MM, HEAD_MM, NEAREST_AT_MM = 58.0, 4.5, 6.6
TITLES: dict[Kind, str] = {
    "strut_strut": "Strut to strut",
    "strut_bone": "Strut to bone",
    "strut_limb": "Strut to skin",
    "ring_limb": "Ring to skin",
    "ring_ring": "Ring to ring",
}


def nearest_words(one: DailyClearance) -> str:
    """The minimum clearance of a kind in all the motion: `limit 20 mm; minimum 20.3 mm on day 76, strut 1 and limb`."""
    mm, day, pair = one.nearest
    return f"limit {number(one.limit_mm)} mm; minimum {mm:.1f} mm on day {day}, {pair}"


def clearance_chart(level: LevelPlan, chosen_day: int | None = None) -> bytes | None:
    """A panel for each kind of pair (SVG): the least distance of every day, grey below its limit; None without any."""
    shown = level.daily_clearances
    if not shown:
        return None
    across = WIDTH_MM / KINDS_ACROSS
    marks: list[str] = []
    for place, one in enumerate(shown):
        left, top = place % KINDS_ACROSS * across, place // KINDS_ACROSS * ROW_MM
        least, most = min(*one.least_mm, 0.0), max(*one.least_mm, one.limit_mm)
        panel = day_panel(level.last.day, least, most, left, across, top + HEAD_MM)
        marks += axes(panel, "mm", many=4, most_days=6)
        limit = panel.y(one.limit_mm)
        marks.insert(0, rectangle(panel.left_mm, limit, panel.width_mm, panel.bottom_mm - limit, BANDS[1]))
        marks.append(line([(panel.left_mm, limit), (panel.right_mm, limit)], PALE, MEDIUM_MM))
        marks.append(line(panel.points(range(len(one.least_mm)), one.least_mm), INK, THICK_MM))
        heading = fitting(nearest_words(one), across - 8.0)
        marks.append(text((panel.left_mm, top + TITLE_AT_MM), TITLES[one.kind], TITLE_MM, bold=True))
        marks.append(text((panel.left_mm, top + NEAREST_AT_MM), heading, colour=PALE))
        marks += [*stage_marks(panel, level.stages), *day_mark(panel, chosen_day)]
    rows = (len(shown) + KINDS_ACROSS - 1) // KINDS_ACROSS
    return svg(WIDTH_MM, rows * ROW_MM, marks)


STRUTS_ACROSS = 3
# Room left of a panel for figures, above it for its title, below it for its days (mm), and between lines of a title.
PANEL_LEFT_MM, PANEL_BELOW_MM, TITLE_LINE_MM = 9.0, 6.5, 3.4
PANEL_HEIGHT_MM = 33.0
# The two greys of neighbouring ranges.
BANDS = ("#e9edf1", "#d6dde3")
# Free above and below all ranges, as a share of their span.
AROUND_RANGES = 0.1


def strut_chart(level: LevelPlan, chosen_day: int | None = None) -> bytes:
    """Six panels with one scale (SVG): the reading of every evening within the range of the model fitted that day."""
    fitted = {strut: fitted_struts(level, strut) for strut in STRUT_LOOKS}
    models = [one.model for parts in fitted.values() for one in parts]
    low, high = min(model.min_mm for model in models), max(model.max_mm for model in models)
    room = AROUND_RANGES * (high - low)
    heading_mm = 4.6 + TITLE_LINE_MM * max(len(parts) for parts in fitted.values())
    across = WIDTH_MM / STRUTS_ACROSS
    rows = len(fitted) // STRUTS_ACROSS
    marks = []
    for strut, parts in fitted.items():
        column, row = (strut - 1) % STRUTS_ACROSS, (strut - 1) // STRUTS_ACROSS
        top = row * (heading_mm + PANEL_HEIGHT_MM + PANEL_BELOW_MM)
        panel = Panel(
            left_mm=column * across + PANEL_LEFT_MM,
            top_mm=top + heading_mm,
            width_mm=across - PANEL_LEFT_MM - 4.0,
            height_mm=PANEL_HEIGHT_MM,
            first=0.0,
            last=float(level.last.day),
            low=low - room,
            high=high + room,
        )
        marks += _heading(panel, top, strut, parts)
        marks += [*_panel(panel, level, strut, parts), *day_mark(panel, chosen_day)]
    height = rows * (heading_mm + PANEL_HEIGHT_MM + PANEL_BELOW_MM)
    return svg(WIDTH_MM, height, marks)


def _heading(panel: Panel, top_mm: float, strut: int, parts: Sequence[FittedStrut]) -> list[str]:
    look = STRUT_LOOKS[strut]
    marks = [
        disc((panel.left_mm + 1.9, top_mm + 2.2), str(strut), look.shade, look.ink),
        text((panel.left_mm + 5.0, top_mm + 3.2), f"Strut {strut}, {look.name}", TITLE_MM, bold=True),
    ]
    for count, one in enumerate(parts):
        # The range first: a long name may be truncated, a number may not.
        sentence = f"{number(one.model.min_mm)} to {number(one.model.max_mm)} mm: {shown_name(one.model)}"
        y = top_mm + 4.4 + TITLE_LINE_MM * (count + 0.75)
        marks.append(text((panel.left_mm, y), fitting(sentence, panel.width_mm + 4.0), colour=PALE))
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
            # The labels of successive change-outs, each a line lower.
            at = (left + _side(panel, left), panel.top_mm + SMALL_MM + TITLE_LINE_MM * (count - 1))
            anchor = "start" if at[0] > left else "end"
            marks.append(text(at, f"change-out, day {one.first_day}", anchor=anchor))
    marks += axes(panel, "mm" if (strut - 1) % STRUTS_ACROSS == 0 else "", day_words="", many=6, most_days=5)
    for one in parts:
        rows = level.rows[one.first_day : one.last_day + 1]
        points = panel.points((row.day for row in rows), (row.settings_mm[strut - 1] for row in rows))
        # The dark line beneath shows the curve where the colour is pale, such as yellow printed in grey.
        marks += [line(points, INK, 2.0 * THICK_MM), line(points, look.shade, THICK_MM + 0.25)]
    end = panel.points([level.last.day], [level.last.settings_mm[strut - 1]])[0]
    return [*marks, disc((end[0] + 2.0, end[1]), str(strut), look.shade, look.ink, radius_mm=1.6)]


def _side(panel: Panel, x_mm: float) -> float:
    """A step in mm to the side of a place on which there is more room."""
    return 0.8 if x_mm < 0.5 * (panel.left_mm + panel.right_mm) else -0.8

"""Charts of what remains to be done by day: the deformity, the distance to docking, the regenerate."""

from __future__ import annotations

from collections.abc import Sequence

from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Pair
from hexapod.drawings.charts.axes import (
    BELOW_MM,
    LEFT_MM,
    TITLE_AT_MM,
    WIDTH_MM,
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
from hexapod.drawings.svg_marks import INK, LINE, MEDIUM_MM, PALE, THIN_MM, TITLE_MM, line, svg, text
from hexapod.plan.make_plan import LevelPlan, Row
from hexapod.text.milestones import docking_words, has_docking, has_regenerate, length_words
from hexapod.text.numbers import distance

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
        told = f"{_gap(docking[0])} on day 0, {_gap(docking[-1])} at the end"
        shown.append((f"distance to docking: {told}", docking))
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
    """Which word of a pair the size is; where it changes, until which day: `varus to day 11, then valgus`."""
    said: list[tuple[str, int]] = []
    for row in rows:
        for word in (pair.positive, pair.negative):
            if distance(row.remaining.get(word, 0.0)) != "0":
                name = word.rpartition("_")[0].replace("_", " ")
                if said and said[-1][0] == name:
                    said.pop()
                said.append((name, row.day))
    if not said:
        return "none"
    return ", then ".join([*(f"{name} to day {last}" for name, last in said[:-1]), said[-1][0]])

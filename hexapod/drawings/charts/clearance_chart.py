"""The chart of clearances: how near struts, rings, bone and limb come to each other, day by day, over their limits."""

from __future__ import annotations

from hexapod.checks.clearances import DailyClearance
from hexapod.checks.collision_bodies import Kind
from hexapod.drawings.charts.axes import axes, day_mark, day_panel, stage_marks
from hexapod.drawings.charts.strut_chart import BANDS
from hexapod.drawings.svg_marks import INK, MEDIUM_MM, PALE, THICK_MM, TITLE_MM, fitting, line, rectangle, svg, text
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.numbers import number

WIDTH_MM, PANELS_ACROSS = 182.0, 2
# From one row of panels to the next, and where the title and the line beneath it stand above a panel (mm).
ROW_MM, HEAD_MM, TITLE_AT_MM, NEAREST_AT_MM = 58.0, 4.5, 2.8, 6.6
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
    across = WIDTH_MM / PANELS_ACROSS
    marks: list[str] = []
    for place, one in enumerate(shown):
        left, top = place % PANELS_ACROSS * across, place // PANELS_ACROSS * ROW_MM
        least, most = min(*one.least_mm, 0.0), max(*one.least_mm, one.limit_mm)
        panel = day_panel(level.last.day, least, most, left, across, top + HEAD_MM)
        marks += axes(panel, "mm", many=4, most_days=6)
        limit = panel.y(one.limit_mm)
        marks.insert(0, rectangle(panel.left_mm, limit, panel.width_mm, panel.bottom_mm - limit, BANDS[1]))
        marks.append(line([(panel.left_mm, limit), (panel.right_mm, limit)], PALE, MEDIUM_MM))
        marks.append(line(panel.points(range(len(one.least_mm)), one.least_mm), INK, THICK_MM))
        told = fitting(nearest_words(one), across - 8.0)
        marks.append(text((panel.left_mm, top + TITLE_AT_MM), TITLES[one.kind], TITLE_MM, bold=True))
        marks.append(text((panel.left_mm, top + NEAREST_AT_MM), told, colour=PALE))
        marks += [*stage_marks(panel, level.stages), *day_mark(panel, chosen_day)]
    rows = (len(shown) + PANELS_ACROSS - 1) // PANELS_ACROSS
    return svg(WIDTH_MM, rows * ROW_MM, marks)

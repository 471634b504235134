"""The frame in space on its first and last day, drawn from the poses of the plan, farther things first."""

from __future__ import annotations

import numpy as np

from hexapod.deformity.mounting import place
from hexapod.deformity.sides import Fragment, Side
from hexapod.drawings.level_geometry import PlacedRing, Shaft, Standing, standing
from hexapod.drawings.report.camera import camera
from hexapod.drawings.report.frame_parts import Paper, Piece, post_pieces, rim, ring_pieces, shaft_pieces, strut_pieces
from hexapod.drawings.report.radiographs import MOVING_FILL
from hexapod.drawings.svg import INK, LINE, MEDIUM_MM, PALE, SMALL_MM, TITLE_MM, area, disc, line, rectangle, svg, text
from hexapod.geometry.transforms import Array
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.language import language
from hexapod.text.strut_colours import STRUT_LOOKS

WIDTH_MM = 182.0
BETWEEN_MM, ABOVE_MM, BELOW_MM = 4.0, 5.0, 1.0
TALLEST_MM, AROUND_MM = 82.0, 6.0
# Strip beneath a picture for the names of the directions, and their arrows (mm).
STRIP_MM, ARROW_MM = 16.0, 8.5
# The reference fragment is light, the moving one as on the film views.
REFERENCE_GREY = "#f4f6f8"
RING_GREYS = {"proximal": "#d6dde3", "distal": "#eef1f4"}
# Where along a strut its number may stand, tried in this order, and how far apart numbers must be (mm on paper).
NUMBER_PLACES, NUMBERS_APART_MM = (0.5, 0.38, 0.62, 0.28, 0.72, 0.18, 0.82), 4.6


def frame_view(level: LevelPlan) -> bytes:
    """The frame on day 0 and on the last day (SVG), with one scale and one frame.  The level must have rows."""
    assert level.frame is not None
    eye = camera(level.frame.setup.side)
    days = (0, level.rows[-1].day)
    shown = {day: standing(level, day) for day in days}
    flat = np.concatenate([eye.flat(_extent(now)) for now in shown.values()])
    low, high = flat.min(axis=0), flat.max(axis=0)
    width = 0.5 * (WIDTH_MM - BETWEEN_MM)
    scale = min((width - 2.0 * AROUND_MM) / (high - low)[0], (TALLEST_MM - 2.0 * AROUND_MM) / (high - low)[1])
    height = float((high - low)[1]) * scale + 2.0 * AROUND_MM
    marks = []
    for column, (day, now) in enumerate(shown.items()):
        paper = Paper(column * (width + BETWEEN_MM), ABOVE_MM, width, height, 0.5 * (low + high), scale, eye)
        title = f"{'First' if day == 0 else 'Last'} day: day {day}, {language('en').short_date(level.rows[day].date)}"
        marks.append(text((paper.left_mm, paper.top_mm - 1.4), title, TITLE_MM, bold=True))
        marks.append(rectangle(paper.left_mm, paper.top_mm, width, height + STRIP_MM, "none", LINE))
        marks += _frame(paper, now)
        marks += _compass(paper, level.frame.setup.side)
    return svg(WIDTH_MM, ABOVE_MM + height + STRIP_MM + BELOW_MM, marks)


def _extent(now: Standing) -> Array:
    """Points (n, 3) that must be in the picture."""
    rims = [rim(ring, ring.ring.outer_radius_mm) for ring in now.rings.values()]
    return np.concatenate([*rims, *(shaft.axis_mm for shaft in now.shafts.values())])


def _frame(paper: Paper, now: Standing) -> list[str]:
    pieces: list[Piece] = []
    for name, ring in now.rings.items():
        pieces += ring_pieces(paper, ring, RING_GREYS[name])
    for name, shaft in now.shafts.items():
        pieces += shaft_pieces(paper, shaft, REFERENCE_GREY if name == now.reference else MOVING_FILL)
    proximal, distal = now.joints_mm()
    for strut in STRUT_LOOKS:
        pieces += strut_pieces(paper, proximal[strut - 1], distal[strut - 1], strut)
    for joints, ring in zip((proximal, distal), now.rings.values(), strict=True):
        pieces += post_pieces(paper, joints, ring)
    pieces.sort(key=lambda piece: piece.nearness)
    names = [_ring_name(paper, name, ring) for name, ring in now.rings.items()]
    return [*(piece.mark for piece in pieces), *_numbers(paper, now), *names]


def _numbers(paper: Paper, now: Standing) -> list[str]:
    """The number of every strut on it, where the strut is seen and no other number is hidden."""
    proximal, distal = now.joints_mm()
    taken: list[tuple[float, float]] = []
    marks = []
    for strut, look in STRUT_LOOKS.items():
        top, bottom = proximal[strut - 1], distal[strut - 1]
        along = np.array([top + share * (bottom - top) for share in NUMBER_PLACES])
        seen = np.array([place for place in along if not any(_hides(paper, s, place) for s in now.shafts.values())])
        places = paper.at(seen if len(seen) else along)
        free = [place for place in places if all(_apart(place, other) >= NUMBERS_APART_MM for other in taken)]
        best = free[0] if free else max(places, key=lambda place: min(_apart(place, other) for other in taken))
        taken.append(best)
        marks.append(disc(best, str(strut), look.shade, look.ink))
    return marks


def _hides(paper: Paper, shaft: Shaft, place_mm: Array) -> bool:
    """Whether a fragment stands in front of a place (3,): across the picture within its radius, and nearer."""
    start, way = shaft.axis_mm[0], shaft.axis_mm[1] - shaft.axis_mm[0]
    flat_way, flat_place = paper.eye.flat(way), paper.eye.flat(place_mm - start)
    share = float(np.clip(flat_place @ flat_way / (flat_way @ flat_way), 0.0, 1.0))
    nearest = start + share * way
    across = float(np.linalg.norm(paper.eye.flat(place_mm - nearest)))
    return across < shaft.radius_mm and bool(paper.eye.nearness(place_mm) < paper.eye.nearness(nearest))


def _apart(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def _ring_name(paper: Paper, name: Fragment, placed: PlacedRing) -> str:
    """A ring's name in the corner that its curve leaves free: above its right end, or beneath its left end."""
    edge = paper.at(rim(placed, placed.ring.outer_radius_mm))
    across, down = [x for x, _ in edge], [y for _, y in edge]
    if name == "proximal":
        return text((max(across), min(down)), "proximal ring", anchor="end", colour=PALE)
    return text((min(across), max(down) + 0.7 * SMALL_MM), "distal ring", colour=PALE)


def _compass(paper: Paper, side: Side) -> list[str]:
    """Three arrows in the strip beneath: where anterior, lateral and proximal are in the picture."""
    length = ARROW_MM
    corner = (paper.left_mm + 0.5 * paper.width_mm, paper.top_mm + paper.height_mm + 0.62 * STRIP_MM)
    marks = []
    for word in ("anterior", "lateral", "proximal"):
        x, y = paper.eye.flat(place({f"{word}_mm": 1.0}, side)).tolist()
        tip = (corner[0] + length * x, corner[1] - length * y)
        marks.append(line([corner, tip], INK, MEDIUM_MM))
        marks.append(_head(corner, tip))
        anchor = "middle" if abs(x) < 0.3 else "start" if x > 0.0 else "end"
        at = (tip[0] + (0.0 if anchor == "middle" else 0.8 if x > 0.0 else -0.8), tip[1] + (2.6 if y < 0.0 else -0.8))
        marks.append(text(at, word, anchor=anchor, bold=True))
    return marks


def _head(start: tuple[float, float], tip: tuple[float, float]) -> str:
    way = np.array(tip) - np.array(start)
    way = way / np.linalg.norm(way)
    across = np.array([-way[1], way[0]])
    back = np.array(tip) - 1.5 * way
    return area([(back + 0.6 * across).tolist(), tip, (back - 0.6 * across).tolist()], INK)

"""The frame in space on the first and last day, drawn from the poses of the plan, back to front."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hexapod.deformity.pose import place
from hexapod.deformity.quantities import Fragment, Side
from hexapod.drawings.radiograph_views import PlacedLevel, PlacedRing, Shaft, placed_level
from hexapod.drawings.report.report_radiographs import MOVING_FILL
from hexapod.drawings.svg_marks import (
    INK,
    LINE,
    MEDIUM_MM,
    PALE,
    SMALL_MM,
    THIN_MM,
    TITLE_MM,
    area,
    circle,
    disc,
    line,
    rectangle,
    svg,
    text,
)
from hexapod.geometry.transforms import Array
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.language import language
from hexapod.text.strut_looks import STRUT_LOOKS

# The direction from the frame to the eye: anterior, somewhat lateral and from above, so that all six struts show.
TOWARDS_EYE = {"anterior_mm": 1.0, "lateral_mm": 0.55, "proximal_mm": 0.5}


@dataclass(frozen=True)
class Camera:
    """Directions (3,) in limb axes: to the right and up in the picture, and towards the eye."""

    right: Array
    up: Array
    towards_eye: Array

    def flat(self, points_mm: Array) -> Array:
        """Points (..., 3) in the picture (..., 2), mm: to the right and up."""
        return np.stack([points_mm @ self.right, points_mm @ self.up], axis=-1)

    def nearness(self, points_mm: Array) -> Array:
        """How near to the eye points (..., 3) are, mm."""
        return np.asarray(points_mm @ self.towards_eye)


def camera(side: Side) -> Camera:
    """The camera for a limb: from its own lateral side, so a left limb is seen mirrored to a right one."""
    eye = place(TOWARDS_EYE, side)
    eye = eye / np.linalg.norm(eye)
    right = np.cross([0.0, 0.0, 1.0], eye)
    right = right / np.linalg.norm(right)
    return Camera(right, np.cross(eye, right), eye)


# Pieces of a ring round, of a shaft round and along, and of a strut: each is put in front or behind by its own middle.
RING_PIECES, SHAFT_SIDES, SHAFT_PIECES, STRUT_PIECES = 48, 20, 8, 10
# Dashes along the middle of struts 1 to 6 (mm), told apart in grey.
STRUT_DASHES = ("", "3 1", "1 1", "4 0.8 0.8 0.8", "2 2", "0.5 1.2")
# Widths of a strut on paper (mm): dark edge, colour, dashed middle.
EDGE_MM, COLOUR_MM, MIDDLE_MM = 2.1, 1.5, 0.35
# Shading of a shaft lit from the eye: the darkest grey as a share of its own.
DARKEST = 0.72


@dataclass(frozen=True)
class Piece:
    """A mark, and how near to the eye it is, mm."""

    nearness: float
    mark: str


@dataclass(frozen=True)
class Paper:
    """Where the picture of one day lies on paper, and what of the limb is at its middle."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    middle_mm: Array
    scale: float
    eye: Camera

    def at(self, points_mm: Array) -> list[tuple[float, float]]:
        """Points (n, 3) of the limb on paper."""
        flat = (self.eye.flat(points_mm) - self.middle_mm) * self.scale
        x0, y0 = self.left_mm + 0.5 * self.width_mm, self.top_mm + 0.5 * self.height_mm
        return [(x0 + x, y0 - y) for x, y in flat.tolist()]

    def near(self, points_mm: Array) -> float:
        """How near to the eye the middle of points (n, 3) is."""
        return float(self.eye.nearness(points_mm.mean(axis=0)))


def rim(placed: PlacedRing, radius_mm: float) -> Array:
    """An edge (n, 3) of a ring; of a closed one from its front to its front, counter-clockwise seen from proximal."""
    return placed.edge(radius_mm, RING_PIECES)


def ring_pieces(paper: Paper, placed: PlacedRing, grey: str) -> Iterator[Piece]:
    """A ring in pieces, with its edges, and a dark tab at its front where the body has one."""
    ring = placed.ring
    outer, inner = rim(placed, ring.outer_radius_mm), rim(placed, ring.inner_radius_mm)
    at_front = ring.outline.front_pieces(RING_PIECES, placed.used)
    for k in range(RING_PIECES):
        corners = np.array([inner[k], outer[k], outer[k + 1], inner[k + 1]])
        front = k in at_front
        marks = [
            area(paper.at(corners), INK if front else grey, INK if front else grey, THIN_MM),
            line(paper.at(corners[1:3]), INK, MEDIUM_MM, cap="round"),
            line(paper.at(corners[[3, 0]]), INK, MEDIUM_MM, cap="round"),
        ]
        yield Piece(paper.near(corners), "".join(marks))


def shaft_pieces(paper: Paper, shaft: Shaft, grey: str) -> Iterator[Piece]:
    """A fragment: the sides that face the eye, shaded, and the face of its osteotomy."""
    turn = np.linspace(0.0, 2.0 * np.pi, SHAFT_SIDES + 1)
    R = shaft.T_ref_frag[:3, :3]
    round_axis = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    outwards = round_axis @ R[:, :2].T
    # The edge of the osteotomy (m, 3), which may be oblique.
    cut = shaft.axis_mm[0] + shaft.radius_mm * (outwards + (round_axis @ shaft.slope)[:, None] * R[:, 2])
    along = np.linspace(0.0, 1.0, SHAFT_PIECES + 1)[:, None]
    centres = shaft.axis_mm[0] + along * (shaft.axis_mm[1] - shaft.axis_mm[0])
    for k in range(SHAFT_SIDES):
        normal = outwards[k] + outwards[k + 1]
        facing = float(normal @ paper.eye.towards_eye) / float(np.linalg.norm(normal))
        if facing <= 0.0:
            continue
        tone = _darker(grey, DARKEST + (1.0 - DARKEST) * facing)
        for piece, (low, high) in enumerate(pairwise(centres)):
            corners = np.array([low, low, high, high]) + shaft.radius_mm * outwards[[k, k + 1, k + 1, k]]
            if piece == 0:
                corners[:2] = cut[[k, k + 1]]
            yield Piece(paper.near(corners), area(paper.at(corners), tone, tone, THIN_MM))
    for edge in (cut, shaft.axis_mm[1] + shaft.radius_mm * outwards):
        # Just in front of the last piece of its own shaft.
        yield Piece(paper.near(edge) + 0.1, area(paper.at(edge), "#ffffff", INK, THIN_MM))


def _darker(grey: str, share: float) -> str:
    return "#" + "".join(f"{round(int(grey[k : k + 2], 16) * share):02x}" for k in (1, 3, 5))


def strut_pieces(paper: Paper, top_mm: Array, bottom_mm: Array, strut: int) -> Iterator[Piece]:
    """A strut in pieces, its colour between dark edges, its dashes along the middle."""
    look, dash = STRUT_LOOKS[strut], STRUT_DASHES[strut - 1]
    ends = top_mm + np.linspace(0.0, 1.0, STRUT_PIECES + 1)[:, None] * (bottom_mm - top_mm)
    on_paper = np.array(paper.at(ends))
    step = float(np.linalg.norm(on_paper[1] - on_paper[0]))
    for k in range(STRUT_PIECES):
        points = on_paper[k : k + 2].tolist()
        marks = [
            line(points, INK, EDGE_MM),
            line(points, look.shade, COLOUR_MM),
            line(points, look.ink, MIDDLE_MM, dash, offset_mm=k * step),
        ]
        yield Piece(paper.near(ends[k : k + 2]), "".join(marks))


def post_pieces(paper: Paper, joints_mm: Array, placed: PlacedRing) -> Iterator[Piece]:
    """What holds the joints on a ring, square to it, and the joints."""
    normal, centre = placed.T_ref_ring[:3, 2], placed.T_ref_ring[:3, 3]
    for joint in joints_mm:
        foot = joint - float((joint - centre) @ normal) * normal
        points = np.array([foot, joint])
        marks = line(paper.at(points), INK, MIDDLE_MM * 2.0) + circle(paper.at(points)[1], 0.9, PALE, INK)
        yield Piece(paper.near(points[1:]) + 0.1, marks)


WIDTH_MM = 182.0
BETWEEN_MM, ABOVE_MM, BELOW_MM = 4.0, 5.0, 1.0
TALLEST_MM, AROUND_MM = 82.0, 6.0
# Strip beneath a picture for the names of the directions, and their arrows (mm).
STRIP_MM, ARROW_MM = 16.0, 8.5
# The reference fragment is light, the moving one as on the radiograph views.
REFERENCE_GREY = "#f4f6f8"
RING_GREYS = {"proximal": "#d6dde3", "distal": "#eef1f4"}
# Where along a strut its number may stand, tried in this order, and how far apart numbers must be (mm on paper).
NUMBER_PLACES, NUMBERS_APART_MM = (0.5, 0.38, 0.62, 0.28, 0.72, 0.18, 0.82), 4.6


def frame_view(level: LevelPlan) -> bytes:
    """The frame on day 0 and on the last day (SVG), with one scale and one frame."""
    side = level.setup.side
    eye = camera(side)
    shown = {row.day: placed_level(level, row.pose) for row in (level.rows[0], level.last)}
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
        marks += _compass(paper, side)
    return svg(WIDTH_MM, ABOVE_MM + height + STRIP_MM + BELOW_MM, marks)


def _extent(now: PlacedLevel) -> Array:
    """Points (n, 3) that must be in the picture."""
    rims = [rim(ring, ring.ring.outer_radius_mm) for ring in now.rings.values()]
    return np.concatenate([*rims, *(shaft.axis_mm for shaft in now.shafts.values())])


def _frame(paper: Paper, now: PlacedLevel) -> list[str]:
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


def _numbers(paper: Paper, now: PlacedLevel) -> list[str]:
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

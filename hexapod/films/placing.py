"""The points to be placed on a radiograph, one after the other, and the lines drawn between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hexapod.case.film_format import EDGES, Film, View
from hexapod.case.level_parts import Bone
from hexapod.deformity.quantities import Fragment, lateral_x, moving_end
from hexapod.films.alignment import FEMORAL, TIBIAL, drawn_angles, drawn_axes
from hexapod.films.film_reading import FRAGMENTS, AxisLine, ReadFilm, right_on_film
from hexapod.films.film_warnings import said
from hexapod.films.measure import LEAST_CROSSING_DEG, crossing
from hexapod.films.ruler import ANGLE, FROM_LINE, RulerKind, RulerSize
from hexapod.films.scale import spacing
from hexapod.geometry.transforms import Array

# Pairs of cortex points that are asked for on each fragment: an axis needs three, and is surer with five.
ASKED_PAIRS = 5
NEEDED_PAIRS = 3
# Joints of each view in their order down the limb: name in the points, what a person calls it, what is placed of it.
JOINTS: dict[View, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "ap": (
        ("hip", "Femoral head", ("centre",)),
        ("trochanter", "Greater trochanter", ("centre",)),
        (FEMORAL, "Joint line of the distal femur", ("medial", "lateral")),
        ("knee", "Knee", ("centre",)),
        (TIBIAL, "Joint line of the proximal tibia", ("medial", "lateral")),
        ("ankle", "Joint line of the ankle", ("medial", "lateral")),
    ),
    "lateral": (
        (FEMORAL, "Joint line of the distal femur", ("anterior", "posterior")),
        (TIBIAL, "Joint line of the proximal tibia", ("anterior", "posterior")),
        ("ankle", "Joint line of the ankle", ("anterior", "posterior")),
    ),
}
HELP_OF_CENTRES = {
    "hip": "The middle of the circle round the femoral head.",
    "trochanter": "The tip of the greater trochanter.",
    "knee": "The middle of the knee, between the tibial spines.",
}
# Radius of an arc on the radiograph, as a share of its shorter side, and the angle between two points of its drawing.
ARC_SHARE, ARC_STEP_DEG = 0.12, 3.0


@dataclass(frozen=True)
class AskedPoint:
    """A point to be placed: its name in the case file, what a person calls it, what stands beside it, where it lies.

    Those of a `group` stand below its heading and are asked for only when one of them was chosen.
    """

    name: str
    label: str
    short: str
    help: str
    group: str = ""


@dataclass(frozen=True)
class DrawnLine:
    """A line through places in stored pixels, with a word at its end; `faint` for auxiliary lines."""

    path: tuple[tuple[float, float], ...]
    word: str
    faint: bool = False


def asked_points(view: View, *, pairs: int = ASKED_PAIRS) -> list[AskedPoint]:
    """The points of a view in the order in which they are asked for."""
    asked = []
    for fragment in FRAGMENTS:
        for number in range(1, pairs + 1):
            asked += [_cortex(fragment, number, edge) for edge in EDGES[view]]
    return [
        *asked,
        AskedPoint(
            "origin", "Origin", "origin", "The point of the reference fragment that everything is counted from."
        ),
        AskedPoint(
            "corresponding",
            "Corresponding point",
            "corresponding",
            "The point of the moving fragment that belongs where the origin is.",
        ),
        AskedPoint("osteotomy", "Osteotomy (optional)", "osteotomy", "The middle of the bone where it is cut."),
    ]


def _cortex(fragment: str, number: int, edge: str) -> AskedPoint:
    optional = " (optional)" if number > NEEDED_PAIRS else ""
    return AskedPoint(
        f"{fragment}.cortex.{number}.{edge}",
        f"{fragment.capitalize()} {number}, {edge} edge{optional}",
        f"{fragment[0].upper()}{number}" if edge in ("medial", "anterior") else "",
        f"The outer {edge} edge of the {fragment} fragment. Spread the pairs over at least 60 mm, both edges of a pair "
        "at one height.",
    )


def edge_to_the_right(film: Film) -> str:
    """The edge of a bone that lies on the right of a film as it is seen, which is turned back where it is mirrored.

    >>> from hexapod.case.film_format import Film
    >>> told = {"id": "a", "view": "ap", "side": "right", "seen_from": "front", "columns": 9, "rows": 9, "points": []}
    >>> edge_to_the_right(Film.model_validate(told))
    'medial'
    """
    phi = right_on_film(film)
    if film.view == "ap":
        return "lateral" if lateral_x(film.side) * math.cos(phi) > 0.0 else "medial"
    return "posterior" if math.sin(phi) > 0.0 else "anterior"


def joint_points(view: View) -> list[AskedPoint]:
    """The points of joint lines and centres, for alignment."""
    asked = []
    for name, called, parts in JOINTS[view]:
        for part in parts:
            label = called if part == "centre" else f"{called}, {part} end"
            help_ = HELP_OF_CENTRES.get(name, f"The {part} end of the joint line, on the subchondral bone.")
            asked.append(AskedPoint(f"joint.{name}.{part}", label, name.replace("_", " "), help_, "Joints (alignment)"))
    return asked


def ruler_points(kind: RulerKind, which: int) -> list[AskedPoint]:
    """The points of one measurement of the ruler."""
    heading = f"{kind.label} {which + 1}"
    names = kind.names(which)
    return [
        AskedPoint(name, f"{heading}, point {k}" if len(names) > 1 else heading, "", help_, "Ruler")
        for k, (name, help_) in enumerate(zip(names, kind.points, strict=True), start=1)
    ]


def drawn_lines(read: ReadFilm, reference: Fragment, bone: Bone | None) -> list[DrawnLine]:
    """All that is drawn between the points: axes, their angle, joint lines, mechanical axes and their angles."""
    lines = [*axis_lines(read, reference), *_angle_of_axes(read, reference)]
    lines += [
        DrawnLine(_pixels(read, start, end), word, faint=True) for word, start, end in drawn_axes(read, reference)
    ]
    for angle in drawn_angles(read, reference, bone):
        lines.append(_arc(read, angle.at, *angle.rays, f"{angle.name} {angle.deg:.1f}°"))
    return lines


def level_lines(read: ReadFilm, others: list[ReadFilm]) -> list[DrawnLine]:
    """Where other radiographs have points that both views show: lines across the bone at their heights."""
    axis, origin, lines = read.axis("reference"), read.nominal.at.get("origin"), []
    if axis is None or origin is None or read.film.scale is None or not read.directed:
        return []
    half = ARC_SHARE * min(read.film.columns, read.film.rows) * max(spacing(read.film))
    for other in others:
        for name, (height, _) in other.levels().items():
            at = origin[0] + height * axis.direction[0]
            path = _pixels(read, at - half * axis.right[0], at + half * axis.right[0])
            lines.append(DrawnLine(path, f"{said(name).removeprefix('the ')} on {other.film.id}", faint=True))
    return lines


def ruler_lines(read: ReadFilm, sizes: list[RulerSize]) -> list[DrawnLine]:
    """The lines of the ruler's measurements, each with its size; `sizes` are those of this radiograph."""
    at, lines = {point.name: point.at_px for point in read.film.points}, []
    for size in sizes:
        word = f"{size.size:.1f}{'°' if size.unit == 'deg' else f' {size.unit}'}"
        places = [(float(at[name][0]), float(at[name][1])) for name in size.points]
        if len(places) == len(ANGLE.points):
            lines += [DrawnLine(tuple(places[:2]), ""), DrawnLine(tuple(places[2:]), word)]
        elif len(places) == len(FROM_LINE.points):
            start, end, apart = (read.nominal.at[name][0] for name in size.points)
            along = (end - start) / np.linalg.norm(end - start)
            foot = start + ((apart - start) @ along) * along
            lines += [DrawnLine(tuple(places[:2]), ""), DrawnLine(_pixels(read, foot, apart), word)]
        elif len(places) > 1:
            lines.append(DrawnLine(tuple(places), word))
    return lines


def axis_lines(read: ReadFilm, reference: Fragment) -> list[DrawnLine]:
    """The bone axes of a radiograph, right across it."""
    lines = []
    for fragment in FRAGMENTS:
        axis = read.axis(fragment)
        if axis is not None:
            # The word stands where the fragment lies: at the proximal end of the proximal one.
            upwards = (fragment == "reference") == (moving_end(reference) < 0.0)
            path = _across(read, axis)
            lines.append(DrawnLine(path if upwards else path[::-1], f"{fragment} axis"))
    return lines


def _across(read: ReadFilm, axis: AxisLine) -> tuple[tuple[float, float], tuple[float, float]]:
    one, other = (read.pixels(axis.point[0] + way * axis.direction[0]) for way in (0.0, 1.0))
    towards = (other - one) / np.linalg.norm(other - one)
    far = float(np.hypot(read.film.columns, read.film.rows))
    return _within(one, towards, (read.film.columns, read.film.rows), far)


def _angle_of_axes(read: ReadFilm, reference: Fragment) -> list[DrawnLine]:
    """The arc between the two bone axes: where they cross, or beside the moving one where that is off the picture."""
    plane = read.nominal
    if plane.reference is None or plane.moving is None or not read.directed:
        return []
    away = moving_end(reference)
    rays = (away * plane.reference.direction[0], away * plane.moving.direction[0])
    deg = math.degrees(_turn(*rays))
    if abs(deg) < LEAST_CROSSING_DEG:
        return []
    at, lines = crossing(plane)[0], []
    x, y = read.pixels(at)
    if not (0.0 <= x <= read.film.columns and 0.0 <= y <= read.film.rows):
        at = plane.moving.point[0]
        parallel = AxisLine(at[None], plane.reference.direction)
        lines.append(DrawnLine(_across(read, parallel), "", faint=True))
    return [*lines, _arc(read, at, *rays, f"{abs(deg):.1f}°")]


def _turn(one: Array, other: Array) -> float:
    """The angle from one ray to another, rad, counter-clockwise on the plane."""
    return math.atan2(float(one[0] * other[1] - one[1] * other[0]), float(one @ other))


def _arc(read: ReadFilm, at: Array, one: Array, other: Array, word: str) -> DrawnLine:
    """An arc round a place of the plane from one unit ray to another, the short way."""
    corner = read.pixels(at)
    # As long on the radiograph as a share of its shorter side, whatever a pixel is long.
    radius = ARC_SHARE * min(read.film.columns, read.film.rows) / float(np.linalg.norm(read.pixels(at + one) - corner))
    start, turn = math.atan2(one[1], one[0]), _turn(one, other)
    count = max(2, math.ceil(abs(math.degrees(turn)) / ARC_STEP_DEG) + 1)
    angles = start + np.linspace(0.0, turn, count)
    places = [at + radius * np.array([math.cos(angle), math.sin(angle)]) for angle in angles]
    return DrawnLine(_pixels(read, *places), word)


def _pixels(read: ReadFilm, *places: Array) -> tuple[tuple[float, float], ...]:
    found = [read.pixels(place) for place in places]
    return tuple((float(x), float(y)) for x, y in found)


def _within(
    at: np.ndarray, towards: np.ndarray, size: tuple[int, int], far: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where a line enters and leaves the radiograph, pixels; its place itself where it never does."""
    least, most = -far, far
    for k in range(2):
        if abs(towards[k]) > 1e-12:
            bounds = sorted((limit - at[k]) / towards[k] for limit in (0.0, float(size[k])))
            least, most = max(least, bounds[0]), min(most, bounds[1])
    start, end = (at + length * towards for length in (least, most))
    return (float(start[0]), float(start[1])), (float(end[0]), float(end[1]))

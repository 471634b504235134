"""The free ruler on one radiograph: a place from the origin, a distance, a distance from a line, an angle of two lines.

Its points are those named `free.N`.  The hundreds of N say what is measured, the rest which one of its kind it is and
which point of it: four numbers each, so 25 of a kind on a radiograph.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Side
from hexapod.films import film_reading as e
from hexapod.films.film_reading import FilmPlane, ReadFilm
from hexapod.films.measure import across_words
from hexapod.geometry.transforms import Array

MOST_OF_A_KIND, POINTS_OF_ONE = 25, 4


@dataclass(frozen=True)
class RulerKind:
    """What can be measured: `number` is the hundreds of its points, `points` what each of them is."""

    number: int
    name: str
    label: str
    points: tuple[str, ...]

    def names(self, which: int) -> list[str]:
        """The names of the points of one measurement of this kind, counted from 0."""
        first = 100 * self.number + POINTS_OF_ONE * which
        return [f"free.{first + k}" for k in range(len(self.points))]

    def unused(self, names: Iterable[str]) -> int | None:
        """The first measurement of this kind that has no point among `names`; None when all are used."""
        used = set(names)
        return next((which for which in range(MOST_OF_A_KIND) if used.isdisjoint(self.names(which))), None)


PLACE = RulerKind(1, "place", "Place from the origin", ("The place that is measured from the origin.",))
DISTANCE = RulerKind(2, "distance", "Distance", ("One end of the distance.", "Its other end."))
FROM_LINE = RulerKind(
    3,
    "distance from a line",
    "Distance from a line",
    ("A point of the line.", "Another point of the line, far from the first.", "What is measured from the line."),
)
ANGLE = RulerKind(
    4,
    "angle",
    "Angle of two lines",
    (
        "A point of the first line.",
        "Another point of the first line, far from it.",
        "A point of the second line.",
        "Another point of the second line, far from it.",
    ),
)
KINDS = (PLACE, DISTANCE, FROM_LINE, ANGLE)


@dataclass(frozen=True)
class RulerSize:
    """A size by the ruler: mm, px on a radiograph without scale, or deg.

    `word` is the direction word of a place, such as `lateral_mm`; empty where nothing has a direction.  `points` are
    the names of its points.
    """

    name: str
    word: str
    size: float
    sd: float
    unit: str
    film: str
    points: tuple[str, ...]


def ruled(film: ReadFilm, side: Side) -> list[RulerSize]:
    """The measurements of the free ruler on a radiograph, in the order of the kinds.

    A place needs the reference axis, its direction and the origin; across the axis it is given in words where the
    radiograph is not turned.  An angle is that of the two lines, 0 to 90 deg.
    """
    placed = {point.name for point in film.film.points}
    found: list[RulerSize] = []
    for kind in KINDS:
        for which in range(MOST_OF_A_KIND):
            names = kind.names(which)
            if placed.issuperset(names):
                found += _sizes(film, side, kind, which, names)
    return found


def _sizes(film: ReadFilm, side: Side, kind: RulerKind, which: int, names: list[str]) -> list[RulerSize]:
    def ruler_size(size: float, sd: float, unit: str, word: str = "") -> RulerSize:
        floor = e.WORD_FLOOR_DEG.value if unit == "deg" else e.WORD_FLOOR_MM.value if unit == "mm" else 0.0
        return RulerSize(
            f"{kind.name} {which + 1}", word, size, math.hypot(sd, floor), unit, film.film.id, tuple(names)
        )

    length = "px" if film.film.scale is None else "mm"
    if kind is PLACE:
        if film.nominal.reference is None or "origin" not in film.nominal.at or not film.directed or length == "px":
            return []
        found, covariances = film.read(_place(names[0]), np.ones(2))
        words = (w.ALONG_BONE.say(float(found[0])), across_words(film, side, float(found[1])))
        return [
            ruler_size(size, covariances.sd(number), length, word)
            for number, size_word in enumerate(words)
            for word, size in size_word.items()
        ]
    size, unit = {DISTANCE: (_distance, length), FROM_LINE: (_from_line, length), ANGLE: (_angle, "deg")}[kind]
    found, covariances = film.read(size(names), np.array([0.0 if unit == "deg" else 1.0]))
    return [] if not np.isfinite(found[0]) else [ruler_size(float(found[0]), covariances.sd(0), unit)]


def _place(name: str) -> Callable[[FilmPlane], Array]:
    """Along the reference axis from the origin, proximally, and across it to its right."""

    def size(plane: FilmPlane) -> Array:
        assert plane.reference is not None
        apart = plane.at[name] - plane.at["origin"]
        axes = (plane.reference.direction, plane.reference.right)
        return np.stack([(apart * axis).sum(axis=-1) for axis in axes], axis=-1)

    return size


def _distance(names: list[str]) -> Callable[[FilmPlane], Array]:
    return lambda plane: np.linalg.norm(plane.at[names[1]] - plane.at[names[0]], axis=-1)[:, None]


def _from_line(names: list[str]) -> Callable[[FilmPlane], Array]:
    def size(plane: FilmPlane) -> Array:
        start, end, at = (plane.at[name] for name in names)
        along = end - start
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.abs(_cross(along, at - start)) / np.linalg.norm(along, axis=-1), float)[:, None]

    return size


def _angle(names: list[str]) -> Callable[[FilmPlane], Array]:
    def size(plane: FilmPlane) -> Array:
        a, b, c, d = (plane.at[name] for name in names)
        one, other = b - a, d - c
        cosine = (one * other).sum(axis=-1)
        # Two points in one place give a line without a direction.
        length = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
        angle = np.degrees(np.arctan2(np.abs(_cross(one, other)), np.abs(cosine)))
        return np.where(length > 0.0, angle, np.nan)[:, None]

    return size


def _cross(a: Array, b: Array) -> Array:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], float)

"""What AP and lateral films would show of a level on a day: places in mm on the film, before anything is drawn.

An AP film is seen as if facing the patient, so the patient's left (+x) is on its right; a lateral view has posterior
(+y) on its right.  Proximal is up on both.  Which side of the film is medial, the clinical code says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hexapod.deformity.mounting import place
from hexapod.deformity.sides import Fragment, Side
from hexapod.drawings.level_geometry import PlacedRing, Shaft, Standing, standing
from hexapod.geometry.transforms import Array
from hexapod.plan.make_plan import LevelPlan

View = Literal["AP", "lateral"]
# The axes of the limb that run to the right and up on a film, and the words that lie on its two sides.
FILM_AXES: dict[View, list[int]] = {"AP": [0, 2], "lateral": [1, 2]}
SIDEWAYS: dict[View, tuple[str, str]] = {"AP": ("medial", "lateral"), "lateral": ("anterior", "posterior")}
# Corners of a circle seen from the side: finer than a printed line.
AROUND = 48


@dataclass(frozen=True)
class FragmentShape:
    """A fragment on a film: `axis_mm` (2, 2) from the cut outwards, `outline_mm` (4, 2) from one edge of the cut."""

    axis_mm: Array
    outline_mm: Array


@dataclass(frozen=True)
class Film:
    """One view of one day, mm on the film from the origin: to the right and up.

    `rings_mm` are outlines (n, 2); `structures_mm` (k, 2) in the order of the case.
    """

    view: View
    day: int
    left_word: str
    right_word: str
    reference: Fragment
    fragments: dict[Fragment, FragmentShape]
    rings_mm: dict[Fragment, Array]
    corresponding_mm: Array
    structures_mm: Array

    def points_mm(self) -> Array:
        """All that must be on the film (n, 2)."""
        shapes = [shape.outline_mm for shape in self.fragments.values()]
        return np.concatenate([*shapes, *self.rings_mm.values(), self.structures_mm])


def film(level: LevelPlan, day: int, view: View) -> Film:
    """What a film taken square to the reference fragment shows in the evening of a day.  The level must have rows."""
    assert level.frame is not None
    return film_of(standing(level, day), level.frame.setup.side, view, day)


def film_of(now: Standing, side: Side, view: View, day: int = 0) -> Film:
    """What a film shows of a level that stands like this."""
    axes = FILM_AXES[view]
    left, right = side_words(view, side)
    return Film(
        view=view,
        day=day,
        left_word=left,
        right_word=right,
        reference=now.reference,
        fragments={name: _shape(shaft, axes) for name, shaft in now.shafts.items()},
        rings_mm={name: _outline(ring, axes) for name, ring in now.rings.items()},
        corresponding_mm=now.corresponding_mm[axes],
        structures_mm=now.structures_mm[:, axes],
    )


def side_words(view: View, side: Side) -> tuple[str, str]:
    """The directions on the left and on the right of a film.

    >>> side_words("AP", "right"), side_words("AP", "left"), side_words("lateral", "left")
    (('lateral', 'medial'), ('medial', 'lateral'), ('anterior', 'posterior'))
    """
    across = FILM_AXES[view][0]
    first, second = sorted(SIDEWAYS[view], key=lambda word: float(place({f"{word}_mm": 1.0}, side)[across]))
    return first, second


def _shape(shaft: Shaft, axes: list[int]) -> FragmentShape:
    """A shaft as it is seen: as wide as it is, about its axis as projected, with its cut."""
    axis = shaft.axis_mm[:, axes]
    along = (axis[1] - axis[0]) / np.linalg.norm(axis[1] - axis[0])
    edge = shaft.radius_mm * np.array([-along[1], along[0]])
    rise = cut_rise(shaft, axes, edge)
    cut = axis[0] + edge + rise, axis[0] - edge - rise
    return FragmentShape(axis, np.array([cut[0], axis[1] + edge, axis[1] - edge, cut[1]]))


def cut_rise(shaft: Shaft, axes: list[int], across_mm: Array) -> Array:
    """By how much (2,) a leaning cut rises at a place (2,) beside the axis on the film.

    Only the reference fragment's cut leans, and its axes are those of the film.
    """
    return np.array([0.0, float(shaft.lean[axes[0]] * across_mm[0])])


def _outline(placed: PlacedRing, axes: list[int]) -> Array:
    """The outline (n, 2) of a ring's body on a film."""
    turn = np.linspace(0.0, 2.0 * np.pi, AROUND, endpoint=False)
    radius, half = placed.ring.outer_radius_mm, 0.5 * placed.ring.thickness_mm
    rims = [
        np.stack([radius * np.cos(turn), radius * np.sin(turn), np.full(AROUND, height)], axis=1)
        for height in (-half, half)
    ]
    T = placed.T_ref_ring
    return hull((np.concatenate(rims) @ T[:3, :3].T + T[:3, 3])[:, axes])


def hull(points: Array) -> Array:
    """The convex outline (m, 2) of points (n, 2), counter-clockwise.

    Source: Andrew's monotone chain: sorted points, lower side then upper side, corners that turn right left out.

    >>> hull(np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 0.5], [2.0, 2.0], [0.0, 2.0]])).tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]
    """
    ordered = sorted(map(tuple, points.tolist()))
    sides = []
    for way in (ordered, ordered[::-1]):
        side: list[tuple[float, ...]] = []
        for point in way:
            while len(side) >= 2 and _turn(side[-2], side[-1], point) <= 0.0:
                side.pop()
            side.append(point)
        sides += side[:-1]
    return np.array(sides)


def _turn(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...]) -> float:
    """Above 0 when the way from a over b to c turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

"""Positions of bone and rings of a hexapod on a day, and what AP and lateral radiographs would show of them.

Places are in mm, in the axes of the reference fragment or on the radiograph, before anything is drawn.  An AP
radiograph is seen as if facing the patient, so the patient's left (+x) is on its right; a lateral view has posterior
(+y) on its right.  Proximal is up on both.  Which side of the radiograph is medial is decided by the clinical code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hexapod.deformity.pose import along_bone, place
from hexapod.deformity.quantities import Fragment, Side, moving_end, other
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Ring
from hexapod.plan.make_plan import LevelPlan

# A bone whose diameter was not given is drawn so wide (mm); the pictures say that it was not given.
ASSUMED_DIAMETER_MM = 20.0
# Of a fragment so much is drawn beyond its ring, and at least so much from the osteotomy (mm).
BEYOND_RING_MM, LEAST_LENGTH_MM = 40.0, 80.0


@dataclass(frozen=True)
class Shaft:
    """A fragment: its pose `T_ref_frag` (4, 4), its axis (2, 3) from the osteotomy outwards and its radius, mm.

    `slope` (2,): by how much its osteotomy rises per mm along x and along y of its own axes; 0 where it is square.
    """

    T_ref_frag: Array
    axis_mm: Array
    radius_mm: float
    slope: Array


@dataclass(frozen=True)
class PlacedRing:
    """A ring, its pose `T_ref_ring` (4, 4), and which of the two of its hexapod it is."""

    ring: Ring
    T_ref_ring: Array
    used: Fragment

    def edge(self, radius_mm: float, pieces: int, height_mm: float = 0.0) -> Array:
        """An edge (pieces + 1, 3) of the body at a radius, in reference axes, mm: as far as the body goes."""
        line = self.ring.outline.line(radius_mm, pieces, self.used)
        flat = np.column_stack([line, np.full(len(line), height_mm)])
        return np.asarray(flat @ self.T_ref_ring[:3, :3].T + self.T_ref_ring[:3, 3])


@dataclass(frozen=True)
class PlacedLevel:
    """A level on an evening: fragments and rings by name, and structures at risk (k, 3), in reference axes, mm."""

    reference: Fragment
    shafts: dict[Fragment, Shaft]
    rings: dict[Fragment, PlacedRing]
    structures_mm: Array

    @property
    def corresponding_mm(self) -> Array:
        """The corresponding point (3,); the origin is 0."""
        T: Array = self.shafts[other(self.reference)].T_ref_frag
        return T[:3, 3]

    def joints_mm(self) -> tuple[Array, Array]:
        """Joints (6, 3) of the proximal and of the distal ring."""
        proximal, distal = self.rings["proximal"], self.rings["distal"]
        return (
            _moved(proximal.T_ref_ring, proximal.ring.proximal_joints_mm),
            _moved(distal.T_ref_ring, distal.ring.distal_joints_mm),
        )


def placed_level(level: LevelPlan, T_ref_mov: Array) -> PlacedLevel:
    """A planned level with its moving fragment at a pose (4, 4)."""
    frame, setup = level.frame, level.setup
    models: dict[Fragment, Ring] = {"proximal": setup.proximal_ring, "distal": setup.distal_ring}
    bone = setup.level.bone
    structures = setup.tracked.places_mov_mm[len(setup.tracked.names) - len(setup.level.structures_at_risk) :]
    return place_level(
        setup.reference,
        T_ref_mov,
        mounts={setup.reference: setup.T_ref_ring, other(setup.reference): frame.T_mov_mring},
        models=models,
        cut_mm=0.0 if bone is None else along_bone(bone.osteotomy.words()),
        reference_end_mm=level.reference_end,
        diameter_mm=None if bone is None else bone.diameter_mm,
        structures_mm=_moved(T_ref_mov, structures.reshape(-1, 3)),
    )


def place_level(
    reference: Fragment,
    T_ref_mov: Array,
    *,
    mounts: Mapping[Fragment, Array],
    models: Mapping[Fragment, Ring],
    cut_mm: float,
    diameter_mm: float | None,
    structures_mm: Array,
    reference_end_mm: tuple[float, Array] | None = None,
) -> PlacedLevel:
    """A level with its moving fragment at a pose (4, 4).

    `mounts` are the poses (4, 4) of the rings on their fragments and `models` the rings, as far as both are known;
    `cut_mm` is the height of the osteotomy along the moving fragment's axis, `structures_mm` (k, 3) in reference axes.
    `reference_end_mm` is where the reference fragment ends, as `trajectory.gaps.reference_end` gives it; at the height
    of the osteotomy, and square, when it is not given.
    """
    poses: dict[Fragment, Array] = {reference: np.eye(4), other(reference): T_ref_mov}
    radius_mm = 0.5 * (ASSUMED_DIAMETER_MM if diameter_mm is None else diameter_mm)
    heights_mm = {name: float(T[2, 3]) for name, T in mounts.items()}
    square = np.zeros(2)
    ends = {other(reference): (cut_mm, square), reference: reference_end_mm or (cut_mm, square)}
    return PlacedLevel(
        reference=reference,
        shafts={
            name: Shaft(T, _moved(T, _axis(name, ends[name][0], heights_mm.get(name))), radius_mm, ends[name][1])
            for name, T in poses.items()
        },
        rings={name: PlacedRing(models[name], poses[name] @ mounts[name], name) for name in models if name in mounts},
        structures_mm=structures_mm,
    )


def _axis(fragment: Fragment, cut_mm: float, ring_mm: float | None) -> Array:
    """The axis (2, 3) of a fragment in its own axes: from the osteotomy outwards, past its ring if it has one."""
    outwards = moving_end(other(fragment))
    length = LEAST_LENGTH_MM
    if ring_mm is not None:
        length = max(outwards * (ring_mm - cut_mm) + BEYOND_RING_MM, LEAST_LENGTH_MM)
    return np.array([[0.0, 0.0, cut_mm], [0.0, 0.0, cut_mm + outwards * length]])


def _moved(T: Array, points_mm: Array) -> Array:
    return np.asarray(points_mm @ T[:3, :3].T + T[:3, 3])


View = Literal["AP", "lateral"]
# The axes of the limb that run to the right and up on a radiograph, and the words that lie on its two sides.
RADIOGRAPH_AXES: dict[View, list[int]] = {"AP": [0, 2], "lateral": [1, 2]}
SIDEWAYS: dict[View, tuple[str, str]] = {"AP": ("medial", "lateral"), "lateral": ("anterior", "posterior")}
# Corners of a circle seen from the side: finer than a printed line.
AROUND = 48


@dataclass(frozen=True)
class FragmentShape:
    """A fragment on a radiograph: `axis_mm` (2, 2) from the osteotomy outwards, `outline_mm` (4, 2) from its edge."""

    axis_mm: Array
    outline_mm: Array


@dataclass(frozen=True)
class Radiograph:
    """One view of one day, mm on the radiograph from the origin: to the right and up.

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
        """All that must be on the radiograph (n, 2)."""
        shapes = [shape.outline_mm for shape in self.fragments.values()]
        return np.concatenate([*shapes, *self.rings_mm.values(), self.structures_mm])


def radiograph(level: LevelPlan, day: int, view: View) -> Radiograph:
    """What a radiograph square to the reference fragment shows in the evening of a day."""
    return radiograph_of(placed_level(level, level.rows[day].pose), level.setup.side, view, day)


def radiograph_of(now: PlacedLevel, side: Side, view: View, day: int = 0) -> Radiograph:
    """What a radiograph shows of a level that stands like this."""
    axes = RADIOGRAPH_AXES[view]
    left, right = side_words(view, side)
    return Radiograph(
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
    """The directions on the left and on the right of a radiograph.

    >>> side_words("AP", "right"), side_words("AP", "left"), side_words("lateral", "left")
    (('lateral', 'medial'), ('medial', 'lateral'), ('anterior', 'posterior'))
    """
    across = RADIOGRAPH_AXES[view][0]
    first, second = sorted(SIDEWAYS[view], key=lambda word: float(place({f"{word}_mm": 1.0}, side)[across]))
    return first, second


def _shape(shaft: Shaft, axes: list[int]) -> FragmentShape:
    """A shaft as it is seen: as wide as it is, about its axis as projected, with its osteotomy."""
    axis = shaft.axis_mm[:, axes]
    along = (axis[1] - axis[0]) / np.linalg.norm(axis[1] - axis[0])
    edge = shaft.radius_mm * np.array([-along[1], along[0]])
    rise = cut_rise(shaft, axes, edge)
    cut = axis[0] + edge + rise, axis[0] - edge - rise
    return FragmentShape(axis, np.array([cut[0], axis[1] + edge, axis[1] - edge, cut[1]]))


def cut_rise(shaft: Shaft, axes: list[int], across_mm: Array) -> Array:
    """By how much (2,) an oblique osteotomy rises at a place (2,) beside the axis on the radiograph.

    Only the reference fragment's cut is oblique, and its axes are those of the radiograph.
    """
    return np.array([0.0, float(shaft.slope[axes[0]] * across_mm[0])])


def _outline(placed: PlacedRing, axes: list[int]) -> Array:
    """The outline (n, 2) of a ring's body on a radiograph."""
    radius, half = placed.ring.outer_radius_mm, 0.5 * placed.ring.thickness_mm
    return hull(np.concatenate([placed.edge(radius, AROUND, height) for height in (-half, half)])[:, axes])


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
    """Above 0 when the path from a over b to c turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

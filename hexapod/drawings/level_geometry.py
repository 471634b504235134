"""Where bone and rings of a level stand on a day, in the axes of the reference fragment, mm: what pictures draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hexapod.deformity.mounting import along_bone
from hexapod.deformity.sides import Fragment, moving_end, other
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Ring
from hexapod.plan.make_plan import LevelPlan
from hexapod.trajectory.gaps import reference_end

# A bone whose diameter was not given is drawn so wide (mm); the pictures say that it was not given.
ASSUMED_DIAMETER_MM = 20.0
# Of a fragment so much is drawn beyond its ring, and at least so much from the cut (mm).
BEYOND_RING_MM, LEAST_LENGTH_MM = 40.0, 80.0


@dataclass(frozen=True)
class Shaft:
    """A fragment: its pose `T_ref_frag` (4, 4), its axis (2, 3) from the cut outwards and its radius, mm.

    `lean` (2,): by how much its cut rises per mm along x and along y of its own axes; 0 where it is square.
    """

    T_ref_frag: Array
    axis_mm: Array
    radius_mm: float
    lean: Array


@dataclass(frozen=True)
class PlacedRing:
    """A ring and its pose `T_ref_ring` (4, 4)."""

    ring: Ring
    T_ref_ring: Array


@dataclass(frozen=True)
class Standing:
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


def standing(level: LevelPlan, day: int) -> Standing:
    """A level in the evening of a day, as intended.  The level must have rows."""
    assert level.frame is not None
    frame, T_ref_mov = level.frame, level.rows[day].pose
    setup = frame.setup
    models: dict[Fragment, Ring] = {"proximal": setup.proximal_ring, "distal": setup.distal_ring}
    bone = setup.level.bone
    reference_end_mm = reference_end(frame.course)
    structures = setup.tracked.places_mov_mm[len(setup.tracked.names) - len(setup.level.structures_at_risk) :]
    return stand(
        setup.reference,
        T_ref_mov,
        mounts={setup.reference: setup.T_ref_ring, other(setup.reference): frame.T_mov_mring},
        models=models,
        cut_mm=0.0 if bone is None else along_bone(bone.osteotomy.words()),
        reference_end_mm=reference_end_mm,
        diameter_mm=None if bone is None else bone.diameter_mm,
        structures_mm=_moved(T_ref_mov, structures.reshape(-1, 3)),
    )


def stand(
    reference: Fragment,
    T_ref_mov: Array,
    *,
    mounts: Mapping[Fragment, Array],
    models: Mapping[Fragment, Ring],
    cut_mm: float,
    diameter_mm: float | None,
    structures_mm: Array,
    reference_end_mm: tuple[float, Array] | None = None,
) -> Standing:
    """A level with its moving fragment at a pose (4, 4).

    `mounts` are the poses (4, 4) of the rings on their fragments and `models` the rings, as far as both are known;
    `cut_mm` is the height of the cut along the moving fragment's axis, `structures_mm` (k, 3) in reference axes.
    `reference_end_mm` is where the reference fragment ends, as `planning.gaps.reference_end` tells it; at the height of
    the cut, and square, when it is not given.
    """
    poses: dict[Fragment, Array] = {reference: np.eye(4), other(reference): T_ref_mov}
    radius_mm = 0.5 * (ASSUMED_DIAMETER_MM if diameter_mm is None else diameter_mm)
    heights_mm = {name: float(T[2, 3]) for name, T in mounts.items()}
    square = np.zeros(2)
    ends = {other(reference): (cut_mm, square), reference: reference_end_mm or (cut_mm, square)}
    return Standing(
        reference=reference,
        shafts={
            name: Shaft(T, _moved(T, _axis(name, ends[name][0], heights_mm.get(name))), radius_mm, ends[name][1])
            for name, T in poses.items()
        },
        rings={name: PlacedRing(models[name], poses[name] @ mounts[name]) for name in models if name in mounts},
        structures_mm=structures_mm,
    )


def _axis(fragment: Fragment, cut_mm: float, ring_mm: float | None) -> Array:
    """The axis (2, 3) of a fragment in its own axes: from the cut outwards, past its ring if it has one."""
    outwards = moving_end(other(fragment))
    length = LEAST_LENGTH_MM
    if ring_mm is not None:
        length = max(outwards * (ring_mm - cut_mm) + BEYOND_RING_MM, LEAST_LENGTH_MM)
    return np.array([[0.0, 0.0, cut_mm], [0.0, 0.0, cut_mm + outwards * length]])


def _moved(T: Array, points_mm: Array) -> Array:
    return np.asarray(points_mm @ T[:3, :3].T + T[:3, 3])

"""Bounds on how the bodies of a level move against each other within a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.checks.collision_bodies import SHORTEST_LIMB_MM, Bodies, Kind
from hexapod.collision.closest_approach import MotionBounds
from hexapod.geometry.pose_path import daily_turns
from hexapod.geometry.transforms import Array, transform_points
from hexapod.kinematics.inverse import STRUTS, rigid_lengths
from hexapod.trajectory.frame_trajectory import FrameCourse, ring_course
from hexapod.trajectory.level_setup import LevelSetup

# The acceleration is bounded by twice what an evenly moving fragment can have: one that gives way to another level
# moves evenly in that level's axes, which adds a Coriolis part of the same size.
ACCELERATION_RESERVE = 2.0
# Where a bound divides by the length of a strut, none counts as shorter than this: its joints would touch.
SHORTEST_STRUT_MM = 1.0


@dataclass(frozen=True)
class _Bound:
    """Bounds (days,) of speed in mm/day and of acceleration in mm/day^2."""

    speed: Array
    acceleration: Array

    def __add__(self, other: _Bound) -> _Bound:
        return _Bound(self.speed + other.speed, self.acceleration + other.acceleration)


def motion_bounds(frame: FrameCourse, bodies: Bodies) -> MotionBounds:
    """Bounds (days, pairs) on the motion of each pair's bodies against each other.

    Seen from the reference fragment, a point of the moving one goes from evening to evening by a chord c, while the
    corresponding point goes by t and all turns by w rad.  Moving evenly, its acceleration is w times the speed of its
    turn, so at most `w (c + t)`; within a day its speed grows by no more than that above c.
    """
    T = frame.course.T_ref_mov
    turn, way = daily_turns(T), _daily_ways(T)
    T_ref_mring = T @ frame.T_mov_mring
    moving = 1 if frame.setup.reference == "proximal" else 0

    def of_points(points_mring_mm: Array) -> _Bound:
        return _points(T, frame.T_mov_mring, points_mring_mm)

    still = _Bound(0.0 * way, 0.0 * way)
    joints = bodies.joints_mm[moving]
    across = float(np.linalg.norm(joints[:, None] - joints[None], axis=2).max())
    strut = of_points(joints)
    # Points at shares u and v of two struts part with u a - v b, a and b being the motions of their joints: at most the
    # largest of a, b and a - b, and the last is a turn only.
    struts = _Bound(np.maximum(strut.speed, turn * across), 2.0 * strut.acceleration)
    body = bodies.rings[moving]
    ring = of_points(np.zeros((1, 3))) + _turning_face(T_ref_mring, turn, body.outer_mm + body.half_mm)
    bone = still if bodies.bone_mm is None else of_points(bodies.bone_mm[moving])
    limb = still
    if bodies.limb is not None:
        end = (bodies.limb.proximal_mm, bodies.limb.distal_mm)[moving]
        limb = _limb(frame, bodies, of_points(end[None]))
    seen: dict[Kind, _Bound] = {
        "strut_strut": struts,
        "strut_bone": strut + bone,
        "strut_limb": strut + limb,
        "ring_limb": ring + limb,
        "ring_ring": ring,
    }
    shape = (len(way), len(bodies.pairs))
    return MotionBounds(
        speed=np.array([seen[pair.kind].speed for pair in bodies.pairs]).T.reshape(shape),
        acceleration=np.array([seen[pair.kind].acceleration for pair in bodies.pairs]).T.reshape(shape),
        thickness_mm=np.array([bodies.thickness_mm(pair) for pair in bodies.pairs]),
    )


def jacobian_bounds(setup: LevelSetup, T_ref_mov: Array, T_mov_mring: Array) -> tuple[Array, Array]:
    """Bounds (days,) on the first and second derivative, a day, of the Jacobian in the Frobenius norm.

    `T_ref_mov` (n, 4, 4) are the evenings of an even motion.  Seen from the reference ring, a strut's joint moves by V
    and the distal arms turn by w (not at all when the proximal ring is the one that moves).  Rows are n and the product
    of an arm with n, whose mean square is 1: `|J'|^2 <= 6 (|n'|^2 + (w + |n'|)^2)`, and alike for the second one.

    Source: for a unit vector n along a strut of length l, |n'| <= V / l and |n''| <= A / l + 3 |n'|^2.
    """
    moving = 1 if setup.reference == "proximal" else 0
    joint = _points(T_ref_mov, T_mov_mring, setup.joints_mm[moving])
    lengths = rigid_lengths(*setup.joints_mm, ring_course(setup, T_ref_mov, T_mov_mring)).min(axis=1)
    shortest = np.maximum(0.5 * (lengths[1:] + lengths[:-1] - joint.speed), SHORTEST_STRUT_MM)
    along = joint.speed / shortest
    along_change = joint.acceleration / shortest + 3.0 * along**2
    turn = daily_turns(T_ref_mov)
    arm = moving * (turn + ACCELERATION_RESERVE * turn**2)
    arm_change = ACCELERATION_RESERVE * arm**2
    speed = np.sqrt(STRUTS * (along**2 + (arm + along) ** 2))
    change = np.sqrt(STRUTS * (along_change**2 + (arm_change + 2.0 * arm * along + along_change) ** 2))
    return speed, change


def _points(T_ref_mov: Array, T_mov_mring: Array, points_mring_mm: Array) -> _Bound:
    """Bounds for points (k, 3) of the moving ring, of all of them."""
    places = transform_points(T_ref_mov @ T_mov_mring, points_mring_mm)
    chord = np.linalg.norm(np.diff(places, axis=0), axis=2).max(axis=1)
    acceleration = ACCELERATION_RESERVE * daily_turns(T_ref_mov) * (chord + _daily_ways(T_ref_mov))
    return _Bound(chord + acceleration, acceleration)


def _daily_ways(T_ref_mov: Array) -> Array:
    """How far (n - 1,) in mm the corresponding point goes from evening to evening."""
    return np.asarray(np.linalg.norm(np.diff(T_ref_mov[:, :3, 3], axis=0), axis=1))


def _turning_face(T_ref_mring: Array, turn: Array, reach_mm: float) -> _Bound:
    """How a ring's points move about its centre, its spin about its own normal left out: it changes no distance.

    What is left turns with the normal n.  A direction N carried along has |N'| <= |n'| and |N''| <= |n''| + |n'|^2.
    """
    chord = np.linalg.norm(np.diff(T_ref_mring[:, :3, 2], axis=0), axis=1)
    change = ACCELERATION_RESERVE * turn * chord
    speed = chord + change
    return _Bound(reach_mm * speed, reach_mm * (change + speed**2))


def _limb(frame: FrameCourse, bodies: Bodies, end: _Bound) -> _Bound:
    """Bounds for the points of a limb, one end of whose axis is still while the other moves as `end`.

    A point r beside the axis at share u of its length l has the motion of the moving end times u, and turns with the
    axis, which turns by at most V / l a day.  No nearest point lies further beyond an end than the ring and its joints
    reach, which is less than their diameter.

    Source: for a unit vector e along a difference w of length l, |e'| <= |w'| / l and |e''| <= |w''| / l + 3 |e'|^2,
    by the product rule; a normal N carried along with e has |N'| <= |e'| and |N''| <= |e''| + |e'|^2.
    """
    assert bodies.limb is not None
    near, far = bodies.limb_ends(frame.T_prox_dist)
    length = np.linalg.norm(far - near, axis=1)
    # Rings that pass through each other within a day are refused for their rate; such a day still needs some bound.
    shortest = np.maximum(0.5 * (length[1:] + length[:-1] - end.speed), 0.5 * SHORTEST_LIMB_MM)
    beyond = 2.0 * max(ring.outer_mm for ring in bodies.rings)
    radius = max(bodies.limb.proximal_radius_mm, bodies.limb.distal_radius_mm)
    share = 1.0 + (beyond + radius) / shortest
    turning = 4.0 * radius * (end.speed / shortest) ** 2
    return _Bound(share * end.speed, share * end.acceleration + turning)

"""H-09: the bodies of a level (struts, bone, limb, rings), how far they are apart, and bounds on how they move."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hexapod.collision.closest_approach import MotionBounds, Numbers, moved_each, segment_to_segment
from hexapod.collision.open_rings import OpenRing, RingBody, body_to_body, body_to_cone, box_corners
from hexapod.collision.solids import Annulus, Cone, segment_to_cone
from hexapod.deformity.pose import along_bone
from hexapod.deformity.quantities import Fragment
from hexapod.geometry.pose_path import daily_turns
from hexapod.geometry.transforms import Array, invert, transform_points
from hexapod.hardware.models import Ring
from hexapod.hardware.ring_bodies import MIDDLE_DEG
from hexapod.kinematics.inverse import STRUTS, rigid_lengths
from hexapod.trajectory.frame_trajectory import FrameCourse, ring_course
from hexapod.trajectory.level_setup import LevelSetup

Kind = Literal["strut_strut", "strut_bone", "strut_limb", "ring_limb", "ring_ring"]
# `T_ref_mov` (n, 4, 4) at times (n,) in days.
PosesAt = Callable[[Array], Array]

# Between two rings closer than this (mm, along the bone) a limb has no direction to speak of.
SHORTEST_LIMB_MM = 10.0
# A bone's axis meets its ring's plane at a definite place while it tilts less than this on the ring's normal.
STEEPEST_TILT_DEG = 80.0


@dataclass(frozen=True)
class BodyPair:
    """Two bodies whose distance is judged: kind, words for a sentence, the struts (1 to 6) or ring that take part."""

    kind: Kind
    words: str
    struts: tuple[int, ...] = ()
    ring: Fragment | None = None

    @property
    def bodies(self) -> tuple[str, ...]:
        """The names of the two: "strut 1" to "strut 6", "proximal ring", "distal ring", "bone", "limb"."""
        if self.kind == "ring_ring":
            return ("proximal ring", "distal ring")
        own = tuple(f"strut {number}" for number in self.struts) or (f"{self.ring} ring",)
        other = {"strut_bone": ("bone",), "strut_limb": ("limb",), "ring_limb": ("limb",)}
        return own + other.get(self.kind, ())


@dataclass(frozen=True)
class LimbShape:
    """The limb: its end at each ring, in that ring's axes (3,), and its radius there; mm."""

    proximal_mm: Array
    distal_mm: Array
    proximal_radius_mm: float
    distal_radius_mm: float


@dataclass(frozen=True)
class Bodies:
    """The bodies of a level: what rides on a ring in that ring's axes, mm; None or NaN where it is not known.

    `strut_radii_mm` (6,); `bone_mm` (2, 2, 3) the two ends of the proximal and of the distal fragment's axis, from the
    osteotomy outwards.  `not_judged` says in words which pairs are left out and why.
    """

    joints_mm: tuple[Array, Array]
    strut_radii_mm: Array
    rings: tuple[RingBody, RingBody]
    bone_mm: Array | None
    bone_radius_mm: float
    limb: LimbShape | None
    pairs: tuple[BodyPair, ...]
    not_judged: tuple[str, ...]

    def thickness_mm(self, pair: BodyPair) -> float:
        """What is taken off the distance of two axes (or of an axis and a solid)."""
        own = float(sum(self.strut_radii_mm[number - 1] for number in pair.struts))
        return own + (self.bone_radius_mm if pair.kind == "strut_bone" else 0.0)

    def distances(self, T_prox_dist: Array, numbers: Numbers) -> Array:
        """Distances (m,) in mm of the pairs with these numbers (m,), each at its own pose (m, 4, 4)."""
        found = np.empty(len(numbers))
        kinds = self._kinds[numbers]
        measures: dict[str, Callable[[Array, Numbers], Array]] = {
            "strut_strut": self._strut_strut,
            "strut_bone": self._strut_bone,
            "strut_limb": self._strut_limb,
            "ring_limb": self._ring_limb,
            "ring_ring": lambda T, _: body_to_body(*self.rings, T),
        }
        for kind, measure in measures.items():
            chosen = np.flatnonzero(kinds == kind)
            if len(chosen):
                found[chosen] = measure(T_prox_dist[chosen], numbers[chosen])
        return np.asarray(found - self.thicknesses_mm[numbers], float)

    @cached_property
    def thicknesses_mm(self) -> Array:
        """`thickness_mm` of each pair."""
        return np.array([self.thickness_mm(pair) for pair in self.pairs])

    @cached_property
    def _kinds(self) -> NDArray[np.str_]:
        return np.array([pair.kind for pair in self.pairs])

    @cached_property
    def _joints(self) -> Numbers:
        """The joints (2, pairs) of the first and the second strut of each pair, counted from 0; -1 for none."""
        struts = [(*pair.struts, 0, 0)[:2] for pair in self.pairs]
        return np.array(struts).reshape(-1, 2).T - 1

    def _strut(self, T: Array, numbers: Numbers, which: int) -> tuple[Array, Array]:
        """Start (m, 3) and direction (m, 3) of the first or second strut of the pairs, in proximal ring axes."""
        rows = self._joints[which, numbers]
        start = self.joints_mm[0][rows]
        return start, moved_each(T, self.joints_mm[1][rows]) - start

    def _strut_strut(self, T: Array, numbers: Numbers) -> Array:
        return segment_to_segment(*self._strut(T, numbers, 0), *self._strut(T, numbers, 1))

    def _strut_bone(self, T: Array, numbers: Numbers) -> Array:
        assert self.bone_mm is not None
        start, along = self._strut(T, numbers, 0)
        proximal, distal = self.bone_mm
        ends = transform_points(T, distal)
        near = segment_to_segment(start, along, proximal[0], proximal[1] - proximal[0])
        return np.minimum(near, segment_to_segment(start, along, ends[:, 0], ends[:, 1] - ends[:, 0]))

    def _strut_limb(self, T: Array, numbers: Numbers) -> Array:
        return segment_to_cone(*self._strut(T, numbers, 0), self._cone(T))

    def _ring_limb(self, T: Array, numbers: Numbers) -> Array:
        found = np.empty(len(numbers))
        proximal = np.array([pair.ring == "proximal" for pair in self.pairs])[numbers]
        if proximal.any():
            found[proximal] = body_to_cone(self.rings[0], self._cone(T[proximal]))
        if not proximal.all():
            found[~proximal] = body_to_cone(self.rings[1], self._cone(T[~proximal], in_distal_axes=True))
        return found

    def limb_ends(self, T_prox_dist: Array) -> tuple[Array, Array]:
        """The two ends of the limb (m, 3) in proximal ring axes."""
        assert self.limb is not None
        distal = transform_points(T_prox_dist, self.limb.distal_mm[None])[:, 0]
        return np.broadcast_to(self.limb.proximal_mm, distal.shape), distal

    def _cone(self, T_prox_dist: Array, in_distal_axes: bool = False) -> Cone:
        assert self.limb is not None
        proximal, distal = self.limb_ends(T_prox_dist)
        if in_distal_axes:
            T_dist_prox = invert(T_prox_dist)
            proximal, distal = moved_each(T_dist_prox, proximal), np.broadcast_to(self.limb.distal_mm, distal.shape)
        return Cone.between(proximal, distal, self.limb.proximal_radius_mm, self.limb.distal_radius_mm)


def bodies_of(frame: FrameCourse) -> Bodies:
    """The bodies of a level: hardware from the catalogue, bone from the level, limb from its girth at the two rings.

    Struts are taken as fitted at the start: the models of a family that replace each other have one diameter.
    """
    setup = frame.setup
    left_out: list[str] = []
    radii = np.array(
        [math.nan if strut.body_diameter_mm is None else strut.body_diameter_mm / 2 for strut in setup.struts]
    )
    known = [number for number in range(1, STRUTS + 1) if radii[number - 1] == radii[number - 1]]
    unknown = [str(number) for number in range(1, STRUTS + 1) if number not in known]
    if unknown:
        word = "strut" if len(unknown) == 1 else "struts"
        left_out.append(f"{word} {', '.join(unknown)} (body diameter not known)")
    rings = (setup.proximal_ring, setup.distal_ring)
    ring_bodies = [name for name, ring in zip(("proximal", "distal"), rings, strict=True) if ring.family != "own"]
    left_out += [f"{name} ring (body not known)" for name in ("proximal", "distal") if name not in ring_bodies]
    T_rings = _fragments_in_rings(frame)
    bone_mm, bone = None, setup.level.bone
    if bone is None:
        left_out.append("bone (not given)")
    else:
        cut = along_bone(bone.osteotomy.words())
        bone_mm = np.array(
            [_fragment(T, ring, cut, up) for T, ring, up in zip(T_rings, rings, (1.0, -1.0), strict=True)]
        )
    limb, girth = None, setup.level.limb_girth_mm
    if girth is None:
        left_out.append("limb (girth not given)")
    else:
        limb = _limb(frame, T_rings, (girth.proximal, girth.distal))
        if limb is None:
            left_out.append("limb (the rings lie too close together, or tilt too far, for a limb between them)")
    pairs = [BodyPair("strut_strut", f"struts {i} and {j}", (i, j)) for i, j in itertools.combinations(known, 2)]
    if bone_mm is not None:
        pairs += [BodyPair("strut_bone", f"strut {i} and the bone", (i,)) for i in known]
    if limb is not None:
        pairs += [BodyPair("strut_limb", f"strut {i} and the limb", (i,)) for i in known]
        if "proximal" in ring_bodies:
            pairs.append(BodyPair("ring_limb", "the proximal ring and the limb", ring="proximal"))
        if "distal" in ring_bodies:
            pairs.append(BodyPair("ring_limb", "the distal ring and the limb", ring="distal"))
    if len(ring_bodies) == 2:
        pairs.append(BodyPair("ring_ring", "the two rings"))
    return Bodies(
        joints_mm=setup.joints_mm,
        strut_radii_mm=radii,
        rings=(ring_body(rings[0], "proximal"), ring_body(rings[1], "distal")),
        bone_mm=bone_mm,
        bone_radius_mm=math.nan if bone is None else bone.diameter_mm / 2.0,
        limb=limb,
        pairs=tuple(pairs),
        not_judged=tuple(left_out),
    )


def ring_body(ring: Ring, used: Fragment, off_mm: float = 0.0) -> RingBody:
    """A ring's body, whole or as far as it goes; `off_mm` is taken off its surface, as far as something is left."""
    inner, outer = ring.inner_radius_mm + off_mm, ring.outer_radius_mm - off_mm
    half, outline = max(ring.thickness_mm / 2.0 - off_mm, off_mm), ring.outline
    if outline.closed:
        return Annulus(inner, outer, half)
    return OpenRing(inner, outer, half, outline.arc_deg, outline.legs_mm, MIDDLE_DEG[used])


def _fragments_in_rings(frame: FrameCourse) -> tuple[Array, Array]:
    """Poses (4, 4) of the proximal fragment in the proximal ring's axes, and of the distal in the distal's."""
    T_ring_ref, T_mring_mov = invert(frame.setup.T_ref_ring), invert(frame.T_mov_mring)
    return (T_ring_ref, T_mring_mov) if frame.setup.reference == "proximal" else (T_mring_mov, T_ring_ref)


def _fragment(T_ring_frag: Array, ring: Ring, cut_mm: float, up: float) -> Array:
    """Ends (2, 3) of a fragment's axis in its ring's axes: from the osteotomy to beyond the ring and its struts.

    No strut or ring lies further along the bone than its ring's outer radius from its ring's centre.
    """
    far = up * max(up * cut_mm, up * float(invert(T_ring_frag)[2, 3]) + ring.outer_radius_mm)
    return transform_points(T_ring_frag, np.array([[0.0, 0.0, cut_mm], [0.0, 0.0, far]]))


def _limb(frame: FrameCourse, T_rings: tuple[Array, Array], girth_mm: tuple[float, float]) -> LimbShape | None:
    ends = []
    for T in T_rings:
        axis = T[:3, 2]
        if not abs(axis[2]) > math.cos(math.radians(STEEPEST_TILT_DEG)):
            return None
        ends.append(T[:3, 3] - T[2, 3] / axis[2] * axis)
    far = transform_points(frame.T_prox_dist, ends[1][None])[:, 0]
    if not np.linalg.norm(far - ends[0], axis=1).min() > SHORTEST_LIMB_MM:
        return None
    return LimbShape(ends[0], ends[1], girth_mm[0] / (2.0 * math.pi), girth_mm[1] / (2.0 * math.pi))


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
    T, turn = frame.course.T_ref_mov, frame.course.daily_turns
    way = _daily_ways(T)
    T_ref_mring = T @ frame.T_mov_mring
    moving = 1 if frame.setup.reference == "proximal" else 0

    def of_points(points_mring_mm: Array) -> _Bound:
        return _points(T_ref_mring, turn, way, points_mring_mm)

    still = _Bound(0.0 * way, 0.0 * way)
    joints = bodies.joints_mm[moving]
    across = float(np.linalg.norm(joints[:, None] - joints[None], axis=2).max())
    strut = of_points(joints)
    # Points at shares u and v of two struts part with u a - v b, a and b being the motions of their joints: at most the
    # largest of a, b and a - b, and the last is a turn only.
    struts = _Bound(np.maximum(strut.speed, turn * across), 2.0 * strut.acceleration)
    body = bodies.rings[moving]
    if isinstance(body, Annulus):
        ring = of_points(np.zeros((1, 3))) + _turning_face(T_ref_mring, turn, body.outer_mm + body.half_mm)
    else:  # the spin about its own normal counts, too
        ring = of_points(box_corners(body))
    bone = still if bodies.bone_mm is None else of_points(bodies.bone_mm[moving])
    limb = still
    if bodies.limb is not None:
        end = (bodies.limb.proximal_mm, bodies.limb.distal_mm)[moving]
        limb = _limb_motion(frame, bodies, of_points(end[None]))
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
        thickness_mm=bodies.thicknesses_mm,
    )


def jacobian_bounds(setup: LevelSetup, T_ref_mov: Array, T_mov_mring: Array) -> tuple[Array, Array]:
    """Bounds (days,) on the first and second derivative, a day, of the Jacobian in the Frobenius norm.

    `T_ref_mov` (n, 4, 4) are the evenings of an even motion.  Seen from the reference ring, a strut's joint moves by V
    and the distal arms turn by w (not at all when the proximal ring is the one that moves).  Rows are n and the product
    of an arm with n, whose mean square is 1: `|J'|^2 <= 6 (|n'|^2 + (w + |n'|)^2)`, and alike for the second one.

    Source: for a unit vector n along a strut of length l, |n'| <= V / l and |n''| <= A / l + 3 |n'|^2.
    """
    moving = 1 if setup.reference == "proximal" else 0
    turn = daily_turns(T_ref_mov)
    joint = _points(T_ref_mov @ T_mov_mring, turn, _daily_ways(T_ref_mov), setup.joints_mm[moving])
    lengths = rigid_lengths(*setup.joints_mm, ring_course(setup, T_ref_mov, T_mov_mring)).min(axis=1)
    shortest = np.maximum(0.5 * (lengths[1:] + lengths[:-1] - joint.speed), SHORTEST_STRUT_MM)
    along = joint.speed / shortest
    along_change = joint.acceleration / shortest + 3.0 * along**2
    arm = moving * (turn + ACCELERATION_RESERVE * turn**2)
    arm_change = ACCELERATION_RESERVE * arm**2
    speed = np.sqrt(STRUTS * (along**2 + (arm + along) ** 2))
    change = np.sqrt(STRUTS * (along_change**2 + (arm_change + 2.0 * arm * along + along_change) ** 2))
    return speed, change


def _points(T_ref_mring: Array, turn: Array, way: Array, points_mring_mm: Array) -> _Bound:
    """Bounds for points (k, 3) of the moving ring, of all of them; `turn` and `way` (days,) are those of each day."""
    places = transform_points(T_ref_mring, points_mring_mm)
    chord = np.linalg.norm(np.diff(places, axis=0), axis=2).max(axis=1)
    acceleration = ACCELERATION_RESERVE * turn * (chord + way)
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


def _limb_motion(frame: FrameCourse, bodies: Bodies, end: _Bound) -> _Bound:
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
    beyond = 2.0 * max(ring.reach_mm for ring in bodies.rings)
    radius = max(bodies.limb.proximal_radius_mm, bodies.limb.distal_radius_mm)
    share = 1.0 + (beyond + radius) / shortest
    turning = 4.0 * radius * (end.speed / shortest) ** 2
    return _Bound(share * end.speed, share * end.acceleration + turning)

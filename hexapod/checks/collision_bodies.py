"""H-09: the bodies of a level (struts, bone, limb, rings) and how far they are apart at any time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hexapod.collision.closest_approach import Numbers, moved_each, segment_to_segment
from hexapod.collision.limb_cone import Cone, segment_to_cone
from hexapod.collision.ring_solids import Annulus, ring_to_cone, ring_to_ring
from hexapod.deformity.mounting import along_bone
from hexapod.geometry.transforms import Array, invert, transform_points
from hexapod.hardware.models import Ring
from hexapod.kinematics.inverse import STRUTS
from hexapod.trajectory.frame_trajectory import FrameCourse

Kind = Literal["strut_strut", "strut_bone", "strut_limb", "ring_limb", "ring_ring"]
RingName = Literal["proximal", "distal"]
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
    ring: RingName | None = None

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
    """The bodies of a level: what rides on a ring in that ring's axes, mm; None or nan where it is not known.

    `strut_radii_mm` (6,); `bone_mm` (2, 2, 3) the two ends of the proximal and of the distal fragment's axis, from the
    cut outwards.  `not_judged` says in words which pairs are left out and why.
    """

    joints_mm: tuple[Array, Array]
    strut_radii_mm: Array
    rings: tuple[Annulus, Annulus]
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
        kinds = np.array([pair.kind for pair in self.pairs])[numbers]
        measures: dict[str, Callable[[Array, Numbers], Array]] = {
            "strut_strut": self._strut_strut,
            "strut_bone": self._strut_bone,
            "strut_limb": self._strut_limb,
            "ring_limb": self._ring_limb,
            "ring_ring": lambda T, _: ring_to_ring(*self.rings, T),
        }
        for kind, measure in measures.items():
            chosen = np.flatnonzero(kinds == kind)
            if len(chosen):
                found[chosen] = measure(T_prox_dist[chosen], numbers[chosen])
        thickness = np.array([self.thickness_mm(pair) for pair in self.pairs])
        return np.asarray(found - thickness[numbers], float)

    def _strut(self, T: Array, numbers: Numbers, which: int) -> tuple[Array, Array]:
        """Start (m, 3) and direction (m, 3) of the first or second strut of the pairs, in proximal ring axes."""
        rows = np.array([pair.struts[which] - 1 if len(pair.struts) > which else -1 for pair in self.pairs])[numbers]
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
            found[proximal] = ring_to_cone(self.rings[0], self._cone(T[proximal]))
        if not proximal.all():
            found[~proximal] = ring_to_cone(self.rings[1], self._cone(T[~proximal], in_distal_axes=True))
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
        rings=(_annulus(rings[0]), _annulus(rings[1])),
        bone_mm=bone_mm,
        bone_radius_mm=math.nan if bone is None else bone.diameter_mm / 2.0,
        limb=limb,
        pairs=tuple(pairs),
        not_judged=tuple(left_out),
    )


def _annulus(ring: Ring) -> Annulus:
    return Annulus(ring.inner_radius_mm, ring.outer_radius_mm, ring.thickness_mm / 2.0)


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

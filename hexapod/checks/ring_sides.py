"""H-31: a ring entered beyond the osteotomy, where it would sit on the other fragment than the one that carries it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.deformity import quantities as w
from hexapod.deformity.pose import along_bone
from hexapod.deformity.quantities import Fragment, moving_end
from hexapod.trajectory.frame_trajectory import (
    FrameCourse,
    known_ring_pose,
    mounting_entered,
    moving_ring_mount,
    rings_on_fragments,
)
from hexapod.trajectory.gaps import apart_mm

# A ring this little (mm) beyond the osteotomy stands at it: rounding of a pose solved from six readings.
AT_THE_OSTEOTOMY_MM = 1e-6


@dataclass(frozen=True)
class RingSides:
    """How far (mm) each ring's centre lies beyond the end of its own fragment; below 0: on its own fragment.

    Along the axis of that fragment, so the same at every time: a ring rides on its fragment.  `apart_mm` is how far
    apart the ends of the bone are on day 0.
    """

    beyond_mm: dict[Fragment, float]
    apart_mm: float

    def both_on(self, fragment: Fragment) -> float:
        """How far (mm) beyond the osteotomy on one fragment both rings lie, the one that is less far."""
        return min(-self.beyond_mm[fragment], self.beyond_mm[w.other(fragment)] - self.apart_mm)

    def wrong(self) -> list[Fragment]:
        """The rings whose centre lies beyond the osteotomy on the other fragment's side; NaN is wrong, too."""
        limit = limits.RING_BEYOND_OSTEOTOMY
        return [ring for ring, mm in self.beyond_mm.items() if limit.exceeded_by(mm - AT_THE_OSTEOTOMY_MM)]


def ring_sides(frame: FrameCourse) -> RingSides:
    """Where the rings of a hexapod lie along the bone.

    Without an osteotomy in the case the corresponding point stands for it.  The reference fragment ends where the
    osteotomy is in the pose of day 0, or where the osteotomy stands once the deformity is corrected, whichever is
    farther out: fragments that are short may overlap, or may be one bone that shall be lengthened.
    """
    setup, apart = frame.setup, apart_mm(frame.course)
    bone, far = setup.level.bone, moving_end(setup.reference)
    height = 0.0 if bone is None else along_bone(bone.osteotomy.words())
    centre = setup.T_ref_mov_start @ np.array([0.0, 0.0, height, 1.0])
    moving = w.other(setup.reference)
    farther = max(far * float(centre[2]) - apart, far * height)
    ends: dict[Fragment, float] = {setup.reference: far * farther, moving: height}
    proximal, distal = rings_on_fragments(setup, frame.T_mov_mring)
    beyond: dict[Fragment, float] = {
        "proximal": ends["proximal"] - float(proximal[2, 3]),
        "distal": float(distal[2, 3]) - ends["distal"],
    }
    return RingSides(beyond, apart)


def check_ring_sides(frame: FrameCourse) -> list[Finding]:
    """`ring.other_fragment`: a caution when the centre of a ring lies beyond the osteotomy, on the other fragment.

    `ring.one_fragment` (refused) instead when both rings lie well beyond the osteotomy on one fragment, unless proximal
    typed for distal in the mounting (or the other way round) explains it: then the caution says so.  Not judged when no
    mounting is entered.
    """
    sides = ring_sides(frame)
    wrong = sides.wrong() if mounting_entered(frame) else []
    if not wrong:
        return []
    mirrored = not _other_way(frame).wrong()
    limit = limits.RINGS_ON_ONE_FRAGMENT
    for fragment in ("proximal", "distal"):
        if not mirrored and limit.exceeded_by(sides.both_on(fragment)):
            return [_one_fragment(frame, sides, fragment)]
    return [_other_fragment(frame, wrong, sides, mirrored)]


def _other_way(frame: FrameCourse) -> RingSides:
    """Where the rings would lie with proximal for distal in the mounting, or the other way round."""
    T_ref_ring = np.array(frame.setup.T_ref_ring)
    T_ref_ring[2, 3] *= -1.0
    setup = replace(frame.setup, T_ref_ring=T_ref_ring)
    T_ring_mring = setup.T_prox_dist(known_ring_pose(frame))
    T_mov_mring = moving_ring_mount(setup, frame.course.T_ref_mov_known, T_ring_mring)
    return ring_sides(replace(frame, course=replace(frame.course, setup=setup), T_mov_mring=T_mov_mring))


def _one_fragment(frame: FrameCourse, sides: RingSides, fragment: Fragment) -> Finding:
    limit, away = limits.RINGS_ON_ONE_FRAGMENT, w.other(fragment)
    own, wrong = -sides.beyond_mm[fragment], sides.beyond_mm[away]
    return Finding(
        "ring.one_fragment",
        limit.verdict,
        frame.setup.index,
        f"Both rings lie on the {fragment} fragment: the {fragment} ring {own:.1f} mm and the {away} ring, which "
        f"should be on the {away} fragment, {wrong:.1f} mm {fragment} of {_osteotomy(frame)}. The frame cannot move "
        f"the {away} fragment so; more than {limit.value:g} mm is refused. {_what_to_do(frame, away)}",
        value=sides.both_on(fragment),
        limit=limit.value,
        unit=limit.unit,
        bodies=("proximal ring", "distal ring"),
    )


def _other_fragment(frame: FrameCourse, wrong: list[Fragment], sides: RingSides, mirrored: bool) -> Finding:
    limit = limits.RING_BEYOND_OSTEOTOMY
    worst = max(wrong, key=sides.beyond_mm.__getitem__)
    told = "; ".join(
        f"the centre of the {ring} ring, which is bolted to the {ring} fragment, lies {sides.beyond_mm[ring]:.1f} mm "
        f"{w.other(ring)} of {_osteotomy(frame)}, on the {w.other(ring)} fragment's side"
        for ring in wrong
    )
    return Finding(
        "ring.other_fragment",
        limit.verdict,
        frame.setup.index,
        f"{told[0].upper()}{told[1:]}. {_what_to_do(frame, worst, mirrored)}",
        value=sides.beyond_mm[worst],
        limit=limit.value,
        unit=limit.unit,
        bodies=tuple(f"{ring} ring" for ring in wrong),
    )


def _osteotomy(frame: FrameCourse) -> str:
    level = frame.setup.level
    if level.bone is not None:
        return f"the {level.indication}"
    site = "osteotomy" if level.indication == "osteotomy" else f"{level.indication} level"
    return f"the corresponding point (no {site} is given)"


def _what_to_do(frame: FrameCourse, ring: Fragment, mirrored: bool = False) -> str:
    """Which entries put the ring there: the mounting says where the reference ring is, readings where the other is."""
    setup = frame.setup
    height = float(setup.T_ref_ring[2, 3])
    word, opposite = ("proximal", "distal") if height > 0.0 else ("distal", "proximal")
    told = f"The axial frame offset of the mounting parameters is {abs(height):g} mm {word}"
    if mirrored:
        return f"{told}; with {abs(height):g} mm {opposite} both rings would lie on their own fragments: check it."
    if ring == setup.reference:
        return f"{told}: check it, and the {setup.level.indication} level."
    return f"{told}: check it, the strut settings that put this ring there, and the {setup.level.indication} level."

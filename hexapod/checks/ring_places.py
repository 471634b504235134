"""Where entries put rings: beyond the osteotomy, on the other fragment (H-31); two of them, how far apart (H-26).

A ring that is beyond the osteotomy would sit on the other fragment than the one that carries it.  Two rings of a
construct are also held against each other for whether they pass through one another.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from hexapod.checks import limits
from hexapod.checks.collision_bodies import ring_body
from hexapod.checks.findings import RANK, Finding
from hexapod.collision.open_rings import RingBody, body_to_body, box_corners
from hexapod.deformity import quantities as w
from hexapod.deformity.pose import along_bone
from hexapod.deformity.quantities import Fragment, moving_end
from hexapod.geometry.transforms import Array, invert, transform_points, turn_angle
from hexapod.trajectory.coupled_levels import segment_shift
from hexapod.trajectory.frame_trajectory import (
    FrameCourse,
    Junction,
    known_ring_pose,
    mounting_entered,
    moving_ring_mount,
    rings_of_run,
    rings_on_fragments,
    runs,
)
from hexapod.trajectory.gaps import apart_mm

# The way of a ring between two evenings is at most this many times its chord: fragments move evenly in axes that turn.
WAY_OVER_CHORD = 2.0
# A day is halved so often where rings are near: a 64th of a day's motion is far below a millimetre.
HALVINGS = 6
DAY_OF_A_TIME = 1e-9
# A ring this little (mm) beyond the osteotomy stands at it: rounding of a pose solved from six readings.
AT_THE_OSTEOTOMY_MM = 1e-6


@dataclass(frozen=True)
class RingsApart:
    """How a lower hexapod's proximal ring stands against the upper one's distal ring, on the fragment they share.

    `from_above_mm` (3,) in the fragment's axes from the centre told above to that told below; `R_above_below` (3, 3)
    turns the axes of the ring as told above into those told below.
    """

    from_above_mm: Array
    R_above_below: Array

    @property
    def mm(self) -> float:
        """Distance of the two centres."""
        return float(np.linalg.norm(self.from_above_mm))

    @property
    def deg(self) -> float:
        """Angle between the two rings' axes, all three together."""
        return float(np.degrees(turn_angle(self.R_above_below)))


def rings_apart(T_frag_above: Array, T_frag_below: Array) -> RingsApart:
    """Two poses (4, 4) of a ring on one fragment compared."""
    R = T_frag_below[:3, :3] @ T_frag_above[:3, :3].T
    return RingsApart(T_frag_below[:3, 3] - T_frag_above[:3, 3], R)


def apart_by_both(junction: Junction) -> RingsApart:
    """The ring between two hexapods as each of them tells it, in the axes of the fragment at the upper one's point."""
    above, below = junction
    _, from_above = rings_on_fragments(above.setup, above.T_mov_mring)
    from_below, _ = rings_on_fragments(below.setup, below.T_mov_mring)
    return rings_apart(from_above, segment_shift(below.setup) @ from_below)


def check_rings_through(frames: Sequence[FrameCourse | None]) -> list[Finding]:
    """`segment.ring_two_places` (refused) when two rings pass through each other at any time of the motion.

    Where nothing is said of a ring between them, `segment.ring_unsaid` (a caution) asks for that first: a file without
    the key keeps its plan.

    Compared are rings of one hexapod, and of several as far as it is known how these stand (segment and mounting
    entered); of each hexapod the first pair that overlaps is reported.  A ring entered twice is one: rings that are
    shared, and those of which it is not said (`segment.ring_unsaid` asks), are not held against each other.
    """
    first: dict[int, Finding] = {}
    for finding in (finding for run in runs(frames) for finding in _through(run)):
        before = first.setdefault(finding.level, finding)
        if (-RANK[finding.verdict], finding.day or 0) < (-RANK[before.verdict], before.day or 0):
            first[finding.level] = finding
    return list(first.values())


def _through(run: Sequence[FrameCourse]) -> list[Finding]:
    rings = [ring for frame in run for ring in (frame.setup.proximal_ring, frame.setup.distal_ring)]
    # Thinner by what two bodies may overlap by the errors of measuring.
    uses = itertools.cycle(get_args(Fragment))
    solids = [ring_body(ring, used, limits.RINGS_THROUGH.value / 2.0) for ring, used in zip(rings, uses, strict=False)]
    found = []
    days = max(frame.course.days for frame in run)
    T = rings_of_run(run, np.arange(days + 1.0))
    for one, other in itertools.combinations(range(len(rings)), 2):
        if _given_twice(run, one, other) or not _known(run[one // 2], run[other // 2]):
            continue
        time = _first_time(run, (one, other), (solids[one], solids[other]), (T[one], T[other]))
        if time is not None:
            found.append(_finding(run, one, other, time))
    return found


def _known(one: FrameCourse, other: FrameCourse) -> bool:
    """Whether it is known how two rings stand: of two hexapods by their mountings.

    Those of one stand as its struts say; the bodies of rings given by their joints are not known well enough to say
    that they overlap where nothing but the joints makes them rings of one frame.
    """
    if one is not other:
        return mounting_entered(one) and mounting_entered(other)
    return all(ring.family != "own" for ring in (one.setup.proximal_ring, one.setup.distal_ring))


def _given_twice(run: Sequence[FrameCourse], one: int, other: int) -> bool:
    """Whether two rings (numbers in the run) are one ring told twice, or may be."""
    if other != one + 1 or other % 2:
        return False
    above, below = run[one // 2], run[other // 2]
    segment = below.setup.level.segment
    assert segment is not None
    if segment.ring is None:
        return limits.RINGS_NOT_STATED.undercut_by(apart_by_both((above, below)).mm)
    return segment.ring == "shared"


def _first_time(
    run: Sequence[FrameCourse], numbers: tuple[int, int], solids: tuple[RingBody, RingBody], T: tuple[Array, Array]
) -> float | None:
    """The earliest time (days) found at which two rings overlap, None if they never do.

    T are their poses (n, 4, 4) on every evening.  Where an interval is so short that the rings cannot meet within it,
    by how far apart they are at its ends, it is done; the others are halved.
    """
    T_one_other = invert(T[0]) @ T[1]
    way = WAY_OVER_CHORD * _largest_chords(T_one_other, solids[1])
    near = _before(*solids, T_one_other)  # a lower bound of the distance, quick
    near[:-1] = np.minimum(near[:-1] - way, near[:-1])
    near[1:] = np.minimum(near[1:] - way, near[1:])
    evenings = np.flatnonzero(~(near > 0.0))
    if not len(evenings):
        return None
    distance = np.full(len(near), np.inf)
    distance[evenings] = body_to_body(*solids, T_one_other[evenings])
    hit = np.flatnonzero(~(distance > 0.0))
    first = float(hit[0]) if len(hit) else None
    start = np.flatnonzero(np.isfinite(distance[:-1]) & np.isfinite(distance[1:]))
    left, right, begin, length = distance[start], distance[start + 1], start.astype(float), 1.0
    for _ in range(HALVINGS):
        open_ = ~(left + right > way[np.minimum(begin.astype(int), len(way) - 1)] * length)
        if first is not None:
            open_ &= begin < first
        if not open_.any():
            break
        left, right, begin, length = left[open_], right[open_], begin[open_], length / 2.0
        T_mid = rings_of_run(run, begin + length)[list(numbers)]
        middle = body_to_body(*solids, invert(T_mid[0]) @ T_mid[1])
        touched = ~(middle > 0.0)
        if touched.any():
            earliest = float((begin + length)[touched].min())
            first = earliest if first is None else min(first, earliest)
        begin = np.concatenate([begin, begin + length])
        left, right = np.concatenate([left, middle]), np.concatenate([middle, right])
    return first


def _before(one: RingBody, other: RingBody, T_one_other: Array) -> Array:
    """By how much (n,) the other ring lies wholly before or behind the slab of the first, mm; below 0: it may not."""
    lean = np.hypot(T_one_other[:, 2, 0], T_one_other[:, 2, 1])
    reach = other.reach_mm * lean + other.half_mm * abs(T_one_other[:, 2, 2])
    return np.asarray(abs(T_one_other[:, 2, 3]) - reach - one.half_mm)


def _largest_chords(T_one_other: Array, ring: RingBody) -> Array:
    """How far (n - 1,) a point of the other ring goes at most from evening to evening, as a chord."""
    places = transform_points(T_one_other, box_corners(ring))
    return np.asarray(np.linalg.norm(np.diff(places, axis=0), axis=2).max(axis=1))


def _finding(run: Sequence[FrameCourse], one: int, other: int, time: float) -> Finding:
    day, limit = int(np.ceil(time - DAY_OF_A_TIME)), limits.RINGS_THROUGH
    frames = run[one // 2], run[other // 2]
    ends = [("proximal", "distal")[number % 2] for number in (one, other)]
    if frames[0] is frames[1]:
        who = "The two rings"
    else:
        names = [
            f"{end} ring of hexapod {frame.setup.index + 1} ({frame.setup.level.name})"
            for end, frame in zip(ends, frames, strict=True)
        ]
        who = f"The {names[0]} and the {names[1]}"
    message = f"{who} pass through each other on day {day}: their bodies overlap by more than {limit.value:g} mm."
    below = [frame.setup for frame in run[one // 2 + 1 : other // 2 + 1]]
    unsaid = [
        str(setup.index + 1) for setup in below if setup.level.segment is not None and setup.level.segment.ring is None
    ]
    between = "" if frames[0] is frames[1] else ", and the segment between the hexapods"
    advice = f"Check mounting parameters and strut settings{between}."
    if unsaid:
        advice += (
            f" Then enter `ring` of the segment of hexapod {', '.join(unsaid)}, `shared` or `separate`: with it such a "
            f"plan is refused."
        )
    return Finding(
        "segment.ring_unsaid" if unsaid else "segment.ring_two_places",
        limits.RINGS_NOT_STATED.verdict if unsaid else limit.verdict,
        frames[1].setup.index,
        f"{message} Two rings cannot be in one place. {advice}",
        day=day,
        bodies=("proximal ring", "distal ring") if frames[0] is frames[1] else (f"{ends[1]} ring",),
    )


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
    entries = "; ".join(
        f"the centre of the {ring} ring, which is bolted to the {ring} fragment, lies {sides.beyond_mm[ring]:.1f} mm "
        f"{w.other(ring)} of {_osteotomy(frame)}, on the {w.other(ring)} fragment's side"
        for ring in wrong
    )
    return Finding(
        "ring.other_fragment",
        limit.verdict,
        frame.setup.index,
        f"{entries[0].upper()}{entries[1:]}. {_what_to_do(frame, worst, mirrored)}",
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
    sentence = f"The axial frame offset of the mounting parameters is {abs(height):g} mm {word}"
    if mirrored:
        return f"{sentence}; with {abs(height):g} mm {opposite} both rings would lie on their own fragments: check it."
    if ring == setup.reference:
        return f"{sentence}: check it, and the {setup.level.indication} level."
    return f"{sentence}: check it, the strut settings that put this ring there, and the {setup.level.indication} level."

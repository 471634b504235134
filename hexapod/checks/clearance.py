"""H-09: struts, bone, limb and rings that come too near each other, on any day or between two."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hexapod.checks import limits
from hexapod.checks.collision_bodies import Kind, Pair, PosesAt, bodies_of
from hexapod.checks.findings import Finding
from hexapod.checks.limits import Limit
from hexapod.checks.motion_bounds import motion_bounds
from hexapod.collision.closest_approach import SAME_MM, least_distance
from hexapod.collision.segments import Numbers
from hexapod.geometry.transforms import Array
from hexapod.trajectory.frame_trajectory import FrameCourse, ring_course
from hexapod.trajectory.level_setup import LevelSetup

LIMITS: dict[Kind, Limit] = {
    "strut_strut": limits.STRUT_TO_STRUT,
    "strut_bone": limits.STRUT_TO_BONE,
    "strut_limb": limits.STRUT_TO_SKIN,
    "ring_limb": limits.RING_TO_SKIN,
    "ring_ring": limits.RING_TO_RING,
}
ADVICE: dict[Kind, str] = {
    "strut_strut": "Look at this day in the preview; stage the path, or mount the frame otherwise.",
    "strut_bone": "Use larger rings, mount the frame more centrally, or stage the path.",
    "strut_limb": "Use larger rings, mount the frame more centrally, or stage the path; mind swelling.",
    "ring_limb": "Use a larger ring, or mount it more centrally and square to the limb; mind swelling.",
    "ring_ring": "Build the frame with its rings farther apart, or stage the path.",
}
# Times this close to an evening (days) are that evening, reached by a division.
WHOLE_DAY = 1e-9


@dataclass(frozen=True)
class Clearance:
    """The least distance of one pair over the whole level, mm (0 or less: they touch or overlap), and when it is found.

    `time_days` counts from evening 0; `day` is the day on which that is (the evening itself belongs to its own day);
    `bodies` are the names of the two, as in `Finding.bodies`.
    """

    pair: str
    kind: Kind
    distance_mm: float
    time_days: float
    day: int
    struts: tuple[int, ...]
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClearanceTable:
    """The least distances of a level, one per pair, and in words what could not be judged and why."""

    pairs: tuple[Clearance, ...]
    not_judged: tuple[str, ...]


def clearances(frame: FrameCourse, poses_at: PosesAt, limb_girth_mm: tuple[float, float] | None) -> ClearanceTable:
    """The least distance of every pair of bodies of a level in its true continuous motion.

    Args:
        frame: the frame on its course.
        poses_at: `T_ref_mov` (n, 4, 4) at times (n,) in days from 0 to the last day; equal to the course on evenings.
        limb_girth_mm: the way round the limb at the proximal and at the distal ring, or None when it was not measured.

    Source: hexapod/collision/closest_approach.py; certain to 0.001 mm.
    """
    bodies = bodies_of(frame, limb_girth_mm)
    if not bodies.pairs:
        return ClearanceTable((), bodies.not_judged)

    def distance_at(times: Array, numbers: Numbers) -> Array:
        own, back = np.unique(times, return_inverse=True)
        return bodies.distances(ring_course(frame.setup, poses_at(own), frame.T_mov_mring)[back], numbers)

    least, times = least_distance(distance_at, motion_bounds(frame, bodies))
    rows = zip(bodies.pairs, least.tolist(), times.tolist(), strict=True)
    return ClearanceTable(tuple(_row(pair, mm, time) for pair, mm, time in rows), bodies.not_judged)


def _row(pair: Pair, distance_mm: float, time: float) -> Clearance:
    return Clearance(pair.words, pair.kind, distance_mm, time, math.ceil(time - WHOLE_DAY), pair.struts, pair.bodies)


def check_clearance(table: ClearanceTable, setup: LevelSetup) -> list[Finding]:
    """One caution for every pair that comes nearer than its limit: `clearance.strut_limb` and so on."""
    return [_finding(near, setup.index) for near in table.pairs if _too_near(near)]


def _too_near(near: Clearance) -> bool:
    # Written so that not a number is too near.
    return not near.distance_mm >= LIMITS[near.kind].value - SAME_MM


def _finding(near: Clearance, level: int) -> Finding:
    limit = LIMITS[near.kind]
    what = f"{near.pair[0].upper()}{near.pair[1:]}"
    if near.distance_mm <= 0.0:
        told = f"{what} touch or overlap on day {near.day}; at least {limit.value:g} mm should stay between them."
    else:
        told = (
            f"{what} come within {near.distance_mm:.1f} mm of each other on day {near.day}; at least "
            f"{limit.value:g} mm should stay between them."
        )
    return Finding(
        f"clearance.{near.kind}",
        limit.verdict,
        level,
        f"{told} {ADVICE[near.kind]}",
        day=near.day,
        strut=near.struts[0] if near.struts else None,
        value=near.distance_mm,
        limit=limit.value,
        unit=limit.unit,
        bodies=near.bodies,
    )

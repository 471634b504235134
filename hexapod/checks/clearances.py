"""H-09: struts, bone, limb and rings that come too near each other; H-30: a limb wider than its ring."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hexapod.checks import limits
from hexapod.checks.collision_bodies import BodyPair, Kind, PosesAt, bodies_of, motion_bounds
from hexapod.checks.findings import Finding, Limit
from hexapod.collision.closest_approach import SAME_MM, Numbers, least_distance
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Ring, shown_name
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
    "ring_limb": "Use a larger ring, or mount it more centrally and orthogonal to the limb; mind swelling.",
    "ring_ring": "Build the frame with a larger ring separation, or stage the path.",
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


def clearances(frame: FrameCourse, poses_at: PosesAt) -> ClearanceTable:
    """The least distance of every pair of bodies of a level in its true continuous motion.

    Args:
        frame: the frame on its course.
        poses_at: `T_ref_mov` (n, 4, 4) at times (n,) in days from 0 to the last day; equal to the course on evenings.

    Source: hexapod/collision/closest_approach.py; certain to 0.01 mm, and on which side of its limit it is to 2e-6 mm.
    """
    bodies = bodies_of(frame)
    if not bodies.pairs:
        return ClearanceTable((), bodies.not_judged)

    def distance_at(times: Array, numbers: Numbers) -> Array:
        # np.unique would load numpy's masked arrays, a twentieth of a start.
        own = np.array(sorted(set(times.tolist())))
        T = ring_course(frame.setup, poses_at(own), frame.T_mov_mring)
        return bodies.distances(T[np.searchsorted(own, times)], numbers)

    asked_mm = np.array([LIMITS[pair.kind].value for pair in bodies.pairs])
    least, times = least_distance(distance_at, motion_bounds(frame, bodies), asked_mm)
    rows = zip(bodies.pairs, least.tolist(), times.tolist(), strict=True)
    return ClearanceTable(tuple(_row(pair, mm, time) for pair, mm, time in rows), bodies.not_judged)


def _row(pair: BodyPair, distance_mm: float, time: float) -> Clearance:
    return Clearance(pair.words, pair.kind, distance_mm, time, math.ceil(time - WHOLE_DAY), pair.struts, pair.bodies)


def check_clearance(table: ClearanceTable, setup: LevelSetup) -> list[Finding]:
    """One caution for every pair that comes nearer than its limit: `clearance.strut_limb` and so on."""
    return [_finding(near, setup.index) for near in table.pairs if _too_near(near)]


def _too_near(near: Clearance) -> bool:
    # Written so that NaN is too near.
    return not near.distance_mm >= LIMITS[near.kind].value - SAME_MM


def _finding(near: Clearance, level: int) -> Finding:
    limit = LIMITS[near.kind]
    what = f"{near.pair[0].upper()}{near.pair[1:]}"
    if near.distance_mm <= 0.0:
        message = f"{what} touch or overlap on day {near.day}; at least {limit.value:g} mm should stay between them."
    else:
        message = (
            f"{what} come within {near.distance_mm:.1f} mm of each other on day {near.day}; at least "
            f"{limit.value:g} mm should stay between them."
        )
    return Finding(
        f"clearance.{near.kind}",
        limit.verdict,
        level,
        f"{message} {ADVICE[near.kind]}",
        day=near.day,
        strut=near.struts[0] if near.struts else None,
        value=near.distance_mm,
        limit=limit.value,
        unit=limit.unit,
        bodies=near.bodies,
    )


# Looks at the motion of a day, the evening included.  Struts move by a millimetre a day or less: between two looks a
# distance changes by a quarter of that at most, and where a pair is nearest of all, the plan's own value is shown.
LOOKS_A_DAY = 4
# Poses that differ by less (mm, and parts of a rotation matrix) are one: the last digits of a rest.
RESTS_MM = 1e-9


@dataclass(frozen=True)
class DailyClearance:
    """The least distance of all pairs of one kind, day by day, mm (0 or less: they touch or overlap).

    `least_mm` and `pairs` have an entry for evening 0 and one for each day (from the evening before to its own):
    the distance and the pair that has it.
    """

    kind: Kind
    limit_mm: float
    least_mm: tuple[float, ...]
    pairs: tuple[str, ...]

    @property
    def nearest(self) -> tuple[float, int, str]:
        """The least of all days, its first day, and its pair."""
        day = int(np.argmin(self.least_mm))
        return self.least_mm[day], day, self.pairs[day]


def daily_clearances(frame: FrameCourse, least: ClearanceTable) -> tuple[DailyClearance, ...]:
    """The least distance of every kind of pair on every day, kinds in the order of the limits.

    Args:
        frame: the frame on its course.
        least: what the plan has found in the whole motion: no day shows more than that on the day on which it is.
    """
    bodies = bodies_of(frame)
    count, days = len(bodies.pairs), frame.course.days
    if not count:
        return ()
    times = np.linspace(0.0, float(days), days * LOOKS_A_DAY + 1)
    T = ring_course(frame.setup, frame.course.poses_at(times), frame.T_mov_mring)
    # While the bone rests nothing changes: each pose is looked at once, however long the rest.
    moved = np.concatenate([[True], np.abs(np.diff(T, axis=0)).max(axis=(1, 2)) > RESTS_MM])
    T = T[moved]
    found = bodies.distances(np.repeat(T, count, axis=0), np.tile(np.arange(count), len(T))).reshape(len(T), count)
    by_day = _by_day(found[np.cumsum(moved) - 1])
    for number, one in enumerate(least.pairs):
        by_day[one.day, number] = min(by_day[one.day, number], one.distance_mm)
    made = []
    for kind, limit in LIMITS.items():
        own = [number for number, pair in enumerate(bodies.pairs) if pair.kind == kind]
        if own:
            nearest = np.argmin(by_day[:, own], axis=1)
            mm = by_day[np.arange(days + 1), np.array(own)[nearest]]
            names = tuple(bodies.pairs[own[place]].words for place in nearest)
            made.append(DailyClearance(kind, limit.value, tuple(mm.tolist()), names))
    return tuple(made)


def _by_day(found: Array) -> Array:
    """Of distances (looks, pairs) those of evening 0 and the least of each day (days + 1, pairs)."""
    evenings = found[::LOOKS_A_DAY]
    made: Array = np.array(evenings)
    for look in range(LOOKS_A_DAY):
        made[1:] = np.minimum(made[1:], found[look:-1:LOOKS_A_DAY])
    return made


SOURCE = "no limb is wider than the opening it stands in"


def check_limb_in_rings(setup: LevelSetup) -> list[Finding]:
    """`limb.wider_than_ring`: a limb as thick as its girth says is wider than the inside of the ring at that place."""
    girth = setup.level.limb_girth_mm
    if girth is None:
        return []
    found = []
    for name, ring, girth_mm in (
        ("proximal", setup.proximal_ring, girth.proximal),
        ("distal", setup.distal_ring, girth.distal),
    ):
        wide_mm, inside = girth_mm / math.pi, Limit(_inside_mm(ring), "mm", "refused", "H-30", SOURCE)
        if not inside.exceeded_by(wide_mm):
            continue
        found.append(
            Finding(
                "limb.wider_than_ring",
                inside.verdict,
                setup.index,
                f"The girth of {girth_mm:g} mm at the {name} ring makes the limb {wide_mm:.0f} mm wide, "
                f"{_mm(wide_mm - inside.value)} mm wider than the {inside.value:g} mm inside that ring "
                f"({shown_name(ring)}). Correct the girth (in mm, measured round the skin), or choose a larger ring.",
                value=wide_mm,
                limit=inside.value,
                unit=inside.unit,
                bodies=(f"{name} ring", "limb"),
            )
        )
    return found


def _inside_mm(ring: Ring) -> float:
    """How wide a ring is inside; one of the user's own is known by its joints only, and no wider than their circle."""
    if ring.family == "own":
        return 2.0 * float(np.linalg.norm(ring.proximal_joints_mm[:, :2], axis=1).mean())
    return 2.0 * ring.inner_radius_mm


def _mm(size: float) -> str:
    """A length in whole mm, a small one with its first digits: "0 mm wider" would tell nothing."""
    return f"{size:.0f}" if size >= 1.0 else f"{size:.2g}"

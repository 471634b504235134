"""H-09: the least distances of a level day by day, for a chart; worked out when asked for, not by every plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.checks.clearance import LIMITS, ClearanceTable
from hexapod.checks.collision_bodies import Kind, bodies_of
from hexapod.geometry.transforms import Array
from hexapod.trajectory.frame_trajectory import FrameCourse, ring_course

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


def daily_clearances(
    frame: FrameCourse, limb_girth_mm: tuple[float, float] | None, least: ClearanceTable
) -> tuple[DailyClearance, ...]:
    """The least distance of every kind of pair on every day, kinds in the order of the limits.

    Args:
        frame: the frame on its course.
        limb_girth_mm: the way round the limb at the proximal and at the distal ring, or None when it was not measured.
        least: what the plan has found in the whole motion: no day shows more than that on the day on which it is.
    """
    bodies = bodies_of(frame, limb_girth_mm)
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

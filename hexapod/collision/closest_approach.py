"""The least distance of moving bodies over a whole course, between the days too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hexapod.collision.segments import Numbers
from hexapod.geometry.transforms import Array

# No distance of the true motion is smaller than the reported one by more than this, mm: a hundredth of what is told.
CERTAIN_TO_MM = 1e-3
# Distances this close (mm) are the same place reached by different sums: the earliest of them is the one to name.
SAME_MM = 1e-6
# An interval that may hold less is cut into this many: each cut makes its uncertainty 16 times smaller.
PARTS = 4

# Takes times (m,) in days and pair numbers (m,); gives distances (m,) in mm.
DistanceAt = Callable[[Array, Numbers], Array]


@dataclass(frozen=True)
class MotionBounds:
    """Bounds on every day's motion of any point of one body of a pair as seen from the other.

    `speed` (n, k) in mm/day and `acceleration` (n, k) in mm/day^2, for n days and k pairs; the motion is smooth within
    a day.  `thickness_mm` (k,) is what has been taken off the distance of two axes.
    """

    speed: Array
    acceleration: Array
    thickness_mm: Array


def least_distance(distance_at: DistanceAt, bounds: MotionBounds) -> tuple[Array, Array]:
    """The least distance (k,) in mm of each pair, and the earliest time (k,) in days at which it is found.

    The evenings are measured first; then every interval that can still hold a distance smaller by `CERTAIN_TO_MM` than
    the least one known is cut, until there is none.  What an interval can hold follows from the distances at its ends:
    not less than the speed allows, and not less than a curve that bends as far as it can.

    Source: the distance of two bodies is the least over all pairs of their points.  For one pair w apart, with relative
    speed v and acceleration a, |w|'' <= v^2 / |w| + a; a least of such curves bends upwards no more than they do.  So
    over h days it stays above its chord less (v^2 / |w| + a) s (1 - s) h^2 / 2, at shares s of the interval.
    """
    days, pairs = bounds.speed.shape
    evenings = np.arange(days + 1.0)
    # An evening after a day on which nothing moves repeats the one before.
    new = np.concatenate([[True], bounds.speed.any(axis=1)])
    times = evenings[new]
    grid = distance_at(np.repeat(times, pairs), np.tile(np.arange(pairs), len(times))).reshape(-1, pairs)
    grid = grid[np.cumsum(new) - 1]
    least: Array = grid.min(axis=0)
    earliest = np.where(grid <= least + SAME_MM, evenings[:, None], np.inf).min(axis=0)

    start, pair = np.repeat(evenings[:-1], pairs), np.tile(np.arange(pairs), days)
    left, right, length = grid[:-1].ravel(), grid[1:].ravel(), 1.0
    while True:
        day = np.minimum(start.astype(int), days - 1)
        floor = floor_of(
            left, right, length, bounds.thickness_mm[pair], bounds.speed[day, pair], bounds.acceleration[day, pair]
        )
        open_ = floor < least[pair] - CERTAIN_TO_MM
        if not open_.any():
            return least, earliest
        start, pair, left, right = start[open_], pair[open_], left[open_], right[open_]
        length /= PARTS
        times = start[:, None] + length * np.arange(1, PARTS)
        inside = distance_at(times.ravel(), np.repeat(pair, PARTS - 1)).reshape(times.shape)
        for time, distance in zip(times.T, inside.T, strict=True):
            least, earliest = _better(least, earliest, pair, time, distance)
        values = np.column_stack([left, inside, right])
        start = np.column_stack([start, times]).ravel()
        left, right, pair = values[:, :-1].ravel(), values[:, 1:].ravel(), np.repeat(pair, PARTS)


def floor_of(left: Array, right: Array, length: float, thickness: Array, speed: Array, acceleration: Array) -> Array:
    """The smallest distance that intervals of `length` days can hold, from the distances at their ends."""
    straight = 0.5 * (left + right - speed * length)
    apart = straight + thickness
    near = apart > 0.0
    with np.errstate(divide="ignore", over="ignore"):
        bend = (speed**2 / np.where(near, apart, np.inf) + acceleration) * (0.5 * length**2)
    fall = right - left
    inside = bend > abs(fall)
    curved = np.where(inside, left - (bend - fall) ** 2 / (4.0 * np.where(inside, bend, 1.0)), np.minimum(left, right))
    # Two axes are never less than nothing apart.
    return np.maximum(np.where(near, np.maximum(straight, curved), straight), -thickness)


def _better(least: Array, earliest: Array, pair: Numbers, time: Array, distance: Array) -> tuple[Array, Array]:
    """Least and earliest with further measured distances."""
    new_least = least.copy()
    np.minimum.at(new_least, pair, distance)
    kept = np.where(least <= new_least + SAME_MM, earliest, np.inf)
    good = distance <= new_least[pair] + SAME_MM
    np.minimum.at(kept, pair[good], time[good])
    return new_least, kept

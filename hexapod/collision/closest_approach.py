"""The least distance of moving bodies over a whole course, between the days too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hexapod.geometry.transforms import Array, cross, dot

# Numbers of the elements of a batch, and what holds for them.
Numbers = NDArray[np.intp]
Flags = NDArray[np.bool_]

# A least distance that is sought by steps is certain to this, mm: a thousandth of what a plan tells.
SOUGHT_TO_MM = 1e-7
# Halving alone brings a whole turn (6.3 rad) to the spacing of doubles in this many steps, three to a halving.
MOST_STEPS = 180
# Squares of directions below this (mm^2) are rounding: the segment has no length, or the two are parallel.
NOTHING = 1e-24


def moved_each(T_a_b: Array, points_b_mm: Array) -> Array:
    """Points (m, 3) of frame b in frame a, each by its own pose (m, 4, 4)."""
    return np.asarray(np.einsum("mij,mj->mi", T_a_b[:, :3, :3], points_b_mm) + T_a_b[:, :3, 3], float)


def within(share: Array) -> Array:
    """The nearest number (...) from 0 to 1: the place on a segment that is nearest to a place on its line."""
    return np.minimum(np.maximum(share, 0.0), 1.0)


def segment_to_segment(start_a: Array, along_a: Array, start_b: Array, along_b: Array) -> Array:
    """Least distances (...) in mm of segments from `start` (..., 3) by `along` (..., 3); closed form.

    The nearest points of the two lines, brought into the segments one after the other, are exact when both lie inside;
    when one does not, an end of a segment takes part, and the four ends are measured by themselves.

    Source: Ericson, Real-Time Collision Detection, section 5.1.9; the denominator is `|a x b|^2`, which keeps its
    digits for nearly parallel segments.

    >>> import numpy as np                                    # crossing at right angles, 5 mm above one another
    >>> x, y, up = np.array([10.0, 0, 0]), np.array([0, 10.0, 0]), np.array([5.0, -5.0, 5.0])
    >>> float(segment_to_segment(np.zeros(3), x, up, y))
    5.0
    """
    between = start_b - start_a
    normal = cross(along_a, along_b)
    size = dot(normal, normal)
    share_a = within(dot(cross(between, along_b), normal) / np.maximum(size, NOTHING))
    best: Array = _point_to_segment(start_a + share_a[..., None] * along_a, start_b, along_b)
    ends = (
        (start_a, start_b, along_b),
        (start_a + along_a, start_b, along_b),
        (start_b, start_a, along_a),
        (start_b + along_b, start_a, along_a),
    )
    for point, start, along in ends:
        best = np.minimum(best, _point_to_segment(point, start, along))
    return best


def _point_to_segment(point: Array, start: Array, along: Array) -> Array:
    away = point - start
    share = within(dot(away, along) / np.maximum(dot(along, along), NOTHING))
    rest = away - share[..., None] * along
    return np.sqrt(dot(rest, rest))


def turning_place(
    slope_at: Callable[[Array], Array], low: Array, high: Array, slopes: tuple[Array, Array] | None = None
) -> Array:
    """Where from `low` to `high` (m,) a function stops falling: its least place when it falls only before its least.

    `slope_at` takes places (m,) and gives the function's slope there; `slopes` are those at both ends, if known.  Found
    by the secant through the slopes of both sides, halving now and then; a convex function is least there to
    `SOUGHT_TO_MM`, because it lies above its tangents.

    Source: Illinois variant of the false position, Dowell and Jarratt, BIT 11 (1971) 168.
    """
    slope_low, slope_high = slopes or (slope_at(low), slope_at(high))
    low, high = np.where(slope_high <= 0.0, high, low), np.where(slope_low >= 0.0, low, high)
    weight_low, weight_high = np.ones_like(low), np.ones_like(high)
    for step in range(MOST_STEPS):
        if (np.minimum(-slope_low, slope_high) * (high - low) <= SOUGHT_TO_MM).all():
            break
        if step % 3 == 2:
            place = 0.5 * (low + high)
        else:
            rise = slope_high * weight_high - slope_low * weight_low
            place = high - slope_high * weight_high * (high - low) / np.where(rise > 0.0, rise, 1.0)
        slope = slope_at(place)
        falls = slope < 0.0
        # An end that stays twice counts half, or it would never move.
        weight_low, weight_high = np.where(falls, 1.0, 0.5 * weight_low), np.where(falls, 0.5 * weight_high, 1.0)
        low, slope_low = np.where(falls, place, low), np.where(falls, slope, slope_low)
        high, slope_high = np.where(falls, high, place), np.where(falls, slope_high, slope)
    return np.where(-slope_low < slope_high, low, high)


# No distance of the true motion is smaller than the reported one by more than this, mm: a tenth of what is told.
CERTAIN_TO_MM = 1e-2
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


def least_distance(distance_at: DistanceAt, bounds: MotionBounds, asked_mm: ArrayLike = -np.inf) -> tuple[Array, Array]:
    """The least distance (k,) in mm of each pair, and the earliest time (k,) in days at which it is found.

    The evenings are measured first; then every interval that can still hold a distance smaller by `CERTAIN_TO_MM` than
    the least one known is cut, until there is none.  A pair that seems to keep the distance `asked_mm` (k,) is cut on
    until no interval can hold less than that, so that no doubt is left of it: what keeps it within `SAME_MM` keeps it
    at all times within twice that.  What an interval can hold follows from the distances at its ends:
    not less than the speed allows, and not less than a curve that bends as far as it can.

    Source: the distance of two bodies is the least over all pairs of their points.  For one pair w apart, with relative
    speed v and acceleration a, |w|'' <= v^2 / |w| + a; a least of such curves bends upwards no more than they do.  So
    over h days it stays above its chord less (v^2 / |w| + a) s (1 - s) h^2 / 2, at shares s of the interval.
    """
    days, pairs = bounds.speed.shape
    asked_mm = np.asarray(asked_mm, float)
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
        sure = least - CERTAIN_TO_MM
        keeps = least >= asked_mm - SAME_MM
        open_ = floor < np.where(keeps, np.maximum(sure, asked_mm - 2.0 * SAME_MM), sure)[pair]
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

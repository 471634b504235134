"""Distances of straight struts and bones, as segments (..., 3) in mm, and the small tools that all distances use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hexapod.geometry.transforms import Array, cross

# Numbers of the elements of a batch, and what holds for them.
Numbers = NDArray[np.intp]
Flags = NDArray[np.bool_]

# A least distance that is sought by steps is certain to this, mm: a thousandth of what a plan tells.
SOUGHT_TO_MM = 1e-7
# Halving alone brings a whole turn (6.3 rad) to the spacing of doubles in this many steps, three to a halving.
MOST_STEPS = 180
# Squares of directions below this (mm^2) are rounding: the segment has no length, or the two are parallel.
NOTHING = 1e-24


def dot(a: Array, b: Array) -> Array:
    """Scalar products (...) of vectors (..., 3)."""
    return np.asarray(np.einsum("...i,...i->...", a, b), float)


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


def turning_place(slope_at: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """Where from `low` to `high` (m,) a function stops falling: its least place when it falls only before its least.

    `slope_at` takes places (m,) and gives the function's slope there.  Found by the secant through the slopes of both
    sides, halving now and then; a convex function is least there to `SOUGHT_TO_MM`, because it lies above its tangents.

    Source: Illinois variant of the false position, Dowell and Jarratt, BIT 11 (1971) 168.
    """
    slope_low, slope_high = slope_at(low), slope_at(high)
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

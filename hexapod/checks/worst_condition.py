"""The worst condition of a moving frame over a whole course, between the days too."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from hexapod.collision.closest_approach import PARTS, floor_of
from hexapod.geometry.transforms import Array

# The worst condition is found to this share of it: a fifth of what a message shows.
CERTAIN_SHARE = 1e-3
# Conditions this close (as a share) are the same one, reached by different sums: the earliest of them is named.
SAME_SHARE = 1e-9
# A condition above this is a singular position: rounding alone decides the number.
SINGULAR = 1000.0
# Jacobians (m, 6, 6) at times (m,) in days.
JacobiansAt = Callable[[Array], Array]


def worst_condition(
    jacobians_at: JacobiansAt, speed: Array, acceleration: Array, harmless: float
) -> tuple[float, float]:
    """The largest condition number of Jacobians that move smoothly within each day, and the time in days of it.

    It is infinite where a singular position is passed: where the determinant changes its sign.  Evenings are measured
    first; then every interval that may hold a larger condition than is known is cut, until there is none.  No interval
    is cut for a condition that is certainly below `harmless`.

    Args:
        jacobians_at: of the frame, from time 0 to the last day.
        speed, acceleration: bounds (days,) on the Frobenius norm of the first and the second derivative, a day.

    Source: the least singular value is the least of |J v| over all unit vectors v, and the largest the greatest; each
    is such a length as `closest_approach.py` bounds.  It bends downwards between two times by no more than
    `acceleration`.
    """
    days = len(speed)
    evenings = np.arange(days + 1.0)
    least, most, sign = _measure(jacobians_at(evenings))
    start, length = evenings[:-1], 1.0
    share, time = _least(np.inf, 0.0, least / most, evenings)
    left, right = _pairs(least), _pairs(most)
    turned = sign[:-1] * sign[1:] < 0.0
    while True:
        if turned.any():
            return math.inf, float(start[turned].min() + length)
        day = start.astype(int)
        floor = floor_of(left[0], left[1], length, np.zeros(len(day)), speed[day], acceleration[day])
        ceiling = right.max(axis=0) + acceleration[day] * (length**2 / 8.0)
        open_ = ~(floor >= min(share * (1.0 - CERTAIN_SHARE), 1.0 / harmless) * ceiling)
        if share * SINGULAR < 1.0 or not open_.any():
            return (1.0 / share if share > 0.0 else math.inf), time
        length /= PARTS
        times = start[open_, None] + length * np.arange(PARTS + 1)
        least, most, sign = (value.reshape(times.shape) for value in _measure(jacobians_at(times.ravel())))
        share, time = _least(share, time, (least / most).ravel(), times.ravel())
        left, right = _pairs(least), _pairs(most)
        turned = (sign[:, :-1] * sign[:, 1:] < 0.0).ravel()
        start = times[:, :-1].ravel()


def _measure(jacobians: Array) -> tuple[Array, Array, Array]:
    """Least and largest singular values (m,) and the sign of the determinant (m,); a least of 0 where there is none."""
    definite = np.asarray(np.isfinite(jacobians).all(axis=(1, 2)))
    jacobians = np.where(definite[:, None, None], jacobians, np.eye(6))
    values = np.linalg.svd(jacobians, compute_uv=False)
    sign = np.sign(np.linalg.det(jacobians))
    return np.where(definite, values[:, -1], 0.0), np.asarray(values[:, 0]), np.asarray(sign)


def _pairs(values: Array) -> Array:
    """Values at the two ends of every interval (2, m), from those of evenings (n,) or of cut intervals (k, n)."""
    return np.stack([values[..., :-1].ravel(), values[..., 1:].ravel()])


def _least(share: float, time: float, shares: Array, times: Array) -> tuple[float, float]:
    """The least share, and the earliest time of it, of those known and of further ones in the order of their times."""
    if not shares.min() < share * (1.0 - SAME_SHARE):
        return share, time
    k = int(np.argmax(shares <= shares.min() * (1.0 + SAME_SHARE)))
    return float(shares[k]), float(times[k])

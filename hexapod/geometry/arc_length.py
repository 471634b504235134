"""How far points travel on a motion that has no formula of its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hexapod.geometry.transforms import Array, transform_points, turn_angle

# Gauss points of a day.  Through them a polynomial of degree 11 follows half a turn a day to 1e-9 of the way, and the
# motions of a treatment, a few degrees a day, to rounding.
NODES, WEIGHTS = (a / 2 for a in np.polynomial.legendre.leggauss(12))


def _derivative_weights(nodes: Array) -> Array:
    """Weights (q, q) of the values at `nodes` (q,) for the derivative of their polynomial at the same nodes.

    Source: Berrut and Trefethen, SIAM Review 46 (2004) 501, section 9.3 (barycentric differentiation).
    """
    apart = nodes[:, None] - nodes + np.eye(len(nodes))
    barycentric = 1.0 / apart.prod(axis=1)
    weights = barycentric / barycentric[:, None] / apart
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights - np.diag(weights.sum(axis=1)))


DERIVATIVE = _derivative_weights(NODES)


def daily_arcs(poses_at: Callable[[Array], Array], points_mov_mm: Array, days: int) -> Array:
    """Arc lengths (days, k) in mm that points (k, 3) of the moving fragment travel on each day.

    `poses_at` gives poses (n, 4, 4) at times (n,) in days, smooth within every day.
    """
    times = np.arange(days)[:, None] + 0.5 + NODES
    places = transform_points(poses_at(times.ravel()), points_mov_mm).reshape(days, len(NODES), -1, 3)
    speed = np.linalg.norm(np.einsum("pq,dqkx->dpkx", DERIVATIVE, places), axis=-1)
    return np.asarray(np.einsum("p,dpk->dk", WEIGHTS, speed), float)


def daily_turns(T_ref_mov: Array) -> Array:
    """By how much (n - 1,) in rad the orientation of poses (n, 4, 4) differs from one evening to the next."""
    R = T_ref_mov[:, :3, :3]
    return turn_angle(R[1:] @ R[:-1].swapaxes(1, 2))

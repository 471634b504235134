"""The path of one stage: the corresponding point on a straight line, the orientation along the shortest rotation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hexapod.errors import GeometryError
from hexapod.geometry.transforms import (
    Array,
    cross,
    pose,
    rotation_from_vector,
    rotation_vector,
    transform_points,
    turn_angle,
)

# A limit of x mm is kept by an arc up to x (1 + this): 15 mm at 1 mm/day is 15 days (conventions section 8).
RELATIVE_TOLERANCE = 1e-9
# Two orientations this close to half a turn apart (rad) have no shortest rotation between them.
HALF_TURN_TOLERANCE = 1e-9
# Ends of a stage that differ by no more than this (mm, rad) are the same place, reached by different sums.
STILL_MM, STILL_RAD = 1e-9, 1e-11
# Below this turn (rad) the elliptic integral loses digits and the speed is as good as constant.
SMALL_TURN = 1e-3
# Where Carlson's three arguments are this near to one another, in shares of the last, his series leave less than 1e-15.
CARLSON_APART = 4e-3
GAUSS_NODES, GAUSS_WEIGHTS = (a / 2 for a in np.polynomial.legendre.leggauss(8))


@dataclass(frozen=True)
class Path:
    """A stage's path between two poses of the moving fragment in reference axes, as a function of s from 0 to 1.

    Build it with `Path.between`.  `turn` is the rotation vector (3,) in rad, reference axes, of the whole stage.
    """

    T_start: Array
    T_end: Array
    turn: Array

    @staticmethod
    def between(T_start: Array, T_end: Array) -> Path:
        """The path from pose `T_start` to `T_end`, both (4, 4).

        Raises:
            GeometryError: when they are half a turn apart, where the shortest rotation is not unique.
        """
        turn = rotation_vector(T_end[:3, :3] @ T_start[:3, :3].T)
        if np.linalg.norm(turn) > math.pi - HALF_TURN_TOLERANCE:
            raise GeometryError("The stage turns by 180 deg, which has two shortest ways: put a stage in between.")
        return Path(T_start, T_end, turn)

    @property
    def angle(self) -> float:
        """The whole turn in rad."""
        return float(np.linalg.norm(self.turn))

    @property
    def moves(self) -> bool:
        """Whether anything moves by more than rounding."""
        shift = np.linalg.norm(self.T_end[:3, 3] - self.T_start[:3, 3])
        return bool(shift > STILL_MM or self.angle > STILL_RAD)

    def poses(self, s: ArrayLike) -> Array:
        """Poses (n, 4, 4) at parameters `s` (n,); s = 1 is the end pose itself, to the last bit."""
        s = np.asarray(s, float)
        R = rotation_from_vector(s[:, None] * self.turn) @ self.T_start[:3, :3]
        start, end = self.T_start[:3, 3], self.T_end[:3, 3]
        T = pose(R, start + s[:, None] * (end - start))
        T[s == 1.0] = self.T_end
        T[s == 0.0] = self.T_start
        return T

    def positions(self, points_mov_mm: Array, s: ArrayLike) -> Array:
        """Positions (n, k, 3) in reference axes of points (k, 3) of the moving fragment at parameters `s` (n,)."""
        return transform_points(self.poses(s), points_mov_mm)

    def arc_lengths(self, points_mov_mm: Array, s: ArrayLike) -> Array:
        """Arc lengths (n - 1, k) in mm that points (k, 3) of the moving fragment travel between neighbouring `s` (n,).

        The speed is `sqrt(A + B cos(angle s - phase))`: the straight motion plus a velocity of constant size that turns
        about the stage's axis.  Its integral is the incomplete elliptic integral of the second kind.
        Source: derivation in docs/kinematics.md; Abramowitz and Stegun, 17.2.8.
        """
        s = np.asarray(s, float)
        straight = self.T_end[:3, 3] - self.T_start[:3, 3]
        arms = np.asarray(points_mov_mm, float) @ self.T_start[:3, :3].T
        velocity = cross(self.turn, arms)  # of the turn alone, at s = 0
        angle = self.angle
        if angle < SMALL_TURN:
            return self._gauss(straight, arms, s)
        along, across = velocity @ straight, cross(self.turn / angle, velocity) @ straight
        phase = np.arctan2(across, along)
        A = straight @ straight + (velocity**2).sum(axis=1)
        B = 2.0 * np.hypot(along, across)
        whole = np.where(A + B > 0.0, A + B, 1.0)
        # B <= A holds for any motion; only rounding can lift the modulus above 1.
        modulus = np.minimum(2.0 * B / whole, 1.0)
        integral = elliptic_second_kind(0.5 * (angle * s[:, None] - phase), modulus)
        return np.asarray(2.0 / angle * np.sqrt(A + B) * np.diff(integral, axis=0), float)

    def _gauss(self, straight: Array, arms: Array, s: Array) -> Array:
        """The same for a hardly turning stage, by 8-point Gauss quadrature of the speed."""
        width = np.diff(s)
        nodes = s[:-1, None] + width[:, None] * (GAUSS_NODES + 0.5)
        turned = np.einsum("nqij,kj->nqki", rotation_from_vector(nodes[..., None] * self.turn), arms)
        speed = np.linalg.norm(straight + cross(self.turn, turned), axis=-1)
        return np.asarray(width[:, None] * np.einsum("nqk,q->nk", speed, GAUSS_WEIGHTS), float)


def elliptic_second_kind(amplitude: Array, modulus: Array) -> Array:
    """Incomplete elliptic integrals (n, k) of the second kind, of amplitudes (n, k) in rad and moduli m (k,), 0 to 1.

    Within 1e-14 for each half turn of the amplitude.

    Source: DLMF 19.25.10, whose terms are all positive, and 19.2.10 for more than half a turn; R_F and R_D by
    duplication, Carlson, Numerical Algorithms 10 (1995) 13, with the series of DLMF 19.36.1 and 19.36.2.

    >>> elliptic_second_kind(np.array([[np.pi / 2.0]]), np.array([0.5])).round(9).tolist()      # of a quarter turn
    [[1.350643881]]
    """
    halves = np.round(amplitude / np.pi)
    # The complete integral stands in the last row.
    rest = np.concatenate([amplitude - np.pi * halves, np.full((1, len(modulus)), np.pi / 2.0)])
    sine, square = np.sin(rest), np.cos(rest) ** 2
    x, y, z = square, np.ones_like(square), square + (1.0 - modulus) * sine**2
    beside = modulus * sine * np.sqrt(x / z)
    total, share = np.zeros_like(x), 1.0
    while (np.maximum(np.maximum(x, y), z) - np.minimum(np.minimum(x, y), z) > CARLSON_APART * z).any():
        root_x, root_y, root_z = np.sqrt(x), np.sqrt(y), np.sqrt(z)
        more = root_x * (root_y + root_z) + root_y * root_z
        total += share / (root_z * (z + more))
        share, x, y, z = 0.25 * share, 0.25 * (x + more), 0.25 * (y + more), 0.25 * (z + more)
    mean = (x + y + z) / 3.0
    X, Y = 1.0 - x / mean, 1.0 - y / mean
    e2, e3 = X * Y - (X + Y) ** 2, -X * Y * (X + Y)
    R_F = (1.0 - e2 / 10.0 + e3 / 14.0 + e2**2 / 24.0 - e2 * e3 * (3.0 / 44.0)) / np.sqrt(mean)
    mean = (x + y + 3.0 * z) / 5.0
    X, Y = 1.0 - x / mean, 1.0 - y / mean
    Z = -(X + Y) / 3.0
    e2, e3 = X * Y - 6.0 * Z**2, (3.0 * X * Y - 8.0 * Z**2) * Z
    e4, e5 = 3.0 * (X * Y - Z**2) * Z**2, X * Y * Z**3
    series = 1.0 - e2 * (3.0 / 14.0) + e3 / 6.0 + e2**2 * (9.0 / 88.0)
    series += e5 * (3.0 / 26.0) - e4 * (3.0 / 22.0) - e2 * e3 * (9.0 / 52.0)
    R_D = 3.0 * total + share * series / (mean * np.sqrt(mean))
    integral = (1.0 - modulus) * sine * (R_F + modulus / 3.0 * sine**2 * R_D) + beside
    return np.asarray(integral[:-1] + 2.0 * halves * integral[-1], float)


def equal_steps(days: int) -> Array:
    """Parameters (days + 1,) of a stage's evenings, from 0 to 1."""
    return np.arange(days + 1) / days


def keeps_limits(path: Path, points_mov_mm: Array, limits_mm: Array, turn_limit: float | None, days: int) -> bool:
    """Whether on no day a point (k, 3) travels further than its limit (k,) mm, or the turn than its limit (rad)."""
    if turn_limit is not None and path.angle / days > turn_limit * (1.0 + RELATIVE_TOLERANCE):
        return False
    arcs = path.arc_lengths(points_mov_mm, equal_steps(days))
    return bool((arcs <= limits_mm * (1.0 + RELATIVE_TOLERANCE)).all())


def fewest_days(
    path: Path, points_mov_mm: Array, limits_mm: Array, turn_limit: float | None, at_most: int
) -> int | None:
    """The smallest number of equal steps that keeps every limit (see `keeps_limits`); None when above `at_most`."""
    ways = [*path.arc_lengths(points_mov_mm, equal_steps(1))[0], path.angle]
    bounds = [*limits_mm, math.inf if turn_limit is None else turn_limit]
    if any(way > bound * at_most * (1.0 + RELATIVE_TOLERANCE) for way, bound in zip(ways, bounds, strict=True)):
        return None
    # No fewer days can do, whatever their arcs: the mean day would already be too long.
    least = max(way / bound for way, bound in zip(ways, bounds, strict=True)) * (1.0 - RELATIVE_TOLERANCE)
    for days in range(max(1, math.ceil(least)), at_most + 1):
        if keeps_limits(path, points_mov_mm, limits_mm, turn_limit, days):
            return days
    return None


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

"""The path of one stage: the corresponding point on a straight line, the orientation along the shortest rotation.

`Path` is one such path, `Paths` those of many variations at once, one row for each.  A path turns about its axis k by
`R(s) = P + cos(s theta) (1 - P) + sin(s theta) K`, with P = k k^T and K v = k x v.  So every pose on it is a sum of
four matrices with the weights 1, cos(s theta), sin(s theta) and s.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hexapod.errors import GeometryError
from hexapod.geometry.transforms import (
    Array,
    cross,
    dot,
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
# Weights of a pose on a path: 1, cos(s theta), sin(s theta), s.
MATRICES = 4
Mask = NDArray[np.bool_]
Days = NDArray[np.intp]


def path_matrices(T_start: Array, T_end: Array, turn: Array, angle: Array) -> Array:
    """The four matrices (..., 4, 4, 4) whose sum with `path_weights` is a pose of paths between poses (..., 4, 4)."""
    R = T_start[..., :3, :3]
    axis = turn / np.where(angle > 0.0, angle, 1.0)[..., None]
    M = np.zeros((*R.shape[:-2], MATRICES, 4, 4))
    along = axis[..., :, None] * (axis[..., None, :] @ R)
    M[..., 0, :, :] = pose(along, T_start[..., :3, 3])
    M[..., 1, :3, :3] = R - along
    M[..., 2, :3, :3] = cross(axis[..., None, :], R.swapaxes(-1, -2)).swapaxes(-1, -2)
    M[..., 3, :3, 3] = T_end[..., :3, 3] - T_start[..., :3, 3]
    return M


def path_weights(turned: Array, s: Array) -> Array:
    """Weights (..., 4) at parameters `s` (...), where the path has turned by `turned` (...) rad."""
    weights = np.empty((*s.shape, MATRICES))
    weights[..., 0], weights[..., 3] = 1.0, s
    np.cos(turned, out=weights[..., 1])
    np.sin(turned, out=weights[..., 2])
    return weights


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

    @cached_property
    def angle(self) -> float:
        """The whole turn in rad."""
        return float(np.linalg.norm(self.turn))

    @cached_property
    def _matrices(self) -> Array:
        return path_matrices(self.T_start, self.T_end, self.turn, np.asarray(self.angle)).reshape(MATRICES, 16)

    @property
    def moves(self) -> bool:
        """Whether anything moves by more than rounding."""
        shift = np.linalg.norm(self.T_end[:3, 3] - self.T_start[:3, 3])
        return bool(shift > STILL_MM or self.angle > STILL_RAD)

    def poses(self, s: ArrayLike) -> Array:
        """Poses (n, 4, 4) at parameters `s` (n,); s = 1 is the end pose itself, to the last bit."""
        s = np.asarray(s, float)
        T: Array = (path_weights(self.angle * s, s) @ self._matrices).reshape(-1, 4, 4)
        T[s == 1.0] = self.T_end
        T[s == 0.0] = self.T_start
        return T

    def arc_lengths(self, points_mov_mm: Array, s: ArrayLike) -> Array:
        """Arc lengths (n - 1, k) in mm that points (k, 3) of the moving fragment travel between neighbouring `s` (n,).

        The speed is `sqrt(A + B cos(angle s - phase))`: the straight motion plus a velocity of constant size that turns
        about the stage's axis.  Its integral is the incomplete elliptic integral of the second kind.
        Source: derivation in docs/kinematics.md; Abramowitz and Stegun, 17.2.8.
        """
        s = np.asarray(s, float)
        straight, arms, velocity = self._motion(points_mov_mm)
        angle = self.angle
        if not (angle or straight.any()):
            return np.zeros((len(s) - 1, len(arms)))
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

    def _motion(self, points_mov_mm: Array) -> tuple[Array, Array, Array]:
        """The straight motion (3,) of the whole stage, and at its start the arms (k, 3) of points and their velocity
        (k, 3) by the turn alone."""
        arms = np.asarray(points_mov_mm, float) @ self.T_start[:3, :3].T
        return self.T_end[:3, 3] - self.T_start[:3, 3], arms, cross(self.turn, arms)

    def fastest(self, points_mov_mm: Array) -> Array:
        """What no point (k, 3) moves faster than (k,), mm in the whole stage: straight and by all of its turn."""
        straight, _, velocity = self._motion(points_mov_mm)
        return np.asarray(np.sqrt(straight @ straight) + np.sqrt(dot(velocity, velocity)))

    def _gauss(self, straight: Array, arms: Array, s: Array) -> Array:
        """The same for a hardly turning stage, by 8-point Gauss quadrature of the speed."""
        width = np.diff(s)
        nodes = s[:-1, None] + width[:, None] * (GAUSS_NODES + 0.5)
        turned = np.einsum("nqij,kj->nqki", rotation_from_vector(nodes[..., None] * self.turn), arms)
        velocity = straight + cross(self.turn, turned)
        speed = np.sqrt(dot(velocity, velocity))
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
    bounds = limits_mm * (1.0 + RELATIVE_TOLERANCE)
    if (path.fastest(points_mov_mm) <= bounds * days).all():
        return True
    return bool((path.arc_lengths(points_mov_mm, equal_steps(days)) <= bounds).all())


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


@dataclass(frozen=True)
class Paths:
    """Paths between poses `T_start` and `T_end` (n, 4, 4) of the moving fragment in reference axes.

    `turn` (n, 3) are their rotation vectors and `angle` (n,) their sizes, rad.  Build them with `Paths.between`.
    """

    T_start: Array
    T_end: Array
    turn: Array
    angle: Array

    @staticmethod
    def between(T_start: Array, T_end: Array) -> Paths:
        """The paths; which of them have one way only, `unique` tells."""
        turn = rotation_vector(T_end[:, :3, :3] @ T_start[:, :3, :3].swapaxes(1, 2))
        return Paths(T_start, T_end, turn, np.asarray(np.linalg.norm(turn, axis=1)))

    @property
    def unique(self) -> Mask:
        """Which paths (n,) are not of half a turn, where there are two shortest ways."""
        return np.asarray(self.angle <= np.pi - HALF_TURN_TOLERANCE)

    def matrices(self) -> Array:
        """The four matrices (n, 4, 4, 4) whose sum with `weights` is the pose."""
        return path_matrices(self.T_start, self.T_end, self.turn, self.angle)

    def weights(self, s: Array) -> Array:
        """Weights (n, d, 4) at parameters `s` (n, d)."""
        return path_weights(self.angle[:, None] * s, s)

    def fewest_days(self, points_mov_mm: Array, limits_mm: Array, turn_limit: float | None, at_most: int) -> Days:
        """`fewest_days` (n,) of pose_path.py for points (n or 1, k, 3) with limits (k,) in mm; 0 when above `at_most`.

        The longest day of a point is the one nearest to where it is fastest: its speed falls off alike to both sides.
        """
        speed = _Speed.of(self, points_mov_mm)
        one = np.ones(len(self.angle), int)
        least = (speed.longest(one) / limits_mm).max(axis=1)
        if turn_limit is not None:
            least = np.maximum(least, self.angle / turn_limit)
        possible = least <= at_most * (1.0 + RELATIVE_TOLERANCE)
        # No fewer days can do, whatever their arcs: the mean day would already be too long.
        days = np.where(possible, np.maximum(np.ceil(least * (1.0 - RELATIVE_TOLERANCE)), 1.0), 1.0).astype(int)
        open_ = np.flatnonzero(possible)
        while open_.size:
            too_long = (speed.only(open_).longest(days[open_]) > limits_mm * (1.0 + RELATIVE_TOLERANCE)).any(axis=1)
            if turn_limit is not None:
                too_long |= self.angle[open_] / days[open_] > turn_limit * (1.0 + RELATIVE_TOLERANCE)
            open_ = open_[too_long]
            days[open_] += 1
            open_ = open_[days[open_] <= at_most]
        days[~possible | (days > at_most)] = 0
        return days


@dataclass(frozen=True)
class _Speed:
    """The speed `sqrt(A + B cos(angle s - phase))` of points (n, k) by the parameter s, and what it is made of."""

    angle: Array
    turn: Array
    straight: Array
    arms: Array
    A: Array
    B: Array
    phase: Array

    @staticmethod
    def of(paths: Paths, points_mov_mm: Array) -> _Speed:
        """That of points (n or 1, k, 3) of the moving fragment.  Source: as `Path.arc_lengths`."""
        straight = paths.T_end[:, :3, 3] - paths.T_start[:, :3, 3]
        arms = points_mov_mm @ paths.T_start[:, :3, :3].swapaxes(1, 2)
        velocity = cross(paths.turn[:, None], arms)
        axis = paths.turn / np.where(paths.angle > 0.0, paths.angle, 1.0)[:, None]
        along = np.einsum("nki,ni->nk", velocity, straight)
        across = np.einsum("nki,ni->nk", cross(axis[:, None], velocity), straight)
        A = (straight**2).sum(axis=1)[:, None] + (velocity**2).sum(axis=2)
        B, phase = 2.0 * np.hypot(along, across), np.arctan2(across, along)
        return _Speed(paths.angle, paths.turn, straight, arms, A, B, phase)

    def only(self, rows: Days) -> _Speed:
        """The same of some variations."""
        return _Speed(*(part[rows] for part in vars(self).values()))

    def longest(self, days: Days) -> Array:
        """The longest way (n, k) in mm of each point on one of so many equal days (n,)."""
        angle, count = self.angle[:, None], days[:, None].astype(float)
        step = angle / count
        # The day in which the point is fastest, this turn, the one before or the next.
        best, nearest = np.zeros_like(self.phase), np.full_like(self.phase, np.inf)
        for turns in (0.0, 2.0 * np.pi, -2.0 * np.pi):
            peak = self.phase + turns
            day = np.clip(np.floor(peak / np.where(step > 0.0, step, 1.0)), 0.0, count - 1.0)
            away = abs((day + 0.5) * step - peak)
            best, nearest = np.where(away < nearest, day, best), np.minimum(away, nearest)
        begin = best / count
        arcs = np.empty_like(self.phase)
        small = self.angle < SMALL_TURN
        if small.any():
            arcs[small] = self.only(np.flatnonzero(small))._gauss(begin[small], days[small])
        if not small.all():
            rest = np.flatnonzero(~small)
            arcs[rest] = self.only(rest)._elliptic(begin[rest], days[rest])
        return arcs

    def _elliptic(self, begin: Array, days: Days) -> Array:
        """The ways (n, k) within a day that begins at parameter `begin` (n, k)."""
        whole = np.where(self.A + self.B > 0.0, self.A + self.B, 1.0)
        # B <= A holds for any motion; only rounding can lift the modulus above 1.
        modulus = np.minimum(2.0 * self.B / whole, 1.0)
        s = np.stack([begin, begin + 1.0 / days[:, None]])
        amplitude = 0.5 * (self.angle[:, None] * s - self.phase)
        integral = elliptic_second_kind(amplitude.reshape(2, -1), modulus.ravel())
        ways = np.diff(integral, axis=0).reshape(begin.shape)
        return np.asarray(2.0 / self.angle[:, None] * np.sqrt(self.A + self.B) * ways)

    def _gauss(self, begin: Array, days: Days) -> Array:
        """The same for hardly turning stages, by 8-point Gauss quadrature of the speed."""
        width = 1.0 / days
        nodes = begin[..., None] + width[:, None, None] * (GAUSS_NODES + 0.5)
        R = rotation_from_vector(nodes[..., None] * self.turn[:, None, None])
        turned = np.einsum("nkqij,nkj->nkqi", R, self.arms)
        speed = np.linalg.norm(self.straight[:, None, None] + cross(self.turn[:, None, None], turned), axis=-1)
        return np.asarray(width[:, None] * np.einsum("nkq,q->nk", speed, GAUSS_WEIGHTS))

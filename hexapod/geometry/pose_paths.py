"""The paths of one stage for many variations at once: as pose_path.py has them, one row for each variation.

A path turns about its axis k by `R(s) = P + cos(s theta) (1 - P) + sin(s theta) K`, with P = k k^T and K v = k x v.  So
every pose on it is a sum of four matrices with the weights 1, cos(s theta), sin(s theta) and s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hexapod.geometry.pose_path import (
    GAUSS_NODES,
    GAUSS_WEIGHTS,
    HALF_TURN_TOLERANCE,
    RELATIVE_TOLERANCE,
    SMALL_TURN,
    elliptic_second_kind,
)
from hexapod.geometry.transforms import Array, cross, pose, rotation_from_vector, rotation_vector

# Weights of a pose on a path: 1, cos(s theta), sin(s theta), s.
WEIGHTS = 4
Mask = NDArray[np.bool_]
Days = NDArray[np.intp]


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
        R = self.T_start[:, :3, :3]
        axis = self.turn / np.where(self.angle > 0.0, self.angle, 1.0)[:, None]
        M = np.zeros((len(R), WEIGHTS, 4, 4))
        along = axis[:, :, None] * (axis[:, None, :] @ R)
        M[:, 0] = pose(along, self.T_start[:, :3, 3])
        M[:, 1, :3, :3] = R - along
        M[:, 2, :3, :3] = cross(axis[:, None, :], R.swapaxes(1, 2)).swapaxes(1, 2)
        M[:, 3, :3, 3] = self.T_end[:, :3, 3] - self.T_start[:, :3, 3]
        return M

    def weights(self, s: Array) -> Array:
        """Weights (n, d, 4) at parameters `s` (n, d)."""
        turned = self.angle[:, None] * s
        return np.stack([np.ones_like(s), np.cos(turned), np.sin(turned), s], axis=-1)

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

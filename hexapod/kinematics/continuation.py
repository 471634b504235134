"""The continuation solver of forward kinematics: follow the lengths from a known pose in short, safe steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.geometry.transforms import Array, pose, rotation_from_vector
from hexapod.kinematics.inverse import centred, condition_of, jacobian, rigid_lengths

# Lengths are met to this (mm): a thousandth of the promise of 1e-9 mm at the pose, above rounding for 1 m frames.
FIT_MM = 1e-11
# The first Newton step after an advance turns by at most this (rad, shifts counted in rho) ...
STEP_LIMIT = 0.1
# ... and the next one shrinks to this share of it (Deuflhard 2004, section 2.1: Newton then stays on the path).
CONTRACTION_LIMIT = 0.25
# A part of the way this small that still cannot be made is a singular position (the square root of rounding).
LEAST_ADVANCE = 1e-7
CORRECTIONS = 8


@dataclass(frozen=True)
class Tracked:
    """Where following ended: poses (n, 4, 4), the share of the way made (n,), 1 where the lengths were reached.

    `worst_condition` (n,) is the largest condition number met at the places where it stopped on its way.
    """

    T_prox_dist: Array
    share: Array
    worst_condition: Array


def follow(proximal: Array, distal: Array, lengths_mm: Array, near: Array) -> Tracked:
    """Follow the lengths linearly from those of `near` (n, 4, 4) to `lengths_mm` (n, 6), mm.

    Source: conventions section 7 (continuation); Allgower and Georg, Numerical Continuation Methods, chapter 2.
    """
    T = near.copy()
    first = rigid_lengths(proximal, distal, near)
    share = np.zeros(len(T))
    start = jacobian(proximal, distal, near)
    side, worst = np.sign(np.linalg.det(start)), condition_of(start)
    advance = np.full(len(T), 0.25)
    while (lanes := np.flatnonzero((share < 1.0) & (advance >= LEAST_ADVANCE))).size:
        aim = np.minimum(share[lanes] + advance[lanes], 1.0)
        goal = np.where(
            (aim == 1.0)[:, None],
            lengths_mm[lanes],
            first[lanes] + aim[:, None] * (lengths_mm[lanes] - first[lanes]),
        )
        moved, met, there = _correct(proximal, distal, goal, T[lanes])
        met[met] = np.sign(np.linalg.det(there[met])) == side[lanes[met]]  # else it has leapt over a singular position
        T[lanes[met]], share[lanes[met]] = moved[met], aim[met]
        worst[lanes[met]] = np.maximum(worst[lanes[met]], condition_of(there[met]))
        advance[lanes] *= np.where(met, 2.0, 0.25)
    return Tracked(T, share, worst)


def _correct(proximal: Array, distal: Array, goal: Array, T: Array) -> tuple[Array, Array, Array]:
    """Newton with a pivoted solver: poses after it, which met their goal without a doubtful step, and the Jacobians
    there (but for the last digits)."""
    centre, rho = distal.mean(axis=0), centred(distal)[1]
    before = np.full(len(T), np.inf)
    met, sure = np.zeros(len(T), bool), np.ones(len(T), bool)
    for correction in range(CORRECTIONS):
        miss = goal - rigid_lengths(proximal, distal, T)
        met = sure & (abs(miss).max(axis=1) <= FIT_MM * np.maximum(1.0, goal.max(axis=1) / 1000.0))
        rows = jacobian(proximal, distal, T)
        sure &= np.isfinite(rows).all(axis=(1, 2))
        U, values, Vt = np.linalg.svd(np.where(sure[:, None, None], rows, np.eye(6)))
        sure &= values[:, -1] > 0.0
        values = np.where(values > 0.0, values, np.inf)
        step = np.einsum("nki,nk,njk,nj->ni", Vt, 1.0 / values, U, miss)
        size = np.linalg.norm(step, axis=1) / rho
        sure &= size <= (STEP_LIMIT if correction == 0 else np.maximum(CONTRACTION_LIMIT * before, 1e-12))
        sure |= met
        turn = rotation_from_vector(step[:, 3:] / rho)
        R = turn @ T[:, :3, :3]
        shifted = T[:, :3, :3] @ centre + T[:, :3, 3] + step[:, :3]
        moved = pose(R, shifted - R @ centre)
        T = np.where(sure[:, None, None], moved, T)  # a lane that has met its goal gains its last digits
        if (met | ~sure).all():
            break
        before = size
    return T, met, rows

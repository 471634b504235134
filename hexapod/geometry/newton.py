"""The fast lane of forward kinematics: one Newton for thousands of poses at once.

Unknown is the inverse pose: the proximal joints in distal axes, `v_i = Q p_i + s - d_i`, with both joint sets taken
from their centroids.  Every entry of v_i and of the Jacobian is linear in Q, s and Q^T s, so one matrix product gives
them for all lanes; the Jacobian comes out already multiplied by its inverse at a typical pose, hence close to the
identity, and needs no pivoting.  Arrays are laid out (quantity, lane).  A lane that leaves this easy country is
handed back as doubtful, never forced: the caller follows it with care (follow.py).

Sources: the algebra is derived in docs/kinematics.md; the contraction test is that of Deuflhard, Newton Methods for
Nonlinear Problems (2004), section 2.1; a second step with the same Jacobian gives third order (Traub 1964, section 8.4).
"""

from __future__ import annotations

import itertools

import numpy as np

from hexapod.geometry.jacobian import centred
from hexapod.geometry.transforms import Array, pose, unit_quaternion

# Lanes per block: the working arrays (some 100 doubles a lane) stay in the second-level cache.
BLOCK = 4096
# One step turns by at most this (rad, shifts counted in rho): a longer one may leap to another pose.
STEP_LIMIT = 0.7
# The frozen second step must shrink to this share of the first, or the lane is doubtful.
CONTRACTION_LIMIT = 0.5
# A lane is done when the error left is estimated below this (rad, shifts counted in rho).
DONE = 1e-13
MAX_STEPS = 8


def _rotation_weights() -> Array:
    """Weights (9, 16): entries of Q row by row from the products u_a u_b (4a + b) of a unit quaternion, w first."""
    weights = np.zeros((9, 4, 4))
    for i in range(3):
        weights[3 * i + i, 0, 0] = 1.0
        for k in range(3):
            weights[3 * i + i, k + 1, k + 1] = 1.0 if k == i else -1.0
        j, k = (i + 1) % 3, (i + 2) % 3
        weights[3 * i + j, i + 1, j + 1] = weights[3 * j + i, i + 1, j + 1] = 2.0
        weights[3 * i + j, 0, k + 1], weights[3 * j + i, 0, k + 1] = -2.0, 2.0
    return weights.reshape(9, 16)


def _turn_weights() -> Array:
    """Weights (4, 12): u (0, w/2) from the products w_k u_a (4k + a), the quaternion's change by a small turn w."""
    weights = np.zeros((4, 3, 4))
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        weights[0, i, i + 1], weights[i + 1, i, 0] = -0.5, 0.5
        weights[k + 1, j, i + 1], weights[k + 1, i, j + 1] = 0.5, -0.5
    return weights.reshape(4, 12)


ROTATION, TURN = _rotation_weights(), _turn_weights()
LEVI_CIVITA = np.zeros((3, 3, 3))
for _i, _j, _k in itertools.permutations(range(3)):
    LEVI_CIVITA[_i, _j, _k] = np.linalg.det(np.eye(3)[[_i, _j, _k]])


class Newton:
    """The matrices of one frame, prepared around one typical pose (4, 4) of its distal ring."""

    def __init__(self, proximal: Array, distal: Array, T_prox_dist: Array) -> None:
        self.p_centre, self.d_centre = proximal.mean(axis=0), distal.mean(axis=0)
        (p, self.rho), (d, _) = centred(proximal), centred(distal)
        (u,), (s,) = (a.T for a in self.state(T_prox_dist[None]))
        Q = (ROTATION @ np.outer(u, u).ravel()).reshape(3, 3)
        eye = np.eye(3)
        # products of a lane: Q (9, row by row), s (3), Q^T s (3), 1
        v = np.zeros((6, 3, 16))
        v[:, :, :9] = np.einsum("ab,ic->iabc", eye, p).reshape(6, 3, 9)
        v[:, :, 9:12] = eye
        v[:, :, 15] = -d
        back = np.zeros((6, 3, 16))  # Q^T (s - d), whose cross product with p is the moment
        back[:, :, :9] = np.einsum("bc,ia->ibac", -eye, d).reshape(6, 3, 9)
        back[:, :, 12:15] = eye
        moment = np.einsum("abc,ib,icf->iaf", LEVI_CIVITA, p, back)
        at = np.concatenate([Q.ravel(), s, Q.T @ s, [1.0]])
        rows = np.concatenate([v, moment], axis=1)
        self.inverse = np.linalg.inv(rows @ at)
        near_identity = np.einsum("icf,cj->ijf", rows, self.inverse)
        self.along = v.reshape(18, 16)
        self.all_rows = np.concatenate([self.along, near_identity.reshape(36, 16)])
        self.u, self.s = u, s
        self.half_square = 0.5 * ((v @ at) ** 2).sum(axis=1)
        self.bend = self._second_order(Q, p, v @ at)

    def _second_order(self, Q: Array, p: Array, v: Array) -> Array:
        """Weights (6, 36) of the products of a step for the second-order part of half the squared lengths."""
        move = np.concatenate([np.tile(np.eye(3), (6, 1, 1)), np.einsum("ab,bcd,id->iac", Q, LEVI_CIVITA, p)], axis=2)
        curve = np.einsum("ica,icb->iab", move, move)
        z = v @ Q
        outer = np.einsum("ia,ib->iab", z, p)
        curve[:, 3:, 3:] += outer / 2 + outer.swapaxes(1, 2) / 2
        curve[:, 3:, 3:] -= (z * p).sum(axis=1)[:, None, None] * np.eye(3)
        return 0.5 * curve.reshape(6, 36)

    def state(self, T_prox_dist: Array) -> tuple[Array, Array]:
        """Quaternion (4, n) and shift (3, n) of poses (n, 4, 4)."""
        R = T_prox_dist[:, :3, :3]
        centre = T_prox_dist[:, :3, 3] + R @ self.d_centre - self.p_centre
        return unit_quaternion(R.swapaxes(1, 2)).T.copy(), -np.einsum("nba,nb->an", R, centre)

    def poses(self, u: Array, s: Array) -> Array:
        """Poses (n, 4, 4) of quaternions (4, n) and shifts (3, n)."""
        Q = (ROTATION @ (u[:, None] * u).reshape(16, -1)).reshape(3, 3, -1)
        t = self.p_centre[:, None] - np.einsum("abn,an->bn", Q, self.d_centre[:, None] + s)
        return pose(Q.T, t.T)

    def first_guess(self, half_square: Array) -> tuple[Array, Array]:
        """Second-order guess of the state from the typical pose, for half squared lengths (6, n)."""
        step = self.inverse @ (half_square - self.half_square[:, None])
        step *= STEP_LIMIT / np.maximum(STEP_LIMIT, self.size(step))
        step -= self.inverse @ (self.bend @ (step[:, None] * step).reshape(36, -1))
        n = step.shape[1]
        return self.moved(np.repeat(self.u[:, None], n, axis=1), np.repeat(self.s[:, None], n, axis=1), step)

    def size(self, step: Array) -> Array:
        """Length (n,) of steps (6, n): turn in rad, shift counted in rho."""
        shift, turn = step[:3], step[3:]
        square = np.einsum("an,an->n", shift, shift) / self.rho**2 + np.einsum("an,an->n", turn, turn)
        return np.asarray(np.sqrt(square), float)

    def moved(self, u: Array, s: Array, step: Array) -> tuple[Array, Array]:
        """State after a step: the shift added, the turn multiplied from the right (Cayley map)."""
        u = u + TURN @ (step[3:, None] * u).reshape(12, -1)
        u /= np.sqrt(np.einsum("an,an->n", u, u))
        return u, s + step[:3]

    def products(self, u: Array, s: Array) -> Array:
        """The sixteen products (16, n) of a state."""
        out = np.empty((16, u.shape[1]))
        np.matmul(ROTATION, (u[:, None] * u).reshape(16, -1), out=out[:9])
        out[9:12] = s
        np.einsum("abn,an->bn", out[:9].reshape(3, 3, -1), s, out=out[12:15])
        out[15] = 1.0
        return out

    def solve_block(self, half_square: Array, u: Array, s: Array) -> tuple[Array, Array, Array]:
        """Final state (4, n), (3, n) and which lanes (n,) are sure, for half squared lengths (6, n)."""
        lanes = np.arange(u.shape[1])
        final_u, final_s, sure = u.copy(), s.copy(), np.zeros(u.shape[1], bool)
        good = np.ones(len(lanes), bool)
        for _ in range(MAX_STEPS):
            rows = self.all_rows @ self.products(u, s)
            factors = rows[18:].reshape(6, 6, -1)
            determinant = eliminate(factors)
            step = self.inverse @ substitute(factors, half_square - _half_square(rows[:18]))
            size = self.size(step)
            step *= STEP_LIMIT / np.maximum(STEP_LIMIT, size)
            u, s = self.moved(u, s, step)
            frozen = substitute(factors, half_square - _half_square(self.along @ self.products(u, s)))
            step = self.inverse @ frozen
            second = self.size(step)
            u, s = self.moved(u, s, step)
            # A changed sign means a singular position was crossed, a slow second step that another pose may be near.
            whole = size <= STEP_LIMIT
            good &= (determinant > 0.0) & ((second <= CONTRACTION_LIMIT * size + DONE) | ~whole)
            done = whole & (second * second <= DONE * np.maximum(size, DONE))
            over = done | ~good
            if over.any():
                out = lanes[over]
                final_u[:, out], final_s[:, out], sure[out] = u[:, over], s[:, over], good[over]
                left = ~over
                lanes, good, half_square = lanes[left], good[left], half_square[:, left]
                u, s = u[:, left], s[:, left]
            if not len(lanes):
                break
        return final_u, final_s, sure


def _half_square(along: Array) -> Array:
    v = along.reshape(6, 3, -1)
    return 0.5 * np.einsum("ian,ian->in", v, v)


def eliminate(matrix: Array) -> Array:
    """Gaussian elimination in place of matrices (6, 6, n) near the identity; factors stay below, determinant (n,)."""
    determinant = matrix[0, 0].copy()
    for k in range(5):
        factor = matrix[k + 1 :, k]
        factor /= matrix[k, k]
        matrix[k + 1 :, k + 1 :] -= factor[:, None] * matrix[k, k + 1 :]
        determinant *= matrix[k + 1, k + 1]
    return determinant


def substitute(factors: Array, right: Array) -> Array:
    """Solution (6, n) of eliminated matrices for right sides (6, n), in place."""
    for k in range(5):
        right[k + 1 :] -= factors[k + 1 :, k] * right[k]
    for k in range(5, -1, -1):
        right[k] /= factors[k, k]
        right[:k] -= factors[:k, k] * right[k]
    return right

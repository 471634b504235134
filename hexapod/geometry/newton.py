"""The fast lane of forward kinematics: one Newton for thousands of poses at once.

Unknown is the motion of the distal ring from one typical pose: a turn c (axis times the tangent of half the angle) and
a shift g = t - c x t, with t the translation.  Six equations say that the struts have their lengths; they, their
Jacobian and the final pose are linear in the same seventeen terms, so matrix products give them for all lanes.  The
Jacobian comes out multiplied by its inverse at the typical pose, hence near the identity, and needs no pivoting.  It is
eliminated in single precision; what the lengths still miss is found in double precision, so the result is exact.  A
lane that leaves this easy country is handed back as not sure, never forced: the caller follows it (follow.py).

Arrays are laid out (quantity, lane), in memory used again.  Vectors have rows x y z x y, so that a cross product is two
products.  Lengths are counted in rho (jacobian.py).

Sources: the algebra is derived in docs/kinematics.md; contraction: Deuflhard, Newton Methods for Nonlinear Problems
(2004), section 2.1; single precision factors: Higham, Accuracy and Stability of Numerical Algorithms, chapter 12.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hexapod.geometry.jacobian import centred
from hexapod.geometry.transforms import Array, rotation_from_vector, rotation_vector

Rows = NDArray[Any]  # (quantity, lane), single or double precision
Marks = NDArray[np.bool_]

BLOCK = 16384  # lanes at most, enough to hide the cost of numpy's calls
LANE_BYTES, CACHE_LINE = 1024, 64  # working memory of a lane; of processors
# Steps with the Jacobian of the typical pose before the first one with the lane's own.
CHORDS = 3
# The first step of a lane's own is at most this (tangent of half the turn, shift in rho): a longer one may leap to
# another pose.  Each later one is at most a share of the one before.  Below ROUNDING, single precision may fake both.
STEP_LIMIT = 0.5
CONTRACTION_LIMIT = 0.5
ROUNDING = 1e-4
# A lane is done when the error left is estimated below this (same measure).
DONE = 1e-14
# Refining pays when most lanes' steps are below this.
FAR = 3e-3
ROUNDS = 8

# The terms: 1, c (3), squares and products of c (6), (1 + c^2) t (3), w = g + (c.g) c (3), g.w (1).
FIRST, SECOND = [0, 1, 2, 1, 2, 0], [0, 1, 2, 2, 0, 1]  # factors of the squares and products
MOVED, TERMS = 13, 17  # a moved point takes the first 13
SKEW = np.zeros((3, 3, 3))  # a x b = (a SKEW) b
TURN = np.zeros((3, 3, MOVED))  # weights of (1 + c^2) R x by the entries of x: the formula of Cayley and Rodrigues
for _i in range(3):
    _j, _k = (_i + 1) % 3, (_i + 2) % 3
    SKEW[_i, _k, _j], SKEW[_i, _j, _k] = 1.0, -1.0
    TURN[_i, _i, [0, 4 + _i, 4 + _j, 4 + _k]] = 1.0, 1.0, -1.0, -1.0
    TURN[_j, _k, 4 + 3 + _i] = TURN[_k, _j, 4 + 3 + _i] = 2.0
    TURN[:, :, 1 + _i] = 2.0 * SKEW[_i].T


class Newton:
    """The matrices of one frame, prepared around one typical pose (4, 4) of its distal ring."""

    def __init__(self, proximal: Array, distal: Array, T_prox_dist: Array) -> None:
        self.R, self.t = rotation_from_vector(rotation_vector(T_prox_dist[:3, :3])), T_prox_dist[:3, 3]
        there = distal @ self.R.T + self.t
        self.centre = there.mean(axis=0)
        d, self.rho = centred(there)
        d, p = d / self.rho, (proximal - self.centre) / self.rho
        place = np.tensordot(d, TURN, 1)
        place[:, :, 10:] = np.eye(3)
        rows = np.concatenate([2.0 * np.tensordot(p, SKEW, 1) @ place, place], axis=1)
        rows[:, 3:, [0, 4, 5, 6]] -= p[:, :, None]  # times 1 + c^2
        inverse = np.linalg.inv(rows[:, :, 0])
        self.jacobian = (inverse @ rows.reshape(6, -1)).reshape(36, MOVED).astype(np.float32)
        self.equations = inverse @ equation_weights(p, d)
        self.equations_single = self.equations.astype(np.float32)
        self.goal = 0.5 * inverse / self.rho**2
        self.pose = self._pose_weights()

    def _pose_weights(self) -> Array:
        """Weights (18, 16) of a pose's entries, row by row, for the terms over 1 + c^2 and a last term 1."""
        weights = np.zeros((TERMS + 1, 4, 4))
        columns = np.column_stack([self.R, self.t - self.centre])
        weights[:10, :3] = np.tensordot(TURN[:, :, :10], columns, (0, 0)).transpose(1, 0, 2)
        weights[10:13, :3, 3] = self.rho * np.eye(3)
        weights[TERMS, :, 3] = [*self.centre, 1.0]
        return weights.reshape(TERMS + 1, 16)

    def _start_weights(self) -> Array:
        """Weights (7, 16) of 4 c / (1 + c^2), t (3) and 4 / (1 + c^2) for a pose's entries, row by row."""
        weights = np.zeros((7, 4, 4))
        weights[:3, :3, :3] = SKEW @ self.R
        weights[3:6, :3, :3] = np.eye(3)[:, :, None] * (self.R.T @ (self.centre - self.t)) / self.rho
        weights[3:6, :3, 3], weights[3:6, 3, 3] = np.eye(3) / self.rho, -self.centre / self.rho
        weights[6, :3, :3], weights[6, 3, 3] = self.R, 1.0
        return weights.reshape(7, 16)

    def solve(self, lengths_mm: Array, starts: Array | None) -> tuple[Array, Marks]:
        """Poses (n, 4, 4) of lengths (n, 6), and which (n,) are sure; from `starts` (n, 4, 4) or the typical pose."""
        n = len(lengths_mm)
        T, sure = np.empty((n, 4, 4)), np.empty(n, bool)
        length = math.ceil(n / math.ceil(n / BLOCK) / 16) * 16  # of the blocks, in whole cache lines
        with np.errstate(all="ignore"):  # a lane that overflows is not sure
            for first in range(0, n, length):
                block = slice(first, min(first + length, n))
                SPACE.used = 0
                lanes = Lanes(self.goal @ np.square(lengths_mm[block]).T)
                if starts is None:
                    self._first_guess(lanes)
                else:
                    self._set_pose(lanes.rough, starts[block])
                size = self._step(lanes)
                sure[block] = self._settle(lanes, size, size <= STEP_LIMIT, ROUNDS)
                self._pose_of(lanes.exact, out=T[block].reshape(-1, 16))
        return T, sure

    def _first_guess(self, lanes: Lanes) -> None:
        """Approach from the typical pose with its Jacobian, here the identity."""
        rough = lanes.rough
        rough.x[...] = 0.0
        rough.advance((lanes.goal - self.equations[:, :1]).astype(np.float32))
        for _ in range(CHORDS):
            rough.advance(rough.miss(self.equations_single, lanes.goal_single))

    def _set_pose(self, state: State, T_prox_dist: Array) -> None:
        """Put every lane at its own pose (n, 4, 4)."""
        found = self._start_weights() @ T_prox_dist.reshape(-1, 16).T
        c, t = found[:3] / found[6], found[3:6]
        state.x[:, :3] = c, t - np.cross(c, t, axis=0)
        state.x[:, 3:] = state.x[:, :2]

    def _pose_of(self, state: State, out: Array) -> None:
        """Write poses (n, 16)."""
        state.expand()
        state.terms[:TERMS] /= state.norm()
        np.matmul(state.terms.T, self.pose, out=out)

    def _step(self, lanes: Lanes) -> Rows:
        """A step with the lanes' own Jacobians, which stay eliminated; returns its size (n,), infinite where the
        determinant has not the sign of the typical pose's: a singular position lies between."""
        rough = lanes.rough
        miss = rough.miss(self.equations_single, lanes.goal_single)
        np.matmul(self.jacobian, rough.terms[:MOVED], out=lanes.factors.reshape(36, -1))
        lanes.eliminate()
        step = lanes.motion(lanes.substitute(miss))
        rough.advance(step)
        return np.where(np.multiply.reduce(lanes.inverse_pivots) > 0.0, size_of(step), np.inf)

    def _refine(self, lanes: Lanes) -> Rows:
        """A step with the same factors from the lengths missed in double precision; returns its size (n,)."""
        lanes.miss[...] = lanes.exact.miss(self.equations, lanes.goal)
        step = lanes.motion(lanes.substitute(lanes.miss))
        lanes.exact.advance(step)
        return size_of(step)

    def _settle(self, lanes: Lanes, before: Rows, good: Marks, rounds: int) -> Marks:
        """Newton steps, each refined twice, until a lane is done or doubtful; returns which (n,) are done."""
        size = self._step(lanes)
        good &= size <= np.maximum(CONTRACTION_LIMIT * before, ROUNDING)
        if rounds and np.count_nonzero(size > FAR) > len(size) // 2:
            return self._settle(lanes, size, good, rounds - 1)
        lanes.exact.x[...] = lanes.rough.x
        first, second = self._refine(lanes), self._refine(lanes)
        done = good & (second * second <= DONE * np.maximum(first, DONE))
        left = np.flatnonzero(good & ~done)
        if len(left) and rounds:
            rest = Lanes(lanes.goal[:, left])
            rest.rough.x[...] = lanes.exact.x[:, :, left]
            done[left] = self._settle(rest, size[left], good[left], rounds - 1)
            lanes.exact.x[:, :, left] = rest.exact.x
        return done


class Space(threading.local):
    """Memory of working arrays, kept for each thread: fresh memory from the system costs more than the work."""

    def __init__(self) -> None:
        fresh = np.empty(BLOCK * LANE_BYTES, np.uint8)
        self.bytes, self.used = fresh[-fresh.ctypes.data % CACHE_LINE :], 0

    def take(self, shape: tuple[int, ...], precision: type[np.floating[Any]]) -> Rows:
        """An array in the space, or a fresh one when it is full."""
        size = math.prod(shape) * np.dtype(precision).itemsize
        first, self.used = self.used, self.used + math.ceil(size / CACHE_LINE) * CACHE_LINE
        taken: Rows = self.bytes[first : first + size]
        return np.empty(shape, precision) if self.used > len(self.bytes) else taken.view(precision).reshape(shape)


SPACE = Space()


class State:
    """Where n lanes are, in one precision: x = (c, g), each in five rows, and the terms."""

    def __init__(self, n: int, precision: type[np.floating[Any]]) -> None:
        self.x = SPACE.take((2, 5, n), precision)
        self.terms = SPACE.take((TERMS + 1, n), precision)
        self.terms[TERMS] = 1.0
        self.work = SPACE.take((2, 6, n), precision)

    def advance(self, step: Rows) -> None:
        """Add steps (6, n)."""
        self.x[:, :3] += step.reshape(2, 3, -1)
        self.x[:, 3:] = self.x[:, :2]

    def expand(self) -> None:
        """Fill in the terms."""
        (c, g), terms, work = self.x, self.terms, self.work[0, :3]
        w = terms[13:16]
        terms[0], terms[1:4] = 1.0, c[:3]
        np.multiply(c[:3], c[:3], out=terms[4:7])
        np.multiply(c[1:4], c[2:5], out=terms[7:10])
        np.multiply(c[:3], np.add.reduce(np.multiply(c[:3], g[:3], out=work)), out=w)
        w += g[:3]
        np.add.reduce(np.multiply(g[:3], w, out=work), out=terms[16])
        np.add(w, cross(c, g, out=terms[10:13], work=work), out=terms[10:13])

    def norm(self) -> Rows:
        """1 + c^2 (n,)."""
        return np.asarray(1.0 + np.add.reduce(self.terms[4:7]))

    def miss(self, equations: Rows, goal: Rows) -> Rows:
        """By how much (6, n) the equations miss the goal."""
        self.expand()
        np.matmul(equations, self.terms[:TERMS], out=self.work[0])
        np.multiply(goal, self.norm(), out=self.work[1])
        missed: Rows = np.subtract(self.work[1], self.work[0], out=self.work[0])
        return missed


class Lanes:
    """The work space of n lanes: their goal (squared lengths, combined like the equations), states and Jacobians."""

    def __init__(self, goal: Array) -> None:
        n = goal.shape[1]
        self.rough, self.exact = State(n, np.float32), State(n, np.float64)
        self.goal, self.goal_single = goal, SPACE.take((6, n), np.float32)
        self.goal_single[...] = goal
        self.miss, self.inverse_pivots = SPACE.take((2, 6, n), np.float32)
        self.factors = SPACE.take((6, 6, n), np.float32)
        self.work = SPACE.take((5, 5, n), np.float32)

    def eliminate(self) -> None:
        """Gaussian elimination without pivoting in place; factors stay below the diagonal."""
        matrix, inverse = self.factors, self.inverse_pivots
        for k in range(6):
            np.divide(1.0, matrix[k, k], out=inverse[k])
            factor = np.multiply(matrix[k + 1 :, k], inverse[k], out=matrix[k + 1 :, k])
            part = self.work[: 5 - k, : 5 - k]
            matrix[k + 1 :, k + 1 :] -= np.multiply(factor[:, None], matrix[k, k + 1 :], out=part)

    def substitute(self, right: Rows) -> Rows:
        """Solution (6, n) of the eliminated systems for right sides (6, n), in place."""
        matrix, work = self.factors, self.work[0]
        for k in range(5):
            right[k + 1 :] -= np.multiply(matrix[k + 1 :, k], right[k], out=work[: 5 - k])
        for k in range(5, -1, -1):
            right[k] *= self.inverse_pivots[k]
            right[:k] -= np.multiply(matrix[:k, k], right[k], out=work[:k])
        return right

    def motion(self, twist: Rows) -> Rows:
        """Change (6, n) by small twists (a, b), half the turn and the shift: a - c x a + (a.c) c of c, and with
        k = b + a x g, k - c x k of g."""
        (c, g), work = self.rough.x, self.work[0, :3]
        a, k, step = self.work[1], self.work[2], self.work[3:].reshape(10, -1)[:6]
        a[:3], a[3:] = twist[:3], twist[:2]
        np.add(twist[3:], cross(a, g, out=k[:3], work=work), out=k[:3])
        k[3:] = k[:2]
        np.subtract(a[:3], cross(c, a, out=step[:3], work=work), out=step[:3])
        step[:3] += np.multiply(c[:3], np.add.reduce(np.multiply(a[:3], c[:3], out=work)), out=work)
        np.subtract(k[:3], cross(c, k, out=step[3:], work=work), out=step[3:])
        return step


def cross(a: Rows, b: Rows, out: Rows, work: Rows) -> Rows:
    """Cross product (3, n) of vectors (5, n), in `out`."""
    np.multiply(a[1:4], b[2:5], out=out)
    out -= np.multiply(a[2:5], b[1:4], out=work)
    return out


def size_of(step: Rows) -> Rows:
    """Length (n,) of steps (6, n)."""
    return np.asarray(np.sqrt(np.einsum("an,an->n", step, step)))


def equation_weights(p: Array, d: Array) -> Array:
    """Weights (6, 17) of half the squared lengths times 1 + c^2, |e + g + c x m|^2 + (c.(e + g))^2 in full."""
    e, m = d - p, d + p
    weights = np.zeros((len(p), TERMS))
    weights[:, 0] = (e * e).sum(axis=1)
    weights[:, 1:4] = 2.0 * np.cross(m, e)
    weights[:, 4:10] = e[:, FIRST] * e[:, SECOND] - m[:, FIRST] * m[:, SECOND]
    weights[:, 4:7] += (m * m).sum(axis=1)[:, None]
    weights[:, 7:10] *= 2.0
    weights[:, 10:13], weights[:, 13:16] = -2.0 * m, 2.0 * (e + m)
    weights[:, 16] = 1.0
    return 0.5 * weights

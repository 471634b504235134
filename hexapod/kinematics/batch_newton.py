"""The batch solver of forward kinematics: one Newton for thousands of poses at once.

For 1,000 poses and more it is about ten times as fast as a plain batched Newton; one plan needs far fewer and gains
nothing by it.  So it stands apart, and only forward.py calls it.

The unknown of each lane is the motion (c, g) of the distal ring from one typical pose: a turn c (axis times the tangent
of half the angle, after Cayley) and a shift g = t - c x t, with t the translation.  Everything is linear in the terms
1, c (3), g (3) and q = c.g, or in their products; the weights are made once for each frame.  Lengths are counted in rho
(`centred` in inverse.py).

Six equations say that the struts have their lengths: each is a sum of four squares, whose roots are linear in the eight
terms, so one matrix product gives them for all lanes, and most of the Jacobian with them.  The equations are multiplied
by the inverse of the Jacobian at the typical pose; hence a lane's Jacobian is near the identity and needs no pivoting.
It is eliminated in single precision (`Systems`); what the lengths still miss is found in double precision, so the
result is exact.  A lane that leaves this well-conditioned region is handed back as not sure, never forced: the
continuation solver takes it (`follow` in forward.py).

Sources: the algebra is derived in docs/kinematics.md, section 2; contraction: Deuflhard, Newton Methods for Nonlinear
Problems (2004), section 2.1; single precision factors: Higham, Accuracy and Stability of Numerical Algorithms,
chapter 12.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hexapod.geometry.transforms import Array, cross, pose, rotation_from_vector, rotation_vector
from hexapod.kinematics.inverse import centred

Rows = NDArray[Any]  # (quantity, lane), single or double precision
Precision = type[np.floating[Any]]

BLOCK = 16384  # lanes at most, enough to hide the cost of numpy's calls
LANE_BYTES, CACHE_LINE = 1280, 64  # working memory of a lane; of processors
# Up to so many lanes are solved by the library, 2 us for each, in place of 50 calls that take 40 us for any number.
FEW = 48
# Places of the terms.
ONE, C, G, Q, TERMS = 0, slice(1, 4), slice(4, 7), 7, 8
POSE_TERMS = TERMS + 3 * 7  # with the products of c and c, g, q
SKEW = np.zeros((3, 3, 3))  # a x b = (a SKEW) b


class Space(threading.local):
    """Memory of working arrays, kept for each thread: fresh memory from the system costs more than the work."""

    def __init__(self) -> None:
        fresh = np.empty(BLOCK * LANE_BYTES, np.uint8)
        self.bytes, self.used = fresh[-fresh.ctypes.data % CACHE_LINE :], 0

    def take(self, shape: tuple[int, ...], precision: Precision) -> Rows:
        """An array in the space, or a fresh one when it is full."""
        size = math.prod(shape) * np.dtype(precision).itemsize
        first, self.used = self.used, self.used + math.ceil(size / CACHE_LINE) * CACHE_LINE
        taken: Rows = self.bytes[first : first + size]
        return np.empty(shape, precision) if self.used > len(self.bytes) else taken.view(precision).reshape(shape)


SPACE = Space()


class Systems:
    """Six linear equations in each of n lanes: matrices and a first right side in single precision, (6, 7, n).

    They are eliminated in place without pivoting.  For a few lanes the library's inverse costs less than the many
    small steps.
    """

    def __init__(self, augmented: Rows, inverse_pivots: Rows, work: Rows) -> None:
        self.augmented, self.inverse_pivots, self.work = augmented, inverse_pivots, work
        self.inverse: Rows | None = None

    def eliminate(self) -> Rows:
        """Solutions (6, n) for the first right sides; the factors stay for others.  Not to be repeated."""
        if self.augmented.shape[-1] <= FEW:
            return self._invert()
        matrix, inverse = self.augmented, self.inverse_pivots
        for k in range(5):
            np.divide(1.0, matrix[k, k], out=inverse[k])
            below, rest = matrix[k + 1 :, k], matrix[k + 1 :, k + 1 :]
            np.multiply(below, inverse[k], out=below)
            part = np.multiply(below[:, None], matrix[k, k + 1 :], out=self.work[: 5 - k, : 6 - k])
            np.subtract(rest, part, out=rest)
        np.divide(1.0, matrix[5, 5], out=inverse[5])
        return self._back(matrix[:, 6])

    def _invert(self) -> Rows:
        matrix = self.augmented[:, :6].transpose(2, 0, 1)
        try:
            self.inverse = np.linalg.inv(matrix)
        except np.linalg.LinAlgError:  # one of them is singular to the last digit: none is used
            self.inverse = np.full(matrix.shape, np.nan, np.float32)
        self.inverse_pivots[0], self.inverse_pivots[1:] = np.linalg.det(self.inverse), 1.0
        return self.substitute(self.augmented[:, 6])

    def substitute(self, right: Rows) -> Rows:
        """Solutions (6, n) for right sides (6, n), in place."""
        if self.inverse is not None:
            right[...] = np.matmul(self.inverse, right.T[:, :, None])[:, :, 0].T
            return right
        for k in range(5):
            rest, part = right[k + 1 :], self.work[0, : 5 - k]
            np.subtract(rest, np.multiply(self.augmented[k + 1 :, k], right[k], out=part), out=rest)
        return self._back(right)

    def _back(self, right: Rows) -> Rows:
        for k in range(5, 0, -1):
            known, rest, part = right[k], right[:k], self.work[0, :k]
            np.multiply(known, self.inverse_pivots[k], out=known)
            np.subtract(rest, np.multiply(self.augmented[:k, k], known, out=part), out=rest)
        np.multiply(right[0], self.inverse_pivots[0], out=right[0])
        return right

    def determinant(self) -> Rows:
        """A number (n,) with the sign of each determinant, zero or NaN where it has none."""
        return np.asarray(np.multiply.reduce(self.inverse_pivots))


for _i in range(3):
    _j, _k = (_i + 1) % 3, (_i + 2) % 3
    SKEW[_i, _k, _j], SKEW[_i, _j, _k] = 1.0, -1.0


def root_weights(p: Array, d: Array) -> Array:
    """Weights (4, 6, 8) of z = e + g + c x m (3) and s = c.(e + g): z^2 + s^2 = (1 + c^2) l^2."""
    e, m = d - p, d + p
    weights = np.zeros((4, len(p), TERMS))
    weights[:3, :, ONE], weights[:3, :, C] = e.T, np.einsum("baj,ij->aib", SKEW, m)
    weights[:3, :, G] = np.eye(3)[:, None]
    weights[3, :, C], weights[3, :, Q] = e, 1.0
    return weights


def jacobian_weights(p: Array, d: Array) -> Array:
    """Weights (6, 6, 8) of half the derivative by (c, g) of z^2 + s^2 - (1 + c^2) l^2: (m x z + s e, z)."""
    e, m = d - p, d + p
    z_s = root_weights(p, d)
    by_c = np.einsum("kaj,ik,jit->iat", SKEW, m, z_s[:3]) + e[:, :, None] * z_s[3][:, None]
    return np.concatenate([by_c, z_s[:3].transpose(1, 0, 2)], axis=1)


def pose_weights(typical: Array, centre_mm: Array, rho_mm: float) -> Array:
    """Weights (29, 12) of a pose's first three rows for the terms and the products c x (c, g, q), over 1 + c^2.

    `typical` (4, 4) is the typical pose, `centre_mm` (3,) what the motion turns about.
    """
    weights = np.zeros((POSE_TERMS, 3, 4))
    linear, by_c, by_g, by_q = weights[:TERMS], *np.split(weights[TERMS:].reshape(3, 7, 3, 4), (3, 6), axis=1)
    columns = np.column_stack([typical[:3, :3], typical[:3, 3] - centre_mm])
    linear[ONE] = columns
    linear[ONE, :, 3] += centre_mm
    linear[G, :, 3] = rho_mm * np.eye(3)
    for i in range(3):  # (1 - c^2) x + 2 c (c.x) + 2 c x x, and g + c x g + q c
        linear[1 + i] = 2.0 * SKEW[i] @ columns
        by_c[i, i] -= columns
        by_c[i, :, i] += 2.0 * columns
        by_c[i, i, :, 3] += centre_mm
        by_g[i, :, :, 3] = rho_mm * SKEW[i].T
        by_q[i, 0, i, 3] = rho_mm
    return weights.reshape(POSE_TERMS, 12)


def start_weights(typical: Array, centre_mm: Array, rho_mm: float) -> Array:
    """Weights (7, 16) of 4 c / (1 + c^2), t (3) and 4 / (1 + c^2) for a pose's entries, row by row."""
    R, t = typical[:3, :3], typical[:3, 3]
    weights = np.zeros((7, 4, 4))
    weights[:3, :3, :3] = SKEW @ R
    weights[3:6, :3, :3] = np.eye(3)[:, :, None] * (R.T @ (centre_mm - t)) / rho_mm
    weights[3:6, :3, 3], weights[3:6, 3, 3] = np.eye(3) / rho_mm, -centre_mm / rho_mm
    weights[6, :3, :3], weights[6, 3, 3] = R, 1.0
    return weights.reshape(7, 16)


Marks = NDArray[np.bool_]

# Steps with the Jacobian of the typical pose before the first one with the lane's own.
CHORDS = 3
# The first step of a lane's own is at most this (tangent of half the turn, shift in rho): a longer one may leap to
# another pose.  Each later one is at most a share of the one before.  Below ROUNDING, single precision may fake both.
STEP_LIMIT = 0.5
CONTRACTION_LIMIT = 0.5
ROUNDING = 1e-4
# In flat frames even a shorter first step can leap over two singular positions, to a pose that following does not
# reach (of 130,000 random poses of frames 0.35 to 1 radius high some 600 were leaps; all but one had a first step above
# 0.05, and that one a determinant of 0.08).  A lane whose first step is longer than LEAP times the square of the height
# of its frame in rho, or leaves less than FALLEN of the determinant, is sure only when the straight way to its pose is
# clear: at so many PLACES along it the determinant keeps its sign and a CLEAR share of its size at the start (for those
# leaps it fell to 0.04 of it or less, to 0.11 for a first step of 0.42: after a LONG one more is asked).  In ordinary
# frames, 1.5 rho high, no first step is as long.
LEAP = 0.04
FALLEN = 0.2
PLACES = 24
LONG, CLEAR, CLEAR_OF_LONG = 0.15, 0.08, 0.25
# A lane is done when the error left is estimated below this (same measure).
DONE = 1e-14
# Refining pays when most lanes' steps are below this.
FAR = 3e-3
ROUNDS = 8

# Rows: roots of six sums of four squares; the Jacobian's linear part, with the combined last roots as seventh column;
# its products; five times six single numbers; a state's terms, two times six numbers, 1 + c^2, and roots.
ROOTS, JACOBIAN, PRODUCTS, SIXES = 24, 42, 42, 30
STATE = TERMS + 6 + 6 + 1 + ROOTS
SINGLE = STATE + JACOBIAN + PRODUCTS + SIXES


class Newton:
    """The matrices of one frame, prepared around one typical pose (4, 4) of its distal ring."""

    def __init__(self, proximal: Array, distal: Array, T_prox_dist: Array) -> None:
        typical = pose(rotation_from_vector(rotation_vector(T_prox_dist[:3, :3])), T_prox_dist[:3, 3])
        self.joints = proximal, distal
        there = distal @ typical[:3, :3].T + typical[:3, 3]
        centre = there.mean(axis=0)
        d, self.rho = centred(there)
        d, p = d / self.rho, (proximal - centre) / self.rho
        self.leap = LEAP * float(((d - p).mean(axis=0) ** 2).sum())
        roots, jacobian = root_weights(p, d), jacobian_weights(p, d)
        inverse = np.linalg.inv(jacobian[:, :, ONE])
        jacobian = np.concatenate([jacobian, roots[3][:, None]], axis=1)
        jacobian = np.tensordot(inverse, jacobian, 1).reshape(JACOBIAN, TERMS)
        self.roots = roots.reshape(ROOTS, TERMS)
        self.roots_and_jacobian = np.concatenate([self.roots, jacobian]).astype(np.float32)
        self.combine = (0.5 * inverse).astype(np.float32)
        self.at_start = (roots[:, :, ONE] ** 2).sum(axis=0)[:, None]
        self.pose, self.start = pose_weights(typical, centre, self.rho), start_weights(typical, centre, self.rho)

    def solve(self, lengths_mm: Array, starts: Array | None) -> tuple[Array, Marks]:
        """Poses (n, 4, 4) of lengths (n, 6), and which (n,) are sure; from `starts` (n, 4, 4) or the typical pose."""
        n = len(lengths_mm)
        T, sure = np.empty((n, 4, 4)), np.empty(n, bool)
        length = math.ceil(n / math.ceil(n / BLOCK) / 16) * 16  # of the blocks, in whole cache lines
        with np.errstate(all="ignore"):  # a lane that overflows is not sure
            for first in range(0, n, length):
                block = slice(first, min(first + length, n))
                SPACE.used = 0
                lanes = Lanes(np.square(lengths_mm[block].T / self.rho), self.combine)
                if starts is None:
                    self._first_guess(lanes)
                else:
                    self.set_pose(lanes.rough, starts[block])
                start = None if starts is None else lanes.rough.x.astype(float)
                size = self._step(lanes)
                doubtful = (size > self.leap) | (
                    lanes.systems.determinant() * FALLEN > 1.0
                )  # it is that of the inverse
                sure[block] = self._settle(lanes, size, size <= STEP_LIMIT, ROUNDS)
                self.pose_of(lanes.exact, out=T[block].reshape(-1, 16))
                if (far := np.flatnonzero(sure[block] & doubtful)).size:
                    begin = np.zeros((6, 1)) if start is None else start[:, far]
                    sure[first + far] = self._clear(begin, lanes.exact.x[:, far].copy(), size[far])
        return T, sure

    def _clear(self, begin: Rows, end: Rows, size: Rows) -> Marks:
        """Whether (n,) the straight way in the unknowns, from `begin` (6, n or 1) to `end` (6, n), keeps well away from
        singular positions; `size` (n,) is that of the first step."""
        share = np.where(size > LONG, CLEAR_OF_LONG, CLEAR)
        shares = np.arange(PLACES + 1) / PLACES
        x = (begin[:, :, None] + (end - begin)[:, :, None] * shares).reshape(6, -1)
        SPACE.used = 0
        lanes = Lanes(np.ones(x.shape), self.combine)
        lanes.rough.x[...] = x
        np.matmul(self.roots_and_jacobian, lanes.rough.completed(), out=lanes.roots_and_jacobian)
        roots = lanes.rough.roots.reshape(4, 6, -1)
        np.divide(np.einsum("ain,ain->in", roots, roots), lanes.rough.norm(), out=lanes.goal_single)  # its own lengths
        np.matmul(self.combine + self.combine, lanes.goal_single, out=lanes.combined_goal)
        lanes.complete_jacobian()
        lanes.systems.augmented[:, 6] = 0.0
        lanes.systems.eliminate()
        inverse = lanes.systems.determinant().reshape(end.shape[1], -1)
        return np.asarray(((inverse > 0.0) & (inverse * share[:, None] <= inverse[:, :1])).all(axis=1))

    def _first_guess(self, lanes: Lanes) -> None:
        """Approach from the typical pose with its Jacobian, here the identity."""
        rough = lanes.rough
        np.subtract(lanes.goal, self.at_start, out=lanes.missed, casting="same_kind")
        np.matmul(self.combine, lanes.missed, out=rough.x)
        for _ in range(CHORDS):
            np.matmul(self.roots_and_jacobian[:ROOTS], rough.completed(), out=rough.roots)
            rough.miss(lanes.goal_single, out=lanes.missed)
            np.add(rough.x, np.matmul(self.combine, lanes.missed, out=lanes.step), out=rough.x)

    def set_pose(self, state: Iterate, T_prox_dist: Array) -> None:
        """Put every lane at its own pose (n, 4, 4)."""
        found = self.start @ T_prox_dist.reshape(-1, 16).T
        c, t = found[:3] / found[6], found[3:6]
        state.x[:3], state.x[3:] = c, t - cross(c.T, t.T).T

    def pose_of(self, state: Iterate, out: Array) -> None:
        """Write poses (n, 16)."""
        terms = state.completed()
        shares = SPACE.take((POSE_TERMS, terms.shape[1]), np.float64)
        np.divide(terms, state.norm(), out=shares[:TERMS])
        np.multiply(terms[C, None], shares[1:TERMS], out=shares[TERMS:].reshape(3, 7, -1))
        np.matmul(shares.T, self.pose, out=out[:, :12])
        out[:, 12:] = 0.0, 0.0, 0.0, 1.0

    def _step(self, lanes: Lanes) -> Rows:
        """A step with the lanes' own Jacobians, which stay eliminated; returns its size (n,), infinite where the
        determinant has not the sign of the typical pose's: a singular position lies between."""
        rough = lanes.rough
        np.matmul(self.roots_and_jacobian, rough.completed(), out=lanes.roots_and_jacobian)
        lanes.complete_jacobian()
        rough.miss(lanes.goal_single, out=lanes.missed)
        np.matmul(self.combine, lanes.missed, out=lanes.systems.augmented[:, 6])
        step = lanes.systems.eliminate()
        np.add(rough.x, step, out=rough.x)
        return np.where(lanes.systems.determinant() > 0.0, size_of(step), np.inf)

    def _refine(self, lanes: Lanes) -> Rows:
        """A step with the same factors from the lengths missed in double precision; returns its size (n,)."""
        exact = lanes.exact
        np.matmul(self.roots, exact.completed(), out=exact.roots)
        exact.miss(lanes.goal, out=lanes.missed)
        step = lanes.systems.substitute(np.matmul(self.combine, lanes.missed, out=lanes.step))
        np.add(exact.x, step, out=exact.x)
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
            rest = Lanes(lanes.goal[:, left], self.combine)
            rest.rough.x[...] = lanes.exact.x[:, left]
            done[left] = self._settle(rest, size[left], good[left], rounds - 1)
            lanes.exact.x[:, left] = rest.exact.x
        return done


class Iterate:
    """Where n lanes are, in one precision: the terms, of which x = (c, g) are the unknowns."""

    def __init__(self, memory: Rows) -> None:
        self.terms, sixes, self.roots = memory[:TERMS], memory[TERMS:-ROOTS], memory[-ROOTS:]
        self.sums, self.asked, self.one_and_c2 = sixes[:6], sixes[6:12], sixes[12]
        self.terms[ONE] = 1.0
        self.x = self.terms[1:7]

    def completed(self) -> Rows:
        """The terms, with the one that follows from the unknowns."""
        np.einsum("an,an->n", self.terms[C], self.terms[G], out=self.terms[Q])
        return self.terms

    def norm(self) -> Rows:
        """1 + c^2 (n,)."""
        return np.asarray(np.einsum("an,an->n", self.terms[:4], self.terms[:4], out=self.one_and_c2))

    def miss(self, goal: Rows, out: Rows) -> None:
        """Write by how much (6, n) the sums of squares of these roots miss the goal."""
        roots = self.roots.reshape(4, 6, -1)
        np.einsum("ain,ain->in", roots, roots, out=self.sums)
        np.multiply(goal, self.norm(), out=self.asked)
        np.subtract(self.asked, self.sums, out=out, casting="same_kind")


class Lanes:
    """The work space of n lanes: their goal (6, n), which is the squared lengths, states and Jacobians."""

    def __init__(self, goal: Array, combine: Rows) -> None:
        n = goal.shape[1]
        exact, single = SPACE.take((STATE, n), np.float64), SPACE.take((SINGLE, n), np.float32)
        self.goal, self.exact, self.rough = goal, Iterate(exact), Iterate(single[:STATE])
        self.roots_and_jacobian = single[STATE - ROOTS : STATE + JACOBIAN]
        self.products = single[STATE + JACOBIAN : -SIXES].reshape(6, 7, n)
        self.goal_single, self.combined_goal, self.missed, self.step, pivots = single[-SIXES:].reshape(5, 6, n)
        self.goal_single[...] = goal
        np.matmul(combine + combine, self.goal_single, out=self.combined_goal)
        self.systems = Systems(self.roots_and_jacobian[ROOTS:].reshape(6, 7, n), pivots, self.products[:5, :6])

    def complete_jacobian(self) -> None:
        """Add what is not linear in the terms: s g - l^2 c by c, s c by g, with s the combined last roots."""
        n = self.goal.shape[1]
        matrix, last = self.systems.augmented[:, :6], self.systems.augmented[:, 6]
        products = self.products.reshape(-1, n)[:36].reshape(6, 2, 3, n)
        c_g = self.rough.x.reshape(2, 3, n)
        np.multiply(last[:, None, None], c_g[::-1], out=products)
        np.add(matrix, products.reshape(6, 6, n), out=matrix)
        by_c, part = matrix[:, :3], products[:3].reshape(6, 3, n)
        np.subtract(by_c, np.multiply(self.combined_goal[:, None], c_g[0], out=part), out=by_c)


def size_of(step: Rows) -> Rows:
    """Length (n,) of steps (6, n)."""
    return np.asarray(np.sqrt(np.einsum("an,an->n", step, step)))

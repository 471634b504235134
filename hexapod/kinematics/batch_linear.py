"""Memory and linear algebra of the batch solver (batch_newton.py): one small system of equations in each lane.

It is there for 1,000 poses and more, for which it makes the solver about ten times as fast as a plain batched Newton;
one plan gains nothing by it.
Arrays are laid out (quantity, lane), in memory used again, so that numpy works along the lanes.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[Any]  # (quantity, lane), single or double precision
Precision = type[np.floating[Any]]

BLOCK = 16384  # lanes at most, enough to hide the cost of numpy's calls
LANE_BYTES, CACHE_LINE = 1280, 64  # working memory of a lane; of processors
# Up to so many lanes are solved by the library, 2 us for each, in place of 50 calls that take 40 us for any number.
FEW = 48


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

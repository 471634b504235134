"""The chain of an estimate in scalar code with dual numbers: what would be measured, and how it answers to unknowns.

Written from docs/conventions.md alone, it shares nothing with the product: words to matrices by Rodrigues' formula,
entry by entry, and derivatives by the rules of calculus instead of differences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

Number = Union["Dual", float]
Pose = list[list["Dual"]]


@dataclass(frozen=True)
class Dual:
    """A number and its derivatives by every unknown."""

    value: float
    slope: tuple[float, ...]

    def _with(self, value: float, times: float, other: Dual | None = None, their: float = 0.0) -> Dual:
        slope = other.slope if other is not None else (0.0,) * len(self.slope)
        return Dual(value, tuple(times * a + their * b for a, b in zip(self.slope, slope, strict=True)))

    def __add__(self, other: Number) -> Dual:
        if isinstance(other, Dual):
            return self._with(self.value + other.value, 1.0, other, 1.0)
        return self._with(self.value + other, 1.0)

    def __mul__(self, other: Number) -> Dual:
        if isinstance(other, Dual):
            return self._with(self.value * other.value, other.value, other, self.value)
        return self._with(self.value * other, other)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Dual:
        return self * -1.0

    def __sub__(self, other: Number) -> Dual:
        return self + -other

    def inverse(self) -> Dual:
        return self._with(1.0 / self.value, -1.0 / self.value**2)

    def sqrt(self) -> Dual:
        root = math.sqrt(self.value)
        return self._with(root, 0.5 / root if root else 0.0)

    def sin(self) -> Dual:
        return self._with(math.sin(self.value), math.cos(self.value))

    def cos(self) -> Dual:
        return self._with(math.cos(self.value), -math.sin(self.value))

    def tan(self) -> Dual:
        return self._with(math.tan(self.value), 1.0 / math.cos(self.value) ** 2)


def angle_of(y: Dual, x: Dual) -> Dual:
    """atan2."""
    square = x.value**2 + y.value**2
    return y._with(math.atan2(y.value, x.value), x.value / square, x, -y.value / square)


class Limb:
    """Signs of a limb, from the table of the conventions: which way lateral is, and where the moving fragment lies."""

    def __init__(self, side: str, reference: str, unknowns: int) -> None:
        self.lat = 1.0 if side == "left" else -1.0
        self.far = -1.0 if reference == "proximal" else 1.0
        self.distal_moves = reference == "proximal"
        self.none = (0.0,) * unknowns

    def number(self, value: float) -> Dual:
        return Dual(value, self.none)

    def matrix(self, T: Sequence[Sequence[float]]) -> Pose:
        return [[self.number(float(value)) for value in row] for row in T]

    def about(self, x: Dual, y: Dual, z: Dual) -> list[list[Dual]]:
        """Rotation by a turn vector: cos 1 + sin/a [v] + (1 - cos)/a2 v v'; by its series near zero."""
        square = x * x + y * y + z * z
        if square.value < 1e-6:  # exact to 1e-19 there
            s = 1.0 + square * (-1.0 / 6.0) + square * square * (1.0 / 120.0)
            c = 0.5 + square * (-1.0 / 24.0) + square * square * (1.0 / 720.0)
        else:
            angle = square.sqrt()
            s = angle.sin() * angle.inverse()
            c = (1.0 + -angle.cos()) * square.inverse()
        cos = 1.0 + -(c * square)
        v = (x, y, z)
        cross = ((None, -z, y), (z, None, -x), (-y, x, None))
        R = [[c * v[i] * v[j] for j in range(3)] for i in range(3)]
        for i in range(3):
            for j in range(3):
                term = cross[i][j]
                R[i][j] = R[i][j] + (cos if term is None else s * term)
        return R

    def swing(self, start: float, x: Dual, y: Dual) -> list[list[Dual]]:
        """The smallest rotation of (0, 0, start) onto (x, y, start): about the axis square to both, by atan of the slope."""
        slope_square = x * x + y * y
        if slope_square.value == 0.0:
            zero = self.number(0.0)
            return self.about(-y * start, x * start, zero)
        slope = slope_square.sqrt()
        angle = angle_of(slope, self.number(1.0))
        size = angle * slope.inverse()
        return self.about(-y * start * size, x * start * size, self.number(0.0))

    def mounting(self, words: Sequence[Dual]) -> Pose:
        """lateral, posterior, proximal, internal rotation, leans lateral, leans posterior (deg) as a pose."""
        turn = words[3] * (-self.lat * math.pi / 180.0)
        normal = (words[4] * (math.pi / 180.0)).tan() * self.lat, (words[5] * (math.pi / 180.0)).tan()
        R = product(self.swing(1.0, *normal), self.about(self.number(0.0), self.number(0.0), turn))
        return placed(R, [words[0] * self.lat, words[1], words[2]], self)

    def deformity(self, words: Sequence[Dual]) -> Pose:
        """valgus, apex anterior, internal rotation (deg), lateral, posterior, short (mm) as a pose."""
        x = (words[0] * (math.pi / 180.0)).tan() * self.lat
        y = (words[1] * (math.pi / 180.0)).tan()
        sign = -self.lat if self.distal_moves else self.lat
        twist = self.about(self.number(0.0), self.number(0.0), words[2] * (sign * math.pi / 180.0))
        up = 1.0 if self.distal_moves else -1.0
        return placed(product(self.swing(self.far, x, y), twist), [words[3] * self.lat, words[4], words[5] * up], self)

    def words(self, T: Pose) -> list[Dual]:
        """The way back: slopes of the axis, the twist that is left when the swing is undone, and the shift."""
        axis = [T[i][2] * self.far for i in range(3)]
        along = axis[2] * self.far
        ap, lateral = angle_of(axis[0] * self.lat, along), angle_of(axis[1], along)
        back = self.swing(self.far, axis[0] * along.inverse(), axis[1] * along.inverse())
        twist = [[sum_of(back[k][i] * T[k][j] for k in range(3)) for j in range(2)] for i in range(2)]
        sign = -self.lat if self.distal_moves else self.lat
        rotation = angle_of(twist[1][0], twist[0][0]) * sign
        up = 1.0 if self.distal_moves else -1.0
        degrees = 180.0 / math.pi
        return [ap * degrees, lateral * degrees, rotation * degrees, T[0][3] * self.lat, T[1][3], T[2][3] * up]


def sum_of(terms: object) -> Dual:
    """A sum of dual numbers."""
    first, *others = list(terms)  # type: ignore[call-overload]
    for one in others:
        first = first + one
    return first


def product(A: list[list[Dual]], B: list[list[Dual]]) -> list[list[Dual]]:
    """A matrix product."""
    return [[sum_of(A[i][k] * B[k][j] for k in range(len(B))) for j in range(len(B[0]))] for i in range(len(A))]


def placed(R: list[list[Dual]], shift: Sequence[Dual], limb: Limb) -> Pose:
    """A pose of a rotation and a shift."""
    last = [limb.number(value) for value in (0.0, 0.0, 0.0, 1.0)]
    return [[*R[0], shift[0]], [*R[1], shift[1]], [*R[2], shift[2]], last]


def undone(T: Pose, limb: Limb) -> Pose:
    """The inverse of a pose."""
    R = [[T[j][i] for j in range(3)] for i in range(3)]
    shift = [-sum_of(R[i][k] * T[k][3] for k in range(3)) for i in range(3)]
    return placed(R, shift, limb)


def moved(T: Pose, step: Sequence[Dual], limb: Limb) -> Pose:
    """A pose and then a small motion in its own axes: turn vector in rad, shift in mm."""
    return product(T, placed(limb.about(*step[:3]), step[3:], limb))


def joints_of(limb: Limb, inner_mm: float, proximal: bool, radius_more: Dual, half_more: Dual) -> list[list[Dual]]:
    """Joints of a generic ring with a larger radius and half spacing, in the order of struts 1 to 6.

    A tab at an angle counted from the front (-y), counter-clockwise; on it two joints 7.5 mm to its sides.
    """
    radius, half = radius_more + (inner_mm / 2.0 + 10.0), half_more + 7.5
    out = (radius * radius - half * half).sqrt()
    if proximal:
        places, height = [(0, -1), (0, 1), (120, -1), (120, 1), (240, -1), (240, 1)], -10.0
    else:
        places, height = [(300, 1), (60, -1), (60, 1), (180, -1), (180, 1), (300, -1)], 10.0
    found = []
    for tab, sign in places:
        s, c = math.sin(math.radians(tab)), math.cos(math.radians(tab))
        found.append([out * s + half * (sign * c), out * -c + half * (sign * s), limb.number(height)])
    return found


def lengths(
    frame: Pose, proximal: Sequence[Sequence[Number]], distal: Sequence[Sequence[Number]], limb: Limb
) -> list[Dual]:
    """Six lengths: the moving ring's joints in the axes of the reference ring."""
    fixed, moving = (proximal, distal) if limb.distal_moves else (distal, proximal)
    found = []
    for here, there in zip(fixed, moving, strict=True):
        apart = [
            sum_of([frame[i][k] * _exact(there[k]) for k in range(3)] + [frame[i][3]]) - _exact(here[i])
            for i in range(3)
        ]
        found.append(sum_of(part * part for part in apart).sqrt())
    return found


def _exact(number: Number) -> Number:
    return number if isinstance(number, Dual) else float(number)

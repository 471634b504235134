"""Rings, struts and the kinematics of six struts, in scalar loops (conventions sections 4 and 7).

Joints and lengths in mm; proximal joints in the proximal ring's axes, distal joints in the distal ring's; the
placement `prox_dist` puts the distal ring in the proximal ring's axes.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from scalar_rigid import (
    NO_TURN,
    ZERO,
    Placement,
    Vector,
    add,
    after,
    cross,
    dot,
    scale,
    size,
    subtract,
    turn_about,
    turned,
)

Points = Sequence[Vector]

PROXIMAL_TABS_DEG = (0.0, 0.0, 120.0, 120.0, 240.0, 240.0)
PROXIMAL_SIDES = (-1.0, 1.0, -1.0, 1.0, -1.0, 1.0)
DISTAL_TABS_DEG = (300.0, 60.0, 60.0, 180.0, 180.0, 300.0)
DISTAL_SIDES = (1.0, -1.0, 1.0, -1.0, 1.0, -1.0)
JOINT_RADIUS_BEYOND_INNER_MM = 10.0
HALF_TAB_MM = 7.5
JOINT_TO_MID_PLANE_MM = 10.0

LONGEST_STRIDE_MM = 0.5
SHORTEST_STRIDE = 1e-7
FIT_MM = 1e-9
LARGEST_FIRST_MOVE_MM = 6.0
NEWTON_ROUNDS = 12
SINGULAR = 1e8


class Reading(NamedTuple):
    """How a strut is read: length = direction * setting + offset (mm), and the marks on its scale (mm)."""

    direction: float
    offset_mm: float
    graduation_mm: float

    def setting(self, length_mm: float) -> float:
        """Exact reading for a length."""
        return (length_mm - self.offset_mm) / self.direction

    def length(self, setting_mm: float) -> float:
        """Length for a reading."""
        return self.direction * setting_mm + self.offset_mm

    def rounded(self, length_mm: float) -> float:
        """Reading on the nearest mark of the scale, halves upwards."""
        marks = self.setting(length_mm) / self.graduation_mm
        return self.graduation_mm * math.floor(marks + 0.5 + 1e-9)


def joints_of_ring(ring: str | Mapping[str, Any], which: str) -> list[Vector]:
    """Six joint centres (mm, ring axes) of `generic-full-D` or `joints_mm`; `which`: proximal, distal."""
    entry: Mapping[str, Any] = {"model": ring} if isinstance(ring, str) else ring
    if entry.get("joints_mm") is not None:
        return [(float(x), float(y), float(z)) for x, y, z in entry["joints_mm"]]
    family, _, diameter = str(entry["model"]).rpartition("-")
    if family != "generic-full":
        raise ValueError(f"ring model {entry['model']!r} is not of the generic family")
    return standard_joints(float(diameter) / 2.0 + JOINT_RADIUS_BEYOND_INNER_MM, which)


def standard_joints(radius: float, which: str) -> list[Vector]:
    """Joints of the standard layout on a circle (mm), 10 mm from the mid plane towards the other ring."""
    half = math.asin(HALF_TAB_MM / radius)
    tabs, sides, height = {
        "proximal": (PROXIMAL_TABS_DEG, PROXIMAL_SIDES, -JOINT_TO_MID_PLANE_MM),
        "distal": (DISTAL_TABS_DEG, DISTAL_SIDES, JOINT_TO_MID_PLANE_MM),
    }[which]
    angles = [math.radians(tab) + side * half for tab, side in zip(tabs, sides, strict=True)]
    return [(radius * math.sin(a), -radius * math.cos(a), height) for a in angles]


def reading_of_strut(strut: str | Mapping[str, Any]) -> Reading:
    """Scale of a generic model (1 mm, fine 0.25 mm) or of hardware given in the case."""
    if isinstance(strut, str):
        if not strut.startswith("generic-"):
            raise ValueError(f"strut model {strut!r} is not of the generic family")
        return Reading(1.0, 0.0, 0.25 if strut.startswith("generic-fine-") else 1.0)
    return Reading(1.0, 0.0, float(strut["graduation_mm"]))


def struts_between(proximal: Points, distal: Points, prox_dist: Placement) -> list[tuple[Vector, Vector]]:
    """Per strut its arm (distal ring centre to distal joint) and itself (proximal to distal joint)."""
    arms = [turned(prox_dist.turn, joint) for joint in distal]
    return [(arm, subtract(add(arm, prox_dist.shift), joint)) for arm, joint in zip(arms, proximal, strict=True)]


def lengths_between(proximal: Points, distal: Points, prox_dist: Placement) -> list[float]:
    """Six lengths (mm), joint centre to joint centre."""
    return [size(strut) for _, strut in struts_between(proximal, distal, prox_dist)]


def neutral_placement(proximal: Points, distal: Points, lengths: Sequence[float]) -> Placement:
    """Neutral frame (parallel, coaxial, fronts aligned) whose mean squared length is that of `lengths`.

    The mean of |d + (0, 0, z) - p|^2 is a quadratic in z; its root with the distal joints distal.
    """
    apart = [subtract(d, p) for d, p in zip(distal, proximal, strict=True)]
    mean_height = sum(gap[2] for gap in apart) / 6.0
    missing = sum(length**2 - dot(gap, gap) for length, gap in zip(lengths, apart, strict=True)) / 6.0
    squared = mean_height**2 + missing
    if not squared > 0.0:
        raise ValueError("the struts are too short to reach between the rings of a neutral frame")
    return Placement(NO_TURN, (0.0, 0.0, -mean_height - math.sqrt(squared)))


def solved(matrix: list[list[float]], right: list[float]) -> tuple[list[float], float]:
    """Solution of a square system by Gaussian elimination with row exchange, and the determinant."""
    count, determinant = len(right), 1.0
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(count):
        pivot = max(range(column, count), key=lambda row: abs(rows[row][column]))
        if rows[pivot][column] == 0.0:
            raise ValueError("the frame is singular here")
        if pivot != column:
            rows[column], rows[pivot] = rows[pivot], rows[column]
            determinant = -determinant
        determinant *= rows[column][column]
        for row in range(column + 1, count):
            factor = rows[row][column] / rows[column][column]
            for k in range(column, count + 1):
                rows[row][k] -= factor * rows[column][k]
    answer = [0.0] * count
    for row in reversed(range(count)):
        known = sum(rows[row][k] * answer[k] for k in range(row + 1, count))
        answer[row] = (rows[row][count] - known) / rows[row][row]
    return answer, determinant


def newton_move(
    proximal: Points, distal: Points, at: Placement, lengths: Sequence[float]
) -> tuple[Placement, float, float, float]:
    """One Newton step towards `lengths`: new placement, worst misfit before, size of the move, determinant.

    Misfit and move in mm; turning is counted in mm at the joints' distance from the ring centre.
    """
    reach = math.sqrt(sum(dot(joint, joint) for joint in distal) / 6.0)
    rows: list[list[float]] = []
    misfit: list[float] = []
    for (arm, strut), wanted in zip(struts_between(proximal, distal, at), lengths, strict=True):
        length = size(strut)
        along = scale(1.0 / length, strut)
        rows.append([*along, *scale(1.0 / reach, cross(arm, along))])
        misfit.append(wanted - length)
    (x, y, z, a, b, c), determinant = solved(rows, misfit)
    angle = math.hypot(a, b, c) / reach
    small_turn = turn_about(scale(1.0 / (angle * reach), (a, b, c)), angle) if angle > 0.0 else NO_TURN
    moved = Placement(after(small_turn, at.turn), add(at.shift, (x, y, z)))
    return moved, max(map(abs, misfit)), max(math.hypot(x, y, z), angle * reach), determinant


def settled(
    proximal: Points, distal: Points, near: Placement, lengths: Sequence[float], handed: float
) -> Placement | None:
    """Placement near `near` with these lengths; None if Newton strays or the determinant changes sign."""
    at = near
    for done in range(NEWTON_ROUNDS):
        at, misfit, move, determinant = newton_move(proximal, distal, at, lengths)
        if determinant * handed <= 0.0 or move > LARGEST_FIRST_MOVE_MM / (done + 1.0):
            return None
        if misfit < FIT_MM:
            return at
    return None


def followed(proximal: Points, distal: Points, start: Placement, lengths: Sequence[float]) -> Placement:
    """Placement reached from `start` as the lengths change linearly and continuously to `lengths` (mm).

    Strides are halved where Newton is uneasy. Raises ValueError where the frame becomes singular on the way.
    """
    first = lengths_between(proximal, distal, start)
    handed = newton_move(proximal, distal, start, first)[3]
    longest = max(abs(b - a) for a, b in zip(first, lengths, strict=True))
    full = 1.0 / max(1.0, math.ceil(longest / LONGEST_STRIDE_MM))
    done, stride, at = 0.0, full, start
    while done < 1.0:
        goal = min(1.0, done + stride)
        if 1.0 - goal < 1e-9:
            goal = 1.0
        wanted = [a + goal * (b - a) for a, b in zip(first, lengths, strict=True)]
        reached = settled(proximal, distal, at, wanted, handed)
        if reached is not None:
            done, at, stride = goal, reached, min(full, 2.0 * stride)
        elif stride > SHORTEST_STRIDE:
            stride /= 2.0
        else:
            raise ValueError(f"no pose: the frame becomes singular {100.0 * done:.1f} % of the way")
    return at


def own_placement(proximal: Points, distal: Points, lengths: Sequence[float]) -> Placement:
    """The frame's own placement for six lengths (mm), followed from neutral; ValueError if there is none."""
    neutral = neutral_placement(proximal, distal, lengths)
    if not condition_of(proximal, distal, neutral) < SINGULAR:
        raise ValueError("the neutral frame is itself singular")
    return followed(proximal, distal, neutral, lengths)


def singular_values(rows: list[list[float]]) -> list[float]:
    """Singular values, largest first, by one-sided Jacobi rotations of pairs of rows."""
    work, count = [row[:] for row in rows], len(rows)
    for _ in range(60):
        busy = False
        for i in range(count - 1):
            for j in range(i + 1, count):
                busy = made_square(work, i, j) or busy
        if not busy:
            break
    return sorted((math.hypot(*row) for row in work), reverse=True)


def made_square(work: list[list[float]], i: int, j: int) -> bool:
    """Turn rows i and j in their plane until they are perpendicular; False if they were already."""
    alpha = sum(v * v for v in work[i])
    beta = sum(v * v for v in work[j])
    gamma = sum(v * w for v, w in zip(work[i], work[j], strict=True))
    if abs(gamma) <= 1e-15 * math.sqrt(alpha * beta):
        return False
    zeta = (beta - alpha) / (2.0 * gamma)
    tangent = math.copysign(1.0, zeta) / (abs(zeta) + math.hypot(1.0, zeta))
    cosine = 1.0 / math.hypot(1.0, tangent)
    sine = cosine * tangent
    pairs = list(zip(work[i], work[j], strict=True))
    work[i] = [cosine * v - sine * w for v, w in pairs]
    work[j] = [sine * v + cosine * w for v, w in pairs]
    return True


def condition_of(proximal: Points, distal: Points, prox_dist: Placement) -> float:
    """Condition number of the strut Jacobian about the distal joints' centroid, turns scaled by their RMS."""
    centre = ZERO
    for d in distal:
        centre = add(centre, scale(1.0 / 6.0, d))
    spread = math.sqrt(sum(size(subtract(d, centre)) ** 2 for d in distal) / 6.0)
    rows: list[list[float]] = []
    for d, (_, strut) in zip(distal, struts_between(proximal, distal, prox_dist), strict=True):
        along = scale(1.0 / size(strut), strut)
        lever = turned(prox_dist.turn, subtract(d, centre))
        rows.append([*along, *scale(1.0 / spread, cross(lever, along))])
    values = singular_values(rows)
    return values[0] / values[-1] if values[-1] > 0.0 else math.inf

"""The doses of a day chosen together, in scalar loops: the best way from one evening to the next through marks.

Written from its definition (conventions section 8).  Poses are found by a simplified Newton iteration whose matrix is
that of the exact pose; the best way by a recursion that remembers, over the readings that can follow each other at all.
Lengths and readings in mm; struts in order 1 to 6.
"""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from scalar_frame import Reading, struts_between
from scalar_rigid import (
    NO_TURN,
    Placement,
    Vector,
    add,
    after,
    chain,
    cross,
    dot,
    inverse,
    placed,
    scale,
    size,
    subtract,
    turn_about,
    undone,
)

Readings = tuple[float, ...]

TURN_ARM_MM = 40.0
BEYOND_SHARE_MM2 = 100.0
OWN_ERROR = 0.5
AS_GOOD_MM2 = 1e-6
SHORTER_MM = 1e-6
SAME_MM = 1e-9
ON_MARK = 1e-9
FIT_MM = 1e-9
ROUNDS = 60


class Frame(NamedTuple):
    """Rings and scales of a hexapod, with the constant links of its chain."""

    proximal: Sequence[Vector]
    distal: Sequence[Vector]
    readings: Sequence[Reading]
    reference: str
    ring_ref: Placement
    mov_mring: Placement

    def prox_dist(self, ref_mov: Placement) -> Placement:
        """The distal ring in the proximal ring's axes, with the moving fragment at ref_mov."""
        ring_mring = chain(self.ring_ref, ref_mov, self.mov_mring)
        return ring_mring if self.reference == "proximal" else inverse(ring_mring)

    def ref_mov(self, prox_dist: Placement) -> Placement:
        """The moving fragment, with the distal ring at prox_dist."""
        ring_mring = prox_dist if self.reference == "proximal" else inverse(prox_dist)
        return chain(inverse(self.ring_ref), ring_mring, inverse(self.mov_mring))


class Dose(NamedTuple):
    """Where the bone should be after a dose, and what is needed to find poses near there."""

    ref_mov: Placement
    places: list[Vector]
    prox_dist: Placement
    response: list[list[float]]


def chosen_doses(
    frame: Frame, points_mov: Sequence[Vector], exact: Sequence[Placement], separate: Sequence[Readings]
) -> list[Readings]:
    """Readings after doses 1 to m of a day.

    `exact` are the placements of the moving fragment before the day and after each of its m doses; `separate` the
    readings before the day, each dose's rounded for itself, and the evening's: m + 1 as well.
    """
    a, b = separate[0], separate[-1]
    if len(separate) == 2:
        return [b]
    if all(abs(q - p) <= SAME_MM for p, q in zip(a, b, strict=True)):
        return [*(a for _ in separate[2:]), b]
    way = _Way(frame, points_mov, exact, a, b)
    try:
        best = way.best()
        if best is None:
            return list(separate[1:])
        gain = way.longest_mm(separate) - way.longest_mm(best)
    except ZeroDivisionError:
        return list(separate[1:])
    return list((best if gain > SHORTER_MM or way.turns_back(separate) else separate)[1:])


class _Way:
    """One day of a frame."""

    def __init__(
        self, frame: Frame, points_mov: Sequence[Vector], exact: Sequence[Placement], a: Readings, b: Readings
    ) -> None:
        self.frame, self.points, self.a, self.b, self.last = frame, list(points_mov), a, b, len(exact) - 1
        self.doses = [self.dose(ref_mov) for ref_mov in exact]
        self.graduations = [reading.graduation_mm for reading in frame.readings]
        self.share = [
            math.ceil(abs(q - p) / g / self.last - ON_MARK) for p, q, g in zip(a, b, self.graduations, strict=True)
        ]
        self.up = [0 if abs(q - p) <= SAME_MM else 1 if q > p else -1 for p, q in zip(a, b, strict=True)]
        self.real: dict[Readings, Placement] = {}
        self.off: dict[tuple[int, Readings], list[Vector]] = {}
        self.choices = [[a], *(self.marks(j) for j in range(1, self.last)), [b]]

    def dose(self, ref_mov: Placement) -> Dose:
        """What belongs to one exact placement."""
        prox_dist = self.frame.prox_dist(ref_mov)
        rows = []
        for arm, strut in struts_between(self.frame.proximal, self.frame.distal, prox_dist):
            along = scale(1.0 / size(strut), strut)
            rows.append([*along, *cross(arm, along)])
        return Dose(ref_mov, [placed(ref_mov, point) for point in self.points], prox_dist, inverted(rows))

    def marks(self, j: int) -> list[Readings]:
        """The mark below and above every exact reading of a dose, kept between the evenings; each combination once."""
        pairs = []
        lengths = [
            size(strut) for _, strut in struts_between(self.frame.proximal, self.frame.distal, self.doses[j].prox_dist)
        ]
        for reading, length, p, q in zip(self.frame.readings, lengths, self.a, self.b, strict=True):
            g, exact = reading.graduation_mm, reading.setting(length) / reading.graduation_mm
            both = g * math.floor(exact + ON_MARK), g * math.ceil(exact - ON_MARK)
            pairs.append(list(dict.fromkeys(min(max(mark, min(p, q)), max(p, q)) for mark in both)))
        return list(itertools.product(*pairs))

    def placement(self, j: int, c: Readings) -> Placement:
        """The moving fragment with readings c, near where it should be after dose j."""
        if c not in self.real:
            at, response = self.doses[j].prox_dist, self.doses[j].response
            wanted = [reading.length(s) for reading, s in zip(self.frame.readings, c, strict=True)]
            for _ in range(ROUNDS):
                now = [size(strut) for _, strut in struts_between(self.frame.proximal, self.frame.distal, at)]
                missing = [w - n for w, n in zip(wanted, now, strict=True)]
                if max(map(abs, missing)) < FIT_MM:
                    break
                x, y, z, u, v, w = (sum(r * e for r, e in zip(row, missing, strict=True)) for row in response)
                angle = math.hypot(u, v, w)
                turn = turn_about((u / angle, v / angle, w / angle), angle) if angle > 0.0 else NO_TURN
                at = Placement(after(turn, at.turn), add(at.shift, (x, y, z)))
            else:
                raise ZeroDivisionError("no pose found")
            self.real[c] = self.frame.ref_mov(at)
        return self.real[c]

    def errors(self, j: int, c: Readings) -> list[Vector]:
        """How far every tracked point is off after dose j, and the turn that is too much at its arm (mm)."""
        if (j, c) not in self.off:
            real, dose = self.placement(j, c), self.doses[j]
            off = [subtract(placed(real, p), place) for p, place in zip(self.points, dose.places, strict=True)]
            w, *axis = after(real.turn, undone(dose.ref_mov.turn))
            sine = math.hypot(*axis)
            angle = 2.0 * math.atan2(sine, abs(w)) * math.copysign(1.0, w)
            x, y, z = ((TURN_ARM_MM * angle / sine * part) if sine > 0.0 else 0.0 for part in axis)
            self.off[j, c] = [(x, y, z), *off]
        return self.off[j, c]

    def step(self, j: int, c: Readings, d: Readings, enough: float) -> float:
        """The cost of going from c after dose j to d after the next one, infinite where a strut would turn back; no
        longer reckoned when it is above `enough`."""
        cost = 0.0
        for s, t, up, share, g in zip(c, d, self.up, self.share, self.graduations, strict=True):
            if (t - s) * up < -SAME_MM:
                return math.inf
            cost += BEYOND_SHARE_MM2 * max(abs(t - s) / g - share, 0.0)
        largest = 0.0
        for (x, y, z), (u, v, w) in zip(self.errors(j, c), self.errors(j + 1, d), strict=True):
            largest = max(largest, (u - x) ** 2 + (v - y) ** 2 + (w - z) ** 2)
            if cost + largest > enough:
                break
        return cost + largest

    def best(self) -> list[Readings] | None:
        """The readings before the day and after each dose; None where some strut would have to turn back."""
        rest: dict[Readings, float] = {self.b: 0.0}
        onward: list[dict[Readings, Readings]] = []
        for j in reversed(range(self.last)):
            # In the order of what is certain, so that most steps need not be reckoned to their end.
            certain = sorted((cost, number, d) for number, (d, cost) in enumerate(rest.items()))
            following: dict[Readings, Readings] = {}
            least_of: dict[Readings, float] = {}
            for c in self.choices[j]:
                least, found = math.inf, []
                for cost, number, d in certain:
                    if cost > least + AS_GOOD_MM2:
                        break
                    whole = cost + self.step(j, c, d, least + AS_GOOD_MM2 - cost)
                    least = min(least, whole)
                    found.append((number, whole, d))
                if math.isfinite(least):
                    following[c] = min((number, d) for number, whole, d in found if whole <= least + AS_GOOD_MM2)[1]
                    least_of[c] = least
            onward.insert(0, following)
            own = {c: OWN_ERROR * max(dot(e, e) for e in self.errors(j, c)) if j else 0.0 for c in least_of}
            rest = {c: least + own[c] for c, least in least_of.items()}
        way = [self.a]
        for following in onward:
            if way[-1] not in following:
                return None
            way.append(following[way[-1]])
        return way

    def longest_mm(self, way: Sequence[Readings]) -> float:
        """The longest summed way of a tracked point through the readings of a day."""
        real = [self.placement(j, c) for j, c in enumerate(way)]
        return max(
            sum(size(subtract(placed(q, point), placed(p, point))) for p, q in itertools.pairwise(real))
            for point in self.points
        )

    def turns_back(self, way: Sequence[Readings]) -> bool:
        """Whether any strut turns away from its evening."""
        for c, d in itertools.pairwise(way):
            for s, t, up in zip(c, d, self.up, strict=True):
                if (t - s) * up < -SAME_MM or (up == 0 and abs(t - s) > SAME_MM):
                    return True
        return False


def inverted(rows: list[list[float]]) -> list[list[float]]:
    """The inverse of a square matrix by Gauss-Jordan elimination; ZeroDivisionError when it is singular."""
    n = len(rows)
    work = [[*row, *(1.0 if i == k else 0.0 for k in range(n))] for i, row in enumerate(rows)]
    for column in range(n):
        pivot = max(range(column, n), key=lambda row: abs(work[row][column]))
        work[column], work[pivot] = work[pivot], work[column]
        work[column] = [value / work[column][column] for value in work[column]]
        for row in range(n):
            if row != column and work[row][column]:
                factor = work[row][column]
                work[row] = [p - factor * q for p, q in zip(work[row], work[column], strict=True)]
    return [row[n:] for row in work]

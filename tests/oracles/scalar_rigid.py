"""Rigid placements, the words of a case, and the path of a stage, in scalar arithmetic.

A placement is a unit quaternion and a shift; no matrix is multiplied anywhere. Millimetres; radians inside,
degrees where a word says so. Axes: +x patient's left, +y posterior, +z proximal. A placement `a_b` carries a
point from axes b to axes a, as the 4x4 lists of the public functions do.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
Words = Mapping[str, Any]

ZERO: Vector = (0.0, 0.0, 0.0)
UP: Vector = (0.0, 0.0, 1.0)
NO_TURN: Quaternion = (1.0, 0.0, 0.0, 0.0)
SMALLEST_WORD = 1e-9
ARC_TOLERANCE = 1e-13


class Placement(NamedTuple):
    """Where one set of axes sits in another: first turn (unit quaternion, w first), then shift (mm)."""

    turn: Quaternion
    shift: Vector


def add(a: Vector, b: Vector) -> Vector:
    """Sum of two vectors (any unit, same axes)."""
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def scale(factor: float, a: Vector) -> Vector:
    """A vector times a number."""
    return (factor * a[0], factor * a[1], factor * a[2])


def subtract(a: Vector, b: Vector) -> Vector:
    """Vector from b to a."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def dot(a: Vector, b: Vector) -> float:
    """Inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """Right-handed vector product a x b."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def size(a: Vector) -> float:
    """Length of a vector."""
    return math.hypot(a[0], a[1], a[2])


def turn_about(axis: Vector, angle: float) -> Quaternion:
    """Right-handed turn by an angle (rad) about an axis of length 1."""
    half = angle / 2.0
    x, y, z = scale(math.sin(half), axis)
    return (math.cos(half), x, y, z)


def normalised(q: Quaternion) -> Quaternion:
    """The same turn with a quaternion of length 1."""
    length = math.hypot(*q)
    return (q[0] / length, q[1] / length, q[2] / length, q[3] / length)


def after(second: Quaternion, first: Quaternion) -> Quaternion:
    """The turn `first` followed by the turn `second` (both about fixed axes): second @ first."""
    a, b = (second[1], second[2], second[3]), (first[1], first[2], first[3])
    x, y, z = add(add(scale(second[0], b), scale(first[0], a)), cross(a, b))
    return normalised((second[0] * first[0] - dot(a, b), x, y, z))


def undone(q: Quaternion) -> Quaternion:
    """The opposite turn."""
    return (q[0], -q[1], -q[2], -q[3])


def turned(q: Quaternion, point: Vector) -> Vector:
    """A point carried round by a turn: p + 2w (v x p) + 2 v x (v x p)."""
    v = (q[1], q[2], q[3])
    once = cross(v, point)
    return add(point, add(scale(2.0 * q[0], once), scale(2.0, cross(v, once))))


def placed(placement: Placement, point: Vector) -> Vector:
    """A point (mm) of the inner axes, told in the outer axes."""
    return add(turned(placement.turn, point), placement.shift)


def chain(*links: Placement) -> Placement:
    """A_b, B_c, C_d ... joined to A_d."""
    whole = Placement(NO_TURN, ZERO)
    for link in links:
        whole = Placement(after(whole.turn, link.turn), placed(whole, link.shift))
    return whole


def inverse(placement: Placement) -> Placement:
    """B_a of A_b."""
    back = undone(placement.turn)
    return Placement(back, scale(-1.0, turned(back, placement.shift)))


def to_lists(placement: Placement) -> list[list[float]]:
    """4x4 nested lists of a placement (columns: the turned unit vectors and the shift)."""
    columns = [turned(placement.turn, axis) for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), UP)]
    columns.append(placement.shift)
    return [[column[row] for column in columns] for row in range(3)] + [[0.0, 0.0, 0.0, 1.0]]


def from_lists(T: Sequence[Sequence[float]]) -> Placement:
    """Placement of 4x4 nested lists. Source: Shepperd 1978, from the largest quaternion part."""
    m = [[float(T[row][column]) for column in range(4)] for row in range(3)]
    xx, yy, zz = m[0][0], m[1][1], m[2][2]
    four_squares = (1.0 + xx + yy + zz, 1.0 + xx - yy - zz, 1.0 - xx + yy - zz, 1.0 - xx - yy + zz)
    wx, wy, wz = m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]
    xy, yz, zx = m[0][1] + m[1][0], m[1][2] + m[2][1], m[2][0] + m[0][2]
    rows = (
        (four_squares[0], wx, wy, wz),
        (wx, four_squares[1], xy, zx),
        (wy, xy, four_squares[2], yz),
        (wz, zx, yz, four_squares[3]),
    )
    largest = max(range(4), key=lambda part: four_squares[part])
    return Placement(normalised(rows[largest]), (m[0][3], m[1][3], m[2][3]))


def lateral_sign(side: str) -> float:
    """Sign of x towards lateral: +1 for a left limb, -1 for a right limb."""
    return {"left": 1.0, "right": -1.0}[side]


def far_sign(reference: str) -> float:
    """Side of the moving fragment along z: -1 with the proximal fragment as reference, +1 with the distal."""
    return {"proximal": -1.0, "distal": 1.0}[reference]


def word(words: Words | None, plus: str, minus: str) -> float:
    """Size of `plus` counted positive, of `minus` counted negative; absent and null count zero."""
    given = words or {}
    return float(given.get(plus) or 0.0) - float(given.get(minus) or 0.0)


def place_words(words: Words | None, side: str) -> Vector:
    """Vector (mm) of medial/lateral, anterior/posterior and proximal/distal words."""
    lateral = word(words, "lateral_mm", "medial_mm")
    z = word(words, "proximal_mm", "distal_mm")
    return (lateral_sign(side) * lateral, word(words, "posterior_mm", "anterior_mm"), z)


def internal_turn(words: Words | None, side: str) -> float:
    """Angle (rad) about +z of an internal rotation word: positive in a right limb, negative in a left one."""
    return -lateral_sign(side) * math.radians(word(words, "internal_rotation_deg", "external_rotation_deg"))


def oblique_tilt(view_x_deg: float, view_y_deg: float, far: float) -> Quaternion:
    """Smallest turn of (0, 0, far) to (tan x, tan y, far): one angle in the oblique plane through z.

    The plane stands at `plane` (rad, from +x towards +y), the tilt in it is atan sqrt(tan^2 + tan^2).
    """
    tan_x, tan_y = math.tan(math.radians(view_x_deg)), math.tan(math.radians(view_y_deg))
    plane, tilt = math.atan2(tan_y, tan_x), math.atan(math.hypot(tan_x, tan_y))
    return turn_about((-far * math.sin(plane), far * math.cos(plane), 0.0), tilt)


def deformity_placement(words: Words | None, side: str, reference: str) -> Placement:
    """Placement of the moving fragment in reference axes that the deformity words stand for."""
    far, given = far_sign(reference), dict(words or {})
    valgus = lateral_sign(side) * word(given, "valgus_deg", "varus_deg")
    tilt = oblique_tilt(valgus, word(given, "apex_anterior_deg", "apex_posterior_deg"), far)
    twist = turn_about(UP, -far * internal_turn(given, side))
    x, y, _ = place_words(given, side)
    return Placement(after(tilt, twist), (x, y, far * word(given, "long_mm", "short_mm")))


def placement_words(placement: Placement, side: str, reference: str) -> dict[str, float]:
    """Deformity words of a placement of the moving fragment (the way back), sizes below 1e-9 left out.

    The quaternion is split into tilt and twist about z: the twist keeps its (w, z) parts. Raises ValueError
    if the moving axis is turned by a right angle or more, where no words exist.
    """
    far, lateral = far_sign(reference), lateral_sign(side)
    w, x, y, z = placement.turn
    twist = math.remainder(2.0 * math.atan2(z, w), 2.0 * math.pi)
    swing_w, swing_x, swing_y, _ = after(placement.turn, turn_about(UP, -twist))
    tilt_x, tilt_y = math.copysign(1.0, swing_w) * swing_x, math.copysign(1.0, swing_w) * swing_y
    tilt = 2.0 * math.atan2(math.hypot(x, y), math.hypot(w, z))
    if not tilt < math.pi / 2.0:
        raise ValueError(f"no words for a moving axis tilted by {math.degrees(tilt):.3f} deg (below 90 deg)")
    plane = math.atan2(-far * tilt_x, far * tilt_y) if tilt else 0.0
    valgus = math.atan(lateral * math.tan(tilt) * math.cos(plane))
    apex_anterior = math.atan(math.tan(tilt) * math.sin(plane))
    shift_x, shift_y, shift_z = placement.shift
    pairs = (
        ("valgus_deg", "varus_deg", math.degrees(valgus)),
        ("apex_anterior_deg", "apex_posterior_deg", math.degrees(apex_anterior)),
        ("internal_rotation_deg", "external_rotation_deg", math.degrees(far * lateral * twist)),
        ("lateral_mm", "medial_mm", lateral * shift_x),
        ("posterior_mm", "anterior_mm", shift_y),
        ("long_mm", "short_mm", far * shift_z),
    )
    return {plus if v > 0.0 else minus: abs(v) for plus, minus, v in pairs if abs(v) >= SMALLEST_WORD}


def mounting_placement(words: Words | None, side: str) -> Placement:
    """Placement of the reference ring in the reference fragment's axes that the mounting words stand for."""
    lean_lateral = lateral_sign(side) * word(words, "leans_lateral_deg", "leans_medial_deg")
    lean = oblique_tilt(lean_lateral, word(words, "leans_posterior_deg", "leans_anterior_deg"), 1.0)
    return Placement(after(lean, turn_about(UP, internal_turn(words, side))), place_words(words, side))


class Travel(NamedTuple):
    """A stage's motion in reference axes: the corresponding point straight, the turn the shortest."""

    start: Placement
    end: Placement

    def at(self, s: float) -> Placement:
        """Placement at stage parameter s, 0 to 1; the ends are the given ends themselves."""
        if s in (0.0, 1.0):
            return self.end if s else self.start
        way = subtract(self.end.shift, self.start.shift)
        return Placement(slerp(self.start.turn, self.end.turn, s), add(self.start.shift, scale(s, way)))

    def turning(self) -> Vector:
        """Axis of the shortest turn times its angle (rad, reference axes)."""
        w, x, y, z = after(nearer(self.start.turn, self.end.turn), undone(self.start.turn))
        sine = math.hypot(x, y, z)
        return scale(2.0 * math.atan2(sine, w) / sine, (x, y, z)) if sine > 0.0 else ZERO


def nearer(q: Quaternion, other: Quaternion) -> Quaternion:
    """`other` or its negative (the same turn), whichever lies nearer to q."""
    if sum(a * b for a, b in zip(q, other, strict=True)) >= 0.0:
        return other
    return (-other[0], -other[1], -other[2], -other[3])


def slerp(first: Quaternion, last: Quaternion, s: float) -> Quaternion:
    """Turn a fraction s along the shortest way. Source: Shoemake 1985; angle by Kahan's formula."""
    last = nearer(first, last)
    apart = math.hypot(*(a - b for a, b in zip(first, last, strict=True)))
    together = math.hypot(*(a + b for a, b in zip(first, last, strict=True)))
    angle = 2.0 * math.atan2(apart, together)
    if angle < 1e-9:
        a, b = 1.0 - s, s
    else:
        a, b = math.sin((1.0 - s) * angle) / math.sin(angle), math.sin(s * angle) / math.sin(angle)
    w, x, y, z = (a * p + b * q for p, q in zip(first, last, strict=True))
    return normalised((w, x, y, z))


class Track(NamedTuple):
    """Velocity (mm per stage) of a tracked point: steady + cos(s angle) across + sin(s angle) quarter_on."""

    steady: Vector
    across: Vector
    quarter_on: Vector
    angle: float

    def speed(self, s: float) -> float:
        """Exact speed (mm per stage) at stage parameter s."""
        turned_part = add(
            scale(math.cos(s * self.angle), self.across), scale(math.sin(s * self.angle), self.quarter_on)
        )
        return size(add(self.steady, turned_part))

    def slowest(self) -> float:
        """Stage parameter of the least speed (may lie outside 0 to 1; 0 if the speed is even)."""
        if self.angle == 0.0:
            return 0.0
        lead = math.atan2(-dot(self.steady, self.quarter_on), -dot(self.steady, self.across))
        return (lead % (2.0 * math.pi)) / self.angle

    def arc(self, a: float, b: float) -> float:
        """Arc length (mm) from stage parameter a to b; split at the slowest place, where a cusp may sit."""
        pause = self.slowest()
        if a < pause < b:
            return self.smooth_arc(a, pause) + self.smooth_arc(pause, b)
        return self.smooth_arc(a, b)

    def smooth_arc(self, a: float, b: float) -> float:
        """Arc length (mm) over a part without a cusp inside, in two panels of adaptive Simpson."""
        bound = (size(self.steady) + size(self.across)) * (b - a)
        if not bound > 0.0:
            return 0.0
        middle = (a + b) / 2.0
        return sum(simpson(self.speed, p, q, ARC_TOLERANCE * bound / 2.0) for p, q in ((a, middle), (middle, b)))


def track_of(travel: Travel, point_mov: Vector) -> Track:
    """Track of a point of moving axes (mm): its velocity is the shift plus turning x (arm, turned along)."""
    turning = travel.turning()
    angle = size(turning)
    steady = subtract(travel.end.shift, travel.start.shift)
    across = cross(turning, turned(travel.start.turn, point_mov))
    quarter_on = scale(1.0 / angle, cross(turning, across)) if angle > 0.0 else ZERO
    return Track(steady, across, quarter_on, angle)


def simpson(f: Callable[[float], float], a: float, b: float, tolerance: float) -> float:
    """Integral of f from a to b by adaptive Simpson's rule with Richardson's correction (Lyness 1969)."""
    middle = (a + b) / 2.0
    fa, fm, fb = f(a), f(middle), f(b)
    return halved(f, (a, middle, b), (fa, fm, fb), (b - a) * (fa + 4.0 * fm + fb) / 6.0, tolerance, 40)


def halved(
    f: Callable[[float], float], places: Vector, values: Vector, whole: float, tolerance: float, depth: int
) -> float:
    """Simpson over both halves of an interval, halving on until they agree with the whole."""
    (a, m, b), (fa, fm, fb) = places, values
    left, right = (a + m) / 2.0, (m + b) / 2.0
    f_left, f_right = f(left), f(right)
    first = (m - a) * (fa + 4.0 * f_left + fm) / 6.0
    second = (b - m) * (fm + 4.0 * f_right + fb) / 6.0
    excess = first + second - whole
    if depth == 0 or abs(excess) <= 15.0 * tolerance:
        return first + second + excess / 15.0
    return halved(f, (a, left, m), (fa, f_left, fm), first, tolerance / 2.0, depth - 1) + halved(
        f, (m, right, b), (fm, f_right, fb), second, tolerance / 2.0, depth - 1
    )

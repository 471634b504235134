"""The limb as a cone and rings as flat annular solids: how far struts and rings are from the limb, and ring from ring.

The least distance all round is sought over the angle: at 32 or 64 equal angles the distance and its slope are taken,
and every stretch between two of them that can still hold less, and on which the distance stops falling, is searched to
1e-7 mm.  A second hollow within one stretch would be overlooked; against 1024 angles, 20 000 random poses of rings and
limbs, most of them far beyond any frame, show no difference above 1e-8 mm.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hexapod.collision.closest_approach import NOTHING, Flags, moved_each, turning_place, within
from hexapod.geometry.transforms import Array, cross, dot, invert

# A radius below this (mm) has no direction; what is divided by it is zero anyway.
TINY = 1e-300


@dataclass(frozen=True)
class Cone:
    """A limb: a cone frustum, going on beyond its two ends as cylinders.

    `wide_mm` (m, 3) is the centre of its wider end, `axis` (m, 3) the unit vector from there to the narrower end,
    `slope` (m,) the loss of radius per mm, `wide_radius_mm` and `narrow_radius_mm` its two radii.

    The cylinders stand for the limb that goes on: without them a tilted ring would find no skin beside its higher
    edge.  Rings square to the limb, and struts between them, are nearest to the frustum itself.
    """

    wide_mm: Array
    axis: Array
    slope: Array
    wide_radius_mm: float
    narrow_radius_mm: float

    @staticmethod
    def between(start_mm: Array, end_mm: Array, start_radius_mm: float, end_radius_mm: float) -> Cone:
        """The cone from `start_mm` (m, 3) to `end_mm` (m, 3), which must be apart, with a radius at either."""
        if start_radius_mm < end_radius_mm:
            return Cone.between(end_mm, start_mm, end_radius_mm, start_radius_mm)
        along = end_mm - start_mm
        length = np.sqrt(dot(along, along))
        slope = (start_radius_mm - end_radius_mm) / length
        start = np.broadcast_to(start_mm, along.shape)
        return Cone(start, along / length[:, None], slope, start_radius_mm, end_radius_mm)

    def __getitem__(self, index: Any) -> Cone:
        """The cones of some elements of the batch."""
        parts = (self.wide_mm[index], self.axis[index], self.slope[index])
        return Cone(*parts, self.wide_radius_mm, self.narrow_radius_mm)


@dataclass(frozen=True)
class _Sight:
    """Segments as their cones see them: at share u the height is h0 + u h1, the squared radius c0 + 2 u c1 + u^2 c2."""

    cone: Cone
    h0: Array
    h1: Array
    c0: Array
    c1: Array
    c2: Array

    @staticmethod
    def of(start: Array, along: Array, cone: Cone) -> _Sight:
        away = start - cone.wide_mm
        h0, h1 = dot(away, cone.axis), dot(along, cone.axis)
        out, outward = away - h0[:, None] * cone.axis, along - h1[:, None] * cone.axis
        return _Sight(cone, h0, h1, dot(out, out), dot(out, outward), dot(outward, outward))

    def __getitem__(self, index: Any) -> _Sight:
        parts = (self.h0[index], self.h1[index], self.c0[index], self.c1[index], self.c2[index])
        return _Sight(self.cone[index], *parts)

    def place(self, share: Array) -> tuple[Array, Array]:
        """Height and radius at a share of the segment."""
        square = self.c0 + share * (2.0 * self.c1 + share * self.c2)
        return self.h0 + share * self.h1, np.sqrt(np.maximum(square, 0.0))  # rounding can take a zero below zero

    def beside_shaft(self) -> Array:
        """The share that is nearest to the axis."""
        return within(-self.c1 / np.maximum(self.c2, NOTHING))

    def beside_tip(self) -> Array:
        """The share that is nearest to the endless cone: the least of `sqrt(c2 v^2 + m) + t v`.

        Source: v is the share from the place nearest to the axis and t = k h1; there `c2^2 v^2 = t^2 (c2 v^2 + m)`.
        """
        c2 = np.maximum(self.c2, NOTHING)
        m = np.maximum(self.c0 - self.c1 * self.c1 / c2, 0.0)
        t = self.cone.slope * self.h1
        steep = t * t >= c2  # the segment closes in on the cone all along
        v = -t * np.sqrt(m / (c2 * np.where(steep, 1.0, c2 - t * t)))
        return np.where(steep, np.where(t > 0.0, 0.0, 1.0), within(v - self.c1 / c2))

    def slope(self, share: Array) -> Array:
        """How the distance to the pencil changes with the share, mm."""
        height, radius = self.place(share)
        _, by_height, by_radius = pencil_slopes(height, radius, self.cone.slope, self.cone)
        return by_height * self.h1 + by_radius * (self.c1 + share * self.c2) / np.maximum(radius, TINY)


def _pencil(height: Array, radius: Array, slope: Array, cone: Cone) -> tuple[Array, Flags, Flags]:
    """Distance to the sharpened pencil, and whether its shaft or its tip is nearest (else the rim between them).

    The pencil is the endless cylinder of the wide end (the shaft) sharpened to the cone (the tip): convex, with one rim
    between the two, at height 0.  `slope` is that of the cone each place belongs to.
    """
    stretch = 1.0 + slope * slope
    beyond = radius - cone.wide_radius_mm
    over = beyond + slope * height  # beyond the cone, measured square to the axis
    shaft = height <= 0.0
    # The foot of the perpendicular on the cone is not behind the rim.
    tip = ~shaft & (height * stretch >= over * slope)
    to_rim = np.sqrt(height * height + beyond * beyond)
    distance = np.where(shaft, beyond, np.where(tip, over / np.sqrt(stretch), to_rim))
    return np.maximum(distance, 0.0), shaft, tip


def pencil_slopes(height: Array, radius: Array, slope: Array, cone: Cone) -> tuple[Array, Array, Array]:
    """Distance to the pencil, and how it changes with height and with radius; nothing changes inside it."""
    distance, shaft, tip = _pencil(height, radius, slope, cone)
    cosine = 1.0 / np.sqrt(1.0 + slope * slope)
    far = np.where(distance > 0.0, distance, np.inf)
    by_height = np.where(shaft, 0.0, np.where(tip, slope * cosine, height / far))
    by_radius = np.where(shaft, 1.0, np.where(tip, cosine, (radius - cone.wide_radius_mm) / far))
    outside = distance > 0.0
    return distance, np.where(outside, by_height, 0.0), np.where(outside, by_radius, 0.0)


def core_slopes(_height: Array, radius: Array, _slope: Array, cone: Cone) -> tuple[Array, Array, Array]:
    """The same for the core."""
    beyond = radius - cone.narrow_radius_mm
    return np.maximum(beyond, 0.0), np.zeros_like(radius), (beyond > 0.0).astype(float)


def segment_to_cone(start: Array, along: Array, cone: Cone) -> Array:
    """Least distances (m,) in mm of segments `start` + u `along`, u from 0 to 1, to a limb; 0 where they touch it.

    The limb is two convex bodies in one, an endless cylinder of the narrow radius (the core) and a sharpened pencil.
    The distance to a convex body is convex along a segment, so a place where it does not fall either way is the least.
    Beside the core, the shaft and the tip that place solves a quadratic equation.  When it is none of these, the
    nearest point lies on the rim, whose direction there is between those of shaft and tip: the place is between the
    other two, and is sought by steps, to 1e-7 mm.
    """
    sight = _Sight.of(start, along, cone)
    by_shaft, by_tip = sight.beside_shaft(), sight.beside_tip()
    height, radius = sight.place(by_shaft)
    core = np.maximum(radius - cone.narrow_radius_mm, 0.0)
    to_shaft, shaft, _ = _pencil(height, radius, cone.slope, cone)
    to_tip, _, tip = _pencil(*sight.place(by_tip), cone.slope, cone)
    distance: Array = np.minimum(core, np.minimum(to_shaft, to_tip))
    unsure = np.flatnonzero(~shaft & ~tip & (distance > 0.0) & (by_shaft != by_tip))
    if len(unsure):
        rest = sight[unsure]
        one, other = by_shaft[unsure], by_tip[unsure]
        share = turning_place(rest.slope, np.minimum(one, other), np.maximum(one, other))
        distance[unsure] = np.minimum(distance[unsure], _pencil(*rest.place(share), rest.cone.slope, cone)[0])
    return distance


# Round a limb the distance rises and falls at most four times in a turn (a circle beside a straight cone solves an
# equation of degree eight, of whose solutions half are lowest places): 32 angles tell them apart.  The outline of a
# ring has four corners, which make more and narrower hollows.
BESIDE_LIMB, BESIDE_RING = 32, 64
# Two rings whose normals differ by less than this sine are parallel: their sides meet along an edge, if at all.
PARALLEL = 1e-9

# Takes which circles (an index of arrays by circle); gives a function of angles in rad that go with them, to distances
# in mm and their slopes in mm per rad.  Coordinates stand each in an array of its own, so that numpy works along the
# places.
RoundAbout = Callable[[Any], Callable[[Array], tuple[Array, Array]]]
EACH = np.s_[:, None]  # every element, with every angle
# How far places at heights and radii beside cones of some slopes are from a body of the limb, and how that changes with
# height and radius.
ToBody = Callable[[Array, Array, Array, Cone], tuple[Array, Array, Array]]


@dataclass(frozen=True)
class Annulus:
    """A flat annular solid about z of its own axes, centred on its mid plane; mm."""

    inner_mm: float
    outer_mm: float
    half_mm: float

    @property
    def reach_mm(self) -> float:
        """How far from its axis it goes."""
        return self.outer_mm


def least_round(around: RoundAbout, angles: int, reach_mm: Array, enough: Array) -> Array:
    """The lesser of `enough` (m,) and the least distances in mm all round circles (k m,), k of every element.

    No point moves faster than its circle's radius, `reach_mm` (k m,): stretches that cannot fall below what is known of
    their element are not searched.
    """
    step = 2.0 * math.pi / angles
    grid, slope = around(EACH)(np.asarray(step * np.arange(angles), float))
    least: Array = np.minimum(grid.min(axis=1).reshape(-1, len(enough)).min(axis=0), enough)
    falls = slope < 0.0
    row, column = np.nonzero(falls & ~np.roll(falls, -1, axis=1))
    ends = (row, column), (row, (column + 1) % angles)
    element = row % len(enough)
    open_ = 0.5 * (grid[ends[0]] + grid[ends[1]] - reach_mm[row] * step) < least[element]
    if open_.any():
        row, low, slopes = (
            row[open_],
            np.asarray(step * column[open_], float),
            (slope[ends[0]][open_], slope[ends[1]][open_]),
        )
        distance_at = around(row)
        place = turning_place(lambda angle: distance_at(angle)[1], low, np.asarray(low + step, float), slopes)
        np.minimum.at(least, element[open_], distance_at(place)[0])
    return least


def ring_to_cone(ring: Annulus, cone: Cone) -> Array:
    """Least distances (m,) in mm of a ring to the limb that passes through it; 0 where they touch or overlap.

    The cones are given in the ring's axes, one end of each on the ring's mid plane.  From that end every other point of
    the ring is seen through the inner surface, and the distance to a convex body that holds the end only falls on the
    way there: so the inner surface is nearest, at `inner - r` from a point r beside the ring's axis.  Along a straight
    line of the limb's surface r has no greatest value but at an end: at an edge of the inner surface, or at the limb's
    rim, where its wide end and its taper meet.  So the two edges and the rim are followed round.

    A limb whose axis does not pass through the hole cannot be inside a closed ring: it counts as touching.
    """
    tilt = cone.axis[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        pierced = cone.wide_mm[:, :2] - (cone.wide_mm[:, 2] / tilt)[:, None] * cone.axis[:, :2]
        inside = np.hypot(pierced[:, 0], pierced[:, 1]) < ring.inner_mm
    least = _inner_edges(ring, cone, core_slopes, np.full(len(tilt), np.inf))
    if cone.wide_radius_mm > cone.narrow_radius_mm:
        least = _inner_edges(ring, cone, pencil_slopes, least)
        rim = np.full(len(tilt), cone.wide_radius_mm)
        least = _circles_to_ring(cone.wide_mm, *across(cone.axis), rim, ring, least)
    return np.where(inside, least, 0.0)


def _inner_edges(ring: Annulus, cone: Cone, to_body: ToBody, enough: Array) -> Array:
    """The lesser of `enough` and the distance (m,) of the ring's two inner edges to a body of the limb."""

    z = np.repeat([-ring.half_mm, ring.half_mm], len(cone.slope)) - np.tile(cone.wide_mm[:, 2], 2)
    axis = np.tile(cone.axis.T, 2)
    by_circle = *np.tile(cone.wide_mm[:, :2].T, 2), *axis[:2], z * axis[2], z * z, np.tile(cone.slope, 2)

    def around(of: Any) -> Callable[[Array], tuple[Array, Array]]:
        wide_x, wide_y, axis_x, axis_y, up, square, slope = (part[of] for part in by_circle)

        def distance_at(angle: Array) -> tuple[Array, Array]:
            sine, cosine = ring.inner_mm * np.sin(angle), ring.inner_mm * np.cos(angle)
            x, y = cosine - wide_x, sine - wide_y
            height, rise = x * axis_x + y * axis_y + up, axis_y * cosine - axis_x * sine
            radius = np.sqrt(np.maximum(x * x + y * y + square - height * height, 0.0))
            distance, by_height, by_radius = to_body(height, radius, slope, cone)
            spread = (y * cosine - x * sine - height * rise) / np.maximum(radius, TINY)
            return distance, by_height * rise + by_radius * spread

        return distance_at

    return least_round(around, BESIDE_LIMB, np.full(len(z), ring.inner_mm), enough)


def across(axis: Array) -> tuple[Array, Array]:
    """Two unit vectors (m, 3) square to unit vectors (m, 3) and to each other."""
    least_share = np.eye(3)[np.argmin(abs(axis), axis=1)]
    one = cross(axis, least_share)
    one /= np.sqrt(dot(one, one))[:, None]
    return one, cross(axis, one)


def point_to_ring(points: Iterable[Array], ring: Annulus) -> tuple[Array, tuple[Array, Array, Array]]:
    """Distances in mm of points (x, y, z) in the ring's axes, 0 inside it, and unit vectors (x, y, z) away from it."""
    x, y, z = points
    radius = np.sqrt(x * x + y * y)
    beside = np.maximum(radius - ring.outer_mm, 0.0) - np.maximum(ring.inner_mm - radius, 0.0)
    above = np.copysign(np.maximum(abs(z) - ring.half_mm, 0.0), z)
    distance = np.sqrt(beside * beside + above * above)
    far = np.where(distance > 0.0, distance, 1.0)
    sideways = beside / (far * np.where(radius > 0.0, radius, 1.0))
    return distance, (sideways * x, sideways * y, above / far)


def ring_to_ring(a: Annulus, b: Annulus, T_a_b: Array) -> Array:
    """Least distances (m,) in mm of two rings at poses `T_a_b` (m, 4, 4); 0 where they touch or overlap.

    Of two solids with flat faces and round sides, one of the two nearest points lies on an edge, unless round sides
    pass each other crosswise.  So the eight edges are followed, and the sides are looked at where they cross.
    """
    T_b_a = invert(T_a_b)
    least = _sides(a, b, T_a_b, T_b_a)
    for ring, other, T_other_ring, T_ring_other in ((a, b, T_b_a, T_a_b), (b, a, T_a_b, T_b_a)):
        edges = itertools.product(_facing(ring, other, T_ring_other), (ring.outer_mm, ring.inner_mm))
        heights, radii = (np.repeat(part, len(T_a_b)) for part in zip(*edges, strict=True))
        T = np.tile(T_other_ring, (len(radii) // len(T_a_b), 1, 1))
        middle = T[:, :3, 3] + heights[:, None] * T[:, :3, 2]
        least = _circles_to_ring(middle, T[:, :3, 0], T[:, :3, 1], radii, other, least)
    return least


def _facing(ring: Annulus, other: Annulus, T_ring_other: Array) -> tuple[float, ...]:
    """Heights of the ring's edges that can be nearest: of one face only when the other ring lies wholly before it."""
    lean = np.hypot(T_ring_other[:, 2, 0], T_ring_other[:, 2, 1])
    reach = other.outer_mm * lean + other.half_mm * abs(T_ring_other[:, 2, 2])
    middle = T_ring_other[:, 2, 3]
    if (middle + reach <= -ring.half_mm).all():
        return (-ring.half_mm,)
    if (middle - reach >= ring.half_mm).all():
        return (ring.half_mm,)
    return (-ring.half_mm, ring.half_mm)


def _circles_to_ring(middle: Array, x: Array, y: Array, radius: Array, ring: Annulus, enough: Array) -> Array:
    """The lesser of `enough` (m,) and the distance to a ring of circles of `radius` (k m,), k of every element, about
    `middle` (k m, 3), spanned by x and y."""

    # By coordinate, the spans as long as the radius.
    by_circle = *middle.T, *(radius * x.T), *(radius * y.T)

    def around(of: Any) -> Callable[[Array], tuple[Array, Array]]:
        parts = [part[of] for part in by_circle]
        spans = list(zip(parts[:3], parts[3:6], parts[6:], strict=True))

        def distance_at(angle: Array) -> tuple[Array, Array]:
            sine, cosine = np.sin(angle), np.cos(angle)
            points = (start + cosine * one + sine * other for start, one, other in spans)
            distance, away = point_to_ring(points, ring)
            slope = np.zeros_like(distance)
            for part, (_, one, other) in zip(away, spans, strict=True):
                slope += part * (cosine * other - sine * one)
            return distance, slope

        return distance_at

    return least_round(around, BESIDE_RING, radius, enough)


def _sides(a: Annulus, b: Annulus, T_a_b: Array, T_b_a: Array) -> Array:
    """Least distances (m,) where straight lines of the two round sides cross each other; inf where none do.

    Both lines are square to the crossing direction, which lies in both mid planes; the places where they cross are the
    same for all four pairs of sides, for they differ only along that direction.
    """
    z_a, z_b, centre = np.array([0.0, 0.0, 1.0]), T_a_b[:, :3, 2], T_a_b[:, :3, 3]
    across = cross(np.broadcast_to(z_a, z_b.shape), z_b)
    sine = np.sqrt(dot(across, across))
    across = across / np.where(sine > PARALLEL, sine, 1.0)[:, None]
    cosine, square = z_b[:, 2], np.where(sine > PARALLEL, sine, 1.0) ** 2
    up_a = (centre[:, 2] - cosine * dot(centre, z_b)) / square
    up_b = (cosine * centre[:, 2] - dot(centre, z_b)) / square
    crossing = (sine > PARALLEL) & (abs(up_a) <= a.half_mm) & (abs(up_b) <= b.half_mm)
    least = np.full(len(centre), np.inf)
    if not crossing.any():
        return least
    for sign in (-1.0, 1.0):
        for radius in (a.inner_mm, a.outer_mm):
            point_a = sign * radius * across + up_a[:, None] * z_a
            least = np.minimum(least, point_to_ring(moved_each(T_b_a, point_a).T, b)[0])
        for radius in (b.inner_mm, b.outer_mm):
            point_a = centre + sign * radius * across + up_b[:, None] * z_b
            least = np.minimum(least, point_to_ring(point_a.T, a)[0])
    return np.where(crossing, least, np.inf)

"""Rings as flat annular solids: how far a ring is from the limb inside it, and from another ring.

The least distance all round is sought over the angle: at 32 or 64 equal angles the distance and its slope are taken,
and every stretch between two of them that can still hold less, and on which the distance stops falling, is searched to
1e-7 mm.  A second hollow within one stretch would be overlooked; against 1024 angles, 20 000 random poses of rings and
limbs, most of them far beyond any frame, show no difference above 1e-8 mm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hexapod.collision.closest_approach import dot, moved_each, turning_place
from hexapod.collision.limb_cone import TINY, Cone, core_slopes, pencil_slopes
from hexapod.geometry.transforms import Array, cross, invert

# Round a limb the distance rises and falls at most four times in a turn (a circle beside a straight cone solves an
# equation of degree eight, of whose solutions half are lowest places): 32 angles tell them apart.  The outline of a
# ring has four corners, which make more and narrower hollows.
BESIDE_LIMB, BESIDE_RING = 32, 64
# Two rings whose normals differ by less than this sine are parallel: their sides meet along an edge, if at all.
PARALLEL = 1e-9

# Takes which elements (an index of arrays by element) and angles in rad that go with them; gives distances in mm and
# their slopes in mm per rad.  Coordinates stand each in an array of its own, so that numpy works along the places.
RoundAbout = Callable[[Any, Array], tuple[Array, Array]]
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


def least_round(distance_at: RoundAbout, angles: int, reach_mm: float, enough: Array) -> Array:
    """The lesser of `enough` (m,) and the least distances in mm all round, for points on circles of `reach_mm`.

    Stretches that cannot fall below `enough` are not searched.
    """
    step = 2.0 * math.pi / angles
    grid, slope = distance_at(EACH, np.asarray(step * np.arange(angles), float))
    least: Array = np.minimum(grid.min(axis=1), enough)
    floor = 0.5 * (grid + np.roll(grid, -1, axis=1) - reach_mm * step)  # no point moves faster than its circle's radius
    row, column = np.nonzero((slope < 0.0) & (np.roll(slope, -1, axis=1) >= 0.0) & (floor < least[:, None]))
    if len(row):
        low = np.asarray(step * column, float)
        place = turning_place(lambda angle: distance_at(row, angle)[1], low, low + step)
        np.minimum.at(least, row, distance_at(row, place)[0])
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
        least = _circle_to_ring(cone.wide_mm, *_across(cone.axis), cone.wide_radius_mm, ring, least)
    return np.where(inside, least, 0.0)


def _inner_edges(ring: Annulus, cone: Cone, to_body: ToBody, enough: Array) -> Array:
    """The lesser of `enough` and the distance (m,) of the ring's two inner edges to a body of the limb."""

    wide_x, wide_y, wide_z = np.tile(cone.wide_mm.T, 2)
    axis_x, axis_y, axis_z = np.tile(cone.axis.T, 2)
    z = np.repeat([-ring.half_mm, ring.half_mm], len(cone.slope)) - wide_z
    slopes = np.tile(cone.slope, 2)

    def distance_at(of: Any, angle: Array) -> tuple[Array, Array]:
        sine, cosine = ring.inner_mm * np.sin(angle), ring.inner_mm * np.cos(angle)
        x, y = cosine - wide_x[of], sine - wide_y[of]
        height, rise = x * axis_x[of] + y * axis_y[of] + (z * axis_z)[of], axis_y[of] * cosine - axis_x[of] * sine
        radius = np.sqrt(np.maximum(x * x + y * y + (z * z)[of] - height * height, 0.0))
        distance, by_height, by_radius = to_body(height, radius, slopes[of], cone)
        spread = (y * cosine - x * sine - height * rise) / np.maximum(radius, TINY)
        return distance, by_height * rise + by_radius * spread

    both = least_round(distance_at, BESIDE_LIMB, ring.inner_mm, np.tile(enough, 2))
    return np.asarray(both.reshape(2, -1).min(axis=0))


def _across(axis: Array) -> tuple[Array, Array]:
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
        R, centre = T_other_ring[:, :3, :3], T_other_ring[:, :3, 3]
        for height in _facing(ring, other, T_ring_other):
            middle = centre + height * R[:, :, 2]
            for radius in (ring.outer_mm, ring.inner_mm):
                least = _circle_to_ring(middle, R[:, :, 0], R[:, :, 1], radius, other, least)
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


def _circle_to_ring(middle: Array, x: Array, y: Array, radius: float, ring: Annulus, enough: Array) -> Array:
    """The lesser of `enough` and the distance (m,) of circles about `middle` (m, 3), spanned by x and y, to a ring."""

    spans = list(zip(middle.T, x.T, y.T, strict=True))  # by coordinate

    def distance_at(of: Any, angle: Array) -> tuple[Array, Array]:
        sine, cosine = radius * np.sin(angle), radius * np.cos(angle)
        points = (start[of] + cosine * one[of] + sine * other[of] for start, one, other in spans)
        distance, away = point_to_ring(points, ring)
        slope = np.zeros_like(distance)
        for part, (_, one, other) in zip(away, spans, strict=True):
            slope += part * (cosine * other[of] - sine * one[of])
        return distance, slope

    return least_round(distance_at, BESIDE_RING, radius, enough)


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
    for sign in (-1.0, 1.0):
        for radius in (a.inner_mm, a.outer_mm):
            point_a = sign * radius * across + up_a[:, None] * z_a
            least = np.minimum(least, point_to_ring(moved_each(T_b_a, point_a).T, b)[0])
        for radius in (b.inner_mm, b.outer_mm):
            point_a = centre + sign * radius * across + up_b[:, None] * z_b
            least = np.minimum(least, point_to_ring(point_a.T, a)[0])
    return np.where(crossing, least, np.inf)

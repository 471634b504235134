"""Rings that are not whole (2/3, 5/8, half) and foot plates: how far they are from the limb and from another ring.

A flat body is its outline, pulled up to its thickness.  The limb passes through the plane of its ring, so no nearest
point lies inside a flat face, where a distance to something convex has no least place of its own: upright lines all
round the outline are followed, and each is measured exactly.  Of two flat bodies one of the nearest points lies on an
edge, unless round sides pass each other crosswise: where straight sides are nearest, they are so up to an edge.

Along each edge the distance is taken at places as near each other as on a full ring (64 to a turn), and every hollow
that can hold less than what is known is searched to 1e-7 mm.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hexapod.collision.closest_approach import SOUGHT_TO_MM, Numbers
from hexapod.collision.solids import (
    BESIDE_RING,
    EACH,
    PARALLEL,
    Annulus,
    Cone,
    ToBody,
    across,
    core_slopes,
    pencil_slopes,
    ring_to_cone,
    ring_to_ring,
    segment_to_cone,
)
from hexapod.geometry.transforms import Array, cross, dot, invert

# By what golden section makes a bracket smaller with every step.
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
# Slopes are taken over this (mm); one below `FLAT` (mm per mm) is rounding, as along parallel rings.
NUDGE_MM, FLAT = 1e-5, 1e-7
# Places (x, y, z) of an edge in its ring's axes, each in an array of its own, at shares of the edge from 0 to 1.
Coordinates = tuple[Array, Array, Array]
Places = Callable[[Array], Coordinates]
# Distances (...) in mm of places to a body, each of the element of the batch with its number (...).
DistanceAt = Callable[[Any, Coordinates], Array]


@dataclass(frozen=True)
class Edge:
    """A line of a body's surface: its places, its length in mm, and how many stretches are looked at."""

    places: Places
    length_mm: float
    stretches: int


@dataclass(frozen=True)
class OpenRing:
    """A flat part of an annular solid about z of its own axes, centred on its mid plane; mm.

    Its middle is `middle_deg` from the front (conventions section 4), it goes on for half of `arc_deg` to either side,
    and from both ends straight on by `legs_mm`.
    """

    inner_mm: float
    outer_mm: float
    half_mm: float
    arc_deg: float
    legs_mm: float = 0.0
    middle_deg: float = 0.0

    @property
    def reach_mm(self) -> float:
        """How far from its axis it goes."""
        return math.hypot(self.outer_mm, self.legs_mm)

    @cached_property
    def ends(self) -> tuple[tuple[Array, Array], ...]:
        """Of both ends the direction (2,) from the centre, and the direction (2,) that points on beyond the end."""
        if self.arc_deg >= 360.0:
            return ()
        found = []
        for sign in (-1.0, 1.0):
            turn = math.radians(self.middle_deg + sign * 0.5 * self.arc_deg)
            outward, on = (math.sin(turn), -math.cos(turn)), (sign * math.cos(turn), sign * math.sin(turn))
            found.append((np.array(outward), np.array(on)))
        return tuple(found)

    def within_arc(self, x: Array, y: Array) -> Array:
        """Whether places (...) are between the two ends as seen from the centre."""
        middle = math.radians(self.middle_deg)
        forward, sideways = math.sin(middle) * x - math.cos(middle) * y, math.cos(middle) * x + math.sin(middle) * y
        return np.asarray(abs(np.arctan2(sideways, forward)) <= 0.5 * math.radians(self.arc_deg))

    def beside(self, x: Array, y: Array) -> Array:
        """How far (...) places are from the outline, 0 within it, mm."""
        radius = np.sqrt(x * x + y * y)
        radial = np.maximum(np.maximum(radius - self.outer_mm, self.inner_mm - radius), 0.0)
        least = np.where(self.within_arc(x, y), radial, np.inf)
        for outward, on in self.ends:
            along, across = x * on[0] + y * on[1], x * outward[0] + y * outward[1]
            beyond = np.maximum(np.maximum(-along, along - self.legs_mm), 0.0)
            out = np.maximum(np.maximum(across - self.outer_mm, self.inner_mm - across), 0.0)
            least = np.minimum(least, np.sqrt(beyond * beyond + out * out))
        return least

    def distance(self, x: Array, y: Array, z: Array) -> Array:
        """Distances (...) of places in its axes, 0 inside it, mm."""
        beside, above = self.beside(x, y), np.maximum(abs(z) - self.half_mm, 0.0)
        return np.asarray(np.sqrt(beside * beside + above * above))

    def outline(self, z: float) -> list[Edge]:
        """The edges all round at a height."""
        edges = [self._arc(radius, z) for radius in (self.inner_mm, self.outer_mm)]
        for outward, on in self.ends:
            tips = [radius * outward + self.legs_mm * on for radius in (self.inner_mm, self.outer_mm)]
            edges.append(_line((*tips[0], z), (*tips[1], z)))
            if self.legs_mm:
                starts = [radius * outward for radius in (self.inner_mm, self.outer_mm)]
                edges += [_line((*start, z), (*tip, z)) for start, tip in zip(starts, tips, strict=True)]
        return edges

    @cached_property
    def edges(self) -> list[Edge]:
        """All edges: round both faces, and upright at the corners."""
        upright = [
            _line((*corner, -self.half_mm), (*corner, self.half_mm))
            for outward, on in self.ends
            for corner in (radius * outward + self.legs_mm * on for radius in (self.inner_mm, self.outer_mm))
        ]
        return [*self.outline(-self.half_mm), *self.outline(self.half_mm), *upright]

    def _arc(self, radius: float, z: float) -> Edge:
        first, whole = math.radians(self.middle_deg - 0.5 * self.arc_deg), math.radians(self.arc_deg)

        def places(share: Array) -> Coordinates:
            turn = first + share * whole
            return radius * np.sin(turn), -radius * np.cos(turn), np.full_like(share, z)

        return Edge(places, radius * whole, math.ceil(BESIDE_RING * self.arc_deg / 360.0))


RingBody = Annulus | OpenRing


def box_corners(ring: RingBody) -> Array:
    """Corners (8, 3) of a box round a ring in its own axes, mm: no point of it moves faster than one of them."""
    r, h = ring.reach_mm, ring.half_mm
    return np.array([[x, y, z] for x in (-r, r) for y in (-r, r) for z in (-h, h)])


def _line(start: tuple[float, ...], end: tuple[float, ...]) -> Edge:
    along = [b - a for a, b in zip(start, end, strict=True)]

    def places(share: Array) -> Coordinates:
        x, y, z = (a + share * step for a, step in zip(start, along, strict=True))
        return x, y, z

    length = math.hypot(*along)
    return Edge(places, length, math.ceil(length / 10.0) + 1)  # a place every 10 mm, as on the arc of a large ring


def body_to_cone(ring: RingBody, cone: Cone) -> Array:
    """Least distances (m,) in mm of a ring, whole or not, to the limb through its plane; 0 where they touch.

    The cones are given in the ring's axes, one end of each on the ring's mid plane, as for `ring_to_cone`.  A limb that
    passes beside an open ring is as far from it as it is; only beside a full ring would it have to cross it.
    """
    if isinstance(ring, Annulus):
        return ring_to_cone(ring, cone)
    tilt = cone.axis[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = (cone.wide_mm[:, :2] - (cone.wide_mm[:, 2] / tilt)[:, None] * cone.axis[:, :2]).T
    least = np.full(len(tilt), np.inf)
    # The two edges by themselves, and the two convex bodies of a limb, so that no hollow hides behind another.
    for to_part in (core_slopes, pencil_slopes):
        for height in (-ring.half_mm, ring.half_mm):
            for edge in ring.outline(height):
                least = _least_along(edge, _places_to(cone, to_part), least)
    for edge in ring.outline(-ring.half_mm):
        least = _least_along(edge, _upright_to(cone, 2.0 * ring.half_mm), least)
    rim = Edge(lambda share: (share, share, share), 2.0 * math.pi * cone.wide_radius_mm, BESIDE_RING)
    least = _least_along(rim, _rim_to(ring, cone), least)
    # NaN, a limb parallel to the ring, is within it.
    return np.where(~(ring.beside(x, y) > 0.0), 0.0, least)


def _places_to(cone: Cone, to_part: ToBody) -> DistanceAt:
    """Distances of places to one of the convex bodies of limbs (m,)."""

    def distance(of: Any, places: Coordinates) -> Array:
        limb = cone[of]
        away = (place - limb.wide_mm[..., k] for k, place in enumerate(places))
        x, y, z = away
        height = x * limb.axis[..., 0] + y * limb.axis[..., 1] + z * limb.axis[..., 2]
        square = x * x + y * y + z * z - height * height
        return to_part(height, np.sqrt(np.maximum(square, 0.0)), limb.slope, limb)[0]

    return distance


def _rim_to(ring: OpenRing, cone: Cone) -> DistanceAt:
    """Distances to the ring of the rims of limbs (m,), where wide end and taper meet, at shares of a turn."""
    one, two = across(cone.axis)

    def distance(of: Any, places: Coordinates) -> Array:
        turn = 2.0 * math.pi * places[0]
        sine, cosine = cone.wide_radius_mm * np.sin(turn), cone.wide_radius_mm * np.cos(turn)
        rim = (cone.wide_mm[of, k] + cosine * one[of, k] + sine * two[of, k] for k in range(3))
        return ring.distance(*rim)

    return distance


def _upright_to(cone: Cone, height_mm: float) -> DistanceAt:
    """Distances to cones (m,) of upright lines of a height that begin at places."""

    def distance(of: Any, places: Coordinates) -> Array:
        shape = np.broadcast_shapes(of.shape, places[0].shape)
        start = np.stack([np.broadcast_to(part, shape).ravel() for part in places], axis=1)
        up = np.broadcast_to([0.0, 0.0, height_mm], start.shape)
        return segment_to_cone(start, up, cone[np.broadcast_to(of, shape).ravel()]).reshape(shape)

    return distance


def body_to_body(a: RingBody, b: RingBody, T_a_b: Array) -> Array:
    """Least distances (m,) in mm of two rings, whole or not, at poses `T_a_b` (m, 4, 4); 0 where they touch."""
    if isinstance(a, Annulus) and isinstance(b, Annulus):
        return ring_to_ring(a, b, T_a_b)
    one, two = _as_open(a), _as_open(b)
    T_b_a = invert(T_a_b)
    least = np.minimum(_crosswise(one, two, T_a_b, T_b_a), _crosswise(two, one, T_b_a, T_a_b))
    for ring, other, T in ((one, two, T_b_a), (two, one, T_a_b)):
        to_other = _to_body(other, T)
        for edge in ring.edges:
            least = _least_along(edge, to_other, least)
    return least


def _as_open(ring: RingBody) -> OpenRing:
    return OpenRing(ring.inner_mm, ring.outer_mm, ring.half_mm, 360.0) if isinstance(ring, Annulus) else ring


def _to_body(other: OpenRing, T: Array) -> DistanceAt:
    """Distances to a body of places given in axes whose poses in that body's axes are T (m, 4, 4)."""

    def distance(of: Any, places: Coordinates) -> Array:
        x, y, z = places
        rows = (T[of, i] for i in range(3))
        return other.distance(*(row[..., 0] * x + row[..., 1] * y + row[..., 2] * z + row[..., 3] for row in rows))

    return distance


def _least_along(edge: Edge, distance_at: DistanceAt, enough: Array) -> Array:
    """The lesser of `enough` (m,) and the distances along an edge.  `distance_at` takes element numbers and places.

    No distance changes faster than its place: brackets that cannot hold less than what is known are not searched.
    """
    share = np.linspace(0.0, 1.0, edge.stretches + 1)
    beside = NUDGE_MM / edge.length_mm
    near = np.append(share[:-1] + beside, 1.0 - beside)
    numbers = np.arange(len(enough))[EACH]
    grid, nudged = (distance_at(numbers, edge.places(at)) for at in (share, near))
    slope = (nudged - grid) / NUDGE_MM
    slope[:, -1] *= -1.0
    least: Array = np.minimum(enough, grid.min(axis=1))
    step_mm = edge.length_mm / edge.stretches
    falls, rises = slope[:, :-1] < -FLAT, slope[:, 1:] > FLAT
    padded = np.pad(grid, ((0, 0), (1, 1)), constant_values=np.inf)
    low = (grid <= padded[:, :-2]) & (grid <= padded[:, 2:])
    # Beside the lowest place two hollows can lie, one to either side of it.
    hollow = (falls & rises) | ((low[:, :-1] | low[:, 1:]) & (falls | rises))
    hollow &= grid[:, :-1] + grid[:, 1:] - step_mm < 2.0 * least[:, None]
    element, stretch = np.nonzero(hollow)
    if not len(element):
        return least
    found = _golden(
        lambda at: distance_at(element, edge.places(at)), share[stretch], share[stretch + 1], edge.length_mm
    )
    np.minimum.at(least, element, found)
    return least


def _golden(distance_at: Callable[[Array], Array], low: Array, high: Array, length_mm: float) -> Array:
    """The least (k,) of distances in brackets (k,) that each hold one hollow: golden section."""
    first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_first, at_second = distance_at(first), distance_at(second)
    while (high - low).max() * length_mm > SOUGHT_TO_MM:
        left = at_first < at_second
        low, high = np.where(left, low, first), np.where(left, second, high)
        new = np.where(left, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
        at_new = distance_at(new)
        first, second = np.where(left, new, second), np.where(left, first, new)
        at_first, at_second = np.where(left, at_new, at_second), np.where(left, at_first, at_new)
    return np.minimum(at_first, at_second)


def _crosswise(ring: OpenRing, other: OpenRing, T_ring_other: Array, T_other_ring: Array) -> Array:
    """Distances (m,) to the other body where upright lines of the ring's round sides cross those of the other's.

    Both are square to the crossing direction, which lies in both mid planes (`solids.py`); inf where none cross.
    """
    normal, centre = T_ring_other[:, :3, 2], T_ring_other[:, :3, 3]
    across = cross(np.broadcast_to([0.0, 0.0, 1.0], normal.shape), normal)
    sine = np.sqrt(dot(across, across))
    steep = sine > PARALLEL
    across = across / np.where(steep, sine, 1.0)[:, None]
    up = (centre[:, 2] - normal[:, 2] * dot(centre, normal)) / np.where(steep, sine, 1.0) ** 2
    crossing = steep & (abs(up) <= ring.half_mm)
    least = np.full(len(centre), np.inf)
    numbers: Numbers = np.flatnonzero(crossing)
    to_other = _to_body(other, T_other_ring)
    for radius in (-ring.outer_mm, -ring.inner_mm, ring.inner_mm, ring.outer_mm):
        x, y = radius * across[numbers, 0], radius * across[numbers, 1]
        distance = to_other(numbers, (x, y, up[numbers]))
        least[numbers] = np.minimum(least[numbers], np.where(ring.within_arc(x, y), distance, np.inf))
    return least

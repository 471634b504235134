"""A limb as a cone, and how far a strut is from it.

Everything works on flat batches of m elements: points (m, 3) in mm, all in one frame, numbers (m,).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hexapod.collision.closest_approach import NOTHING, Flags, dot, turning_place, within
from hexapod.geometry.transforms import Array

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

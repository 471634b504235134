"""The outline of a ring's body: closed, open (5/8, 2/3, half) or a foot plate, and places on it by hole number.

An outline runs counter-clockwise seen from proximal.  Its middle is at the front (-y) of a ring used proximally, which
then opens posteriorly, and opposite the front of one used distally, which then opens anteriorly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.deformity.quantities import Fragment
from hexapod.geometry.transforms import Array

CLOSED_DEG = 360.0
# Three tabs 120 deg apart span this much of the circle.
TABS_DEG = 240.0
# Where the middle of the outline is, deg from the front.
MIDDLE_DEG = {"proximal": 0.0, "distal": 180.0}


@dataclass(frozen=True)
class BodyOutline:
    """How much of its circle a ring's body has, deg, and the straight legs beyond both ends of a foot plate, mm."""

    arc_deg: float = CLOSED_DEG
    legs_mm: float = 0.0

    @property
    def closed(self) -> bool:
        """Whether it is a full ring."""
        return self.arc_deg == CLOSED_DEG

    def length_mm(self, radius_mm: float) -> float:
        """How long the outline is at a radius, mm."""
        return math.radians(self.arc_deg) * radius_mm + 2.0 * self.legs_mm

    def places(self, radius_mm: float, along_mm: Array, used: Fragment) -> Array:
        """Points (n, 2) in ring axes, mm, at distances (n,) along the outline from its middle, at a radius.

        >>> BodyOutline(180.0, 60.0).places(80.0, np.array([0.0]), "distal").round(6).tolist()  # the heel
        [[0.0, 80.0]]
        """
        half = 0.5 * math.radians(self.arc_deg) * radius_mm
        on_arc = np.clip(along_mm, -half, half)
        turn = on_arc / radius_mm + math.radians(MIDDLE_DEG[used])
        way = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
        places = radius_mm * np.stack([np.sin(turn), -np.cos(turn)], axis=-1)
        return np.asarray(places + (along_mm - on_arc)[:, None] * way)

    def line(self, radius_mm: float, pieces: int, used: Fragment) -> Array:
        """The outline (pieces + 1, 2) at a radius from one end to the other; closed, from the front to the front."""
        if self.closed:
            turn = np.linspace(0.0, 2.0 * np.pi, pieces + 1)
            return np.asarray(radius_mm * np.stack([np.sin(turn), -np.cos(turn)], axis=1))
        half = 0.5 * self.length_mm(radius_mm)
        return self.places(radius_mm, np.linspace(-half, half, pieces + 1), used)

    def front_pieces(self, pieces: int, used: Fragment) -> tuple[int, ...]:
        """The pieces of a line of so many that meet at the ring's front; none where an open body has its opening."""
        if self.closed:
            return (0, pieces - 1)
        return (pieces // 2 - 1, pieces // 2) if MIDDLE_DEG[used] == 0.0 else ()

    def hole_mm(self, hole: float, holes: int, radius_mm: float) -> float:
        """How far along the outline from its middle a hole is, mm.

        Holes count from 1, evenly apart: on an open body from its one end to the other, on a full ring from its middle.
        """
        whole = self.length_mm(radius_mm)
        if self.closed:
            share = (hole - 1.0) / holes
            return (share if share <= 0.5 else share - 1.0) * whole
        return ((hole - 1.0) / (holes - 1.0) - 0.5) * whole


def tab_order(layout: Sequence[Sequence[float]], used: Fragment) -> list[tuple[int, float]]:
    """Which of three tabs, in the order of the outline, each of the six struts is on, and on which side of it (+-1)."""
    places = [(tab - MIDDLE_DEG[used] + 180.0) % 360.0 for tab, _ in layout]
    order = sorted(set(places))
    return [(order.index(place), side) for place, (_, side) in zip(places, layout, strict=True)]


def joints_at(
    outline: BodyOutline,
    layout: Sequence[Sequence[float]],
    used: Fragment,
    tabs_mm: Sequence[float],
    radius_mm: float,
    half_deg: float,
    height_mm: float,
) -> Array:
    """Joints (6, 3) in ring axes, mm, of tabs at three distances along the outline of the joints from its middle.

    The two joints of a tab lie half an angle, as it is on the joints' circle, to either side of it.
    """
    half_mm = math.radians(half_deg) * radius_mm
    ordered = sorted(tabs_mm)
    along = np.array([ordered[tab] + side * half_mm for tab, side in tab_order(layout, used)])
    places = outline.places(radius_mm, along, used)
    return np.column_stack([places, np.full(len(places), height_mm)])

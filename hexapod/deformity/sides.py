"""Sides and fragments turned into signs.  No other module may turn a side or a fragment into a sign."""

from __future__ import annotations

from typing import Literal

Side = Literal["right", "left"]
Fragment = Literal["proximal", "distal"]


def lateral_x(side: Side) -> float:
    """The x of lateral: +1 for a left limb, -1 for a right one (+x is the patient's left).

    >>> lateral_x("left"), lateral_x("right")
    (1.0, -1.0)
    """
    return {"left": 1.0, "right": -1.0}[side]


def internal_turn(side: Side) -> float:
    """Sign about +z of an internal turn of a distal part: + for a right limb, - for a left one."""
    return -lateral_x(side)


def moving_end(reference: Fragment) -> float:
    """The z direction in which the moving fragment's axis points away: -1 below a proximal reference, else +1."""
    return {"proximal": -1.0, "distal": 1.0}[reference]


def other(reference: Fragment) -> Fragment:
    """The fragment that moves."""
    return "distal" if reference == "proximal" else "proximal"

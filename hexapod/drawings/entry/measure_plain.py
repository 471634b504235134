"""Small drawings of sizes without a direction word: gap, docking gap, diameter, girth."""

from __future__ import annotations

import math

from hexapod.deformity.sides import Fragment, moving_end
from hexapod.drawings.entry.measure_figures import FOOT_PX
from hexapod.drawings.screen_marks import (
    CUT,
    HELD,
    INK,
    MEDIUM_PX,
    MOVES,
    SHIFT,
    SOFT,
    THICK_PX,
    THIN_PX,
    Point,
    arrow,
    words,
)
from hexapod.drawings.svg import area, circle, line

# The shaft of these drawings: its middle and half its width (px).
SHAFT_X_PX, HALF_PX = 34.0, 9.0


def _piece(top: float, bottom: float, fill: str) -> str:
    left, right = SHAFT_X_PX - HALF_PX, SHAFT_X_PX + HALF_PX
    return area([(left, top), (right, top), (right, bottom), (left, bottom)], fill, INK, MEDIUM_PX)


def _height(top: float, bottom: float) -> list[str]:
    x = SHAFT_X_PX + HALF_PX + 10.0
    ends = [line([(SHAFT_X_PX + HALF_PX, y), (x + 3.0, y)], SHIFT, THIN_PX) for y in (top, bottom)]
    return [*ends, *arrow((x, top), (x, bottom), SHIFT, both=True)]


def gap(reference: Fragment | None) -> list[str]:
    """The ends at the cut, apart."""
    upper = MOVES if reference == "distal" else HELD
    lower = MOVES if reference == "proximal" else HELD
    cuts = [line([(SHAFT_X_PX - HALF_PX, y), (SHAFT_X_PX + HALF_PX, y)], CUT, THICK_PX) for y in (29.0, 53.0)]
    pieces = [_piece(4.0, 29.0, upper), _piece(53.0, 79.0, lower)]
    return [*pieces, *cuts, *_height(29.0, 53.0), words((62.0, 45.0), "gap", bold=True)]


def docking_gap(reference: Fragment) -> list[str]:
    """The segment, and the way it has left to the bone that it docks on, away from the reference fragment."""
    # Heights from the reference fragment outwards: reference, cut, segment, gap, docking site.
    down = -moving_end(reference)
    start = 41.0 - 38.0 * down

    def span(first: float, last: float) -> tuple[float, float]:
        ends = sorted((start + down * first, start + down * last))
        return ends[0], ends[1]

    gap_top, gap_bottom = span(36.0, 58.0)
    site = span(58.0, 76.0)
    segment = span(20.0, 36.0)
    return [
        _piece(*span(0.0, 16.0), HELD),
        _piece(*segment, MOVES),
        _piece(*site, HELD),
        *_height(gap_top, gap_bottom),
        words((62.0, 0.5 * (gap_top + gap_bottom) + 4.0), "gap left", bold=True),
        words((62.0, 0.5 * sum(site) + 4.0), "docks on", colour=SOFT),
        words((62.0, 0.5 * sum(segment) + 4.0), "segment", colour=SOFT),
    ]


def diameter() -> list[str]:
    """Across the bone at the cut."""
    left, right, y = 60.0 - 15.0, 60.0 + 15.0, 38.0
    wide = [(left, 6.0), (right, 6.0), (right, y), (left, y)]
    low = [(left, y), (right, y), (right, 64.0), (left, 64.0)]
    return [
        area(wide, HELD, INK, MEDIUM_PX),
        area(low, HELD, INK, MEDIUM_PX),
        line([(left, y), (right, y)], CUT, THICK_PX),
        *[line([(x, y), (x, 58.0)], SHIFT, THIN_PX) for x in (left, right)],
        *arrow((left, 54.0), (right, 54.0), SHIFT, both=True),
        words((60.0, FOOT_PX), "diameter", anchor="middle", bold=True),
    ]


def girth() -> list[str]:
    """Round the skin: the limb cut across, a tape about it."""
    middle: Point = (60.0, 36.0)
    around = [
        (middle[0] + 40.0 * math.cos(turn), middle[1] + 27.0 * math.sin(turn))
        for turn in (math.tau * k / 40 for k in range(40))
    ]
    return [
        area(around, HELD, SHIFT, THICK_PX + 0.8),
        circle((53.0, 32.0), 9.0, HELD, INK, MEDIUM_PX),
        circle((74.0, 42.0), 3.5, HELD, INK, MEDIUM_PX),
        words((60.0, FOOT_PX), "round the skin", anchor="middle", bold=True),
    ]

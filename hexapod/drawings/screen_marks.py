"""Common to drawings on the screen: colours for light and dark mode, letter sizes, small marks."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np

from hexapod.drawings.svg_marks import area, circle, line, printable
from hexapod.geometry.transforms import Array
from hexapod.text.numbers import distance

# Custom properties of hexapod/app/drawings.css.
INK, SOFT, PAPER, EDGE = "var(--hx-d-ink)", "var(--hx-d-soft)", "var(--hx-d-paper)", "var(--hx-d-edge)"
HELD, MOVES = "var(--hx-d-held)", "var(--hx-d-moves)"
CUT, ANGLE, SHIFT, RISK = "var(--hx-d-cut)", "var(--hx-d-angle)", "var(--hx-d-shift)", "var(--hx-d-risk)"
# Height of letters (px): the least that a tired eye reads on a screen.
LETTERS_PX = 12.0
# Widths of lines (px).
THIN_PX, MEDIUM_PX, THICK_PX = 1.0, 1.4, 2.2
AXIS_DASH, RING_DASH, SKETCH_DASH = "8 3 2 3", "5 3", "3 3"

Point = tuple[float, float]


def picture(width_px: float, height_px: float, marks: Iterable[str], words: str, kind: str) -> str:
    """A picture (SVG) of this size at least, with a description for those who cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="hx-{kind}" role="img" aria-label="{escape(printable(words))}" '
        f'font-size="{LETTERS_PX:g}" viewBox="0 0 {distance(width_px)} {distance(height_px)}">{"".join(marks)}</svg>'
    )


def words(at: Point, text: str, *, anchor: str = "start", bold: bool = False, colour: str = INK) -> str:
    """Words on the baseline at a point, in the picture's letters."""
    turned = "" if anchor == "start" else f' text-anchor="{anchor}"'
    weight = ' font-weight="700"' if bold else ""
    where = f'x="{distance(at[0])}" y="{distance(at[1])}"'
    return f'<text {where} fill="{colour}"{turned}{weight}>{escape(printable(text))}</text>'


def solid(outlines: list[list[Point]], fill: str, edge: str = INK, dash: str = "") -> str:
    """Several outlines, which may overlap, as one body: edges first, so that only the outermost are seen."""
    edges = [area(outline, fill, edge, 2.0 * MEDIUM_PX, dash) for outline in outlines]
    return "".join([*edges, *(area(outline, fill) for outline in outlines)])


def arrow(start: Point, tip: Point, colour: str, width_px: float = THICK_PX, both: bool = False) -> list[str]:
    """An arrow; without its head where it is too short for one."""
    a, b = np.array(start), np.array(tip)
    length = float(np.linalg.norm(b - a))
    marks = [line([start, tip], colour, width_px)]
    if length > 2.0 * HEAD_PX:
        marks.append(_head(a, b, colour))
        marks += [_head(b, a, colour)] if both else []
    return marks


# Length of an arrow's head (px).
HEAD_PX = 6.0


def _head(start: Array, tip: Array, colour: str) -> str:
    way = (tip - start) / np.linalg.norm(tip - start)
    across = np.array([-way[1], way[0]])
    back = tip - HEAD_PX * way
    return area([tuple(back + 0.55 * HEAD_PX * across), tuple(tip), tuple(back - 0.55 * HEAD_PX * across)], colour)


def arc(centre: Point, radius_px: float, start: Point, end: Point, colour: str, width_px: float = THICK_PX) -> str:
    """The smaller arc round a centre from one direction to another (x to the right, y down)."""
    first, last = np.arctan2(start[1], start[0]), np.arctan2(end[1], end[0])
    turn = (last - first + np.pi) % (2.0 * np.pi) - np.pi
    angles = first + np.linspace(0.0, 1.0, max(int(abs(turn) / 0.12), 2) + 1) * turn
    points = [(centre[0] + radius_px * np.cos(one), centre[1] + radius_px * np.sin(one)) for one in angles]
    return line(points, colour, width_px)


def origin_mark(at: Point) -> str:
    """The origin: a full dot."""
    return circle(at, 3.2, INK, PAPER, 1.2)


def corresponding_mark(at: Point) -> str:
    """The corresponding point: an open ring, round the origin or elsewhere."""
    return circle(at, 6.0, "none", PAPER, 3.6) + circle(at, 6.0, "none", INK, 1.8)


def risk_mark(at: Point) -> str:
    """A structure at risk: a diamond."""
    x, y = at
    return area([(x, y - 5.5), (x + 5.5, y), (x, y + 5.5), (x - 5.5, y)], PAPER, RISK, THICK_PX)

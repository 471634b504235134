"""Places for the names on a picture: near what they name, clear of one another and of what must be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.geometry.transforms import Array

Point = tuple[float, float]
# Width of a letter and height of a line, as shares of the letters' size: sans-serif faces of screens, on average.
LETTER_SHARE, LINE_SHARE = 0.53, 1.17
# Where a name may stand: so far to the side of its point, and so far above or below it (px).
ASIDE_PX = (10.0, 20.0, 36.0, 60.0)
UP_PX = (0.0, -16.0, 16.0, -34.0, 34.0, -60.0, 60.0)
# What it costs to cover a square px of another name, to leave the picture by one, and to be a px farther away.
OVER_A_NAME, OUTSIDE, FARTHER = 20.0, 100.0, 0.6
# A name farther from its point than this has a line to it (px).
LINE_FROM_PX = 13.0


@dataclass(frozen=True)
class Name:
    """Lines of text that name a point of the picture (px).

    `spots`: where the middle of the name may stand, when it names a thing by standing at its edge; then it needs no
    line to its point.
    """

    lines: tuple[str, ...]
    target: Point
    spots: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Placed:
    """A name with its box (left, top, right, bottom) in px; `leader` joins it to its point when it stands apart."""

    name: Name
    box: tuple[float, float, float, float]
    leader: tuple[Point, Point] | None


def text_width_px(words: str, size_px: float) -> float:
    """About how wide a text is."""
    return LETTER_SHARE * size_px * len(words)


def place_names(
    names: Sequence[Name], obstacles: Array, bounds: tuple[float, float, float, float], size_px: float
) -> list[Placed]:
    """A place for every name, the first first.  `obstacles` (n, 5): boxes (left, top, right, bottom) and their costs.

    The same names and obstacles always get the same places.
    """
    taken = obstacles.reshape(-1, 5)
    placed = []
    for name in names:
        width = max(text_width_px(line, size_px) for line in name.lines)
        height = LINE_SHARE * size_px * len(name.lines)
        boxes = _at_spots(name.spots, width, height) if name.spots else _candidates(name.target, width, height)
        away = np.hypot(
            0.5 * (boxes[:, 0] + boxes[:, 2]) - name.target[0], 0.5 * (boxes[:, 1] + boxes[:, 3]) - name.target[1]
        )
        cost = _covered(boxes, taken) + FARTHER * away + OUTSIDE * _outside(boxes, bounds)
        box = boxes[int(np.argmin(cost))]
        taken = np.concatenate([taken, [[*box, OVER_A_NAME]]])
        left, top, right, bottom = (float(edge) for edge in box)
        leader = None if name.spots else _leader(name.target, (left, top, right, bottom))
        placed.append(Placed(name, (left, top, right, bottom), leader))
    return placed


def boxes_along(points: Array, half_px: float, cost: float, step_px: float = 10.0) -> Array:
    """Obstacles (n, 5) along a line through points (k, 2)."""
    ways = points[1:] - points[:-1]
    many = np.maximum(np.ceil(np.hypot(ways[:, 0], ways[:, 1]) / step_px), 1.0).astype(int)
    which = np.repeat(np.arange(len(many)), many)
    shares = (np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many)) / many[which]
    at = np.concatenate([points[:-1][which] + shares[:, None] * ways[which], points[-1:]])
    return np.column_stack([at - half_px, at + half_px, np.full(len(at), cost)])


def _candidates(target: Point, width: float, height: float) -> Array:
    x, y = target
    rows = []
    for up in UP_PX:
        top = y + up - 0.5 * height
        for aside in ASIDE_PX:
            rows.append((x + aside, top, x + aside + width, top + height))
            rows.append((x - aside - width, top, x - aside, top + height))
    for away in ASIDE_PX:
        rows.append((x - 0.5 * width, y - away - height, x + 0.5 * width, y - away))
        rows.append((x - 0.5 * width, y + away, x + 0.5 * width, y + away + height))
    return np.array(rows)


def _at_spots(spots: Sequence[Point], width: float, height: float) -> Array:
    middles = np.array(spots)
    half = 0.5 * np.array([width, height])
    return np.column_stack([middles - half, middles + half])


def _covered(boxes: Array, taken: Array) -> Array:
    """What boxes (m, 4) cover of obstacles (n, 5), by cost: (m,)."""
    across = np.minimum(boxes[:, None, 2], taken[None, :, 2]) - np.maximum(boxes[:, None, 0], taken[None, :, 0])
    down = np.minimum(boxes[:, None, 3], taken[None, :, 3]) - np.maximum(boxes[:, None, 1], taken[None, :, 1])
    return np.asarray((np.maximum(across, 0.0) * np.maximum(down, 0.0)) @ taken[:, 4])


def _outside(boxes: Array, bounds: tuple[float, float, float, float]) -> Array:
    low, high = np.array(bounds[:2]), np.array(bounds[2:])
    return np.asarray(
        np.maximum(low - boxes[:, :2], 0.0).sum(axis=1) + np.maximum(boxes[:, 2:] - high, 0.0).sum(axis=1)
    )


def _leader(target: Point, box: tuple[float, float, float, float]) -> tuple[Point, Point] | None:
    nearest = (min(max(target[0], box[0] - 2.0), box[2] + 2.0), min(max(target[1], box[1] + 5.0), box[3] - 5.0))
    far = float(np.hypot(nearest[0] - target[0], nearest[1] - target[1]))
    return (nearest, target) if far > LINE_FROM_PX else None

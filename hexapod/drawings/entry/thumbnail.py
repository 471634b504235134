"""A small picture of a case without words: its bones, rings and struts on the AP view, a hexapod beside the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hexapod.deformity.quantities import other
from hexapod.drawings.bone_outlines import fragment_outlines
from hexapod.drawings.entry.level import EntryLevel, entry_level
from hexapod.drawings.entry.radiographs import inner_fragments
from hexapod.drawings.radiograph_views import RADIOGRAPH_AXES, radiograph_of
from hexapod.drawings.screen_marks import HELD, INK, MOVES, Point, picture, solid
from hexapod.drawings.svg_marks import area, line
from hexapod.geometry.transforms import Array
from hexapod.text.strut_looks import STRUT_LOOKS

THUMBNAIL_WIDTH_PX, THUMBNAIL_HEIGHT_PX = 96.0, 76.0
# Free round the picture (px), and widths of lines (px): thin enough that six struts stay apart.
_FREE_PX, _RING_PX, _SMALL_STRUT_PX = 2.0, 1.4, 1.3
# No hexapod is drawn larger than this (px per mm), so that a small bone looks small.
_LARGEST_PX_PER_MM = 0.35


def thumbnail(document: Mapping[str, Any], words: str) -> str:
    """The picture (SVG) of a case document as it stands on day 0; hexapods that cannot be drawn yet are left out.

    `words` tell it to those who cannot see it.
    """
    levels = document["levels"]
    drawn = [
        (one, inner_fragments(levels, index))
        for index, level in enumerate(levels)
        if isinstance(one := entry_level(document["limb"], level), EntryLevel)
    ]
    marks: list[str] = []
    for place, (level, inner) in enumerate(drawn):
        width = THUMBNAIL_WIDTH_PX / len(drawn)
        marks += _level(level, frozenset(inner), place * width, width)
    return picture(THUMBNAIL_WIDTH_PX, THUMBNAIL_HEIGHT_PX, marks, words, "thumbnail")


def _level(level: EntryLevel, inner: frozenset[str], left_px: float, width_px: float) -> list[str]:
    axes, placed = RADIOGRAPH_AXES["AP"], level.placed
    rings = radiograph_of(placed, level.side, "AP").rings_mm
    bodies = {
        name: fragment_outlines(
            shaft, name, level.bone, level.side, axes, inner=name in inner, on_ulna=level.on_ulna, sketch=False
        )
        for name, shaft in placed.shafts.items()
    }
    points = np.concatenate([*(one for body in bodies.values() for one in body), *rings.values()])
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([width_px, THUMBNAIL_HEIGHT_PX]) - 2.0 * _FREE_PX
    scale = float(min(*(room / (high - low)), _LARGEST_PX_PER_MM))
    middle, at = 0.5 * (low + high), np.array([left_px + 0.5 * width_px, 0.5 * THUMBNAIL_HEIGHT_PX])

    def px(points_mm: Array) -> list[Point]:
        return [(float(x), float(y)) for x, y in at + (points_mm - middle) * [scale, -scale]]

    marks = [
        solid([px(body) for body in bodies[name]], fill)
        for name, fill in ((placed.reference, HELD), (other(placed.reference), MOVES))
    ]
    marks += [area(px(outline), "none", INK, _RING_PX) for outline in rings.values()]
    if len(rings) == 2:
        proximal, distal = placed.joints_mm()
        for strut, look in STRUT_LOOKS.items():
            ends = np.array([proximal[strut - 1], distal[strut - 1]])[:, axes]
            marks.append(line(px(ends), look.shade, _SMALL_STRUT_PX))
    return marks

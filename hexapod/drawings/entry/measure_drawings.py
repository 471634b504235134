"""Small drawings beside the entries: what is measured, for this side and reference fragment; and the hardware.

The hardware drawings show one hexapod from proximal with its struts numbered, and the number of hexapods of a case.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from hexapod.case.level_parts import Bone
from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Fragment, Pair, Side, other
from hexapod.drawings.bone_outlines import fragment_outlines
from hexapod.drawings.entry import measure_figures as figures
from hexapod.drawings.entry.level import EntryLevel, entry_level
from hexapod.drawings.entry.measure_figures import HEIGHT_PX, LINE_PX, WIDTH_PX, Figure, short
from hexapod.drawings.entry.radiographs import inner_fragments
from hexapod.drawings.radiograph_views import RADIOGRAPH_AXES, View, radiograph_of, side_words
from hexapod.drawings.screen_marks import (
    HELD,
    INK,
    MEDIUM_PX,
    MOVES,
    PAPER,
    RING_DASH,
    SOFT,
    THIN_PX,
    Point,
    picture,
    solid,
    words,
)
from hexapod.drawings.svg_marks import area, circle, line, rectangle
from hexapod.errors import HexapodError
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Ring
from hexapod.text.strut_looks import STRUT_LOOKS

__all__ = ["HEIGHT_PX", "QUANTITIES", "WIDTH_PX", "measure_drawing", "words_in_order"]

# Which of the parts of a level have a place in three words.
PLACES = ("mounting", "structure", "segment", "transport")
_WHAT = {
    "mounting": "centre of the reference ring from the origin",
    "structure": "structure at risk from the origin",
    "segment": "point of this hexapod on the segment from the point of the previous hexapod",
    "transport": "transport vector of the moving fragment",
}
_VIEWS: dict[Pair, View] = {
    w.AP_ANGULATION: "AP",
    w.LATERAL_ANGULATION: "lateral",
    w.AP_TRANSLATION: "AP",
    w.LATERAL_TRANSLATION: "lateral",
    w.AP_TILT: "AP",
    w.LATERAL_TILT: "lateral",
}
_CHOOSE = {
    ("side",): ("Choose the side", "first."),
    ("reference",): ("Choose the", "reference", "fragment first."),
    ("side", "reference"): ("Choose side and", "reference", "fragment first."),
}

Draw = Callable[[Any, Any], Figure | list[str]]
# The drawing of a frame (px): a square with a line of words above and below.
FRAME_PX, WORDS_PX = 210.0, 16.0
_DISC_PX, _STRUT_PX, _TAB_PX = 9.0, 4.0, 7.0
# Where the number of a strut stands along it: nearer to its proximal joint, where struts are farthest apart.
_NUMBER_AT = 0.4
# Corners of a circle: finer than a line of a screen.
_AROUND = 60
# A construct (px): each hexapod a space between two rings.
_WIDE_PX, _SPACE_PX, _EDGE_PX = 34.0, 26.0, 3.0
THUMBNAIL_WIDTH_PX, THUMBNAIL_HEIGHT_PX = 96.0, 76.0
# Free round the picture (px), and widths of lines (px): thin enough that six struts stay apart.
_FREE_PX, _RING_PX, _SMALL_STRUT_PX = 2.0, 1.4, 1.3
# No hexapod is drawn larger than this (px per mm), so that a small bone looks small.
_LARGEST_PX_PER_MM = 0.35


@dataclass(frozen=True)
class _Drawing:
    """How a quantity is drawn, its description, and whether the drawing depends on side and reference fragment."""

    draw: Draw
    words: str
    needs: tuple[str, ...] = ("side", "reference")


def _angulation(pair: Pair) -> _Drawing:
    return _Drawing(
        lambda side, reference: figures.angulation(pair, side, reference),
        f"{pair.quantity}: axis of the moving fragment against the reference fragment, {_VIEWS[pair]} view",
    )


def _translation(pair: Pair) -> _Drawing:
    return _Drawing(
        lambda side, reference: figures.translation(pair, _VIEWS[pair], side, reference),
        f"{pair.quantity}: corresponding point from the origin, {_VIEWS[pair]} view",
    )


def _tilt(pair: Pair) -> _Drawing:
    return _Drawing(
        lambda side, _: figures.tilt(pair, _VIEWS[pair], side),
        f"{pair.quantity}: where the proximal side of the reference ring faces",
        ("side",),
    )


def _offset(part: str, which: str) -> str:
    """What a mounting parameter is called, before what it measures."""
    return f"{which} frame offset: " if part == "mounting" else ""


def _across(part: str, pair: Pair) -> _Drawing:
    view, mark = _VIEWS[pair], figures.MARKS[part]
    return _Drawing(
        lambda side, reference: figures.across(
            pair, view, side, reference, mark, figures.ring_height_mm(reference) if part == "mounting" else 0.0
        ),
        f"{_offset(part, view)}{_WHAT[part]}, {view} view",
    )


def _along(part: str) -> _Drawing:
    mark = figures.MARKS[part]
    return _Drawing(
        lambda side, reference: figures.along(side, reference, mark),
        f"{_offset(part, 'axial')}{_WHAT[part]}, along the bone",
    )


_DRAWINGS: dict[str, _Drawing] = {
    **{pair.quantity: _angulation(pair) for pair in (w.AP_ANGULATION, w.LATERAL_ANGULATION)},
    **{pair.quantity: _translation(pair) for pair in (w.AP_TRANSLATION, w.LATERAL_TRANSLATION)},
    w.AXIAL_TRANSLATION.quantity: _Drawing(
        figures.axial_translation, "axial translation: fragments overlapped (short) or apart (long)"
    ),
    w.AXIAL_ROTATION.quantity: _Drawing(
        figures.rotation, "axial rotation: the distal fragment rotated on the proximal one, seen from proximal"
    ),
    **{
        f"{part} {pair.quantity}": _across(part, pair)
        for part in PLACES
        for pair in (w.AP_TRANSLATION, w.LATERAL_TRANSLATION)
    },
    **{f"{part} {w.ALONG_BONE.quantity}": _along(part) for part in PLACES},
    f"mounting {w.AXIAL_ROTATION.quantity}": _Drawing(
        lambda side, _: figures.rotation(side, None),
        "rotary frame offset: master tab of the reference ring turned from anterior, seen from proximal",
        ("side",),
    ),
    **{f"mounting {pair.quantity}": _tilt(pair) for pair in (w.AP_TILT, w.LATERAL_TILT)},
    "osteotomy": _Drawing(
        lambda side, reference: figures.along(side, reference, figures.cut_mark, from_corresponding=True),
        "osteotomy level from the corresponding point, along the moving fragment",
    ),
    "gap": _Drawing(lambda _, reference: figures.gap(reference), "gap between the bone ends at the osteotomy", ()),
    "docking gap": _Drawing(
        lambda _, reference: figures.docking_gap(reference),
        "distance to docking: gap between the moving segment and the bone that it docks on",
        ("reference",),
    ),
    "diameter": _Drawing(lambda *_: figures.diameter(), "diameter of the bone at the osteotomy", ()),
    "girth": _Drawing(lambda *_: figures.girth(), "girth of the limb, round the skin", ()),
}
# Names of all drawings: the quantity of a deformity as its pair has it (`AP angulation`), that of another part with the
# part before it (`mounting AP translation`, `structure along the bone`, `transport lateral translation`), plain sizes.
QUANTITIES = tuple(_DRAWINGS)


@functools.lru_cache(maxsize=1024)
def measure_drawing(quantity: str, *, side: Side | None, reference: Fragment | None, bone: Bone | None) -> str:
    """The drawing (SVG) of one of `QUANTITIES`; while side or reference are missing, what to choose first.

    Raises:
        HexapodError: a quantity that has no drawing.
    """
    if quantity not in _DRAWINGS:
        raise HexapodError(f"There is no drawing of {quantity}; there are drawings of {', '.join(QUANTITIES)}.")
    drawing = _DRAWINGS[quantity]
    side, reference, missing = _given(drawing, side, reference)
    if missing:
        lines = _CHOOSE[missing]
        top = 0.5 * (HEIGHT_PX - LINE_PX * len(lines)) + 0.8 * LINE_PX
        marks = [
            words((0.5 * WIDTH_PX, top + LINE_PX * k), line, anchor="middle", colour=SOFT)
            for k, line in enumerate(lines)
        ]
        return picture(WIDTH_PX, HEIGHT_PX, marks, f"{drawing.words}. {' '.join(lines)}", "small")
    drawn = drawing.draw(side, reference)
    marks, labels = drawn if isinstance(drawn, tuple) else (drawn, [])
    limb = f" of the {side} {bone or 'limb'}" if "side" in drawing.needs else ""
    held = f", {reference} fragment fixed" if "reference" in drawing.needs else ""
    either = f": {' or '.join(short(one.word) for one in labels)}" if labels else ""
    return picture(WIDTH_PX, HEIGHT_PX, marks, f"Drawing{limb}{held}. {_capital(drawing.words)}{either}", "small")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


@functools.lru_cache(maxsize=1024)
def words_in_order(quantity: str, *, side: Side | None, reference: Fragment | None) -> tuple[str, ...]:
    """The two words of a drawing as they stand on it, from the left or from the top; none while it is not drawn."""
    side, reference, missing = _given(_DRAWINGS[quantity], side, reference)
    drawn = () if missing else _DRAWINGS[quantity].draw(side, reference)
    labels = drawn[1] if isinstance(drawn, tuple) and drawn else []
    return tuple(one.word for one in sorted(labels, key=lambda one: one.at))


def _given(drawing: _Drawing, side: Any, reference: Any) -> tuple[Side | None, Fragment | None, tuple[str, ...]]:
    """Side and reference where they are known, and which of those that the drawing needs are not."""
    given = {
        "side": side if side in get_args(Side) else None,
        "reference": reference if reference in get_args(Fragment) else None,
    }
    return given["side"], given["reference"], tuple(need for need in drawing.needs if given[need] is None)


def frame_drawing(proximal: Ring | None, distal: Ring | None, side: Side | None) -> str:
    """The frame (SVG) as it stands neutral, seen from proximal with anterior down; its master tab is marked.

    Without both rings it says that they have to be chosen.  The distal ring is dashed.  `side` names medial and
    lateral.
    """
    height = FRAME_PX + 2.0 * WORDS_PX
    if proximal is None or distal is None:
        advice = words((0.5 * FRAME_PX, 0.5 * height), "Choose both rings above.", anchor="middle", colour=SOFT)
        return picture(FRAME_PX, height, [advice], "no frame yet: choose both rings", "frame")
    reach = max(proximal.outer_radius_mm, distal.outer_radius_mm)
    scale, middle = (0.5 * FRAME_PX - _TAB_PX) / reach, np.array([0.5 * FRAME_PX, 0.5 * height])

    def px(points_mm: Array) -> list[tuple[float, float]]:
        return [(float(x), float(y)) for x, y in middle + scale * points_mm[:, :2] * [1.0, -1.0]]

    front = px(np.array([[0.0, -proximal.outer_radius_mm]]))[0]
    marks = [
        line(px(distal.outline.line(distal.outer_radius_mm, _AROUND, "distal")), SOFT, THIN_PX, RING_DASH),
        line(px(proximal.outline.line(proximal.outer_radius_mm, _AROUND, "proximal")), INK, MEDIUM_PX),
        rectangle(front[0] - _TAB_PX, front[1] - 3.0, 2.0 * _TAB_PX, 6.0, INK),
    ]
    numbers = []
    for strut, look in STRUT_LOOKS.items():
        start, end = proximal.proximal_joints_mm[strut - 1], distal.distal_joints_mm[strut - 1]
        at = px((start + _NUMBER_AT * (end - start))[None])[0]
        marks.append(line(px(np.array([start, end])), look.shade, _STRUT_PX, cap="round"))
        numbers.append(circle(at, _DISC_PX, look.shade, PAPER, 1.0))
        numbers.append(words((at[0], at[1] + 4.3), str(strut), anchor="middle", bold=True, colour=look.ink))
    named = [words((middle[0], 12.0), "posterior", anchor="middle", colour=SOFT)]
    named.append(words((middle[0], height - 3.0), "anterior, master tab", anchor="middle", colour=SOFT))
    if side is not None:
        left, right = side_words("AP", side)
        named += [words((0.0, 12.0), left, colour=SOFT), words((FRAME_PX, 12.0), right, anchor="end", colour=SOFT)]
    description = "the frame seen from proximal, anterior down; struts 1 to 6 counter-clockwise from the master tab"
    return picture(FRAME_PX, height, [*marks, *numbers, *named], description, "frame")


def construct_drawing(count: int, chosen: int) -> str:
    """So many hexapods (SVG) above each other, numbered from proximal, with the one chosen filled."""
    height = count * _SPACE_PX + 2.0 * _EDGE_PX
    marks = []
    for number in range(1, count + 1):
        top = _EDGE_PX + (number - 1) * _SPACE_PX
        mine = number == chosen
        marks.append(rectangle(7.0, top, _WIDE_PX - 14.0, _SPACE_PX, INK if mine else "none", SOFT))
        colour = PAPER if mine else INK
        at = (0.5 * _WIDE_PX, top + 0.5 * _SPACE_PX + 4.2)
        marks.append(words(at, str(number), anchor="middle", bold=True, colour=colour))
    for ring in range(count + 1):
        at_px = _EDGE_PX + ring * _SPACE_PX
        marks.append(line([(0.0, at_px), (_WIDE_PX, at_px)], INK, 2.4))
    return picture(_WIDE_PX, height, marks, f"{count} hexapods, number {chosen} is shown", "construct")


def thumbnail(document: Mapping[str, Any], words: str) -> str:
    """The picture (SVG) of a case document as it stands on day 0; hexapods that cannot be drawn yet are left out.

    `words` describe it for those who cannot see it.
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

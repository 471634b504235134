"""AP and lateral radiograph views of a hexapod while it is entered, drawn from the entries made so far."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Fragment, Pair, other
from hexapod.drawings.bone_outlines import fragment_outlines
from hexapod.drawings.entry.level import EntryLevel, entry_level
from hexapod.drawings.entry.radiograph_labels import (
    CAPTION_PX,
    PLATE_PX,
    RADIOGRAPH_HEIGHT_PX,
    RADIOGRAPH_WIDTH_PX,
    TITLE_PX,
    RadiographLayout,
    angle_seen,
    axes_on,
    captions,
    layout_of,
    radiograph_labels,
)
from hexapod.drawings.radiograph_views import RADIOGRAPH_AXES, Radiograph, View, radiograph_of
from hexapod.drawings.screen_marks import (
    ANGLE,
    AXIS_DASH,
    CUT,
    EDGE,
    HELD,
    INK,
    MEDIUM_PX,
    MOVES,
    PAPER,
    RING_DASH,
    SHIFT,
    SKETCH_DASH,
    SOFT,
    THICK_PX,
    THIN_PX,
    Point,
    arc,
    arrow,
    corresponding_mark,
    origin_mark,
    picture,
    risk_mark,
    solid,
    words,
)
from hexapod.drawings.svg_marks import area, line, rectangle
from hexapod.geometry.transforms import Array
from hexapod.text.case_sentences import words_sentence

TITLES: dict[View, str] = {"AP": "AP view", "lateral": "lateral view"}
# Steps that a scale may show (mm); the largest that takes no more than a third of the width.
SCALES_MM = (500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0)


def entry_radiograph(level: EntryLevel, view: View, inner: Collection[Fragment] = ()) -> str:
    """One radiograph (SVG) of what has been entered; `inner` are fragments without a joint end, between two levels."""
    shown = radiograph_of(level.placed, level.side, view)
    bodies = {
        name: fragment_outlines(
            shaft,
            name,
            level.bone,
            level.side,
            RADIOGRAPH_AXES[view],
            inner=name in inner,
            on_ulna=level.on_ulna,
            sketch=not level.diameter_given,
        )
        for name, shaft in level.placed.shafts.items()
    }
    layout = layout_of(shown, bodies)
    marks = [
        words((2.0, 14.0), f"{level.side.upper()} {level.bone}, {TITLES[view]}", bold=True),
        rectangle(0.5, TITLE_PX + 0.5, RADIOGRAPH_WIDTH_PX - 1.0, PLATE_PX - 1.0, PAPER, EDGE),
        *_bodies(layout, level, shown, bodies),
        *_edges(shown),
        *_scale(layout),
        *_measures(layout, level, shown),
        *_points(layout, shown),
        *radiograph_labels(layout, level, shown, bodies),
        *_captions(level, view),
    ]
    return picture(RADIOGRAPH_WIDTH_PX, RADIOGRAPH_HEIGHT_PX, marks, radiograph_words(level, shown), "film")


def radiograph_words(level: EntryLevel, shown: Radiograph) -> str:
    """A radiograph in words."""
    text = "; ".join(caption for _, caption, _ in captions(level, shown.view))
    rings = " and ".join(f"{name} ring" for name in shown.rings_mm) or "no ring"
    return (
        f"{TITLES[shown.view]} of the {level.side} {level.bone} as the radiograph shows it: {shown.left_word} on the "
        f"left, {shown.right_word} on the right, proximal up. The {shown.reference} fragment is fixed, the "
        f"{other(shown.reference)} fragment moves. {text}. Drawn with {rings}."
    )


def _bodies(
    layout: RadiographLayout, level: EntryLevel, shown: Radiograph, bodies: dict[Fragment, list[Array]]
) -> list[str]:
    """Bones, the moving one half transparent; their cut ends; rings; axes."""
    dash = "" if level.diameter_given else SKETCH_DASH
    marks = []
    for name in (shown.reference, other(shown.reference)):
        body = solid(
            [layout.all(outline) for outline in bodies[name]], HELD if name == shown.reference else MOVES, INK, dash
        )
        marks.append(f'<g opacity="0.85">{body}</g>')
    if level.cut_given:
        marks += [line(layout.all(shape.outline_mm[[0, 3]]), CUT, THICK_PX + 0.4) for shape in shown.fragments.values()]
    for name, outline in shown.rings_mm.items():
        marks.append(area(layout.all(outline), "none", INK, MEDIUM_PX, "" if name == shown.reference else RING_DASH))
    return [*marks, *(line(axis, SOFT, THIN_PX, AXIS_DASH) for axis in axes_on(layout, shown))]


def _measures(layout: RadiographLayout, level: EntryLevel, shown: Radiograph) -> list[str]:
    """The angle between the axes at the corresponding point, and the displacement from the origin to it."""
    marks = []
    seen = angle_seen(layout, level, shown)
    if seen is not None:
        centre, radius, straight, deviated = seen
        end = (centre[0] + (radius + 8.0) * straight[0], centre[1] + (radius + 8.0) * straight[1])
        marks += [line([centre, end], ANGLE, MEDIUM_PX, "4 3"), arc(centre, radius, straight, deviated, ANGLE)]
    origin, point = layout.at(np.zeros(2)), layout.at(shown.corresponding_mm)
    corner = (point[0], origin[1])
    for start, tip in ((origin, corner), (corner, point)):
        if start != tip:
            marks += arrow(start, tip, SHIFT)
    return marks


def _points(layout: RadiographLayout, shown: Radiograph) -> list[str]:
    return [
        *(risk_mark(layout.at(place)) for place in shown.structures_mm),
        corresponding_mark(layout.at(shown.corresponding_mm)),
        origin_mark(layout.at(np.zeros(2))),
    ]


def _edges(shown: Radiograph) -> list[str]:
    """The directions at the edges, the two sideways ones with arrows."""
    top, foot, middle = TITLE_PX + 15.0, TITLE_PX + PLATE_PX - 7.0, 0.5 * RADIOGRAPH_WIDTH_PX
    left, right = 5.0, RADIOGRAPH_WIDTH_PX - 5.0
    return [
        *arrow((left + 13.0, top - 4.0), (left, top - 4.0), INK, MEDIUM_PX),
        words((left + 15.0, top), shown.left_word, bold=True),
        *arrow((right - 13.0, top - 4.0), (right, top - 4.0), INK, MEDIUM_PX),
        words((right - 15.0, top), shown.right_word, anchor="end", bold=True),
        words((middle, top), "proximal", anchor="middle", colour=SOFT),
        words((middle, foot), "distal", anchor="middle", colour=SOFT),
    ]


def _scale(layout: RadiographLayout) -> list[str]:
    """A scale bar of a round number of mm, at the lower right."""
    fits = [step for step in SCALES_MM if step * layout.px_per_mm <= RADIOGRAPH_WIDTH_PX / 3.6]
    step = fits[0] if fits else SCALES_MM[-1]
    right, y = RADIOGRAPH_WIDTH_PX - 6.0, TITLE_PX + PLATE_PX - 5.0
    left = right - step * layout.px_per_mm
    ticks = [line([(x, y - 5.0), (x, y)], INK, MEDIUM_PX) for x in (left, right)]
    return [
        line([(left, y), (right, y)], INK, MEDIUM_PX),
        *ticks,
        words((right - 3.0, y - 7.0), f"{step:g} mm", anchor="end"),
    ]


def _captions(level: EntryLevel, view: View) -> list[str]:
    marks: list[str] = []
    for row, (pair, caption, there) in enumerate(captions(level, view)):
        y = TITLE_PX + PLATE_PX + (row + 1) * CAPTION_PX
        marks += _glyph(pair, y - 4.0, (ANGLE if pair.unit == "deg" else SHIFT) if there else SOFT)
        marks.append(words((24.0, y), caption, bold=there, colour=INK if there else SOFT))
    return marks


def _glyph(pair: Pair, y: float, colour: str) -> list[str]:
    """An angle, or an arrow across or along: how a quantity is marked on the radiograph."""
    if pair.unit == "deg":
        return [line([(16.0, y - 6.0), (4.0, y + 4.0), (18.0, y + 4.0)], colour, MEDIUM_PX)]
    ends: Sequence[Point] = ((11.0, y - 7.0), (11.0, y + 6.0)) if pair is w.AXIAL_TRANSLATION else ((3.0, y), (19.0, y))
    return arrow(ends[0], ends[1], colour, MEDIUM_PX, both=True)


# Size of a mark in the key (px).
KEY_WIDTH_PX, KEY_HEIGHT_PX = 24.0, 16.0


@dataclass(frozen=True)
class Key:
    """What a mark stands for: the mark (SVG, hidden from screen readers) and its words."""

    mark: str
    words: str


@dataclass(frozen=True)
class EntryRadiographs:
    """AP and lateral radiograph (SVG each; none where they cannot be drawn), their key, and sentences.

    `unseen` is what of the deformity neither radiograph shows; `notes` say what is not drawn, and what to choose.
    """

    radiographs: tuple[str, ...]
    key: tuple[Key, ...]
    unseen: str
    notes: tuple[str, ...]


def entry_radiographs(
    limb: Any, level: Any, *, unread: Collection[str] = (), inner: Collection[Fragment] = ()
) -> EntryRadiographs:
    """The radiographs of one entry of `levels` of a case document, which may lack any key.

    Args:
        limb: `limb` of the document, at least with side and bone for a radiograph to be drawn.
        level: one of its `levels`.
        unread: keys inside the level (`deformity.varus_deg`) whose entry cannot be read and is left out of it.
        inner: fragments that lie between two levels, without a joint end.
    """
    entered = entry_level(limb, level, unread)
    if not isinstance(entered, EntryLevel):
        return EntryRadiographs((), (), "", entered)
    radiographs = tuple(entry_radiograph(entered, view, inner) for view in ("AP", "lateral"))
    return EntryRadiographs(radiographs, _key(entered), _unseen(entered), entered.notes)


def inner_fragments(levels: Any, index: int) -> frozenset[Fragment]:
    """The fragments of a level of a case document that lie between it and another one, and so have no joint end.

    Hexapods are known to join end to end only where one compensates.
    """
    if not isinstance(levels, list) or not any(isinstance(one, Mapping) and one.get("couple") for one in levels):
        return frozenset()
    ends: tuple[tuple[Fragment, bool], ...] = (("proximal", index > 0), ("distal", index < len(levels) - 1))
    return frozenset(name for name, inside in ends if inside)


def _unseen(level: EntryLevel) -> str:
    """Rotation about the bone's own axis, which neither radiograph shows as an angle."""
    rotation = w.AXIAL_ROTATION
    unseen = {word: size for word, size in level.deformity.items() if word in (rotation.positive, rotation.negative)}
    if rotation in level.unread:
        return ""
    return (
        f"Seen on neither radiograph: {words_sentence(unseen)} of the distal fragment on the proximal one."
        if unseen
        else ""
    )


def _key(level: EntryLevel) -> tuple[Key, ...]:
    reference = level.placed.reference
    middle = (0.5 * KEY_WIDTH_PX, 0.5 * KEY_HEIGHT_PX)
    box = [(2.0, 3.0), (22.0, 3.0), (22.0, 13.0), (2.0, 13.0)]
    across = [(2.0, middle[1]), (22.0, middle[1])]
    dash = "" if level.diameter_given else SKETCH_DASH
    entries = [
        (area(box, HELD, INK, MEDIUM_PX, dash), f"{reference} fragment: reference (fixed)"),
        (area(box, MOVES, INK, MEDIUM_PX, dash), f"{other(reference)} fragment: moves"),
        (origin_mark(middle), "origin"),
        (corresponding_mark(middle), "corresponding point"),
        (line(across, SOFT, MEDIUM_PX, "6 3 2 3"), "axes of the fragments"),
    ]
    if level.cut_given:
        entries.append((line(across, CUT, THICK_PX), level.site))
    angles, shifts = (
        (w.AP_ANGULATION, w.LATERAL_ANGULATION),
        (w.AP_TRANSLATION, w.LATERAL_TRANSLATION, w.AXIAL_TRANSLATION),
    )
    for pairs, colour, name in ((angles, ANGLE, "angulation"), (shifts, SHIFT, "translation")):
        if any(level.deformity.get(word) for pair in pairs for word in (pair.positive, pair.negative)):
            entries.append((line(across, colour, THICK_PX), name))
    entries += [(risk_mark(middle), f"S{number}: {name}") for number, name in level.structures]
    return tuple(Key(_mark(mark), name) for mark, name in entries)


def _mark(mark: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="hx-key" aria-hidden="true" width="{KEY_WIDTH_PX:g}" '
        f'height="{KEY_HEIGHT_PX:g}" viewBox="0 0 {KEY_WIDTH_PX:g} {KEY_HEIGHT_PX:g}">{mark}</svg>'
    )

"""One film of a level as it is entered, drawn for the screen: bone, rings, points, axes, and what is measured on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Pair
from hexapod.deformity.sides import Fragment, other
from hexapod.drawings.bone_outlines import fragment_outlines
from hexapod.drawings.entry.labels import film_names
from hexapod.drawings.entry.layout import (
    CAPTION_PX,
    FILM_HEIGHT_PX,
    FILM_WIDTH_PX,
    PLATE_PX,
    TITLE_PX,
    Plate,
    angle_seen,
    axes_on,
    captions,
    plate_of,
)
from hexapod.drawings.entry.level import EntryLevel
from hexapod.drawings.radiograph_views import FILM_AXES, Film, View, film_of
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
from hexapod.drawings.svg import area, line, rectangle
from hexapod.geometry.transforms import Array

TITLES: dict[View, str] = {"AP": "AP view", "lateral": "lateral view"}
# Steps that a scale may show (mm); the largest that takes no more than a third of the width.
SCALES_MM = (500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0)


def entry_film(level: EntryLevel, view: View, inner: Collection[Fragment] = ()) -> str:
    """One film (SVG) of what has been entered; `inner` are fragments without a joint end, between two levels."""
    shown = film_of(level.standing, level.side, view)
    bodies = {
        name: fragment_outlines(
            shaft,
            name,
            level.bone,
            level.side,
            FILM_AXES[view],
            inner=name in inner,
            on_ulna=level.on_ulna,
            sketch=not level.diameter_given,
        )
        for name, shaft in level.standing.shafts.items()
    }
    plate = plate_of(shown, bodies)
    marks = [
        words((2.0, 14.0), f"{level.side.upper()} {level.bone}, {TITLES[view]}", bold=True),
        rectangle(0.5, TITLE_PX + 0.5, FILM_WIDTH_PX - 1.0, PLATE_PX - 1.0, PAPER, EDGE),
        *_bodies(plate, level, shown, bodies),
        *_edges(shown),
        *_scale(plate),
        *_measures(plate, level, shown),
        *_points(plate, shown),
        *film_names(plate, level, shown, bodies),
        *_captions(level, view),
    ]
    return picture(FILM_WIDTH_PX, FILM_HEIGHT_PX, marks, film_words(level, shown), "film")


def film_words(level: EntryLevel, shown: Film) -> str:
    """A film in words."""
    told = "; ".join(said for _, said, _ in captions(level, shown.view))
    rings = " and ".join(f"{name} ring" for name in shown.rings_mm) or "no ring"
    return (
        f"{TITLES[shown.view]} of the {level.side} {level.bone} as the film shows it: {shown.left_word} on the left, "
        f"{shown.right_word} on the right, proximal up. The {shown.reference} fragment is held still, the "
        f"{other(shown.reference)} fragment moves. {told}. Drawn with {rings}."
    )


def _bodies(plate: Plate, level: EntryLevel, shown: Film, bodies: dict[Fragment, list[Array]]) -> list[str]:
    """Bones, the moving one half seen through where they overlap; cut ends; rings; axes."""
    dash = "" if level.diameter_given else SKETCH_DASH
    marks = []
    for name in (shown.reference, other(shown.reference)):
        body = solid(
            [plate.all(outline) for outline in bodies[name]], HELD if name == shown.reference else MOVES, INK, dash
        )
        marks.append(f'<g opacity="0.85">{body}</g>')
    if level.cut_given:
        marks += [line(plate.all(shape.outline_mm[[0, 3]]), CUT, THICK_PX + 0.4) for shape in shown.fragments.values()]
    for name, outline in shown.rings_mm.items():
        marks.append(area(plate.all(outline), "none", INK, MEDIUM_PX, "" if name == shown.reference else RING_DASH))
    return [*marks, *(line(axis, SOFT, THIN_PX, AXIS_DASH) for axis in axes_on(plate, shown))]


def _measures(plate: Plate, level: EntryLevel, shown: Film) -> list[str]:
    """The angle between the axes at the corresponding point, and the way from the origin to it."""
    marks = []
    seen = angle_seen(plate, level, shown)
    if seen is not None:
        centre, radius, straight, leaning = seen
        end = (centre[0] + (radius + 8.0) * straight[0], centre[1] + (radius + 8.0) * straight[1])
        marks += [line([centre, end], ANGLE, MEDIUM_PX, "4 3"), arc(centre, radius, straight, leaning, ANGLE)]
    origin, point = plate.at(np.zeros(2)), plate.at(shown.corresponding_mm)
    corner = (point[0], origin[1])
    for start, tip in ((origin, corner), (corner, point)):
        if start != tip:
            marks += arrow(start, tip, SHIFT)
    return marks


def _points(plate: Plate, shown: Film) -> list[str]:
    return [
        *(risk_mark(plate.at(place)) for place in shown.structures_mm),
        corresponding_mark(plate.at(shown.corresponding_mm)),
        origin_mark(plate.at(np.zeros(2))),
    ]


def _edges(shown: Film) -> list[str]:
    """The directions at the edges, the two sideways ones with arrows."""
    top, foot, middle = TITLE_PX + 15.0, TITLE_PX + PLATE_PX - 7.0, 0.5 * FILM_WIDTH_PX
    left, right = 5.0, FILM_WIDTH_PX - 5.0
    return [
        *arrow((left + 13.0, top - 4.0), (left, top - 4.0), INK, MEDIUM_PX),
        words((left + 15.0, top), shown.left_word, bold=True),
        *arrow((right - 13.0, top - 4.0), (right, top - 4.0), INK, MEDIUM_PX),
        words((right - 15.0, top), shown.right_word, anchor="end", bold=True),
        words((middle, top), "proximal", anchor="middle", colour=SOFT),
        words((middle, foot), "distal", anchor="middle", colour=SOFT),
    ]


def _scale(plate: Plate) -> list[str]:
    """How long a round number of mm is, at the lower right."""
    fits = [step for step in SCALES_MM if step * plate.px_per_mm <= FILM_WIDTH_PX / 3.6]
    step = fits[0] if fits else SCALES_MM[-1]
    right, y = FILM_WIDTH_PX - 6.0, TITLE_PX + PLATE_PX - 5.0
    left = right - step * plate.px_per_mm
    ticks = [line([(x, y - 5.0), (x, y)], INK, MEDIUM_PX) for x in (left, right)]
    return [
        line([(left, y), (right, y)], INK, MEDIUM_PX),
        *ticks,
        words((right - 3.0, y - 7.0), f"{step:g} mm", anchor="end"),
    ]


def _captions(level: EntryLevel, view: View) -> list[str]:
    marks: list[str] = []
    for row, (pair, said, there) in enumerate(captions(level, view)):
        y = TITLE_PX + PLATE_PX + (row + 1) * CAPTION_PX
        marks += _glyph(pair, y - 4.0, (ANGLE if pair.unit == "deg" else SHIFT) if there else SOFT)
        marks.append(words((24.0, y), said, bold=there, colour=INK if there else SOFT))
    return marks


def _glyph(pair: Pair, y: float, colour: str) -> list[str]:
    """An angle, or an arrow across or along: how a quantity is marked on the film."""
    if pair.unit == "deg":
        return [line([(16.0, y - 6.0), (4.0, y + 4.0), (18.0, y + 4.0)], colour, MEDIUM_PX)]
    ends: Sequence[Point] = ((11.0, y - 7.0), (11.0, y + 6.0)) if pair is w.AXIAL_TRANSLATION else ((3.0, y), (19.0, y))
    return arrow(ends[0], ends[1], colour, MEDIUM_PX, both=True)

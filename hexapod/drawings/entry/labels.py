"""The names on a film of the entries: points, rings, structures and the angle, placed clear of one another."""

from __future__ import annotations

import numpy as np

from hexapod.deformity.sides import Fragment
from hexapod.drawings.entry.label_placement import LINE_SHARE, Name, Placed, boxes_along, place_names, text_width_px
from hexapod.drawings.entry.layout import (
    FILM_WIDTH_PX,
    PLATE_PX,
    STRIP_PX,
    TITLE_PX,
    Plate,
    angle_seen,
    axes_on,
    captions,
)
from hexapod.drawings.entry.level import EntryLevel
from hexapod.drawings.radiograph_views import Film
from hexapod.drawings.screen_marks import ANGLE, INK, LETTERS_PX, RISK, SOFT, THIN_PX, words
from hexapod.drawings.svg import line
from hexapod.geometry.transforms import Array

# Points nearer than this on the screen get one name.
TOGETHER_PX = 6.0
# From the edge of a ring to the middle of its name (px).
RING_NAME_PX = 9.0


def film_names(plate: Plate, level: EntryLevel, shown: Film, bodies: dict[Fragment, list[Array]]) -> list[str]:
    """Names of points, rings, structures and the angle, as marks."""
    placed = place_names(
        _to_name(plate, level, shown),
        np.concatenate(_in_the_way(plate, level, shown, bodies)),
        (3.0, TITLE_PX + STRIP_PX - 3.0, FILM_WIDTH_PX - 3.0, TITLE_PX + PLATE_PX - STRIP_PX + 3.0),
        LETTERS_PX,
    )
    return [mark for one in placed for mark in _name(one)]


def _to_name(plate: Plate, level: EntryLevel, shown: Film) -> list[Name]:
    origin, point = plate.at(np.zeros(2)), plate.at(shown.corresponding_mm)
    if float(np.hypot(point[0] - origin[0], point[1] - origin[1])) < TOGETHER_PX:
        names = [Name(("origin and", "corresponding", "point"), origin)]
    else:
        names = [Name(("corresponding", "point"), point), Name(("origin",), origin)]
    if (seen := angle_seen(plate, level, shown)) is not None:
        centre, radius, _, leaning = seen
        # The arc is named at its far end, where there is most room between the axes and beyond.
        at = (centre[0] + radius * leaning[0], centre[1] + radius * leaning[1])
        names.append(Name((captions(level, shown.view)[0][1].rpartition(" deg")[0] + " deg",), at))
    for ring, outline in shown.rings_mm.items():
        names.append(_ring_name(np.array(plate.all(outline)), f"{ring} ring"))
    for (number_, _), place in zip(level.structures, shown.structures_mm, strict=True):
        names.append(Name((f"S{number_}",), plate.at(place)))
    return names


def _ring_name(edge: Array, said: str) -> Name:
    """A ring's name just above or beneath its edge, at one of its ends or, where they are taken, farther in."""
    half = 0.5 * text_width_px(said, LETTERS_PX)
    left, right = float(edge[:, 0].min()), float(edge[:, 0].max())
    around = boxes_along(_closed(edge), 0.0, 0.0, step_px=4.0)[:, :2]
    spots = []
    for inwards in (0.0, 0.5 * half, half):
        for x in (left + half + inwards, right - half - inwards):
            ys = around[abs(around[:, 0] - x) <= half, 1]
            if len(ys):
                spots += [(x, float(ys.min()) - RING_NAME_PX), (x, float(ys.max()) + RING_NAME_PX)]
    return Name((said,), (left, float(edge[:, 1].mean())), tuple(spots))


def _in_the_way(plate: Plate, level: EntryLevel, shown: Film, bodies: dict[Fragment, list[Array]]) -> list[Array]:
    """Boxes (n, 5) that names should not cover, with what it costs."""
    found = [np.zeros((0, 5))]
    for outlines in bodies.values():
        found += [boxes_along(np.array(plate.all(_closed(outline))), 3.0, 1.5) for outline in outlines]
    found += [boxes_along(np.array(axis), 5.0, 1.0) for axis in axes_on(plate, shown)]
    found += [boxes_along(np.array(plate.all(_closed(outline))), 3.0, 3.0) for outline in shown.rings_mm.values()]
    marks = [np.zeros(2), shown.corresponding_mm, *shown.structures_mm]
    found += [boxes_along(np.array([plate.at(place)]), 7.0, 5.0) for place in marks]
    if (seen := angle_seen(plate, level, shown)) is not None:
        centre, radius, straight, leaning = seen
        ends = [(centre[0] + radius * x, centre[1] + radius * y) for x, y in (straight, leaning)]
        found.append(boxes_along(np.array(ends), 4.0, 3.0))
        found.append(boxes_along(np.array([centre, ends[0]]), 3.0, 2.0))
    return found


def _closed(outline: Array) -> Array:
    return np.concatenate([outline, outline[:1]])


def _name(placed: Placed) -> list[str]:
    left, top, right, _ = placed.box
    marks = [line(placed.leader, SOFT, THIN_PX)] if placed.leader else []
    risk = placed.name.lines[0].startswith("S") and len(placed.name.lines[0]) <= 3
    angle = placed.name.lines[-1].endswith(" deg")
    colour = RISK if risk else ANGLE if angle else INK
    # Towards its point, so that a name drawn narrower than reckoned still touches it.
    to_the_left = right < placed.name.target[0]
    x, anchor = (right, "end") if to_the_left else (left, "start")
    for number_, said in enumerate(placed.name.lines):
        y = top + (number_ + 0.82) * LINE_SHARE * LETTERS_PX
        marks.append(words((x, y), said, anchor=anchor, colour=colour, bold=risk or angle))
    return marks

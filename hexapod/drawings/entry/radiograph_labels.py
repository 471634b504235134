"""Layout of the entries' radiographs on the screen, and placement of their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.deformity.quantities import Fragment, Pair, moving_end, other
from hexapod.drawings.entry.level import EntryLevel
from hexapod.drawings.radiograph_views import Radiograph, View
from hexapod.drawings.report.report_radiographs import QUANTITIES
from hexapod.drawings.screen_marks import ANGLE, INK, LETTERS_PX, RISK, SOFT, THIN_PX, Point, words
from hexapod.drawings.svg_marks import line
from hexapod.geometry.transforms import Array
from hexapod.text.case_sentences import spoken
from hexapod.text.numbers import number

# Width of a letter and height of a line, as shares of the letters' size: sans-serif faces of screens, on average.
LETTER_SHARE, LINE_SHARE = 0.53, 1.17
# Where a name may stand: so far to the side of its point, and so far above or below it (px).
ASIDE_PX = (10.0, 20.0, 36.0, 60.0)
UP_PX = (0.0, -16.0, 16.0, -34.0, 34.0, -60.0, 60.0)
# What it costs to cover a square px of another name, to leave the picture by one, and to be a px farther away.
OVER_A_NAME, OUTSIDE, FARTHER = 20.0, 100.0, 0.6
# A label farther from its point than this gets a leader line (px).
LINE_FROM_PX = 13.0


@dataclass(frozen=True)
class Label:
    """Lines of text that name a point of the picture (px).

    `spots`: where the middle of the name may stand, when it names a thing by standing at its edge; then it needs no
    line to its point.
    """

    lines: tuple[str, ...]
    target: Point
    spots: tuple[Point, ...] = ()


@dataclass(frozen=True)
class PlacedLabel:
    """A name with its box (left, top, right, bottom) in px; `leader` joins it to its point when it stands apart."""

    name: Label
    box: tuple[float, float, float, float]
    leader: tuple[Point, Point] | None


def text_width_px(words: str, size_px: float) -> float:
    """About how wide a text is."""
    return LETTER_SHARE * size_px * len(words)


def place_labels(
    names: Sequence[Label], obstacles: Array, bounds: tuple[float, float, float, float], size_px: float
) -> list[PlacedLabel]:
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
        placed.append(PlacedLabel(name, (left, top, right, bottom), leader))
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


# Points nearer than this on the screen get one name.
TOGETHER_PX = 6.0
# From the edge of a ring to the middle of its name (px).
RING_NAME_PX = 9.0


def radiograph_labels(
    layout: RadiographLayout, level: EntryLevel, shown: Radiograph, bodies: dict[Fragment, list[Array]]
) -> list[str]:
    """Names of points, rings, structures and the angle, as marks."""
    placed = place_labels(
        _labels(layout, level, shown),
        np.concatenate(_obstacles(layout, level, shown, bodies)),
        (3.0, TITLE_PX + STRIP_PX - 3.0, RADIOGRAPH_WIDTH_PX - 3.0, TITLE_PX + PLATE_PX - STRIP_PX + 3.0),
        LETTERS_PX,
    )
    return [mark for one in placed for mark in _name(one)]


def _labels(layout: RadiographLayout, level: EntryLevel, shown: Radiograph) -> list[Label]:
    origin, point = layout.at(np.zeros(2)), layout.at(shown.corresponding_mm)
    if float(np.hypot(point[0] - origin[0], point[1] - origin[1])) < TOGETHER_PX:
        names = [Label(("origin and", "corresponding", "point"), origin)]
    else:
        names = [Label(("corresponding", "point"), point), Label(("origin",), origin)]
    if (seen := angle_seen(layout, level, shown)) is not None:
        centre, radius, _, deviated = seen
        # The arc is named at its far end, where there is most room between the axes and beyond.
        at = (centre[0] + radius * deviated[0], centre[1] + radius * deviated[1])
        names.append(Label((captions(level, shown.view)[0][1].rpartition(" deg")[0] + " deg",), at))
    for ring, outline in shown.rings_mm.items():
        names.append(_ring_label(np.array(layout.all(outline)), f"{ring} ring"))
    for (number_, _), place in zip(level.structures, shown.structures_mm, strict=True):
        names.append(Label((f"S{number_}",), layout.at(place)))
    return names


def _ring_label(edge: Array, text: str) -> Label:
    """A ring's name just above or beneath its edge, at one of its ends or, where they are taken, farther in."""
    half = 0.5 * text_width_px(text, LETTERS_PX)
    left, right = float(edge[:, 0].min()), float(edge[:, 0].max())
    around = boxes_along(_closed(edge), 0.0, 0.0, step_px=4.0)[:, :2]
    spots = []
    for inwards in (0.0, 0.5 * half, half):
        for x in (left + half + inwards, right - half - inwards):
            ys = around[abs(around[:, 0] - x) <= half, 1]
            if len(ys):
                spots += [(x, float(ys.min()) - RING_NAME_PX), (x, float(ys.max()) + RING_NAME_PX)]
    return Label((text,), (left, float(edge[:, 1].mean())), tuple(spots))


def _obstacles(
    layout: RadiographLayout, level: EntryLevel, shown: Radiograph, bodies: dict[Fragment, list[Array]]
) -> list[Array]:
    """Boxes (n, 5) that names should not cover, with what it costs."""
    found = [np.zeros((0, 5))]
    for outlines in bodies.values():
        found += [boxes_along(np.array(layout.all(_closed(outline))), 3.0, 1.5) for outline in outlines]
    found += [boxes_along(np.array(axis), 5.0, 1.0) for axis in axes_on(layout, shown)]
    found += [boxes_along(np.array(layout.all(_closed(outline))), 3.0, 3.0) for outline in shown.rings_mm.values()]
    marks = [np.zeros(2), shown.corresponding_mm, *shown.structures_mm]
    found += [boxes_along(np.array([layout.at(place)]), 7.0, 5.0) for place in marks]
    if (seen := angle_seen(layout, level, shown)) is not None:
        centre, radius, straight, deviated = seen
        ends = [(centre[0] + radius * x, centre[1] + radius * y) for x, y in (straight, deviated)]
        found.append(boxes_along(np.array(ends), 4.0, 3.0))
        found.append(boxes_along(np.array([centre, ends[0]]), 3.0, 2.0))
    return found


def _closed(outline: Array) -> Array:
    return np.concatenate([outline, outline[:1]])


def _name(placed: PlacedLabel) -> list[str]:
    left, top, right, _ = placed.box
    marks = [line(placed.leader, SOFT, THIN_PX)] if placed.leader else []
    risk = placed.name.lines[0].startswith("S") and len(placed.name.lines[0]) <= 3
    angle = placed.name.lines[-1].endswith(" deg")
    colour = RISK if risk else ANGLE if angle else INK
    # Aligned towards its point, so that a label narrower than estimated still touches it.
    to_the_left = right < placed.name.target[0]
    x, anchor = (right, "end") if to_the_left else (left, "start")
    for number_, text_line in enumerate(placed.name.lines):
        y = top + (number_ + 0.82) * LINE_SHARE * LETTERS_PX
        marks.append(words((x, y), text_line, anchor=anchor, colour=colour, bold=risk or angle))
    return marks


# The picture in px: title above, radiograph, one line beneath for each quantity that the view shows.
RADIOGRAPH_WIDTH_PX, TITLE_PX, PLATE_PX, CAPTION_PX = 208.0, 20.0, 312.0, 17.0
CAPTIONS = 3
RADIOGRAPH_HEIGHT_PX = TITLE_PX + PLATE_PX + CAPTIONS * CAPTION_PX + 6.0
# Kept free for the words at the upper and lower edge, and at the sides.
STRIP_PX, MARGIN_PX = 21.0, 9.0
# Radius of the arc of an angle, at most, and as a share of the moving axis.
ARC_PX, ARC_SHARE = 78.0, 0.62


@dataclass(frozen=True)
class RadiographLayout:
    """How a radiograph is placed on the screen: px per mm, and the place (2,) of the radiograph at its centre."""

    middle_mm: Array
    px_per_mm: float

    def at(self, place_mm: Array) -> Point:
        """A place (2,) of the radiograph in px, y down."""
        return self.all(place_mm[None])[0]

    def all(self, places_mm: Array) -> list[Point]:
        """Places (n, 2) in px."""
        middle_px = np.array([0.5 * RADIOGRAPH_WIDTH_PX, TITLE_PX + 0.5 * PLATE_PX])
        px = middle_px + (places_mm - self.middle_mm) * (self.px_per_mm, -self.px_per_mm)
        # A tenth of a px is finer than any screen shows; the picture stays small.
        return [(x, y) for x, y in px.round(1).tolist()]


def layout_of(shown: Radiograph, bodies: dict[Fragment, list[Array]]) -> RadiographLayout:
    """The largest layout in which the whole radiograph fits."""
    outlines = [outline for parts in bodies.values() for outline in parts]
    points = np.concatenate([*outlines, shown.points_mm(), shown.corresponding_mm[None], np.zeros((1, 2))])
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([RADIOGRAPH_WIDTH_PX - 2.0 * MARGIN_PX, PLATE_PX - 2.0 * STRIP_PX - MARGIN_PX])
    return RadiographLayout(0.5 * (low + high), float((room / (high - low)).min()))


def axes_on(layout: RadiographLayout, shown: Radiograph) -> list[list[Point]]:
    """Both axes in px, each through the point that its fragment is centred on."""
    points = {shown.reference: np.zeros(2), other(shown.reference): shown.corresponding_mm}
    return [
        layout.all(np.array([points[name], shape.axis_mm[0], shape.axis_mm[1]]))
        for name, shape in shown.fragments.items()
    ]


def angle_seen(
    layout: RadiographLayout, level: EntryLevel, shown: Radiograph
) -> tuple[Point, float, Point, Point] | None:
    """Centre and radius (px) of the arc of the angulation, and the directions of both axes (y down), or None."""
    pair = QUANTITIES[shown.view][0]
    if not any(level.deformity.get(word) for word in (pair.positive, pair.negative)):
        return None
    start, end = shown.fragments[other(shown.reference)].axis_mm
    way = (end - start) * layout.px_per_mm
    length = float(np.linalg.norm(way))
    radius = min(ARC_PX, ARC_SHARE * length)
    deviated = (float(way[0]) / length, -float(way[1]) / length)
    return layout.at(shown.corresponding_mm), radius, (0.0, -moving_end(shown.reference)), deviated


def captions(level: EntryLevel, view: View) -> list[tuple[Pair, str, bool]]:
    """What a view shows of each quantity in words, and whether it is different from zero."""
    found = []
    for pair in QUANTITIES[view]:
        sizes = [(word, level.deformity[word]) for word in (pair.positive, pair.negative) if level.deformity.get(word)]
        if pair in level.unread:
            found.append((pair, f"{pair.quantity}: unclear", False))
        elif sizes:
            found.append((pair, f"{number(sizes[0][1])} {pair.unit} {spoken(sizes[0][0])}", True))
        else:
            found.append((pair, f"no {pair.quantity}", False))
    return found

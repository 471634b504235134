"""Where a radiograph lies on the screen, and what is measured on it: shared by its lines and its names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.deformity.quantities import Fragment, Pair, moving_end, other
from hexapod.drawings.entry.level import EntryLevel
from hexapod.drawings.radiograph_views import Radiograph, View
from hexapod.drawings.report.report_radiographs import QUANTITIES
from hexapod.drawings.screen_marks import Point
from hexapod.geometry.transforms import Array
from hexapod.text.case_sentences import spoken
from hexapod.text.numbers import number

# The picture in px: title above, radiograph, one line beneath for each quantity that the view shows.
RADIOGRAPH_WIDTH_PX, TITLE_PX, PLATE_PX, CAPTION_PX = 208.0, 20.0, 312.0, 17.0
CAPTIONS = 3
RADIOGRAPH_HEIGHT_PX = TITLE_PX + PLATE_PX + CAPTIONS * CAPTION_PX + 6.0
# Kept free for the words at the upper and lower edge, and at the sides.
STRIP_PX, MARGIN_PX = 21.0, 9.0
# Radius of the arc of an angle, at most, and as a share of the moving axis.
ARC_PX, ARC_SHARE = 78.0, 0.62


@dataclass(frozen=True)
class Plate:
    """Where a radiograph lies on the screen: px for a mm, and which place of the radiograph (2,) is in its middle."""

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


def plate_of(shown: Radiograph, bodies: dict[Fragment, list[Array]]) -> Plate:
    """The plate on which all of a radiograph lies, as large as it can."""
    outlines = [outline for parts in bodies.values() for outline in parts]
    points = np.concatenate([*outlines, shown.points_mm(), shown.corresponding_mm[None], np.zeros((1, 2))])
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([RADIOGRAPH_WIDTH_PX - 2.0 * MARGIN_PX, PLATE_PX - 2.0 * STRIP_PX - MARGIN_PX])
    return Plate(0.5 * (low + high), float((room / (high - low)).min()))


def axes_on(plate: Plate, shown: Radiograph) -> list[list[Point]]:
    """Both axes in px, each through the point that its fragment is centred on."""
    points = {shown.reference: np.zeros(2), other(shown.reference): shown.corresponding_mm}
    return [
        plate.all(np.array([points[name], shape.axis_mm[0], shape.axis_mm[1]]))
        for name, shape in shown.fragments.items()
    ]


def angle_seen(plate: Plate, level: EntryLevel, shown: Radiograph) -> tuple[Point, float, Point, Point] | None:
    """Centre and radius (px) of the arc of the angulation, and the directions of both axes (y down), or None."""
    pair = QUANTITIES[shown.view][0]
    if not any(level.deformity.get(word) for word in (pair.positive, pair.negative)):
        return None
    start, end = shown.fragments[other(shown.reference)].axis_mm
    way = (end - start) * plate.px_per_mm
    length = float(np.linalg.norm(way))
    radius = min(ARC_PX, ARC_SHARE * length)
    deviated = (float(way[0]) / length, -float(way[1]) / length)
    return plate.at(shown.corresponding_mm), radius, (0.0, -moving_end(shown.reference)), deviated


def captions(level: EntryLevel, view: View) -> list[tuple[Pair, str, bool]]:
    """What a view shows of each quantity in words, and whether there is anything of it."""
    told = []
    for pair in QUANTITIES[view]:
        sizes = [(word, level.deformity[word]) for word in (pair.positive, pair.negative) if level.deformity.get(word)]
        if pair in level.unread:
            told.append((pair, f"{pair.quantity}: unclear", False))
        elif sizes:
            told.append((pair, f"{number(sizes[0][1])} {pair.unit} {spoken(sizes[0][0])}", True))
        else:
            told.append((pair, f"no {pair.quantity}", False))
    return told

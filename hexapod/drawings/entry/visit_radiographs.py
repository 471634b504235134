"""Where a fragment is by six readings, drawn over its planned position: AP and lateral radiographs of one day."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from hexapod.deformity.quantities import other
from hexapod.drawings.radiograph_views import Radiograph, View, placed_level, radiograph, radiograph_of
from hexapod.drawings.report.report_radiographs import TITLES
from hexapod.drawings.svg_marks import FAINT, INK, LINE, PALE, Point, area, circle, line, rectangle, svg, text
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import FollowUp
from hexapod.geometry.transforms import Array

WIDTH_MM = 150.0
# Between the radiographs, above one for its title, below both for what the lines mean (mm of the drawing).
BETWEEN_MM, ABOVE_MM, BELOW_MM = 4.0, 5.0, 13.0
# Tallest radiograph, and what stays free round everything on it (mm of the drawing).
TALLEST_MM, AROUND_MM = 96.0, 7.0
# Letters (mm of the drawing): 12 pixels where the drawing is 700 pixels wide, the least width on a tablet.
LETTERS_MM = 2.7
INTENDED_MM, ACTUAL_MM, REFERENCE_MM = 0.4, 0.6, 0.35
DASHES = "1.6 1.1"
# A step of this many mm is drawn as the scale.
SCALE_BAR_MM = 50.0


@dataclass(frozen=True)
class Inks:
    """Colours by what they are for; a page gives those of its own light or dark scheme."""

    ink: str = INK
    soft: str = PALE
    edge: str = LINE
    bone: str = FAINT
    actual: str = "#1f5f99"
    actual_fill: str = "#cfe0f0"


PAPER = Inks()


@dataclass(frozen=True)
class VisitRadiograph:
    """One view of a day: as the plan has it and as the readings have it, mm on the radiograph, to the right and up."""

    intended: Radiograph
    actual: Radiograph


def visit_radiograph(found: FollowUp, view: View) -> VisitRadiograph:
    """A view of the row that should be true and of the pose that six readings of that date mean.

    Raises:
        HexapodError: no pose fits the readings.
    """
    if found.T_ref_mov is None:
        raise HexapodError("No pose fits these readings, so there is nothing to draw: read all six again.")
    level, day = found.planned, found.intended.day
    actual = radiograph_of(placed_level(level, found.T_ref_mov), level.setup.side, view, day)
    return VisitRadiograph(radiograph(level, day, view), actual)


def visit_radiographs(found: FollowUp, inks: Inks = PAPER) -> bytes:
    """AP and lateral side by side (SVG): the intended fragment dashed, that of the readings in solid lines.

    Raises:
        HexapodError: as `visit_radiograph`.
    """
    radiographs = [visit_radiograph(found, view) for view in TITLES]
    width = 0.5 * (WIDTH_MM - BETWEEN_MM)
    points = [np.concatenate([one.intended.points_mm(), one.actual.points_mm()]) for one in radiographs]
    across, up = np.max([places.max(axis=0) - places.min(axis=0) for places in points], axis=0)
    scale = float(min((width - 2.0 * AROUND_MM) / across, (TALLEST_MM - 2.0 * AROUND_MM) / up))
    height = up * scale + 2.0 * AROUND_MM
    moving = other(radiographs[0].intended.reference)
    marks = [f"<title>{escape(_told(found, moving))}</title>"]
    for column, (one, places) in enumerate(zip(radiographs, points, strict=True)):
        middle = 0.5 * (places.max(axis=0) + places.min(axis=0))
        marks += _radiograph(_Sheet(column * (width + BETWEEN_MM), width, height, middle, scale), one, inks)
    foot = ABOVE_MM + height
    return svg(WIDTH_MM, foot + BELOW_MM, [*marks, *_legend(foot + 4.5, moving, inks), *_scale(foot, scale, inks)])


def _told(found: FollowUp, moving: str) -> str:
    row = found.intended
    return (
        f"AP and lateral view on day {row.day}, {row.date.isoformat()}: the {moving} fragment as planned, dashed, "
        f"and by the readings, solid"
    )


@dataclass(frozen=True)
class _Sheet:
    """Where a radiograph lies in the drawing: its left edge, size and scale, and what of the limb is at its middle."""

    left_mm: float
    width_mm: float
    height_mm: float
    middle_mm: Array
    scale: float

    def at(self, place_mm: Array) -> Point:
        """A place (2,) of the radiograph in the drawing, where y runs down."""
        x, y = (place_mm - self.middle_mm) * self.scale
        return self.left_mm + 0.5 * self.width_mm + float(x), ABOVE_MM + 0.5 * self.height_mm - float(y)

    def all(self, places_mm: Array) -> list[Point]:
        """Places (n, 2) in the drawing."""
        return [self.at(place) for place in places_mm]


def _radiograph(sheet: _Sheet, shown: VisitRadiograph, inks: Inks) -> list[str]:
    intended, actual = shown.intended, shown.actual
    reference, moving = intended.reference, other(intended.reference)
    held = sheet.all(intended.fragments[reference].outline_mm)
    ring = sheet.all(intended.rings_mm[reference])
    return [
        text((sheet.left_mm, ABOVE_MM - 1.4), TITLES[intended.view], LETTERS_MM, bold=True, colour=inks.ink),
        rectangle(sheet.left_mm, ABOVE_MM, sheet.width_mm, sheet.height_mm, "none", inks.edge),
        area(held, inks.bone, inks.soft, REFERENCE_MM),
        area(ring, "none", inks.soft, REFERENCE_MM),
        area(sheet.all(actual.fragments[moving].outline_mm), inks.actual_fill, inks.actual, ACTUAL_MM),
        area(sheet.all(actual.rings_mm[moving]), "none", inks.actual, ACTUAL_MM),
        area(sheet.all(intended.fragments[moving].outline_mm), "none", inks.ink, INTENDED_MM, DASHES),
        area(sheet.all(intended.rings_mm[moving]), "none", inks.ink, INTENDED_MM, DASHES),
        circle(sheet.at(intended.corresponding_mm), 1.5, "none", inks.ink, INTENDED_MM),
        circle(sheet.at(actual.corresponding_mm), 0.8, inks.actual, inks.actual),
        *_directions(sheet, intended, inks),
    ]


def _directions(sheet: _Sheet, shown: Radiograph, inks: Inks) -> list[str]:
    """The names of both sides, and of proximal and distal, along the edges of a radiograph."""
    middle = sheet.left_mm + 0.5 * sheet.width_mm
    foot = ABOVE_MM + sheet.height_mm - 1.6
    right = sheet.left_mm + sheet.width_mm - 1.5
    return [
        text((sheet.left_mm + 1.5, foot), shown.left_word.upper(), LETTERS_MM, bold=True, colour=inks.ink),
        text((right, foot), shown.right_word.upper(), LETTERS_MM, anchor="end", bold=True, colour=inks.ink),
        text((middle, ABOVE_MM + 3.4), "PROXIMAL", LETTERS_MM, anchor="middle", colour=inks.soft),
        text((middle, foot), "DISTAL", LETTERS_MM, anchor="middle", colour=inks.soft),
    ]


def _legend(y_mm: float, moving: str, inks: Inks) -> list[str]:
    """What the lines mean."""
    samples = (
        (area(_box(y_mm), inks.actual_fill, inks.actual, ACTUAL_MM), f"{moving} fragment and ring by the readings"),
        (area(_box(y_mm + 5.0), "none", inks.ink, INTENDED_MM, DASHES), "their planned position on that day"),
    )
    marks = []
    for count, (sample, words) in enumerate(samples):
        marks += [sample, text((10.0, y_mm + 5.0 * count + 0.95), words, LETTERS_MM, colour=inks.ink)]
    return marks


def _box(y_mm: float) -> list[Point]:
    return [(0.5, y_mm - 1.4), (8.0, y_mm - 1.4), (8.0, y_mm + 1.4), (0.5, y_mm + 1.4)]


def _scale(foot_mm: float, scale: float, inks: Inks) -> list[str]:
    """How long 50 mm of the limb are, at the right end."""
    y, end = foot_mm + 7.5, WIDTH_MM - 0.4
    start = end - SCALE_BAR_MM * scale
    ends = [line([(x, y - 1.0), (x, y + 1.0)], inks.ink) for x in (start, end)]
    words = text((0.5 * (start + end), y - 1.4), f"{SCALE_BAR_MM:g} mm", LETTERS_MM, anchor="middle", colour=inks.ink)
    return [line([(start, y), (end, y)], inks.ink), *ends, words]

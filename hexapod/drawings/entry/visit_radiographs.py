"""A visit compared with the plan: the fragment by the six readings over its planned position, and a bar per strut."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from hexapod.deformity.quantities import other
from hexapod.drawings.radiograph_views import Radiograph, View, placed_level, radiograph, radiograph_of
from hexapod.drawings.report.report_radiographs import TITLES
from hexapod.drawings.svg_marks import FAINT, INK, LINE, PALE, Point, area, circle, disc, line, rectangle, svg, text
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import FollowUp
from hexapod.geometry.transforms import Array
from hexapod.plan.plan_file import LENGTH_DECIMALS
from hexapod.text.case_sentences import direction_words
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

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
    """A view of the planned row and of the pose given by the six readings of that date.

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
    marks = [f"<title>{escape(_in_words(found, moving))}</title>"]
    for column, (one, places) in enumerate(zip(radiographs, points, strict=True)):
        middle = 0.5 * (places.max(axis=0) + places.min(axis=0))
        marks += _radiograph(_Sheet(column * (width + BETWEEN_MM), width, height, middle, scale), one, inks)
    foot = ABOVE_MM + height
    return svg(WIDTH_MM, foot + BELOW_MM, [*marks, *_legend(foot + 4.5, moving, inks), *_scale(foot, scale, inks)])


def _in_words(found: FollowUp, moving: str) -> str:
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


BARS_WIDTH_MM, ROW_MM, HEAD_MM = 96.0, 5.6, 6.0
# The middle of the bars and how long the longest is (mm of the drawing): the words stand on their right.
ZERO_MM, LONGEST_MM = 34.0, 25.0
WORDS_MM = ZERO_MM + LONGEST_MM + 3.0
BAR_MM = 3.0
# Bars are scaled to this difference (mm) at least, so that a single mark of the scale does not look like a large error.
LEAST_SPAN_MM = 5.0


@dataclass(frozen=True)
class StrutDifference:
    """A strut, 1 to 6: what its scale reads, what it should read, and the reading minus that, all mm."""

    strut: int
    reads_mm: float
    planned_mm: float
    off_mm: float

    @property
    def difference_text(self) -> str:
        """The difference with its sign.

        >>> StrutDifference(3, 141.5, 142.0, -0.5).difference_text
        '-0.5'
        >>> StrutDifference(3, 143.0, 142.0, 1.0).difference_text
        '+1'
        """
        return f"{'+' if self.off_mm > 0.0 else ''}{number(self.off_mm)}"

    @property
    def words(self) -> str:
        """In words.

        >>> StrutDifference(3, 143.0, 142.0, 1.0).words, StrutDifference(3, 142.0, 142.0, 0.0).words
        ('reads 143, planned 142: 1 mm more', 'reads 142, as planned')
        """
        if not self.off_mm:
            return f"reads {number(self.reads_mm)}, as planned"
        return f"reads {number(self.reads_mm)}, planned {number(self.planned_mm)}: {self.short}"

    @property
    def short(self) -> str:
        """The difference in words.

        >>> StrutDifference(3, 141.5, 142.0, -0.5).short
        '0.5 mm less'
        """
        if not self.off_mm:
            return "as planned"
        return f"{number(abs(self.off_mm))} mm {'more' if self.off_mm > 0.0 else 'less'}"


def strut_differences(found: FollowUp) -> tuple[StrutDifference, ...]:
    """All six, on the scales of the struts that are on."""
    planned = found.planned_mm
    return tuple(
        StrutDifference(strut, reads, should, round(reads - should, LENGTH_DECIMALS) + 0.0)
        for strut, (reads, should) in enumerate(zip(found.settings_mm, planned, strict=True), start=1)
    )


def bone_displacement_sentence(found: FollowUp) -> str:
    """Where the moving fragment is from its planned position, in a sentence; empty when it is there or nowhere."""
    if found.T_ref_mov is None:
        return ""
    setup = found.planned.setup
    away = direction_words(found.T_ref_mov[:3, 3] - found.intended.pose[:3, 3], setup.side)
    return f"The {other(setup.reference)} fragment lies {away} of its planned position." if away else ""


def visit_bars(found: FollowUp, inks: Inks = PAPER) -> bytes:
    """Reading minus plan of every strut (SVG): to the right where a scale reads more than it should."""
    struts = strut_differences(found)
    scale = LONGEST_MM / max(LEAST_SPAN_MM, *(abs(one.off_mm) for one in struts))
    sentence = "; ".join(f"strut {one.strut} {one.words}" for one in struts)
    foot = HEAD_MM + len(struts) * ROW_MM
    marks = [
        f"<title>Reading minus plan in mm: {escape(sentence)}</title>",
        text((ZERO_MM - 2.0, 3.2), "reads less", LETTERS_MM, anchor="end", colour=inks.soft),
        text((ZERO_MM + 2.0, 3.2), "reads more", LETTERS_MM, colour=inks.soft),
    ]
    for row, one in enumerate(struts):
        look = STRUT_LOOKS[one.strut]
        y = HEAD_MM + (row + 0.5) * ROW_MM
        end = ZERO_MM + one.off_mm * scale
        marks.append(disc((4.0, y), str(one.strut), look.shade, look.ink))
        if one.off_mm:
            low, high = y - 0.5 * BAR_MM, y + 0.5 * BAR_MM
            marks.append(area([(ZERO_MM, low), (end, low), (end, high), (ZERO_MM, high)], look.shade, inks.ink))
        words = f"{look.name}: {one.short}"
        marks.append(text((WORDS_MM, y + 0.95), words, LETTERS_MM, bold=bool(one.off_mm), colour=inks.ink))
    return svg(BARS_WIDTH_MM, foot + 1.0, [*marks, line([(ZERO_MM, HEAD_MM - 1.0), (ZERO_MM, foot)], inks.ink)])

"""Radiographs in the report: AP and lateral views drawn from the plan, and the radiographs taken with their points."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.case.film_format import Film
from hexapod.case.level_parts import Bone
from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Fragment, Pair, Side
from hexapod.drawings.radiograph_views import Radiograph, View, radiograph
from hexapod.drawings.svg_marks import (
    INK,
    LINE,
    MEDIUM_MM,
    PALE,
    SMALL_MM,
    THICK_MM,
    THIN_MM,
    TITLE_MM,
    Point,
    area,
    circle,
    line,
    rectangle,
    svg,
    text,
    text_width_mm,
)
from hexapod.errors import HexapodError
from hexapod.films.film_reading import ReadFilm
from hexapod.films.placing import drawn_lines
from hexapod.geometry.transforms import Array
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.case_sentences import at_a_gap, words_sentence
from hexapod.text.language import language

WIDTH_MM = 182.0
# Between radiographs, above a radiograph for its title, below it for what it shows (mm).
BETWEEN_MM, ABOVE_MM, BELOW_MM = 4.0, 5.0, 9.0
# Tallest radiograph: two of them with their words, and a caption, fit on a page of either paper.
TALLEST_MM = 84.0
# Free round everything on the radiographs (mm on paper).
AROUND_MM = 7.0
REFERENCE_FILL, MOVING_FILL = "#ffffff", "#b9c3cc"
CUT = "#b03a2e"
BONE_END = "{}, end of bone"
TITLES: dict[View, str] = {"AP": "AP view", "lateral": "Lateral view"}
QUANTITIES: dict[View, tuple[Pair, ...]] = {
    "AP": (w.AP_ANGULATION, w.AP_TRANSLATION, w.AXIAL_TRANSLATION),
    "lateral": (w.LATERAL_ANGULATION, w.LATERAL_TRANSLATION, w.AXIAL_TRANSLATION),
}
# A step of this many mm is drawn as the scale.
SCALE_BAR_MM = 50.0
# Radiographs that were taken, two in a row; a pair and its table fit on one page (mm).
FILMS_IN_A_ROW, TALLEST_FILM_MM = 2, 95.0
# 150 dots per inch on paper: enough to recognise the points; nothing is measured on it.
LONGEST_PX = 560
JPEG_QUALITY = 80
POINT_MM = 0.7
POINT_COLOURS = {"reference": "#ffd24a", "moving": "#59c8ff"}
OTHER_POINTS, DRAWN = "#8dff8a", "#ffffff"


@dataclass(frozen=True)
class _Sheet:
    """Where a radiograph lies on paper: its upper left corner and size in mm, and what of the limb is at its middle."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    middle_mm: Array
    scale: float

    def at(self, place_mm: Array) -> tuple[float, float]:
        """A place (2,) of the radiograph on paper, where y runs down."""
        x, y = (place_mm - self.middle_mm) * self.scale
        return self.left_mm + 0.5 * self.width_mm + float(x), self.top_mm + 0.5 * self.height_mm - float(y)

    def all(self, places_mm: Array) -> list[tuple[float, float]]:
        """Places (n, 2) on paper."""
        return [self.at(place) for place in places_mm]


def radiograph_drawing(level: LevelPlan) -> bytes:
    """Four radiographs (SVG): AP above lateral, day 0 left, the last day right."""
    days = (0, level.last.day)
    radiographs = {(view, day): radiograph(level, day, view) for view in ("AP", "lateral") for day in days}
    width = 0.5 * (WIDTH_MM - BETWEEN_MM)
    middles, spans = {}, []
    for view in ("AP", "lateral"):
        points = np.concatenate([radiographs[view, day].points_mm() for day in days])
        middles[view] = 0.5 * (points.min(axis=0) + points.max(axis=0))
        spans.append(points.max(axis=0) - points.min(axis=0))
    across, up = np.max(spans, axis=0)
    scale = min((width - 2.0 * AROUND_MM) / across, (TALLEST_MM - 2.0 * AROUND_MM) / up)
    height = up * scale + 2.0 * AROUND_MM
    marks = []
    for row, view in enumerate(("AP", "lateral")):
        for column, day in enumerate(days):
            sheet = _Sheet(
                left_mm=column * (width + BETWEEN_MM),
                top_mm=ABOVE_MM + row * (ABOVE_MM + height + BELOW_MM),
                width_mm=width,
                height_mm=height,
                middle_mm=middles[view],
                scale=scale,
            )
            marks += _radiograph(sheet, radiographs[view, day], level)
    bottom = 2.0 * (ABOVE_MM + height + BELOW_MM)
    # The scale bar has a line of its own beneath the legend, which may take the whole width.
    return svg(WIDTH_MM, bottom + 10.0, [*marks, *_legend(bottom + 2.0, level), *_scale_bar(bottom + 8.5, scale)])


def _radiograph(sheet: _Sheet, shown: Radiograph, level: LevelPlan) -> list[str]:
    row = level.rows[shown.day]
    when = "before" if shown.day == 0 else "after"
    title = f"{TITLES[shown.view]}, {when}: day {shown.day}, {language('en').short_date(row.date)}"
    foot = sheet.top_mm + sheet.height_mm
    marks = [
        text((sheet.left_mm, sheet.top_mm - 1.4), title, TITLE_MM, bold=True),
        rectangle(sheet.left_mm, sheet.top_mm, sheet.width_mm, sheet.height_mm, "none", LINE),
        text((sheet.left_mm, foot + 3.2), _seen(shown, row.remaining, gap=at_a_gap(level.entered))),
        *_directions(sheet, shown),
    ]
    given = level.entered.bone is not None
    outlines = {name: sheet.all(shape.outline_mm) for name, shape in shown.fragments.items()}
    # All fills first, so that both sides of the osteotomy are seen where the fragments overlap.
    marks += [area(outlines[name], REFERENCE_FILL if name == shown.reference else MOVING_FILL) for name in outlines]
    for edges in outlines.values():
        marks += _fragment(edges, given)
    for name, outline in shown.rings_mm.items():
        marks += _ring(sheet, outline, name, shown.reference)
    for shape in shown.fragments.values():
        marks.append(line(sheet.all(shape.axis_mm), PALE, THIN_MM, "2.4 0.7 0.5 0.7"))
    for count, place in enumerate(shown.structures_mm, start=1):
        marks += _structure(sheet.at(place), count, leftwards=bool(place[0] < 0.0))
    return [*marks, *_point(sheet.at(np.zeros(2)), corresponding=False), *_point(sheet.at(shown.corresponding_mm))]


def _seen(shown: Radiograph, remaining: dict[str, float], *, gap: bool) -> str:
    """What of the deformity, or of a `gap`, a radiograph shows."""
    words = [word for pair in QUANTITIES[shown.view] for word in (pair.positive, pair.negative)]
    here = {word: remaining[word] for word in words if word in remaining}
    return f"Seen here: {words_sentence(here, 'not displaced' if gap else 'no deformity', gap=gap)}"


def _fragment(outline: list[tuple[float, float]], given: bool) -> list[str]:
    """The edges of a fragment, open at its far end because it goes on, with its osteotomy."""
    dash = "" if given else "1 0.7"
    cut_left, far_left, far_right, cut_right = outline
    return [
        line([cut_left, far_left], INK, MEDIUM_MM, dash),
        line([cut_right, far_right], INK, MEDIUM_MM, dash),
        *([line([cut_left, cut_right], CUT, 1.4 * THICK_MM)] if given else []),
    ]


def _ring(sheet: _Sheet, outline_mm: Array, name: Fragment, reference: Fragment) -> list[str]:
    dash = "" if name == reference else "1.3 0.6"
    outline = sheet.all(outline_mm)
    # Its name stands beyond the ring as seen from the osteotomy, at its right end.
    right = max(outline, key=lambda place: place[0])
    y = min(place[1] for place in outline) - 0.9 if name == "proximal" else max(p[1] for p in outline) + SMALL_MM
    return [area(outline, "none", INK, MEDIUM_MM, dash), text((right[0], y), f"{name} ring", anchor="end", colour=PALE)]


def _point(at: Point, corresponding: bool = True) -> list[str]:
    """The origin as a full dot, the corresponding point as an open ring round it or elsewhere."""
    return (
        [circle(at, 1.5, "none", "#ffffff", 0.7), circle(at, 1.5, "none", INK, 0.4)]
        if corresponding
        else [circle(at, 0.8, INK, "#ffffff", 0.25)]
    )


def _structure(at: Point, count: int, *, leftwards: bool = False) -> list[str]:
    """A structure at risk: a numbered diamond, its number away from the bone."""
    x, y = at
    beside = (x - 1.7, y + 0.85) if leftwards else (x + 1.7, y + 0.85)
    return [
        area([(x, y - 1.2), (x + 1.2, y), (x, y + 1.2), (x - 1.2, y)], "#ffffff", INK, MEDIUM_MM),
        text(beside, f"S{count}", anchor="end" if leftwards else "start"),
    ]


def _directions(sheet: _Sheet, shown: Radiograph) -> list[str]:
    """The names of both sides and of proximal and distal, with arrows, along the edges of a radiograph."""
    middle = sheet.left_mm + 0.5 * sheet.width_mm
    left, right = sheet.left_mm + 1.5, sheet.left_mm + sheet.width_mm - 1.5
    foot = sheet.top_mm + sheet.height_mm - 1.6
    return [
        *_arrow((left + 4.0, foot - 0.85), (left, foot - 0.85)),
        text((left + 5.0, foot), shown.left_word.upper(), bold=True),
        *_arrow((right - 4.0, foot - 0.85), (right, foot - 0.85)),
        text((right - 5.0, foot), shown.right_word.upper(), anchor="end", bold=True),
        text((middle, sheet.top_mm + 3.2), "PROXIMAL", anchor="middle", colour=PALE),
        text((middle, foot), "DISTAL", anchor="middle", colour=PALE),
    ]


def _arrow(start: Point, tip: Point) -> list[str]:
    back = 1.3 if tip[0] < start[0] else -1.3
    head = [(tip[0] + back, tip[1] - 0.7), tip, (tip[0] + back, tip[1] + 0.7)]
    return [line([start, tip], INK, MEDIUM_MM), line(head, INK, MEDIUM_MM)]


def _scale_bar(y_mm: float, scale: float) -> list[str]:
    """How long 50 mm of the limb are, at the right end."""
    start, end = WIDTH_MM - 0.2 - SCALE_BAR_MM * scale, WIDTH_MM - 0.2
    ends = [line([(x, y_mm - 1.0), (x, y_mm + 1.0)], INK, MEDIUM_MM) for x in (start, end)]
    words = text((0.5 * (start + end), y_mm - 1.0), f"{SCALE_BAR_MM:g} mm", anchor="middle")
    return [line([(start, y_mm), (end, y_mm)], INK, MEDIUM_MM), *ends, words]


def _legend(top_mm: float, level: LevelPlan) -> list[str]:
    y = top_mm + 1.2
    marks, x = [], 0.0
    for fill, words in ((REFERENCE_FILL, "reference fragment"), (MOVING_FILL, "moving fragment")):
        marks += [rectangle(x, y - 1.2, 4.0, 2.4, fill, INK), text((x + 5.0, y + 0.85), words)]
        x += 7.0 + text_width_mm(words)
    for drawn, words in (
        (_point((x + 1.5, y), corresponding=False), "origin"),
        (_point((x + 15.0, y)), "corresponding point"),
    ):
        marks += drawn
        start = x + 3.0 if words == "origin" else x + 17.5
        marks.append(text((start, y + 0.85), words))
    x += 17.5 + text_width_mm("corresponding point") + 2.5
    if level.entered.bone is not None:
        bone_end = BONE_END.format(level.entered.indication)
        marks += [line([(x, y), (x + 4.0, y)], CUT, 1.4 * THICK_MM), text((x + 5.0, y + 0.85), bone_end)]
        x += 7.5 + text_width_mm(bone_end)
    marks += [line([(x, y), (x + 5.0, y)], PALE, THIN_MM, "2.4 0.7 0.5 0.7"), text((x + 6.0, y + 0.85), "axis")]
    x += 9.0 + text_width_mm("axis")
    if level.entered.structures_at_risk:
        marks += [*_structure((x + 1.2, y), 1), text((x + 6.0, y + 0.85), "structure at risk")]
    return marks


def film_drawing(
    films: Sequence[Film], pictures: Mapping[str, bytes], side: Side, reference: Fragment, bone: Bone | None
) -> bytes:
    """The radiographs whose pictures (PNG, by SHA-256) are there, as SVG; not mirrored, whatever way they are stored.

    Axes and angles are drawn as on the page where the points were placed.
    """
    width = (WIDTH_MM - BETWEEN_MM) / FILMS_IN_A_ROW
    marks, top, tallest = [], 0.0, 0.0
    for place, film in enumerate(films):
        if place % FILMS_IN_A_ROW == 0:
            top, tallest = top + tallest, 0.0
        left = (place % FILMS_IN_A_ROW) * (width + BETWEEN_MM)
        scale = min(width / film.columns, TALLEST_FILM_MM / film.rows)
        marks += _film(film, pictures[film.pixels_sha256 or ""], (left, top + ABOVE_MM, scale), side, reference, bone)
        tallest = max(tallest, ABOVE_MM + film.rows * scale + BETWEEN_MM)
    return svg(WIDTH_MM, top + tallest, marks)


def _film(
    film: Film,
    png: bytes,
    place: tuple[float, float, float],
    side: Side,
    reference: Fragment,
    bone: Bone | None,
) -> list[str]:
    left, top, scale = place

    def at(pixel: Sequence[float]) -> tuple[float, float]:
        column = film.columns - pixel[0] if film.mirrored else pixel[0]
        return left + scale * column, top + scale * pixel[1]

    view = "AP" if film.view == "ap" else "lateral"
    title = f"{film.id}: {side.upper()}, {view}{f', {film.date}' if film.date else ''}"
    wide, high = scale * film.columns, scale * film.rows
    turned = f' transform="translate({2.0 * left + wide:.3f} 0) scale(-1 1)"' if film.mirrored else ""
    marks = [
        text((left, top - 1.4), title, TITLE_MM, bold=True, colour=INK),
        f'<image x="{left:.3f}" y="{top:.3f}" width="{wide:.3f}" height="{high:.3f}"{turned} '
        f'preserveAspectRatio="none" href="data:image/jpeg;base64,{_small(png)}"/>',
        rectangle(left, top, wide, high, "none", LINE),
    ]
    try:
        lines = drawn_lines(ReadFilm(film, side, reference), reference, bone)
    except HexapodError:  # the table beside the picture says why
        lines = []
    marks += [
        line([at(pixel) for pixel in drawn.path], DRAWN, THIN_MM if drawn.faint else MEDIUM_MM) for drawn in lines
    ]
    for drawn in lines:
        if drawn.word and not drawn.word.endswith("axis"):
            x, y = at(drawn.path[len(drawn.path) // 2])
            marks.append(text((x + 1.0, y), drawn.word, SMALL_MM, colour=DRAWN))
    return marks + [
        circle(at(point.at_px), POINT_MM, POINT_COLOURS.get(point.name.split(".")[0], OTHER_POINTS), INK)
        for point in film.points
    ]


def _small(png: bytes) -> str:
    """The picture as small as it is printed, JPEG in base 64."""
    from PIL import Image  # only where radiographs are printed

    picture = Image.open(io.BytesIO(png), formats=("PNG",))
    picture.thumbnail((LONGEST_PX, LONGEST_PX))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=JPEG_QUALITY)
    return base64.b64encode(file.getvalue()).decode("ascii")

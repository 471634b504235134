"""Radiographs of a hexapod side by side with the points placed on them, small, for the report."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence

from hexapod.case.film_format import Film
from hexapod.case.level_parts import Bone
from hexapod.deformity.quantities import Fragment, Side
from hexapod.drawings.svg_marks import (
    INK,
    LINE,
    MEDIUM_MM,
    SMALL_MM,
    THIN_MM,
    TITLE_MM,
    circle,
    line,
    rectangle,
    svg,
    text,
)
from hexapod.errors import HexapodError
from hexapod.films.film_reading import ReadFilm
from hexapod.films.placing import drawn_lines

# Two beside each other on a page; a pair and its table fit on one (mm).
WIDTH_MM, BETWEEN_MM, TITLE_ROOM_MM, TALLEST_MM = 182.0, 4.0, 5.0, 95.0
IN_A_ROW = 2
# 150 dots an inch on paper: points are found, nothing is measured on them.
LONGEST_PX = 560
JPEG_QUALITY = 80
POINT_MM = 0.7
COLOURS = {"reference": "#ffd24a", "moving": "#59c8ff"}
OTHER, DRAWN = "#8dff8a", "#ffffff"


def film_drawing(
    films: Sequence[Film], pictures: Mapping[str, bytes], side: Side, reference: Fragment, bone: Bone | None
) -> bytes:
    """The radiographs whose pictures (PNG, by SHA-256) are there, as SVG; not mirrored, whatever way they are stored.

    Axes and angles are drawn as while the points were placed.
    """
    width = (WIDTH_MM - BETWEEN_MM) / IN_A_ROW
    marks, top, tallest = [], 0.0, 0.0
    for place, film in enumerate(films):
        if place % IN_A_ROW == 0:
            top, tallest = top + tallest, 0.0
        left = (place % IN_A_ROW) * (width + BETWEEN_MM)
        scale = min(width / film.columns, TALLEST_MM / film.rows)
        marks += _film(
            film, pictures[film.pixels_sha256 or ""], (left, top + TITLE_ROOM_MM, scale), side, reference, bone
        )
        tallest = max(tallest, TITLE_ROOM_MM + film.rows * scale + BETWEEN_MM)
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
    except HexapodError:  # said with the table
        lines = []
    marks += [
        line([at(pixel) for pixel in drawn.path], DRAWN, THIN_MM if drawn.faint else MEDIUM_MM) for drawn in lines
    ]
    for drawn in lines:
        if drawn.word and not drawn.word.endswith("axis"):
            x, y = at(drawn.path[len(drawn.path) // 2])
            marks.append(text((x + 1.0, y), drawn.word, SMALL_MM, colour=DRAWN))
    return marks + [
        circle(at(point.at_px), POINT_MM, COLOURS.get(point.name.split(".")[0], OTHER), INK) for point in film.points
    ]


def _small(png: bytes) -> str:
    """The picture as small as it is printed, JPEG in base 64."""
    from PIL import Image  # only where radiographs are printed

    picture = Image.open(io.BytesIO(png), formats=("PNG",))
    picture.thumbnail((LONGEST_PX, LONGEST_PX))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=JPEG_QUALITY)
    return base64.b64encode(file.getvalue()).decode("ascii")

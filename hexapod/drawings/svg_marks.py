"""Marks of a drawing as SVG, in mm on paper, +x to the right and +y down.  Equal marks give equal bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from hexapod.text.numbers import distance

# The typeface of all documents; text stays text, so that it can be searched and read aloud.
TYPEFACE = "FiraGO"
INK, PALE, LINE, FAINT = "#10151c", "#5a6672", "#9aa5b0", "#e3e8ec"
# Height of letters (mm): 7 points, the least that is read without trouble on paper; titles a little more.
SMALL_MM, TITLE_MM = 2.47, 2.9
# Widths of lines (mm).
THIN_MM, MEDIUM_MM, THICK_MM = 0.18, 0.35, 0.6
# Width of a letter as a share of its height, averaged over FiraGO: to judge whether a text fits.
LETTER_SHARE = 0.5

Point = Sequence[float]


def svg(width_mm: float, height_mm: float, marks: Iterable[str]) -> bytes:
    """A drawing of this size, marks from back to front."""
    size = f'width="{distance(width_mm)}mm" height="{distance(height_mm)}mm"'
    box = f'viewBox="0 0 {distance(width_mm)} {distance(height_mm)}"'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>\n' + "\n".join(marks) + "\n</svg>\n").encode()


def line(
    points: Iterable[Point],
    colour: str = INK,
    width_mm: float = MEDIUM_MM,
    dash: str = "",
    *,
    offset_mm: float = 0.0,
    cap: str = "butt",
) -> str:
    """A line through points; `dash` is lengths of ink and gap in mm such as `2 1`, begun `offset_mm` along it."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    dashes += f' stroke-dashoffset="{distance(offset_mm)}"' if dash and offset_mm else ""
    return (
        f'<path d="{_path(points)}" fill="none" stroke="{colour}" stroke-width="{distance(width_mm)}" '
        f'stroke-linejoin="round" stroke-linecap="{cap}"{dashes}/>'
    )


def area(points: Iterable[Point], fill: str, edge: str = "", width_mm: float = THIN_MM, dash: str = "") -> str:
    """A closed outline; `fill` may be `none`."""
    stroke = f' stroke="{edge}" stroke-width="{distance(width_mm)}" stroke-linejoin="round"' if edge else ""
    stroke += f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{_path(points)} Z" fill="{fill}"{stroke}/>'


def rectangle(x_mm: float, y_mm: float, width_mm: float, height_mm: float, fill: str, edge: str = "") -> str:
    """A rectangle from its upper left corner."""
    right, bottom = x_mm + width_mm, y_mm + height_mm
    return area([(x_mm, y_mm), (right, y_mm), (right, bottom), (x_mm, bottom)], fill, edge)


def circle(centre: Point, radius_mm: float, fill: str, edge: str = INK, width_mm: float = THIN_MM) -> str:
    """A filled circle."""
    return (
        f'<circle cx="{distance(centre[0])}" cy="{distance(centre[1])}" r="{distance(radius_mm)}" fill="{fill}" '
        f'stroke="{edge}" stroke-width="{distance(width_mm)}"/>'
    )


def text(
    at: Point,
    words: str,
    size_mm: float = SMALL_MM,
    *,
    anchor: str = "start",
    bold: bool = False,
    colour: str = INK,
    upwards: bool = False,
) -> str:
    """Words on the baseline at a point; `anchor` is start, middle or end; `upwards` runs them from bottom to top."""
    x, y = distance(at[0]), distance(at[1])
    turn = f' transform="rotate(-90 {x} {y})"' if upwards else ""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" font-family="{TYPEFACE}" font-size="{distance(size_mm)}"{weight} fill="{colour}" '
        f'text-anchor="{anchor}"{turn}>{escape(printable(words))}</text>'
    )


def disc(centre: Point, words: str, fill: str, ink: str, radius_mm: float = 1.9) -> str:
    """A numbered disc."""
    size_mm = 1.4 * radius_mm
    # Figures are 0.7 of their size high: a baseline 0.35 below the middle centres them.
    low = (centre[0], centre[1] + 0.35 * size_mm)
    return circle(centre, radius_mm, fill) + text(low, words, size_mm, anchor="middle", bold=True, colour=ink)


def text_width_mm(words: str, size_mm: float = SMALL_MM) -> float:
    """About how wide a text is."""
    return LETTER_SHARE * size_mm * len(words)


def fitting(words: str, width_mm: float, size_mm: float = SMALL_MM) -> str:
    """A text truncated to a width of about `width_mm` at most."""
    room = int(width_mm / (LETTER_SHARE * size_mm))
    return words if len(words) <= room else f"{words[: max(room - 1, 1)].rstrip()}…"


def _path(points: Iterable[Point]) -> str:
    return "M" + " L".join(f"{distance(point[0])} {distance(point[1])}" for point in points)


def printable(words: str) -> str:
    """A text without the control characters that an SVG file cannot hold."""
    return "".join(sign if sign.isprintable() else " " for sign in words)

"""A bone transport as it will stand on day 0, with every distance: pieces of bone, defect, osteotomies and rings."""

from __future__ import annotations

import itertools

from hexapod.drawings.screen_marks import (
    AXIS_DASH,
    CUT,
    HELD,
    INK,
    MEDIUM_PX,
    MOVES,
    SHIFT,
    SOFT,
    THICK_PX,
    THIN_PX,
    arrow,
    picture,
    words,
)
from hexapod.drawings.svg_marks import line, rectangle
from hexapod.preoperative.bone_transport import Construct
from hexapod.text.numbers import number

# Size of the picture, and of the bone in it (px).
WIDTH_PX, HEIGHT_PX, EDGE_PX = 540.0, 520.0, 24.0
_BONE_PX, _RING_PX, _MIDDLE_PX = 34.0, 170.0, 235.0
# Where distances stand (px): between rings, from the outer rings to the osteotomies, and along the bone.
_RINGS_AT_PX, _CUTS_AT_PX, _BONE_AT_PX = 6.0, 78.0, 374.0
# Bone that is drawn beyond the outermost rings (mm).
_BEYOND_MM = 25.0


def transport_drawing(construct: Construct) -> str:
    """The picture (SVG): rings with their distances on the left, pieces of bone with their lengths on the right."""
    low, high = -_BEYOND_MM, construct.rings_mm[-1] + _BEYOND_MM
    scale = (HEIGHT_PX - 2.0 * EDGE_PX) / (high - low)

    def y(mm: float) -> float:
        return EDGE_PX + (mm - low) * scale

    marks = [words((_MIDDLE_PX, 14.0), "proximal", anchor="middle", colour=SOFT)]
    marks.append(words((_MIDDLE_PX, HEIGHT_PX - 6.0), "distal", anchor="middle", colour=SOFT))
    for piece in construct.pieces:
        top, bottom = (
            low if piece.top_mm is None else piece.top_mm,
            high if piece.bottom_mm is None else piece.bottom_mm,
        )
        fill = MOVES if piece.travel_mm else HELD
        left = _MIDDLE_PX - 0.5 * _BONE_PX
        marks.append(rectangle(left, y(top), _BONE_PX, (bottom - top) * scale, fill, INK))
        if piece.travel_mm:
            start = y(bottom if piece.travel_mm > 0.0 else top)
            marks += arrow((_MIDDLE_PX, start), (_MIDDLE_PX, start + piece.travel_mm * scale), SHIFT, THICK_PX)
    for name, top, bottom in construct.spans():
        marks += _span(y(top), y(bottom), _BONE_AT_PX, f"{name} {number(bottom - top)} mm")
    for at in construct.osteotomies_mm:
        marks.append(line([(_MIDDLE_PX - 30.0, y(at)), (_MIDDLE_PX + 30.0, y(at))], CUT, MEDIUM_PX, AXIS_DASH))
        marks.append(words((_MIDDLE_PX + 34.0, y(at) - 3.0), "osteotomy", colour=CUT))
    dock = y(construct.docks_at_mm)
    marks.append(line([(_MIDDLE_PX - 30.0, dock), (_MIDDLE_PX + 30.0, dock)], SHIFT, MEDIUM_PX, AXIS_DASH))
    marks.append(words((_MIDDLE_PX + 34.0, dock + 12.0), "docks here", colour=SHIFT))
    for place, ring in enumerate(construct.rings_mm, start=1):
        ends = [(_MIDDLE_PX - 0.5 * _RING_PX, y(ring)), (_MIDDLE_PX + 0.5 * _RING_PX, y(ring))]
        marks.append(line(ends, INK, 2.0 * THICK_PX))
        marks.append(words((ends[1][0] + 4.0, y(ring) + 4.0), f"ring {place}", bold=True))
    for above, below in itertools.pairwise(construct.rings_mm):
        marks += _span(y(above), y(below), _RINGS_AT_PX, f"{number(below - above)} mm")
    for ring, at in cuts(construct):
        top, bottom = sorted((ring, at))
        marks += _span(y(top), y(bottom), _CUTS_AT_PX, f"{number(bottom - top)} mm")
    return picture(WIDTH_PX, HEIGHT_PX, marks, " ".join(lines(construct)), "transport")


def cuts(construct: Construct) -> list[tuple[float, float]]:
    """Each osteotomy with the outermost ring on its side of the defect: (ring, osteotomy), mm distal of ring 1."""
    rings, dock = construct.rings_mm, construct.docks_at_mm
    return [(rings[0] if at < dock else rings[-1], at) for at in construct.osteotomies_mm]


def _span(top: float, bottom: float, at: float, text: str) -> list[str]:
    ends = [[(at, place), (at + 8.0, place)] for place in (top, bottom)]
    where = at + 12.0, 0.5 * (top + bottom) + 4.0
    marks = [line([(at + 4.0, top), (at + 4.0, bottom)], SOFT, THIN_PX)]
    marks += [line(one, SOFT, THIN_PX) for one in ends]
    return [*marks, words(where, text)]


def lines(construct: Construct) -> list[str]:
    """The same in sentences."""
    count = len(construct.levels)
    found = [f"{len(construct.rings_mm)} rings, {count} hexapods."]
    for place, (above, below) in enumerate(itertools.pairwise(construct.rings_mm), start=1):
        found.append(f"Ring {place} to ring {place + 1}: {number(below - above)} mm.")
    for ring, at in cuts(construct):
        away = f"{number(at - ring)} mm distal of" if at >= ring else f"{number(ring - at)} mm proximal of"
        found.append(f"Osteotomy {away} ring {construct.rings_mm.index(ring) + 1}.")
    for name, top, bottom in construct.spans():
        where = f"{number(top)} to {number(bottom)} mm distal of ring 1"
        found.append(f"The {name} is {number(bottom - top)} mm long: {where}.")
    for piece in construct.pieces:
        if piece.travel_mm:
            way = "distally" if piece.travel_mm > 0.0 else "proximally"
            found.append(f"The {piece.name} travels {number(abs(piece.travel_mm))} mm {way}.")
    found.append(f"Docking is {number(construct.docks_at_mm)} mm distal of ring 1 on day {construct.docking_day}.")
    return found

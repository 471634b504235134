"""Small drawings of the hardware: one hexapod from proximal with its struts numbered; how many hexapods a case has."""

from __future__ import annotations

import numpy as np

from hexapod.deformity.quantities import Side
from hexapod.drawings.radiograph_views import side_words
from hexapod.drawings.screen_marks import INK, MEDIUM_PX, PAPER, RING_DASH, SOFT, THIN_PX, picture, words
from hexapod.drawings.svg_marks import area, circle, line, rectangle
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Ring
from hexapod.text.strut_looks import STRUT_LOOKS

# The drawing of a frame (px): a square with a line of words above and below.
FRAME_PX, WORDS_PX = 210.0, 16.0
_DISC_PX, _STRUT_PX, _TAB_PX = 9.0, 4.0, 7.0
# Where the number of a strut stands along it: nearer to its proximal joint, where struts are farthest apart.
_NUMBER_AT = 0.4
# Corners of a circle: finer than a line of a screen.
_AROUND = 60
# A construct (px): each hexapod a space between two rings.
_WIDE_PX, _SPACE_PX, _EDGE_PX = 34.0, 15.0, 3.0


def frame_drawing(proximal: Ring | None, distal: Ring | None, side: Side | None) -> str:
    """The frame (SVG) as it stands neutral, seen from proximal with anterior down; its master tab is marked.

    Without both rings it is told that they are to be chosen.  The distal ring is dashed.  `side` names medial and
    lateral.
    """
    height = FRAME_PX + 2.0 * WORDS_PX
    if proximal is None or distal is None:
        told = words((0.5 * FRAME_PX, 0.5 * height), "Choose both rings above.", anchor="middle", colour=SOFT)
        return picture(FRAME_PX, height, [told], "no frame yet: choose both rings", "frame")
    reach = max(proximal.outer_radius_mm, distal.outer_radius_mm)
    scale, middle = (0.5 * FRAME_PX - _TAB_PX) / reach, np.array([0.5 * FRAME_PX, 0.5 * height])

    def px(points_mm: Array) -> list[tuple[float, float]]:
        return [(float(x), float(y)) for x, y in middle + scale * points_mm[:, :2] * [1.0, -1.0]]

    turn = np.linspace(0.0, 2.0 * np.pi, _AROUND, endpoint=False)
    round_mm = np.stack([np.sin(turn), np.cos(turn)], axis=1)
    front = px(np.array([[0.0, -proximal.outer_radius_mm]]))[0]
    marks = [
        area(px(round_mm * distal.outer_radius_mm), "none", SOFT, THIN_PX, RING_DASH),
        area(px(round_mm * proximal.outer_radius_mm), "none", INK, MEDIUM_PX),
        rectangle(front[0] - _TAB_PX, front[1] - 3.0, 2.0 * _TAB_PX, 6.0, INK),
    ]
    numbers = []
    for strut, look in STRUT_LOOKS.items():
        start, end = proximal.proximal_joints_mm[strut - 1], distal.distal_joints_mm[strut - 1]
        at = px((start + _NUMBER_AT * (end - start))[None])[0]
        marks.append(line(px(np.array([start, end])), look.shade, _STRUT_PX, cap="round"))
        numbers.append(circle(at, _DISC_PX, look.shade, PAPER, 1.0))
        numbers.append(words((at[0], at[1] + 4.3), str(strut), anchor="middle", bold=True, colour=look.ink))
    named = [words((middle[0], 12.0), "posterior", anchor="middle", colour=SOFT)]
    named.append(words((middle[0], height - 3.0), "anterior, master tab", anchor="middle", colour=SOFT))
    if side is not None:
        left, right = side_words("AP", side)
        named += [words((0.0, 12.0), left, colour=SOFT), words((FRAME_PX, 12.0), right, anchor="end", colour=SOFT)]
    told = "the frame seen from proximal, anterior down; struts 1 to 6 counter-clockwise from the master tab"
    return picture(FRAME_PX, height, [*marks, *numbers, *named], told, "frame")


def construct_drawing(count: int, chosen: int) -> str:
    """So many hexapods (SVG) above each other, numbered from proximal, with the one chosen filled."""
    height = count * _SPACE_PX + 2.0 * _EDGE_PX
    marks = []
    for number in range(1, count + 1):
        top = _EDGE_PX + (number - 1) * _SPACE_PX
        mine = number == chosen
        marks.append(rectangle(7.0, top, _WIDE_PX - 14.0, _SPACE_PX, INK if mine else "none", SOFT))
        colour = PAPER if mine else INK
        at = (0.5 * _WIDE_PX, top + 0.5 * _SPACE_PX + 4.2)
        marks.append(words(at, str(number), anchor="middle", bold=True, colour=colour))
    for ring in range(count + 1):
        at_px = _EDGE_PX + ring * _SPACE_PX
        marks.append(line([(0.0, at_px), (_WIDE_PX, at_px)], INK, 2.4))
    return picture(_WIDE_PX, height, marks, f"{count} hexapods, number {chosen} is shown", "construct")

"""A ring being measured: its six joints with their numbers, and the distances typed between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from hexapod.deformity.quantities import Fragment
from hexapod.drawings.screen_marks import INK, MEDIUM_PX, PAPER, RISK, SOFT, THICK_PX, THIN_PX, picture, words
from hexapod.drawings.svg_marks import circle, line, rectangle
from hexapod.hardware.catalogue import joint_angles_deg
from hexapod.text.strut_looks import STRUT_LOOKS

Pair = tuple[int, int]
# Size of the picture and radius of the circle of joints (px); half the angle between the joints of a tab (deg), wide
# enough that their numbers stand apart.
SIZE_PX, RADIUS_PX, HALF_DEG, DISC_PX = 260.0, 92.0, 11.0, 11.0
_TURN = np.radians(np.linspace(0.0, 360.0, 73))


def calibration_drawing(used_as: Fragment, typed: Iterable[Pair], suspect: Collection[Pair]) -> str:
    """The ring (SVG) seen from proximal, anterior down, with a line for every distance typed; suspects stand out."""
    angles = np.radians(joint_angles_deg(used_as) @ [1.0, HALF_DEG])
    middle = np.array([0.5 * SIZE_PX, 0.5 * SIZE_PX])

    def at(turn: float, radius: float) -> tuple[float, float]:
        # Angles count from the front, counter-clockwise seen from proximal (conventions section 4); +y is down here.
        return float(middle[0] + radius * np.sin(turn)), float(middle[1] + radius * np.cos(turn))

    joints = [at(turn, RADIUS_PX) for turn in angles]
    marks = [line([at(turn, RADIUS_PX) for turn in _TURN], SOFT, MEDIUM_PX)]
    front = at(0.0, RADIUS_PX + 16.0)
    marks.append(rectangle(front[0] - 12.0, front[1] - 3.0, 24.0, 6.0, INK))
    for a, b in typed:
        doubted = (a, b) in suspect
        marks.append(line([joints[a - 1], joints[b - 1]], RISK if doubted else INK, THICK_PX if doubted else THIN_PX))
    for number, place in enumerate(joints, start=1):
        look = STRUT_LOOKS[number]
        marks.append(circle(place, DISC_PX, look.shade, PAPER, 1.0))
        where = place[0], place[1] + 4.3
        marks.append(words(where, str(number), anchor="middle", bold=True, colour=look.ink))
    marks.append(words((middle[0], 14.0), "posterior", anchor="middle", colour=SOFT))
    marks.append(words((middle[0], SIZE_PX - 3.0), "anterior: front, master tab", anchor="middle", colour=SOFT))
    marks.append(words((2.0, 0.5 * SIZE_PX), "patient's right", colour=SOFT))
    description = f"the {used_as} ring seen from proximal, anterior down, with its joints 1 to 6"
    return picture(SIZE_PX, SIZE_PX, marks, description, "frame")

"""Two drawings of the patient's sheet as plain numbers: the frame seen from proximal, and a scale with its reading."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Strut
from hexapod.text.numbers import number
from hexapod.trajectory.level_setup import LevelSetup

# The distal ring is drawn as the farther and so the smaller one, at this share of the proximal one's joint circle:
# struts then run from the large circle to the small one, and none hides another.
FARTHER_RING = 0.52
# Marks drawn on either side of the reading, so that each can be told from the next on paper.
MARKS_EACH_SIDE = 8
# Every n-th mark carries its number: the first of these that makes a whole number of mm, else the last.
MARKS_PER_NUMBER = (2, 4, 5, 10)
WHOLE_MARKS_PER_NUMBER = 5

Point = tuple[float, float]


def frame_drawing(setup: LevelSetup) -> tuple[tuple[Point, Point], ...]:
    """Struts 1 to 6, each from its proximal to its distal joint, seen from proximal with the fronts at the bottom.

    In shares of the proximal joint circle's radius from the centre, x to the right and y UP.  Angles are those of the
    real joints, both fronts (master tabs) alike; the rings are drawn straight above each other.

    Source: conventions section 4: +x to the right and +y, away from the front, upwards is the view from +z, proximal.
    """
    proximal, distal = setup.joints_mm
    near, far = _shares(proximal), _shares(distal) * FARTHER_RING
    return tuple(((float(a[0]), float(a[1])), (float(b[0]), float(b[1]))) for a, b in zip(near, far, strict=True))


def _shares(joints_mm: Array) -> Array:
    """Joints (6, 2) from above, in shares of their mean distance from the centre."""
    plan = joints_mm[:, :2]
    return np.asarray(plan / np.linalg.norm(plan, axis=1).mean())


@dataclass(frozen=True)
class Mark:
    """A mark of a scale: its reading in mm, its place from 0 (left) to 1 (right), and whether its number is drawn."""

    reading_mm: float
    place: float
    numbered: bool


@dataclass(frozen=True)
class ScaleDrawing:
    """A piece of a strut's scale round a reading, readings growing to the right; `place` is that of the reading."""

    marks: tuple[Mark, ...]
    place: float
    longer_to_the_right: bool


def scale_drawing(strut: Strut, reading_mm: float) -> ScaleDrawing:
    """The marks of a strut's scale near a reading in mm, none beyond its range."""
    marked = Fraction(number(strut.graduation_mm))
    middle = round(reading_mm / float(marked))
    every = _marks_per_number(marked)
    span = range(middle - MARKS_EACH_SIDE, middle + MARKS_EACH_SIDE + 1)

    def place(reading: float) -> float:
        return 0.5 + (reading / float(marked) - middle) / (2 * MARKS_EACH_SIDE + 2)

    readings = [(n, float(n * marked)) for n in span]
    marks = [Mark(mm, place(mm), n % every == 0) for n, mm in readings if strut.reads(mm)]
    return ScaleDrawing(tuple(marks), place(reading_mm), strut.scale_direction > 0)


def _marks_per_number(marked: Fraction) -> int:
    """After how many marks of a scale a number stands.

    >>> _marks_per_number(Fraction("0.25")), _marks_per_number(Fraction("0.5")), _marks_per_number(Fraction(1))
    (4, 2, 5)
    """
    if marked.denominator == 1:
        return WHOLE_MARKS_PER_NUMBER
    return next((n for n in MARKS_PER_NUMBER if (n * marked).denominator == 1), MARKS_PER_NUMBER[-1])

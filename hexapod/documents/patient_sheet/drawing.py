"""Two drawings of the patient's sheet as plain numbers: the frame seen from proximal, and a scale with its reading."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Strut
from hexapod.text.numbers import number
from hexapod.trajectory.level_setup import LevelSetup

# One ring is drawn inside the other, at this share of its joint circle: struts then run from the outer circle to the
# inner one, and none hides another.
INNER_RING = 0.52
# Rings whose joint circles differ by less in radius (mm) look equal to whoever holds the frame.
ONE_SIZE_MM = 5.0
# A ring has a tab at its front when joints stand on both sides of it, no farther away than this.
TAB_DEG = 30.0
# Marks drawn on either side of the reading, few enough to be distinguished on paper.
MARKS_EACH_SIDE = 8
# Every n-th mark carries its number: the first of these that makes a whole number of mm, else the last.
MARKS_PER_NUMBER = (2, 4, 5, 10)
WHOLE_MARKS_PER_NUMBER = 5

Point = tuple[float, float]


@dataclass(frozen=True)
class FrameDrawing:
    """A frame seen from proximal with the fronts of its rings at the bottom.

    `struts` 1 to 6 run each from the proximal to the distal joint, in shares of the outer circle's radius from the
    centre, x to the right and y UP.  `larger` is the ring that is larger on the real frame, drawn as the outer circle
    (None: both are of one size, and the proximal one, nearer to the eye, is outside).  `tabs` has for the proximal and
    the distal ring the two struts beside its master tab, None where it has no tab at its front.
    """

    struts: tuple[tuple[Point, Point], ...]
    larger: Literal["proximal", "distal"] | None
    tabs: tuple[tuple[int, int] | None, tuple[int, int] | None]


def frame_drawing(setup: LevelSetup) -> FrameDrawing:
    """The drawing of a level's frame.  Angles are those of the real joints; the rings stand straight above each other.

    Source: conventions section 4: +x to the right and +y, away from the front, upwards is the view from +z, proximal.
    """
    proximal, distal = (joints_mm[:, :2] for joints_mm in setup.joints_mm)
    wider_mm = _radius_mm(proximal) - _radius_mm(distal)
    larger: Literal["proximal", "distal"] | None = None
    if abs(wider_mm) >= ONE_SIZE_MM:
        larger = "proximal" if wider_mm > 0.0 else "distal"
    near, far = proximal / _radius_mm(proximal), distal / _radius_mm(distal)
    if larger == "distal":
        near = near * INNER_RING
    else:
        far = far * INNER_RING
    struts = tuple(((float(a[0]), float(a[1])), (float(b[0]), float(b[1]))) for a, b in zip(near, far, strict=True))
    return FrameDrawing(struts, larger, (_tab(proximal), _tab(distal)))


def _radius_mm(joints_mm: Array) -> float:
    """The mean distance of joints (6, 2) from the centre."""
    return float(np.linalg.norm(joints_mm, axis=1).mean())


def _tab(joints_mm: Array) -> tuple[int, int] | None:
    """The struts just left and right of the front as seen from proximal, if they are so near that a tab holds both."""
    degrees = np.degrees(np.arctan2(joints_mm[:, 0], -joints_mm[:, 1]))
    left, right = np.where(degrees < 0.0, degrees, -180.0), np.where(degrees >= 0.0, degrees, 180.0)
    if left.max() < -TAB_DEG or right.min() > TAB_DEG:
        return None
    return int(left.argmax()) + 1, int(right.argmin()) + 1


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

"""How far a size measured on radiographs can be off: standard deviations of what it was made of, and their sum.

`V = J diag(points) J' + scale + turn of the view + floor` (docs/films.md), J by central differences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hexapod.case.film_format import Film, FilmPoint
from hexapod.films.scale import spacing
from hexapod.geometry.transforms import Array

# The names of the contributors, as files and screens have them.
CONTRIBUTORS = ("points", "scale", "turn of the view", "floor")


@dataclass(frozen=True)
class StandardDeviation:
    """One standard deviation, or a least one, with its unit and where it comes from."""

    value: float
    unit: str
    source: str


TRIALS = "trials of this project, `docs/films.md`"
CORTEX_MM = StandardDeviation(0.75, "mm", f"{TRIALS}; PMC9881281")
CORTEX_PX = StandardDeviation(2.0, "px", f"{TRIALS}; PMC9881281")
LEVEL_MM = StandardDeviation(1.0, "mm", f"{TRIALS}; PMC9881281: joint centres and levels")
# A radiograph without a scale: pixels as fine as those of usual detectors, so that a click is not taken for too sure.
PIXEL_WITHOUT_SCALE = StandardDeviation(0.1, "mm/px", "this project's judgement: usual detectors have 0.1 to 0.2")
# A click taken from a proposal is repeatable, and may be wrong alike each time.
SNAPPED_PX = StandardDeviation(2.0, "px", f"{TRIALS}: bias of 0.29 deg under overlap")
SCALE_PERCENT: Mapping[str, StandardDeviation] = {
    "ball": StandardDeviation(2.0, "%", "wedge-ball study 1.48 +/- 0.89 %; ball misplacement 2.0 to 2.6 % in hips"),
    "ruler": StandardDeviation(2.0, "%", "this project's judgement: misplaced in depth like a ball"),
    "header": StandardDeviation(3.0, "%", "this project's judgement, `docs/films.md`"),
    "frame": StandardDeviation(5.0, "%", "this project's judgement: nearer or farther than the bone"),
    "given": StandardDeviation(3.0, "%", "this project's judgement: as a header, where it mostly comes from"),
}
TURNED_DEG = StandardDeviation(5.0, "deg", "controls of s12891-022-05112-3")
# How badly the angle of two axes is known at best, because bones are bowed, and each snapped axis; and a word, because
# rays are not parallel.
AXIS_FLOOR_DEG = StandardDeviation(0.4, "deg", f"{TRIALS}: bowed bone")
WORD_FLOOR_DEG = StandardDeviation(0.25, "deg", f"{TRIALS}: perspective")
WORD_FLOOR_MM = StandardDeviation(0.3, "mm", f"{TRIALS}: perspective")

# Steps of the differences: large against rounding, small against any radiograph (px, and rad or a share).
STEP_PX, STEP_SHARE = 1e-3, 1e-6


def scale_share(film: Film) -> float:
    """SD of the scale as a share of every length: 0.02 for 2 %; 0 without a scale."""
    if film.scale is None:
        return 0.0
    percent = film.scale.sd_percent
    return (SCALE_PERCENT[film.scale.from_].value if percent is None else percent) / 100.0


def turned_sd(film: Film) -> float:
    """SD of the direction of view about the limb, rad."""
    return math.radians(TURNED_DEG.value if film.turned_sd_deg is None else film.turned_sd_deg)


def point_sd_px(film: Film, point: FilmPoint) -> tuple[float, float]:
    """SD of a point to the right and downwards, px: as declared, else by what it is; snapped ones at least 2 px."""
    down_mm, right_mm = spacing(film) if film.scale is not None else (PIXEL_WITHOUT_SCALE.value,) * 2
    if point.sd_px is not None:
        right = down = point.sd_px
    elif ".cortex." in point.name:
        right, down = (max(CORTEX_MM.value / mm, CORTEX_PX.value) for mm in (right_mm, down_mm))
    else:
        right, down = LEVEL_MM.value / right_mm, LEVEL_MM.value / down_mm
    if point.snapped:
        right, down = max(right, SNAPPED_PX.value), max(down, SNAPPED_PX.value)
    return right, down


def jacobian(function: Callable[[Array], Array], at: Array, steps: Array) -> Array:
    """Derivatives (m, n) of a function that takes (k, n) and gives (k, m), by central differences."""
    change = np.diag(steps)
    values = function(np.concatenate([at + change, at - change]))
    n = len(at)
    return np.asarray((values[:n] - values[n:]).T / (2.0 * steps), float)


@dataclass(frozen=True)
class Covariances:
    """The covariance (m, m) that each contributor leaves in m sizes, in their units."""

    points: Array
    scale: Array
    turn: Array
    floor: Array

    @property
    def total(self) -> Array:
        """Their sum."""
        return np.asarray(self.points + self.scale + self.turn + self.floor, float)

    def carried(self, J: Array) -> Covariances:
        """The covariances of sizes that follow from these with derivatives J (k, m)."""
        return Covariances(*(J @ part @ J.T for part in self.parts))

    @property
    def parts(self) -> tuple[Array, Array, Array, Array]:
        """In the order of their names."""
        return self.points, self.scale, self.turn, self.floor

    def sd(self, number: int) -> float:
        """SD of one size."""
        return math.sqrt(self.total[number, number])

    def contributors(self, number: int) -> dict[str, float]:
        """The SD that each contributor alone leaves in one size; their squares add up to that of the SD."""
        return {name: math.sqrt(part[number, number]) for name, part in zip(CONTRIBUTORS, self.parts, strict=True)}


def none(count: int) -> Array:
    """No covariance."""
    return np.zeros((count, count))

"""Evaluation of one radiograph: bone axes by least squares, and distances across and along them, with covariance.

On the plane of a film the first number is to the right, the second up, in millimetres (pixels without a scale), as seen
from where the film says; a mirrored film is turned back first.  Every function takes many variations of the points at
once, because the covariance needs them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hexapod.case.film_format import CORTEX, EDGES, Film, FilmPoint
from hexapod.deformity.quantities import Fragment, Side, lateral_x, moving_end
from hexapod.errors import HexapodError
from hexapod.films.scale import spacing
from hexapod.geometry.transforms import Array

# The names of the contributors, as files and screens have them.
CONTRIBUTORS = ("points", "scale", "turn of the view", "floor")
# An axis needs this many pairs of cortex points; two would fit any line.
LEAST_PAIRS = 3
FRAGMENTS = ("reference", "moving")
# Points of the bone that are the same on every view, beside the centres of joints.
HEIGHTS = ("corresponding", "osteotomy")
# Mid-points within this length make no axis at all.
LEAST_LENGTH_PX = 1.0
# Direction of "right on the film" of a film that is not turned, deg counter-clockwise from +x seen from proximal.
RIGHT_DEG: Mapping[str, float] = {"front": 0.0, "left": 90.0, "back": 180.0, "right": 270.0}
# The names of a bone's edges tell its ends apart where the film shows them from less than this cosine's angle aside.
EDGES_SEEN = 0.3


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
# A snapped point is repeatable, but may be wrong in the same way each time.
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


def right_on_film(film: Film) -> float:
    """Direction of "right on the film", rad counter-clockwise from +x seen from proximal (+x patient's left)."""
    return math.radians(RIGHT_DEG[film.seen_from] + film.turned_deg)


@dataclass(frozen=True)
class AxisLine:
    """Lines on a film, for many variations: a point on each and its unit direction, (k, 2) each."""

    point: Array
    direction: Array

    @property
    def right(self) -> Array:
        """The unit direction (k, 2) to the right of the line's own, as seen along it."""
        return np.stack([self.direction[:, 1], -self.direction[:, 0]], axis=-1)


@dataclass(frozen=True)
class FilmPlane:
    """The points of a film on its plane, (k, 2) each by name, and the two bone axes, directed proximally.

    `count` is k, the number of variations.
    """

    count: int
    at: Mapping[str, Array]
    reference: AxisLine | None
    moving: AxisLine | None


class ReadFilm:
    """A film with its points as arrays: `read` gives sizes from them, with what makes them uncertain.

    Raises:
        HexapodError: the mid-points of a fragment stand in one place, or the scale has no length.
    """

    def __init__(self, film: Film, side: Side, reference: Fragment) -> None:
        self.film, self.side = film, side
        self._names = [point.name for point in film.points]
        self._up = -moving_end(reference)  # from the moving to the reference fragment, counted proximally
        self.pairs = {fragment: self._complete_pairs(fragment) for fragment in FRAGMENTS}
        sd_px = np.array([point_sd_px(film, point) for point in film.points], float).reshape(-1)
        # The tilts of the two axes follow the points in each row: the error that bowed bones add to the points.
        self._at = np.append(np.array([point.at_px for point in film.points], float).reshape(-1), [0.0, 0.0])
        self._steps = np.append(np.full(len(sd_px), STEP_PX), [STEP_SHARE] * 2)
        self.warnings: list[str] = []
        self.directed = False
        self._proximal = self._find_proximal()
        self._variance = np.append(sd_px**2, [0.0, 0.0])
        self._tilt_variance = self._floor_of_axes()
        for fragment in FRAGMENTS:
            if self.axis(fragment) is not None and self.length_of_axis(fragment) < LEAST_LENGTH_PX * max(spacing(film)):
                raise HexapodError(
                    f"{film.id}: the pairs of cortex points of the {fragment} fragment stand in one place and give no "
                    "axis: spread them along the bone."
                )

    def read(self, sizes: Callable[[FilmPlane], Array], millimetres: Array) -> tuple[Array, Covariances]:
        """Sizes (m,) computed by a function (k, m) on the plane, and their covariance; NaN where undefined.

        `millimetres` (m,) is 1 for a length, which the scale touches, and 0 for an angle or a ratio.
        """
        found = sizes(self.plane(self._at[None]))[0]
        J = jacobian(lambda varied: sizes(self.plane(varied)), self._at, self._steps)
        scaled = found * millimetres * scale_share(self.film)
        floor = J[:, -2:] * self._tilt_variance @ J[:, -2:].T
        return found, Covariances(
            points=J * self._variance @ J.T, scale=np.outer(scaled, scaled), turn=none(len(found)), floor=floor
        )

    @property
    def nominal(self) -> FilmPlane:
        """The plane with the points as they were placed, one row each."""
        return self.plane(self._at[None])

    def plane(self, varied: Array) -> FilmPlane:
        """The plane of every row (k, 2 n + 2) of pixels and of tilts of the two axes in rad."""
        px = varied[:, :-2].reshape(len(varied), -1, 2)
        down_mm, right_mm = spacing(self.film)
        columns = self.film.columns - px[..., 0] if self.film.mirrored else px[..., 0]
        on_plane = np.stack([columns * right_mm, -px[..., 1] * down_mm], axis=-1)
        at = {name: on_plane[:, number] for number, name in enumerate(self._names)}
        axes = [
            None if lines is None else _tilted(lines, varied[:, number])
            for number, lines in ((-2, self._axis(at, "reference")), (-1, self._axis(at, "moving")))
        ]
        reference, moving = axes
        if reference is not None:
            reference = _directed(reference, self._proximal)
        if moving is not None:
            # An angulation is below 80 deg on every view, so both axes point to the same side.
            moving = _directed(moving, self._proximal if reference is None else reference.direction)
        return FilmPlane(len(varied), at, reference, moving)

    def axis(self, fragment: str) -> AxisLine | None:
        """The axis of a fragment as placed; None without enough pairs."""
        plane = self.nominal
        return plane.reference if fragment == "reference" else plane.moving

    def length_of_axis(self, fragment: str) -> float:
        """How far apart the outermost mid-points of a fragment's pairs lie, in the unit of the plane."""
        line, at = self.axis(fragment), self.nominal.at
        if line is None:
            return 0.0
        middles = np.array([(at[one] + at[other])[0] / 2.0 for one, other in self.pairs[fragment]])
        return float(np.ptp(middles @ line.direction[0]))

    def levels(self) -> dict[str, tuple[float, float]]:
        """Heights along the reference axis from the origin, mm, with SD: of points that other views have, too."""
        names = [name for name in self._names if name in HEIGHTS or name.endswith(".centre")]
        if not names or "origin" not in self._names or self.film.scale is None or not self.directed:
            return {}
        if self.nominal.reference is None:
            return {}

        def heights(plane: FilmPlane) -> Array:
            assert plane.reference is not None
            up = plane.reference.direction
            return np.stack([((plane.at[name] - plane.at["origin"]) * up).sum(axis=-1) for name in names], axis=-1)

        found, covariances = self.read(heights, np.ones(len(names)))
        return {name: (float(found[number]), covariances.sd(number)) for number, name in enumerate(names)}

    def pixels(self, on_plane: Array) -> Array:
        """A point (2,) of the plane in stored pixels."""
        down_mm, right_mm = spacing(self.film)
        column = on_plane[0] / right_mm
        return np.array([self.film.columns - column if self.film.mirrored else column, -on_plane[1] / down_mm])

    def _complete_pairs(self, fragment: str) -> list[tuple[str, str]]:
        """The names of the two points of every pair of a fragment that has both."""
        one, other = EDGES[self.film.view]
        numbers = {match[2] for name in self._names if (match := CORTEX.fullmatch(name)) and match[1] == fragment}
        pairs = [(f"{fragment}.cortex.{n}.{one}", f"{fragment}.cortex.{n}.{other}") for n in sorted(numbers)]
        return [pair for pair in pairs if pair[0] in self._names and pair[1] in self._names]

    def _axis(self, at: Mapping[str, Array], fragment: str) -> AxisLine | None:
        """The undirected axis of a fragment: least squares, square to the line, through the mid-points of its pairs."""
        pairs = self.pairs[fragment]
        if len(pairs) < LEAST_PAIRS:
            return None
        middles = np.stack([(at[one] + at[other]) / 2.0 for one, other in pairs], axis=1)
        centre = middles.mean(axis=1)
        x, y = np.moveaxis(middles - centre[:, None], -1, 0)
        angle = 0.5 * np.arctan2(2.0 * (x * y).sum(axis=1), (x * x - y * y).sum(axis=1))
        return AxisLine(centre, np.stack([np.cos(angle), np.sin(angle)], axis=-1))

    def _find_proximal(self) -> Array:
        """The unit vector (2,) on the plane that the bones' axes agree with when they point proximally.

        Decided by the places of the two fragments, for a single one by the names of its edges.
        """
        film = self.film
        self._proximal = np.array([0.0, 1.0])
        plane = self.nominal
        fragment, line = ("moving", plane.moving) if plane.reference is None else ("reference", plane.reference)
        if line is None:
            return self._proximal
        one, other = EDGES[film.view]
        across = np.sum([(plane.at[a] - plane.at[b])[0] for a, b in self.pairs[fragment]], axis=0)
        phi = right_on_film(film)
        seen = -lateral_x(self.side) * math.cos(phi) if film.view == "ap" else -math.sin(phi)
        by_edges = float(line.right[0] @ across) * seen if abs(seen) >= EDGES_SEEN else 0.0
        by_fragments = 0.0
        if plane.reference is not None and plane.moving is not None:
            apart = plane.reference.point[0] - plane.moving.point[0]
            by_fragments = float(apart @ line.direction[0]) * self._up
        if by_fragments * by_edges < 0.0:
            self.warnings.append(
                f"{film.id}: the points named {one} lie on the {other} side of the {fragment} fragment as the "
                "radiograph is said to be seen: check side, seen_from, mirrored, which fragment is the reference, and "
                "the names of the points."
            )
        decided = by_fragments or by_edges
        self.directed = decided != 0.0
        return np.asarray(line.direction[0] * (-1.0 if decided < 0.0 else 1.0), float)

    def _floor_of_axes(self) -> Array:
        """The variance (2,) of tilt, rad, that each axis has beside that of its points, so that it has the least."""
        nominal = self.nominal

        def tilts(plane: FilmPlane) -> Array:
            pairs = ((plane.reference, nominal.reference), (plane.moving, nominal.moving))
            found = [
                np.zeros(plane.count)
                if line is None or at_first is None
                else -np.arctan2((line.direction * at_first.right).sum(axis=-1), line.direction @ at_first.direction[0])
                for line, at_first in pairs
            ]
            return np.stack(found, axis=-1)

        J = jacobian(lambda varied: tilts(self.plane(varied)), self._at, self._steps)
        least = [math.radians(self._least_sd_deg(fragment)) ** 2 for fragment in FRAGMENTS]
        return np.maximum(0.0, least - np.diag(J * self._variance @ J.T))

    def _least_sd_deg(self, fragment: str) -> float:
        """The least SD of an axis: the whole floor when it was snapped, else half of what perspective leaves of it.

        So the angle of two axes has at least the floor's SD, its own share of perspective included.
        """
        placed = {name for pair in self.pairs[fragment] for name in pair}
        snapped = any(point.snapped for point in self.film.points if point.name in placed)
        if snapped:
            return AXIS_FLOOR_DEG.value
        return math.sqrt((AXIS_FLOOR_DEG.value**2 - WORD_FLOOR_DEG.value**2) / 2.0)


def _directed(line: AxisLine, towards: Array) -> AxisLine:
    along = (line.direction * towards).sum(axis=-1)
    return AxisLine(line.point, line.direction * np.where(along < 0.0, -1.0, 1.0)[:, None])


def _tilted(line: AxisLine, tilt: Array) -> AxisLine:
    """The line turned about its point by `tilt` (k,) rad, counter-clockwise."""
    cosine, sine = np.cos(tilt)[:, None], np.sin(tilt)[:, None]
    return AxisLine(line.point, cosine * line.direction - sine * line.right)

"""The deformity from the views: angulations and translations of both radiographs solved together, with covariance.

On each radiograph the moving axis is tilted by the tangent `t_i = cos f_i t_x + sin f_i t_y`; f_i is the direction of
"right on the film" (docs/films.md); the displacement of the corresponding point follows the same law.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Fragment, Pair, Side, lateral_x, moving_end
from hexapod.errors import HexapodError
from hexapod.films import film_reading as e
from hexapod.films.film_reading import Covariances, FilmPlane, ReadFilm, right_on_film
from hexapod.geometry.transforms import Array

# Two views nearer to each other make errors too large: 1.15 times at 60 deg, 2 at 30 deg.
LEAST_BETWEEN_VIEWS_DEG = 45.0
# Two directions of view that differ by less than this sine are the same one.
SAME_VIEW = 1e-9
SLOPE, ACROSS, ALONG = range(3)
MILLIMETRES = np.array([0.0, 1.0, 1.0])
AGREE_SD = 2.0  # values that differ by more standard deviations than this are reported


@dataclass(frozen=True)
class MeasuredSize:
    """One measured quantity: its pair of words, signed value, SD, and the radiographs and contributors behind it."""

    pair: Pair
    signed: float
    sd: float
    films: tuple[str, ...]
    contributors: dict[str, float]

    @property
    def word(self) -> str:
        """The direction word; the positive one for a size of zero."""
        return self.pair.negative if self.signed <= -w.ZERO else self.pair.positive

    @property
    def size(self) -> float:
        """The size, in the unit of its word."""
        return abs(self.signed)


@dataclass(frozen=True)
class MeasuredDeformity:
    """The quantities determined by the radiographs, and the covariance (n, n) of their signed sizes (deg and mm)."""

    sizes: tuple[MeasuredSize, ...]
    covariance: Array
    warnings: tuple[str, ...]

    def of(self, pair: Pair) -> int | None:
        """The number of a quantity among the sizes."""
        return next((number for number, size in enumerate(self.sizes) if size.pair is pair), None)


def film_values(plane: FilmPlane) -> Array:
    """The values of one radiograph (k, 3): tangent of the angulation, and mm across and along; NaN where not.

    All three are counted from the reference axis directed proximally: to the right of it, and along it.
    """
    values = np.full((plane.count, 3), np.nan)
    reference, moving = plane.reference, plane.moving
    if reference is None:
        return values
    if moving is not None:
        right = (moving.direction * reference.right).sum(axis=-1)
        # Square to the reference axis it has no size; the limit of its word refuses it.
        with np.errstate(divide="ignore"):
            values[:, SLOPE] = right / (moving.direction * reference.direction).sum(axis=-1)
    if "origin" in plane.at and "corresponding" in plane.at:
        apart = plane.at["corresponding"] - plane.at["origin"]
        values[:, ACROSS] = (apart * reference.right).sum(axis=-1)
        values[:, ALONG] = (apart * reference.direction).sum(axis=-1)
    return values


def measured_deformity(films: Sequence[ReadFilm], side: Side, reference: Fragment) -> MeasuredDeformity:
    """The quantities of a deformity that the films tell.

    Raises:
        HexapodError: two films less than 45 deg apart, or a size beyond the limits of its word.
    """
    return _Solution(films, side, reference).deformity()


class _Solution:
    """The values of all films in one row, and the quantities that follow from them with their derivatives."""

    def __init__(self, films: Sequence[ReadFilm], side: Side, reference: Fragment) -> None:
        self.films = films
        self.lat, self.far = lateral_x(side), moving_end(reference)
        self.phi = np.array([right_on_film(film.film) for film in films])
        read = [film.read(film_values, MILLIMETRES) for film in films]
        self.values = np.stack([found for found, _ in read])
        for number, film in enumerate(films):
            if film.film.scale is None:
                self.values[number, [ACROSS, ALONG]] = np.nan
            if not film.directed:
                self.values[number, [ACROSS, ALONG]] = np.nan
        self.covariances = [covariances for _, covariances in read]
        self.warnings: list[str] = []
        self.rows: list[tuple[Pair, float, list[int], Array, Array]] = []

    def deformity(self) -> MeasuredDeformity:
        """The measured deformity."""
        lean = (self.far * self.lat, self.far)  # signs of tan(valgus) and tan(apex anterior) in the slopes
        self._across(SLOPE, (w.AP_ANGULATION, w.LATERAL_ANGULATION), lean)
        self._across(ACROSS, (w.AP_TRANSLATION, w.LATERAL_TRANSLATION), (self.lat, 1.0))
        self._along()
        self.rows.sort(key=lambda row: w.DEFORMITY.index(row[0]))
        count = len(self.rows)
        J = np.stack([row[3] for row in self.rows]) if count else np.zeros((0, self.values.size))
        J_turn = np.stack([row[4] for row in self.rows]) if count else np.zeros((0, len(self.films)))
        floors = [e.WORD_FLOOR_DEG.value if row[0].unit == "deg" else e.WORD_FLOOR_MM.value for row in self.rows]
        turns = np.array([e.turned_sd(film.film) ** 2 for film in self.films])
        carried = self._of_all_films().carried(J)
        total = Covariances(
            points=carried.points,
            scale=carried.scale,
            turn=J_turn * turns @ J_turn.T,
            floor=carried.floor + np.diag(np.square(floors)),
        )
        sizes = []
        for number, (pair, signed, used, _, _) in enumerate(self.rows):
            names = tuple(self.films[one].film.id for one in used)
            size = MeasuredSize(pair, signed, total.sd(number), names, total.contributors(number))
            pair.check(size.word, size.size)
            sizes.append(size)
        return MeasuredDeformity(tuple(sizes), total.total, tuple(self.warnings))

    def _of_all_films(self) -> Covariances:
        """The covariances of all values in one row: radiographs are independent; a missing value has none."""
        whole = Covariances(*(e.none(self.values.size) for _ in range(4)))
        for number, covariances in enumerate(self.covariances):
            place = slice(3 * number, 3 * number + 3)
            for part, own in zip(whole.parts, covariances.parts, strict=True):
                part[place, place] = np.nan_to_num(own)
        return whole

    def _weights(self, usable: list[int], which: int) -> Array:
        """One over the variance of a value on each film; that of a word's floor keeps exact points finite."""
        floor = (math.radians(e.WORD_FLOOR_DEG.value) if which == SLOPE else e.WORD_FLOOR_MM.value) ** 2
        return np.array([1.0 / (self.covariances[film].total[which, which] + floor) for film in usable])

    def _films_with(self, which: int) -> list[int]:
        return [film for film in range(len(self.films)) if math.isfinite(self.values[film, which])]

    def _across(self, which: int, pairs: tuple[Pair, Pair], signs: tuple[float, float]) -> None:
        """Both quantities across the bone, from the films that have the value."""
        usable = self._films_with(which)
        if not usable:
            return
        phi, values, weights = self.phi[usable], self.values[usable, which], self._weights(usable, which)
        directions = self._directions(usable)
        G = _solved(phi, weights, directions)
        self._contradictions(usable, which, pairs, signs, directions, G)
        for row, direction in enumerate(directions):
            x = float(G[row] @ values)
            signed, slope = signs[direction] * x, signs[direction]
            if which == SLOPE:
                signed, slope = math.degrees(math.atan(signed)), math.degrees(signs[direction] / (1.0 + x * x))
            J, J_turn = np.zeros(self.values.size), np.zeros(len(self.films))
            alone = len(directions) == 1
            used = [number for number in range(len(usable)) if abs(G[row, number]) > SAME_VIEW]
            for number, film in enumerate(usable):
                J[3 * film + which] = slope * G[row, number]
                if not alone:
                    step = np.where(np.arange(len(usable)) == number, e.STEP_SHARE, 0.0)
                    apart = (_solved(phi + step, weights, directions) - _solved(phi - step, weights, directions))[row]
                    J_turn[film] = slope * float(apart @ values) / (2.0 * e.STEP_SHARE)
            self.rows.append((pairs[direction], signed, [usable[number] for number in used], J, J_turn))
            if alone:
                self.warnings.append(
                    f"{pairs[direction].quantity}: one view alone; what a turn of the limb in it would change is not "
                    "in the SD, because that depends on the other view."
                )

    def _contradictions(
        self,
        usable: list[int],
        which: int,
        pairs: tuple[Pair, Pair],
        signs: tuple[float, float],
        directions: list[int],
        G: Array,
    ) -> None:
        """Warn of radiographs that contradict the others, each with what those give on its view, the farthest first.

        A film's difference from the others is its residual against the solution, over the share of it that is left.
        """
        phi, values, weights = self.phi[usable], self.values[usable, which], self._weights(usable, which)
        A, across = (np.stack(pair, axis=-1)[:, directions] for pair in _components(phi))
        R = np.eye(len(usable)) - A @ G
        turns = np.array([e.turned_sd(self.films[film].film) for film in usable]) * (across @ (G @ values))
        sd = np.sqrt(np.diag(R * (1.0 / weights + np.square(turns)) @ R.T))
        redundant = np.diag(R) > SAME_VIEW
        ratio = np.where(redundant, np.abs(R @ values) / np.where(redundant, sd, 1.0), 0.0)
        named: set[int] = set()
        # Radiographs that differ by the same number of SD keep their own order, whatever the rounding.
        for number in np.argsort(-np.round(ratio, 6), kind="stable"):
            if not directions or ratio[number] <= AGREE_SD or number in named:
                continue
            others = [one for one in range(len(usable)) if one != number and abs(R[number, one]) > SAME_VIEW]
            named.update((number, *others))
            others_give = values[number] - float(R[number] @ values) / R[number, number]
            quantity, in_words = _on_view(phi[number], pairs, signs)
            one = self.films[usable[number]].film.id
            rest = " and ".join(self.films[usable[other]].film.id for other in others)
            self.warnings.append(
                f"{one} contradicts {rest} in the {quantity}: {one} shows {in_words(values[number])}, {rest} "
                f"{in_words(others_give)}, more than {AGREE_SD:g} SD apart; the size between them is that of neither. "
                "Check seen_from, turned_deg, scales and points, or leave a radiograph out."
            )

    def _directions(self, usable: list[int]) -> list[int]:
        """Which of x (0) and y (1) the views determine.  Raises HexapodError for two views too near each other."""
        phi = self.phi[usable]
        apart = {
            pair: abs(math.sin(phi[pair[0]] - phi[pair[1]])) for pair in itertools.combinations(range(len(usable)), 2)
        }
        widest = max(apart, key=lambda pair: apart[pair], default=None)
        if widest is None or apart[widest] <= SAME_VIEW:
            seen = [abs(math.sin(phi[0])) <= SAME_VIEW, abs(math.cos(phi[0])) <= SAME_VIEW]
            if not any(seen):
                film = self.films[usable[0]].film
                self.warnings.append(
                    f"{film.id} is turned by {film.turned_deg:g} deg and there is no other view: neither AP nor "
                    "lateral sizes follow from it alone."
                )
            return [direction for direction in (0, 1) if seen[direction]]
        if apart[widest] < math.sin(math.radians(LEAST_BETWEEN_VIEWS_DEG)) - SAME_VIEW:
            one, other = (self.films[usable[number]].film.id for number in widest)
            degrees = math.degrees(math.asin(apart[widest]))
            raise HexapodError(
                f"The radiographs {one} and {other} are {degrees:.0f} deg apart; the two views must be at least "
                f"{LEAST_BETWEEN_VIEWS_DEG:g} deg apart. Take another radiograph, or leave one of them out."
            )
        return [0, 1]

    def _along(self) -> None:
        """The axial translation: the mean of the films that have scale and points, weighted by their SD."""
        usable = self._films_with(ALONG)
        if not usable:
            return
        weights = self._weights(usable, ALONG)
        share = weights / weights.sum()
        values = self.values[usable, ALONG]
        J = np.zeros(self.values.size)
        for number, film in enumerate(usable):
            J[3 * film + ALONG] = -self.far * share[number]
        signed = -self.far * float(share @ values)
        self.rows.append((w.AXIAL_TRANSLATION, signed, usable, J, np.zeros(len(self.films))))


def _components(phi: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """The direction of "right on the film" along x and y, and its derivative by the turn of the view."""
    return (np.cos(phi), np.sin(phi)), (-np.sin(phi), np.cos(phi))


def _on_view(phi: float, pairs: tuple[Pair, Pair], signs: tuple[float, float]) -> tuple[str, Callable[[float], str]]:
    """The name of a quantity as a view shows it, and what says a value: in words of an AP or lateral view, else right.

    Of a slope the value is a tangent, of a length mm.
    """
    unit = pairs[0].unit
    quantity, positive, negative, sign = pairs[0].quantity.partition(" ")[2], "to the right", "to the left", 1.0
    for pair, slope, component in zip(pairs, signs, (math.cos(phi), math.sin(phi)), strict=True):
        if abs(component) >= 1.0 - SAME_VIEW:
            positive, negative = (word.rpartition("_")[0].replace("_", " ") for word in (pair.positive, pair.negative))
            quantity, sign = pair.quantity, math.copysign(slope, slope * component)

    def in_words(value: float) -> str:
        size = sign * (math.degrees(math.atan(value)) if unit == "deg" else value)
        return f"{abs(size):.1f} {unit} {negative if size <= -w.ZERO else positive}"

    return quantity, in_words


def _solved(phi: Array, weights: Array, directions: Sequence[int]) -> Array:
    """The matrix (d, n) that takes values on n films to those along x and y, least squares with weights."""
    A = np.stack(_components(phi)[0], axis=-1)[:, directions]
    return (
        np.asarray(np.linalg.solve(A.T * weights @ A, A.T * weights), float) if directions else np.zeros((0, len(phi)))
    )

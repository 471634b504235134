"""What should be looked at again on radiographs: sentences for whoever placed the points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from hexapod.case.film_format import CORTEX, MeasuredWith
from hexapod.films import film_reading as e
from hexapod.films.deformity_words import AGREE_SD
from hexapod.films.film_reading import FRAGMENTS, LEAST_PAIRS, ReadFilm, point_sd_px
from hexapod.films.scale import WAYS_AGREE, mm_per_px_by_points, spacing

# An axis through pairs of cortex points over less than this length is warned about (docs/films.md).
SHORT_AXIS_MM = 60.0
# A pair whose middle lies off its axis by more SDs than this is warned about: one in 370 by chance.
OFF_AXIS_SD = 3.0
# The point of each fragment whose place beside its bone is looked at.
POINT_OF = {"reference": "origin", "moving": "corresponding"}


def of_one_film(read: ReadFilm) -> list[str]:
    """Warnings about the points of one radiograph, for whoever placed them."""
    film, warnings = read.film, []
    outside = [p.name for p in film.points if not (0 <= p.at_px[0] <= film.columns and 0 <= p.at_px[1] <= film.rows)]
    if outside:
        warnings.append(
            f"{film.id}: {', '.join(outside)} outside the radiograph of {film.columns} x {film.rows} pixels."
        )
    for fragment in FRAGMENTS:
        line, pairs = read.axis(fragment), read.pairs[fragment]
        names = [p.name for p in film.points if (match := CORTEX.fullmatch(p.name)) and match[1] == fragment]
        if names and line is None:
            warnings.append(
                f"{film.id}: the axis of the {fragment} fragment needs {LEAST_PAIRS} pairs of cortex points with both "
                f"edges; there are {len(pairs)}."
            )
        if line is not None and film.scale is not None and (length := read.length_of_axis(fragment)) < SHORT_AXIS_MM:
            warnings.append(
                f"{film.id}: the cortex points of the {fragment} fragment are only {length:.0f} mm apart; its axis is "
                f"surer over {SHORT_AXIS_MM:g} mm."
            )
        if line is not None and not read.directed:
            warnings.append(f"{film.id}: nothing tells which end of the {fragment} fragment is proximal.")
        warnings += _of_an_axis(read, fragment)
    if film.scale is not None and ("origin" in read.nominal.at) != ("corresponding" in read.nominal.at):
        placed, missing = ("origin", "corresponding")[:: 1 if "origin" in read.nominal.at else -1]
        warnings.append(
            f"{film.id}: {said(placed)} is placed and {said(missing)} is not: without both it tells no translation."
        )
    if film.scale is not None and film.scale.from_ == "frame":
        warnings.append(f"{film.id}: the frame gives the scale, and is nearer or farther than the bone.")
    by_points = mm_per_px_by_points(film)
    used = spacing(film)[1]
    if math.isfinite(by_points) and abs(by_points - used) > WAYS_AGREE * min(by_points, used):
        warnings.append(
            f"{film.id}: the points of its scale give {by_points:.4g} mm per pixel, mm_per_px says {used:.4g}: check "
            "true_mm and the points."
        )
    return warnings


def _of_an_axis(read: ReadFilm, fragment: str) -> list[str]:
    """A pair whose middle is not on the line of the others, and a point that stands far beside its own bone."""
    line, film, at = read.axis(fragment), read.film, read.nominal.at
    if line is None:
        return []
    unit, warnings = "px" if film.scale is None else "mm", []
    ends = np.array([[at[name][0] for name in pair] for pair in read.pairs[fragment]])
    right, along = line.right[0], (ends.mean(axis=1) - line.point[0]) @ line.direction[0]
    off = (ends.mean(axis=1) - line.point[0]) @ right
    left = 1.0 - 1.0 / len(off) - along**2 / (along @ along)  # share of a pair's own error that the line leaves
    sd = np.sqrt((_sd_of_middles(read, fragment, right) ** 2 + _perspective(film.scale is not None) ** 2) * left)
    worst = int(np.argmax(np.abs(off) / np.maximum(sd, 1e-9)))
    if abs(off[worst]) > OFF_AXIS_SD * sd[worst]:
        number = read.pairs[fragment][worst][0].split(".")[2]
        warnings.append(
            f"{film.id}: the middle of pair {number} of the {fragment} fragment lies {abs(off[worst]):.1f} {unit} off "
            f"the axis, more than {OFF_AXIS_SD:g} SD: one of the pairs is misplaced, or the bone is bowed. Look at "
            "them again, or take the pairs from a straighter part."
        )
    width = float(np.median(np.abs((ends[:, 0] - ends[:, 1]) @ right)))
    apart = abs(float((at[POINT_OF[fragment]][0] - line.point[0]) @ right)) if POINT_OF[fragment] in at else 0.0
    if apart > width:
        warnings.append(
            f"{film.id}: {said(POINT_OF[fragment])} lies {apart:.0f} {unit} beside the axis of the {fragment} "
            f"fragment, whose bone is {width:.0f} {unit} wide: look whether it is where it was meant to be."
        )
    return warnings


def _sd_of_middles(read: ReadFilm, fragment: str, right: np.ndarray) -> np.ndarray:
    """SD of the middle of each pair across the axis, in the unit of the plane."""
    down_mm, right_mm = spacing(read.film)
    sds = {point.name: point_sd_px(read.film, point) for point in read.film.points}
    across = {name: math.hypot(x * right_mm * right[0], y * down_mm * right[1]) for name, (x, y) in sds.items()}
    return np.array([math.hypot(across[one], across[other]) / 2.0 for one, other in read.pairs[fragment]])


def _perspective(scaled: bool) -> float:
    """The SD that rays which are not parallel leave in a length, mm, or px of a radiograph without a scale."""
    return e.WORD_FLOOR_MM.value / (1.0 if scaled else e.PIXEL_WITHOUT_SCALE.value)


def of_dates(measured: MeasuredWith) -> list[str]:
    """The warning that radiographs of different days are measured together."""
    days: dict[str, list[str]] = {}
    for film in measured.films:
        if film.date is not None:
            days.setdefault(film.date, []).append(film.id)
    if len(days) < 2:
        return []
    text = ", ".join(f"{' and '.join(names)} of {day}" for day, names in sorted(days.items()))
    return [
        f"Radiographs of different days are measured as one: {text}. If the bone or the frame has moved between them, "
        "measure each day by itself."
    ]


def of_scales(read: Sequence[ReadFilm]) -> list[str]:
    """Heights along the reference axis that two films with a scale show differently, beyond two SD."""
    warnings = []
    for one, other in itertools.combinations(read, 2):
        for name in one.levels().keys() & other.levels().keys():
            (a, sd_a), (b, sd_b) = one.levels()[name], other.levels()[name]
            if abs(a - b) > AGREE_SD * math.sqrt(sd_a**2 + sd_b**2 + 2.0 * e.WORD_FLOOR_MM.value**2):
                warnings.append(
                    f"{said(name).capitalize()} lies {_height(a)} of the origin on {one.film.id}, {_height(b)} on "
                    f"{other.film.id}, more than {AGREE_SD:g} SD apart. Check that it and the origin are the same "
                    "places of the bone on both radiographs, and the scales."
                )
    return sorted(warnings)


def said(name: str) -> str:
    """A point that several views have, in a sentence.

    >>> said("corresponding"), said("joint.proximal_tibia.centre")
    ('the corresponding point', 'the proximal tibia')
    """
    point = "corresponding point" if name == "corresponding" else name
    return "the " + point.removeprefix("joint.").removesuffix(".centre").replace("_", " ")


def _height(mm: float) -> str:
    return f"{abs(mm):.1f} mm {'distal' if mm < 0.0 else 'proximal'}"

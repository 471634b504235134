"""measure: from a document with points on radiographs to words with standard deviations, alignment and CORA."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError, model_validator

from hexapod.case.field_types import Strict
from hexapod.case.files import check_texts, read_case
from hexapod.case.film_format import CORTEX, MeasuredWith, check_limb
from hexapod.case.level_parts import Bone
from hexapod.case.model import FORMAT, Case, no_such_hexapod
from hexapod.case.validation_messages import case_error
from hexapod.deformity.quantities import Fragment, Side
from hexapod.errors import CaseError, HexapodError
from hexapod.films import film_reading as e
from hexapod.films.alignment import alignment
from hexapod.films.cora import cora_of_films, oblique_plane
from hexapod.films.deformity_words import AGREE_SD, MeasuredDeformity, measured_deformity
from hexapod.films.film_reading import FRAGMENTS, LEAST_PAIRS, ReadFilm
from hexapod.films.scale import WAYS_AGREE, mm_per_px_by_points, spacing

# An axis through pairs of cortex points over less than this length is told (docs/films.md).
SHORT_AXIS_MM = 60.0


class MeasuredLimb(Strict):
    """Which limb the films show; the bone, where angles to its anatomical axes are wanted."""

    side: Side
    bone: Bone | None = None
    child: bool = False


class MeasuringDocument(Strict):
    """A document of its own for `hexapod measure`: limb, reference fragment and films."""

    limb: MeasuredLimb
    reference: Literal["proximal", "distal"]
    measured_with: MeasuredWith

    @model_validator(mode="after")
    def _films_of_the_limb(self) -> MeasuringDocument:
        check_limb(self.measured_with, self.limb.side, "measured_with")
        return self


@dataclass(frozen=True)
class FilmMeasurement:
    """What the films of a level tell; `warnings` are sentences for whoever placed the points."""

    deformity: MeasuredDeformity
    alignment: list[dict[str, Any]]
    cora: list[dict[str, Any]]
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """The JSON value that the command prints (docs/films.md)."""
        results = [
            {
                "word": f"deformity.{size.word}",
                "size": size.size,
                "sd": size.sd,
                "films": list(size.films),
                "contributors": size.contributors,
            }
            for size in self.deformity.sizes
        ]
        told = {"warnings": list(self.warnings)} if self.warnings else {}
        return {"results": results, "alignment": self.alignment, "cora": self.cora, **told}


def measure(document: dict[str, Any] | Case, level: int = 0) -> dict[str, Any]:
    """What the points on radiographs tell: words with SD, films and contributors, alignment angles, and CORA.

    `document` is `{"limb": {"side": ...}, "reference": ..., "measured_with": {...}}` (docs/films.md), or a case, of
    which `level` (from 0) is measured.  The key `warnings` is there only when there is something to say: sentences for
    whoever placed the points.

    Raises:
        CaseError: the document is not one, naming every problem.
        HexapodError: the films cannot be measured together.
    """
    return measurement_of(document, level).document()


def measurement_of(document: Any, level: int = 0) -> FilmMeasurement:
    """`measure` with the covariance of the sizes."""
    if isinstance(document, Case):
        return _of_case(document, level)
    if isinstance(document, dict) and ("levels" in document or document.get("format") == FORMAT):
        return _of_case(read_case(document), level)
    if level:
        raise HexapodError("Only a case has several hexapods: leave the number of the hexapod out.")
    asked = read_measuring_document(document)
    return measure_films(asked.measured_with, asked.limb.side, asked.reference, asked.limb.bone)


def _of_case(case: Case, number: int) -> FilmMeasurement:
    if not 0 <= number < len(case.levels):
        raise HexapodError(no_such_hexapod(case, number))
    level = case.levels[number]
    if level.measured_with is None:
        raise HexapodError(f"Hexapod {number + 1} has no measured_with: no points on radiographs are in the case.")
    return measure_films(level.measured_with, case.limb.side, level.reference, case.limb.bone)


def read_measuring_document(value: Any) -> MeasuringDocument:
    """The document in a JSON value.  Raises CaseError naming every problem."""
    if not isinstance(value, dict):
        raise CaseError("A file to be measured holds one object in braces { }: limb, reference, measured_with.")
    check_texts(value)
    try:
        return MeasuringDocument.model_validate(value)
    except ValidationError as error:
        raise case_error(error, value, MeasuringDocument) from error


def measure_films(measured: MeasuredWith, side: Side, reference: Fragment, bone: Bone | None = None) -> FilmMeasurement:
    """What the films of a level tell of its deformity, of alignment and of CORA.

    Raises:
        HexapodError: two films less than 45 deg apart, a scale without length, or a size beyond the limits of its word.
    """
    read = [ReadFilm(film, side, reference) for film in measured.films]
    deformity = measured_deformity(read, side, reference)
    cora = cora_of_films(read, side)
    oblique = oblique_plane(deformity)
    warnings = [warning for film in read for warning in [*film.warnings, *_of_one_film(film)]]
    warnings += [*_of_dates(measured), *_of_scales(read), *deformity.warnings]
    return FilmMeasurement(
        deformity=deformity,
        alignment=alignment(read, side, reference, bone),
        cora=[*cora, *([] if oblique is None else [oblique])],
        warnings=tuple(warnings),
    )


def _of_one_film(read: ReadFilm) -> list[str]:
    """What whoever placed the points on a film should know of them."""
    film, told = read.film, []
    outside = [p.name for p in film.points if not (0 <= p.at_px[0] <= film.columns and 0 <= p.at_px[1] <= film.rows)]
    if outside:
        told.append(f"{film.id}: {', '.join(outside)} outside the radiograph of {film.columns} x {film.rows} pixels.")
    for fragment in FRAGMENTS:
        line, pairs = read.axis(fragment), read.pairs[fragment]
        names = [p.name for p in film.points if (match := CORTEX.fullmatch(p.name)) and match[1] == fragment]
        if names and line is None:
            told.append(
                f"{film.id}: the axis of the {fragment} fragment needs {LEAST_PAIRS} pairs of cortex points with both "
                f"edges; there are {len(pairs)}."
            )
        if line is not None and film.scale is not None and (length := read.length_of_axis(fragment)) < SHORT_AXIS_MM:
            told.append(
                f"{film.id}: the cortex points of the {fragment} fragment are only {length:.0f} mm apart; its axis is "
                f"surer over {SHORT_AXIS_MM:g} mm."
            )
        if line is not None and not read.directed:
            told.append(f"{film.id}: nothing tells which end of the {fragment} fragment is proximal.")
    if film.scale is not None and film.scale.from_ == "frame":
        told.append(f"{film.id}: the frame gives the scale, and is nearer or farther than the bone.")
    by_points = mm_per_px_by_points(film)
    used = spacing(film)[1]
    if math.isfinite(by_points) and abs(by_points - used) > WAYS_AGREE * min(by_points, used):
        told.append(
            f"{film.id}: the points of its scale give {by_points:.4g} mm per pixel, mm_per_px says {used:.4g}: check "
            "true_mm and the points."
        )
    return told


def _of_dates(measured: MeasuredWith) -> list[str]:
    """Radiographs of different days, which are measured as if they were of one."""
    days: dict[str, list[str]] = {}
    for film in measured.films:
        if film.date is not None:
            days.setdefault(film.date, []).append(film.id)
    if len(days) < 2:
        return []
    said = ", ".join(f"{' and '.join(names)} of {day}" for day, names in sorted(days.items()))
    return [
        f"Radiographs of different days are measured as one: {said}. If the bone or the frame has moved between them, "
        "measure each day by itself."
    ]


def _of_scales(read: Sequence[ReadFilm]) -> list[str]:
    """Lengths along the reference axis that two films with a scale show differently, beyond two SD."""
    told = []
    scaled = [film for film in read if film.film.scale is not None]
    for one, other in itertools.combinations(scaled, 2):
        for name in one.levels().keys() & other.levels().keys():
            (a, sd_a), (b, sd_b) = one.levels()[name], other.levels()[name]
            if abs(a - b) > AGREE_SD * math.sqrt(sd_a**2 + sd_b**2 + 2.0 * e.WORD_FLOOR_MM.value**2):
                told.append(
                    f"{one.film.id} shows {name} {a:.1f} mm along the bone from the origin, {other.film.id} {b:.1f} "
                    f"mm, more than {AGREE_SD:g} SD apart: check the scales."
                )
    return sorted(told)

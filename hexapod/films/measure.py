"""measure: from a document with points on radiographs to words with standard deviations, alignment and CORA."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError, model_validator

from hexapod.case.field_types import Strict
from hexapod.case.files import check_texts, read_case
from hexapod.case.film_format import MeasuredWith, check_limb
from hexapod.case.level_parts import Bone
from hexapod.case.model import FORMAT, Case, no_such_hexapod
from hexapod.case.validation_messages import case_error
from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Fragment, Side, lateral_x
from hexapod.errors import CaseError, HexapodError
from hexapod.films.alignment import alignment
from hexapod.films.deformity_words import MeasuredDeformity, measured_deformity
from hexapod.films.film_reading import FilmPlane, ReadFilm, right_on_film
from hexapod.films.film_warnings import of_dates, of_one_film, of_scales
from hexapod.geometry.transforms import Array

# Axes that cross at less than the first angle have no crossing worth reporting (this project's judgement: its height
# has an SD of 40 mm); below the second it is a band, not a point (docs/films.md: SD of 8 mm at 5 deg).
LEAST_CROSSING_DEG = 1.0
POINT_FROM_DEG = 5.0
# A radiograph turned by less than this sine counts as showing a direction of the limb unchanged.
SQUARE = 1e-9
HEIGHT, ACROSS = range(2)


def crossing(plane: FilmPlane) -> Array:
    """Where the two axes cross, (k, 2) on the plane; NaN where an axis is missing or the two are parallel."""
    if plane.reference is None or plane.moving is None:
        return np.full((plane.count, 2), np.nan)
    d, m = plane.reference.direction, plane.moving.direction
    between = plane.moving.point - plane.reference.point
    with np.errstate(divide="ignore", invalid="ignore"):
        along = _cross(between, m) / _cross(d, m)
        return np.asarray(plane.reference.point + along[:, None] * d, float)


def from_origin(plane: FilmPlane) -> Array:
    """The crossing from the origin, (k, 2): along the reference axis, and to its right; from its centre without one."""
    found = crossing(plane)
    if plane.reference is None:
        return found
    apart = found - plane.at.get("origin", plane.reference.point)
    along = (apart * plane.reference.direction).sum(axis=-1)
    return np.stack([along, (apart * plane.reference.right).sum(axis=-1)], axis=-1)


def cora_of_films(films: Sequence[ReadFilm], side: Side) -> list[dict[str, Any]]:
    """An entry for every film on which the axes cross, in the form of docs/films.md."""
    return [entry for film in films if (entry := _entry(film, side)) is not None]


def _entry(film: ReadFilm, side: Side) -> dict[str, Any] | None:
    plane = film.nominal
    if plane.reference is None or plane.moving is None or not film.directed:
        return None
    d, m = plane.reference.direction, plane.moving.direction
    angle = math.degrees(abs(math.atan2(float(_cross(d, m)[0]), float((d * m).sum()))))
    if angle < LEAST_CROSSING_DEG:
        return None
    scaled = film.film.scale is not None
    found, covariances = film.read(from_origin, np.array([1.0, 1.0]))
    entry: dict[str, Any] = {"film": film.film.id, "view": film.film.view, "angle_deg": angle}
    entry["is"] = "point" if angle >= POINT_FROM_DEG else "band"
    x, y = film.pixels(crossing(plane)[0])
    if 0.0 <= x <= film.film.columns and 0.0 <= y <= film.film.rows:
        entry["at_px"] = [float(x), float(y)]
    if scaled and "origin" in plane.at:
        words = w.ALONG_BONE.say(found[HEIGHT]) | across_words(film, side, float(found[ACROSS]))
        entry["from_origin"] = words or {w.ALONG_BONE.positive: 0.0}
    entry["height_sd_mm" if scaled else "height_sd_px"] = covariances.sd(HEIGHT)
    return entry


def across_words(film: ReadFilm, side: Side, right: float) -> dict[str, float]:
    """A distance to the right on the film in words, where the film shows the direction as it is; else none."""
    phi = right_on_film(film.film)
    if abs(math.sin(phi)) < SQUARE:
        return w.AP_TRANSLATION.say(lateral_x(side) * math.cos(phi) * right)
    if abs(math.cos(phi)) < SQUARE:
        return w.LATERAL_TRANSLATION.say(math.sin(phi) * right)
    return {}


def oblique_plane(deformity: MeasuredDeformity) -> dict[str, Any] | None:
    """The true angle `atan sqrt(tan^2 AP + tan^2 LAT)` and its plane; None where a view is missing or nothing bends.

    `from_frontal_deg` is the angle of the plane from the frontal one, 0 to 90; `apex` names where the apex points.

    Source: conventions section 3.
    """
    ap, lateral = deformity.of(w.AP_ANGULATION), deformity.of(w.LATERAL_ANGULATION)
    if ap is None or lateral is None:
        return None
    sizes = [deformity.sizes[number] for number in (ap, lateral)]
    tangents = np.tan(np.radians([size.signed for size in sizes]))
    slope = math.hypot(*tangents)
    if math.degrees(math.atan(slope)) < w.ZERO:
        return None
    # d atan(s) / da_i = (t_i / s) (1 + t_i^2) / (1 + s^2), and for the plane's angle the like across.
    J = np.zeros((2, len(deformity.sizes)))
    J[0, [ap, lateral]] = tangents / slope * (1.0 + tangents**2) / (1.0 + slope**2)
    J[1, [ap, lateral]] = np.array([-tangents[1], tangents[0]]) / slope**2 * (1.0 + tangents**2)
    V = J @ deformity.covariance @ J.T
    words = [
        # The apex of a varus bone points laterally, that of a valgus one medially.
        {"valgus_deg": "medial", "varus_deg": "lateral"}[sizes[0].word] if sizes[0].size >= w.ZERO else "",
        {"apex_anterior_deg": "anterior", "apex_posterior_deg": "posterior"}[sizes[1].word]
        if sizes[1].size >= w.ZERO
        else "",
    ]
    return {
        "view": "oblique",
        "films": sorted({name for size in sizes for name in size.films}),
        "angle_deg": math.degrees(math.atan(slope)),
        "sd_deg": math.sqrt(V[0, 0]),
        "from_frontal_deg": math.degrees(math.atan2(abs(tangents[1]), abs(tangents[0]))),
        "from_frontal_sd_deg": math.sqrt(V[1, 1]),
        "apex": " and ".join(word for word in reversed(words) if word),
    }


def _cross(a: Array, b: Array) -> Array:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], float)


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
    """The measurement of a level; `warnings` are sentences for whoever placed the points."""

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
        warnings = {"warnings": list(self.warnings)} if self.warnings else {}
        return {"results": results, "alignment": self.alignment, "cora": self.cora, **warnings}


def measure(document: dict[str, Any] | Case, level: int = 0) -> dict[str, Any]:
    """Measurements from points on radiographs: words with SD, films and contributors, alignment angles, and CORA.

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
    """Deformity, alignment and CORA from the radiographs of a level.

    Raises:
        HexapodError: two films less than 45 deg apart, a scale without length, or a size beyond the limits of its word.
    """
    read = [ReadFilm(film, side, reference) for film in measured.films]
    deformity = measured_deformity(read, side, reference)
    cora = cora_of_films(read, side)
    oblique = oblique_plane(deformity)
    warnings = [warning for film in read for warning in [*film.warnings, *of_one_film(film)]]
    warnings += [*of_dates(measured), *of_scales(read), *deformity.warnings]
    return FilmMeasurement(
        deformity=deformity,
        alignment=alignment(read, side, reference, bone),
        cora=[*cora, *([] if oblique is None else [oblique])],
        warnings=tuple(warnings),
    )

"""Where the bone axes cross (CORA) on each view, with a band, and the one plane in which the whole angulation lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Side, lateral_x
from hexapod.films.deformity_words import MeasuredDeformity
from hexapod.films.film_reading import FilmPlane, ReadFilm, right_on_film
from hexapod.geometry.transforms import Array

# Axes that cross at less than the first angle have no crossing worth telling (this project's judgement: its height
# has an SD of 40 mm); below the second it is a band, not a point (docs/films.md: SD of 8 mm at 5 deg).
LEAST_CROSSING_DEG = 1.0
POINT_FROM_DEG = 5.0
# A film shows a direction of the limb as it is when it is turned by less than this sine.
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
    """An entry for every film on which the axes cross, as docs/films.md has it."""
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

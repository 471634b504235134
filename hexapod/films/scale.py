"""The scale of a radiograph: millimetres per pixel from a ball, a ruler, or the numbers of a DICOM header."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hexapod.case.film_format import COARSEST_MM_PER_PX, Film
from hexapod.errors import HexapodError
from hexapod.geometry.transforms import Array

# Two ways to a scale that differ by more are asked about, as a share of the smaller (docs/films.md).
WAYS_AGREE = 0.02
# Numbers of a header that are written alike but for their digits are the same number.
SAME = 1e-6


class ScaleUnclear(HexapodError):
    """The numbers of the header do not determine the scale: a person has to decide."""


@dataclass(frozen=True)
class HeaderScale:
    """The scale by a header: row spacing then column spacing, and how it was computed.

    `mm_per_px` is None where the header knows only its detector: angles and pixels, no millimetres.
    """

    mm_per_px: tuple[float, float] | None
    formula: str


def spacing(film: Film) -> tuple[float, float]:
    """Row spacing and column spacing, mm; without a scale every pixel counts as a square of side 1.

    Raises:
        HexapodError: the scale is to come from its own points, and they give none.
    """
    if film.scale is None:
        return 1.0, 1.0
    if film.scale.mm_per_px is not None:
        rows, columns = film.scale.mm_per_px
        return rows, columns
    found = mm_per_px_by_points(film)
    if not 0.0 < found <= COARSEST_MM_PER_PX:
        raise HexapodError(
            f"The scale of {film.id} cannot be worked out: its points coincide, stand on one line or are too near to "
            "each other for true_mm. Place them again."
        )
    return found, found


def mm_per_px_by_points(film: Film) -> float:
    """mm per pixel, to the right, by the scale's own points and true length; NaN where it has none.

    Three points of a ball's rim make its circle, two ends of a ruler its length.  Pixels are as oblong as the scale
    says where it tells its spacing, else square.
    """
    scale = film.scale
    if scale is None or scale.true_mm is None:
        return math.nan
    oblong = 1.0 if scale.mm_per_px is None else scale.mm_per_px[0] / scale.mm_per_px[1]
    if scale.rim_px is not None:
        pixels = 2.0 * circle_radius(np.array(scale.rim_px, float) * [1.0, oblong])
    elif scale.ends_px is not None:
        pixels = math.dist(*(np.array(scale.ends_px, float) * [1.0, oblong]))
    else:
        return math.nan
    return scale.true_mm / pixels if pixels > 0.0 else math.nan


def circle_radius(rim: Array) -> float:
    """Radius of the circle through three points (3, 2): product of the sides over four times the area.

    Infinite where the three stand on one line.

    >>> round(circle_radius(np.array([[5.0, 0.0], [0.0, 5.0], [-3.0, -4.0]])), 9)
    5.0
    """
    a, b, c = rim
    sides = math.dist(a, b) * math.dist(b, c) * math.dist(c, a)
    twice_area = abs(float((b - a)[0] * (c - a)[1] - (b - a)[1] * (c - a)[0]))
    return sides / (2.0 * twice_area) if twice_area > 0.0 else math.inf


def scale_of_header(header: Mapping[str, Any]) -> HeaderScale:
    """The scale by the numbers of a DICOM header, given by their keywords, in the order of docs/films.md.

    Read are PixelSpacing, PixelSpacingCalibrationType, ImagerPixelSpacing, EstimatedRadiographicMagnificationFactor,
    DistanceSourceToDetector and DistanceSourceToPatient (mm); spacings are row spacing then column spacing.

    Raises:
        ScaleUnclear: numbers that are zero or no numbers, that contradict each other, or whose meaning is undetermined.

    Source: DICOM PS3.3, 10.7.1.3 Pixel Spacing Value Order and Calibration; C.8.7.1 for the geometry.
    """
    pixel = _two_spacings(header, "PixelSpacing")
    imager = _two_spacings(header, "ImagerPixelSpacing")
    calibrated = str(header.get("PixelSpacingCalibrationType") or "").strip().upper()
    ways = _by_magnification(header, imager) if imager is not None else []
    if pixel is not None and imager is not None and any(p > i * (1 + SAME) for p, i in zip(pixel, imager, strict=True)):
        raise ScaleUnclear(
            f"PixelSpacing {_mm(pixel)} is above ImagerPixelSpacing {_mm(imager)}, as if the limb were behind the "
            "detector: say which is right, or use a ball or a ruler."
        )
    if pixel is not None and calibrated in ("FIDUCIAL", "GEOMETRY"):
        ways.insert(0, HeaderScale(pixel, f"PixelSpacing {_mm(pixel)} mm, calibrated by {calibrated}"))
    elif pixel is not None and imager is not None and not _same(pixel, imager, SAME):
        raise ScaleUnclear(
            f"PixelSpacing {_mm(pixel)} differs from ImagerPixelSpacing {_mm(imager)}, and the header does not say "
            "how it was calibrated: say whether PixelSpacing is calibrated at the bone."
        )
    for way in ways[1:]:
        if not _same(ways[0].mm_per_px, way.mm_per_px, WAYS_AGREE):
            raise ScaleUnclear(
                f"Two ways to the scale differ by more than {100 * WAYS_AGREE:g} %: {ways[0].formula}; {way.formula}. "
                "Say which is right, or use a ball or a ruler."
            )
    if ways:
        return ways[0]
    known = imager or pixel
    detector = "no spacing" if known is None else f"the spacing of the detector only ({_mm(known)} mm)"
    return HeaderScale(None, f"The header has {detector}: angles and pixels, no millimetres.")


def _by_magnification(header: Mapping[str, Any], imager: tuple[float, float]) -> list[HeaderScale]:
    """The detector's spacing brought to the bone: by the factor given, and by the two distances."""
    ways = []
    factor = _number(header, "EstimatedRadiographicMagnificationFactor")
    if factor is not None:
        if factor < 1.0:
            raise ScaleUnclear(
                f"EstimatedRadiographicMagnificationFactor {factor:g} is below 1: a radiograph never shows a bone "
                "smaller than it is. Say whether its inverse is meant, or use a ball or a ruler."
            )
        formula = f"ImagerPixelSpacing {_mm(imager)} mm / magnification {factor:g}"
        ways.append(HeaderScale((imager[0] / factor, imager[1] / factor), formula))
    patient = _number(header, "DistanceSourceToPatient")
    detector = _number(header, "DistanceSourceToDetector")
    if patient is not None and detector is not None:
        if patient > detector:
            raise ScaleUnclear(
                f"DistanceSourceToPatient {patient:g} is above DistanceSourceToDetector {detector:g}: the limb stands "
                "between the two. Say which is right, or use a ball or a ruler."
            )
        formula = f"ImagerPixelSpacing {_mm(imager)} mm x {patient:g} / {detector:g} mm"
        ways.append(HeaderScale((imager[0] * patient / detector, imager[1] * patient / detector), formula))
    return ways


def _number(header: Mapping[str, Any], keyword: str) -> float | None:
    """A positive number of the header; None where it is not given."""
    value = header.get(keyword)
    return None if value is None or value == "" else _positive(value, keyword)


def _two_spacings(header: Mapping[str, Any], keyword: str) -> tuple[float, float] | None:
    """Row spacing then column spacing; None where the header does not give them."""
    value = header.get(keyword)
    if value is None or value in ("", []):
        return None
    parts = value.split("\\") if isinstance(value, str) else value
    if not isinstance(parts, Sequence) or len(parts) != 2:
        raise ScaleUnclear(
            f"{keyword} of the header is {value!r}: it has two numbers, row spacing then column spacing."
        )
    rows, columns = (_positive(part, keyword) for part in parts)
    return rows, columns


def _positive(value: Any, keyword: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ScaleUnclear(f"{keyword} of the header is {value!r}, no number: use a ball or a ruler.") from None
    if isinstance(value, bool) or not (math.isfinite(number) and number > 0.0):
        raise ScaleUnclear(f"{keyword} of the header is {value!r}; it must be above 0: use a ball or a ruler.")
    return number


def _same(one: tuple[float, float] | None, two: tuple[float, float] | None, share: float) -> bool:
    assert one is not None
    assert two is not None
    return all(abs(a - b) <= share * min(a, b) for a, b in zip(one, two, strict=True))


def _mm(pair: tuple[float, float]) -> str:
    return f"{pair[0]:g} x {pair[1]:g}" if pair[0] != pair[1] else f"{pair[0]:g}"

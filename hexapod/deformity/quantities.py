"""Quantities as magnitude and direction word, and sides as signs (conventions sections 1 and 2); the SD of each.

The standard deviation is how far a quantity that is measured can be off, with its source.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from hexapod.errors import HexapodError

# A size below this (mm or deg) is left out of a read-back: far below any measurement and any rounding of ours.
ZERO = 1e-9

Words = Mapping[str, float]


@dataclass(frozen=True)
class Pair:
    """Two opposite words for one quantity; the first one stands for positive numbers inside the code."""

    quantity: str
    positive: str
    negative: str
    unit: str
    limit: float
    limit_included: bool

    def signed(self, words: Words) -> float:
        """The quantity as a signed number, zero when neither word is given.

        Raises:
            HexapodError: both words given, or a size that is negative, not finite or beyond the limit.
        """
        if self.positive in words and self.negative in words:
            raise HexapodError(f"Give {self.positive} or {self.negative}, not both.")
        for word, sign in ((self.positive, 1.0), (self.negative, -1.0)):
            if word in words:
                return sign * self.check(word, words[word])
        return 0.0

    def check(self, word: str, size: float) -> float:
        """`size`, in the unit of this quantity.

        Raises:
            HexapodError: it is negative, not finite or beyond the limit.
        """
        if not (math.isfinite(size) and size >= 0.0):
            raise HexapodError(f"{word} must be 0 or more: the word gives the direction, so use the opposite word.")
        if not (size <= self.limit if self.limit_included else size < self.limit):
            bound = "at most" if self.limit_included else "below"
            raise HexapodError(f"{word} must be {bound} {self.limit:g} {self.unit}.")
        return size

    def say(self, value: float) -> dict[str, float]:
        """The signed number in words: one word, or none when it is zero."""
        return words_of([value], (self,))


def _mm(quantity: str, positive: str, negative: str) -> Pair:
    return Pair(quantity, f"{positive}_mm", f"{negative}_mm", "mm", 1000.0, True)


def _deg(quantity: str, positive: str, negative: str, limit: float) -> Pair:
    return Pair(quantity, f"{positive}_deg", f"{negative}_deg", "deg", limit, False)


# Deformity (conventions section 2): sizes below 80 deg, rotation below 180 deg.
AP_ANGULATION = _deg("AP angulation", "valgus", "varus", 80.0)
LATERAL_ANGULATION = _deg("lateral angulation", "apex_anterior", "apex_posterior", 80.0)
AXIAL_ROTATION = _deg("axial rotation", "internal_rotation", "external_rotation", 180.0)
AP_TRANSLATION = _mm("AP translation", "lateral", "medial")
LATERAL_TRANSLATION = _mm("lateral translation", "posterior", "anterior")
AXIAL_TRANSLATION = _mm("axial translation", "short", "long")
DEFORMITY = (
    AP_ANGULATION,
    LATERAL_ANGULATION,
    AXIAL_ROTATION,
    AP_TRANSLATION,
    LATERAL_TRANSLATION,
    AXIAL_TRANSLATION,
)

# Places and displacements in reference axes; mounting and tilts (conventions section 5): tilts below 45 deg.
ALONG_BONE = _mm("along the bone", "proximal", "distal")
PLACE = (AP_TRANSLATION, LATERAL_TRANSLATION, ALONG_BONE)
AP_TILT = _deg("tilt on the AP view", "leans_lateral", "leans_medial", 45.0)
LATERAL_TILT = _deg("tilt on the lateral view", "leans_posterior", "leans_anterior", 45.0)
MOUNTING = (*PLACE, AXIAL_ROTATION, AP_TILT, LATERAL_TILT)


def check_words(words: Words, pairs: tuple[Pair, ...]) -> None:
    """Raises HexapodError for a word that none of `pairs` has."""
    known = {word for pair in pairs for word in (pair.positive, pair.negative)}
    for word in words:
        if word not in known:
            raise HexapodError(f"'{word}' is not one of {', '.join(sorted(known))}.")


def signed_numbers(words: Words, pairs: tuple[Pair, ...]) -> list[float]:
    """The quantities `pairs` as signed numbers in their order, in mm or deg.  Raises HexapodError as `Pair.signed`.

    >>> signed_numbers({"varus_deg": 12, "short_mm": 15}, DEFORMITY)
    [-12.0, 0.0, 0.0, 0.0, 0.0, 15.0]
    """
    check_words(words, pairs)
    return [float(pair.signed(words)) for pair in pairs]


def words_of(numbers: Iterable[float], pairs: tuple[Pair, ...]) -> dict[str, float]:
    """The words of signed numbers, zeros left out; the inverse of `signed_numbers`."""
    return {
        pair.positive if value > 0.0 else pair.negative: abs(float(value))
        for pair, value in zip(pairs, numbers, strict=True)
        if not abs(value) < ZERO
    }


Side = Literal["right", "left"]
Fragment = Literal["proximal", "distal"]


def lateral_x(side: Side) -> float:
    """The x of lateral: +1 for a left limb, -1 for a right one (+x is the patient's left).

    >>> lateral_x("left"), lateral_x("right")
    (1.0, -1.0)
    """
    return {"left": 1.0, "right": -1.0}[side]


def internal_turn(side: Side) -> float:
    """Sign about +z of an internal turn of a distal part: + for a right limb, - for a left one."""
    return -lateral_x(side)


def moving_end(reference: Fragment) -> float:
    """The z direction in which the moving fragment's axis points away: -1 below a proximal reference, else +1."""
    return {"proximal": -1.0, "distal": 1.0}[reference]


def other(reference: Fragment) -> Fragment:
    """The fragment that moves."""
    return "distal" if reference == "proximal" else "proximal"


CONTROLS = "J Orthop Surg Res 2022, s12891-022-05112-3 (controls read by hand: 1.25 and 1.42 deg, 1.74 and 2.02 mm)"
LANDMARKS = "PMC9881281 (landmarks on radiographs), and simulation with points and scale of that size"
CLINICAL = "judged: rotation is measured on the limb, not on radiographs"


@dataclass(frozen=True)
class MeasurementSd:
    """The SD that an entry is taken to have unless the case says another: `key` of the case file, mm or deg."""

    key: str
    pair: Pair
    sd: float
    source: str


# In the order of DEFORMITY.
DEFORMITY_SD = (
    MeasurementSd("ap_angulation_deg", AP_ANGULATION, 0.9, CONTROLS),
    MeasurementSd("lateral_angulation_deg", LATERAL_ANGULATION, 1.25, CONTROLS),
    MeasurementSd("axial_rotation_deg", AXIAL_ROTATION, 5.0, CLINICAL),
    MeasurementSd("ap_translation_mm", AP_TRANSLATION, 1.15, LANDMARKS),
    MeasurementSd("lateral_translation_mm", LATERAL_TRANSLATION, 1.1, LANDMARKS),
    MeasurementSd("axial_translation_mm", AXIAL_TRANSLATION, 0.7, f"{LANDMARKS}; 1.5 mm with a ruler on the limb"),
)
# In the order of MOUNTING.
MOUNTING_SD = (
    MeasurementSd("ap_offset_mm", AP_TRANSLATION, 1.6, CONTROLS),
    MeasurementSd("lateral_offset_mm", LATERAL_TRANSLATION, 1.6, CONTROLS),
    MeasurementSd("axial_offset_mm", ALONG_BONE, 0.6, f"{LANDMARKS}; up to 1.2 mm"),
    MeasurementSd("rotation_deg", AXIAL_ROTATION, 5.0, CLINICAL),
    MeasurementSd("ap_tilt_deg", AP_TILT, 0.6, LANDMARKS),
    MeasurementSd("lateral_tilt_deg", LATERAL_TILT, 0.6, LANDMARKS),
)
# Of a reading, as a share of the scale's marks: 0.5 mm where they stand a millimetre apart.
READING_SD_MARKS = 0.5


def sds(table: tuple[MeasurementSd, ...], own: Mapping[str, float]) -> list[float]:
    """The SDs of a table in its order, mm or deg: the case's own where it has them (by key), else the defaults.

    >>> sds(DEFORMITY_SD, {"axial_rotation_deg": 2.5})
    [0.9, 1.25, 2.5, 1.15, 1.1, 0.7]
    """
    return [own.get(one.key, one.sd) for one in table]

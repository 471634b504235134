"""How far what is measured can be off: a standard deviation for each of the entries, with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Pair

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
    MeasurementSd("ap_angulation_deg", w.AP_ANGULATION, 0.9, CONTROLS),
    MeasurementSd("lateral_angulation_deg", w.LATERAL_ANGULATION, 1.25, CONTROLS),
    MeasurementSd("axial_rotation_deg", w.AXIAL_ROTATION, 5.0, CLINICAL),
    MeasurementSd("ap_translation_mm", w.AP_TRANSLATION, 1.15, LANDMARKS),
    MeasurementSd("lateral_translation_mm", w.LATERAL_TRANSLATION, 1.1, LANDMARKS),
    MeasurementSd("axial_translation_mm", w.AXIAL_TRANSLATION, 0.7, f"{LANDMARKS}; 1.5 mm with a ruler on the limb"),
)
# In the order of MOUNTING.
MOUNTING_SD = (
    MeasurementSd("ap_offset_mm", w.AP_TRANSLATION, 1.6, CONTROLS),
    MeasurementSd("lateral_offset_mm", w.LATERAL_TRANSLATION, 1.6, CONTROLS),
    MeasurementSd("axial_offset_mm", w.ALONG_BONE, 0.6, f"{LANDMARKS}; up to 1.2 mm"),
    MeasurementSd("rotation_deg", w.AXIAL_ROTATION, 5.0, CLINICAL),
    MeasurementSd("ap_tilt_deg", w.AP_TILT, 0.6, LANDMARKS),
    MeasurementSd("lateral_tilt_deg", w.LATERAL_TILT, 0.6, LANDMARKS),
)
# Of a reading, as a share of the scale's marks: 0.5 mm where they stand a millimetre apart.
READING_SD_MARKS = 0.5


def sds(table: tuple[MeasurementSd, ...], own: Mapping[str, float]) -> list[float]:
    """The SDs of a table in its order, mm or deg: the case's own where it has them (by key), else the defaults.

    >>> sds(DEFORMITY_SD, {"axial_rotation_deg": 2.5})
    [0.9, 1.25, 2.5, 1.15, 1.1, 0.7]
    """
    return [own.get(one.key, one.sd) for one in table]

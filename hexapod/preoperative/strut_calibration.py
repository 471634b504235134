"""A strut measured with a calliper: the offset of its scale from lengths, joint to joint, at readings of it.

`length = scale_direction * reading + scale_offset_mm`: the offset is the mean of what is left of each length, and one
misread pair is found as the one without which the rest agrees.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from hexapod.case.field_types import Count, Name, Strict
from hexapod.case.validation_messages import case_error
from hexapod.errors import CaseError, Problem
from hexapod.hardware.catalogue import Catalogue
from hexapod.preoperative.ring_calibration import FINEST_SD_MM, FORMAT, LONGEST_MM, UNLIKELY, chance_above

# So many pairs tell which one of them is misread: of two, neither is.
FEWEST_TO_JUDGE, MOST_PAIRS = 3, 50
Size = Annotated[float, Field(ge=0.0, le=LONGEST_MM)]
Pair = Annotated[tuple[Size, Size], Count(2, 2)]


class StrutCalibration(Strict):
    """The file: a strut of the catalogue, what its scale read and how long it then was, mm, each with the same SD."""

    format: Literal["hexapod-calibration/1"]
    strut: Name
    lengths_mm: Annotated[tuple[Pair, ...], Count(1, MOST_PAIRS)]
    sd_mm: Annotated[float, Field(ge=FINEST_SD_MM, le=10.0)]


@dataclass(frozen=True)
class MeasuredScale:
    """The offset of a strut's scale and its SD, mm; `catalogue_mm` is what the catalogue has.

    `chi2_dof` is the misfit per degree of freedom, None of a single pair; `suspect` the pair (from 1) that was left out
    as misread; `agrees` whether the rest agrees as well as its SD says.
    """

    strut: str
    scale_direction: int
    scale_offset_mm: float
    sd_mm: float
    catalogue_mm: float
    chi2_dof: float | None
    suspect: tuple[int, ...]
    agrees: bool

    def document(self) -> dict[str, Any]:
        """What `hexapod calibrate --format json` prints of a strut."""
        return {
            "strut": self.strut,
            "scale_direction": self.scale_direction,
            "scale_offset_mm": self.scale_offset_mm,
            "sd_mm": self.sd_mm,
            "chi2_dof": self.chi2_dof,
            "suspect": list(self.suspect),
        }


def strut_calibration_of(value: Any) -> StrutCalibration:
    """The lengths in the value of a file.  Raises CaseError: another format, or a value that makes no sense."""
    if value.get("format") != FORMAT:
        shown = json.dumps(value.get("format"), ensure_ascii=False)
        raise CaseError([Problem("format", shown, f'must be "{FORMAT}": no other format is read.')])
    try:
        return StrutCalibration.model_validate(value)
    except ValidationError as error:
        raise case_error(error, value, StrutCalibration) from error


def calibrate_strut(given: StrutCalibration, catalogue: Catalogue) -> MeasuredScale:
    """The offset of the strut's scale.  Raises CatalogueError for a strut that the catalogue does not have."""
    strut = catalogue.strut(given.strut)
    offsets = [length - strut.scale_direction * reading for reading, length in given.lengths_mm]
    left_out: tuple[int, ...] = ()
    mean, chi2 = _mean(offsets, given.sd_mm)
    if len(offsets) >= FEWEST_TO_JUDGE and chance_above(chi2, len(offsets) - 1) < UNLIKELY:
        without = [_mean(offsets[:k] + offsets[k + 1 :], given.sd_mm) for k in range(len(offsets))]
        best = min(range(len(offsets)), key=lambda k: without[k][1])
        (mean, chi2), left_out = without[best], (best + 1,)
    count = len(offsets) - len(left_out)
    return MeasuredScale(
        strut=strut.name,
        scale_direction=strut.scale_direction,
        scale_offset_mm=mean,
        sd_mm=given.sd_mm / math.sqrt(count),
        catalogue_mm=strut.scale_offset_mm,
        chi2_dof=chi2 / (count - 1) if count > 1 else None,
        suspect=left_out,
        agrees=count < 2 or chance_above(chi2, count - 1) >= UNLIKELY,
    )


def _mean(offsets: list[float], sd_mm: float) -> tuple[float, float]:
    mean = sum(offsets) / len(offsets)
    return mean, sum(((one - mean) / sd_mm) ** 2 for one in offsets)


def scale_text(scale: MeasuredScale) -> str:
    """The offset for a terminal, and where it goes."""
    sign = "" if scale.scale_direction == 1 else "-"
    lines = [
        f"{scale.strut}: length = {sign}reading {'+' if scale.scale_offset_mm >= 0.0 else '-'} "
        f"{abs(scale.scale_offset_mm):.2f} mm (SD {scale.sd_mm:.2f}); the catalogue has {scale.catalogue_mm:g} mm.",
    ]
    lines += [f"Left out as misread: pair {number} of the file. Measure it again." for number in scale.suspect]
    if scale.chi2_dof is None:
        lines.append("One length alone: nothing shows whether it was misread. Measure at three readings or more.")
    if not scale.agrees:
        lines.append("The lengths contradict each other, or their SD is larger: measure again before you use this.")
    else:
        lines.append(f"In a hardware file of your own: scale_offset_mm = {scale.scale_offset_mm:.2f}")
    return "\n".join(lines)

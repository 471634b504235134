"""Whether a plan continues the frame as it was measured last: its row of that visit beside the readings."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from hexapod.checks.findings import Finding
from hexapod.hardware.models import Strut

CODE = "visit.not_continued"
# Differences of whole marks are compared with one mark: this (mm) is the noise of their subtraction, far below a mark.
TOLERANCE_MM = 1e-6


@dataclass(frozen=True)
class Standing:
    """Six settings (mm, struts 1 to 6) that a plan has on a date, on the scales of the struts fitted then.

    `day` counts from the plan's day 0; `struts` are struts 1 to 6.
    """

    date: datetime.date
    day: int
    settings_mm: tuple[float, ...]
    struts: tuple[Strut, ...]


@dataclass(frozen=True)
class Read:
    """Six readings (mm, struts 1 to 6) of one hexapod at a visit, on the scales of the struts that were on."""

    visit: int
    level: int
    date: datetime.date
    settings_mm: tuple[float, ...]
    struts: tuple[Strut, ...]


def check_continued(plan: Sequence[Standing], read: Read, followed: Sequence[Standing] = ()) -> tuple[Finding, ...]:
    """Findings `visit.not_continued`, one a strut, where a plan does not have the frame that was measured (H-28).

    The evening that is compared is that of the visit's date: the last one of a plan that ends before, day 0 of one that
    begins later.  A frame may have moved between the visit and a later day 0, but only as a signed plan says:
    `followed` are all evenings and doses of such plans after the visit, and day 0 may be any of them as well as the
    readings.  Struts are compared by their joint-to-joint lengths, so those of other models too; one graduation of the
    coarser of the two scales is allowed.

    Args:
        plan: the evenings of the hexapod in their order, at least day 0.
        read: the last readings of this hexapod.
        followed: what signed plans have for it, of any dates; only those from the visit to day 0 count.
    """
    first, last = plan[0], plan[-1]
    compared = plan[min(max((read.date - first.date).days, 0), last.day)]
    if first.date > read.date and any(
        not _apart(compared, one.settings_mm, one.struts) for one in followed if read.date <= one.date <= first.date
    ):
        return ()
    return tuple(
        _finding(compared, read, strut, off_mm, allowed_mm)
        for strut, off_mm, allowed_mm in _apart(compared, read.settings_mm, read.struts)
    )


def _apart(row: Standing, settings_mm: Sequence[float], struts: Sequence[Strut]) -> list[tuple[int, float, float]]:
    """Struts whose length differs by more than a graduation: strut, difference in mm (planned - read), graduation."""
    found = []
    pairs = zip(row.struts, row.settings_mm, struts, settings_mm, strict=True)
    for strut, (planned, planned_mm, fitted, read_mm) in enumerate(pairs, start=1):
        off_mm = planned.length(planned_mm) - fitted.length(read_mm)
        allowed_mm = max(planned.graduation_mm, fitted.graduation_mm)
        if not abs(off_mm) <= allowed_mm + TOLERANCE_MM:
            found.append((strut, off_mm, allowed_mm))
    return found


def _finding(row: Standing, read: Read, strut: int, off_mm: float, allowed_mm: float) -> Finding:
    planned, fitted = row.struts[strut - 1], read.struts[strut - 1]
    of_which = "that day" if row.date == read.date else "its last day" if row.date < read.date else "its day 0"
    scales = (
        f"{row.settings_mm[strut - 1]:g} mm"
        if planned.name == fitted.name
        else f"{row.settings_mm[strut - 1]:g} mm on {planned.name}, not {fitted.name}"
    )
    message = (
        f"Strut {strut} was read at {read.settings_mm[strut - 1]:g} mm at visit {read.visit} on "
        f"{read.date.isoformat()}; this plan has {scales} on {of_which} (day {row.day}, {row.date.isoformat()}), so "
        f"the strut would be {abs(off_mm):.4g} mm {'longer' if off_mm > 0.0 else 'shorter'} than it was measured. At "
        f"most one graduation, {allowed_mm:g} mm, may lie between. The way on is to continue from this visit: the "
        "new plan then starts at its readings."
    )
    return Finding(CODE, "refused", read.level, message, row.day, strut, abs(off_mm), allowed_mm, "mm")

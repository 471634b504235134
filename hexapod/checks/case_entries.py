"""What was never entered, stands on unread data, or can hardly be meant (H-16, H-19, H-24)."""

from __future__ import annotations

import datetime

from hexapod.case.model import Case
from hexapod.checks import limits
from hexapod.checks.findings import Finding, Limit
from hexapod.hardware.models import Ring, Strut, shown_name, unverified
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.level_setup import LevelSetup


def check_entered(course: Course) -> list[Finding]:
    """`mounting.not_entered`, and `deformity.not_entered` where a stage corrects: planned as zero, nobody said so."""
    level, found = course.setup.level, []
    if level.mounting is None:
        found.append(
            Finding(
                "mounting.not_entered",
                "caution",
                course.setup.index,
                f"The mounting parameters were never entered; the {level.reference} ring is planned centred on "
                f"the origin, orthogonal to the bone, with no rotary frame offset. Enter them; if they are really "
                f'zero, say so: "0, square" on the page, "mounting": {{}} in the file.',
            )
        )
    corrects = any(part.stage is not None and part.stage.correct_to is not None for part in course.stages)
    if level.deformity is None and corrects:
        found.append(
            Finding(
                "deformity.not_entered",
                "caution",
                course.setup.index,
                "The deformity was never entered, yet a stage corrects it; it is planned as none. Enter it; if there "
                'is really none, say so: "none" on the page, "deformity": {} in the file.',
            )
        )
    return found


def check_indication(course: Course) -> list[Finding]:
    """`limits.working`: nobody has published the limits of this indication; `index.unused`: it grows no regenerate."""
    level, pace = course.setup.level, limits.pace_of(course.setup.level)
    found = []
    if pace.status == "working":
        found.append(
            Finding(
                "limits.working",
                "caution",
                course.setup.index,
                f"The limits for a {level.indication} are working values of this project until a source is named "
                f"({pace.working_values}: caution above the first, refused above the second). Judge the pace of this "
                f"plan by your own knowledge.",
            )
        )
    if level.index_days_per_cm is not None and level.indication != "osteotomy":
        found.append(
            Finding(
                "index.unused",
                "caution",
                course.setup.index,
                f"The external fixation index of {level.index_days_per_cm:g} days/cm is for the regenerate of an "
                f"osteotomy; at a {level.indication} none is grown, so no time in the frame follows from it. Take it "
                f"out.",
                value=level.index_days_per_cm,
                unit="days/cm",
            )
        )
    return found


def check_hardware(setup: LevelSetup) -> list[Finding]:
    """One caution that names every ring and strut model with unverified values."""
    items: list[Ring | Strut] = [setup.proximal_ring, setup.distal_ring, *setup.struts]
    names = sorted({shown_name(item) for item in items if unverified(item)})
    if not names:
        return []
    return [
        Finding(
            "hardware.unverified",
            "caution",
            setup.index,
            f"Unverified values are used for {', '.join(names)}: check ring and strut data against the maker's manual "
            f"before use.",
        )
    ]


DAYS_PER_YEAR = 365.25


def findings_at(case: Case, today: datetime.date) -> list[Finding]:
    """Findings that depend on today's date, and so belong to no plan: at most one, `date.unlikely`.

    It is given when day 0 is more than one calendar year before `today`, or more than three after it.  It names the
    first hexapod; its value is the distance of day 0 from `today` in years.
    """
    first = case.first_day
    if _years_later(first, limits.START_AGO) < today:
        return [_unlikely(first, today, limits.START_AGO, "before")]
    if _years_later(today, limits.START_AHEAD) < first:
        return [_unlikely(first, today, limits.START_AHEAD, "after")]
    return []


def _unlikely(first: datetime.date, today: datetime.date, limit: Limit, side: str) -> Finding:
    years = "a year" if limit.value == 1.0 else f"{limit.value:g} years"
    return Finding(
        "date.unlikely",
        limit.verdict,
        0,
        f"Day 0 is {first.isoformat()}, in the year {first.year}: more than {years} {side} today, {today.isoformat()}. "
        f"Correct the date of day 0, or confirm that {first.year} is meant.",
        value=abs((first - today).days) / DAYS_PER_YEAR,
        limit=limit.value,
        unit=limit.unit,
    )


def _years_later(day: datetime.date, limit: Limit) -> datetime.date:
    """The same day so many years later, 28 February for a 29th that is not there; at most the calendar's last day."""
    year = day.year + int(limit.value)
    if year > datetime.MAXYEAR:
        return datetime.date.max
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)

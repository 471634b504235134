"""H-16: a date of day 0 that can hardly be meant.

This is the only check that depends on the day on which it is made.  A plan does not: the same case gives the same plan
on every day, and a signed one can be made again.  So `make_plan` does not ask; whoever knows the date asks here.
"""

from __future__ import annotations

import datetime

from hexapod.case.model import Case
from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.checks.limits import Limit

DAYS_PER_YEAR = 365.25


def findings_at(case: Case, today: datetime.date) -> list[Finding]:
    """`date.unlikely`: day 0 is more than a year before `today`, or more than three years after it, by the calendar.

    It is told of the first hexapod; its value is how many years day 0 is away from `today`.
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

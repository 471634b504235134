"""The calendar: the adjustments at their times, visits, and the last day (RFC 5545)."""

from __future__ import annotations

import icalendar

from hexapod.case.model import Case
from hexapod.plan import Plan
from hexapod.report.options import PrintOptions


def calendar(case: Case, plan: Plan, options: PrintOptions) -> bytes:
    """The calendar of the whole case."""
    book = icalendar.Calendar()
    book.add("prodid", f"-//hexapod//{plan.software}//{options.language.upper()}")
    book.add("version", "2.0")
    book.add("name", case.id)
    return bytes(book.to_ical())

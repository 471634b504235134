"""What the whole case says: limb, dates, clinic, where it comes from, and the fingerprints."""

from __future__ import annotations

import datetime

from hexapod.case.model import WEEKDAYS, Case
from hexapod.documents.clinician_report.blocks import NOTHING, Block, heading, pairs
from hexapod.documents.identity import Identity
from hexapod.plan.make_plan import Plan
from hexapod.text.language import language
from hexapod.text.numbers import number

COVERS = (
    "The fingerprint of the plan covers the fingerprint of the entries, the software, and every day, date, stage, "
    "setting, adjustment, strut model and exchange of all levels: two plans with one fingerprint prescribe the same. "
    "It does not cover acknowledgements, nor the wording and the pictures of these pages."
)
DAY_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)


def case_section(case: Case, plan: Plan, whose: Identity) -> list[Block]:
    """The case read back."""
    words = language("en")
    open_days = "every day" if case.clinic_days == WEEKDAYS else ", ".join(DAY_NAMES[day] for day in case.clinic_days)
    closed = [words.short_date(datetime.date.fromisoformat(day)) for day in case.clinic_closed]
    last = max(level.rows[-1].day for level in plan.levels)
    clinic = [part for part in (case.clinic.name, case.clinic.contact, case.clinic.missed_or_stuck) if part]
    rows = [
        ("Case", case.id),
        ("Limb", f"{case.limb.side.upper()} {case.limb.bone}{', of a growing child' if case.limb.child else ''}"),
        ("Levels", [f"{count}: {level.name}" for count, level in enumerate(plan.levels, start=1)]),
        ("Day 0", words.date(whose.first_day)),
        ("Last day", f"{words.date(whose.last_day)} (day {last})"),
        ("Exchanges can be done on", open_days),
        ("Clinic closed on", ", ".join(closed) or NOTHING),
        ("Scale to keep at exchanges", f"{number(case.exchange_reserve_mm)} mm"),
        ("Clinic", clinic or NOTHING),
        ("Time zone", case.time_zone or NOTHING),
        ("Continues the case", case.derived_from or NOTHING),
        *([("Treatment began on", _began(case))] if case.treatment_started is not None else []),
        ("Software", plan.software),
        ("Fingerprint of the entries", whose.case_sha256),
        ("Fingerprint of the plan", whose.plan_sha256),
    ]
    return [heading("Case"), pairs(rows)]


def _began(case: Case) -> str:
    """The first day of the treatment, with the days before day 0."""
    assert case.treatment_started is not None
    date = language("en").date(datetime.date.fromisoformat(case.treatment_started))
    return f"{date}, {case.days_before} days before day 0"

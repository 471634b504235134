"""The patient's sheet: the settings to reach, day by day."""

from __future__ import annotations

from hexapod.case.model import Case
from hexapod.plan import Plan
from hexapod.report.identity import identity
from hexapod.report.language import language
from hexapod.report.options import PrintOptions
from hexapod.report.page import page_data
from hexapod.report.typeset import typeset


def patient_sheet(case: Case, plan: Plan, level: int, options: PrintOptions) -> bytes:
    """The patient's sheet of one level, counted from 0, as PDF."""
    words = language(options.language)
    data = page_data(identity(case, plan, level), words.say("Adjusting your frame"), options.paper, words)
    rows = [[words.date(row.date), *map(words.number, row.settings_mm)] for row in plan.levels[level].rows]
    return typeset("sheet.typ", data | {"rows": rows})

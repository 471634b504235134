"""The clinician's report: what was entered, what will happen, what was found."""

from __future__ import annotations

from hexapod.case.model import Case
from hexapod.plan import Plan
from hexapod.report.identity import identity
from hexapod.report.language import language
from hexapod.report.options import PrintOptions
from hexapod.report.page import page_data
from hexapod.report.typeset import typeset


def clinician_report(case: Case, plan: Plan, options: PrintOptions) -> bytes:
    """The clinician's report on the whole case as PDF, in English."""
    data = page_data(identity(case, plan), "Clinician's report", options.paper, language("en"))
    return typeset("report.typ", data | {"findings": [finding.message for finding in plan.findings]})

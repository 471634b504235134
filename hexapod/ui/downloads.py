"""Files to take away: their names and their contents, both of one and the same fingerprint."""

from __future__ import annotations

from dataclasses import dataclass

from hexapod.case.files import case_text
from hexapod.case.model import Case
from hexapod.plan import Plan
from hexapod.report.names import case_file_name, document_name
from hexapod.report.tables import schedule_csv


@dataclass(frozen=True)
class File:
    """A file to download."""

    name: str
    content: bytes
    mime: str


def case_file(case: Case) -> File:
    """The case file: what was entered."""
    return File(case_file_name(case), case_text(case).encode("utf-8"), "application/json")


def schedule_file(case: Case, plan: Plan, index: int) -> File:
    """The schedule of one level as CSV."""
    return File(
        document_name(case, plan, "schedule", "csv", index), schedule_csv(case, plan, index).encode("utf-8"), "text/csv"
    )

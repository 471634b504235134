"""Files to take away: their names and their contents, both of one and the same fingerprint."""

from __future__ import annotations

from dataclasses import dataclass

from hexapod.case.files import case_text
from hexapod.case.model import Case
from hexapod.plan import Plan
from hexapod.report.tables import schedule_csv
from hexapod.ui.outcome import SHORT


@dataclass(frozen=True)
class File:
    """A file to download."""

    name: str
    content: bytes
    mime: str


def case_file(case: Case) -> File:
    """The case file: what was entered."""
    name = f"{case.id}_{case.limb.side}_case_{case.sha256[:SHORT]}.json"
    return File(name, case_text(case).encode("utf-8"), "application/json")


def schedule_file(case: Case, plan: Plan, index: int) -> File:
    """The schedule of one level as CSV."""
    name = f"{case.id}_{case.limb.side}_level-{index}_schedule_{plan.case_sha256[:SHORT]}.csv"
    return File(name, schedule_csv(case, plan, index).encode("utf-8"), "text/csv")

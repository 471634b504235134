"""What the entries of this moment amount to: a case with its plan, or the list of what is missing or wrong."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from typing import Literal

import streamlit as st

from hexapod import Plan, Refusal, make_plan, read_case
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.draft_model import Draft, Path
from hexapod.app.draft.typed_text import Reading, Trouble
from hexapod.case.model import Case
from hexapod.checks.case_entries import findings_at
from hexapod.checks.findings import RANK, Finding, worst_verdict
from hexapod.errors import CaseError
from hexapod.plan.plan_file import plan_sha256, short_fingerprint

# Plans remembered for all sessions together: three for each of 40 people, so that an edit taken back, another step or
# another person's edit makes nobody wait.  A plan of 60 days takes 0.2 MB, one of 279 days 0.9 MB.
PLANS = 128
State = Literal["incomplete", "wrong", "refused", "caution", "ok"]


@dataclass(frozen=True)
class Outcome:
    """The plan is that of these very entries, or None: with any trouble there is no plan.

    `case` is None unless the entries make a valid case; a case that cannot be planned has troubles and no plan.
    `prescribed` is the whole SHA-256 of the plan, empty when there is none.  `dated` is what today's date adds to
    the findings of the plan: it is in no plan file, so that the plan stays the same on every day.  `reading` is what
    the entries say by themselves, with the troubles of their texts only.
    """

    troubles: tuple[Trouble, ...]
    case: Case | None
    plan: Plan | Refusal | None
    prescribed: str = ""
    dated: tuple[Finding, ...] = ()
    reading: Reading = field(default_factory=Reading)

    def on(self, today: datetime.date) -> Outcome:
        """The outcome as it is on a date."""
        return replace(self, dated=tuple(findings_at(self.case, today)) if self.case else ())

    @property
    def state(self) -> State:
        """One word for the banner."""
        if self.plan is not None:
            return max((self.plan.verdict, worst_verdict(self.dated)), key=RANK.__getitem__)
        return "incomplete" if all(trouble.missing for trouble in self.troubles) else "wrong"

    @property
    def plan_id(self) -> str:
        """The plan ID, as documents print it; empty when there is no plan."""
        return short_fingerprint(self.prescribed) if isinstance(self.plan, Plan) else ""

    def at(self, path: Path) -> list[Trouble]:
        """The troubles of one entry and of what stands inside it."""
        return [trouble for trouble in self.troubles if trouble.path[: len(path)] == path]

    def exactly_at(self, path: Path) -> list[Trouble]:
        """The troubles of one entry itself, such as a stage as a whole."""
        return [trouble for trouble in self.troubles if trouble.path == path]


def work_out(draft: Draft) -> Outcome:
    """The outcome of a draft: worked out anew from its entries, never taken from before."""
    reading = read_draft(draft)
    complete = replace(reading, troubles=list(reading.troubles))
    case = None
    try:
        case = read_case(reading.document)
    except CaseError as error:
        reading.add_problems(error.problems)
    if reading.troubles or case is None:
        return Outcome(tuple(reading.troubles), None, None, reading=complete)
    try:
        return Outcome((), case, *plan_of(case), reading=complete)
    except CaseError as error:
        reading.add_problems(error.problems)
        return Outcome(tuple(reading.troubles), case, None, reading=complete)


@st.cache_resource(max_entries=PLANS, show_spinner=False, hash_funcs={Case: lambda case: case.sha256})
def plan_of(case: Case) -> tuple[Plan | Refusal, str]:
    """The plan of a case and its ID, remembered by the ID of the entries alone."""
    plan = make_plan(case)
    return plan, plan_sha256(plan)

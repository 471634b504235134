"""The open case is looked at in the library again and again: a page left open does not go on showing what has changed.

What was seen when the page was drawn is remembered; the page is drawn anew as soon as the library says otherwise.
"""

from __future__ import annotations

import streamlit as st

from hexapod.app.session import library_access, session
from hexapod.app.session.session import OpenCase
from hexapod.errors import HexapodError
from hexapod.library import CaseRecord, Records, StoredPlan

# Often enough for a person at the other window, and little (0.02 of a core) to a server with 40 of them.
EVERY_S = 20


class Withdrawn(HexapodError):
    """What is asked for is no longer what the page showed."""


def watch() -> None:
    """Begin to look after the page has been drawn."""
    session.current().just_drawn = True
    _look_again()


@st.fragment(run_every=EVERY_S)
def _look_again() -> None:
    """Draw the page anew when the library has changed.  Entries that are not saved are decided about first."""
    state = session.begin()
    drawn, state.just_drawn = state.just_drawn, False
    if drawn or state.case.unsaved or not state.case.token:
        return
    try:
        if in_short(now(state.case)) == in_short(state.case.record):
            return
    except HexapodError:
        if state.case.unanswered:
            return
    state.drawn_by_itself = True
    st.rerun()


def now(case: OpenCase) -> CaseRecord:
    """What the library has now.  Raises HexapodError when it does not answer."""
    records = library_access.records()
    return records.cases.look(case.token, case.draft["id"].strip(), case.record)


def in_short(record: CaseRecord | None) -> tuple[object, ...]:
    """Of what the library has, all that draws the page anew."""
    if record is None:
        return ()
    plans = tuple((plan.number, plan.state) for plan in record.plans)
    return record.revision, record.archived, plans, len(record.visits)


def must_still_be(records: Records, case: str, plan: StoredPlan | None, revision: int) -> None:
    """Make sure, when a document is asked for, that what it says of its plan is still so.

    Args:
        records: the library for the user who is shown the document.
        case: key of the case.
        plan: the plan as it was when the page was drawn, None when it was not issued.
        revision: of the entries that the plan is of.

    Raises:
        Withdrawn: the plan was signed, stopped or replaced since, or the entries of an unsigned one have changed.
        LibraryError: the library does not answer, or not this user.
    """
    if plan is not None:
        now = records.plans.load(case, plan.number)
        if (now.state, now.sign_off) != (plan.state, plan.sign_off):
            raise Withdrawn(f"Plan {plan.number} is {now.state} now: load the page anew.")
        if plan.state == "signed":
            return
    if records.drafts.revision(case) != revision:
        raise Withdrawn("The entries of this case were changed in another window: load the page anew.")

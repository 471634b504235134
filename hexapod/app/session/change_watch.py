"""The open case is looked at in the library again and again: a page left open does not go on showing what has changed.

What was seen when the page was drawn is remembered; the page is drawn anew as soon as the library says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from hexapod.app.session import library_access, session
from hexapod.errors import HexapodError
from hexapod.library import Records, StoredPlan

# Often enough for a person at the other window, and little (0.02 of a core) to a server with 40 of them.
EVERY_S = 20


@dataclass(frozen=True)
class Seen:
    """What the library has of a case: the revision of its entries, whether it is archived, its plans and visits."""

    revision: int
    archived: bool
    plans: tuple[tuple[int, str], ...]
    visits: int


class Withdrawn(HexapodError):
    """What is asked for is no longer what the page showed."""


def seen(revision: int, archived: bool, plans: Sequence[StoredPlan], visits: int) -> Seen:
    """What the library has, in short."""
    return Seen(revision, archived, tuple((plan.number, plan.state) for plan in plans), visits)


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
    if now(state.case.token) != state.case.of_library.seen:
        state.drawn_by_itself = True
        st.rerun()


def now(case: str) -> Seen | None:
    """What the library has now; None when it does not answer."""
    try:
        records = library_access.records()
        revision, archived = records.drafts.revision(case), records.cases.is_archived(case)
        return seen(revision, archived, records.plans.of(case), len(records.visits.of(case)))
    except HexapodError:
        return None


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

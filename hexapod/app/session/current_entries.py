"""What was said of the entries on the page and made of them: it goes as soon as an entry is another."""

from __future__ import annotations

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session.acknowledgements import Answers
from hexapod.app.session.made_documents import PlanDocuments
from hexapod.library import new_key


def wipe_others(outcome: Outcome) -> None:
    """Forget what was said to cautions, and the documents, unless both are of these very entries."""
    state, fingerprint = st.session_state, outcome.case.sha256 if outcome.case else ""
    if state["answers"].case_sha256 != fingerprint:
        state["answers"] = Answers(fingerprint, new_key())
    if state["shown"] != fingerprint:
        state.update(shown=fingerprint, jump=None)
    # While a draft is edited beside a signed plan, the documents on the page may be those of that plan.
    if state["papers"] is not None and state["papers"].case_sha256 not in (fingerprint, state.get("printed case")):
        state.update(papers=None, wanted="")


def answers() -> Answers:
    """What was said to the cautions of these entries."""
    of_now: Answers = st.session_state["answers"]
    return of_now


def papers() -> PlanDocuments | None:
    """The documents made of these entries."""
    made: PlanDocuments | None = st.session_state["papers"]
    return made

"""Step 7: the documents of the plan, DRAFT until it is signed; those of the signed plan while another is drafted."""

from __future__ import annotations

from html import escape

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import plan_record, session, visit
from hexapod.app.session.acknowledgements import Answers
from hexapod.app.steps import check_findings, prescription_documents
from hexapod.app.steps.check import no_plan

WHICH = ("print", "which")


def show(outcome: Outcome) -> None:
    """The whole step.  Without a plan of these very entries there is no document but those of the signed plan."""
    signed = plan_record.in_force()
    state = st.session_state
    state["printed case"] = ""
    if signed is not None and signed != plan_record.recorded() and _which(signed.number) == "signed":
        _signed()
        return
    if outcome.plan is None or outcome.case is None:
        no_plan(outcome)
        return
    if outcome.plan.verdict == "refused":
        st.html('<p class="hx-refusal">Refused: no schedule was made. Change what the findings name.</p>')
    answers = check_findings.answers_now(outcome.plan)
    prescription_documents.show(outcome, outcome.case, outcome.plan, answers, plan_record.recorded())


def _which(number: int) -> str:
    """Whose documents are shown while a draft is edited beside a signed plan."""
    key = session.widget_key(WHICH)
    if key not in st.session_state:
        st.session_state[key] = "draft"
    names = {"signed": f"Plan {number}, signed, that the patient follows", "draft": "The draft on this page"}
    shown = list(names)
    chosen = st.segmented_control("Documents of", shown, format_func=names.__getitem__, key=key, required=True)
    return chosen or "draft"


def _signed() -> None:
    """The documents of the signed plan, as long as this program makes it the same."""
    following = visit.in_force()
    if following is None or following.plan is None or following.recorded is None:
        told = following.stale if following is not None else "No plan is signed any more."
        st.html(f'<p class="hx-alarm" role="alert">{escape(told)} Its documents are not made anew.</p>')
        return
    case, plan = following.case, following.plan
    st.session_state["printed case"] = case.sha256
    of = Outcome((), case, plan, following.recorded.plan_sha256)
    prescription_documents.show(of, case, plan, Answers(case.sha256), following.recorded)

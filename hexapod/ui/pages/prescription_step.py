"""Step 7: the documents of the plan, DRAFT until it is signed."""

from __future__ import annotations

import streamlit as st

from hexapod.ui import signing
from hexapod.ui.outcome import Outcome
from hexapod.ui.pages import documents_part, findings_part
from hexapod.ui.pages.check_step import no_plan


def show(outcome: Outcome) -> None:
    """The whole step.  Without a plan of these very entries there is no document."""
    if outcome.plan is None or outcome.case is None:
        no_plan(outcome)
        return
    if outcome.plan.verdict == "refused":
        st.html('<p class="hx-refusal">Refused: no schedule was made. Change what the findings name.</p>')
    answers = findings_part.answers_now(outcome.plan)
    documents_part.show(outcome, outcome.case, outcome.plan, answers, signing.recorded())

"""Step 8: what was read at a visit, what it means, and how the plan goes on."""

from __future__ import annotations

import streamlit as st

from hexapod.ui.outcome import Outcome
from hexapod.ui.pages.check_step import no_plan


def show(outcome: Outcome) -> None:
    """The whole step."""
    if outcome.plan is None or outcome.case is None:
        no_plan(outcome)
        return
    st.subheader("Follow-up", anchor=False)

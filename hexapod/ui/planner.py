"""The planner: one page, five steps.  The outermost edge: whatever goes wrong here, no schedule stays on the screen."""

from __future__ import annotations

import logging
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hexapod.ui import session
from hexapod.ui.banner import banner
from hexapod.ui.colours import strut_style
from hexapod.ui.outcome import work_out
from hexapod.ui.pages import case_step, deformity_step, frame_step, plan_step, stages_step

STYLE = Path(__file__).with_name("style.css")
ICON = Path(__file__).with_name("icon.svg")
_STEPS = {
    "case": case_step.show,
    "deformity": deformity_step.show,
    "frame": frame_step.show,
    "stages": stages_step.show,
    "plan": plan_step.show,
}
_log = logging.getLogger(__name__)


def planner() -> None:
    """Draw the page from the entries of this moment."""
    st.html(STYLE)
    st.html(strut_style())
    page = st.empty()
    try:
        session.start()
        with page.container(key="page"):
            session.agree()
            outcome = work_out(session.draft())
            session.wipe_what_is_of_other_entries(outcome)
            banner(outcome)
            _said()
            with st.container(key=f"body-{session.step()}"):
                _STEPS[session.step()](outcome)
    except Exception:  # noqa: BLE001  the outermost edge
        _log.exception("the page failed")
        plan_of_before_is_gone(page)


def plan_of_before_is_gone(page: DeltaGenerator) -> None:
    """Put one sentence in the place of everything drawn so far."""
    page.error(
        "Something went wrong inside the program: no schedule was made, and nothing on an earlier screen is valid. "
        "Your entries are kept. Reload the page; if it happens again, save nothing from it and report it."
    )


def _said() -> None:
    """The one line that answers the last action.  Its place is always there."""
    text = st.session_state["said"]
    st.html(f'<p class="hx-said{"" if text else " hx-quiet"}" role="status">{escape(text)}</p>')

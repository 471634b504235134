"""The app: the list of cases, or one case in its steps.  The outermost edge: whatever fails, no schedule stays."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hexapod.app import run_queue
from hexapod.app.draft import date_input
from hexapod.app.draft.outcome import work_out
from hexapod.app.session import answer, autosave, change_watch, current_entries, plan_record, rights, session
from hexapod.app.steps import case_list, check, deformity, frame, limb, mounting_parameters, prescription
from hexapod.app.steps.follow_up import follow_up_step as follow_up
from hexapod.app.steps.treatment import treatment_step as treatment
from hexapod.app.widgets import leave_guard
from hexapod.app.widgets.banner import banner
from hexapod.app.widgets.strut_colours import strut_style

STYLE = Path(__file__).with_name("style.css")
ICON = Path(__file__).with_name("icon.svg")
_STEPS = {
    "limb": limb.show,
    "frame": frame.show,
    "deformity": deformity.show,
    "mounting": mounting_parameters.show,
    "treatment": treatment.show,
    "check": check.show,
    "prescription": prescription.show,
    "follow-up": follow_up.show,
}
_FAILED, _SHOWN = "the page failed", "page shown"
_log = logging.getLogger(__name__)


def planner() -> None:
    """Draw the page from the entries of this moment."""
    with run_queue.turn():
        _planner()


def _planner() -> None:
    state = st.session_state
    st.html(STYLE)
    st.html(strut_style())
    if state.pop(_FAILED, False):
        plan_of_before_is_gone(st.empty())
        return
    try:
        # First: whatever takes time while the page's place is empty lets the browser take down the page of before.
        session.start()
        rights.look()
        with _place():
            if session.on_list():
                autosave.forget_held()
                told = answer.line()
                case_list.show()
                told()
            else:
                case_list.remember()
                _case()
    except Exception:  # noqa: BLE001  the outermost edge
        _log.exception("the page failed")
        state[_FAILED] = True
        st.rerun()


def _place() -> DeltaGenerator:
    """Where the page is drawn.  Another page takes the place of the one before at once.

    The same page is drawn over itself: emptied first, it would be taken down whenever the browser is quick or the
    server slow, and what is being typed into a field of it with it.
    """
    state = st.session_state
    shown = (state["sheet"], state["step"], state["level"])
    place = st if state.get(_SHOWN) == shown else st.empty()
    state[_SHOWN] = shown
    return place.container(key="page")


def _case() -> None:
    session.agree()
    autosave.look()
    autosave.hold()
    leave_guard.ask_before(unsaved=bool(st.session_state["unsaved"]))
    outcome = work_out(session.draft())
    current_entries.wipe_others(outcome)
    plan_record.look(outcome)
    signed = plan_record.recorded()
    if signed is None or signed.sign_off is None:  # a treatment that is under way may have begun long ago
        outcome = outcome.on(date_input.today())
    banner(outcome)
    told = answer.line()
    with st.container(key=f"body-{session.step()}"):
        _STEPS[session.step()](outcome)
    told()
    change_watch.watch()


def plan_of_before_is_gone(page: DeltaGenerator) -> None:
    """Put one sentence in the place of everything drawn so far."""
    page.error(
        "Something went wrong inside the program: no schedule was made, and nothing on an earlier screen is valid. "
        "Your entries are kept. Reload the page; if it happens again, save nothing from it and report it."
    )

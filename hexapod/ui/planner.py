"""The app: the list of cases, or one case in its steps.  The outermost edge: whatever fails, no schedule stays."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hexapod.ui import answer, dates, leaving, of_these_entries, permits, saving, session, signing, turns, watching
from hexapod.ui.banner import banner
from hexapod.ui.colours import strut_style
from hexapod.ui.outcome import work_out
from hexapod.ui.pages import (
    check_step,
    deformity_step,
    follow_up_step,
    frame_step,
    library_page,
    limb_step,
    mounting_step,
    prescription_step,
    treatment_step,
)

STYLE = Path(__file__).with_name("style.css")
ICON = Path(__file__).with_name("icon.svg")
_STEPS = {
    "limb": limb_step.show,
    "frame": frame_step.show,
    "deformity": deformity_step.show,
    "mounting": mounting_step.show,
    "treatment": treatment_step.show,
    "check": check_step.show,
    "prescription": prescription_step.show,
    "follow-up": follow_up_step.show,
}
_FAILED, _SHOWN = "the page failed", "page shown"
_log = logging.getLogger(__name__)


def planner() -> None:
    """Draw the page from the entries of this moment."""
    with turns.turn():
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
        permits.look()
        with _place():
            if session.on_list():
                saving.forget_held()
                told = answer.line()
                library_page.show()
                told()
            else:
                library_page.remember()
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
    saving.look()
    saving.hold()
    leaving.ask_before(unsaved=bool(st.session_state["unsaved"]))
    outcome = work_out(session.draft())
    of_these_entries.wipe_others(outcome)
    signing.look(outcome)
    signed = signing.recorded()
    if signed is None or signed.sign_off is None:  # a treatment that is under way may have begun long ago
        outcome = outcome.on(dates.today())
    banner(outcome)
    told = answer.line()
    with st.container(key=f"body-{session.step()}"):
        _STEPS[session.step()](outcome)
    told()
    watching.watch()


def plan_of_before_is_gone(page: DeltaGenerator) -> None:
    """Put one sentence in the place of everything drawn so far."""
    page.error(
        "Something went wrong inside the program: no schedule was made, and nothing on an earlier screen is valid. "
        "Your entries are kept. Reload the page; if it happens again, save nothing from it and report it."
    )

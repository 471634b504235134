"""The app: the list of cases, or one case in its steps.  The outermost edge: whatever fails, no schedule stays."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hexapod.app.draft import typed_text
from hexapod.app.draft.outcome import work_out
from hexapod.app.session import entries, library_access, opening, plan_record, session, step_status, unsaved
from hexapod.app.steps import case_list, check, deformity, frame, limb, prescription_documents
from hexapod.app.steps.follow_up import follow_up_step as follow_up
from hexapod.app.steps.radiographs import radiographs_step as radiographs
from hexapod.app.steps.treatment import treatment_step as treatment
from hexapod.app.widgets import drawings, viewer_scene
from hexapod.app.widgets.banner import banner, closed, next_step, notice_html
from hexapod.app.widgets.browser_scripts import ask_before_leaving, at_top
from hexapod.text.strut_looks import STRUT_LOOKS

STYLE = Path(__file__).with_name("style.css")
ICON = Path(__file__).with_name("icon.svg")
_STEPS = {
    "limb": limb.show,
    "frame": frame.show,
    "radiographs": radiographs.show,
    "deformity": deformity.show,
    "mounting": deformity.show_mounting,
    "treatment": treatment.show,
    "check": check.show,
    "prescription": prescription_documents.show,
    "follow-up": follow_up.show,
}
# Whoever has waited so long goes on beside the one whose turn it is: that must be at something long.
PATIENCE_S = 0.5

_turn = threading.Lock()
_log = logging.getLogger(__name__)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn, at most for a while; the next one's begins when this ends, however it ends.

    Runs of the page done one after the other are all done sooner than when all are under way at once.  Python works on
    one thing at a time anyway: of many runs begun together and shared out in slices each ends late; in turns most end
    early, and the last no later.
    """
    mine = _turn.acquire(timeout=PATIENCE_S)
    try:
        yield
    finally:
        if mine:
            _turn.release()


def planner() -> None:
    """Draw the page from the entries of this moment."""
    with turn():
        _planner()


def _planner() -> None:
    st.html(STYLE)
    drawings.style()
    st.html(strut_style())
    with session.turn() as state:
        failed, state.failed = state.failed, False
    if failed:
        plan_of_before_is_gone(st.empty())
        return
    try:
        # First: whatever takes time while the page's place is empty lets the browser remove the earlier page.
        with session.turn():
            session.read_widgets()
            entries.absorb()
            opening.start()
            library_access.look()
        if session.on_list():
            with _places().step:
                with session.turn():
                    unsaved.forget()
                status = step_status.line()
                case_list.show()
                status()
                with session.turn():
                    entries.page_is_drawn()
        else:
            case_list.remember()
            _case(_places())
    except Exception:  # noqa: BLE001  the outermost edge
        _log.exception("the page failed")
        with session.turn() as state:
            state.failed = True
        st.rerun()


@dataclass(frozen=True)
class _Places:
    """The three places of the page: what stays at the top, the step, and the preview beside it."""

    top: DeltaGenerator
    step: DeltaGenerator
    preview: DeltaGenerator


def _places() -> _Places:
    """Where the page is drawn.  Another page takes the place of the one before at once.

    The same page is drawn over itself: emptied first, it would be removed whenever the browser is quick or the
    server slow, and what is being typed into a field of it with it.  Top and preview are those of the case: they stay
    while the step changes.
    """
    state = session.current()
    shown, before = (state.case.sheet, state.step, state.case.level), state.page
    state.page = shown
    if session.on_list():
        return _Places(st.empty(), _place("page", stays=before == shown), st.empty())
    same_case = before is not None and before[0] == shown[0]
    return _Places(
        _place("masthead", stays=same_case),
        _place("page", stays=before == shown),
        _place("pane", stays=same_case),
    )


def _place(key: str, *, stays: bool) -> DeltaGenerator:
    return (st if stays else st.empty()).container(key=key)


def _case(places: _Places) -> None:
    with session.turn() as state:
        unsaved.look()
        unsaved.hold_open_case()
        case = state.case
    outcome = work_out(case.draft)
    with session.turn():
        entries.wipe_others(outcome)
        case.reading = outcome.reading
    plan_record.look(outcome)
    signed = session.of_library().recorded
    if signed is None or signed.sign_off is None:  # a treatment that is under way may have begun long ago
        outcome = outcome.on(typed_text.today())
    with places.top:
        banner(outcome)
    # Before the step, which may have documents to make.
    with places.preview:
        viewer_scene.show(outcome)
    with places.step:
        ask_before_leaving(unsaved=bool(case.unsaved))
        st.html(notice_html())
        status = step_status.line()
        closed()
        with st.container(key=f"body-{session.step()}"):
            _STEPS[session.step()](outcome)
            next_step()
        at_top()
        status()
        unsaved.watch()
    # Last of all: a run that is ended after it would be taken for one that the browser has got whole.
    with session.turn():
        entries.page_is_drawn()


def strut_style() -> str:
    """Style rules that give every strut its colour: the stripe of its entry, the disc in the head of the schedule."""
    rules = []
    for strut, look in STRUT_LOOKS.items():
        rules.append(
            f'.st-key-strut-{strut} [data-testid="stTextInputRootElement"] {{ border-top: 6px solid {look.shade}; }}'
        )
        rules.append(f".hx-strut-{strut} .hx-disc {{ background: {look.shade}; color: {look.ink}; }}")
    return f"<style>{' '.join(rules)}</style>"


def plan_of_before_is_gone(page: DeltaGenerator) -> None:
    """Put one sentence in the place of everything drawn so far."""
    page.error(
        "Something went wrong inside the program: no schedule was made, and nothing on an earlier screen is valid. "
        "Your entries are kept. Reload the page; if it happens again, save nothing from it and report it."
    )

"""A change of side, reference or hardware of a case under way: what it means is asked before it is made."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from html import escape

import streamlit as st

from hexapod.app.draft.draft_model import Draft
from hexapod.app.draft.storage import draft_in, text_of
from hexapod.app.session import library_access
from hexapod.errors import HexapodError
from hexapod.library import new_key


@dataclass(frozen=True)
class Question:
    """What a change means, and the entries with it; those without it are on the page."""

    case: str
    told: tuple[str, ...]
    draft: Draft


def ask(case: str, told: tuple[str, ...], wanted: Draft) -> None:
    """Put the entries back as the library has them, and ask whether those wanted are meant."""
    state = st.session_state
    question = Question(case, told, copy.deepcopy(wanted))
    try:
        last = library_access.records().drafts.load(case)
        before = draft_in(last.text if last is not None else state["journal"].text)
        revision = last.revision if last is not None else state["revision"]
    except HexapodError as error:
        state["unanswered"] = f"The library does not answer: what it has of this case is not known. {error}"
        return
    values = {"draft": before, "revision": revision, "unsaved": None, "newer": 0, "sheet": new_key()}
    state["journal"].text = text_of(before)
    state.update(values | {"question": question, "said": ""})


def asked_html(question: Question) -> str:
    """The question as the banner shows it."""
    lines = "".join(f"<br>{escape(told)}" for told in question.told)
    return f'<p class="hx-alarm" role="alert">Nothing is changed yet: is this meant?{lines}</p>'


def leave_it(place: str) -> None:
    """Callback: the entries stay as they were."""
    state = st.session_state
    state["called"] = True
    if place == state["place"]:
        state["question"] = None

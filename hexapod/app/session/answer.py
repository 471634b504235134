"""What answers the last action: a line at the top for what was done, beside the button for what was refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_SHOWN = "refusal shown"


def refusal(place: str, sentence: str) -> dict[str, Any]:
    """What the session's state is to say when the button of this key was refused."""
    return {"said": sentence, "refused": (place, sentence, False)}


def past(state: Mapping[str | int, Any]) -> dict[str, Any]:
    """What the state is to say after an entry: a refusal that has been read is past; one of this very click is not."""
    return {"said": "", "refused": None} if _of(state)[2] else {}


def beside(place: str) -> None:
    """Below a button: why it did nothing, when it was the last one pressed."""
    state = st.session_state
    if _of(state)[0] == place:
        state.update({_SHOWN: True, "refused": (place, state["said"], True)})
        st.html(f'<p class="hx-alarm hx-beside" role="alert">{escape(state["said"])}</p>')


def line() -> Callable[[], None]:
    """The line at the top; call what is returned once the page is drawn.

    Its place is always there.  A refusal whose button has gone from the page stands in it.
    """
    state = st.session_state
    state[_SHOWN] = False
    place = st.empty()
    _said(place, "" if _of(state)[0] else state["said"])

    def after() -> None:
        if _of(state)[0] and not state[_SHOWN]:
            _said(place, state["said"])

    return after


def _of(state: Mapping[str | int, Any]) -> tuple[str, str, bool]:
    """Key, sentence and whether it was on the page, of the refusal that is still the last answer."""
    refused: tuple[str, str, bool] | None = state.get("refused")
    return refused if refused is not None and refused[1] == state.get("said") else ("", "", False)


def _said(place: DeltaGenerator, text: str) -> None:
    place.html(f'<p class="hx-said{"" if text else " hx-quiet"}" role="status">{escape(text)}</p>')

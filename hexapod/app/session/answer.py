"""What answers the last action: a line at the top for what was done, beside the button for what was refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hexapod.app.session import session


def beside(button: str) -> None:
    """Below a button: why it did nothing, when it was the last one pressed."""
    refused = session.opened().refusal()
    if refused is not None and refused.button == button:
        session.opened().refused = replace(refused, read=True)
        session.opened().drawn_refusal = True
        st.html(f'<p class="hx-alarm hx-beside" role="alert">{escape(refused.sentence)}</p>')


def line() -> Callable[[], None]:
    """The line at the top; call what is returned once the page is drawn.

    Its place is always there.  A refusal whose button has gone from the page stands in it.
    """
    case = session.opened()
    case.drawn_refusal = False
    place = st.empty()
    _said(place, "" if case.refusal() else case.said)

    def after() -> None:
        if case.refusal() and not case.drawn_refusal:
            _said(place, case.said)

    return after


def _said(place: DeltaGenerator, text: str) -> None:
    place.html(f'<p class="hx-said{"" if text else " hx-quiet"}" role="status">{escape(text)}</p>')

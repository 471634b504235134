"""What a re-plan decided, at the top of the page that it opens; the page is scrolled there once."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from hexapod.app.session import session
from hexapod.library import new_key

# The page stands where the button of the step before was; a number that is new brings it to the top, once.
_TO_TOP = """export default ({ data, parentElement }) => {
  if (globalThis.hexapodTop === data.number) return;
  globalThis.hexapodTop = data.number;
  for (let box = parentElement; box; box = box.parentElement ?? box.getRootNode().host) box.scrollTop = 0;
}"""
_TOP = "top"


def to_top() -> None:
    """For callbacks: the next page begins at its top."""
    st.session_state[_TOP] = new_key()


def show() -> None:
    """The sentences, as long as the entries are those that go on from the plan of before."""
    decided = session.draft()["decided"]
    if decided["of"] and decided["of"] == session.draft()["derived_from"]:
        told = "".join(f"<li>{escape(line)}</li>" for line in decided["lines"])
        st.html(
            '<section class="hx-decided" aria-label="What was decided"><h3>What was decided</h3>'
            f"<ul>{told}</ul></section>"
        )
    if number := st.session_state.get(_TOP):
        _component()(key="to-top", data={"number": number})


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("hexapod_to_top", js=_TO_TOP, isolate_styles=False)

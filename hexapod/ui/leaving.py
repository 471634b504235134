"""Leaving the page: the browser asks first while something on it is nowhere else.

A field that is being typed in is taken along: it is left, which sends its text, before the browser asks.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

# What a field said when it was entered, or when Enter sent it, is known to the server; anything else is not.
# The browser's page is listened to once, whatever Streamlit draws anew while somebody types.
_ASK = """const page = (window.__hexapodLeaving ??= { known: null, unsaved: false, open: false, listens: false });
const field = (element) => element?.matches?.("input, textarea") && "value" in element;
const entered = ({ target }) => { if (field(target)) page.known = { target, text: target.value }; };
const sent = ({ key, target }) => { if (key === "Enter" && target.matches?.("input")) entered({ target }); };
const leave = (event) => {
  const here = document.activeElement;
  const typed = page.open && field(here) && page.known?.target === here && page.known.text !== here.value;
  if (typed) here.blur();
  if (typed || page.unsaved) event.preventDefault();
};
export default ({ data }) => {
  Object.assign(page, { unsaved: data.unsaved, open: true });
  if (!page.listens) {
    page.listens = true;
    entered({ target: document.activeElement });
    document.addEventListener("focusin", entered);
    document.addEventListener("keydown", sent);
    window.addEventListener("beforeunload", leave);
  }
  return () => Object.assign(page, { unsaved: false, open: false });
};"""


def ask_before(*, unsaved: bool) -> None:
    """Let the browser ask before the page is left, when entries on it are not saved or a field was not left yet."""
    _component()(key="leaving", data={"unsaved": unsaved})


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("hexapod_leaving", js=_ASK, isolate_styles=False)

"""Leaving the page: the browser asks first while something on it is nowhere else.

A field that is still being typed in is left, which sends its text; where the page goes before that has happened, the
browser's tab keeps the text, and the page that is loaded next in it puts it back into its field.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

# What a field said when it was entered, or when Enter sent it, is known to the server; anything else is not.
# The browser's page is listened to once, whatever Streamlit draws anew while somebody types.  A timer runs only on a
# page that was not left after all.
_ASK = """const page = (window.__hexapodLeaving ??= { known: null, unsaved: false, open: false, listens: false });
const TYPED = "hexapod-typed", FIELDS = "input[aria-label], textarea[aria-label]", LOOK_MS = 200, LOOKS = 75;
const place = () => new URLSearchParams(location.search).get("case");
const alike = (label) => [...document.querySelectorAll(FIELDS)].filter((one) => one.ariaLabel === label);
const entered = ({ target }) => { if (target?.matches?.(FIELDS)) page.known = { target, text: target.value }; };
const sent = ({ key, target }) => { if (key === "Enter" && target.matches?.("input")) entered({ target }); };
const leave = (event) => {
  const field = document.activeElement;
  const typed = page.open && field && page.known?.target === field && page.known.text !== field.value;
  if (typed) {
    const label = field.ariaLabel;
    const kept = { place: place(), label, number: alike(label).indexOf(field), text: field.value };
    sessionStorage.setItem(TYPED, JSON.stringify(kept));
    setTimeout(() => sessionStorage.removeItem(TYPED));
    field.blur();
  }
  if (typed || page.unsaved) event.preventDefault();
};
const putBack = () => {
  const kept = JSON.parse(sessionStorage.getItem(TYPED));
  sessionStorage.removeItem(TYPED);
  if (!kept || kept.place !== place()) return;
  let looks = 0;
  const looking = setInterval(() => {
    const field = alike(kept.label)[kept.number];
    if (field || ++looks === LOOKS) clearInterval(looking);
    if (!field || field.value === kept.text) return;
    field.focus();
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, kept.text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.blur();
  }, LOOK_MS);
};
export default ({ data }) => {
  Object.assign(page, { unsaved: data.unsaved, open: true });
  if (!page.listens) {
    page.listens = true;
    entered({ target: document.activeElement });
    document.addEventListener("focusin", entered);
    document.addEventListener("keydown", sent);
    window.addEventListener("beforeunload", leave);
    putBack();
  }
  return () => Object.assign(page, { unsaved: false, open: false });
};"""


def ask_before(*, unsaved: bool) -> None:
    """Let the browser ask before the page is left, when entries on it are not saved or a field was not left yet."""
    _component()(key="leaving", data={"unsaved": unsaved})


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("hexapod_leaving", js=_ASK, isolate_styles=False)

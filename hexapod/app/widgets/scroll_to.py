"""The page brought to a place on it once: where a button of another step has led to."""

from __future__ import annotations

from typing import Any

import streamlit as st

from hexapod.library import new_key

# What stands above the place is drawn a little later, too: it is looked for a few times.  A number that is new counts.
_INTO_VIEW = """const LOOKS_MS = [0, 300, 900];
export default ({ data, parentElement }) => {
  if (globalThis.hexapodIntoView === data.number) return;
  globalThis.hexapodIntoView = data.number;
  const place = parentElement.closest?.("[data-testid]") ?? parentElement.host ?? parentElement;
  const bring = () => {
    const banner = document.querySelector(".st-key-banner");
    place.style.scrollMarginTop = `${banner ? banner.getBoundingClientRect().height + 16 : 0}px`;
    place.scrollIntoView({ block: "start" });
  };
  for (const ms of LOOKS_MS) setTimeout(bring, ms);
}"""
_PLACE = "place to be shown"


def ask(place: str) -> None:
    """For callbacks: the next page that has this place shows it."""
    st.session_state[_PLACE] = (place, new_key())


def here(place: str) -> None:
    """The place, on the page."""
    asked = st.session_state.get(_PLACE)
    if asked is not None and asked[0] == place:
        _component()(key=f"into-view-{place}", data={"number": asked[1]})


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("hexapod_into_view", js=_INTO_VIEW, isolate_styles=False)

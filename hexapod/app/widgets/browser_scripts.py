"""SVG on the page: Streamlit's HTML leaves it out, so a picture goes there as an image, or by a component of its own.

An image has its colours fixed; the component takes those of the page, light or dark.
"""

from __future__ import annotations

import base64
from html import escape
from typing import Any

import streamlit as st

# Streamlit's PDF scrolls, but only for those who have a mouse.  It stands in a shadow tree of its own and is drawn
# late, so it is looked for twice a second as long as it is on the page.
_REACH = """export default () => {
  const mark = () => {
    for (const host of document.querySelectorAll("*"))
      host.shadowRoot?.querySelectorAll('[data-testid="pdf-content"]').forEach((box) => { box.tabIndex = 0; });
  };
  const watch = setInterval(mark, 500);
  mark();
  return () => clearInterval(watch);
}"""
_SHOW = "export default ({ data, parentElement }) => { parentElement.innerHTML = data.svg; }"


def image_html(svg: str, words: str, css_class: str = "") -> str:
    """An SVG as an image for `st.html`, with the words for those who do not see it."""
    coded = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return f'<img class="{css_class}" alt="{escape(words)}" src="data:image/svg+xml;base64,{coded}">'


def show_svg(svg: str, *, key: str) -> None:
    """An SVG in the colours of the page.  It must come from our own code: it is put on the page as it stands."""
    _component()(key=key, data={"svg": svg})


def reach_by_keys() -> None:
    """Let the keyboard reach and scroll the PDF on the page."""
    _reach()(key="reach-by-keys")


@st.cache_resource(show_spinner=False)
def _reach() -> Any:
    return st.components.v2.component("hexapod_reach", js=_REACH, isolate_styles=False)


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("hexapod_svg", js=_SHOW, isolate_styles=False)

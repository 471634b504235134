"""SVG on the page: Streamlit's HTML leaves it out, so a picture goes there as an image, or by a component of its own.

An image has its colours fixed; the component takes those of the page, light or dark.
"""

from __future__ import annotations

import base64
from html import escape
from typing import Any

import streamlit as st

_SHOW = "export default ({ data, parentElement }) => { parentElement.innerHTML = data.svg; }"


def image_html(svg: str, words: str, css_class: str = "") -> str:
    """An SVG as an image for `st.html`, with the words for those who do not see it."""
    coded = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return f'<img class="{css_class}" alt="{escape(words)}" src="data:image/svg+xml;base64,{coded}">'


def show_svg(svg: str, *, key: str) -> None:
    """An SVG in the colours of the page.  It must come from our own code: it is put on the page as it stands."""
    _component()(key=key, data={"svg": svg})


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("hexapod_svg", js=_SHOW, isolate_styles=False)

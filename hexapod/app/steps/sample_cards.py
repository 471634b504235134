"""The sample cases as cards: a picture drawn from the case, what it teaches, the status of its plan."""

from __future__ import annotations

import functools
from html import escape

import streamlit as st

from hexapod import load_case
from hexapod.app.session import answer, opening
from hexapod.app.session.opening import SAMPLE, SAMPLES, samples
from hexapod.app.widgets import drawings
from hexapod.app.widgets.panels import plain
from hexapod.drawings.entry.thumbnail import thumbnail
from hexapod.errors import HexapodError
from hexapod.text.sample_lessons import SAMPLE_LESSONS, SampleLesson

STATUS = {"ok": "ready", "caution": "1 warning", "refused": "refused"}


def show() -> None:
    """All cards; a click anywhere on one opens its case."""
    there = samples()
    in_order = [stem for stem in SAMPLE_LESSONS if stem in there]
    st.subheader("Sample cases", anchor=False)
    with st.container(key="samples", horizontal=True, gap="small"):
        for stem in [*in_order, *(stem for stem in there if stem not in in_order)]:
            _card(stem)


def _card(stem: str) -> None:
    lesson = SAMPLE_LESSONS.get(stem) or SampleLesson(stem.replace("_", " ").capitalize(), "")
    with st.container(key=f"card-{stem}", gap=None):
        st.button(
            plain(lesson.name),
            key=f"sample-{stem}",
            type="tertiary",
            on_click=opening.open_place,
            args=(f"{SAMPLE}{stem}", "check", f"sample-{stem}"),
            width="stretch",
        )
        drawings.show(
            f'<div class="hx-card">{_picture(stem)}<p>{escape(lesson.teaches)}</p>'
            f'<p class="hx-is-{lesson.status}">{STATUS[lesson.status]}</p></div>'
        )
        answer.beside(f"sample-{stem}")


@functools.lru_cache(maxsize=64)
def _picture(stem: str) -> str:
    """Drawn once for the server; a file that cannot be read has no picture: its button tells why."""
    try:
        case = load_case(SAMPLES / f"{stem}.json")
    except HexapodError:
        return ""
    return thumbnail(
        case.document, f"{case.limb.side} {case.limb.bone}, {len(case.levels)} hexapods, drawn from the case"
    )

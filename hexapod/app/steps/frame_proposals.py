"""Which frame to build, in the step Frame: rings, struts and heights that carry the treatment, with a picture each."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from hexapod import load_catalogue
from hexapod.app.session import library_access, session
from hexapod.app.widgets import drawings
from hexapod.case.model import Case
from hexapod.drawings.entry.measure_drawings import thumbnail
from hexapod.errors import HexapodError
from hexapod.preoperative.frame_choice import FrameChoice, choose_frame
from hexapod.text.frame_advice_text import FRAME_HEADS, FrameRow, frame_rows, frames_said

# Puts a case's frame in, worked out from the entries of another, and says so.
PutIn = Callable[[str, Case, Case, str], None]


def show(case: Case, heights: tuple[float, ...] | None, put_in: PutIn) -> None:
    """The button, and below it what was found for these very entries, until other advice is asked for."""
    of = ("frames", case.sha256, session.level_index(), heights)
    if st.button("Compare rings, struts and heights", key="choose-frame"):
        with st.spinner("Trying rings, struts and heights …"):
            session.current().advice = (of, _chosen(case, heights))
    known = session.current().advice
    if known is None or known[0] != of:
        return
    if isinstance(known[1], str):
        st.html(f'<p class="hx-line hx-wrong">{escape(known[1])}</p>')
        return
    _told(case, known[1], put_in)


def _chosen(case: Case, heights: tuple[float, ...] | None) -> FrameChoice | str:
    try:
        return choose_frame(case, session.level_index(), heights)
    except HexapodError as error:
        return str(error)


def _told(case: Case, choice: FrameChoice, put_in: PutIn) -> None:
    st.html(f'<p class="hx-line hx-hint">{escape(frames_said(choice))}</p>')
    rows = frame_rows(choice, load_catalogue())
    if not rows:
        return
    heads = "".join(f'<th scope="col">{name}</th>' for name in (*FRAME_HEADS, "Day 0"))
    body = "".join(_row(row, one.case) for row, one in zip(rows, choice.proposals, strict=True))
    drawings.show(
        '<div class="hx-scroll" role="region" tabindex="0" aria-label="Frames">'
        f'<table class="hx-troubles"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )
    with st.container(key="frames", horizontal=True, gap="small"):
        for number, (row, one) in enumerate(zip(rows, choice.proposals, strict=True), start=1):
            st.button(
                f"Put {number} in",
                key=f"frame-{number}",
                on_click=put_in,
                args=(session.level()["uid"], case, one.case, f"{row.rings}, {row.struts}, {row.height} mm apart"),
                disabled=not library_access.may_enter(),
                help=f"{row.rings}, {row.struts}, {row.height} mm apart",
            )


def _row(row: FrameRow, case: Case) -> str:
    cells = (row.struts, row.height, row.exchanges, row.steepness, row.condition, row.warnings)
    picture = thumbnail(case.document, f"{row.rings}, {row.struts}, {row.height} mm apart, on day 0")
    return (
        f'<tr><th scope="row">{escape(row.rings)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}'
        f'<td class="hx-frame-picture">{picture}</td></tr>'
    )

"""How exact the end will be (hazard H-06), before a plan is signed: bounds, chances, causes, and a wrong mounting."""

from __future__ import annotations

from html import escape

import streamlit as st

from hexapod.app.widgets import panels
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.preoperative.end_error import EndError, end_error
from hexapod.text.preoperative_text import NOTHING, cause_rows, end_error_sentences, sensitivity_rows

TITLE = "How exact the end will be"


def show(plan: Plan, index: int) -> None:
    """The block of a level; what it is due to is closed until somebody asks."""
    sentences, found = _judged(plan, index)
    panels.show(TITLE, sentences, "")
    with st.expander("What it is due to, and what to measure again"):
        if found is not None:
            st.html(causes_html(found))
        _wrong_mounting(plan.levels[index])


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={Plan: lambda plan: plan.case_sha256})
def _judged(plan: Plan, index: int) -> tuple[list[str], EndError | None]:
    """Sentences and numbers of a level, remembered by the case's fingerprint, which covers the SD too."""
    level = plan.levels[index]
    return end_error_sentences(level), end_error(level)


def causes_html(found: EndError) -> str:
    """The entries as a table, that with the largest share first."""
    rows = "".join(
        f"<tr><td>{escape(row.name)}</td><td>{escape(row.sd)}</td><td>{escape(row.share)}</td><td>{row.halved}</td></tr>"
        for row in cause_rows(found)
    )
    return (
        '<table class="hx-troubles"><thead><tr><th scope="col">Entry</th><th scope="col">SD</th>'
        '<th scope="col">Share of the error at the end</th>'
        f'<th scope="col">With half this SD, of 100 cases within {escape(found.judged_by.text)}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _wrong_mounting(level: LevelPlan) -> None:
    rows = sensitivity_rows(level)
    told = [f"{row.ring} than entered: the bone ends {row.off} off" for row in rows if row.off != NOTHING]
    if len(told) < len(rows):
        told.append("Otherwise nothing changes at the end.")
    panels.show("If the ring really sits otherwise by one SD, the worst first", told, "")

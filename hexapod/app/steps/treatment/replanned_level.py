"""What a re-plan wrote into a level: it is folded, belongs to the readings of its day, and can be taken out."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import entries, library_access, session
from hexapod.app.session.entries import action
from hexapod.app.widgets import table_fields
from hexapod.app.widgets.fields import message
from hexapod.case.level_parts import Stage
from hexapod.text.case_sentences import stage_sentence

PARTS = ("course_from", "so_far", "return_stages")


def show(outcome: Outcome, path: d.Path) -> None:
    """The folded part; open when something in it is wrong, and nothing for a level of a first plan."""
    level = session.level()
    if not any(level[part] != _blank(part) for part in PARTS):
        return
    wrong = any(outcome.at((*path, part)) for part in PARTS)
    with st.expander("Continues the previous plan", expanded=wrong):
        if level["course_from"] != _blank("course_from"):
            _goes_on_from(outcome, (*path, "course_from"))
        if level["return_stages"]:
            _returns(outcome, (*path, "return_stages"))
        if level["so_far"] != _blank("so_far"):
            _so_far(outcome, (*path, "so_far"))


def _blank(part: str) -> Any:
    return d.blank_level()[part]


def _goes_on_from(outcome: Outcome, path: d.Path) -> None:
    st.caption(
        "Planned position on day 0, as the plan before had it; its readings, rounded to marks, put it a "
        "little off. The course starts here, not at the deformity: take it out when you change deformity or readings."
    )
    with st.container(key="quantities-course-from"):
        table_fields.show(outcome, path)
    message(outcome, path, whole=True)
    _take_out_button("Take it out: start at the deformity", path)


def _returns(outcome: Outcome, path: d.Path) -> None:
    """What a level that follows does first, in words."""
    st.caption("Before it compensates for the others, this hexapod returns to the plan by itself:")
    reading = read_draft(session.draft())
    written = reading.document["levels"][session.level_index()].get("return_stages") or []
    reference = session.level()["reference"]
    told = "".join(
        f"<li>{escape(stage['name'])}: {escape(stage_sentence(Stage.model_validate(stage), reference))}</li>"
        for stage in written
    )
    st.html(f"<ul>{told}</ul>")
    message(outcome, path)
    _take_out_button("Take it out: keep the ends of the limb as they are now", path)


def _so_far(outcome: Outcome, path: d.Path) -> None:
    st.caption("What this level has been through since the treatment began; latency and gaps are judged by it.")
    table_fields.under(outcome, "Since the treatment began", path[:-1])
    message(outcome, path, whole=True)


def _take_out_button(label: str, path: d.Path) -> None:
    st.button(
        label,
        key=f"take-out-{path[1]}" if path[-1] == "course_from" else f"take-out-{path[-1]}-{path[1]}",
        on_click=_take_out,
        args=(path,),
        disabled=not library_access.may_enter(),
    )


@action
def _take_out(path: d.Path) -> None:
    """Callback: this part is as in a first plan."""
    blank = _blank(path[-1])
    entries.change(lambda draft: d.entry(draft, path[:-1]).update({path[-1]: blank}))

"""The treatment: what each level does, how fast and how often, when struts can be changed out, and the summary."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import typed_text
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.typed_text import is_date, spoken
from hexapod.app.session import session
from hexapod.app.steps.treatment import replanned_level, stages, summary
from hexapod.app.widgets import panels, table_fields
from hexapod.app.widgets.fields import choice, level_choice
from hexapod.case.model import DEFAULT_RATES
from hexapod.plan.adjustments import spread
from hexapod.text.field_kinds import SEGMENT_POINTS

FOLLOWING = (
    "It has no stages: day by day it compensates for the other hexapods, so that the two ends of the limb stay as they "
    "are to each other."
)
STYLE = Path(__file__).parents[2] / "treatment.css"


def show(outcome: Outcome) -> None:
    """The whole step."""
    st.html(STYLE)
    _decided()
    level_choice()
    summary.standing(outcome)
    path = ("levels", session.level()["uid"])
    _course(outcome, path)
    if not d.follows(session.level()):
        stages.show(outcome, path)
    with st.container(key="split"):
        left, right = st.columns(2, gap="medium")
    with left:
        _limits(outcome, path)
        table_fields.section(outcome, "Docking and time in the frame (optional)", path, hints=_index_hint())
        closed = {"clinic_closed": _closed_dates()}
        table_fields.section(outcome, "Clinic and strut change-outs (optional)", hints=closed)
        table_fields.others(outcome, "treatment")
    with right, st.container(key="beside"):
        summary.show(outcome)
        panels.show(
            "How the bone will move",
            panels.movement_lines(outcome, session.level_index()),
            "Available once the data are complete.",
        )
        panels.show(
            "Deformity at the start",
            panels.deformity_lines(),
            "Choose the reference fragment; the deformity is read back as soon as it can be.",
        )


def _index_hint() -> dict[str, str]:
    """That no time in the frame follows from an index where no regenerate grows."""
    site = session.level()["indication"]
    return {} if site == "osteotomy" else {"index_days_per_cm": f"Leave it empty: at a {site} no regenerate is grown."}


def _limits(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Limits of this hexapod", anchor=False)
    mm, deg = DEFAULT_RATES[session.level()["indication"]]
    hints = {"mm_per_day": f"Empty: {mm:g} mm per day.", "deg_per_day": f"Empty: {deg:g} deg per day. none: no limit."}
    with st.container(key="limits", horizontal=True, gap="small"):
        for key in (("limits", "mm_per_day"), ("limits", "deg_per_day"), ("adjustments_per_day",)):
            with st.container(key=f"limit-{key[-1]}", width=210):
                table_fields.show(outcome, (*path, *key), hint=hints.get(key[-1], ""))
    table_fields.show(outcome, (*path, "adjustment_times"), hint=_times(outcome, path))


def _times(outcome: Outcome, path: d.Path) -> str:
    """How times are typed, and those that are printed when none are."""
    if outcome.at((*path, "adjustments_per_day")):
        return "As HH:MM with spaces or commas between, such as 08:00 20:00."
    typed = session.level()["adjustments_per_day"].strip(typed_text.SPACES)
    count = typed_text.whole(typed) if typed else 1
    return f"As HH:MM, earliest first. Empty: {', '.join(f'{time:%H:%M}' for time in spread(count))}."


def _course(outcome: Outcome, path: d.Path) -> None:
    """Whether the level has stages of its own, and where its point lies when a level follows: for several levels."""
    level, draft = session.level(), session.draft()
    replanned_level.show(outcome, path)
    if len(draft["levels"]) == 1 and not d.follows(level):
        return
    st.subheader("What this hexapod does", anchor=False)
    told = FOLLOWING + _kept(level) if d.follows(level) else ""
    table_fields.show(outcome, (*path, "couple"), hint=told)
    if d.may_have_segment(draft, level):
        _segment(outcome, (*path, "segment"), required=d.needs_segment(draft, level))
        table_fields.show(outcome, (*path, "segment", "ring"))


def _kept(level: d.Draft) -> str:
    blank = d.blank_stage()
    typed = any(stage | {"uid": blank["uid"]} != blank for stage in level["stages"])
    return " The stages typed before are kept, but not used." if typed else ""


def _segment(outcome: Outcome, path: d.Path, *, required: bool) -> None:
    choice(
        outcome,
        (*path, "where"),
        "The point from which this hexapod counts",
        SEGMENT_POINTS,
        hint="A hexapod compensates, so say where this one's point lies from that of the previous one, on the "
        "fragment that both share."
        if required
        else "May stay open. When it is told, the rings of both hexapods are compared on the fragment that they share.",
    )
    if d.entry(session.draft(), (*path, "where")) == "apart":
        with st.container(key="quantities-segment"):
            table_fields.show(outcome, path)


def _closed_dates() -> str:
    """The closed dates with their weekdays."""
    dates = read_draft(session.draft()).document.get("clinic_closed") or []
    return f"Closed on {', '.join(map(spoken, dates))}." if dates and all(map(is_date, dates)) else ""


def _decided() -> None:
    """The sentences, as long as the entries are those that go on from the plan of before."""
    decided = session.draft()["decided"]
    if decided["of"] and decided["of"] == session.draft()["derived_from"]:
        told = "".join(f"<li>{escape(line)}</li>" for line in decided["lines"])
        st.html(
            '<section class="hx-decided" aria-label="What was decided"><h3>What was decided</h3>'
            f"<ul>{told}</ul></section>"
        )

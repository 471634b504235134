"""The treatment: what each level does, how fast and how often, when struts can be changed out, and the summary."""

from __future__ import annotations

from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from hexapod.app.draft import clinic_defaults, typed_text
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import entries, library_access, session
from hexapod.app.steps.treatment import stages, summary
from hexapod.app.widgets import panels, table_fields
from hexapod.app.widgets.fields import choice, level_choice
from hexapod.case.model import DEFAULT_RATES
from hexapod.plan.plan_file import spread
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
    _limits(outcome, path)
    summary.show(outcome)
    st.subheader("Docking and time in the frame (optional)", anchor=False)
    with st.container(key="docking"):
        table_fields.under(outcome, "Docking and time in the frame (optional)", path, _index_hint())
    table_fields.others(outcome, "treatment")
    panels.show(
        "How the bone will move",
        panels.movement_lines(outcome, session.level_index()),
        "Comes with the plan summary.",
    )


def _index_hint() -> dict[str, str]:
    """That no time in the frame follows from an index where no regenerate grows."""
    site = session.level()["indication"]
    return {} if site == "osteotomy" else {"index_days_per_cm": f"Leave it empty: at a {site} no regenerate is grown."}


def _limits(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Limits and adjustments", anchor=False)
    mm, deg = DEFAULT_RATES[session.level()["indication"]]
    hints = {"mm_per_day": f"Empty: {mm:g} mm per day.", "deg_per_day": f"Empty: {deg:g} deg per day. none: no limit."}
    with st.container(key="limits"):
        for key in (("limits", "mm_per_day"), ("limits", "deg_per_day")):
            table_fields.show(outcome, (*path, *key), hint=hints[key[-1]])
        table_fields.show(outcome, ("exchange_reserve_mm",))
        table_fields.show(outcome, (*path, "adjustments_per_day"))
        with st.container(key="times", gap="small"):
            table_fields.show(outcome, (*path, "adjustment_times"), hint=_times(outcome, path))
            _clinic_times()


def _clinic_times() -> None:
    """One click for the clinic's usual times, where a hexapod has none."""
    draft, level = session.draft(), session.level()
    if draft["usual_times"] and not level["adjustments_per_day"] and not level["adjustment_times"]:
        st.button(
            f"As usual: {' '.join(typed_text.times_listed(draft['usual_times']))}",
            key="usual-times",
            on_click=entries.changed,
            args=(partial(clinic_defaults.use_usual_times, uid=level["uid"]),),
            disabled=not library_access.may_enter(),
        )


def _times(outcome: Outcome, path: d.Path) -> str:
    """How times are typed, and those that are printed when none are."""
    if outcome.at((*path, "adjustments_per_day")):
        return "As HH:MM with spaces or commas between, such as 08:00 20:00."
    typed = session.level()["adjustments_per_day"].strip(typed_text.SPACES)
    count = typed_text.whole(typed) if typed else 1
    return f"As HH:MM, earliest first. Empty: {', '.join(f'{time:%H:%M}' for time in spread(count))}."


def _course(outcome: Outcome, path: d.Path) -> None:
    """Whether the level is programmed on its own, and where its point lies when a level follows: for several levels."""
    level, draft = session.level(), session.draft()
    stages.show_replanned(outcome, path)
    if len(draft["levels"]) == 1 and not d.follows(level):
        return
    st.subheader("What this hexapod does", anchor=False)
    text = FOLLOWING + _kept(level) if d.follows(level) else ""
    table_fields.show(outcome, (*path, "couple"), hint=text)
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


def _decided() -> None:
    """The sentences, as long as the entries are those that go on from the plan of before."""
    decided = session.draft()["decided"]
    if decided["of"] and decided["of"] == session.draft()["derived_from"]:
        items = "".join(f"<li>{escape(line)}</li>" for line in decided["lines"])
        st.html(
            '<section class="hx-decided" aria-label="What was decided"><h3>What was decided</h3>'
            f"<ul>{items}</ul></section>"
        )

"""The treatment: what each level does, how fast and how often, when struts can be changed out, and the summary."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import number_input
from hexapod.app.draft.date_input import is_date, listed, spoken
from hexapod.app.draft.field_labels import COURSES, FOLLOWING, SEGMENT_POINTS, SEGMENT_RINGS, WEEKDAY_NAMES
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.app.steps.treatment import replanned_level, stages, summary
from hexapod.app.widgets import browser_scripts, drawings, panels
from hexapod.app.widgets.fields import boxes, choice, level_choice, number_field, size_and_word, text_block, text_field
from hexapod.case.model import DEFAULT_DEG_PER_DAY, DEFAULT_MM_PER_DAY, DEFAULT_RESERVE_MM
from hexapod.deformity import quantities as w
from hexapod.plan.adjustments import spread
from hexapod.text.numbers import number

STYLE = Path(__file__).parents[2] / "treatment.css"


def show(outcome: Outcome) -> None:
    """The whole step."""
    st.html(STYLE)
    drawings.style()
    _decided()
    level_choice()
    summary.standing(outcome)
    path = ("levels", session.level()["uid"])
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        _course(outcome, path)
        if not d.follows(session.level()):
            stages.show(outcome, path)
        _limits(outcome, path)
        _expected(outcome, path)
        _clinic_days(outcome)
    with right, st.container(key="beside"):
        summary.show(outcome)
        panels.show(
            "How the bone will move",
            panels.movement_lines(outcome, session.level_index()),
            "Told as soon as all entries make a plan.",
        )
        panels.show(
            "Deformity at the start",
            panels.deformity_lines(),
            "Choose the reference fragment; the deformity is read back as soon as it can be.",
        )


def _limits(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Limits of the level", anchor=False)
    with st.container(key="limits", horizontal=True, gap="small"):
        for key, label, hint in (
            (("limits", "mm_per_day"), "Limit, mm per day", f"Empty: {number(DEFAULT_MM_PER_DAY)} mm per day."),
            (
                ("limits", "deg_per_day"),
                "Limit of the turn, deg per day",
                f"Empty: {number(DEFAULT_DEG_PER_DAY)} deg per day. none: no limit.",
            ),
            (("adjustments_per_day",), "Adjustments per day", "1 to 12. Empty: once a day."),
        ):
            with st.container(key=f"limit-{key[-1]}", width=210):
                text_field(outcome, (*path, *key), label, hint=hint)
    text_field(
        outcome, (*path, "adjustment_times"), "Times of the adjustments (may stay empty)", hint=_times(outcome, path)
    )


def _times(outcome: Outcome, path: d.Path) -> str:
    """How times are typed, and those that are printed when none are."""
    if outcome.at((*path, "adjustments_per_day")):
        return "As HH:MM with spaces or commas between, such as 08:00 20:00."
    typed = session.level()["adjustments_per_day"].strip(number_input.SPACES)
    count = number_input.whole(typed) if typed else 1
    return f"As HH:MM, earliest first. Empty: {', '.join(f'{time:%H:%M}' for time in spread(count))}."


def _course(outcome: Outcome, path: d.Path) -> None:
    """Whether the level has stages of its own, and where its point lies when a level follows: for several levels."""
    level, draft = session.level(), session.draft()
    replanned_level.show(outcome, path)
    if len(draft["levels"]) == 1 and not d.follows(level):
        return
    st.subheader("What this level does", anchor=False)
    choice(
        outcome,
        (*path, "couple"),
        "This level",
        COURSES,
        always=True,
        hint=FOLLOWING + _kept(level) if d.follows(level) else "It moves as its stages below say.",
    )
    if d.may_have_segment(draft, level):
        _segment(outcome, (*path, "segment"), required=d.needs_segment(draft, level))
        choice(
            outcome,
            (*path, "segment", "ring"),
            "The ring on the segment",
            SEGMENT_RINGS,
            hint="The distal ring of the hexapod above and the proximal ring of this one. One ring: what both hexapods "
            "say of it is compared.",
        )


def _kept(level: d.Draft) -> str:
    blank = d.blank_stage()
    typed = any(stage | {"uid": blank["uid"]} != blank for stage in level["stages"])
    return " The stages typed before are kept, but not used." if typed else ""


def _segment(outcome: Outcome, path: d.Path, *, required: bool) -> None:
    choice(
        outcome,
        (*path, "where"),
        "The point from which this level counts",
        SEGMENT_POINTS,
        hint="A level follows the others, so say where this level's point lies from that of the level before, on the "
        "fragment that both share."
        if required
        else "May stay open. When it is told, the rings of both hexapods are compared on the fragment that they share.",
    )
    if d.entry(session.draft(), (*path, "where")) == "apart":
        with st.container(key="quantities-segment"):
            for pair in d.PLACE:
                size_and_word(
                    outcome,
                    (*path, "from"),
                    pair,
                    label=_SEGMENT[pair.quantity],
                    hint="In the axes of the shared fragment at rest.",
                    drawing=f"segment {pair.quantity}",
                )


_SEGMENT = {
    w.AP_TRANSLATION.quantity: "from the point before, on the AP view",
    w.LATERAL_TRANSLATION.quantity: "from the point before, on the lateral view",
    w.ALONG_BONE.quantity: "from the point before, along the bone",
}


def _expected(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Docking and time in the frame (optional)", anchor=False)
    if not d.follows(session.level()):
        number_field(
            outcome,
            (*path, "docking_gap_mm"),
            "Gap to the docking site on day 0, mm",
            hint="For a segment carried to its docking site. Empty: no docking is watched, unless the fragments stand "
            "apart.",
            drawing="docking gap",
        )
    number_field(
        outcome,
        (*path, "index_days_per_cm"),
        "Days in the frame per cm of new bone",
        hint="Your own index; the plan tells how long the frame is likely to stay. Empty: not told.",
    )


def _clinic_days(outcome: Outcome) -> None:
    """The entries."""
    st.subheader("Clinic and strut exchanges (optional)", anchor=False)
    boxes(outcome, ("clinic_days",), "Clinic days", WEEKDAY_NAMES, hint="Struts are exchanged on these. None: any day.")
    text_block(
        outcome,
        ("clinic_closed",),
        "Closed dates (year-month-day)",
        placeholder="YYYY-MM-DD, one a line or with commas between",
        height=90,
        hint=_closed_dates() or "No strut is exchanged on these. Empty: never closed.",
    )
    text_field(
        outcome,
        ("exchange_reserve_mm",),
        "Scale to be left at an exchange, mm",
        hint=f"On the old and on the new strut, so that a visit can move by a day or two. Empty: "
        f"{number(DEFAULT_RESERVE_MM)} mm.",
    )


def _closed_dates() -> str:
    """The closed dates with their weekdays."""
    dates = listed(session.draft()["clinic_closed"])
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
    browser_scripts.at_top()

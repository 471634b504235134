"""The treatment: what each level does, how fast and how often, when struts can be exchanged, and what it amounts to."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from hexapod.case.model import DEFAULT_DEG_PER_DAY, DEFAULT_MM_PER_DAY
from hexapod.clinical import words as w
from hexapod.report.numbers import number
from hexapod.report.times import spread
from hexapod.ui import draft as d
from hexapod.ui import drawings, numbers, readback, session
from hexapod.ui.fields import choice, number_field, size_and_word, text_field
from hexapod.ui.outcome import Outcome
from hexapod.ui.pages import decided_part, treatment_clinic, treatment_effect, treatment_going_on, treatment_stages
from hexapod.ui.pages.level_choice import level_choice
from hexapod.ui.wording import COURSES, FOLLOWING, SEGMENT_POINTS, SEGMENT_RINGS

STYLE = Path(__file__).parents[1] / "treatment.css"


def show(outcome: Outcome) -> None:
    """The whole step."""
    st.html(STYLE)
    drawings.style()
    decided_part.show()
    level_choice()
    treatment_effect.standing(outcome)
    path = ("levels", session.level()["uid"])
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        _course(outcome, path)
        if not d.follows(session.level()):
            treatment_stages.show(outcome, path)
        _limits(outcome, path)
        _expected(outcome, path)
        treatment_clinic.show(outcome)
    with right, st.container(key="beside"):
        treatment_effect.show(outcome)
        readback.show(
            "How the bone will move",
            readback.movement_lines(outcome, session.level_index()),
            "Told as soon as all entries make a plan.",
        )
        readback.show(
            "Deformity at the start",
            readback.deformity_lines(),
            "Choose the reference fragment; the deformity is read back as soon as it can be.",
        )


def _limits(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Limits of the level", anchor=False)
    with st.container(key="limits", horizontal=True, gap="small"):
        for key, label, hint in (
            ("mm_per_day", "Limit, mm per day", f"Empty: {number(DEFAULT_MM_PER_DAY)} mm per day."),
            (
                "deg_per_day",
                "Limit of the turn, deg per day",
                f"Empty: {number(DEFAULT_DEG_PER_DAY)} deg per day. none: no limit.",
            ),
            ("adjustments", "Adjustments per day", "1 to 12. Empty: once a day."),
        ):
            with st.container(key=f"limit-{key}", width=210):
                text_field(outcome, (*path, key), label, hint=hint)
    text_field(outcome, (*path, "times"), "Times of the adjustments (may stay empty)", hint=_times(outcome, path))


def _times(outcome: Outcome, path: d.Path) -> str:
    """How times are typed, and those that are printed when none are."""
    if outcome.at((*path, "adjustments")):
        return "As HH:MM with spaces or commas between, such as 08:00 20:00."
    typed = session.level()["adjustments"].strip(numbers.SPACES)
    count = numbers.whole(typed) if typed else 1
    return f"As HH:MM, earliest first. Empty: {', '.join(f'{time:%H:%M}' for time in spread(count))}."


def _course(outcome: Outcome, path: d.Path) -> None:
    """Whether the level has stages of its own, and where its point lies when a level follows: for several levels."""
    level, draft = session.level(), session.draft()
    treatment_going_on.show(outcome, path)
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
            (*path, "segment_ring"),
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
            (*path, "docking_gap"),
            "Gap to the docking site on day 0, mm",
            hint="For a segment carried to its docking site. Empty: no docking is watched, unless the fragments stand "
            "apart.",
            drawing="docking gap",
        )
    number_field(
        outcome,
        (*path, "index_days"),
        "Days in the frame per cm of new bone",
        hint="Your own index; the plan tells how long the frame is likely to stay. Empty: not told.",
    )

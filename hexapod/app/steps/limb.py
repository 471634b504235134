"""Step 1: which case, which limb, which levels, when it begins; what the documents say of the clinic."""

from __future__ import annotations

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.date_input import is_date, spoken
from hexapod.app.draft.field_labels import BONES, SIDES, YES_OR_NO
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import rights, session
from hexapod.app.steps import check_findings, limb_records
from hexapod.app.widgets.fields import choice, message, text_block, text_field


def show(outcome: Outcome) -> None:
    """The whole step."""
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        _entries(outcome)
    with right:
        _levels(outcome)
        _papers(outcome)
        limb_records.show()


def _entries(outcome: Outcome) -> None:
    st.subheader("Case and limb", anchor=False)
    text_field(
        outcome, ("id",), "Case id", hint="A pseudonym: letters, digits, - _ and . only. Never a name or a birth date."
    )
    text_field(
        outcome, ("title",), "Title (may stay empty)", hint="What is planned, for example: proximal tibia, varus."
    )
    choice(
        outcome, ("limb", "side"), "Side", SIDES, hint="The patient's own side: on AP films it lies opposite to yours."
    )
    choice(outcome, ("limb", "bone"), "Bone", BONES, hint="Decides what is drawn, and some of the cautions.")
    choice(
        outcome,
        ("limb", "child"),
        "Still growing",
        YES_OR_NO,
        hint="Yes: cautions are those for children. Nothing chosen: no.",
    )
    text_field(
        outcome,
        ("start_date",),
        "Date of day 0 (year-month-day)",
        placeholder="YYYY-MM-DD",
        hint=_weekday()
        or "Day 0 is the frame as it stands; the first adjustment follows on day 1 or after the latency.",
    )
    check_findings.show_dated(outcome)
    if _goes_on():
        st.subheader("Goes on from", anchor=False)
        text_field(
            outcome,
            ("derived_from",),
            "Fingerprint of the case before",
            hint="This case goes on from that one. Empty: a case of its own.",
        )
        text_field(
            outcome,
            ("treatment_started",),
            "First day of the whole treatment (year-month-day)",
            placeholder="YYYY-MM-DD",
            hint="Latency, gaps and time in the frame are judged from this day on. Empty: they are not.",
        )


def _papers(outcome: Outcome) -> None:
    st.subheader("For the patient's papers (optional)", anchor=False)
    text_field(outcome, ("clinic", "name"), "Name of the clinic", hint="Printed on the patient's sheet.")
    text_field(
        outcome,
        ("clinic", "contact"),
        "How to reach the clinic",
        hint="A telephone number; better one that answers at all hours.",
    )
    text_block(
        outcome,
        ("clinic", "missed_or_stuck"),
        "What to do when a day was missed or a strut will not turn",
        height=90,
        hint="In your clinic's own words, in the patient's language: it is printed as it stands, not translated.",
    )
    text_field(
        outcome,
        ("time_zone",),
        "Time zone of the calendar",
        hint="By its place, such as Europe/Madrid. Empty: the local time of whoever opens the calendar.",
    )


def _goes_on() -> bool:
    """Whether the case goes on from another, or did when its file was opened."""
    origin = session.draft()["origin"]
    keys = ("derived_from", "treatment_started")
    return any(session.draft()[key] or (origin and origin["document"].get(key)) for key in keys)


def _weekday() -> str:
    date = session.draft()["start_date"]
    return f"Day 0 is {spoken(date)}." if is_date(date) else ""


def _levels(outcome: Outcome) -> None:
    st.subheader("Levels", anchor=False)
    st.caption("One level is one hexapod: six struts between two rings. All levels share one calendar.")
    levels = session.draft()["levels"]
    for place, level in enumerate(levels, start=1):
        with st.container(key=f"level-row-{level['uid']}", horizontal=True, vertical_alignment="top"):
            with st.container(key=f"level-name-{level['uid']}", width="stretch"):
                text_field(
                    outcome,
                    ("levels", level["uid"], "name"),
                    f"Name of level {place}" if len(levels) > 1 else "Name of the level",
                    hint="Follows the others." if d.follows(level) else "For example: proximal tibia.",
                )
            st.button(
                "Remove",
                key=f"remove-{level['uid']}",
                help=f"Remove level {place}",
                disabled=len(levels) == 1 or not rights.may_enter(),
                on_click=session.change,
                args=(lambda draft, uid=level["uid"]: _remove(draft, uid),),
            )
    st.button("Add a level", key="add-level", on_click=_add_level, disabled=not rights.may_enter())
    message(outcome, ("levels",), whole=True)


def _remove(draft: d.Draft, uid: str) -> None:
    draft["levels"] = [level for level in draft["levels"] if level["uid"] != uid]


def _add_level() -> None:
    level = d.blank_level()
    session.change(lambda draft: draft["levels"].append(level))
    session.choose_level(level["uid"])

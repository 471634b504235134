"""Step 1: open a sample or a case file, or say which case, limb and calendar this is."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

import hexapod
from hexapod.case.model import DEFAULT_RESERVE_MM
from hexapod.errors import CaseError, HexapodError
from hexapod.report.numbers import number
from hexapod.ui import draft as d
from hexapod.ui import session
from hexapod.ui.dates import is_date, listed, spoken
from hexapod.ui.fields import boxes, choice, message, text_block, text_field
from hexapod.ui.outcome import Outcome
from hexapod.ui.wording import BONES, SIDES, WEEKDAY_NAMES, YES_OR_NO

SAMPLES = Path(__file__).resolve().parents[3] / "sample_cases"


def show(outcome: Outcome) -> None:
    """The whole step."""
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        _entries(outcome)
    with right:
        _open()


def _entries(outcome: Outcome) -> None:
    st.subheader("Case", anchor=False)
    text_field(
        outcome, ("id",), "Case id", hint="A pseudonym: letters, digits, - _ and . only. Never a name or a birth date."
    )
    text_field(
        outcome, ("title",), "Title (may stay empty)", hint="What is planned, for example: proximal tibia, varus."
    )
    choice(outcome, ("side",), "Side", SIDES)
    choice(outcome, ("bone",), "Bone", BONES)
    choice(
        outcome,
        ("child",),
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
    _levels(outcome)
    _clinic(outcome)
    _papers(outcome)
    if _goes_on():
        st.subheader("Goes on from", anchor=False)
        text_field(
            outcome,
            ("derived_from",),
            "Fingerprint of the case before",
            hint="This case goes on from that one, so no latency is asked for. Empty: a case of its own.",
        )


def _clinic(outcome: Outcome) -> None:
    st.subheader("Clinic and strut exchanges (optional)", anchor=False)
    boxes(outcome, ("clinic_days",), "Clinic days", WEEKDAY_NAMES, hint="Struts are exchanged on these. None: any day.")
    text_block(
        outcome,
        ("clinic_closed",),
        "Closed dates (year-month-day)",
        placeholder="YYYY-MM-DD, one a line or with commas between",
        height=90,
        hint=_closed() or "No strut is exchanged on these. Empty: never closed.",
    )
    text_field(
        outcome,
        ("exchange_reserve",),
        "Scale to be left at an exchange, mm",
        hint=f"On the old and on the new strut, so that a visit can move by a day or two. Empty: "
        f"{number(DEFAULT_RESERVE_MM)} mm.",
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


def _closed() -> str:
    """The closed dates with their weekdays."""
    dates = listed(session.draft()["clinic_closed"])
    return f"Closed on {', '.join(map(spoken, dates))}." if dates and all(map(is_date, dates)) else ""


def _goes_on() -> bool:
    """Whether the case goes on from another, or did when its file was opened."""
    origin = session.draft()["origin"]
    return bool(session.draft()["derived_from"] or (origin and origin["document"].get("derived_from")))


def _weekday() -> str:
    date = session.draft()["start_date"]
    return f"Day 0 is {spoken(date)}." if is_date(date) else ""


def _levels(outcome: Outcome) -> None:
    st.subheader("Levels", anchor=False)
    st.caption("One level is one hexapod: six struts between two rings. All levels share one calendar.")
    levels = session.draft()["levels"]
    for place, level in enumerate(levels, start=1):
        with st.container(key=f"level-row-{level['uid']}", horizontal=True, vertical_alignment="center"):
            course = ", follows the others" if d.follows(level) else ""
            name = f"<b>{escape(level['name'] or 'not named yet')}</b>{course}"
            st.html(f'<p class="hx-row">Level {place}: {name}</p>')
            st.button(
                "Edit this level",
                key=f"edit-{level['uid']}",
                on_click=_edit,
                args=(level["uid"],),
            )
            st.button(
                "Remove",
                key=f"remove-{level['uid']}",
                disabled=len(levels) == 1,
                on_click=session.change,
                args=(lambda draft, uid=level["uid"]: _remove(draft, uid),),
            )
    st.button("Add a level", key="add-level", on_click=_add_level)
    message(outcome, ("levels",), whole=True)


def _edit(uid: str) -> None:
    session.choose_level(uid)
    session.go("deformity")


def _remove(draft: d.Draft, uid: str) -> None:
    draft["levels"] = [level for level in draft["levels"] if level["uid"] != uid]


def _add_level() -> None:
    level = d.blank_level()
    session.change(lambda draft: draft["levels"].append(level))
    session.choose_level(level["uid"])


def _open() -> None:
    st.subheader("Open", anchor=False)
    key = session.widget_key(("upload",))
    st.file_uploader("Case file (.json)", type=["json"], key=key, on_change=_upload, args=(key,), max_upload_size=1)
    st.button("New, empty case", key="new-case", on_click=_new, width="stretch")
    st.html(f'<p class="hx-line hx-hint">{escape(_where())}</p>')
    st.subheader("Sample cases", anchor=False)
    with st.container(key="samples", gap="xsmall"):
        for path in sorted(SAMPLES.glob("*.json")):
            st.button(
                path.stem.replace("_", " ").capitalize(),
                key=f"sample-{path.stem}",
                on_click=_open_sample,
                args=(path,),
                width="stretch",
            )


def _where() -> str:
    if not session.token():
        return "Entries are kept on this computer from the first one on."
    return "Entries are kept as you make them. The address of this page leads back to this case."


def _open_sample(path: Path) -> None:
    try:
        session.open_case(hexapod.load_case(path), f"Sample opened: {path.name}.")
    except CaseError as error:
        st.session_state["said"] = f"{path.name} was not opened. {error}"


def _upload(key: str) -> None:
    file = st.session_state[key] if session.is_of_open_draft(key) else None
    if file is None:
        return
    try:
        session.open_case(hexapod.parse_case(file.getvalue()), f"Case file opened: {file.name}.")
    except HexapodError as error:
        st.session_state["said"] = f"{file.name} was not opened; the case on the screen is as before. {error}"


def _new() -> None:
    session.open_draft(d.blank_draft(), "A new, empty case. The one before is kept under its own address.", "case")

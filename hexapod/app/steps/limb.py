"""Step 1: which case, which limb, which levels, when it begins; what the documents say of the clinic."""

from __future__ import annotations

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import entries, library_access, opening, session
from hexapod.app.session.entries import action
from hexapod.app.steps import check_findings, limb_records
from hexapod.app.widgets import table_fields
from hexapod.app.widgets.fields import message


def show(outcome: Outcome) -> None:
    """The whole step."""
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        _entries(outcome)
    with right:
        _levels(outcome)
        table_fields.section(outcome, "Clinic (kept for the next case)")
        limb_records.show()


def _entries(outcome: Outcome) -> None:
    st.subheader("Case and limb", anchor=False)
    for path in (("id",), ("title",), ("limb", "side"), ("limb", "bone"), ("limb", "child")):
        table_fields.show(outcome, path)
    table_fields.show(outcome, ("start_date",))
    check_findings.show_dated(outcome)
    if _goes_on():
        table_fields.section(outcome, "Continues from")
    table_fields.others(outcome, "limb")


def _goes_on() -> bool:
    """Whether the case goes on from another, or did when its file was opened."""
    origin = session.draft()["origin"]
    keys = ("derived_from", "treatment_started")
    return any(session.draft()[key] or (origin and origin["document"].get(key)) for key in keys)


def _levels(outcome: Outcome) -> None:
    st.subheader("Hexapods", anchor=False)
    st.caption("Six struts between two rings. All hexapods of a case share one calendar.")
    levels = session.draft()["levels"]
    for place, level in enumerate(levels, start=1):
        with st.container(key=f"level-row-{level['uid']}", horizontal=True, vertical_alignment="top"):
            with st.container(key=f"level-name-{level['uid']}", width="stretch"):
                table_fields.show(
                    outcome,
                    ("levels", level["uid"], "name"),
                    label=f"Name of hexapod {place}" if len(levels) > 1 else "Name of the hexapod",
                    hint="Compensates (keeps overall length)." if d.follows(level) else "",
                )
            st.button(
                "Remove",
                key=f"remove-{level['uid']}",
                help=f"Remove hexapod {place}",
                disabled=len(levels) == 1 or not library_access.may_enter(),
                on_click=entries.changed,
                args=(lambda draft, uid=level["uid"]: _remove(draft, uid),),
            )
    st.button("Add a hexapod", key="add-level", on_click=_add_level, disabled=not library_access.may_enter())
    message(outcome, ("levels",), whole=True)


def _remove(draft: d.Draft, uid: str) -> None:
    draft["levels"] = [level for level in draft["levels"] if level["uid"] != uid]


@action
def _add_level() -> None:
    level = d.blank_level()
    entries.change(lambda draft: draft["levels"].append(level))
    opening.choose_level(level["uid"])

"""The visit on the page written down in the library, once, as it stands on the screen."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import work_out
from hexapod.app.session import answer, autosave, library_access, rights, session
from hexapod.app.session import visit as visiting
from hexapod.app.steps.follow_up.visit_entries import line
from hexapod.errors import HexapodError
from hexapod.library import RecordedVisit, Visit, new_key

RECORD = "visit-record"
_CHANGED = "An entry was changed at the same moment: nothing was recorded. Look at the visit again."


def show(following: visiting.Followed, told: visiting.TakenDown) -> None:
    """The button, or why the visit cannot be recorded, or as which visit it was."""
    if following.recorded is None:
        if told.typed:
            line("Not recorded: no plan of this case is signed.", "missing")
            _clear("Take these readings off the page")
        return
    visit = told.visit(following.case)
    if done := recorded_already(visit):
        when = f"{done.at[:10]} at {done.at[11:16]} UTC"
        line(f"Recorded as visit {done.number} of this case, on plan {done.plan}, by {done.by} on {when}.")
        _clear("Begin another visit (empty fields)")
        return
    if unsaid := [one.level + 1 for one in told.found if one.asked is not None]:
        line(f"Say first which struts are on hexapod {', '.join(map(str, unsaid))}: see above.", "missing")
    if visit is None and told.typed and not told.troubles:
        line("Type readings or a note, then the visit can be recorded.", "missing")
    st.button(
        "Record this visit",
        key=RECORD,
        type="primary",
        disabled=visit is None or bool(unsaid) or not rights.may_change(),
        on_click=_record,
        args=(visit,),
    )
    answer.beside(RECORD)


def _clear(label: str) -> None:
    st.button(label, key="visit-clear", on_click=begin_another, disabled=not rights.may_change())


def recorded_already(visit: Visit | None) -> RecordedVisit | None:
    """The record of this very visit, None when there is none; the program's answer to it does not count.

    Raises:
        HexapodError: the library does not answer.
    """
    if visit is None:
        return None
    kept = library_access.records().follow_ups(session.token())
    return next((one for one in kept if replace(one.visit, answer="") == replace(visit, answer="")), None)


def begin_another() -> None:
    """Callback: empty fields for another visit."""
    st.session_state["called"] = True
    if session.is_of_before():
        return
    st.session_state.update(sheet=new_key(), follows=None)
    session.change(lambda draft: draft.update(visit=d.blank_visit()))


def _record(shown: Visit) -> None:
    state = st.session_state
    state["called"] = True
    autosave.look()
    try:
        following = visiting.followed(work_out(session.draft()))
        if following is None or following.recorded is None:
            state.update(answer.refusal(RECORD, _CHANGED))
            return
        visit = visiting.taken_down(session.draft(), following).visit(following.case)
        if visit is None or visit != shown:
            state.update(answer.refusal(RECORD, _CHANGED))
            return
        plan = following.recorded.number
        done = recorded_already(visit) or library_access.records().add_follow_up(session.token(), plan, visit)
    except HexapodError as error:
        state.update(answer.refusal(RECORD, f"The visit was not recorded. {error}"))
        return
    st.session_state["said"] = f"Visit {done.number} is recorded: {visit.date.isoformat()}, plan {done.plan}."

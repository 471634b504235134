"""The visit on the page written down in the library, once, as it stands on the screen; and all visits recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from hexapod import parse_case
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import work_out
from hexapod.app.session import entries, library_access, session, step_status, unsaved
from hexapod.app.session import visit as visiting
from hexapod.app.session.entries import action
from hexapod.app.steps.follow_up.visit_entries import line
from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.library import RecordedVisit, StoredPlan, Visit
from hexapod.text.case_sentences import words_sentence
from hexapod.text.follow_up_text import models_told

RECORD = "visit-record"
_CHANGED = "An entry was changed at the same moment: nothing was recorded. Look at the visit again."


def show(following: visiting.FollowedPlan, told: visiting.EnteredVisit) -> None:
    """The button, or why the visit cannot be recorded, or as which visit it was."""
    if following.recorded is None:
        if told.typed:
            line("Not recorded: no plan of this case is signed.", "missing")
            _clear("Take these readings off the page")
        return
    visit = told.visit()
    record = session.opened().record
    if done := recorded_already(visit, record.visits if record is not None else ()):
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
        disabled=visit is None or bool(unsaid) or not library_access.may_change(),
        on_click=_record,
        args=(visit,),
    )
    step_status.beside(RECORD)


def _clear(label: str) -> None:
    st.button(label, key="visit-clear", on_click=begin_another, disabled=not library_access.may_change())


def recorded_already(visit: Visit | None, kept: Sequence[RecordedVisit]) -> RecordedVisit | None:
    """The record of this very visit, None when there is none; the program's answer to it does not count."""
    if visit is None:
        return None
    return next((one for one in kept if replace(one.visit, answer="") == replace(visit, answer="")), None)


@action
def begin_another() -> None:
    """Callback: empty fields for another visit."""
    if session.is_of_before():
        return
    session.opened().follows = None
    session.opened().new_fields()
    entries.change(lambda draft: draft.update(visit=d.blank_visit()))


@action
def _record(shown: Visit) -> None:
    unsaved.look()
    try:
        following = visiting.followed(work_out(session.draft()))
        if following is None or following.recorded is None:
            session.opened().refuse(RECORD, _CHANGED)
            return
        visit = visiting.entered_visit(session.draft(), following).visit()
        if visit is None or visit != shown:
            session.opened().refuse(RECORD, _CHANGED)
            return
        plan = following.recorded.number
        visits = library_access.records().visits
        done = recorded_already(visit, visits.of(session.token())) or visits.add(session.token(), plan, visit)
    except HexapodError as error:
        session.opened().refuse(RECORD, f"The visit was not recorded. {error}")
        return
    session.opened().said = f"Visit {done.number} is recorded: {visit.date.isoformat()}, plan {done.plan}."


def show_all(token: str, history: Sequence[RecordedVisit], plans: Sequence[StoredPlan]) -> None:
    """The table; nothing before the first visit.

    Raises:
        HexapodError: the library does not answer.
    """
    if not history:
        return
    st.subheader("Visits", anchor=False)
    versions = {plan.number: plan.version for plan in plans}
    followed = {one.plan for one in history}
    cases = {number: parse_case(library_access.records().versions.file(token, versions[number])) for number in followed}
    rows = "".join(_row(one, cases[one.plan]) for one in reversed(history))
    heads = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Visit", "Date", "Day of the plan", "Read, mm", "Found", "Note", "Next visit", "By")
    )
    st.html(
        '<div class="hx-visits-scroll" role="region" tabindex="0" aria-label="Visits"><table class="hx-visits"><thead>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(one: RecordedVisit, case: Case) -> str:
    visit = one.visit
    day = (visit.date - case.first_day).days
    short, _, full = visit.answer.partition("\n\n")
    found = f"{escape(short)}<details><summary>in full</summary><pre>{escape(full)}</pre></details>" if full else short
    return (
        f'<tr><th scope="row">{one.number}</th><td class="hx-date">{visit.date.isoformat()}</td>'
        f"<td>day {day}, plan {one.plan}</td><td>{_readings(one, case)}</td>"
        f"<td>{found or 'nothing read'}</td><td>{escape(visit.note)}</td>"
        f'<td class="hx-date">{visit.next_visit.isoformat() if visit.next_visit else "none"}</td>'
        f"<td>{escape(one.by)}<br>{one.at[:10]} {one.at[11:16]} UTC</td></tr>"
    )


def _readings(one: RecordedVisit, case: Case) -> str:
    several = len(case.levels) > 1
    told = (
        (f"{escape(visiting.level_name(case, six.level))}: " if several else "")
        + visiting.six_told(six.settings_mm)
        + (f" on {escape(models_told(six.struts))}" if six.struts else "")
        + "".join(
            f"<br>{part} measured: {escape(words_sentence(six.measured[part]))}"
            for part in ("deformity", "mounting")
            if six.measured is not None and part in six.measured
        )
        for six in one.visit.readings
    )
    return "<br>".join(told)

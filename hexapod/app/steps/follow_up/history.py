"""The visits that were recorded, the last first: when, what was found, what comes next, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from hexapod import parse_case
from hexapod.app.session import library_access
from hexapod.app.session import visit as visiting
from hexapod.case.model import Case
from hexapod.library import RecordedVisit, StoredPlan
from hexapod.text.follow_up_text import models_told


def show(token: str, history: Sequence[RecordedVisit], plans: Sequence[StoredPlan]) -> None:
    """The table; nothing before the first visit.

    Raises:
        HexapodError: the library does not answer.
    """
    if not history:
        return
    st.subheader("Visits", anchor=False)
    versions = {plan.number: plan.version for plan in plans}
    followed = {one.plan for one in history}
    cases = {number: parse_case(library_access.records().case_file(token, versions[number])) for number in followed}
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
        for six in one.visit.readings
    )
    return "<br>".join(told)

"""What is taken down at a visit: its date, six readings a level, a note, the next visit."""

from __future__ import annotations

import datetime
from html import escape

import streamlit as st

from hexapod import load_catalogue
from hexapod.explain import fitted_struts
from hexapod.report.colours import STRUT_LOOKS
from hexapod.report.numbers import number
from hexapod.ui import draft as d
from hexapod.ui import permits, session, shelf, visiting
from hexapod.ui.colours import STRUT_NAMES
from hexapod.ui.dates import spoken
from hexapod.ui.fields import message, text_block, text_field
from hexapod.ui.outcome import Outcome
from hexapod.ui.wording import plain


def show(following: visiting.Followed, told: visiting.TakenDown) -> None:
    """The entries, each with its message below."""
    outcome = Outcome(told.troubles, None, None)
    visiting.with_fields_for(session.draft(), len(following.case.levels))
    with st.container(key="visit-dates", horizontal=True, gap="small"):
        with st.container(key="visit-date", width=240):
            text_field(outcome, ("visit", "date"), "Date of the visit (year-month-day)", hint=_day(following, told))
        with st.container(key="visit-today", width=240):
            today = _today().isoformat()
            st.button(
                f"Today: {spoken(today)}",
                key="visit-today-button",
                on_click=_take_date,
                args=(today,),
                disabled=not permits.may_change(),
            )
        with st.container(key="visit-next", width=240):
            hint = spoken(told.next_visit.isoformat()) if told.next_visit else "May stay empty."
            text_field(outcome, ("visit", "next"), "Next visit (year-month-day)", hint=hint)
    for index in range(len(following.case.levels)):
        _level(outcome, following, told, index)
    text_block(outcome, ("visit", "note"), "Note", hint="May stay empty.", height=80)


def line(text: str, kind: str = "hint") -> None:
    """A sentence of the step."""
    st.html(f'<p class="hx-line hx-{kind} hx-sign">{escape(text)}</p>')


def strut_style() -> str:
    """The stripe above every reading in its strut's colour."""
    rules = (
        f'[class*="-visit-strut-{strut}"] [data-testid="stTextInputRootElement"] {{ border-top: 6px solid '
        f"{look.shade}; }}"
        for strut, look in STRUT_LOOKS.items()
    )
    return f"<style>{' '.join(rules)}</style>"


def _today() -> datetime.date:
    """Of the library's clock, which refuses visits after it."""
    return shelf.records().today()


def _day(following: visiting.Followed, told: visiting.TakenDown) -> str:
    """The date as people say it, with the day of the plan."""
    if told.date is None:
        return "When the scales were read. Type it, or press the button beside."
    day = (told.date - following.case.first_day).days
    later = " It is after today." if told.date > _today() else ""
    return f"{spoken(told.date.isoformat())}: day {day} of the plan.{later}"


def _take_date(date: str) -> None:
    """Callback: the date on the button becomes that of the visit."""
    st.session_state["called"] = True
    if session.is_of_before():
        return
    st.session_state[session.widget_key(("visit", "date"))] = date
    session.put(("visit", "date"), date)


def _level(outcome: Outcome, following: visiting.Followed, told: visiting.TakenDown, index: int) -> None:
    several = len(following.case.levels) > 1
    path = ("visit", "readings", str(index))
    level = visiting.level_name(following.case, index)
    st.subheader(f"Readings of {plain(level)}" if several else "Readings", anchor=False)
    empty = " Leave all six empty if this level was not read." if several else ""
    st.caption(f"As read from the scales, mm. Six numbers copied together may be pasted into any of the fields.{empty}")
    with st.container(key=f"visit-level-{index}", gap=None):
        with st.container(key=f"visit-readings-{index}{'-several' * several}", horizontal=True, gap="small"):
            for k in d.STRUTS:
                name = f"trut {k + 1} ({STRUT_NAMES[k + 1]}), mm"
                with st.container(key=f"level-{index}-visit-strut-{k + 1}", gap=None):
                    text_field(
                        outcome,
                        (*path, str(k)),
                        f"Level {index + 1}, s{name}" if several else f"S{name}",
                        hint=_range(following, told, index, k),
                        take=session.take_reading,
                    )
        message(outcome, path, whole=True)


def _range(following: visiting.Followed, told: visiting.TakenDown, index: int, k: int) -> str:
    """The scale of the strut that the plan has on that day."""
    if following.plan is None or told.date is None:
        return ""
    level = following.plan.levels[index]
    day = min((told.date - following.case.first_day).days, level.rows[-1].day)
    strut = fitted_struts(level, day, load_catalogue())[k]
    return f"Scale {number(strut.min_mm)} to {number(strut.max_mm)} mm"

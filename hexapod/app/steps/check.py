"""The step Check: warnings, change-outs, schedule and charts, the entries read back, and the signature last."""

from __future__ import annotations

from html import escape

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import library_access, opening, plan_record, session, step_status
from hexapod.app.session.acknowledgements import Answers
from hexapod.app.session.step_status import troubles_of_step
from hexapod.app.steps import check_sign_off
from hexapod.app.widgets import panels
from hexapod.app.widgets.browser_scripts import one_day, show_svg
from hexapod.app.widgets.drawings import charts_html
from hexapod.app.widgets.fields import level_choice
from hexapod.app.widgets.panels import changeouts_html, finding_html, milestones_html, schedule_html
from hexapod.case.model import Case
from hexapod.checks.findings import grouped
from hexapod.plan.make_plan import Plan, Refusal
from hexapod.text.case_sentences import level_sentences, not_entered


def show(outcome: Outcome) -> None:
    """The whole step.  Without a plan of these very entries there is no schedule, no preview and no file."""
    level_choice()
    if outcome.plan is None or outcome.case is None:
        no_plan(outcome)
        return
    plan, index = outcome.plan, session.level_index()
    if isinstance(plan, Refusal):
        st.html('<p class="hx-refusal">Refused: no schedule was made. Change what is named below.</p>')
    _not_continued()
    check_sign_off.show_dated(outcome)
    answers = check_sign_off.answers_now(plan)
    check_sign_off.show_findings(plan, answers, session.of_library().recorded)
    if isinstance(plan, Plan):
        level = plan.levels[index]
        if any(one.exchanges for one in plan.levels):
            st.subheader("Strut change-outs", anchor=False)
        st.html(changeouts_html(plan))
        st.subheader("Schedule", anchor=False)
        st.html(schedule_html(level) + milestones_html(level))
        with st.expander("Charts by day", expanded=True):
            show_svg(_charts(plan, index), key=f"charts-{session.token()}-{session.level()['uid']}")
        one_day()
    _readback(outcome, plan, index)
    if isinstance(plan, Plan):
        check_sign_off.show_end_error(plan, index)
        _signature(outcome, plan, answers)


def _not_continued() -> None:
    """What stands against the plan by the visits that were recorded, and the way to a plan that continues from them."""
    found = session.of_library().continuing
    for group in grouped(found.findings):
        st.html(finding_html(group))
    if found.visit is not None:
        on = found.visit.visit.date
        st.button(
            f"Continue from this visit: visit {found.visit.number} of {on.isoformat()}",
            key=plan_record.CONTINUE,
            type="primary",
            on_click=plan_record.continue_from,
            args=(found.visit.number,),
            disabled=not library_access.may_change(),
        )
        step_status.beside(plan_record.CONTINUE)


def no_plan(outcome: Outcome) -> None:
    """Why there is none, and what to do about it: a row a step, with the way to it."""
    what = "Some entries have to be corrected" if outcome.state == "wrong" else "Some entries are missing"
    st.html(f'<h3 class="hx-noplan">No schedule was made</h3><p class="hx-line hx-hint hx-sign">{what}:</p>')
    for step, title in opening.STEPS.items():
        lacking = troubles_of_step(session.draft(), outcome.troubles, step)
        if not lacking:
            continue
        with st.container(key=f"trouble-{step}", horizontal=True, vertical_alignment="center", gap="small"):
            st.button(title, key=f"mend-{step}", on_click=opening.go, args=(step,))
            st.html(f'<ul class="hx-trouble">{"".join(f"<li>{escape(one)}</li>" for one in lacking)}</ul>')


def _signature(outcome: Outcome, plan: Plan, answers: Answers) -> None:
    """The signature, beside what nobody has entered and nothing is checked for."""
    with st.container(key="sign-split"):
        left, right = st.columns([3, 2], gap="medium")
    with left:
        check_sign_off.show(outcome, plan, answers)
    with right:
        _lacks(plan.case)


def _lacks(case: Case) -> None:
    several = len(case.levels) > 1
    lacks = [f"{level.name} · " * several + sentence for level in case.levels for sentence in not_entered(level)]
    panels.show("What was not entered", lacks, "Nothing: every part of the case was entered.")


def _readback(outcome: Outcome, plan: Plan | Refusal, index: int) -> None:
    """What was entered; beside it how the bone moves, or, of a refused plan, what was not entered."""
    level = plan.case.levels[index]
    with st.container(key="split"):
        left, right = st.columns(2, gap="medium")
    with left:
        held = f"The {level.reference} fragment is the reference" + (
            " and is fixed." if not level.coupled else "; it moves as the other levels say."
        )
        panels.show("What was entered", [held, *level_sentences(level)], "")
    with right:
        if isinstance(plan, Plan):
            panels.show("How the bone will move", panels.movement_lines(outcome, index), "")
        else:
            _lacks(plan.case)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={Plan: lambda plan: plan.case_sha256})
def _charts(plan: Plan, index: int) -> str:
    """The charts of a level, remembered by the ID of its entries: they show limits and girths too."""
    return charts_html(plan.levels[index])

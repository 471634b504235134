"""Step 6: findings above everything, change-outs, schedule and charts, the entries read back, and the signature."""

from __future__ import annotations

from html import escape

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.app.session.acknowledgements import Answers
from hexapod.app.session.step_status import trouble_lines
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
        st.html('<p class="hx-refusal">Refused: no schedule was made. Change what the findings name.</p>')
    for group in grouped(session.of_library().continuing.findings):
        st.html(finding_html(group))
    check_sign_off.show_dated(outcome)
    answers = check_sign_off.answers_now(plan)
    check_sign_off.show_findings(plan, answers, session.of_library().recorded)
    if isinstance(plan, Plan):
        level = plan.levels[index]
        st.subheader("Strut change-outs", anchor=False)
        st.html(changeouts_html(plan))
        st.subheader("Schedule", anchor=False)
        st.html(schedule_html(level) + milestones_html(level))
        with st.expander("Charts by day", expanded=True):
            show_svg(_charts(plan, index), key=f"charts-{session.token()}-{session.level()['uid']}")
        one_day()
    _readback(outcome, plan.case, index)
    if isinstance(plan, Plan):
        check_sign_off.show_end_error(plan, index)
    _signature(outcome, plan, answers)


def no_plan(outcome: Outcome) -> None:
    """Why there is none, and what to do about it, entry by entry."""
    what = "Some entries have to be corrected" if outcome.state == "wrong" else "Some entries are missing"
    lines = "".join(
        f"<tr><td>{escape(step)}</td><td>{escape(place)}</td><td>{escape(sentence)}</td></tr>"
        for step, place, sentence in trouble_lines(session.draft(), outcome.troubles)
    )
    st.html(
        f'<section class="hx-noplan"><h2>No schedule was made</h2><p>{what}:</p><table class="hx-troubles"><thead><tr>'
        f'<th scope="col">Step</th><th scope="col">Entry</th><th scope="col">What to do</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></section>"
    )


def _signature(outcome: Outcome, plan: Plan | Refusal, answers: Answers) -> None:
    """The signature, beside what nobody has entered and nothing is checked for."""
    several = len(plan.case.levels) > 1
    lacks = [f"{level.name} · " * several + told for level in plan.case.levels for told in not_entered(level)]
    with st.container(key="sign-split"):
        left, right = st.columns([3, 2], gap="medium")
    with left:
        check_sign_off.show(outcome, plan, answers)
    with right:
        panels.show("What was not entered", lacks, "Nothing: every part of the case was entered.")


def _readback(outcome: Outcome, case: Case, index: int) -> None:
    level = case.levels[index]
    with st.container(key="split"):
        left, right = st.columns(2, gap="medium")
    with left:
        held = f"The {level.reference} fragment is the reference" + (
            " and is fixed." if not level.coupled else "; it moves as the other levels say."
        )
        panels.show("What was entered", [held, *level_sentences(level)], "")
    with right:
        panels.show("How the bone will move", panels.movement_lines(outcome, index), "Nothing moves: no schedule.")


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={Plan: lambda plan: plan.case_sha256})
def _charts(plan: Plan, index: int) -> str:
    """The charts of a level, remembered by the case's fingerprint: they show limits and girths too."""
    return charts_html(plan.levels[index])

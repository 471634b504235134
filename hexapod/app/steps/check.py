"""Step 6: findings above everything, change-outs, schedule and charts, the entries read back, and the signature."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from html import escape

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.typed_text import GOAL, typed_goal
from hexapod.app.session import library_access, session
from hexapod.app.session.acknowledgements import Answer, Answers, Caution, caution_name, cautions_of, open_cautions
from hexapod.app.session.entries import action
from hexapod.app.session.step_status import trouble_lines
from hexapod.app.sign_in import user
from hexapod.app.steps import check_sign_off
from hexapod.app.widgets import panels
from hexapod.app.widgets.browser_scripts import one_day, show_svg
from hexapod.app.widgets.drawings import charts_html
from hexapod.app.widgets.fields import level_choice, text_field
from hexapod.app.widgets.panels import changeouts_html, finding_html, milestones_html, schedule_html
from hexapod.app.widgets.viewer_scene import jump_of
from hexapod.case.model import Case
from hexapod.checks.findings import Finding, FindingGroup, grouped
from hexapod.library import StoredPlan
from hexapod.plan.make_plan import LevelPlan, Plan, Refusal
from hexapod.preoperative.end_error import GOAL_SOURCE, USUAL_GOAL, EndError, Goal, end_error
from hexapod.text.case_sentences import level_sentences, not_entered
from hexapod.text.preoperative_text import NOTHING, cause_rows, end_error_sentences, sensitivity_rows

TITLE = "How exact the end will be"


def answers_now(plan: Plan | Refusal) -> Answers:
    """What the fields say at this moment, kept for when they are not on the page."""
    answers = session.opened().answers
    by = user.signature() or session.typed(_key(answers, "by"), answers.by)
    to = {}
    for caution in cautions_of(plan):
        kept = answers.answer(caution)
        ticked = session.typed(_key(answers, "box", caution), kept.ticked)
        reason = session.typed(_key(answers, "reason", caution), kept.reason)
        to[caution] = Answer(ticked, reason)
    session.opened().answers = answers = replace(answers, by=by, to=to)
    return answers


def show_dated(outcome: Outcome) -> None:
    """What today's date adds.  It is not part of the plan, so nobody acknowledges it: its answer is the date itself."""
    for group in grouped(outcome.dated):
        st.html(finding_html(group))


def show_findings(plan: Plan | Refusal, answers: Answers, issued: StoredPlan | None) -> None:
    """Findings of one kind together.  Of an issued plan it is told who has accepted a caution, and why."""
    case, groups = plan.case, grouped(plan.findings)
    st.subheader(f"Findings{_counted(groups)}", anchor=False)
    if not groups:
        st.html('<p class="hx-finding hx-ok">No findings: no limit of this program is broken on any day.</p>')
        return
    cautions, left = cautions_of(plan), open_cautions(plan, issued)
    for number, group in enumerate(groups):
        worst = group.worst
        where = f"{case.levels[worst.level].name} · " if len(case.levels) > 1 else ""
        with st.container(key=f"finding-{number}", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(finding_html(group, where))
            if isinstance(plan, Plan) and jump_of(worst) is not None:  # a refused plan has no preview to go to
                st.button(f"Show day {worst.day}", key=f"jump-{number}", on_click=_jump, args=(worst,))
        caution = Caution(worst.code, worst.level)
        if caution in left:
            _caution(answers, caution)
        elif issued is not None and worst.verdict == "caution" and caution in cautions:
            _accepted(issued, caution)
    if left and user.signature() is None:
        with st.container(key="acknowledged-by", width=420):
            key = session.seed(_key(answers, "by"), answers.by)
            st.text_input(
                "Your name or initials, for all cautions",
                key=key,
                autocomplete="off",
                disabled=library_access.closed(key),
            )


def _counted(groups: list[FindingGroup]) -> str:
    """How many of each verdict, the worst first, as the list below has them."""
    counts = Counter(group.worst.verdict for group in groups)
    names = {"refused": "refused", "caution": "to take into account", "ok": "to know"}
    told = [f"{count} {names[verdict]}" for verdict, count in counts.items()]
    return f": {', '.join(told)}" if told else ""


@action
def _jump(finding: Finding) -> None:
    """Callback: the preview goes to the finding's level and day and shows its two bodies."""
    state, levels = session.current(), session.draft()["levels"]
    state.jumps += 1
    jump = jump_of(finding, state.jumps)
    if jump is not None and finding.level < len(levels) and not session.is_of_before():
        state.case.level = levels[finding.level]["uid"]
        state.case.jump = (state.case.level, jump)


def _caution(answers: Answers, caution: Caution) -> None:
    kept, name = answers.answer(caution), caution_name(caution)
    with st.container(
        key=f"caution-{caution.level}-{caution.code.replace('.', '-')}", horizontal=True, vertical_alignment="center"
    ):
        box = session.seed(_key(answers, "box", caution), kept.ticked)
        st.checkbox(f"I take {name} into account, because:", key=box, disabled=library_access.closed(box))
        reason = session.seed(_key(answers, "reason", caution), kept.reason)
        st.text_input(
            f"Reason for {name}",
            key=reason,
            disabled=library_access.closed(reason),
            placeholder="your reason, in a few words",
            autocomplete="off",
            label_visibility="collapsed",
        )


def _accepted(issued: StoredPlan, caution: Caution) -> None:
    for one in issued.cautions:
        if (one.code, one.level) == (caution.code, caution.level) and one.by is not None:
            told = f"Acknowledged by {one.by}: {one.reason}"
            st.html(f'<p class="hx-row">{escape(told)}</p>')


def _key(answers: Answers, what: str, caution: Caution | None = None) -> str:
    """Name of a field: of this round of answers only, so that nothing said to one plan is taken for another."""
    return "-".join(("answer", answers.ticket, what, *([] if caution is None else [caution.code, str(caution.level)])))


def show_end_error(plan: Plan, index: int) -> None:
    """How exact the end of a level will be, by the goal chosen; what it is due to is closed until somebody asks."""
    goal, troubles = typed_goal(session.draft())
    sentences, found = _judged(plan, index, goal)
    panels.show(TITLE, sentences, "")
    if found is not None:
        goal_fields(Outcome(troubles, None, None))
    with st.expander("What it is due to, and what to measure again"):
        if found is not None:
            st.html(causes_html(found))
        _wrong_mounting(plan.levels[index])


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={Plan: lambda plan: plan.case_sha256})
def _judged(plan: Plan, index: int, goal: Goal) -> tuple[list[str], EndError | None]:
    """Sentences and numbers of a level, remembered by the case's fingerprint, which covers the SD too."""
    level = plan.levels[index]
    return end_error_sentences(level, goal), end_error(level, goal)


def goal_fields(outcome: Outcome) -> None:
    """How near to the intended end is near enough; the next case takes it over."""
    with st.expander("Goal: near enough to the intended end", key="goal"):
        st.caption(f"Kept for the next case. {GOAL_SOURCE}")
        with st.container(key="goal-fields", horizontal=True, gap="small"):
            for label, unit, usual in (
                ("To end within an angle of, deg", "deg", USUAL_GOAL.deg),
                ("To end within a distance of, mm", "mm", USUAL_GOAL.mm),
            ):
                with st.container(key=f"goal-{unit}", width=260):
                    text_field(
                        outcome, (*GOAL, unit), label, placeholder=f"{usual:g}", hint=f"Empty: {usual:g} {unit}."
                    )


def causes_html(found: EndError) -> str:
    """The entries as a table, that with the largest share first."""
    rows = "".join(
        f"<tr><td>{escape(row.name)}</td><td>{escape(row.sd)}</td><td>{escape(row.share)}</td><td>{row.halved}</td></tr>"
        for row in cause_rows(found)
    )
    return (
        '<table class="hx-troubles"><thead><tr><th scope="col">Entry</th><th scope="col">SD</th>'
        '<th scope="col">Share of the error at the end</th>'
        f'<th scope="col">With half this SD, of 100 cases within {escape(found.judged_by.text)}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _wrong_mounting(level: LevelPlan) -> None:
    rows = sensitivity_rows(level)
    told = [f"{row.ring} than entered: the bone ends {row.off} off" for row in rows if row.off != NOTHING]
    if len(told) < len(rows):
        told.append("Otherwise nothing changes at the end.")
    panels.show("If the ring really sits otherwise by one SD, the worst first", told, "")


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
    show_dated(outcome)
    answers = answers_now(plan)
    show(plan, answers, session.of_library().recorded)
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
        show_end_error(plan, index)
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

"""The step Follow-up: what was read at a visit, what it means, and how the plan continues.

What the readings mean is told in words, as a bar a strut, and as the bone on both radiographs.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.typed_text import spoken
from hexapod.app.session import library_access, plan_record, session, visit
from hexapod.app.steps.follow_up import estimates, home_reports, outcome_entries, plan_continuation, visit_entries
from hexapod.app.steps.follow_up.visit_entries import line
from hexapod.app.widgets import browser_scripts
from hexapod.app.widgets.browser_scripts import show_svg
from hexapod.app.widgets.panels import finding_html, unbroken
from hexapod.checks.findings import grouped
from hexapod.drawings.entry.visit_radiographs import (
    Inks,
    bone_displacement_sentence,
    strut_differences,
    visit_bars,
    visit_radiographs,
)
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import FollowUp
from hexapod.library import RecordedVisit
from hexapod.text.follow_up_text import follow_up_sentences
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

# What every kind of explanation is called at the top, and the colour it has: as the plan, worth a look, to be doubted.
HEADS = {
    "on-schedule": ("On schedule", "ok"),
    "behind": ("Behind the plan", "caution"),
    "ahead": ("Ahead of the plan", "caution"),
    "misread": ("Probably misread", "refused"),
    "wrong-way": ("A strut was probably turned the wrong way", "refused"),
    "exchanged": ("Two struts were probably exchanged", "refused"),
    "some-turned": ("Some struts were turned, others not yet", "caution"),
    "not-turned": ("A strut was probably not turned", "refused"),
    "increments-swapped": ("Two struts were probably turned by each other's steps", "refused"),
    "scales-shifted": ("All scales were probably read 1 mm off", "refused"),
    "numbered-clockwise": ("The struts were probably counted the other way round", "refused"),
    "unexplained": ("Not explained", "refused"),
}
PAGE = Inks(
    ink="var(--hx-ink)",
    soft="var(--hx-soft)",
    edge="var(--hx-edge)",
    bone="var(--hx-panel)",
    actual="var(--hx-actual)",
    actual_fill="var(--hx-actual-back)",
)
_STYLE = Path(__file__).parents[2] / "follow_up.css"


def show_result(following: visit.FollowedPlan, entered: visit.EnteredVisit) -> DeltaGenerator | None:
    """The answer to the readings on the page; why there is none while an entry is missing or wrong.

    Returns:
        The place below the last answer, for what can be done about it; None without an answer.
    """
    below = None
    if following.plan is None or not entered.typed:
        return below
    if entered.troubles:
        line("What the readings mean is told once the entries above are complete and right.", "missing")
        return below
    for one in entered.found:
        below = _level(one, answers_too=True)
    return below


def show_recorded(following: visit.FollowedPlan, history: Sequence[RecordedVisit]) -> None:
    """What the readings of the last visit of this plan mean, for those who may only look."""
    mine = [one.visit for one in history if following.recorded and one.plan == following.recorded.number]
    if not mine or following.plan is None:
        return
    for one in mine[-1].readings:
        try:
            found = visit.answer_to(following.plan, mine[-1].date, one)
        except HexapodError as error:
            line(str(error), "wrong")
            continue
        _level(found)


def _level(found: FollowUp, *, answers_too: bool = False) -> DeltaGenerator:
    """The answer beside picture and bars, the readings below; the place below the answer."""
    case = found.plan.case
    several = len(case.levels) > 1
    head, kind = HEADS[found.explanation.kind]
    named = f"{visit.level_name(case, found.level)}: " if several else ""
    first_line, *rest = follow_up_sentences(found)
    if where := bone_displacement_sentence(found):
        rest.insert(next(k for k, one in enumerate(rest, 1) if one.startswith("By these readings")), where)
    body = "".join(f"<li>{unbroken(sentence)}</li>" for sentence in rest)
    with st.container(key=f"visit-shown-{found.level}"):
        left, right = st.columns(2, gap="medium")
    left.html(
        f'<section class="hx-found hx-{kind}" aria-label="What the readings mean"><h3>{escape(named + head)}</h3>'
        f"<p>{unbroken(first_line)}</p><p>{escape(_which_day(found))}</p><ul>{body}</ul></section>"
    )
    below = left.container(key=f"visit-go-on-{found.level}")
    with left:
        if answers_too:
            visit_entries.answers(found)
        for group in grouped(found.findings):
            st.html(finding_html(group))
    with right, st.container(key=f"visit-films-{found.level}"):
        if found.T_ref_mov is None:
            st.html('<p class="hx-none">No pose fits these readings: there is no picture. Read all six again.</p>')
        else:
            drawing = visit_radiographs(found, PAGE).decode("utf-8")
            show_svg(drawing, key=f"films-{session.widget_key(())}-{found.level}")
    with right, st.container(key=f"visit-bars-{found.level}"):
        show_svg(visit_bars(found, PAGE).decode("utf-8"), key=f"bars-{session.widget_key(())}-{found.level}")
    st.html(_table(found))
    return below


def _which_day(found: FollowUp) -> str:
    row = found.intended
    if found.days_after_the_end:
        return (
            f"{found.date.isoformat()} is after the plan's last day, day {row.day} ({row.date.isoformat()}): its last "
            "row is what should be true."
        )
    return f"{found.date.isoformat()} is day {row.day} of the plan, {row.stage}: planned is what it has that evening."


def _table(found: FollowUp) -> str:
    """Plan, readings and difference of every strut; a table that can only be read."""
    heads = "".join(
        f'<th scope="col" class="hx-strut hx-strut-{strut}"><span class="hx-disc">{strut}</span>'
        f'<span class="hx-colour">{look.name}</span></th>'
        for strut, look in STRUT_LOOKS.items()
    )
    struts = strut_differences(found)
    rows = (
        ("Planned", [number(one.planned_mm) for one in struts]),
        ("Read", [number(one.reads_mm) for one in struts]),
        ("Read − planned", [one.difference_text for one in struts]),
    )
    body = "".join(
        f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>' for name, cells in rows
    )
    return (
        '<table class="hx-schedule hx-compared"><caption>Readings of the six scales, mm</caption>'
        f'<thead><tr><th scope="col"></th>{heads}</tr></thead><tbody>{body}</tbody></table>'
    )


def show(outcome: Outcome) -> None:
    """The whole step.  It is about the signed plan, whatever the entries of the other steps say now."""
    st.html(_STYLE)
    st.html(visit_entries.strut_style())
    st.subheader("Follow-up", anchor=False)
    try:
        following = visit.followed(outcome)
        shows_fields = library_access.may_plan() or library_access.may_change()
        record = session.opened().record
        history, plans = (record.visits, record.plans) if record is not None else ((), ())
        # A container of its own: the fields of the outcome below keep their place whatever stands here.
        with st.container():
            _whose(outcome, following, [one.number for one in plans if one.state == "stopped"])
            if following is not None and shows_fields:
                _visit(outcome, following)
            elif following is not None and following.recorded is not None:
                line("You may look at visits but not record any: ask a planner of the library.", "missing")
                show_recorded(following, history)
            visit_entries.show_all(session.token(), history, plans)
            if following is not None:
                home_reports.show(session.token(), following.case)
        # Also of a treatment whose plan was stopped.
        if following is not None and any(one.sign_off for one in plans):
            outcome_entries.show(session.token(), following.case)
    except HexapodError as error:
        st.html(f'<p class="hx-alarm" role="alert">{escape(str(error))}</p>')


def _visit(outcome: Outcome, following: visit.FollowedPlan) -> None:
    entered = visit.entered_visit(session.draft(), following)
    visit_entries.show(following, entered)
    below = show_result(following, entered)
    browser_scripts.place_to_show(plan_record.CONTINUE)
    visit_entries.show_record(following, entered)
    estimates.show(following, plan_continuation.estimates_of(following, entered, session.draft()))
    plan_continuation.show(outcome, following, entered, below)


def _whose(outcome: Outcome, following: visit.FollowedPlan | None, stopped: list[int]) -> None:
    """Which plan this is about, or why there is none and what to do."""
    if following is None or following.recorded is None:
        _nothing_yet(following, stopped)
        return
    plan, case = following.recorded, following.case
    signed = plan.sign_off
    follows = "The patient follows" if plan.state == "signed" else f"Going on from a visit of ({plan.state})"
    # Whose plan it is stands in the banner, as long as the banner is about this plan.
    of_draft = outcome.case is None or outcome.case.sha256 != case.sha256
    which = f", plan ID <code>{plan.plan_sha256[:12]}</code>. This step is about it, not about the draft"
    by, at = (signed.name, signed.at) if signed else ("nobody", plan.at)
    st.html(
        f'<p class="hx-followed">{follows} <b>plan {plan.number}</b>, signed by {escape(by)} on {at[:10]}'
        f"{which * of_draft}. Day 0 is {escape(spoken(case.start_date))}.</p>"
    )
    if following.stale:
        what = "" if following.plan else " Readings are recorded, but not compared: go by the patient's own sheet."
        st.html(
            f'<p class="hx-alarm" role="alert">Plan {plan.number} is not made the same by this version of the program. '
            f"{escape(following.stale)}{what}</p>"
        )


def _nothing_yet(following: visit.FollowedPlan | None, stopped: list[int]) -> None:
    ended = f"Plan {stopped[-1]} was stopped" if stopped and session.of_library().in_force is None else ""
    tried = (
        " Until then you can try readings against the plan of this page. <b>They are not recorded as a visit.</b>"
        if following is not None and library_access.may_change()
        else ""
        if following is not None
        else " The entries of this page make no plan yet, so there is nothing to try readings against either."
    )
    st.html(
        f'<p class="hx-trial" role="note"><b>{ended or "There is nothing to follow yet"}:</b> no plan of this '
        f"case is followed. Once one is signed in the step Check, visits are recorded here.{tried}</p>"
    )

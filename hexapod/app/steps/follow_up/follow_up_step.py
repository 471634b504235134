"""Step 8: what was read at a visit, what it means, and how the plan continues."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import library_access, plan_record, session, visit
from hexapod.app.steps.follow_up import estimates, plan_continuation, result, visit_entries
from hexapod.app.steps.follow_up.visit_entries import line
from hexapod.app.widgets import browser_scripts
from hexapod.app.widgets.panels import limb_name
from hexapod.errors import HexapodError

_STYLE = Path(__file__).parents[2] / "follow_up.css"


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
        _whose(outcome, following, [one.number for one in plans if one.state == "stopped"])
        if following is not None and shows_fields:
            _visit(outcome, following)
        elif following is not None and following.recorded is not None:
            line("You may look at visits but not record any: ask a planner of the library.", "missing")
            result.show_recorded(following, history)
        visit_entries.show_all(session.token(), history, plans)
    except HexapodError as error:
        st.html(f'<p class="hx-alarm" role="alert">{escape(str(error))}</p>')


def _visit(outcome: Outcome, following: visit.FollowedPlan) -> None:
    told = visit.entered_visit(session.draft(), following)
    visit_entries.show(following, told)
    below = result.show_result(following, told)
    browser_scripts.place_to_show(plan_record.CONTINUE)
    visit_entries.show_record(following, told)
    estimates.show(following, plan_continuation.estimates_of(following, told, session.draft()))
    plan_continuation.show(outcome, following, told, below)


def _whose(outcome: Outcome, following: visit.FollowedPlan | None, stopped: list[int]) -> None:
    """Which plan this is about, or why there is none and what to do."""
    if following is None or following.recorded is None:
        _nothing_yet(following, stopped)
        return
    plan, case = following.recorded, following.case
    signed = plan.sign_off
    limb = limb_name({"side": case.limb.side, "bone": case.limb.bone})
    follows = "the patient follows" if plan.state == "signed" else f"going on from a visit of ({plan.state})"
    st.html(
        f'<p class="hx-followed"><b>{escape(limb)}</b> · case {escape(case.id)} · {follows} '
        f"<b>plan {plan.number}</b>, signed by {escape(signed.name if signed else 'nobody')} on "
        f"{plan.at[:10] if signed is None else signed.at[:10]} · day 0 is {case.start_date} · plan fingerprint "
        f"<code>{plan.plan_sha256[:12]}</code></p>"
    )
    if outcome.case is None or outcome.case.sha256 != case.sha256:
        line("The entries of the other steps are not those of the signed plan. This step is about the signed plan.")
    if following.stale:
        what = "" if following.plan else " Readings are recorded, but not compared: go by the patient's own papers."
        st.html(
            f'<p class="hx-alarm" role="alert">Plan {plan.number} is not made the same by this version of the program. '
            f"{escape(following.stale)}{what}</p>"
        )


def _nothing_yet(following: visit.FollowedPlan | None, stopped: list[int]) -> None:
    ended = f" Plan {stopped[-1]} was stopped." if stopped and session.of_library().in_force is None else ""
    tried = (
        " Until then you can try readings against the plan of this page. <b>They are not recorded as a visit.</b>"
        if following is not None and library_access.may_change()
        else ""
        if following is not None
        else " The entries of this page make no plan yet, so there is nothing to try readings against either."
    )
    st.html(
        f'<p class="hx-trial" role="note"><b>There is nothing to follow yet:</b> no plan of this case is signed.{ended}'
        f" In the step Check, issue the plan and sign it; visits are then recorded here.{tried}</p>"
    )

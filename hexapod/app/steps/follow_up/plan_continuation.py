"""How the plan continues from the readings: as planned, after a pause, slower, turned back; shown first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hexapod import load_catalogue
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.draft_model import Draft
from hexapod.app.draft.outcome import Outcome, plan_of, work_out
from hexapod.app.draft.typed_text import spoken
from hexapod.app.session import entries, library_access, session, step_status, unsaved, visit
from hexapod.app.session.entries import action
from hexapod.app.steps.follow_up import estimates
from hexapod.app.steps.follow_up.estimates import LevelEstimates
from hexapod.app.steps.follow_up.visit_entries import line
from hexapod.app.widgets import browser_scripts
from hexapod.app.widgets.fields import text_field
from hexapod.app.widgets.panels import finding_html
from hexapod.case.model import Case
from hexapod.checks.findings import grouped
from hexapod.errors import CaseError, HexapodError
from hexapod.estimation.follow_up_estimate import replan_by
from hexapod.follow_up.remaining_stages import day_reached, unread_day
from hexapod.follow_up.replan import DoubtfulReadings, replan
from hexapod.plan.make_plan import Plan, Refusal
from hexapod.plan.plan_file import short_fingerprint

GO_ON = "visit-go-on"
_CHANGED = "An entry was changed at the same moment: the plan does not go on yet. Look at it again."


@dataclass(frozen=True)
class GoesOn:
    """The case that goes on from the readings and its plan; `trouble` when there is none.

    `doubtful` tells that the readings are probably wrong, so that they are taken only when somebody says so.
    """

    case: Case | None = None
    plan: Plan | Refusal | None = None
    trouble: str = ""
    doubtful: bool = False


def goes_on(following: visit.FollowedPlan, entered: visit.EnteredVisit, draft: d.Draft) -> GoesOn:
    """The re-plan that the entries ask for; all levels that were read start from their readings."""
    wishes, troubles = visit.wishes_of(draft, entered)
    if entered.troubles or not entered.found or following.plan is None:
        return GoesOn()
    if wishes is None or troubles:
        return GoesOn(trouble="Correct the entries above.")
    first, *also = entered.found
    found, use = estimates_of(following, entered, draft), draft["visit"]["use"]
    if trouble := _why_not_from(found, use, draft):
        return GoesOn(trouble=trouble)
    try:
        if not found or use == estimates.READINGS:
            case = replan(first, wishes, also=also)
        else:
            chosen = {one.level: (one.estimates[use].visits, one.estimates[use].estimate) for one in found}
            case = replan_by(first, chosen, wishes, load_catalogue(), also)
        return GoesOn(case, plan_of(case)[0])
    except DoubtfulReadings as error:
        return GoesOn(trouble=str(error), doubtful=all(one.T_ref_mov is not None for one in entered.found))
    except CaseError as error:
        return GoesOn(trouble=" ".join(problem.message for problem in error.problems))
    except HexapodError as error:
        return GoesOn(trouble=str(error))


def estimates_of(
    following: visit.FollowedPlan, entered: visit.EnteredVisit, draft: d.Draft
) -> tuple[LevelEstimates, ...]:
    """What all visits of the plan say together; empty where nothing was measured anew."""
    record = session.opened().record
    return estimates.of_visit(following, entered, record.visits if record is not None else (), draft)


def _why_not_from(found: Sequence[LevelEstimates], use: str | None, draft: d.Draft) -> str:
    """Why the plan does not go on from the estimates chosen; empty when it does, or when there is nothing to choose."""
    if not found or use == estimates.READINGS:
        return ""
    if use is None:
        return "Something was measured again: choose above what the plan goes on from."
    if any(use not in one.estimates for one in found):
        return "There is no such estimate, as told above: choose another way to go on."
    vouched = draft["visit"]["doubtful_fit"] == estimates.measurements(found)
    if estimates.is_doubtful(found, use) and not vouched:
        return "The measurements contradict each other: measure again, or say above that they are meant all the same."
    return ""


def show(
    outcome: Outcome, following: visit.FollowedPlan, entered: visit.EnteredVisit, below: DeltaGenerator | None
) -> None:
    """The entries, what they would make, and the button that takes it; nothing while no pose is known to start from.

    `below` is the place below the answer, for the one press that most visits need.
    """
    if (
        entered.troubles
        or not entered.found
        or following.plan is None
        or any(one.T_ref_mov is None for one in entered.found)
    ):
        return
    st.subheader("How the plan goes on from these readings", anchor=False)
    st.caption("All empty: the rest of the plan, from where the readings are, at its own rates. What is typed adds up.")
    _, troubles = visit.wishes_of(session.draft(), entered)
    asked = Outcome(troubles, None, None)
    reached = min(day_reached(one) for one in entered.found)
    new = goes_on(following, entered, session.draft())
    if below is not None and new.case is not None and new.plan is not None and not visit.wished(session.draft()):
        with below:
            _shift_button(following, entered, new.plan)
    with st.container(key="visit-wishes", horizontal=True, gap="small"):
        with st.container(key="visit-pause", width=230):
            text_field(asked, ("visit", "pause"), "Pause first, days", hint="Nothing moves for so many days.")
        with st.container(key="visit-turn-back", width=300):
            hint = f"The readings are those of day {reached}: {reached} days lead back to the start."
            text_field(asked, ("visit", "turn_back"), "Then turn back by, days of the plan", hint=hint)
            st.button(
                f"Back to the start ({reached} days)",
                key="visit-to-start",
                disabled=reached == 0 or not library_access.may_change(),
                on_click=_to_start,
                args=(str(reached),),
            )
        with st.container(key="visit-slower", width=280):
            hint = "A lower limit for every stage that moves. Empty: as planned."
            text_field(asked, ("visit", "mm_per_day"), "Then slower: at most, mm per day", hint=hint)
    if new.doubtful or _vouched(entered):
        _doubtful(entered)
    if new.case is None or new.plan is None:
        line(new.trouble, "wrong")
        return
    _would_be(following, entered, new.plan)
    _take(outcome, following, new.case)


def _shift_button(following: visit.FollowedPlan, entered: visit.EnteredVisit, plan: Plan | Refusal) -> None:
    """The one press for missed days or days too many: the rest of the plan, on a calendar shifted by as much."""
    assert following.plan is not None
    days = visit.days_late(entered)
    shift = visit.shifted_by(following.plan, plan, entered)
    if not days or not shift:
        return
    late = f"{_days(abs(days))} {'behind' if days > 0 else 'ahead'}"
    how = f"shift the calendar by {_days(shift)}" if shift > 0 else f"bring the calendar forward by {_days(-shift)}"
    st.button(
        f"{late}: {how}",
        key="visit-shift",
        type="primary",
        on_click=_go_on,
        args=(plan.case_sha256,),
        disabled=not library_access.may_change(),
    )
    last = max(level.last.date for level in plan.levels)
    line(
        f"Nothing else changes: the rest of the plan from these readings, to its end on {spoken(last.isoformat())}. "
        f"It becomes the entries of the page; what is signed stays in force until the new plan is signed."
    )


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _doubtful(entered: visit.EnteredVisit) -> None:
    """The box is of these very readings: it is empty again for others."""
    key = session.widget_key(("doubtful", entered.signature))
    session.seed(key, _vouched(entered))
    words = "All six scales were read again and these readings are right: go on from them"
    st.checkbox(
        words, key=key, on_change=_vouch, args=(entered.signature, key), disabled=not library_access.may_change()
    )


def _vouched(entered: visit.EnteredVisit) -> bool:
    return bool(session.draft()["visit"]["doubtful"] == entered.signature)


@action
def _vouch(signature: str, key: str) -> None:
    """Callback of the box."""
    if session.is_of_open_draft(key):
        entries.put(("visit", "doubtful"), signature if session.typed(key) else "")


def _would_be(following: visit.FollowedPlan, entered: visit.EnteredVisit, plan: Plan | Refusal) -> None:
    """Old and new plan beside each other, and what the new one's checks say."""
    assert following.plan is not None
    case = plan.case
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{escape(old)}</td><td>{escape(new)}</td></tr>'
        for name, old, new in (
            ("Day 0", _spoken(following.case.start_date), _spoken(case.start_date)),
            ("Last day", _last(following.plan), _last(plan)),
            ("Stages", _stages(following.case), _stages(case)),
            ("Strut change-outs", _exchanges(following.plan), _exchanges(plan)),
            ("Status", following.plan.verdict, plan.verdict),
            ("Plan ID", _plan_id(following.case), _plan_id(case)),
        )
    )
    old = f"plan {following.recorded.number}, in force" if following.recorded else "the plan of this page"
    st.html(
        f'<table class="hx-visits hx-would"><caption>What it would be; nothing is changed yet</caption><thead><tr>'
        f'<th scope="col"></th><th scope="col">Now: {old}</th><th scope="col">From these readings</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
    for group in grouped(plan.findings):
        st.html(finding_html(group))
    read = {one.level for one in entered.found}
    day = unread_day(entered.found[0])
    for index, level in enumerate(following.plan.levels):
        if index not in read:
            line(
                f"{visit.level_name(following.case, index)} was not read: it is taken to stand as planned for day "
                f"{min(day, level.last.day)}. Read its scales before following the new plan.",
                "missing",
            )


def _take(outcome: Outcome, following: visit.FollowedPlan, case: Case) -> None:
    if outcome.case is not None and outcome.case.sha256 == case.sha256:
        line("The entries of the other steps are these already: look through them, then sign in Check.")
        return
    stays = (
        f"Plan {following.recorded.number} stays signed and in force until the new one is signed in the step Check."
        if following.recorded
        else "Nothing is signed, so nothing else changes."
    )
    line(f"This becomes the entries of the page, as the next version of case {case.id}. {stays}")
    other = outcome.case is None or outcome.case.sha256 != following.case.sha256
    if other:
        line(
            "The entries on the page are others than those of the plan that is followed: they are replaced. The "
            "library keeps them as an earlier revision.",
            "missing",
        )
    st.button(
        "Replace the entries and go on in Treatment" if other else "Go on with this in Treatment",
        key=GO_ON,
        type="primary",
        on_click=_go_on,
        args=(case.sha256,),
        disabled=not library_access.may_change(),
    )
    step_status.beside(GO_ON)


@action
def _to_start(days: str) -> None:
    """Callback: turn back by so many days."""
    if not session.is_of_before():
        entries.put(("visit", "turn_back"), days)


@action
def _go_on(shown: str) -> None:
    """Callback: the re-planned case becomes the entries of the page, as the next version of the same case."""
    opened = session.opened()
    unsaved.look()
    if opened.unsaved or opened.newer:
        opened.refuse(
            GO_ON, "Nothing was changed: first decide about the entries that are not saved or not the newest."
        )
        return
    try:
        following = visit.followed(work_out(session.draft()))
    except HexapodError as error:
        opened.refuse(GO_ON, f"Nothing was changed. {error}")
        return
    new = None
    if following is not None:
        new = goes_on(following, visit.entered_visit(session.draft(), following), session.draft()).case
    if new is None or new.sha256 != shown:
        opened.refuse(GO_ON, _CHANGED)
        return
    assert following is not None
    lines = visit.decided_lines(following, visit.entered_visit(session.draft(), following), session.draft(), new)
    decided = {"of": new.derived_from, "lines": lines}
    going_on = _going_on(new.document) | {"decided": decided}
    opened.draft, opened.level, opened.follows, session.current().step = going_on, "", None, "treatment"
    opened.new_fields()
    browser_scripts.to_top()
    entries.save(confirmed=True)
    opened.message = (
        f"The entries go on from the readings of {new.start_date}, which is the new day 0. Look through the steps, "
        "then sign the plan in Check; until then the old one stays in force."
    )


def _going_on(document: Mapping[str, Any]) -> Draft:
    """The draft of the re-planned case.  A visit and a template typed stay; what belonged to levels of before goes."""
    followed = session.of_library().in_force
    kept = {key: session.draft()[key] for key in ("visit", "template", "goal")}
    return draft_of(document) | kept | {"revises": None if followed is None else followed.number}


def _plan_id(case: Case) -> str:
    plan, plan_id = plan_of(case)
    return short_fingerprint(plan_id) if isinstance(plan, Plan) else "none: refused"


def _spoken(date: str) -> str:
    return spoken(date)


def _last(plan: Plan | Refusal) -> str:
    if isinstance(plan, Refusal):
        return "none: refused"
    last = max((level.last for level in plan.levels), key=lambda row: row.day)
    return f"day {last.day}, {spoken(last.date.isoformat())}"


def _stages(case: Case) -> str:
    several = len(case.levels) > 1
    return "; ".join(
        (f"{level.name}: " if several else "") + (", ".join(one.name for one in level.stages or ()) or "follows")
        for level in case.levels
    )


def _exchanges(plan: Plan | Refusal) -> str:
    return str(sum(len(level.exchanges) for level in plan.levels))

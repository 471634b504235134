"""What the visits of a treatment say together: the re-plan from the last measurement alone, and from one fit of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from hexapod import load_catalogue
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.typed_text import typed_goal
from hexapod.app.session import visit
from hexapod.errors import CaseError, HexapodError
from hexapod.estimation.follow_up_estimate import Estimated, estimate_visits
from hexapod.estimation.observations import FORMAT, MeasuredVisits, Use, read_visits
from hexapod.library import RecordedVisit
from hexapod.library.calls.visits import measured_visit
from hexapod.plan.make_plan import Plan
from hexapod.preoperative.end_error import Goal

USES: Mapping[Use, str] = {"last": "the last measurement alone", "all": "one fit of all measurements"}
READINGS = "readings"


@dataclass(frozen=True)
class LevelEstimates:
    """Both estimates of a level (counted from 0); what cannot be estimated has a sentence in `troubles` instead."""

    level: int
    estimates: Mapping[Use, Estimated]
    troubles: Mapping[Use, str]


def of_visit(
    following: visit.FollowedPlan, told: visit.EnteredVisit, history: Sequence[RecordedVisit], draft: d.Draft
) -> tuple[LevelEstimates, ...]:
    """The estimates of every level that was read now and measured anew, now or at a recorded visit of the same plan."""
    if following.plan is None or told.troubles or told.date is None:
        return ()
    goal, _ = typed_goal(draft)
    found = []
    for one in told.found:
        values = visits_of(following, told, history, one.level)
        if any("deformity" in value or "mounting" in value for value in values):
            struts = tuple(strut.name for strut in one.struts)
            found.append(_of_level(following.plan, one.level, values, goal, struts))
    return tuple(found)


def visits_of(
    following: visit.FollowedPlan, told: visit.EnteredVisit, history: Sequence[RecordedVisit], level: int
) -> list[dict[str, object]]:
    """The visits of a level in the form of `hexapod-visits/1`: those recorded on the plan, then the one on the page."""
    assert told.date is not None
    number = None if following.recorded is None else following.recorded.number
    before = sorted(
        (one for one in history if one.plan == number and one.visit.date <= told.date),
        key=lambda one: (one.visit.date, one.number),
    )
    now = [measured_visit(told.date, six) for six in told.readings if six.level == level]
    kept = [measured_visit(one.visit.date, six) for one in before for six in one.visit.readings if six.level == level]
    once = [value for place, value in enumerate(kept) if value not in (*kept[:place], *now)]
    return [*once, *now]


def _of_level(
    plan: Plan, level: int, values: Sequence[Mapping[str, object]], goal: Goal, struts: tuple[str, ...]
) -> LevelEstimates:
    estimates, troubles = dict[Use, Estimated](), dict[Use, str]()
    for use in USES:
        try:
            visits = read_visits({"format": FORMAT, "visits": list(values)})
            estimates[use] = _estimated(plan, level, visits, use, goal, struts)
        except CaseError as error:
            troubles[use] = " ".join(f"{problem.path}: {problem.message}" for problem in error.problems)
        except HexapodError as error:
            troubles[use] = str(error)
    return LevelEstimates(level, estimates, troubles)


@st.cache_resource(
    max_entries=64,
    show_spinner=False,
    hash_funcs={Plan: lambda plan: plan.case_sha256, MeasuredVisits: lambda visits: visits.sha256},
)
def _estimated(
    plan: Plan, level: int, visits: MeasuredVisits, use: Use, goal: Goal, struts: tuple[str, ...]
) -> Estimated:
    """An estimate, remembered by the fingerprints of what it was made from."""
    return estimate_visits(plan, level, visits, use, goal, load_catalogue(), struts)


def measurements(found: Sequence[LevelEstimates]) -> str:
    """The visits of all levels as a text: what somebody vouches for who says that contradicting ones are right."""
    return " ".join(one for level in found for told in level.estimates.values() for one in told.visits.sha256)


def is_doubtful(found: Sequence[LevelEstimates], use: str | None) -> bool:
    """Whether the measurements of a choice contradict each other more than their SDs allow."""
    return any(use == name and told.estimate.doubtful for level in found for name, told in level.estimates.items())

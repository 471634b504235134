"""estimate_visits: what the visits of a treatment say together, and how it will end when re-planned from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hexapod.errors import HexapodError
from hexapod.estimation.contradictions import Contradiction, contradictions
from hexapod.estimation.end_of_treatment import End, end_of
from hexapod.estimation.fit import Estimate, fit
from hexapod.estimation.observations import Use, observe
from hexapod.estimation.replan_estimated import replan_estimated
from hexapod.estimation.visit_file import MeasuredVisits
from hexapod.follow_up.replan import Wishes
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.plan.make_plan import Plan
from hexapod.preoperative.end_error import Goal


@dataclass(frozen=True)
class Estimated:
    """An estimate with what follows from it.

    `end` is None where it cannot be told; then `why_no_end` says why.
    """

    use: Use
    visits: MeasuredVisits
    estimate: Estimate
    goal: Goal
    end: End | None
    why_no_end: str
    contradictions: tuple[Contradiction, ...]


def estimate_visits(
    plan: Plan,
    level: int,
    visits: MeasuredVisits,
    use: Use,
    goal: Goal | None = None,
    catalogue: Catalogue | None = None,
    struts: Sequence[str] | None = None,
) -> Estimated:
    """The estimate for level `level` (counted from 0) of a plan that was followed, from its visits.

    `use` is "last" (the last measurement alone) or "all" (one fit of everything).  `struts` names the six models that
    were on at the last visit.  No clock is read.

    Raises:
        NotSettled: there is no estimate.
        CaseError, HexapodError: as `observe`.
    """
    catalogue, goal = catalogue or load_catalogue(), goal or Goal()
    estimate = fit(observe(plan, level, visits, use, catalogue, struts))
    end, why = None, "it depends on what was never measured"
    try:
        replanned = replan_estimated(plan, level, visits, estimate, Wishes(even_if_doubtful=True), catalogue)
        end = end_of(estimate, replanned, level, goal, catalogue)
    except HexapodError as error:  # the estimate stands, whatever keeps the re-plan from being made
        why = str(error)
    return Estimated(use, visits, estimate, goal, end, "" if end else why, contradictions(estimate))

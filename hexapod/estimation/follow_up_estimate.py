"""estimate_visits: one estimate from the visits of a treatment, the re-plan from it, and how it will end.

The end is the chance of the goal, with bounds.  The re-plan is a new case with the estimated mounting and deformity,
and with their SD.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexapod.case.files import read_case
from hexapod.case.model import Case
from hexapod.deformity.quantities import DEFORMITY, DEFORMITY_SD, MOUNTING, MOUNTING_SD, MeasurementSd, words_of
from hexapod.errors import HexapodError
from hexapod.estimation.chain import slopes
from hexapod.estimation.contradictions import Contradiction, contradictions
from hexapod.estimation.fit import Estimate, fit
from hexapod.estimation.observations import MeasuredVisits, Use, observe
from hexapod.follow_up.compare_with_plan import FollowUp, follow_up
from hexapod.follow_up.remaining_stages import rounded_words
from hexapod.follow_up.replan import START_DECIMALS, Wishes, replan
from hexapod.geometry.transforms import Array
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.kinematics.forward import ring_pose
from hexapod.plan.make_plan import Plan
from hexapod.preoperative.end_error import Goal, left_of, likely_bound
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import fit_frame
from hexapod.trajectory.level_setup import set_up

# The largest SD that a case file accepts, for what was not measured.
ANYTHING = {"mm": 1000.0, "deg": 90.0}
LEAST_SD = 0.001
# Random ends: so many that a share of them is known to 0.4 %; the same on every run.
DRAWN, SEED = 20_000, 19


def replan_estimated(
    plan: Plan, level: int, visits: MeasuredVisits, estimate: Estimate, wishes: Wishes, catalogue: Catalogue
) -> Case:
    """The case that continues that of a plan from its last visit, with the estimate's mounting and deformity.

    As `replan` with a newly measured deformity; `wishes.deformity` is that of the estimate.  `estimated_from` has the
    fingerprints of the visits that the estimate was made from, and of those of an estimated case before.

    Raises:
        HexapodError: as `replan`.
    """
    last = visits.visits[-1]
    struts = [strut.name for strut in estimate.chain.observations.moments[-1].struts]
    found = follow_up(plan, last.day, last.settings_mm, level, catalogue, struts)
    return replan_by(found, {level: (visits, estimate)}, wishes, catalogue)


def replan_by(
    found: FollowUp,
    estimates: Mapping[int, tuple[MeasuredVisits, Estimate]],
    wishes: Wishes,
    catalogue: Catalogue,
    also: Sequence[FollowUp] = (),
) -> Case:
    """As `replan_estimated`, from the readings of a visit: those of `found`, and those of other hexapods in `also`.

    `estimates` has the visits and their estimate of each level that was estimated, the last visit being this one.

    Raises:
        HexapodError: as `replan`.
    """
    deformities = {
        level: rounded_words(words_of(estimate.deformity.tolist(), DEFORMITY), START_DECIMALS)
        for level, (_, estimate) in estimates.items()
    }
    measured = replace(wishes, deformity=deformities.get(found.level), deformities_also=deformities)
    document = replan(found, measured, catalogue, also).document
    case, sources = found.plan.case, list(found.plan.case.estimated_from or ())
    for level, (visits, estimate) in estimates.items():
        written, sd, wide = document["levels"][level], estimate.sd, estimate.spread_sd
        written["deformity_sd"] = sd_words(wide[6:], DEFORMITY_SD)
        # A mounting that was neither entered nor measured at a visit stays not entered.
        if case.levels[level].mounting is not None or any(one is not None for one in sd[:6]):
            written["mounting"] = rounded_words(words_of(estimate.mounting.tolist(), MOUNTING), START_DECIMALS)
            written["mounting_sd"] = sd_words(wide[:6], MOUNTING_SD)
        moments = estimate.chain.observations.moments
        sources += [visits.sha256[moment.visit] for moment in moments if moment.visit is not None]
    document["estimated_from"] = list(dict.fromkeys(sources))
    return read_case(document)


def sd_words(sd: Sequence[float | None], table: Sequence[MeasurementSd]) -> dict[str, float]:
    """SD by their keys of the case file; the largest allowed value for what was not measured."""
    return {
        one.key: ANYTHING[one.pair.unit] if value is None else round(max(value, LEAST_SD), START_DECIMALS)
        for one, value in zip(table, sd, strict=True)
    }


@dataclass(frozen=True)
class End:
    """The predicted error at the end: the chance to be within the goal, and 90 % bounds of angle and distance.

    Counted from the intended end: the angle between the axes of the moving fragment, rotation left out, and the
    distance of its corresponding points.  `shares` (12,) has for each mounting and deformity quantity the share of
    the end's variance that it explains, angle and distance in units of the goal; 0 for what was not measured.
    """

    within_goal: float
    deg_90: float
    mm_90: float
    shares: tuple[float, ...]


def end_of(estimate: Estimate, replanned: Case, level: int, goal: Goal, catalogue: Catalogue) -> End | None:
    """The end of the re-planned case on level `level`; None where it depends on something that was not measured.

    The frame ends at the marks of the last evening, which are known exactly; the places of the rings are drawn from
    the covariance of the estimate.

    Raises:
        HexapodError: the re-planned case has no motion or no frame.
    """
    course = bone_courses([set_up(replanned, index, catalogue) for index in range(len(replanned.levels))])[level]
    T_ring_mring, T_intended = last_evening(course), course.T_ref_mov[-1]
    chain = estimate.chain

    def ends(x: Array) -> Array:
        T = chain.ends(x, T_ring_mring)
        return np.asarray(T[:, :3, 2:].reshape(len(x), -1))  # axis and corresponding point

    if not estimate.determines(ends):
        return None
    T_ref_mov = chain.ends(estimate.drawn(DRAWN, SEED), T_ring_mring)
    deg, mm = left_of(T_ref_mov[:, :3, 2], T_ref_mov[:, :3, 3], T_intended)
    shares = _shares(estimate, ends, goal)
    return End(goal.kept(deg, mm), likely_bound(deg), likely_bound(mm), shares)


def _shares(estimate: Estimate, ends: Callable[[Array], Array], goal: Goal) -> tuple[float, ...]:
    """The squared correlation of each quantity with the end: they overlap where quantities go together."""
    units = np.tile([np.degrees(1.0) / goal.deg, 1.0 / goal.mm], 3)[:, None]
    end = units * (slopes(ends, estimate.x) @ estimate.roots)
    total = float((end**2).sum())
    of = estimate.spread
    variance = (of**2).sum(axis=1)
    shared = estimate.measured & (variance > 0.0)
    together = ((end @ of.T) ** 2).sum(axis=0)
    if total == 0.0:
        return tuple(0.0 for _ in variance)
    return tuple((np.where(shared, together, 0.0) / np.where(shared, variance * total, 1.0)).tolist())


def last_evening(course: Course) -> Array:
    """`T_ring_mring` (4, 4) of the frame with its struts on the marks of the last evening."""
    frame, setup = fit_frame(course), course.setup
    lengths = np.array(
        [
            strut.length(strut.nearest_mark(strut.setting(length)))
            for strut, length in zip(setup.struts, frame.lengths_mm[-1], strict=True)
        ]
    )
    return setup.T_prox_dist(ring_pose(*setup.joints_mm, lengths, near=frame.T_prox_dist[-1]))


@dataclass(frozen=True)
class Estimated:
    """An estimate with what follows from it.

    `end` is None where it cannot be predicted; then `why_no_end` says why.
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
    end, why = None, "it depends on what was never measured. Measure what has no SD, and enter it at a visit."
    try:
        replanned = replan_estimated(plan, level, visits, estimate, Wishes(even_if_doubtful=True), catalogue)
        end = end_of(estimate, replanned, level, goal, catalogue)
    except HexapodError as error:  # the estimate is valid even where no re-plan can be made
        why = str(error)
    return Estimated(use, visits, estimate, goal, end, "" if end else why, contradictions(estimate))

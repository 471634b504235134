"""The re-plan from an estimate: a new case with the estimated mounting and deformity, and with their SD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hexapod.case.files import read_case
from hexapod.case.model import Case
from hexapod.deformity.measurement_sd import DEFORMITY_SD, MOUNTING_SD, MeasurementSd
from hexapod.deformity.quantities import DEFORMITY, MOUNTING, words_of
from hexapod.estimation.fit import Estimate
from hexapod.estimation.visit_file import MeasuredVisits
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.remaining_stages import rounded_words
from hexapod.follow_up.replan import START_DECIMALS, Wishes, replan
from hexapod.hardware.catalogue import Catalogue
from hexapod.plan.make_plan import Plan

# The largest SD that a case file has: what nobody measured could be anything.
ANYTHING = {"mm": 1000.0, "deg": 90.0}
LEAST_SD = 0.001


def replan_estimated(
    plan: Plan, level: int, visits: MeasuredVisits, estimate: Estimate, wishes: Wishes, catalogue: Catalogue
) -> Case:
    """The case that continues that of a plan from its last visit, with the estimate's mounting and deformity.

    As `replan` with a newly measured deformity; `wishes.deformity` is that of the estimate.  `estimated_from` has the
    fingerprints of the visits that the estimate was made from, and of those of an estimated case before.

    Raises:
        HexapodError: as `replan`.
    """
    moments, last = estimate.chain.observations.moments, visits.visits[-1]
    struts = [strut.name for strut in moments[-1].struts]
    found = follow_up(plan, last.day, last.settings_mm, level, catalogue, struts)
    deformity = rounded_words(words_of(estimate.deformity.tolist(), DEFORMITY), START_DECIMALS)
    document = replan(found, replace(wishes, deformity=deformity), catalogue).document
    written, sd = document["levels"][level], estimate.sd
    written["deformity_sd"] = sd_words(sd[6:], DEFORMITY_SD)
    # A mounting that was never entered and that no visit tells stays not entered.
    if plan.case.levels[level].mounting is not None or any(one is not None for one in sd[:6]):
        written["mounting"] = rounded_words(words_of(estimate.mounting.tolist(), MOUNTING), START_DECIMALS)
        written["mounting_sd"] = sd_words(sd[:6], MOUNTING_SD)
    used = [visits.sha256[moment.visit] for moment in moments if moment.visit is not None]
    document["estimated_from"] = list(dict.fromkeys([*(plan.case.estimated_from or ()), *used]))
    return read_case(document)


def sd_words(sd: Sequence[float | None], table: Sequence[MeasurementSd]) -> dict[str, float]:
    """SD by their keys of the case file; one that nobody measured is as large as the file can say."""
    return {
        one.key: ANYTHING[one.pair.unit] if value is None else round(max(value, LEAST_SD), START_DECIMALS)
        for one, value in zip(table, sd, strict=True)
    }

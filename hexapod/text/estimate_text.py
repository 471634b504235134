"""An estimate from all measurements as JSON (docs/case-format.md) and as sentences for a clinician."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hexapod.deformity.measurement_sd import DEFORMITY_SD, MOUNTING_SD, MeasurementSd
from hexapod.deformity.quantities import DEFORMITY, MOUNTING, words_of
from hexapod.estimation.contradictions import MOUNTING_NAMES, Contradiction
from hexapod.estimation.follow_up_estimate import End, Estimated
from hexapod.estimation.visit_file import MeasuredVisits
from hexapod.preoperative.end_error import Goal
from hexapod.text.case_sentences import spoken
from hexapod.text.numbers import number

DOUBTFUL = (
    "CAUTION: the measurements contradict each other more than their standard deviations allow (chance below 0.1 %). "
    "Measure again before anything is planned from this estimate."
)


def estimate_document(told: Estimated) -> dict[str, Any]:
    """What `follow-up --visits --format json` prints; an SD is null where nothing was measured."""
    estimate, sd, end = told.estimate, told.estimate.sd, told.end
    return {
        "estimate": {
            "mounting": words_of(estimate.mounting.tolist(), MOUNTING),
            "mounting_sd": _sd(sd[:6], MOUNTING_SD),
            "deformity": words_of(estimate.deformity.tolist(), DEFORMITY),
            "deformity_sd": _sd(sd[6:], DEFORMITY_SD),
            "chi2_dof": estimate.chi2_dof,
        },
        "end": None if end is None else {"within_goal": end.within_goal, "deg_90": end.deg_90, "mm_90": end.mm_90},
        "contradictions": [
            {
                "visit": one.visit,
                "quantity": one.quantity,
                "measured": one.measured,
                "others_say": one.others_say,
                "sd": one.sd,
            }
            for one in told.contradictions
        ],
    }


NOTHING: dict[str, Any] = {"estimate": None, "end": None, "contradictions": []}


def _sd(sd: Sequence[float | None], table: Sequence[MeasurementSd]) -> dict[str, float | None]:
    return {one.key: value for one, value in zip(table, sd, strict=True)}


def estimate_text(told: Estimated) -> str:
    """The estimate in sentences: what it was made from, its quantities with their SD, the end, and what contradicts."""
    estimate, sd = told.estimate, told.estimate.sd
    last = told.visits.visits[-1].date
    made = (
        "the last measurement alone"
        if told.use == "last"
        else f"all measurements: {estimate.dof} more numbers than unknowns"
    )
    names = [*MOUNTING_NAMES, *(pair.quantity for pair in DEFORMITY)]
    lines = [f"Estimate for {last} from {made}."]
    for name, pair, value, one in zip(names, (*MOUNTING, *DEFORMITY), estimate.quantities.tolist(), sd, strict=True):
        if name in (MOUNTING_NAMES[0], DEFORMITY[0].quantity):
            lines.append("Mounting parameters" if name == MOUNTING_NAMES[0] else "Deformity")
        size, word = f"{abs(value):.1f} {pair.unit}", spoken(pair.positive if value >= 0.0 else pair.negative)
        spread = "not measured, kept as entered" if one is None else f"+/- {one:.1f}"
        lines.append(f"  {name:26}{size:>10} {word:20} {spread}")
    if estimate.chi2_dof is not None:
        lines.append(f"Chi-square per degree of freedom: {estimate.chi2_dof:.2f} (about 1 when the SD are right).")
    no_end = f"The end of a re-plan cannot be told: {told.why_no_end}"
    lines.append(no_end if told.end is None else end_sentence(told.end, told.goal))
    lines += [contradiction_sentence(one, told.visits) for one in told.contradictions]
    if estimate.doubtful:
        lines.append(DOUBTFUL)
    return "\n".join(lines)


def end_sentence(end: End, goal: Goal) -> str:
    """The end when the treatment is re-planned from the estimate, as a chance and as bounds."""
    return (
        f"Left at the end, with 90 % chance: at most {end.deg_90:.1f} deg and {end.mm_90:.1f} mm. Within "
        f"{number(goal.deg)} deg and {number(goal.mm)} mm in about {round(100 * end.within_goal)} of 100 such cases."
    )


def contradiction_sentence(one: Contradiction, visits: MeasuredVisits) -> str:
    """What a measurement says against all others, and what to do."""
    when = "day 0" if one.visit is None else visits.visits[one.visit].date
    word = f" {spoken(one.word)}" if one.word else ""
    others = f"{abs(one.others_say):.1f}"
    if one.others_say < 0.0:
        others += " the other way"
    return (
        f"The {one.quantity} of {when} ({number(round(one.measured, 2))} {one.unit}{word}) does not go with the other "
        f"measurements (they say {others} +/- {one.sd:.1f}). Measure it again."
    )

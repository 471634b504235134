"""A follow-up as the file `hexapod-follow-up/1` and an estimate as JSON, and both as plain text.

Both files are described in docs/case-format.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hexapod.deformity.quantities import (
    AXIAL_ROTATION,
    AXIAL_TRANSLATION,
    DEFORMITY,
    DEFORMITY_SD,
    MOUNTING,
    MOUNTING_SD,
    MeasurementSd,
    Pair,
    other,
    words_of,
)
from hexapod.estimation.contradictions import MOUNTING_NAMES, Contradiction, unnoticed
from hexapod.estimation.fit import Estimate
from hexapod.estimation.follow_up_estimate import End, Estimated
from hexapod.estimation.hardware import HARDWARE
from hexapod.estimation.observations import MeasuredVisits
from hexapod.follow_up.compare_with_plan import FollowUp
from hexapod.follow_up.reading_explanation import Asked, Explanation
from hexapod.hardware.models import shown_name
from hexapod.plan.plan_file import finding_document, short_fingerprint
from hexapod.preoperative.end_error import Goal
from hexapod.text.case_sentences import size, spoken, words_sentence
from hexapod.text.numbers import number
from hexapod.text.preoperative_text import GAUGE, hundred
from hexapod.text.strut_looks import STRUT_LOOKS

DOUBTFUL = (
    "CAUTION: the measurements contradict each other more than their standard deviations allow (chance below 0.1 %). "
    "Measure again before anything is planned from this estimate."
)
QUANTITIES = (*MOUNTING_NAMES, *(pair.quantity for pair in DEFORMITY))
NOT_MEASURED = "not measured"
# A quantity whose share of the final variance is below this (10 %) hardly matters.
HARDLY_MATTERS = 0.1
# An undetectable error of the mounting is reported from 10 mm or deg on, as large as a poor outcome.  Beyond 50 a ring
# cannot sit on the limb at all, and the number means nothing.
WORTH_A_LOOK, ANY_SIZE = 10.0, 50.0
# Differences between the two estimates are reported from a third of an SD on, the three largest of them.
WORTH_NAMING_SD, MOST_NAMED = 1.0 / 3.0, 3


def follow_up_document(found: FollowUp) -> dict[str, Any]:
    """The follow-up as `hexapod-follow-up/1`; `remaining`, `pose` and `distance` are None when no pose fits."""
    row, explanation = found.intended, found.explanation
    off = None if found.off_mm is None else {"mm": found.off_mm, "deg": found.off_deg}
    return {
        "format": "hexapod-follow-up/1",
        "case_id": found.plan.case.id,
        "case_sha256": found.plan.case_sha256,
        "level": found.level,
        "date": found.date.isoformat(),
        "days_after_the_end": found.days_after_the_end,
        "intended": {
            "day": row.day,
            "date": row.date.isoformat(),
            "stage": row.stage,
            "models": list(row.models),
            "settings_mm": list(row.settings_mm),
            "remaining": row.remaining,
            "pose": row.pose.tolist(),
        },
        "settings_mm": list(found.settings_mm),
        "struts": [strut.name for strut in found.struts],
        "struts_said": found.struts_said,
        "struts_asked": None if found.asked is None else _asked_document(found.asked),
        "explanation": {
            **_explanation_document(explanation),
            "alternatives": [_explanation_document(one) for one in explanation.alternatives],
            "asks": explanation.asks or None,
        },
        "remaining": found.remaining,
        "pose": None if found.T_ref_mov is None else found.T_ref_mov.tolist(),
        "distance": off,
        "findings": [finding_document(finding) for finding in found.findings],
    }


def _explanation_document(explanation: Explanation) -> dict[str, Any]:
    return {
        "kind": explanation.kind,
        "told": explanation.sentence,
        "day": explanation.day,
        "adjustments_done": explanation.adjustments_done,
        "struts": list(explanation.struts),
    }


def _asked_document(asked: Asked) -> dict[str, Any]:
    answers = [{"struts": list(one.models), "when": one.when} for one in asked.answers]
    return {"told": asked.sentence, "needed": asked.needed, "answers": answers}


def follow_up_text(found: FollowUp) -> str:
    """The follow-up as text, without its findings: case, day, readings compared with the plan, and what they mean."""
    row, case = found.intended, found.plan.case
    day = f"{found.date.isoformat()} is day {row.day}, {row.stage}"
    if found.days_after_the_end:
        day = (
            f"{found.date.isoformat()} is after the plan's last day, day {row.day} ({row.date.isoformat()}): its last "
            f"row is what should be true"
        )
    lines = [
        f"{case.id} · {case.limb.side.upper()} {case.limb.bone.upper()} · hexapod {found.level + 1}, "
        f"{found.planned.name} · entries ID {short_fingerprint(case.sha256)}",
        f"{day}.",
        "",
        "             " + "".join(f"  strut {k}" for k in STRUT_LOOKS),
        "  should read" + _cells(found.planned_mm),
        "  reads      " + _cells(found.settings_mm),
        "",
        *follow_up_sentences(found),
    ]
    return "\n".join(lines)


def follow_up_sentences(found: FollowUp) -> list[str]:
    """What the readings mean: their explanation, where the bone is, and the remaining and the planned deformity."""
    row = found.intended
    lines = [found.explanation.sentence, *alternative_sentences(found)]
    if found.struts_said and tuple(one.name for one in found.struts) != row.models:
        lines.append(
            f"On the frame, as recorded: {models_in_short(tuple(map(shown_name, found.struts)))}. The plan has "
            f"{models_in_short(tuple(map(shown_name, row.struts)))} on that day."
        )
    if found.asked is not None:
        lines.append(found.asked.sentence)
    if found.off_mm is not None:
        moving = other(found.planned.entered.reference)
        lines.append(
            f"By these readings the {moving} fragment is {found.off_mm:.1f} mm and {found.off_deg:.1f} "
            f"deg from its planned position."
        )
    # Where the plan lengthens the bone, the length of the regenerate is not a deformity.
    grows = row.regenerate_mm is not None
    if found.remaining is not None:
        lines += _remaining(found.remaining, "by these readings: ", grows=grows)
    return [*lines, *_remaining(row.remaining, "by the plan:        ", grows=grows)]


def _remaining(words: Mapping[str, float], by: str, *, grows: bool) -> list[str]:
    """The deformity that remains, and apart from it the length of the regenerate."""
    longer = AXIAL_TRANSLATION.negative
    deformity = {word: value for word, value in words.items() if not (grows and word == longer)}
    lines = [f"Deformity remaining {by}{words_sentence(deformity)}."]
    if grows and longer in words:
        lines.append(f"Lengthening {by}{size(words[longer])} mm (regenerate).")
    return lines


def alternative_sentences(found: FollowUp) -> list[str]:
    """Other explanations of the readings, the likeliest first, then what has to be clarified."""
    lines = [f"Also fits: {one.sentence}" for one in found.explanation.alternatives]
    if found.explanation.asks:
        lines.append(f"Before a new plan is made: {found.explanation.asks}")
    return lines


def models_in_short(models: Sequence[str]) -> str:
    """Six strut models in short.

    >>> models_in_short(("tsf-short",) * 6)
    'six tsf-short'
    >>> models_in_short(("tsf-short", "tsf-medium", *("tsf-short",) * 4))
    'tsf-short, tsf-medium, tsf-short, tsf-short, tsf-short, tsf-short'
    """
    return f"six {models[0]}" if len(set(models)) == 1 else ", ".join(models)


def _cells(settings_mm: tuple[float, ...]) -> str:
    return "".join(f"{number(setting):>9}" for setting in settings_mm)


def estimate_document(estimated: Estimated) -> dict[str, Any]:
    """What `follow-up --visits --format json` prints; an SD is null where nothing was measured."""
    estimate, sd, end = estimated.estimate, estimated.estimate.sd, estimated.end
    return {
        "estimate": {
            "mounting": words_of(estimate.mounting.tolist(), MOUNTING),
            "mounting_sd": _sd(sd[:6], MOUNTING_SD),
            "deformity": words_of(estimate.deformity.tolist(), DEFORMITY),
            "deformity_sd": _sd(sd[6:], DEFORMITY_SD),
            "chi2_dof": estimate.chi2_dof,
            **({"sd_widened": estimate.widened} if estimate.widened > 1.0 else {}),
            **_hardware(estimate),
        },
        **({"caution": DOUBTFUL} if estimate.doubtful else {}),
        "end": None if end is None else {"within_goal": end.within_goal, "deg_90": end.deg_90, "mm_90": end.mm_90},
        "contradictions": [
            {
                "visit": one.visit,
                "quantity": one.quantity,
                "measured": one.measured,
                "others_say": one.others_say,
                "sd": one.sd,
            }
            for one in estimated.contradictions
        ],
    }


def _hardware(estimate: Estimate) -> dict[str, Any]:
    """What is to be added to the data of the hardware, and its SD; nothing where all of it is believed."""
    if not estimate.hardware:
        return {}
    off, sd = ({key: pair[k] for key, pair in estimate.hardware.items()} for k in (0, 1))
    return {"hardware": off, "hardware_sd": sd}


NOTHING: dict[str, Any] = {"estimate": None, "end": None, "contradictions": []}


def _sd(sd: Sequence[float | None], table: Sequence[MeasurementSd]) -> dict[str, float | None]:
    return {one.key: value for one, value in zip(table, sd, strict=True)}


def estimate_text(estimated: Estimated) -> str:
    """The estimate as text: its data, its quantities with SD, the predicted end, and contradictions."""
    estimate = estimated.estimate
    last = estimated.visits.visits[-1].date
    made = (
        "the last measurement alone"
        if estimated.use == "last"
        else f"all measurements: {estimate.dof} more numbers than unknowns"
    )
    lines = [f"Estimate for {last} from {made}."]
    for row in estimate_rows(estimated):
        if row.name in (QUANTITIES[0], QUANTITIES[6]):
            lines.append("Mounting parameters" if row.name == QUANTITIES[0] else "Deformity")
        lines.append(f"  {row.name:26}{row.size:>10} {row.word:20} {row.sd}")
    lines += hardware_lines(estimate)
    if estimate.chi2_dof is not None:
        lines.append(f"Chi-square per degree of freedom: {estimate.chi2_dof:.2f} (about 1 when the SD are right).")
    lines += [*estimate_sentences(estimated), *unnoticed_sentences(estimated)]
    lines += [contradiction_sentence(one, estimated.visits) for one in estimated.contradictions]
    if estimate.doubtful:
        lines.append(DOUBTFUL)
    return "\n".join(lines)


def hardware_lines(estimate: Estimate) -> list[str]:
    """What the hardware really measures against its data, a line for each unknown; none where all is believed."""
    if not estimate.hardware:
        return []
    return [
        "Hardware, against its data",
        *(
            f"  {HARDWARE[key]}: {abs(off):.1f} mm {'more' if off >= 0.0 else 'less'} +/- {sd:.1f}"
            for key, (off, sd) in estimate.hardware.items()
        ),
    ]


@dataclass(frozen=True)
class EstimateRow:
    """A quantity of an estimate in words: name, magnitude, direction and SD."""

    name: str
    size: str
    word: str
    sd: str


def estimate_rows(estimated: Estimated) -> list[EstimateRow]:
    """Mounting, then deformity at the last visit, each with its SD."""
    values = zip(
        QUANTITIES, (*MOUNTING, *DEFORMITY), estimated.estimate.quantities.tolist(), estimated.estimate.sd, strict=True
    )
    return [
        EstimateRow(name, *_size_word(value, pair), NOT_MEASURED if sd is None else f"+/- {sd:.1f}")
        for name, pair, value, sd in values
    ]


def _size_word(value: float, pair: Pair) -> tuple[str, str]:
    return f"{abs(value):.1f} {pair.unit}", spoken(pair.positive if value >= 0.0 else pair.negative)


def estimate_sentences(estimated: Estimated) -> list[str]:
    """How a re-plan from an estimate will end, what that depends on, and which uncertain quantities hardly matter."""
    wide = estimated.estimate.widened
    sentences = [f"The measurements differ by more than chance, so all SD are widened {wide:.1f} times."] * (wide > 1)
    if estimated.end is None:
        return [f"The end of a re-plan cannot be told: {estimated.why_no_end}", *sentences]
    sentences = [end_sentence(estimated.end, estimated.goal), *sentences]
    sd, shares = estimated.estimate.sd, estimated.end.shares
    most = max(range(len(shares)), key=shares.__getitem__)
    size = f"{sd[most]:.1f} {(*MOUNTING, *DEFORMITY)[most].unit}"
    if shares[most] > 0.0:
        part = f"{100.0 * shares[most]:.0f} %"
        sentences.append(f"Most of it goes with the {QUANTITIES[most]} (+/- {size}; {part}): measure that again first.")
    if most == MOUNTING.index(AXIAL_ROTATION):
        sentences.append(GAUGE)
    turn, turn_sd = MOUNTING.index(AXIAL_ROTATION), sd[MOUNTING.index(AXIAL_ROTATION)]
    least_sure = turn_sd is not None and turn_sd >= max(
        one for one, pair in zip(sd, (*MOUNTING, *DEFORMITY), strict=True) if one is not None and pair.unit == "deg"
    )
    if least_sure and shares[turn] < HARDLY_MATTERS:
        sentences.append(
            f"The {QUANTITIES[turn]} is the least sure (+/- {turn_sd:.1f} deg), but that hardly matters "
            f"({100.0 * shares[turn]:.0f} % of the error at the end): a front mistaken for ring and radiographs alike "
            f"turns both, and leaves nothing."
        )
    loose = [name for name, one in zip(QUANTITIES, sd, strict=True) if one is None]
    if loose:
        sentences.append(f"Never measured: {', '.join(loose)}. The end does not depend on it.")
    return sentences


def unnoticed_sentences(estimated: Estimated) -> list[str]:
    """How large an error of a mounting parameter could be without these measurements showing it; empty where small."""
    if estimated.use != "all":
        return []
    sizes = zip(unnoticed(estimated.estimate), MOUNTING_NAMES, MOUNTING, strict=True)
    hidden = [(size, name, pair.unit) for size, name, pair in sizes if size is not None and size > WORTH_A_LOOK]
    if not hidden:
        return []
    which = ", ".join(f"{name} up to {size:.0f} {unit}" for size, name, unit in hidden if size <= ANY_SIZE)
    any_size = ", ".join(name for size, name, _ in hidden if size > ANY_SIZE)
    parts = [which] * bool(which) + [f"of any size: {any_size}"] * bool(any_size)
    return [
        f"A wrong entry of the mounting would not show in these measurements: {'; '.join(parts)}. Only a look at the "
        f"frame or its radiographs shows it."
    ]


def what_changed(last: Estimated, fit: Estimated) -> list[str]:
    """Where the fit of all measurements differs from the last measurement alone, and why."""
    sentences = []
    sd = last.estimate.sd
    change = fit.estimate.quantities - last.estimate.quantities
    far = [0.0 if one is None else abs(float(by)) / one for by, one in zip(change, sd, strict=True)]
    most = [k for k in np.argsort(far)[::-1].tolist() if far[k] >= WORTH_NAMING_SD][:MOST_NAMED]
    if not most:
        return ["One fit and the last measurement alone say the same within a third of their SD."]
    before, after = estimate_rows(last), estimate_rows(fit)
    moved = "; ".join(
        f"{before[k].name} {before[k].size} {before[k].word} by the last alone, {after[k].size} {after[k].word} "
        f"({after[k].sd}) by one fit"
        for k in most
    )
    sentences.append(f"What changes: {moved}.")
    return [*sentences, *_why(fit)]


def _why(fit: Estimated) -> list[str]:
    """Which measurements disagree, so that the fit settles between them."""
    chain = fit.estimate.chain
    moments = chain.observations.moments
    measured = [number for number, moment in enumerate(moments) if moment.deformity is not None]
    if len(measured) < 2:
        return ["Why: the ring was measured again, and both measurements of it count by their SD."]
    place = measured[-1]
    deformity, visit = moments[place].deformity, moments[place].visit
    assert deformity is not None
    assert visit is not None
    implied = chain.deformities(np.zeros((1, chain.count)))[0, place]
    off = np.abs(implied - deformity.numbers) / deformity.sd
    k = int(np.argmax(off))
    pair = DEFORMITY[k]
    by, found = (" ".join(_size_word(float(value), pair)) for value in (implied[k], deformity.numbers[k]))
    return [
        f"Why: by the entries of day 0 and the readings, the {pair.quantity} on {fit.visits.visits[visit].date} would "
        f"be {by}; measured was {found}. Where the rings sit on the bone is the same at every visit, so one fit shares "
        f"this difference out among all measurements, each by its SD."
    ]


def end_sentence(end: End, goal: Goal) -> str:
    """The end when the treatment is re-planned from the estimate, as a chance and as bounds."""
    return (
        f"Left at the end, with 90 % chance: at most {end.deg_90:.1f} deg and {end.mm_90:.1f} mm. Within "
        f"{number(goal.deg)} deg and {number(goal.mm)} mm in about {hundred(end.within_goal)} of 100 such cases."
    )


def contradiction_sentence(one: Contradiction, visits: MeasuredVisits) -> str:
    """How a measurement contradicts the others, and what to do."""
    when = "day 0" if one.visit is None else visits.visits[one.visit].date
    word = f" {spoken(one.word)}" if one.word else ""
    others = f"{abs(one.others_say):.1f}"
    if one.others_say < 0.0:
        others += " the other way"
    return (
        f"The {one.quantity} of {when} ({number(round(one.measured, 2))} {one.unit}{word}) does not go with the other "
        f"measurements (they say {others} +/- {one.sd:.1f}). Measure it again."
    )

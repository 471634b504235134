"""What the stages make of the deformity: larger on the way without notice, or left at the end (H-06, H-25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from hexapod.checks import limits
from hexapod.checks.findings import Finding, Limit
from hexapod.deformity import quantities as w
from hexapod.deformity.pose import BeyondWords, deformity_numbers, deformity_words
from hexapod.deformity.quantities import (
    AP_ANGULATION,
    AP_TRANSLATION,
    AXIAL_ROTATION,
    LATERAL_ANGULATION,
    LATERAL_TRANSLATION,
)
from hexapod.trajectory.bone_trajectory import Course, StageCourse

# Length along the bone is not judged: lengthening and transport mean to leave it.
JUDGED = {
    word: limits.OUTCOME_DEG if pair.unit == "deg" else limits.OUTCOME_MM
    for pair in (AP_ANGULATION, LATERAL_ANGULATION, AXIAL_ROTATION, AP_TRANSLATION, LATERAL_TRANSLATION)
    for word in (pair.positive, pair.negative)
}


def check_outcome(course: Course) -> list[Finding]:
    """`outcome.residual`: the last day leaves more of one word than counts as a good outcome; names the worst."""
    try:
        words = deformity_words(course.T_ref_mov[-1], course.setup.side, course.setup.reference)
    except BeyondWords:  # bad input, told with its day when the rows are made
        return []
    left = {word: size for word, size in words.items() if word in JUDGED and JUDGED[word].exceeded_by(size)}
    if not left:
        return []
    changes = ", ".join(
        f"{size:.1f} {word.rpartition('_')[2]} {word.rpartition('_')[0].replace('_', ' ')}"
        for word, size in left.items()
    )
    worst = max(left, key=lambda word: left[word] / JUDGED[word].value)
    limit = JUDGED[worst]
    return [
        Finding(
            "outcome.residual",
            limit.verdict,
            course.setup.index,
            f"At its end the plan leaves {changes}; more than {limits.OUTCOME_DEG.value:g} deg or "
            f"{limits.OUTCOME_MM.value:g} mm counts as a poor outcome. Add a stage that corrects it, or confirm that "
            f"it is intended.",
            day=course.days,
            value=left[worst],
            limit=limit.value,
            unit=limit.unit,
        )
    ]


@dataclass(frozen=True)
class _Increase:
    """One quantity that a stage takes further from zero, or through it: by `beyond`, with a sentence that tells it."""

    part: StageCourse
    sentence: str
    beyond: float
    limit: Limit


def check_increases(course: Course) -> list[Finding]:
    """`stage.increases`: a `correct_to` stage, not marked as meant, enlarges the deformity or takes it through zero.

    Judged by the words at the start and at the end of each stage, not in between: what rises there for a while comes
    of the shortest rotation, and is gone when the stage ends.
    """
    parts = [
        part for part in course.stages if part.stage and part.stage.correct_to is not None and not part.stage.meant
    ]
    T_ref_mov = np.array([T for part in parts for T in (part.path.T_start, part.path.T_end)]).reshape(-1, 4, 4)
    numbers, beyond_words = deformity_numbers(T_ref_mov, course.setup.side, course.setup.reference)
    words = [w.words_of(row, w.DEFORMITY) for row in numbers.tolist()]
    found = [
        one
        for part, before, after, beyond in zip(parts, words[::2], words[1::2], beyond_words.reshape(-1, 2), strict=True)
        if not beyond.any()  # bad input, told with its day when the rows are made
        for one in _increases(part, before, after)
    ]
    if not found:
        return []
    by_stage: dict[str, list[str]] = {}
    for one in found:
        by_stage.setdefault(one.part.name, []).append(one.sentence)
    increases = "; ".join(f"stage '{name}' takes {' and '.join(quantities)}" for name, quantities in by_stage.items())
    worst = max(found, key=lambda one: one.beyond / one.limit.value)
    return [
        Finding(
            "stage.increases",
            worst.limit.verdict,
            course.setup.index,
            f"The deformity is made larger: {increases}. Let the stage leave that quantity unchanged, correct its "
            f"target deformity, or mark the stage as meant.",
            day=worst.part.last_day,
            value=worst.beyond,
            limit=worst.limit.value,
            unit=worst.limit.unit,
        )
    ]


def _increases(part: StageCourse, before: Mapping[str, float], after: Mapping[str, float]) -> Iterator[_Increase]:
    for pair in w.DEFORMITY:
        start, end = pair.signed(before), pair.signed(after)
        through = start * end < 0.0
        beyond = abs(end) if through else abs(end) - abs(start)
        limit = limits.INCREASE_DEG if pair.unit == "deg" else limits.INCREASE_MM
        if limit.exceeded_by(beyond):
            way = " through zero to " if through else " to "
            yield _Increase(
                part, f"{pair.quantity} from {_in_words(pair, before)}{way}{_in_words(pair, after)}", beyond, limit
            )


def _in_words(pair: w.Pair, words: Mapping[str, float]) -> str:
    """One quantity as a person says it: `6 deg varus`, `3.25 mm long`, `none`."""
    for word in (pair.positive, pair.negative):
        if round(words.get(word, 0.0), 2):
            return f"{round(words[word], 2):g} {pair.unit} {word.rpartition('_')[0].replace('_', ' ')}"
    return "none"

"""H-24, H-25: what was never entered and is taken for zero, and stages that make the deformity larger unnoticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.checks.limits import Limit
from hexapod.deformity import quantities as w
from hexapod.deformity.pose import BeyondWords, deformity_words
from hexapod.trajectory.bone_trajectory import Course, StageCourse


def check_entered(course: Course) -> list[Finding]:
    """`mounting.not_entered`, and `deformity.not_entered` where a stage corrects: planned as zero, nobody said so."""
    level, found = course.setup.level, []
    if level.mounting is None:
        found.append(
            Finding(
                "mounting.not_entered",
                "caution",
                course.setup.index,
                f"The mounting parameters were never entered; the {level.reference} ring is planned with its centre on "
                f"the origin, square to the bone, its front straight ahead. Enter them; if they are really zero, say "
                f'so: "0, square" on the page, "mounting": {{}} in the file.',
            )
        )
    corrects = any(part.stage is not None and part.stage.correct_to is not None for part in course.stages)
    if level.deformity is None and corrects:
        found.append(
            Finding(
                "deformity.not_entered",
                "caution",
                course.setup.index,
                "The deformity was never entered, yet a stage corrects it; it is planned as none. Enter it; if there "
                'is really none, say so: "none" on the page, "deformity": {} in the file.',
            )
        )
    return found


@dataclass(frozen=True)
class _Increase:
    """One quantity that a stage takes further from zero, or through it: by `beyond`, with a sentence that tells it."""

    part: StageCourse
    told: str
    beyond: float
    limit: Limit


def check_increases(course: Course) -> list[Finding]:
    """`stage.increases`: a `correct_to` stage, not marked as meant, enlarges the deformity or takes it through zero.

    Judged by the words at the start and at the end of each stage, not in between: what rises there for a while comes
    of the shortest rotation, and is gone when the stage ends.
    """
    found = [one for part in course.stages for one in _increases(course, part)]
    if not found:
        return []
    by_stage: dict[str, list[str]] = {}
    for one in found:
        by_stage.setdefault(one.part.name, []).append(one.told)
    told = "; ".join(f"stage '{name}' takes {' and '.join(quantities)}" for name, quantities in by_stage.items())
    worst = max(found, key=lambda one: one.beyond / one.limit.value)
    return [
        Finding(
            "stage.increases",
            worst.limit.verdict,
            course.setup.index,
            f"The deformity is made larger: {told}. Let the stage keep that quantity as it finds it, put right its "
            f"target deformity, or mark the stage as meant.",
            day=worst.part.last_day,
            value=worst.beyond,
            limit=worst.limit.value,
            unit=worst.limit.unit,
        )
    ]


def _increases(course: Course, part: StageCourse) -> Iterator[_Increase]:
    stage = part.stage
    if stage is None or stage.correct_to is None or stage.meant:
        return
    try:
        before, after = (
            deformity_words(T, course.setup.side, course.setup.reference) for T in (part.path.T_start, part.path.T_end)
        )
    except BeyondWords:  # bad input, told with its day when the rows are made
        return
    for pair in w.DEFORMITY:
        start, end = pair.signed(before), pair.signed(after)
        through = start * end < 0.0
        beyond = abs(end) if through else abs(end) - abs(start)
        limit = limits.INCREASE_DEG if pair.unit == "deg" else limits.INCREASE_MM
        if limit.exceeded_by(beyond):
            way = " through zero to " if through else " to "
            yield _Increase(part, f"{pair.quantity} from {_said(pair, before)}{way}{_said(pair, after)}", beyond, limit)


def _said(pair: w.Pair, words: Mapping[str, float]) -> str:
    """One quantity as a person says it: `6 deg varus`, `3.25 mm long`, `none`."""
    for word in (pair.positive, pair.negative):
        if round(words.get(word, 0.0), 2):
            return f"{round(words[word], 2):g} {pair.unit} {word.rpartition('_')[0].replace('_', ' ')}"
    return "none"

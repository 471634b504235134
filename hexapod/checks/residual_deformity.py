"""H-06: what the plan leaves uncorrected at its end."""

from __future__ import annotations

from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.deformity.pose import BeyondWords, deformity_words
from hexapod.deformity.quantities import (
    AP_ANGULATION,
    AP_TRANSLATION,
    AXIAL_ROTATION,
    LATERAL_ANGULATION,
    LATERAL_TRANSLATION,
)
from hexapod.trajectory.bone_trajectory import Course

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
    told = ", ".join(
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
            f"At its end the plan leaves {told}; more than {limits.OUTCOME_DEG.value:g} deg or "
            f"{limits.OUTCOME_MM.value:g} mm counts as a poor outcome. Add a stage that corrects it, or confirm that "
            f"it is meant.",
            day=course.days,
            value=left[worst],
            limit=limit.value,
            unit=limit.unit,
        )
    ]

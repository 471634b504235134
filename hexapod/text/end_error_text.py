"""How exact the end of a plan will be, in words: bounds, chances, what most of it is due to, and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hexapod.deformity.measurement_sd import DEFORMITY_SD, MOUNTING_SD
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.preoperative.end_error import READINGS_KEY, STRICT_GOAL, USUAL_GOAL, Cause, EndError, Goal, end_error

# Names of what was measured, in the order of the tables of SD.
DEFORMITY_NAMES = (
    "AP angulation",
    "lateral angulation",
    "axial rotation of the bone",
    "AP translation",
    "lateral translation",
    "axial translation",
)
MOUNTING_NAMES = (
    "AP frame offset",
    "lateral frame offset",
    "axial frame offset",
    "axial rotation of the ring",
    "tilt of the ring on the AP view",
    "tilt of the ring on the lateral view",
)
NAMES = {
    **{("deformity", one.key): name for one, name in zip(DEFORMITY_SD, DEFORMITY_NAMES, strict=True)},
    **{("mounting", one.key): name for one, name in zip(MOUNTING_SD, MOUNTING_NAMES, strict=True)},
    ("frame", READINGS_KEY): "readings of the struts on day 0",
}
RING_ROTATION = ("mounting", "rotation_deg")
# The rotation of a ring judged against the same front as the deformity is a gauge (docs/kinematics.md, section 11).
GAUGE = (
    "An error of the front that ring and radiographs have in common does not matter: it turns the mounting and both "
    "angulations alike and leaves nothing. Only a rotation of the ring against the radiographs counts."
)
NOT_ENTERED = "How exact the end will be cannot be told: the {part} was never entered."
# A share of the variance below this (1 %) is not worth a line.
WORTH_A_LINE = 0.01


@dataclass(frozen=True)
class CauseRow:
    """An entry in words: what it is, its SD, its share, and the cases of 100 within the goal with half the SD."""

    name: str
    sd: str
    share: str
    halved: str


def end_error_sentences(level: LevelPlan, goal: Goal = USUAL_GOAL) -> list[str]:
    """How exact a level's end will be, in a few sentences."""
    found = end_error(level, goal)
    if found is None:
        return [NOT_ENTERED.format(part="mounting" if level.entered.mounting is None else "deformity")]
    return [*bound_sentences(found), *what_helps(found)]


def bound_sentences(found: EndError) -> list[str]:
    """The bounds, and how often the goals are kept."""
    chances = f"Within {found.goal.text} in about {hundred(found.within_goal)} of 100 such cases"
    if found.goal != STRICT_GOAL:
        chances += f", within {STRICT_GOAL.text} in about {hundred(found.within_strict)}"
    return [
        f"Left at the end, with 90 % chance: at most {found.deg_90:.1f} deg and {found.mm_90:.1f} mm "
        f"(rotation left out).",
        f"{chances}.",
    ]


def what_helps(found: EndError) -> list[str]:
    """What most of the error is due to, and what measuring it twice as well would bring."""
    worst = found.causes[0]
    told = (
        f"Most is due to {NAMES[worst.part, worst.key]} ({100.0 * worst.share:.0f} %). Measured to {_size(worst, 0.5)} "
        f"instead of {_size(worst)}, about {hundred(worst.within_goal_halved)} of 100 within {found.judged_by.text}."
    )
    return [told, *[GAUGE] * ((worst.part, worst.key) == RING_ROTATION)]


def cause_rows(found: EndError) -> Sequence[CauseRow]:
    """Every entry worth a line, that with the largest share first."""
    return [
        CauseRow(
            NAMES[cause.part, cause.key],
            _size(cause),
            f"{100.0 * cause.share:.0f} %",
            hundred(cause.within_goal_halved),
        )
        for cause in found.causes
        if cause.share >= WORTH_A_LINE
    ]


def accuracy_text(plan: Plan, goal: Goal) -> str:
    """What `hexapod accuracy` prints: sentences and a table for each hexapod."""
    lines = []
    for hexapod, level in enumerate(plan.levels, 1):
        lines += ["", f"Hexapod {hexapod}, {level.name}:", *(f"  {line}" for line in end_error_sentences(level, goal))]
        found = end_error(level, goal)
        if found is not None:
            head = f"of 100 within {found.judged_by.text} with half the SD"
            lines += ["", f"  {'entry':38}{'SD':>10}{'share':>8}   {head}"]
            lines += [f"  {row.name:38}{row.sd:>10}{row.share:>8}   {row.halved:>3}" for row in cause_rows(found)]
    return "\n".join(lines[1:])


def hundred(chance: float) -> str:
    """A chance as a number of 100 cases; all and none only where they are."""
    if 0.0 < chance < 1.0:
        return f"{min(max(round(100.0 * chance), 1), 99)}"
    return f"{100.0 * chance:.0f}"


def _size(cause: Cause, times: float = 1.0) -> str:
    return f"{cause.sd * times:.3g} {cause.key.rpartition('_')[2]}"

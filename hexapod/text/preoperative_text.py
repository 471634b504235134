"""Text for decisions before a plan is signed: how accurate its end will be, the effect of a wrong mounting (hazard
H-06), and a ring that was measured.

Accuracy is given by bounds and chances, with the main source of error and what would reduce it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.preoperative.end_error import (
    READINGS_KEY,
    STRICT_GOAL,
    Cause,
    EndError,
    Goal,
    Sensitivity,
    end_error,
    mounting_sensitivity,
)
from hexapod.text.case_sentences import WORTH_A_WORD_DEG, WORTH_A_WORD_MM, at_a_gap, size, words_sentence

if TYPE_CHECKING:
    from hexapod.preoperative.ring_calibration import MeasuredRing

WORTH = {"mm": WORTH_A_WORD_MM, "deg": WORTH_A_WORD_DEG}
# What stands for "nothing worth a word" in `SensitivityRow.off`.
NOTHING = "not"
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
# A ring rotation judged from the same front as the deformity cancels out (docs/kinematics.md, section 11).
GAUGE = (
    "An error in what is taken as anterior does not matter where ring and radiographs share it: it turns the mounting "
    "and both angulations alike and leaves nothing. Only a rotation of the ring against the radiographs counts."
)
NOT_ENTERED = "How exact the end will be cannot be told: the {part} was never entered."
# A share of the variance below this (1 %) is not worth a line.
WORTH_A_LINE = 0.01


@dataclass(frozen=True)
class SensitivityRow:
    """One mounting parameter in words: its error, how far the bone ends off, and the deformity then left."""

    ring: str
    off: str
    left: str


def sensitivity_rows(plan: LevelPlan) -> list[SensitivityRow]:
    """A row for each of the six quantities of the mounting, the worst first."""
    gap = at_a_gap(plan.entered)
    return [_row(one, gap=gap) for one in mounting_sensitivity(plan.frame)]


def _row(one: Sensitivity, *, gap: bool) -> SensitivityRow:
    off = [f"{size(one.off_mm)} mm"] * (one.off_mm >= WORTH_A_WORD_MM)
    off += [f"{size(one.off_deg)} deg"] * (one.off_deg >= WORTH_A_WORD_DEG)
    left = "a position without words" if one.remaining is None else words_sentence(_worth(one.remaining), gap=gap)
    return SensitivityRow(_ring(one), " and ".join(off) or NOTHING, left)


def _ring(one: Sensitivity) -> str:
    """How the ring really sits: `5 mm more lateral`, `tilted 5 deg more posterior`, `rotated 5 deg more externally`."""
    word, amount = one.word.replace("_", " "), f"{one.size:.3g} {one.unit} more"
    if word.startswith("leans "):
        return f"tilted {amount} {word.removeprefix('leans ')}"
    if word.endswith(" rotation"):
        return f"rotated {amount} {word.removesuffix(' rotation')}ly"
    return f"{amount} {word}"


def _worth(words: dict[str, float]) -> dict[str, float]:
    return {word: value for word, value in words.items() if value >= WORTH[word.rpartition("_")[2]]}


def calibration_text(ring: MeasuredRing, name: str) -> str:
    """The joints of a measured ring, their SD, and how to use them."""
    shape = (
        "three tabs 120 deg apart with two joints each" if ring.three_tabs else "six joints, not in three equal tabs"
    )
    lines = [
        f"{name.capitalize()} ring: {shape}.",
        f"Joint radius {ring.joint_radius_mm:.2f} mm (SD {ring.radius_sd_mm:.2f}), half angle "
        f"{ring.half_angle_deg:.2f} deg (SD {ring.half_angle_sd_deg:.2f}).",
        "",
        "  strut   x to patient's left   y posterior   z proximal   SD mm",
    ]
    lines += [
        f"  {k:5d}   {x:19.2f}   {y:11.2f}   {z:10.2f}   {sd:5.2f}"
        for k, ((x, y, z), sd) in enumerate(zip(ring.joints_mm.tolist(), ring.sd_mm, strict=True), 1)
    ]
    lines += ["", f"Misfit (chi-square per degree of freedom): {ring.chi2_dof:.2f}; 1 is what the SD makes likely."]
    lines += calibration_warnings(ring)
    if not ring.agrees:
        return "\n".join(lines)
    points = ", ".join(f"[{x:.2f}, {y:.2f}, {z:.2f}]" for x, y, z in ring.joints_mm.tolist())
    return "\n".join([*lines, "In a case file:", f'  "{name}_ring": {{"joints_mm": [{points}]}}'])


def calibration_warnings(ring: MeasuredRing) -> list[str]:
    """What was left out as misread, what no other distance checks, and whether the ring may be used."""
    named = [f"{a} and {b}" for a, b in ring.suspect]
    if ring.suspect and not ring.agrees:
        lines = [f"Misread is one or more of the distances of struts {'; '.join(named)}: measure them again."]
    else:
        lines = [f"Left out as misread: the distance of struts {pair}. Measure it again." for pair in named]
    if ring.agrees and ring.unchecked:
        pairs = "; ".join(f"{a} and {b}" for a, b in ring.unchecked)
        lines.append(f"No other distance shows a misreading of struts {pairs}: measure it twice, or measure more.")
    if not ring.agrees:
        sentence = "The distances contradict each other, or their SD is larger: measure again before you use this ring."
        lines.append(sentence)
    return lines


@dataclass(frozen=True)
class CauseRow:
    """An entry in words: its name, SD, share of the error, and cases of 100 within the goal if its SD were halved."""

    name: str
    sd: str
    share: str
    halved: str


def end_error_sentences(level: LevelPlan, goal: Goal) -> list[str]:
    """How accurate the end of a level will be, judged by the goal, in a few sentences."""
    found = end_error(level, goal, named=1)
    if found is None:
        return [NOT_ENTERED.format(part="mounting" if level.entered.mounting is None else "deformity")]
    return [*bound_sentences(found), *what_helps(found)]


def bound_sentences(found: EndError) -> list[str]:
    """The bounds, and how often the goals are met."""
    chances = f"Within {found.goal.text} in about {hundred(found.within_goal)} of 100 such cases"
    if found.goal != STRICT_GOAL:
        chances += f", within {STRICT_GOAL.text} in about {hundred(found.within_strict)}"
    return [
        f"Left at the end, with 90 % chance: at most {found.deg_90:.1f} deg and {found.mm_90:.1f} mm "
        f"(rotation left out).",
        f"{chances}.",
    ]


def what_helps(found: EndError) -> list[str]:
    """The main source of the error, and what measuring it with half the SD would bring."""
    worst = found.causes[0]
    text = (
        f"Most is due to {NAMES[worst.part, worst.key]} ({100.0 * worst.share:.0f} %). Measured to {_size(worst, 0.5)} "
        f"instead of {_size(worst)}, about {hundred(worst.within_goal_halved)} of 100 within {found.judged_by.text}."
    )
    return [text, *[GAUGE] * ((worst.part, worst.key) == RING_ROTATION)]


def cause_rows(found: EndError) -> Sequence[CauseRow]:
    """Every entry with a noticeable share of the error, the largest share first."""
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

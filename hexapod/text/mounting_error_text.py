"""What a wrong mounting would do, told before a plan is signed (hazard H-06)."""

from __future__ import annotations

from dataclasses import dataclass

from hexapod.plan.make_plan import LevelPlan
from hexapod.preoperative.mounting_error import ERROR_DEG, ERROR_MM, Sensitivity, mounting_sensitivity
from hexapod.text.deformity_sentences import WORTH_A_WORD_DEG, WORTH_A_WORD_MM, size, words_sentence

WORTH = {"mm": WORTH_A_WORD_MM, "deg": WORTH_A_WORD_DEG}
# What stands for "nothing worth a word" in `SensitivityRow.off`.
NOTHING = "not"


@dataclass(frozen=True)
class SensitivityRow:
    """One quantity of the mounting in words: the ring's error, how far the bone then is off, and what is then left."""

    ring: str
    off: str
    left: str


def sensitivity_rows(plan: LevelPlan) -> list[SensitivityRow]:
    """A row for each of the six quantities of the mounting, the worst first; empty for a refused plan."""
    if plan.frame is None or not plan.rows:
        return []
    return [_row(one) for one in mounting_sensitivity(plan.frame)]


def sensitivity_sentences(plan: LevelPlan) -> list[str]:
    """The worst errors of mounting in a sentence or two; empty for a refused plan."""
    rows = sensitivity_rows(plan)
    if not rows:
        return []
    worst = rows[0]
    if worst.off == NOTHING:
        return [f"A mounting that is {ERROR_MM:g} mm or {ERROR_DEG:g} deg wrong would change nothing at the end."]
    planned = words_sentence(_worth(plan.rows[-1].remaining))
    return [
        f"A mounting that is {ERROR_MM:g} mm or {ERROR_DEG:g} deg wrong would be felt most if the ring really is "
        f"{worst.ring} than entered: the bone would end {worst.off} off, with {worst.left} left instead of {planned}."
    ]


def _row(one: Sensitivity) -> SensitivityRow:
    off = [f"{size(one.off_mm)} mm"] * (one.off_mm >= WORTH_A_WORD_MM)
    off += [f"{size(one.off_deg)} deg"] * (one.off_deg >= WORTH_A_WORD_DEG)
    left = "a position without words" if one.remaining is None else words_sentence(_worth(one.remaining))
    return SensitivityRow(_ring(one), " and ".join(off) or NOTHING, left)


def _ring(one: Sensitivity) -> str:
    """How the ring really sits: `5 mm more lateral`, `leaning 5 deg more posterior`, `turned 5 deg more externally`."""
    word, amount = one.word.replace("_", " "), f"{one.size:g} {one.unit} more"
    if word.startswith("leans "):
        return f"leaning {amount} {word.removeprefix('leans ')}"
    if word.endswith(" rotation"):
        return f"turned {amount} {word.removesuffix(' rotation')}ly"
    return f"{amount} {word}"


def _worth(words: dict[str, float]) -> dict[str, float]:
    return {word: value for word, value in words.items() if value >= WORTH[word.rpartition("_")[2]]}

"""Advice before surgery in words: what a wrong mounting would do (hazard H-06), and which ring separation fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hexapod.case.model import Case
from hexapod.plan.make_plan import LevelPlan
from hexapod.plan.plan_file import exchange_document
from hexapod.preoperative.end_error import Sensitivity, mounting_sensitivity
from hexapod.preoperative.ring_calibration import MeasuredRing
from hexapod.preoperative.ring_distance import RingDistance
from hexapod.text.case_sentences import WORTH_A_WORD_DEG, WORTH_A_WORD_MM, exchange_sentence, size, words_sentence
from hexapod.text.numbers import number

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
    """A row for each of the six quantities of the mounting, the worst first."""
    return [_row(one) for one in mounting_sensitivity(plan.frame)]


def _row(one: Sensitivity) -> SensitivityRow:
    off = [f"{size(one.off_mm)} mm"] * (one.off_mm >= WORTH_A_WORD_MM)
    off += [f"{size(one.off_deg)} deg"] * (one.off_deg >= WORTH_A_WORD_DEG)
    left = "a position without words" if one.remaining is None else words_sentence(_worth(one.remaining))
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


# Rows that a terminal shows of the separations that work, and of those that do not; the rest is in the JSON.
SHOWN, SHOWN_NOT = 12, 4


def advice_document(case: Case, level: int, options: Sequence[RingDistance]) -> dict[str, Any]:
    """All options, best first, as `hexapod-advice/1`."""
    return {
        "format": "hexapod-advice/1",
        "case_id": case.id,
        "case_sha256": case.sha256,
        "level": level,
        "neutral_at": case.levels[level].frame.settings_at,
        "options": [_option(option) for option in options],
    }


def _option(option: RingDistance) -> dict[str, Any]:
    carries = not option.why_not
    return {
        "height_mm": option.height_mm,
        "why_not": option.why_not or None,
        "visits": option.visits if carries else None,
        "exchanges": [exchange_document(exchange) for exchange in option.exchanges],
        "worst_condition": option.worst_condition if carries else None,
        "first_day": {"struts": list(option.models), "settings_mm": list(option.settings_mm)},
        "neutral": {"struts": list(option.known_models), "settings_mm": list(option.known_settings_mm)},
    }


@dataclass(frozen=True)
class Proposal:
    """A ring separation that works, as the page's table tells it; `build` is a line for each strut on day 0."""

    height: str
    visits: str
    exchanges: str
    condition: str
    build: tuple[str, ...]


def proposals(options: Sequence[RingDistance]) -> tuple[Proposal, ...]:
    """The options that allow the treatment, best first, in words."""
    return tuple(
        Proposal(
            number(option.height_mm),
            str(option.visits),
            str(len(option.exchanges)),
            f"{option.worst_condition:.1f}",
            _build(option),
        )
        for option in options
        if not option.why_not
    )


def _build(option: RingDistance) -> tuple[str, ...]:
    told = [f"{model} {number(setting)}" for model, setting in zip(option.models, option.settings_mm, strict=True)]
    if len(set(told)) == 1:
        return (f"all six: {told[0]}",)
    return tuple(f"{k}: {one}" for k, one in enumerate(told, 1))


def advice_text(case: Case, level: int, options: Sequence[RingDistance], chosen: RingDistance | None) -> str:
    """The options as a table, best first, and how to build the chosen one."""
    at_start = case.levels[level].frame.settings_at == "start"
    when = "on day 0" if at_start else "on the last day (chronic mode: pre-deformed frame)"
    lines = [
        f"{case.id} · {case.limb.side.upper()} {case.limb.bone.upper()} · hexapod {level + 1}, "
        f"{case.levels[level].name}",
        f"Ring separation {when}, between the mid planes of rings that are parallel and aligned:",
        "",
        "  separation mm   visits  change-outs  singularity index",
    ]
    good = [option for option in options if not option.why_not]
    lines += [
        f"  {option.height_mm:13g}  {option.visits:7d}  {len(option.exchanges):11d}  {option.worst_condition:17.1f}"
        for option in good[:SHOWN]
    ]
    if len(good) > SHOWN:
        lines.append(f"  and {len(good) - SHOWN} more that work, from {_span(good)}")
    bad = [option for option in options if option.why_not]
    lines += [f"  {option.height_mm:13g}  not possible: {option.why_not}" for option in bad[:SHOWN_NOT]]
    if chosen is None:
        return "\n".join([*lines, "", "No ring separation allows this treatment."])
    lines += ["", f"Ring separation {chosen.height_mm:g} mm. Struts and settings to build with (day 0):"]
    lines += _struts(chosen.models, chosen.settings_mm)
    if not at_start:
        lines += ["In the case file (settings_at end), those of the neutral frame at the end:"]
        lines += _struts(chosen.known_models, chosen.known_settings_mm)
    lines += [f"  {exchange_sentence(exchange)}" for exchange in chosen.exchanges]
    return "\n".join(lines)


def _struts(models: Sequence[str], settings_mm: Sequence[float]) -> list[str]:
    return [
        f"  strut {k}: {model}, {number(setting)} mm"
        for k, (model, setting) in enumerate(zip(models, settings_mm, strict=True), 1)
    ]


def _span(options: Sequence[RingDistance]) -> str:
    heights = [option.height_mm for option in options]
    return f"{min(heights):g} to {max(heights):g} mm"


def calibration_text(ring: MeasuredRing, name: str) -> str:
    """The joints of a measured ring, how sure they are, and how to use them."""
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
    lines += [f"Left out as misread: the distance of struts {a} and {b}. Measure it again." for a, b in ring.suspect]
    if not ring.agrees:
        return "\n".join(
            [
                *lines,
                "The distances contradict each other, or their SD is larger: measure again before you use this ring.",
            ]
        )
    points = ", ".join(f"[{x:.2f}, {y:.2f}, {z:.2f}]" for x, y, z in ring.joints_mm.tolist())
    return "\n".join([*lines, "In a case file:", f'  "{name}_ring": {{"joints_mm": [{points}]}}'])

"""Text of the advice before surgery: which ring separation fits, and which rings, struts and heights."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hexapod.case.model import Case
from hexapod.hardware.models import marked_name, shown_name
from hexapod.plan.plan_file import exchange_document
from hexapod.text.case_sentences import exchange_sentence
from hexapod.text.numbers import number

if TYPE_CHECKING:
    from hexapod.hardware.catalogue import Catalogue
    from hexapod.hardware.models import Strut
    from hexapod.preoperative.frame_choice import FrameChoice
    from hexapod.preoperative.ring_distance import RingDistance

# How many ring separations that work, and that do not, the terminal shows; the rest is in the JSON.
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


def proposals(options: Sequence[RingDistance], catalogue: Catalogue) -> tuple[Proposal, ...]:
    """The options that allow the treatment, best first, in words; struts by what people buy them as."""
    return tuple(
        Proposal(
            number(option.height_mm),
            str(option.visits),
            str(len(option.exchanges)),
            f"{option.worst_condition:.1f}",
            _build(option, catalogue),
        )
        for option in options
        if not option.why_not
    )


def _build(option: RingDistance, catalogue: Catalogue) -> tuple[str, ...]:
    known = catalogue.struts
    names = [shown_name(known[model]) if model in known else model for model in option.models]
    sentences = [f"{name} {number(setting)}" for name, setting in zip(names, option.settings_mm, strict=True)]
    if len(set(sentences)) == 1:
        return (f"all six: {sentences[0]}",)
    return tuple(f"{k}: {one}" for k, one in enumerate(sentences, 1))


def advice_text(case: Case, level: int, options: Sequence[RingDistance], chosen: RingDistance | None) -> str:
    """The options as a table, best first, and how to build the chosen one."""
    at_start = case.levels[level].frame.settings_at == "start"
    when = "on day 0" if at_start else "on the last day (chronic mode: pre-deformed frame)"
    lines = [
        _whose(case, level),
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


def series_label(struts: Sequence[Strut]) -> str:
    """What the names of the struts of one series have in common, such as `TSF strut`."""
    if len(struts) == 1:
        return struts[0].label
    words = [strut.label.split() for strut in struts]
    same = itertools.takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False))
    return " ".join(column[0] for column in same)


@dataclass(frozen=True)
class FrameRow:
    """A frame that carries the treatment, in words for a table; `warnings` are the codes of its plan's cautions."""

    rings: str
    struts: str
    height: str
    exchanges: str
    steepness: str
    condition: str
    warnings: str


FRAME_HEADS = (
    "Rings",
    "Struts",
    "Ring separation, mm",
    "Change-outs",
    "Lowest strut angle, deg",
    "Singularity index",
    "Warnings of its plan",
)


def frame_rows(choice: FrameChoice, catalogue: Catalogue) -> list[FrameRow]:
    """The proposals, best first, in words."""
    return [
        FrameRow(
            " and ".join(dict.fromkeys(_ring_name(name, catalogue) for name in one.rings)),
            series_label([strut for strut in catalogue.struts.values() if strut.series == one.series]) or "own",
            number(one.option.height_mm),
            str(len(one.option.exchanges)),
            f"{one.steepness_deg:.0f}",
            f"{one.option.worst_condition:.1f}",
            ", ".join(sorted({finding.code for finding in one.plan.findings})) or "none",
        )
        for one in choice.proposals
    ]


def _ring_name(name: str, catalogue: Catalogue) -> str:
    return marked_name(catalogue.rings[name]) if name in catalogue.rings else name


def frames_text(case: Case, level: int, choice: FrameChoice, catalogue: Catalogue) -> str:
    """The frames that carry the treatment as a table, best first, and how to build the best."""
    lines = [_whose(case, level), frames_said(choice), ""]
    for row in frame_rows(choice, catalogue):
        lines.append(f"  {row.rings}, {row.struts}, {row.height} mm apart:")
        lines.append(
            f"    change-outs {row.exchanges}, lowest strut angle {row.steepness} deg, singularity index "
            f"{row.condition}; warnings: {row.warnings}"
        )
    if choice.proposals:
        best = choice.proposals[0].option
        lines += ["", "Struts and settings of the first to build with (day 0):"]
        lines += _struts(best.models, best.settings_mm)
    return "\n".join(lines)


def frames_said(choice: FrameChoice) -> str:
    """How many were tried, what does not do, and what the order is."""
    tried = f"{choice.tried} combinations of rings and struts tried at every height within reach."
    if not choice.proposals:
        return f"{tried} None carries the treatment."
    return (
        f"{tried} Below is each one's best height that its plan does not refuse: the fewest change-outs first, "
        "then the steepest struts, then the lowest singularity index."
    )


def frames_document(case: Case, level: int, choice: FrameChoice) -> dict[str, Any]:
    """The frames as `hexapod-frames/1`."""
    return {
        "format": "hexapod-frames/1",
        "case_id": case.id,
        "case_sha256": case.sha256,
        "level": level,
        "frames": [
            {
                "proximal_ring": one.rings[0],
                "distal_ring": one.rings[1],
                "series": one.series,
                "lowest_strut_angle_deg": one.steepness_deg,
                "cautions": sorted({finding.code for finding in one.plan.findings}),
                **_option(one.option),
            }
            for one in choice.proposals
        ],
        "refused": list(choice.why_not),
    }


def _whose(case: Case, level: int) -> str:
    return (
        f"{case.id} · {case.limb.side.upper()} {case.limb.bone.upper()} · hexapod {level + 1}, "
        f"{case.levels[level].name}"
    )


def _struts(models: Sequence[str], settings_mm: Sequence[float]) -> list[str]:
    return [
        f"  strut {k}: {model}, {number(setting)} mm"
        for k, (model, setting) in enumerate(zip(models, settings_mm, strict=True), 1)
    ]


def _span(options: Sequence[RingDistance]) -> str:
    heights = [option.height_mm for option in options]
    return f"{min(heights):g} to {max(heights):g} mm"

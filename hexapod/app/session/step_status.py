"""Which step an entry belongs to, and what is still missing or wrong in each."""

from __future__ import annotations

from hexapod.app.draft.draft_model import SAID, Draft, Path, is_said
from hexapod.app.draft.field_reader import Trouble
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import plan_record, session

_OF_CASE = {"clinic_days": "treatment", "clinic_closed": "treatment", "exchange_reserve": "treatment"}
_OF_LEVEL = {
    "name": "limb",
    "proximal_ring": "frame",
    "distal_ring": "frame",
    "every_strut": "frame",
    "struts": "frame",
    "settings": "frame",
    "settings_at": "frame",
    "reference": "deformity",
    "deformity": "deformity",
    "bone": "deformity",
    "structures": "deformity",
    "deformity_zero": "deformity",
    "mounting": "mounting",
    "mounting_zero": "mounting",
    "girth": "mounting",
}
_NAMES = {
    "id": "Case id",
    "title": "Title",
    "side": "Side",
    "bone": "Bone",
    "child": "Still growing",
    "start_date": "Date of day 0",
    "clinic_days": "Clinic days",
    "clinic_closed": "Closed dates",
    "exchange_reserve": "Scale left at an exchange",
    "clinic": "Clinic",
    "contact": "How to reach it",
    "missed_or_stuck": "A day missed, a strut stuck",
    "time_zone": "Time zone",
    "derived_from": "Goes on from the case",
    "treatment_started": "First day of the treatment",
    "name": "Name",
    "reference": "Reference fragment",
    "deformity": "Deformity",
    "diameter": "Diameter of the bone",
    "osteotomy": "Height of the cut",
    "gap": "Gap at the cut on day 0",
    "structures": "Structure at risk",
    "proximal_ring": "Proximal ring",
    "distal_ring": "Distal ring",
    "every_strut": "Struts",
    "struts": "Struts",
    "min_mm": "Shortest setting",
    "max_mm": "Longest setting",
    "graduation_mm": "Graduation",
    "settings_at": "When the scales were read",
    "mounting": "Mounting",
    "mounting_zero": "Mounting",
    "deformity_zero": "Deformity",
    "keep": "Kept as the stage finds it",
    "meant": "Meant",
    "girth": "Girth of the limb",
    "proximal": "at the proximal ring",
    "distal": "at the distal ring",
    "couple": "What this level does",
    "segment": "Point on the segment",
    "segment_ring": "Ring on the segment",
    "course_from": "Where the level should be on day 0",
    "so_far": "Since the treatment began",
    "latency_days": "Latency that it had, days",
    "rest_days": "Rest so far, days",
    "first_gap_mm": "Gap on the first day",
    "largest_gap_mm": "Largest gap since then",
    "overlap_mm": "Overlap of the ends on day 0",
    "return_stages": "Return to the plan",
    "where": "Where it lies",
    "from": "Where it lies",
    "index_days": "Days in frame per cm",
    "docking_gap": "Gap to the docking site",
    "mm_per_day": "Limit in mm per day",
    "deg_per_day": "Limit in deg per day",
    "adjustments": "Adjustments per day",
    "times": "Times of the day",
    "stages": "Stages",
    "kind": "What the stage does",
    "hold_days": "Days to hold",
    "correct_to": "Correct to",
    "transport": "Transport",
    "days": "Days",
    "at": "Place",
    "limit": "Own limit",
    "crosses": "Hexapods that it runs past",
}


def step_of(path: Path) -> str:
    """The step in which an entry stands."""
    if path[:1] != ("levels",):
        return _OF_CASE.get(path[0], "limb") if path else "limb"
    return _OF_LEVEL.get(path[2], "treatment") if len(path) > 2 else "treatment"


def place_name(draft: Draft, path: Path) -> str:
    """Where an entry stands, in the words of the screen: `Level 1 · Stage 2 · Days`."""
    parts: list[str] = []
    here: object = draft
    for number, part in enumerate(path):
        if isinstance(here, list):
            index = next((k for k, item in enumerate(here) if item["uid"] == part), 0)
            here = here[index]
            kind = {"levels": "Level", "stages": "Stage", "structures": "Structure at risk"}[path[number - 1]]
            parts.append(f"{kind} {index + 1}")
            continue
        here = here.get(part) if isinstance(here, dict) else None
        if isinstance(here, list):
            if number == len(path) - 1:
                parts.append(_NAMES.get(part, part))
        elif part == "settings":
            parts.append("Strut")
        elif part.isdigit():
            parts.append(f"Strut {int(part) + 1}" if parts[-1:] != ["Strut"] else parts.pop() + f" {int(part) + 1}")
        elif part not in ("bone", "struts") or number == 0:
            parts.append(_NAMES.get(part, part))
    return " · ".join(parts)


def counts(outcome: Outcome) -> dict[str, str]:
    """For every step what is wrong or missing, in two words."""
    told = {}
    for step in session.STEPS:
        mine = [trouble for trouble in outcome.troubles if step_of(trouble.path) == step]
        wrong = sum(not trouble.missing for trouble in mine)
        told[step] = f"{wrong} to correct" if wrong else f"{len(mine)} missing" if mine else _all_said(step)
    none = {"incomplete": "not yet", "wrong": "not possible", "refused": "refused"}
    told["check"] = none.get(outcome.state) or {"ok": "ready"}.get(outcome.state, outcome.state)
    if plan_record.continuing().findings:
        told["check"] = "refused"
    recorded = plan_record.recorded()
    done = "signed" if recorded is not None and recorded.state == "signed" else "draft"
    told["prescription"] = none.get(outcome.state) or done
    told["follow-up"] = f"{plan_record.visits()} recorded" if plan_record.in_force() else "not yet"
    return told


def _all_said(step: str) -> str:
    """Of a step without a trouble: complete, unless a file leaves out what it is about."""
    left_out = step in SAID and not all(is_said(level, step) for level in session.draft()["levels"])
    return "not entered" if left_out else "complete"


def trouble_lines(draft: Draft, troubles: tuple[Trouble, ...]) -> list[tuple[str, str, str]]:
    """Step, place and sentence of every trouble, in the order of the steps."""
    in_order = sorted(troubles, key=lambda trouble: list(session.STEPS).index(step_of(trouble.path)))
    return [
        (session.STEPS[step_of(t.path)], place_name(draft, t.path) or t.key, f"{t.sentence[0].upper()}{t.sentence[1:]}")
        for t in in_order
    ]

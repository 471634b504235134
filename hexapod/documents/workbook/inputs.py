"""Every entry of a case in words for the workbook: what was entered, what was left out, hardware, and what it means."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from hexapod.case.model import WEEKDAYS, Case, Level
from hexapod.documents.workbook.worksheet import Cell
from hexapod.hardware.models import Ring, Strut
from hexapod.plan.adjustments import adjustment_times
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.text.case_fields import key_in_words
from hexapod.text.case_sentences import level_sentences, movement_sentences

# Where it belongs, what it is, its value, its unit.
InputRow = tuple[str, str, Cell, str]
# Lists whose entries are counted, by what an entry is called.
COUNTED = {
    "levels": "hexapod",
    "stages": "stage",
    "structures_at_risk": "structure at risk",
    "struts": "strut",
    "settings_mm": "strut",
    "joints_mm": "joint",
}
DATES = ("start_date",)


def input_rows(plan: Plan) -> list[InputRow]:
    """What the plan was made from: all entries of the case, then per level defaults, hardware and plain sentences."""
    case = plan.case
    written = case.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    rows = [entry for key, value in written.items() for entry in _entered("case", key, value)]
    rows += _left_out_of_case(case)
    for index, planned in enumerate(plan.levels):
        level, where = planned.entered, f"hexapod {index + 1}, {planned.name}"
        rows += [(f"{where}, left out", *told) for told in _left_out(level)]
        rows += [(f"{where}, hardware", *told) for told in _hardware(planned)]
        sentences = [
            *level_sentences(level),
            *movement_sentences(planned.course),
        ]
        rows += [(f"{where}, in words", "", sentence, "") for sentence in sentences]
    return rows


def _entered(where: str, key: str, value: Any) -> Iterator[InputRow]:
    """An entry of the file, and all that is inside it."""
    label, unit = key_in_words(key)
    if isinstance(value, dict):
        inside = f"{where}, {label}" if where != "case" else label
        for name, item in value.items():
            yield from _entered(inside, name, item)
        if not value:
            yield where, label, "none", ""
    elif isinstance(value, list) and key in COUNTED:
        for count, item in enumerate(value, 1):
            yield from _counted(where, key, f"{COUNTED[key]} {count}", item)
    elif isinstance(value, list):
        yield where, label, ", ".join(map(str, value)) or "none", unit
    else:
        yield where, label, _plain(key, value), unit


def _counted(where: str, key: str, name: str, value: Any) -> Iterator[InputRow]:
    """One of several: a level, stage or structure with all that is inside it, or a strut or joint in one line."""
    if isinstance(value, dict):
        named = f"{name}, {value['name']}" if "name" in value else name
        inside = f"{where}, {named}" if where != "case" else named
        for item_key, item in value.items():
            yield from _entered(inside, item_key, item)
    elif isinstance(value, list):
        yield where, f"{name} (x, y, z)", ", ".join(f"{float(one):g}" for one in value), "mm"
    else:
        reads = " reads" if key == "settings_mm" else ""
        yield where, f"{name}{reads}", value, key_in_words(key)[1]


def _plain(key: str, value: Any) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key in DATES:
        return datetime.date.fromisoformat(value)
    kept: Cell = value
    return kept


def _left_out_of_case(case: Case) -> list[InputRow]:
    """What is in force because the case does not say otherwise."""
    where, written = "case, left out", case.document
    told: list[tuple[str, InputRow]] = [
        ("clinic_days", (where, "clinic days", "every day" if case.clinic_days == WEEKDAYS else "", "")),
        ("exchange_reserve_mm", (where, "minimum strut travel remaining", case.exchange_reserve_mm, "mm")),
        ("time_zone", (where, "time zone", "local time of whoever opens the calendar", "")),
    ]
    rows = [entry for key, entry in told if written.get(key) is None]
    if written["limb"].get("child") is None:
        rows.append((where, "limb, child", "no", ""))
    return rows


def _left_out(level: Level) -> list[tuple[str, Cell, str]]:
    told: list[tuple[str, Cell, str]] = []
    if level.limits.mm_per_day is None:
        told.append(("maximum rate at structures at risk and bone edges", level.stage_limits()[0], "mm/day"))
    if level.limits.deg_per_day is None:
        limit = level.stage_limits()[1]
        told.append(("maximum angular rate", *(("none, by null", "") if limit is None else (limit, "deg/day"))))
    if level.adjustment_times is None:
        times = ", ".join(f"{time:%H:%M}" for time in adjustment_times(level))
        told.append((f"times of {level.adjustments_per_day} adjustments a day", times, ""))
    told += [
        (told_of, "not entered: planned as zero", "")
        for part, told_of in (("mounting", "mounting parameters"), ("deformity", "deformity"))
        if getattr(level, part) is None
    ]
    missing = {
        "bone": "bone edges at the osteotomy: none tracked",
        "limb_girth_mm": "distance from the limb: not judged",
    }
    told += [
        (key.removesuffix("_mm").replace("_", " "), what, "")
        for key, what in missing.items()
        if not getattr(level, key)
    ]
    return told


def _hardware(plan: LevelPlan) -> Iterator[tuple[str, Cell, str]]:
    """Rings and struts with their data, sources and status; those that are fitted later too."""
    setup = plan.setup
    for place, ring in (("proximal ring", setup.proximal_ring), ("distal ring", setup.distal_ring)):
        yield f"{place}: {ring.name}, inner diameter", 2.0 * ring.inner_radius_mm, "mm"
        yield f"{place}: {ring.name}, source", _sources(ring), ""
    struts = {strut.name: strut for strut in setup.struts if strut.name != "own"}
    struts |= {strut.name: strut for exchange in plan.exchanges for strut in (exchange.old, exchange.new)}
    for strut in struts.values():
        yield f"strut {strut.name}, scale", f"{strut.min_mm:g} to {strut.max_mm:g} by {strut.graduation_mm:g}", "mm"
        sign = "+" if strut.scale_direction > 0 else "-"
        yield f"strut {strut.name}, joint to joint", f"{strut.scale_offset_mm:g} mm {sign} reading", ""
        yield f"strut {strut.name}, source", _sources(strut), ""


def _sources(item: Ring | Strut) -> str:
    """Status and source of all values, each pair once."""
    return "; ".join(dict.fromkeys(f"{value.status}: {value.source}" for value in item.provenance.values()))

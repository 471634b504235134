"""A plan as it is recorded, and how far one recording is from another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hexapod import Plan
from hexapod.plan.plan_file import plan_document

RECORDED = Path(__file__).parent / "recorded"
DECIMALS = 9

# How far a number may be from the recorded one. Other processors and libraries differ by rounding only (below 1e-10);
# a thousandth of the finest mark is 1e-4 mm, so nothing that a patient could read off a scale hides below these.
TOLERANCES = {
    "lengths_mm": 1e-6,
    "pose": 1e-6,
    "pose_rounded": 1e-6,
    "remaining": 1e-6,
    "rounding": 1e-6,
    "value": 1e-6,
}
# When every day of a stage is equally fast, rounding noise chooses which of them a finding names.
ANY_DAY = {"rate.above_limit", "rate.high", "rate.too_fast", "rate.low"}
# Large without bound near a singular position: compared relative to its size.
RELATIVE = {"frame.near_singular", "frame.singular"}

Differences = dict[str, float]


def recorded(plan: Plan) -> dict[str, Any]:
    """The plan file without what is not the plan's: the version, and the findings' wording."""
    document = plan_document(plan)
    del document["software"]
    for finding in document["findings"]:
        del finding["message"]
        if finding["code"] in ANY_DAY:
            del finding["day"]
        if finding["code"] in RELATIVE and (finding["value"] or 0.0) > 1000.0:
            finding["value"] = "above 1000"
    for level in document["levels"]:
        for row in level["rows"]:
            for name in ("pose", "pose_rounded"):
                row[name] = row[name][:3]
    short: dict[str, Any] = _short(document)
    return short


def _short(value: Any) -> Any:
    """Numbers to nine decimals, whole ones without a point, no minus zero."""
    if isinstance(value, float):
        value = round(value, DECIMALS) + 0.0
        return int(value) if value == int(value) else value
    if isinstance(value, list):
        return [_short(item) for item in value]
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    return value


def read(name: str) -> dict[str, Any] | None:
    """The recording of a scenario, or None."""
    path = RECORDED / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def text(document: dict[str, Any]) -> str:
    """Compact JSON with one row of a schedule, one exchange and one finding a line, so that a change can be read."""
    lines = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for start in ('{"day":', '{"strut":', '{"code":', '{"name":'):
        lines = lines.replace(start, "\n" + start)
    return lines + "\n"


def differences(old: Any, new: Any, place: str = "", quantity: str = "") -> tuple[Differences, list[str]]:
    """The largest difference of every quantity with a tolerance, and the places where something else is not the same."""
    largest: Differences = {}
    broken: list[str] = []
    if isinstance(old, dict) and isinstance(new, dict) and (quantity == "remaining" or set(old) == set(new)):
        # A word that only one of them has counts with its whole size: 1e-9 mm of it may be left out or not.
        parts = [(f"{place}.{key}", old.get(key, 0), new.get(key, 0), key) for key in {*old, *new}]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        parts = [(f"{place}[{k}]", a, b, "") for k, (a, b) in enumerate(zip(old, new, strict=True))]
    elif quantity in TOLERANCES and _number(old) and _number(new):
        return {quantity: abs(old - new) / max(1.0, abs(old) if quantity == "value" else 1.0)}, []
    else:
        return {}, [] if old == new and type(old) is type(new) else [f"{place}: {_told(new)}, recorded {_told(old)}"]
    for where, a, b, key in parts:
        found, wrong = differences(a, b, where, key if key in TOLERANCES else quantity)
        broken += wrong
        for name, difference in found.items():
            largest[name] = max(largest.get(name, 0.0), difference)
    return largest, broken


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _told(value: Any) -> str:
    told = json.dumps(value, ensure_ascii=False)
    return told if len(told) < 100 else f"{told[:100]}…"

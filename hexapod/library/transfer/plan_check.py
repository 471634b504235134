"""Whether a plan file that comes with an import holds what the library reads of it later, each value of its type."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

from hexapod.case.field_types import unseen
from hexapod.checks.findings import Verdict

STRUTS = 6
# What a value must be, in words, and whether it is.
Wanted = tuple[str, Callable[[Any], bool]]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not unseen(value)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 1e9 and math.isfinite(value)


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _are_six(value: Any, of: Callable[[Any], bool] = _is_number) -> bool:
    return isinstance(value, list) and len(value) == STRUTS and all(map(of, value))


TEXT: Wanted = ("a plain text", _is_text)
WHOLE: Wanted = ("a whole number", lambda value: type(value) is int and 0 <= value < 1e6)
ONES: Wanted = ("a list", lambda value: isinstance(value, list))
VERDICT: Wanted = ("a status of a plan", lambda value: isinstance(value, str) and value in get_args(Verdict))
SIX: Wanted = ("six numbers", _are_six)
SIX_NAMES: Wanted = ("six names", lambda value: _are_six(value, _is_text))
DOSES: Wanted = ("a list of six numbers each", lambda value: isinstance(value, list) and all(map(_are_six, value)))

PLAN = {
    "plan_sha256": TEXT,
    "case_sha256": TEXT,
    "software": TEXT,
    "verdict": VERDICT,
    "levels": ONES,
    "findings": ONES,
}
LEVEL = {"name": TEXT, "rows": ONES, "swaps": ONES}
ROW = {
    "day": WHOLE,
    "date": ("a date", _is_date),
    "stage": TEXT,
    "settings_mm": SIX,
    "models": SIX_NAMES,
    "doses_mm": DOSES,
}
SWAP = {"planned_day": WHOLE}
FINDING = {"code": TEXT, "level": WHOLE, "verdict": VERDICT, "message": TEXT}


def check_plan_file(plan: Any) -> None:
    """Raises ValueError with the place of the first value that is missing or of another type.

    Args:
        plan: the JSON value of a plan file.
    """
    _check(plan, PLAN, "the plan")
    for number, finding in enumerate(plan["findings"]):
        _check(finding, FINDING, f"findings[{number}]")
    for index, level in enumerate(plan["levels"]):
        place = f"levels[{index}]"
        _check(level, LEVEL, place)
        for number, row in enumerate(level["rows"]):
            _check(row, ROW, f"{place}.rows[{number}]")
        days = {row["day"] for row in level["rows"]}
        for number, swap in enumerate(level["swaps"]):
            _check(swap, SWAP, f"{place}.swaps[{number}]")
            if swap["planned_day"] not in days:
                raise ValueError(f"{place}.swaps[{number}].planned_day is no day of the plan")
        if not level["rows"] and plan["verdict"] != "refused":
            raise ValueError(f"{place}.rows is empty, and the plan is not refused")
    if not plan["levels"]:
        raise ValueError("levels is empty")


def _check(value: Any, wanted: Mapping[str, Wanted], place: str) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{place} is not an object")
    for key, (what, fits) in wanted.items():
        if key not in value:
            raise ValueError(f"{place}.{key} is missing")
        if not fits(value[key]):
            raise ValueError(f"{place}.{key} is not {what}")

"""The fingerprint of what a plan prescribes: the same only when every setting is the same."""

from __future__ import annotations

import hashlib
import weakref
from typing import Any

import rfc8785

from hexapod.plan.make_plan import LevelPlan, Plan

# Enough of a fingerprint to tell the versions of a case or a plan apart by eye.
SHORT = 12


def short_fingerprint(sha256: str) -> str:
    """The part of a fingerprint that people see.

    >>> short_fingerprint("8b1bd944f41f0123")
    '8b1bd944f41f'
    """
    return sha256[:SHORT]


def plan_sha256(plan: Plan) -> str:
    """SHA-256, in hexadecimal, of the prescription as RFC 8785 canonical JSON.

    It covers the case's fingerprint, the software, and every day, date, stage, setting, dose, model and exchange.  The
    case's own fingerprint does not tell plans apart that were made by other versions or from other hardware data.
    Poses and lengths are left out: they are exact to the last bit of the machine, the scales are not.
    """
    # Every document of a plan asks, and a long plan takes a tenth of a second: the answer is kept as long as the plan.
    key = id(plan)
    known = _KNOWN.get(key)
    if known is None or known[0]() is not plan:
        known = (weakref.ref(plan, lambda _: _KNOWN.pop(key, None)), _sha256(plan))
        _KNOWN[key] = known
    return known[1]


_KNOWN: dict[int, tuple[weakref.ref[Plan], str]] = {}


def _sha256(plan: Plan) -> str:
    whole: dict[str, Any] = {
        "case_sha256": plan.case_sha256,
        "software": plan.software,
        "verdict": plan.verdict,
        "levels": [_prescribed(level) for level in plan.levels],
    }
    return hashlib.sha256(rfc8785.dumps(whole)).hexdigest()


def _prescribed(level: LevelPlan) -> dict[str, Any]:
    return {
        "name": level.name,
        "rows": [
            {
                "day": row.day,
                "date": row.date.isoformat(),
                "stage": row.stage,
                "settings_mm": list(row.settings_mm),
                "doses_mm": [list(dose) for dose in row.doses_mm],
                "models": list(row.models),
            }
            for row in level.rows
        ],
        "swaps": [
            {
                "strut": exchange.strut,
                "from": exchange.old.name,
                "to": exchange.new.name,
                "planned_day": exchange.planned_day,
                "from_reads_mm": exchange.old_reads_mm,
                "to_reads_mm": exchange.new_reads_mm,
            }
            for exchange in level.exchanges
        ],
    }

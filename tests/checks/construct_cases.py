"""Cases of one or two hexapods whose rings stand where a sum says: rings 93.8 mm wide, 120 mm apart, all square.

Joint radius 93.80 mm, half angle 4.58 deg, joints in the ring planes: rings 120 mm apart have six lengths of 144.515 mm
(docs/conventions.md section 4 of the contract's check values), good to 0.001 mm.
"""

from __future__ import annotations

from typing import Any

from hexapod import Plan, make_plan, read_case
from hexapod.checks.findings import Finding

APART_120 = 144.515
WIDE = {"min_mm": 50, "max_mm": 400, "graduation_mm": 0.001}
HOLD = [{"name": "wait", "hold_days": 3}]
Level = dict[str, Any]


def level(reference: str = "proximal", mounting: dict[str, float] | None = None, **more: Any) -> Level:
    """A hexapod with its rings 120 mm apart; nothing moves unless `stages` say so."""
    frame = {
        "proximal_ring": {"model": "southampton-155"},
        "distal_ring": {"model": "southampton-155"},
        "struts": [WIDE] * 6,
        "settings_mm": [APART_120] * 6,
        "settings_at": more.pop("at", "start"),
    }
    frame |= more.pop("rings", {})
    stages = {} if "couple" in more else {"stages": HOLD}
    return {"name": "one", "reference": reference, "frame": frame, "mounting": mounting or {}} | stages | more


def plan(*levels: Level, side: str = "right") -> Plan:
    """The plan of these hexapods, from proximal to distal."""
    value = {
        "format": "hexapod-case/1",
        "id": "rings",
        "limb": {"side": side, "bone": "tibia"},
        "start_date": "2026-03-02",
        "levels": list(levels),
    }
    return make_plan(read_case(value))


def findings(made: Plan, *codes: str) -> list[Finding]:
    """The findings with these codes."""
    return [finding for finding in made.findings if finding.code in codes]

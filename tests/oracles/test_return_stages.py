"""Returns to the plan (`return_stages`): the product beside the scalar reckoning, after slips that every draw has elsewhere."""

import random
from copy import deepcopy
from typing import Any

import pytest
from comparison import Differences, compared
from coupled_cases import coupled_case
from scalar_coupling import construct_of, coupled_index, plan_case

EXACT = 1e-9
Case = dict[str, Any]


def slipped_case(seed: int) -> Case:
    """A random construct whose coupled level first goes a little aside by itself, while the others hold as long."""
    case, dice = deepcopy(coupled_case(seed)), random.Random(f"return {seed}")
    number = coupled_index(case)
    assert number is not None
    wait, days = dice.randrange(3), dice.randrange(1, 5)
    level = case["levels"][number]
    goal = dict(level.get("deformity") or {})
    for word in ("medial_mm", "anterior_mm", "internal_rotation_deg", "varus_deg"):
        opposite = {
            "medial_mm": "lateral_mm",
            "anterior_mm": "posterior_mm",
            "internal_rotation_deg": "external_rotation_deg",
            "varus_deg": "valgus_deg",
        }[word]
        held = next((one for one in (word, opposite) if one in goal), word)
        goal[held] = round(goal.get(held, 0.0) + dice.uniform(0.0, 0.5), 3)
    level["return_stages"] = [{"name": "wait", "hold_days": wait}] if wait else []
    level["return_stages"].append({"name": "return", "correct_to": goal, "days": days})
    for index, other in enumerate(case["levels"]):
        other["frame"] = {**other["frame"], "settings_at": "start"}
        if index != number:
            other["stages"] = [{"name": "return", "hold_days": wait + days}, *other["stages"]]
    return case


@pytest.mark.hazard("H-06")
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.some(4)
def test_product_agrees_on_a_return(seed: int) -> None:
    case = slipped_case(seed)
    plan, found = compared(case)
    assert plan.verdict != "refused", [finding.message for finding in plan.findings]
    check(found)
    number = coupled_index(case)
    assert number is not None
    construct = construct_of(case)
    rows = plan_case(case)[number]["rows"]
    assert rows[construct.returned()]["stage"] == "return"
    assert rows[construct.returned() + 1]["stage"] != "return"


def check(found: Differences) -> None:
    assert max(found.length_mm, found.position_mm, found.rotation, found.remaining) <= EXACT

"""H-26: what two hexapods tell of the ring between them, reckoned in scalars, on random constructs and near them."""

import math
import random
from typing import Any

import pytest
from coupled_cases import SEEDS, coupled_case
from scalar_chain import hexapod_of
from scalar_coupling import construct_of, shift_of
from scalar_rigid import Placement, chain, inverse, mounting_placement, place_words, size, subtract

import hexapod
from hexapod.plan.make_plan import Plan

Case = dict[str, Any]
REFUSED_MM, REFUSED_DEG, CAUTION_MM, CAUTION_DEG = 10.0, 5.0, 3.0, 2.0


def rings_on_bone(case: Case, index: int) -> tuple[Placement, Placement]:
    """A level's rings on their fragments, by the pose at the moment when its scales were read."""
    level, side, construct = case["levels"][index], case["limb"]["side"], construct_of(case)
    moment = float(construct.days()) if level["frame"]["settings_at"] == "end" else 0.0
    driven = construct.driven.get(index)
    known = construct.coupled_ref_mov(moment) if driven is None else driven.ref_mov(moment)
    ref_ring = mounting_placement(level["mounting"], side)
    mov_mring = hexapod_of(level, side, known).mov_mring
    return (ref_ring, mov_mring) if level["reference"] == "proximal" else (mov_mring, ref_ring)


def told(case: Case, index: int) -> tuple[Placement, Placement]:
    """The ring above level `index` as the level before and as this one tells it, on the fragment of both."""
    shift = shift_of({k: v for k, v in case["levels"][index]["segment"].items() if k != "ring"}, case["limb"]["side"])
    return rings_on_bone(case, index - 1)[1], chain(shift, rings_on_bone(case, index)[0])


def apart(case: Case, index: int) -> tuple[float, float]:
    """Millimetres between the two centres and degrees between the two rings' axes."""
    above, below = told(case, index)
    turn = chain(inverse(above), below).turn
    return size(subtract(below.shift, above.shift)), 2.0 * math.degrees(math.asin(min(1.0, size(turn[1:]))))


def shared(case: Case, dice: random.Random, index: int) -> None:
    """Make the ring one, and its two places near each other: the segment is told as the rings would have it, and off."""
    levels, side = case["levels"], case["limb"]["side"]
    levels[index - 1]["frame"]["distal_ring"] = levels[index]["frame"]["proximal_ring"] = {"model": "generic-full-180"}
    levels[index]["segment"] = {}
    above, below = told(case, index)
    off = tuple(dice.choice((0.0, 1.0, 2.0, 5.0)) * dice.uniform(-2.0, 2.0) for _ in range(3))
    x, y, z = (a - b + c for a, b, c in zip(above.shift, below.shift, off, strict=True))
    lateral = place_words({"lateral_mm": 1.0}, side)[0]
    across = ("lateral_mm" if x * lateral > 0 else "medial_mm", abs(x))
    back = ("posterior_mm" if y > 0 else "anterior_mm", abs(y))
    along = ("proximal_mm" if z > 0 else "distal_mm", abs(z))
    levels[index]["segment"] = dict([across, back, along]) | {"ring": "shared"}


def codes(plan: Plan, index: int) -> dict[str, float | None]:
    found = [one for one in plan.findings if one.level == index and "entered in two places" in one.message]
    return {one.code: one.value for one in found}


@pytest.mark.hazard("H-26")
@pytest.mark.parametrize("seed", SEEDS[:10])
@pytest.mark.some(4)
def test_a_shared_ring_is_judged_by_the_scalar_reckoning(seed: int) -> None:
    case, dice = coupled_case(seed), random.Random(seed)
    for index in range(1, len(case["levels"])):
        shared(case, dice, index)
    plan = hexapod.make_plan(hexapod.read_case(case))
    for index in range(1, len(case["levels"])):
        mm, deg = apart(case, index)
        found = codes(plan, index)
        if mm > REFUSED_MM or deg > REFUSED_DEG:
            assert list(found) == ["segment.ring_two_places"]
        elif mm > CAUTION_MM or deg > CAUTION_DEG:
            assert list(found) == ["segment.ring_apart"]
        else:
            assert not found
        for value in found.values():
            worse = mm if mm / REFUSED_MM > deg / REFUSED_DEG else deg
            assert value == pytest.approx(worse, abs=1e-6)

"""A limb that is wider than the ring round it (H-30): girth over pi against the inside of the ring, at both rings."""

import math
from typing import Any

import pytest

import hexapod
from tests.laws.builder import REFERENCES, case_of

INSIDE = {"proximal": 155.0, "distal": 180.0}


def found(girth: dict[str, float], reference: str = "proximal", **frame: Any) -> list[Any]:
    case = case_of("left", reference, deformity={"short_mm": 4})
    level = case["levels"][0]
    level["limb_girth_mm"] = girth
    level["frame"] |= {f"{end}_ring": {"model": f"generic-full-{size:g}"} for end, size in INSIDE.items()} | frame
    plan = hexapod.make_plan(hexapod.read_case(case))
    told = [finding for finding in plan.findings if finding.code == "limb.wider_than_ring"]
    assert (plan.verdict == "refused") == bool(told)
    return told


@pytest.mark.hazard("H-30")
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("end", ["proximal", "distal"])
def test_a_limb_as_wide_as_the_ring_passes_and_a_wider_one_is_refused(reference: str, end: str) -> None:
    slim = {"proximal": 300.0, "distal": 300.0}
    just = math.pi * INSIDE[end]
    assert not found(slim, reference)
    assert not found(slim | {end: just}, reference)
    (told,) = found(slim | {end: just + 0.01}, reference)
    assert (told.limit, told.unit, told.verdict) == (INSIDE[end], "mm", "refused")
    (told,) = found(slim | {end: math.pi * (INSIDE[end] + 12)}, reference)
    assert told.value == pytest.approx(INSIDE[end] + 12)
    assert f"12 mm wider than the {INSIDE[end]:g} mm inside that ring" in told.message
    assert f"at the {end} ring" in told.message


@pytest.mark.hazard("H-30")
def test_a_girth_of_ninety_centimetres_in_a_ring_of_eighty_millimetres() -> None:
    """900 / pi is 286 mm: 206 mm wider than the ring."""
    small = {f"{end}_ring": {"model": "generic-full-80"} for end in INSIDE}
    told = found({"proximal": 900, "distal": 200}, **small)
    assert [one.value for one in told] == [pytest.approx(286.479, abs=1e-3)]
    assert "206 mm wider" in told[0].message
    assert len(found({"proximal": 900, "distal": 900}, **small)) == 2


@pytest.mark.hazard("H-30")
def test_no_girth_says_nothing_and_rings_of_ones_own_count_by_their_joints() -> None:
    """Joints on a circle of 100 mm radius: a limb of 200 mm cannot be narrower than the ring."""
    joints = {"joints_mm": [[100 * math.sin(a), -100 * math.cos(a), -10] for a in (6.2, 0.1, 2.0, 2.2, 4.1, 4.3)]}
    own = {"proximal_ring": joints}
    assert not found({"proximal": math.pi * 199.9, "distal": 300}, **own)
    (told,) = found({"proximal": math.pi * 201, "distal": 300}, **own)
    assert told.limit == pytest.approx(200.0)

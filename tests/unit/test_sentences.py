"""The read-back says in words what was entered and what will move, on either side and from either reference."""

from typing import Any

import pytest

import hexapod
from hexapod.report.sentences import (
    deformity_sentences,
    mounting_sentence,
    movement_sentences,
)


@pytest.mark.hazard("H-02")
def test_every_deformity_word_is_told_in_full() -> None:
    said = deformity_sentences(
        {"valgus_deg": 4, "apex_posterior_deg": 3, "internal_rotation_deg": 5, "lateral_mm": 2, "anterior_mm": 1.5, "long_mm": 6},
        "proximal",
    )  # fmt: skip
    assert said == [
        "4 deg valgus: the distal end of the distal fragment leans away from the midline.",
        "3 deg apex posterior (recurvatum): the distal end of the distal fragment leans forwards.",
        "5 deg internal rotation: the distal fragment is turned inwards on the proximal.",
        "2 mm lateral: the distal fragment stands 2 mm farther from the midline than it should.",
        "1.5 mm anterior: the distal fragment stands 1.5 mm too far forward.",
        "6 mm long: the fragments stand apart along the bone.",
    ]


@pytest.mark.hazard("H-03")
def test_a_distal_reference_moves_the_proximal_fragment() -> None:
    said = deformity_sentences({"varus_deg": 4, "external_rotation_deg": 5}, "distal")
    assert said[0] == "4 deg varus: the proximal end of the proximal fragment leans towards the midline."
    assert said[1] == "5 deg external rotation: the distal fragment is turned outwards on the proximal."
    assert mounting_sentence({"medial_mm": 4}, "distal").startswith("The centre of the distal (reference) ring")


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_movement_is_told_in_the_words_of_the_side(case_dict: dict[str, Any], side: str) -> None:
    case_dict["limb"]["side"] = side
    case = hexapod.read_case(case_dict)
    plan = hexapod.make_plan(case)
    level = plan.levels[0]
    said = movement_sentences(case, 0, level)
    assert said[0] == "Day 1 to 7, latency: nothing moves."
    assert "the distal fragment moves 9 mm distal." in said[1]
    # 3 mm medial and 5 mm posterior of where it belongs: it moves the other way.
    assert "moves 3 mm lateral, 5 mm anterior and turns 12.8 deg (9 deg varus to none, 6 deg apex anterior" in said[2]

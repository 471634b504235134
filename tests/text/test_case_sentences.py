"""The read-back says in words what was entered and what will move, on either side and from either reference."""

from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.case.model import Case
from hexapod.text.case_sentences import (
    deformity_sentences,
    exchange_sentences,
    level_sentences,
    mounting_sentence,
    movement_sentences,
    not_entered,
)
from hexapod.text.milestones import milestone_sentences


@pytest.mark.hazard("H-02")
def test_every_deformity_word_is_told_in_full() -> None:
    said = deformity_sentences(
        {"valgus_deg": 4, "apex_posterior_deg": 3, "internal_rotation_deg": 5, "lateral_mm": 2, "anterior_mm": 1.5, "long_mm": 6},
        "proximal",
    )  # fmt: skip
    assert said == [
        "4 deg valgus: the distal end of the distal fragment deviates away from the midline.",
        "3 deg apex posterior (recurvatum): the distal end of the distal fragment deviates forwards.",
        "5 deg internal rotation: the distal fragment is rotated inwards on the proximal.",
        "2 mm lateral: the distal fragment is 2 mm farther from the midline than it should be.",
        "1.5 mm anterior: the distal fragment is 1.5 mm too far forward.",
        "6 mm lengthening: the fragments are apart along the bone.",
    ]


@pytest.mark.hazard("H-03")
def test_a_distal_reference_moves_the_proximal_fragment() -> None:
    said = deformity_sentences({"varus_deg": 4, "external_rotation_deg": 5}, "distal")
    assert said[0] == "4 deg varus: the proximal end of the proximal fragment deviates towards the midline."
    assert said[1] == "5 deg external rotation: the distal fragment is rotated outwards on the proximal."
    assert mounting_sentence({"medial_mm": 4}, "distal").startswith(
        "Mounting parameters of the distal (reference) ring"
    )


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_movement_is_told_in_the_words_of_the_side(case_dict: dict[str, Any], side: str) -> None:
    case_dict["limb"]["side"] = side
    case = hexapod.read_case(case_dict)
    plan = hexapod.make_plan(case)
    level = plan.levels[0]
    said = movement_sentences(level.course)
    assert said[0] == "Day 1 to 7, latency: nothing moves."
    assert "the distal fragment moves 9 mm distal." in said[1]
    # 3 mm medial and 5 mm posterior of where it belongs: it moves the other way.
    assert "moves 3 mm lateral, 5 mm anterior and rotates 12.8 deg (9 deg varus to none, 6 deg apex anterior" in said[2]


SAMPLES = Path(__file__).resolve().parents[2] / "sample_cases"


def _planned(stem: str) -> tuple[Case, hexapod.Plan]:
    case = hexapod.load_case(SAMPLES / f"{stem}.json")
    return case, hexapod.make_plan(case)


@pytest.mark.hazard("H-08")
def test_an_exchange_is_told_with_its_date_both_readings_and_the_reason() -> None:
    plan = _planned("tibia_stacked_transport")[1].levels[0]
    assert exchange_sentences(plan)[0] == (
        "Strut 1 (red): change Generic fine short strut for Generic fine medium strut on the morning of day 17, "
        "Thursday 30 April 2026 (possible from day 9 to 22). The old strut then reads 126 mm; fit the new one at 126 mm. 4.05 mm of "
        "strut travel remain. Why: on day 22 it would have to read 130.5 mm; its scale (Generic fine short strut) reads 95 to "
        "130 mm."
    )
    for exchange, said in zip(plan.exchanges, exchange_sentences(plan), strict=True):
        before = plan.rows[exchange.planned_day - 1].settings_mm[exchange.strut - 1]
        assert f"then reads {before:g} mm" in said


@pytest.mark.hazard("H-03")
@pytest.mark.parametrize("stem", ["tibia_stacked_transport", "tibia_trifocal"])
def test_the_movement_of_a_level_that_follows_is_told_as_seen_from_its_own_reference(stem: str) -> None:
    _, plan = _planned(stem)
    said = movement_sentences(plan.levels[1].course)
    assert said[0] == (
        "This hexapod compensates (keeps overall length). Its proximal fragment moves with the others; the movement "
        "of the distal fragment is given relative to it."
    )
    assert said[1] == "Day 1 to 7, latency: nothing moves."
    # The gap closes: the far fragment comes nearer, which is proximal.
    assert all(" mm proximal" in line for line in said[2:-1])
    assert "compensates" not in " ".join(movement_sentences(plan.levels[0].course))


def test_docking_and_time_in_the_frame_are_told_with_their_dates() -> None:
    driven, coupled = _planned("tibia_stacked_transport")[1].levels
    assert milestone_sentences(coupled) == [
        "Docking: the bone ends meet on the evening of day 68, Saturday 20 June 2026."
    ]
    assert milestone_sentences(driven) == [
        "Regenerate: 62 mm. By the external fixation index entered, 279 days in the frame are likely; the plan ends on day 279, Sunday "
        "17 January 2027."
    ]


def test_a_docking_that_is_not_reached_is_told_with_what_is_left() -> None:
    document = hexapod.load_case(Path(__file__).resolve().parents[2] / "sample_cases" / "tibia_transport.json").document
    document["levels"][0]["docking_gap_mm"] = 70
    plan = hexapod.make_plan(hexapod.read_case(document)).levels[0]
    assert plan.docking_day is None
    assert milestone_sentences(plan)[0].startswith("Docking is not reached: 8 mm remain on day 279, ")


def test_nothing_is_said_of_docking_where_there_is_none(case_dict: dict[str, Any]) -> None:
    assert milestone_sentences(hexapod.make_plan(hexapod.read_case(case_dict)).levels[0]) == []


def test_what_was_not_entered_is_told_with_what_is_not_checked_for_it() -> None:
    (varus,) = hexapod.load_case(Path(__file__).resolve().parents[2] / "sample_cases" / "tibia_varus.json").levels
    assert not_entered(varus) == ["Limb girth: clearances to the skin are not checked."]
    bare = varus.model_copy(update={"deformity": None, "mounting": None, "bone": None, "structures_at_risk": ()})
    assert [told.partition(":")[0] for told in not_entered(bare)] == [
        "Deformity",
        "Mounting parameters",
        "Osteotomy and diameter of the bone",
        "Limb girth",
        "Structures at risk",
    ]


def test_a_docking_site_has_a_defect_and_the_osteotomy_of_a_transport_no_deformity_to_tell() -> None:
    docking = deformity_sentences({"long_mm": 60.0, "medial_mm": 2.0}, "proximal", docks=True)
    assert docking[0] == "60 mm defect: the bone ends are that far apart along the bone."
    levels = hexapod.load_case(
        Path(__file__).resolve().parents[2] / "sample_cases" / "tibia_stacked_transport.json"
    ).levels
    assert level_sentences(levels[0])[0] == "The fragments are not displaced; the stages transport one of them."
    assert level_sentences(levels[1])[1] == "60 mm defect: the bone ends are that far apart along the bone."

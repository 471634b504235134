"""Whole levels by hand: which strut grows for which side and reference (numbers 17 to 20 of hand_numbers.md)."""

import pytest

from tests.laws.builder import CORRECT, REFERENCES, SIDES, level_of

PRINTED = 6e-4
SAME = 1e-9
HOLD = {"name": "hold", "hold_days": 2}


@pytest.mark.hazard("H-03")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_short_bone_lengthens_all_struts_whichever_fragment_is_held(side: str, reference: str) -> None:
    rows = level_of(side, reference, deformity={"short_mm": 10}).rows
    assert [row.day for row in rows] == list(range(11))
    assert rows[0].lengths_mm == pytest.approx([150.0] * 6, abs=SAME)
    assert rows[-1].lengths_mm == pytest.approx([158.265] * 6, abs=PRINTED)
    assert rows[-1].settings_mm == (158.0,) * 6
    assert rows[0].remaining == pytest.approx({"short_mm": 10.0}, abs=SAME)
    assert rows[-1].remaining == {}


@pytest.mark.hazard("H-03")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_settings_known_at_the_end_make_a_frame_that_finishes_as_read(side: str, reference: str) -> None:
    """A frame built crooked to finish neutral: the readings are those of the last day, not of the first."""
    rows = level_of(side, reference, deformity={"short_mm": 10}, at="end").rows
    assert rows[0].lengths_mm == pytest.approx([141.959] * 6, abs=PRINTED)
    assert rows[0].settings_mm == (142.0,) * 6
    assert rows[-1].lengths_mm == pytest.approx([150.0] * 6, abs=SAME)
    assert rows[-1].settings_mm == (150.0,) * 6


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-03")
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(("side", "odd", "even"), [("right", 141.335, 159.385), ("left", 159.385, 141.335)])
def test_external_rotation_is_undone_by_turning_the_distal_ring_inwards(
    reference: str, side: str, odd: float, even: float
) -> None:
    """On the right its front goes to the patient's left: counter-clockwise, so struts 1, 3, 5 shorten; left the reverse."""
    rows = level_of(side, reference, deformity={"external_rotation_deg": 10}, bone={"diameter_mm": 30}).rows
    assert rows[-1].lengths_mm == pytest.approx([odd, even] * 3, abs=PRINTED)


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-03")
@pytest.mark.parametrize(
    ("side", "reference", "one", "two"),
    [
        ("right", "proximal", 155.249, 145.251),
        ("left", "distal", 155.249, 145.251),
        ("right", "distal", 145.251, 155.249),
        ("left", "proximal", 145.251, 155.249),
    ],
)
def test_a_fragment_that_stands_medial_is_moved_lateral(side: str, reference: str, one: float, two: float) -> None:
    """On the right the distal ring goes to the patient's right, where struts 1 and 4 run on their way down: they stretch.

    With the distal fragment held, the PROXIMAL ring goes there instead, which is the opposite for the struts.
    """
    rows = level_of(side, reference, deformity={"medial_mm": 10}).rows
    assert rows[-1].day == 10
    assert rows[-1].lengths_mm == pytest.approx([one, two, 150.333] * 2, abs=PRINTED)


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-06")
@pytest.mark.parametrize(("side", "first", "second"), [("right", 155.022, 144.173), ("left", 144.173, 155.022)])
def test_varus_before_a_neutral_end_with_the_ring_up_the_bone(side: str, first: float, second: float) -> None:
    """The whole chain: the ring 60 mm proximal of the origin, the moving ring hanging on the tilted bone on day 0."""
    mounting = {"proximal_mm": 60}
    rows = level_of(side, "proximal", deformity={"varus_deg": 10}, mounting=mounting, at="end").rows
    assert rows[0].lengths_mm[:2] == pytest.approx([first, second], abs=PRINTED)
    assert rows[0].settings_mm[:2] == (round(first), round(second))
    assert rows[-1].settings_mm == (150.0,) * 6


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("at", ["start", "end"])
def test_without_a_deformity_nothing_is_adjusted(side: str, reference: str, at: str) -> None:
    readings = (149.0, 151.0, 150.0, 152.0, 148.0, 150.0)
    mounting = {"medial_mm": 5, "anterior_mm": 7, "leans_lateral_deg": 3}
    level = level_of(side, reference, at=at, settings=readings, mounting=mounting, stages=[HOLD, CORRECT, HOLD])
    assert [row.settings_mm for row in level.rows] == [readings] * 6
    for row in level.rows:
        assert row.lengths_mm == pytest.approx(readings, abs=SAME)
        assert row.remaining == {}


@pytest.mark.hazard("H-03")
@pytest.mark.parametrize("side", SIDES)
def test_naming_the_other_fragment_as_reference_moves_the_other_one(side: str) -> None:
    """The same 10 mm of overlap: a held proximal fragment sends the distal one down, a held distal one the other up."""
    down = (
        level_of(side, "proximal", deformity={"short_mm": 10}).rows[-1].pose
        - level_of(side, "proximal", deformity={"short_mm": 10}).rows[0].pose
    )
    up = (
        level_of(side, "distal", deformity={"short_mm": 10}).rows[-1].pose
        - level_of(side, "distal", deformity={"short_mm": 10}).rows[0].pose
    )
    assert down[:3, 3].tolist() == [0.0, 0.0, -10.0]
    assert up[:3, 3].tolist() == [0.0, 0.0, 10.0]

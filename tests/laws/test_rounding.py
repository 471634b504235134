"""Marks of the scale: halves up, never added up, doses, repeated rows (numbers 17 and 24 of hand_numbers.md)."""

import pytest

from hexapod.hardware.models import Strut
from tests.laws.builder import REFERENCES, SIDES, level_of

HOLD = {"name": "hold", "hold_days": 2}
MOVE = {"name": "move", "correct_to": {}}


@pytest.mark.hazard("H-17")
@pytest.mark.parametrize(
    ("graduation", "exact", "mark"),
    [
        (1.0, 142.49, 142.0),
        (1.0, 142.5, 143.0),
        (1.0, 143.5, 144.0),
        (1.0, 142.51, 143.0),
        # A billionth of a mark below halfway is halfway, spoiled by rounding; ten billionths are not.
        (1.0, 142.5 - 4e-10, 143.0),
        (1.0, 142.5 - 1e-8, 142.0),
        (0.25, 80.12, 80.0),
        (0.25, 80.125, 80.25),
        (0.25, 80.125 - 1e-10, 80.25),
        (0.5, 99.75, 100.0),
        (1.0, 100.0, 100.0),
    ],
)
def test_halfway_between_two_marks_goes_up(graduation: float, exact: float, mark: float) -> None:
    assert Strut("s", "f", 50, 400, graduation).nearest_mark(exact) == mark


@pytest.mark.hazard("H-17")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_small_steps_do_not_get_lost(side: str, reference: str) -> None:
    """10 mm at 0.1 mm a day are 100 steps of 0.08 mm on every strut: rounded one by one the frame would never move."""
    rows = level_of(side, reference, deformity={"short_mm": 10}, limits={"mm_per_day": 0.1}).rows
    assert rows[-1].day == 100
    assert rows[-1].settings_mm == (158.0,) * 6
    for row in rows:
        assert all(abs(s - length) <= 0.5 + 1e-9 for s, length in zip(row.settings_mm, row.lengths_mm, strict=True))
    assert {row.settings_mm[0] for row in rows} == {150.0, 151.0, 152.0, 153.0, 154.0, 155.0, 156.0, 157.0, 158.0}


@pytest.mark.hazard("H-17")
def test_steps_above_half_a_mark_do_not_run_ahead() -> None:
    """20 mm at 0.7 mm a day are 29 steps of about 0.6 mm: rounded one by one they would be 29 mm instead of 17.

    Joints 122.3857 apart become 142.3857: sqrt(20273.69 + 7521.741) = 166.720.
    """
    rows = level_of("right", "proximal", deformity={"short_mm": 20}, limits={"mm_per_day": 0.7}).rows
    assert rows[-1].day == 29
    assert rows[-1].lengths_mm == pytest.approx([166.720] * 6, abs=6e-4)
    assert rows[-1].settings_mm == (167.0,) * 6


@pytest.mark.hazard("H-17")
def test_given_readings_are_repeated_and_the_running_length_rounded() -> None:
    """All read 150.3 on whole-mm scales, 3 mm short, held 2 days before and after."""
    stages = [HOLD, MOVE, {"name": "rest", "hold_days": 2}]
    rows = level_of("right", "proximal", deformity={"short_mm": 3}, settings=[150.3] * 6, stages=stages).rows
    assert [row.settings_mm[0] for row in rows] == [150.3, 150.3, 150.3, 151.0, 152.0, 153.0, 153.0, 153.0]
    assert [row.lengths_mm[0] for row in rows[3:6]] == pytest.approx([151.118, 151.938, 152.760], abs=6e-4)
    end = level_of("right", "proximal", deformity={"short_mm": 3}, settings=[150.3] * 6, stages=stages, at="end").rows
    assert [row.settings_mm[0] for row in end] == [148.0, 148.0, 148.0, 149.0, 149.0, 150.3, 150.3, 150.3]
    assert [row.lengths_mm[0] for row in end[2:5]] == pytest.approx([147.860, 148.671, 149.484], abs=6e-4)


@pytest.mark.hazard("H-17")
def test_doses_go_through_marks_and_end_at_the_setting() -> None:
    """Day 4 passes 151.323, 151.528, 151.733, 151.938 mm, from 151 to 152: all six struts go there together, which only
    at one of the four times they can."""
    stages = [HOLD, MOVE, {"name": "rest", "hold_days": 2}]
    rows = level_of(
        "right", "proximal", deformity={"short_mm": 3}, settings=[150.3] * 6, stages=stages, adjustments_per_day=4
    ).rows
    assert rows[0].doses_mm == ()
    assert [dose[0] for dose in rows[1].doses_mm] == [150.3] * 4
    assert all(len(set(dose)) == 1 for dose in rows[4].doses_mm)
    assert [dose[0] for dose in rows[4].doses_mm] == [151.0, 152.0, 152.0, 152.0]
    assert [dose[0] for dose in rows[7].doses_mm] == [153.0] * 4
    for row in rows[1:]:
        assert len(row.doses_mm) == 4
        assert row.doses_mm[-1] == row.settings_mm


@pytest.mark.hazard("H-17")
def test_quarter_millimetre_scales() -> None:
    """10 mm short on 0.25 mm scales: joints 127.3857 apart on day 5, sqrt(16227.11 + 7521.741) = 154.107."""
    rows = level_of("right", "proximal", deformity={"short_mm": 10}, graduation=0.25).rows
    assert rows[5].lengths_mm == pytest.approx([154.107] * 6, abs=6e-4)
    assert rows[5].settings_mm == (154.0,) * 6
    assert rows[10].settings_mm == (158.25,) * 6
    for row in rows:
        assert all(abs(s - x) <= 0.125 + 1e-9 for s, x in zip(row.settings_mm, row.lengths_mm, strict=True))

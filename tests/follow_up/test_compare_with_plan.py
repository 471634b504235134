"""What a follow-up says, in literal facts: frame F lengthened evenly, so that a day's row is one number."""

import datetime
from typing import Any

import pytest

import hexapod
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import FollowUp, follow_up
from hexapod.follow_up.reading_explanation import Explanation
from hexapod.hardware.catalogue import Catalogue
from hexapod.hardware.models import Strut
from tests.laws.builder import case_of

# Joints 122.3857 mm apart give 150 (hand number 14); k mm more give sqrt((122.3857 + k)^2 + 7521.741), on whole marks:
LENGTHENED = [150, 151, 152, 152, 153, 154, 155, 156, 157, 157, 158, 159, 160]
HOLD, REST = {"name": "latency", "hold_days": 3}, {"name": "rest", "hold_days": 2}
DISTRACT = {"name": "distract", "correct_to": {}}


def lengthening(**keys: Any) -> hexapod.case.model.Case:
    """12 mm short: rows 0 to 3 read 150, rows 4 to 15 as `LENGTHENED`, rows 16 and 17 read 160."""
    given = {"deformity": {"short_mm": 12}, "stages": [HOLD, DISTRACT, REST]} | keys
    return hexapod.read_case(case_of("right", "proximal", **given))


def on(day: int) -> datetime.date:
    return datetime.date(2026, 3, 2) + datetime.timedelta(days=day)


def said(day: int, *readings: float, **keys: Any) -> FollowUp:
    return follow_up(hexapod.make_plan(lengthening(**keys)), on(day), readings if len(readings) == 6 else readings * 6)


def why(day: int, *readings: float, **keys: Any) -> Explanation:
    return said(day, *readings, **keys).explanation


def test_the_rows_are_the_ones_of_the_hand_calculation() -> None:
    rows = hexapod.make_plan(lengthening()).levels[0].rows
    assert [row.settings_mm for row in rows] == [(n,) * 6 for n in [150] * 3 + LENGTHENED + [160] * 2]


def test_on_schedule() -> None:
    found = said(8, 154)
    assert found.intended.day == 8
    assert found.explanation == Explanation(
        "on-schedule", "On schedule: these are the readings of day 8 (2026-03-10).", 8
    )
    # 154 mean joints sqrt(154^2 - 7521.741) = 127.2567 mm apart, where 127.3857 (154.1067 before rounding) were meant.
    assert found.remaining == pytest.approx({"short_mm": 12 - (127.2567 - 122.3857)}, abs=1e-3)
    assert found.off_mm == pytest.approx(127.3857 - 127.2567, abs=1e-3)
    assert found.off_deg == pytest.approx(0, abs=1e-9)
    assert found.findings == ()


def test_half_a_mark_off_is_on_schedule_and_more_is_not() -> None:
    assert why(8, 154.5, 153.5, 154, 154, 154, 154).kind == "on-schedule"
    assert why(8, 154.51, 153.5, 154, 154, 154, 154).kind == "unexplained"


def test_days_behind_and_ahead() -> None:
    behind = why(12, 153)
    assert (behind.kind, behind.day) == ("behind", 7)
    assert behind.sentence == "5 days behind: these are the readings of day 7 (2026-03-09), not of day 12 (2026-03-14)."
    ahead = why(7, 158)
    assert (ahead.kind, ahead.day) == ("ahead", 13)
    assert ahead.sentence.startswith("6 days ahead: these are the readings of day 13 (2026-03-15)")


def test_of_days_that_read_the_same_the_nearest_is_named() -> None:
    assert (why(6, 150).kind, why(6, 150).day) == ("behind", 3)
    assert (why(2, 152).kind, why(2, 152).day) == ("ahead", 5)
    assert (why(11, 160).kind, why(11, 160).day) == ("ahead", 15)
    assert (why(17, 160).kind, why(17, 160).day) == ("on-schedule", 17)


def test_one_day_behind_is_right_in_the_morning() -> None:
    told = why(8, 153).sentence
    assert told.startswith("1 day behind: these are the readings of day 7")
    assert told.endswith("Before the adjustments of day 8 are begun, that is right.")


# 0.25 mm marks and four adjustments a day: day 5 goes from 150.817 to 151.635 mm, by 151.021, 151.225, 151.430.
FINE = {"graduation": 0.25, "adjustments_per_day": 4}


def test_adjustments_done_in_part() -> None:
    assert why(5, 151.75, **FINE).kind == "on-schedule"
    part = why(5, 151.25, **FINE)
    assert (part.kind, part.day, part.adjustments_done) == ("on-schedule", 5, 2)
    assert part.sentence == "On schedule: today's adjustments are done up to number 2."
    stopped = why(9, 151.25, **FINE)
    assert (stopped.kind, stopped.day, stopped.adjustments_done) == ("behind", 5, 2)
    assert stopped.sentence == "4 days behind: the adjustments of day 5 (2026-03-07) are done up to number 2."


def test_of_adjustments_that_turn_nothing_the_last_is_named() -> None:
    # Six on quarter marks: day 5 reads 151, 151, 151.25, 151.25, 151.5 and 151.75.
    for reading, number in ((151, 2), (151.25, 4), (151.5, 5)):
        assert why(5, reading, graduation=0.25, adjustments_per_day=6).adjustments_done == number


def test_the_row_of_yesterday_is_not_called_an_adjustment_that_turns_nothing() -> None:
    # On whole marks the first three of four adjustments of day 5 leave 151 as it is.
    assert (why(5, 151, adjustments_per_day=4).kind, why(5, 151, adjustments_per_day=4).day) == ("behind", 4)


@pytest.mark.hazard("H-04")
@pytest.mark.parametrize("reading", [147, 167])
def test_misread_by_10(reading: float) -> None:
    misread = why(11, 157, 157, reading, 157, 157, 157)
    assert (misread.kind, misread.day, misread.struts) == ("misread", 11, (3,))
    assert f"Probably strut 3 was misread by 10: {reading} mm, where today's row has 157 mm" in misread.sentence
    assert misread.sentence.endswith("Read all six scales again.")
    assert why(11, 157, 157, 157 + 9, 157, 157, 157).kind == "unexplained"


@pytest.mark.hazard("H-04")
def test_misread_by_10_on_the_row_of_another_day() -> None:
    misread = why(13, 157, 157, 167, 157, 157, 157)
    assert (misread.kind, misread.day, misread.struts) == ("misread", 12, (3,))
    assert "where the row of day 12 (2026-03-14) has 157 mm" in misread.sentence


def test_turned_the_wrong_way_since_the_stage_began() -> None:
    # From 150 at the end of the latency to 155 was meant; 5 the other way is 145.
    wrong = why(9, 155, 155, 155, 145, 155, 155)
    assert (wrong.kind, wrong.day, wrong.struts) == ("misread", 9, (4,))  # 10 mm off: misreading is the likelier
    (other,) = [one for one in wrong.alternatives if one.kind == "wrong-way"]
    assert (other.day, other.struts) == (9, (4,))
    assert other.sentence.startswith(
        "Strut 4 was turned the wrong way since stage 'distract' began, after day 3: from 150 mm"
    )
    wrong = why(8, 154, 154, 154, 146, 154, 154)
    assert (wrong.kind, wrong.day, wrong.struts) == ("wrong-way", 8, (4,))
    assert (
        "since stage 'distract' began, after day 3: from 150 mm to 146 mm, where today's row has 154 mm"
        in wrong.sentence
    )


def test_turned_the_wrong_way_before_a_hold() -> None:
    # Rows 4 to 7 read 151, 152, 152, 153; then the frame rests.
    for day in (7, 9):
        wrong = why(day, 153, 153, 153, 153, 153, 147, deformity={"short_mm": 4})
        assert (wrong.kind, wrong.day, wrong.struts) == ("wrong-way", day, (6,))
        assert "since stage 'distract' began, after day 3" in wrong.sentence


BACK = [DISTRACT | {"correct_to": {"short_mm": 4}}, {"name": "back", "transport": {"proximal_mm": 4}}]


def test_turned_the_wrong_way_on_the_day_and_since_day_0() -> None:
    # Rows 8 to 12 of distract-and-back read 157, 156, 155, 154, 153.
    since_stage = why(11, 154, 160, 154, 154, 154, 154, stages=BACK)
    assert (since_stage.kind, since_stage.struts) == ("wrong-way", (2,))
    assert "since stage 'back' began, after day 8: from 157 mm to 160 mm" in since_stage.sentence
    today = why(11, 154, 156, 154, 154, 154, 154, stages=BACK)
    assert (today.kind, today.struts) == ("wrong-way", (2,))
    assert "on day 11: from 155 mm to 156 mm" in today.sentence
    always = why(11, 154, 146, 154, 154, 154, 154, stages=BACK)
    assert (always.kind, always.struts) == ("wrong-way", (2,))
    assert "since day 0: from 150 mm to 146 mm" in always.sentence


VARUS = {"deformity": {"short_mm": 6, "varus_deg": 8}}


@pytest.mark.hazard("H-04")
def test_two_struts_exchanged() -> None:
    row = hexapod.make_plan(lengthening(**VARUS)).levels[0].rows[8].settings_mm
    assert row[1] != row[2]
    swapped = (row[0], row[2], row[1], *row[3:])
    exchanged = why(8, *swapped, **VARUS)
    assert (exchanged.kind, exchanged.day, exchanged.struts) == ("exchanged", 8, (2, 3))
    assert "struts 2 and 3 were exchanged; the other way round, all six are those of today's row" in exchanged.sentence
    later = why(10, *swapped, **VARUS)
    assert (later.kind, later.day, later.struts) == ("exchanged", 8, (2, 3))


def test_nothing_explains_a_frame_that_slipped() -> None:
    found = said(8, 154, 151, 154, 157, 154, 154)
    assert (found.explanation.kind, found.explanation.day) == ("unexplained", None)
    assert found.explanation.struts == (2, 4)
    assert "strut 2 by -3 mm, strut 4 by +3 mm" in found.explanation.sentence
    assert found.off_mm is not None
    assert found.off_mm > 0.5


@pytest.mark.hazard("H-18")
def test_readings_that_fit_no_pose_say_so() -> None:
    found = said(8, 60, 400, 60, 400, 60, 400)
    assert (found.T_ref_mov, found.remaining, found.off_mm, found.off_deg) == (None, None, None, None)
    assert found.explanation.kind == "unexplained"
    assert [finding.code for finding in found.findings] == ["readings.no_pose"]


def test_after_the_last_day_the_last_row_is_true() -> None:
    found = said(40, 160)
    assert (found.intended.day, found.days_after_the_end) == (17, 23)
    assert found.explanation.kind == "on-schedule"
    assert said(17, 160).days_after_the_end == 0


def test_questions_without_an_answer() -> None:
    with pytest.raises(HexapodError, match="2026-03-01 is before day 0 of the plan, 2026-03-02"):
        said(-1, 150)
    with pytest.raises(HexapodError, match="there is no level 1"):
        follow_up(hexapod.make_plan(lengthening()), on(3), (150,) * 6, level=1)
    with pytest.raises(HexapodError, match="six readings"):
        follow_up(hexapod.make_plan(lengthening()), on(3), (150,) * 5)
    with pytest.raises(HexapodError, match=r"refused.*run `check`"):
        said(3, 150, stages=[DISTRACT | {"days": 2}])


# A pair of models whose scales start at different lengths: the long one shows 50 less than its length.
PAIR = Catalogue(
    rings=hexapod.load_catalogue().rings,
    struts={
        "pair-short": Strut("pair-short", "pair", 120, 155, 1, series="pair"),
        "pair-long": Strut("pair-long", "pair", 98, 150, 1, scale_offset_mm=50, series="pair"),
    },
)


def exchanged_case() -> hexapod.case.model.Case:
    """The lengthening on short struts, which end at 155 mm and are exchanged for long ones on the way to 160."""
    case = case_of("right", "proximal", deformity={"short_mm": 12}, stages=[HOLD, DISTRACT, REST])
    case["levels"][0]["frame"]["struts"] = ["pair-short"] * 6
    return hexapod.read_case(case)


def test_after_an_exchange_lengths_are_compared_and_not_the_numbers_of_scales() -> None:
    rows = hexapod.make_plan(exchanged_case(), PAIR).levels[0].rows
    assert rows[4].models == ("pair-short",) * 6
    assert rows[12].models == ("pair-long",) * 6
    assert rows[12].settings_mm == (107,) * 6  # 157 mm
    found = follow_up(hexapod.make_plan(exchanged_case(), PAIR), on(12), (107,) * 6, catalogue=PAIR)
    assert found.explanation.kind == "on-schedule"
    assert [strut.name for strut in found.struts] == ["pair-long"] * 6
    assert found.off_mm is not None
    assert found.off_mm < 0.6
    late = follow_up(
        hexapod.make_plan(exchanged_case(), PAIR), on(12), (101,) * 6, catalogue=PAIR
    ).explanation  # 151 mm, read on the new scale
    assert (late.kind, late.day) == ("behind", 4)
    wrong = follow_up(hexapod.make_plan(exchanged_case(), PAIR), on(12), (107, 93, 107, 107, 107, 107), catalogue=PAIR)
    assert (wrong.explanation.kind, wrong.explanation.struts) == ("wrong-way", (2,))  # from 150 to 143 mm
    assert [finding.code for finding in wrong.findings] == ["strut.travel"]  # and that is off the new scale

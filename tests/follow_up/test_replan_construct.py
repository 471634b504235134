"""The re-plan of a construct: its ends stay where the plan has them, or return there after a slip.

The upper level is the lengthening of test_follow_up.py.  The lower one has the same frame and a gap of 20 mm, which
closes by as much: with joints 122.3857 - k mm apart it reads sqrt((122.3857 - k)^2 + 7521.741), on whole marks.
"""

from typing import Any

import pytest

import hexapod
from hexapod.case.model import Case
from hexapod.errors import CaseError, HexapodError
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.replan import replan
from hexapod.follow_up.return_to_plan import RETURN
from tests.follow_up.test_compare_with_plan import DISTRACT, HOLD, REST, on
from tests.follow_up.test_replan import SLIPPED, renewed, two_levels
from tests.laws.builder import construct_of

Document = dict[str, Any]
UPPER, LOWER = {"deformity": {"short_mm": 12}}, {"deformity": {"long_mm": 20}}


def construct(**keys: Any) -> Case:
    return hexapod.read_case(construct_of(UPPER, LOWER, stages=[HOLD, DISTRACT, REST], **keys))


def told(case: Case) -> list[Document | None]:
    """`course_from` of the levels."""
    return [level.get("course_from") for level in case.document["levels"]]


def gaps(case: Case) -> list[float]:
    """How far the fragments of the lower level are to be apart, by day."""
    plan = hexapod.make_plan(case)
    assert plan.verdict != "refused", plan.findings
    return [row.remaining.get("long_mm", 0.0) for row in plan.levels[1].rows]


@pytest.mark.hazard("H-17")
def test_all_levels_are_told_where_the_plan_has_them() -> None:
    new = renewed(construct(), 8)
    assert [level["deformity"] for level in new.document["levels"]] == [
        {"short_mm": 7.129032},  # 154 instead of 154.107 mm
        {"long_mm": pytest.approx(15 + 117.4490 - 117.3857, abs=1e-3)},  # 146 instead of 145.949 mm
    ]
    assert told(new) == [{"short_mm": 7}, {"long_mm": 15}]
    assert gaps(new)[1:] == pytest.approx([14, 13, 12, 11, 10, 9, 8, 8, 8], abs=1e-9)


@pytest.mark.parametrize("level", [0, 1])
def test_missed_days_count_from_the_day_of_the_readings(level: int) -> None:
    late = (154,) if level == 0 else (146,)
    new = renewed(construct(), 12, *late, level=level)
    # The lower scales show 146 on days 8 and, of readings that fit, that is the day nearest to the twelfth.
    assert told(new) == [{"short_mm": 7}, {"long_mm": 15}]


@pytest.mark.hazard("H-17")
def test_a_re_plan_of_a_re_plan_goes_on_from_the_first_plan() -> None:
    first = renewed(construct(), 8)
    assert told(renewed(first, 0)) == told(first)
    second = renewed(first, 3)
    assert told(second) == [{"short_mm": 4}, {"long_mm": 12}]
    assert gaps(second)[1:] == pytest.approx([11, 10, 9, 8, 8, 8], abs=1e-9)


def test_some_of_the_adjustments_of_a_day() -> None:
    """On quarter marks, in quarters of a day: after two of day 5 the joints are 123.8857 mm apart, 151.227 mm, 151.25."""
    new = renewed(construct(graduation=0.25, adjustments_per_day=4), 5, 151.25)
    assert told(new) == [{"short_mm": 10.5}, {"long_mm": 18.5}]
    # Half a day is done of the eleven and a half that were left: each of the eleven is a little shorter than a mm.
    assert gaps(new)[1:4] == pytest.approx([18.5 - 10.5 / 11, 18.5 - 21 / 11, 18.5 - 31.5 / 11], abs=1e-9)


def test_pause_and_turning_back_keep_the_ends_as_well() -> None:
    new = renewed(construct(), 8, pause_days=1, turn_back_days=2)
    assert told(new) == [{"short_mm": 7}, {"long_mm": 15}]
    assert gaps(new)[1:6] == pytest.approx([15, 16, 17, 16, 15], abs=1e-9)


@pytest.mark.hazard("H-06")
@pytest.mark.parametrize(
    ("readings", "wishes", "days"),
    [(SLIPPED, {}, 4), ((), {"deformity": {"short_mm": 4.5}}, 3)],
    ids=["slipped", "measured anew"],
)
def test_a_level_that_has_moved_returns_and_the_others_wait(
    readings: tuple[float, ...], wishes: Document, days: int
) -> None:
    """The plan has the upper level 7 mm short; from 4.5 mm, measured anew, that takes 3 days at 1 mm a day."""
    for old, day in ((construct(), 8), (renewed(construct(), 4), 4)):
        new = renewed(old, day, *readings, **wishes)
        assert told(new) == [None, {"long_mm": 15}]
        upper, lower = new.document["levels"]
        assert upper["stages"][0] == {"name": RETURN, "correct_to": {"short_mm": 7}, "meant": True, "days": days}
        assert upper["stages"][1:] == [{"name": "distract", "correct_to": {}, "days": 7}, REST]
        assert lower["return_stages"] == [{"name": RETURN, "hold_days": days}]
        assert gaps(new)[1:] == pytest.approx([15] * days + [14, 13, 12, 11, 10, 9, 8, 8, 8], abs=1e-9)


@pytest.mark.hazard("H-06")
def test_a_level_that_follows_returns_by_itself_first() -> None:
    """Day 8 reads 146 below; with 156 the joints are sqrt(156^2 - 7521.741) = 129.6702 mm apart, the gap is 27.285."""
    new = renewed(construct(), 8, 156, level=1)
    assert told(new) == [{"short_mm": 7}, None]
    upper, lower = new.document["levels"]
    assert lower["return_stages"] == [{"name": RETURN, "correct_to": {"long_mm": 15}, "meant": True, "days": 13}]
    assert upper["stages"] == [
        {"name": RETURN, "hold_days": 13},
        {"name": "distract", "correct_to": {}, "days": 7},
        REST,
    ]
    slipped = 20 + 129.6702 - 122.3857
    returning = [slipped + (15 - slipped) * day / 13 for day in range(14)]
    assert gaps(new) == pytest.approx([*returning, 14, 13, 12, 11, 10, 9, 8, 8, 8], abs=1e-3)
    assert [row.stage for row in hexapod.make_plan(new).levels[1].rows[1:15]] == [RETURN] * 13 + ["distract"]


@pytest.mark.hazard("H-06")
def test_wishes_come_before_and_after_the_return() -> None:
    new = renewed(construct(), 8, 156, level=1, pause_days=2, turn_back_days=3, mm_per_day=0.6)
    upper, lower = new.document["levels"]
    assert lower["return_stages"] == [
        {"name": "pause", "hold_days": 2},
        {"name": RETURN, "correct_to": {"long_mm": 15}, "meant": True, "days": 21, "limits": {"mm_per_day": 0.6}},
    ]
    assert [stage["name"] for stage in upper["stages"]] == ["pause", RETURN, "turn back", "distract", "rest"]
    assert upper["stages"][2] == {"name": "turn back", "correct_to": {"short_mm": 10}, "meant": True, "days": 3}
    assert gaps(new)[23:27] == pytest.approx([15, 16, 17, 18], abs=1e-9)


@pytest.mark.hazard("H-06")
def test_levels_that_have_reached_other_days_meet_on_the_later_one() -> None:
    """The upper level is read as of day 8, the lower as of day 6: its gap of 17 mm closes to 15 mm while the upper waits."""
    old = construct()
    plan = hexapod.make_plan(old)
    read = [follow_up(plan, on(8), plan.levels[level].rows[day].settings_mm, level) for level, day in ((0, 8), (1, 6))]
    new = replan(read[0], also=read[1:])
    assert told(new) == [{"short_mm": 7}, {"long_mm": 17}]
    assert new.document["levels"][0]["stages"][0] == {"name": RETURN, "hold_days": 2}
    assert gaps(new)[1:] == pytest.approx([16, 15, 14, 13, 12, 11, 10, 9, 8, 8, 8], abs=1e-9)


@pytest.mark.hazard("H-06")
@pytest.mark.parametrize("day", [0, 1, 2, 3, 6, 10, 14, 15, 16, 19])
def test_a_re_plan_on_the_way_back_is_the_rest_of_it(day: int) -> None:
    """Two days of pause, thirteen of return, then the rest: on each of them the re-plan of the re-plan changes nothing."""
    first = renewed(construct(), 8, 156, level=1, pause_days=2)
    again = renewed(first, day, level=1)
    before, after = (hexapod.make_plan(case) for case in (first, again))
    for one, other in zip(before.levels, after.levels, strict=True):
        assert [row.settings_mm for row in other.rows] == [row.settings_mm for row in one.rows[day:]]
    slipped_again = renewed(first, day, 146, 146, 149, 146, 146, 146, level=1)
    assert gaps(slipped_again)[-1] == pytest.approx(8, abs=1e-9)


def test_a_construct_is_not_turned_back_to_before_its_return() -> None:
    first = renewed(construct(), 8, 156, level=1)
    with pytest.raises(HexapodError, match="Before day 13 the hexapods had not returned to the plan"):
        renewed(first, 15, level=1, turn_back_days=3)
    assert renewed(first, 15, level=1, turn_back_days=2)


def test_return_stages_last_no_longer_than_the_others() -> None:
    document = renewed(construct(), 8, 156, level=1).document
    document["levels"][1]["return_stages"][0]["days"] = 30
    with pytest.raises(CaseError) as caught:
        hexapod.make_plan(hexapod.read_case(document))
    (problem,) = caught.value.problems
    assert problem.path == "levels[1].return_stages"
    assert "end on day 30" in problem.message


def test_on_coarse_marks_it_is_the_rest_of_the_plan_as_well() -> None:
    """On marks of 2.5 mm day 4 reads 150 for 150.82, and the bone lacks 1 mm: the old table would have gone on so, too."""
    old = construct(graduation=2.5)
    new = renewed(old, 4)
    assert told(new) == [{"short_mm": 11}, {"long_mm": 19}]
    before, after = (hexapod.make_plan(case) for case in (old, new))
    for one, other in zip(before.levels, after.levels, strict=True):
        assert [row.settings_mm for row in other.rows] == [row.settings_mm for row in one.rows[4:]]


def test_levels_that_no_level_follows_go_on_each_for_itself() -> None:
    new = renewed(two_levels(), 4)
    assert told(new) == [{"short_mm": 11}, {"short_mm": 1}]
    slipped = renewed(two_levels(), 4, *SLIPPED)
    assert told(slipped) == [None, {"short_mm": 1}]

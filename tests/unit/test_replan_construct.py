"""The re-plan of a construct: where its levels should be, so that the ends stay where the plan has them.

The upper level is the lengthening of test_follow_up.py.  The lower one has the same frame and a gap of 20 mm, which
closes by as much: with joints 122.3857 - k mm apart it reads sqrt((122.3857 - k)^2 + 7521.741), on whole marks.
"""

from typing import Any

import pytest

import hexapod
from hexapod.case.model import Case
from tests.laws.builder import construct_of
from tests.unit.test_follow_up import DISTRACT, HOLD, REST
from tests.unit.test_replan import SLIPPED, renewed, two_levels

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
    ("readings", "wishes"), [(SLIPPED, {}), ((), {"deformity": {"short_mm": 7.0}})], ids=["slipped", "measured anew"]
)
def test_ends_that_have_moved_stay_where_they_are(readings: tuple[float, ...], wishes: Document) -> None:
    assert told(renewed(construct(), 8, *readings, **wishes)) == [None, None]
    goes_on = renewed(construct(), 4)  # what it was told does not outlive the slip
    assert None not in told(goes_on)
    assert told(renewed(goes_on, 4, *readings, **wishes)) == [None, None]


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

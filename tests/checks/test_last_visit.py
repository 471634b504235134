"""`visit.not_continued`: a plan's settings beside the readings of the last visit, by hand."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace

import pytest

from hexapod.checks.readings import NOT_CONTINUED, MeasuredSettings, PlannedSettings, check_continued
from hexapod.hardware.models import Strut

pytestmark = pytest.mark.hazard("H-28")
DAY_0 = datetime.date(2026, 11, 2)
MEDIUM = Strut("medium", "m", 100, 200, 1.0)
LONG = Strut("long", "m", 100, 200, 1.0, 1, 40.0)  # 110 on its scale is 150 mm long
COUNTS_DOWN = Strut("down", "m", 0, 100, 0.5, -1, 200.0)  # 50 on its scale is 150 mm long
SIX = (150.0, 151.0, 152.0, 153.0, 154.0, 155.0)


def plan(days: int = 30, strut: Strut = MEDIUM, first: datetime.date = DAY_0, mm: float = 1.0) -> list[PlannedSettings]:
    """Every strut `mm` longer a day, from 120 to 125 mm on day 0."""
    return [
        PlannedSettings(
            first + datetime.timedelta(days=day), day, tuple(120.0 + k + mm * day for k in range(6)), (strut,) * 6
        )
        for day in range(days + 1)
    ]


def read(day: int, settings_mm: tuple[float, ...] = SIX, strut: Strut = MEDIUM) -> MeasuredSettings:
    return MeasuredSettings(2, 0, DAY_0 + datetime.timedelta(days=day), settings_mm, (strut,) * 6)


def off(settings_mm: tuple[float, ...], **mm: float) -> tuple[float, ...]:
    return tuple(value + mm.get(f"s{k}", 0.0) for k, value in enumerate(settings_mm, start=1))


def test_the_row_of_the_date_is_compared_and_one_graduation_is_allowed() -> None:
    assert check_continued(plan(40), read(30)) == ()
    assert check_continued(plan(40), read(30, off(SIX, s3=1.0, s5=-1.0))) == ()
    (found,) = check_continued(plan(40), read(30, off(SIX, s3=1.001)))
    assert (found.code, found.verdict, found.level, found.day, found.strut) == (NOT_CONTINUED, "refused", 0, 30, 3)
    assert (found.value, found.limit, found.unit) == (pytest.approx(1.001), 1.0, "mm")
    assert "Continue from this visit" in found.message
    assert "shorter than it was measured" in found.message  # the plan has 152, the frame 153.001
    assert "longer than it was measured" in check_continued(plan(40), read(30, off(SIX, s3=-2.0)))[0].message


def test_a_plan_that_starts_anew_is_refused_on_every_strut() -> None:
    """Day 0 four weeks ago, on schedule by the old plan of 1 mm a day; the new one turns half as fast."""
    found = check_continued(plan(60, mm=0.5), read(28, plan(60)[28].settings_mm))
    assert [one.strut for one in found] == [1, 2, 3, 4, 5, 6]
    assert {one.value for one in found} == {14.0}


def test_other_models_are_compared_by_their_lengths() -> None:
    assert check_continued(plan(40), read(30, tuple(value - 40.0 for value in SIX), LONG)) == ()
    found = check_continued(plan(40), read(30, SIX, LONG))
    assert [one.value for one in found] == [40.0] * 6
    assert "on medium, not long" in found[0].message
    assert check_continued(plan(40), read(30, tuple(200.0 - value for value in SIX), COUNTS_DOWN)) == ()
    # The coarser of the two scales counts: 1 mm of the plan's, not 0.5 of the one read.
    assert check_continued(plan(40), read(30, off((50.0, 49.0, 48.0, 47.0, 46.0, 45.0), s1=1.0), COUNTS_DOWN)) == ()


def test_a_plan_that_ends_before_the_visit_is_compared_by_its_last_row() -> None:
    last = plan(30)[-1].settings_mm
    assert check_continued(plan(30), read(45, last)) == ()
    (found,) = check_continued(plan(30), read(45, off(last, s1=3.0)))
    assert (found.day, found.strut) == (30, 1)
    assert "its last day (day 30, 2026-12-02)" in found.message


def test_a_plan_that_begins_after_the_visit_starts_where_the_frame_stands() -> None:
    stands = plan(60)[28].settings_mm
    later = [
        replace(one, settings_mm=tuple(v + 28.0 for v in one.settings_mm))
        for one in plan(first=DAY_0 + datetime.timedelta(35))
    ]
    assert check_continued(later, read(28, stands)) == ()
    assert len(check_continued(plan(first=DAY_0 + datetime.timedelta(35)), read(28, stands))) == 6


def test_between_the_visit_and_a_later_day_0_the_frame_moves_only_as_a_signed_plan_says() -> None:
    first, stands = DAY_0 + datetime.timedelta(days=35), plan(60)[28].settings_mm
    as_planned = [PlannedSettings(first, 0, plan(60)[35].settings_mm, (MEDIUM,) * 6)]
    assert check_continued(as_planned, read(28, stands), plan(60)) == ()
    assert len(check_continued(as_planned, read(28, stands))) == 6  # nobody has signed it
    late = [PlannedSettings(first, 0, plan(60)[32].settings_mm, (MEDIUM,) * 6)]  # days that were missed
    assert check_continued(late, read(28, stands), plan(60)) == ()
    ahead = [PlannedSettings(first, 0, plan(60)[40].settings_mm, (MEDIUM,) * 6)]
    assert len(check_continued(ahead, read(28, stands), plan(60))) == 6
    before = [PlannedSettings(first, 0, plan(60)[20].settings_mm, (MEDIUM,) * 6)]
    assert len(check_continued(before, read(28, stands), plan(60))) == 6
    # On the very date of the visit what was read counts, whatever was planned.
    today = [PlannedSettings(DAY_0 + datetime.timedelta(days=28), 0, stands, (MEDIUM,) * 6)]
    assert len(check_continued(today, read(28, off(stands, s1=5.0)), plan(60))) == 1


def test_what_is_no_number_is_refused() -> None:
    assert len(check_continued(plan(40), read(30, off(SIX, s2=math.nan)))) == 1

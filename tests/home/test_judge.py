"""What is sent from home judged in literal facts: day 8 of the sample turns every strut by 1 mm at 16:00 only."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hexapod.errors import HexapodError
from hexapod.home.judge import judge
from hexapod.home.messages import read_post
from hexapod.library import HomeReport
from tests.home.treatment import TIBIA, plan_of

pytestmark = pytest.mark.hazard("H-35")
BEFORE = [155.0, 159.0, 121.0, 137.0, 151.0, 164.0]
AFTER = [156.0, 160.0, 122.0, 138.0, 152.0, 165.0]
NUMBER = "0f0e0d0c-0000-4000-8000-000000000000"


def sent(**said: Any) -> HomeReport:
    return judge(plan_of(TIBIA), read_post(json.dumps({"id": NUMBER, "at": "2026-03-10T16:05"} | said).encode()))


def readings(six: list[float], clock: str) -> tuple[str, str]:
    found = sent(kind="readings", level=0, settings_mm=six, at=f"2026-03-10T{clock}")
    return found.told, found.kind


def dose(*said: dict[str, Any], number: int = 3, clock: str = "16:05") -> HomeReport:
    struts = [{"strut": k, "said": "done"} for k in range(1, 7)]
    for one in said:
        struts[one["strut"] - 1] = one
    return sent(kind="dose", level=0, number=number, struts=struts, at=f"2026-03-10T{clock}")


@pytest.mark.parametrize(
    ("six", "clock", "told"),
    [
        (BEFORE, "00:01", ("right", "on-schedule")),
        (BEFORE, "16:05", ("right", "on-schedule")),
        (BEFORE, "19:59", ("right", "on-schedule")),
        (BEFORE, "20:00", ("stop", "behind")),
        (AFTER, "13:59", ("stop", "ahead")),
        (AFTER, "14:00", ("right", "on-schedule")),
        (AFTER, "23:59", ("right", "on-schedule")),
        ([155.5, *AFTER[1:]], "16:05", ("right", "on-schedule")),
    ],
)
def test_readings_are_right_at_their_time_of_the_day(six: list[float], clock: str, told: tuple[str, str]) -> None:
    assert readings(six, clock) == told


def test_a_strut_left_for_later_is_neither_right_nor_a_fault() -> None:
    assert dose({"strut": 2, "said": "later"}).told == "later"
    wrong = dose({"strut": 2, "said": "later"}, {"strut": 5, "said": "reads", "reads_mm": 150.0})
    assert (wrong.told, wrong.settings_mm) == ("stop", (156.0, 159.0, 122.0, 138.0, 150.0, 165.0))


def test_a_scale_that_reads_what_it_shall_within_half_a_mark_is_right() -> None:
    assert dose({"strut": 5, "said": "reads", "reads_mm": 152.5}).told == "right"
    assert dose({"strut": 5, "said": "reads", "reads_mm": 152.75}).told == "stop"


def test_an_adjustment_done_after_its_time_stops_nobody_but_one_before_it_does() -> None:
    assert dose(clock="20:30").told == "right"
    assert dose(clock="12:00").told == "stop"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ({"strut": 1, "said": "reads"}, 3),
        ({"strut": 1, "said": "done", "reads_mm": 156.0}, 3),
        ({"strut": 1, "said": "done"}, 1),
        ({"strut": 1, "said": "done"}, 5),
    ],
)
def test_an_adjustment_that_the_plan_does_not_have_is_refused(said: dict[str, Any], number: int) -> None:
    with pytest.raises(HexapodError):
        dose(said, number=number)

"""The whole example case, day by day, against strut lengths that two other programs agree on."""

import copy
import datetime

import pytest
from outside import outside
from scalar_chain import plan_level

from hexapod import Plan, make_plan, read_case

# The other programs agree to 1e-9 mm and their numbers are printed to 9 decimals.
PRINTED_MM = 2e-9


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(read_case(copy.deepcopy(outside("example_case"))))


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-02")
@pytest.mark.hazard("H-05")
def test_lengths_of_every_day(plan: Plan) -> None:
    lengths = [list(row.lengths_mm) for row in plan.levels[0].rows]
    printed = outside("example_plan")["lengths_mm"]
    assert len(lengths) == len(printed) == 42
    for day, (ours, theirs) in enumerate(zip(lengths, printed, strict=True)):
        assert ours == pytest.approx(theirs, abs=PRINTED_MM, rel=0.0), f"day {day}"


def test_stage_of_every_day(plan: Plan) -> None:
    assert [row.stage for row in plan.levels[0].rows] == outside("example_plan")["stages"]


@pytest.mark.hazard("H-17")
def test_settings_are_the_printed_lengths_on_whole_marks(plan: Plan) -> None:
    for row, printed in zip(plan.levels[0].rows, outside("example_plan")["lengths_mm"], strict=True):
        # None of the printed lengths is within 1e-6 mm of halfway, so plain rounding tells the mark.
        assert all(abs(length % 1.0 - 0.5) > 1e-6 for length in printed)
        assert list(row.settings_mm) == [float(round(length)) for length in printed]


@pytest.mark.hazard("H-16")
def test_dates_of_the_example(plan: Plan) -> None:
    rows = plan.levels[0].rows
    assert [rows[day].date for day in (0, 29, 30, 41)] == [
        datetime.date(2026, 3, 2),
        datetime.date(2026, 3, 31),
        datetime.date(2026, 4, 1),
        datetime.date(2026, 4, 12),
    ]


def test_example_plans_without_refusal(plan: Plan) -> None:
    assert plan.verdict == "ok"
    assert plan.findings == ()
    assert plan.case.id == "example-tibia-01"


def test_scalar_reckoning_agrees_with_the_same_numbers() -> None:
    rows = plan_level(outside("example_case"), 0)["rows"]
    for row, printed in zip(rows, outside("example_plan")["lengths_mm"], strict=True):
        assert row["lengths_mm"] == pytest.approx(printed, abs=PRINTED_MM, rel=0.0)

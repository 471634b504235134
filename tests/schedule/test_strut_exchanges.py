"""What a strut needs, the windows of its exchanges, and how they are told."""

import json
from pathlib import Path

import numpy as np
import pytest

import hexapod
from hexapod.hardware.models import Strut
from hexapod.schedule.exchange_visits import plan_visits
from hexapod.schedule.strut_exchanges import Exchange, StrutNeeds, list_exchanges
from tests.schedule.struts import MODELS, needs_of

ROOT = Path(__file__).resolve().parents[2]
EVERY_DAY = range(1, 100)


def exchanges_of(needs: StrutNeeds, strut: int = 1) -> list[Exchange]:
    (models,) = plan_visits([needs], EVERY_DAY, 0.0)
    assert models is not None
    return list_exchanges(needs, models, strut)


def test_the_window_and_the_planned_day() -> None:
    lengths = [float(length) for length in range(90, 111)]  # 90 on day 0, 1 mm a day, to 110 on day 20
    (exchange,) = exchanges_of(needs_of(lengths, MODELS[0]), 4)
    # b reads 95 on the evening of day 5 and can go in the next morning; a reads 100 until the evening of day 10.
    assert (exchange.strut, exchange.first_day, exchange.last_day) == (4, 6, 11)
    # The evening before reads 97 or 98: 3 and 2 mm remain on the two scales, the most that both can have.
    assert exchange.planned_day in (8, 9)
    assert exchange.reserve_mm == 2.0
    assert exchange.old_reads_mm == exchange.new_reads_mm == 90 + exchange.planned_day - 1
    assert (exchange.old.name, exchange.new.name) == ("a", "b")
    assert exchange.reason == "on day 11 it would have to read 101 mm; its scale (a) reads 75 to 100 mm"


def test_a_strut_that_reaches_everything_is_left_alone() -> None:
    assert plan_visits([needs_of([80.0, 99.0], MODELS[0])], EVERY_DAY, 3.0) == [[0, 0]]


def test_readings_known_at_the_end_fix_the_last_model() -> None:
    needs = needs_of([90.0, 97.0, 105.0], MODELS[1], at_end=True)
    assert plan_visits([needs], EVERY_DAY, 0.0) == [[0, 0, 1]]  # in at 97 mm, the evening of day 1
    (exchange,) = exchanges_of(needs)
    assert exchange.reason == "on day 2 it would have to read 105 mm; its scale (a) reads 75 to 100 mm"


def test_a_model_that_only_has_to_stand_at_the_end_says_so() -> None:
    needs = needs_of([97.0, 97.0, 97.0, 120.0, 97.0, 97.0], MODELS[0], at_end=True)
    assert [one.reason for one in exchanges_of(needs)] == ["the frame is to end with a"]


def test_the_new_scale_tells_the_same_length() -> None:
    up, down = Strut("up", "t", 80, 100, 1.0), Strut("down", "t", 0, 60, 1.0, scale_direction=-1, scale_offset_mm=150)
    needs = StrutNeeds(up, np.arange(90.0, 110.0), np.arange(90.0, 110.0)[:, None], {}, {}, [up, down])
    (exchange,) = exchanges_of(needs)
    assert up.length(exchange.old_reads_mm) == down.length(exchange.new_reads_mm)


def test_a_scale_that_counts_down_and_an_offset() -> None:
    down = Strut("d", "t", 0, 60, 0.5, scale_direction=-1, scale_offset_mm=180)
    assert down.length(20) == 160
    assert down.setting(160) == 20
    assert down.nearest_mark(down.setting(159.8)) == 20
    assert down.nearest_mark(down.setting(159.7)) == 20.5


@pytest.mark.hazard("H-17")
@pytest.mark.parametrize("at", ["start", "end"])
def test_an_exchange_in_a_hold_between_marks_moves_nothing(at: str) -> None:
    # Read between two marks on a long strut; the medium one that goes in on a holding day stands at the same length.
    case = json.loads((ROOT / "tests" / "data" / "plain_case.json").read_text("utf-8"))
    level = case["levels"][0]
    level.update(deformity={}, mounting={"proximal_mm": 60}, structures_at_risk=[])
    level["frame"].update(settings_mm=[175.4] * 6, settings_at=at, struts=["generic-long"] * 6)
    hold, move = {"name": "hold", "hold_days": 5}, {"name": "move", "transport": {"proximal_mm": 40}}
    back = {"name": "move", "transport": {"distal_mm": 40}}
    level["stages"] = [hold, move] if at == "start" else [back, hold]
    plan = hexapod.make_plan(hexapod.read_case(case)).levels[0]
    assert plan.exchanges
    held = plan.rows[:6] if at == "start" else plan.rows[-6:]
    assert {row.settings_mm for row in held} == {(175.4,) * 6}


def test_a_thousand_holds_in_a_row() -> None:
    case = json.loads((ROOT / "tests" / "data" / "plain_case.json").read_text("utf-8"))
    case["levels"][0]["stages"] = [{"name": "rest", "hold_days": 1}] * 1500
    rows = hexapod.make_plan(hexapod.read_case(case)).levels[0].rows
    assert len(rows) == 1501
    assert len({row.settings_mm for row in rows}) == 1

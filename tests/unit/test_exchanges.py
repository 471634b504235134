"""Strut exchanges against every possible sequence of models, on small random instances."""

import itertools
import json
import random
from pathlib import Path

import pytest

import hexapod
from hexapod.hardware.models import Strut
from hexapod.planning.exchanges import StrutNeeds, list_exchanges, models_by_day

ROOT = Path(__file__).resolve().parents[2]


def strut(name: str, least: float, most: float) -> Strut:
    return Strut(name, "t", least, most, 1.0, series="t")


MODELS = [strut("a", 75, 100), strut("b", 95, 130), strut("c", 120, 180)]


def needs_of(lengths: list[float], fitted: Strut) -> StrutNeeds:
    return StrutNeeds(fitted, lengths, [[length] for length in lengths], {}, {})


def fewest_by_trying_all(needs: StrutNeeds, fitted_at_end: bool) -> int | None:
    best: int | None = None
    days = len(needs.evenings_mm)
    for models in itertools.product(MODELS, repeat=days):
        if models[-1 if fitted_at_end else 0] is not needs.fitted:
            continue
        if not all(needs.reaches(model, day) for day, model in enumerate(models)):
            continue
        changes = [day for day in range(1, days) if models[day] is not models[day - 1]]
        if all(needs.joins(models[day], day) for day in changes):
            best = len(changes) if best is None else min(best, len(changes))
    return best


@pytest.mark.hazard("H-08")
def test_the_fewest_exchanges_as_by_trying_all() -> None:
    rng = random.Random(11)
    seen: dict[int | None, int] = {}
    for _ in range(150):
        length, lengths = rng.uniform(80, 170), []
        for _day in range(6):
            lengths.append(length)
            length += rng.uniform(-25, 25)
        needs, at_end = needs_of(lengths, rng.choice(MODELS)), rng.random() < 0.5
        models = models_by_day(needs, at_end, MODELS)
        best = fewest_by_trying_all(needs, at_end)
        count = None if models is None else len(list_exchanges(needs, models, 1))
        assert count == best
        seen[best] = seen.get(best, 0) + 1
    assert {None, 0, 1, 2} <= seen.keys()


def test_the_window_and_the_planned_day() -> None:
    lengths = [float(length) for length in range(90, 111)]  # 90 on day 0, 1 mm a day, to 110 on day 20
    needs = needs_of(lengths, MODELS[0])
    models = models_by_day(needs, False, MODELS)
    assert models is not None
    (exchange,) = list_exchanges(needs, models, 4)
    # b reads 95 on the evening of day 5 and can go in the next morning; a reads 100 until the evening of day 10.
    assert (exchange.strut, exchange.first_day, exchange.last_day) == (4, 6, 11)
    # The evening before reads 97 or 98: 3 and 2 mm are left on the two scales, the most that both can have.
    assert exchange.planned_day in (8, 9)
    assert (exchange.old.name, exchange.new.name) == ("a", "b")


def test_a_strut_that_reaches_everything_is_left_alone() -> None:
    models = models_by_day(needs_of([80.0, 99.0], MODELS[0]), False, MODELS)
    assert models == [MODELS[0], MODELS[0]]


def test_readings_known_at_the_end_fix_the_last_model() -> None:
    needs = needs_of([90.0, 97.0, 105.0], MODELS[1])
    models = models_by_day(needs, True, MODELS)
    assert models is not None
    assert [model.name for model in models] == ["a", "b", "b"] or [model.name for model in models] == ["a", "a", "b"]


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

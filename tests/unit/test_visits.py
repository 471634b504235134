"""Exchanges gathered into the fewest visits, against every choice of days on small random instances."""

import itertools
import random

import pytest

import hexapod
from hexapod.hardware.models import Strut
from hexapod.planning.exchanges import Exchange
from hexapod.planning.visits import gather_visits, models_after

A, B = Strut("a", "t", 75, 100, 1.0), Strut("b", "t", 95, 130, 1.0)


def test_the_fewest_mornings_as_by_trying_all() -> None:
    rng = random.Random(4)
    for _ in range(200):
        exchanges = []
        for strut in range(1, rng.randint(1, 4) + 1):
            first = rng.randint(1, 8)
            last = first + rng.randint(0, 4)
            exchanges.append(Exchange(strut, A, B, first, last, first))
        gathered = gather_visits(exchanges, lambda _, day: -abs(day - 5))
        assert all(e.first_day <= e.planned_day <= e.last_day for e in gathered)
        choices = itertools.product(*(range(e.first_day, e.last_day + 1) for e in exchanges))
        assert len({e.planned_day for e in gathered}) == min(len(set(days)) for days in choices)


def test_on_a_common_morning_the_most_scale_is_left() -> None:
    exchanges = [Exchange(1, A, B, 3, 9, 3), Exchange(2, A, B, 5, 12, 12)]
    left = {5: 1.0, 6: 2.5, 7: 2.0, 8: 1.0, 9: 0.0}
    assert [e.planned_day for e in gather_visits(exchanges, lambda _, day: left[day])] == [6, 6]


def test_the_models_follow_the_planned_morning() -> None:
    exchange = Exchange(1, A, B, 2, 4, 3)
    assert [strut.name for strut in models_after([exchange], [A, A, B, B, B, B], 1)] == ["a", "a", "a", "b", "b", "b"]


@pytest.mark.hazard("H-08")
def test_every_row_of_the_transport_sample_is_on_its_model_and_there_is_one_visit() -> None:
    plan = hexapod.make_plan(hexapod.load_case("sample_cases/tibia_transport.json")).levels[0]
    catalogue = hexapod.load_catalogue()
    assert len(plan.exchanges) == 6
    (visit,) = {exchange.planned_day for exchange in plan.exchanges}
    for row in plan.rows:
        for reading, name in zip(row.settings_mm, row.models, strict=True):
            assert catalogue.strut(name).reads(reading)
            assert name == ("generic-fine-short" if row.day < visit else "generic-fine-medium")

"""The adjustments one by one: the plan's own readings, and whether a strut gets longer, told by its length."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

import hexapod
from hexapod.plan.plan_file import adjustment_times, fitted_struts, spread, turns
from tests.documents.plain_case import FROM_TO_MM, PLANNED, counting_down, plain_document, sample


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize("name", PLANNED)
def test_every_reading_of_every_adjustment_is_the_plans(name: str) -> None:
    case, plan = sample(name)
    for level, planned in zip(case.levels, plan.levels, strict=True):
        made = turns(planned)
        doses = [(row.day, row.date, dose) for row in planned.rows for dose in row.doses_mm]
        assert [(turn.day, turn.date, turn.settings_mm) for turn in made] == doses
        assert len(made) == level.adjustments_per_day * planned.rows[-1].day
        for strut in range(1, 7):
            put_in = [(one.planned_day, one.new) for one in planned.exchanges if one.strut == strut]
            first, *later = fitted_struts(planned, strut)
            assert (first.first_day, first.model) == (0, planned.rows[0].struts[strut - 1])
            assert [(one.first_day, one.model) for one in later] == sorted(put_in, key=lambda one: one[0])


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize("name", ["tibia_transport", "tibia_trifocal", "forearm_fine_struts"])
def test_the_changes_add_up_to_the_way_of_every_strut(name: str) -> None:
    _, plan = sample(name)
    for planned in plan.levels:
        made = turns(planned)
        for k in range(6):
            # Generic struts read their length: the plan's own exact lengths, to half a mark at both ends of each model.
            way = planned.rows[-1].lengths_mm[k] - planned.rows[0].lengths_mm[k]
            models = 1 + sum(exchange.strut == k + 1 for exchange in planned.exchanges)
            assert sum(turn.longer_mm[k] for turn in made) == pytest.approx(way, abs=1.0 * models)


@pytest.mark.hazard("H-20")
def test_the_first_change_after_an_exchange_counts_from_the_new_scale() -> None:
    _, plan = sample("tibia_transport")
    (planned,) = plan.levels
    assert len(planned.exchanges) == 6
    made = {(turn.day, turn.number): turn for turn in turns(planned)}
    for exchange in planned.exchanges:
        k = exchange.strut - 1
        first = made[exchange.planned_day, 1]
        assert first.before_mm[k] == exchange.new_reads_mm
        assert first.exchanged[k]
        assert first.longer_mm[k] == pytest.approx(first.settings_mm[k] - exchange.new_reads_mm)
        assert not made[exchange.planned_day - 1, 1].exchanged[k]
        assert made[exchange.planned_day - 1, 4].struts[k].name == exchange.old.name


@pytest.mark.hazard("H-20")
def test_on_scales_that_count_down_a_strut_gets_longer_when_its_reading_falls(tmp_path: Path) -> None:
    case, plan = counting_down(tmp_path)
    up_case, up = sample("tibia_transport")
    made, plain = (turns(p.levels[0]) for c, p in ((case, plan), (up_case, up)))
    falls = 0
    for turn in made:
        for longer, before, after in zip(turn.longer_mm, turn.before_mm, turn.settings_mm, strict=True):
            # By hand: length is 300 less the reading.
            assert longer == pytest.approx((FROM_TO_MM - after) - (FROM_TO_MM - before))
            falls += longer > 0.0 and after < before
    assert falls > 100
    for k in range(6):  # the bone goes the same way on either scale
        assert sum(turn.longer_mm[k] for turn in made) == pytest.approx(sum(turn.longer_mm[k] for turn in plain), abs=1)
    assert sum(made[-1].longer_mm) == 0.0
    assert not made[-1].turns


@pytest.mark.hazard("H-20")
def test_a_new_strut_with_another_scale_gets_as_much_longer_as_one_with_the_same() -> None:
    _, plan = sample("tibia_transport")
    (planned,) = plan.levels
    shift, k = 40.0, planned.exchanges[0].strut
    # The same plan, but strut k is exchanged for one that reads 40 mm more at the same length.
    first = planned.exchanges[0]
    other = replace(first, new=replace(first.new, scale_offset_mm=-shift), new_reads_mm=first.new_reads_mm + shift)

    def shifted(readings: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(reads + shift * (number == k) for number, reads in enumerate(readings, 1))

    rows = tuple(
        row
        if row.day < first.planned_day
        else replace(row, settings_mm=shifted(row.settings_mm), doses_mm=tuple(map(shifted, row.doses_mm)))
        for row in planned.rows
    )
    changed = replace(planned, rows=rows, exchanges=(other, *planned.exchanges[1:]))
    same, made = turns(planned), turns(changed)
    assert [turn.longer_mm for turn in made] == [turn.longer_mm for turn in same]
    assert any(turn.settings_mm != was.settings_mm for turn, was in zip(made, same, strict=True))


def test_the_cases_own_times_are_used_as_they_stand() -> None:
    value = plain_document()
    value["levels"][0] |= {"adjustments_per_day": 3, "adjustment_times": ["00:00", "06:35", "23:59"]}
    times = adjustment_times(hexapod.read_case(value).levels[0])
    assert times == (datetime.time(0, 0), datetime.time(6, 35), datetime.time(23, 59))


def test_without_them_they_are_spread_over_the_waking_hours() -> None:
    value = plain_document()
    value["levels"][0]["adjustments_per_day"] = 2
    assert [f"{time:%H:%M}" for time in adjustment_times(hexapod.read_case(value).levels[0])] == ["08:00", "20:00"]
    for count in range(1, 13):
        times = spread(count)
        assert len(set(times)) == count
        assert list(times) == sorted(times)
        assert times[0] == datetime.time(8)
        assert count == 1 or times[-1] == datetime.time(20)
        assert all(time.minute % 5 == 0 for time in times)

"""Every scenario plans as recorded: verdict, findings, days, settings and doses exactly, lengths and poses to 1e-6."""

import pytest

from hexapod import Plan, make_plan, read_case
from tests.golden.recording import RECORDED, TOLERANCES, differences, read, recorded
from tests.golden.scenarios import Scenario, scenarios

SCENARIOS = scenarios()


def planned(scenario: Scenario) -> Plan:
    return make_plan(read_case(scenario.case))


@pytest.mark.parametrize("name", SCENARIOS)
def test_plan_is_as_recorded(name: str) -> None:
    old = read(name)
    assert old is not None, 'run: python tests/golden/record.py --reason "..."'
    largest, broken = differences(old, recorded(planned(SCENARIOS[name])))
    assert not broken, "\n".join(broken[:10])
    assert {quantity: value for quantity, value in largest.items() if not value <= TOLERANCES[quantity]} == {}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_still_shows_what_it_is_there_for(name: str) -> None:
    scenario = SCENARIOS[name]
    plan = planned(scenario)
    assert (plan.verdict, {finding.code for finding in plan.findings}) == (scenario.verdict, set(scenario.codes))
    assert any(level.exchanges for level in plan.levels) == name.startswith("exchange-")
    if plan.verdict == "refused":
        assert all(level.rows == () for level in plan.levels)


def test_recordings_and_scenarios_are_the_same_set() -> None:
    assert {path.stem for path in RECORDED.glob("*.json")} == set(SCENARIOS)
    assert len(SCENARIOS) >= 40


def test_a_recording_notices_what_matters() -> None:
    """A setting, a date, a code, a strut and a length off by 1e-5 mm each count; a length off by 1e-8 mm does not."""
    scenario = SCENARIOS["exchange-longer"]
    first = recorded(planned(scenario))

    def after(place: tuple[str | int, ...], change: object) -> tuple[dict[str, float], list[str]]:
        other = recorded(planned(scenario))
        here = other
        for step in place[:-1]:
            here = here[step]  # type: ignore[index]
        here[place[-1]] = change if isinstance(change, str) else here[place[-1]] + change  # type: ignore[index,operator]
        return differences(first, other)

    row = ("levels", 0, "rows", 4)
    assert after((*row, "settings_mm", 2), 1)[1]
    assert after((*row, "doses_mm", 0, 2), 1)[1]
    assert after((*row, "date"), "2026-03-07")[1]
    assert after(("verdict",), "caution")[1]
    assert after(("levels", 0, "swaps", 3, "strut"), 1)[1]
    assert after(("levels", 0, "swaps", 0, "planned_day"), 1)[1]
    largest, broken = after((*row, "lengths_mm", 2), 1e-5)
    assert (largest["lengths_mm"] > TOLERANCES["lengths_mm"], broken) == (True, [])
    largest, broken = after((*row, "lengths_mm", 2), 1e-8)
    assert (largest["lengths_mm"] < TOLERANCES["lengths_mm"], broken) == (True, [])

"""Re-plans of stages that keep what they find, and of levels of which something was never entered."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.case.model import Case
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.replan import Wishes, replan
from tests.follow_up.test_replan import renewed, stages
from tests.laws.builder import REFERENCES, SIDES, case_of

KEEP = {"keep": ["angulation", "rotation", "translation"]}
DISTRACT = {"name": "distract", "correct_to": {"long_mm": 3, **KEEP}, "meant": True}
STAGES = [{"name": "latency", "hold_days": 3}, DISTRACT, {"name": "correct", "correct_to": {}}]
BENT = {"varus_deg": 12, "short_mm": 9}


def bent(side: str = "right", reference: str = "proximal", **keys: Any) -> Case:
    return hexapod.read_case(case_of(side, reference, deformity=BENT, stages=STAGES, graduation=0.25, **keys))


def codes(case: Case) -> set[str]:
    return {finding.code for finding in hexapod.make_plan(case).findings}


@pytest.mark.hazard("H-25")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("day", [1, 3, 8])
def test_on_schedule_the_re_plan_is_the_rest_of_the_plan(side: str, reference: str, day: int) -> None:
    """What the stage keeps is told in the words in which the plan found it, so that what rounding left heals."""
    old = bent(side, reference)
    new = renewed(old, day)
    distract = next(stage for stage in stages(new) if stage["name"] == "distract")
    assert distract["correct_to"] == pytest.approx({"varus_deg": 12, "long_mm": 3}, abs=1e-9)
    assert distract["meant"] is True
    then, now = hexapod.make_plan(old).levels[0].rows, hexapod.make_plan(new).levels[0].rows
    assert [row.settings_mm for row in now[1:]] == [row.settings_mm for row in then[day + 1 :]]
    assert "stage.increases" not in codes(new)


@pytest.mark.hazard("H-25")
@pytest.mark.parametrize("day", [2, 8])
def test_a_deformity_measured_anew_is_kept_as_measured(day: int) -> None:
    """6 deg varus on the radiographs, not 12: the distraction bends nothing back to 12."""
    new = renewed(bent(), day, deformity={"varus_deg": 6, "short_mm": 5})
    distract = next(stage for stage in stages(new) if stage["name"] == "distract")
    assert distract["correct_to"] == DISTRACT["correct_to"]
    rows = hexapod.make_plan(new).levels[0].rows
    last = max(row.day for row in rows if row.stage == "distract")
    assert rows[last].remaining == pytest.approx({"varus_deg": 6, "long_mm": 3}, abs=1e-9)
    assert max(row.remaining.get("varus_deg", 0.0) for row in rows) == pytest.approx(6.0, abs=1e-9)
    assert "stage.increases" not in codes(new)


def test_the_radiographs_of_the_deformity_of_before_are_left_out() -> None:
    document = bent().document
    film = {"id": "a", "view": "ap", "side": "right", "seen_from": "front", "columns": 9, "rows": 9, "points": []}
    document["levels"][0]["measured_with"] = {"format": "hexapod-films/1", "films": [film]}
    new = renewed(hexapod.read_case(document), 3)
    assert new.levels[0].measured_with is None
    assert stages(new) == stages(renewed(bent(), 3))


@pytest.mark.hazard("H-25")
def test_only_the_level_measured_anew_keeps_as_measured() -> None:
    document = bent().document
    document["levels"] = [document["levels"][0] | {"name": "upper"}, document["levels"][0] | {"name": "lower"}]
    old = hexapod.read_case(document)
    plan, date = hexapod.make_plan(old), old.first_day + datetime.timedelta(days=8)
    found = [follow_up(plan, date, plan.levels[k].rows[8].settings_mm, k) for k in (0, 1)]
    wishes = Wishes(deformity={"varus_deg": 6, "short_mm": 5})
    new = replan(found[0], wishes, also=[found[1]])
    assert stages(new, 0)[0]["correct_to"] == DISTRACT["correct_to"]
    assert stages(new, 1)[0]["correct_to"] == pytest.approx({"varus_deg": 12, "long_mm": 3}, abs=1e-9)


@pytest.mark.hazard("H-25")
def test_a_later_stage_that_keeps_stays_as_it_was_written() -> None:
    later = {"name": "derotate", "correct_to": {"keep": ["translation", "length"]}}
    first = {"name": "distract", "correct_to": {"long_mm": 3, "varus_deg": 12}, "meant": True}
    old = hexapod.read_case(case_of("right", "proximal", deformity=BENT, stages=[first, later], graduation=0.25))
    assert stages(renewed(old, 4))[1] == later


@pytest.mark.hazard("H-25")
def test_what_was_asked_for_is_no_increase() -> None:
    """A lengthening in progress, and turning it back: transports and wishes are meant."""
    lengthen = [{"name": "lengthen", "transport": {"distal_mm": 12}}]
    old = hexapod.read_case(case_of("right", "proximal", stages=lengthen, graduation=0.25))
    new = renewed(old, 5)
    assert stages(new) == [{"name": "lengthen", "correct_to": {"long_mm": 12}, "meant": True, "days": 7}]
    back = renewed(bent(), 8, turn_back_days=3)
    assert stages(back)[0]["meant"] is True
    assert "stage.increases" not in codes(new) | codes(back)


@pytest.mark.hazard("H-24")
def test_a_mounting_never_entered_stays_never_entered_and_no_deformity_is_said() -> None:
    """A re-plan knows no more of the ring than the plan before; what is left of the deformity it knows."""
    document = bent().document
    del document["levels"][0]["mounting"]
    new = renewed(hexapod.read_case(document), 8)
    assert "mounting" not in new.document["levels"][0]
    assert "mounting.not_entered" in codes(new)
    said = renewed(bent(), 8)
    assert said.document["levels"][0]["mounting"] == {}
    straight = case_of(
        "left", "distal", stages=[{"name": "lengthen", "transport": {"proximal_mm": 8}}], graduation=0.25
    )
    del straight["levels"][0]["deformity"]
    again = renewed(hexapod.read_case(straight), 0)
    assert again.document["levels"][0]["deformity"] == {}
    assert "deformity.not_entered" not in codes(again)


def test_the_rows_of_both_ways_of_telling_agree() -> None:
    told = hexapod.read_case(
        case_of(
            "left",
            "distal",
            deformity=BENT,
            graduation=0.25,
            stages=[STAGES[0], DISTRACT | {"correct_to": {"varus_deg": 12, "long_mm": 3}}, STAGES[2]],
        )
    )
    for mine, theirs in zip(
        hexapod.make_plan(bent("left", "distal")).levels[0].rows, hexapod.make_plan(told).levels[0].rows, strict=True
    ):
        assert mine.settings_mm == theirs.settings_mm
        assert np.abs(mine.pose - theirs.pose).max() <= 1e-9


@pytest.mark.hazard("H-34")
@pytest.mark.parametrize(("name", "day"), [("tibia_fracture", 2), ("foot_equinus", 9)])
def test_what_is_treated_goes_on_with_the_rest_of_its_plan(root: Path, name: str, day: int) -> None:
    plan = hexapod.make_plan(hexapod.load_case(root / "sample_cases" / f"{name}.json"))
    assert isinstance(plan, hexapod.Plan)
    row = plan.levels[0].rows[day]
    case = replan(follow_up(plan, row.date, row.settings_mm, 0))
    new = hexapod.make_plan(case)
    assert case.levels[0].indication == plan.case.levels[0].indication
    assert case.levels[0].so_far is None  # no latency, no regenerate, no slip to count
    assert {finding.code for finding in new.findings} == {"limits.working"}
    left = [one.settings_mm for one in plan.levels[0].rows[day:]]
    assert [one.settings_mm for one in new.levels[0].rows] == left

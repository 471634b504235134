"""How exact the end will be: by hand, by drawing single ends one by one, and what it says."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.deformity.pose import deformity_numbers, deformity_poses, ring_mounts
from hexapod.deformity.quantities import DEFORMITY, MOUNTING, signed_numbers
from hexapod.geometry.transforms import turn_about_z
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.plan.plan_outcomes import plan_outcomes
from hexapod.preoperative.end_error import Goal, _Ends, end_error
from hexapod.text.preoperative_text import GAUGE, end_error_sentences
from tests.laws.builder import REFERENCES, SIDES, case_of, level_of

pytestmark = pytest.mark.hazard("H-06")
SAMPLES = Path(__file__).parents[2] / "sample_cases"
# So small that it does not count (deg and mm); the smallest that a case may say.
SURE = 0.001
SURE_DEFORMITY = {
    "ap_angulation_deg": SURE,
    "lateral_angulation_deg": SURE,
    "axial_rotation_deg": SURE,
    "ap_translation_mm": SURE,
    "lateral_translation_mm": SURE,
    "axial_translation_mm": SURE,
}
SURE_MOUNTING = {
    "ap_offset_mm": SURE,
    "lateral_offset_mm": SURE,
    "axial_offset_mm": SURE,
    "rotation_deg": SURE,
    "ap_tilt_deg": SURE,
    "lateral_tilt_deg": SURE,
}


def sure_but(deformity: dict[str, float] | None = None, mounting: dict[str, float] | None = None) -> dict[str, Any]:
    """Keys of a level in which all is sure but these."""
    return {
        "deformity_sd": SURE_DEFORMITY | (deformity or {}),
        "mounting_sd": SURE_MOUNTING | (mounting or {}),
        "reading_sd_mm": SURE,
        "graduation": 1e-4,
    }


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_an_angle_that_is_off_stays_off(side: str, reference: str) -> None:
    """Of a normal number with SD 2, 90 of 100 are within 1.645 x 2 = 3.29; within 2 are 68.3."""
    level = level_of(side, reference, deformity={"varus_deg": 10}, **sure_but({"ap_angulation_deg": 2.0}))
    found = end_error(level, Goal(2.0, 5.0))
    assert found is not None
    assert found.deg_90 == pytest.approx(3.29, abs=0.06)
    assert found.mm_90 < 0.05
    assert found.within_goal == pytest.approx(0.683, abs=0.015)
    worst = found.causes[0]
    assert (worst.part, worst.key, worst.sd) == ("deformity", "ap_angulation_deg", 2.0)
    assert worst.share > 0.999
    assert worst.within_goal_halved == pytest.approx(0.954, abs=0.015)  # then 2 deg are two SD


@pytest.mark.parametrize("side", SIDES)
def test_a_ring_that_is_off_along_the_bone_swings_the_end(side: str) -> None:
    """10 deg about a hinge 1 mm from where it was taken to be: 2 sin 5 deg = 0.1743 mm for each mm; 1.645 x 20 mm."""
    level = level_of(side, "proximal", deformity={"varus_deg": 10}, **sure_but(None, {"axial_offset_mm": 20.0}))
    found = end_error(level)
    assert found is not None
    assert found.mm_90 == pytest.approx(0.1743 * 1.645 * 20.0, abs=0.12)
    assert found.deg_90 < 0.05


def test_pure_lengthening_does_not_mind_where_the_ring_sits() -> None:
    more = sure_but(None, {"ap_offset_mm": 30.0, "lateral_offset_mm": 30.0, "axial_offset_mm": 30.0})
    found = end_error(level_of("right", "proximal", deformity={"short_mm": 15}, **more))
    assert found is not None
    assert found.mm_90 < 0.05
    assert found.within_strict == 1.0


def test_a_reading_that_is_off_tilts_the_frame() -> None:
    """All six SD 1 mm: rings parallel, so their distance alone has 1 / (sqrt 6 x cos) mm, and all within 5 mm."""
    level = level_of("right", "proximal", deformity={"short_mm": 15}, **sure_but() | {"reading_sd_mm": 1.0})
    found = end_error(level)
    assert found is not None
    worst = found.causes[0]
    assert worst.part == "frame"
    assert worst.share > 0.999
    # By pushing each strut alone and solving the frame again, first order.
    outcomes = plan_outcomes(hexapod.read_case(case_of("right", "proximal", graduation=1e-4)), settings=_one_by_one())
    moved = outcomes.T_ring_mring_start @ np.linalg.inv(outcomes.T_ring_mring_start[6])
    ends = _Ends(level)
    for k in range(6):
        errors = np.zeros((1, 18))
        errors[0, 12 + k] = 0.01
        found_end = ends.off(errors)[0]
        # The frame stood so, and its motion takes the bone along: end = E inv(S) ... with S moved.
        T = ends.T_end @ np.linalg.inv(moved[k] @ ends.T_start) @ level.course.T_ref_mov[0]
        assert found_end[1] == pytest.approx(T[:3, 3], abs=1e-4)
        assert found_end[0] == pytest.approx(T[:3, 2], abs=1e-6)


def _one_by_one() -> Any:
    return np.concatenate([150.0 + 0.01 * np.eye(6), np.full((1, 6), 150.0)])


@pytest.mark.parametrize("at", ["start", "end"])
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("side", SIDES)
def test_each_end_is_that_of_the_bone_that_really_was(side: str, reference: str, at: str) -> None:
    """The same ends by the chain of the batch planner: other code, other sums."""
    keys: dict[str, Any] = {"deformity": {"varus_deg": 9, "short_mm": 6, "internal_rotation_deg": 5}, "at": at}
    keys["mounting"] = {"proximal_mm": 60, "lateral_mm": 10}
    level = level_of(side, reference, **keys)
    errors = np.random.default_rng(3).normal(size=(20, 18)) * [*[2.0] * 12, *[0.0] * 6]
    found = _Ends(level).off(errors)
    outcomes = plan_outcomes(hexapod.read_case(case_of(side, reference, **keys)))
    T_ref_ring = ring_mounts(signed_numbers(keys["mounting"], MOUNTING) + errors[:, 6:12], side)
    T_ref_mov = deformity_poses(signed_numbers(keys["deformity"], DEFORMITY) + errors[:, :6], side, reference)
    T = outcomes.bone_left(T_ref_ring, T_ref_mov)
    assert np.abs(found[:, 0] - T[:, :3, 2]).max() < 1e-9
    assert np.abs(found[:, 1] - T[:, :3, 3]).max() < 1e-9


@pytest.mark.parametrize("side", SIDES)
def test_a_common_mistake_of_the_front_leaves_nothing(side: str) -> None:
    """Radiographs and ring both turned by 20 deg: what the sentence GAUGE says."""
    deformity = signed_numbers({"varus_deg": 12, "apex_anterior_deg": 8, "short_mm": 5}, DEFORMITY)
    case = hexapod.read_case(
        case_of(side, "proximal", deformity={"varus_deg": 12, "apex_anterior_deg": 8, "short_mm": 5}, graduation=1e-4)
    )
    turn = np.eye(4)
    turn[:3, :3] = turn_about_z(np.radians(20.0))
    really = turn @ deformity_poses([deformity], side, "proximal")[0] @ np.linalg.inv(turn)
    left, _ = deformity_numbers(plan_outcomes(case).bone_left(turn[None], really[None]), side, "proximal")
    assert np.abs(left).max() < 1e-3
    # The ring alone turned by as much: an angle of 14.3 deg turned away by 20 deg, 2 x 14.3 x sin 10 deg = 5 deg.
    T_ref_mov = deformity_poses([deformity], side, "proximal")
    alone, _ = deformity_numbers(plan_outcomes(case).bone_left(turn[None], T_ref_mov), side, "proximal")
    assert np.hypot(*alone[0, :2]) == pytest.approx(4.9, abs=0.3)


def planned(name: str, **keys: Any) -> LevelPlan:
    value = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    value["levels"][0] |= keys
    plan = hexapod.make_plan(hexapod.read_case(value))
    assert isinstance(plan, Plan)
    return plan.levels[0]


def test_the_sentences_of_a_usual_case() -> None:
    """12 varus, 8 apex anterior, 15 short: about half within 2 deg and 3 mm, as one-schedule treatments end."""
    bounds, chances, most, gauge = end_error_sentences(planned("tibia_varus"), Goal())
    told = re.search(r"at most (\d\.\d) deg and (\d\.\d) mm", bounds)
    assert told is not None
    assert float(told[1]) == pytest.approx(3.2, abs=0.2)
    assert float(told[2]) == pytest.approx(3.2, abs=0.2)
    assert re.fullmatch(
        r"Within 5 deg and 5 mm in about 9\d of 100 such cases, within 2 deg and 3 mm in about 5\d\.", chances
    )
    assert most.startswith("Most is due to axial rotation of the ring (3")
    assert "Measured to 2.5 deg instead of 5 deg, about 6" in most
    assert gauge == GAUGE


def test_a_better_measurement_is_what_it_was_said_to_bring() -> None:
    before = end_error(planned("tibia_varus"))
    after = end_error(planned("tibia_varus", mounting_sd={"rotation_deg": 2.5}))
    assert before is not None
    assert after is not None
    assert after.within_strict == pytest.approx(before.causes[0].within_goal_halved, abs=0.02)
    assert after.within_strict > before.within_strict + 0.05


def test_what_was_never_entered_has_no_error_bars() -> None:
    value = case_of("right", "proximal", stages=[{"name": "lengthen", "transport": {"distal_mm": 5}}])
    for part in ("mounting", "deformity"):
        without = copy.deepcopy(value)
        del without["levels"][0][part]
        plan = hexapod.make_plan(hexapod.read_case(without))
        assert end_error(plan.levels[0]) is None
        (sentence,) = end_error_sentences(plan.levels[0], Goal())
        assert sentence == f"How exact the end will be cannot be told: the {part} was never entered."


def test_sd_of_radiographs_count_while_their_size_stands() -> None:
    from hexapod.preoperative.end_error import deformity_sds

    film = {"id": "ap1", "view": "ap", "side": "right", "seen_from": "front", "columns": 100, "rows": 100, "points": []}
    result = {"word": "deformity.varus_deg", "size": 10.0, "sd": 0.4, "films": ["ap1"], "taken": True}
    films = {"format": "hexapod-films/1", "films": [film], "results": [result]}
    value = case_of("right", "proximal", deformity={"varus_deg": 10}, measured_with=films)
    assert deformity_sds(hexapod.read_case(value).levels[0])[:2] == [0.4, 1.25]
    value["levels"][0]["deformity"] = {"varus_deg": 11}
    assert deformity_sds(hexapod.read_case(value).levels[0])[0] == 0.9
    value["levels"][0]["deformity_sd"] = {"ap_angulation_deg": 0.3}
    assert deformity_sds(hexapod.read_case(value).levels[0])[0] == 0.3

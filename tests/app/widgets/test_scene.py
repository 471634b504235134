"""What the preview is told: joints, poses and settings of the plan, which gap is new bone, how levels join."""

from __future__ import annotations

import datetime
import functools
import json
import re
from typing import Any

import numpy as np
import pytest

import hexapod
from bench.tasks import coupled_case_of_days
from hexapod.app.viewer.demo.scenes import VIEWER
from hexapod.app.widgets import viewer_scene
from hexapod.app.widgets.viewer_scene import (
    Jump,
    compact_poses,
    days_of,
    entered_scene,
    frame_scene,
    jump_of,
)
from hexapod.case.model import Case
from hexapod.checks.findings import Finding
from hexapod.drawings.entry.level import EntryLevel, entry_level
from hexapod.geometry.transforms import pose, rotation_from_vector
from hexapod.kinematics.inverse import strut_lengths
from hexapod.plan.make_plan import Plan
from hexapod.trajectory.coupled_levels import construct
from hexapod.trajectory.frame_trajectory import ring_course
from tests.app.driver import SAMPLES

STEMS = [path.stem for path in sorted(SAMPLES.glob("*.json")) if not path.stem.startswith("refused")]
# The budget of what a scene takes on the way to the browser.
MOST_BYTES = 50_000


def full_poses(compact: list[Any]) -> Any:
    """The poses (n, 4, 4) of `compact_poses`, certain to 0.5 microradian and 0.5 micrometre in every number."""
    rows: list[list[int]] = []
    for row in compact:
        rows.append(rows[-1] if row is None else row)
    numbers = np.array(rows, float)
    return pose(rotation_from_vector(numbers[:, :3] / viewer_scene.PER_RAD), numbers[:, 3:] / viewer_scene.PER_MM)


@functools.cache
def _planned(stem: str) -> tuple[Case, Plan]:
    case = hexapod.load_case(SAMPLES / f"{stem}.json")
    return case, hexapod.make_plan(case)


def _scenes(stem: str) -> list[dict[str, Any]]:
    _, plan = _planned(stem)
    scenes = [frame_scene(plan, index) for index in range(len(plan.levels))]
    return [scene for scene in scenes if scene is not None]


def _in_hand(scene: dict[str, Any]) -> dict[str, Any]:
    return scene["levels"][scene["in_hand"]]


def _matrix(twelve: list[float]) -> np.ndarray:
    return np.vstack([np.reshape(twelve, (3, 4)), [0.0, 0.0, 0.0, 1.0]])


@pytest.mark.parametrize(
    ("stem", "told"),
    [
        ("tibia_stacked_transport", [(False, True, False), (True, False, False)]),
        ("tibia_trifocal", [(False, True, False), (True, False, False), (False, True, False)]),
        ("tibia_two_levels", [(False, True, False), (False, True, False)]),
        ("tibia_transport", [(False, True, True)]),
        ("foot_ankle", [(False, True, False)]),
    ],
)
def test_what_follows_what_is_new_bone_and_what_travels(stem: str, told: list[tuple[bool, ...]]) -> None:
    levels = [_in_hand(scene) for scene in _scenes(stem)]
    assert [(level["follows"], level["new_bone"], level["travels"]) for level in levels] == told


@pytest.mark.parametrize("stem", STEMS)
def test_the_viewer_knows_every_key_of_a_scene_and_no_other(stem: str) -> None:
    written = (VIEWER / "src" / "types.js").read_text("utf-8")
    known = {
        name: set(re.findall(r"@property \{.*\} \[?(\w+)", block.partition("*/")[0]))
        for name, block in re.findall(r"@typedef \{object\} (\w+)\n(.*?\*/)", written, re.DOTALL)
    }
    for scene in _scenes(stem):
        assert set(scene) == known["Payload"]
        for level in scene["levels"]:
            assert set(level) == known["GivenLevel"]
            assert set(level["limb"] or known["GivenLimb"]) == known["GivenLimb"]
            assert {key for models in level["struts"] for model in models for key in model} == known["StrutModel"]


def _entered(stem: str, **left_out: Any) -> dict[str, Any]:
    """The scene of the first hexapod of a sample without these keys, as if they were not entered yet."""
    document = json.loads((SAMPLES / f"{stem}.json").read_text("utf-8"))
    level = document["levels"][0]
    for key in left_out:
        level.pop(key, None)
    found = entry_level(document["limb"], level)
    assert isinstance(found, EntryLevel)
    return entered_scene(found, level["name"])


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("stem", ["tibia_varus", "femur_valgus_distal_reference", "femur_lengthening"])
def test_what_is_entered_is_drawn_where_the_plan_has_it_on_day_0(stem: str) -> None:
    (planned,), scene = _scenes(stem), _entered(stem)
    assert (scene["planned"], len(scene["settings_mm"])) == (False, 1)
    assert set(scene) == set(planned)
    (now,), then = scene["levels"], _in_hand(planned)
    assert set(now) == set(then)
    assert now["poses"] == then["poses"][:1]
    for key in ("reference", "proximal_joints_mm", "distal_joints_mm", "rings", "bone_diameter_mm"):
        assert now[key] == then[key], key
    for key in ("T_ref_ring", "T_mov_mring", "osteotomy_z_mm", "reference_end"):
        assert now[key] == pytest.approx(then[key], abs=1e-6), key
    for one, other in zip(now["structures"], then["structures"], strict=True):
        assert (one["name"], one["p_mov_mm"]) == (other["name"], pytest.approx(other["p_mov_mm"]))


def test_what_is_not_entered_is_not_drawn() -> None:
    scene = _entered("tibia_varus", mounting=1)
    (level,) = scene["levels"]
    assert (level["T_ref_ring"], level["T_mov_mring"], level["proximal_joints_mm"]) == (None, None, None)
    assert any("no ring is drawn" in note for note in scene["notes"])
    # Varus of the right tibia still leans the distal fragment.
    assert level["poses"] == _in_hand(_scenes("tibia_varus")[0])["poses"][:1]
    (level,) = _entered("tibia_varus", frame=1)["levels"]
    assert level["T_mov_mring"] is None


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("stem", STEMS)
def test_settings_dates_poses_and_joints_are_those_of_the_plan(stem: str) -> None:
    case, plan = _planned(stem)
    scenes = _scenes(stem)
    assert len(scenes) == len(plan.levels)
    for planned, scene in zip(plan.levels, scenes, strict=True):
        level, rows = _in_hand(scene), planned.rows
        assert planned.frame is not None
        assert (scene["fingerprint"], scene["side"], level["name"]) == (case.sha256, case.limb.side, planned.name)
        settings: list[Any] = []
        for row in scene["settings_mm"]:
            settings.append(settings[-1] if row is None else row)
        assert settings == [list(row.settings_mm) for row in rows]
        assert [name for name, days in scene["stages"] for _ in range(days)] == [row.stage for row in rows]
        first = datetime.date.fromisoformat(scene["first_date"])
        assert [first + datetime.timedelta(days=day) for day in range(days_of(scene))] == [row.date for row in rows]
        T_ref_mov = full_poses(level["poses"])
        assert abs(T_ref_mov - np.array([row.pose for row in rows])).max() < 1e-3
        # What the browser draws of these poses and joints has the lengths of the plan.
        setup = planned.frame.setup
        T_prox_dist = ring_course(setup, T_ref_mov, _matrix(level["T_mov_mring"]))
        assert np.allclose(_matrix(level["T_ref_ring"]), setup.T_ref_ring, atol=0.0)
        joints = np.array(level["proximal_joints_mm"]), np.array(level["distal_joints_mm"])
        lengths = np.array([row.lengths_mm for row in rows])
        assert abs(strut_lengths(*joints, T_prox_dist) - lengths).max() < 1e-3


@pytest.mark.parametrize("stem", STEMS)
def test_the_model_drawn_in_a_struts_place_is_the_one_of_the_plan_and_reaches_its_length(stem: str) -> None:
    for planned, scene in zip(_planned(stem)[1].levels, _scenes(stem), strict=True):
        for row in planned.rows:
            for k, models in enumerate(_in_hand(scene)["struts"]):
                now = [model for model in models if model["from_day"] <= row.day][-1]
                assert now["model"] == row.models[k]
                assert now["shortest_mm"] - 1.0 < row.lengths_mm[k] < now["longest_mm"] + 1.0


@pytest.mark.parametrize("stem", STEMS)
def test_a_scene_stays_within_its_budget(stem: str) -> None:
    assert max(len(json.dumps(scene, separators=(",", ":"))) for scene in _scenes(stem)) < MOST_BYTES


def test_ninety_days_of_two_levels_stay_within_the_budget() -> None:
    case = hexapod.read_case(coupled_case_of_days(90))
    scene = frame_scene(hexapod.make_plan(case), 0)
    assert scene is not None
    assert days_of(scene) == 91
    assert len(json.dumps(scene, separators=(",", ":"))) < MOST_BYTES


def test_levels_that_are_known_to_join_come_together_and_keep_the_ends_of_the_construct() -> None:
    for stem, count in (("tibia_stacked_transport", 2), ("tibia_trifocal", 3)):
        _, plan = _planned(stem)
        for index, scene in enumerate(_scenes(stem)):
            assert (len(scene["levels"]), scene["in_hand"], scene["others_unknown"]) == (count, index, False)
            assert [level["segment_mm"] is None for level in scene["levels"]] == [True, *[False] * (count - 1)]
        setups = [level.frame.setup for level in plan.levels if level.frame is not None]
        poses = [full_poses(level["poses"]) for level in scene["levels"]]
        ends = construct(setups, poses)
        assert abs(ends - ends[0]).max() < 0.01


def test_levels_that_nobody_told_to_join_stand_alone_and_say_so() -> None:
    for scene in _scenes("tibia_two_levels"):
        assert (len(scene["levels"]), scene["in_hand"], scene["others_unknown"]) == (1, 0, True)
    assert [scene["others_unknown"] for scene in _scenes("tibia_varus")] == [False]


def test_the_limb_is_there_where_its_girth_was_given() -> None:
    (varus,) = _scenes("tibia_varus")
    stacked = _scenes("tibia_stacked_transport")[0]
    assert _in_hand(varus)["limb"] is None
    radii = [(level["limb"]["proximal_radius_mm"], level["limb"]["distal_radius_mm"]) for level in stacked["levels"]]
    given = [level.limb_girth_mm for level in _planned("tibia_stacked_transport")[0].levels]
    told = [(girth.proximal / (2 * np.pi), girth.distal / (2 * np.pi)) for girth in given if girth is not None]
    assert radii == pytest.approx(np.array(told))


def test_a_bone_that_is_short_is_cut_where_its_ends_meet_on_day_0() -> None:
    # 40 mm short, cut at the origin: the reference fragment ends 40 mm above it, and new bone grows from there.
    (femur,) = _scenes("femur_lengthening")
    assert _in_hand(femur)["reference_end"] == pytest.approx([40.0, 0.0, 0.0])
    (foot,) = _scenes("foot_ankle")
    assert _in_hand(foot)["reference_end"] is None


def test_poses_come_back_from_their_whole_numbers() -> None:
    dice = np.random.default_rng(8)
    T = pose(rotation_from_vector(dice.uniform(-1.5, 1.5, (50, 3))), dice.uniform(-90.0, 90.0, (50, 3)))
    assert abs(full_poses(compact_poses(T)) - T).max() <= 0.0005 + 1e-9
    still = compact_poses(np.concatenate([T[:1], T[:1], T[1:2], T[:1]]))
    assert [row is None for row in still] == [False, True, False, False]


@pytest.mark.hazard("H-09")
def test_a_jump_has_the_day_and_the_bodies_of_its_finding() -> None:
    near = Finding("clearance.ring_limb", "caution", 0, "m", day=8, bodies=("distal ring", "limb"))
    assert jump_of(near, 3) == Jump(8, ("distal ring", "limb"), 3)
    assert jump_of(Finding("strut.lean", "caution", 0, "m", day=5, strut=4)) == Jump(5, ("strut 4",), 0)
    assert jump_of(Finding("rate.low", "caution", 0, "m", day=0)) == Jump(0, (), 0)
    assert jump_of(Finding("timing.latency", "caution", 0, "m")) is None

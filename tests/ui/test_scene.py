"""What the preview is told of the bone: which gap is new bone, which fragment ends in a joint."""

from __future__ import annotations

from typing import Any

import pytest

import hexapod
from hexapod.ui.scene import frame_scene
from tests.ui.driver import SAMPLES


def _scenes(stem: str) -> list[dict[str, Any]]:
    case = hexapod.load_case(SAMPLES / f"{stem}.json")
    plan = hexapod.make_plan(case)
    scenes = [frame_scene(case, plan, index) for index in range(len(plan.levels))]
    return [scene for scene in scenes if scene is not None]


@pytest.mark.parametrize(
    ("stem", "told"),
    [
        ("tibia_stacked_transport", [(False, True, False, True), (True, False, True, False)]),
        (
            "tibia_trifocal",
            [(False, True, False, True), (True, False, True, True), (False, True, True, False)],
        ),
        ("tibia_two_levels", [(False, True, False, False), (False, True, False, False)]),
        ("tibia_transport", [(False, True, False, False)]),
        ("foot_ankle", [(False, True, False, False)]),
    ],
)
def test_what_follows_what_is_new_bone_and_what_is_a_segment(stem: str, told: list[tuple[bool, ...]]) -> None:
    assert [
        (scene["follows"], scene["new_bone"], scene["segments"]["proximal"], scene["segments"]["distal"])
        for scene in _scenes(stem)
    ] == told


def test_the_preview_of_a_level_that_follows_has_its_own_days_and_poses() -> None:
    plan = hexapod.make_plan(hexapod.load_case(SAMPLES / "tibia_stacked_transport.json"))
    scene = _scenes("tibia_stacked_transport")[1]
    assert [tuple(day["settings_mm"]) for day in scene["days"]] == [row.settings_mm for row in plan.levels[1].rows]
    assert len(scene["poses"]) == len(scene["days"]) == 280

"""Open rings and foot plates: where body and joints are, told literally, and what of them is judged and drawn."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.app.widgets.viewer_scene import frame_scene
from hexapod.checks.collision_bodies import ring_body
from hexapod.collision.open_rings import OpenRing
from hexapod.collision.solids import Annulus
from hexapod.drawings.entry.measure_drawings import frame_drawing
from hexapod.errors import CatalogueError
from hexapod.hardware.catalogue import load_catalogue
from hexapod.hardware.ring_bodies import BodyOutline

SAMPLE = Path("sample_cases/foot_ankle.json")

OWN = """
family = "ours"
title = "Ours"
status = "user"
source = "measured"

[[rings]]
name = "ours-{diameter}"
inner_diameters_mm = [180]
joint_radius_mm = 100.0
joint_pair_mm = 15.0
joint_height_mm = 10.0
body_width_mm = 16.0
body_thickness_mm = 8.0
body_arc_deg = 180.0
holes = 25
tab_holes = [2, 13, 24]
layout = "standard"
"""


def test_a_half_ring_opens_posteriorly_above_and_anteriorly_below() -> None:
    half = load_catalogue().ring("generic-half-180").outline
    # Counter-clockwise seen from proximal: above from the right (-x) by anterior (-y) to the left, below the other way.
    above, below = half.line(90.0, 2, "proximal"), half.line(90.0, 2, "distal")
    assert above == pytest.approx(np.array([[-90.0, 0.0], [0.0, -90.0], [90.0, 0.0]]), abs=1e-9)
    assert below == pytest.approx(np.array([[90.0, 0.0], [0.0, 90.0], [-90.0, 0.0]]), abs=1e-9)


def test_the_legs_of_a_foot_plate_go_forwards_from_both_sides_of_the_heel() -> None:
    plate = load_catalogue().ring("generic-foot-plate-155").outline
    first, heel, last = plate.line(80.0, 2, "distal")
    assert first == pytest.approx([80.0, -70.0], abs=1e-9)
    assert heel == pytest.approx([0.0, 80.0], abs=1e-9)
    assert last == pytest.approx([-80.0, -70.0], abs=1e-9)


@pytest.mark.hazard("H-05")
def test_tabs_by_hole_number() -> None:
    ring = load_catalogue().ring("generic-half-180")
    # 25 holes, 7.5 deg apart: hole 13 is the front, hole 24 at 82.5 deg; joints 7.5 mm beside it on a circle of 100 mm.
    at = np.radians(82.5 - np.degrees(np.arcsin(0.075)))
    assert ring.proximal_joints_mm[2] == pytest.approx([100 * np.sin(at), -100 * np.cos(at), -10.0], abs=1e-9)
    assert ring.proximal_joints_mm[0] == pytest.approx([-7.5, -99.718, -10.0], abs=1e-3)
    # Strut 3 goes from the left end above to the left end below, strut 4 to the left of the back: never across.
    assert ring.distal_joints_mm[2] == pytest.approx([100 * np.sin(at), 100 * np.cos(at), 10.0], abs=1e-9)
    assert ring.distal_joints_mm[3] == pytest.approx([7.5, 99.718, 10.0], abs=1e-3)


def test_a_two_thirds_ring_has_the_joints_of_the_full_ring() -> None:
    rings = load_catalogue().rings
    for used in ("proximal_joints_mm", "distal_joints_mm"):
        whole, part = (getattr(rings[f"generic-{kind}-155"], used) for kind in ("full", "two-thirds"))
        assert part == pytest.approx(whole, abs=1e-9)


@pytest.mark.hazard("H-05")
def test_holes_of_a_full_ring_count_from_the_middle_tab(tmp_path: Path) -> None:
    text = OWN.replace("body_arc_deg = 180.0\n", "").replace("[2, 13, 24]", "[1, 13, 25]").replace("= 25", "= 36")
    ring = load_catalogue(_file(tmp_path, text)).ring("ours-180")
    plain = OWN[: OWN.index("body_arc_deg")] + 'layout = "standard"\n'
    whole = load_catalogue(_file(tmp_path, plain)).ring("ours-180")
    assert ring.proximal_joints_mm == pytest.approx(whole.proximal_joints_mm, abs=1e-9)
    assert ring.distal_joints_mm == pytest.approx(whole.distal_joints_mm, abs=1e-9)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("holes = 25\ntab_holes = [2, 13, 24]\n", "", "body_arc_deg = 180.0: has no place for tabs 120 deg apart"),
        ("[2, 13, 24]", "[2, 13]", "three different numbers of holes"),
        ("[2, 13, 24]", "[2, 13, 13]", "three different numbers of holes"),
        ("[2, 13, 24]", "[2, 13, 26]", "from 1 to 25"),
        ("[2, 13, 24]", "[2, 13, 14]", "puts two tabs 13.1 mm apart"),
        ("body_arc_deg = 180.0", "body_arc_deg = 361", "to 360"),
        ("body_arc_deg = 180.0", "body_legs_mm = 60.0", "belongs to an open body"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in OWN
    with pytest.raises(CatalogueError, match=told.replace("[", r"\[")):
        load_catalogue(_file(tmp_path, OWN.replace(old, new)))


def _file(folder: Path, text: str) -> Path:
    path = folder / "ours.toml"
    path.write_text(text)
    return path


def _planned(ring: str) -> hexapod.Plan:
    document: dict[str, Any] = copy.deepcopy(json.loads(SAMPLE.read_text()))
    document["levels"][0]["frame"]["distal_ring"] = {"model": ring}
    plan = hexapod.make_plan(hexapod.read_case(document))
    assert isinstance(plan, hexapod.Plan), [finding.message for finding in plan.findings]
    return plan


@pytest.mark.hazard("H-09")
def test_an_open_ring_is_judged_as_far_as_it_goes() -> None:
    whole, part = _planned("generic-full-155").levels[0], _planned("generic-two-thirds-155").levels[0]
    assert [row.settings_mm for row in part.rows] == [row.settings_mm for row in whole.rows]
    near = [[(pair.pair, pair.distance_mm) for pair in level.clearances.pairs] for level in (part, whole)]
    assert [name for name, _ in near[0]] == [name for name, _ in near[1]]
    # No part of a ring is nearer than the whole; struts are where they were.
    assert all(part_mm >= whole_mm - 1e-9 for (_, part_mm), (_, whole_mm) in zip(*near, strict=True))
    rings = load_catalogue().rings
    assert ring_body(rings["generic-foot-plate-155"], "distal") == OpenRing(77.5, 93.5, 4.0, 180.0, 70.0, 180.0)
    assert ring_body(rings["generic-half-180"], "proximal") == OpenRing(90.0, 106.0, 4.0, 180.0)
    assert ring_body(rings["generic-full-180"], "proximal") == Annulus(90.0, 106.0, 4.0)
    plate = _planned("generic-foot-plate-155").levels[0]
    assert plate.clearances.not_judged == whole.clearances.not_judged


def test_drawings_follow_the_body() -> None:
    plan = _planned("generic-foot-plate-155")
    scene = frame_scene(plan, 0)["levels"][0]["rings"]
    assert "edges_mm" not in scene["proximal"]
    inner, outer = scene["distal"]["edges_mm"]
    assert inner[0] == [77.5, -70.0]
    assert outer[-1] == [-93.5, -70.0]
    rings = load_catalogue().rings
    whole = frame_drawing(rings["generic-full-155"], rings["generic-full-155"], "right")
    assert frame_drawing(rings["generic-full-155"], rings["generic-half-155"], "right") != whole


def test_a_closed_outline_goes_from_the_front_counter_clockwise() -> None:
    line = BodyOutline().line(50.0, 4, "distal")
    assert line == pytest.approx(np.array([[0, -50], [50, 0], [0, 50], [-50, 0], [0, -50]]), abs=1e-9)

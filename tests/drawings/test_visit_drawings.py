"""The picture of a visit by literal facts: on which side of a film a slip of the bone shows, and which way a bar goes."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import hexapod
from hexapod.deformity.pose import deformity_pose
from hexapod.drawings.entry.visit_radiographs import (
    DASHES,
    LONGEST_MM,
    PAPER,
    ZERO_MM,
    Inks,
    bone_displacement_sentence,
    strut_differences,
    visit_bars,
    visit_radiograph,
    visit_radiographs,
)
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import FollowUp, follow_up
from hexapod.plan.make_plan import LevelPlan
from tests.laws.builder import case_of


def _straight(side: str = "right", reference: str = "proximal", *readings: float) -> tuple[LevelPlan, FollowUp]:
    """A straight bone that only holds, on a day when the scales read as given, all 150 as planned."""
    stages = [{"name": "hold", "hold_days": 5}]
    case = hexapod.read_case(case_of(side, reference, stages=stages, bone={"diameter_mm": 20}))
    plan = hexapod.make_plan(case)
    six = readings or (150.0,) * 6
    return plan.levels[0], follow_up(plan, plan.levels[0].rows[3].date, six)


def _with(side: str, reference: str, **words: float) -> tuple[LevelPlan, FollowUp]:
    """The same, with a pose that is a deformity in words where the plan has none."""
    level, found = _straight(side, reference)
    return level, replace(found, T_ref_mov=deformity_pose(words, side, reference))


def test_readings_as_planned_show_the_same_twice() -> None:
    _, found = _straight()
    for view in ("AP", "lateral"):
        shown = visit_radiograph(found, view)
        for name, shape in shown.intended.fragments.items():
            assert shown.actual.fragments[name].outline_mm == pytest.approx(shape.outline_mm, abs=1e-6)
    assert bone_displacement_sentence(found) == ""


# On an AP film the patient's left is on the right: medial of a right limb.  On a lateral one posterior is on the right.
@pytest.mark.hazard("H-01")
@pytest.mark.parametrize(
    ("side", "view", "word", "to_the_right"),
    [
        ("right", "AP", "medial_mm", True),
        ("left", "AP", "medial_mm", False),
        ("right", "AP", "lateral_mm", False),
        ("right", "lateral", "posterior_mm", True),
        ("left", "lateral", "posterior_mm", True),
        ("left", "lateral", "anterior_mm", False),
    ],
)
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_the_actual_fragment_lies_where_a_film_would_show_it(
    side: str, view: str, word: str, to_the_right: bool, reference: str
) -> None:
    _, found = _with(side, reference, **{word: 8.0})
    shown = visit_radiograph(found, view)
    moving = "distal" if reference == "proximal" else "proximal"
    off = shown.actual.fragments[moving].outline_mm - shown.intended.fragments[moving].outline_mm
    assert off == pytest.approx(np.tile([8.0 if to_the_right else -8.0, 0.0], (4, 1)), abs=1e-9)
    assert shown.actual.corresponding_mm == pytest.approx([8.0 if to_the_right else -8.0, 0.0])
    held = shown.intended.fragments[reference].outline_mm
    assert (shown.actual.fragments[reference].outline_mm == held).all()
    assert bone_displacement_sentence(found) == f"The {moving} fragment lies 8 mm {word[:-3]} of its planned position."


@pytest.mark.hazard("H-01")
def test_varus_of_a_right_tibia_leans_to_the_right_of_the_film() -> None:
    _, found = _with("right", "proximal", varus_deg=10.0)
    shown = visit_radiograph(found, "AP")
    cut, end = shown.actual.fragments["distal"].axis_mm
    assert end[1] < cut[1]
    assert (end[0] - cut[0]) / (cut[1] - end[1]) == pytest.approx(np.tan(np.radians(10.0)))


def _paths(drawing: bytes, wanted: str) -> list[np.ndarray]:
    """Corners of the paths that have a certain ending of their mark."""
    found = re.findall(r'<path d="M([^"]*) Z" ([^>]*)/>', drawing.decode("utf-8"))
    return [np.array([p.split() for p in d.split(" L")], dtype=float) for d, rest in found if wanted in rest]


def test_the_drawing_has_the_plan_dashed_and_the_readings_solid() -> None:
    _, found = _with("right", "proximal", medial_mm=8.0)
    drawing = visit_radiographs(found)
    dashed = _paths(drawing, f'stroke-dasharray="{DASHES}"')
    filled = _paths(drawing, f'fill="{PAPER.actual_fill}"')
    # A fragment and a ring a film, and the sample of the legend; solid with a fill: a fragment a film, and the sample.
    assert (len(dashed), len(filled)) == (5, 3)
    intended, actual = dashed[0], filled[0]
    assert (actual[:, 0] > intended[:, 0]).all()
    assert actual[:, 1] == pytest.approx(intended[:, 1])
    assert drawing.index(b">LATERAL<") < drawing.index(b">MEDIAL<")


def test_the_page_gives_its_own_colours() -> None:
    _, found = _straight()
    drawing = visit_radiographs(found, Inks(*["var(--x)"] * 6)).decode("utf-8")
    assert not re.search(r"#[0-9a-f]{6}", drawing)


def test_without_a_pose_there_is_nothing_to_draw() -> None:
    _, found = _straight()
    with pytest.raises(HexapodError, match="No pose fits"):
        visit_radiographs(replace(found, T_ref_mov=None))


@pytest.mark.hazard("H-04")
def test_bars_go_to_the_right_where_a_scale_reads_more() -> None:
    _, found = _straight("right", "proximal", 152.0, 149.5, 150.0, 150.0, 150.0, 160.0)
    assert [one.off_mm for one in strut_differences(found)] == [2.0, -0.5, 0.0, 0.0, 0.0, 10.0]
    bars = _paths(visit_bars(found), 'stroke="')
    assert [bar[:, 0].tolist() for bar in bars] == [
        pytest.approx(
            [ZERO_MM, ZERO_MM + off / 10.0 * LONGEST_MM] * 1 + [ZERO_MM + off / 10.0 * LONGEST_MM, ZERO_MM], abs=0.01
        )
        for off in (2.0, -0.5, 10.0)
    ]
    drawing = visit_bars(found).decode("utf-8")
    for words in ("red: 2 mm more", "orange: 0.5 mm less", "yellow: as planned", "violet: 10 mm more"):
        assert f">{words}<" in drawing
    assert "strut 1 reads 152, planned 150: 2 mm more" in drawing

"""A target that names what it keeps: the fragment has it at the end of the stage as the stage found it, to 1e-9."""

from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.case.level_parts import Target
from hexapod.deformity.pose import BeyondWords, deformity_pose, deformity_words
from hexapod.errors import CaseError
from hexapod.geometry.transforms import turn_angle
from hexapod.trajectory.bone_trajectory import target_words
from tests.laws.builder import REFERENCES, SIDES, case_of, level_of

pytestmark = pytest.mark.hazard("H-25")
# Words go to a pose and back within 1e-9 (conventions section 3).
EXACT = 1e-9
BENT = {
    "varus_deg": 12.0,
    "apex_anterior_deg": 8.0,
    "external_rotation_deg": 10.0,
    "medial_mm": 3.0,
    "posterior_mm": 5.0,
    "short_mm": 15.0,
}
ANGLES = ["angulation", "rotation"]


def ends(side: str, reference: str, *stages: dict[str, Any], **keys: Any) -> list[dict[str, float]]:
    """The deformity in words after each stage, as planned."""
    told = [{"name": f"stage {number}", **stage} for number, stage in enumerate(stages)]
    level = level_of(side, reference, deformity=BENT, stages=told, **keys)
    assert level.frame is not None
    return [level.rows[part.last_day].remaining for part in level.frame.course.stages]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("at", ["start", "end"])
def test_only_what_is_not_kept_is_corrected(side: str, reference: str, at: str) -> None:
    """Each word of `keep` alone, and the 15 mm short, 10 deg external, 12 deg varus left as they were."""
    free = {"adjustments_per_day": 3} if side == "left" else {}
    for keep, left in (
        (["angulation"], {"varus_deg": 12.0, "apex_anterior_deg": 8.0}),
        (["rotation"], {"external_rotation_deg": 10.0}),
        (["translation"], {"medial_mm": 3.0, "posterior_mm": 5.0}),
        (["length"], {"short_mm": 15.0}),
        (["angulation", "rotation", "translation"], {word: size for word, size in BENT.items() if word != "short_mm"}),
        (["length", "translation"], {"medial_mm": 3.0, "posterior_mm": 5.0, "short_mm": 15.0}),
        (["angulation", "rotation", "translation", "length"], BENT),
        ([], {}),
    ):
        (end,) = ends(side, reference, {"correct_to": {"keep": keep}}, at=at, **free)
        assert end == pytest.approx(left, abs=EXACT)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_lengthening_only_goes_straight_along_the_bone(side: str, reference: str) -> None:
    """15 mm short to 3 mm long are 18 mm away from the reference, and no turn at all."""
    lengthen = {"name": "x", "correct_to": {"long_mm": 3, "keep": [*ANGLES, "translation"]}, "meant": True}
    level = level_of(side, reference, deformity=BENT, stages=[lengthen])
    first, last = level.rows[0].pose, level.rows[-1].pose
    way = {"proximal": -18.0, "distal": 18.0}[reference]
    assert last[:3, 3] - first[:3, 3] == pytest.approx([0.0, 0.0, way], abs=EXACT)
    assert turn_angle(last[:3, :3] @ first[:3, :3].T) == pytest.approx(0.0, abs=EXACT)
    assert level.rows[-1].day == 18


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_stage_keeps_what_it_finds_not_what_the_first_day_had(side: str, reference: str) -> None:
    """After a transport 4 mm medial and a stage to 5 deg varus, a third keeps those."""
    away = {"proximal": "distal_mm", "distal": "proximal_mm"}[reference]
    found = ends(
        side,
        reference,
        {"correct_to": {"varus_deg": 5, "keep": ["translation", "length"]}},
        {"transport": {"medial_mm": 4, away: 6}},
        {"hold_days": 3},
        {"correct_to": {"keep": ["angulation", "translation", "length"]}},
        {"correct_to": {"keep": ["angulation"]}},
    )
    moved = {"varus_deg": 5.0, "medial_mm": 7.0, "posterior_mm": 5.0, "short_mm": 9.0}
    assert found[2] == pytest.approx(moved, abs=EXACT)
    assert found[3] == pytest.approx(moved, abs=EXACT)
    assert found[4] == pytest.approx({"varus_deg": 5.0}, abs=EXACT)


def test_the_course_that_goes_on_from_an_earlier_plan_is_what_the_stage_finds() -> None:
    """`course_from` has 11.5 deg varus: that is kept, not the 12 of the deformity."""
    stage = {"correct_to": {"keep": [*ANGLES, "translation"]}}
    (end,) = ends("right", "proximal", stage, course_from=BENT | {"varus_deg": 11.5})
    assert end["varus_deg"] == pytest.approx(11.5, abs=EXACT)


def test_a_whole_number_of_kept_quantities_is_the_target_in_words() -> None:
    """The plan is the same as with the kept words typed out."""
    kept = level_of("left", "distal", deformity=BENT, stages=[{"name": "x", "correct_to": {"keep": [*ANGLES]}}])
    words = {word: size for word, size in BENT.items() if word.endswith("_deg")}
    told = level_of("left", "distal", deformity=BENT, stages=[{"name": "x", "correct_to": words}])
    assert [row.settings_mm for row in kept.rows] == [row.settings_mm for row in told.rows]
    assert np.allclose([row.pose for row in kept.rows], [row.pose for row in told.rows], rtol=0.0, atol=EXACT)


def test_a_pose_beyond_words_cannot_be_kept() -> None:
    """Tilted by 95 deg there is no angulation on a radiograph."""
    T = deformity_pose({}, "right", "proximal")
    c, s = np.cos(np.radians(95.0)), np.sin(np.radians(95.0))
    T[:3, :3] = [[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]]
    with pytest.raises(BeyondWords):
        target_words(Target(keep=("angulation",)), T, "right", "proximal")
    assert target_words(Target(), T, "right", "proximal") == {}


def test_what_is_kept_beyond_a_metre_is_refused_with_the_stage() -> None:
    stages = [
        {"name": "far", "transport": {"medial_mm": 700}, "days": 700},
        {"name": "farther", "transport": {"medial_mm": 700}, "days": 700},
        {"name": "keep", "correct_to": {"keep": ["translation"]}},
    ]
    case = hexapod.read_case(case_of("right", "proximal", deformity=BENT, stages=stages))
    with pytest.raises(CaseError, match=r'levels\[0\].stages\[2\] = "keep": medial_mm must be at most 1000 mm'):
        hexapod.make_plan(case)


def test_words_of_a_target_leave_out_what_it_keeps() -> None:
    target = Target(keep=("rotation", "length"), varus_deg=3.0)
    assert target.words() == {"varus_deg": 3.0}
    assert [pair.quantity for pair in target.kept] == ["axial rotation", "axial translation"]
    assert deformity_words(deformity_pose(target.words(), "left", "distal"), "left", "distal") == pytest.approx(
        {"varus_deg": 3.0}, abs=EXACT
    )

"""What each direction word does to the bone: numbers 1 to 9 of hand_numbers.md, right and left, both references."""

import math

import numpy as np
import pytest

from hexapod.deformity.pose import deformity_pose, deformity_words
from hexapod.deformity.quantities import Fragment, Side
from tests.laws.builder import REFERENCES, SIDES, level_of

# The hand values are printed to four decimals.
PRINTED = 6e-5


def carried(words: dict[str, float], side: Side, reference: Fragment, point: list[float]) -> list[float]:
    """Where a point of the moving fragment lies in reference axes, in the plan's day 0 and by the words alone."""
    T = level_of(side, reference, deformity=words, stages=[{"name": "hold", "hold_days": 1}]).rows[0].pose
    assert np.array_equal(T, deformity_pose(words, side, reference))
    return [float(x) for x in (T @ [*point, 1.0])[:3]]


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-02")
@pytest.mark.hazard("H-03")
@pytest.mark.parametrize(
    ("side", "reference", "x", "z"),
    [
        ("right", "proximal", +52.0945, -295.4423),
        ("left", "proximal", -52.0945, -295.4423),
        ("right", "distal", +52.0945, +295.4423),
        ("left", "distal", -52.0945, +295.4423),
    ],
)
def test_varus_of_10_deg_takes_the_far_end_52_mm_to_the_midline(
    side: Side, reference: Fragment, x: float, z: float
) -> None:
    """300 sin 10 = 52.09 mm to the midline: the patient's left (+x) of a right limb; the ankle, or the hip side."""
    far_end = [0.0, 0.0, math.copysign(300.0, z)]
    assert carried({"varus_deg": 10}, side, reference, far_end) == pytest.approx([x, 0.0, z], abs=PRINTED)
    assert carried({"valgus_deg": 10}, side, reference, far_end) == pytest.approx([-x, 0.0, z], abs=PRINTED)


@pytest.mark.hazard("H-02")
@pytest.mark.hazard("H-03")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("reference", "z"), [("proximal", -297.0804), ("distal", +297.0804)])
def test_procurvatum_puts_the_far_end_behind_on_either_side(side: Side, reference: Fragment, z: float) -> None:
    far_end = [0.0, 0.0, math.copysign(300.0, z)]
    assert carried({"apex_anterior_deg": 8}, side, reference, far_end) == pytest.approx([0, 41.7519, z], abs=PRINTED)
    assert carried({"apex_posterior_deg": 8}, side, reference, far_end) == pytest.approx([0, -41.7519, z], abs=PRINTED)


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize(("side", "x"), [("right", 51.3264), ("left", -51.3264)])
def test_films_show_projections_of_the_oblique_plane(side: Side, x: float) -> None:
    words = {"varus_deg": 10, "apex_anterior_deg": 10}
    assert carried(words, side, "proximal", [0, 0, -300]) == pytest.approx([x, 51.3264, -291.0863], abs=PRINTED)


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-02")
@pytest.mark.hazard("H-03")
@pytest.mark.parametrize(
    ("side", "reference", "x"),
    [
        ("right", "proximal", +34.2020),
        ("left", "proximal", -34.2020),
        ("right", "distal", -34.2020),
        ("left", "distal", +34.2020),
    ],
)
def test_rotation_names_the_distal_fragment_whichever_is_held(side: Side, reference: Fragment, x: float) -> None:
    """Internal 20: the front of the distal fragment turns to the midline.  Held still, it sees the proximal turn back."""
    front = [0.0, -100.0, 0.0]
    expected = pytest.approx([x, -93.9693, 0.0], abs=PRINTED)
    assert carried({"internal_rotation_deg": 20}, side, reference, front) == expected
    expected = pytest.approx([-x, -93.9693, 0.0], abs=PRINTED)
    assert carried({"external_rotation_deg": 20}, side, reference, front) == expected


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize(("side", "x"), [("right", 98.4808), ("left", -98.4808)])
def test_the_fragment_twists_about_its_own_axis_and_then_tilts(side: Side, x: float) -> None:
    words = {"internal_rotation_deg": 90, "varus_deg": 10}
    assert carried(words, side, "proximal", [0, -100, 0]) == pytest.approx([x, 0.0, 17.3648], abs=PRINTED)


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-02")
@pytest.mark.hazard("H-03")
@pytest.mark.parametrize(
    ("side", "reference", "point"),
    [
        ("right", "proximal", [5, 4, 15]),
        ("left", "proximal", [-5, 4, 15]),
        ("right", "distal", [5, 4, -15]),
        ("left", "distal", [-5, 4, -15]),
    ],
)
def test_translations(side: Side, reference: Fragment, point: list[float]) -> None:
    """Short means overlap: a distal fragment has ridden up, a proximal one has slid down."""
    words = {"medial_mm": 5, "posterior_mm": 4, "short_mm": 15}
    assert carried(words, side, reference, [0, 0, 0]) == point
    opposite = {"lateral_mm": 5, "anterior_mm": 4, "long_mm": 15}
    assert carried(opposite, side, reference, [0, 0, 0]) == [-c for c in point]


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_words_come_back_as_they_were_said(side: Side, reference: Fragment) -> None:
    words = {
        "varus_deg": 21.0,
        "apex_posterior_deg": 13.0,
        "external_rotation_deg": 37.0,
        "lateral_mm": 4.0,
        "anterior_mm": 6.5,
        "short_mm": 17.0,
    }
    back = deformity_words(deformity_pose(words, side, reference), side, reference)
    assert back == pytest.approx(words, abs=1e-9)


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize(
    ("side", "reference", "along", "x", "z"),
    [
        ("right", "proximal", "distal_mm", +2.0, -40.0),
        ("left", "proximal", "distal_mm", -2.0, -40.0),
        ("right", "distal", "proximal_mm", +2.0, +40.0),
        ("left", "distal", "proximal_mm", -2.0, +40.0),
    ],
)
def test_transport_goes_along_the_reference_axis(
    side: Side, reference: Fragment, along: str, x: float, z: float
) -> None:
    """40 mm away from the held fragment lengthens, also of a bone in varus: sqrt(1604) = 40.05 mm of way, 41 days."""
    stage = {"name": "transport", "transport": {along: 40, "medial_mm": 2}}
    level = level_of(side, reference, deformity={"varus_deg": 5}, stages=[stage])
    assert level.rows[0].pose[:3, 3].tolist() == [0.0, 0.0, 0.0]
    assert level.rows[-1].pose[:3, 3] == pytest.approx([x, 0.0, z], abs=1e-9)
    assert level.rows[-1].remaining == pytest.approx({"varus_deg": 5.0, "medial_mm": 2.0, "long_mm": 40.0}, abs=1e-9)
    assert level.rows[-1].day == 41


# Sangeorzan, Judd and Sangeorzan's formula for a single cut, and two other methods (conventions section 3).
@pytest.mark.hazard("H-02")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(
    ("ap", "lateral", "torsion", "oblique", "whole", "printed"),
    [(27.1, 8.2, 29.7, 27.996, 40.598, 6e-4), (13, 19, 10, 22.517, 24.6115, 6e-4)],
)
def test_oblique_angle_and_single_rotation(
    side: Side,
    reference: Fragment,
    ap: float,
    lateral: float,
    torsion: float,
    oblique: float,
    whole: float,
    printed: float,
) -> None:
    for first, second, third in (
        ("varus_deg", "apex_anterior_deg", "internal_rotation_deg"),
        ("valgus_deg", "apex_anterior_deg", "external_rotation_deg"),
        ("varus_deg", "apex_posterior_deg", "external_rotation_deg"),
    ):
        R = deformity_pose({first: ap, second: lateral, third: torsion}, side, reference)[:3, :3]
        assert math.degrees(math.acos(R[2, 2])) == pytest.approx(oblique, abs=printed)
        assert math.degrees(math.acos((np.trace(R) - 1.0) / 2.0)) == pytest.approx(whole, abs=printed)

"""Joints, struts and what a motion of the rings does to them: numbers 13 to 16 of hand_numbers.md."""

import numpy as np
import pytest

import hexapod
from tests.laws.builder import REFERENCES, SIDES, level_of

# Half angle of a tab on the 100 mm joint circle: sin h = 0.075.
PRINTED = 6e-4
SAME = 1e-9


def lengths(proximal: str, distal: str, T: np.ndarray) -> list[float]:
    rings = hexapod.load_catalogue().rings
    found = hexapod.strut_lengths(rings[proximal].proximal_joints_mm, rings[distal].distal_joints_mm, T)
    return [float(length) for length in found]


def below(height: float, x: float = 0.0, y: float = 0.0, turn_deg: float = 0.0) -> np.ndarray:
    """The distal ring so far below the proximal one, moved by x and y, turned counter-clockwise seen from proximal."""
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    return np.array([[c, -s, 0.0, x], [s, c, 0.0, y], [0.0, 0.0, 1.0, -height], [0.0, 0.0, 0.0, 1.0]])


def frame_f(**where: float) -> list[float]:
    return lengths("generic-full-180", "generic-full-180", below(**where))


@pytest.mark.hazard("H-05")
def test_joints_stand_where_the_drawing_puts_them() -> None:
    """Looking down from proximal with the master tab towards you: strut 1 left of the tab, 2 right, on counter-clockwise.

    Looking down with the front (-y) at the bottom of the page, the patient's left (+x) is on the right of the page:
    strut 1 (left of the tab) has x = -7.5, strut 2 has x = +7.5.  Joints 3 and 4 stand 120 deg on, at the right back;
    below them the distal tabs sit at 60, 180 and 300 deg, and strut 4 ends just left (+x) of the back one.
    """
    ring = hexapod.load_catalogue().rings["generic-full-180"]
    proximal, distal = ring.proximal_joints_mm, ring.distal_joints_mm
    assert proximal[0] == pytest.approx([-7.5, -99.7184, -10.0], abs=1e-4)
    assert proximal[1] == pytest.approx([+7.5, -99.7184, -10.0], abs=1e-4)
    assert proximal[2] == pytest.approx([90.1086, 43.3640, -10.0], abs=1e-4)
    assert distal[0] == pytest.approx([-82.6086, -56.3544, 10.0], abs=1e-4)
    assert distal[2] == pytest.approx([90.1086, -43.3640, 10.0], abs=1e-4)
    assert distal[3] == pytest.approx([+7.5, 99.7184, 10.0], abs=1e-4)
    assert distal[4] == pytest.approx([-7.5, 99.7184, 10.0], abs=1e-4)
    assert (proximal[3, 1], proximal[4, 1]) > (0.0, 0.0)
    assert proximal[3, 0] > 0.0 > proximal[4, 0]
    assert distal[1, 0] > 0.0 > distal[5, 0]


@pytest.mark.parametrize(("apart", "each"), [(100, 128.393), (120, 144.515), (150, 170.249)])
def test_neutral_lengths_of_the_southampton_frame(apart: float, each: float) -> None:
    found = lengths("southampton-155", "southampton-155", below(apart))
    assert found == pytest.approx([each] * 6, abs=PRINTED)


@pytest.mark.parametrize(("apart", "each"), [(150, 156.2746), (120, 132.3697), (160, 164.6868)])
def test_pure_distraction_lengthens_all_six_equally(apart: float, each: float) -> None:
    """10 mm more between the rings are 8.41 mm on every strut: the struts stand oblique."""
    found = frame_f(height=apart)
    assert found == pytest.approx([each] * 6, abs=6e-5)
    assert max(found) - min(found) < SAME


def test_six_equal_readings_are_a_neutral_frame() -> None:
    ring = hexapod.load_catalogue().rings["generic-full-180"]
    T = hexapod.own_pose(ring.proximal_joints_mm, ring.distal_joints_mm, [150.0] * 6)
    assert pytest.approx(below(142.3857), abs=6e-5) == T


@pytest.mark.hazard("H-05")
def test_turning_the_distal_ring_counter_clockwise() -> None:
    """Seen from proximal, strut 1 runs from the front tab clockwise to the tab at 300 deg, strut 2 counter-clockwise to 60.

    Turned counter-clockwise, the distal end of every clockwise strut (1, 3, 5) comes nearer to its proximal end, that of
    every counter-clockwise strut (2, 4, 6) goes away.
    """
    longer, shorter = 165.304, 147.977
    assert frame_f(height=150, turn_deg=10) == pytest.approx([shorter, longer] * 3, abs=PRINTED)
    assert frame_f(height=150, turn_deg=-10) == pytest.approx([longer, shorter] * 3, abs=PRINTED)


@pytest.mark.hazard("H-05")
def test_sliding_the_distal_ring_to_the_patients_left() -> None:
    """Struts 2 and 5 run to the patient's left on their way down and stretch, 1 and 4 run to the right and shorten.

    Struts 3 and 6 run straight forwards, square to the motion, and grow by a hair: sqrt(24421.741 + 100) = 156.594.
    """
    expected = [151.722, 161.319, 156.594, 151.722, 161.319, 156.594]
    assert frame_f(height=150, x=10) == pytest.approx(expected, abs=PRINTED)
    expected = [161.319, 151.722, 156.594, 161.319, 151.722, 156.594]
    assert frame_f(height=150, x=-10) == pytest.approx(expected, abs=PRINTED)


@pytest.mark.hazard("H-05")
def test_sliding_the_distal_ring_forwards_and_backwards() -> None:
    """Struts 3 and 6 run forwards on their way down: moved anterior they stretch.  1, 2, 4, 5 run backwards: they shorten.

    The four run back by 43.364 mm only, the two forwards by 86.728: 24421.741 + 100 - 867.28 and + 1734.56.
    """
    anterior = [153.800, 153.800, 162.038, 153.800, 153.800, 162.038]
    posterior = [159.339, 159.339, 150.954, 159.339, 159.339, 150.954]
    assert frame_f(height=150, y=-10) == pytest.approx(anterior, abs=PRINTED)
    assert frame_f(height=150, y=10) == pytest.approx(posterior, abs=PRINTED)


def test_turning_both_rings_together_changes_no_strut() -> None:
    """A quarter turn of everything about the long axis takes (x, y) to (-y, x)."""
    ring = hexapod.load_catalogue().rings["generic-full-180"]
    quarter = np.array([[0.0, -1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    T = below(140, 7, -4, 11)
    proximal = ring.proximal_joints_mm @ quarter[:3, :3].T
    distal = ring.distal_joints_mm @ quarter[:3, :3].T
    turned = hexapod.strut_lengths(proximal, distal, quarter @ T @ quarter.T)
    assert turned == pytest.approx(frame_f(height=140, x=7, y=-4, turn_deg=11), abs=SAME)


@pytest.mark.hazard("H-06")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("deformity", [{"short_mm": 10}, {"external_rotation_deg": 10}])
def test_both_rings_turned_on_the_bone_give_the_same_schedule(side: str, reference: str, deformity: dict) -> None:
    """Lengthening and turning go round the long axis: where on the limb the master tabs stand does not matter to them."""
    front = level_of(side, reference, deformity=deformity)
    turned = level_of(side, reference, deformity=deformity, mounting={"external_rotation_deg": 35})
    for row, other in zip(front.rows, turned.rows, strict=True):
        assert other.lengths_mm == pytest.approx(row.lengths_mm, abs=SAME)
        assert other.settings_mm == row.settings_mm


@pytest.mark.hazard("H-05")
@pytest.mark.hazard("H-06")
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(("side", "word"), [("right", "internal_rotation_deg"), ("left", "external_rotation_deg")])
def test_a_frame_put_on_one_tab_further_round_passes_its_struts_on(reference: str, side: str, word: str) -> None:
    """Both rings 120 deg counter-clockwise: strut 1 stands where 3 stood, 2 where 4, 3 where 5, 4 where 6, 5 where 1."""
    deformity = {"varus_deg": 8, "apex_anterior_deg": 5, "medial_mm": 4, "short_mm": 6}
    front = level_of(side, reference, deformity=deformity)
    turned = level_of(side, reference, deformity=deformity, mounting={word: 120})
    for row, other in zip(front.rows, turned.rows, strict=True):
        a = row.lengths_mm
        assert other.lengths_mm == pytest.approx([a[2], a[3], a[4], a[5], a[0], a[1]], abs=SAME)


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-05")
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("at", ["start", "end"])
def test_the_other_limb_is_the_mirror_image(reference: str, at: str) -> None:
    """Left and right changed (x to -x), an angle a on a ring becomes -a: 0 - h and 0 + h change places, so do 120 - h and
    240 + h, and 120 + h and 240 - h; below, 300 + h and 60 - h, 60 + h and 300 - h, 180 - h and 180 + h.  So strut 1 takes
    the place of 2, 3 of 6 and 4 of 5, while every word (medial, internal, varus) keeps its meaning.
    """
    words = {"varus_deg": 9, "apex_posterior_deg": 6, "internal_rotation_deg": 12, "medial_mm": 4, "anterior_mm": 3}
    common = {
        "deformity": words | {"short_mm": 7},
        "at": at,
        "mounting": {"lateral_mm": 6, "posterior_mm": 9, "external_rotation_deg": 8, "leans_medial_deg": 4},
        "bone": {"diameter_mm": 28, "osteotomy": {"distal_mm": 8}},
        "structures_at_risk": [
            {"name": "nerve", "at": {"lateral_mm": 30, "posterior_mm": 20}, "limit_mm_per_day": 0.8}
        ],
        "adjustments_per_day": 3,
        "stages": [
            {"name": "open", "correct_to": words},
            {"name": "correct", "correct_to": {"external_rotation_deg": 3}},
            {"name": "shift", "transport": {"lateral_mm": 3, "anterior_mm": 1}},
        ],
    }
    right = level_of("right", reference, settings=(150, 158, 144, 149, 153, 161), **common)
    left = level_of("left", reference, settings=(158, 150, 161, 153, 149, 144), **common)
    assert len(right.rows) == len(left.rows) > 20
    for row, other in zip(right.rows, left.rows, strict=True):
        a, b = row.lengths_mm, row.settings_mm
        assert other.lengths_mm == pytest.approx([a[1], a[0], a[5], a[4], a[3], a[2]], abs=SAME)
        assert other.settings_mm == (b[1], b[0], b[5], b[4], b[3], b[2])
        assert other.remaining == pytest.approx(row.remaining, abs=SAME)

"""H-06: what a wrong mounting does to the bone, by hand.

Worked: the frame turns the moving fragment by 10 deg about the origin as entered.  If the ring really sits 5 mm more
proximal, the origin really lies 5 mm farther distal of the ring than entered, so the turn is about a point 5 mm above
the origin: correcting varus swings what lies below a hinge to the side, 5 sin 10 deg = 0.868 mm lateral, and lifts it
by 5 (1 - cos 10 deg) = 0.076 mm, which is shortening.  Together 2 x 5 x sin 5 deg = 0.872 mm.
"""

import math

import pytest

from hexapod.preoperative.end_error import Sensitivity, mounting_sensitivity
from tests.laws.builder import REFERENCES, SIDES, level_of

pytestmark = pytest.mark.hazard("H-06")

FIVE = {
    "ap_offset_mm": 5,
    "lateral_offset_mm": 5,
    "axial_offset_mm": 5,
    "rotation_deg": 5,
    "ap_tilt_deg": 5,
    "lateral_tilt_deg": 5,
}
DISTRACT = {"name": "lengthen", "transport": {"distal_mm": 40}}


def of(side: str, reference: str, **keys: object) -> dict[str, Sensitivity]:
    frame = level_of(side, reference, **{"mounting_sd": FIVE} | keys).frame
    assert frame is not None
    return {one.quantity: one for one in mounting_sensitivity(frame)}


@pytest.mark.parametrize("side", SIDES)
def test_a_turn_goes_about_another_point(side: str) -> None:
    found = of(side, "proximal", deformity={"varus_deg": 10})
    along = found["along the bone"]
    assert along.size == 5.0
    assert along.off_mm == pytest.approx(0.8716, abs=1e-4)
    assert along.off_deg == pytest.approx(0.0, abs=1e-9)
    words = {"proximal": ("lateral_mm", "short_mm"), "distal": ("medial_mm", "short_mm")}[along.word]
    assert along.remaining is not None
    assert {word: size for word, size in along.remaining.items() if size > 1e-9} == pytest.approx(
        {words[0]: 0.8682, words[1]: 0.0760}, abs=1e-4
    )
    # The hinge of varus lies along the line from front to back: moving it that way changes nothing.
    assert found["lateral translation"].off_mm == pytest.approx(0.0, abs=1e-9)
    assert found["AP translation"].off_mm == pytest.approx(0.8716, abs=1e-4)


def test_proximal_and_distal_errors_have_their_own_side() -> None:
    """Both directions, each by the drawing: more proximal leaves the fragment lateral, more distal medial."""
    from hexapod.preoperative import end_error

    seen = {}
    for side in SIDES:
        frame = level_of(side, "proximal", deformity={"varus_deg": 10}).frame
        assert frame is not None
        motion = frame.setup.T_prox_dist(frame.T_prox_dist[[0, -1]])
        for sign, word in ((5.0, "proximal"), (-5.0, "distal")):
            one = end_error._astray(
                frame, motion, next(p for p in end_error.MOUNTING if p.positive == "proximal_mm"), sign
            )
            assert one is not None
            assert one.word == word
            assert one.remaining is not None
            seen[side, word] = {key for key, size in one.remaining.items() if size > 0.1}
    assert seen == {
        ("right", "proximal"): {"lateral_mm"},
        ("left", "proximal"): {"lateral_mm"},
        ("right", "distal"): {"medial_mm"},
        ("left", "distal"): {"medial_mm"},
    }


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_lengthening_minds_the_lean_only(side: str, reference: str) -> None:
    """40 mm along a ring that leans by 5 deg: 2 x 40 x sin 2.5 deg = 3.490 mm aside."""
    way = {"distal_mm": 40} if reference == "proximal" else {"proximal_mm": 40}
    found = of(side, reference, stages=[{"name": "lengthen", "transport": way}])
    for quantity in ("tilt on the AP view", "tilt on the lateral view"):
        assert found[quantity].off_mm == pytest.approx(3.4895, abs=1e-4)
    for quantity in ("AP translation", "lateral translation", "along the bone", "axial rotation"):
        assert found[quantity].off_mm == pytest.approx(0.0, abs=1e-9)
        assert found[quantity].off_deg == pytest.approx(0.0, abs=1e-6)


def test_a_ring_leaning_posterior_sends_a_lengthening_forwards() -> None:
    """A ring whose normal leans backwards by 5 deg more: distal along the true normal goes forwards, 40 sin 5 = 3.486."""
    lean = of("right", "proximal", stages=[DISTRACT])["tilt on the lateral view"]
    assert lean.remaining is not None
    forwards = {"leans_posterior": "anterior_mm", "leans_anterior": "posterior_mm"}[lean.word]
    assert lean.remaining[forwards] == pytest.approx(40 * math.sin(math.radians(5)), abs=1e-4)


def test_no_motion_minds_nothing() -> None:
    found = of("right", "proximal", stages=[{"name": "rest", "hold_days": 3}])
    assert max(one.off_mm + one.off_deg for one in found.values()) < 1e-6


def test_a_ring_that_leans_almost_too_far_is_judged_the_other_way() -> None:
    found = of("right", "proximal", mounting={"leans_anterior_deg": 43}, stages=[{"name": "rest", "hold_days": 1}])
    assert found["tilt on the lateral view"].word == "leans_posterior"


def test_rows_name_the_worst() -> None:
    from hexapod.text.preoperative_text import NOTHING, sensitivity_rows

    rows = sensitivity_rows(level_of("right", "proximal", stages=[DISTRACT], mounting_sd=FIVE))
    assert (rows[0].off, rows[-1].off) == ("3.5 mm", NOTHING)
    assert rows[0].ring.startswith("tilted 5 deg more ")


def test_an_error_is_one_sd() -> None:
    """The usual tilt of 0.6 deg: 40 x sin 0.6 deg = 0.419 mm."""
    tilt = of("right", "proximal", stages=[DISTRACT], mounting_sd={})["tilt on the AP view"]
    assert tilt.size == 0.6
    assert tilt.off_mm == pytest.approx(0.4189, abs=1e-4)


def test_an_error_is_the_sd_of_the_ruler_where_the_mounting_was_measured_on_radiographs() -> None:
    """A tilt of the ring of 4 deg, taken from the ruler with an SD of 2 deg: 40 x sin 2 deg = 1.396 mm.

    Typed otherwise since, it is as sure as usual again: 0.6 deg, 40 x sin 0.6 deg = 0.419 mm.
    """
    film = {"id": "ap1", "view": "ap", "side": "right", "seen_from": "front", "columns": 100, "rows": 100, "points": []}
    result = {"word": "mounting.leans_lateral_deg", "size": 4.0, "sd": 2.0, "films": ["ap1"], "taken": True}
    films = {"format": "hexapod-films/1", "films": [film], "results": [result]}
    for leans, sd, off_mm in ((4.0, 2.0, 1.396), (5.0, 0.6, 0.419)):
        found = of(
            "right",
            "proximal",
            stages=[DISTRACT],
            mounting={"proximal_mm": 60, "leans_lateral_deg": leans},
            mounting_sd=None,
            measured_with=films,
        )
        tilt = found["tilt on the AP view"]
        assert tilt.size == sd
        assert tilt.off_mm == pytest.approx(off_mm, abs=2e-3)

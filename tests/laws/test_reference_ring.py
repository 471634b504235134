"""Where the mounting words put the reference ring: numbers 10 to 12 of hand_numbers.md."""

import pytest

from hexapod.deformity.pose import ring_mount
from hexapod.deformity.quantities import Side
from tests.laws.builder import REFERENCES, SIDES, level_of

PRINTED = 6e-5
FRONT_100 = [0.0, -100.0, 0.0, 1.0]


def ring_point(words: dict[str, float], side: Side, point: list[float]) -> list[float]:
    """A point of the reference ring in reference axes: the same under either reference, and by the words alone."""
    T = ring_mount(words, side)
    for reference in REFERENCES:
        frame = level_of(side, reference, mounting=words).frame
        assert frame is not None
        assert frame.setup.T_ref_ring.tolist() == T.tolist()
    return [float(x) for x in (T @ point)[:3]]


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-06")
@pytest.mark.parametrize(("side", "x"), [("right", -50.0), ("left", 50.0)])
def test_front_turned_external_points_away_from_the_midline(side: Side, x: float) -> None:
    expected = pytest.approx([x, -86.6025, 0.0], abs=PRINTED)
    assert ring_point({"external_rotation_deg": 30}, side, FRONT_100) == expected
    expected = pytest.approx([-x, -86.6025, 0.0], abs=PRINTED)
    assert ring_point({"internal_rotation_deg": 30}, side, FRONT_100) == expected


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-06")
@pytest.mark.parametrize(("side", "medial"), [("right", 1.0), ("left", -1.0)])
def test_centre_of_the_ring(side: Side, medial: float) -> None:
    words = {"medial_mm": 4.0, "anterior_mm": 12.0, "proximal_mm": 60.0}
    assert ring_point(words, side, [0, 0, 0, 1]) == [4.0 * medial, -12.0, 60.0]
    opposite = {"lateral_mm": 4.0, "posterior_mm": 12.0, "distal_mm": 60.0}
    assert ring_point(opposite, side, [0, 0, 0, 1]) == [-4.0 * medial, 12.0, -60.0]


@pytest.mark.hazard("H-01")
@pytest.mark.hazard("H-06")
@pytest.mark.parametrize(("side", "medial"), [("right", 1.0), ("left", -1.0)])
def test_leans_are_told_by_the_proximal_normal(side: Side, medial: float) -> None:
    normal = [0.0, 0.0, 1.0, 0.0]
    assert ring_point({"leans_medial_deg": 5}, side, normal) == pytest.approx([0.08716 * medial, 0, 0.99619], abs=1e-5)
    assert ring_point({"leans_lateral_deg": 5}, side, normal) == pytest.approx(
        [-0.08716 * medial, 0, 0.99619], abs=1e-5
    )
    both = {"leans_anterior_deg": 10, "leans_medial_deg": 20}
    assert ring_point(both, side, normal) == pytest.approx([0.3374 * medial, -0.1635, 0.9271], abs=PRINTED)


@pytest.mark.hazard("H-02")
@pytest.mark.hazard("H-06")
@pytest.mark.parametrize("side", SIDES)
def test_a_ring_that_leans_forward_has_its_front_tab_low(side: Side) -> None:
    expected = pytest.approx([0.0, -98.4808, -17.3648], abs=PRINTED)
    assert ring_point({"leans_anterior_deg": 10}, side, FRONT_100) == expected
    expected = pytest.approx([0.0, -98.4808, 17.3648], abs=PRINTED)
    assert ring_point({"leans_posterior_deg": 10}, side, FRONT_100) == expected


@pytest.mark.hazard("H-06")
@pytest.mark.parametrize(("side", "x"), [("right", -100.0), ("left", 100.0)])
def test_the_ring_turns_first_and_leans_then(side: Side, x: float) -> None:
    words = {"leans_anterior_deg": 10, "external_rotation_deg": 90}
    assert ring_point(words, side, FRONT_100) == pytest.approx([x, 0.0, 0.0], abs=PRINTED)
    assert ring_point(words, side, [0, 0, 1, 0]) == pytest.approx([0.0, -0.1736, 0.9848], abs=PRINTED)

"""Paths: arc lengths against fine polygons, and the smallest number of days."""

import numpy as np
import pytest
from scipy.special import ellipeinc

from hexapod.errors import GeometryError
from hexapod.geometry.pose_path import Path, elliptic_second_kind, equal_steps, fewest_days, keeps_limits
from hexapod.geometry.transforms import pose, rotation_from_vector, transform_points, turn_about_z

POINTS = np.array([[0, 0, 0], [30, -20, 40], [-100, 5, -12], [0, 0, 250.0]])


def polygon(path: Path, points: np.ndarray, days: int) -> np.ndarray:
    """Arc lengths by adding 4000 chords a day."""
    fine = transform_points(path.poses(np.linspace(0, 1, days * 4000 + 1)), points)
    return np.linalg.norm(np.diff(fine, axis=0), axis=-1).reshape(days, 4000, -1).sum(axis=1)


@pytest.mark.parametrize("angle", [0.0, 1e-7, 9.99e-4, 1.001e-3, 0.05, 0.7, 3.1])
@pytest.mark.parametrize("shift", [(0, 0, 0), (3, -4, 9), (0, 0, -40)])
def test_arc_lengths_are_those_of_a_fine_polygon(angle: float, shift: tuple[float, ...]) -> None:
    start = pose(rotation_from_vector([0.1, 0.2, -0.3]), [1, 2, 3])
    end = pose(rotation_from_vector(angle * np.array([2, -1, 2]) / 3) @ start[:3, :3], start[:3, 3] + shift)
    path = Path.between(start, end)
    assert np.allclose(path.arc_lengths(POINTS, equal_steps(5)), polygon(path, POINTS, 5), rtol=1e-6, atol=1e-9)


def test_a_quarter_turn_moves_a_point_a_quarter_circle_not_its_chord() -> None:
    path = Path.between(np.eye(4), pose(turn_about_z(np.pi / 2), [0, 0, 0]))
    arc = path.arc_lengths(np.array([[100.0, 0, 0]]), equal_steps(1))
    assert arc[0, 0] == pytest.approx(157.0796326794897, abs=1e-10)


def test_a_point_that_stops_on_the_way() -> None:
    # A rolling wheel: the rim point touches the ground and stands still for a moment (a cycloid of length 8 r).
    roll = pose(rotation_from_vector([0, 3.0, 0]), [3.0, 0, 0])
    path = Path.between(np.eye(4), roll)
    arc = path.arc_lengths(np.array([[0.0, 0, -1.0]]), equal_steps(1))
    assert arc[0, 0] == pytest.approx(4 * (1 - np.cos(1.5)), abs=1e-12)


def test_elliptic_integrals_are_those_of_the_library() -> None:
    """All amplitudes of two turns and all moduli, those next to 0 and 1 with them, and quarter turns to the last digit."""
    rng = np.random.default_rng(3)
    tiny = 10.0 ** rng.uniform(-17, -1, 200)
    modulus = np.concatenate([[0.0, 1.0, 0.5], rng.uniform(0, 1, 200), tiny, 1.0 - tiny])
    quarters = np.pi / 2 * np.arange(-8, 9)
    amplitude = np.concatenate([quarters, rng.uniform(-4 * np.pi, 4 * np.pi, 100), rng.choice(quarters, 200) + tiny])
    amplitude = np.repeat(amplitude[:, None], len(modulus), axis=1)
    off = abs(elliptic_second_kind(amplitude, modulus) - ellipeinc(amplitude, modulus))
    assert (off / np.maximum(1.0, abs(amplitude) / np.pi)).max() < 1e-14


def test_ends_are_exact() -> None:
    end = pose(rotation_from_vector([0.3, 0.1, 0.2]), [5, 6, 7.0])
    path = Path.between(np.eye(4), end)
    assert np.array_equal(path.poses([0.0, 1.0])[1], end)
    assert np.array_equal(path.poses([0.0, 1.0])[0], np.eye(4))


def test_half_a_turn_has_no_shortest_way() -> None:
    with pytest.raises(GeometryError, match="180 deg"):
        Path.between(np.eye(4), pose(turn_about_z(np.pi), [0, 0, 0]))


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize(("mm", "limit", "days"), [(15, 1.0, 15), (15.000001, 1.0, 16), (0.3, 1.0, 1), (2.1, 0.25, 9)])
def test_days_of_a_straight_way(mm: float, limit: float, days: int) -> None:
    path = Path.between(np.eye(4), pose(np.eye(3), [0, 0, -mm]))
    assert fewest_days(path, POINTS[:1], np.array([limit]), None, 730) == days


@pytest.mark.hazard("H-07")
def test_the_fewest_days_keep_every_limit_and_one_less_does_not() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        end = pose(rotation_from_vector(rng.uniform(-0.9, 0.9, 3)), rng.uniform(-15, 15, 3))
        path, limits = Path.between(np.eye(4), end), rng.uniform(0.3, 2.0, len(POINTS))
        days = fewest_days(path, POINTS, limits, None, 5000)
        assert days is not None
        assert keeps_limits(path, POINTS, limits, None, days)
        if days < 60:
            assert (polygon(path, POINTS, days) <= limits * (1 + 1e-6)).all()
        assert days == 1 or not keeps_limits(path, POINTS, limits, None, days - 1)


def test_the_turn_has_a_limit_of_its_own() -> None:
    path = Path.between(np.eye(4), pose(turn_about_z(np.radians(12)), [0, 0, 0]))
    assert fewest_days(path, POINTS[:1], np.array([1.0]), np.radians(1.0), 730) == 12
    assert fewest_days(path, POINTS[:1], np.array([1.0]), np.radians(0.01), 730) is None


@pytest.mark.parametrize("limit", [5e-324, 1e-300, 1e-6])
def test_a_limit_that_no_number_of_days_keeps(limit: float) -> None:
    path = Path.between(np.eye(4), pose(np.eye(3), [0, 0, -1000.0]))
    assert fewest_days(path, POINTS[:1], np.array([limit]), None, 730) is None
    assert fewest_days(path, POINTS[:1], np.array([1e9]), limit, 730) == 1  # nothing turns

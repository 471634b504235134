"""Paths of many variations at once: the days and poses of pose_path.py, one by one."""

import math

import numpy as np
import pytest

from hexapod.geometry.pose_path import Path, Paths, fewest_days
from hexapod.geometry.transforms import pose, rotation_from_vector

# More days than any path here takes at its limits.
AT_MOST = 730


def drawn(count: int) -> Paths:
    """Paths of all kinds: straight, hardly turning, turning on the spot, and by up to 2 rad."""
    random = np.random.default_rng(7)
    R = rotation_from_vector(random.normal(size=(count, 3)) * 0.4)
    axes = random.normal(size=(count, 3))
    size = random.choice([0.0, 1e-5, 0.1, 1.0, 2.0], count)[:, None]
    turn = axes / np.linalg.norm(axes, axis=1, keepdims=True) * size
    start = random.normal(size=(count, 3)) * 10.0
    end = start + random.normal(size=(count, 3)) * random.choice([0.0, 5.0, 20.0], count)[:, None]
    return Paths.between(pose(R, start), pose(rotation_from_vector(turn) @ R, end))


def test_the_fewest_days_are_those_of_each_path() -> None:
    """With points all round, whose fastest moment is anywhere on the way, before or after it."""
    paths = drawn(120)
    points = np.concatenate([np.zeros((1, 3)), np.random.default_rng(8).normal(size=(9, 3)) * 60.0])
    limits = np.array([1.0, 0.5, *[1.0] * 8])
    for turn_limit in (None, math.radians(2.0)):
        found = paths.fewest_days(points[None], limits, turn_limit, AT_MOST)
        each = [
            fewest_days(Path.between(a, b), points, limits, turn_limit, AT_MOST) or 0
            for a, b in zip(paths.T_start, paths.T_end, strict=True)
        ]
        assert found.tolist() == each


def test_poses_are_sums_of_four_matrices() -> None:
    paths, s = drawn(20), np.array([0.0, 0.3, 0.9, 1.0])
    T = np.einsum("ndw,nwij->ndij", paths.weights(np.tile(s, (20, 1))), paths.matrices())
    for k, (a, b) in enumerate(zip(paths.T_start, paths.T_end, strict=True)):
        assert np.abs(T[k] - Path.between(a, b).poses(s)).max() < 1e-12


@pytest.mark.hazard("H-07")
def test_fifteen_millimetres_at_one_a_day_are_fifteen_days() -> None:
    T = pose(np.eye(3), [[0.0, 0.0, 0.0]] * 2)
    end = pose(np.eye(3), [[0.0, 0.0, -15.0], [0.0, 0.0, -15.01]])
    assert Paths.between(T, end).fewest_days(np.zeros((1, 1, 3)), np.ones(1), None, AT_MOST).tolist() == [15, 16]

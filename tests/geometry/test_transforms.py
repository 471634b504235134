"""Rotations against another library, at the angles where formulas lose digits."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from transforms3d.axangles import axangle2mat

from hexapod.geometry.transforms import (
    rotation_from_vector,
    rotation_vector,
    swing,
    turn_about_z,
    turn_angle,
    unit_quaternion,
)

ROUNDING = 2e-15  # a few products of numbers up to 1
ANGLES = [0.0, 1e-300, 1e-12, 1e-9, 1e-8, 1e-4, 0.5, 1.5, 3.0, np.pi - 1e-6, np.pi - 1e-9]


def vectors(angle: float) -> np.ndarray:
    axes = np.random.default_rng(1).normal(size=(200, 3))
    axes[:6] = [*np.eye(3), *-np.eye(3)]
    return angle * axes / np.linalg.norm(axes, axis=1, keepdims=True)


@pytest.mark.parametrize("angle", ANGLES)
def test_rotations_are_those_of_another_library(angle: float) -> None:
    v = vectors(angle)
    R = rotation_from_vector(v)
    other = Rotation.from_rotvec(v)
    assert abs(R - other.as_matrix()).max() < ROUNDING
    assert abs(rotation_vector(R) - v).max() < 5e-15 * max(1.0, 1e-7 / (np.pi - angle))
    assert abs(turn_angle(R) - angle).max() < 5e-15
    q = np.roll(other.as_quat(), 1, axis=1)
    assert abs(unit_quaternion(R) - np.where(q[:, :1] < 0, -q, q)).max() < 1e-14 * max(1.0, 1e-7 / (np.pi - angle))


def test_any_leading_shape() -> None:
    v = vectors(0.7).reshape(2, 100, 3)
    assert rotation_from_vector(v).shape == (2, 100, 3, 3)
    assert abs(rotation_vector(rotation_from_vector(v)) - v).max() < 5e-15
    assert rotation_vector(np.eye(3)).shape == (3,)


def test_counter_clockwise_about_z() -> None:
    assert (turn_about_z(np.pi / 2) @ [1, 0, 0]).round(15).tolist() == [0, 1, 0]
    assert (rotation_from_vector([0, 0, np.pi / 2]) @ [1, 0, 0]).round(15).tolist() == [0, 1, 0]


@pytest.mark.parametrize("angle", [0.0, 1e-9, 0.3, 2.0, np.pi - 1e-6])
def test_single_rotations_are_those_of_another_library(angle: float) -> None:
    """A turn about z, and the smallest rotation from one direction to another, beside transforms3d."""
    np.testing.assert_allclose(turn_about_z(angle), axangle2mat([0.0, 0.0, 1.0], angle), atol=1e-15)
    axis = np.array([1.0, -2.0, 0.5]) / np.linalg.norm([1.0, -2.0, 0.5])
    start = np.cross(axis, [0.0, 0.0, 1.0])
    other = axangle2mat(axis, angle)
    np.testing.assert_allclose(swing(3.0 * start, other @ start), other, atol=1e-9)

"""The one door to rotations and poses.  Nothing else may import transforms3d or scipy's Rotation.

A pose `T_a_b` is a 4x4 matrix with `p_a = T_a_b @ p_b`; angles here are radians.  The two libraries order
quaternions differently (transforms3d w first, scipy w last); what leaves this module is always w first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation
from transforms3d.axangles import axangle2mat

from hexapod.errors import GeometryError

Array = NDArray[np.float64]

# Rotation matrices arrive as people print them, with three or four decimals; more than this is not a rotation.
ORTHONORMAL_TOLERANCE = 5e-3
# A rotation that is exact but for the rounding of a few products is taken as it is.
ROUNDING = 1e-13


def pose(rotation: ArrayLike, translation_mm: ArrayLike) -> Array:
    """The 4x4 pose of a 3x3 rotation (..., 3, 3) and a translation (..., 3) in mm."""
    rotation, translation_mm = np.asarray(rotation, float), np.asarray(translation_mm, float)
    shape = np.broadcast_shapes(rotation.shape[:-2], translation_mm.shape[:-1])
    T = np.zeros((*shape, 4, 4))
    T[..., :3, :3] = rotation
    T[..., :3, 3] = translation_mm
    T[..., 3, 3] = 1.0
    return T


def shift(translation_mm: ArrayLike) -> Array:
    """The pose (4, 4) that is moved by `translation_mm` and not turned."""
    return pose(np.eye(3), translation_mm)


def invert(T_a_b: ArrayLike) -> Array:
    """`T_b_a` of rigid poses (..., 4, 4), by transposing the rotation."""
    T_a_b = np.asarray(T_a_b, float)
    R_b_a = np.swapaxes(T_a_b[..., :3, :3], -1, -2)
    return pose(R_b_a, -np.einsum("...ij,...j->...i", R_b_a, T_a_b[..., :3, 3]))


def turn_about_z(angle: float) -> Array:
    """Rotation matrix (3, 3) by `angle` rad about z, counter-clockwise seen from +z."""
    return np.asarray(axangle2mat([0.0, 0.0, 1.0], angle, is_normalized=True), float)


def swing(start: ArrayLike, end: ArrayLike) -> Array:
    """The smallest rotation (3, 3) that takes direction `start` to direction `end` (about their cross product).

    Raises:
        GeometryError: when the two point in opposite directions, where the smallest rotation is not unique.
    """
    a = np.asarray(start, float) / np.linalg.norm(start)
    b = np.asarray(end, float) / np.linalg.norm(end)
    axis = cross(a, b)
    sine, cosine = float(np.linalg.norm(axis)), float(a @ b)
    if sine == 0.0:
        if cosine < 0.0:
            raise GeometryError("The two directions are opposite: give an angle below 180 deg between them.")
        return np.eye(3)
    return np.asarray(axangle2mat(axis / sine, np.arctan2(sine, cosine), is_normalized=True), float)


def rotation_vector(rotation: ArrayLike) -> Array:
    """Axis times angle (..., 3) in rad, angle 0 to pi, of rotation matrices (..., 3, 3)."""
    rotation = np.asarray(rotation, float)
    flat = Rotation.from_matrix(rotation.reshape(-1, 3, 3)).as_rotvec()
    return np.asarray(flat, float).reshape(rotation.shape[:-1])


def rotation_from_vector(vector: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3) of rotation vectors (..., 3) in rad."""
    vector = np.asarray(vector, float)
    flat = Rotation.from_rotvec(vector.reshape(-1, 3)).as_matrix()
    return np.asarray(flat, float).reshape((*vector.shape, 3))


def turn_angle(rotation: ArrayLike) -> Array:
    """Angle (...) in rad, 0 to pi, by which rotation matrices (..., 3, 3) turn; exact near zero."""
    return np.asarray(np.linalg.norm(rotation_vector(rotation), axis=-1), float)


def unit_quaternion(rotation: ArrayLike) -> Array:
    """Unit quaternions (..., 4), w first, of rotation matrices (..., 3, 3)."""
    rotation = np.asarray(rotation, float)
    x_y_z_w = np.asarray(Rotation.from_matrix(rotation.reshape(-1, 3, 3)).as_quat(), float)
    return np.roll(x_y_z_w, 1, axis=-1).reshape((*rotation.shape[:-2], 4))


def transform_points(T_a_b: ArrayLike, points_b_mm: ArrayLike) -> Array:
    """Points (k, 3) of frame b in frame a, for poses (..., 4, 4): result (..., k, 3)."""
    T_a_b, points_b_mm = np.asarray(T_a_b, float), np.asarray(points_b_mm, float)
    return np.asarray(np.einsum("...ij,kj->...ki", T_a_b[..., :3, :3], points_b_mm) + T_a_b[..., None, :3, 3], float)


def cross(a: Array, b: Array) -> Array:
    """Cross products (..., 3) of vectors (..., 3); the library's own spends most of its time on its arguments."""
    return np.stack(
        [
            a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1],
            a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2],
            a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0],
        ],
        axis=-1,
    )


def check_pose(T: ArrayLike, name: str) -> Array:
    """`T` (..., 4, 4) as exactly rigid poses, when every matrix is one to the digits that people print.

    Raises:
        GeometryError: naming `name` and the property that failed.
    """
    T = np.asarray(T, float)
    if T.shape[-2:] != (4, 4):
        raise GeometryError(f"{name} must be a 4x4 pose or an array of them, not of shape {T.shape}.")
    if not np.isfinite(T).all():
        raise GeometryError(f"{name} holds a number that is not finite.")
    if not (T[..., 3, :] == (0.0, 0.0, 0.0, 1.0)).all():
        raise GeometryError(f"{name} must have 0 0 0 1 as its last row.")
    R = T[..., :3, :3]
    square = abs(np.swapaxes(R, -1, -2) @ R - np.eye(3)).max(initial=0.0)
    if not square <= ORTHONORMAL_TOLERANCE:
        raise GeometryError(f"{name} is not a rigid pose: the columns of its rotation are not square to one another.")
    if not (np.linalg.det(R) > 0.0).all():
        raise GeometryError(f"{name} is a mirror image, not a rotation.")
    if square <= ROUNDING:
        return T
    return pose(rotation_from_vector(rotation_vector(R)), T[..., :3, 3])

"""Rotations and poses.

A pose `T_a_b` is a 4x4 matrix with `p_a = T_a_b @ p_b`; angles here are radians, quaternions have w first.  Formulas
are our own: loading scipy's Rotation takes longer than planning a case (the tests compare with it and transforms3d).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hexapod.errors import GeometryError

Array = NDArray[np.float64]

# Rotation matrices arrive as people print them, with three or four decimals; more than this is not a rotation.
ORTHONORMAL_TOLERANCE = 5e-3
# The last row of every pose.
LAST_ROW = (0.0, 0.0, 0.0, 1.0)
# A rotation that is exact but for the rounding of a few products is taken as it is.
ROUNDING = 1e-13
# Below this sine of half the angle, angle / sine is 2 / w to the last digit.
SMALL_SINE = 1e-9


def pose(rotation: ArrayLike, translation_mm: ArrayLike) -> Array:
    """The 4x4 pose of a 3x3 rotation (..., 3, 3) and a translation (..., 3) in mm."""
    rotation, translation_mm = np.asarray(rotation, float), np.asarray(translation_mm, float)
    shape = rotation.shape[:-2]
    if translation_mm.shape[:-1] != shape:
        shape = np.broadcast_shapes(shape, translation_mm.shape[:-1])
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
    R, t = T_a_b[..., :3, :3], T_a_b[..., :3, 3]
    T = np.empty(T_a_b.shape)
    T[..., :3, :3] = np.swapaxes(R, -1, -2)
    T[..., :3, 3] = -(R[..., 0, :] * t[..., :1] + R[..., 1, :] * t[..., 1:2] + R[..., 2, :] * t[..., 2:])
    T[..., 3, :] = LAST_ROW
    return T


def turn_about_z(angle: float) -> Array:
    """Rotation matrix (3, 3) by `angle` rad about z, counter-clockwise seen from +z."""
    return turns_about_z(angle)


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
    return rotation_from_vector(axis / sine * np.arctan2(sine, cosine))


def swings(start: ArrayLike, ends: ArrayLike) -> Array:
    """`swing` of direction `start` (3,) to each of the directions (..., 3), none of them opposite to it.

    Source: Rodrigues' formula with the sine and cosine taken from the cross and dot product.
    """
    a, b = np.asarray(start, float), np.asarray(ends, float)
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b, axis=-1, keepdims=True)
    axis, cosine = cross(a, b), (b @ a)[..., None, None]
    R: Array = axis[..., :, None] * axis[..., None, :] / (1.0 + cosine) + cosine * np.eye(3)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        R[..., k, j] += axis[..., i]
        R[..., j, k] -= axis[..., i]
    return R


def turns_about_z(angles: ArrayLike) -> Array:
    """`turn_about_z` (..., 3, 3) of angles (...) in rad."""
    angles = np.asarray(angles, float)
    R = np.zeros((*angles.shape, 3, 3))
    R[..., 0, 0] = R[..., 1, 1] = np.cos(angles)
    R[..., 1, 0] = np.sin(angles)
    R[..., 0, 1] = -R[..., 1, 0]
    R[..., 2, 2] = 1.0
    return R


def rotation_vector(rotation: ArrayLike) -> Array:
    """Axis times angle (..., 3) in rad, angle 0 to pi, of rotation matrices (..., 3, 3)."""
    sines, cosine = _sines_and_cosine(np.asarray(rotation, float))
    if cosine.min(initial=1.0) > -1.0:  # less than 120 deg: the sines alone tell the axis well
        size = np.sqrt(dot(sines, sines))
        small = size < SMALL_SINE
        return np.asarray(
            sines * np.where(small, 0.5, np.arctan2(size, cosine) / np.where(small, 1.0, size))[..., None]
        )
    quaternion = unit_quaternion(rotation)
    w, axis = quaternion[..., 0], quaternion[..., 1:]
    sine = np.linalg.norm(axis, axis=-1)
    small = sine < SMALL_SINE
    ratio = np.where(small, 2.0 / np.where(small, w, 1.0), 2.0 * np.arctan2(sine, w) / np.where(small, 1.0, sine))
    return np.asarray(ratio[..., None] * axis, float)


def rotation_from_vector(vector: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3) of rotation vectors (..., 3) in rad, by Rodrigues' formula."""
    v = np.asarray(vector, float)
    square = dot(v, v)
    half = 0.5 * np.sqrt(square)
    sine_over = np.sin(half) / np.where(half > 0.0, half, 1.0) + (half == 0.0)  # sin(half) / half, 1 at 0
    sines = (sine_over * np.cos(half))[..., None] * v
    versine_over = 0.5 * sine_over * sine_over  # (1 - cos(angle)) / angle^2
    R: Array = (versine_over[..., None] * v)[..., :, None] * v[..., None, :]
    cosine = 1.0 - versine_over * square
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        R[..., i, i] += cosine
        R[..., k, j] += sines[..., i]
        R[..., j, k] -= sines[..., i]
    return R


def turn_angle(rotation: ArrayLike) -> Array:
    """Angle (...) in rad, 0 to pi, by which rotation matrices (..., 3, 3) turn; exact near zero.

    Source: its sine and cosine from the part of R that changes its sign when transposed, and from its trace.
    """
    sines, cosine = _sines_and_cosine(np.asarray(rotation, float))
    return np.asarray(np.arctan2(np.sqrt(dot(sines, sines)), cosine), float)


def _sines_and_cosine(R: Array) -> tuple[Array, Array]:
    """The axis times twice the sine (..., 3), and twice the cosine (...), of the angles of rotations (..., 3, 3)."""
    sines = np.empty(R.shape[:-1])
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        np.subtract(R[..., k, j], R[..., j, k], out=sines[..., i])
    return sines, np.asarray(R[..., 0, 0] + R[..., 1, 1] + R[..., 2, 2] - 1.0)


def unit_quaternion(rotation: ArrayLike) -> Array:
    """Unit quaternions (..., 4), w first and never negative, of rotation matrices (..., 3, 3).

    Source: 4 q q^T is linear in R; the row with its largest diagonal loses no digits (Shepperd, J Guidance 1, 1978).
    """
    R = np.asarray(rotation, float)
    four = np.empty((*R.shape[:-2], 4, 4))
    trace = np.trace(R, axis1=-2, axis2=-1)
    four[..., 0, 0] = 1.0 + trace
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        four[..., i + 1, i + 1] = 1.0 - trace + 2.0 * R[..., i, i]
        four[..., 0, i + 1] = four[..., i + 1, 0] = R[..., k, j] - R[..., j, k]
        four[..., i + 1, j + 1] = four[..., j + 1, i + 1] = R[..., i, j] + R[..., j, i]
    largest = np.argmax(np.diagonal(four, axis1=-2, axis2=-1), axis=-1)
    q = np.take_along_axis(four, largest[..., None, None], axis=-2)[..., 0, :]
    q /= np.linalg.norm(q, axis=-1, keepdims=True)
    return np.asarray(np.where(q[..., :1] < 0.0, -q, q), float)


def moved_by(T_a_b: Array, T_b_c: Array, T_c_d: Array) -> Array:
    """`T_a_d` (..., 4, 4) of poses `T_b_c` (..., 4, 4) between two that are the same for all (4, 4)."""
    # One product for all poses from each side.
    return T_a_b @ (T_b_c.reshape(-1, 4) @ T_c_d).reshape(T_b_c.shape)


def transform_points(T_a_b: ArrayLike, points_b_mm: ArrayLike) -> Array:
    """Points (k, 3) of frame b in frame a, for poses (..., 4, 4): result (..., k, 3)."""
    T_a_b, points_b_mm = np.asarray(T_a_b, float), np.asarray(points_b_mm, float)
    # One product for all poses.
    turned = T_a_b[..., :3, :3].reshape(-1, 3) @ points_b_mm.T
    moved: Array = turned.reshape(*T_a_b.shape[:-2], 3, len(points_b_mm)) + T_a_b[..., :3, 3:]
    return moved.swapaxes(-1, -2)


def dot(a: Array, b: Array) -> Array:
    """Scalar products (...) of vectors (..., 3)."""
    return np.asarray(np.einsum("...i,...i->...", a, b), float)


def cross(a: Array, b: Array) -> Array:
    """Cross products (..., 3) of vectors (..., 3); the library's own spends most of its time on its arguments."""
    product = np.empty(np.broadcast(a, b).shape)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        np.subtract(a[..., j] * b[..., k], a[..., k] * b[..., j], out=product[..., i])
    return product


def check_pose(T: ArrayLike, name: str) -> Array:
    """`T` (..., 4, 4) as exactly rigid poses, when every matrix is one to the digits that people print.

    Raises:
        GeometryError: naming `name` and the property that failed.
    """
    T = as_numbers(T, name)
    square = check_rigid(T, name, ORTHONORMAL_TOLERANCE)
    if square <= ROUNDING:
        return T
    return pose(rotation_from_vector(rotation_vector(T[..., :3, :3])), T[..., :3, 3])


def check_rigid(T: Array, name: str, tolerance: float) -> float:
    """The largest deviation of `T` (..., 4, 4) from a rigid pose, by the columns of its rotations.

    Raises:
        GeometryError: naming `name` and the property that failed, such as more than `tolerance`.
    """
    if T.shape[-2:] != (4, 4):
        raise GeometryError(f"{name} must be a 4x4 pose or an array of them, not of shape {T.shape}.")
    if not np.isfinite(T).all():
        raise GeometryError(f"{name} holds a number that is not finite.")
    if not (T[..., 3, :] == LAST_ROW).all():
        raise GeometryError(f"{name} must have 0 0 0 1 as its last row.")
    R = T[..., :3, :3]
    square = float(abs(np.swapaxes(R, -1, -2) @ R - np.eye(3)).max(initial=0.0))
    if not square <= tolerance:
        raise GeometryError(
            f"{name} is not a rigid pose: the columns of its rotation are not of length 1 and square to one another."
        )
    if not (np.linalg.det(R) > 0.0).all():
        raise GeometryError(f"{name} is a mirror image, not a rotation.")
    return square


def as_numbers(values: ArrayLike, name: str) -> Array:
    """`values` as floats.  Raises GeometryError, naming `name`, for text and for rows of different length."""
    try:
        return np.asarray(values, float)
    except (ValueError, TypeError) as error:
        raise GeometryError(f"{name} must hold numbers in rows of equal length.") from error

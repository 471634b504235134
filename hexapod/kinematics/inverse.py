"""Inverse kinematics: joints on a ring, the six strut lengths of a pose, and how they answer to small motions."""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import ArrayLike

from hexapod.errors import GeometryError
from hexapod.geometry.transforms import LAST_ROW, Array, as_numbers, check_rigid, cross, transform_points

STRUTS = 6


def ring_points(radius_mm: ArrayLike, angle_deg: ArrayLike, height_mm: ArrayLike) -> Array:
    """Points (..., 3) of a ring, mm: angle counter-clockwise seen from proximal, from the front (-y).

    >>> ring_points(100.0, 90.0, 10.0).round(9).tolist()      # a quarter turn from the front is patient's left
    [100.0, -0.0, 10.0]
    """
    angle = np.radians(np.asarray(angle_deg, float))
    radius, height = np.asarray(radius_mm, float), np.asarray(height_mm, float)
    return np.stack(np.broadcast_arrays(radius * np.sin(angle), -radius * np.cos(angle), height), axis=-1)


def check_joints(joints_mm: ArrayLike, name: str) -> Array:
    """Six joint centres (6, 3) in mm, struts 1 to 6, as floats.

    Raises:
        GeometryError: naming `name`, when the shape is another or a number is not finite.
    """
    joints = as_numbers(joints_mm, name)
    if joints.shape != (STRUTS, 3):
        raise GeometryError(f"{name} must be six points [x, y, z] in mm, struts 1 to 6, not of shape {joints.shape}.")
    if not np.isfinite(joints).all():
        raise GeometryError(f"{name} holds a number that is not finite.")
    return joints


# Poses per block: their sixteen products (768 kB) stay in the second-level cache of common processors.  No power of
# two: rows that far apart would displace each other from the first-level cache.
BLOCK = 6000
# Poses turned into columns at once: their 32 kB stay in the first-level cache.
TILE = 256
# Frames whose weights (1 kB each) are kept.
FRAMES = 64
# The squares of a rotation add up to 3, and its determinant is 1, to this in double precision.  Only a rotation has
# both: no other three singular values have this sum and this product.
RIGID = 1e-13
# Below this length (mm) cancellation eats the digits of the sum.
SHORT_MM = 1.0
# What a rotation matrix printed with two decimals is off at most, each column against each.
PRINTED = 2e-2


def strut_lengths(proximal_joints_mm: ArrayLike, distal_joints_mm: ArrayLike, T_prox_dist: ArrayLike) -> Array:
    """Joint-to-joint lengths (..., 6) in mm of struts 1 to 6, for poses (..., 4, 4) of the distal ring.

    Args:
        proximal_joints_mm: (6, 3), in the proximal ring's axes.
        distal_joints_mm: (6, 3), in the distal ring's axes.
        T_prox_dist: rigid poses of the distal ring in the proximal ring's axes, mm.

    The lengths are those of the very matrix given, which may have lost digits in print.

    Raises:
        GeometryError: on a wrong shape, a number that is not finite, or a matrix that is no rigid pose.

    Source: `|R d + t - p|^2 = |p|^2 + |d|^2 + |t|^2 + 2 d.(R^T t) - 2 p.t - 2 p.(R d)` is linear in sixteen
    products of the pose (R, t, R^T t and |t|^2), so one matrix product serves all poses and struts.

    >>> import numpy as np
    >>> triangle = [[0, -100, 0], [0, -100, 0], [87, 50, 0], [87, 50, 0], [-87, 50, 0], [-87, 50, 0]]
    >>> strut_lengths(triangle, triangle, np.eye(4) - 150 * np.eye(4, k=1) * [[0], [0], [1], [0]])
    array([150., 150., 150., 150., 150., 150.])
    """
    proximal = check_joints(proximal_joints_mm, "proximal_joints_mm")
    distal = check_joints(distal_joints_mm, "distal_joints_mm")
    return _lengths(proximal, distal, as_numbers(T_prox_dist, "T_prox_dist"), believed=False)


def rigid_lengths(proximal_joints_mm: Array, distal_joints_mm: Array, T_prox_dist: Array) -> Array:
    """`strut_lengths` of poses that our own sums have made, without looking whether they are rigid."""
    return _lengths(proximal_joints_mm, distal_joints_mm, T_prox_dist, believed=True)


def _lengths(proximal: Array, distal: Array, T: Array, believed: bool) -> Array:
    if T.shape[-2:] != (4, 4):
        raise GeometryError(f"T_prox_dist must be a 4x4 pose or an array of them, not of shape {T.shape}.")
    poses = T.reshape(-1, 4, 4)
    weights, constant = _weights(proximal.tobytes(), distal.tobytes())
    lengths = np.empty((len(poses), STRUTS))
    # Laid out (quantity, pose), so that numpy works along the poses.
    products, squares, work = (np.empty((rows, min(BLOCK, len(poses)))) for rows in (16, STRUTS, STRUTS + 1))
    for start in range(0, len(poses), BLOCK):
        stop = min(start + BLOCK, len(poses))
        block, out = products[:, : stop - start], squares[:, : stop - start]
        rows = poses[start:stop].reshape(-1, 16)
        for k in range(0, stop - start, TILE):
            block[:, k : k + TILE] = rows[k : k + TILE].T
        rigid = believed or all((block[12:].min(axis=1) == LAST_ROW) & (block[12:].max(axis=1) == LAST_ROW))
        # The fourth column of [R | t] is t itself: t^T [R | t] gives R^T t and |t|^2 at once.
        R_t = block[:12].reshape(3, 4, -1)
        np.einsum("ijn,in->jn", R_t, R_t[:, 3], out=block[12:])
        np.matmul(weights, block, out=out)
        out += constant
        # Where R is no rotation to the last digit, or a strut is all but gone, the sum of products is not exact.
        R, spare = R_t[:, :3], work[:, : stop - start]
        exact = _all_near(np.einsum("ijn,ijn->n", R, R, out=spare[0]), 3.0)
        if not believed:
            exact = exact and _all_near(_determinants(block, spare), 1.0)
            if not (exact and rigid):
                check_rigid(poses[start:stop], "T_prox_dist", PRINTED)
        if exact and out.min() >= SHORT_MM**2:
            np.sqrt(out, out=lengths[start:stop].T)
        else:
            lengths[start:stop] = np.linalg.norm(transform_points(poses[start:stop], distal) - proximal, axis=-1)
    if not math.isfinite(lengths.sum()):  # one bad length spoils the sum, which is quicker than to look at each
        raise GeometryError("T_prox_dist holds a number that is not finite.")
    return lengths.reshape((*T.shape[:-2], STRUTS))


def _all_near(values: Array, wanted: float) -> bool:
    """Whether all values (n,) are `wanted` to `RIGID`; not with one that is no number."""
    return bool(values.max() - wanted <= RIGID and wanted - values.min() <= RIGID)


def _determinants(rows: Array, work: Array) -> Array:
    """Determinants (n,) of the rotations in rows of [R | t] (12 or more, n), worked out in `work` (7, n)."""
    cross = work[1:].reshape(3, 2, -1)  # of the second and third row: products, then their differences
    np.multiply(rows[5:7], rows[10:8:-1], out=cross[0])
    np.multiply(rows[6:3:-2], rows[8:11:2], out=cross[1])
    np.multiply(rows[4:6], rows[9:7:-1], out=cross[2])
    np.subtract(cross[:, 0], cross[:, 1], out=cross[:, 0])
    return np.asarray(np.einsum("in,in->n", rows[:3], cross[:, 0], out=work[0]))


@functools.lru_cache(maxsize=FRAMES)
def _weights(*joints: bytes) -> tuple[Array, Array]:
    """Weights (6, 16) of the products [rows of [R | t], R^T t, |t|^2], and the constants (6, 1) of squared lengths."""
    proximal, distal = (np.frombuffer(part).reshape(STRUTS, 3) for part in joints)
    weights = np.zeros((16, STRUTS))
    with_one = np.column_stack([distal, np.ones(STRUTS)])  # multiplies R and t of one row of [R | t]
    weights[:12] = (-2.0 * proximal.T[:, None, :] * with_one.T[None, :, :]).reshape(12, STRUTS)
    weights[12:15] = 2.0 * distal.T
    weights[15] = 1.0
    return weights.T, ((proximal**2).sum(axis=1) + (distal**2).sum(axis=1))[:, None]


def jacobian(proximal_joints_mm: ArrayLike, distal_joints_mm: ArrayLike, T_prox_dist: ArrayLike) -> Array:
    """Derivative (..., 6, 6) of the lengths by a small motion of the distal ring, for poses (..., 4, 4).

    Row i is `(n_i, ((R (d_i - c)) x n_i) / rho)`: `n_i` the unit vector along strut i in proximal ring axes, `c` the
    centroid of the distal joints, `rho` their root mean square distance from it.  The columns stand for the shift of
    `c` in mm and for the turn about it in rad times rho, so every entry is mm per mm.

    Source: conventions section 7; Merlet, Parallel Robots, 2nd ed., section 5.2 (inverse Jacobian by Pluecker vectors).
    """
    proximal = check_joints(proximal_joints_mm, "proximal_joints_mm")
    distal = check_joints(distal_joints_mm, "distal_joints_mm")
    T = np.asarray(T_prox_dist, float)
    along = transform_points(T, distal) - proximal
    arm, rho = centred(distal)
    arms = np.einsum("...ij,kj->...ki", T[..., :3, :3], arm)
    with np.errstate(invalid="ignore"):  # 0 / 0 where a strut has no length or the joints no extent: not a number
        unit = along / np.linalg.norm(along, axis=-1, keepdims=True)
        return np.concatenate([unit, cross(arms, unit) / rho], axis=-1)


def condition(proximal_joints_mm: ArrayLike, distal_joints_mm: ArrayLike, T_prox_dist: ArrayLike) -> Array:
    """Condition number (...) of the Jacobian of poses (..., 4, 4): 2 to 5 in ordinary frames, inf when singular."""
    return condition_of(jacobian(proximal_joints_mm, distal_joints_mm, T_prox_dist))


def condition_of(rows: Array) -> Array:
    """`condition` (...) of Jacobians (..., 6, 6)."""
    definite = np.asarray(np.isfinite(rows).all(axis=(-2, -1)))
    values = np.linalg.svd(np.where(definite[..., None, None], rows, np.eye(6)), compute_uv=False)
    with np.errstate(divide="ignore"):
        return np.where(definite, values[..., 0] / values[..., -1], np.inf)


def centred(joints_mm: Array) -> tuple[Array, float]:
    """Joints (6, 3) from their centroid, and their root mean square distance rho from it, mm."""
    arm = joints_mm - joints_mm.mean(axis=0)
    return arm, float(np.sqrt((arm**2).sum(axis=1).mean()))

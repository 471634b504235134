"""How strut lengths answer to small motions of the distal ring, and how near a pose is to a singular one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hexapod.geometry.transforms import Array, cross, transform_points
from hexapod.kinematics.joints import check_joints


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

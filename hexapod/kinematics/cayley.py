"""A rigid motion in the unknowns of Cayley, and the weights of everything that is linear in a few of its terms.

The motion moves the distal ring from one typical pose: a turn c (axis times the tangent of half the angle) and a shift
g = t - c x t, with t the translation.  The terms are 1, c (3), g (3) and q = c.g.  Lengths are counted in rho
(jacobian.py).

Source: derived in docs/kinematics.md, section 2.
"""

from __future__ import annotations

import numpy as np

from hexapod.geometry.transforms import Array

# Places of the terms.
ONE, C, G, Q, TERMS = 0, slice(1, 4), slice(4, 7), 7, 8
POSE_TERMS = TERMS + 3 * 7  # with the products of c and c, g, q
SKEW = np.zeros((3, 3, 3))  # a x b = (a SKEW) b
for _i in range(3):
    _j, _k = (_i + 1) % 3, (_i + 2) % 3
    SKEW[_i, _k, _j], SKEW[_i, _j, _k] = 1.0, -1.0


def root_weights(p: Array, d: Array) -> Array:
    """Weights (4, 6, 8) of z = e + g + c x m (3) and s = c.(e + g): z^2 + s^2 = (1 + c^2) l^2."""
    e, m = d - p, d + p
    weights = np.zeros((4, len(p), TERMS))
    weights[:3, :, ONE], weights[:3, :, C] = e.T, np.einsum("baj,ij->aib", SKEW, m)
    weights[:3, :, G] = np.eye(3)[:, None]
    weights[3, :, C], weights[3, :, Q] = e, 1.0
    return weights


def jacobian_weights(p: Array, d: Array) -> Array:
    """Weights (6, 6, 8) of half the derivative by (c, g) of z^2 + s^2 - (1 + c^2) l^2: (m x z + s e, z)."""
    e, m = d - p, d + p
    z_s = root_weights(p, d)
    by_c = np.einsum("kaj,ik,jit->iat", SKEW, m, z_s[:3]) + e[:, :, None] * z_s[3][:, None]
    return np.concatenate([by_c, z_s[:3].transpose(1, 0, 2)], axis=1)


def pose_weights(typical: Array, centre_mm: Array, rho_mm: float) -> Array:
    """Weights (29, 12) of a pose's first three rows for the terms and the products c x (c, g, q), over 1 + c^2.

    `typical` (4, 4) is the typical pose, `centre_mm` (3,) what the motion turns about.
    """
    weights = np.zeros((POSE_TERMS, 3, 4))
    linear, by_c, by_g, by_q = weights[:TERMS], *np.split(weights[TERMS:].reshape(3, 7, 3, 4), (3, 6), axis=1)
    columns = np.column_stack([typical[:3, :3], typical[:3, 3] - centre_mm])
    linear[ONE] = columns
    linear[ONE, :, 3] += centre_mm
    linear[G, :, 3] = rho_mm * np.eye(3)
    for i in range(3):  # (1 - c^2) x + 2 c (c.x) + 2 c x x, and g + c x g + q c
        linear[1 + i] = 2.0 * SKEW[i] @ columns
        by_c[i, i] -= columns
        by_c[i, :, i] += 2.0 * columns
        by_c[i, i, :, 3] += centre_mm
        by_g[i, :, :, 3] = rho_mm * SKEW[i].T
        by_q[i, 0, i, 3] = rho_mm
    return weights.reshape(POSE_TERMS, 12)


def start_weights(typical: Array, centre_mm: Array, rho_mm: float) -> Array:
    """Weights (7, 16) of 4 c / (1 + c^2), t (3) and 4 / (1 + c^2) for a pose's entries, row by row."""
    R, t = typical[:3, :3], typical[:3, 3]
    weights = np.zeros((7, 4, 4))
    weights[:3, :3, :3] = SKEW @ R
    weights[3:6, :3, :3] = np.eye(3)[:, :, None] * (R.T @ (centre_mm - t)) / rho_mm
    weights[3:6, :3, 3], weights[3:6, 3, 3] = np.eye(3) / rho_mm, -centre_mm / rho_mm
    weights[6, :3, :3], weights[6, 3, 3] = R, 1.0
    return weights.reshape(7, 16)

"""Joint centres on a ring, in that ring's own axes (conventions section 4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hexapod.errors import GeometryError
from hexapod.geometry.transforms import Array, as_numbers

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

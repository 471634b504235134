"""Poses as few whole numbers, for sending a whole treatment to a screen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hexapod.geometry.transforms import Array, pose, rotation_from_vector, rotation_vector

# Whole numbers are micrometres and microradians: half of one at 500 mm from the origin is 0.00025 mm, a hundredth of
# the finest mark of a strut, and far below one point of a screen.
PER_MM = 1000.0
PER_RAD = 1e6

# Three of the rotation vector, three of the shift; None where the pose is that of the day before.
CompactPose = list[int] | None


def compact_poses(T: Array) -> list[CompactPose]:
    """Poses (n, 4, 4) as six whole numbers each: rotation vector in microradians, shift in micrometres.

    A pose whose six numbers are those of the one before is None: days of rest cost nothing.

    >>> import numpy as np
    >>> from hexapod.geometry.transforms import shift
    >>> compact_poses(np.array([shift([0.0, 0.0, 1.5]), shift([0.0, 0.0, 1.5])]))
    [[0, 0, 0, 0, 0, 1500], None]
    """
    turns, shifts = rotation_vector(T[:, :3, :3]) * PER_RAD, T[:, :3, 3] * PER_MM
    rows: list[list[int]] = np.rint(np.concatenate([turns, shifts], axis=1)).astype(int).tolist()
    return [None if k and row == rows[k - 1] else row for k, row in enumerate(rows)]


def full_poses(compact: Sequence[CompactPose]) -> Array:
    """The poses (n, 4, 4) of `compact_poses`, certain to 0.5 microradian and 0.5 micrometre in every number."""
    rows: list[list[int]] = []
    for row in compact:
        rows.append(rows[-1] if row is None else row)
    numbers = np.array(rows, float)
    return pose(rotation_from_vector(numbers[:, :3] / PER_RAD), numbers[:, 3:] / PER_MM)

"""The pose from which a level goes on by an earlier plan, where readings rounded to marks put it a little off."""

from __future__ import annotations

import numpy as np

from hexapod.clinical.deformity import deformity_pose
from hexapod.errors import CaseError, Problem
from hexapod.geometry.transforms import Array, turn_angle
from hexapod.planning.setup import LevelSetup

# Readings rounded to marks of 1 mm put a fragment at most so far off (half a mark on every strut, and more in a frame
# that is not well conditioned).  A level farther from where it should be has moved: it goes on from where it is.
ROUNDED_MM, ROUNDED_DEG = 2.0, 2.0


def intended_start(setup: LevelSetup) -> Array:
    """The pose `T_ref_mov` (4, 4) that a level should have on day 0: that of `course_from`, else where it is.

    Raises:
        CaseError: it is farther from where the level is than rounded readings can put it.
    """
    course_from = setup.level.course_from
    if course_from is None:
        return setup.T_ref_mov_start
    T = deformity_pose(course_from.words(), setup.side, setup.reference)
    if not is_rounding(T, setup.T_ref_mov_start):
        off_mm, off_deg = _apart(T, setup.T_ref_mov_start)
        told = (
            f"is {off_mm:.1f} mm and {off_deg:.1f} deg away from the deformity; rounding explains at most "
            f"{ROUNDED_MM:g} mm and {ROUNDED_DEG:g} deg: leave it out."
        )
        raise CaseError([Problem(f"levels[{setup.index}].course_from", "", told)])
    return T


def is_rounding(T: Array, T_other: Array) -> bool:
    """Whether two poses (..., 4, 4) are no farther apart anywhere than rounded readings can put a fragment."""
    off_mm, off_deg = _apart(T, T_other)
    return off_mm <= ROUNDED_MM and off_deg <= ROUNDED_DEG


def _apart(T: Array, T_other: Array) -> tuple[float, float]:
    """The largest distance in mm and the largest angle in deg between poses (..., 4, 4)."""
    off_mm = np.linalg.norm(T[..., :3, 3] - T_other[..., :3, 3], axis=-1)
    off_rad = turn_angle(T[..., :3, :3] @ T_other[..., :3, :3].swapaxes(-1, -2))
    return float(np.max(off_mm)), float(np.degrees(np.max(off_rad)))

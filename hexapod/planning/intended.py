"""The course that a level should have by an earlier plan, where readings rounded to marks start it a little off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hexapod.clinical.deformity import deformity_pose
from hexapod.errors import CaseError, GeometryError, Problem
from hexapod.geometry.path import Path
from hexapod.geometry.transforms import Array, turn_angle
from hexapod.planning.course import Course, Motion, stage_end, stage_motion
from hexapod.planning.setup import LevelSetup

# Readings rounded to marks of 1 mm put a fragment at most so far off (half a mark on every strut, and more in a frame
# that is not well conditioned).  A level farther from where it should be has moved: it goes on from where it is.
ROUNDED_MM, ROUNDED_DEG = 2.0, 2.0


def intended_start(setup: LevelSetup) -> Array:
    """The pose `T_ref_mov` (4, 4) that a level should have on day 0: that of `couple_from`, else where it is.

    Raises:
        CaseError: it is farther from where the level is than rounded readings can put it.
    """
    couple_from = setup.level.couple_from
    if couple_from is None:
        return setup.T_ref_mov_start
    T = deformity_pose(couple_from.words(), setup.side, setup.reference)
    _check_rounding(setup, T, setup.T_ref_mov_start, "the deformity")
    return T


def intended_motion(course: Course) -> Motion:
    """The motion of a driven level from its `intended_start` through the same stages, in the same days.

    It gives poses `T_ref_mov` (n, 4, 4) at times (n,) in days; without `couple_from` it is the level's own motion.

    Raises:
        CaseError: as `intended_start`; a stage that would turn by half a circle, or the other way round than the level.
    """
    setup = course.setup
    if setup.level.couple_from is None:
        return course.poses_at
    T, parts = intended_start(setup), []
    for part in course.stages:
        assert part.stage is not None
        try:
            path = Path.between(T, stage_end(setup, part.stage, T))
        except GeometryError as error:
            raise CaseError([Problem(_key(setup), "", f"makes a stage that has no way: {error}")]) from error
        parts.append(replace(part, path=path))
        T = path.T_end
    poses_at = stage_motion(parts)
    evenings = np.arange(course.days + 1.0)
    _check_rounding(setup, poses_at(evenings), course.T_ref_mov, "the level's own course")
    return poses_at


def is_rounding(T: Array, T_other: Array) -> bool:
    """Whether two poses (..., 4, 4) are no farther apart anywhere than rounded readings can put a fragment."""
    off_mm, off_deg = _apart(T, T_other)
    return off_mm <= ROUNDED_MM and off_deg <= ROUNDED_DEG


def _apart(T: Array, T_other: Array) -> tuple[float, float]:
    """The largest distance in mm and the largest angle in deg between poses (..., 4, 4)."""
    off_mm = np.linalg.norm(T[..., :3, 3] - T_other[..., :3, 3], axis=-1)
    off_rad = turn_angle(T[..., :3, :3] @ T_other[..., :3, :3].swapaxes(-1, -2))
    return float(np.max(off_mm)), float(np.degrees(np.max(off_rad)))


def _check_rounding(setup: LevelSetup, T: Array, T_actual: Array, what: str) -> None:
    if is_rounding(T, T_actual):
        return
    off_mm, off_deg = _apart(T, T_actual)
    told = (
        f"is {off_mm:.1f} mm and {off_deg:.1f} deg away from {what}; rounding explains at most {ROUNDED_MM:g} mm and "
        f"{ROUNDED_DEG:g} deg: leave it out."
    )
    raise CaseError([Problem(_key(setup), "", told)])


def _key(setup: LevelSetup) -> str:
    return f"levels[{setup.index}].couple_from"

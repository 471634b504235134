"""H-10: a frame near a singular position, where the rings become loose or unpredictable."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.checks.motion_bounds import jacobian_bounds
from hexapod.checks.worst_condition import SINGULAR, worst_condition
from hexapod.errors import NoPose
from hexapod.geometry.pose_path import Path
from hexapod.geometry.transforms import Array
from hexapod.kinematics.forward import neutral_pose
from hexapod.kinematics.jacobian import condition, jacobian
from hexapod.trajectory.bone_trajectory import Motion
from hexapod.trajectory.frame_trajectory import FrameCourse, ring_course
from hexapod.trajectory.level_setup import LevelSetup

# Times this close to an evening (days) are that evening, reached by a division.
WHOLE_DAY = 1e-9


@dataclass(frozen=True)
class Worst:
    """The largest condition number of a frame's whole motion, infinite where it passes a singular position.

    `time_days` counts from evening 0, `day` is the day on which that is (an evening belongs to its own day).
    """

    condition: float
    time_days: float

    @property
    def day(self) -> int:
        """The day of it."""
        return math.ceil(self.time_days - WHOLE_DAY)


def worst_condition_of(frame: FrameCourse) -> Worst:
    """The worst of the intended motion, between evenings and doses too, and of the way to it from where readings put
    the level on day 0.

    Source: hexapod/checks/worst_condition.py; certain to a thousandth of it from `limits.NEAR_SINGULAR` on, below that
    it is the largest of the evenings'.
    """
    course = frame.course
    T_start = course.T_ref_mov[0]
    times = np.arange(course.days + 1.0)
    found = _worst_of_motion(frame, course.intended_at, course.intended_at(times))
    T_first = course.intended_at(times[:1])[0]
    if not np.array_equal(T_start, T_first):
        first = Path.between(T_start, T_first)
        jump = _worst_of_motion(frame, first.poses, first.poses(times[:2]))
        # Not to be told from the intended one, which it is but for the rounding of readings, unless it is worse.
        if jump.condition > found.condition * (1.0 + limits.RELATIVE_TOLERANCE):
            return jump
    return found


def _worst_of_motion(frame: FrameCourse, poses_at: Motion, T_ref_mov: Array) -> Worst:
    """The worst of an even motion with the evenings (n, 4, 4)."""
    setup = frame.setup

    def jacobians_at(times: Array) -> Array:
        return jacobian(*setup.joints_mm, ring_course(setup, poses_at(times), frame.T_mov_mring))

    speed, change = jacobian_bounds(setup, T_ref_mov, frame.T_mov_mring)
    return Worst(*worst_condition(jacobians_at, speed, change, limits.NEAR_SINGULAR.value))


def check_condition(frame: FrameCourse) -> list[Finding]:
    """The condition of the Jacobian along the whole intended motion, and whether the readings have a definite pose."""
    if limits.SINGULAR.exceeded_by(frame.condition_from_neutral):
        if neutral_is_singular(frame.setup):
            return neutral_singular(frame.setup)
        return [_singular(frame.setup.index, None, "on the way to these readings from its rings parallel and aligned")]
    worst = worst_condition_of(frame)
    if limits.SINGULAR.exceeded_by(worst.condition):
        return [_singular(frame.setup.index, worst)]
    if limits.NEAR_SINGULAR.exceeded_by(worst.condition):
        limit = limits.NEAR_SINGULAR
        text = (
            f"On day {worst.day} the frame comes near a singular position (condition {worst.condition:.1f}; ordinary "
            f"frames have 2 to 5): small errors of the struts become large errors of the bone. Consider another ring "
            f"distance or a staged path."
        )
        return [
            Finding(
                "frame.near_singular",
                limit.verdict,
                frame.setup.index,
                text,
                day=worst.day,
                value=worst.condition,
                limit=limit.value,
                unit=limit.unit,
            )
        ]
    return []


def neutral_is_singular(setup: LevelSetup) -> bool:
    """Whether the frame is singular with its rings parallel and aligned, at the height that its readings tell."""
    try:
        neutral = neutral_pose(*setup.joints_mm, setup.lengths_of(setup.level.frame.settings_mm))
    except NoPose:
        return False
    return limits.SINGULAR.exceeded_by(float(condition(*setup.joints_mm, neutral)))


def neutral_singular(setup: LevelSetup) -> list[Finding]:
    """The neutral frame itself is singular: no reading of its struts can be trusted."""
    return [_singular(setup.index, None, "even with its rings parallel and aligned")]


def _singular(level: int, worst: Worst | None, where: str = "") -> Finding:
    told = ""
    if worst is not None:
        where = f"on day {worst.day}"
        # Beyond this the number tells nothing more: rounding alone decides it.
        told = f" (condition {worst.condition:.0f})" if worst.condition <= SINGULAR else " (condition above 1000)"
        if math.isinf(worst.condition):
            told = " (it passes the singular position itself)"
    return Finding(
        "frame.singular",
        limits.SINGULAR.verdict,
        level,
        f"The frame is singular {where}{told}: its rings can move with all six struts locked. Check that each strut "
        f"joins neighbouring tabs of the two rings, or choose other rings, another ring distance or a staged path.",
        day=None if worst is None else worst.day,
        value=None if worst is None else worst.condition if math.isfinite(worst.condition) else SINGULAR,
        limit=limits.SINGULAR.value,
        unit=limits.SINGULAR.unit,
    )

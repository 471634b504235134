"""H-10: a frame near a singular position, where the rings become loose or unpredictable; also between the days."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hexapod.checks import limits
from hexapod.checks.collision_bodies import jacobian_bounds
from hexapod.checks.findings import RELATIVE_TOLERANCE, Finding
from hexapod.collision.closest_approach import PARTS, floor_of
from hexapod.errors import NoPose
from hexapod.geometry.pose_path import Path
from hexapod.geometry.transforms import Array
from hexapod.kinematics.forward import neutral_pose
from hexapod.kinematics.inverse import condition, jacobian
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

    By `worst_condition`: certain to a thousandth from `limits.NEAR_SINGULAR` on; below that it is the largest of the
    evenings'.
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
        if jump.condition > found.condition * (1.0 + RELATIVE_TOLERANCE):
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
            f"On day {worst.day} the frame comes near a singular position (singularity index {worst.condition:.1f}; "
            f"ordinary frames have 2 to 5): small errors of the struts become large errors of the bone. "
            f"Consider another ring "
            f"separation or a staged path."
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
        neutral = neutral_pose(*setup.joints_mm, setup.lengths_of(setup.settings_mm))
    except NoPose:
        return False
    return limits.SINGULAR.exceeded_by(float(condition(*setup.joints_mm, neutral)))


def neutral_singular(setup: LevelSetup) -> list[Finding]:
    """The neutral frame itself is singular: no reading of its struts can be trusted."""
    return [_singular(setup.index, None, "even with its rings parallel and aligned")]


def _singular(level: int, worst: Worst | None, where: str = "") -> Finding:
    place = ""
    if worst is not None:
        where = f"on day {worst.day}"
        # Beyond this the number tells nothing more: rounding alone decides it.
        place = (
            f" (singularity index {worst.condition:.0f})"
            if worst.condition <= LARGEST_PRINTED
            else " (singularity index above 1000)"
        )
        if math.isinf(worst.condition):
            place = " (it passes the singular position itself)"
    return Finding(
        "frame.singular",
        limits.SINGULAR.verdict,
        level,
        f"The frame is singular {where}{place}: its rings can move with all six struts locked. Check that each strut "
        f"joins neighbouring tabs of the two rings, or choose other rings, another ring separation or a staged path.",
        day=None if worst is None else worst.day,
        value=None if worst is None else worst.condition if math.isfinite(worst.condition) else LARGEST_PRINTED,
        limit=limits.SINGULAR.value,
        unit=limits.SINGULAR.unit,
    )


# The worst condition is found to this share of it: a fifth of what a message shows.
CERTAIN_SHARE = 1e-3
# Conditions this close (as a share) are the same one, reached by different sums: the earliest of them is named.
SAME_SHARE = 1e-9
# A condition above this is a singular position: rounding alone decides the number.
LARGEST_PRINTED = 1000.0
# Jacobians (m, 6, 6) at times (m,) in days.
JacobiansAt = Callable[[Array], Array]


def worst_condition(
    jacobians_at: JacobiansAt, speed: Array, acceleration: Array, harmless: float
) -> tuple[float, float]:
    """The largest condition number of Jacobians that move smoothly within each day, and the time in days of it.

    It is infinite where a singular position is passed: where the determinant changes its sign.  Evenings are measured
    first; then every interval that may hold a larger condition than is known is cut, until there is none.  No interval
    is cut for a condition that is certainly below `harmless`.

    Args:
        jacobians_at: of the frame, from time 0 to the last day.
        speed, acceleration: bounds (days,) on the Frobenius norm of the first and the second derivative, a day.

    Source: the least singular value is the least of |J v| over all unit vectors v, and the largest the greatest; each
    is such a length as `closest_approach.py` bounds.  It bends downwards between two times by no more than
    `acceleration`.
    """
    days = len(speed)
    evenings = np.arange(days + 1.0)
    least, most, sign = _measure(jacobians_at(evenings))
    start, length = evenings[:-1], 1.0
    share, time = _least(np.inf, 0.0, least / most, evenings)
    left, right = _pairs(least), _pairs(most)
    turned = sign[:-1] * sign[1:] < 0.0
    while True:
        if turned.any():
            return math.inf, float(start[turned].min() + length)
        day = start.astype(int)
        floor = floor_of(left[0], left[1], length, np.zeros(len(day)), speed[day], acceleration[day])
        ceiling = right.max(axis=0) + acceleration[day] * (length**2 / 8.0)
        open_ = ~(floor >= min(share * (1.0 - CERTAIN_SHARE), 1.0 / harmless) * ceiling)
        if share * LARGEST_PRINTED < 1.0 or not open_.any():
            return (1.0 / share if share > 0.0 else math.inf), time
        length /= PARTS
        times = start[open_, None] + length * np.arange(PARTS + 1)
        least, most, sign = (value.reshape(times.shape) for value in _measure(jacobians_at(times.ravel())))
        share, time = _least(share, time, (least / most).ravel(), times.ravel())
        left, right = _pairs(least), _pairs(most)
        turned = (sign[:, :-1] * sign[:, 1:] < 0.0).ravel()
        start = times[:, :-1].ravel()


def _measure(jacobians: Array) -> tuple[Array, Array, Array]:
    """Least and largest singular values (m,) and the sign of the determinant (m,); a least of 0 where there is none."""
    definite = np.asarray(np.isfinite(jacobians).all(axis=(1, 2)))
    jacobians = np.where(definite[:, None, None], jacobians, np.eye(6))
    values = np.linalg.svd(jacobians, compute_uv=False)
    sign = np.sign(np.linalg.det(jacobians))
    return np.where(definite, values[:, -1], 0.0), np.asarray(values[:, 0]), np.asarray(sign)


def _pairs(values: Array) -> Array:
    """Values at the two ends of every interval (2, m), from those of evenings (n,) or of cut intervals (k, n)."""
    return np.stack([values[..., :-1].ravel(), values[..., 1:].ravel()])


def _least(share: float, time: float, shares: Array, times: Array) -> tuple[float, float]:
    """The least share, and the earliest time of it, of those known and of further ones in the order of their times."""
    if not shares.min() < share * (1.0 - SAME_SHARE):
        return share, time
    k = int(np.argmax(shares <= shares.min() * (1.0 + SAME_SHARE)))
    return float(shares[k]), float(times[k])

"""H-07: bone moved so slowly that it may consolidate too early."""

from __future__ import annotations

import math

import numpy as np

from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.checks.pace import strut_steps_mm, turns_deg, unjudged
from hexapod.geometry.pose_path import keeps_limits
from hexapod.trajectory.bone_trajectory import Course, StageCourse
from hexapod.trajectory.frame_trajectory import FrameCourse


def check_slow(course: Course, frame: FrameCourse | None) -> list[Finding]:
    """`rate.low`: on some day even the fastest tracked point hardly moves, and nothing asks for it.

    Its advice is fewer days, so it never speaks of a stage in which anything moves fast, or could with a day fewer.
    `frame` is None where none fits: its struts are then not asked.
    """
    worst: tuple[float, int, str, str] | None = None
    for part in course.moving_stages():
        # On a coupled level slowness is no danger: a gap closes there, and bone forms at the levels that drive.
        if part.stage is None or not part.path.moves or _asked_to_be_slow(course, part) or _fast(course, frame, part):
            continue
        fastest = part.arcs_mm.max(axis=1)
        step = int(np.argmax(fastest <= fastest.min() * (1.0 + limits.RELATIVE_TOLERANCE)))
        slow = fastest[step] * (1.0 + limits.RELATIVE_TOLERANCE) < limits.RATE_LOW.value
        if slow and (worst is None or fastest[step] < worst[0]):
            point = course.setup.tracked.names[int(np.argmax(part.arcs_mm[step]))]
            worst = (float(fastest[step]), part.day_of(step), part.name, point)
    if worst is None:
        return []
    arc, day, name, point = worst
    return [
        Finding(
            "rate.low",
            limits.RATE_LOW.verdict,
            course.setup.index,
            f"On day {day}, in stage '{name}', nothing moves more than {arc:.2f} mm (the {point}); below "
            f"{limits.RATE_LOW.value:g} mm a day the bone may consolidate too early. Give the stage fewer days, join "
            f"it with another, or give it a limit of its own if the slow rate is meant.",
            day=day,
            value=arc,
            limit=limits.RATE_LOW.value,
            unit=limits.RATE_LOW.unit,
        )
    ]


def _asked_to_be_slow(course: Course, part: StageCourse) -> bool:
    """Whether the stage's own mm limit is below 0.5, or some limit makes it as long as it is.

    Without a limit of the turn the usual one counts: nobody is told to turn faster than that.
    """
    if part.mm_per_day < limits.RATE_LOW.value:
        return True
    turn_limit = math.radians(limits.TURN_USUAL.value) if part.turn_limit is None else part.turn_limit
    fewer = max(part.days - 1, 1)
    return not keeps_limits(part.path, course.setup.tracked.places_mov_mm, part.limits_mm, turn_limit, fewer)


def _fast(course: Course, frame: FrameCourse | None, part: StageCourse) -> bool:
    """Whether anything of the stage moves fast on any of its days, or turns without being judged."""
    days = slice(part.first_day, part.last_day)
    steps_mm = 0.0 if frame is None else float(strut_steps_mm(frame)[days].max())
    return (
        unjudged(course, part)
        or limits.RATE_HIGH.exceeded_by(float(part.arcs_mm.max()))
        or limits.TURN_USUAL.exceeded_by(float(turns_deg(course)[days].max()))
        or limits.STRUT_STEP_HIGH.exceeded_by(steps_mm)
    )

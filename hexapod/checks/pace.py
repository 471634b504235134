"""H-23: a fragment or a strut that moves far in a day, whatever the tracked points and the limits of the case say."""

from __future__ import annotations

import numpy as np

from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.checks.limits import Limit
from hexapod.geometry.arc_length import daily_turns
from hexapod.geometry.transforms import Array
from hexapod.trajectory.bone_trajectory import Course, StageCourse
from hexapod.trajectory.frame_trajectory import FrameCourse


def turns_deg(course: Course) -> Array:
    """By how much (days,) in deg the moving fragment turns on each day, by its exact poses."""
    return np.degrees(daily_turns(course.T_ref_mov))


def strut_steps_mm(frame: FrameCourse) -> Array:
    """By how much (days, 6) in mm the exact joint-to-joint length of each strut changes on each day.

    A strut exchanged has the length of the one before it: exchanges are in no step.
    """
    return np.asarray(abs(np.diff(frame.lengths_mm, axis=0)))


def check_turns(course: Course) -> list[Finding]:
    """`turn.too_fast` and `turn.high`: the moving fragment turns far in a day; one finding, at the worst day."""
    turned, day = _worst(turns_deg(course))
    limit = _broken(turned, limits.TURN_HIGH, limits.TURN_TOO_FAST)
    if limit is None:
        return []
    refused = limit is limits.TURN_TOO_FAST
    what = "refused" if refused else f"{limits.TURN_USUAL.value:g} deg a day is the usual limit"
    return [
        Finding(
            "turn.too_fast" if refused else "turn.high",
            limit.verdict,
            course.setup.index,
            f"On day {day} the moving fragment rotates by {turned:.2f} deg; more than {limit.value:g} deg a day is "
            f"fast for bone, nerves and vessels: {what}. {_slower(course, day)}",
            day=day,
            value=turned,
            limit=limit.value,
            unit=limit.unit,
        )
    ]


def check_strut_steps(frame: FrameCourse) -> list[Finding]:
    """`strut.step_too_far` and `strut.step_high`: a strut changes far in a day; one finding for each strut."""
    found = []
    for number, steps in enumerate(strut_steps_mm(frame).T, 1):
        step, day = _worst(steps)
        limit = _broken(step, limits.STRUT_STEP_HIGH, limits.STRUT_STEP_TOO_FAR)
        if limit is None:
            continue
        refused = limit is limits.STRUT_STEP_TOO_FAR
        found.append(
            Finding(
                "strut.step_too_far" if refused else "strut.step_high",
                limit.verdict,
                frame.setup.index,
                f"On day {day} strut {number} changes its length by {step:.1f} mm; more than {limit.value:g} mm a day "
                f"{'is refused' if refused else 'is unusual'}. {_slower(frame.course, day)}",
                day=day,
                strut=number,
                value=step,
                limit=limit.value,
                unit=limit.unit,
            )
        )
    return found


def check_unjudged(course: Course) -> list[Finding]:
    """`rate.unjudged`: a stage turns the fragment, and no point beside its axis is given whose pace could be judged."""
    part = max(course.moving_stages(), key=lambda one: one.path.angle, default=None)
    if part is None or not unjudged(course, part):
        return []
    limit, turned = limits.TURN_UNJUDGED, float(np.degrees(part.path.angle))
    return [
        Finding(
            "rate.unjudged",
            limit.verdict,
            course.setup.index,
            f"Stage '{part.name}' rotates the moving fragment by {turned:.1f} deg, but neither the diameter of the "
            f"bone nor a structure at risk is given: the pace at the edge of the bone is not judged. Enter the "
            f"diameter of the bone at the osteotomy, or a structure at risk.",
            day=part.day_of(0),
            value=turned,
            limit=limit.value,
            unit=limit.unit,
        )
    ]


def unjudged(course: Course, part: StageCourse) -> bool:
    """Whether a stage turns the fragment while no point beside its axis is given."""
    level = course.setup.level
    given = level.bone is not None or bool(level.structures_at_risk)
    return not given and limits.TURN_UNJUDGED.exceeded_by(float(np.degrees(part.path.angle)))


def _worst(daily: Array) -> tuple[float, int]:
    """The largest of daily values (days,), and its day: the first of those that differ by rounding alone."""
    largest = float(daily.max())
    return largest, int(np.argmax(daily >= largest * (1.0 - limits.RELATIVE_TOLERANCE))) + 1


def _broken(value: float, high: Limit, too_far: Limit) -> Limit | None:
    return next((limit for limit in (too_far, high) if limit.exceeded_by(value)), None)


def _slower(course: Course, day: int) -> str:
    part = next((one for one in course.stages if one.first_day < day <= one.last_day), None)
    if part is None or part.stage is None:
        return "This hexapod compensates for the others: slow them down in their stages of these days."
    if part.stage.days is not None:
        return f"Give stage '{part.name}' more days than {part.days}, or leave its fixed number of days out."
    return f"Give stage '{part.name}' a lower maximum angular rate, or a lower maximum rate."

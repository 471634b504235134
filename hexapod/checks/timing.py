"""H-07: bone moved too soon, consolidation too short, docking too fast, and what growing arms bear."""

from __future__ import annotations

import numpy as np

from hexapod.case.level_parts import Limb
from hexapod.checks import limits
from hexapod.checks.findings import RELATIVE_TOLERANCE, Finding
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.gaps import course_gap_mm, docking_mm, expected_days_in_frame, gap_mm, parted_on

# A re-plan writes gaps to 1e-6 mm: neither a hundredth of a micrometre nor a millionth of a day is a reason to speak.
GAP_DECIMALS = 5
DAY_TOLERANCE = 1e-4


def check_latency(course: Course, limb: Limb, days_before: int | None) -> list[Finding]:
    """`latency.short`: the treatment's first rest is too short for callus to form before the bone ends part.

    Judged only where the treatment begins with a rest: without one, day 0 may be any day after the operation.  Not for
    children, whose shorter latency has no agreed number.  A plan that continues an older one has its rest by
    `so_far`; `days_before` are its days before day 0.
    """
    length, so_far = course_gap_mm(course), course.setup.level.so_far
    limit = limits.pace_of(course.setup.level).latency
    if limb.child or length is None or limit is None:
        return []
    parted = parted_on(length)
    if so_far is not None and so_far.latency_days is not None:
        day, rest = 0, so_far.latency_days
        sentence = f"Distraction began after {rest} days of latency, before day 0 of this plan"
        advice = "Watch the regenerate, and confirm."
    else:
        before = None if so_far is None else so_far.rest_days
        judged = before is not None or (so_far is None and days_before == 0 and course.stages[0].holds)
        if parted is None or not judged:
            return []
        day, rest = parted, parted - 1 + (before or 0)
        sentence = f"Distraction begins on day {day}, after {rest} days of latency"
        advice = "Give a stage that holds before, or confirm."
    if not limit.undercut_by(rest):
        return []
    return [
        Finding(
            "latency.short",
            limit.verdict,
            course.setup.index,
            f"{sentence}; callus usually needs 5 to 7 days. {advice}",
            day=day,
            value=float(rest),
            limit=limit.value,
            unit=limit.unit,
        )
    ]


def check_time_in_frame(course: Course, days_before: int | None) -> list[Finding]:
    """`frame.time`: the plan holds to its end, but ends before the index lets the regenerate be firm.

    Counted from the first day of the treatment, `days_before` day 0.  Not for a plan that continues an older one and
    does not tell that day: the frame has been on for days that it does not count.
    """
    expected = expected_days_in_frame(course)
    if days_before is None or expected is None or not course.stages[-1].holds:
        return []
    days = days_before + course.days
    if days + DAY_TOLERANCE >= expected:
        return []
    since = f", {days} days after the treatment began" if days_before else ""
    return [
        Finding(
            "frame.time",
            "caution",
            course.setup.index,
            f"The plan ends on day {course.days}{since}; with an external fixation index of "
            f"{course.setup.level.index_days_per_cm:g} days/cm, {expected:.0f} days in the frame are likely. "
            f"Lengthen the last stage, or confirm.",
            day=course.days,
            value=float(days),
            limit=expected,
            unit="days",
        )
    ]


def check_docking(course: Course) -> list[Finding]:
    """`docking.rate` above the usual compression once docked; `docking.open` when the gap is not closed at the end."""
    left = docking_mm(course)
    if left is None:
        return []
    if limits.DOCKED.exceeded_by(float(left[-1])):
        return [
            Finding(
                "docking.open",
                "caution",
                course.setup.index,
                f"At the end of the plan the distance to docking is still {left[-1]:.1f} mm. Lengthen the transport, "
                f"or confirm that this plan ends before docking.",
                day=course.days,
                value=float(left[-1]),
                limit=limits.DOCKED.value,
                unit=limits.DOCKED.unit,
            )
        ]
    limit = limits.DOCKING_RATE
    pressed = np.where(left[:-1] <= 0.0, left[:-1] - left[1:], 0.0)
    day = int(np.argmax(pressed >= pressed.max() * (1.0 - RELATIVE_TOLERANCE))) + 1
    worst = float(pressed[day - 1])
    if not limit.exceeded_by(worst):
        return []
    return [
        Finding(
            "docking.rate",
            limit.verdict,
            course.setup.index,
            f"On day {day}, after docking, the bone ends are compressed by {worst:.2f} mm; {limit.value:g} mm a day "
            f"is usual. Give the compression a maximum rate of {limit.value:g} mm/day, or confirm.",
            day=day,
            value=worst,
            limit=limit.value,
            unit=limit.unit,
        )
    ]


def check_defect(course: Course, limb: Limb, days_before: int | None) -> list[Finding]:
    """`defect.closed`: a large defect is closed by bringing its ends together, which shortens the limb as much.

    Counted from the gap of the first day (`so_far`).  Not for plans that continue an older one and do not tell it,
    whose gap is regenerate, nor for docking sites that a transport closes.
    """
    limit, level = limits.TRANSPORT_ABOVE.get(limb.bone), course.setup.level
    left = gap_mm(course)
    if limit is None or level.bone is None or left is None or days_before is None or docking_mm(course) is not None:
        return []
    first_mm = level.bone.gap_mm if level.so_far is None else level.so_far.first_gap_mm
    closed = round(first_mm - float(left[-1]), GAP_DECIMALS)
    if not limit.exceeded_by(closed):
        return []
    return [
        Finding(
            "defect.closed",
            limit.verdict,
            course.setup.index,
            f"{closed:.0f} mm of a defect are closed by shortening the limb; above {limit.value:g} mm of a {limb.bone} "
            f"transport is suggested. Plan a bone transport instead, or confirm.",
            day=course.days,
            value=closed,
            limit=limit.value,
            unit=limit.unit,
        )
    ]


def check_growing_arm(course: Course, limb: Limb) -> list[Finding]:
    """`rate.child`: a child's forearm is moved by 1 mm a day or more."""
    limit = limits.pace_of(course.setup.level).rate_child
    if limit is None or not (limb.child and limb.bone == "forearm"):
        return []
    worst = [(float(part.arcs_mm.max()), part) for part in course.moving_stages()]
    fast = [(arc, part) for arc, part in worst if not limit.undercut_by(arc)]
    if not fast:
        return []
    arc, part = max(fast, key=lambda one: one[0])
    day = part.day_of(int(np.argmax(part.arcs_mm.max(axis=1))))
    return [
        Finding(
            "rate.child",
            limit.verdict,
            course.setup.index,
            f"On day {day} a child's forearm is moved by {arc:.2f} mm; in children's arms, except the humerus, a "
            f"rate below {limit.value:g} mm a day is advised. Give the stage '{part.name}' a lower maximum "
            f"rate, or confirm.",
            day=day,
            value=arc,
            limit=limit.value,
            unit=limit.unit,
        )
    ]

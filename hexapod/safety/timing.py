"""H-07: bone moved too soon, consolidation too short, docking too fast, and what growing arms bear."""

from __future__ import annotations

import numpy as np

from hexapod.case.parts import Limb
from hexapod.planning.course import Course
from hexapod.planning.gaps import CLOSED_MM, docking_mm, expected_days_in_frame, regenerate_mm
from hexapod.safety import limits
from hexapod.safety.findings import Finding


def check_latency(course: Course, limb: Limb, derived: bool) -> list[Finding]:
    """`latency.short`: the plan's first rest is too short for callus to form before the bone ends part.

    Judged only where the plan begins with a rest: without one, day 0 may be any day after the operation.  Not for
    children, whose shorter latency has no agreed number, nor for plans that go on from an older one.
    """
    length = regenerate_mm(course)
    if limb.child or derived or not course.stages[0].holds or length is None or not (length > CLOSED_MM).any():
        return []
    rest = int(np.argmax(length > CLOSED_MM)) - 1
    limit = limits.LATENCY
    if not limit.undercut_by(rest):
        return []
    return [
        Finding(
            "latency.short",
            limit.verdict,
            course.setup.index,
            f"The bone ends part on day {rest + 1}, after {rest} days of rest; callus usually needs 5 to 7 days. Give "
            f"a stage that holds before, or confirm.",
            day=rest + 1,
            value=float(rest),
            limit=limit.value,
            unit=limit.unit,
        )
    ]


def check_time_in_frame(course: Course, derived: bool) -> list[Finding]:
    """`frame.time`: the plan holds to its end, but ends before the index lets the regenerate be firm.

    Not for plans that go on from an older one: the frame has been on for days that they do not count.
    """
    expected = expected_days_in_frame(course)
    if derived or expected is None or not course.stages[-1].holds or course.days >= expected:
        return []
    return [
        Finding(
            "frame.time",
            "caution",
            course.setup.index,
            f"The plan ends on day {course.days}; the index of {course.setup.level.index_days_per_cm:g} days per cm "
            f"makes {expected:.0f} days in the frame likely. Lengthen the last stage, or confirm.",
            day=course.days,
            value=float(course.days),
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
                f"At the end of the plan {left[-1]:.1f} mm are left to the docking site. Give the transport more way, "
                f"or confirm that this plan ends before docking.",
                day=course.days,
                value=float(left[-1]),
                limit=limits.DOCKED.value,
                unit=limits.DOCKED.unit,
            )
        ]
    limit = limits.DOCKING_RATE
    pressed = np.where(left[:-1] <= 0.0, left[:-1] - left[1:], 0.0)
    day = int(np.argmax(pressed >= pressed.max() * (1.0 - limits.RELATIVE_TOLERANCE))) + 1
    worst = float(pressed[day - 1])
    if not limit.exceeded_by(worst):
        return []
    return [
        Finding(
            "docking.rate",
            limit.verdict,
            course.setup.index,
            f"On day {day}, after docking, the ends are pressed together by {worst:.2f} mm; {limit.value:g} mm a day "
            f"is usual. Give the compression a limit of {limit.value:g} mm/day, or confirm.",
            day=day,
            value=worst,
            limit=limit.value,
            unit=limit.unit,
        )
    ]


def check_defect(course: Course, limb: Limb, derived: bool) -> list[Finding]:
    """`defect.closed`: a large defect is closed by bringing its ends together, which shortens the limb as much.

    Not for plans that go on from an older one, whose gap is regenerate, nor for docking sites that a transport closes.
    """
    limit, bone = limits.TRANSPORT_ABOVE.get(limb.bone), course.setup.level.bone
    left = regenerate_mm(course)
    if limit is None or bone is None or left is None or derived or docking_mm(course) is not None:
        return []
    closed = bone.gap_mm - float(left[-1])
    if not limit.exceeded_by(closed):
        return []
    return [
        Finding(
            "defect.closed",
            limit.verdict,
            course.setup.index,
            f"{closed:.0f} mm of a defect are closed by shortening the limb; above {limit.value:g} mm of a {limb.bone} "
            f"transport is suggested. Carry a segment across instead, or confirm.",
            day=course.days,
            value=closed,
            limit=limit.value,
            unit=limit.unit,
        )
    ]


def check_growing_arm(course: Course, limb: Limb) -> list[Finding]:
    """`rate.child`: a child's forearm is moved by 1 mm a day or more."""
    if not (limb.child and limb.bone == "forearm"):
        return []
    limit = limits.CHILD_ARM_RATE
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
            f"rate below {limit.value:g} mm a day is advised. Give the stage '{part.name}' a lower limit, or confirm.",
            day=day,
            value=arc,
            limit=limit.value,
            unit=limit.unit,
        )
    ]

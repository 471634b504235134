"""H-07, H-23: how far tracked points, fragments and struts move in a day: too far, or too slowly."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hexapod.checks import limits
from hexapod.checks.findings import RELATIVE_TOLERANCE, Finding, Limit
from hexapod.checks.limits import Pace, pace_of
from hexapod.geometry.pose_path import keeps_limits
from hexapod.geometry.transforms import Array, transform_points
from hexapod.schedule.strut_settings import Schedule
from hexapod.trajectory.bone_trajectory import Course, StageCourse
from hexapod.trajectory.frame_trajectory import FrameCourse


def check_rates(course: Course) -> list[Finding]:
    """Rates of the exact path, at every tracked point and every day."""
    found: list[Finding] = []
    for k, name in enumerate(course.setup.tracked.names):
        found += _too_high(course, k, name)
        found += _above_own_limit(course, k, name)
    return [*found, *_turned_too_far(course)]


def check_rounded_rates(schedule: Schedule, T_ref_mov_rounded: Array) -> list[Finding]:
    """`rate.rounded`: the rounded settings exceed a limit, which the exact path keeps, by more than one graduation."""
    course = schedule.frame.course
    tracked = course.setup.tracked
    steps = np.diff(transform_points(T_ref_mov_rounded, tracked.places_mov_mm), axis=0)
    moved = np.linalg.norm(steps, axis=-1)
    mark = float(schedule.graduation_mm.max())
    found: list[Finding] = []
    for k, name in enumerate(tracked.names):
        worst: tuple[float, float, int] | None = None
        for part in course.moving_stages():
            limit = float(part.limits_mm[k])
            days = slice(part.first_day, part.last_day)
            kept = part.arcs_mm[:, k] <= limit * (1.0 + RELATIVE_TOLERANCE)
            over = np.where(kept, moved[days, k], 0.0)
            step = int(np.argmax(over))
            beyond = Limit(limit + mark, "mm/day", "caution", "H-17", "").exceeded_by(float(over[step]))
            if beyond and (worst is None or over[step] - limit > worst[0] - worst[1]):
                worst = (float(over[step]), limit, part.day_of(step))
        if worst is not None:
            found.append(
                Finding(
                    "rate.rounded",
                    "caution",
                    course.setup.index,
                    f"Read on whole marks of {mark:g} mm, the {name} moves {worst[0]:.2f} mm on day {worst[2]}, more "
                    f"than its limit of {worst[1]:g} mm/day and one mark. Use finer struts, or a lower maximum rate.",
                    day=worst[2],
                    value=worst[0],
                    limit=worst[1],
                    unit="mm/day",
                )
            )
    return found


def _farthest_day(course: Course, k: int) -> tuple[float, int]:
    """The longest daily arc in mm of point k, and its day."""
    longest, day = 0.0, 0
    for part in course.moving_stages():
        step = _first_of_the_longest(part.arcs_mm[:, k])
        if not part.arcs_mm[step, k] <= longest * (1.0 + RELATIVE_TOLERANCE):
            longest, day = float(part.arcs_mm[step, k]), part.day_of(step)
    return longest, day


def _first_of_the_longest(arcs_mm: Array) -> int:
    """The first step that is the longest but for rounding: equal days name the first one, on every machine."""
    return int(np.argmax(arcs_mm >= arcs_mm.max() * (1.0 - RELATIVE_TOLERANCE)))


def _too_high(course: Course, k: int, name: str) -> Iterator[Finding]:
    level, pace = course.setup.index, pace_of(course.setup.level)
    worst, day = _farthest_day(course, k)
    motion = f"The {name} moves {worst:.2f} mm on day {day}"
    if pace.rate_too_fast.exceeded_by(worst):
        limit, code = pace.rate_too_fast, "rate.too_fast"
        text = f"{motion}; more than {limit.value:g} mm a day harms soft tissue: refused. Give the stage more days."
    elif pace.rate_strong is not None and pace.rate_strong.exceeded_by(worst):
        limit, code = pace.rate_high, "rate.high"
        text = (
            f"{motion}: STRONG CAUTION, above {pace.rate_strong.value:g} mm a day the risk of insufficient "
            f"regenerate is about nine-fold. Give the stage more days unless there is a compelling reason."
        )
    elif pace.rate_high.exceeded_by(worst):
        limit, code = pace.rate_high, "rate.high"
        text = (
            f"{motion}, above the {pace.usual} {limit.value:g} mm a day. Give the stage more days, or confirm the rate."
        )
    else:
        return
    yield Finding(code, limit.verdict, level, text, day=day, value=worst, limit=limit.value, unit=limit.unit)


def _above_own_limit(course: Course, k: int, name: str) -> Iterator[Finding]:
    """`rate.above_limit`: a fixed number of days breaks the limit of a point."""
    worst: tuple[float, float, int, StageCourse] | None = None
    for part in course.moving_stages():
        limit = float(part.limits_mm[k])
        step = _first_of_the_longest(part.arcs_mm[:, k])
        arc = float(part.arcs_mm[step, k])
        broken = Limit(limit, "mm/day", "caution", "H-12", "").exceeded_by(arc)
        if broken and (worst is None or arc / limit > worst[0] / worst[1]):
            worst = (arc, limit, part.day_of(step), part)
    if worst is not None:
        arc, limit, day, part = worst
        yield Finding(
            "rate.above_limit",
            "caution",
            course.setup.index,
            f"The {name} moves {arc:.2f} mm on day {day}; its limit is {limit:g} mm/day. {_slow_down(part)}",
            day=day,
            value=arc,
            limit=limit,
            unit="mm/day",
        )


def _turned_too_far(course: Course) -> Iterator[Finding]:
    """`rate.above_limit` of the turn: a fixed number of days breaks the angular limit."""
    worst: tuple[float, float, int, StageCourse] | None = None
    for part in course.moving_stages():
        if part.turn_limit is None:
            continue
        step = _first_of_the_longest(part.turns)
        turn = float(part.turns[step])
        broken = Limit(part.turn_limit, "rad/day", "caution", "H-07", "").exceeded_by(turn)
        if broken and (worst is None or turn / part.turn_limit > worst[0] / worst[1]):
            worst = (turn, part.turn_limit, part.day_of(step), part)
    if worst is not None:
        turn, limit, day, part = worst
        yield Finding(
            "rate.above_limit",
            "caution",
            course.setup.index,
            f"The moving fragment rotates by {math.degrees(turn):.2f} deg on day {day}; the limit is "
            f"{math.degrees(limit):g} deg/day. {_slow_down(part)}",
            day=day,
            value=math.degrees(turn),
            limit=math.degrees(limit),
            unit="deg/day",
        )


def _slow_down(part: StageCourse) -> str:
    """What to do about a limit that is broken: it can only be by a fixed number of days, or on a coupled level."""
    if part.stage is None:
        return "This hexapod compensates: slow the others down in their stages of these days."
    return f"The fixed number of days of stage '{part.name}' is too small: leave it out, or enter more days."


def turns_deg(course: Course) -> Array:
    """By how much (days,) in deg the moving fragment turns on each day, by its exact poses."""
    return np.degrees(course.daily_turns)


def strut_steps_mm(frame: FrameCourse) -> Array:
    """By how much (days, 6) in mm the exact joint-to-joint length of each strut changes on each day.

    A strut exchanged has the length of the one before it: exchanges are in no step.
    """
    return np.asarray(abs(np.diff(frame.lengths_mm, axis=0)))


def check_turns(course: Course) -> list[Finding]:
    """`turn.too_fast` and `turn.high`: the moving fragment turns far in a day; one finding, at the worst day."""
    turned, day = _worst(turns_deg(course))
    level = course.setup.level
    pace = pace_of(level)
    limit = _broken(turned, pace.turn_high, pace.turn_too_fast)
    if limit is None:
        return []
    refused = limit is pace.turn_too_fast
    what = "refused" if refused else f"{pace.turn_usual.value:g} deg a day is the usual limit"
    harmed = "bone, nerves and vessels" if level.indication == "osteotomy" else "nerves and vessels"
    return [
        Finding(
            "turn.too_fast" if refused else "turn.high",
            limit.verdict,
            course.setup.index,
            f"On day {day} the moving fragment rotates by {turned:.2f} deg; more than {limit.value:g} deg a day is "
            f"fast for {harmed}: {what}. {_slower(course, day)}",
            day=day,
            value=turned,
            limit=limit.value,
            unit=limit.unit,
        )
    ]


def check_strut_steps(frame: FrameCourse) -> list[Finding]:
    """`strut.step_too_far` and `strut.step_high`: a strut changes far in a day; one finding for each strut."""
    found, pace = [], pace_of(frame.setup.level)
    for number, steps in enumerate(strut_steps_mm(frame).T, 1):
        step, day = _worst(steps)
        limit = _broken(step, pace.strut_step_high, pace.strut_step_too_far)
        if limit is None:
            continue
        refused = limit is pace.strut_step_too_far
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
    site = course.setup.level.indication
    message = (
        f"neither the diameter of the bone nor a structure at risk is given: the rate at the edge of the bone is not "
        f"checked. Enter the diameter of the bone at the {site}, or a structure at risk."
    )
    if site == "joint":
        message = (
            "no structure at risk is given: the rate at what crosses the joint is not checked. Enter the nerve, vessel "
            "or skin that this rotation stretches most."
        )
    return [
        Finding(
            "rate.unjudged",
            limit.verdict,
            course.setup.index,
            f"Stage '{part.name}' rotates the moving fragment by {turned:.1f} deg, but {message}",
            day=part.day_of(0),
            value=turned,
            limit=limit.value,
            unit=limit.unit,
        )
    ]


def unjudged(course: Course, part: StageCourse) -> bool:
    """Whether a stage turns the fragment while no point beside its axis is given."""
    beside_the_axis = len(course.setup.tracked.names) > 1
    return not beside_the_axis and limits.TURN_UNJUDGED.exceeded_by(float(np.degrees(part.path.angle)))


def _worst(daily: Array) -> tuple[float, int]:
    """The largest of daily values (days,), and its day: the first of those that differ by rounding alone."""
    largest = float(daily.max())
    return largest, int(np.argmax(daily >= largest * (1.0 - RELATIVE_TOLERANCE))) + 1


def _broken(value: float, high: Limit, too_far: Limit) -> Limit | None:
    return next((limit for limit in (too_far, high) if limit.exceeded_by(value)), None)


def _slower(course: Course, day: int) -> str:
    part = next((one for one in course.stages if one.first_day < day <= one.last_day), None)
    if part is None or part.stage is None:
        return "This hexapod compensates for the others: slow them down in their stages of these days."
    if part.stage.days is not None:
        return f"Give stage '{part.name}' more days than {part.days}, or leave its fixed number of days out."
    return f"Give stage '{part.name}' a lower maximum angular rate, or a lower maximum rate."


def check_slow(course: Course, frame: FrameCourse | None) -> list[Finding]:
    """`rate.low`: on some day even the fastest tracked point hardly moves, and nothing asks for it.

    Its advice is fewer days, so it never speaks of a stage in which anything moves fast, or could with a day fewer.
    `frame` is None where none fits: its struts are then not asked.
    """
    worst: tuple[float, int, str, str] | None = None
    pace = pace_of(course.setup.level)
    if pace.rate_low is None:
        return []
    for part in course.moving_stages():
        # On a coupled level slowness is no danger: a gap closes there, and bone forms at the levels that drive.
        if part.stage is None or not part.path.moves or _asked_to_be_slow(course, part, pace):
            continue
        if _fast(course, frame, part, pace):
            continue
        fastest = part.arcs_mm.max(axis=1)
        step = int(np.argmax(fastest <= fastest.min() * (1.0 + RELATIVE_TOLERANCE)))
        slow = fastest[step] * (1.0 + RELATIVE_TOLERANCE) < pace.rate_low.value
        if slow and (worst is None or fastest[step] < worst[0]):
            point = course.setup.tracked.names[int(np.argmax(part.arcs_mm[step]))]
            worst = (float(fastest[step]), part.day_of(step), part.name, point)
    if worst is None:
        return []
    arc, day, name, point = worst
    return [
        Finding(
            "rate.low",
            pace.rate_low.verdict,
            course.setup.index,
            f"On day {day}, in stage '{name}', nothing moves more than {arc:.2f} mm (the {point}); below "
            f"{pace.rate_low.value:g} mm a day the bone may consolidate too early. Give the stage fewer days, join "
            f"it with another, or give it a maximum rate of its own if the slow rate is intended.",
            day=day,
            value=arc,
            limit=pace.rate_low.value,
            unit=pace.rate_low.unit,
        )
    ]


def _asked_to_be_slow(course: Course, part: StageCourse, pace: Pace) -> bool:
    """Whether the stage's own mm limit is below what is slow, or some limit makes it as long as it is.

    Without a maximum angular rate the usual one counts: nobody is advised to go faster than that.
    """
    if pace.rate_low is None or part.mm_per_day < pace.rate_low.value:
        return True
    turn_limit = math.radians(pace.turn_usual.value) if part.turn_limit is None else part.turn_limit
    fewer = max(part.days - 1, 1)
    return not keeps_limits(part.path, course.setup.tracked.places_mov_mm, part.limits_mm, turn_limit, fewer)


def _fast(course: Course, frame: FrameCourse | None, part: StageCourse, pace: Pace) -> bool:
    """Whether anything of the stage moves fast on any of its days, or turns without being judged."""
    days = slice(part.first_day, part.last_day)
    steps_mm = 0.0 if frame is None else float(strut_steps_mm(frame)[days].max())
    return (
        unjudged(course, part)
        or pace.rate_high.exceeded_by(float(part.arcs_mm.max()))
        or pace.turn_usual.exceeded_by(float(turns_deg(course)[days].max()))
        or pace.strut_step_high.exceeded_by(steps_mm)
    )

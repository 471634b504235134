"""H-07, H-12: bone or a structure at risk moved too fast, on the exact path and as rounded."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.checks.limits import Limit
from hexapod.geometry.transforms import Array, transform_points
from hexapod.schedule.strut_settings import Schedule
from hexapod.trajectory.bone_trajectory import Course, StageCourse


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
    mark = max(strut.graduation_mm for models in schedule.models for strut in models)
    found: list[Finding] = []
    for k, name in enumerate(tracked.names):
        worst: tuple[float, float, int] | None = None
        for part in course.moving_stages():
            limit = float(part.limits_mm[k])
            days = slice(part.first_day, part.last_day)
            kept = part.arcs_mm[:, k] <= limit * (1.0 + limits.RELATIVE_TOLERANCE)
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
                    f"than its limit of {worst[1]:g} mm/day and one mark. Use finer struts, or a lower limit.",
                    day=worst[2],
                    value=worst[0],
                    limit=worst[1],
                    unit="mm/day",
                )
            )
    return found


def _worst(course: Course, k: int) -> tuple[float, int]:
    """The longest daily arc in mm of point k, and its day."""
    longest, day = 0.0, 0
    for part in course.moving_stages():
        step = _first_of_the_longest(part.arcs_mm[:, k])
        if not part.arcs_mm[step, k] <= longest * (1.0 + limits.RELATIVE_TOLERANCE):
            longest, day = float(part.arcs_mm[step, k]), part.day_of(step)
    return longest, day


def _first_of_the_longest(arcs_mm: Array) -> int:
    """The first step that is the longest but for rounding: equal days name the first one, on every machine."""
    return int(np.argmax(arcs_mm >= arcs_mm.max() * (1.0 - limits.RELATIVE_TOLERANCE)))


def _too_high(course: Course, k: int, name: str) -> Iterator[Finding]:
    level = course.setup.index
    worst, day = _worst(course, k)
    told = f"The {name} moves {worst:.2f} mm on day {day}"
    if limits.RATE_TOO_FAST.exceeded_by(worst):
        limit, code = limits.RATE_TOO_FAST, "rate.too_fast"
        text = f"{told}; more than {limit.value:g} mm a day harms soft tissue: refused. Give the stage more days."
    elif limits.RATE_STRONG.exceeded_by(worst):
        limit, code = limits.RATE_HIGH, "rate.high"
        text = (
            f"{told}: STRONG CAUTION, above {limits.RATE_STRONG.value:g} mm a day the risk of insufficient "
            f"regenerate is about nine-fold. Give the stage more days unless there is a compelling reason."
        )
    elif limits.RATE_HIGH.exceeded_by(worst):
        limit, code = limits.RATE_HIGH, "rate.high"
        text = f"{told}, above the usual {limit.value:g} mm a day. Give the stage more days, or confirm the rate."
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
    return f"The fixed number of days of stage '{part.name}' is too small: leave it out, or give more."

"""Back to the plan: how the hexapods of a construct return to it after a slip, so that the limb's ends do, too.

Where a level compensates for the others, nothing later would undo what one of them is off: the ends of the limb would
keep it for ever.  So every level that is not where the plan has it goes there first, all in the same days; the others
wait, and then the rest of the plan follows as it was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hexapod.case.files import read_case
from hexapod.case.level_parts import Stage
from hexapod.case.model import Level
from hexapod.checks.limits import pace_of
from hexapod.deformity.pose import deformity_pose, deformity_words
from hexapod.deformity.quantities import moving_end
from hexapod.errors import HexapodError
from hexapod.follow_up.remaining_stages import DONE_TOLERANCE, END_DECIMALS, LevelState, StageLeft, rounded_words
from hexapod.geometry.transforms import Array
from hexapod.hardware.catalogue import Catalogue
from hexapod.trajectory.bone_trajectory import Course, StageCourse, stage_parts
from hexapod.trajectory.coupled_levels import return_parts, returned_day
from hexapod.trajectory.level_setup import set_up

RETURN = "return to the plan"
# A level nearer than this (mm, or as a share of a turn) to where the plan has it is there: rounding of its words.
THERE = 1e-9
# A rate of its own, for a level that has less far to go than another, is told to so many decimals (mm a day).
RATE_DECIMALS = 2
Document = dict[str, Any]


def return_day(courses: Sequence[Course], moments: Sequence[LevelState], together: bool) -> int | None:
    """The plan's evening to which the levels of a construct return; None when they have nothing to return to.

    The latest that any level has reached, so that none goes back; on the way of an earlier return, its end.
    `together` tells that all levels follow the plan on the same day.
    """
    if not any(course.setup.level.coupled for course in courses):
        return None
    reached = max(math.ceil(now.day + now.begun - DONE_TOLERANCE) for now in moments)
    back = max(returned_day(course.setup) for course in courses)
    if together and min(now.day for now in moments) >= back:
        return None
    return max(reached, back)


def pause_left(courses: Sequence[Course], day: int) -> list[StageLeft]:
    """What is left of the pause before an earlier return, after the evening of a day."""
    parts = next((parts for course in courses if (parts := return_parts(course.setup))), [])
    if len(parts) < 2 or not parts[0].holds or parts[0].last_day <= day:
        return []
    days = parts[0].last_day - day
    return [StageLeft({"name": parts[0].name, "hold_days": days}, days)]


def way_back(
    document: Document, courses: Sequence[Course], day: int, mm_per_day: float | None, catalogue: Catalogue
) -> tuple[StageLeft, ...]:
    """The stages in which all levels of a re-plan's `document` return to where the plan has them on an evening.

    They take as many days as the slowest needs within its limits (those of the stage under way where they are lower,
    and `mm_per_day` if it is given), and as keep the length of the whole limb within the lowest of them.

    Raises:
        CaseError: a way back that a case file cannot have.
    """
    goals = [course.intended_at(np.array([float(min(day, course.days))]))[0] for course in courses]
    asked = [
        _asked(course, T, level, _limits(course, courses, day, mm_per_day))
        for course, T, level in zip(courses, goals, document["levels"], strict=True)
    ]
    parts = _parts(document, asked, catalogue)
    days = max(part.days for part in parts)
    longer_mm = sum(
        moving_end(course.setup.reference) * float(T[2, 3] - part.path.T_start[2, 3])
        for course, T, part in zip(courses, goals, parts, strict=True)
        if part.path.moves
    )
    slowest = min(part.mm_per_day for part in parts)
    days = max(days, math.ceil(abs(longer_mm) / slowest - THERE))
    return tuple(
        _in_days(stage, part, days, course.setup.level)
        for stage, part, course in zip(asked, parts, courses, strict=True)
    )


def check_turn_back(courses: Sequence[Course], day: int, days: int) -> None:
    """Raises HexapodError when turning back would lead to before the construct's last return."""
    back = max(returned_day(course.setup) for course in courses)
    if days and back and day - days < back:
        raise HexapodError(
            f"Before day {back} the hexapods had not returned to the plan: it can be turned back by {day - back} days "
            f"at most."
        )


def _asked(course: Course, T_goal: Array, written: Mapping[str, Any], limits: Document) -> Document:
    """The stage of one level without its days: where it goes and how fast it may."""
    setup = course.setup
    start = written.get("course_from")
    T_now = deformity_pose(written["deformity"] if start is None else start, setup.side, setup.reference)
    if abs(T_now - T_goal).max() <= THERE:
        return {"name": RETURN, "hold_days": 1}
    words = rounded_words(deformity_words(T_goal, setup.side, setup.reference), END_DECIMALS)
    meant: Document = {"meant": True} if words else {}
    return {"name": RETURN, "correct_to": words} | meant | limits


def _limits(course: Course, courses: Sequence[Course], day: int, mm_per_day: float | None) -> Document:
    """Limits that are lower than the level's own: of the stage under way on a day, and the one wished for.

    A coupled level has those of the stages of the others, with which it moves.
    """
    level = course.setup.level
    own_mm, own_deg = level.stage_limits()
    now = [
        one.setup.level.stage_limits(part.stage)
        for one in (courses if level.coupled else [course])
        for part in one.stages
        if part.first_day < day <= part.last_day
    ]
    mm = min([own_mm, *(rate for rate, _ in now), *([] if mm_per_day is None else [mm_per_day])])
    deg = min([turn for _, turn in [(own_mm, own_deg), *now] if turn is not None], default=None)
    limits = {"mm_per_day": mm} if mm != own_mm else {}
    limits |= {"deg_per_day": deg} if deg is not None and deg != own_deg else {}
    return {"limits": limits} if limits else {}


def _parts(document: Document, asked: Sequence[Document], catalogue: Catalogue) -> list[StageCourse]:
    """The stages on the calendar, each by itself, as long as its own limits say."""
    levels = [
        {**level, "return_stages" if level.get("couple") is not None else "stages": [stage]}
        for level, stage in zip(document["levels"], asked, strict=True)
    ]
    case = read_case(document | {"levels": levels})
    setups = [set_up(case, index, catalogue) for index in range(len(levels))]
    return [
        stage_parts(setup, [Stage.model_validate(stage)], "stages")[0]
        for setup, stage in zip(setups, asked, strict=True)
    ]


def _in_days(asked: Document, part: StageCourse, days: int, level: Level) -> StageLeft:
    """The stage in these days; one that is slow because it arrives with the others says so by a limit of its own."""
    if part.holds:
        return StageLeft(asked | {"hold_days": days}, days)
    fastest = float(part.arcs_mm.max()) * part.days / days
    limits = dict(asked.get("limits") or {})
    low = pace_of(level).rate_low
    if low is not None and fastest < low.value and part.mm_per_day >= low.value:
        step = 10.0**RATE_DECIMALS
        limits["mm_per_day"] = max(math.ceil(fastest * step), 1) / step
    document = asked | {"days": days} | ({"limits": limits} if limits else {})
    return StageLeft(document, days, level.stage_limits()[0], fixed=True)

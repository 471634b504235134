"""What a re-plan carries on: the stages that are left of a level on some day, and its treatment from the first day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hexapod.case.level_parts import SoFar
from hexapod.case.model import Case
from hexapod.deformity.pose import deformity_words
from hexapod.errors import HexapodError
from hexapod.follow_up.level_state import LevelState
from hexapod.geometry.transforms import Array
from hexapod.trajectory.bone_trajectory import Course, StageCourse
from hexapod.trajectory.gaps import CLOSED_MM, course_gap_mm, gaps_at, opened_mm, parted_on

# Decimals (of mm and deg) to which the end of a stage is written: 3, not 2.9999999999999996, and yet so exact that the
# next stage, whose limits are kept to a share of 1e-9, never needs a day more for it.
END_DECIMALS = 12
MOVES = ("correct_to", "transport")


@dataclass(frozen=True)
class StageLeft:
    """A stage in the form of the case file, with the days that it has left by the plan, 0 when it is new.

    `mm_per_day` is its limit, None when it has none that could be lower: it holds, or its days are wished for.  The
    days of a `fixed` one stay whatever is wished for: others keep step with it.
    """

    document: dict[str, Any]
    days: int = 0
    mm_per_day: float | None = None
    fixed: bool = False

    @property
    def moves(self) -> bool:
        """Whether the stage asks for a motion."""
        return any(self.document.get(key) is not None for key in MOVES)

    def slower(self, mm_per_day: float) -> StageLeft:
        """This stage with a limit that is not above its own, and without fixed days."""
        if not self.moves or self.mm_per_day is None or self.fixed:
            return self
        limits = dict(self.document.get("limits") or {})
        limits["mm_per_day"] = min(self.mm_per_day, mm_per_day)
        document = {key: value for key, value in self.document.items() if key != "days"} | {"limits": limits}
        return replace(self, document=document)


def stages_left(
    course: Course, documents: Sequence[dict[str, Any]], day: int, *, keep_days: bool, measured: bool = False
) -> list[StageLeft]:
    """What is left of a level's stages after the evening of a day, from wherever the moving fragment is now.

    Stages that are over are left out, the one in progress keeps its remaining days.  The first stage that still moves
    becomes `correct_to` the pose where the plan has its end.  So the difference between the readings and the exact
    plan, rounding or worse, heals in that stage; a `transport` would carry it on to the last day.  Its days are the
    ones left when `keep_days`, so that it keeps to the plan's calendar; else its limits decide.  Later stages start
    where the plan has them start, and stay as they were written.  What the first one keeps (`keep`) becomes the
    words in which the plan found it; when the deformity was `measured` anew it is kept as measured.

    Args:
        documents: the level's stages as the case file has them, one for each of the course.
    """
    left: list[StageLeft] = []
    first = True
    for part, written in zip(course.stages, documents, strict=True):
        if part.last_day <= day:
            continue
        days = part.last_day - max(day, part.first_day)
        if part.holds:
            left.append(StageLeft(dict(written) | {"hold_days": days}, days))
            continue
        document = _healing(course, part, written, days if keep_days else None, measured) if first else dict(written)
        left.append(StageLeft(document, days, part.mm_per_day))
        first = False
    return left


def to_pose(course: Course, name: str, T_ref_mov: Array, days: int | None) -> StageLeft:
    """A new stage that goes to a pose `T_ref_mov` (4, 4); in so many days, or as its limits say."""
    document: dict[str, Any] = {"name": name, **_meant_target(_end_words(course, T_ref_mov))}
    if days is not None:
        document["days"] = days
        return StageLeft(document, days)
    return StageLeft(document, 0, course.setup.level.stage_limits()[0])


def turn_back(course: Course, day: int, days: int, *, keep_days: bool) -> StageLeft:
    """A stage that goes from the pose of a day to that of `days` days earlier; it holds where the plan held.

    A day after the level's last one has the last one's pose: another level may still be under way.

    Raises:
        HexapodError: there were not so many days.
    """
    if days > day:
        raise HexapodError(f"This is day {day} of the plan: it can be turned back by {day} days at most.")
    T_now, T_then = (course.T_ref_mov[min(one, course.days)] for one in (day, day - days))
    name = "turn back"
    if keep_days and np.array_equal(T_now, T_then):
        return StageLeft({"name": name, "hold_days": days}, days)
    return to_pose(course, name, T_then, days if keep_days else None)


def _healing(
    course: Course, part: StageCourse, written: dict[str, Any], days: int | None, measured: bool
) -> dict[str, Any]:
    document = {key: value for key, value in written.items() if key not in (*MOVES, "days")}
    own = written.get("correct_to")
    if own is None:
        document |= _meant_target(_end_words(course, part.path.T_end))
    elif own.get("keep") and not measured:
        document["correct_to"] = _end_words(course, part.path.T_end)
    else:
        document["correct_to"] = own
    if days is not None:
        document["days"] = days
    return document


def _meant_target(words: dict[str, float]) -> dict[str, Any]:
    """A target that somebody has asked for, as every transport is: meant, unless it leaves no deformity."""
    return {"correct_to": words, "meant": True} if words else {"correct_to": words}


def _end_words(course: Course, T_ref_mov: Array) -> dict[str, float]:
    words = deformity_words(T_ref_mov, course.setup.side, course.setup.reference)
    return rounded_words(words, END_DECIMALS)


def rounded_words(words: dict[str, float], decimals: int) -> dict[str, float]:
    """Words with their sizes rounded, without those that round to nothing."""
    sizes = {word: round(size, decimals) for word, size in words.items()}
    return {word: size for word, size in sizes.items() if size}


# Decimals (of a mm) of a gap: those of the start of a re-plan.
GAP_DECIMALS = 6
Document = dict[str, Any]


def keep_first_day(
    document: Document, case: Case, courses: Sequence[Course], moments: Sequence[LevelState], date: datetime.date
) -> None:
    """Put into a re-plan's `document` the first day of the treatment and what every level has been through.

    A case that goes on from another without its first day has nothing to carry on: its day 0 is not that day.
    """
    if case.days_before is None:
        return
    document["treatment_started"] = (case.first_day - datetime.timedelta(days=case.days_before)).isoformat()
    elapsed = (date - case.first_day).days
    for written, course, now in zip(document["levels"], courses, moments, strict=True):
        told = _so_far(course, now, elapsed, first=case.days_before == 0)
        written.pop("so_far", None)
        if told:
            written["so_far"] = told


def _so_far(course: Course, now: LevelState, elapsed: int, first: bool) -> Document:
    """What is told of a level; `first` says that its plan is the first of the treatment."""
    level = course.setup.level
    before = level.so_far or SoFar.model_construct()
    length = course_gap_mm(course)
    if length is None or level.bone is None:
        return before.model_dump(exclude_none=True, exclude_defaults=True)
    time = min(now.day + now.begun, float(course.days))
    reached, _ = gaps_at(course, course.intended_at(np.array([time]))[0])
    passed = np.append(length[: int(time) + 1], 0.0 if reached is None else reached)
    told: Document = {}
    rest = before.rest_days
    begins = first and level.so_far is None and course.stages[0].holds and level.indication == "osteotomy"
    if rest is None and before.latency_days is None and begins:
        rest = 0
    if before.latency_days is not None:
        told["latency_days"] = before.latency_days
    elif rest is not None:
        parted = parted_on(passed)
        told |= {"rest_days": rest + elapsed} if parted is None else {"latency_days": rest + parted - 1}
    gap = level.bone.gap_mm if level.so_far is None else before.first_gap_mm
    largest = max(before.largest_gap_mm, round(float(passed.max()), GAP_DECIMALS))
    told |= {"first_gap_mm": gap} if gap else {}
    told |= {"largest_gap_mm": largest} if largest > CLOSED_MM else {}
    # Ends of a fracture overlap until it is reduced: no slip of theirs.
    opened = opened_mm(course, now.T_ref_mov[None]) if level.indication == "osteotomy" else None
    overlap = 0.0 if opened is None else round(max(-float(opened[0]), 0.0), GAP_DECIMALS)
    return told | ({"overlap_mm": overlap} if overlap > CLOSED_MM else {})

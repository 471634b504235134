"""What a re-plan carries on: where every level of a case stands at a follow-up, and the stages that are left of it.

A level stands as it was read, or as planned where it was not read.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hexapod.case.level_parts import SoFar
from hexapod.case.model import Case
from hexapod.deformity.pose import deformity_words
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import FollowUp
from hexapod.follow_up.reading_explanation import PLANNED
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Strut
from hexapod.kinematics.forward import ring_pose
from hexapod.plan.make_plan import LevelPlan
from hexapod.trajectory.bone_trajectory import Course, StageCourse
from hexapod.trajectory.frame_trajectory import bone_pose
from hexapod.trajectory.gaps import CLOSED_MM, course_gap_mm, gaps_at, opened_mm, parted_on

# Shares of a day are ratios of whole numbers of adjustments, known to rounding.
DONE_TOLERANCE = 1e-9
# Decimals (of mm and deg) to which the end of a stage is written: 3, not 2.9999999999999996, and yet so exact that the
# next stage, whose limits are kept to a share of 1e-9, never needs a day more for it.
END_DECIMALS = 12
MOVES = ("correct_to", "transport")


@dataclass(frozen=True)
class LevelState:
    """A level at the moment of the readings: its scales, its bone in words, and the plan's day that it has reached.

    `T_ref_mov` (4, 4) is where the readings put the bone, whatever is measured anew.  `follows_plan` tells that the
    bone is where the plan has it, but for rounding: `begun` of a day (0 to 1) after the evening of that day, when only
    some of a day's adjustments are done.
    """

    settings_mm: tuple[float, ...]
    struts: tuple[Strut, ...]
    words: dict[str, float]
    T_ref_mov: Array
    day: int
    follows_plan: bool
    begun: float = 0.0

    @property
    def lengths_mm(self) -> Array:
        """Joint-to-joint lengths (6,) of the readings."""
        return np.array([one.length(setting) for one, setting in zip(self.struts, self.settings_mm, strict=True)])


def moment_read(found: FollowUp, deformity: Mapping[str, float] | None) -> LevelState:
    """The level that was read; `deformity` (words) is one newly measured."""
    explanation, day = found.explanation, day_reached(found)
    words = found.remaining if deformity is None else dict(deformity)
    assert words is not None
    assert found.T_ref_mov is not None
    follows = explanation.kind in PLANNED and deformity is None
    begun = (explanation.adjustments_done or 0) / found.planned.entered.adjustments_per_day
    return LevelState(found.settings_mm, found.struts, words, found.T_ref_mov, day, follows, begun)


def day_reached(found: FollowUp) -> int:
    """The plan's day that the read level has reached, all adjustments done."""
    explanation, last = found.explanation, found.planned.last.day
    day = found.intended.day if explanation.day is None else explanation.day
    if explanation.adjustments_done is not None:
        day -= 1
    if day == last:  # the others may still be under way
        day = max(day, calendar_day(found))
    return day


def unread_day(found: FollowUp) -> int:
    """The plan's day on which levels that were not read are taken to stand.

    That of the date; but where a level compensates for the others, all are turned together, so the day that the
    readings belong to, apart from a slip of one strut: a patient who missed days missed them on every strut.
    """
    if found.plan.case.coupled and found.explanation.day is not None:
        return day_reached(found)
    return calendar_day(found)


def begun_of_others(found: FollowUp) -> float:
    """The share of a day's adjustments that is done on levels that were not read, where all are turned together."""
    done = found.explanation.adjustments_done or 0
    return done / found.planned.entered.adjustments_per_day if found.plan.case.coupled else 0.0


def moment_planned(level: LevelPlan, day: int, begun: float, struts: tuple[Strut, ...]) -> LevelState:
    """A level that was not read: as its row of a day has it, or the adjustments of the next day that are done.

    `struts` are on it: the plan's of that day, or others, which then show the same lengths on their nearest marks.
    """
    row = level.rows[min(day, len(level.rows) - 1)]
    setup, per_day = level.setup, level.entered.adjustments_per_day
    same = tuple(strut.name for strut in struts) == row.models
    done = math.floor(begun * per_day + DONE_TOLERANCE) if row.day == day < level.last.day else 0
    now = LevelState(row.settings_mm, struts, {}, row.pose_rounded, day, follows_plan=True)
    if not same:
        marks = tuple(one.nearest_mark(one.setting(mm)) for one, mm in zip(struts, row.lengths_mm, strict=True))
        now = replace(now, settings_mm=marks)
        T_prox_dist = ring_pose(*setup.joints_mm, now.lengths_mm, near=level.frame.T_prox_dist[row.day])
        now = replace(now, T_ref_mov=bone_pose(setup, level.frame.T_mov_mring, T_prox_dist))
    elif done and level.rows[day + 1].models == row.models:
        now = replace(now, settings_mm=level.rows[day + 1].doses_mm[done - 1], begun=done / per_day)
        T_prox_dist = ring_pose(*setup.joints_mm, now.lengths_mm, near=level.frame.T_prox_dist[day])
        now = replace(now, T_ref_mov=bone_pose(setup, level.frame.T_mov_mring, T_prox_dist))
    return replace(now, words=deformity_words(now.T_ref_mov, setup.side, setup.reference))


def calendar_day(found: FollowUp) -> int:
    """The day of the whole plan, at most the last one of its longest level."""
    return min(found.intended.day + found.days_after_the_end, max(level.last.day for level in found.plan.levels))


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
        so_far = _so_far(course, now, elapsed, first=case.days_before == 0)
        written.pop("so_far", None)
        if so_far:
            written["so_far"] = so_far


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
    keys: Document = {}
    rest = before.rest_days
    begins = first and level.so_far is None and course.stages[0].holds and level.indication == "osteotomy"
    if rest is None and before.latency_days is None and begins:
        rest = 0
    if before.latency_days is not None:
        keys["latency_days"] = before.latency_days
    elif rest is not None:
        parted = parted_on(passed)
        keys |= {"rest_days": rest + elapsed} if parted is None else {"latency_days": rest + parted - 1}
    gap = level.bone.gap_mm if level.so_far is None else before.first_gap_mm
    largest = max(before.largest_gap_mm, round(float(passed.max()), GAP_DECIMALS))
    keys |= {"first_gap_mm": gap} if gap else {}
    keys |= {"largest_gap_mm": largest} if largest > CLOSED_MM else {}
    # Ends of a fracture overlap until it is reduced: no slip of theirs.
    opened = opened_mm(course, now.T_ref_mov[None]) if level.indication == "osteotomy" else None
    overlap = 0.0 if opened is None else round(max(-float(opened[0]), 0.0), GAP_DECIMALS)
    return keys | ({"overlap_mm": overlap} if overlap > CLOSED_MM else {})

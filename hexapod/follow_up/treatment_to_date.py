"""What a re-plan carries on of a treatment from its first day: when it began, latency, and the gaps of every level."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np

from hexapod.case.level_parts import SoFar
from hexapod.case.model import Case
from hexapod.follow_up.level_state import LevelState
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.gaps import CLOSED_MM, course_regenerate_mm, gaps_at, opened_mm, parted_on

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
    length = course_regenerate_mm(course)
    if length is None or level.bone is None:
        return before.model_dump(exclude_none=True, exclude_defaults=True)
    time = min(now.day + now.begun, float(course.days))
    reached, _ = gaps_at(course, course.intended_at(np.array([time]))[0])
    passed = np.append(length[: int(time) + 1], 0.0 if reached is None else reached)
    told: Document = {}
    rest = before.rest_days
    if rest is None and before.latency_days is None and first and level.so_far is None and course.stages[0].holds:
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
    opened = opened_mm(course, now.T_ref_mov[None])
    overlap = 0.0 if opened is None else round(max(-float(opened[0]), 0.0), GAP_DECIMALS)
    return told | ({"overlap_mm": overlap} if overlap > CLOSED_MM else {})

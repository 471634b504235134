"""Where every level of a case stands at the moment of a follow-up: as read, or as planned where it was not read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from hexapod.deformity.pose import deformity_words
from hexapod.follow_up.compare_with_plan import FollowUp
from hexapod.follow_up.reading_explanation import PLANNED
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Strut
from hexapod.kinematics.forward import ring_pose
from hexapod.plan.make_plan import LevelPlan
from hexapod.trajectory.frame_trajectory import bone_pose

# Shares of a day are ratios of whole numbers of adjustments, known to rounding.
DONE_TOLERANCE = 1e-9


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

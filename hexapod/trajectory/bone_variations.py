"""Trajectories of the bone for many variations of one level at once: what bone_trajectory.py gives for one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.case.field_types import LONGEST_STAGE_DAYS
from hexapod.case.level_parts import Stage
from hexapod.case.model import LONGEST_LEVEL_DAYS, Case
from hexapod.deformity.pose import deformity_numbers, deformity_poses, place
from hexapod.deformity.quantities import DEFORMITY, Pair, signed_numbers
from hexapod.errors import HexapodError
from hexapod.geometry.pose_path import Days, Mask, Paths
from hexapod.geometry.transforms import Array, invert
from hexapod.hardware.catalogue import Catalogue
from hexapod.trajectory.coupled_levels import bone_courses, construct, pose_in_construct, returned_day
from hexapod.trajectory.level_setup import LevelSetup, set_up


@dataclass(frozen=True)
class StageCourses:
    """A stage of n variations: `days` (n,) after evening `first_day` (n,); while it holds, nothing moves."""

    first_day: Days
    days: Days
    holds: bool
    paths: Paths | None = None

    @property
    def last_day(self) -> Days:
        """The last day (n,)."""
        return self.first_day + self.days


@dataclass(frozen=True)
class BoneCourses:
    """The courses of the bone of n variations from `T_start` to `T_end` (n, 4, 4), which (n,) can be, and their stages.

    `poses` (n, days + 1, 4, 4) are those of every evening where no path leads from stage to stage.
    """

    T_start: Array
    T_end: Array
    good: Mask
    parts: Sequence[StageCourses]
    poses: Array | None = None

    @property
    def still(self) -> bool:
        """Whether no stage moves anything."""
        return all(part.holds for part in self.parts)

    def moved_last(self) -> Days:
        """The last day (n,) of the last stage that moves something; 0 when none does."""
        moving = [part.last_day for part in self.parts if not part.holds]
        return moving[-1] if moving else np.zeros(len(self.T_start), int)


class DrivenCourses:
    """The courses of a level that is programmed on its own."""

    def __init__(self, setup: LevelSetup, stages: Sequence[Stage]) -> None:
        self.setup, self.stages = setup, stages

    def courses(self, T_start: Array, with_days: bool) -> BoneCourses:
        """The courses from poses (n, 4, 4) on day 0."""
        setup, n = self.setup, len(T_start)
        T = np.broadcast_to(setup.T_ref_mov_course, T_start.shape) if setup.level.course_from else T_start
        places = _tracked_places(setup, T_start) if with_days else np.empty(0)
        good, first_day = np.ones(n, bool), np.zeros(n, int)
        parts = []
        for stage in self.stages:
            T_end, in_range = _stage_ends(setup, stage, T)
            paths = Paths.between(T, T_end)
            good &= in_range & paths.unique
            days = np.full(n, stage.hold_days or stage.days or 0)
            if with_days and not days.all():
                mm_per_day, deg_per_day = setup.level.stage_limits(stage)
                turn_limit = None if deg_per_day is None else math.radians(deg_per_day)
                limits_mm = setup.tracked.limits(mm_per_day)
                days = paths.fewest_days(places, limits_mm, turn_limit, LONGEST_STAGE_DAYS)
                good &= days > 0
            parts.append(StageCourses(first_day, days, stage.hold_days is not None, paths))
            first_day, T = first_day + days, T_end
        return BoneCourses(T_start, T, good & (first_day <= LONGEST_LEVEL_DAYS), parts)


class CoupledCourses:
    """The courses of the level that compensates for the others, which move as entered."""

    def __init__(self, case: Case, index: int, catalogue: Catalogue) -> None:
        self.setups = [set_up(case, number, catalogue) for number in range(len(case.levels))]
        self.setup, self.index = self.setups[index], index
        if returned_day(self.setup):
            raise HexapodError("A hexapod with return stages can only be planned one by one, not many at once.")
        courses = bone_courses(self.setups)
        self.course, times = courses[index], np.arange(courses[index].days + 1.0)
        self.others = [course.intended_at(np.minimum(times, course.days)) for course in courses]

    def courses(self, T_start: Array, with_days: bool) -> BoneCourses:
        """The courses from poses (n, 4, 4) on day 0."""
        n, days = len(T_start), self.course.days
        own = self.setup.T_ref_mov_course if self.setup.level.course_from else T_start
        evenings = slice(None) if with_days else slice(days, None)
        first = [own if k == self.index else T[0] for k, T in enumerate(self.others)]
        now = [None if k == self.index else T[evenings] for k, T in enumerate(self.others)]
        kept = construct(self.setups, first)
        T = pose_in_construct(self.setups, now, kept[..., None, :, :])
        T = np.broadcast_to(T.reshape(-1, *T.shape[-3:]), (n, *T.shape[-3:]))
        parts = [
            StageCourses(np.full(n, part.first_day), np.full(n, part.days), part.holds) for part in self.course.stages
        ]
        return BoneCourses(T_start, T[:, -1], np.ones(n, bool), parts, T if with_days else None)


def _stage_ends(setup: LevelSetup, stage: Stage, T: Array) -> tuple[Array, Mask]:
    """Where a stage ends (n, 4, 4) that starts from poses (n, 4, 4), and for which (n,) that can be told in words."""
    in_range = np.ones(len(T), bool)
    if stage.correct_to is None:
        T_end = T.copy()
        if stage.transport is not None:
            T_end[:, :3, 3] += place(stage.transport.words(), setup.side)
        return T_end, in_range
    numbers = np.tile(signed_numbers(stage.correct_to.words(), DEFORMITY), (len(T), 1))
    if stage.correct_to.keep:
        found, beyond = deformity_numbers(T, setup.side, setup.reference)
        kept = [pair in stage.correct_to.kept for pair in DEFORMITY]
        numbers[:, kept] = found[:, kept]
        in_range = ~beyond & within_limits(numbers, DEFORMITY)
    return deformity_poses(np.where(in_range[:, None], numbers, 0.0), setup.side, setup.reference), in_range


def _tracked_places(setup: LevelSetup, T_start: Array) -> Array:
    """The tracked points (n, k, 3) in moving axes: structures at risk are given in reference axes on day 0."""
    places = np.tile(setup.tracked.places_mov_mm, (len(T_start), 1, 1))
    T_mov_ref = invert(T_start)
    structures = setup.level.structures_at_risk
    for number, structure in enumerate(structures, places.shape[1] - len(structures)):
        places[:, number] = T_mov_ref[:, :3, :3] @ place(structure.at.words(), setup.side) + T_mov_ref[:, :3, 3]
    return places


def within_limits(numbers: Array, pairs: tuple[Pair, ...]) -> Mask:
    """Which rows (n,) of signed numbers (n, 6) are within the limits of their quantities."""
    limits = np.array([pair.limit for pair in pairs])
    included = np.array([pair.limit_included for pair in pairs])
    return np.asarray(((abs(numbers) < limits) | (included & (abs(numbers) == limits))).all(axis=1))

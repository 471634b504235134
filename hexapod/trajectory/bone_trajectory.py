"""The bone's course: where the moving fragment is on every day, before any frame is thought of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hexapod.case.field_types import LONGEST_STAGE_DAYS
from hexapod.case.level_parts import Stage, Target
from hexapod.case.model import LONGEST_LEVEL_DAYS, DrivenLevel
from hexapod.deformity.pose import BeyondWords, deformity_pose, deformity_words, place
from hexapod.deformity.quantities import Fragment, Side
from hexapod.errors import CaseError, HexapodError, Problem
from hexapod.geometry.pose_path import Path, daily_turns, equal_steps, fewest_days
from hexapod.geometry.transforms import Array
from hexapod.trajectory.level_setup import CORRESPONDING_POINT, LevelSetup

# Poses `T_ref_mov` (n, 4, 4) at times (n,) in days, 0 to the last day.
Motion = Callable[[Array], Array]


@dataclass(frozen=True)
class StageCourse:
    """One stage on the calendar.  `first_day` is the day before its first day: its starting evening.

    `path` leads from its first to its last pose; a coupled level's stage (`stage` is None) gets there by a way of its
    own.  `arcs_mm` (days, k) is how far each tracked point travels on each day, `limits_mm` (k,) what it may;
    `turns` (days,) is how far the fragment turns, rad, and `turn_limit` what it may, if there is a limit.
    """

    name: str
    stage: Stage | None
    holds: bool
    first_day: int
    days: int
    path: Path
    arcs_mm: Array
    turns: Array
    mm_per_day: float
    limits_mm: Array
    turn_limit: float | None

    @property
    def last_day(self) -> int:
        """Its last day."""
        return self.first_day + self.days

    def day_of(self, step: int) -> int:
        """Day of the level of step 0, 1, … of the stage."""
        return self.first_day + step + 1


@dataclass(frozen=True)
class Course:
    """All stages of a level, and the pose `T_ref_mov` (n, 4, 4) of the moving fragment on evening 0 to n - 1.

    `poses_at` gives the pose at any time between evenings.  `intended_at` differs from it at the moment 0 only, where
    readings put a level a little off the course from which it goes on (`course_from`), and a coupled level off its own.
    """

    setup: LevelSetup
    stages: tuple[StageCourse, ...]
    T_ref_mov: Array
    poses_at: Motion
    intended_at: Motion

    @property
    def days(self) -> int:
        """The last day."""
        return len(self.T_ref_mov) - 1

    @property
    def T_ref_mov_known(self) -> Array:
        """Pose of the moving fragment at the moment when the settings were read."""
        T: Array = self.T_ref_mov[self.setup.known]
        return T

    def stage_names(self) -> list[str]:
        """Name of the stage of every day; day 0 is "start"."""
        return ["start", *(part.name for part in self.stages for _ in range(part.days))]

    def moving_stages(self) -> Iterator[StageCourse]:
        """The stages in which something shall move."""
        return (part for part in self.stages if not part.holds)

    @cached_property
    def daily_turns(self) -> Array:
        """By how much (days,) in rad the moving fragment turns on each day, by its exact poses."""
        return daily_turns(self.T_ref_mov)

    @cached_property
    def dose_poses(self) -> Array:
        """Poses (n, m, 4, 4) after each of the m adjustments of every day; day 0 repeats its evening."""
        m = self.setup.level.adjustments_per_day
        times = np.arange(self.days)[:, None] + np.arange(1, m + 1) / m
        T = self.poses_at(times.ravel()).reshape(self.days, m, 4, 4)
        return np.concatenate([np.repeat(self.T_ref_mov[:1, None], m, axis=1), T])


def bone_course(setup: LevelSetup) -> Course:
    """The course of a level: stages in order, each as long as its limits (or its fixed days) say.

    Raises:
        CaseError: a stage above 730 days, a level above 2000, or a turn of half a circle.

    Source: conventions section 8.
    """
    assert isinstance(setup.level, DrivenLevel)
    parts = stage_parts(setup, setup.level.stages, "stages")
    return course_of(setup, parts, stage_motion(parts), parts[-1].last_day)


def stage_parts(setup: LevelSetup, stages: Sequence[Stage], key: str) -> list[StageCourse]:
    """Stages in order from where the level's course starts; `key` is theirs in the level of a case file.

    Raises:
        CaseError: as `bone_course`.
    """
    parts: list[StageCourse] = []
    T, day = setup.T_ref_mov_course, 0
    for number, stage in enumerate(stages):
        path = f"levels[{setup.index}].{key}[{number}]"
        part = _stage_course(setup, stage, T, day, path)
        T, day = part.path.T_end, part.last_day
        if day > LONGEST_LEVEL_DAYS:
            raise _too_long(path, f"ends on day {day}; a hexapod has at most {LONGEST_LEVEL_DAYS} days.")
        parts.append(part)
    return parts


def course_of(setup: LevelSetup, stages: Sequence[StageCourse], intended_at: Motion, days: int) -> Course:
    """The course of a level that should move like this; at the moment 0 it is where it is."""
    evenings = np.arange(days + 1.0)
    intended = _with_evenings(intended_at, intended_at(evenings))

    def poses_at(times: Array) -> Array:
        T = intended(times)
        T[times == 0.0] = setup.T_ref_mov_start
        return T

    starts_there = setup.level.course_from is None and not setup.level.coupled
    motion = intended if starts_there else poses_at
    return Course(setup, tuple(stages), motion(evenings), motion, intended)


def _with_evenings(motion: Motion, T_evenings: Array) -> Motion:
    """The motion, with its poses (n, 4, 4) on evening 0 to n - 1 remembered: those are asked for again and again."""

    def poses_at(times: Array) -> Array:
        evenings = times.astype(int)
        return T_evenings[evenings] if np.array_equal(evenings, times) else motion(times)

    return poses_at


def stage_motion(parts: Sequence[StageCourse]) -> Motion:
    """The motion along the stages' own paths; an evening belongs to the stage that ends with it."""
    last_days = np.array([part.last_day for part in parts])

    def poses_at(times: Array) -> Array:
        T = np.empty((len(times), 4, 4))
        numbers = np.searchsorted(last_days, times)
        for number in sorted(set(numbers.tolist())):
            part, now = parts[number], numbers == number
            T[now] = part.path.poses((times[now] - part.first_day) / part.days)
        return T

    return poses_at


def _stage_course(setup: LevelSetup, stage: Stage, T_start: Array, day: int, path: str) -> StageCourse:
    mm_per_day, deg_per_day = setup.level.stage_limits(stage)
    limits = setup.tracked.limits(mm_per_day)
    turn_limit = None if deg_per_day is None else math.radians(deg_per_day)
    try:
        way = Path.between(T_start, stage_end(setup, stage, T_start))
    except BeyondWords as error:
        message = (
            f"keeps a quantity, but no deformity can be given for where the fragment is: {error} Enter "
            f"the target instead."
        )
        raise CaseError([Problem(f"{path}.correct_to.keep", f'"{stage.name}"', message)]) from error
    except HexapodError as error:
        raise CaseError([Problem(path, f'"{stage.name}"', str(error))]) from error
    days = stage.hold_days or stage.days
    if days is None:
        days = fewest_days(way, setup.tracked.places_mov_mm, limits, turn_limit, LONGEST_STAGE_DAYS)
    if days is None:
        raise _too_long(
            path, f"would take more than {LONGEST_STAGE_DAYS} days at its maximum rates: raise them or split it."
        )
    return StageCourse(
        name=stage.name,
        stage=stage,
        holds=stage.hold_days is not None,
        first_day=day,
        days=days,
        path=way,
        arcs_mm=way.arc_lengths(setup.tracked.places_mov_mm, equal_steps(days)),
        turns=np.full(days, way.angle / days),
        mm_per_day=mm_per_day,
        limits_mm=limits,
        turn_limit=turn_limit,
    )


def stage_end(setup: LevelSetup, stage: Stage, T_start: Array) -> Array:
    """Pose `T_ref_mov` (4, 4) at the end of a stage that starts from another.  Raises BeyondWords as `target_words`."""
    return stage_target(stage, T_start, setup.side, setup.reference)


def stage_target(stage: Stage, T_start: Array, side: Side, reference: Fragment) -> Array:
    """`stage_end` for a level of which no more is known than its side and its reference fragment."""
    if stage.correct_to is not None:
        return deformity_pose(target_words(stage.correct_to, T_start, side, reference), side, reference)
    if stage.transport is not None:
        T = T_start.copy()
        T[:3, 3] += place(stage.transport.words(), side)
        return T
    return T_start


def target_words(target: Target, T_start: Array, side: Side, reference: Fragment) -> dict[str, float]:
    """The deformity that a stage leaves, in words: those of its target, and for what it keeps those of its start.

    Raises:
        BeyondWords: something is kept, and words cannot tell the pose `T_start` (4, 4) in which the stage begins.
    """
    words = dict(target.words())
    if not target.keep:
        return words
    found = deformity_words(T_start, side, reference)
    kept = {word for pair in target.kept for word in (pair.positive, pair.negative)}
    return words | {word: size for word, size in found.items() if word in kept}


def _too_long(path: str, message: str) -> CaseError:
    return CaseError([Problem(path, "", message)])


@dataclass(frozen=True)
class Rates:
    """How fast a tracked point moves: `mm_per_day` (days,) and the limit (days,), NaN while nothing is to move."""

    name: str
    mm_per_day: Array
    limits_mm: Array

    @property
    def fastest(self) -> tuple[float, int]:
        """The fastest rate and its day."""
        step = int(np.argmax(self.mm_per_day >= self.mm_per_day.max() * (1.0 - 1e-9)))
        return float(self.mm_per_day[step]), step + 1


def point_rates(course: Course) -> list[Rates]:
    """The rates of the corresponding point, of the fastest of the bone's rim, and of every structure at risk."""
    arcs = np.concatenate([part.arcs_mm for part in course.stages])
    limits = np.concatenate(
        [
            np.broadcast_to(np.nan if part.holds else part.limits_mm, (part.days, len(part.limits_mm)))
            for part in course.stages
        ]
    )
    return [
        Rates(name, arcs[:, points].max(axis=1), limits[:, points.start]) for name, points in tracked_groups(course)
    ]


def tracked_groups(course: Course) -> list[tuple[str, slice]]:
    """The tracked points as people read of them: the corresponding point, the bone's rim as one, every structure."""
    names = course.setup.tracked.names
    first = len(names) - len(course.setup.level.structures_at_risk)
    groups = [(CORRESPONDING_POINT, slice(0, 1))]
    if first > 1:
        groups.append((f"bone edge at the {course.setup.level.indication}, its fastest point", slice(1, first)))
    return [*groups, *((names[k], slice(k, k + 1)) for k in range(first, len(names)))]

"""Coupled levels: a level that compensates for the others, so that the two ends of the construct stay as they are.

Fragment 0 is the most proximal; level i joins fragments i and i + 1.  `D_i` is the pose of fragment i + 1 at level i's
point in the axes of fragment i at level i's point, and `S_i` the shift from the point of level i - 1 to that of level i
on the fragment they share.  The construct is `C = D_0 S_1 D_1 … S_n D_n`; a coupled level has whatever `D` keeps C as
it was on day 0.  In a case that continues an earlier plan the levels count here with the poses that they should
have on day 0 (`course_from`), not with those where rounded readings put them.  After a slip a coupled level first goes
through its `return_stages`; from then on it keeps C as it is on the evening when they end.  Derivation:
docs/kinematics.md.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hexapod.case.model import CoupledLevel
from hexapod.deformity.pose import place
from hexapod.errors import CaseError, GeometryError, Problem
from hexapod.geometry.pose_path import Path, daily_arcs, daily_turns
from hexapod.geometry.transforms import Array, invert, shift
from hexapod.trajectory.bone_trajectory import (
    Course,
    Motion,
    StageCourse,
    bone_course,
    course_of,
    stage_motion,
    stage_parts,
)
from hexapod.trajectory.level_setup import LevelSetup


def bone_courses(setups: Sequence[LevelSetup]) -> list[Course]:
    """The courses of all levels of a case; a coupled level lasts as long as the longest of the others.

    Raises:
        CaseError: as `bone_course`, or a coupled level that turns by half a circle.
    """
    driven = [None if setup.level.coupled else bone_course(setup) for setup in setups]
    return [course or _coupled_course(setups, driven) for course in driven]


def _coupled_course(setups: Sequence[LevelSetup], driven: Sequence[Course | None]) -> Course:
    number = driven.index(None)
    setup, others = setups[number], [course for course in driven if course is not None]
    _check_return(setup, max(course.days for course in others))
    intended_at, days = coupled_motion(setups, driven), max(course.days for course in others)
    whole = course_of(setup, (), intended_at, days)
    T_ref_mov, arcs = whole.T_ref_mov, daily_arcs(whole.poses_at, setup.tracked.places_mov_mm, days)
    turns = daily_turns(T_ref_mov)
    mm_per_day, deg_per_day = setup.level.stage_limits()
    parts = return_parts(setup)
    returned = parts[-1].last_day if parts else 0
    changes = sorted({part.last_day for course in others for part in course.stages if part.last_day > returned})
    for first, last in zip([returned, *changes], changes, strict=False):
        now = [part for course in others for part in course.stages if part.first_day <= first < part.last_day]
        try:
            path = Path.between(T_ref_mov[first], T_ref_mov[last])
        except GeometryError as error:
            raise CaseError([Problem(f"levels[{number}].couple", '"keep-length"', str(error))]) from error
        parts.append(
            StageCourse(
                name=" / ".join(dict.fromkeys(part.name for part in now)),
                stage=None,
                holds=all(part.holds for part in now),
                first_day=first,
                days=last - first,
                path=path,
                arcs_mm=arcs[first:last],
                turns=turns[first:last],
                mm_per_day=mm_per_day,
                limits_mm=setup.tracked.limits(mm_per_day),
                turn_limit=None if deg_per_day is None else float(np.radians(deg_per_day)),
            )
        )
    return replace(whole, stages=tuple(parts))


def return_parts(setup: LevelSetup) -> list[StageCourse]:
    """The stages that a coupled level does before it compensates for the others; none unless the case tells them."""
    level = setup.level
    stages = level.return_stages if isinstance(level, CoupledLevel) else None
    return stage_parts(setup, stages, "return_stages") if stages else []


def returned_day(setup: LevelSetup) -> int:
    """The evening from which a coupled level keeps the construct: 0, or that on which its return stages end."""
    parts = return_parts(setup)
    return parts[-1].last_day if parts else 0


def coupled_motion(setups: Sequence[LevelSetup], driven: Sequence[Course | None]) -> Motion:
    """The motion that the one coupled level should have; it has no course yet."""
    setup = setups[driven.index(None)]
    parts = return_parts(setup)
    returned = float(parts[-1].last_day) if parts else 0.0

    def others_at(times: Array) -> list[Array | None]:
        return [None if course is None else course.intended_at(np.minimum(times, course.days)) for course in driven]

    T_returned = parts[-1].path.T_end if parts else setup.T_ref_mov_course
    kept = construct(setups, [T_returned if T is None else T[0] for T in others_at(np.array([returned]))])

    def intended_at(times: Array) -> Array:
        T = np.array(pose_in_construct(setups, others_at(times), kept))
        returning = times < returned
        if returning.any():
            T[returning] = stage_motion(parts)(times[returning])
        return T

    return intended_at


def intended_poses(courses: Sequence[Course], times: Sequence[float]) -> list[Array]:
    """The pose `T_ref_mov` (4, 4) that every level should have, each at its own time in days, at the end after it.

    A coupled level is where it keeps the construct with these poses of the others, or on its own way back to it.
    """
    poses = [
        course.intended_at(np.array([min(time, course.days)]))[0] for course, time in zip(courses, times, strict=True)
    ]
    setups = [course.setup for course in courses]
    for number, (setup, time) in enumerate(zip(setups, times, strict=True)):
        if setup.level.coupled and (day := returned_day(setup)) <= time:
            kept = construct(
                setups, [course.intended_at(np.array([float(min(day, course.days))]))[0] for course in courses]
            )
            others = [None if other == number else T for other, T in enumerate(poses)]
            poses[number] = pose_in_construct(setups, others, kept)
    return poses


def _check_return(setup: LevelSetup, days: int) -> None:
    """Make sure that the others are still under way, or end, when a coupled level has come back."""
    if returned_day(setup) > days:
        message = (
            f"end on day {returned_day(setup)}, but the other hexapods end on day {days}: give them stages as long."
        )
        raise CaseError([Problem(f"levels[{setup.index}].return_stages", "", message)])


def construct(setups: Sequence[LevelSetup], poses: Sequence[Array]) -> Array:
    """`C` (..., 4, 4): the last fragment in the axes of the first, for poses `T_ref_mov` (..., 4, 4) of all levels."""
    return functools.reduce(np.matmul, [_link(*level) for level in zip(setups, poses, strict=True)])


def pose_in_construct(setups: Sequence[LevelSetup], poses: Sequence[Array | None], C: Array) -> Array:
    """`T_ref_mov` (..., 4, 4) of the level whose pose is None, from those of the others and the construct (4, 4)."""
    number = next(k for k, T in enumerate(poses) if T is None)
    links = [None if T is None else _link(setup, T) for setup, T in zip(setups, poses, strict=True)]
    before = functools.reduce(np.matmul, [link for link in links[:number] if link is not None], np.eye(4))
    after = functools.reduce(np.matmul, [link for link in links[number + 1 :] if link is not None], np.eye(4))
    D = invert(before @ segment_shift(setups[number])) @ C @ invert(after)
    return D if setups[number].reference == "proximal" else invert(D)


def _link(setup: LevelSetup, T_ref_mov: Array) -> Array:
    """`S_i D_i` (..., 4, 4) of a level."""
    return segment_shift(setup) @ (T_ref_mov if setup.reference == "proximal" else invert(T_ref_mov))


def segment_shift(setup: LevelSetup) -> Array:
    """`S_i` (4, 4): where the level's point lies from that of the level before, on the fragment they share."""
    segment = setup.level.segment
    return shift(np.zeros(3) if segment is None else place(segment.words(), setup.side))

"""Coupled levels: a level that gives way to the others, so that the two ends of the construct stay as they are.

Fragment 0 is the most proximal; level i joins fragments i and i + 1.  `D_i` is the pose of fragment i + 1 at level i's
point in the axes of fragment i at level i's point, and `S_i` the shift from the point of level i - 1 to that of level i
on the fragment they share.  The construct is `C = D_0 S_1 D_1 … S_n D_n`; a coupled level has whatever `D` keeps C as
it was on day 0.  Derivation: docs/kinematics.md.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from hexapod.case.model import CoupledLevel
from hexapod.clinical.deformity import deformity_pose
from hexapod.clinical.mounting import place
from hexapod.errors import CaseError, GeometryError, Problem
from hexapod.geometry.motion import daily_arcs, daily_turns
from hexapod.geometry.path import Path
from hexapod.geometry.transforms import Array, invert, shift, turn_angle
from hexapod.planning.course import Course, Motion, StageCourse, bone_course
from hexapod.planning.setup import LevelSetup

# Readings rounded to marks of 1 mm put a fragment at most so far off (half a mark on every strut, and more in a frame
# that is not well conditioned).  A level farther from where it should be has moved: its ends stay as they are.
ROUNDED_MM, ROUNDED_DEG = 2.0, 2.0


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
    poses_at = coupled_motion(setups, driven)
    days = max(course.days for course in others)
    T_ref_mov = poses_at(np.arange(days + 1.0))
    arcs = daily_arcs(poses_at, setup.tracked.places_mov_mm, days)
    turns = daily_turns(T_ref_mov)
    mm_per_day, deg_per_day = setup.level.stage_limits()
    parts = []
    changes = sorted({part.last_day for course in others for part in course.stages})
    for first, last in zip([0, *changes], changes, strict=False):
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
    return Course(setup, tuple(parts), T_ref_mov, poses_at)


def coupled_motion(setups: Sequence[LevelSetup], driven: Sequence[Course | None]) -> Motion:
    """The motion of the one coupled level, which has no course yet."""
    number = driven.index(None)
    T_start = setups[number].T_ref_mov_start
    kept = construct(setups, [_follows_from(setups[k]) if c is None else c.T_ref_mov[0] for k, c in enumerate(driven)])

    def poses_at(times: Array) -> Array:
        poses = [None if c is None else c.poses_at(np.minimum(times, c.days)) for c in driven]
        T = pose_in_construct(setups, poses, kept)
        T[times == 0.0] = T_start
        return T

    return poses_at


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


def _follows_from(setup: LevelSetup) -> Array:
    """The pose `T_ref_mov` (4, 4) that a coupled level should have on day 0.

    Raises:
        CaseError: it is farther from where the level is than rounded readings can put it.
    """
    level = setup.level
    if not isinstance(level, CoupledLevel) or level.couple_from is None:
        return setup.T_ref_mov_start
    T = deformity_pose(level.couple_from.words(), setup.side, setup.reference)
    off_mm = float(np.linalg.norm(T[:3, 3] - setup.T_ref_mov_start[:3, 3]))
    off_deg = float(np.degrees(turn_angle(T[:3, :3] @ setup.T_ref_mov_start[:3, :3].T)))
    if not (off_mm <= ROUNDED_MM and off_deg <= ROUNDED_DEG):
        told = (
            f"is {off_mm:.1f} mm and {off_deg:.1f} deg away from the deformity, too far to be rounding: leave it out."
        )
        raise CaseError([Problem(f"levels[{setup.index}].couple_from", "", told)])
    return T


def segment_shift(setup: LevelSetup) -> Array:
    """`S_i` (4, 4): where the level's point lies from that of the level before, on the fragment they share."""
    segment = setup.level.segment
    return shift(np.zeros(3) if segment is None else place(segment.words(), setup.side))

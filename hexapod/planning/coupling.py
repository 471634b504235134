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

from hexapod.clinical.mounting import place
from hexapod.errors import CaseError, GeometryError, Problem
from hexapod.geometry.motion import daily_arcs, daily_turns
from hexapod.geometry.path import Path
from hexapod.geometry.transforms import Array, invert, shift
from hexapod.planning.course import Course, Motion, StageCourse, bone_course
from hexapod.planning.setup import LevelSetup


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
    before, after = range(number), range(number + 1, len(setups))

    def chain(levels: range, times: Array) -> Array:
        """Product of the levels' poses in order, each after its shift from the level before, except the first."""
        links = []
        for level in levels:
            course = driven[level]
            assert course is not None
            T = course.poses_at(np.minimum(times, course.days))
            link = T if setups[level].reference == "proximal" else invert(T)
            links.append(link if level == 0 else segment_shift(setups[level]) @ link)
        return functools.reduce(np.matmul, links, np.eye(4))

    own_start = setups[number].T_ref_mov_start
    own_start = own_start if setups[number].reference == "proximal" else invert(own_start)
    own_shift = segment_shift(setups[number])

    def poses_at(times: Array) -> Array:
        day_0 = np.zeros(1)
        left = chain(before, times) @ own_shift
        left_0 = chain(before, day_0) @ own_shift
        right, right_0 = chain(after, times), chain(after, day_0)
        D = invert(left) @ left_0 @ own_start @ right_0 @ invert(right)
        D[times == 0.0] = own_start
        return D if setups[number].reference == "proximal" else invert(D)

    return poses_at


def segment_shift(setup: LevelSetup) -> Array:
    """`S` (4, 4): where the level's point lies from that of the level before, on the fragment they share."""
    segment = setup.level.segment
    return shift(np.zeros(3) if segment is None else place(segment.words(), setup.side))

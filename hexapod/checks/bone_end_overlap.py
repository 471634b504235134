"""How deep the bone ends overlap over a whole course, also between the evenings (H-11)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hexapod.case.level_parts import BoneCut
from hexapod.checks import limits
from hexapod.collision.bone_end_overlap import overlap_depths_mm
from hexapod.deformity.mounting import along_bone
from hexapod.deformity.sides import moving_end
from hexapod.geometry.transforms import Array
from hexapod.trajectory.bone_trajectory import Course, StageCourse
from hexapod.trajectory.level_setup import LevelSetup

# Depths are taken this often on a day of motion. A peak between two of these moments is an eighth of a day from the
# nearer one, so the depth there differs by about an eighth of the rim's way of that day, times 1 + tan(tilt): 0.25 mm
# at 1 mm a day and 45 deg, a quarter of the limit (more only while the ends are just sliding off each other's side).
MOMENTS_PER_DAY = 4
# The worst moment is then looked at so many times closer: to 1/64 day, in which a rim moves 0.02 mm at 1 mm a day.
CLOSER = 16
# Moments this close are the same (days): sums in another order.
SAME_DAYS = 1e-9


@dataclass(frozen=True)
class Overlap:
    """Depths (n,) in mm at moments (n,), in days from day 0; the worst of them looked at closely, when it is, and the
    pose `T_ref_mov` (4, 4) in which it is."""

    moments: Array
    depths_mm: Array
    worst_mm: float
    worst_moment: float
    T_ref_mov_worst: Array

    def deepest_of(self, part: StageCourse) -> tuple[float, float]:
        """Depth in mm at the start of a stage, and its deepest after that."""
        within = (self.moments >= part.first_day) & (self.moments <= part.last_day)
        depths = self.depths_mm[within]
        return float(depths[0]), float(depths.max())

    def days(self) -> list[int]:
        """Days on which the ends overlap by more than the limit at some moment, from evening to evening."""
        pairs = [*zip(self.moments.tolist(), self.depths_mm.tolist(), strict=True), (self.worst_moment, self.worst_mm)]
        moments = [moment for moment, depth_mm in pairs if limits.BONE_OVERLAP.exceeded_by(depth_mm)]
        # What stands too deep in the evening does so when the next day begins.
        days = {day_of(moment) for moment in moments} | {math.floor(moment) + 1 for moment in moments}
        return sorted(day for day in days if day <= self.moments[-1])


def overlap(course: Course, bone: BoneCut, apart_mm: float = 0.0) -> Overlap:
    """How deep the bone ends overlap over a whole course, also between the evenings."""

    def depths_at(moments: Array) -> Array:
        return depths_at_poses(course.setup, bone, course.poses_at(moments), apart_mm)

    moments = np.array([0.0, *_moments(course)])
    depths = depths_at(moments)
    worst = int(np.argmax(depths >= depths.max() * (1.0 - limits.RELATIVE_TOLERANCE)))
    worst_mm, worst_moment = float(depths[worst]), float(moments[worst])
    if worst_mm > 0.0:
        near = worst_moment + np.linspace(-1.0, 1.0, 2 * CLOSER + 1) / MOMENTS_PER_DAY
        near = near[(near >= 0.0) & (near <= course.days)]
        near_mm = depths_at(near)
        # Only a depth that is really greater moves the moment: of equal ones the first stands.
        if near_mm.max() > worst_mm * (1.0 + limits.RELATIVE_TOLERANCE):
            worst_mm, worst_moment = float(near_mm.max()), float(near[np.argmax(near_mm)])
    return Overlap(moments, depths, worst_mm, worst_moment, course.poses_at(np.array([worst_moment]))[0])


def _moments(course: Course) -> Iterator[float]:
    """Moments after day 0 at which depths are taken: the evenings, and between them where the bone moves."""
    for part in course.stages:
        count = MOMENTS_PER_DAY if part.path.moves else 1
        yield from (part.first_day + step / count for step in range(1, part.days * count + 1))


def depths_at_poses(setup: LevelSetup, bone: BoneCut, T_ref_mov: Array, apart_mm: float) -> Array:
    """Depths (n,) in mm of a level's cut at poses (n, 4, 4); the cut is made on day 0, the ends `apart_mm` apart."""
    return overlap_depths_mm(
        T_ref_mov,
        setup.T_ref_mov_start,
        diameter_mm=bone.diameter_mm,
        cut_height_mm=along_bone(bone.osteotomy.words()),
        far=moving_end(setup.reference),
        apart_mm=apart_mm,
    )


def day_of(moment: float) -> int:
    """The day that a moment belongs to: a day ends with its evening."""
    return math.ceil(moment - SAME_DAYS)

"""H-11: bone ends that catch on each other on the way, or are compressed; also between the evenings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hexapod.case.level_parts import BoneAtOsteotomy
from hexapod.checks import limits
from hexapod.checks.findings import RELATIVE_TOLERANCE, Finding
from hexapod.collision.bone_end_overlap import overlap_depths_mm
from hexapod.deformity.pose import along_bone
from hexapod.deformity.quantities import moving_end
from hexapod.errors import HexapodError
from hexapod.geometry.transforms import Array, shift
from hexapod.stages.templates import setup_with_stages, stages_from_template
from hexapod.trajectory.bone_trajectory import Course, StageCourse, bone_course
from hexapod.trajectory.gaps import apart_mm, docking_mm, fit_of_ends
from hexapod.trajectory.level_setup import LevelSetup

# Poses and turns this close are the same (mm, rad): sums in another order, nothing that a radiograph shows.
SAME = 1e-9
# A stage that turns by no more than this (rad) presses straight: readings are rounded to marks.
STRAIGHT = math.radians(1.0)
# Tried in this order: the first needs fewer stages.
TEMPLATES_TO_TRY = ("distract-then-correct", "distract-derotate-reduce")


def check_bone_ends(course: Course) -> list[Finding]:
    """`bone.overlap`: the two ends of the bone overlap at some moment of the treatment; none without a bone.

    The ends of a fracture overlap already: they are judged by how much deeper they come than on day 0.  A joint has no
    ends that could catch.  What the message says depends on how the ends come together:

    * On the way: the days, the depth, and the first template that really avoids it, found by planning the bone with it.
      Templates end without deformity, so they are tried only where the level does, too.
    * Still in the last position: no order of stages avoids that. The bone needs more length, a wedge taken out, or an
      origin on the cortex that shall stay in contact; the message says which length is enough.
    * Pressed straight together at a docking site, by no more than compression usually is: nothing.
    * Pressed straight together elsewhere, without a turn: docking compression and accordion mean this, so the message
      says by how much the ends are pressed beyond contact, and asks whether it is meant. It stays a caution: the
      same motion by mistake blocks the frame.

    Source: model and limit are this project's own, docs/safety/README.md.
    """
    level = course.setup.level
    bone = level.bone
    if bone is None or level.indication == "joint":
        return []
    apart = apart_mm(course)
    found = overlap(course, bone, apart)
    limit = limits.BONE_OVERLAP
    if not limit.exceeded_by(found.worst_mm):
        return []
    day = day_of(found.worst_moment)
    days = _ranges(found.days())
    if _is_pressed(course, found):
        if docking_mm(course) is not None and not limits.DOCKING_COMPRESSION.exceeded_by(found.worst_mm):
            return []
        text = (
            f"The bone ends are compressed on {days}: by {found.worst_mm:.1f} mm"
            f"{found.more_than or ' beyond contact'} at most, on day {day}. If this compression is intended (docking, "
            f"accordion), confirm it; if not, end the stage that much earlier."
        )
    else:
        text = (
            f"The bone ends overlap on {days}: by {found.worst_mm:.1f} mm{found.more_than} at worst, on day {day}, "
            f"where they would catch on each other. {_advice(course, bone, found, apart)}"
        )
    return [
        Finding(
            "bone.overlap",
            limit.verdict,
            course.setup.index,
            text,
            day=day,
            value=found.worst_mm,
            limit=limit.value,
            unit=limit.unit,
            bodies=("bone",),
        )
    ]


def _is_pressed(course: Course, found: Overlap) -> bool:
    """Whether the ends come together only in stages that press: straight, more along the bone than across it, and
    either a displacement asked for or an end that is short.  Closing a gap again (`reduce`) is not pressing."""
    far = moving_end(course.setup.reference)
    deeper = []
    for part in course.stages:
        before, deepest = found.deepest_of(part)
        if limits.BONE_OVERLAP.exceeded_by(deepest) and deepest > before * (1.0 + RELATIVE_TOLERANCE):
            end = part.path.T_end[:3, 3]
            way = end - part.path.T_start[:3, 3]
            straight = part.path.angle <= STRAIGHT and abs(way[2]) > math.hypot(way[0], way[1])
            meant = part.stage is None or part.stage.transport is not None or far * end[2] < -SAME
            deeper.append(straight and meant)
    return bool(deeper) and all(deeper)


def _advice(course: Course, bone: BoneAtOsteotomy, found: Overlap, apart_mm: float) -> str:
    """What to do about ends that catch on each other."""
    at_end = float(depths_at_poses(course.setup, bone, course.T_ref_mov[-1:], apart_mm)[0])
    if limits.BONE_OVERLAP.exceeded_by(at_end):
        return _advice_on_the_last_position(course, bone, at_end, apart_mm)
    # Beyond length: the worst depth, and what the bone is already long in that moment; never back towards contact.
    deformity = course.setup.level.deformity_words
    long_mm = moving_end(course.setup.reference) * float(found.T_ref_mov_worst[2, 3])
    deep = _whole_mm(max(found.worst_mm + max(long_mm, 0.0), deformity.get("long_mm", 0.0)))
    if abs(course.T_ref_mov[-1] - np.eye(4)).max() > SAME:
        return f"Distract first, by about {deep} mm beyond length, before the fragments turn or move sideways."
    # A short bone that is first drawn out to its length may need no gap beyond it.
    for gap in (0, deep) if deformity.get("short_mm") else (deep,):
        for name in TEMPLATES_TO_TRY:
            if _avoids(course.setup, bone, name, gap, apart_mm):
                return f"The template {name} with gap_mm {gap} avoids it."
    return f"No template was found to avoid it: {' and '.join(TEMPLATES_TO_TRY)} were tried with gap_mm {deep}."


def _advice_on_the_last_position(course: Course, bone: BoneAtOsteotomy, at_end_mm: float, apart_mm: float) -> str:
    """What to do about ends that overlap where the treatment ends, whatever the way there."""
    setup, longer = course.setup, _whole_mm(at_end_mm)
    T_longer = shift([0.0, 0.0, moving_end(setup.reference) * longer]) @ course.T_ref_mov[-1]
    enough = not limits.BONE_OVERLAP.exceeded_by(float(depths_at_poses(setup, bone, T_longer[None], apart_mm)[0]))
    long_mm = 0.0 if apart_mm else setup.level.deformity_words.get("long_mm", 0.0)
    return (
        f"In the last position they still overlap by {at_end_mm:.1f} mm, so no template avoids it. "
        f"{f'End {longer} mm longer' if enough else 'End longer'}, take out a wedge, or put origin and corresponding "
        f"point on the cortex that is to stay in contact."
        + (f" If the {long_mm:g} mm on day 0 are a gap in the bone, enter it as the bone's gap_mm." if long_mm else "")
    )


def _whole_mm(size_mm: float) -> int:
    """The next whole mm; a whole one but for rounding stays."""
    return math.ceil(size_mm * (1.0 - RELATIVE_TOLERANCE))


def _avoids(setup: LevelSetup, bone: BoneAtOsteotomy, name: str, gap: int, apart_mm: float) -> bool:
    """Whether a template keeps the ends of this level apart: it is planned with it, the bone alone."""
    level = setup.level
    try:
        stages = stages_from_template(
            name,
            deformity=level.deformity_words,
            reference=setup.reference,
            indication=level.indication,
            gap_mm=gap,
            latency_days=0,
        )
        trial = bone_course(setup_with_stages(setup, stages))
    except HexapodError:  # half a turn, or too many days: no plan at all
        return False
    return not limits.BONE_OVERLAP.exceeded_by(overlap(trial, bone, apart_mm).worst_mm)


def _ranges(days: list[int]) -> str:
    """Days in words: "day 4", "days 3 to 9 and 12"."""
    starts = [days[0], *(later for earlier, later in pairwise(days) if later > earlier + 1)]
    ends = [*(earlier for earlier, later in pairwise(days) if later > earlier + 1), days[-1]]
    ranges = [f"{first}" if first == last else f"{first} to {last}" for first, last in zip(starts, ends, strict=True)]
    text = ranges[0] if len(ranges) == 1 else f"{', '.join(ranges[:-1])} and {ranges[-1]}"
    return f"{'day' if len(days) == 1 else 'days'} {text}"


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
    pose `T_ref_mov` (4, 4) in which it is.  At a fracture depths are those beyond the least that was reached before,
    which is `already_mm` on day 0."""

    moments: Array
    depths_mm: Array
    worst_mm: float
    worst_moment: float
    T_ref_mov_worst: Array
    already_mm: float = 0.0

    @property
    def more_than(self) -> str:
        """Words that stand behind a depth that is counted from that of day 0; empty where it is counted from none."""
        return " more than before" if self.already_mm > 0.0 else ""

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


def overlap(course: Course, bone: BoneAtOsteotomy, apart_mm: float = 0.0) -> Overlap:
    """How deep the bone ends overlap over a whole course, also between the evenings."""
    already_mm = 0.0
    if course.setup.level.indication == "fracture":
        already_mm = float(depths_at_poses(course.setup, bone, course.setup.T_ref_mov_start[None], apart_mm)[0])

    def depths_of(moments: Array) -> Array:
        return np.asarray(depths_at_poses(course.setup, bone, course.poses_at(moments), apart_mm), float)

    moments = np.array([0.0, *_moments(course)])
    depths = depths_of(moments)
    # What a fracture has been reduced to counts from then on: pressed in again, it overlaps as much as at an osteotomy.
    least = np.minimum.accumulate(np.minimum(depths, already_mm)) if already_mm else np.zeros(len(moments))
    depths = np.maximum(depths - least, 0.0)

    def depths_at(near: Array) -> Array:
        before = least[np.searchsorted(moments, near, side="right") - 1]
        return np.asarray(np.maximum(depths_of(near) - before, 0.0), float)

    worst = int(np.argmax(depths >= depths.max() * (1.0 - RELATIVE_TOLERANCE)))
    worst_mm, worst_moment = float(depths[worst]), float(moments[worst])
    if worst_mm > 0.0:
        near = worst_moment + np.linspace(-1.0, 1.0, 2 * CLOSER + 1) / MOMENTS_PER_DAY
        near = near[(near >= 0.0) & (near <= course.days)]
        near_mm = depths_at(near)
        # Only a depth that is really greater moves the moment: of equal ones the first stands.
        if near_mm.max() > worst_mm * (1.0 + RELATIVE_TOLERANCE):
            worst_mm, worst_moment = float(near_mm.max()), float(near[np.argmax(near_mm)])
    T_worst = course.poses_at(np.array([worst_moment]))[0]
    return Overlap(moments, depths, worst_mm, worst_moment, T_worst, already_mm)


def _moments(course: Course) -> Iterator[float]:
    """Moments after day 0 at which depths are taken: the evenings, and between them where the bone moves."""
    for part in course.stages:
        count = MOMENTS_PER_DAY if part.path.moves else 1
        yield from (part.first_day + step / count for step in range(1, part.days * count + 1))


def depths_at_poses(setup: LevelSetup, bone: BoneAtOsteotomy, T_ref_mov: Array, apart_mm: float) -> Array:
    """Depths (n,) in mm of a level's bone ends at poses (n, 4, 4); on day 0 they are `apart_mm` apart."""
    cut_mm, far = along_bone(bone.osteotomy.words()), moving_end(setup.reference)
    T_fit, apart_mm = fit_of_ends(setup.level.indication, setup.T_ref_mov_start, cut_mm, far, apart_mm)
    return overlap_depths_mm(
        T_ref_mov, T_fit, diameter_mm=bone.diameter_mm, cut_height_mm=cut_mm, far=far, apart_mm=apart_mm
    )


def day_of(moment: float) -> int:
    """The day that a moment belongs to: a day ends with its evening."""
    return math.ceil(moment - SAME_DAYS)

"""The two gaps of a bone: the one that opens behind a moving fragment, and the one that it still has to cross.

At an osteotomy the first is filled by regenerate; at a fracture it is a gap, and at a joint there is none.
"""

from __future__ import annotations

import numpy as np

from hexapod.case.level_parts import Indication
from hexapod.case.model import DrivenLevel
from hexapod.collision.bone_end_overlap import reference_face
from hexapod.deformity.pose import along_bone
from hexapod.deformity.quantities import moving_end
from hexapod.geometry.transforms import Array, transform_points
from hexapod.trajectory.bone_trajectory import Course

# A gap below this (mm) is closed: rounding of sums of days, far below what a radiograph shows.
CLOSED_MM = 1e-6
MM_PER_CM = 10.0


def regenerate_mm(course: Course) -> Array | None:
    """`course_gap_mm` where regenerate fills it; None at a fracture or a joint, too."""
    return course_gap_mm(course) if course.setup.level.indication == "osteotomy" else None


def gap_mm(course: Course) -> Array | None:
    """Length (n,) of the gap at the osteotomy every evening: how far its centre has moved along the reference axis.

    To this comes the gap that an earlier plan has left.  0 while the ends touch or overlap (the overlap is a check of
    its own).  None when no osteotomy is given, at a joint, or where a coupled level closes a gap.
    """
    opened = opened_mm(course, course.T_ref_mov)
    return None if opened is None else np.asarray(np.maximum(opened, 0.0), float)


def opened_mm(course: Course, T_ref_mov: Array) -> Array | None:
    """`gap_mm` with the moving fragment at poses (n, 4, 4), below 0 by how far the ends overlap.

    What a slip has compressed opens to nothing first.
    """
    level = course.setup.level
    bone, so_far = level.bone, level.so_far
    if bone is None or level.indication == "joint" or _closes_a_gap(course):
        return None
    if level.indication == "fracture":
        cut_mm, far = along_bone(bone.osteotomy.words()), moving_end(course.setup.reference)
        T_fit, apart = fit_of_ends("fracture", course.setup.T_ref_mov_start, cut_mm, far, bone.gap_mm)
        heights = transform_points(np.concatenate([T_ref_mov, T_fit[None]]), np.array([[0.0, 0.0, cut_mm]]))[:, 0, 2]
        return np.asarray(apart + far * (heights[:-1] - heights[-1]), float)
    centre = np.array([0.0, 0.0, along_bone(bone.osteotomy.words()), 1.0])
    risen = (T_ref_mov @ centre)[:, 2] - (course.T_ref_mov[:1] @ centre)[:, 2]
    opened = bone.gap_mm + moving_end(course.setup.reference) * risen
    return np.asarray(opened if so_far is None else opened - so_far.overlap_mm, float)


def docking_mm(course: Course) -> Array | None:
    """Distance (n,) along the reference axis that the moving fragment has left to its docking site, every evening.

    Where a coupled level closes a gap, from the distance of its fragments, on day 0 the one that they should have;
    elsewhere from `docking_gap_mm` and the way made.  0 on the docking day, negative when compressed beyond it.  None
    when there is no docking.  On day 0, too, it is that of the course, whatever the marks of the scales make of it.
    """
    left = _left_mm(course, course.T_ref_mov)
    if left is not None:
        at_start = _left_mm(course, course.intended_at(np.zeros(1)))
        left[0] = _long_at_start(course) if _closes_a_gap(course) or at_start is None else at_start[0]
    return left


def _left_mm(course: Course, T_ref_mov: Array) -> Array | None:
    """`docking_mm` with the moving fragment at poses (n, 4, 4)."""
    level, end = course.setup.level, moving_end(course.setup.reference)
    left = end * T_ref_mov[:, 2, 3]
    if isinstance(level, DrivenLevel) and level.docking_gap_mm is not None:
        left = level.docking_gap_mm - (left - end * course.T_ref_mov[0, 2, 3])
    elif not _closes_a_gap(course):
        return None
    return np.where(abs(left) < CLOSED_MM, 0.0, left)


def gaps_at(course: Course, T_ref_mov: Array) -> tuple[float | None, float | None]:
    """Gap at the osteotomy, distance to docking (mm) with the moving fragment at a pose (4, 4), off its course or on.

    Counted from the course's day 0, as `gap_mm` and `docking_mm` count them.
    """
    opened, left = opened_mm(course, T_ref_mov[None]), _left_mm(course, T_ref_mov[None])
    return None if opened is None else max(float(opened[0]), 0.0), None if left is None else float(left[0])


def course_gap_mm(course: Course) -> Array | None:
    """`gap_mm` on the course, on day 0 too: without what rounded readings put the level off it there."""
    length = gap_mm(course)
    at_start, _ = gaps_at(course, course.intended_at(np.zeros(1))[0])
    return None if length is None or at_start is None else np.concatenate([[at_start], length[1:]])


def parted_on(length_mm: Array) -> int | None:
    """The first evening of lengths (n,) of a gap on which it is longer than it was before; None when it never grows."""
    grown = length_mm - np.minimum.accumulate(length_mm) > CLOSED_MM
    return int(np.argmax(grown)) if grown.any() else None


def docking_day(course: Course) -> int | None:
    """The first evening on which the docking site is reached; None when there is none, or it is not reached."""
    left = docking_mm(course)
    if left is None or not (left <= 0.0).any():
        return None
    return int(np.argmax(left <= 0.0))


def expected_days_in_frame(course: Course) -> float | None:
    """Time in frame that the user's index (days per cm of regenerate) makes likely; None without index or regenerate.

    Counted from the first day of the treatment, and by the longest regenerate since then (`so_far`).

    Source: index of external fixation, PMC3348329 table 7 (38 to 58 days/cm for frames of this kind).
    """
    length, index = regenerate_mm(course), course.setup.level.index_days_per_cm
    if length is None or index is None:
        return None
    so_far = course.setup.level.so_far
    longest = max(float(length.max()), 0.0 if so_far is None else so_far.largest_gap_mm)
    return longest / MM_PER_CM * index


def apart_mm(course: Course) -> float:
    """How far apart the ends at the osteotomy are on day 0, mm: a gap that is given, or what a coupled level closes."""
    bone = course.setup.level.bone
    if bone is not None and bone.gap_mm:
        return bone.gap_mm
    return _long_at_start(course) if _closes_a_gap(course) else 0.0


def reference_end(course: Course) -> tuple[float, Array] | None:
    """Where the reference fragment ends, in its axes; None when no osteotomy is given.

    The height of its end on its axis in mm, and by how much that rises (2,) per mm along x and along y.
    """
    bone = course.setup.level.bone
    if bone is None:
        return None
    setup = course.setup
    cut_mm, far = along_bone(bone.osteotomy.words()), moving_end(setup.reference)
    T_fit, apart = fit_of_ends(setup.level.indication, setup.T_ref_mov_start, cut_mm, far, apart_mm(course))
    return reference_face(T_fit, cut_mm, far, apart)


def fit_of_ends(
    indication: Indication, T_ref_mov_start: Array, cut_mm: float, far: float, apart_mm: float
) -> tuple[Array, float]:
    """The pose `T_ref_mov` (4, 4) in which the two ends fit, and how far (mm) they are apart in it.

    An osteotomy is made on day 0, where its ends are `apart_mm` apart.  A bone that broke, and a joint, fit once the
    deformity is corrected; what is missing between ends that are `apart_mm` apart on day 0 is then missing, too.

    >>> from hexapod.geometry.transforms import shift        # proximal reference: 15 mm short is 15 mm up
    >>> T_fit, apart = fit_of_ends("fracture", shift([0.0, 0.0, 15.0]), 0.0, -1.0, 5.0)
    >>> float(T_fit[2, 3]), apart
    (0.0, 20.0)
    """
    if indication == "osteotomy":
        return T_ref_mov_start, apart_mm
    if not apart_mm:
        return np.eye(4), 0.0
    centre = T_ref_mov_start @ np.array([0.0, 0.0, cut_mm, 1.0])
    return np.eye(4), apart_mm - far * (float(centre[2]) - cut_mm)


def _closes_a_gap(course: Course) -> bool:
    """Whether a coupled level starts with its fragments apart, and not by regenerate."""
    bone = course.setup.level.bone
    return course.setup.level.coupled and not (bone and bone.gap_mm) and _long_at_start(course) > CLOSED_MM


def _long_at_start(course: Course) -> float:
    """How far apart along the reference axis the points should stand before anything moves, mm; 0 when they overlap."""
    return max(float(moving_end(course.setup.reference) * course.setup.T_ref_mov_course[2, 3]), 0.0)

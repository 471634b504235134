"""The frame that follows the bone: its pose and exact lengths on every evening and at every dose; its rings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from hexapod.errors import CaseError, Problem
from hexapod.geometry.transforms import Array, invert, moved_by, turn_angle
from hexapod.hardware.models import Strut
from hexapod.kinematics.forward import near_pose, own_pose_and_way
from hexapod.kinematics.inverse import rigid_lengths
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.coupled_levels import segment_shift
from hexapod.trajectory.level_setup import LevelSetup

# So far a level may be from where it should be, whatever its marks: less than is seen on a radiograph.
ROUNDED_MM, ROUNDED_DEG = 2.0, 2.0
# By how many marks a strut's length may be off the course: a dose by less than one, its reading by half of one.
OFF_MARKS = 1.5
# What the words of a start, written to 1e-6 mm and deg, leave in a strut's length at most.
WORDS_MM = 1e-4
# And of an angle (deg): written words come back within 1e-9, and exactly the limit is within it.
WORDS_DEG = 1e-9


@dataclass(frozen=True)
class FrameCourse:
    """A frame bolted to a bone on its course.

    `T_mov_mring` (4, 4) is constant; `T_prox_dist` (n, 4, 4) and `lengths_mm` (n, 6) are those of evening 0 to n - 1;
    `dose_lengths_mm` (n, m, 6) those after each of the m adjustments of a day (row 0 repeats evening 0).
    `condition_from_neutral` is the largest on the way from the neutral frame to the given settings.
    """

    course: Course
    T_mov_mring: Array
    T_prox_dist: Array
    lengths_mm: Array
    dose_lengths_mm: Array
    condition_from_neutral: float = 1.0

    @property
    def setup(self) -> LevelSetup:
        """The level."""
        return self.course.setup

    def off_mm(self, T_ref_mov: Array, lengths_mm: Array) -> Array:
        """By how much (6,) the lengths of a pose (4, 4) of the moving fragment are beyond six others."""
        T_prox_dist = ring_course(self.setup, T_ref_mov, self.T_mov_mring)
        return np.asarray(rigid_lengths(*self.setup.joints_mm, T_prox_dist) - lengths_mm)

    def moving_ring(self, T_ref_mov: Array) -> Array:
        """Poses `T_ring_mring` (..., 4, 4) for poses (..., 4, 4) of the moving fragment."""
        return moving_ring(self.setup, T_ref_mov, self.T_mov_mring)

    def bone_poses(self, lengths_mm: Array) -> Array:
        """Poses `T_ref_mov` (n, 4, 4) that lengths (n, 6) really give, sought near the intended ones.

        Raises:
            NoPose: lengths that no pose near the intended one has.
        """
        T_prox_dist = near_pose(*self.setup.joints_mm, lengths_mm, self.T_prox_dist)
        return bone_pose(self.setup, self.T_mov_mring, T_prox_dist)


def fit_frame(course: Course) -> FrameCourse:
    """Bolt the frame to the bone by the pose that its settings have at the known moment, and follow the bone.

    Raises:
        SingularFrame: the neutral frame is singular.
        NoPose: no pose fits the given settings.
        CaseError: a `course_from` too far from where the level is.

    Source: conventions section 6.
    """
    setup = course.setup
    lengths_mm = setup.lengths_of(setup.settings_mm)
    T_prox_dist, worst = own_pose_and_way(*setup.joints_mm, lengths_mm)
    frame = replace(bolt_frame(course, T_prox_dist), condition_from_neutral=float(worst))
    _check_start(frame)
    return frame


def _check_start(frame: FrameCourse) -> None:
    """Make sure that the way to where the course starts is none that anybody has to be asked about."""
    setup = frame.setup
    T = frame.course.intended_at(np.zeros(1))[0]
    off_mm = float(np.linalg.norm(T[:3, 3] - setup.T_ref_mov_start[:3, 3]))
    off_deg = float(np.degrees(turn_angle(T[:3, :3] @ setup.T_ref_mov_start[:3, :3].T)))
    if off_mm <= ROUNDED_MM + WORDS_MM and off_deg <= ROUNDED_DEG + WORDS_DEG:
        return
    if not explained_by_marks(setup.struts, frame.off_mm(T, frame.lengths_mm[0])):
        message = (
            f"is {off_mm:.1f} mm and {off_deg:.1f} deg away from the deformity, more than {ROUNDED_MM:g} mm or "
            f"{ROUNDED_DEG:g} deg and more than {OFF_MARKS:g} marks on each strut explain: leave it out."
        )
        raise CaseError([Problem(f"levels[{setup.index}].course_from", "", message)])


def explained_by_marks(struts: Sequence[Strut], off_mm: Array) -> bool:
    """Whether lengths off by this (6,) can be of one pose: a dose is on a mark beside it, and a reading rounded."""
    marks = [strut.graduation_mm * OFF_MARKS + WORDS_MM for strut in struts]
    return all(abs(off) <= most for most, off in zip(marks, off_mm, strict=True))


def bolt_frame(course: Course, T_prox_dist_known: Array) -> FrameCourse:
    """The frame whose rings stand like this (4, 4) at the moment when its settings are known."""
    setup = course.setup
    T_ring_mring = setup.T_prox_dist(T_prox_dist_known)
    T_mov_mring = moving_ring_mount(setup, course.T_ref_mov_known, T_ring_mring)
    T_prox_dist = ring_course(setup, course.T_ref_mov, T_mov_mring)
    return FrameCourse(
        course=course,
        T_mov_mring=T_mov_mring,
        T_prox_dist=T_prox_dist,
        lengths_mm=rigid_lengths(*setup.joints_mm, T_prox_dist),
        dose_lengths_mm=rigid_lengths(*setup.joints_mm, ring_course(setup, course.dose_poses, T_mov_mring)),
    )


def moving_ring_mount(setup: LevelSetup, T_ref_mov: Array, T_ring_mring: Array) -> Array:
    """`T_mov_mring`: where the moving ring sits on the moving fragment, from both poses at one moment."""
    return np.asarray(invert(T_ref_mov) @ setup.T_ref_ring @ T_ring_mring)


def ring_course(setup: LevelSetup, T_ref_mov: Array, T_mov_mring: Array) -> Array:
    """`T_prox_dist` (..., 4, 4) for poses `T_ref_mov` (..., 4, 4) of the moving fragment."""
    return setup.T_prox_dist(moving_ring(setup, T_ref_mov, T_mov_mring))


def moving_ring(setup: LevelSetup, T_ref_mov: Array, T_mov_mring: Array) -> Array:
    """`T_ring_mring` (..., 4, 4) for poses `T_ref_mov` (..., 4, 4) of the moving fragment."""
    return moved_by(invert(setup.T_ref_ring), T_ref_mov, T_mov_mring)


def bone_pose(setup: LevelSetup, T_mov_mring: Array, T_prox_dist: Array) -> Array:
    """`T_ref_mov` (..., 4, 4) of ring poses `T_prox_dist` (..., 4, 4): the way back of `ring_course`."""
    return moved_by(setup.T_ref_ring, setup.T_prox_dist(T_prox_dist), invert(T_mov_mring))


def bone_moved(T_ref_ring: Array, T_ring_mring_start: Array, T_ring_mring_end: Array, T_ref_mov: Array) -> Array:
    """Where the moving fragment (..., 4, 4) is when the frame has gone from one pose to another.

    Source: docs/kinematics.md, section 9: whatever was entered, the rings only know one another.
    """
    motion = T_ref_ring @ T_ring_mring_end @ invert(T_ring_mring_start) @ invert(T_ref_ring)
    return np.asarray(motion @ T_ref_mov)


# A fragment's two hexapods: the one above it and the one below it.
Junction = tuple[FrameCourse, FrameCourse]


def rings_on_fragments(setup: LevelSetup, T_mov_mring: Array) -> tuple[Array, Array]:
    """Poses (4, 4) of the proximal ring on the proximal fragment and of the distal ring on the distal one.

    Each in the axes of the fragment that the ring is bolted to, counted from its level's point on it (origin or
    corresponding point).  They are the same at every time.
    """
    rings = setup.T_ref_ring, T_mov_mring
    return rings if setup.reference == "proximal" else (rings[1], rings[0])


def known_ring_pose(frame: FrameCourse) -> Array:
    """`T_prox_dist` (4, 4) at the moment when the settings were read."""
    T: Array = frame.T_prox_dist[frame.setup.known]
    return T


def rings_by_entries(setup: LevelSetup, T_ref_mov_known: Array, T_prox_dist_known: Array) -> tuple[Array, Array]:
    """`rings_on_fragments` by the pose of the bone and of the rings when the settings were read."""
    return rings_on_fragments(setup, moving_ring_mount(setup, T_ref_mov_known, setup.T_prox_dist(T_prox_dist_known)))


def mounting_entered(frame: FrameCourse) -> bool:
    """Whether the case says where the level's rings are; left out, the mounting is planned as zero, but not known."""
    return "mounting" in frame.setup.level.model_fields_set


def junctions(frames: Sequence[FrameCourse | None]) -> Iterator[Junction]:
    """The hexapods above and below every fragment on which both their points are given; None for one without a pose."""
    for above, below in pairwise(frames):
        if above is not None and below is not None and below.setup.level.segment is not None:
            yield above, below


def runs(frames: Sequence[FrameCourse | None]) -> list[list[FrameCourse]]:
    """Hexapods one below the other of which it is known how they stand to one another; one alone is a run, too."""
    made: list[list[FrameCourse]] = []
    joined = {id(below) for _, below in junctions(frames)}
    for frame in frames:
        if frame is None:
            continue
        if id(frame) in joined:
            made[-1].append(frame)
        else:
            made.append([frame])
    return made


def rings_of_run(run: Sequence[FrameCourse], times: Array) -> Array:
    """Poses (2 k, n, 4, 4) of the rings of k hexapods at times (n,) in days, in the axes of the most proximal fragment.

    Proximal and distal ring of each in turn; a hexapod whose course has ended stays where it is.
    """
    T_frag = np.broadcast_to(np.eye(4), (len(times), 4, 4))
    made = []
    for number, frame in enumerate(run):
        setup, course = frame.setup, frame.course
        proximal, distal = rings_on_fragments(setup, frame.T_mov_mring)
        T_ref_mov = course.poses_at(np.minimum(times, course.days))
        if number:
            T_frag = T_frag @ segment_shift(setup)
        made.append(T_frag @ proximal)
        T_frag = T_frag @ (T_ref_mov if setup.reference == "proximal" else invert(T_ref_mov))
        made.append(T_frag @ distal)
    return np.array(made)

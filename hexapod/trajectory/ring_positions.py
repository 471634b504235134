"""Where the rings of a construct sit on the fragments that carry them, and how its fragments stand to one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from hexapod.geometry.transforms import Array, invert
from hexapod.trajectory.coupled_levels import segment_shift
from hexapod.trajectory.frame_trajectory import FrameCourse, moving_ring_mount
from hexapod.trajectory.level_setup import LevelSetup

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

"""How the treatment will end when it is re-planned from an estimate: the chance of the goal, and bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.case.model import Case
from hexapod.estimation.fit import Estimate
from hexapod.geometry.transforms import Array, invert
from hexapod.hardware.catalogue import Catalogue
from hexapod.kinematics.forward import ring_pose
from hexapod.preoperative.end_error import LIKELY, Goal, left_of
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import fit_frame
from hexapod.trajectory.level_setup import set_up

# Ends drawn: a share of them is then known to 0.4 %, the same on every run.
DRAWN, SEED = 20_000, 19


@dataclass(frozen=True)
class End:
    """What will be left at the end: the chance to be within the goal, and what angle and distance stay below (90 %).

    Counted from the intended end: the angle between the axes of the moving fragment, rotation left out, and the
    distance of its corresponding points.
    """

    within_goal: float
    deg_90: float
    mm_90: float


def end_of(estimate: Estimate, replanned: Case, level: int, goal: Goal, catalogue: Catalogue) -> End | None:
    """The end of the re-planned case on level `level`; None where it depends on what nobody has measured.

    The frame ends at the marks of the last evening, known exactly; where the rings are bolted is drawn as the
    measurements leave it.

    Raises:
        HexapodError: the re-planned case has no motion or no frame.
    """
    course = bone_courses([set_up(replanned, index, catalogue) for index in range(len(replanned.levels))])[level]
    T_ring_mring, T_intended = last_evening(course), course.T_ref_mov[-1]
    chain = estimate.chain

    def ends(x: Array) -> Array:
        T = chain.T_ref_ring(x) @ T_ring_mring @ invert(chain.T_mov_mring(x))
        return np.asarray(T[:, :3, 2:].reshape(len(x), -1))  # axis and corresponding point

    if not estimate.tells(ends):
        return None
    T_ref_ring, T_mov_mring = estimate.rings_drawn(DRAWN, SEED)
    T_ref_mov = T_ref_ring @ T_ring_mring @ invert(T_mov_mring)
    deg, mm = left_of(T_ref_mov[:, :3, 2], T_ref_mov[:, :3, 3], T_intended)
    return End(goal.kept(deg, mm), float(np.quantile(deg, LIKELY)), float(np.quantile(mm, LIKELY)))


def last_evening(course: Course) -> Array:
    """`T_ring_mring` (4, 4) of the frame with its struts on the marks of the last evening."""
    frame, setup = fit_frame(course), course.setup
    lengths = np.array(
        [
            strut.length(strut.nearest_mark(strut.setting(length)))
            for strut, length in zip(setup.struts, frame.lengths_mm[-1], strict=True)
        ]
    )
    return setup.T_prox_dist(ring_pose(*setup.joints_mm, lengths, near=frame.T_prox_dist[-1]))

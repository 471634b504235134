"""How the treatment will end when it is re-planned from an estimate: the chance of the goal, and bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.case.model import Case
from hexapod.estimation.fit import Estimate
from hexapod.geometry.transforms import Array, invert
from hexapod.hardware.catalogue import Catalogue
from hexapod.kinematics.forward import ring_pose
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import fit_frame
from hexapod.trajectory.level_setup import set_up

# Ends drawn: a share of them is then known to 0.4 %, the same on every run.
DRAWN, SEED = 20_000, 19
# The bounds hold with this chance, each for itself.
LIKELY = 0.9


@dataclass(frozen=True)
class Goal:
    """How near to the intended end is near enough: the oblique angle of the axes, and the distance of the points."""

    deg: float = 5.0
    mm: float = 5.0


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
    deg, mm = left(T_ref_ring @ T_ring_mring @ invert(T_mov_mring), T_intended)
    within = (deg <= goal.deg) & (mm <= goal.mm)
    return End(float(within.mean()), float(np.quantile(deg, LIKELY)), float(np.quantile(mm, LIKELY)))


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


def left(T_ref_mov: Array, T_intended: Array) -> tuple[Array, Array]:
    """Angles (n,) in deg and distances (n,) in mm of poses (n, 4, 4) from the intended one (4, 4), as `End` counts."""
    axes, axis = T_ref_mov[:, :3, 2], T_intended[:3, 2]
    deg = np.degrees(np.arctan2(np.linalg.norm(np.cross(axes, axis), axis=1), axes @ axis))
    return deg, np.linalg.norm(T_ref_mov[:, :3, 3] - T_intended[:3, 3], axis=1)

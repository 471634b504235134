"""What no maker publishes of a hexapod, as unknowns of an estimate: joint radius, half spacing, offset of the scales.

Both rings and all six struts share an error, as hardware of one family does.  Only what is given an SD is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from hexapod.case.field_types import Strict
from hexapod.geometry.transforms import Array, pose, rotation_from_vector
from hexapod.kinematics.inverse import centred, jacobian, rigid_lengths
from hexapod.trajectory.level_setup import LevelSetup

# By their keys in a file of visits, in the order of `joints_with` and of `Estimate.hardware`; all in mm.
HARDWARE: Mapping[str, str] = {
    "joint_radius_mm": "joint radius",
    "half_spacing_mm": "half the distance of the two joints of a tab",
    "scale_offset_mm": "offset of all scales",
}
# mm: whoever knows it no better than to a centimetre measures the ring (`hexapod calibrate`) instead.
LEAST_SD_MM, MOST_SD_MM = 0.001, 10.0
Sd = Annotated[float, Field(ge=LEAST_SD_MM, le=MOST_SD_MM)]
# Steps towards the frame that has given readings with other hardware: of an error of 5 mm each leaves a twentieth.
CHORD_STEPS = 6


class HardwareSd(Strict):
    """How far the hardware can be from what its data say: SD in mm; what is left out is believed."""

    joint_radius_mm: Sd | None = None
    half_spacing_mm: Sd | None = None
    scale_offset_mm: Sd | None = None

    @model_validator(mode="after")
    def _names_something(self) -> HardwareSd:
        if not self.known():
            message = "names nothing: give an SD in mm for one or more of {keys}, or take hardware_sd out"
            raise PydanticCustomError("hardware", message, {"keys": ", ".join(HARDWARE)})
        return self

    def known(self) -> dict[str, float]:
        """The SD that are given, by key, in the order of `HARDWARE`."""
        return self.model_dump(exclude_none=True)


def joints_with(joints_mm: Array, off_mm: Array) -> Array:
    """Joints (n, 6, 3) of rings whose radius and half spacing are more by `off_mm` (n, 2) than those of (6, 3).

    Joints sit in pairs, the tabs; each moves in the plane of its ring, and the middle of its tab stays where it points.

    Source: docs/estimation.md, section 1.
    """
    middle, aside = tabs(joints_mm)
    flat = joints_mm[:, :2]
    half = (flat * aside).sum(axis=1) + off_mm[:, 1:]
    radius = np.linalg.norm(flat, axis=1) + off_mm[:, :1]
    out = np.sqrt(radius**2 - half**2)
    moved = out[..., None] * middle + half[..., None] * aside
    heights = np.broadcast_to(joints_mm[:, 2:], (*moved.shape[:2], 1))
    return np.concatenate([moved, heights], axis=-1)


def lengths_read(setup: LevelSetup, off_mm: Array, T_ring_mring: Array) -> Array:
    """Lengths (n, k, 6) of frames (n, k, 4, 4), as their scales tell them: less by the offset that they have.

    `off_mm` (n, 3) is what has to be added to the data of the hardware, in the order of `HARDWARE`.
    """
    T_prox_dist = setup.T_prox_dist(T_ring_mring)
    if not off_mm.any():
        return rigid_lengths(*setup.joints_mm, T_prox_dist)
    proximal, distal = (joints_with(joints, off_mm[:, :2])[:, None] for joints in setup.joints_mm)
    R, p = T_prox_dist[..., :3, :3], T_prox_dist[..., None, :3, 3]
    lengths = np.linalg.norm(distal @ R.swapaxes(-1, -2) + p - proximal, axis=-1)
    return np.asarray(lengths - off_mm[:, None, 2:])


def frames_reading(setup: LevelSetup, off_mm: Array, lengths_mm: Array, near: Array) -> Array:
    """Frames `T_ring_mring` (n, 4, 4) whose scales read lengths (n, 6), near those that do so by the data (n, 4, 4).

    `off_mm` (n, 3) as in `lengths_read`.
    """
    if not off_mm.any():
        return near
    T = setup.T_prox_dist(near)
    proximal, distal = setup.joints_mm
    back, centre, rho = np.linalg.inv(jacobian(proximal, distal, T)), distal.mean(axis=0), centred(distal)[1]
    for _ in range(CHORD_STEPS):
        missing = lengths_mm - lengths_read(setup, off_mm, setup.T_prox_dist(T)[:, None])[:, 0]
        step = (back @ missing[..., None])[..., 0]
        R = rotation_from_vector(step[:, 3:] / rho) @ T[:, :3, :3]
        T = pose(R, T[:, :3, :3] @ centre + T[:, :3, 3] + step[:, :3] - R @ centre)
    return setup.T_prox_dist(T)


def tabs(joints_mm: Array) -> tuple[Array, Array]:
    """Unit vectors (6, 2) for each joint of a ring: to the middle of its tab, and from there towards the joint.

    A tab has the two joints that are neighbours with the smaller gap.
    """
    turn = np.arctan2(joints_mm[:, 1], joints_mm[:, 0])
    order = np.argsort(turn)
    gaps = (np.roll(turn[order], -1) - turn[order]) % (2.0 * np.pi)
    first = 0 if gaps[::2].sum() <= gaps[1::2].sum() else 1
    middle, aside = np.empty((6, 2)), np.empty((6, 2))
    for k in range(first, 6, 2):
        one, other = order[k], order[(k + 1) % 6]
        at = turn[one] + gaps[k] / 2.0
        middle[[one, other]] = [np.cos(at), np.sin(at)]
        aside[other] = [-np.sin(at), np.cos(at)]
        aside[one] = -aside[other]
    return middle, aside

"""The chain of a hexapod as a function of its unknowns: the measurements that given unknowns predict.

Unknowns are counted from the typed values in steps of their usual SD, so that they are numbers of the same size:
the mounting (6), the moving ring on its fragment (6), the pose of the frame at every moment (6 each), and what is
unknown of the hardware.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hexapod.deformity.pose import deformity_numbers, deformity_poses, ring_mounts
from hexapod.deformity.quantities import AXIAL_ROTATION, DEFORMITY, MOUNTING, MOUNTING_SD
from hexapod.estimation.hardware import HARDWARE, frames_reading, lengths_read
from hexapod.estimation.observations import Measured, Moment, Observations
from hexapod.geometry.transforms import Array, invert, pose, rotation_from_vector
from hexapod.kinematics.inverse import rigid_lengths

# Steps of the unknowns: a turn of a ring (rad) and its shift (mm); at a moment's frame they are smaller.
RING_STEP = np.array([0.02] * 3 + [1.5] * 3)
FRAME_STEP = np.array([0.005] * 3 + [0.5] * 3)
MOUNTING_STEP = np.array([one.sd for one in MOUNTING_SD])
# Differences are taken over this share of a step to each side: a rotation of 0.005 deg, its square far below 1e-6.
DIFFERENCE = 1e-3
# SD of the mounting (mm and deg, in the order of MOUNTING) that was neither entered nor measured, for a ring around the
# limb: centred within a hand's breadth, somewhere along the bone, its front about anterior, about orthogonal.
POSSIBLE, POSSIBLE_SD = "possible", np.array([20.0, 20.0, 80.0, 30.0, 10.0, 10.0])
# What the data of the hardware say of it: no measurement of this treatment, and nobody's to be measured again.
BY_DATA = "hardware"
# The unknowns of the rings, mounting first; the frames follow, then the hardware.
MOUNTED, BOLTED, RINGS = slice(0, 6), slice(6, 12), 12
# A whole turn (deg): rotations that differ by it are the same.
TURN = 360.0


@dataclass(frozen=True)
class Measurement:
    """One measured number: the index of its moment, what was measured, and its SD.

    `kind` is "strut" (`index` 0 to 5), "deformity" or "mounting" (`index` in the order of the words).  Two kinds
    are not measurements: "possible" is the possible range of a mounting that was never entered, and "hardware" the data
    of the hardware (`index` in the order of `HARDWARE`; the number is what has to be added to them).
    """

    moment: int
    kind: str
    index: int
    measured: float
    sd: float


class Chain:
    """Six struts, two rings and two fragments, for given `observations`.

    Everything takes unknowns (n, p) of n chains at once; poses are (n, 4, 4) or (n, moments, 4, 4) in mm.
    """

    def __init__(self, observations: Observations) -> None:
        self.observations, self.setup = observations, observations.setup
        moments = observations.moments
        self.side, self.reference = self.setup.side, self.setup.reference
        self.T_ring_mring_read = np.array([moment.T_ring_mring for moment in moments])
        typed = next((moment.mounting.numbers for moment in moments if moment.mounting is not None), np.zeros(6))
        self.mounting_typed = typed
        known = next(number for number, moment in enumerate(moments) if moment.deformity is not None)
        deformity = moments[known].deformity
        assert deformity is not None
        T_ref_mov = deformity_poses(deformity.numbers, self.side, self.reference)
        self.T_mov_mring_typed = invert(T_ref_mov) @ ring_mounts(typed, self.side) @ self.T_ring_mring_read[known]
        unknown = observations.hardware_sd
        self._frames = slice(RINGS, RINGS + 6 * len(moments))
        self.count = self._frames.stop + len(unknown)
        self._hardware = np.zeros((len(unknown), len(HARDWARE)))
        for k, key in enumerate(unknown):
            self._hardware[k, list(HARDWARE).index(key)] = unknown[key]
        self.rows = (*_rows(moments), *_by_data(unknown))
        self._at = {
            kind: np.array([row.moment * 6 + row.index for row in self.rows if row.kind == kind], int)
            for kind in ("strut", "deformity", "mounting", POSSIBLE, BY_DATA)
        }
        self._measured = np.array([row.measured for row in self.rows])
        self._sd = np.array([row.sd for row in self.rows])
        self._turns = np.array(
            [row.kind not in ("strut", BY_DATA) and _pair(row) is AXIAL_ROTATION for row in self.rows],
        )

    def mountings(self, x: Array) -> Array:
        """Mounting (n, 6) as signed numbers in the order of `MOUNTING`, mm and deg."""
        return np.asarray(self.mounting_typed + x[:, MOUNTED] * MOUNTING_STEP)

    def T_ref_ring(self, x: Array) -> Array:
        """The reference ring on its fragment."""
        return ring_mounts(self.mountings(x), self.side)

    def T_mov_mring(self, x: Array) -> Array:
        """The moving ring on its fragment."""
        return np.asarray(self.T_mov_mring_typed @ _motion(x[:, BOLTED] * RING_STEP))

    def T_ring_mring(self, x: Array) -> Array:
        """The frame at every moment."""
        frames = x[:, self._frames].reshape(len(x), -1, 6) * FRAME_STEP
        return np.asarray(self.T_ring_mring_read @ _motion(frames))

    def T_ref_mov(self, x: Array) -> Array:
        """The moving fragment at every moment: `T_ref_ring @ T_ring_mring @ inv(T_mov_mring)`."""
        T_ref_mring = self.T_ref_ring(x)[:, None] @ self.T_ring_mring(x)
        return np.asarray(T_ref_mring @ invert(self.T_mov_mring(x))[:, None])

    def deformities(self, x: Array) -> Array:
        """Deformity (n, moments, 6) as signed numbers in the order of `DEFORMITY`, deg and mm."""
        T = self.T_ref_mov(x)
        numbers, _ = deformity_numbers(T.reshape(-1, 4, 4), self.side, self.reference)
        return numbers.reshape(*T.shape[:2], 6)

    def lengths_mm(self, x: Array) -> Array:
        """Lengths (n, moments, 6) of the struts, as their scales tell them."""
        return lengths_read(self.setup, self.hardware(x), self.T_ring_mring(x))

    def hardware(self, x: Array) -> Array:
        """What is to be added (n, 3) to the data of the hardware, mm, in the order of `HARDWARE`."""
        return np.asarray(x[:, self._frames.stop :] @ self._hardware)

    def frames_reading(self, x: Array, T_ring_mring: Array) -> Array:
        """Frames (n, 4, 4) whose scales read what hardware by its data reads in the pose (4, 4)."""
        T = np.broadcast_to(T_ring_mring, (len(x), 4, 4))
        by_data = rigid_lengths(*self.setup.joints_mm, self.setup.T_prox_dist(T[:1]))
        return frames_reading(self.setup, self.hardware(x), by_data, T)

    def ends(self, x: Array, T_ring_mring: Array) -> Array:
        """Where the moving fragment (n, 4, 4) is when the scales read what they should in this pose of the frame."""
        return np.asarray(self.T_ref_ring(x) @ self.frames_reading(x, T_ring_mring) @ invert(self.T_mov_mring(x)))

    def residuals(self, x: Array) -> Array:
        """Measured minus predicted (n, rows), divided by SD; a rotation the short way round."""
        n, moments = len(x), len(self.observations.moments)
        mountings = np.repeat(self.mountings(x)[:, None], moments, axis=1)
        implied = np.concatenate(
            [
                self.lengths_mm(x).reshape(n, -1)[:, self._at["strut"]],
                self.deformities(x).reshape(n, -1)[:, self._at["deformity"]],
                mountings.reshape(n, -1)[:, self._at["mounting"]],
                mountings.reshape(n, -1)[:, self._at[POSSIBLE]],
                self.hardware(x)[:, self._at[BY_DATA]],
            ],
            axis=1,
        )
        off = self._measured - implied
        off[:, self._turns] = short_way(off[:, self._turns])
        return np.asarray(off / self._sd)


def short_way(deg: Array) -> Array:
    """Angles the short way round, -180 to 180 deg: as words have them.

    >>> short_way(np.array([184.0, -190.0, 30.0])).tolist()
    [-176.0, 170.0, 30.0]
    """
    return np.asarray(deg - TURN * np.round(deg / TURN))


def slopes(function: Callable[[Array], Array], x: Array) -> Array:
    """The Jacobian (values, p) of a function of unknowns (n, p) at `x` (p,), by central differences."""
    step = DIFFERENCE * np.eye(len(x))
    ahead, behind = np.split(function(np.concatenate([x + step, x - step])), 2)
    return np.asarray((ahead - behind).reshape(len(x), -1).T / (2.0 * DIFFERENCE))


def _rows(moments: tuple[Moment, ...]) -> list[Measurement]:
    """Struts of all moments first, then deformities, then mountings, or what the mounting can be without one."""
    struts = [
        Measurement(number, "strut", k, float(moment.lengths_mm[k]), float(moment.length_sd_mm[k]))
        for number, moment in enumerate(moments)
        for k in range(6)
    ]
    mounted = _measured(moments, "mounting")
    possible = [Measurement(0, POSSIBLE, k, 0.0, float(POSSIBLE_SD[k])) for k in range(6)]
    return [*struts, *_measured(moments, "deformity"), *(mounted or possible)]


def _by_data(unknown: Mapping[str, float]) -> list[Measurement]:
    return [Measurement(0, BY_DATA, list(HARDWARE).index(key), 0.0, sd) for key, sd in unknown.items()]


def _measured(moments: tuple[Moment, ...], kind: str) -> list[Measurement]:
    found = []
    for number, moment in enumerate(moments):
        measured: Measured | None = getattr(moment, kind)
        if measured is not None:
            found += [Measurement(number, kind, k, float(measured.numbers[k]), float(measured.sd[k])) for k in range(6)]
    return found


def _pair(row: Measurement) -> object:
    return (DEFORMITY if row.kind == "deformity" else MOUNTING)[row.index]


def _motion(steps: Array) -> Array:
    """Small motions (..., 4, 4) by turns in rad and shifts in mm (..., 6)."""
    return pose(rotation_from_vector(steps[..., :3]), steps[..., 3:])

"""The fit of `estimation/fit.py` for many patients at once, all with the same number of measurements.

Unknowns, residuals and result are the same; Gauss-Newton from the typed values replaces the trust region, because
simulated patients are measured without gross errors.  docs/estimation.md has the derivation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from hexapod.deformity.pose import deformity_numbers, deformity_poses, ring_mounts
from hexapod.deformity.quantities import AXIAL_ROTATION, DEFORMITY, MOUNTING
from hexapod.estimation.chain import (
    BOLTED,
    DIFFERENCE,
    FRAME_STEP,
    MOUNTED,
    MOUNTING_STEP,
    RING_STEP,
    RINGS,
    short_way,
)
from hexapod.estimation.fit import BY_CHANCE, DOUBTFUL
from hexapod.estimation.hardware import HARDWARE, lengths_read
from hexapod.geometry.transforms import Array, invert, pose, rotation_from_vector
from hexapod.trajectory.level_setup import LevelSetup

# Fits of right measurements converge in three or four steps; more than this counts as not converged.
MOST_STEPS = 12
# What the last step changed, in SD of the answer: what it leaves is as small against it as it was against the first.
SETTLED_SD = 1e-4
# Quantities: mounting (6) and deformity at the last time (6).
QUANTITIES = 12
DEFORMITY_TURN, MOUNTING_TURN = DEFORMITY.index(AXIAL_ROTATION), MOUNTING.index(AXIAL_ROTATION)


@dataclass(frozen=True)
class ManyMeasured:
    """Measurements of n patients at m times, day 0 first; SDs as declared to the planner.

    `mountings` (n, 6) on day 0 and `deformities` (n, m, 6) are signed numbers in mm and deg, `lengths_mm` (n, m, 6)
    those of the readings, and `T_ring_mring` (n, m, 4, 4) the frames that have them.  `hardware_sd` has by key the SD
    of uncertain data of the hardware, in the order of `HARDWARE`.
    """

    setup: LevelSetup
    mountings: Array
    deformities: Array
    lengths_mm: Array
    T_ring_mring: Array
    mounting_sd: Array
    deformity_sd: Array
    reading_sd_mm: float
    hardware_sd: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ManyFitted:
    """Mounting and deformity (n, 12) at the last time with their SD (n, 12), as `Estimate.quantities` and `sd`.

    `settled` (n,) says whose fit converged, and `doubtful` (n,) whose measurements agree worse than right SD would
    give in one of a thousand cases.
    """

    quantities: Array
    sd: Array
    settled: NDArray[np.bool_]
    doubtful: NDArray[np.bool_]


def fit_many(measured: ManyMeasured) -> ManyFitted:
    """One fit of all measurements for each patient."""
    chains = _Chains(measured)
    n, times = measured.deformities.shape[:2]
    x = np.zeros((n, RINGS + 6 * times + len(measured.hardware_sd)))
    settled = np.zeros(n, bool)
    for _ in range(MOST_STEPS):
        r, J = chains.residuals(x), chains.slopes(x)
        normal, gradient = J.swapaxes(1, 2) @ J, (J.swapaxes(1, 2) @ r[..., None])[..., 0]
        step = np.linalg.solve(normal, gradient[..., None])[..., 0]
        # Converged patients are not changed any more, so that no result depends on who else is fitted.
        x = x - np.where(settled[:, None], 0.0, step)
        settled |= np.einsum("np,np->n", step, gradient) <= SETTLED_SD**2
        if settled.all():
            break
    r, J = chains.residuals(x), chains.slopes(x)
    chi2, dof = np.einsum("nr,nr->n", r, r), r.shape[1] - x.shape[1]
    above = chdtrc(dof, chi2)
    G = chains.quantity_slopes(J)
    covariance = G @ np.linalg.solve(J.swapaxes(1, 2) @ J, G.swapaxes(1, 2))
    wider = np.where(above < BY_CHANCE, np.maximum(1.0, chi2 / dof), 1.0)
    # Without convergence the normal matrix need not be positive; no SD from there is used.
    variance = np.where(settled[:, None], np.einsum("nkk->nk", covariance) * wider[:, None], np.nan)
    sd = np.sqrt(variance)
    return ManyFitted(chains.quantities(x), sd, settled, above < DOUBTFUL)


class _Chains:
    """The chains of n patients as functions of their unknowns (n, p): rings, the frames of the m times, hardware."""

    def __init__(self, measured: ManyMeasured) -> None:
        self.measured, self.setup = measured, measured.setup
        self.n, self.times = measured.deformities.shape[:2]
        T_ref_mov = deformity_poses(measured.deformities[:, 0], self.setup.side, self.setup.reference)
        T_ref_ring = ring_mounts(measured.mountings, self.setup.side)
        self.T_mov_mring_typed = invert(T_ref_mov) @ T_ref_ring @ measured.T_ring_mring[:, 0]
        self._hardware = np.array([[sd * (key == one) for one in HARDWARE] for key, sd in measured.hardware_sd.items()])
        self._words, self._mounted = 12 * self.times, 12 * self.times + 6  # where these rows end

    def _parts(self, x: Array) -> tuple[Array, Array, Array]:
        """The unknowns of rings (n, 12), of frames (n, m, 6), and of the hardware."""
        frames, hardware = np.split(x[:, RINGS:], [6 * self.times], axis=1)
        return x[:, :RINGS], frames.reshape(self.n, self.times, 6), hardware

    def T_ref_ring(self, rings: Array) -> Array:
        """The reference rings (n, 1, 4, 4) on their fragments."""
        return ring_mounts(self.mountings(rings), self.setup.side)[:, None]

    def T_mring_mov(self, rings: Array) -> Array:
        """The moving fragments (n, 1, 4, 4) in the axes of their rings."""
        return invert(self.T_mov_mring_typed @ _motion(rings[:, BOLTED] * RING_STEP))[:, None]

    def T_ring_mring(self, frames: Array) -> Array:
        """The frames (n, m, 4, 4) of all times."""
        return np.asarray(self.measured.T_ring_mring @ _motion(frames * FRAME_STEP))

    def deformities(self, T_ref_ring: Array, T_ring_mring: Array, T_mring_mov: Array) -> Array:
        """Deformities (n, m, 6) of these rings and frames."""
        flat = (T_ref_ring @ T_ring_mring @ T_mring_mov).reshape(-1, 4, 4)
        numbers, _ = deformity_numbers(flat, self.setup.side, self.setup.reference)
        return numbers.reshape(self.n, self.times, 6)

    def lengths_mm(self, T_ring_mring: Array, hardware: Array) -> Array:
        """Lengths (n, m, 6) of these frames, as their scales tell them."""
        off = hardware @ self._hardware if hardware.size else np.zeros((self.n, len(HARDWARE)))
        return lengths_read(self.setup, off, T_ring_mring)

    def mountings(self, rings: Array) -> Array:
        """Mountings (n, 6) as signed numbers."""
        return np.asarray(self.measured.mountings + rings[:, MOUNTED] * MOUNTING_STEP)

    def residuals(self, x: Array) -> Array:
        """Measured minus predicted (n, rows) in SD: lengths and deformities of every time, the mounting, hardware."""
        rings, frames, hardware = self._parts(x)
        T_ring_mring = self.T_ring_mring(frames)
        lengths = self.lengths_mm(T_ring_mring, hardware)
        off = self.measured.deformities - self.deformities(
            self.T_ref_ring(rings), T_ring_mring, self.T_mring_mov(rings)
        )
        off[..., DEFORMITY_TURN] = short_way(off[..., DEFORMITY_TURN])
        mounting = self.measured.mountings - self.mountings(rings)
        parts = (
            (self.measured.lengths_mm - lengths) / self.measured.reading_sd_mm,
            off / self.measured.deformity_sd,
            mounting / self.measured.mounting_sd,
            -hardware,  # its unknowns are counted in SD
        )
        return np.concatenate([part.reshape(self.n, -1) for part in parts], axis=1)

    def slopes(self, x: Array) -> Array:
        """The Jacobian (n, rows, p) of the residuals, by central differences.

        A frame's unknowns touch the rows of its own time only, so those of all frames are changed together; those of
        the rings leave the lengths alone.
        """
        times, width = self.times, 2.0 * DIFFERENCE
        rings, frames, hardware = self._parts(x)
        J = np.zeros((self.n, self._mounted + hardware.shape[1], x.shape[1]))
        lengths, words = J[:, : 6 * times], J[:, 6 * times : self._words]
        T_ref_ring, T_ring_mring, T_mring_mov = (
            self.T_ref_ring(rings), self.T_ring_mring(frames), self.T_mring_mov(rings),
        )  # fmt: skip

        def of_words(ahead: Array, behind: Array) -> Array:
            less = behind - ahead
            less[..., DEFORMITY_TURN] = short_way(less[..., DEFORMITY_TURN])
            return np.asarray(less / (width * self.measured.deformity_sd))

        for k in range(6):
            mounted, bolted, moved = np.zeros(RINGS), np.zeros(RINGS), np.zeros(6)
            mounted[MOUNTED][k] = bolted[BOLTED][k] = moved[k] = DIFFERENCE
            both = [
                self.deformities(self.T_ref_ring(one), T_ring_mring, T_mring_mov)
                for one in (rings + mounted, rings - mounted)
            ]
            words[:, :, MOUNTED][..., k] = of_words(*both).reshape(self.n, -1)
            both = [
                self.deformities(T_ref_ring, T_ring_mring, self.T_mring_mov(one))
                for one in (rings + bolted, rings - bolted)
            ]
            words[:, :, BOLTED][..., k] = of_words(*both).reshape(self.n, -1)
            T = [self.T_ring_mring(one) for one in (frames + moved, frames - moved)]
            by_words = of_words(*(self.deformities(T_ref_ring, one, T_mring_mov) for one in T))
            by_lengths = self.lengths_mm(T[1], hardware) - self.lengths_mm(T[0], hardware)
            by_lengths = by_lengths / (width * self.measured.reading_sd_mm)
            for time in range(times):
                own = slice(6 * time, 6 * time + 6)
                words[:, own, RINGS + 6 * time + k] = by_words[:, time]
                lengths[:, own, RINGS + 6 * time + k] = by_lengths[:, time]
            J[:, self._words + k, k] = -MOUNTING_STEP[k] / self.measured.mounting_sd[k]
        for k in range(hardware.shape[1]):
            more, column = DIFFERENCE * np.eye(hardware.shape[1])[k], RINGS + 6 * times + k
            ahead, behind = (self.lengths_mm(T_ring_mring, one) for one in (hardware + more, hardware - more))
            lengths[..., column] = (behind - ahead).reshape(self.n, -1) / (width * self.measured.reading_sd_mm)
            J[:, self._mounted + k, column] = -1.0
        return J

    def quantities(self, x: Array) -> Array:
        """Mounting and deformity (n, 12) at the last time."""
        rings, frames, _ = self._parts(x)
        mountings = self.mountings(rings)
        mountings[:, MOUNTING_TURN] = short_way(mountings[:, MOUNTING_TURN])
        T_ring_mring = self.T_ring_mring(frames)
        deformities = self.deformities(self.T_ref_ring(rings), T_ring_mring, self.T_mring_mov(rings))
        return np.concatenate([mountings, deformities[:, -1]], axis=1)

    def quantity_slopes(self, J: Array) -> Array:
        """The Jacobian (n, 12, p) of `quantities`, from that of the residuals."""
        mounting = -J[:, self._words : self._mounted] * self.measured.mounting_sd[:, None]
        last = -J[:, self._words - 6 : self._words] * self.measured.deformity_sd[:, None]
        return np.concatenate([mounting, last], axis=1)


def _motion(steps: Array) -> Array:
    """Small motions (..., 4, 4) by turns in rad and shifts in mm (..., 6)."""
    return pose(rotation_from_vector(steps[..., :3]), steps[..., 3:])

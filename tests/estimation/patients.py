"""Simulated patients: true rings on true bones, treated by a planner that believes what was measured.

Nothing of the estimator is used here; what is measured is the truth with normal errors of the declared SD.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

import hexapod
from hexapod.deformity.pose import deformity_numbers, deformity_poses, ring_mounts
from hexapod.deformity.quantities import DEFORMITY, DEFORMITY_SD, MOUNTING, MOUNTING_SD, words_of
from hexapod.estimation.observations import Measured, Moment, Observations
from hexapod.geometry.transforms import Array, invert, pose, rotation_from_vector
from hexapod.hardware.catalogue import load_catalogue
from hexapod.trajectory.level_setup import LevelSetup, set_up

# In the order of the words: 12 varus, 8 apex anterior, 15 short; medial 10, anterior 15, 60 along, 5 turned, tilted.
DEFORMED = np.array([-12.0, 8.0, 5.0, -3.0, 2.0, 15.0])
DEFORMED_SPREAD = np.array([4.0, 4.0, 6.0, 4.0, 4.0, 4.0])
MOUNTED = np.array([-10.0, -15.0, 60.0, 5.0, 2.5, -1.7])
MOUNTED_SPREAD = np.array([4.0, 4.0, 5.0, 3.0, 1.0, 1.0])
SD = {
    "deformity": np.array([one.sd for one in DEFORMITY_SD]),
    "mounting": np.array([one.sd for one in MOUNTING_SD]),
    "reading": 0.5,
}
CATALOGUE = load_catalogue()


def limb(
    side: str, reference: str, mounting: Array, deformity: Array, settings_mm: Sequence[float], **more: Any
) -> Any:
    """A case as it was measured, in a frame whose scales reach everything."""
    return {
        "format": "hexapod-case/1",
        "id": "simulated",
        "limb": {"side": side, "bone": "tibia"},
        "start_date": "2026-03-02",
        "levels": [
            {
                "name": "tibia",
                "reference": reference,
                "frame": {
                    "proximal_ring": {"model": "generic-full-180"},
                    "distal_ring": {"model": "generic-full-155"},
                    "struts": [{"min_mm": 20, "max_mm": 600, "graduation_mm": 1}] * 6,
                    "settings_mm": [float(setting) for setting in settings_mm],
                    "settings_at": "start",
                },
                "mounting": words_of(mounting.tolist(), MOUNTING),
                "deformity": words_of(deformity.tolist(), DEFORMITY),
                "stages": [{"name": "correct", "correct_to": {}}],
                **more,
            }
        ],
    }


@cache
def bare_setup(side: str, reference: str) -> LevelSetup:
    """The hardware alone."""
    return set_up(hexapod.read_case(limb(side, reference, np.zeros(6), np.zeros(6), [150.0] * 6)), 0, CATALOGUE)


@dataclass
class Patient:
    """The truth of one patient, and the chance that measures it."""

    setup: LevelSetup
    random: np.random.Generator
    mounting: Array
    deformity: Array
    T_ref_ring: Array
    T_mov_mring: Array

    @classmethod
    def drawn(cls, number: int, side: str = "right", reference: str = "proximal") -> Patient:
        """Patient `number`: the same on every run.  The moving ring is drawn on its own fragment, 150 mm from the other."""
        random = np.random.default_rng([number, 19])
        setup = bare_setup(side, reference)
        mounting = MOUNTED + MOUNTED_SPREAD * random.standard_normal(6)
        away = 1.0 if reference == "proximal" else -1.0
        mounting[2] *= away
        deformity = DEFORMED + DEFORMED_SPREAD * random.standard_normal(6)
        turn = np.radians(2.0) * random.standard_normal(3)
        across = 6.0 * random.standard_normal(2)
        T_mov_mring = pose(rotation_from_vector(turn), [*across, mounting[2] - away * 150.0])
        return cls(setup, random, mounting, deformity, ring_mounts(mounting, side), T_mov_mring)

    def lengths_mm(self, T_ref_mov: Array) -> Array:
        """What the struts really measure when the bone stands like this."""
        return self.setup_lengths(invert(self.T_ref_ring) @ T_ref_mov @ self.T_mov_mring)

    def setup_lengths(self, T_ring_mring: Array) -> Array:
        """Lengths (6,) of a frame."""
        return np.asarray(hexapod.strut_lengths(*self.setup.joints_mm, self.setup.T_prox_dist(T_ring_mring)))

    def T_ref_mov(self, lengths_mm: Array) -> Array:
        """Where the bone really stands with struts of such lengths."""
        T_ring_mring = self.frame(lengths_mm)
        return np.asarray(self.T_ref_ring @ T_ring_mring @ invert(self.T_mov_mring))

    def frame(self, lengths_mm: Array) -> Array:
        """`T_ring_mring` of lengths."""
        near = np.eye(4) - np.outer(np.eye(4)[2], np.eye(4)[3]) * 150.0
        return np.asarray(self.setup.T_prox_dist(hexapod.ring_pose(*self.setup.joints_mm, lengths_mm, near=near)))

    def words(self, T_ref_mov: Array) -> Array:
        """The deformity of a pose as signed numbers."""
        return np.asarray(deformity_numbers(T_ref_mov[None], self.setup.side, self.setup.reference)[0][0])

    def measured(self, what: str, numbers: Array, sd: Array | None = None) -> Measured:
        """Numbers with an error drawn; the SD is declared as it is."""
        sd = SD[what] if sd is None else sd
        return Measured(numbers + sd * self.random.standard_normal(6), sd)

    def moment(
        self, visit: int | None, lengths_mm: Array, mounting: Measured | None, sd: Array | None = None
    ) -> Moment:
        """The frame read, whose struts are really so long, and the deformity measured."""
        read = lengths_mm + SD["reading"] * self.random.standard_normal(6)
        deformity = self.measured("deformity", self.words(self.T_ref_mov(lengths_mm)), sd)
        settings = tuple(float(one) for one in read)
        return Moment(
            visit, settings, self.setup.struts, read, np.full(6, SD["reading"]), self.frame(read), deformity, mounting
        )


def treated(patient: Patient, shares: Sequence[float], sd: Array | None = None) -> tuple[Observations, Array]:
    """A patient measured on day 0 and at visits after shares of the way; with it the true deformity at the last one.

    The struts are set as a planner sets them who believes what was measured on day 0.
    """
    side, reference = patient.setup.side, patient.setup.reference
    T_start = deformity_poses(patient.deformity, side, reference)
    lengths = patient.lengths_mm(T_start)
    first = patient.moment(None, lengths, patient.measured("mounting", patient.mounting), sd)
    moments = [first]
    assert first.mounting is not None
    assert first.deformity is not None
    T_ref_ring = ring_mounts(first.mounting.numbers, side)
    T_mov_mring = invert(deformity_poses(first.deformity.numbers, side, reference)) @ T_ref_ring @ first.T_ring_mring
    for visit, share in enumerate(shares):
        T = deformity_poses(first.deformity.numbers * (1.0 - share), side, reference)
        lengths = patient.setup_lengths(invert(T_ref_ring) @ T @ T_mov_mring)
        moments.append(patient.moment(visit, lengths, None, sd))
    return Observations(patient.setup, tuple(moments)), patient.words(patient.T_ref_mov(lengths))

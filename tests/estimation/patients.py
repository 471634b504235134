"""Simulated patients: true rings on true bones, treated by a planner that believes what was measured.

Nothing of the estimator is used here; what is measured is the truth with normal errors of the declared SD.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
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
NONE: Mapping[str, float] = MappingProxyType({})
# SD of hardware that nobody has published, mm.
UNPUBLISHED = {"joint_radius_mm": 1.5, "half_spacing_mm": 0.7, "scale_offset_mm": 1.0}


def generic_joints(inner_mm: float, first_tab_deg: float, radius_mm: float, spacing_mm: float) -> Array:
    """Joints (6, 3) of a generic ring by its rule, with a larger radius and half spacing; struts in their order.

    Two joints 15 mm apart on each of three tabs, on a circle 10 mm outside of the inner one, 10 mm from the mid plane.
    """
    radius, half = inner_mm / 2.0 + 10.0 + radius_mm, 7.5 + spacing_mm
    aside = np.degrees(np.arcsin(half / radius))
    if first_tab_deg == 0:  # proximal ring: struts 1 and 2 on the tab in front
        angles, height = [tab + sign * aside for tab in (0, 120, 240) for sign in (-1, 1)], -10.0
    else:  # distal ring: struts 6 and 1, 2 and 3, 4 and 5
        signs = [(300, 1), (60, -1), (60, 1), (180, -1), (180, 1), (300, -1)]
        angles, height = [tab + sign * aside for tab, sign in signs], 10.0
    a = np.radians(angles)
    return np.column_stack([radius * np.sin(a), -radius * np.cos(a), np.full(6, height)])


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
    joints_mm: tuple[Array, Array]
    hardware_mm: Array
    hardware_sd: Mapping[str, float]

    @classmethod
    def drawn(
        cls, number: int, side: str = "right", reference: str = "proximal", hardware_sd: Mapping[str, float] = NONE
    ) -> Patient:
        """Patient `number`: the same on every run.  The moving ring is drawn on its own fragment, 150 mm from the other.

        `hardware_mm` is what the hardware really has more than its data: in the order of `hardware_sd`, all three.
        """
        random = np.random.default_rng([number, 19])
        setup = bare_setup(side, reference)
        mounting = MOUNTED + MOUNTED_SPREAD * random.standard_normal(6)
        away = 1.0 if reference == "proximal" else -1.0
        mounting[2] *= away
        deformity = DEFORMED + DEFORMED_SPREAD * random.standard_normal(6)
        turn = np.radians(2.0) * random.standard_normal(3)
        across = 6.0 * random.standard_normal(2)
        T_mov_mring = pose(rotation_from_vector(turn), [*across, mounting[2] - away * 150.0])
        joints, hardware = setup.joints_mm, np.zeros(3)
        if hardware_sd:
            hardware = np.array(list(hardware_sd.values())) * np.random.default_rng([number, 20]).standard_normal(3)
            joints = (generic_joints(180, 0, *hardware[:2]), generic_joints(155, 60, *hardware[:2]))
        T_ref_ring = ring_mounts(mounting, side)
        return cls(setup, random, mounting, deformity, T_ref_ring, T_mov_mring, joints, hardware, hardware_sd)

    def lengths_mm(self, T_ref_mov: Array) -> Array:
        """What the struts really measure when the bone stands like this."""
        return self.true_lengths(invert(self.T_ref_ring) @ T_ref_mov @ self.T_mov_mring)

    def setup_lengths(self, T_ring_mring: Array) -> Array:
        """Lengths (6,) of a frame, by the data of its hardware."""
        return np.asarray(hexapod.strut_lengths(*self.setup.joints_mm, self.setup.T_prox_dist(T_ring_mring)))

    def true_lengths(self, T_ring_mring: Array) -> Array:
        """What the scales (6,) of a frame really say, as lengths."""
        lengths = hexapod.strut_lengths(*self.joints_mm, self.setup.T_prox_dist(T_ring_mring))
        return np.asarray(lengths - self.hardware_mm[2])

    def T_ref_mov(self, lengths_mm: Array) -> Array:
        """Where the bone really stands with struts of such lengths."""
        T_ring_mring = self.frame(lengths_mm + self.hardware_mm[2], self.joints_mm)
        return np.asarray(self.T_ref_ring @ T_ring_mring @ invert(self.T_mov_mring))

    def frame(self, lengths_mm: Array, joints_mm: tuple[Array, Array] | None = None) -> Array:
        """`T_ring_mring` of lengths, by the data of its hardware or with other joints."""
        near = np.eye(4) - np.outer(np.eye(4)[2], np.eye(4)[3]) * 150.0
        return np.asarray(
            self.setup.T_prox_dist(hexapod.ring_pose(*(joints_mm or self.setup.joints_mm), lengths_mm, near=near))
        )

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
    observations = Observations(patient.setup, tuple(moments), patient.hardware_sd)
    return observations, patient.words(patient.T_ref_mov(lengths))

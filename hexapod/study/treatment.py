"""The treatment of simulated patients under a policy: planned, measured again at visits, re-planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hexapod.case.model import Case
from hexapod.deformity.pose import deformity_numbers
from hexapod.geometry.transforms import Array, invert
from hexapod.hardware.catalogue import Catalogue
from hexapod.plan.plan_outcomes import own_poses, plan_outcomes
from hexapod.preoperative.end_error import left_of
from hexapod.study.many_fits import ManyMeasured, fit_many
from hexapod.study.population import Patients, StudyCase, TrueErrors
from hexapod.study.study_file import MeasurementErrors, Policy

Mask = NDArray[np.bool_]
NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Believed:
    """The input of the plans of n patients: mounting and deformity (n, 12) as signed numbers, and their SD (n, 12).

    `settled` is False where the fit did not converge, so that the last measurement alone was used; `doubtful` is True
    where the measurements contradict each other, so that a person would be asked to measure again.
    """

    quantities: Array
    sd: Array
    settled: Mask
    doubtful: Mask


@dataclass(frozen=True)
class TreatedPatients:
    """The outcome of n patients.

    `planned` (n,) says whose plans could be made; only they have an `angle_deg` and a `distance_mm` (n,) between the
    end and the intended one.  `believed` is the input of the last plan, and `truth` (n, 12) the true values at that
    time.
    """

    planned: Mask
    angle_deg: Array
    distance_mm: Array
    believed: Believed
    truth: Array


def treat(
    case: StudyCase,
    catalogue: Catalogue,
    patients: Patients,
    policy: Policy,
    errors: TrueErrors,
    declared: MeasurementErrors,
    hardware_sd: Mapping[str, float] = NONE,
) -> TreatedPatients:
    """The patients under one policy; `errors` are the true SD of what is measured, `declared` those believed.

    `hardware_sd` has by key the SD that data of the hardware are believed to have.
    """
    course = _Course(case, catalogue, patients, errors, declared, hardware_sd)
    course.measure()
    believed, schedule, done = course.believed("last"), case.first, 0.0
    for visit in policy.visits:
        if visit == "end":
            course.follow(schedule, believed)
            done = 0.0
        else:
            course.follow(schedule, believed, (visit - done) / (1.0 - done))
            done = visit
        course.measure()
        believed, schedule = course.believed(policy.use), case.again
    truth = np.concatenate([patients.mountings, course.truly()], axis=1)
    course.follow(schedule, believed)
    T_ref_mov = course.T_ref_mov
    deg, mm = left_of(T_ref_mov[:, :3, 2], T_ref_mov[:, :3, 3], case.T_intended)
    good = course.good
    return TreatedPatients(good, np.where(good, deg, np.nan), np.where(good, mm, np.nan), believed, truth)


class _Course:
    """The treatment of n patients in progress: the true poses of frame and bone, and the measurements so far.

    Patients whose truth a case file cannot state, or who cannot be planned, are left out from then on (`good`).
    """

    def __init__(
        self,
        case: StudyCase,
        catalogue: Catalogue,
        patients: Patients,
        errors: TrueErrors,
        declared: MeasurementErrors,
        hardware_sd: Mapping[str, float],
    ) -> None:
        self.case, self.catalogue, self.patients, self.errors = case, catalogue, patients, errors
        self.setup = case.setup
        self.mounting_sd = np.array(declared.of_mounting())
        self.deformity_sd = np.array(declared.of_deformity())
        self.reading_sd_mm, self.hardware_sd = declared.reading_mm, hardware_sd
        # Beyond 80 deg an angle's tangent would pass for that of another deformity.
        self.good = patients.possible
        self.T_ring_mring = invert(patients.T_ref_ring) @ patients.T_ref_mov @ patients.T_mov_mring
        self.mountings = patients.measured_mountings(errors)
        self.deformities: list[Array] = []
        self.lengths_mm: list[Array] = []
        self.T_ring_mring_read: list[Array] = []

    @property
    def T_ref_mov(self) -> Array:
        """The true poses (n, 4, 4) of the moving fragments."""
        return np.asarray(self.patients.T_ref_ring @ self.T_ring_mring @ invert(self.patients.T_mov_mring))

    def truly(self) -> Array:
        """The true deformities (n, 6)."""
        return deformity_numbers(self.T_ref_mov, self.setup.side, self.setup.reference)[0]

    def measure(self) -> None:
        """Read the struts and measure the bones, each with its error."""
        lengths = self.patients.lengths_mm(self.T_ring_mring)
        time = len(self.deformities)
        deformities, read = self.patients.measured(time, self.truly(), lengths, self.errors)
        self.deformities.append(deformities)
        self.lengths_mm.append(read)

    def believed(self, use: str) -> Believed:
        """Current mounting and deformity, by the last measurement alone or by one fit of all."""
        n = len(self.good)
        last = Believed(
            quantities=np.concatenate([self.mountings, self.deformities[-1]], axis=1),
            sd=np.tile(np.concatenate([self.mounting_sd, self.deformity_sd]), (n, 1)),
            settled=np.ones(n, bool),
            doubtful=np.zeros(n, bool),
        )
        if use == "last":
            return last
        T, found = own_poses(self.setup, self._settings(self.lengths_mm[-1]))
        self.good &= found
        some = np.flatnonzero(self.good)
        if not some.size:
            return last
        fitted = fit_many(
            ManyMeasured(
                setup=self.setup,
                mountings=self.mountings[some],
                deformities=np.stack(self.deformities, axis=1)[some],
                lengths_mm=np.stack(self.lengths_mm, axis=1)[some],
                T_ring_mring=np.stack([*self.T_ring_mring_read, T], axis=1)[some],
                mounting_sd=self.mounting_sd,
                deformity_sd=self.deformity_sd,
                reading_sd_mm=self.reading_sd_mm,
                hardware_sd=self.hardware_sd,
            )
        )
        used = some[fitted.settled]
        last.quantities[used] = fitted.quantities[fitted.settled]
        last.sd[used] = fitted.sd[fitted.settled]
        last.settled[some] = fitted.settled
        last.doubtful[some] = fitted.doubtful
        return last

    def follow(self, schedule: Case, believed: Believed, share: float | None = None) -> None:
        """Turn the struts by a new plan to its end, or until a share of its days has passed."""
        found = plan_outcomes(
            schedule,
            believed.quantities[:, 6:],
            believed.quantities[:, :6],
            self._settings(self.lengths_mm[-1]),
            evenings=share is not None,
            catalogue=self.catalogue,
        )
        self.good &= found.planned
        self.T_ring_mring_read.append(found.T_ring_mring_start)
        T = found.T_ring_mring_end
        if share is not None:
            assert found.days is not None
            assert found.settings_mm is not None
            day = np.rint(share * found.days).astype(int)
            settings = found.settings_mm[np.arange(len(day)), day]
            T, there = own_poses(self.setup, np.where(self.good[:, None], settings, self.setup.settings_mm))
            self.good &= there
        # Patients without a plan stay where they are.
        rows = np.flatnonzero(self.good)
        if rows.size:
            self.T_ring_mring[rows] = self.patients.frames(T, rows)

    def _settings(self, lengths_mm: Array) -> Array:
        """What the scales read (n, 6) at lengths."""
        columns = [strut.settings(lengths_mm[:, k]) for k, strut in enumerate(self.setup.struts)]
        return np.stack(columns, axis=1)

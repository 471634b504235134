"""The patients of a study: true rings and bones, drawn by the study's seed and the patient's number alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hexapod.case.files import read_case
from hexapod.case.level_parts import KEPT, Stage
from hexapod.case.model import Case, DrivenLevel
from hexapod.deformity.pose import deformity_pose, deformity_poses, ring_mounts
from hexapod.deformity.quantities import AXIAL_ROTATION, DEFORMITY, MOUNTING, Pair, signed_numbers
from hexapod.errors import HexapodError
from hexapod.estimation.chain import short_way
from hexapod.estimation.hardware import HARDWARE, frames_reading, lengths_read
from hexapod.geometry.transforms import Array, pose, rotation_from_vector
from hexapod.hardware.catalogue import Catalogue
from hexapod.kinematics.inverse import rigid_lengths
from hexapod.plan.make_plan import Refusal, make_plan
from hexapod.study.study_file import MeasurementErrors, Population, SdSpread, given
from hexapod.trajectory.level_setup import LevelSetup, set_up

# Random streams of a patient: 0 for the truth and the measured mounting, then one for each time of measuring; one that
# no time reaches for hardware and errors.
TRUTH, HARDWARE_AND_ERRORS = 0, 2**32 - 1


@dataclass(frozen=True)
class StudyCase:
    """The case of a study as it is planned for its patients.

    `first` has its stages that move something, `again` the last of them alone, for plans made anew; both are planned
    from day 0 on.  `along_mm` is how far along its fragment the moving ring is bolted, `T_intended` where the moving
    fragment shall end.
    """

    first: Case
    again: Case
    setup: LevelSetup
    along_mm: float
    T_intended: Array


def study_case(case: Case, catalogue: Catalogue, graduation_mm: float | None = None) -> tuple[StudyCase, Catalogue]:
    """The case of a study, and the catalogue with scales of the given graduation.

    Raises:
        HexapodError: a case with several hexapods, with stages that do not end at a stated deformity, or whose own
            plan is refused.
    """
    if len(case.levels) != 1 or not isinstance(case.levels[0], DrivenLevel):
        raise HexapodError("A study needs a case with one hexapod.")
    plan = make_plan(case, catalogue)
    if isinstance(plan, Refusal):
        raise HexapodError("The plan of the study's case is refused: run `check` to see why.")
    level, planned = case.levels[0], plan.levels[0]
    moving = [stage for stage in level.stages if stage.hold_days is None]
    if not moving or any(stage.correct_to is None for stage in moving):
        raise HexapodError("A study needs a case whose stages, but for those of rest, say correct_to.")
    document = json.loads(json.dumps(case.document))
    written = document["levels"][0]
    written["frame"] |= {"settings_at": "start", "settings_mm": list(planned.rows[0].settings_mm)}
    if graduation_mm is not None:
        written["frame"]["struts"] = [
            strut if isinstance(strut, str) else strut | {"graduation_mm": graduation_mm}
            for strut in written["frame"]["struts"]
        ]
        struts = {name: replace(strut, graduation_mm=graduation_mm) for name, strut in catalogue.struts.items()}
        catalogue = Catalogue(catalogue.rings, struts)
    stages = [stage for stage in written["stages"] if stage.get("hold_days") is None]
    for stage, target in zip(stages[:-1], _as_found(level, moving[:-1]), strict=True):
        stage["correct_to"] = target
    written["stages"] = stages
    first = read_case(document)
    written["stages"] = stages[-1:]
    again = read_case(document)
    last = moving[-1].correct_to
    assert last is not None
    setup = set_up(first, 0, catalogue)
    T_intended = deformity_pose(last.words(), setup.side, setup.reference)
    return StudyCase(first, again, setup, float(planned.frame.T_mov_mring[2, 3]), T_intended), catalogue


@dataclass(frozen=True)
class TrueErrors:
    """The true SD of what is measured: the same for all patients, or by key as they differ between them."""

    sd: MeasurementErrors
    spreads: Mapping[str, SdSpread] = field(default_factory=dict)


@dataclass(frozen=True)
class Patients:
    """The truth of n patients, and the random numbers with which they are measured.

    Poses (n, 4, 4) in mm: the reference ring on its fragment, the moving ring on its own, and the moving fragment on
    day 0.  `mountings` and `deformities` (n, 6) are signed numbers in the order of their words.  `hardware_mm` (n, 3)
    is what the frames have more than the data of their hardware, in the order of `HARDWARE`; `error_chance` has by key
    a normal number (n,) for the SD of each measurement.
    """

    numbers: Sequence[int]
    seed: int
    setup: LevelSetup
    mountings: Array
    deformities: Array
    T_ref_ring: Array
    T_mov_mring: Array
    T_ref_mov: Array
    mounting_chance: Array
    hardware_mm: Array
    error_chance: Mapping[str, Array]

    def lengths_mm(self, T_ring_mring: Array) -> Array:
        """Lengths (n, 6) of the frames, as their scales tell them."""
        return lengths_read(self.setup, self.hardware_mm, T_ring_mring[:, None])[:, 0]

    def frames(self, T_ring_mring: Array, some: NDArray[np.intp]) -> Array:
        """Where the frames (k, 4, 4) of `some` (k,) really stand when all (n, 4, 4) stand so by the hardware's data."""
        T = T_ring_mring[some]
        by_data = rigid_lengths(*self.setup.joints_mm, self.setup.T_prox_dist(T))
        return frames_reading(self.setup, self.hardware_mm[some], by_data, T)

    @property
    def possible(self) -> NDArray[np.bool_]:
        """Whose (n,) deformity and mounting a case file can state: every magnitude within the limit of its pair."""
        sizes = np.abs(np.concatenate([self.deformities, self.mountings], axis=1))
        return np.asarray((sizes < [pair.limit for pair in (*DEFORMITY, *MOUNTING)]).all(axis=1))

    def measured_mountings(self, errors: TrueErrors) -> Array:
        """The mountings (n, 6) as they were measured."""
        return _worded(self.mountings + self.mounting_chance * self._sd(errors, errors.sd.OF_MOUNTING), MOUNTING)

    def measured(self, time: int, deformities: Array, lengths_mm: Array, errors: TrueErrors) -> tuple[Array, Array]:
        """True deformities and strut lengths (n, 6) as they are measured; `time` counts the times of it from 0."""
        chance = np.array([_chance(self.seed, number, 1 + time).standard_normal((2, 6)) for number in self.numbers])
        in_words = _worded(deformities + chance[:, 0] * self._sd(errors, errors.sd.OF_DEFORMITY), DEFORMITY)
        return in_words, lengths_mm + chance[:, 1] * self._sd(errors, ("reading_mm",))

    def _sd(self, errors: TrueErrors, keys: Sequence[str]) -> Array:
        """The patients' own SD (n, keys) of measurements.

        Source: the logarithm of a log-normal number with mean m and SD s has the variance ln(1 + s²/m²), and as its
        mean ln m less half of that.
        """
        columns = []
        for key in keys:
            spread = errors.spreads.get(key)
            if spread is None:
                columns.append(np.full(len(self.numbers), getattr(errors.sd, key)))
                continue
            variance = np.log1p((spread.sd / spread.mean) ** 2)
            logarithm = np.log(spread.mean) - variance / 2.0 + np.sqrt(variance) * self.error_chance[key]
            columns.append(np.exp(logarithm))
        return np.stack(columns, axis=1)


def draw(case: StudyCase, population: Population, seed: int, numbers: Sequence[int]) -> Patients:
    """The patients of the given numbers; each is the same whoever else is drawn.

    The moving ring is drawn on its own fragment, and the frame's true readings follow from where both rings stand: no
    patient has an impossible frame.
    """
    setup, ring = case.setup, population.moving_ring
    level = setup.level
    drawn = np.array([_chance(seed, number, TRUTH).standard_normal(6 + 6 + 5 + 6) for number in numbers])
    others = np.zeros((len(numbers), len(HARDWARE) + len(MeasurementErrors.model_fields)))
    if population.hardware is not None or population.errors is not None:
        others[:] = [_chance(seed, number, HARDWARE_AND_ERRORS).standard_normal(others.shape[1]) for number in numbers]
    spread = [None if words is None else words.words() for words in (population.deformity, population.mounting)]
    deformities = _drawn(drawn[:, :6], level.deformity_words, spread[0], DEFORMITY)
    mountings = _drawn(drawn[:, 6:12], level.mounting_words, spread[1], MOUNTING)
    turns = np.radians([ring.tilt_deg, ring.tilt_deg, ring.rotation_deg]) * drawn[:, 12:15]
    across = ring.across_mm * drawn[:, 15:17]
    T_mov_mring = pose(rotation_from_vector(turns), np.column_stack([across, np.full(len(drawn), case.along_mm)]))
    return Patients(
        numbers=numbers,
        seed=seed,
        setup=setup,
        mountings=mountings,
        deformities=deformities,
        T_ref_ring=ring_mounts(mountings, setup.side),
        T_mov_mring=T_mov_mring,
        T_ref_mov=deformity_poses(deformities, setup.side, setup.reference),
        mounting_chance=drawn[:, 17:],
        hardware_mm=_hardware(population, others[:, : len(HARDWARE)]),
        error_chance=dict(zip(MeasurementErrors.model_fields, others[:, len(HARDWARE) :].T, strict=True)),
    )


def _hardware(population: Population, chance: Array) -> Array:
    """What frames (n, 3) have more than the data of their hardware, mm."""
    spreads = given(population.hardware)
    mean, sd = ([getattr(spreads.get(key), part, 0.0) for key in HARDWARE] for part in ("mean", "sd"))
    return np.asarray(mean + sd * chance)


def _as_found(level: DrivenLevel, stages: Sequence[Stage]) -> list[dict[str, Any]]:
    """`correct_to` of stages on the way to the end: they keep of each patient what they leave as it is in the case.

    Else a first stage that lengthens and keeps the case's 14 deg of varus would turn another patient to 14 deg.
    """
    before = np.array(signed_numbers(level.deformity_words, DEFORMITY))
    found = []
    for stage in stages:
        assert stage.correct_to is not None
        kept = set(stage.correct_to.kept)
        target = np.array(signed_numbers(stage.correct_to.words(), DEFORMITY))
        target = np.where([pair in kept for pair in DEFORMITY], before, target)
        same = {pair for pair, one, other in zip(DEFORMITY, before, target, strict=True) if one == other}
        keep = [name for name, pairs in KEPT.items() if same.issuperset(pairs)]
        no_words = {word for name in keep for pair in KEPT[name] for word in (pair.positive, pair.negative)}
        words = {word: size for word, size in stage.correct_to.words().items() if word not in no_words}
        found.append(words | {"keep": keep})
        before = target
    return found


def _chance(seed: int, number: int, stream: int) -> np.random.Generator:
    return np.random.default_rng([seed, number, stream])


def _drawn(
    chance: Array, entered: Mapping[str, float], spread: Mapping[str, Any] | None, pairs: tuple[Pair, ...]
) -> Array:
    """Numbers (n, 6): random for the pairs of the population, otherwise those of the case."""
    mean, sd = np.array(signed_numbers(entered, pairs)), np.zeros(len(pairs))
    for word, one in (spread or {}).items():
        place = next(number for number, pair in enumerate(pairs) if word in (pair.positive, pair.negative))
        sign = 1.0 if word == pairs[place].positive else -1.0
        mean[place], sd[place] = sign * one["mean"], one["sd"]
    return _worded(mean + sd * chance, pairs)


def _worded(numbers: Array, pairs: tuple[Pair, ...]) -> Array:
    """Signed numbers (n, 6) as words tell them: 184 deg of internal rotation are 176 deg of external rotation."""
    turn = pairs.index(AXIAL_ROTATION)
    numbers[:, turn] = short_way(numbers[:, turn])
    return numbers

"""The fit by literal facts: what it finds, how sure it is, and what it does not know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD
from hexapod.estimation.chain import POSSIBLE_SD, Chain, slopes
from hexapod.estimation.contradictions import contradictions, unnoticed
from hexapod.estimation.fit import chance_above, fit
from hexapod.estimation.observations import Measured, Observations
from hexapod.geometry.transforms import pose, rotation_from_vector
from hexapod.preoperative.end_error import left_of
from tests.amount import amount
from tests.estimation.patients import SD, UNPUBLISHED, Patient, treated


def exact(number: int, side: str, reference: str, shares: list[float]) -> tuple[Observations, np.ndarray, Patient]:
    """A patient of whom the case is measured wrongly and every visit exactly, with small SD."""
    patient = Patient.drawn(number, side, reference)
    observations, deformity = treated(patient, shares)
    moments = list(observations.moments)
    sure = np.full(6, 0.01)
    for k, moment in enumerate(moments):
        numbers = patient.words(patient.T_ref_ring @ moment.T_ring_mring @ np.linalg.inv(patient.T_mov_mring))
        if k:
            moments[k] = replace(moment, deformity=Measured(numbers, sure), length_sd_mm=np.full(6, 0.01))
            deformity = numbers
    moments[-1] = replace(moments[-1], mounting=Measured(patient.mounting, sure))
    return replace(observations, moments=tuple(moments)), deformity, patient


@pytest.mark.parametrize("reference", ["proximal", "distal"])
@pytest.mark.parametrize("side", ["right", "left"])
def test_exact_measurements_are_found_whatever_was_typed_before(side: str, reference: str) -> None:
    observations, deformity, patient = exact(7, side, reference, [0.5, 1.0])
    estimate = fit(observations)
    assert estimate.mounting == pytest.approx(patient.mounting, abs=0.02)
    assert estimate.deformity == pytest.approx(deformity, abs=0.02)
    T_mov_mring = estimate.chain.T_mov_mring(estimate.x[None])[0]
    assert T_mov_mring == pytest.approx(patient.T_mov_mring, abs=0.02)


def test_one_moment_keeps_what_was_typed_with_its_sd() -> None:
    """As many numbers as unknowns: nothing is smoothed, and nothing is surer than it was."""
    patient = Patient.drawn(8)
    observations, _ = treated(patient, [])
    estimate = fit(observations)
    first = observations.moments[0]
    assert first.mounting is not None
    assert first.deformity is not None
    assert estimate.mounting == pytest.approx(first.mounting.numbers, abs=1e-9)
    assert estimate.deformity == pytest.approx(first.deformity.numbers, abs=1e-9)
    assert estimate.sd == pytest.approx([*(one.sd for one in MOUNTING_SD), *(one.sd for one in DEFORMITY_SD)])
    assert (estimate.dof, estimate.chi2_dof, estimate.doubtful) == (0, None, False)


def test_two_measurements_of_the_same_are_their_mean() -> None:
    """The frame not moved between: SD falls by the square root of two, as of any mean."""
    observations, _ = treated(Patient.drawn(9), [])
    first = observations.moments[0]
    assert first.deformity is not None
    sure = np.full(6, 1e-3)
    first = replace(first, length_sd_mm=sure)
    second = replace(
        first, visit=0, mounting=None, deformity=Measured(first.deformity.numbers + 0.4, first.deformity.sd)
    )
    estimate = fit(replace(observations, moments=(first, second)))
    assert estimate.deformity == pytest.approx(first.deformity.numbers + 0.2, abs=0.01)
    assert estimate.sd[6:] == pytest.approx(list(SD["deformity"] / np.sqrt(2.0)), rel=0.01)


def test_rotations_go_the_short_way_round() -> None:
    """179 deg internal and 179 deg external are 2 deg apart."""
    observations, _ = treated(Patient.drawn(9), [])
    first = observations.moments[0]
    assert first.deformity is not None
    numbers = np.zeros(6)
    numbers[2] = 179.0
    turned = numbers.copy()
    turned[2] = -179.0
    first = replace(first, deformity=Measured(numbers, first.deformity.sd))
    second = replace(first, visit=0, mounting=None, deformity=Measured(turned, first.deformity.sd))
    estimate = fit(replace(observations, moments=(first, second)))
    assert abs(estimate.deformity[2]) == pytest.approx(180.0, abs=0.5)
    assert estimate.chi2 < 1.0


def test_sd_are_widened_where_the_misfit_is_no_chance() -> None:
    wide = fit(treated(Patient.drawn(4), [0.4, 0.7, 1.0], 3.0 * SD["deformity"])[0])
    narrow_moments = tuple(
        replace(one, deformity=Measured(one.deformity.numbers, SD["deformity"]))
        for one in wide.chain.observations.moments
        if one.deformity is not None
    )
    estimate = fit(replace(wide.chain.observations, moments=narrow_moments))
    assert chance_above(estimate.chi2, estimate.dof) < 0.05
    without = np.linalg.inv(estimate.J.T @ estimate.J)
    assert estimate.roots @ estimate.roots.T == pytest.approx(
        without * estimate.chi2 / estimate.dof, rel=1e-6, abs=1e-9
    )


def test_rings_are_drawn_as_sure_as_the_estimate_is() -> None:
    """The words of drawn rings scatter as the covariance has it, cross terms included."""
    observations, _ = treated(Patient.drawn(10), [0.5])
    estimate = fit(observations)
    count = 20_000

    def places(x: np.ndarray) -> np.ndarray:
        chain = estimate.chain
        return np.concatenate([chain.T_ref_ring(x)[:, :3, 3], chain.T_mov_mring(x)[:, :3, 3]], axis=1)

    drawn = places(estimate.drawn(count, 1))
    spread = slopes(places, estimate.x) @ estimate.roots
    expected = spread @ spread.T
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert np.cov(drawn.T) / size == pytest.approx(expected / size, abs=0.04)


def test_an_unmeasured_mounting_stays_as_typed() -> None:
    observations, _ = treated(Patient.drawn(10), [])
    alone = replace(observations, moments=(replace(observations.moments[0], mounting=None),))
    estimate = fit(alone)
    assert estimate.mounting == pytest.approx([0.0] * 6, abs=1e-9)
    assert estimate.sd[:6] == [None] * 6
    # As wide as a ring can sit round a limb, no wider.
    assert estimate.spread_sd[:6] == pytest.approx(POSSIBLE_SD.tolist())
    assert estimate.sd[6:] == pytest.approx(list(SD["deformity"]))
    # Where the rings are is not told, the deformity is.
    assert not estimate.determines(estimate.chain.mountings)
    assert estimate.determines(lambda x: estimate.chain.deformities(x)[:, -1])


@pytest.mark.brief
def test_a_mounting_that_nobody_entered_comes_out_where_a_ring_can_sit() -> None:
    """One check-up half way: the offsets came out up to 200 mm off before, and the fit did not settle in some."""
    off = []
    for number in range(amount(100, 25)):
        patient = Patient.drawn(number)
        observations, deformity = treated(patient, [0.5])
        moments = tuple(replace(one, mounting=None) for one in observations.moments)
        estimate = fit(replace(observations, moments=moments))
        assert np.abs(estimate.mounting[:2]).max() < 40.0
        assert np.abs(estimate.mounting[4:]).max() < 30.0
        off.append((estimate.quantities - np.concatenate([patient.mounting, deformity])) / estimate.spread_sd)
    assert (np.abs(off) < 1.96).mean() > 0.93


def test_what_would_go_unnoticed_is_what_is_named_just_above_it() -> None:
    observations, _ = treated(Patient.drawn(4), [0.4, 0.7, 1.0])
    first = observations.moments[0]
    assert first.mounting is not None
    size = unnoticed(fit(observations))[3]
    assert size is not None
    named = []
    for times in (0.6, 1.6):
        numbers = first.mounting.numbers.copy()
        numbers[3] += times * size
        moments = (replace(first, mounting=Measured(numbers, first.mounting.sd)), *observations.moments[1:])
        named.append({one.quantity for one in contradictions(fit(replace(observations, moments=moments)))})
    assert "rotary frame offset" not in named[0]
    assert "rotary frame offset" in named[1]


def test_visits_at_other_poses_measure_a_mounting_that_nobody_entered() -> None:
    observations, _, patient = exact(3, "right", "proximal", [0.25, 0.5, 1.0])
    moments = tuple(replace(one, mounting=None) for one in observations.moments)
    estimate = fit(replace(observations, moments=moments))
    assert None not in estimate.sd
    off = (estimate.mounting - patient.mounting) / np.array(estimate.sd[:6], float)
    assert np.abs(off).max() < 4.0
    assert max(sd for sd in estimate.sd[:3] if sd is not None) < 20.0


def test_unknowns_count_from_the_typed_values() -> None:
    observations, _ = treated(Patient.drawn(1), [0.5])
    chain, first = Chain(observations), observations.moments[0]
    assert first.deformity is not None
    start = np.zeros((1, chain.count))
    assert chain.deformities(start)[0, 0] == pytest.approx(first.deformity.numbers, abs=1e-9)
    assert chain.lengths_mm(start)[0] == pytest.approx(np.array([one.lengths_mm for one in observations.moments]))


def test_rotation_does_not_count_at_the_end() -> None:
    """Turned by 30 deg about its own axis: nothing. Tilted by 3 deg: 3 deg. Shifted by 3 and 4 mm: 5 mm."""
    turned = pose(rotation_from_vector([0.0, 0.0, np.radians(30.0)]), [0.0, 0.0, 0.0])
    tilted = pose(rotation_from_vector([np.radians(3.0), 0.0, 0.0]), [3.0, 0.0, 4.0])
    T = np.array([turned, tilted])
    deg, mm = left_of(T[:, :3, 2], T[:, :3, 3], np.eye(4))
    assert deg == pytest.approx([0.0, 3.0], abs=1e-9)
    assert mm == pytest.approx([0.0, 5.0])


@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_the_end_is_where_the_scales_read_what_was_prescribed(reference: str) -> None:
    """Other joints and scales than the data say: the same readings are another pose, by the rule of the rings again."""
    patient = Patient.drawn(3, "left", reference, UNPUBLISHED)
    observations, _ = treated(patient, [0.5])
    chain = fit(observations).chain
    x = np.zeros((1, chain.count))
    x[0, -3:] = patient.hardware_mm / list(UNPUBLISHED.values())
    prescribed = observations.moments[0].T_ring_mring
    (T_ring_mring,) = chain.frames_reading(x, prescribed)
    assert patient.true_lengths(T_ring_mring) == pytest.approx(patient.setup_lengths(prescribed), abs=1e-4)
    assert np.abs(T_ring_mring - prescribed).max() > 0.01
    T_ref_mov = chain.T_ref_ring(x) @ T_ring_mring @ np.linalg.inv(chain.T_mov_mring(x))
    assert chain.ends(x, prescribed) == pytest.approx(T_ref_mov, abs=1e-9)

"""The estimator's chain, its slopes and its answer against scalar code with dual numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from scalar_estimation import Dual, Limb, joints_of, lengths, moved, product, undone

from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD
from hexapod.estimation.chain import Chain, slopes
from hexapod.estimation.fit import fit
from hexapod.estimation.observations import Observations
from tests.estimation.patients import UNPUBLISHED, Patient, treated

pytestmark = [pytest.mark.hazard("H-01"), pytest.mark.hazard("H-03")]
# By docs/estimation.md: an unknown counts in usual SD of the mounting, 0.02 rad and 1.5 mm, 0.005 rad and 0.5 mm.
STEPS = [*(one.sd for one in MOUNTING_SD), *[0.02] * 3, *[1.5] * 3]
STEPS_OF_MOUNTING = np.array([[one.sd] for one in MOUNTING_SD])
STEPS_OF_DEFORMITY = np.array([[one.sd] for one in DEFORMITY_SD])
FRAME_STEPS = [*[0.005] * 3, *[0.5] * 3]


def implied(observations: Observations, x: np.ndarray, side: str, reference: str) -> list[Dual]:
    """Residuals of all numbers with their derivatives, struts first, then deformities, then mountings."""
    setup, moments = observations.setup, observations.moments
    limb = Limb(side, reference, len(x))
    # Hardware that is unknown counts in its SD.
    steps = [*STEPS, *FRAME_STEPS * len(moments), *observations.hardware_sd.values()]
    unknown = [
        Dual(float(value) * step, tuple(step if k == place else 0.0 for k in range(len(x))))
        for place, (value, step) in enumerate(zip(x, steps, strict=True))
    ]
    first = moments[0]
    assert first.mounting is not None
    assert first.deformity is not None
    typed = [limb.number(float(one)) for one in first.mounting.numbers]
    mounting = [one + step for one, step in zip(typed, unknown[:6], strict=True)]
    bone = limb.deformity([limb.number(float(one)) for one in first.deformity.numbers])
    bolted = product(product(undone(bone, limb), limb.mounting(typed)), limb.matrix(first.T_ring_mring))
    bolted = moved(bolted, unknown[6:12], limb)
    struts, deformities, mountings = [], [], []
    joints, offset, by_data = setup.joints_mm, limb.number(0.0), []
    if observations.hardware_sd:
        radius, half, offset = unknown[-3:]
        joints = (joints_of(limb, 180, True, radius, half), joints_of(limb, 155, False, radius, half))
        by_data = [-one * (1.0 / sd) for one, sd in zip(unknown[-3:], observations.hardware_sd.values(), strict=True)]
    for number, moment in enumerate(moments):
        frame = moved(limb.matrix(moment.T_ring_mring), unknown[12 + 6 * number : 18 + 6 * number], limb)
        for k, length in enumerate(lengths(frame, *joints, limb)):
            struts.append((float(moment.lengths_mm[k]) + -(length - offset)) * (1.0 / 0.5))
        told = limb.words(product(product(limb.mounting(mounting), frame), undone(bolted, limb)))
        assert moment.deformity is not None
        for k, one in enumerate(told):
            deformities.append((float(moment.deformity.numbers[k]) + -one) * (1.0 / DEFORMITY_SD[k].sd))
        if moment.mounting is not None:
            for k, one in enumerate(mounting):
                mountings.append((float(moment.mounting.numbers[k]) + -one) * (1.0 / MOUNTING_SD[k].sd))
    return [*struts, *deformities, *mountings, *by_data]


@pytest.mark.parametrize("hardware_sd", [{}, UNPUBLISHED], ids=["published", "unpublished"])
@pytest.mark.parametrize("reference", ["proximal", "distal"])
@pytest.mark.parametrize("side", ["right", "left"])
def test_residuals_and_slopes(side: str, reference: str, hardware_sd: Mapping[str, float]) -> None:
    patient = Patient.drawn(11, side, reference, hardware_sd)
    observations, _ = treated(patient, [0.5, 1.0])
    chain = Chain(observations)
    for x in (np.zeros(chain.count), np.random.default_rng(5).normal(0.0, 1.0, chain.count)):
        told = implied(observations, x, side, reference)
        assert chain.residuals(x[None])[0] == pytest.approx([one.value for one in told], abs=1e-9)
        theirs = np.array([one.slope for one in told])
        # Central differences over a thousandth of a step.
        assert np.abs(slopes(chain.residuals, x) - theirs).max() < 1e-6 * np.abs(theirs).max()


@pytest.mark.parametrize(
    ("side", "reference", "hardware_sd"),
    [("left", "distal", {}), ("right", "proximal", {}), ("left", "proximal", UNPUBLISHED)],
)
def test_the_answer_and_its_sd(side: str, reference: str, hardware_sd: Mapping[str, float]) -> None:
    """Gauss-Newton by dual numbers comes to the same unknowns, and to the same SD of the mounting and of the end."""
    observations, _ = treated(Patient.drawn(12, side, reference, hardware_sd), [0.5])
    estimate = fit(observations)
    x = np.zeros(len(estimate.x))
    for _ in range(8):
        told = implied(observations, x, side, reference)
        J, r = np.array([one.slope for one in told]), np.array([one.value for one in told])
        x = x - np.linalg.solve(J.T @ J, J.T @ r)
    assert estimate.x == pytest.approx(x, abs=1e-5)
    assert estimate.chi2 == pytest.approx(float(r @ r), rel=1e-8)
    covariance = np.linalg.inv(J.T @ J)
    assert estimate.dof == len(r) - len(x)
    if estimate.chi2 < 10.0:  # no more than chance: not widened (12.6 is the 95 % point of 6 degrees of freedom)
        if hardware_sd:
            sizes = np.array(list(hardware_sd.values()))
            theirs = list(zip(x[-3:] * sizes, np.sqrt(np.diag(covariance)[-3:]) * sizes, strict=True))
            assert np.array(list(estimate.hardware.values())) == pytest.approx(np.array(theirs), abs=1e-5)
        sd = np.sqrt(np.diag(covariance)[:6]) * STEPS[:6]
        assert estimate.sd[:6] == pytest.approx(list(sd), rel=1e-5)
        assert estimate.roots @ estimate.roots.T == pytest.approx(covariance, rel=1e-4, abs=1e-6)
        # The rows of the last deformity and of the mounting tell how these answer to the unknowns.
        G = -np.concatenate([J[24:30] * STEPS_OF_MOUNTING, J[18:24] * STEPS_OF_DEFORMITY])
        assert estimate.covariance == pytest.approx(G @ covariance @ G.T, rel=1e-4, abs=1e-6)

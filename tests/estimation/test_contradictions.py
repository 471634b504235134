"""Wrong numbers are named, right ones are not; SD that are declared too small are found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hexapod.estimation.chain import Chain
from hexapod.estimation.contradictions import contradictions, leverages
from hexapod.estimation.fit import fit, fit_rows
from hexapod.estimation.observations import Measured, Observations
from tests.amount import amount
from tests.estimation.patients import SD, Patient, treated

pytestmark = pytest.mark.hazard("H-06")
VISITS = [0.4, 0.7, 1.0]


def with_wrong(observations: Observations, moment: int, part: str, index: int, more: float) -> Observations:
    """Observations with one number changed."""
    moments = list(observations.moments)
    if part == "strut":
        lengths = moments[moment].lengths_mm.copy()
        lengths[index] += more
        settings = tuple(float(one) for one in lengths)
        moments[moment] = replace(moments[moment], lengths_mm=lengths, settings_mm=settings)
    else:
        told: Measured = getattr(moments[moment], part)
        numbers = told.numbers.copy()
        numbers[index] += more
        moments[moment] = replace(moments[moment], **{part: Measured(numbers, told.sd)})
    return replace(observations, moments=tuple(moments))


@pytest.mark.parametrize(
    ("moment", "index", "more", "name"),
    [
        (2, 1, 10.0, "lateral angulation"),
        (1, 0, -9.0, "AP angulation"),
        (3, 5, 9.0, "axial translation"),
        (0, 3, -12.0, "AP translation"),
        (2, 2, 60.0, "axial rotation"),
    ],
)
def test_a_wrong_number_is_named_and_no_other(moment: int, index: int, more: float, name: str) -> None:
    observations, _ = treated(Patient.drawn(3), VISITS)
    wrong = with_wrong(observations, moment, "deformity", index, more)
    named = contradictions(fit(wrong))
    visit = observations.moments[moment].visit
    assert [(one.visit, one.quantity) for one in named] == [(visit, name)]
    (one,) = named
    told = wrong.moments[moment].deformity
    assert told is not None
    assert one.measured == pytest.approx(abs(told.numbers[index]))
    # What the others say is what was measured before it was changed, within what both leave open.
    sign = np.sign(told.numbers[index])
    sure = np.hypot(one.sd, told.sd[index])
    assert abs(sign * one.others_say - (told.numbers[index] - more)) < 3.0 * sure
    assert 0.0 < one.sd < 1.5 * told.sd[index]


def test_a_misread_strut_is_named() -> None:
    observations, _ = treated(Patient.drawn(5), VISITS)
    named = contradictions(fit(with_wrong(observations, 2, "strut", 3, 15.0)))
    assert [(one.visit, one.quantity) for one in named] == [(1, "strut 4")]
    assert named[0].others_say == pytest.approx(observations.moments[2].lengths_mm[3], abs=3.5)


def _exchanged(observations: Observations, moment: int, i: int, j: int) -> tuple[Observations, float]:
    """Two readings of a moment taken for each other, and how far apart they are (mm)."""
    lengths = observations.moments[moment].lengths_mm
    apart = float(lengths[j] - lengths[i])
    once = with_wrong(observations, moment, "strut", i, apart)
    return with_wrong(once, moment, "strut", j, -apart), abs(apart)


@pytest.mark.brief
def test_two_readings_taken_for_each_other_are_named_both() -> None:
    """More than 10 mm apart, in nine of ten patients; nothing else is named as an exchange."""
    right, tried = 0, 0
    for number in range(amount(60, 12)):
        observations, _ = treated(Patient.drawn(number), VISITS)
        wrong, apart = _exchanged(observations, 3, 1, 4)
        if apart < 10.0:
            continue
        tried += 1
        named = contradictions(fit(wrong))
        if [(one.visit, one.quantity) for one in named] == [(2, "strut 2"), (2, "strut 5")]:
            right += 1
            read = observations.moments[3].lengths_mm
            assert [one.others_say for one in named] == pytest.approx([read[1], read[4]], abs=4.0)
            assert [one.measured for one in named] == pytest.approx([read[4], read[1]])
    assert tried
    assert right >= 0.8 * tried


def test_with_two_measurements_both_are_named() -> None:
    """Nobody can tell which of two angles is wrong."""
    observations, _ = treated(Patient.drawn(6), [0.1])
    named = contradictions(fit(with_wrong(observations, 1, "deformity", 1, 14.0)))
    assert {(one.visit, one.quantity) for one in named} == {(0, "lateral angulation"), (None, "lateral angulation")}


@pytest.mark.brief
def test_right_numbers_are_seldom_named() -> None:
    """Of 48 numbers one is beyond 3.5 SD in about 2 of 100 patients."""
    patients = amount(300, 25)
    named = [len(contradictions(fit(treated(Patient.drawn(number), VISITS)[0]))) for number in range(patients)]
    assert np.mean(np.array(named) > 0) <= 0.05 + 0.05 * (patients < 300)


def test_leverages_are_shares_and_add_up_to_the_unknowns() -> None:
    observations, _ = treated(Patient.drawn(2), VISITS)
    estimate = fit(observations)
    h = leverages(estimate)
    assert ((h >= 0.0) & (h <= 1.0)).all()
    assert h.sum() == pytest.approx(12 + 6 * 4)
    assert estimate.dof == 6 + 12 * 4 - 12 - 6 * 4


def test_what_others_say_is_the_residual_over_one_less_leverage() -> None:
    """For small errors the fit without a number says what the linear rule says."""
    observations, _ = treated(Patient.drawn(4), VISITS)
    estimate = fit(observations)
    h = leverages(estimate)
    for place in (24, 31, 44, 50):
        kept = np.ones(len(estimate.residuals), bool)
        kept[place] = False
        without = fit_rows(estimate.chain, kept)
        left_out = estimate.chain.residuals(without.x[None])[0, place]
        assert left_out == pytest.approx(estimate.residuals[place] / (1.0 - h[place]), rel=0.03, abs=0.02)


@pytest.mark.parametrize("times", [2.0, 3.0])
@pytest.mark.brief
def test_sd_declared_too_small_are_found(times: float) -> None:
    """Errors two or three times as large as declared: chi-square of the deformity grows by the square."""
    patients = amount(200, 12)
    chi2_dof, found = [], []
    for number in range(patients):
        observations, _ = treated(Patient.drawn(number), VISITS, times * SD["deformity"])
        moments = tuple(
            replace(one, deformity=Measured(one.deformity.numbers, SD["deformity"]))
            for one in observations.moments
            if one.deformity is not None
        )
        estimate = fit(replace(observations, moments=moments))
        assert estimate.chi2_dof is not None
        chi2_dof.append(estimate.chi2_dof)
        found.append(estimate.doubtful)
    assert 0.6 * times**2 < np.mean(chi2_dof) < 1.2 * times**2
    assert np.mean(found) > (0.6 if times < 3.0 else 0.95)
    # And the SD of the answer are widened with it.
    assert np.mean(np.array(chi2_dof) > 1.5) > 0.9


def test_the_chain_has_a_row_for_every_number() -> None:
    observations, _ = treated(Patient.drawn(1), VISITS)
    assert len(Chain(observations).rows) == 6 * 4 + 6 * 4 + 6

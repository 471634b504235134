"""Simulated treatments against the product's own plans, and against literal facts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.case.files import load_case, read_case
from hexapod.deformity.pose import deformity_words
from hexapod.deformity.quantities import DEFORMITY, DEFORMITY_SD, MOUNTING, MOUNTING_SD, words_of
from hexapod.errors import HexapodError
from hexapod.estimation.fit import fit
from hexapod.estimation.observations import Measured as MeasuredWords
from hexapod.estimation.observations import Moment, Observations
from hexapod.geometry.transforms import Array, invert
from hexapod.hardware.catalogue import load_catalogue
from hexapod.kinematics.inverse import rigid_lengths
from hexapod.plan.make_plan import Plan
from hexapod.preoperative.end_error import left_of
from hexapod.study.many_fits import ManyMeasured, fit_many
from hexapod.study.population import Patients, StudyCase, TrueErrors, draw, study_case
from hexapod.study.study_file import Policy, Study, read_study
from hexapod.study.study_summary import apart
from hexapod.study.treatment import TreatedPatients, treat
from tests.amount import amount
from tests.study.population import SAMPLES, study_value

CATALOGUE = load_catalogue()
CASE = load_case(SAMPLES / "tibia_varus.json")


def treated(study: Study, policy: int = 0, patients: int = 40) -> tuple[StudyCase, Patients, TreatedPatients]:
    one = study.policy[policy]
    case, catalogue = study_case(CASE, CATALOGUE, one.graduation_mm)
    drawn = draw(case, study.population, study.seed, range(patients))
    return case, drawn, treat(case, catalogue, drawn, one, *errors_of(study, one))


def errors_of(study: Study, policy: Policy) -> tuple[Any, ...]:
    """True errors, declared ones, and the SD believed of the hardware."""
    errors = TrueErrors(study.errors_of(policy), study.error_spreads_of(policy))
    return errors, study.declared_of(policy), study.hardware_sd_of(policy)


NO_ERRORS = {
    "ap_angulation_deg": 0, "lateral_angulation_deg": 0, "axial_rotation_deg": 0, "ap_translation_mm": 0,
    "lateral_translation_mm": 0, "axial_translation_mm": 0, "ring_rotation_deg": 0, "ring_tilt_deg": 0,
    "ring_across_mm": 0, "ring_along_mm": 0, "reading_mm": 0,
}  # fmt: skip


def test_what_is_measured_exactly_ends_where_intended() -> None:
    """Nothing is left but the rounding to marks: below half a degree and 1.5 mm with marks of 1 mm, a tenth with 0.05."""
    for graduation, deg, mm in ((None, 0.7, 1.5), (0.01, 0.007, 0.015)):
        value = study_value(
            errors=NO_ERRORS, policy=[{"name": "a"} | ({"graduation_mm": graduation} if graduation else {})]
        )
        _, _, found = treated(read_study(value))
        assert found.planned.all()
        assert found.angle_deg.max() < deg
        assert found.distance_mm.max() < mm


def test_a_rotation_of_the_ring_measured_wrong_leaves_what_it_must() -> None:
    """A ring whose front is turned by r more than believed turns the bone about an axis turned by r.

    A correction of 40 deg in the frontal plane then leaves sin(40 deg) r in the sagittal plane.
    """
    value = study_value(errors={**NO_ERRORS, "ring_rotation_deg": 3.0}, policy=[{"name": "a", "graduation_mm": 0.001}])
    value["population"] = {
        "deformity": {"varus_deg": 40, "apex_anterior_deg": 0, "internal_rotation_deg": 0},
        "mounting": {"internal_rotation_deg": 0, "leans_posterior_deg": 0},
    }
    _, drawn, found = treated(read_study(value))
    wrong_deg = np.abs(drawn.mounting_chance[:, 3]) * 3.0
    assert found.angle_deg == pytest.approx(np.sin(np.radians(40.0)) * wrong_deg, rel=0.01, abs=0.002)


def test_scales_and_joints_are_as_the_population_has_them() -> None:
    """Scales that read 2 mm too little; and a frame by the data of its hardware stands elsewhere with larger rings."""
    study = study_value()
    case, _ = study_case(CASE, CATALOGUE)
    joints, T_prox_dist = case.setup.joints_mm, case.setup.T_prox_dist
    for hardware, off in (({"scale_offset_mm": 2}, 2.0), ({"joint_radius_mm": {"mean": 1, "sd": 2}}, None)):
        study["population"]["hardware"] = hardware
        drawn = draw(case, read_study(study).population, 7, range(5))
        T = invert(drawn.T_ref_ring) @ drawn.T_ref_mov @ drawn.T_mov_mring
        by_data = rigid_lengths(*joints, T_prox_dist(T))
        if off is not None:
            assert drawn.lengths_mm(T) == pytest.approx(by_data - off, abs=1e-12)
        moved = drawn.frames(T, np.arange(5))
        assert drawn.lengths_mm(moved) == pytest.approx(by_data, abs=1e-6)
        assert np.abs(moved - T).max() > 0.3


def test_an_sd_that_differs_between_patients_has_the_mean_and_sd_stated() -> None:
    value = study_value(errors=NO_ERRORS | {"axial_rotation_deg": 5}, policy=[{"name": "a"}])
    del value["errors"]["ap_angulation_deg"]
    value["population"]["errors"] = {"ap_angulation_deg": {"mean": 0.9, "sd": 0.45}}
    study = read_study(value)
    case, _ = study_case(CASE, CATALOGUE)
    n = 1500
    drawn = draw(case, study.population, 7, range(n))
    errors = errors_of(study, study.policy[0])[0]
    told, _ = drawn.measured(0, drawn.deformities.copy(), np.zeros((n, 6)), errors)
    off = told - drawn.deformities
    # The mean of the squares is mean² + SD²; three SD of so many are 20 %.
    assert (off[:, 0] ** 2).mean() == pytest.approx(0.9**2 + 0.45**2, rel=0.2)
    # More of them are far out than of one normal distribution: those beyond 2.7 deg (3 SD of the mean), 0.3 % there.
    assert 0.008 < (np.abs(off[:, 0]) > 2.7).mean() < 0.05
    assert off[:, 2].std() == pytest.approx(5.0, rel=0.1)
    assert (off[:, [1, 3, 4, 5]] == 0.0).all()


def test_patients_do_not_depend_on_those_beside_them() -> None:
    study = read_study(study_value())
    case, catalogue = study_case(CASE, CATALOGUE)
    one = study.policy[1]
    alone = treat(case, catalogue, draw(case, study.population, 7, [17]), one, *errors_of(study, one))
    _, _, together = treated(study, 1)
    assert alone.angle_deg[0] == pytest.approx(together.angle_deg[17], abs=1e-9)
    assert alone.believed.quantities[0] == pytest.approx(together.believed.quantities[17], abs=1e-9)


def test_whose_own_numbers_cannot_be_planned_is_counted_as_such() -> None:
    value = study_value(policy=[{"name": "a", "visits": ["end"], "use": "all"}])
    value["population"] = {"deformity": {"varus_deg": {"mean": 78, "sd": 2}}}
    _, _, found = treated(read_study(value))
    assert not found.planned.all()
    assert np.isnan(found.angle_deg[~found.planned]).all()


@pytest.mark.parametrize("words", [{"varus_deg": 120}, {"apex_posterior_deg": {"mean": -100, "sd": 1}}])
def test_a_deformity_that_no_words_can_tell_is_planned_as_no_other(words: dict[str, Any]) -> None:
    """120 deg of varus have the tangent of 60 deg of valgus."""
    value = study_value(policy=[{"name": "a", "visits": ["end"]}, {"name": "b", "visits": ["end"], "use": "all"}])
    value["population"] = {"deformity": words}
    for policy in (0, 1):
        _, _, found = treated(read_study(value), policy, patients=5)
        assert not found.planned.any()
    value["population"] = {"mounting": {"leans_medial_deg": {"mean": 130, "sd": 0}}}
    assert not treated(read_study(value), patients=5)[2].planned.any()


@pytest.mark.parametrize("hardware_sd", [{}, {"joint_radius_mm": 1.5, "scale_offset_mm": 1.0}])
def test_fits_together_are_those_one_by_one(hardware_sd: dict[str, float]) -> None:
    study = read_study(study_value())
    case, _ = study_case(CASE, CATALOGUE)
    n = amount(60, 8)
    drawn = draw(case, study.population, 3, range(n))
    T_start = invert(drawn.T_ref_ring) @ drawn.T_ref_mov @ drawn.T_mov_mring
    setup, errors = case.setup, TrueErrors(study.errors)
    frames = [T_start, invert(drawn.T_ref_ring) @ drawn.T_mov_mring]
    mountings = drawn.measured_mountings(errors)
    deformities, lengths = [], []
    for time, T in enumerate(frames):
        T_ref_mov = drawn.T_ref_ring @ T @ invert(drawn.T_mov_mring)
        truly = np.array([signed(one, case) for one in T_ref_mov])
        told, read = drawn.measured(time, truly, rigid_lengths(*setup.joints_mm, setup.T_prox_dist(T)), errors)
        deformities.append(told)
        lengths.append(read)
    sds = np.array([one.sd for one in MOUNTING_SD]), np.array([one.sd for one in DEFORMITY_SD])
    several = (np.stack(one, axis=1) for one in (deformities, lengths, frames))
    found = fit_many(ManyMeasured(setup, mountings, *several, *sds, 0.5, hardware_sd))
    assert found.settled.all()
    for k in range(n):
        moments = tuple(
            Moment(
                visit, tuple(lengths[time][k]), setup.struts, lengths[time][k], np.full(6, 0.5), frames[time][k],
                MeasuredWords(deformities[time][k], sds[1]),
                MeasuredWords(mountings[k], sds[0]) if time == 0 else None,
            )
            for time, visit in enumerate((None, 0))
        )  # fmt: skip
        one = fit(Observations(setup, moments, hardware_sd))
        assert found.quantities[k] == pytest.approx(one.quantities, abs=1e-4)
        assert found.sd[k] == pytest.approx(np.array(one.sd, float), rel=1e-5)
        assert found.doubtful[k] == one.doubtful


def signed(T_ref_mov: Array, case: StudyCase) -> list[float]:
    words = deformity_words(T_ref_mov, case.setup.side, case.setup.reference)
    return hexapod.deformity.quantities.signed_numbers(words, DEFORMITY)


@pytest.mark.parametrize("use", ["last", "all"])
def test_the_product_itself_treats_the_same_patient_alike(use: str) -> None:
    """A patient measured at the end and planned anew, by make_plan, follow-up and re-plan in place of the batch."""
    value = study_value(policy=[{"name": "a", "visits": ["end"], "use": use}])
    study = read_study(value)
    case, drawn, found = treated(study, patients=4)
    setup = case.setup
    for k in range(4):
        T = invert(drawn.T_ref_ring[k]) @ drawn.T_ref_mov[k] @ drawn.T_mov_mring[k]
        mounting = drawn.measured_mountings(TrueErrors(study.errors))[k]
        believed, stages = None, case.first
        for time in range(2):
            T_ref_mov = drawn.T_ref_ring[k] @ T @ invert(drawn.T_mov_mring[k])
            lengths = rigid_lengths(*setup.joints_mm, setup.T_prox_dist(T[None]))
            one = replace(drawn, numbers=[k])
            told, read = one.measured(time, np.array([signed(T_ref_mov, case)]), lengths, TrueErrors(study.errors))
            if time == 1:
                believed = found.believed.quantities[k]
                if use == "last":
                    assert believed == pytest.approx([*mounting, *told[0]], abs=1e-12)
                mounting, told = believed[:6], believed[None, 6:]
                stages = case.again
            plan = plan_of(stages, mounting, told[0], read[0])
            T = end_of(plan)
        T_ref_mov = drawn.T_ref_ring[k] @ T @ invert(drawn.T_mov_mring[k])
        deg, mm = left_of(T_ref_mov[None, :3, 2], T_ref_mov[None, :3, 3], np.eye(4))
        assert found.angle_deg[k] == pytest.approx(deg[0], abs=1e-6)
        assert found.distance_mm[k] == pytest.approx(mm[0], abs=1e-6)


def plan_of(case: Any, mounting: Array, deformity: Array, settings_mm: Array) -> Plan:
    document = json.loads(json.dumps(case.document))
    level = document["levels"][0]
    level["mounting"], level["deformity"] = (
        words_of(mounting.tolist(), MOUNTING),
        words_of(deformity.tolist(), DEFORMITY),
    )
    level["frame"]["settings_mm"] = settings_mm.tolist()
    level["frame"]["struts"] = [{"min_mm": 20, "max_mm": 600, "graduation_mm": 1}] * 6
    # What its checks refuse is no matter here, as in a study.
    level.pop("limits", None)
    level.pop("structures_at_risk", None)
    level.pop("bone", None)
    plan = hexapod.make_plan(read_case(document))
    assert isinstance(plan, Plan), plan.findings
    return plan


def end_of(plan: Plan) -> Array:
    level = plan.levels[0]
    return invert(level.setup.T_ref_ring) @ level.last.pose_rounded @ level.frame.T_mov_mring


def test_a_case_that_suits_no_study_is_told() -> None:
    for name in ("tibia_stacked_transport", "femur_lengthening"):
        case = load_case(SAMPLES / f"{name}.json")
        try:
            study_case(case, CATALOGUE)
        except HexapodError as refused:
            assert "A study needs a case" in str(refused)
        else:
            assert name == "femur_lengthening"


def test_a_stage_on_the_way_keeps_of_each_patient_what_it_keeps_of_the_case() -> None:
    """The sample is lengthened first, at its own 14 deg of varus; a patient with 30 deg is lengthened at 30."""
    case, _ = study_case(CASE, CATALOGUE)
    way, end = (stage["correct_to"] for stage in case.first.document["levels"][0]["stages"])
    assert way == {"keep": ["angulation", "rotation", "translation"]}
    assert end == {}
    value = study_value(errors=NO_ERRORS, policy=[{"name": "a", "visits": [0.4]}])
    value["population"] = {"deformity": {"varus_deg": 10, "short_mm": 40}}
    _, _, found = treated(read_study(value), patients=2)
    # In its first 40 days one mm a day of length goes and nothing else.
    assert found.truth[0, 6:] == pytest.approx([-10.0, 6.0, 10.0, 2.0, 0.0, found.truth[0, 11]], abs=0.8)
    assert 10.0 < found.truth[0, 11] < 35.0


def test_a_rotation_beyond_half_a_turn_is_told_the_other_way_round() -> None:
    """179 deg internal, measured 5 deg too far, are 176 deg external: as words have them, and 5 deg off."""
    value = study_value()
    value["population"] = {"mounting": {"internal_rotation_deg": 179}, "deformity": {"internal_rotation_deg": 179}}
    study = read_study(value)
    case, _ = study_case(CASE, CATALOGUE)
    drawn = draw(case, study.population, 7, range(40))
    assert drawn.possible.all()
    told, _ = drawn.measured(0, drawn.deformities, np.zeros((40, 6)), TrueErrors(study.errors))
    for turns in (drawn.measured_mountings(TrueErrors(study.errors))[:, 3], told[:, 2]):
        assert (np.abs(turns) <= 180.0).all()
        assert 0 < (turns < 0.0).sum() < 40
        assert (np.abs(turns - 179.0) % 360.0 < 20.0).sum() + (np.abs(turns - 179.0) % 360.0 > 340.0).sum() == 40
    rows = {"believed_mounting_rotation_deg": np.array([-176.0]), "true_mounting_rotation_deg": np.array([179.0])}
    assert apart("mounting_rotation_deg", rows).tolist() == [5.0]

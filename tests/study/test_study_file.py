"""The file of a study: what it says, what is left out, and what is refused with a sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hexapod.errors import CaseError, HexapodError
from hexapod.study.study_file import load_study, read_study
from tests.study.population import STUDIES, study_value


def test_what_is_left_out_is_usual() -> None:
    study = read_study(study_value())
    assert (study.goal.deg, study.goal.mm) == (2.0, 3.0)
    assert study.errors.of_deformity() == [0.9, 1.25, 5.0, 1.15, 1.1, 0.7]
    assert study.errors.of_mounting() == [1.6, 1.6, 0.6, 5.0, 0.6, 0.6]
    assert study.errors.reading_mm == 0.5
    assert study.declared_of(study.policy[0]) == study.errors


def test_a_policy_says_only_what_is_other() -> None:
    value = study_value(errors={"ring_tilt_deg": 1.0, "reading_mm": 0.3}, declared={"reading_mm": 0.4})
    value["policy"][1] |= {"errors": {"ring_tilt_deg": 2.0}, "declared": {"axial_rotation_deg": 3.0}}
    study = read_study(value)
    last, fit = study.policy
    assert study.errors_of(last).of_mounting() == [1.6, 1.6, 0.6, 5.0, 1.0, 1.0]
    assert study.errors_of(fit).of_mounting() == [1.6, 1.6, 0.6, 5.0, 2.0, 2.0]
    assert study.declared_of(fit).of_mounting() == [1.6, 1.6, 0.6, 5.0, 2.0, 2.0]
    assert study.declared_of(fit).of_deformity()[2] == 3.0
    assert (study.errors_of(fit).reading_mm, study.declared_of(fit).reading_mm) == (0.3, 0.4)


def test_errors_and_hardware_can_differ_between_patients() -> None:
    """The planner believes the mean of an SD, and the true spread of the hardware, unless it declares others."""
    value = study_value(declared={"scale_offset_mm": 0, "half_spacing_mm": 0.4})
    value["population"] |= {
        "errors": {"ring_tilt_deg": {"mean": 0.8, "sd": 0.3}, "reading_mm": 0.4},
        "hardware": {"joint_radius_mm": {"mean": 0, "sd": 1.5}, "scale_offset_mm": {"mean": 1, "sd": 1}},
    }
    value["policy"][1] |= {"errors": {"ring_tilt_deg": 0.2}, "declared": {"joint_radius_mm": 3}}
    study = read_study(value)
    last, fit = study.policy
    assert study.declared_of(last).of_mounting() == [1.6, 1.6, 0.6, 5.0, 0.8, 0.8]
    assert study.declared_of(fit).of_mounting() == [1.6, 1.6, 0.6, 5.0, 0.2, 0.2]
    assert set(study.error_spreads_of(last)) == {"ring_tilt_deg", "reading_mm"}
    assert set(study.error_spreads_of(fit)) == {"reading_mm"}
    assert study.hardware_sd_of(last) == {"joint_radius_mm": 1.5, "half_spacing_mm": 0.4}
    assert study.hardware_sd_of(fit) == {"joint_radius_mm": 3.0, "half_spacing_mm": 0.4}
    assert read_study(study_value()).hardware_sd_of(last) == {}


def test_a_number_alone_is_a_mean() -> None:
    words = read_study(study_value()).population.deformity
    assert words is not None
    assert words.words()["short_mm"] == {"mean": 15.0, "sd": 0.0}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"format": "hexapod-study/2"}, r'format = "hexapod-study/2": must be "hexapod-study/1"'),
    ({"patient": 3}, r"patient = 3: .*did you mean patients"),
    ({"patients": 0}, r"patients = 0: must be at least 1"),
    ({"patients": 2.5}, r"patients = 2.5: must be a whole number"),
    ({"policy": []}, r"policy = .*at least 1"),
    ({"policy": [{"name": "a", "use": "both"}]}, r"policy\[0\].use"),
    ({"policy": [{"name": "a"}, {"name": "a"}]}, r"policy\[1\].name.*another policy's"),
    ({"policy": [{"name": "a", "visits": [0.5, 0.4]}]}, r"policy\[0\].visits\[1\].*above 0.5"),
    *(
        ({"policy": [{"name": "a", "visits": [visit]}]}, r'^policy\[0\].visits\[0\] = .*: must be "end", or a share')
        for visit in (0, 1.0, 1.5, -0.5, True, "End")
    ),
    ({"seed": -1}, r"seed = -1: must be at least 0\."),
    ({"policy": [{"name": "a", "use": "all", "errors": {"reading_mm": 0}}]}, r"SD, and that of reading_mm is 0"),
    ({"errors": {"reading_mm": -1}}, r"errors.reading_mm = -1"),
    (
        {"errors": {"reading_mm": 0.3}, "population": {"errors": {"reading_mm": {"mean": 0.4}}}},
        r"population.errors.reading_mm: is stated in \[errors\] too",
    ),
    (
        {"population": {"errors": {"reading_mm": {"mean": 0}}}},
        r"population.errors.reading_mm.mean = 0: must be above 0",
    ),
    ({"population": {"hardware": {"joint_radius_mm": {"sd": 10}}}}, r"joint_radius_mm.sd = 10: must be at most 3\."),
    ({"population": {"hardware": {"joint_radius": 1}}}, r"did you mean joint_radius_mm"),
    ({"errors": {"joint_radius_mm": 1}}, r"errors.joint_radius_mm = 1: is not a key"),
    ({"population": {"deformity": {"varus_deg": 3, "valgus_deg": 2}}}, r"give valgus_deg or varus_deg, not both"),
    ({"population": {"deformity": {"varos_deg": 3}}}, r"did you mean varus_deg"),
    ({"population": {"deformity": {"varus_deg": {"mean": 3, "sd": -1}}}}, r"sd = -1: must be at least 0\."),
]


@pytest.mark.parametrize(("change", "told"), REFUSED)
def test_what_makes_no_sense_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(CaseError) as refused:
        read_study(study_value(**change))
    assert re.search(told, str(refused.value)), str(refused.value)


def test_a_later_schedule_begins_its_shares_anew() -> None:
    read_study(study_value(policy=[{"name": "a", "visits": [0.5, "end", 0.3]}]))


def test_the_case_stands_beside_the_study(tmp_path: Path) -> None:
    file = tmp_path / "one.toml"
    file.write_text('format = "hexapod-study/1"\nseed = 1\npatients = 3\ncase = "my.json"\n[[policy]]\nname = "a"\n')
    assert load_study(file)[1] == tmp_path / "my.json"
    for broken, told in (("format = ", "is no TOML file"), (None, "cannot be read")):
        if broken is None:
            file.unlink()
        else:
            file.write_text(broken)
        with pytest.raises(HexapodError, match=told):
            load_study(file)


@pytest.mark.parametrize("file", sorted(STUDIES.glob("*.toml")), ids=lambda file: file.stem)
def test_the_studies_of_the_documentation_can_be_read(file: Path) -> None:
    study, case = load_study(file)
    assert study.patients >= 500
    assert case.resolve().is_file()

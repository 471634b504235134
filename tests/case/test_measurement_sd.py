"""SDs of what was measured: read strictly, and without effect on settings, plan ID, and fingerprints of other files."""

import json
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD
from hexapod.plan.plan_file import plan_document

SAMPLE = Path(__file__).resolve().parents[2] / "sample_cases" / "tibia_varus.json"
SDS = {"ap_angulation_deg": 0.5}


def document() -> dict[str, Any]:
    return dict(json.loads(SAMPLE.read_text("utf-8")))


def test_every_quantity_of_the_table_has_its_key() -> None:
    told = document()
    told["levels"][0]["deformity_sd"] = {one.key: 1 for one in DEFORMITY_SD}
    told["levels"][0]["mounting_sd"] = {one.key: 2.5 for one in MOUNTING_SD}
    told["levels"][0]["reading_sd_mm"] = 0.25
    level = hexapod.read_case(told).levels[0]
    assert level.deformity_sd is not None
    assert level.mounting_sd is not None
    assert level.deformity_sd.model_dump() == dict.fromkeys([one.key for one in DEFORMITY_SD], 1.0)
    assert level.mounting_sd.model_dump() == dict.fromkeys([one.key for one in MOUNTING_SD], 2.5)


def test_no_setting_and_no_plan_id_depends_on_them() -> None:
    told = document()
    plain = hexapod.read_case(document())
    told["levels"][0] |= {"deformity_sd": SDS, "mounting_sd": {"rotation_deg": 2}, "reading_sd_mm": 1}
    told["estimated_from"] = ["ab" * 32]
    case = hexapod.read_case(told)
    assert case.planned_sha256 == plain.planned_sha256 == plain.sha256 != case.sha256
    mine, theirs = plan_document(hexapod.make_plan(case)), plan_document(hexapod.make_plan(plain))
    assert mine["levels"] == theirs["levels"]
    assert mine["plan_sha256"] == theirs["plan_sha256"]


@pytest.mark.parametrize(
    ("key", "value", "path", "told"),
    [
        ("deformity_sd", {"ap_angulation_deg": 0}, "levels[0].deformity_sd.ap_angulation_deg", "at least 0.001"),
        ("deformity_sd", {"rotation_deg": 5}, "levels[0].deformity_sd.rotation_deg", "axial_rotation_deg"),
        ("mounting_sd", {"ap_tilt_deg": "1"}, "levels[0].mounting_sd.ap_tilt_deg", "without quotes"),
        ("mounting_sd", {"axial_offset_mm": 1001}, "levels[0].mounting_sd.axial_offset_mm", "at most 1000"),
        ("reading_sd_mm", -1, "levels[0].reading_sd_mm", "at least 0.001"),
    ],
)
def test_what_is_no_sd_is_refused(key: str, value: Any, path: str, told: str) -> None:
    wrong = document()
    wrong["levels"][0][key] = value
    with pytest.raises(hexapod.CaseError) as refused:
        hexapod.read_case(wrong)
    (problem,) = refused.value.problems
    assert problem.path == path
    assert told in problem.message


def test_what_is_no_fingerprint_is_refused() -> None:
    for wrong in ([], ["ab"], "ab" * 32):
        with pytest.raises(hexapod.CaseError, match="estimated_from"):
            hexapod.read_case(document() | {"estimated_from": wrong})

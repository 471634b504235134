"""What was never entered is told from zero (H-24); a stage that makes the deformity larger says so (H-25)."""

from typing import Any

import pytest

import hexapod
from hexapod.checks.findings import Finding
from tests.laws.builder import REFERENCES, SIDES, case_of, construct_of

KEEP_ALL_BUT_LENGTH = {"keep": ["angulation", "rotation", "translation"]}


def found(case: dict[str, Any], code: str) -> list[Finding]:
    return [finding for finding in hexapod.make_plan(hexapod.read_case(case)).findings if finding.code == code]


@pytest.mark.hazard("H-24")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("at", ["start", "end"])
def test_a_mounting_never_entered_is_a_caution_and_one_of_zero_is_not(side: str, reference: str, at: str) -> None:
    case = case_of(side, reference, deformity={"short_mm": 5}, at=at)
    assert found(case, "mounting.not_entered") == []
    zero = hexapod.make_plan(hexapod.read_case(case))
    for left_out in ({"mounting": None}, None):
        if left_out is None:
            del case["levels"][0]["mounting"]
        else:
            case["levels"][0] |= left_out
        (finding,) = found(case, "mounting.not_entered")
        assert (finding.verdict, finding.level, finding.day) == ("caution", 0, None)
        assert f"the {reference} ring is planned centred on the origin" in finding.message
        plan = hexapod.make_plan(hexapod.read_case(case))
        assert [row.settings_mm for row in plan.levels[0].rows] == [row.settings_mm for row in zero.levels[0].rows]
        assert plan.verdict == "caution"


@pytest.mark.hazard("H-24")
def test_a_mounting_of_nulls_was_entered() -> None:
    assert found(case_of("right", "proximal", mounting={"lateral_mm": None}), "mounting.not_entered") == []


@pytest.mark.hazard("H-24")
@pytest.mark.parametrize(
    ("stages", "cautions"),
    [
        ([{"name": "correct", "correct_to": {}}], 1),
        ([{"name": "rest", "hold_days": 3}, {"name": "keep", "correct_to": KEEP_ALL_BUT_LENGTH}], 1),
        ([{"name": "rest", "hold_days": 3}], 0),
        ([{"name": "lengthen", "transport": {"distal_mm": 5}}], 0),
    ],
)
def test_a_deformity_never_entered_counts_where_a_stage_corrects(stages: list[dict[str, Any]], cautions: int) -> None:
    case = case_of("left", "distal", stages=stages)
    assert found(case, "deformity.not_entered") == []
    for value in (None, "gone"):
        case["levels"][0]["deformity"] = value
        if value == "gone":
            del case["levels"][0]["deformity"]
        assert len(found(case, "deformity.not_entered")) == cautions
        assert found(case, "mounting.not_entered") == []


@pytest.mark.hazard("H-24")
def test_each_hexapod_is_asked_for_itself_the_coupled_one_too() -> None:
    lift = [{"name": "transport", "transport": {"distal_mm": 6}}]
    case = construct_of({"stages": lift}, {"deformity": {"long_mm": 6}})
    case["levels"][1]["mounting"] = {}
    assert found(case, "mounting.not_entered") == []
    del case["levels"][1]["mounting"], case["levels"][1]["deformity"]
    assert [finding.level for finding in found(case, "mounting.not_entered")] == [1]
    assert found(case, "deformity.not_entered") == []


@pytest.mark.hazard("H-25")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_target_left_behind_by_a_corrected_deformity_is_named(side: str, reference: str) -> None:
    """The distraction was written for 12 deg varus; 6 were measured afterwards, so it would bend the bone to 12."""
    stages = [{"name": "distract", "correct_to": {"varus_deg": 12}}, {"name": "correct", "correct_to": {}}]
    case = case_of(side, reference, deformity={"varus_deg": 6, "short_mm": 9}, stages=stages)
    (finding,) = found(case, "stage.increases")
    assert "stage 'distract' takes AP angulation from 6 deg varus to 12 deg varus." in finding.message
    assert (finding.verdict, finding.value, finding.limit, finding.unit) == (
        "caution",
        pytest.approx(6.0),
        0.5,
        "deg",
    )
    assert finding.day == hexapod.make_plan(hexapod.read_case(case)).levels[0].frame.course.stages[0].last_day  # type: ignore[union-attr]
    stages[0]["meant"] = True
    assert (
        found(case_of(side, reference, deformity={"varus_deg": 6, "short_mm": 9}, stages=stages), "stage.increases")
        == []
    )


@pytest.mark.hazard("H-25")
@pytest.mark.parametrize(
    ("start", "target", "told"),
    [
        ({"varus_deg": 6}, {"valgus_deg": 3}, "AP angulation from 6 deg varus through zero to 3 deg valgus"),
        ({"apex_anterior_deg": 4}, {"apex_anterior_deg": 5}, "lateral angulation from 4 deg apex anterior to 5 deg"),
        (
            {"internal_rotation_deg": 9},
            {"external_rotation_deg": 2},
            "axial rotation from 9 deg internal rotation through",
        ),
        ({}, {"medial_mm": 2}, "AP translation from none to 2 mm medial"),
        ({"posterior_mm": 1}, {"posterior_mm": 3.25}, "lateral translation from 1 mm posterior to 3.25 mm posterior"),
        ({"short_mm": 9}, {"long_mm": 3}, "axial translation from 9 mm short through zero to 3 mm long"),
        ({"long_mm": 2}, {"long_mm": 5}, "axial translation from 2 mm long to 5 mm long"),
        ({"short_mm": 5}, {"short_mm": 15}, "axial translation from 5 mm short to 15 mm short"),
    ],
)
@pytest.mark.parametrize("side", SIDES)
def test_each_quantity_is_judged_by_its_words(
    side: str, start: dict[str, float], target: dict[str, float], told: str
) -> None:
    stage = {"name": "go", "correct_to": target}
    (finding,) = found(case_of(side, "proximal", deformity=start, stages=[stage]), "stage.increases")
    assert f"stage 'go' takes {told}" in finding.message


@pytest.mark.hazard("H-25")
@pytest.mark.parametrize(
    ("start", "target", "cautions"),
    [
        ({"varus_deg": 6}, {"varus_deg": 6.5}, 0),
        ({"varus_deg": 6}, {"varus_deg": 6.51}, 1),
        ({"varus_deg": 6}, {"valgus_deg": 0.5}, 0),
        ({"varus_deg": 6}, {"valgus_deg": 0.51}, 1),
        ({"varus_deg": 0.3}, {"valgus_deg": 0.51}, 1),
        ({"short_mm": 6}, {"short_mm": 6.5}, 0),
        ({"short_mm": 6}, {"long_mm": 0.6}, 1),
        ({"varus_deg": 20, "external_rotation_deg": 30, "apex_anterior_deg": 15}, {}, 0),
        ({"varus_deg": 20, "external_rotation_deg": 30}, {"varus_deg": 20}, 0),
        ({"varus_deg": 6, "short_mm": 4}, KEEP_ALL_BUT_LENGTH, 0),
    ],
)
def test_half_a_millimetre_or_degree_is_no_increase(
    start: dict[str, float], target: dict[str, Any], cautions: int
) -> None:
    """Judged at the ends of the stage: what rises for a while on the shortest rotation is no increase."""
    case = case_of("right", "distal", deformity=start, stages=[{"name": "go", "correct_to": target}])
    assert len(found(case, "stage.increases")) == cautions


@pytest.mark.hazard("H-25")
def test_transport_and_rest_always_are_meant() -> None:
    stages = [{"name": "rest", "hold_days": 2}, {"name": "lengthen", "transport": {"distal_mm": 20, "medial_mm": 3}}]
    assert found(case_of("right", "proximal", stages=stages), "stage.increases") == []


@pytest.mark.hazard("H-25")
def test_one_finding_a_hexapod_names_every_stage_and_the_worst_day() -> None:
    stages = [
        {"name": "first", "correct_to": {"varus_deg": 2, "long_mm": 4}, "days": 10},
        {"name": "second", "correct_to": {"varus_deg": 8, "long_mm": 4}, "days": 10},
    ]
    (finding,) = found(case_of("left", "proximal", stages=stages), "stage.increases")
    assert (
        "stage 'first' takes AP angulation from none to 2 deg varus and axial translation from none to 4"
        in finding.message
    )
    assert "stage 'second' takes AP angulation from 2 deg varus to 8 deg varus" in finding.message
    assert (finding.day, finding.value) == (20, pytest.approx(6.0))

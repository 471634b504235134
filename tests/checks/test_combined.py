"""What several hexapods move together in a day (H-29): hand-calculated sums, both sides of both limits."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.checks.combined_rates import length_changes_mm, way_of_structure_mm
from hexapod.checks.findings import Finding
from tests.laws.builder import REFERENCES, SIDES, case_of, construct_of

NERVE: dict[str, Any] = {"name": "nerve", "at": {"lateral_mm": 30, "posterior_mm": 20}}


def levels(*given: dict[str, Any], side: str = "left") -> hexapod.Plan:
    """A plan of one hexapod for each of `given`, its keys; the reference is proximal where they do not say."""
    case = case_of(side, "proximal")
    plain = case["levels"][0]
    case["levels"] = [copy.deepcopy(plain) | {"name": f"number {k}"} | keys for k, keys in enumerate(given)]
    return hexapod.make_plan(hexapod.read_case(case))


def short(mm: float, rate: float, reference: str = "proximal", **more: Any) -> dict[str, Any]:
    return {"reference": reference, "deformity": {"short_mm": mm}, "limits": {"mm_per_day": rate}} | more


def transport(rate: float, word: str, reference: str = "proximal", **more: Any) -> dict[str, Any]:
    stages = [{"name": "transport", "transport": {word: 12}}]
    return {"reference": reference, "stages": stages, "limits": {"mm_per_day": rate}} | more


def together(plan: hexapod.Plan) -> list[Finding]:
    return [finding for finding in plan.findings if finding.code == "rate.combined" or "hexapods" in finding.message]


def changes(plan: hexapod.Plan) -> list[float]:
    frames = [frame for frame in plan.frames if frame is not None]
    return list(np.round(length_changes_mm([frame.course for frame in frames]), 9) + 0.0)


def ways(plan: hexapod.Plan, name: str = "nerve") -> list[float]:
    frames = [frame for frame in plan.frames if frame is not None]
    return list(np.round(way_of_structure_mm([frame.course for frame in frames], name), 9))


@pytest.mark.hazard("H-29")
@pytest.mark.parametrize("upper", REFERENCES)
@pytest.mark.parametrize("lower", REFERENCES)
@pytest.mark.parametrize(
    ("rates", "code", "limit"),
    [
        ((0.5, 0.5), None, None),
        ((0.5, 0.6), "rate.combined", 1.0),
        ((1.0, 1.0), "rate.combined", 1.0),
        ((1.2, 1.0), "rate.too_fast", 2.0),
    ],
)
def test_the_limits_of_one_hexapod_are_those_of_all(
    upper: str, lower: str, rates: tuple[float, float], code: str | None, limit: float | None
) -> None:
    plan = levels(short(12, rates[0], upper), short(12, rates[1], lower))
    found = together(plan)
    assert [finding.code for finding in found] == ([code] if code else [])
    assert changes(plan)[0] == pytest.approx(sum(rates), abs=1e-9)
    if code:
        assert (found[0].limit, found[0].unit, found[0].day) == (limit, "mm/day", 1)
        assert found[0].value == pytest.approx(changes(plan)[0])
        assert found[0].verdict == ("refused" if code == "rate.too_fast" else "caution")
        assert "longer" in found[0].message
        assert "hexapod 1: " in found[0].message
        assert "hexapod 2: " in found[0].message


@pytest.mark.hazard("H-29")
def test_the_handed_case_of_two_osteotomies() -> None:
    """60 mm and 60 mm on the same days, a millimetre each: 2.0 mm a day from day 8 on, which is not above 2.0."""
    stages = [{"name": "l", "hold_days": 7}, {"name": "c", "correct_to": {}}, {"name": "h", "hold_days": 30}]
    plan = levels(short(60, 1.0, stages=stages), short(60, 1.0, stages=stages))
    (found,) = together(plan)
    assert (found.code, found.verdict, found.level, found.day) == ("rate.combined", "caution", 0, 8)
    assert found.value == pytest.approx(2.0)
    assert "2.00 mm longer" in found.message
    assert plan.verdict == "caution"


@pytest.mark.hazard("H-29")
def test_one_after_the_other_is_no_sum() -> None:
    """The second one waits until the first is done: never more than a millimetre a day."""
    later = [{"name": "wait", "hold_days": 12}, {"name": "c", "correct_to": {}}]
    plan = levels(short(12, 1.0), short(12, 1.0, stages=later))
    assert not together(plan)
    assert changes(plan) == pytest.approx([1.0] * 24)
    a_day_early = [{"name": "wait", "hold_days": 11}, {"name": "c", "correct_to": {}}]
    (found,) = together(levels(short(12, 1.0), short(12, 1.0, stages=a_day_early)))
    assert (found.day, found.value) == (12, pytest.approx(2.0))


@pytest.mark.hazard("H-29")
def test_one_hexapod_alone_has_nothing_to_be_added_to() -> None:
    plan = levels(short(12, 1.2, structures_at_risk=[NERVE | {"crosses": "all"}]))
    assert {finding.code for finding in plan.findings} == {"rate.high"}


@pytest.mark.hazard("H-29")
@pytest.mark.parametrize("lower", REFERENCES)
def test_hexapods_count_with_their_sign(lower: str) -> None:
    """A segment carried down by the upper hexapod at 1 mm a day and let in by the lower one: the limb keeps its length.

    Both carrying away from each other make it 2 mm longer a day, both towards each other 2 mm shorter.
    """
    inwards = {"proximal": "proximal_mm", "distal": "distal_mm"}[lower]
    outwards = {"proximal": "distal_mm", "distal": "proximal_mm"}[lower]
    kept = levels(transport(1.0, "distal_mm"), transport(1.0, inwards, lower))
    assert not together(kept)
    assert changes(kept) == pytest.approx([0.0] * 12, abs=1e-9)
    (longer,) = together(levels(transport(1.0, "distal_mm"), transport(1.0, outwards, lower)))
    (shorter,) = together(levels(transport(1.0, "proximal_mm"), transport(1.0, inwards, lower)))
    assert longer.value == shorter.value == pytest.approx(2.0)
    assert "2.00 mm longer" in longer.message
    assert "2.00 mm shorter" in shorter.message


@pytest.mark.hazard("H-29")
def test_a_hexapod_that_compensates_leaves_the_length_alone() -> None:
    """Turned and carried at once, so that its own change is none of the other's: the ends stay where they are."""
    upper = {
        "deformity": {"varus_deg": 10, "short_mm": 12},
        "bone": {"diameter_mm": 28},
        "structures_at_risk": [NERVE | {"crosses": "all"}],
    }
    lower = {"segment": {"distal_mm": 90}, "deformity": {"long_mm": 14}}
    plan = hexapod.make_plan(hexapod.read_case(construct_of(upper, lower)))
    assert changes(plan) == pytest.approx([0.0] * len(changes(plan)), abs=1e-9)
    assert ways(plan) == pytest.approx([0.0] * len(changes(plan)), abs=1e-6)
    assert not together(plan)


@pytest.mark.hazard("H-29")
@pytest.mark.parametrize("name", ["tibia_trifocal", "tibia_stacked_transport"])
def test_samples_that_keep_the_length_change_none(root: Path, name: str) -> None:
    plan = hexapod.make_plan(hexapod.load_case(root / "sample_cases" / f"{name}.json"))
    assert max(map(abs, changes(plan))) < 1e-9
    assert not together(plan)


@pytest.mark.hazard("H-29")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("references", [("proximal", "proximal"), ("distal", "proximal"), ("distal", "distal")])
@pytest.mark.parametrize("entered", [(True, True), (True, False), (False, True)])
def test_a_structure_of_the_construct_goes_the_way_of_all(
    side: str, references: tuple[str, str], entered: tuple[bool, bool]
) -> None:
    """3 mm across at the upper and 4 mm along at the lower hexapod in 10 days: 5 mm of way, 0.5 mm a day.

    Its limit is 0.45 mm a day, which it keeps at each of them (0.3 and 0.4 mm).
    """
    crossing = NERVE | {"crosses": "all", "limit_mm_per_day": 0.45}
    moves = ({"medial_mm": 3}, {"short_mm": 4})
    given = [
        {
            "reference": reference,
            "deformity": deformity,
            "stages": [{"name": "c", "correct_to": {}, "days": 10}],
            "structures_at_risk": [crossing] if here else [],
        }
        for reference, deformity, here in zip(references, moves, entered, strict=True)
    ]
    plan = levels(*given, side=side)
    assert ways(plan) == pytest.approx([0.5] * 10, abs=1e-9)
    (found,) = together(plan)
    assert (found.code, found.verdict, found.level, found.day) == ("rate.combined", "caution", 1, 1)
    assert (found.value, found.limit) == (pytest.approx(0.5), 0.45)
    assert "the nerve, which runs past all hexapods, moves 0.50 mm" in found.message
    for level in given:
        level["structures_at_risk"] = [one | {"limit_mm_per_day": 0.5} for one in level["structures_at_risk"]]
    assert not together(levels(*given, side=side))


@pytest.mark.hazard("H-29")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("references", "daily"), [(("proximal", "proximal"), 0.7), (("distal", "proximal"), 0.1)])
def test_ways_are_those_of_the_distal_fragment(side: str, references: tuple[str, str], daily: float) -> None:
    """3 and 4 mm medial in 10 days.  By a distal reference it is the proximal fragment that lies medial: it goes lateral,
    and the distal one medial against it, so that 1 mm is left of 4."""
    given = [
        {
            "reference": reference,
            "deformity": {"medial_mm": mm},
            "stages": [{"name": "c", "correct_to": {}, "days": 10}],
            "structures_at_risk": [NERVE | {"crosses": "all"}],
        }
        for reference, mm in zip(references, (3, 4), strict=True)
    ]
    assert ways(levels(*given, side=side)) == pytest.approx([daily] * 10, abs=1e-9)


@pytest.mark.hazard("H-29")
def test_a_structure_of_one_hexapod_is_not_added_up() -> None:
    across = {"deformity": {"medial_mm": 10}, "structures_at_risk": [NERVE]}
    assert not together(levels(across, across))
    crossing = {"deformity": {"medial_mm": 10}, "structures_at_risk": [NERVE | {"crosses": "all"}]}
    (found,) = together(levels(crossing, crossing))
    assert (found.code, found.value, found.limit) == ("rate.combined", pytest.approx(2.0), 1.0)


@pytest.mark.hazard("H-29")
def test_a_structure_of_the_construct_is_refused_above_two() -> None:
    fast = {
        "deformity": {"medial_mm": 10.5},
        "stages": [{"name": "c", "correct_to": {}, "days": 10}],
        "structures_at_risk": [NERVE | {"crosses": "all", "limit_mm_per_day": 5}],
    }
    plan = levels(fast, fast)
    (found,) = together(plan)
    assert (found.code, found.verdict, found.limit) == ("rate.too_fast", "refused", 2.0)
    assert found.value == pytest.approx(2.1)
    assert plan.verdict == "refused"


@pytest.mark.hazard("H-29")
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_structure_beside_a_turn_makes_its_arc(reference: str) -> None:
    """9 deg in 10 days about the long axis, 40 mm from it: 0.6283 mm a day at each of two hexapods, 1.2566 in all."""
    turn = {
        "reference": reference,
        "deformity": {"external_rotation_deg": 9},
        "stages": [{"name": "c", "correct_to": {}, "days": 10}],
        "structures_at_risk": [{"name": "nerve", "at": {"lateral_mm": 40}, "crosses": "all"}],
    }
    plan = levels(turn, turn)
    assert ways(plan) == pytest.approx([1.2566371] * 10, abs=1e-6)
    back = turn | {"deformity": {"internal_rotation_deg": 9}}
    assert max(ways(levels(turn, back))) < 0.2  # to and fro, but for the bend of the arcs: 2 x 40 mm x 9 deg x 0.9 deg


@pytest.mark.hazard("H-29")
def test_rounded_readings_of_a_later_start_are_no_motion() -> None:
    """`course_from` puts both levels a millimetre off on day 0: the construct does not jump on day 1."""
    upper = {"deformity": {"short_mm": 10}, "course_from": {"short_mm": 11}, "bone": {"diameter_mm": 28}}
    lower = {"segment": {"distal_mm": 90}, "deformity": {"long_mm": 14}, "course_from": {"long_mm": 15}}
    plan = hexapod.make_plan(hexapod.read_case(construct_of(upper, lower, graduation=5)))
    assert max(map(abs, changes(plan))) < 1e-9


@pytest.mark.hazard("H-15")
def test_a_word_that_does_not_say_what_it_crosses_is_refused(case_dict: dict[str, Any]) -> None:
    case_dict["levels"][0]["structures_at_risk"][0]["crosses"] = "both"
    with pytest.raises(hexapod.CaseError) as refused:
        hexapod.read_case(case_dict)
    (problem,) = refused.value.problems
    assert problem.path == "levels[0].structures_at_risk[0].crosses"
    assert json.dumps("all") in str(problem) or "all" in str(problem)

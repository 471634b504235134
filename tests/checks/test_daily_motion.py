"""How far a fragment turns and a strut changes in a day, both sides of every limit; and when slowness is told (H-23)."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.checks import limits
from hexapod.checks.findings import Finding
from tests.laws.builder import REFERENCES, SIDES, case_of, construct_of, plan_of

NO_LIMIT = {"deg_per_day": None, "mm_per_day": 10}
BONE = {"diameter_mm": 2}
SLOW_BONE = {"diameter_mm": 10}


def turned(degrees: float, days: int, side: str = "right", reference: str = "proximal", **more: Any) -> hexapod.Plan:
    """A rotation by so many degrees in so many days, of a bone so thin that its rim hardly moves."""
    stage = {"name": "turn", "correct_to": {}, "days": days}
    keys = {"bone": BONE, "limits": NO_LIMIT, "stages": [stage]} | more
    return plan_of(side, reference, deformity={"external_rotation_deg": degrees}, **keys)


def of(plan: hexapod.Plan, code: str) -> list[Finding]:
    return [finding for finding in plan.findings if finding.code == code]


@pytest.mark.hazard("H-23")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(
    ("degrees", "days", "code", "limit"),
    [
        (30, 10, None, None),
        (30.01, 10, "turn.high", 3.0),
        (50, 10, "turn.high", 3.0),
        (50.01, 10, "turn.too_fast", 5.0),
        (25, 1, "turn.too_fast", 5.0),
    ],
)
def test_three_degrees_a_day_is_a_caution_and_five_is_refused_beyond(
    side: str, reference: str, degrees: float, days: int, code: str | None, limit: float | None
) -> None:
    plan = turned(degrees, days, side, reference)
    found = [finding for finding in plan.findings if finding.code.startswith("turn.")]
    assert [finding.code for finding in found] == ([code] if code else [])
    if code:
        assert (found[0].limit, found[0].unit, found[0].day, found[0].strut) == (limit, "deg/day", 1, None)
        assert found[0].value == pytest.approx(degrees / days, abs=1e-9)
        assert f"{degrees / days:.2f} deg" in found[0].message
        assert found[0].verdict == ("refused" if code == "turn.too_fast" else "caution")
    assert (plan.verdict == "refused") == (code == "turn.too_fast")


@pytest.mark.hazard("H-23")
@pytest.mark.parametrize("at", ["start", "end"])
def test_a_tilt_is_a_turn_too_and_its_day_is_named(at: str) -> None:
    """10 deg of varus in 3 days after 4 of rest: 3.33 deg a day; the worst of two stages is named, once."""
    stages = [
        {"name": "latency", "hold_days": 4},
        {"name": "slowly", "correct_to": {"varus_deg": 10}, "days": 5},
        {"name": "fast", "correct_to": {}, "days": 3},
    ]
    plan = plan_of("left", "distal", deformity={"varus_deg": 20}, at=at, bone=BONE, limits=NO_LIMIT, stages=stages)
    (found,) = of(plan, "turn.high")
    assert found.day == 10
    assert found.value == pytest.approx(10 / 3)
    assert "'fast'" in found.message


@pytest.mark.hazard("H-23")
def test_a_whole_correction_in_a_day_is_refused() -> None:
    """20 deg of varus, 15 of internal rotation and 0.8 mm: nothing tracked but the corresponding point, no limit."""
    deformity = {"varus_deg": 20, "internal_rotation_deg": 15, "lateral_mm": 0.8}
    stages = [{"name": "l", "hold_days": 7}, {"name": "c", "correct_to": {}}, {"name": "h", "hold_days": 10}]
    free = plan_of("right", "proximal", deformity=deformity, stages=stages, limits={"deg_per_day": None})
    (turn,) = of(free, "turn.too_fast")
    assert (turn.day, turn.value) == (8, pytest.approx(math.degrees(2 * math.acos(_half_cos(20, 15))), abs=1e-6))
    assert of(free, "strut.step_too_far")
    assert of(free, "rate.unjudged")
    assert free.verdict == "refused"
    usual = plan_of("right", "proximal", deformity=deformity, stages=stages)
    assert usual.verdict == "caution"  # by 2 deg a day; that the edge of the bone is not judged is still told
    assert {finding.code for finding in usual.findings} == {"rate.unjudged", "readings.implausible", "strut.low"}
    assert usual.levels[0].rows[-1].day == 7 + 13 + 10


def _half_cos(swing_deg: float, twist_deg: float) -> float:
    """Cosine of half the turn of a swing and a twist about an axis square to it."""
    return math.cos(math.radians(swing_deg / 2)) * math.cos(math.radians(twist_deg / 2))


@pytest.mark.hazard("H-23")
def test_the_handed_case_without_a_bone_is_refused(root: Path) -> None:
    """30 deg of external rotation, 2 mm short, no bone, no limit of rotation: 15 deg a day."""
    case = case_of("right", "proximal", deformity={"external_rotation_deg": 30, "short_mm": 2}, at="end")
    case["levels"][0] |= {"limits": NO_LIMIT | {"mm_per_day": 1.0}, "mounting": {"proximal_mm": 40}}
    plan = hexapod.make_plan(hexapod.read_case(case))
    (turn,) = of(plan, "turn.too_fast")
    assert (turn.value, turn.day) == (pytest.approx(15.0), 1)
    assert plan.verdict == "refused"
    assert plan.levels == ()
    del case["levels"][0]["limits"]["deg_per_day"]
    assert hexapod.make_plan(hexapod.read_case(case)).levels[0].rows[-1].day == 15


@pytest.mark.hazard("H-23")
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("at", ["start", "end"])
def test_steps_of_the_struts_are_those_of_the_exact_lengths(reference: str, at: str) -> None:
    """From just enough days to just too few, by a plan of more days: steps of equal turns hardly differ."""
    fine = turned(12, 6, reference=reference, at=at)
    lengths = fine.frames[0].lengths_mm
    for days, every in ((6, 1), (3, 2), (2, 3), (1, 6)):
        plan = turned(12, days, reference=reference, at=at)
        coarse = lengths[::every]
        found = {
            finding.strut: finding
            for finding in plan.findings
            if finding.code in ("strut.step_high", "strut.step_too_far")
        }
        for strut in range(1, 7):
            steps = [abs(after[strut - 1] - before[strut - 1]) for before, after in pairwise(coarse)]
            worst = max(steps)
            code = "strut.step_too_far" if worst > 8 else "strut.step_high" if worst > 4 else None
            assert (found[strut].code if strut in found else None) == code
            if code:
                assert found[strut].value == pytest.approx(worst, abs=1e-6)
                assert found[strut].day == 1 + steps.index(worst)
                assert found[strut].limit == (8.0 if worst > 8 else 4.0)


@pytest.mark.hazard("H-23")
@pytest.mark.parametrize("by_mm", [4.0, 8.0])
def test_four_and_eight_millimetres_are_the_last_that_pass(by_mm: float, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    from hexapod.checks import daily_motion

    plan = turned(1, 2)
    frame = plan.frames[0]
    codes = {}
    for off in (0.0, 1e-6):
        steps = np.zeros((2, 6))
        steps[1, 4] = by_mm + off
        monkeypatch.setattr(daily_motion, "strut_steps_mm", lambda _, steps=steps: steps)
        codes[off] = [(finding.code, finding.strut, finding.day) for finding in daily_motion.check_strut_steps(frame)]
    worse = {4.0: "strut.step_high", 8.0: "strut.step_too_far"}[by_mm]
    assert codes[1e-6] == [(worse, 5, 2)]
    assert codes[0.0] == ([] if by_mm == 4.0 else [("strut.step_high", 5, 2)])


@pytest.mark.hazard("H-23")
def test_an_exchange_is_no_step() -> None:
    """The new scale reads 60 mm less than the old one would: the exact length between the joints goes on."""
    catalogue = hexapod.load_catalogue()
    short = replace(catalogue.struts["generic-short"], min_mm=60.0, max_mm=100.0, scale_offset_mm=40.0)
    long = replace(catalogue.struts["generic-short"], name="longer", min_mm=25.0, max_mm=80.0, scale_offset_mm=110.0)
    mixed = replace(catalogue, struts=dict(catalogue.struts) | {"generic-short": short, "longer": long})
    case = case_of("right", "proximal", deformity={"short_mm": 25}, settings=[95] * 6)
    case["levels"][0]["frame"]["struts"] = ["generic-short"] * 6
    plan = hexapod.make_plan(hexapod.read_case(case), mixed)
    assert len(plan.levels[0].exchanges) == 6
    assert not [finding for finding in plan.findings if finding.code.startswith("strut.step")]


@pytest.mark.hazard("H-23")
@pytest.mark.parametrize(
    ("degrees", "keys", "told"),
    [
        (1.0, {}, False),
        (1.01, {}, True),
        (30, {"bone": {"diameter_mm": 12}}, False),
        (30, {"structures_at_risk": [{"name": "nerve", "at": {"lateral_mm": 9}}]}, False),
        (30, {"structures_at_risk": []}, True),
    ],
)
@pytest.mark.parametrize("side", SIDES)
def test_a_turn_beside_which_nothing_is_judged_is_told(side: str, degrees: float, keys: Any, told: bool) -> None:
    plan = plan_of(side, "distal", deformity={"valgus_deg": degrees, "short_mm": 20}, **keys)
    found = of(plan, "rate.unjudged")
    assert bool(found) is told
    if told:
        assert (found[0].value, found[0].limit, found[0].verdict) == (pytest.approx(degrees), 1.0, "caution")
        assert "diameter of the bone" in found[0].message
        assert "structure at risk" in found[0].message


@pytest.mark.hazard("H-23")
def test_a_hexapod_that_compensates_for_a_turn_is_judged_too() -> None:
    """The upper one turns by 12 deg in 3 days of its own; the lower one has to turn back as far."""
    turn = {
        "deformity": {"external_rotation_deg": 12},
        "limits": NO_LIMIT,
        "bone": BONE,
        "stages": [{"name": "turn", "correct_to": {}, "days": 3}],
    }
    plan = hexapod.make_plan(hexapod.read_case(construct_of(turn, {})))
    assert {(finding.level, round(finding.value or 0.0, 9)) for finding in of(plan, "turn.high")} == {
        (0, 4.0),
        (1, 4.0),
    }
    assert [finding.level for finding in of(plan, "rate.unjudged")] == [1]
    assert "compensates" in next(finding.message for finding in of(plan, "turn.high") if finding.level == 1)


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize(
    ("degrees", "days", "keys", "low"),
    [
        (9, 9, {"bone": SLOW_BONE}, True),  # 1 deg a day: the rim moves 0.09 mm, and twice that would be allowed
        (9, 9, {"bone": SLOW_BONE, "limits": {}}, True),
        (9, 9, {}, True),
        (9, 9, {"bone": None}, False),  # not judged
        (8, 4, {"bone": SLOW_BONE}, False),  # 2 deg a day: with a day fewer it would be faster than usual
        (9, 4, {"bone": SLOW_BONE}, False),  # 2.25 deg a day
        (16, 4, {"bone": SLOW_BONE}, False),  # 4 deg a day
        (9, 3, {"bone": SLOW_BONE, "limits": {"deg_per_day": 3}}, False),  # its own limit
        (10, 5, {"bone": SLOW_BONE, "limits": {"deg_per_day": 5}}, True),
        (10, 4, {"bone": SLOW_BONE, "limits": {"deg_per_day": 5}}, False),  # 2.5 deg a day, and 3.3 would be allowed
    ],
)
def test_slowness_is_not_told_where_the_turn_is_fast(degrees: float, days: int, keys: Any, low: bool) -> None:
    assert bool(of(turned(degrees, days, **keys), "rate.low")) is low


@pytest.mark.hazard("H-07")
def test_slowness_of_one_day_is_not_told_where_another_day_is_fast() -> None:
    """120 deg and 27 mm in 61 days: 0.443 mm a day of way, and 26 mm from the axis 0.893 mm of turn.

    Opposite at first, 0.45 mm of nerve; in the end 60 deg apart, sqrt(0.443^2 + 0.893^2 + 0.443 x 0.893) = 1.18 mm.
    """
    nerve = {"name": "nerve", "at": {"medial_mm": 27, "posterior_mm": 26}}
    keys = {
        "deformity": {"internal_rotation_deg": 60, "medial_mm": 27},
        "limits": {"deg_per_day": 5, "mm_per_day": 3},
        "stages": [{"name": "turn", "correct_to": {"external_rotation_deg": 60}, "days": 61}],
    }
    both = plan_of("right", "proximal", at="end", structures_at_risk=[nerve], **keys)
    arcs = both.frames[0].course.stages[0].arcs_mm[:, 1]
    assert (arcs[0], arcs[-1]) == (pytest.approx(0.45, abs=0.01), pytest.approx(1.18, abs=0.01))
    assert of(both, "rate.high")
    assert not of(both, "rate.low")
    slow = plan_of("right", "proximal", at="end", structures_at_risk=[nerve | {"at": {"medial_mm": 27}}], **keys)
    assert of(slow, "rate.low")


@pytest.mark.hazard("H-07")
def test_slowness_is_not_told_where_a_strut_changes_far(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    from hexapod.checks import daily_motion as slow

    plan = plan_of("right", "proximal", deformity={"short_mm": 3}, stages=[{"name": "c", "correct_to": {}, "days": 10}])
    frame = plan.frames[0]
    assert frame is not None
    assert slow.check_slow(frame.course, frame)
    assert slow.check_slow(frame.course, None)
    monkeypatch.setattr(slow, "strut_steps_mm", lambda _: np.full((10, 6), 4.1))
    assert not slow.check_slow(frame.course, frame)
    assert slow.check_slow(frame.course, None)


@pytest.mark.hazard("H-07")
def test_a_stage_as_short_as_its_limits_allow_is_not_slow() -> None:
    """The nerve's limit decides, and on the first days it moves as little as everything else."""
    nerve = {"name": "nerve", "at": {"medial_mm": 31.415927, "posterior_mm": 20}, "limit_mm_per_day": 0.6}
    keys = {"deformity": {"internal_rotation_deg": 90, "medial_mm": 31.415927}, "structures_at_risk": [nerve]}
    assert not of(plan_of("right", "proximal", at="end", **keys), "rate.low")


def test_numbers_are_those_of_the_specification() -> None:
    assert (limits.TURN_HIGH.value, limits.TURN_TOO_FAST.value) == (3.0, 5.0)
    assert (limits.STRUT_STEP_HIGH.value, limits.STRUT_STEP_TOO_FAR.value) == (4.0, 8.0)


@pytest.mark.hazard("H-23")
def test_no_sample_turns_or_steps_too_far(root: Path) -> None:
    for path in sorted((root / "sample_cases").glob("*.json")):
        plan = hexapod.make_plan(hexapod.load_case(path))
        codes = {finding.code for finding in plan.findings}
        assert not codes & {"turn.high", "turn.too_fast", "strut.step_high", "strut.step_too_far", "rate.unjudged"}
        assert not codes & {"rate.combined", "limb.wider_than_ring"}
    two = hexapod.make_plan(hexapod.load_case(root / "sample_cases" / "tibia_two_levels.json"))
    assert two.levels[1].rows[-1].day == 78  # 76 without a limit of rotation


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_childs_forearm_at_a_millimetre_a_day_is_told(side: str, reference: str) -> None:
    case = case_of(side, reference, deformity={"short_mm": 12})
    case["limb"] = {"side": side, "bone": "forearm", "child": True}
    (found,) = of(hexapod.make_plan(hexapod.read_case(case)), "rate.child")
    assert (found.value, found.limit) == (pytest.approx(1.0), 1.0)
    assert "below 1 mm a day" in found.message
    case["levels"][0]["limits"] = {"mm_per_day": 0.99}
    assert not of(hexapod.make_plan(hexapod.read_case(case)), "rate.child")

"""What is treated decides the limits: a fracture and a joint on both sides of each, and nothing new for an osteotomy."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.plan.make_plan import Plan
from tests.laws.builder import REFERENCES, SIDES, case_of, plan_of

FREE = {"deg_per_day": None, "mm_per_day": 10}
RATES = {"fracture": (5.0, 15.0), "joint": (1.0, 3.0)}
TURNS = {"fracture": (6.0, 15.0), "joint": (3.0, 5.0)}
STEPS = {"fracture": (10.0, 20.0), "joint": (6.0, 12.0)}
BOTH = ("fracture", "joint")
NERVE = {"name": "nerve", "at": {"posterior_mm": 20}}


def of(plan: Any, code: str) -> list[Finding]:
    return [finding for finding in plan.findings if finding.code == code]


def sides_of_limits(pairs: dict[str, tuple[float, float]]) -> list[tuple[str, float, str | None]]:
    """For each indication: at the caution, just above it, at the refusal, just above it; and what is then told."""
    return [
        (indication, size, told)
        for indication, (caution, refused) in pairs.items()
        for size, told in ((caution, None), (caution + 0.01, "high"), (refused, "high"), (refused + 0.01, "refused"))
    ]


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(("indication", "mm", "told"), sides_of_limits(RATES))
def test_the_rate_of_an_indication(reference: str, indication: str, mm: float, told: str | None) -> None:
    """The whole fragment slides sideways in one day, so that a nerve on it moves as far as its point."""
    keys = {"structures_at_risk": [NERVE], "limits": FREE, "indication": indication}
    stage = {"name": "slide", "correct_to": {}, "days": 1}
    plan = plan_of("right", reference, deformity={"medial_mm": mm}, stages=[stage], **keys)
    codes = {"high": ["rate.high"] * 2, "refused": ["rate.too_fast"] * 2, None: []}[told]
    found = [*of(plan, "rate.high"), *of(plan, "rate.too_fast")]
    assert [finding.code for finding in found] == codes
    assert {finding.message.split(" moves")[0] for finding in found} <= {"The nerve", "The corresponding point"}
    for finding in found:
        assert finding.value == pytest.approx(mm, abs=1e-9)
        assert finding.limit == RATES[indication][told == "refused"]
        assert finding.verdict == ("refused" if told == "refused" else "caution")
        assert "regenerate" not in finding.message
    assert (plan.verdict == "refused") == (told == "refused")


@pytest.mark.hazard("H-23")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("indication", "degrees", "told"), sides_of_limits(TURNS))
def test_the_rotation_of_an_indication(side: str, indication: str, degrees: float, told: str | None) -> None:
    near = {"name": "nerve", "at": {"posterior_mm": 1}}
    plan = plan_of(
        side,
        "proximal",
        deformity={"external_rotation_deg": degrees},
        stages=[{"name": "turn", "correct_to": {}, "days": 1}],
        limits=FREE,
        indication=indication,
        structures_at_risk=[near],
    )
    found = [*of(plan, "turn.high"), *of(plan, "turn.too_fast")]
    codes = {"high": ["turn.high"], "refused": ["turn.too_fast"], None: []}[told]
    assert [finding.code for finding in found] == codes
    for finding in found:
        assert (finding.value, finding.limit) == (pytest.approx(degrees), TURNS[indication][told == "refused"])
        assert "for nerves and vessels" in finding.message


@pytest.mark.hazard("H-23")
@pytest.mark.parametrize(("indication", "mm", "told"), sides_of_limits(STEPS))
def test_the_step_of_a_strut_of_an_indication(indication: str, mm: float, told: str | None) -> None:
    """All six struts of frame F lengthen alike when the moving ring goes straight away: by so much that each does so
    by `mm`.  Frame F: every joint-to-joint length is 150, of which `across` is across the rings."""
    up = plan_of("right", "proximal", deformity={"short_mm": 1}).levels[0].frame.T_prox_dist[0]
    joints = plan_of("right", "proximal", deformity={"short_mm": 1}).levels[0].setup.joints_mm
    along = abs(float((up @ [*joints[1][0], 1.0])[2] - joints[0][0][2]))
    across = math.sqrt(150.0**2 - along**2)
    away = math.sqrt((150.0 + mm) ** 2 - across**2) - along
    plan = plan_of(
        "right",
        "proximal",
        deformity={"short_mm": away},
        stages=[{"name": "away", "correct_to": {}, "days": 1}],
        limits=FREE,
        indication=indication,
    )
    found = [*of(plan, "strut.step_high"), *of(plan, "strut.step_too_far")]
    codes = {"high": ["strut.step_high"] * 6, "refused": ["strut.step_too_far"] * 6, None: []}[told]
    assert [finding.code for finding in found] == codes
    assert all(finding.value == pytest.approx(mm, abs=1e-6) for finding in found)


def test_the_numbers_are_those_of_the_specification() -> None:
    for indication in BOTH:
        pace = limits.PACES[indication]  # type: ignore[index]
        assert (pace.rate_high.value, pace.rate_too_fast.value) == RATES[indication]
        assert (pace.turn_high.value, pace.turn_too_fast.value) == TURNS[indication]
        assert (pace.strut_step_high.value, pace.strut_step_too_far.value) == STEPS[indication]
        assert pace.status == "working"
        assert "working value" in pace.source
        assert (pace.rate_low, pace.rate_strong, pace.rate_child, pace.latency) == (None,) * 4
    cut = limits.PACES["osteotomy"]
    assert (cut.rate_high.value, cut.rate_too_fast.value, cut.status) == (1.0, 2.0, "published")
    assert (cut.turn_high.value, cut.turn_too_fast.value) == (3.0, 5.0)
    assert (cut.strut_step_high.value, cut.strut_step_too_far.value) == (4.0, 8.0)


@pytest.mark.hazard("H-34")
@pytest.mark.parametrize("indication", BOTH)
def test_working_values_say_so_with_their_numbers(indication: str) -> None:
    plan = plan_of("left", "distal", deformity={"short_mm": 3}, indication=indication)
    (found,) = of(plan, "limits.working")
    (rate, turn, step) = (pairs[indication] for pairs in (RATES, TURNS, STEPS))
    assert found.verdict == "caution"
    assert f"The limits for a {indication} are working values of this project until a source is named" in found.message
    assert f"rate {rate[0]:g} and {rate[1]:g} mm/day" in found.message
    assert f"rotation {turn[0]:g} and {turn[1]:g} deg/day" in found.message
    assert f"strut {step[0]:g} and {step[1]:g} mm/day" in found.message
    assert not of(plan_of("left", "distal", deformity={"short_mm": 3}), "limits.working")


@pytest.mark.hazard("H-34")
@pytest.mark.parametrize("indication", BOTH)
def test_no_latency_no_regenerate_and_no_time_in_frame(indication: str) -> None:
    """The same entries as an osteotomy: 10 mm distracted after 2 days of rest, with an index."""
    keys: dict[str, Any] = {"bone": {"diameter_mm": 28}, "index_days_per_cm": 45, "limits": {"mm_per_day": 0.25}}
    stages = [
        {"name": "rest", "hold_days": 2},
        {"name": "away", "transport": {"distal_mm": 10}},
        {"name": "end", "hold_days": 2},
    ]
    cut = plan_of("right", "proximal", stages=stages, **keys)
    assert {"latency.short", "frame.time"} <= {finding.code for finding in cut.findings}
    assert cut.levels[0].last.regenerate_mm == pytest.approx(10.0)
    plan = plan_of("right", "proximal", stages=stages, indication=indication, **keys)
    codes = {finding.code for finding in plan.findings}
    assert codes == {"limits.working", "index.unused"}
    assert all(row.regenerate_mm is None for row in plan.levels[0].rows)
    assert plan.levels[0].expected_days_in_frame is None
    (unused,) = of(plan, "index.unused")
    assert "45 days/cm" in unused.message
    assert (unused.value, unused.unit) == (45, "days/cm")


@pytest.mark.hazard("H-07")
def test_slowness_is_told_of_an_osteotomy_only() -> None:
    keys: dict[str, Any] = {"deformity": {"short_mm": 2}, "stages": [{"name": "s", "correct_to": {}, "days": 10}]}
    assert of(plan_of("right", "proximal", **keys), "rate.low")
    for indication in BOTH:
        assert not of(plan_of("right", "proximal", indication=indication, **keys), "rate.low")


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize(
    ("indication", "deformity", "days"),
    [
        ("osteotomy", {"short_mm": 15}, 15),
        ("fracture", {"short_mm": 15}, 3),
        ("fracture", {"short_mm": 15.01}, 4),
        ("fracture", {"external_rotation_deg": 12}, 3),
        ("joint", {"short_mm": 15}, 15),
        ("joint", {"external_rotation_deg": 12}, 6),
    ],
)
def test_the_days_that_a_stage_takes_where_no_limits_are_given(
    indication: str, deformity: dict[str, float], days: int
) -> None:
    """5 mm and 4 deg a day at a fracture, 1 mm and 2 deg at the others."""
    assert plan_of("left", "proximal", deformity=deformity, indication=indication).levels[0].last.day == days


@pytest.mark.hazard("H-12")
@pytest.mark.parametrize("indication", ["osteotomy", "fracture", "joint"])
def test_the_limit_of_a_structure_holds_in_all(indication: str) -> None:
    nerve = NERVE | {"limit_mm_per_day": 0.5}
    keys: dict[str, Any] = {"structures_at_risk": [nerve], "indication": indication, "deformity": {"medial_mm": 5}}
    assert plan_of("right", "proximal", **keys).levels[0].last.day == 10
    fixed = plan_of("right", "proximal", stages=[{"name": "s", "correct_to": {}, "days": 9}], **keys)
    assert [finding.limit for finding in of(fixed, "rate.above_limit")] == [0.5]


@pytest.mark.hazard("H-23")
def test_the_rim_of_a_joint_is_not_tracked_and_a_rotation_without_a_structure_is_told() -> None:
    keys: dict[str, Any] = {"deformity": {"external_rotation_deg": 10}, "bone": {"diameter_mm": 30}}
    for indication, points in (("osteotomy", 9), ("fracture", 9), ("joint", 1)):
        plan = plan_of("right", "proximal", indication=indication, **keys)
        assert len(plan.levels[0].setup.tracked.names) == points
        assert bool(of(plan, "rate.unjudged")) == (indication == "joint")
    (told,) = of(plan, "rate.unjudged")
    assert "Enter the nerve, vessel or skin that this rotation stretches most." in told.message
    assert not of(plan_of("right", "proximal", indication="joint", **keys, structures_at_risk=[NERVE]), "rate.unjudged")


@pytest.mark.hazard("H-11")
@pytest.mark.parametrize("reference", REFERENCES)
def test_the_ends_of_a_fracture_catch_where_they_really_are(reference: str) -> None:
    """30 mm sideways the ends of a bone of 26 mm lie beside each other, 15 mm overlapped: drawn straight home they
    meet edge on; drawn to length first they do not.  Of an osteotomy made so the ends touch all the way."""
    keys: dict[str, Any] = {"deformity": {"medial_mm": 30, "short_mm": 15}, "bone": {"diameter_mm": 26}}
    straight = plan_of("right", reference, indication="fracture", **keys)
    (told,) = of(straight, "bone.overlap")
    # Straight home the last (30 - 26) / 30 of the way sideways is passed with 26 / 30 of the overlap still there.
    assert told.value == pytest.approx(15.0 * 26.0 / 30.0, abs=0.4)
    assert "The template distract-then-correct with gap_mm 0 avoids it." in told.message
    first = {"name": "distract", "correct_to": {"medial_mm": 30}}
    staged = plan_of(
        "right", reference, indication="fracture", stages=[first, {"name": "reduce", "correct_to": {}}], **keys
    )
    assert not of(staged, "bone.overlap")


@pytest.mark.hazard("H-11")
def test_ends_that_overlap_on_day_0_are_judged_by_how_much_deeper_they_come() -> None:
    """5 mm sideways and 15 mm short the ends of a broken bone stand in each other already, because it broke obliquely."""
    keys: dict[str, Any] = {"deformity": {"medial_mm": 5, "short_mm": 15}, "bone": {"diameter_mm": 26}}
    assert not of(plan_of("right", "proximal", indication="fracture", **keys), "bone.overlap")
    deeper = [{"name": "press", "transport": {"proximal_mm": 4}}]
    (told,) = of(plan_of("right", "proximal", indication="fracture", stages=deeper, **keys), "bone.overlap")
    assert told.value == pytest.approx(4.0, abs=1e-9)
    assert "4.0 mm more than before" in told.message
    # Once reduced, the ends are pressed into each other as those of an osteotomy are.
    again = [{"name": "reduce", "correct_to": {}}, {"name": "press", "transport": {"proximal_mm": 4}}]
    (told,) = of(plan_of("right", "proximal", indication="fracture", stages=again, **keys), "bone.overlap")
    assert told.value == pytest.approx(4.0, abs=0.01)
    joint = plan_of("right", "proximal", indication="joint", stages=deeper, **keys)
    assert not of(joint, "bone.overlap")


def test_a_defect_of_a_fracture_is_counted_from_day_0() -> None:
    """20 mm are missing between the ends on day 0, where the bone is 15 mm short: 35 mm when it has its length."""
    bone = {"diameter_mm": 26, "gap_mm": 20}
    plan = plan_of("right", "proximal", indication="fracture", deformity={"short_mm": 15}, bone=bone)
    from hexapod.trajectory.gaps import gap_mm

    gap = gap_mm(plan.levels[0].course)
    assert gap is not None
    assert (gap[0], gap[-1]) == (pytest.approx(20.0), pytest.approx(35.0))
    height, lean = plan.levels[0].reference_end or (None, None)
    assert height == pytest.approx(35.0)  # the reference end: so far above the corrected place of the other
    assert lean is not None
    assert not lean.any()


@pytest.mark.hazard("H-29")
def test_hexapods_together_are_judged_by_the_most_delicate_of_them() -> None:
    def both(first: str, second: str) -> Any:
        """2 and 1.5 mm shorter on the same day."""
        case = case_of("right", "proximal", deformity={"long_mm": 2}, indication=first, limits=FREE)
        lower = case_of("right", "proximal", deformity={"long_mm": 1.5}, indication=second, limits=FREE)["levels"][0]
        case["levels"].append(lower | {"name": "lower", "mounting": {"proximal_mm": 200}})
        for level in case["levels"]:
            level["stages"] = [{"name": "s", "correct_to": {}, "days": 1}]
        return hexapod.make_plan(hexapod.read_case(case))

    assert not of(both("fracture", "fracture"), "rate.combined")
    (told,) = [one for one in of(both("fracture", "joint"), "rate.too_fast") if "together" in one.message]
    assert (told.value, told.limit) == (pytest.approx(3.5), 3.0)


@pytest.mark.hazard("H-13")
def test_an_osteotomy_need_not_be_named_and_plans_alike(root: Path) -> None:
    for name in ("tibia_varus", "foot_ankle"):
        document = json.loads((root / "sample_cases" / f"{name}.json").read_text("utf-8"))
        bare = hexapod.make_plan(hexapod.read_case(document))
        document["levels"][0]["indication"] = "osteotomy"
        named = hexapod.make_plan(hexapod.read_case(document))
        assert isinstance(bare, Plan)
        assert bare.findings == named.findings
        assert [row.settings_mm for row in bare.levels[0].rows] == [row.settings_mm for row in named.levels[0].rows]
        assert bare.case.sha256 != named.case.sha256


def test_another_word_is_refused_with_what_to_type() -> None:
    case = case_of("right", "proximal", indication="Fracture")
    with pytest.raises(hexapod.CaseError, match=r"levels\[0\]\.indication.*osteotomy.*fracture.*joint"):
        hexapod.read_case(case)


@pytest.mark.hazard("H-07")
def test_the_forearm_of_a_child_is_slow_where_it_is_lengthened() -> None:
    for indication, told in (("osteotomy", True), ("fracture", False), ("joint", False)):
        case = case_of("right", "proximal", deformity={"short_mm": 6}, indication=indication)
        case["limb"] = {"side": "right", "bone": "forearm", "child": True}
        plan = hexapod.make_plan(hexapod.read_case(case))
        assert bool(of(plan, "rate.child")) == told

"""Many plans at once: signs by literal facts, every reading that of make_plan, and what is not planned."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.deformity.pose import deformity_numbers, deformity_poses, ring_mounts
from hexapod.deformity.quantities import DEFORMITY, MOUNTING, signed_numbers, words_of
from hexapod.errors import HexapodError
from hexapod.plan.plan_outcomes import Outcomes, plan_outcomes
from tests.laws.builder import case_of, construct_of

SAMPLES = Path(__file__).parents[2] / "sample_cases"
# Readings are multiples of a graduation: equal ones differ by rounding of one product (mm).
SAME_MM = 1e-9
# The pose of the rounded end by other sums (mm; rotation matrices have no unit).
SAME_POSE = 1e-9


def left(outcomes: Outcomes, side: str, deformity: dict[str, float], mounting: dict[str, float]) -> dict[str, float]:
    """What the first plan leaves in words when this is how bone and ring really stood."""
    T_ref_ring = ring_mounts([signed_numbers(mounting, MOUNTING)], side)
    T_ref_mov = deformity_poses([signed_numbers(deformity, DEFORMITY)], side, "proximal")
    numbers, beyond = deformity_numbers(outcomes.bone_left(T_ref_ring, T_ref_mov)[:1], side, "proximal")
    assert not beyond.any()
    return {word: size for word, size in words_of(numbers[0], DEFORMITY).items() if size > 1e-3}


def of(side: str, at: str = "start", **keys: Any) -> Outcomes:
    """A plan on marks so fine (0.0001 mm) that rounding does not show."""
    return plan_outcomes(hexapod.read_case(case_of(side, "proximal", at=at, graduation=1e-4, **keys)))


@pytest.mark.hazard("H-06")
@pytest.mark.parametrize("at", ["start", "end"])
@pytest.mark.parametrize("side", ["right", "left"])
def test_a_ring_more_proximal_than_entered_leaves_the_fragment_lateral(side: str, at: str) -> None:
    """10 deg varus about a point 5 mm too high: 5 sin 10 deg = 0.868 mm aside and 5 (1 - cos 10 deg) = 0.076 short."""
    found = left(of(side, at, deformity={"varus_deg": 10}), side, {"varus_deg": 10}, {"proximal_mm": 5})
    assert found == pytest.approx({"lateral_mm": 0.8682, "short_mm": 0.0760}, abs=2e-4)


@pytest.mark.hazard("H-06")
@pytest.mark.parametrize("side", ["right", "left"])
def test_a_ring_that_really_tilts_posterior_sends_a_lengthening_forwards(side: str) -> None:
    """40 sin 5 deg = 3.486 mm forwards, and 40 (1 - cos 5 deg) = 0.152 mm too short of the 40."""
    distract = {"name": "lengthen", "transport": {"distal_mm": 40}}
    found = left(of(side, stages=[distract]), side, {}, {"leans_posterior_deg": 5})
    assert found == pytest.approx({"anterior_mm": 3.4862, "long_mm": 39.8478}, abs=2e-4)


@pytest.mark.hazard("H-06")
@pytest.mark.parametrize("side", ["right", "left"])
def test_what_was_read_too_small_is_left(side: str) -> None:
    found = left(of(side, deformity={"varus_deg": 10}), side, {"varus_deg": 12}, {})
    assert found == pytest.approx({"varus_deg": 2.0}, abs=1e-3)
    found = left(of(side, deformity={"short_mm": 10}), side, {"short_mm": 13, "medial_mm": 2}, {})
    assert found == pytest.approx({"short_mm": 3.0, "medial_mm": 2.0}, abs=1e-3)


def test_days_follow_the_way() -> None:
    """15 mm at 1 mm a day are 15 days, 15.2 mm are 16; rings parallel stay so, all struts alike."""
    case = hexapod.read_case(case_of("right", "proximal", deformity={"short_mm": 15}))
    shortening = [signed_numbers({"short_mm": mm}, DEFORMITY) for mm in (15.0, 15.2, 0.0)]
    outcomes = plan_outcomes(case, shortening, evenings=True)
    assert outcomes.days is not None
    assert outcomes.days.tolist() == [15, 16, 1]
    assert outcomes.settings_mm is not None
    assert outcomes.settings_mm.shape == (3, 17, 6)
    assert np.isnan(outcomes.settings_mm[0, 16]).all()
    assert (outcomes.settings_mm[2, :2] == 150.0).all()
    assert (outcomes.end_settings_mm[0] == outcomes.settings_mm[0, 15]).all()
    assert len(set(outcomes.end_settings_mm[0].tolist())) == 1


def drawn(random: np.random.Generator) -> tuple[dict[str, Any], dict[str, Any]]:
    """A random case, and the same with other numbers."""

    def words(pairs: Any, sizes: list[float]) -> dict[str, float]:
        return words_of((random.uniform(-1.0, 1.0, 6) * sizes).round(2), pairs)

    side, reference = str(random.choice(["right", "left"])), str(random.choice(["proximal", "distal"]))
    stages = [
        {"name": "wait", "hold_days": 3},
        {"name": "lengthen", "transport": {"distal_mm": 6.5, "medial_mm": 1}, "limits": {"mm_per_day": 0.75}},
        {"name": "turn", "correct_to": {"keep": ["length", "translation"]}, "meant": True},
        {"name": "partly", "correct_to": {"varus_deg": 2, "keep": ["rotation"]}, "days": 12, "meant": True},
        {"name": "slowly", "correct_to": {"short_mm": 1}, "limits": {"deg_per_day": 0.7}, "meant": True},
        {"name": "rest", "hold_days": 2},
    ]
    taken = [stage for stage in stages if random.random() < 0.5] or [stages[-1]]
    more: dict[str, Any] = {"adjustments_per_day": int(random.integers(1, 4))}
    if random.random() < 0.5:
        more["bone"] = {"diameter_mm": 28, "osteotomy": {"distal_mm": 10}}
        nerve = {"name": "nerve", "at": {"lateral_mm": 35, "posterior_mm": 20}, "limit_mm_per_day": 0.8}
        more["structures_at_risk"] = [nerve]
    case = case_of(side, reference, at=str(random.choice(["start", "end"])), stages=taken, **more)
    other = json.loads(json.dumps(case))
    for one in (case, other):
        one["levels"][0]["mounting"] = words(MOUNTING, [15, 15, 80, 15, 5, 5])
        one["levels"][0]["deformity"] = words(DEFORMITY, [9, 9, 9, 6, 6, 8])
        one["levels"][0]["frame"]["settings_mm"] = (150 + random.uniform(-6, 6, 6)).round(1).tolist()
        one["levels"][0]["frame"]["struts"] = [{"min_mm": 50, "max_mm": 400, "graduation_mm": g} for g in (1, 0.25) * 3]
    return case, other


def check_as_planned(cases: list[dict[str, Any]], level: int = 0) -> int:
    """Each of these, which differ in their entries only, has the settings of its plan; how many have a plan."""
    read = [hexapod.read_case(case) for case in cases]
    entries = [case.levels[level] for case in read]
    numbers = (
        [signed_numbers(entered.deformity_words, DEFORMITY) for entered in entries],
        [signed_numbers(entered.mounting_words, MOUNTING) for entered in entries],
        [entered.frame.settings_mm for entered in entries],
    )
    every = plan_outcomes(read[0], *numbers, level=level, evenings=True)
    end = plan_outcomes(read[0], *numbers, level=level)
    assert every.days is not None
    assert every.settings_mm is not None
    planned = 0
    for k, case in enumerate(read):
        plan = hexapod.make_plan(case)
        if not plan.levels:
            continue
        planned += 1
        rows = plan.levels[level].rows
        settings = np.array([row.settings_mm for row in rows])
        assert every.planned[k]
        assert every.days[k] == rows[-1].day
        assert np.abs(every.settings_mm[k, : len(rows)] - settings).max() < SAME_MM
        assert np.isnan(every.settings_mm[k, len(rows) :]).all()
        for found in (every, end):
            assert np.abs(found.start_settings_mm[k] - settings[0]).max() < SAME_MM
            assert np.abs(found.end_settings_mm[k] - settings[-1]).max() < SAME_MM
            assert np.abs(found.T_ref_mov_end[k] - rows[-1].pose_rounded).max() < SAME_POSE
    return planned


@pytest.mark.hazard("H-17")
@pytest.mark.some(6)
@pytest.mark.parametrize("seed", range(60))
def test_every_setting_is_that_of_make_plan(seed: int) -> None:
    check_as_planned(list(drawn(np.random.default_rng(seed))))


def test_most_random_cases_have_a_plan() -> None:
    """So that the test above compares something."""
    assert sum(check_as_planned(list(drawn(np.random.default_rng(seed)))) for seed in range(100, 105)) >= 4


@pytest.mark.some(3)
@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.json")))
def test_the_sample_cases(name: str) -> None:
    """With exchanges, several hexapods, a chronic frame, and one that compensates."""
    value = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    for level, entered in enumerate(value["levels"]):
        entered.pop("measured_with", None)
        others = [json.loads(json.dumps(value)) for _ in range(2)]
        for sign, other in zip((1.0, -1.0), others, strict=True):
            numbers = signed_numbers(entered.get("deformity", {}), DEFORMITY)
            other["levels"][level]["deformity"] = words_of(np.array(numbers) + sign * 0.7, DEFORMITY)
        check_as_planned([value, *others], level)


def test_a_hexapod_that_compensates_for_another() -> None:
    case = construct_of({}, {}, deformity={"varus_deg": 6, "short_mm": 8})
    other = json.loads(json.dumps(case))
    other["levels"][1] |= {"deformity": {"valgus_deg": 2, "long_mm": 3}, "mounting": {"proximal_mm": 40}}
    assert check_as_planned([case, other], 1) == 2


def test_one_that_goes_on_from_an_earlier_plan() -> None:
    """Its course starts a little off where it is."""
    case = case_of("left", "distal", deformity={"varus_deg": 6, "short_mm": 8})
    case["levels"][0]["course_from"] = {"varus_deg": 6.3, "short_mm": 8.4}
    for at in ("start", "end"):
        case["levels"][0]["frame"]["settings_at"] = at
        assert check_as_planned([case]) == 1


def test_the_pose_of_readings_is_the_frames_own() -> None:
    """Also far from the first, where the batch could leap to another pose with the same lengths."""
    case = hexapod.read_case(case_of("right", "proximal"))
    settings = np.random.default_rng(5).uniform(110, 200, (40, 6)).round()
    found = plan_outcomes(case, settings=settings)
    ring = hexapod.load_catalogue().ring("generic-full-180")
    for k in np.flatnonzero(found.planned):
        own = hexapod.own_pose(ring.proximal_joints_mm, ring.distal_joints_mm, settings[k])
        assert np.abs(found.T_ring_mring_start[k] - own).max() < SAME_POSE
    assert found.planned.sum() >= 20


def test_what_is_not_planned() -> None:
    case = hexapod.read_case(case_of("right", "proximal", deformity={"varus_deg": 5}))
    wild = [[85, 0, 0, 0, 0, 0], [0, 0, 180, 0, 0, 0], [-5, 0, 0, 0, 0, 0]]
    assert plan_outcomes(case, wild).planned.tolist() == [False, False, True]
    slow = hexapod.read_case(case_of("right", "proximal", limits={"mm_per_day": 0.1}))
    long = [[0, 0, 0, 0, 0, 60], [0, 0, 0, 0, 0, 90]]
    found = plan_outcomes(slow, long, evenings=True)
    assert found.planned.tolist() == [True, False]
    assert np.isnan(found.end_settings_mm[1]).all()
    apart = plan_outcomes(case, settings=[[150.0] * 6, [50, 50, 50, 300, 300, 50]])
    assert apart.planned.tolist() == [True, False]


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"deformities": [[0, 0, 0]]}, "six in a row"),
        ({"mountings": [[np.nan] * 6]}, "finite"),
        ({"deformities": np.zeros((2, 6)), "mountings": np.zeros((3, 6))}, "as many rows"),
        ({"settings": "150"}, "numbers"),
        ({"level": 1}, "hexapod 2"),
    ],
)
def test_arrays_of_another_form_are_refused(keys: dict[str, Any], why: str) -> None:
    with pytest.raises(HexapodError, match=why):
        plan_outcomes(hexapod.read_case(case_of("right", "proximal")), **keys)

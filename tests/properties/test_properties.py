"""Properties over random frames, poses and cases."""

import copy
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import hexapod
from hexapod.case.model import Case
from hexapod.deformity.pose import deformity_pose, deformity_words
from hexapod.deformity.quantities import Fragment, Side
from hexapod.geometry.transforms import pose, rotation_from_vector, turn_angle
from hexapod.kinematics.inverse import condition, jacobian

ROOT = Path(__file__).resolve().parents[2]
PLAIN = json.loads((ROOT / "tests" / "data" / "plain_case.json").read_text("utf-8"))
DIAMETERS = (80, 105, 130, 155, 180, 205, 230)
LENGTH_MM, POSITION_MM, TURN_RAD = 1e-9, 1e-9, 1e-10  # the promise of conventions section 7
WORDS = 1e-9  # the promise of conventions section 3

unit = st.floats(-1.0, 1.0)
sides = st.sampled_from(["left", "right"])
references = st.sampled_from(["proximal", "distal"])


def ring(diameter: int, end: str) -> Any:
    found = hexapod.load_catalogue().ring(f"generic-full-{diameter}")
    return found.proximal_joints_mm if end == "proximal" else found.distal_joints_mm


@given(
    st.sampled_from(DIAMETERS), st.sampled_from(DIAMETERS), st.floats(100, 220),
    st.tuples(unit, unit, unit), st.tuples(unit, unit, unit), st.floats(0, 35),
)  # fmt: skip
def test_pose_to_lengths_to_pose(
    proximal: int, distal: int, height: float, shift: tuple[float, ...], axis: tuple[float, ...], angle: float
) -> None:
    assume(np.linalg.norm(axis) > 0.1)
    P, D = ring(proximal, "proximal"), ring(distal, "distal")
    neutral = pose(np.eye(3), [0, 0, -height])
    turn = np.array(axis) / np.linalg.norm(axis) * math.radians(angle)
    steps = np.linspace(0, 1, 41)
    way = pose(rotation_from_vector(steps[:, None] * turn), neutral[:3, 3] + steps[:, None] * 40.0 * np.array(shift))
    # as far as the frame gets there from neutral without passing a singular position
    assume((np.linalg.det(jacobian(P, D, way)) * np.linalg.det(jacobian(P, D, neutral)) > 0).all())
    assume(condition(P, D, way).max() < 100)
    T = way[-1]
    lengths = hexapod.strut_lengths(P, D, T)
    for found in (hexapod.ring_pose(P, D, lengths, near=neutral), hexapod.own_pose(P, D, lengths)):
        assert abs(hexapod.strut_lengths(P, D, found) - lengths).max() < LENGTH_MM
        assert abs(found[:3, 3] - T[:3, 3]).max() < POSITION_MM
        assert turn_angle(found[:3, :3] @ T[:3, :3].T) < TURN_RAD


@given(st.tuples(*[st.floats(20, 400)] * 6))
def test_any_lengths_give_a_pose_that_fits_or_an_error_of_ours(lengths: tuple[float, ...]) -> None:
    P, D = ring(180, "proximal"), ring(155, "distal")
    try:
        T = hexapod.own_pose(P, D, lengths)
    except hexapod.NoPose as error:
        assert error.worst_strut in range(1, 7)
        assert f"Strut {error.worst_strut}" in str(error)
    else:
        assert abs(hexapod.strut_lengths(P, D, T) - lengths).max() < LENGTH_MM


@given(sides, references, st.tuples(st.floats(-79.9, 79.9), st.floats(-79.9, 79.9), st.floats(-179.9, 179.9)),
       st.tuples(*[st.floats(-1000, 1000)] * 3))  # fmt: skip
def test_words_to_pose_to_words(
    side: Side, reference: Fragment, angles: tuple[float, float, float], shifts: tuple[float, float, float]
) -> None:
    names = (("valgus_deg", "varus_deg"), ("apex_anterior_deg", "apex_posterior_deg"),
             ("internal_rotation_deg", "external_rotation_deg"), ("lateral_mm", "medial_mm"),
             ("posterior_mm", "anterior_mm"), ("short_mm", "long_mm"))  # fmt: skip
    words = {
        pair[value < 0]: abs(value) for pair, value in zip(names, (*angles, *shifts), strict=True) if abs(value) > 1e-6
    }
    again = deformity_words(deformity_pose(words, side, reference), side, reference)
    assert again.keys() == words.keys()
    for word, size in words.items():
        assert again[word] == pytest.approx(size, abs=WORDS)


def changed(value: Any, place: list[Any], new: Any) -> Any:
    """A deep copy of a JSON value with one place replaced."""
    value = copy.deepcopy(value)
    inside = value
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = new
    return value


def places(value: Any, here: tuple[Any, ...] = ()) -> list[list[Any]]:
    found = [list(here)] if here else []
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found += places(value[key], (*here, key))
    return found


json_values = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8), st.just([]), st.just({}), st.lists(st.integers(), max_size=7),
)  # fmt: skip


@given(st.sampled_from(places(PLAIN)), json_values)
def test_every_file_loads_to_an_equal_case_or_is_refused_by_an_error_of_ours(place: list[Any], new: Any) -> None:
    raw = json.dumps(changed(PLAIN, place, new)).encode()
    try:
        case = hexapod.parse_case(raw)
    except hexapod.CaseError as error:
        assert str(error)
        return
    assert isinstance(case, Case)
    assert hexapod.read_case(case.document) == case
    try:
        plan = hexapod.make_plan(case)
    except hexapod.CaseError:
        return
    assert (plan.verdict == "refused") == (not any(level.rows for level in plan.levels))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_an_error_of_ours(raw: bytes) -> None:
    with pytest.raises(hexapod.CaseError):
        hexapod.parse_case(raw)


def small(pairs: tuple[tuple[str, str], ...], most: float) -> Any:
    """Words of some pairs with sizes up to `most`."""
    one = [st.one_of(st.just({}), st.sampled_from(pair).flatmap(lambda w: st.floats(0, most).map(lambda x: {w: x})))
           for pair in pairs]  # fmt: skip
    return st.tuples(*one).map(lambda parts: {word: size for part in parts for word, size in part.items()})


ANGLES = (("varus_deg", "valgus_deg"), ("apex_anterior_deg", "apex_posterior_deg"),
          ("internal_rotation_deg", "external_rotation_deg"))  # fmt: skip
SHIFTS = (("medial_mm", "lateral_mm"), ("anterior_mm", "posterior_mm"), ("short_mm", "long_mm"))
DIRECTIONS = (*SHIFTS[:2], ("proximal_mm", "distal_mm"))


@st.composite
def cases(draw: Any) -> dict[str, Any]:
    case = copy.deepcopy(PLAIN)
    level = case["levels"][0]
    case["limb"]["side"] = draw(sides)
    level["reference"] = draw(references)
    level["frame"]["settings_at"] = draw(st.sampled_from(["start", "end"]))
    grain = draw(st.sampled_from([0.25, 0.5, 1.0]))
    level["frame"]["struts"] = [{"min_mm": 60, "max_mm": 300, "graduation_mm": grain}] * 6
    level["frame"]["settings_mm"] = [150 + draw(st.integers(-15, 15)) for _ in range(6)]
    level["deformity"] = draw(small(ANGLES, 15)) | draw(small(SHIFTS, 15))
    level["adjustments_per_day"] = draw(st.integers(1, 4))
    stages = st.one_of(
        st.integers(1, 5).map(lambda days: {"name": "hold", "hold_days": days}),
        st.tuples(small(ANGLES, 10), small(SHIFTS, 10)).map(lambda w: {"name": "c", "correct_to": w[0] | w[1]}),
        small(DIRECTIONS, 10).map(lambda words: {"name": "move", "transport": words}),
    )
    level["stages"] = draw(st.lists(stages, min_size=1, max_size=3))
    return case


@pytest.mark.hazard("H-17")
@given(cases())
def test_no_setting_is_more_than_half_a_graduation_off(case: dict[str, Any]) -> None:
    plan = hexapod.make_plan(hexapod.read_case(case))
    assume(plan.verdict != "refused")
    grain = case["levels"][0]["frame"]["struts"][0]["graduation_mm"]
    for row in plan.levels[0].rows:
        for setting, length in zip(row.settings_mm, row.lengths_mm, strict=True):
            assert abs(setting - length) <= grain / 2 + 1e-7 * grain
        if row.day:
            assert len(row.doses_mm) == case["levels"][0]["adjustments_per_day"]
            assert row.doses_mm[-1] == row.settings_mm


@given(cases())
def test_same_case_same_plan(case: dict[str, Any]) -> None:
    first, second = (hexapod.make_plan(hexapod.read_case(copy.deepcopy(case))) for _ in range(2))
    assert [[row.lengths_mm for row in level.rows] for level in first.levels] == [
        [row.lengths_mm for row in level.rows] for level in second.levels
    ]
    assert first.findings == second.findings


@given(cases())
def test_the_readings_of_any_evening_mean_the_pose_of_that_evening(case: dict[str, Any]) -> None:
    from hexapod.follow_up.compare_with_plan import pose_now

    parsed = hexapod.read_case(case)
    plan = hexapod.make_plan(parsed)
    assume(plan.verdict != "refused")
    rows = plan.levels[0].rows
    for row in rows[:: max(1, len(rows) // 3)]:
        now = pose_now(parsed, 0, row.settings_mm)
        assert now.T_ref_mov is not None
        assert abs(now.T_ref_mov - row.pose_rounded).max() < 1e-8

"""H-09: clearances and leans of whole frames, each check on both sides of its limit."""

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.checks import limits
from hexapod.checks.clearances import Clearance, ClearanceTable, check_clearance, clearances
from hexapod.checks.collision_bodies import bodies_of, motion_bounds
from hexapod.checks.struts import check_strut_angle, strut_angles
from hexapod.geometry.transforms import Array, transform_points
from hexapod.hardware.catalogue import load_catalogue
from hexapod.trajectory.bone_trajectory import Course, bone_course
from hexapod.trajectory.frame_trajectory import FrameCourse, fit_frame, ring_course
from hexapod.trajectory.level_setup import set_up

Words = dict[str, float]
Girth = tuple[float, float] | None
HOLD: dict[str, Any] = {"name": "hold", "hold_days": 3}


def case_of(
    *stages: dict[str, Any], reference: str = "proximal", settings: float = 150, struts: Any = None, **keys: Any
) -> dict[str, Any]:
    """A right tibia in frame F of the hand numbers: two generic-full-180 rings, all struts equal at the start.

    With 150 mm struts the mid planes are 142.386 mm apart: joints at radius 100, 51.398 deg apart, so 86.734 mm sideways;
    sqrt(150^2 - 86.734^2) = 122.386, and twice 10 for the joints' distance from the mid planes.
    """
    away = {"proximal": "proximal_mm", "distal": "distal_mm"}[reference]
    level = {
        "name": "level",
        "reference": reference,
        "frame": {
            "proximal_ring": {"model": "generic-full-180"},
            "distal_ring": {"model": "generic-full-180"},
            "struts": struts or ["generic-medium"] * 6,
            "settings_mm": [settings] * 6,
            "settings_at": "start",
        },
        "mounting": {away: 60},
        "bone": {"diameter_mm": 28},
        "stages": [dict(stage) for stage in stages or (HOLD,)],
    }
    limb = {"side": "right", "bone": "tibia"}
    return {
        "format": "hexapod-case/1",
        "id": "c",
        "limb": limb,
        "start_date": "2026-03-02",
        "levels": [{**level, **keys}],
    }


def move(days: int, **words: float) -> dict[str, Any]:
    return {"name": f"to {words}", "correct_to": words, "days": days}


def frame_of(case: dict[str, Any], girth: Girth = None) -> FrameCourse:
    """The frame of the first level, whose limb has this girth and no other."""
    case = copy.deepcopy(case)
    case["levels"][0].pop("limb_girth_mm", None)
    if girth is not None:
        case["levels"][0]["limb_girth_mm"] = {"proximal": girth[0], "distal": girth[1]}
    return fit_frame(bone_course(set_up(hexapod.read_case(case), 0, load_catalogue())))


def poses_at(course: Course) -> Callable[[Array], Array]:
    """The true motion: every stage's own path, at times in days."""

    def at(times: Array) -> Array:
        T = np.empty((len(times), 4, 4))
        for part in course.stages:
            inside = (times >= part.first_day) & (times <= part.last_day)
            share = (times[inside] - part.first_day) / part.days
            T[inside] = part.path.T_start if part.holds else part.path.poses(share)
        return T

    return at


def table_of(case: dict[str, Any], girth: Girth = None) -> tuple[FrameCourse, ClearanceTable]:
    frame = frame_of(case, girth)
    return frame, clearances(frame, poses_at(frame.course))


def least_of(table: ClearanceTable, kind: str) -> Clearance:
    return min((row for row in table.pairs if row.kind == kind), key=lambda row: row.distance_mm)


def codes(case: dict[str, Any], girth: Girth = None) -> set[str]:
    frame, table = table_of(case, girth)
    return {finding.code for finding in check_clearance(table, frame.setup)}


def round_the(radius_mm: float) -> float:
    return 2.0 * math.pi * radius_mm


# --- the table -------------------------------------------------------------------------------------------------------


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_a_frame_at_rest_by_hand(reference: str) -> None:
    _, table = table_of(case_of(reference=reference), (round_the(60), round_the(50)))
    assert len(table.pairs) == 15 + 6 + 6 + 2 + 1
    assert {(row.time_days, row.day) for row in table.pairs} == {(0.0, 0)}
    found = {row.pair: row.distance_mm for row in table.pairs}
    # Two struts of a proximal tab (1 and 2) and of a distal one (2 and 3) part from joints 15 mm apart, 12 mm thick.
    assert found["struts 1 and 2"] == pytest.approx(3.0)
    assert found["struts 2 and 3"] == pytest.approx(3.0)
    # A strut is nearest to the axis in its middle: sqrt(100^2 - 43.367^2) = 90.1086, less 6 and 14.
    assert [found[f"strut {k} and the bone"] for k in range(1, 7)] == pytest.approx([70.1086] * 6, abs=1e-4)
    assert found["the proximal ring and the limb"] == pytest.approx(30.0)
    # At the narrower end the limb grows by 10 / 142.386 a mm towards the other ring: (90 - 50 - 0.28093) cos 4.0174 deg.
    assert found["the distal ring and the limb"] == pytest.approx(39.6215, abs=1e-4)
    assert found["the two rings"] == pytest.approx(134.3857, abs=1e-4)
    # A limb of one girth: 90.1086 - 55 - 6.
    _, even = table_of(case_of(reference=reference), (round_the(55), round_the(55)))
    assert least_of(even, "strut_limb").distance_mm == pytest.approx(29.1086, abs=1e-4)


@pytest.mark.hazard("H-09")
def test_which_ring_has_which_girth() -> None:
    # Moving distal of the proximal reference, moving proximal of the distal one: the girths stay with their rings.
    for reference in ("proximal", "distal"):
        _, table = table_of(case_of(reference=reference), (round_the(70), round_the(30)))
        found = {row.pair: row.distance_mm for row in table.pairs}
        assert found["the proximal ring and the limb"] == pytest.approx(20.0)
        assert found["the distal ring and the limb"] > 55


@pytest.mark.hazard("H-09")
def test_each_end_of_the_limb_rides_on_its_own_fragment() -> None:
    # The frame is put on a bone whose distal fragment stands 15 mm medial; both rings are coaxial, the proximal ring is
    # centred on the proximal fragment: the distal one then stands 15 mm off the limb.  Both fragments are upright, so
    # the limb leans by 15 in 142.386, and the distal ring is nearest at its inner edge's far side.
    case = case_of(HOLD, deformity={"medial_mm": 15})
    _, table = table_of(case, (round_the(40), round_the(40)))
    found = {row.pair: row.distance_mm for row in table.pairs}
    cosine = 142.386 / math.hypot(142.386, 15)
    # Seen along the limb the inner edge is 90 (or 90 - 15) cos, less 4 sin of its height.
    lost = 4 * 15 / math.hypot(142.386, 15)
    assert found["the proximal ring and the limb"] == pytest.approx(90 * cosine - lost - 40, abs=1e-3)
    assert found["the distal ring and the limb"] == pytest.approx(75 * cosine - lost - 40, abs=1e-3)


@pytest.mark.hazard("H-09")
def test_a_least_distance_between_two_evenings() -> None:
    # On day 1 the distal ring is tilted by 10 deg (valgus) about the origin, 82.386 mm above its centre, and shifted 60
    # medial; on day 2 it crosses to 20 lateral.  Its centre stands 82.386 cos 10 = 81.134 below the origin, 141.134
    # below the proximal ring; its high edge 106 sin 10 + 4 cos 10 = 22.346 above that, at x = shift - 14.306 -
    # 103.695.  While that is under the proximal ring's body (shift 12.0 to 28.0) the gap is 141.134 - 22.346 - 4.
    stages = (move(1, valgus_deg=10, medial_mm=60), move(1, valgus_deg=10, lateral_mm=20))
    frame, table = table_of(case_of(*stages))
    gap = (
        60
        + 82.3857 * math.cos(math.radians(10))
        - 106 * math.sin(math.radians(10))
        - 4 * math.cos(math.radians(10))
        - 4
    )
    row = least_of(table, "ring_ring")
    assert gap == pytest.approx(114.788, abs=1e-3)
    assert row.distance_mm == pytest.approx(gap, abs=1e-3)
    assert 1.4 < row.time_days < 1.6
    assert row.day == 2
    bodies = bodies_of(frame)
    number = np.array([[pair.kind for pair in bodies.pairs].index("ring_ring")] * 3)
    assert bodies.distances(frame.T_prox_dist, number).min() > gap + 2.0  # no evening shows it


CROOKED = {"apex_posterior_deg": 8.0, "external_rotation_deg": 26.0, "lateral_mm": 20.0, "anterior_mm": 7.0}
OTHER_WAY = move(2, apex_anterior_deg=5, internal_rotation_deg=35, medial_mm=38, posterior_mm=38)


@pytest.mark.hazard("H-09")
def test_a_caution_that_no_evening_would_raise() -> None:
    girth = (round_the(52.1), round_the(44.2))
    frame, table = table_of(case_of(OTHER_WAY, deformity=CROOKED), girth)
    bodies = bodies_of(frame)
    number = [pair.words for pair in bodies.pairs].index("strut 1 and the limb")
    evenings = bodies.distances(frame.T_prox_dist, np.full(3, number))
    assert evenings.min() > 20.0
    found = [f for f in check_clearance(table, frame.setup) if f.strut == 1 and f.code == "clearance.strut_limb"]
    assert len(found) == 1
    assert found[0].value is not None
    assert found[0].value < 20.0
    assert found[0].day == 2


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_no_moment_is_nearer_than_the_table_says(reference: str) -> None:
    girth = (330.0, 280.0)
    stages = (move(3, varus_deg=14, internal_rotation_deg=20, medial_mm=12), HOLD, OTHER_WAY)
    frame, table = table_of(case_of(*stages, reference=reference, deformity=CROOKED), girth)
    times = np.linspace(0.0, frame.course.days, 4001)
    bodies = bodies_of(frame)
    T = ring_course(frame.setup, poses_at(frame.course)(times), frame.T_mov_mring)
    for number, row in enumerate(table.pairs):
        dense = bodies.distances(T, np.full(len(times), number))
        assert row.distance_mm - 1e-3 <= dense.min(), row
        assert dense.min() <= row.distance_mm + 1e-3, row
        there = bodies.distances(T[[round(row.time_days / frame.course.days * 4000)]], np.array([number]))[0]
        assert there == pytest.approx(row.distance_mm, abs=5e-2)


@pytest.mark.hazard("H-09")
def test_the_spin_of_an_open_ring_counts() -> None:
    # Two 2/3 rings round the axis of a bone that turns by 20 deg in 10 days: the moving ring spins about its own normal.
    case = case_of(move(10), deformity={"external_rotation_deg": 20.0})
    frame = case["levels"][0]["frame"]
    frame["proximal_ring"] = frame["distal_ring"] = {"model": "generic-two-thirds-180"}
    course, table = table_of(case, (330.0, 280.0))
    bodies, times = bodies_of(course), np.linspace(0.0, 10.0, 41)
    T = ring_course(course.setup, poses_at(course.course)(times), course.T_mov_mring)
    number = [pair.kind for pair in bodies.pairs].index("ring_ring")
    dense = bodies.distances(T, np.full(len(times), number))
    assert table.pairs[number].distance_mm - 1e-2 <= dense.min() <= table.pairs[number].distance_mm + 1e-2
    # An end of its body, 106 mm from the axis, goes by 2 deg a day: 3.70 mm.
    fastest = motion_bounds(course, bodies).speed[:, number]
    assert (fastest >= 106 * math.radians(2.0)).all()
    whole = frame_of(case_of(move(10), deformity={"external_rotation_deg": 20.0}))
    assert motion_bounds(whole, bodies_of(whole)).speed[:, -1].max() < 1.0


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_no_joint_moves_faster_than_its_bound(reference: str) -> None:
    stages = (move(2, valgus_deg=20, internal_rotation_deg=25, medial_mm=12), HOLD, OTHER_WAY)
    frame = frame_of(case_of(*stages, reference=reference))
    bodies = bodies_of(frame)
    limit = motion_bounds(frame, bodies)
    kinds = [pair.kind for pair in bodies.pairs]
    pair, rings = kinds.index("strut_strut"), kinds.index("ring_ring")
    joints = frame.setup.joints_mm[1 if reference == "proximal" else 0]
    for day in range(frame.course.days):
        times = day + np.linspace(0.0, 1.0, 401)
        T_ref_mring = poses_at(frame.course)(times) @ frame.T_mov_mring
        places = transform_points(T_ref_mring, joints)
        speed = np.linalg.norm(np.diff(places, axis=0), axis=2).max() * 400
        acceleration = np.linalg.norm(np.diff(places, 2, axis=0), axis=2).max() * 400**2
        assert speed <= limit.speed[day, pair] + 1e-6
        assert acceleration <= limit.acceleration[day, pair] + 1e-4
        # The edge of the ring, 106 mm from its centre, without the ring's spin about its own normal.
        centre, normal = (np.linalg.norm(np.diff(T_ref_mring[:, :3, k], axis=0), axis=1).max() * 400 for k in (3, 2))
        assert centre + 106 * normal <= limit.speed[day, rings] + 1e-6
    slow = frame_of(case_of(move(50, valgus_deg=20), reference=reference))
    bound = motion_bounds(slow, bodies_of(slow)).acceleration[0, pair]
    places = transform_points(slow.course.T_ref_mov[:2] @ slow.T_mov_mring, joints)
    chord = np.linalg.norm(places[1] - places[0], axis=1).max()
    # 0.4 deg a day about the origin; twice what that can give, for each of the two struts.
    assert bound == pytest.approx(2 * 2 * math.radians(0.4) * chord, rel=1e-6)


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_the_fragments_reach_from_the_cut_to_beyond_their_rings(reference: str) -> None:
    # The reference ring is centred 60 mm from the origin, the other 82.3857 on the other side of it; the cut is 10 mm
    # distal of it; no ring or joint lies further than 106 mm from its centre.
    bodies = bodies_of(frame_of(case_of(reference=reference, bone={"diameter_mm": 28, "osteotomy": {"distal_mm": 10}})))
    up, down = (60.0, 82.3857) if reference == "proximal" else (82.3857, 60.0)
    assert bodies.bone_mm is not None
    heights = bodies.bone_mm[:, :, 2]
    assert heights == pytest.approx(np.array([[-up - 10, 106], [down - 10, -106]]), abs=1e-4)
    assert abs(bodies.bone_mm[:, :, :2]).max() < 1e-9


@pytest.mark.hazard("H-09")
def test_holding_does_not_move_the_day_that_is_named() -> None:
    _, table = table_of(case_of(HOLD, move(4, short_mm=8), HOLD))
    assert (least_of(table, "ring_ring").time_days, least_of(table, "ring_ring").day) == (7.0, 7)
    assert least_of(table, "strut_strut").day == 0


@pytest.mark.hazard("H-09")
def test_what_is_not_known_is_left_out_and_told() -> None:
    own = {"min_mm": 50, "max_mm": 400, "graduation_mm": 1}
    struts = ["generic-medium"] * 5 + [own]
    _, table = table_of(case_of(struts=struts, bone=None))
    assert {row.kind for row in table.pairs} == {"strut_strut", "ring_ring"}
    assert all(6 not in row.struts for row in table.pairs)
    assert len(table.pairs) == 10 + 1
    assert table.not_judged == ("strut 6 (body diameter not known)", "bone (not given)", "limb (girth not given)")
    case = case_of(struts=[own] * 6)
    joints = load_catalogue().ring("generic-full-180").distal_joints_mm.tolist()
    case["levels"][0]["frame"]["distal_ring"] = {"joints_mm": joints}
    _, table = table_of(case, (300.0, 300.0))
    assert [row.pair for row in table.pairs] == ["the proximal ring and the limb"]
    assert table.not_judged == ("struts 1, 2, 3, 4, 5, 6 (body diameter not known)", "distal ring (body not known)")


@pytest.mark.hazard("H-09")
def test_nothing_to_judge_is_an_empty_table() -> None:
    own = {"min_mm": 50, "max_mm": 400, "graduation_mm": 1}
    case = case_of(struts=[own] * 6, bone=None)
    frame = case["levels"][0]["frame"]
    for name, joints in (("proximal_ring", "proximal_joints_mm"), ("distal_ring", "distal_joints_mm")):
        frame[name] = {"joints_mm": getattr(load_catalogue().ring("generic-full-180"), joints).tolist()}
    _, table = table_of(case)
    assert table.pairs == ()
    assert len(table.not_judged) == 5


# --- the findings ----------------------------------------------------------------------------------------------------


@pytest.mark.hazard("H-09")
def test_an_ordinary_frame_has_no_finding(case_dict: dict[str, Any]) -> None:
    assert codes(case_of()) == set()
    assert check_strut_angle(frame_of(case_of())) == []
    frame = frame_of(case_dict)
    assert check_clearance(clearances(frame, poses_at(frame.course)), frame.setup) == []
    assert check_strut_angle(frame) == []


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize(("radius_mm", "found"), [(69.99, set()), (70.0, set()), (70.01, {"clearance.ring_limb"})])
def test_ring_to_skin(radius_mm: float, found: set[str]) -> None:
    # 90 - 70 = 20 mm.  Only the proximal ring comes near; the other girth keeps the limb away from the struts.
    assert codes(case_of(), (round_the(radius_mm), round_the(30))) - {"clearance.strut_limb"} == found


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize(("radius_mm", "found"), [(64.10, set()), (64.12, {"clearance.strut_limb"})])
def test_strut_to_skin(radius_mm: float, found: set[str]) -> None:
    # 90.1086 - 6 - 20 = 64.1086 mm
    girth = (round_the(radius_mm), round_the(radius_mm))
    frame, table = table_of(case_of(), girth)
    told = check_clearance(table, frame.setup)
    assert {finding.code for finding in told} == found
    assert [finding.strut for finding in told] == ([1, 2, 3, 4, 5, 6] if found else [])


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize(("diameter_mm", "found"), [(128.2, set()), (128.3, {"clearance.strut_bone"})])
def test_strut_to_bone(diameter_mm: float, found: set[str]) -> None:
    # 90.1086 - 6 - 20 = 64.1086 mm of radius: no bone, but the limit of the check.
    assert codes(case_of(bone={"diameter_mm": diameter_mm})) == found


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize(("short_mm", "found"), [(119.3, set()), (119.5, {"clearance.ring_ring"})])
def test_ring_to_ring(short_mm: float, found: set[str]) -> None:
    # The rings are 134.386 apart and come 15 mm near when the bone is shortened by 119.386.
    case = case_of({"name": "shorten", "transport": {"proximal_mm": short_mm}, "days": 2})
    assert codes(case) & {"clearance.ring_ring"} == found


@pytest.mark.hazard("H-09")
def test_strut_to_strut_on_both_sides() -> None:
    # As one ring turns on the other, the two struts of a tab lean the same way and close in: 2.24 mm at 75 deg.
    assert "clearance.strut_strut" not in codes(case_of(move(10, internal_rotation_deg=75)))
    frame, table = table_of(case_of(move(10, internal_rotation_deg=90)))
    found = [f for f in check_clearance(table, frame.setup) if f.code == "clearance.strut_strut"]
    assert found
    assert all(f.limit == 2.0 and f.value is not None and f.value < 2.0 for f in found)


@pytest.mark.hazard("H-09")
def test_the_limit_itself_is_no_finding_and_not_a_number_is_one() -> None:
    setup = frame_of(case_of()).setup

    def told(distance_mm: float) -> int:
        row = Clearance("struts 1 and 2", "strut_strut", distance_mm, 3.5, 4, (1, 2))
        return len(check_clearance(ClearanceTable((row,), ()), setup))

    assert (told(2.0), told(1.999), told(2.5), told(math.nan)) == (0, 1, 0, 1)


@pytest.mark.hazard("H-09")
def test_a_finding_names_pair_day_distance_and_what_to_do() -> None:
    # Only tilted rings come near a limb of 60 and 68 mm, and the tilt is greatest on the last day.
    frame, table = table_of(case_of(HOLD, move(5, valgus_deg=30)), (round_the(60), round_the(68)))
    (found,) = [f for f in check_clearance(table, frame.setup) if f.code == "clearance.ring_limb"]
    assert (found.verdict, found.level, found.day, found.limit, found.unit) == ("caution", 0, 8, 20.0, "mm")
    assert found.value is not None
    start = (
        f"The distal ring and the limb come within {found.value:.1f} mm of each other on day 8; at least 20 mm should"
    )
    assert found.message.startswith(start)
    assert "larger ring" in found.message
    assert found.bodies == ("distal ring", "limb")
    touching = Clearance("strut 3 and the limb", "strut_limb", -1.5, 0.0, 0, (3,))
    (told,) = check_clearance(ClearanceTable((touching,), ()), frame.setup)
    assert told.message.startswith("Strut 3 and the limb touch or overlap on day 0; at least 20 mm should stay")
    assert told.strut == 3


@pytest.mark.hazard("H-09")
def test_every_pair_names_its_two_bodies_as_its_words_do() -> None:
    _, table = table_of(case_of(HOLD), (round_the(60), round_the(68)))
    told = {pair.pair: pair.bodies for pair in table.pairs}
    assert told["struts 1 and 2"] == ("strut 1", "strut 2")
    assert told["strut 6 and the limb"] == ("strut 6", "limb")
    assert told["the proximal ring and the limb"] == ("proximal ring", "limb")
    assert told["the two rings"] == ("proximal ring", "distal ring")
    assert all(len(set(bodies)) == 2 for bodies in told.values())


@pytest.mark.hazard("H-09")
def test_leans_by_hand() -> None:
    # 86.73 mm sideways on 122.386: atan = 35.32 deg, at both rings.
    frame = frame_of(case_of())
    assert strut_angles(frame) == pytest.approx(np.full((2, 4, 6), 35.3237), abs=1e-3)
    # The distal ring tilted by 10 deg about the axis front to back: no strut leans the same on both rings.
    tilted = strut_angles(frame_of(case_of(move(2, valgus_deg=10))))[:, -1]
    assert abs(tilted[0] - tilted[1]).max() > 5


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize(("short_mm", "struts"), [(72.2, []), (72.5, [1, 2, 3, 4, 5, 6])])
def test_lean_beyond_the_joint(short_mm: float, struts: list[int]) -> None:
    # 86.7316 mm sideways lean 60 deg on a height of 86.7316 / tan 60 = 50.0745 mm: 72.312 mm lower than at the start.
    case = case_of({"name": "shorten", "transport": {"proximal_mm": short_mm}, "days": 3}, HOLD)
    found = [one for one in check_strut_angle(frame_of(case)) if one.code == "strut.lean"]
    assert [finding.strut for finding in found] == struts
    for finding in found:
        assert "its joint allows 60 deg, and below 35 deg against a ring (29.9 here) the frame is less stable" in (
            finding.message
        )
        assert (finding.code, finding.verdict, finding.day, finding.limit, finding.unit) == ("strut.lean", "caution", 3, 60, "deg")  # fmt: skip
        assert finding.value == pytest.approx(60.1, abs=0.1)


@pytest.mark.hazard("H-09")
def test_the_ring_on_which_a_strut_leans_too_far_is_named() -> None:
    # Under a proximal reference the distal ring tilts 35 deg: the struts on the side that opens keep to the proximal
    # ring's normal better than to the distal one's, on the other side it is the other way round.
    frame = frame_of(case_of(move(7, valgus_deg=35)))
    leans = strut_angles(frame)
    found = check_strut_angle(frame)
    assert found
    for finding in found:
        assert finding.strut is not None
        both = leans[:, finding.day, finding.strut - 1]
        name = "proximal" if both[0] > both[1] else "distal"
        assert f"the {name} ring on day {finding.day}" in finding.message
        assert finding.value == pytest.approx(both.max() if finding.code == "strut.lean" else 90.0 - both.max())
        assert both.max() == leans[:, :, finding.strut - 1].max()


@pytest.mark.hazard("H-09")
def test_a_strut_without_a_lean_limit_is_not_judged() -> None:
    own = {"min_mm": 50, "max_mm": 400, "graduation_mm": 1}
    case = case_of({"name": "shorten", "transport": {"proximal_mm": 80}, "days": 3})
    mixed = copy.deepcopy(case)
    mixed["levels"][0]["frame"]["struts"][0] = own
    assert [(f.strut, f.code) for f in check_strut_angle(frame_of(case))] == [(k, "strut.lean") for k in range(1, 7)]
    first, *others = check_strut_angle(frame_of(mixed))
    assert (first.strut, first.code) == (1, "strut.low")  # how firmly the frame holds is nothing of its joint's
    assert [(f.strut, f.code) for f in others] == [(k, "strut.lean") for k in range(2, 7)]


@pytest.mark.hazard("H-10")
@pytest.mark.parametrize(("short_mm", "struts"), [(61.6, []), (61.7, [1, 2, 3, 4, 5, 6])])
def test_low_struts_are_told_before_their_joints_are_at_their_end(short_mm: float, struts: list[int]) -> None:
    # 86.7316 mm sideways stand 35 deg against the rings on a height of 86.7316 tan 35 = 60.7301 mm: 61.656 mm lower
    # than at the start.
    case = case_of({"name": "shorten", "transport": {"proximal_mm": short_mm}, "days": 3}, HOLD)
    found = check_strut_angle(frame_of(case))
    assert [finding.strut for finding in found] == struts
    for finding in found:
        assert (finding.code, finding.verdict, finding.day, finding.limit, finding.unit) == ("strut.low", "caution", 3, 35, "deg")  # fmt: skip
        assert finding.value == pytest.approx(34.97, abs=0.02)
        assert "34.9" in finding.message


def test_every_limit_of_a_distance_is_a_caution_with_a_source() -> None:
    for limit in (limits.RING_TO_SKIN, limits.STRUT_TO_SKIN, limits.STRUT_TO_BONE, limits.STRUT_TO_STRUT, limits.RING_TO_RING):  # fmt: skip
        assert (limit.verdict, limit.hazard, limit.unit) == ("caution", "H-09", "mm")
    assert limits.RING_TO_SKIN.value == limits.STRUT_TO_SKIN.value == 20.0

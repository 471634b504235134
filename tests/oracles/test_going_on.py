"""Going on from an earlier plan (`course_from`): by hand, and the rest of a plan cut in two is the rest of its table.

By hand the frame is that of hand_numbers.md, number 14: two `generic-full-180` rings whose joints are v mm apart have six
struts of sqrt(v^2 + 7521.741).  The scalar reckoning is judged first, and the product beside it.
"""

import random
from copy import deepcopy
from functools import partial
from typing import Any

import pytest
from comparison import Differences, compared
from coupled_cases import coupled_case
from random_cases import random_case
from scalar_chain import Hexapod, Row, course_start_of, day_0_of, hexapod_of, is_hold, pose_words, tracked_points
from scalar_coupling import plan_case
from scalar_frame import own_placement
from scalar_rigid import (
    Placement,
    chain,
    from_lists,
    inverse,
    mounting_placement,
    place_words,
    placed,
    placement_words,
    size,
    subtract,
)

Case = dict[str, Any]
Level = dict[str, Any]

PRINTED_MM = 6e-4
EXACT = 1e-9


# --- by hand -------------------------------------------------------------------------------------------------------


def going_on(**more: Any) -> Case:
    """1.5 mm less short than it should be; everything is taken back at 1 mm a day."""
    frame = {
        "proximal_ring": {"model": "generic-full-180"},
        "distal_ring": {"model": "generic-full-180"},
        "struts": [{"min_mm": 50, "max_mm": 400, "graduation_mm": 1} for _ in range(6)],
        "settings_mm": [150] * 6,
        "settings_at": "start",
    }
    level = {
        "name": "only",
        "reference": "proximal",
        "deformity": {"short_mm": 58.5},
        "course_from": {"short_mm": 60},
        "stages": [{"name": "lengthen", "correct_to": {}}],
        "frame": frame | more.pop("frame", {}),
    }
    limb = {"side": "right", "bone": "tibia"}
    head = {"format": "hexapod-case/1", "id": "going-on", "limb": limb, "start_date": "2026-03-02"}
    return {**head, "levels": [level | more]}


def agreed(case: Case) -> list[Row]:
    """Rows of the only level, which the product has, too."""
    plan, found = compared(case)
    assert plan.verdict != "refused", [finding.message for finding in plan.findings]
    check(found)
    rows: list[Row] = plan_case(case)[0]["rows"]
    return rows


def check(found: Differences) -> None:
    assert max(found.length_mm, found.position_mm, found.rotation, found.remaining) <= EXACT


@pytest.mark.parametrize("fixed", [{}, {"days": 60}])
def test_days_are_counted_from_where_the_course_starts(fixed: dict[str, int]) -> None:
    """60 mm, not 58.5, in 60 days of 1 mm.  Joints sqrt(150^2 - 7521.741) = 122.3857 apart on day 0, half a mm less on
    day 1: sqrt(121.8857^2 + 7521.741) = 149.592; at last 58.5 more: sqrt(180.8857^2 + 7521.741) = 200.602."""
    rows = agreed(going_on(stages=[{"name": "lengthen", "correct_to": {}, **fixed}]))
    assert len(rows) == 61
    assert rows[0]["remaining"] == pytest.approx({"short_mm": 58.5}, abs=EXACT)
    assert rows[0]["lengths_mm"] == pytest.approx([150.0] * 6, abs=EXACT)
    assert rows[0]["settings_mm"] == [150.0] * 6
    for day in range(1, 60):
        assert rows[day]["remaining"] == pytest.approx({"short_mm": 60.0 - day}, abs=EXACT)
    assert rows[1]["lengths_mm"] == pytest.approx([149.592] * 6, abs=PRINTED_MM)
    assert rows[60]["lengths_mm"] == pytest.approx([200.602] * 6, abs=PRINTED_MM)


@pytest.mark.slow
def test_first_dose_is_on_the_course() -> None:
    """Short by 59.75, 59.5, 59.25, 59: joints 121.1357, 121.3857, 121.6357, 121.8857 apart, lengths 148.982, 149.185,
    149.388, 149.592: on the marks 149, 149, 149, 150.  From 150 to 150 nothing is turned to and fro; on marks of 0.25
    it is from 150 down to 149.5: what is left undone is done at once, and then nothing is turned back."""
    rows = agreed(going_on(adjustments_per_day=4))
    assert rows[1]["doses_mm"] == [[150.0] * 6] * 4
    fine = [{"min_mm": 50, "max_mm": 400, "graduation_mm": 0.25} for _ in range(6)]
    rows = agreed(going_on(adjustments_per_day=4, frame={"struts": fine}))
    assert rows[1]["doses_mm"] == [[149.5] * 6] * 4


def test_readings_of_the_end_belong_to_the_last_pose() -> None:
    """All read 150.3 at the end, joints 122.7532 apart; on day 0 58.5 less: sqrt(64.2532^2 + 7521.741) = 107.936, which
    60 less, 107.050, would not read as 108."""
    rows = agreed(going_on(frame={"settings_at": "end", "settings_mm": [150.3] * 6}))
    assert rows[0]["lengths_mm"] == pytest.approx([107.936] * 6, abs=PRINTED_MM)
    assert rows[0]["settings_mm"] == [108.0] * 6
    assert rows[60]["lengths_mm"] == pytest.approx([150.3] * 6, abs=EXACT)
    assert rows[60]["settings_mm"] == [150.3] * 6


def test_transport_goes_on_from_the_course() -> None:
    """A displacement of 10 from where the stage finds the fragment: 60 - 10 are left."""
    rows = agreed(going_on(stages=[{"name": "transport", "transport": {"distal_mm": 10}}]))
    assert len(rows) == 11
    assert rows[10]["remaining"] == pytest.approx({"short_mm": 50.0}, abs=EXACT)


def test_what_is_left_undone_waits_for_the_first_turn() -> None:
    """A hold is on the course and repeats what was read, also between marks: nothing is turned."""
    stages = [{"name": "wait", "hold_days": 2}, {"name": "lengthen", "correct_to": {}}]
    rows = agreed(going_on(stages=stages, frame={"settings_mm": [150.3] * 6}, adjustments_per_day=2))
    assert len(rows) == 63
    for row in rows[1:3]:
        assert row["remaining"] == pytest.approx({"short_mm": 60.0}, abs=EXACT)
        assert (row["settings_mm"], row["doses_mm"]) == ([150.3] * 6, [[150.3] * 6] * 2)
    assert rows[3]["remaining"] == pytest.approx({"short_mm": 59.0}, abs=EXACT)


@pytest.mark.parametrize(("settings_at", "reading_day"), [("start", 0), ("end", 1)])
def test_a_level_that_only_waits_keeps_its_readings(settings_at: str, reading_day: int) -> None:
    """They belong to the deformity, or to the course on which it waits."""
    stages = [{"name": "wait", "hold_days": 3}]
    rows = agreed(going_on(stages=stages, frame={"settings_at": settings_at, "settings_mm": [150.3] * 6}))
    assert [row["settings_mm"] for row in rows] == [[150.3] * 6] * 4
    assert [row["remaining"]["short_mm"] for row in rows] == pytest.approx([58.5, 60.0, 60.0, 60.0], abs=EXACT)
    assert rows[reading_day]["lengths_mm"] == pytest.approx([150.3] * 6, abs=EXACT)
    assert rows[1 - reading_day]["lengths_mm"] != pytest.approx([150.3] * 6, abs=0.1)


def test_a_turn_goes_on_from_the_course() -> None:
    """10 deg in 10 days although 10.7 are there: 1 deg a day on days 2 to 10, and 1.7 on day 1."""
    stages = [{"name": "turn", "correct_to": {}, "days": 10}]
    words = {"deformity": {"internal_rotation_deg": 10.7}, "course_from": {"internal_rotation_deg": 10}}
    rows = agreed(going_on(**words, stages=stages))
    left = [row["remaining"].get("internal_rotation_deg", 0.0) for row in rows]
    assert left == pytest.approx([10.7, *map(float, range(9, -1, -1))], abs=EXACT)


def test_a_structure_is_where_it_lies_from_the_bone_on_day_0() -> None:
    """40 mm from the corresponding point in the deformity, which is none; from the start of the course it would be
    41.8.  A turn of 10 deg takes it 40 x 0.174533 = 6.981 mm, at 0.9 a day in 8 days (41.8: 7.296 mm in 9)."""
    rows = agreed(
        going_on(
            deformity={},
            course_from={"long_mm": 1.8},
            limits={"mm_per_day": 0.9},
            structures_at_risk=[{"name": "nerve", "at": {"proximal_mm": 40}}],
            stages=[{"name": "tilt", "correct_to": {"apex_anterior_deg": 10, "long_mm": 1.8}}],
        )
    )
    assert len(rows) == 9


# --- the rest of a plan --------------------------------------------------------------------------------------------


def frame_of(case: Case, level: Level, rows: list[Row]) -> Hexapod:
    """A level's frame, bolted on as its first plan has it."""
    known = from_lists(rows[-1 if level["frame"]["settings_at"] == "end" else 0]["pose"])
    return hexapod_of(level, case["limb"]["side"], known)


def told_by(frame: Hexapod, level: Level, side: str, settings: list[float]) -> Placement:
    """Where the moving fragment is by readings, the frame bolted on as it is."""
    lengths = [reading.length(setting) for reading, setting in zip(frame.readings, settings, strict=True)]
    prox_dist = own_placement(frame.proximal, frame.distal, lengths)
    ring_mring = prox_dist if level["reference"] == "proximal" else inverse(prox_dist)
    return chain(mounting_placement(level.get("mounting"), side), ring_mring, inverse(frame.mov_mring))


def stages_left(level: Level, stage_days: list[int], rows: list[Row], day: int, side: str) -> list[dict[str, Any]]:
    """Stages after a day; one that is cut goes to its own end in the days that it has left."""
    left, last = [], 0
    for stage, days in zip(level["stages"], stage_days, strict=True):
        last += days
        if last <= day:
            continue
        if last - day >= days:
            left.append(deepcopy(stage))
        elif is_hold(stage):
            left.append({"name": stage["name"], "hold_days": last - day})
        else:
            end = pose_words(rows[last]["pose"], side, level["reference"])
            left.append({"name": stage["name"], "correct_to": end, "days": last - day})
    return left


def at_words(place: tuple[float, float, float], side: str) -> dict[str, float]:
    """Words of a place (mm); the inverse of `place_words`."""
    signs = [place_words({word: 1.0}, side)[axis] for axis, word in enumerate(("lateral_mm", "posterior_mm"))]
    x, y, z = place[0] * signs[0], place[1] * signs[1], place[2]
    pairs = (("lateral_mm", "medial_mm", x), ("posterior_mm", "anterior_mm", y), ("proximal_mm", "distal_mm", z))
    return {first if value > 0 else second: abs(value) for first, second, value in pairs if value}


def rest_of(case: Case, plans: list[dict[str, Any]], day: int) -> Case:
    """The case that goes on from the evening of a day, read off the table as it is followed to the mark."""
    side, rest = case["limb"]["side"], deepcopy(case)
    rest["start_date"] = plans[0]["rows"][day]["date"]
    for level, level_left, plan in zip(case["levels"], rest["levels"], plans, strict=True):
        rows = plan["rows"]
        frame = frame_of(case, level, rows)
        here = told_by(frame, level, side, rows[day]["settings_mm"])
        level_left["course_from"] = pose_words(rows[day]["pose"], side, level["reference"])
        level_left["deformity"] = placement_words(here, side, level["reference"])
        level_left["frame"] |= {"settings_at": "start", "settings_mm": rows[day]["settings_mm"]}
        if "stages" in level:
            level_left["stages"] = stages_left(level, plan["stage_days"], rows, day, side)
        points = tracked_points(level, side, from_lists(rows[0]["pose"]))
        for structure in level_left.get("structures_at_risk", []):
            structure["at"] = at_words(placed(here, points[structure["name"]][0]), side)
    return rest


def off_the_course_mm(level: Level, side: str) -> float:
    """How far the corresponding point is from where the course starts."""
    return size(subtract(day_0_of(level, side).shift, course_start_of(level, side).shift))


def cut_case(case: Case) -> tuple[list[dict[str, Any]], Case, int]:
    """Plans of a case, the case that goes on from a day on which every level has something left, and that day."""
    plans = plan_case(case)
    day = random.Random(case["id"]).randrange(1, min(len(plan["rows"]) for plan in plans) - 1)
    return plans, rest_of(case, plans, day), day


def read_at_the_start(case: Case) -> Case:
    """With all scales read at the start: readings of the end are shown as given on the last evening, not rounded."""
    for level in case["levels"]:
        level["frame"]["settings_at"] = "start"
    return case


DRAWN = [random_case(seed) for seed in range(300, 330)]
CUT = {case["id"]: partial(deepcopy, case) for case in DRAWN if case == read_at_the_start(deepcopy(case))}
# Whose struts are wide.  A coupled case takes half a second to draw, so it is drawn where it is asked for.
CUT |= {f"coupled-{seed}": partial(coupled_case, seed) for seed in range(5)}


@pytest.mark.parametrize("name", CUT)
@pytest.mark.some(7)
@pytest.mark.slow
def test_the_rest_of_a_plan_is_the_rest_of_its_table(name: str) -> None:
    case = read_at_the_start(CUT[name]())
    plans, rest, day = cut_case(case)
    for level, plan, after in zip(rest["levels"], plans, plan_case(rest), strict=True):
        old, new = plan["rows"][day:], after["rows"]
        assert off_the_course_mm(level, case["limb"]["side"]) < 2.0
        assert [(row["date"], row["settings_mm"]) for row in new] == [(row["date"], row["settings_mm"]) for row in old]
        for ours, theirs in zip(new[1:], old[1:], strict=True):
            assert (ours["stage"], ours["doses_mm"]) == (theirs["stage"], theirs["doses_mm"])
            assert ours["lengths_mm"] == pytest.approx(theirs["lengths_mm"], abs=1e-8)


@pytest.mark.parametrize("name", CUT)
@pytest.mark.some(7)
def test_product_agrees_on_the_rest_of_a_plan(name: str) -> None:
    rest = cut_case(read_at_the_start(CUT[name]()))[1]
    plan, found = compared(rest)
    assert plan.verdict != "refused", [finding.message for finding in plan.findings]
    check(found)

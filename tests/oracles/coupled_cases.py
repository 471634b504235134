"""Random valid cases with a coupled level, from a seed, each a whole case file value, made with the scalar reckoning only.

Seeds go round five constructs: two levels with the distal or the proximal one coupled, three levels with the first,
the middle or the last one coupled.  A draw is thrown away when a strut would leave its range, a frame come near a
singular position, or a tracked point move nearly as fast as is refused; so every case has rows.
"""

import random
from collections.abc import Sequence
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from typing import Any

from random_cases import nudged
from scalar_chain import Row, hexapod_of
from scalar_coupling import construct_of, coupled_arcs_mm, plan_case
from scalar_frame import condition_of, joints_of_ring, lengths_between
from scalar_rigid import Placement, chain, far_sign, from_lists, inverse, mounting_placement

Case = dict[str, Any]
Level = dict[str, Any]
Pairs = Sequence[tuple[str, str, float]]

SEEDS = range(30)
CONSTRUCTS = ((2, 1), (2, 0), (3, 0), (3, 1), (3, 2))
BONES = ("tibia", "femur", "humerus", "forearm", "foot")
STRUT = {"min_mm": 50, "max_mm": 400}

ANGLES: Pairs = (
    ("varus_deg", "valgus_deg", 7.0),
    ("apex_anterior_deg", "apex_posterior_deg", 7.0),
    ("internal_rotation_deg", "external_rotation_deg", 10.0),
)
ACROSS: Pairs = (("medial_mm", "lateral_mm", 8.0), ("anterior_mm", "posterior_mm", 8.0))
ALONG: Pairs = (("proximal_mm", "distal_mm", 32.0),)
OVERLAP: Pairs = (("short_mm", "long_mm", 12.0),)
SEGMENT: Pairs = (
    ("medial_mm", "lateral_mm", 12.0),
    ("anterior_mm", "posterior_mm", 12.0),
    ("proximal_mm", "distal_mm", 80.0),
)
MOUNTING: Pairs = (
    ("medial_mm", "lateral_mm", 10.0),
    ("anterior_mm", "posterior_mm", 12.0),
    ("internal_rotation_deg", "external_rotation_deg", 12.0),
    ("leans_medial_deg", "leans_lateral_deg", 6.0),
    ("leans_anterior_deg", "leans_posterior_deg", 6.0),
)

SHORTEST_MM, LONGEST_MM = 60.0, 390.0
WORST_CONDITION = 9.0
FASTEST_MM_PER_DAY = 1.7


def coupled_case(seed: int) -> Case:
    """The case of a seed, a fresh copy."""
    return deepcopy(_case_of(seed))


def nudged_case(seed: int) -> Case:
    """The same, going on from an earlier plan by which most levels, at times all, should stand a little elsewhere."""
    case, dice = coupled_case(seed), random.Random(seed)
    for level in case["levels"]:
        if dice.random() < 0.8:
            level["course_from"] = nudged(dice, level["deformity"])
    return case


@cache
def _case_of(seed: int) -> Case:
    levels, coupled = CONSTRUCTS[seed % len(CONSTRUCTS)]
    for attempt in range(200):
        case = _drawn(random.Random(1000 * seed + attempt), seed, levels, coupled)
        if _holds_together(case):
            return case
    raise ValueError(f"no case for seed {seed}")


def _words(dice: random.Random, pairs: Pairs, likely: float) -> dict[str, float]:
    """Some of the pairs, each with one of its words."""
    digits = dice.choice((0, 1, 6))
    drawn = {}
    for first, second, most in pairs:
        if dice.random() < likely:
            drawn[dice.choice((first, second))] = round(dice.uniform(0.1 * most, most), digits)
    return drawn


def _drawn(dice: random.Random, seed: int, count: int, coupled: int) -> Case:
    side = dice.choice(("right", "left"))
    case: Case = {
        "format": "hexapod-case/1",
        "id": f"coupled-{seed}",
        "limb": {"side": side, "bone": dice.choice(BONES)},
        "start_date": (date(2026, 1, 1) + timedelta(days=dice.randrange(1500))).isoformat(),
        "levels": [],
    }
    for index in range(count):
        level: Level = {"name": f"level {index}", "reference": dice.choice(("proximal", "distal"))}
        if index > 0:
            level["segment"] = _words(dice, SEGMENT, dice.choice((0.4, 1.0, 1.0)))
        if index == coupled:
            level["couple"] = "keep-length"
            level["deformity"] = _words(dice, ANGLES, 0.6) | _words(dice, ACROSS, 0.6)
            level["deformity"]["long_mm"] = round(dice.uniform(10.0, 45.0), 1)
        else:
            level["deformity"] = _words(dice, (*ANGLES, *ACROSS, *OVERLAP), dice.choice((0.3, 0.8, 0.8)))
            level["stages"] = _stages(dice, level["deformity"])
        _tracked(dice, level)
        if dice.random() < 0.8:
            level["adjustments_per_day"] = dice.choice((1, 2, 3, 4, 6))
        case["levels"].append(level)
    for index, level in enumerate(case["levels"]):
        _build_frame(dice, case, index, level)
    return case


def _stages(dice: random.Random, deformity: dict[str, float]) -> list[dict[str, Any]]:
    """Holds before, between and after one or two moving stages; names meet those of other levels now and then."""
    half = {word: value / 2.0 for word, value in deformity.items()}
    transport = _words(dice, ACROSS, 0.6) | _words(dice, ALONG, 1.0)
    moving: list[tuple[str, dict[str, Any]]] = [("transport", {"transport": transport})]
    if deformity and dice.random() < 0.85:
        moving.append(("correct", {"correct_to": dice.choice((half, {}))}))
        dice.shuffle(moving)
    chosen: list[tuple[str, dict[str, Any]]] = []
    for stage in moving:
        if dice.random() < 0.5:
            chosen.append(("hold", {"hold_days": dice.choice((1, 3, 7))}))
        chosen.append(stage)
    if dice.random() < 0.5:
        chosen.append(("hold", {"hold_days": dice.randint(1, 25)}))
    return [{"name": f"{kind} {number}", **stage} for number, (kind, stage) in enumerate(chosen)]


def _tracked(dice: random.Random, level: Level) -> None:
    """Bone, structures and limits: the coupled level's limits are tight on purpose, for they must change nothing."""
    if dice.random() < 0.6:
        level["bone"] = {"diameter_mm": round(dice.uniform(12.0, 32.0), 1), "osteotomy": _words(dice, ALONG, 0.5)}
    if dice.random() < 0.5:
        level["structures_at_risk"] = [{"name": "nerve", "at": _words(dice, SEGMENT, 0.7)}]
    level["limits"] = {"mm_per_day": dice.choice((0.5, 0.6, 0.75, 0.9))}
    if dice.random() < 0.3:
        level["limits"]["deg_per_day"] = 0.4


def _build_frame(dice: random.Random, case: Case, index: int, level: Level) -> None:
    """The moving ring put on by hand, nearly square, at the moment when the scales are read."""
    side, reference = case["limb"]["side"], level["reference"]
    settings_at = dice.choice(("start", "end"))
    construct = construct_of(case)
    moment = float(construct.days()) if settings_at == "end" else 0.0
    driven = construct.driven.get(index)
    known = construct.coupled_ref_mov(moment) if driven is None else driven.ref_mov(moment)
    beyond, apart = dice.uniform(25.0, 70.0), dice.uniform(130.0, 200.0)
    away, towards = ("proximal_mm", "distal_mm") if reference == "proximal" else ("distal_mm", "proximal_mm")
    level["mounting"] = _words(dice, MOUNTING, 0.7) | {away: round(beyond, 1)}
    gap = far_sign(reference) * known.shift[2]
    by_hand = _words(dice, MOUNTING, 0.5) | {towards: apart - beyond - gap}
    rings = [{"model": f"generic-full-{dice.choice((155, 180))}"} for _ in range(2)]
    ring_mring = chain(inverse(mounting_placement(level["mounting"], side)), known, mounting_placement(by_hand, side))
    digits = dice.choice((0, 0, 0, 1))  # a scale is read between its marks now and then
    level["frame"] = {
        "proximal_ring": rings[0],
        "distal_ring": rings[1],
        "struts": [STRUT | {"graduation_mm": dice.choice((1, 1, 0.5, 0.25))} for _ in range(6)],
        "settings_mm": [round(length, digits) for length in _lengths(rings, reference, ring_mring)],
        "settings_at": settings_at,
    }


def _lengths(rings: list[dict[str, str]], reference: str, ring_mring: Placement) -> list[float]:
    joints = joints_of_ring(rings[0], "proximal"), joints_of_ring(rings[1], "distal")
    return lengths_between(*joints, ring_mring if reference == "proximal" else inverse(ring_mring))


def _holds_together(case: Case) -> bool:
    """Struts in range, poses that fit, no frame near singular and no point too fast, on every day."""
    try:
        plans = plan_case(once_a_day(case))
    except ValueError:
        return False
    arcs = coupled_arcs_mm(case)
    return all(
        _frame_is_sound(case, level, plan["rows"]) for level, plan in zip(case["levels"], plans, strict=True)
    ) and all(arc < FASTEST_MM_PER_DAY for of_point in arcs.values() for arc in of_point)


def once_a_day(case: Case) -> Case:
    """The same with one adjustment a day: the same evenings, and no doses to be chosen."""
    return case | {"levels": [level | {"adjustments_per_day": 1} for level in case["levels"]]}


def _frame_is_sound(case: Case, level: Level, rows: list[Row]) -> bool:
    readings = [reading for row in rows for reading in [*row["lengths_mm"], *row["settings_mm"]]]
    if not SHORTEST_MM < min(readings) <= max(readings) < LONGEST_MM:
        return False
    return max(conditions(case, level, rows)) < WORST_CONDITION


def conditions(case: Case, level: Level, rows: list[Row]) -> list[float]:
    """Condition number of the frame on every day of a level's rows."""
    poses = [from_lists(row["pose"]) for row in rows]
    frame = hexapod_of(level, case["limb"]["side"], poses[-1 if level["frame"]["settings_at"] == "end" else 0])
    numbers = []
    for pose in poses:
        ring_mring = chain(frame.ring_ref, pose, frame.mov_mring)
        prox_dist = ring_mring if level["reference"] == "proximal" else inverse(ring_mring)
        numbers.append(condition_of(frame.proximal, frame.distal, prox_dist))
    return numbers

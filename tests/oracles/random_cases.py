"""Random valid cases from a seed, each a whole case file value, made with the scalar reckoning only.

A frame is built as a surgeon would: the moving ring nearly square on its fragment at the moment when the scales are
read; the readings are the lengths there, on whole marks.  Rates are chosen below the 2 mm a day that is refused, and
struts long enough, so that every case has rows.
"""

import json
import math
import random
from datetime import date, timedelta
from typing import Any

from scalar_chain import KEPT_WORDS, fewest_days, stage_limit, tracked_points, travels_of
from scalar_frame import joints_of_ring, lengths_between, reading_of_strut
from scalar_rigid import Placement, Vector, chain, inverse, mounting_placement, size, track_of

Case = dict[str, Any]
Level = dict[str, Any]

RING_DIAMETERS = (105, 130, 155, 180, 205)
SERIES = {"xshort": (75, 100), "short": (95, 130), "medium": (120, 180), "long": (170, 285)}
BONES = ("tibia", "femur", "humerus", "forearm", "foot")
DEFORMITY_PAIRS = (
    ("varus_deg", "valgus_deg", 14.0),
    ("apex_anterior_deg", "apex_posterior_deg", 12.0),
    ("internal_rotation_deg", "external_rotation_deg", 18.0),
    ("medial_mm", "lateral_mm", 8.0),
    ("anterior_mm", "posterior_mm", 8.0),
    ("short_mm", "long_mm", 14.0),
)
SHIFT_PAIRS = (("medial_mm", "lateral_mm", 4.0), ("anterior_mm", "posterior_mm", 4.0))
MOUNTING_PAIRS = (
    ("medial_mm", "lateral_mm", 12.0),
    ("anterior_mm", "posterior_mm", 15.0),
    ("internal_rotation_deg", "external_rotation_deg", 12.0),
    ("leans_medial_deg", "leans_lateral_deg", 6.0),
    ("leans_anterior_deg", "leans_posterior_deg", 6.0),
)
# Sizes (mm, deg) by which a course may start off the deformity: 2 mm and 2 deg are refused, and 1.1 along three axes
# are 1.9.
NUDGES = (0.05, 0.5, 1.1)


def random_case(seed: int) -> Case:
    """The case of a seed: one level mostly, two sometimes."""
    dice = random.Random(seed)
    side = dice.choice(("right", "left"))
    first = date(2026, 1, 1) + timedelta(days=dice.randrange(1500))
    case: Case = {
        "format": "hexapod-case/1",
        "id": f"seed-{seed}",
        "limb": {"side": side, "bone": dice.choice(BONES)},
        "start_date": first.isoformat(),
        "levels": [_level(dice, side, number) for number in range(2 if dice.random() < 0.15 else 1)],
    }
    if dice.random() < 0.5:
        case["title"] = "a random case"
    return case


def course_case(seed: int) -> Case:
    """The same with levels that go on from an earlier plan, by which they should stand a little elsewhere on day 0."""
    case, dice = random_case(seed), random.Random(-seed)
    for level in case["levels"]:
        if len(case["levels"]) == 1 or dice.random() < 0.8:
            level["course_from"] = nudged(dice, level.get("deformity", {}))
    return case


def nudged(dice: random.Random, deformity: dict[str, float]) -> dict[str, float]:
    """Every size off by as much as rounding to marks can do, also through zero to the opposite word."""
    words, nudge = {}, dice.choice(NUDGES)
    for first, second, _ in DEFORMITY_PAIRS:
        size = deformity.get(first, 0.0) - deformity.get(second, 0.0) + dice.uniform(-nudge, nudge)
        words[first if size > 0 else second] = round(abs(size), 9)
    return words


def _words(dice: random.Random, pairs: tuple[tuple[str, str, float], ...], likely: float) -> dict[str, float]:
    """Some of the pairs, each with one of its words; whole, decimal and long numbers all occur."""
    digits = dice.choice((0, 1, 15))
    given = {}
    for first, second, most in pairs:
        if dice.random() < likely:
            given[dice.choice((first, second))] = round(dice.uniform(0.0, most), digits)
    return given


def _level(dice: random.Random, side: str, number: int) -> Level:
    reference = dice.choice(("proximal", "distal"))
    deformity = _words(dice, DEFORMITY_PAIRS, dice.choice((0.3, 0.7, 1.0)))
    level: Level = {"name": f"level {number}", "reference": reference}
    if deformity or dice.random() < 0.5:
        level["deformity"] = deformity
    beyond = dice.uniform(30.0, 80.0)
    away = "proximal_mm" if reference == "proximal" else "distal_mm"
    level["mounting"] = _words(dice, MOUNTING_PAIRS, dice.choice((0.0, 0.5, 1.0))) | {away: round(beyond, 1)}
    if dice.random() < 0.7:
        level["bone"] = _bone(dice)
    risks = [_risk(dice, k) for k in range(dice.choice((0, 0, 1, 1, 2)))]
    if risks or dice.random() < 0.2:
        level["structures_at_risk"] = risks
    level["limits"] = dice.choice(
        (
            {"mm_per_day": dice.choice((0.5, 0.75, 1.0, 1.25))},
            {"mm_per_day": round(dice.uniform(0.4, 1.4), 3), "deg_per_day": round(dice.uniform(0.4, 2.5), 3)},
            {"deg_per_day": dice.choice((0.75, 1.0, None))},
            {},
        )
    )
    if dice.random() < 0.6:
        level["adjustments_per_day"] = dice.choice((1, 2, 3, 4, 6, 12))
    level["frame"] = {"settings_at": dice.choice(("start", "end"))}
    level["stages"] = _stages(dice, deformity, dice.uniform(0.2, 0.8))
    _fix_some_days(dice, level, side)
    _build_frame(dice, level, side, beyond)
    return level


def _bone(dice: random.Random) -> dict[str, Any]:
    bone: dict[str, Any] = {"diameter_mm": round(dice.uniform(10.0, 38.0), 1)}
    if dice.random() < 0.8:
        bone["osteotomy"] = {dice.choice(("proximal_mm", "distal_mm")): round(dice.uniform(0.0, 20.0), 1)}
    return bone


def _risk(dice: random.Random, number: int) -> dict[str, Any]:
    pairs = (
        ("medial_mm", "lateral_mm", 40.0),
        ("anterior_mm", "posterior_mm", 35.0),
        ("proximal_mm", "distal_mm", 40.0),
    )
    risk: dict[str, Any] = {"name": f"structure {number}", "at": _words(dice, pairs, 0.8)}
    if dice.random() < 0.6:
        risk["limit_mm_per_day"] = dice.choice((0.5, 0.75, 1.0, 1.2, round(dice.uniform(0.3, 1.4), 4)))
    return risk


def _stages(dice: random.Random, deformity: dict[str, float], share: float) -> list[dict[str, Any]]:
    """Holds, partial and full corrections and transports in a random order, at least one of them moving."""
    left = {word: value * share for word, value in deformity.items()}
    only_length = {word: value for word, value in deformity.items() if word not in ("short_mm", "long_mm")}
    kinds: list[dict[str, Any]] = [
        {"correct_to": dice.choice((left, only_length))},
        {"correct_to": {}},
        {
            "transport": _words(dice, SHIFT_PAIRS, 0.5)
            | {dice.choice(("proximal_mm", "distal_mm")): dice.randint(1, 12)}
        },
        {"hold_days": dice.randint(1, 9)},
        {"hold_days": dice.choice((1, 7, 30))},
    ]
    chosen = [kind for kind in kinds if dice.random() < 0.6]
    if dice.random() < 0.3:
        dice.shuffle(chosen)
    if not any("hold_days" not in kind for kind in chosen) and dice.random() < 0.9:
        chosen.insert(dice.randint(0, len(chosen)), {"correct_to": {}})
    chosen = chosen or [{"correct_to": {}}]
    # Dice of their own, so that the other choices of a seed stay what they were.
    aside = random.Random(json.dumps(chosen))
    chosen = [{"correct_to": _kept(aside, kind["correct_to"])} if "correct_to" in kind else kind for kind in chosen]
    stages = [{"name": f"stage {number}", **kind} for number, kind in enumerate(chosen)]
    for stage in stages:
        if "hold_days" not in stage and dice.random() < 0.35:
            stage["limits"] = dice.choice(
                ({"mm_per_day": 0.6}, {"deg_per_day": 0.9}, {"mm_per_day": 0.25}, {}, {"deg_per_day": None})
            )
    return stages


def _kept(dice: random.Random, words: dict[str, float]) -> dict[str, Any]:
    """The same target, a third of the time with some quantities kept as the stage finds them instead of told."""
    if dice.random() > 0.33:
        return words
    keep = [name for name in KEPT_WORDS if dice.random() < 0.5]
    told = {word: size for word, size in words.items() if not any(word in KEPT_WORDS[name] for name in keep)}
    return {**told, "keep": keep}


def _fix_some_days(dice: random.Random, level: Level, side: str) -> None:
    """Give some moving stages a fixed number of days, from a little too few to far too many."""
    travels = travels_of(level, side)
    tracked = tracked_points(level, side, travels[0].start)
    for stage, travel in zip(level["stages"], travels, strict=True):
        if "hold_days" in stage or dice.random() > 0.3:
            continue
        general = stage_limit(level, stage, "mm_per_day") or 1.0
        tracks = [(track_of(travel, at), own or general) for at, own in tracked.values()]
        natural = fewest_days(tracks, size(travel.turning()), stage_limit(level, stage, "deg_per_day"))
        stage["days"] = math.ceil(natural * dice.uniform(0.95, 1.6))


def _ring(dice: random.Random, diameter: int, which: str) -> dict[str, Any]:
    """A catalogue ring, or one measured by hand: the same joints a few tenths to millimetres off."""
    model = {"model": f"generic-full-{diameter}"}
    if dice.random() < 0.6:
        return model
    off = dice.choice((0.3, 3.0))
    joints = joints_of_ring(model, which)
    return {"joints_mm": [[round(c + dice.uniform(-off, off), 3) for c in joint] for joint in joints]}


def _build_frame(dice: random.Random, level: Level, side: str, beyond: float) -> None:
    """Rings, struts and readings: the moving ring hand-mounted on the moving fragment at the known moment."""
    reference, frame = level["reference"], level["frame"]
    diameters = [dice.choice(RING_DIAMETERS)] * 2
    if dice.random() < 0.3:
        diameters[1] = dice.choice(RING_DIAMETERS)
    proximal, distal = _ring(dice, diameters[0], "proximal"), _ring(dice, diameters[1], "distal")
    towards = "distal_mm" if reference == "proximal" else "proximal_mm"
    mount = _words(dice, MOUNTING_PAIRS, 0.7) | {towards: dice.uniform(110.0, 190.0) - beyond}
    travels = travels_of(level, side)
    known = travels[-1].end if frame["settings_at"] == "end" else travels[0].start
    ref_ring = mounting_placement(level["mounting"], side)
    ring_mring = chain(inverse(ref_ring), known, mounting_placement(mount, side))
    joints = joints_of_ring(proximal, "proximal"), joints_of_ring(distal, "distal")
    here = lengths_between(*joints, ring_mring if reference == "proximal" else inverse(ring_mring))
    mov_mring = chain(inverse(known), ref_ring, ring_mring)
    ways = [_lengths_on(joints, reference, ref_ring, pose, mov_mring) for travel in travels for pose in travel]
    struts = [_strut(dice, [here[k], *(way[k] for way in ways)]) for k in range(6)]
    marks = [reading_of_strut(strut) for strut in struts]
    if dice.random() < 0.15:  # a scale read between its marks
        settings = [round(length, 2) for length in here]
    else:
        settings = [mark.rounded(length) for mark, length in zip(marks, here, strict=True)]
    level["frame"] = {
        "proximal_ring": proximal,
        "distal_ring": distal,
        "struts": struts,
        "settings_mm": settings,
        "settings_at": frame["settings_at"],
    }


def _lengths_on(
    joints: tuple[list[Vector], list[Vector]],
    reference: str,
    ref_ring: Placement,
    ref_mov: Placement,
    mov_mring: Placement,
) -> list[float]:
    ring_mring = chain(inverse(ref_ring), ref_mov, mov_mring)
    return lengths_between(*joints, ring_mring if reference == "proximal" else inverse(ring_mring))


def _strut(dice: random.Random, lengths: list[float]) -> str | dict[str, float]:
    """A catalogue model when one holds all the lengths with room to spare, else (or by chance) hardware of its own."""
    least, most = min(lengths) - 8.0, max(lengths) + 8.0
    fitting = [name for name, (low, high) in SERIES.items() if low < least and most < high]
    if fitting and dice.random() < 0.6:
        return f"generic-{dice.choice(('', 'fine-'))}{fitting[0]}"
    return {"min_mm": 20.0, "max_mm": 500.0, "graduation_mm": dice.choice((1.0, 1, 0.5, 0.25, 0.1))}


def described(case: Case) -> str:
    """One line that tells a failing case apart, for the name of a test."""
    level = case["levels"][0]
    kinds = "+".join(
        next(kind[0] for kind in ("hold_days", "correct_to", "transport") if kind in stage) for stage in level["stages"]
    )
    return f"{case['id']}-{case['limb']['side']}-{level['reference']}-{level['frame']['settings_at']}-{kinds}"

"""A second, scalar reckoning of poses, strut lengths and whole schedules, written from the contract alone.

Its only purpose is to judge the product's own numbers, so it shares no code with it and takes other roads
where it can: quaternions, an oblique-plane tilt, elimination by hand, arc lengths by adaptive Simpson
integration of the exact speed. Lengths in mm, angles of words in degrees; `T_a_b` is 4x4 nested lists and
carries points of axes b to axes a.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from scalar_doses import Frame, Readings, chosen_doses
from scalar_frame import (
    Reading,
    condition_of,
    joints_of_ring,
    lengths_between,
    own_placement,
    reading_of_strut,
)
from scalar_rigid import (
    ZERO,
    Placement,
    Track,
    Travel,
    Vector,
    Words,
    add,
    chain,
    deformity_placement,
    from_lists,
    inverse,
    mounting_placement,
    place_words,
    placed,
    placement_words,
    size,
    to_lists,
    track_of,
)

Matrix = list[list[float]]
Row = dict[str, Any]
Joints = Sequence[Sequence[float]]

SAME = 1.0 + 1e-9
MOST_DAYS_OF_A_STAGE = 730
# Maximum rates where a case gives none, deg and mm a day, by what is treated.
DEFAULT_DEG_PER_DAY = {"osteotomy": 2.0, "fracture": 4.0, "joint": 2.0}
DEFAULT_MM_PER_DAY = {"osteotomy": 1.0, "fracture": 5.0, "joint": 1.0}


def deformity_pose(words: Words | None, side: str, reference: str) -> Matrix:
    """T_ref_mov of deformity words (mm, deg): the moving fragment in reference axes, section 3."""
    return to_lists(deformity_placement(words, side, reference))


def pose_words(T: Sequence[Sequence[float]], side: str, reference: str) -> dict[str, float]:
    """Deformity words (mm, deg) of a T_ref_mov; sizes below 1e-9 are left out."""
    return placement_words(from_lists(T), side, reference)


def ring_mount(words: Words | None, side: str) -> Matrix:
    """T_ref_ring of mounting words (mm, deg): the reference ring in reference axes, section 5."""
    return to_lists(mounting_placement(words, side))


def ring_joints(model_name_or_dict: str | Mapping[str, Any], which: str) -> list[list[float]]:
    """Six joint centres (mm, ring axes) of a ring entry or `generic-full-D`; `which`: proximal, distal."""
    return [list(joint) for joint in joints_of_ring(model_name_or_dict, which)]


def strut_lengths(proximal_joints: Joints, distal_joints: Joints, T_prox_dist: Joints) -> list[float]:
    """Lengths (mm) of struts 1 to 6, joint centre to joint centre, with the distal ring at T_prox_dist."""
    lengths: list[float] = []
    for p, d in zip(proximal_joints, distal_joints, strict=True):
        placed_d = [row[0] * d[0] + row[1] * d[1] + row[2] * d[2] + row[3] for row in T_prox_dist[:3]]
        lengths.append(math.hypot(*(a - b for a, b in zip(placed_d, p, strict=True))))
    return lengths


def own_pose(proximal_joints: Joints, distal_joints: Joints, lengths: Sequence[float]) -> Matrix:
    """T_prox_dist reached by following the lengths (mm) from the neutral frame, else ValueError."""
    proximal, distal = points(proximal_joints), points(distal_joints)
    wanted = [float(length) for length in lengths]
    return to_lists(own_placement(proximal, distal, wanted))


def condition(proximal_joints: Joints, distal_joints: Joints, T_prox_dist: Joints) -> float:
    """Condition number (no unit) of the frame at T_prox_dist, infinite when exactly singular, section 7."""
    return condition_of(points(proximal_joints), points(distal_joints), from_lists(T_prox_dist))


def points(rows: Joints) -> list[Vector]:
    """Triples of numbers (mm) as vectors."""
    return [(float(x), float(y), float(z)) for x, y, z in rows]


def fewest_days(tracks: Sequence[tuple[Track, float]], turn_rad: float, deg_per_day: float | None) -> int:
    """Smallest number of equal days that keep every track (mm/day) and the turn within their limits."""
    least = 1.0
    for track, limit in tracks:
        least = max(least, track.arc(0.0, 1.0) / (limit * SAME))
    if deg_per_day is not None:
        least = max(least, math.degrees(turn_rad) / (deg_per_day * SAME))
    for days in range(max(1, math.ceil(least - 1e-7)), MOST_DAYS_OF_A_STAGE + 1):
        slow_turn = deg_per_day is None or math.degrees(turn_rad) / days <= deg_per_day * SAME
        if slow_turn and all(arc <= limit * SAME for track, limit in tracks for arc in day_arcs(track, days)):
            return days
    raise ValueError(f"a stage would take more than {MOST_DAYS_OF_A_STAGE} days")


def day_arcs(track: Track, days: int) -> list[float]:
    """Arc lengths (mm) of a track on each of so many equal days."""
    return [track.arc(day / days, (day + 1) / days) for day in range(days)]


def tracked_points(level: Mapping[str, Any], side: str, at_start: Placement) -> dict[str, tuple[Vector, float | None]]:
    """Tracked points in moving axes (mm) by name, with their own limit (mm/day) if they have one."""
    tracked: dict[str, tuple[Vector, float | None]] = {"corresponding point": (ZERO, None)}
    bone = level.get("bone") or {}
    if bone.get("diameter_mm") is not None and treated(level) != "joint":  # the surfaces of a joint glide
        radius, height = float(bone["diameter_mm"]) / 2.0, place_words(bone.get("osteotomy"), side)[2]
        for degrees in range(0, 360, 45):
            a = math.radians(degrees)
            tracked[f"rim {degrees}"] = ((radius * math.cos(a), radius * math.sin(a), height), None)
    mov_ref = inverse(at_start)
    for structure in level.get("structures_at_risk") or []:
        at_mov = placed(mov_ref, place_words(structure.get("at"), side))
        tracked[structure["name"]] = (at_mov, structure.get("limit_mm_per_day"))
    return tracked


def stage_limit(level: Mapping[str, Any], stage: Mapping[str, Any], key: str) -> float | None:
    """A limit of the stage if it has that key, else of the level, else None; of the turn 2 or 4 deg, by null none."""
    for holder in (stage, level):
        limits = holder.get("limits") or {}
        if key == "deg_per_day" and key in limits and limits[key] is None:
            return None
        if limits.get(key) is not None:
            return float(limits[key])
    return DEFAULT_DEG_PER_DAY[treated(level)] if key == "deg_per_day" else None


def treated(level: Mapping[str, Any]) -> str:
    """What the level treats."""
    return str(level.get("indication", "osteotomy"))


def is_hold(stage: Mapping[str, Any]) -> bool:
    """True for a stage that waits."""
    return stage.get("hold_days") is not None


def stage_end(stage: Mapping[str, Any], start: Placement, side: str, reference: str) -> Placement:
    """Placement of the moving fragment when the stage is over."""
    if is_hold(stage):
        return start
    if stage.get("transport") is not None:
        return Placement(start.turn, add(start.shift, place_words(stage["transport"], side)))
    target = dict(stage["correct_to"])
    kept = [word for name in target.pop("keep", None) or () for word in KEPT_WORDS[name]]
    if kept:
        found = placement_words(start, side, reference)
        target |= {word: found[word] for word in kept if word in found}
    return deformity_placement(target, side, reference)


# What stays as a stage finds it, word by word.
KEPT_WORDS = {
    "angulation": ("varus_deg", "valgus_deg", "apex_anterior_deg", "apex_posterior_deg"),
    "rotation": ("internal_rotation_deg", "external_rotation_deg"),
    "translation": ("medial_mm", "lateral_mm", "anterior_mm", "posterior_mm"),
    "length": ("short_mm", "long_mm"),
}


def days_of_stage(
    level: Mapping[str, Any],
    stage: Mapping[str, Any],
    travel: Travel,
    tracked: Mapping[str, tuple[Vector, float | None]],
) -> tuple[int, dict[str, float]]:
    """Days of a stage and the largest arc (mm) of each tracked point on any of them (none for a hold)."""
    if is_hold(stage):
        return int(stage["hold_days"]), {}
    general = stage_limit(level, stage, "mm_per_day") or DEFAULT_MM_PER_DAY[treated(level)]
    tracks = {name: track_of(travel, point) for name, (point, _) in tracked.items()}
    limits = {name: general if own is None else float(own) for name, (_, own) in tracked.items()}
    if stage.get("days") is not None:
        days = int(stage["days"])
    else:
        held_to = [(track, limits[name]) for name, track in tracks.items()]
        days = fewest_days(held_to, size(travel.turning()), stage_limit(level, stage, "deg_per_day"))
    return days, {name: max(day_arcs(track, days)) for name, track in tracks.items()}


class Hexapod(NamedTuple):
    """The frame of a level, with the constant links of the chain of section 6."""

    proximal: list[Vector]
    distal: list[Vector]
    readings: list[Reading]
    given: list[float]
    reference: str
    ring_ref: Placement
    mov_mring: Placement

    def lengths(self, ref_mov: Placement) -> list[float]:
        """Six exact lengths (mm) with the moving fragment at ref_mov."""
        ring_mring = chain(self.ring_ref, ref_mov, self.mov_mring)
        prox_dist = ring_mring if self.reference == "proximal" else inverse(ring_mring)
        return lengths_between(self.proximal, self.distal, prox_dist)

    def settings(self, ref_mov: Placement) -> list[float]:
        """Six readings (mm), on the marks of each scale, with the moving fragment at ref_mov."""
        return [r.rounded(length) for r, length in zip(self.readings, self.lengths(ref_mov), strict=True)]

    def doses(
        self, tracked: Sequence[Vector], exact: Sequence[Placement], before: list[float], evening: list[float]
    ) -> list[list[float]]:
        """Readings after the doses of a day, from its exact placements: before it, and after each dose."""
        frame = Frame(self.proximal, self.distal, self.readings, self.reference, self.ring_ref, self.mov_mring)
        separate: list[Readings] = [tuple(before), *(tuple(self.settings(at)) for at in exact[1:-1]), tuple(evening)]
        return [list(dose) for dose in chosen_doses(frame, tracked, exact, separate)]


def hexapod_of(level: Mapping[str, Any], side: str, ref_mov_known: Placement) -> Hexapod:
    """The level's frame, with the moving fragment at ref_mov_known when the settings are as given."""
    frame, reference = level["frame"], level["reference"]
    proximal = joints_of_ring(frame["proximal_ring"], "proximal")
    distal = joints_of_ring(frame["distal_ring"], "distal")
    readings = [reading_of_strut(strut) for strut in frame["struts"]]
    given = [float(setting) for setting in frame["settings_mm"]]
    lengths = [reading.length(setting) for reading, setting in zip(readings, given, strict=True)]
    prox_dist = own_placement(proximal, distal, lengths)
    ref_ring = mounting_placement(level.get("mounting"), side)
    ring_mring = prox_dist if reference == "proximal" else inverse(prox_dist)
    mov_mring = chain(inverse(ref_mov_known), ref_ring, ring_mring)
    return Hexapod(proximal, distal, readings, given, reference, inverse(ref_ring), mov_mring)


def row_of(hexapod: Hexapod, name: str, here: Placement, evening: list[float], doses: list[list[float]]) -> Row:
    """A row before its day is counted."""
    return {
        "stage": name,
        "lengths_mm": hexapod.lengths(here),
        "settings_mm": evening,
        "doses_mm": doses,
        "pose": to_lists(here),
    }


class Schedule(NamedTuple):
    """What the rows of a level are made from: frame, place on day 0, stages, their paths and days, the reading rule."""

    hexapod: Hexapod
    start: Placement
    stages: list[dict[str, Any]]
    travels: list[Travel]
    stage_days: list[int]
    adjustments_per_day: int
    settings_at_end: bool
    tracked: list[Vector]

    def last_moving(self) -> int:
        """Index of the last stage that is no hold, -1 if all of them are."""
        return max((i for i, stage in enumerate(self.stages) if not is_hold(stage)), default=-1)

    def first_row(self) -> Row:
        """Row 0: the settings as given, unless they are those of the end and something moves before it."""
        rounded = self.settings_at_end and self.last_moving() >= 0
        evening = self.hexapod.settings(self.start) if rounded else list(self.hexapod.given)
        return row_of(self.hexapod, "start", self.start, evening, [])

    def stage_rows(self, index: int, before: list[float]) -> list[Row]:
        """Rows of one stage; `before` are the settings (mm) of the row before it, which a hold repeats."""
        stage, days = self.stages[index], self.stage_days[index]
        if not is_hold(stage):
            rows: list[Row] = []
            for day in range(1, days + 1):
                rows.append(self.moving_row(index, day, before))
                before = rows[-1]["settings_mm"]
            return rows
        here = self.travels[index].end
        doses = [list(before) for _ in range(self.adjustments_per_day)]
        return [
            row_of(self.hexapod, stage["name"], here, list(before), [list(dose) for dose in doses]) for _ in range(days)
        ]

    def moving_row(self, index: int, day: int, before: list[float]) -> Row:
        """Row of day 1, 2 ... of a moving stage, after the settings (mm) of the row before."""
        days, m, travel = self.stage_days[index], self.adjustments_per_day, self.travels[index]
        here = travel.at(day / days)
        as_given = self.settings_at_end and index == self.last_moving() and day == days
        evening = list(self.hexapod.given) if as_given else self.hexapod.settings(here)
        exact = [travel.at((day - 1 + j / m) / days) for j in range(m + 1)]
        doses = self.hexapod.doses(self.tracked, exact, before, evening)
        return row_of(self.hexapod, self.stages[index]["name"], here, evening, doses)

    def rows(self) -> list[Row]:
        """All rows, day 0 first."""
        rows = [self.first_row()]
        for index in range(len(self.stages)):
            rows += self.stage_rows(index, rows[-1]["settings_mm"])
        return rows


def day_0_of(level: Mapping[str, Any], side: str) -> Placement:
    """Where the moving fragment is on day 0: the placement of its deformity."""
    return deformity_placement(level.get("deformity"), side, level["reference"])


def course_start_of(level: Mapping[str, Any], side: str) -> Placement:
    """Where its course starts: where it should be on day 0 by an earlier plan, if it tells so, else where it is."""
    told = level.get("course_from")
    return day_0_of(level, side) if told is None else deformity_placement(told, side, level["reference"])


def travels_of(level: Mapping[str, Any], side: str) -> list[Travel]:
    """The path of every stage, from the start of the course on (a hold stays where it is)."""
    here = course_start_of(level, side)
    travels: list[Travel] = []
    for stage in level["stages"]:
        travels.append(Travel(here, stage_end(stage, here, side, level["reference"])))
        here = travels[-1].end
    return travels


class Course(NamedTuple):
    """The stages of a level on the calendar: their paths, their days, and the largest arcs (mm) on any day of each."""

    stages: list[dict[str, Any]]
    travels: list[Travel]
    stage_days: list[int]
    worst_arc_mm: list[dict[str, float]]


def course_of(level: Mapping[str, Any], side: str) -> Course:
    """Course of a level that has stages."""
    travels, stages = travels_of(level, side), list(level["stages"])
    tracked = tracked_points(level, side, day_0_of(level, side))
    spans = [days_of_stage(level, stage, travel, tracked) for stage, travel in zip(stages, travels, strict=True)]
    return Course(stages, travels, [days for days, _ in spans], [arcs for _, arcs in spans])


def date_rows(rows: list[Row], case: Mapping[str, Any], reference: str) -> None:
    """Write day, date and the remaining deformity into the rows of a level, day 0 first."""
    start_date = date.fromisoformat(case["start_date"])
    for number, row in enumerate(rows):
        row["day"], row["date"] = number, (start_date + timedelta(days=number)).isoformat()
        row["remaining"] = pose_words(row["pose"], case["limb"]["side"], reference)


def plan_level(case: Mapping[str, Any], level_index: int) -> dict[str, Any]:
    """Schedule of one level of a valid case: `rows`, and per stage `stage_days` and `worst_arc_mm`.

    A row has day, date (ISO), stage, lengths_mm, settings_mm, doses_mm, pose (T_ref_mov intended) and
    remaining (words). `worst_arc_mm` is {point name: mm} per stage, empty for a hold. Struts are assumed
    never to run out. Day 0 is where the level is; all after it is the course, which may start a little elsewhere.
    """
    level, side = case["levels"][level_index], case["limb"]["side"]
    stages, travels, stage_days, worst = course_of(level, side)
    start = day_0_of(level, side)
    at_end = level["frame"]["settings_at"] == "end"
    hexapod = hexapod_of(level, side, travels[-1].end if at_end else start)
    doses_a_day = int(level.get("adjustments_per_day") or 1)
    tracked = [point for point, _ in tracked_points(level, side, start).values()]
    rows = Schedule(hexapod, start, stages, travels, stage_days, doses_a_day, at_end, tracked).rows()
    date_rows(rows, case, level["reference"])
    return {"rows": rows, "stage_days": stage_days, "worst_arc_mm": worst}

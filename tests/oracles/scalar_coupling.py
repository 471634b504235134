"""Coupled levels in scalar arithmetic: one hexapod gives way so that the far end of the bone stays where it is.

Levels stand from proximal to distal; level i joins fragment i and fragment i + 1.  In the names below

    step i   (D_i)  places fragment i + 1, at level i's point on it, in fragment i, at level i's point on it;
    shift i  (S_i)  places level i's point on the fragment that levels i - 1 and i share, from level i - 1's point;
    whole    (C)    = step 0, shift 1, step 1, ... shift n, step n.

"keep-length" asks that the whole be what it was on day 0, at all times.  The coupled level c is solved from it:

    step c = (step 0, shift 1, ... shift c)^-1, whole of day 0, (shift c + 1, step c + 1, ... step n)^-1.

Time t counts days from day 0 and runs on within a day.

A level may have `course_from`, the deformity that it should have on day 0 by an earlier plan.  Its course starts there,
and the whole of day 0 is made of these placements (of the deformity, where a level has none).  Moment 0 alone has every
level, the coupled one too, where it is, in its deformity; every later moment has it on its course.

The coupled level may have `return_stages`, stages of its own before it follows.  They are done first, from where its
course starts, and the whole to be kept is the one of the evening when they end.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from scalar_chain import (
    Course,
    Hexapod,
    Row,
    course_of,
    course_start_of,
    date_rows,
    day_0_of,
    hexapod_of,
    is_hold,
    plan_level,
    row_of,
    tracked_points,
)
from scalar_rigid import (
    NO_TURN,
    Placement,
    Vector,
    Words,
    chain,
    inverse,
    place_words,
    placed,
    size,
    subtract,
)

Case = Mapping[str, Any]


class Driven(NamedTuple):
    """A level that has stages, on the calendar."""

    reference: str
    start: Placement
    course: Course

    def days(self) -> int:
        """Its last day."""
        return sum(self.course.stage_days)

    def stage_of(self, day: int) -> int | None:
        """Index of the stage that a day 1, 2 ... belongs to; None once the level has ended."""
        last = 0
        for index, days in enumerate(self.course.stage_days):
            last += days
            if day <= last:
                return index
        return None

    def moves_on(self, day: int) -> bool:
        """True on the days of a stage that is no hold."""
        index = self.stage_of(day)
        return index is not None and not is_hold(self.course.stages[index])

    def ref_mov(self, t: float) -> Placement:
        """Placement of the moving fragment in reference axes: where it is at moment 0, on its course later."""
        return self.start if t == 0.0 else self.course_ref_mov(t)

    def course_ref_mov(self, t: float) -> Placement:
        """Where its course has it, also at moment 0; an ended level stays at its last placement."""
        return along(self.course, t)


def along(course: Course, t: float) -> Placement:
    """Placement of the moving fragment in reference axes on a course, after its end the last one."""
    begun = 0
    for travel, days in zip(course.travels, course.stage_days, strict=True):
        if t <= begun + days:
            return travel.at((t - begun) / days)
        begun += days
    return course.travels[-1].end


def driven_of(level: Mapping[str, Any], side: str) -> Driven:
    """A level that has stages, with where it is on day 0 and its course."""
    return Driven(str(level["reference"]), day_0_of(level, side), course_of(level, side))


def step_of(ref_mov: Placement, reference: str) -> Placement:
    """The distal fragment in the proximal one's axes, from T_ref_mov; and back, for it undoes itself."""
    return {"proximal": ref_mov, "distal": inverse(ref_mov)}[reference]


def shift_of(words: Words | None, side: str) -> Placement:
    """Where a level's point on the shared fragment lies from the previous level's; orientation shared."""
    return Placement(NO_TURN, place_words(words, side))


def coupled_index(case: Case) -> int | None:
    """Which level is coupled, or None."""
    coupled = [index for index, level in enumerate(case["levels"]) if level.get("couple") is not None]
    if not coupled:
        return None
    (index,) = coupled
    if case["levels"][index]["couple"] != "keep-length":
        raise ValueError(f"no such coupling: {case['levels'][index]['couple']!r}")
    return index


class Construct(NamedTuple):
    """All levels of a case that has a coupled one."""

    references: list[str]
    coupled: int
    driven: dict[int, Driven]
    shifts: list[Placement]
    coupled_day_0: Placement
    course_starts: list[Placement]
    returning: Course | None

    def days(self) -> int:
        """Last day of the longest driven level, and so of the coupled one."""
        return max(level.days() for level in self.driven.values())

    def returned(self) -> int:
        """Evening on which the coupled level has done its own stages; 0 without any."""
        return 0 if self.returning is None else sum(self.returning.stage_days)

    def own_stage_on(self, day: int) -> dict[str, Any] | None:
        """The stage of its own that the coupled level does on a day."""
        last = 0
        if self.returning is not None:
            for stage, days in zip(self.returning.stages, self.returning.stage_days, strict=True):
                last += days
                if day <= last:
                    return stage
        return None

    def moves_on(self, day: int) -> bool:
        """True when any driven level moves, and the coupled one with it; or when its own stage moves."""
        own = self.own_stage_on(day)
        if own is not None:
            return not is_hold(own)
        return any(level.moves_on(day) for level in self.driven.values())

    def stage_on(self, day: int) -> str:
        """The driven levels' stage names of a day, each once, in the order of the levels."""
        own = self.own_stage_on(day)
        if own is not None:
            return str(own["name"])
        names: list[str] = []
        for _, level in sorted(self.driven.items()):
            index = level.stage_of(day)
            if index is not None and level.course.stages[index]["name"] not in names:
                names.append(level.course.stages[index]["name"])
        return " / ".join(names)

    def whole_kept(self) -> Placement:
        """The distal end in the proximal end's axes with every level where its course has it when the return is over."""
        evening = float(self.returned())
        here = [
            self.driven[index].course_ref_mov(evening) if index in self.driven else start
            for index, start in enumerate(self.course_starts)
        ]
        if self.returning is not None:
            here[self.coupled] = self.returning.travels[-1].end
        steps = [step_of(placement, name) for placement, name in zip(here, self.references, strict=True)]
        return whole(steps, self.shifts)

    def coupled_step(self, t: float) -> Placement:
        """Step of the coupled level that keeps the whole."""
        before, after = [], []
        for index in range(self.coupled):
            before += [self.driven_step(index, t), self.shifts[index]]
        for index in range(self.coupled + 1, len(self.references)):
            after += [self.shifts[index - 1], self.driven_step(index, t)]
        return chain(inverse(chain(*before)), self.whole_kept(), inverse(chain(*after)))

    def driven_step(self, index: int, t: float) -> Placement:
        """Step of a driven level on its course."""
        return step_of(self.driven[index].course_ref_mov(t), self.references[index])

    def coupled_ref_mov(self, t: float) -> Placement:
        """T_ref_mov of the coupled level: where it is at moment 0, where it keeps the whole later."""
        return self.coupled_day_0 if t == 0.0 else self.coupled_course_ref_mov(t)

    def coupled_course_ref_mov(self, t: float) -> Placement:
        """Where the coupled level keeps the whole, also at moment 0; before, on its own way."""
        if self.returning is not None and t < self.returned():
            return along(self.returning, t)
        return step_of(self.coupled_step(t), self.references[self.coupled])


def whole(steps: list[Placement], shifts: list[Placement]) -> Placement:
    """Step 0, shift 1, step 1, ... step n joined; `shifts` has one entry fewer than `steps`."""
    links = [steps[0]]
    for shift, step in zip(shifts, steps[1:], strict=True):
        links += [shift, step]
    return chain(*links)


def construct_of(case: Case) -> Construct:
    """The construct of a case with exactly one coupled level; frames are not looked at."""
    side, levels, coupled = case["limb"]["side"], case["levels"], coupled_index(case)
    if coupled is None:
        raise ValueError("no level of the case is coupled")
    references = [str(level["reference"]) for level in levels]
    course_starts = [course_start_of(level, side) for level in levels]
    driven = {index: driven_of(level, side) for index, level in enumerate(levels) if index != coupled}
    shifts = [shift_of(level["segment"], side) for level in levels[1:]]
    own = levels[coupled].get("return_stages")
    returning = None if own is None else course_of({**levels[coupled], "stages": own}, side)
    return Construct(references, coupled, driven, shifts, day_0_of(levels[coupled], side), course_starts, returning)


def coupled_rows(
    construct: Construct, hexapod: Hexapod, doses_a_day: int, settings_at_end: bool, tracked: list[Vector]
) -> list[Row]:
    """Rows of the coupled level: read as any level is, on the motion that keeps the whole."""
    moving = [day for day in range(1, construct.days() + 1) if construct.moves_on(day)]
    start = construct.coupled_ref_mov(0.0)
    evening = hexapod.settings(start) if settings_at_end and moving else list(hexapod.given)
    rows = [row_of(hexapod, "start", start, evening, [])]
    for day in range(1, construct.days() + 1):
        here = construct.coupled_ref_mov(float(day))
        if day not in moving:  # a hold repeats what was read the evening before
            evening = list(evening)
            doses = [list(evening) for _ in range(doses_a_day)]
        else:
            before = evening
            evening = list(hexapod.given) if settings_at_end and day == moving[-1] else hexapod.settings(here)
            exact = [construct.coupled_course_ref_mov(day - 1 + j / doses_a_day) for j in range(doses_a_day + 1)]
            doses = hexapod.doses(tracked, exact, before, evening)
        rows.append(row_of(hexapod, construct.stage_on(day), here, evening, doses))
    return rows


def plan_coupled_level(case: Case) -> dict[str, Any]:
    """Schedule of the coupled level: `rows` as of `plan_level`."""
    construct, side = construct_of(case), case["limb"]["side"]
    level = case["levels"][construct.coupled]
    at_end = level["frame"]["settings_at"] == "end"
    hexapod = hexapod_of(level, side, construct.coupled_ref_mov(float(construct.days()) if at_end else 0.0))
    tracked = [point for point, _ in tracked_points(level, side, construct.coupled_ref_mov(0.0)).values()]
    rows = coupled_rows(construct, hexapod, int(level.get("adjustments_per_day") or 1), at_end, tracked)
    date_rows(rows, case, level["reference"])
    return {"rows": rows}


def plan_case(case: Case) -> list[dict[str, Any]]:
    """Schedules of all levels of a valid case, in order, whether one of them is coupled or none."""
    coupled = coupled_index(case)
    return [
        plan_coupled_level(case) if index == coupled else plan_level(case, index)
        for index in range(len(case["levels"]))
    ]


def coupled_arcs_mm(case: Case, pieces: int = 8) -> dict[str, list[float]]:
    """Arc (mm) of each tracked point of the coupled level on each day, by point name.

    A day is cut into chords, `pieces` and twice as many.  A chord is short of its arc by a share that falls with the
    square of its length, so a third of the gain from halving is added once more (Richardson).
    """
    construct, side = construct_of(case), case["limb"]["side"]
    tracked = tracked_points(case["levels"][construct.coupled], side, construct.coupled_ref_mov(0.0))
    arcs: dict[str, list[float]] = {name: [] for name in tracked}
    for day in range(1, construct.days() + 1):
        moves = construct.moves_on(day)
        moments = [day - 1 + k / (2 * pieces) for k in range(2 * pieces + 1)] if moves else []
        poses = [construct.coupled_course_ref_mov(t) for t in moments]
        for name, (point_mov, _) in tracked.items():
            places = [placed(pose, point_mov) for pose in poses]
            fine, coarse = polyline_mm(places), polyline_mm(places[::2])
            arcs[name].append(fine + (fine - coarse) / 3.0)
    return arcs


def polyline_mm(places: list[tuple[float, float, float]]) -> float:
    """Summed distance (mm) from place to place."""
    return sum(size(subtract(b, a)) for a, b in pairwise(places))

"""replan: a new case that starts from readings taken during treatment and has the stages that are left."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from hexapod.case.field_types import LONGEST_STAGE_DAYS
from hexapod.case.files import read_case
from hexapod.case.model import Case, Level
from hexapod.deformity.pose import deformity_pose, deformity_words, place, place_words
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import FollowUp
from hexapod.follow_up.reading_explanation import DOUBTFUL, struts_on
from hexapod.follow_up.remaining_stages import (
    END_DECIMALS,
    LevelState,
    StageLeft,
    begun_of_others,
    calendar_day,
    keep_first_day,
    moment_planned,
    moment_read,
    rounded_words,
    stages_left,
    to_pose,
    turn_back,
    unread_day,
)
from hexapod.follow_up.return_to_plan import check_turn_back, pause_left, return_day, way_back
from hexapod.geometry.transforms import Array, invert
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.hardware.models import Strut
from hexapod.trajectory.bone_trajectory import Course, bone_course
from hexapod.trajectory.coupled_levels import intended_poses
from hexapod.trajectory.frame_trajectory import FrameCourse, explained_by_marks
from hexapod.trajectory.gaps import CLOSED_MM, gaps_at
from hexapod.trajectory.level_setup import LevelSetup, set_up

# Decimals of a start (mm, deg): a nanometre at the bone, and far below 1e-5 mm at a ring 300 mm away from it.
START_DECIMALS = 6
Document = dict[str, Any]


class DoubtfulReadings(HexapodError):
    """Readings on which no new plan should be built before they are read again."""


class StrutsUnknown(HexapodError):
    """It must be said which struts are on the frame before a new plan is made."""


@dataclass(frozen=True)
class Wishes:
    """What the surgeon wishes of a re-plan beyond the stages that are left.

    First hold for `pause_days`; then go back to the intended pose of `turn_back_days` days earlier, in as many days;
    from then on keep `mm_per_day`, where it is below a stage's own limit.  These three are for all levels, which stay
    on one calendar.  `deformity` (words) is one newly measured for the level that was read, instead of the one that the
    readings imply; `deformities_also` has those of other levels that were read.  `even_if_doubtful` takes readings that
    are probably misread.  `struts_of` says which six models are on levels (counted from 0) that were not read; for
    those read, the follow-up has them.
    """

    pause_days: int = 0
    turn_back_days: int = 0
    mm_per_day: float | None = None
    deformity: Mapping[str, float] | None = None
    even_if_doubtful: bool = False
    struts_of: Mapping[int, Sequence[str]] = field(default_factory=dict)
    deformities_also: Mapping[int, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, days in (("A pause", self.pause_days), ("Turning back", self.turn_back_days)):
            if not 0 <= days <= LONGEST_STAGE_DAYS:
                raise HexapodError(f"{name} takes 0 to {LONGEST_STAGE_DAYS} whole days, not {days}.")
        if self.mm_per_day is not None and not (0.0 < self.mm_per_day < math.inf):
            raise HexapodError(f"A slower rate is above 0 mm a day, not {self.mm_per_day:g}.")


def replan(
    found: FollowUp,
    wishes: Wishes | None = None,
    catalogue: Catalogue | None = None,
    also: Sequence[FollowUp] = (),
) -> Case:
    """The case that continues that of a plan from the readings of a follow-up, with day 0 on their date.

    On a level that was read, that of `found` and those of `also`, the frame has the struts of that day and these
    readings, known at the start, and the deformity is the one they imply; the other levels stand as planned on that
    date (see `unread_day`). Mounting and bone are as they were, structures at risk where they have moved to. The
    stages left (`follow_up/remaining_stages.py`) are counted from the day that the readings belong to. They keep to
    the old calendar when the readings are the plan's own; otherwise, and after a new deformity, the limits decide
    how long the first motion takes, and one is added when none is left. In a construct all levels first return to
    where the plan has them (`follow_up/return_to_plan.py`), so that the ends of the limb end as planned whichever
    hexapod has slipped. After a day's adjustments done in part, the rest of that day is done on the next: never
    faster than planned.

    Regenerate and distance to docking go on from where the readings put the bone.  A level that follows the plan
    goes on from where the plan has it (`course_from`), so that its rows are the rest of the old ones.
    Every other key of the case is kept, but for the radiographs of the deformity of before.  `derived_from` names the
    old case by its fingerprint, `treatment_started` its first day, and `so_far` of a level what is judged from there.

    Raises:
        DoubtfulReadings: readings that are probably misread, or of which it must be asked what they mean (both unless
            `wishes.even_if_doubtful`), or that fit no pose.
        StrutsUnknown: an exchange lies between the day of the readings and their date, and nobody said what is on.
        HexapodError: nothing is left to do, a wish that cannot be met, or follow-ups of several plans.
        CaseError: the new case would be beyond the limits of a case file.
    """
    wishes, catalogue = wishes or Wishes(), catalogue or load_catalogue()
    plan, case = found.plan, found.plan.case
    reads = {one.level: one for one in (*also, found)}
    wished = {
        one.level: wishes if one is found else replace(wishes, deformity=wishes.deformities_also.get(one.level))
        for one in reads.values()
    }
    if len(reads) != 1 + len(also) or any(one.plan is not plan or one.date != found.date for one in also):
        raise HexapodError("Give one follow-up for each hexapod that was read, all of one plan and one date.")
    for one in reads.values():
        _check_readings(one, wished[one.level])
    document = case.document
    others, begun = unread_day(found), begun_of_others(found)
    moments = [
        moment_read(reads[index], wished[index].deformity)
        if index in reads
        else moment_planned(level, others, begun, _struts_of(index, found, wishes, catalogue))
        for index, level in enumerate(plan.levels)
    ]
    courses = [level.course for level in plan.levels]
    for written, level, course, now in zip(document["levels"], case.levels, courses, moments, strict=True):
        _start_from(written, level, course.setup, now)
        _keep_gaps(written, course, now)
    together = _go_on(document["levels"], plan.frames, moments)
    back = return_day(courses, moments, together)
    document |= {"start_date": found.date.isoformat(), "derived_from": case.sha256}
    keep_first_day(document, case, courses, moments, found.date)
    before, ways = _pause(wishes), tuple[StageLeft, ...]()
    check_turn_back(courses, moments[0].day if back is None else back, wishes.turn_back_days)
    if back is not None:
        before += pause_left(courses, moments[0].day) if together else []
        ways = way_back(document, courses, back, wishes.mm_per_day, catalogue)
        moments = [replace(now, day=back, follows_plan=True) for now in moments]
    left: dict[int, list[StageLeft]] = {}
    for index, (written, course, now) in enumerate(zip(document["levels"], courses, moments, strict=True)):
        first = [*before, *ways[index : index + 1]]
        written.pop("return_stages", None)
        # Measured on radiographs of before, or with what was known of that deformity.
        written.pop("measured_with", None)
        written.pop("deformity_sd", None)
        if written.get("stages") is not None:
            # Back on the plan the bone is where that has it, whatever was measured.
            measured = back is None and index in reads and wished[index].deformity is not None
            left[index] = [*first, *_stages(course, written["stages"], now, wishes, measured)]
        elif ways:  # a level that compensates follows the others, but for its own return
            written["return_stages"] = [stage.document for stage in first]
    if not any(left.values()):
        raise HexapodError("The plan is finished: nothing is left to do. Give a new deformity, or days to turn back.")
    if wishes.mm_per_day is not None:
        left = _slower(document, left, wishes.mm_per_day, catalogue, ways)
    return _case(document, left)


def _struts_of(index: int, found: FollowUp, wishes: Wishes, catalogue: Catalogue) -> tuple[Strut, ...]:
    """The struts of a level that was not read: as said, else as planned for the day on which it is taken to stand.

    Raises:
        StrutsUnknown: nobody said so, and an exchange lies between that day and the date.
    """
    level = found.plan.levels[index]
    if index in wishes.struts_of:
        return struts_on(level.setup.struts, wishes.struts_of[index], catalogue)
    taken, dated = (min(day, level.last.day) for day in (unread_day(found), calendar_day(found)))
    if level.rows[taken].models != level.rows[dated].models:
        raise StrutsUnknown(
            f"Hexapod {index + 1} ({level.name}) was not read and is assumed to be as planned for day {taken}; the "
            f"plan changes struts out on it until today, day {dated}. Enter the six models on it."
        )
    return level.rows[taken].struts


def _check_readings(found: FollowUp, wishes: Wishes) -> None:
    if found.asked is not None and found.asked.needed:
        raise StrutsUnknown(f"No new case was made. {found.asked.sentence}")
    if found.T_ref_mov is None:
        raise DoubtfulReadings("No pose fits these readings, so nothing can start from them: read all six again.")
    if found.remaining is None and wishes.deformity is None:
        raise DoubtfulReadings(
            "No deformity can be given for these readings, so nothing can start from them: read again."
        )
    if found.explanation.asks and not wishes.even_if_doubtful:
        what = "are probably wrong" if found.explanation.kind in DOUBTFUL else "may mean something else"
        asks = "" if found.explanation.kind in DOUBTFUL else f" {found.explanation.asks}"
        raise DoubtfulReadings(f"No new case was made of readings that {what}. {found.explanation.sentence}{asks}")


def _start_from(written: Document, level: Level, setup: LevelSetup, now: LevelState) -> None:
    """Put a level's new start into its part of the case file's value."""
    words = rounded_words(now.words, START_DECIMALS)
    frame = written["frame"]
    frame["struts"] = [
        entry if strut.name == before.name else strut.name
        for entry, before, strut in zip(frame["struts"], setup.struts, now.struts, strict=True)
    ]
    frame |= {"settings_mm": list(now.settings_mm), "settings_at": "start"}
    written["deformity"] = words
    T_new_old = deformity_pose(words, setup.side, setup.reference) @ invert(setup.T_ref_mov_start)
    for structure, entry in zip(level.structures_at_risk, written.get("structures_at_risk") or (), strict=True):
        entry["at"] = _moved(structure.at.words(), T_new_old, setup)


def _go_on(written: Sequence[Document], frames: Sequence[FrameCourse], moments: Sequence[LevelState]) -> bool:
    """Put into every level that follows the plan where the plan has it: its new rows are then the rest of the old ones.

    Whether all levels do so on the same day: otherwise those of a construct have a way back first.
    """
    courses = [frame.course for frame in frames]
    times = [now.day + now.begun for now in moments]
    intended = intended_poses(courses, times)
    on_course = [
        now.follows_plan and explained_by_marks(now.struts, frame.off_mm(T, now.lengths_mm))
        for frame, now, T in zip(frames, moments, intended, strict=True)
    ]
    together = all(on_course) and all(now.day == moments[0].day for now in moments)
    if not together and any(course.setup.level.coupled for course in courses):
        # Each by its own course: they are not on it at the same time, or not all of them.
        intended = [
            course.intended_at(np.array([min(time, course.days)]))[0]
            for course, time in zip(courses, times, strict=True)
        ]
        on_course = [
            now.follows_plan and explained_by_marks(now.struts, frame.off_mm(T, now.lengths_mm))
            for frame, now, T in zip(frames, moments, intended, strict=True)
        ]
    for level, course, T_ref_mov, follows in zip(written, courses, intended, on_course, strict=True):
        level.pop("course_from", None)
        if follows:
            words = deformity_words(T_ref_mov, course.setup.side, course.setup.reference)
            level["course_from"] = rounded_words(words, END_DECIMALS)
    return together


def _keep_gaps(written: Document, course: Course, now: LevelState) -> None:
    """Put the gap at the osteotomy and the distance to docking, by the readings, into the level's new start."""
    opened, left = gaps_at(course, now.T_ref_mov)
    if opened is not None and (opened > CLOSED_MM or written["bone"].get("gap_mm")):
        written["bone"]["gap_mm"] = round(opened, START_DECIMALS)
    if left is not None and written.get("docking_gap_mm") is not None:
        written["docking_gap_mm"] = round(max(left, 0.0), START_DECIMALS)


def _moved(at: Mapping[str, float], T_new_old: Array, setup: LevelSetup) -> dict[str, float]:
    """A place in words after the moving fragment, on which it rides, has moved."""
    position_mm = T_new_old[:3, :3] @ place(at, setup.side) + T_new_old[:3, 3]
    return rounded_words(place_words(position_mm, setup.side), START_DECIMALS)


def _stages(
    course: Course, written: list[Document], now: LevelState, wishes: Wishes, measured: bool
) -> list[StageLeft]:
    """The stages of a level's new plan after the pause: turn back, and what is left."""
    back: list[StageLeft] = []
    if wishes.turn_back_days:
        back = [turn_back(course, now.day, wishes.turn_back_days, keep_days=now.follows_plan)]
    day = now.day - wishes.turn_back_days
    # Turned back, the bone is where the plan had it that day, whatever was measured.
    rest = stages_left(course, written, day, keep_days=now.follows_plan, measured=measured and not back)
    if not now.follows_plan and not any(stage.moves for stage in (*back, *rest)):
        rest.insert(0, to_pose(course, "correct the rest", course.T_ref_mov[-1], None))
    return [*back, *rest]


def _pause(wishes: Wishes) -> list[StageLeft]:
    return [StageLeft({"name": "pause", "hold_days": wishes.pause_days})] if wishes.pause_days else []


def _slower(
    document: Document,
    left: dict[int, list[StageLeft]],
    mm_per_day: float,
    catalogue: Catalogue,
    returning: Sequence[StageLeft] = (),
) -> dict[int, list[StageLeft]]:
    """The stages left at a lower rate.

    A stage that had more days than the lower rate needs keeps them: being asked to go slower makes nothing faster.
    `returning` are the stages of a level without others: its way back, which keeps to the lower rate already.

    Raises:
        HexapodError: the rate is below the limit of no stage that is left.
    """
    stages_of_all = [*returning, *(stage for stages in left.values() for stage in stages)]
    own = [stage.mm_per_day for stage in stages_of_all if stage.mm_per_day is not None]
    if not any(mm_per_day < limit for limit in own):
        most = f"their limit is {max(own):g} mm a day already" if own else "nothing moves in them"
        raise HexapodError(f"{mm_per_day:g} mm a day makes none of the remaining stages slower: {most}.")
    slowed = {index: [stage.slower(mm_per_day) for stage in stages] for index, stages in left.items()}
    # "At most so much a day" is said of everything that moves: a structure's own limit is lowered like a stage's.
    for level in document["levels"]:
        for structure in level.get("structures_at_risk") or ():
            if (own_limit := structure.get("limit_mm_per_day")) is not None:
                structure["limit_mm_per_day"] = min(own_limit, mm_per_day)
    case = _case(document, slowed)
    for index, stages in slowed.items():
        course = bone_course(set_up(case, index, catalogue))
        slowed[index] = [
            replace(stage, document=stage.document | {"days": stage.days})
            if stage.moves and part.days < stage.days
            else stage
            for stage, part in zip(stages, course.stages[: len(stages)], strict=True)
        ]
    return slowed


def _case(document: Document, left: dict[int, list[StageLeft]]) -> Case:
    """The case with these stages; a level that is finished before the others holds for a day, as it needs a stage."""
    levels = list(document["levels"])
    for index, stages in left.items():
        written = [stage.document for stage in stages] or [{"name": "finished", "hold_days": 1}]
        levels[index] = levels[index] | {"stages": written}
    return read_case(document | {"levels": levels})

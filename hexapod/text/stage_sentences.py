"""A stage in words: what it does, how far, in how many days, and when."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hexapod.case.level_parts import KEPT, Stage, Target
from hexapod.case.model import Case
from hexapod.deformity.pose import deformity_pose, deformity_words
from hexapod.deformity.quantities import AXIAL_TRANSLATION
from hexapod.deformity.sides import Fragment, Side, other
from hexapod.errors import HexapodError
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.deformity_sentences import listed
from hexapod.text.numbers import number
from hexapod.trajectory.bone_trajectory import stage_target


@dataclass(frozen=True)
class Span:
    """The days of a stage, counted from day 0 of the plan, and their dates."""

    first_day: int
    last_day: int
    first_date: datetime.date
    last_date: datetime.date


def stage_sentence(stage: Stage, reference: Fragment | None, found: Mapping[str, float] | None = None) -> str:
    """What a stage does, with the sizes as entered; `found` is the deformity in which it begins, in words, if known.

    >>> stage_sentence(Stage.model_validate({"name": "x", "correct_to": {"varus_deg": 9, "long_mm": 3.25}}), "proximal")
    'Corrects until 9 deg varus and 3.25 mm long remain.'
    >>> stage_sentence(Stage.model_validate({"name": "x", "transport": {"distal_mm": 60}, "days": 70}), "proximal")
    'Carries the distal fragment 60 mm distal from where it is. Fixed: 70 days.'
    >>> kept = {"long_mm": 3, "keep": ["angulation", "rotation", "translation"]}
    >>> distract = Stage.model_validate({"name": "x", "correct_to": kept})
    >>> stage_sentence(distract, "proximal", {"varus_deg": 9, "short_mm": 5})
    'Lengthening only; angulation and rotation unchanged, translation too. It ends 3 mm long.'
    """
    return " ".join([_what(stage, reference, found), *_limits(stage)])


def found_words(
    stages: Sequence[Stage | None], deformity: Mapping[str, float], side: Side | None, reference: Fragment | None
) -> list[Mapping[str, float] | None]:
    """The deformity in which each stage begins, in words; None from where it cannot be told."""
    told: list[Mapping[str, float] | None] = [None] * len(stages)
    if side is None or reference is None:
        return told
    try:
        T_ref_mov = deformity_pose(deformity, side, reference)
        for number, stage in enumerate(stages):
            told[number] = deformity_words(T_ref_mov, side, reference)
            if stage is None:
                break
            T_ref_mov = stage_target(stage, T_ref_mov, side, reference)
    except HexapodError:
        pass
    return told


def spans(case: Case, level: LevelPlan) -> list[Span]:
    """Days and dates of the stages of a level, in order, as planned; nothing for a plan without rows."""
    if level.frame is None or not level.rows:
        return []

    def date(day: int) -> datetime.date:
        return case.first_day + datetime.timedelta(days=day)

    parts = level.frame.course.stages
    return [
        Span(part.first_day + 1, part.last_day, date(part.first_day + 1), date(part.last_day))
        for part in parts
        if part.stage is not None
    ]


def span_words(span: Span) -> str:
    """The days of a stage with their dates: how many, which, when.

    >>> span_words(Span(8, 16, datetime.date(2026, 3, 9), datetime.date(2026, 3, 17)))
    '9 days: day 8 to 16, Mon 9 Mar to Tue 17 Mar 2026'
    >>> span_words(Span(8, 8, datetime.date(2026, 3, 9), datetime.date(2026, 3, 9)))
    '1 day: day 8, Mon 9 Mar 2026'
    """
    count = span.last_day - span.first_day + 1
    last = f"{span.last_date:%a} {span.last_date.day} {span.last_date:%b %Y}"
    if count == 1:
        return f"1 day: day {span.first_day}, {last}"
    same_year = span.first_date.year == span.last_date.year
    first = f"{span.first_date:%a} {span.first_date.day} {span.first_date:%b}"
    first += "" if same_year else f" {span.first_date:%Y}"
    return f"{count} days: day {span.first_day} to {span.last_day}, {first} to {last}"


def _what(stage: Stage, reference: Fragment | None, found: Mapping[str, float] | None) -> str:
    if stage.hold_days is not None:
        return f"Nothing moves for {_days(stage.hold_days)}."
    if stage.correct_to is not None:
        left = stage.correct_to.words()
        words = _sizes(left)
        if stage.correct_to.keep:
            return _keeps(stage.correct_to, found)
        if not words:
            return "Corrects all: no deformity remains."
        many = len([size for size in left.values() if size]) > 1
        return f"Corrects until {words} remain{'' if many else 's'}."
    assert stage.transport is not None
    moving = "moving" if reference is None else other(reference)
    words = _sizes(stage.transport.words())
    if not words:
        return f"Carries the {moving} fragment nowhere: no size is entered."
    return f"Carries the {moving} fragment {words} from where it is."


def _keeps(target: Target, found: Mapping[str, float] | None) -> str:
    """What a stage does that keeps something as it finds it."""
    kept, free = ([name for name in KEPT if (name in target.keep) is keeps] for keeps in (True, False))
    words = _sizes(target.words())
    if not free:
        return "Nothing moves: all stays as the stage finds it."
    if free == ["length"]:
        verb = "Length"
        if found is not None:
            longer = AXIAL_TRANSLATION.signed(found) - AXIAL_TRANSLATION.signed(target.words())
            verb = "Lengthening" if longer > 0.0 else "Shortening" if longer < 0.0 else "Length"
        end = words or "neither short nor long"
        return f"{verb} only; angulation and rotation unchanged, translation too. It ends {end}."
    many = len([size for size in target.words().values() if size]) > 1
    until = f" until {words} remain{'' if many else 's'}" if words else ""
    return f"Corrects {listed(free)}{until}; {listed(kept)} unchanged."


def _limits(stage: Stage) -> list[str]:
    meant = stage.meant and stage.correct_to is not None
    told = ["It may enlarge the deformity: meant."] if meant else []
    told += [] if stage.days is None else [f"Fixed: {_days(stage.days)}."]
    if stage.limits is not None and stage.limits.mm_per_day is not None:
        told.append(f"At most {number(stage.limits.mm_per_day)} mm a day.")
    if stage.limits is not None and stage.limits.says_turn:
        deg_per_day = stage.limits.deg_per_day
        told.append("No limit of rotation." if deg_per_day is None else f"At most {number(deg_per_day)} deg a day.")
    return told


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _sizes(words: Mapping[str, float]) -> str:
    """Words with their sizes as entered, not rounded; zeros left out."""
    parts = []
    for word, value in words.items():
        name, _, unit = word.rpartition("_")
        if value:
            parts.append(f"{number(value)} {unit} {name.replace('_', ' ')}")
    return listed(parts)

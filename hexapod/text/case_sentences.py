"""Plain sentences: what was entered, what each stage does and when, and how the bone will move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hexapod.case.level_parts import KEPT, Indication, Stage, Target
from hexapod.case.model import DrivenLevel, Level
from hexapod.deformity.pose import deformity_pose, deformity_words
from hexapod.deformity.quantities import (
    AP_ANGULATION,
    AXIAL_ROTATION,
    AXIAL_TRANSLATION,
    LATERAL_ANGULATION,
    Fragment,
    Side,
    lateral_x,
    other,
)
from hexapod.errors import HexapodError
from hexapod.geometry.pose_path import Path
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import RANGE_TOLERANCE_MM, shown_name
from hexapod.plan.make_plan import LevelPlan
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.languages import STRUT_COLOURS
from hexapod.text.numbers import distance, number
from hexapod.trajectory.bone_trajectory import Course, StageCourse, stage_target

# The smallest motion (mm) mentioned in a sentence about the movement of the bone; scales are read no finer.
WORTH_A_WORD_MM = 0.05
# The smallest rotation (deg) mentioned; angles are measured no finer.
WORTH_A_WORD_DEG = 0.05


def size(value: float) -> str:
    """A size with at most one decimal, as a person says it.

    >>> size(9.0), size(12.25), size(0.02)
    ('9', '12.2', 'under 0.1')
    """
    if 0.0 < value < WORTH_A_WORD_MM:
        return "under 0.1"
    return f"{value:.1f}".removesuffix(".0")


def words_sentence(words: Mapping[str, float], nothing: str = "none", *, gap: bool = False) -> str:
    """Words and sizes in one line: `9 deg varus, 5 mm posterior`; `gap` as in `spoken`.

    >>> words_sentence({"varus_deg": 9.0, "apex_anterior_deg": 6.0, "short_mm": 9})
    '9 deg varus, 6 deg apex anterior, 9 mm short'
    """
    sizes = (f"{size(value)} {unit_of(word)} {spoken(word, gap=gap)}" for word, value in words.items())
    return ", ".join(sizes) or nothing


# What is said where a segment travels or docks: the bone ends are apart there, and no limb is too long or too short.
AT_A_GAP = {"long_mm": "apart", "short_mm": "compressed"}


def at_a_gap(level: Level) -> bool:
    """Whether a hexapod transports a segment or closes a defect, so that `spoken` tells a gap instead of a length."""
    return level.coupled or (isinstance(level, DrivenLevel) and any(stage.transport for stage in level.stages))


def spoken(word: str, *, gap: bool = False) -> str:
    """A direction word of a case file as a person says it; `gap`: of two bone ends with a gap between them.

    >>> spoken("apex_anterior_deg"), spoken("leans_medial_deg"), spoken("long_mm", gap=True)
    ('apex anterior', 'medial tilt', 'apart')
    """
    if gap and word in AT_A_GAP:
        return AT_A_GAP[word]
    name = word.rpartition("_")[0].replace("_", " ")
    return f"{name.removeprefix('leans ')} tilt" if name.startswith("leans ") else name


def unit_of(word: str) -> str:
    """The unit of a direction word: `mm` or `deg`."""
    return word.rpartition("_")[2]


def deformity_sentences(words: Mapping[str, float], reference: Fragment, *, docks: bool = False) -> list[str]:
    """The deformity read back, one sentence a word, naming the fragment that the radiographs show.

    `docks`: at a docking site, where the length that the fragments are apart is the defect.
    """
    moving = other(reference)
    deviates = f"the {moving} end of the {moving} fragment deviates"
    sentences_of = {
        "varus_deg": f"{{}} deg varus: {deviates} towards the midline.",
        "valgus_deg": f"{{}} deg valgus: {deviates} away from the midline.",
        "apex_anterior_deg": f"{{}} deg apex anterior (procurvatum): {deviates} backwards.",
        "apex_posterior_deg": f"{{}} deg apex posterior (recurvatum): {deviates} forwards.",
        "internal_rotation_deg": "{} deg internal rotation: the distal fragment is rotated inwards on the proximal.",
        "external_rotation_deg": "{} deg external rotation: the distal fragment is rotated outwards on the proximal.",
        "medial_mm": f"{{}} mm medial: the {moving} fragment is {{}} mm nearer the midline than it should be.",
        "lateral_mm": f"{{}} mm lateral: the {moving} fragment is {{}} mm farther from the midline than it should be.",
        "anterior_mm": f"{{}} mm anterior: the {moving} fragment is {{}} mm too far forward.",
        "posterior_mm": f"{{}} mm posterior: the {moving} fragment is {{}} mm too far back.",
        "short_mm": "{} mm: the bone ends are compressed by so much." if docks else "{} mm shortening.",
        "long_mm": "{} mm defect: the bone ends are that far apart along the bone."
        if docks
        else "{} mm lengthening: the fragments are apart along the bone.",
    }
    return [sentences_of[word].format(*[size(value)] * 2) for word, value in words.items()]


def mounting_sentence(words: Mapping[str, float], reference: Fragment) -> str:
    """The mounting parameters in one sentence: frame offsets, rotary frame offset and tilt of the reference ring."""
    text = words_sentence(words, "centred on the origin, orthogonal to the bone, master tab anterior")
    return f"Mounting parameters of the {reference} (reference) ring from the origin: {text}."


_STRAIGHT: Mapping[Indication, str] = {
    "osteotomy": "No deformity: the bone is straight.",
    "fracture": "No deformity: the bone is straight.",
    "joint": "No deformity: the joint stands as it belongs.",
}


# Of a hexapod that transports: what shall be closed or lengthened is no deformity of the place where the bone is cut.
NOT_DISPLACED = "The fragments are not displaced; the stages transport one of them."
# Of a hexapod that compensates for others: its defect, if it closes one, is not entered, or there is none.
NO_DEFECT = "No defect and no displacement is entered here; this hexapod compensates for the others."


def not_displaced(indication: Indication, *, transports: bool, coupled: bool) -> str:
    """What is said of a hexapod whose deformity is entered as none."""
    return NO_DEFECT if coupled else NOT_DISPLACED if transports else _STRAIGHT[indication]


def level_sentences(level: Level) -> list[str]:
    """Deformity and mounting of a level read back; what was not entered is reported as missing, not as zero."""
    nothing = not_displaced(level.indication, transports=at_a_gap(level), coupled=level.coupled)
    bone = deformity_sentences(level.deformity_words, level.reference, docks=level.coupled) or [nothing]
    if level.deformity is None:
        bone = ["The deformity was not entered: planned as none."]
    if level.mounting is None:
        return [
            *bone,
            f"The mounting parameters of the {level.reference} (reference) ring were not entered: planned as zero.",
        ]
    return [*bone, mounting_sentence(level.mounting_words, level.reference)]


def not_entered(level: Level) -> list[str]:
    """What is not entered for a hexapod, and what therefore could not be checked."""
    left_out = (
        (level.deformity is None, "Deformity: planned as none."),
        (level.mounting is None, "Mounting parameters: planned as zero."),
        (level.bone is None, "Osteotomy and diameter of the bone: its ends and its clearances are not checked."),
        (level.limb_girth_mm is None, "Limb girth: clearances to the skin are not checked."),
        (not level.structures_at_risk, "Structures at risk: no nerve, vessel or skin is watched."),
    )
    return [sentence for absent, sentence in left_out if absent]


def day_and_date(plan: LevelPlan, day: int) -> str:
    """A day of a plan with its date: `day 17, Thursday 30 April 2026`."""
    date = plan.rows[day].date
    return f"day {day}, {date:%A} {date.day} {date:%B %Y}"


def exchange_sentence(exchange: Exchange, on: str = "") -> str:
    """One strut change-out: which strut, which models and what they read, when, when else it could be, and why.

    `on` is the planned day in words, with its date where a plan knows it.
    """
    old_reads, new_reads = number(exchange.old_reads_mm), number(exchange.new_reads_mm)
    what = f"change {shown_name(exchange.old)} for {shown_name(exchange.new)}"
    reads = f"The old strut then reads {old_reads} mm; fit the new one at {new_reads} mm."
    if exchange.resets:
        what = f"reset {shown_name(exchange.old)}, to acute part {number(exchange.new.acute_mm or 0.0)} mm"
        change_mm = exchange.new.length(exchange.new_reads_mm) - exchange.old.length(exchange.old_reads_mm)
        # Marks of the two parts need not meet: then the nearest mark is as much off as after any change-out.
        stays = "so that the length stays"
        if abs(change_mm) > RANGE_TOLERANCE_MM:
            stays = f"the nearest mark, {number(abs(change_mm))} mm {'longer' if change_mm > 0.0 else 'shorter'}"
        reads = f"Its gradual scale then reads {old_reads} mm; turn it to {new_reads} mm, {stays}."
    return (
        f"Strut {exchange.strut} ({STRUT_COLOURS[exchange.strut]}): {what} on the morning of "
        f"{on or f'day {exchange.planned_day}'} "
        f"(possible from day {exchange.first_day} to {exchange.last_day}). {reads} "
        f"{distance(exchange.reserve_mm)} mm of strut travel remain. Why: {exchange.reason}."
    )


def exchange_sentences(plan: LevelPlan) -> list[str]:
    """All strut change-outs of a hexapod, with their dates."""
    return [exchange_sentence(exchange, day_and_date(plan, exchange.planned_day)) for exchange in plan.exchanges]


def direction_words(shift_mm: Array, side: Side) -> str:
    """A displacement (3,) in limb axes as words: `40 mm distal, 2 mm medial`.

    >>> direction_words(np.array([2.0, 0.0, -40.0]), "right")
    '40 mm distal, 2 mm medial'
    """
    pairs = (
        (shift_mm[2], "proximal", "distal"),
        (shift_mm[0] * lateral_x(side), "lateral", "medial"),
        (shift_mm[1], "posterior", "anterior"),
    )
    sentences = [
        f"{size(abs(value))} mm {positive if value > 0 else negative}"
        for value, positive, negative in pairs
        if abs(value) >= WORTH_A_WORD_MM
    ]
    return ", ".join(sentences)


def rotation_words(path: Path, side: Side, reference: Fragment) -> str:
    """What a stage does to the three angles of the deformity: `14 deg varus to none, none to 2 deg valgus`."""
    before, after = (deformity_words(T, side, reference) for T in (path.T_start, path.T_end))
    parts = []
    for pair in (AP_ANGULATION, LATERAL_ANGULATION, AXIAL_ROTATION):
        words = [
            words_sentence({word: angles[word] for word in (pair.positive, pair.negative) if word in angles})
            for angles in (before, after)
        ]
        if words[0] != words[1]:
            parts.append(" to ".join(words))
    return ", ".join(parts) or "by less than can be told"


def listed(parts: Sequence[str]) -> str:
    """Things in a row: `varus, rotation and length`.

    >>> listed(["varus", "rotation", "length"]), listed(["varus"]), listed([])
    ('varus, rotation and length', 'varus', '')
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _kept(part: StageCourse) -> str:
    """What a stage leaves unchanged, as the end of its sentence."""
    target = None if part.stage is None else part.stage.correct_to
    return f"; {listed([name for name in KEPT if name in target.keep])} unchanged" if target and target.keep else ""


def movement_sentences(course: Course) -> list[str]:
    """How the moving fragment will travel, stage by stage, from its planned course."""
    level, side = course.setup.level, course.setup.side
    moving = other(level.reference)
    sentences = []
    if level.coupled:
        sentences.append(
            f"This hexapod compensates (keeps overall length). Its {level.reference} fragment moves with the others; "
            f"the movement of the {moving} fragment is given relative to it."
        )
    for part in course.stages:
        days = f"Day {part.first_day + 1}" + (f" to {part.last_day}" if part.days > 1 else "")
        if part.holds or not part.path.moves:
            sentences.append(f"{days}, {part.name}: nothing moves.")
            continue
        shift = part.path.T_end[:3, 3] - part.path.T_start[:3, 3]
        motions = []
        if words := direction_words(shift, side):
            motions.append(f"moves {words}")
        turn = float(np.degrees(part.path.angle))
        if turn >= WORTH_A_WORD_DEG:
            motions.append(f"rotates {size(turn)} deg ({rotation_words(part.path, side, level.reference)})")
        sentences.append(
            f"{days}, {part.name}: the {moving} fragment {' and '.join(motions) or 'hardly moves'}{_kept(part)}."
        )
    return sentences


def stage_sentence(stage: Stage, reference: Fragment | None, found: Mapping[str, float] | None = None) -> str:
    """What a stage does, with the sizes as entered; `found` is the deformity in which it begins, in words, if known.

    >>> stage_sentence(Stage.model_validate({"name": "x", "correct_to": {"varus_deg": 9, "long_mm": 3.25}}), "proximal")
    'Corrects to a target deformity of 9 deg varus and 3.25 mm long.'
    >>> stage_sentence(Stage.model_validate({"name": "x", "transport": {"distal_mm": 60}, "days": 70}), "proximal")
    'Transports the distal fragment 60 mm distal from where it is. Fixed: 70 days.'
    >>> kept = {"long_mm": 3, "keep": ["angulation", "rotation", "translation"]}
    >>> distract = Stage.model_validate({"name": "x", "correct_to": kept})
    >>> stage_sentence(distract, "proximal", {"varus_deg": 9, "short_mm": 5})
    'Lengthening only, 9 deg varus unchanged. Ends 3 mm long.'
    """
    return " ".join([_what(stage, reference, found), *_limits(stage)])


def found_words(
    stages: Sequence[Stage | None], deformity: Mapping[str, float], side: Side | None, reference: Fragment | None
) -> list[Mapping[str, float] | None]:
    """The deformity in which each stage begins, in words; None where it cannot be given in words."""
    found: list[Mapping[str, float] | None] = [None] * len(stages)
    if side is None or reference is None:
        return found
    try:
        T_ref_mov = deformity_pose(deformity, side, reference)
        for number, stage in enumerate(stages):
            found[number] = deformity_words(T_ref_mov, side, reference)
            if stage is None:
                break
            T_ref_mov = stage_target(stage, T_ref_mov, side, reference)
    except HexapodError:
        pass
    return found


def _what(stage: Stage, reference: Fragment | None, found: Mapping[str, float] | None) -> str:
    if stage.hold_days is not None:
        return f"Nothing moves for {_days(stage.hold_days)}."
    if stage.correct_to is not None:
        words = _sizes(stage.correct_to.words())
        if stage.correct_to.keep:
            return _keeps(stage.correct_to, found)
        if not words:
            return "Corrects all: no deformity remains."
        return f"Corrects to a target deformity of {words}."
    assert stage.transport is not None
    moving = "moving" if reference is None else other(reference)
    words = _sizes(stage.transport.words())
    if not words:
        return f"Transports the {moving} fragment nowhere: no transport vector is entered."
    return f"Transports the {moving} fragment {words} from where it is."


def _keeps(target: Target, found: Mapping[str, float] | None) -> str:
    """What a stage does that leaves some quantities unchanged."""
    kept, free = ([name for name in KEPT if (name in target.keep) is keeps] for keeps in (True, False))
    words = _sizes(target.words())
    if not free:
        return "Nothing moves: all stays as the stage finds it."
    if free == ["length"]:
        verb = "Length"
        if found is not None:
            longer = AXIAL_TRANSLATION.signed(found) - AXIAL_TRANSLATION.signed(target.words())
            verb = "Lengthening" if longer > 0.0 else "Shortening" if longer < 0.0 else "Length"
        end = f"Ends {words or 'neither short nor long'}."
        stays = [f"{size(value)} {unit_of(word)} {spoken(word)}" for word, value in _not_length(found) if value]
        if stays:
            return f"{verb} only, {listed(stays)} unchanged. {end}"
        return f"{verb} only; angulation, rotation and translation unchanged. {end}"
    many = len([size for size in target.words().values() if size]) > 1
    until = f" until {words} remain{'' if many else 's'}" if words else ""
    return f"Corrects {listed(free)}{until}; {listed(kept)} unchanged."


def _not_length(found: Mapping[str, float] | None) -> list[tuple[str, float]]:
    """A deformity without its length and without negligible magnitudes."""
    length = (AXIAL_TRANSLATION.positive, AXIAL_TRANSLATION.negative)
    least = {"mm": WORTH_A_WORD_MM, "deg": WORTH_A_WORD_DEG}
    return [
        (word, value) for word, value in (found or {}).items() if word not in length and value >= least[unit_of(word)]
    ]


def _limits(stage: Stage) -> list[str]:
    meant = stage.meant and stage.correct_to is not None
    sentences = ["May increase the deformity: intended."] if meant else []
    sentences += [] if stage.days is None else [f"Fixed: {_days(stage.days)}."]
    if stage.limits is not None and stage.limits.mm_per_day is not None:
        sentences.append(f"Maximum rate {number(stage.limits.mm_per_day)} mm/day.")
    if stage.limits is not None and stage.limits.has_turn:
        deg_per_day = stage.limits.deg_per_day
        sentences.append(
            "No maximum angular rate."
            if deg_per_day is None
            else f"Maximum angular rate {number(deg_per_day)} deg/day."
        )
    return sentences


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _sizes(words: Mapping[str, float]) -> str:
    """Words with their sizes as entered, not rounded; zeros left out."""
    return listed([f"{number(value)} {unit_of(word)} {spoken(word)}" for word, value in words.items() if value])

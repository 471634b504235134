"""What will happen at a level: stages, exchanges, milestones, rates, clearances, rounding."""

from __future__ import annotations

import math

from hexapod.case.model import Case
from hexapod.checks.clearance import LIMITS, Clearance
from hexapod.documents.clinician_report.blocks import (
    NOTHING,
    SHARE,
    Block,
    Column,
    heading,
    pairs,
    paragraph,
    points,
    side_by_side,
    table,
)
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.deformity_sentences import day_and_date, movement_sentences
from hexapod.text.language import language
from hexapod.text.milestones import milestone_sentences
from hexapod.text.numbers import distance, number
from hexapod.text.point_travel import coarse_mark_mm, travelled
from hexapod.text.safety_notice import STRUT_COLOURS
from hexapod.trajectory.bone_trajectory import StageCourse

STAGE_COLUMNS = (
    Column("No.", 9.0, "right"),
    Column("Stage", 33.0),
    Column("Days", 19.0),
    Column("Dates", 27.0),
    Column("Limit", 23.0),
    Column("What moves", SHARE),
)
EXCHANGE_COLUMNS = (
    Column("Strut", 20.0),
    Column("Planned, in the morning", 30.0),
    Column("Possible", 35.0),
    Column("Old strut out, new strut in", SHARE),
    Column("Scale to spare, mm", 15.0, "right"),
)
RATE_COLUMNS = (
    Column("Tracked point", SHARE),
    Column("Planned at most, mm a day", 25.0, "right"),
    Column("Limit that day", 17.0, "right"),
    Column("Really, evening to evening, mm", 29.0, "right"),
    Column("In a single dose, mm", 22.0, "right"),
    Column("All doses of a day, mm", 25.0, "right"),
)
PAIR_COLUMNS = (
    Column("Pair", SHARE),
    Column("Least, mm", 16.0, "right"),
    Column("Day", 10.0, "right"),
    Column("Limit, mm", 15.0, "right"),
)


def stages_section(case: Case, index: int, level: LevelPlan) -> list[Block]:
    """Every stage with number, days, dates, limits and what moves, then what to expect on the way."""
    assert level.frame is not None
    stages = level.frame.course.stages
    before, told = _by_stage(case, index, level, len(stages))
    rows = [
        _stage_row(count, stage, level, words) for count, (stage, words) in enumerate(zip(stages, told, strict=True), 1)
    ]
    return [
        heading("Stages", 2),
        *(paragraph(sentence) for sentence in before),
        table(STAGE_COLUMNS, rows),
        *points(milestone_sentences(level)),
    ]


def _by_stage(case: Case, index: int, level: LevelPlan, count: int) -> tuple[list[str], list[str]]:
    """What is told of the whole level, and the sentence of every stage."""
    sentences = movement_sentences(case, index, level)
    return sentences[: len(sentences) - count], sentences[len(sentences) - count :]


def _stage_row(count: int, stage: StageCourse, level: LevelPlan, sentence: str) -> list[str | list[str]]:
    first, last = stage.first_day + 1, stage.last_day
    days = f"{first}" if first == last else f"{first} to {last}"
    dates = list(dict.fromkeys(language("en").short_date(level.rows[day].date) for day in (first, last)))
    # The table has days and name already.
    moves = sentence.removeprefix(f"Day {days}, {stage.name}: ")
    return [str(count), stage.name, days, dates, _limits(stage), moves[0].upper() + moves[1:]]


def _limits(stage: StageCourse) -> list[str]:
    if stage.holds:
        return [NOTHING]
    told = [f"{number(stage.mm_per_day)} mm a day"]
    if stage.turn_limit is not None:
        told.append(f"{distance(math.degrees(stage.turn_limit))} deg a day")
    if stage.stage is not None and stage.stage.days is not None:
        told.append("days fixed")
    return told


def exchanges_section(level: LevelPlan) -> list[Block]:
    """Every exchange with its window, both readings and the reason."""
    blocks = [heading("Strut exchanges", 2)]
    if not level.exchanges:
        return [*blocks, paragraph("No strut has to be exchanged.")]
    rows = []
    for one in sorted(level.exchanges, key=lambda exchange: (exchange.planned_day, exchange.strut)):
        window = [_day(level, one.first_day), f"to {_day(level, one.last_day)}"]
        readings = [
            f"out: {one.old.name}, reads {number(one.old_reads_mm)} mm",
            f"in: {one.new.name}, put in at {number(one.new_reads_mm)} mm",
            f"Why: {one.reason}.",
        ]
        strut = f"{one.strut} ({STRUT_COLOURS[one.strut]})"
        planned = day_and_date(level, one.planned_day).split(", ")
        rows.append([strut, planned, window, readings, distance(one.reserve_mm)])
    return [*blocks, table(EXCHANGE_COLUMNS, rows, firm=True)]


def rates_table(level: LevelPlan) -> Block:
    """How far every tracked point moves on its fastest day, as planned and by the marks of the scales."""
    assert level.frame is not None
    rows = []
    for one in travelled(level):
        fastest, day = one.planned.fastest
        limit = one.planned.limits_mm[day - 1]
        real = [f"{longest.mm:.2f} (day {longest.day})" for longest in (one.evening, one.dose, one.doses)]
        limited = number(float(limit)) if limit == limit else NOTHING
        rows.append([one.planned.name, f"{fastest:.2f} (day {day})", limited, *real])
    return table(RATE_COLUMNS, rows)


def clearances_section(level: LevelPlan) -> list[Block]:
    """The least distance of every pair over the whole motion, and what was not judged."""
    blocks = [heading("Clearances", 2)]
    table_of = level.clearances
    if table_of is None or not table_of.pairs:
        blocks.append(paragraph("No clearance was judged."))
    else:
        half = (len(table_of.pairs) + 1) // 2
        left, right = (
            table(PAIR_COLUMNS, [_pair(one) for one in part], small=True)
            for part in (table_of.pairs[:half], table_of.pairs[half:])
        )
        blocks.append(
            paragraph(
                "The least distance of every pair in the whole motion, and its day. 0 or less: they touch or overlap.",
                sticky=True,
            )
        )
        blocks.append(side_by_side(left, right))
    if table_of is not None and table_of.not_judged:
        blocks.append(paragraph(f"Not judged: {', '.join(table_of.not_judged)}.", strong=True))
    return blocks


def _pair(one: Clearance) -> list[str]:
    return [one.pair, f"{one.distance_mm:.1f}", str(one.day), number(LIMITS[one.kind].value)]


def rounding_section(level: LevelPlan) -> list[Block]:
    """How far the rounded settings are from the intended pose at most."""
    mm, deg = max(level.rows, key=lambda row: row.rounding_mm), max(level.rows, key=lambda row: row.rounding_deg)
    rows = [
        ("Corresponding point", f"{mm.rounding_mm:.2f} mm off at most, on day {mm.day}"),
        ("Moving fragment", f"turned {deg.rounding_deg:.2f} deg off at most, on day {deg.day}"),
    ]
    said = "Settings are rounded to the marks of the scales, and solved again for the pose that they really give."
    coarse = coarse_mark_mm(level)
    steps = (
        ""
        if coarse is None
        else f"The marks are {number(coarse)} mm apart, coarser than the steps asked for: scales of whole millimetres "
        f"cannot do steps of a quarter of a millimetre. The doses of a day are chosen together, so that no strut turns "
        f"to and fro."
    )
    return [
        heading("Rounding", 2),
        paragraph(said, sticky=True),
        *([] if coarse is None else [paragraph(steps, sticky=True)]),
        pairs(rows, ("What", "Largest rounding")),
    ]


def _day(level: LevelPlan, day: int) -> str:
    return f"day {day}, {language('en').short_date(level.rows[day].date)}"

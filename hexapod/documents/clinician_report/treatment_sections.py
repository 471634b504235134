"""Sections on the treatment at a hexapod: stages, change-outs, rates, clearances, rounding, and the schedule."""

from __future__ import annotations

import math

from hexapod.checks.clearances import LIMITS, Clearance
from hexapod.deformity.quantities import DEFORMITY, Pair
from hexapod.documents.clinician_report.blocks import (
    NOTHING,
    SHARE,
    Across,
    Block,
    Column,
    heading,
    pairs,
    paragraph,
    points,
    side_by_side,
    table,
)
from hexapod.hardware.models import shown_name
from hexapod.plan.make_plan import LevelPlan, Row
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.case_sentences import day_and_date, movement_sentences, size
from hexapod.text.language import language
from hexapod.text.languages import STRUT_COLOURS
from hexapod.text.milestones import (
    coarse_mark_mm,
    docking_words,
    has_docking,
    has_regenerate,
    length_words,
    milestone_sentences,
    travelled,
)
from hexapod.text.numbers import distance, number
from hexapod.trajectory.bone_trajectory import StageCourse

STAGE_COLUMNS = (
    Column("No.", 9.0, "right"),
    Column("Stage", 33.0),
    Column("Days", 19.0),
    Column("Dates", 27.0),
    Column("Maximum rate", 23.0),
    Column("What moves", SHARE),
)
EXCHANGE_COLUMNS = (
    Column("Strut", 20.0),
    Column("Planned, in the morning", 30.0),
    Column("Possible", 35.0),
    Column("Old strut out, new strut in", SHARE),
    Column("Travel left, mm", 15.0, "right"),
)
RATE_COLUMNS = (
    Column("Structure at risk or bone edge", SHARE),
    Column("Planned at most, mm a day", 25.0, "right"),
    Column("Limit that day", 17.0, "right"),
    Column("Actual, evening to evening, mm", 29.0, "right"),
    Column("In a single dose, mm", 22.0, "right"),
    Column("All doses of a day, mm", 25.0, "right"),
)
PAIR_COLUMNS = (
    Column("Pair", SHARE),
    Column("Min., mm", 16.0, "right"),
    Column("Day", 10.0, "right"),
    Column("Limit, mm", 15.0, "right"),
)


def stages_section(level: LevelPlan) -> list[Block]:
    """Every stage with number, days, dates, limits and what moves, then what to expect on the way."""
    sentences = movement_sentences(level.course)
    whole = len(sentences) - len(level.stages)
    rows = [
        _stage_row(count, stage, level, words)
        for count, (stage, words) in enumerate(zip(level.stages, sentences[whole:], strict=True), 1)
    ]
    return [
        heading("Stages", 2),
        *(paragraph(sentence) for sentence in sentences[:whole]),
        table(STAGE_COLUMNS, rows),
        *points(milestone_sentences(level)),
    ]


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
    sentences = [f"{number(stage.mm_per_day)} mm/day"]
    if stage.turn_limit is not None:
        sentences.append(f"{distance(math.degrees(stage.turn_limit))} deg/day")
    if stage.stage is not None and stage.stage.days is not None:
        sentences.append("days fixed")
    return sentences


def exchanges_section(level: LevelPlan) -> list[Block]:
    """Every change-out with its window, both readings and the reason."""
    blocks = [heading("Strut change-outs", 2)]
    if not level.exchanges:
        return [*blocks, paragraph("No strut change-out is needed.")]
    rows = []
    for one in sorted(level.exchanges, key=lambda exchange: (exchange.planned_day, exchange.strut)):
        window = [_day(level, one.first_day), f"to {_day(level, one.last_day)}"]
        readings = [
            f"{'reset from' if one.resets else 'out'}: {shown_name(one.old)}, reads {number(one.old_reads_mm)} mm",
            f"{'to' if one.resets else 'in'}: {shown_name(one.new)}, fitted at {number(one.new_reads_mm)} mm",
            f"Why: {one.reason}.",
        ]
        strut = f"{one.strut} ({STRUT_COLOURS[one.strut]})"
        planned = day_and_date(level, one.planned_day).split(", ")
        rows.append([strut, planned, window, readings, distance(one.reserve_mm)])
    return [*blocks, table(EXCHANGE_COLUMNS, rows, firm=True)]


def rates_table(level: LevelPlan) -> Block:
    """How far structures at risk and bone edges move on their fastest day, as planned and by the scales' marks."""
    rows = []
    for one in travelled(level):
        fastest, day = one.planned.fastest
        limit = one.planned.limits_mm[day - 1]
        real = [f"{longest.mm:.2f} (day {longest.day})" for longest in (one.evening, one.dose, one.doses)]
        limited = number(float(limit)) if limit == limit else NOTHING
        rows.append([one.planned.name, f"{fastest:.2f} (day {day})", limited, *real])
    return table(RATE_COLUMNS, rows)


def clearances_section(level: LevelPlan) -> list[Block]:
    """The minimum clearance of every pair over the whole motion, and what was not judged."""
    blocks = [heading("Clearances", 2)]
    table_of = level.clearances
    if not table_of.pairs:
        blocks.append(paragraph("No clearance was judged."))
    else:
        half = (len(table_of.pairs) + 1) // 2
        left, right = (
            table(PAIR_COLUMNS, [_pair(one) for one in part], small=True)
            for part in (table_of.pairs[:half], table_of.pairs[half:])
        )
        blocks.append(
            paragraph(
                "The minimum clearance of every pair in the whole motion, and its day. 0 or less: contact or overlap.",
                sticky=True,
            )
        )
        blocks.append(side_by_side(left, right))
    if table_of.not_judged:
        blocks.append(paragraph(f"Not judged: {', '.join(table_of.not_judged)}.", strong=True))
    return blocks


def _pair(one: Clearance) -> list[str]:
    return [one.pair, f"{one.distance_mm:.1f}", str(one.day), number(LIMITS[one.kind].value)]


def rounding_section(level: LevelPlan) -> list[Block]:
    """How far the rounded settings are from the intended pose at most."""
    mm, deg = max(level.rows, key=lambda row: row.rounding_mm), max(level.rows, key=lambda row: row.rounding_deg)
    rows = [
        ("Corresponding point", f"{mm.rounding_mm:.2f} mm off at most, on day {mm.day}"),
        ("Moving fragment", f"rotated {deg.rounding_deg:.2f} deg off at most, on day {deg.day}"),
    ]
    text = "Settings are rounded to the marks of the scales, and solved again for the pose that they really give."
    coarse = coarse_mark_mm(level)
    steps = (
        ""
        if coarse is None
        else f"The marks are {number(coarse)} mm apart, coarser than the steps asked for: scales of whole millimetres "
        f"cannot do steps of a quarter of a millimetre. The doses of a day are chosen together, so that no strut is "
        f"turned back and forth."
    )
    return [
        heading("Rounding", 2),
        paragraph(text, sticky=True),
        *([] if coarse is None else [paragraph(steps, sticky=True)]),
        pairs(rows, ("What", "Largest rounding")),
    ]


def _day(level: LevelPlan, day: int) -> str:
    return f"day {day}, {language('en').short_date(level.rows[day].date)}"


SCHEDULE_SENTENCE = (
    "What every scale should read in the evening, in mm, by strut 1 to 6; “St.” is the number of the stage. The "
    "columns after the struts are what remains of the deformity, as intended. Quantities that stay at zero have none."
)
# A heading or cell has no room for these words in full; the charts have them.
SHORT = {
    "apex anterior": "apex ant.",
    "apex posterior": "apex post.",
    "internal rotation": "internal",
    "external rotation": "external",
}


def schedule_section(level: LevelPlan) -> list[Block]:
    """The whole schedule of a level."""
    kept = {pair: names for pair in DEFORMITY if (names := _names(level, pair))}
    docks, grows = has_docking(level), has_regenerate(level)
    whole_marks = all(setting == round(setting) for row in level.rows for setting in row.settings_mm)
    width = 9.0 if whole_marks else 11.0  # mm, for three figures, or for two more behind the point
    columns = [
        Column("Day", 8.0, "right"),
        Column("Date", 28.0),
        Column("St.", 6.0, "right"),
        *(Column(str(strut), width, "right") for strut in STRUT_COLOURS),
        *(Column(f"{' / '.join(names)}\n{pair.unit}", align="right") for pair, names in kept.items()),
        *([Column("to docking\nmm", align="right")] * docks),
        *([Column("regenerate\nmm", align="right")] * grows),
    ]
    rows: list[list[str] | Across] = []
    for stage, row in _staged(level):
        rows += _notes(level, stage, row)
        cells = [str(row.day), f"{row.date:%a} {language('en').short_date(row.date)}", str(stage) if stage else NOTHING]
        cells += [number(setting) for setting in row.settings_mm]
        cells += [_remaining(row, pair, names) for pair, names in kept.items()]
        cells += [docking_words(row.docking_mm)] * docks + [length_words(row.regenerate_mm)] * grows
        rows.append(cells)
    return [heading("Schedule", 2, new_page=True), paragraph(SCHEDULE_SENTENCE), table(columns, rows, small=True)]


def _staged(level: LevelPlan) -> list[tuple[int, Row]]:
    """Every row with the number of its stage, 0 on day 0."""
    numbers = [0, *(count for count, part in enumerate(level.stages, 1) for _ in range(part.days))]
    return list(zip(numbers, level.rows, strict=True))


def _notes(level: LevelPlan, stage: int, row: Row) -> list[Across]:
    """What stands above a row: the stage that begins, and the change-outs of that morning."""
    notes = []
    if stage and level.stages[stage - 1].first_day + 1 == row.day:
        notes.append(Across(f"Stage {stage}: {row.stage}"))
    morning = [one for one in level.exchanges if one.planned_day == row.day]
    return [*notes, *(Across(_exchange(one)) for one in morning)]


def _exchange(one: Exchange) -> str:
    return (
        f"Morning of day {one.planned_day}: change strut {one.strut} ({STRUT_COLOURS[one.strut]}), "
        f"old one reads {number(one.old_reads_mm)} mm, new one {number(one.new_reads_mm)} mm"
    )


def _names(level: LevelPlan, pair: Pair) -> list[str]:
    """The words that a quantity has on any day of a level."""
    words = [word for word in (pair.positive, pair.negative) if any(_is_printed(row, word) for row in level.rows)]
    return [_name(word) for word in words]


def _name(word: str) -> str:
    name = word.rpartition("_")[0].replace("_", " ")
    return SHORT.get(name, name)


def _is_printed(row: Row, word: str) -> bool:
    """Whether there is so much of it that it would not be printed as zero."""
    return distance(row.remaining.get(word, 0.0)) != "0"


def _remaining(row: Row, pair: Pair, names: list[str]) -> str:
    """What remains of a quantity, with its word where the heading does not tell it."""
    for word in (pair.positive, pair.negative):
        if _is_printed(row, word):
            text = size(row.remaining[word])
            return text if len(names) == 1 else f"{text} {_name(word)}"
    return "0"

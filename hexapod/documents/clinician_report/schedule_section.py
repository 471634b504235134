"""The schedule of a level: every day with its date, stage, settings and the deformity left."""

from __future__ import annotations

from hexapod.deformity.quantities import DEFORMITY, Pair
from hexapod.documents.clinician_report.blocks import NOTHING, Across, Block, Column, heading, paragraph, table
from hexapod.plan.make_plan import LevelPlan, Row
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.deformity_sentences import size
from hexapod.text.language import language
from hexapod.text.milestones import docking_words, has_docking, has_regenerate, length_words
from hexapod.text.numbers import distance, number
from hexapod.text.safety_notice import STRUT_COLOURS

SAID = (
    "What every scale shall read in the evening, in mm, by strut 1 to 6; “St.” is the number of the stage. The columns "
    "after the struts are what remains of the deformity, as intended. Quantities that stay at nought have no column."
)
# A heading or cell has no room for these words in full; the charts have them.
SHORT = {
    "apex anterior": "apex ant.",
    "apex posterior": "apex post.",
    "internal rotation": "internal",
    "external rotation": "external",
}


def schedule_section(level: LevelPlan) -> list[Block]:
    """The whole schedule of a level.  The level must have rows."""
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
        *([Column("to dock\nmm", align="right")] * docks),
        *([Column("new bone\nmm", align="right")] * grows),
    ]
    rows: list[list[str] | Across] = []
    for stage, row in _staged(level):
        rows += _notes(level, stage, row)
        cells = [str(row.day), f"{row.date:%a} {language('en').short_date(row.date)}", str(stage) if stage else NOTHING]
        cells += [number(setting) for setting in row.settings_mm]
        cells += [_remaining(row, pair, names) for pair, names in kept.items()]
        cells += [docking_words(row.docking_mm)] * docks + [length_words(row.regenerate_mm)] * grows
        rows.append(cells)
    return [heading("Schedule", 2, new_page=True), paragraph(SAID), table(columns, rows, small=True)]


def _staged(level: LevelPlan) -> list[tuple[int, Row]]:
    """Every row with the number of its stage, 0 on day 0."""
    assert level.frame is not None
    numbers = [0, *(count for count, part in enumerate(level.frame.course.stages, 1) for _ in range(part.days))]
    return list(zip(numbers, level.rows, strict=True))


def _notes(level: LevelPlan, stage: int, row: Row) -> list[Across]:
    """What stands above a row: the stage that begins, and the exchanges of that morning."""
    assert level.frame is not None
    notes = []
    if stage and level.frame.course.stages[stage - 1].first_day + 1 == row.day:
        notes.append(Across(f"Stage {stage}: {row.stage}"))
    morning = [one for one in level.exchanges if one.planned_day == row.day]
    return [*notes, *(Across(_exchange(one)) for one in morning)]


def _exchange(one: Exchange) -> str:
    return (
        f"Morning of day {one.planned_day}: exchange strut {one.strut} ({STRUT_COLOURS[one.strut]}), "
        f"old one reads {number(one.old_reads_mm)} mm, new one {number(one.new_reads_mm)} mm"
    )


def _names(level: LevelPlan, pair: Pair) -> list[str]:
    """The words that a quantity has on any day of a level."""
    words = [word for word in (pair.positive, pair.negative) if any(_told(row, word) for row in level.rows)]
    return [_name(word) for word in words]


def _name(word: str) -> str:
    name = word.rpartition("_")[0].replace("_", " ")
    return SHORT.get(name, name)


def _told(row: Row, word: str) -> bool:
    """Whether there is so much of it that it would not be printed as nought."""
    return distance(row.remaining.get(word, 0.0)) != "0"


def _remaining(row: Row, pair: Pair, names: list[str]) -> str:
    """What remains of a quantity, with its word where the heading does not tell it."""
    for word in (pair.positive, pair.negative):
        if _told(row, word):
            said = size(row.remaining[word])
            return said if len(names) == 1 else f"{said} {_name(word)}"
    return "0"

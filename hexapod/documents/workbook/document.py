"""The workbook: schedule, struts, change-outs, inputs and findings as XLSX, in English."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace

import xlsxwriter

from hexapod.documents.document_set import PrintOptions
from hexapod.documents.identity import DocumentIdentity, identity, standing_words
from hexapod.documents.workbook.inputs import input_rows
from hexapod.documents.workbook.worksheet import (
    Cell,
    Formats,
    ReadingCell,
    SheetColumn,
    SignatureLine,
    StrutCell,
    Table,
    add_table,
    places,
    sheet_name,
)
from hexapod.plan.adjustments import FrameAdjustment, adjustment_times, exchanges_on, turns
from hexapod.plan.make_plan import LevelPlan, Plan, Row
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.language import language
from hexapod.text.milestones import has_docking, has_regenerate
from hexapod.text.numbers import number
from hexapod.text.safety_notice import DRAFT, NOTICE
from hexapod.text.strut_looks import STRUT_LOOKS

STRUTS = range(1, 7)
# Distances that were worked out are told to a hundredth of a millimetre.
DISTANCE_PLACES = 2
DAY = (SheetColumn("Day"), SheetColumn("Date"), SheetColumn("Weekday"))


def tables(plan: Plan, whole: DocumentIdentity, options: PrintOptions) -> list[Table]:
    """All sheets of the workbook, in order; schedule and struts have one for each level."""
    several = len(plan.levels) > 1
    made = []
    for kind, make in (("Schedule", _schedule), ("Struts", _struts)):
        for index, level in enumerate(plan.levels):
            name = sheet_name(kind, index, level.name) if several else kind
            whose = replace(whole, levels=(level.name,), last_day=level.last.date)
            made.append(Table(kind, name, whose, *make(level)))
    heads = tuple(SheetColumn(head, widest=60) for head in ("Where", "Entry", "Value", "Unit"))
    return [
        *made,
        Table("Change-outs", "Change-outs", whole, *_exchanges(plan)),
        Table("Inputs", "Inputs", whole, heads, input_rows(plan)),
        Table("Findings", "Findings", whole, *_findings(plan, options)),
    ]


Made = tuple[tuple[SheetColumn, ...], list[list[Cell]]]


def _schedule(level: LevelPlan) -> Made:
    """A row a day: what the scales read in the evening, and which strut is changed in the morning."""
    docks, grows = has_docking(level), has_regenerate(level)
    columns = [*DAY, SheetColumn("Stage"), *(SheetColumn(_strut_head(k), strut=k) for k in STRUTS)]
    columns += (
        [SheetColumn("To docking\nmm")] * docks
        + [SheetColumn("Regenerate\nmm")] * grows
        + [SheetColumn("Change-out", widest=60)]
    )
    rows = []
    for row in level.rows:
        cells: list[Cell] = [*_day(row), row.stage]
        cells += [_reads(*told) for told in zip(row.settings_mm, _graduations(row), strict=True)]
        cells += [_distance(row.docking_mm)] * docks + [_distance(row.regenerate_mm)] * grows
        told = [f"Strut {k}: {_exchange_words(one)}" for k, one in sorted(exchanges_on(level, row.day).items())]
        rows.append([*cells, "\n".join(told) or None])
    return tuple(columns), rows


def _struts(level: LevelPlan) -> Made:
    """A running list for each strut: a row a day with all its readings, and how far it is turned that day."""
    heads = [f"Adjustment {n}\n{time:%H:%M}, mm" for n, time in enumerate(adjustment_times(level.entered), 1)]
    columns = [SheetColumn("Strut"), SheetColumn("Colour"), *DAY, SheetColumn("Model"), *map(SheetColumn, heads)]
    columns += [SheetColumn("Change of\nlength, mm"), SheetColumn("Strut gets"), SheetColumn("Change-out", widest=60)]
    by_day: dict[int, list[FrameAdjustment]] = {}
    for turn in turns(level):
        by_day.setdefault(turn.day, []).append(turn)
    rows = []
    for k in STRUTS:
        for row in level.rows:
            day, graduation = by_day.get(row.day, []), _graduations(row)[k - 1]
            # Day 0 has no adjustments: the reading as mounted stands under the last one, the evening's.
            readings = [turn.settings_mm[k - 1] for turn in day] or [row.settings_mm[k - 1]]
            cells: list[Cell] = [StrutCell(k), STRUT_LOOKS[k].name, *_day(row), row.models[k - 1]]
            cells += [None] * (len(heads) - len(readings)) + [_reads(reading, graduation) for reading in readings]
            longer = round(sum(turn.longer_mm[k - 1] for turn in day), 6)
            change = ReadingCell(longer, max(places(longer), places(graduation)), signed=True) if day else None
            way = ("longer" if longer > 0.0 else "shorter") if longer else None
            exchange = exchanges_on(level, row.day).get(k)
            rows.append([*cells, change, way, _exchange_words(exchange) if exchange else None])
    return tuple(columns), rows


def _exchanges(plan: Plan) -> Made:
    heads = ["Hexapod", "Strut", "Colour", "Remove", "It reads\nmm", "Fit", "At\nmm", "Day", "Date", "Weekday"]
    heads += ["Possible from", "Possible to", "Travel left\nmm", "Why"]
    rows: list[list[Cell]] = []
    for level in plan.levels:
        for one in sorted(level.exchanges, key=lambda one: (one.planned_day, one.strut)):
            cells: list[Cell] = [level.name, StrutCell(one.strut), STRUT_LOOKS[one.strut].name]
            cells += [one.old.name, _reads(one.old_reads_mm, one.old.graduation_mm)]
            cells += [one.new.name, _reads(one.new_reads_mm, one.new.graduation_mm), *_day(level.rows[one.planned_day])]
            cells += [level.rows[one.first_day].date, level.rows[one.last_day].date]
            rows.append([*cells, _distance(one.reserve_mm), one.reason])
    none: list[list[Cell]] = [["No strut change-out is needed.", *[None] * (len(heads) - 1)]]
    return tuple(SheetColumn(head, widest=60 if head == "Why" else 40) for head in heads), rows or none


def _findings(plan: Plan, options: PrintOptions) -> Made:
    heads = ["Status", "Code", "Hexapod", "Day", "Date", "Strut", "Message", "Value", "Limit", "Unit"]
    heads += ["Acknowledged by", "Reason", "On"]
    accepted = {(one.code, one.level): one for one in options.acknowledgements}
    rows: list[list[Cell]] = []
    for finding in plan.findings:
        level, by = plan.levels[finding.level], accepted.get((finding.code, finding.level))
        date = None if finding.day is None else level.rows[min(finding.day, level.last.day)].date
        cells: list[Cell] = [finding.verdict, finding.code, level.name, finding.day, date]
        cells += [None if finding.strut is None else StrutCell(finding.strut), finding.message]
        cells += [finding.value, finding.limit, finding.unit]
        rows.append([*cells, *((by.by, by.reason, by.on) if by else (None, None, None))])
    none: list[list[Cell]] = [["No findings.", *[None] * (len(heads) - 1)]]
    return tuple(SheetColumn(head, widest=60 if head == "Message" else 40) for head in heads), rows or none


def _day(row: Row) -> list[Cell]:
    return [row.day, row.date, f"{row.date:%A}"]


def _strut_head(strut: int) -> str:
    return f"Strut {strut}\n{STRUT_LOOKS[strut].name}, mm"


def _graduations(row: Row) -> list[float]:
    return [strut.graduation_mm for strut in row.struts]


def _reads(reading: float, graduation: float) -> ReadingCell:
    """A reading with the digits of its scale; one that was read between two marks with all of its own."""
    return ReadingCell(reading, max(places(graduation), places(reading)))


def _distance(value_mm: float | None) -> ReadingCell | None:
    return None if value_mm is None else ReadingCell(round(value_mm, DISTANCE_PLACES) + 0.0, DISTANCE_PLACES)


def _exchange_words(exchange: Exchange) -> str:
    return (
        f"{exchange.old.name} at {number(exchange.old_reads_mm)} mm out, "
        f"{exchange.new.name} at {number(exchange.new_reads_mm)} mm in"
    )


# Text stays text, whatever it begins with.
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# No clock is read: the file was made on day 0, or on the first day that its format knows.
FIRST_CREATED = datetime.date(1980, 1, 1)


def workbook(plan: Plan, options: PrintOptions) -> bytes:
    """The workbook of the whole case; the same plan gives the same bytes."""
    whose = identity(plan)
    signing = SignatureLine(options.signature is None, standing_words(options.signature, language("en")))
    mark = f"{DRAFT}, " if signing.draft else ""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        book.set_properties(
            {
                "title": f"{mark}{whose.case_id}, {whose.side} {whose.bone}, plan ID {whose.plan}",
                "author": whose.software,
                "comments": f"{signing.words} {NOTICE}",
                "created": datetime.datetime.combine(max(whose.first_day, FIRST_CREATED), datetime.time()),
            }
        )
        formats = Formats(book)
        for table in tables(plan, whose, options):
            add_table(book, formats, table, signing, options.paper)
    return out.getvalue()

"""The workbook: schedule, struts, change-outs, inputs and findings as XLSX, in English."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import xlsxwriter

from hexapod.case.model import WEEKDAYS, Case, Level
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.identity import DocumentIdentity, identity, standing_words
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
from hexapod.hardware.models import Ring, Strut, marked_name, shown_name
from hexapod.plan.make_plan import LevelPlan, Plan, Row
from hexapod.plan.plan_file import FrameAdjustment, adjustment_times, exchanges_on, turns
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.case_fields import key_in_words
from hexapod.text.case_sentences import level_sentences, movement_sentences
from hexapod.text.film_text import film_sentence, measured_rows
from hexapod.text.language import language
from hexapod.text.languages import DRAFT, NOTICE
from hexapod.text.milestones import has_docking, has_regenerate
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

STRUTS = range(1, 7)
# Computed distances are given to a hundredth of a millimetre.
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
        *([Table("Measurements", "Measurements", whole, *_measurements(plan))] if _measured(plan) else []),
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
        cells += [_reads(*cell) for cell in zip(row.settings_mm, _graduations(row), strict=True)]
        cells += [_distance(row.docking_mm)] * docks + [_distance(row.regenerate_mm)] * grows
        sentences = [f"Strut {k}: {_exchange_words(one)}" for k, one in sorted(exchanges_on(level, row.day).items())]
        rows.append([*cells, "\n".join(sentences) or None])
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
            cells: list[Cell] = [StrutCell(k), STRUT_LOOKS[k].name, *_day(row), marked_name(row.struts[k - 1])]
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
            cells += [marked_name(one.old), _reads(one.old_reads_mm, one.old.graduation_mm)]
            cells += [
                marked_name(one.new),
                _reads(one.new_reads_mm, one.new.graduation_mm),
                *_day(level.rows[one.planned_day]),
            ]
            cells += [level.rows[one.first_day].date, level.rows[one.last_day].date]
            rows.append([*cells, _distance(one.reserve_mm), one.reason])
    none: list[list[Cell]] = [["No strut change-out is needed.", *[None] * (len(heads) - 1)]]
    return tuple(SheetColumn(head, widest=60 if head == "Why" else 40) for head in heads), rows or none


def _measured(plan: Plan) -> bool:
    return any(level.entered.measured_with is not None for level in plan.levels)


def _measurements(plan: Plan) -> Made:
    """What was measured on radiographs beside what is used, and the scale of each radiograph."""
    names = "Hexapod", "Quantity", "Measured", "SD", "Unit", "Direction", "Radiographs", "Mostly by"
    heads = tuple(SheetColumn(head, widest=60) for head in (*names, "Used", "SD used", "Direction used", "Said"))
    rows: list[list[Cell]] = []
    for level in plan.levels:
        if level.entered.measured_with is None:
            continue
        found = measured_rows(level.entered, plan.case.limb.side)
        for row in [] if isinstance(found, str) else found:
            sizes = round(row.size, 3), round(row.sd, 3), row.unit, row.word, ", ".join(row.films), row.mostly
            used = row.used, round(row.used_sd, 3), row.used_word or "", row.words
            rows.append([level.name, row.quantity, *sizes, *used])
        sentences = [found] if isinstance(found, str) else []
        sentences += [film_sentence(film) for film in level.entered.measured_with.films]
        rows += [[level.name, sentence, *[None] * (len(heads) - 2)] for sentence in sentences]
    return heads, rows


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
    out, into = ("before", "after the reset") if exchange.resets else ("out", "in")
    return (
        f"{shown_name(exchange.old)} at {number(exchange.old_reads_mm)} mm {out}, "
        f"{shown_name(exchange.new)} at {number(exchange.new_reads_mm)} mm {into}"
    )


# Text stays text, whatever it begins with.
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# No clock is read: the file was made on day 0, or on the first day that its format knows.
FIRST_CREATED = datetime.date(1980, 1, 1)


def workbook(plan: Plan, options: PrintOptions) -> bytes:
    """The workbook (.xlsx) of the whole case; the same plan gives the same bytes."""
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


# Part of the case, name, value, unit.
InputRow = tuple[str, str, Cell, str]
# Lists whose entries are counted, by what an entry is called.
COUNTED = {
    "levels": "hexapod",
    "stages": "stage",
    "structures_at_risk": "structure at risk",
    "struts": "strut",
    "settings_mm": "strut",
    "joints_mm": "joint",
}
DATES = ("start_date",)


def input_rows(plan: Plan) -> list[InputRow]:
    """What the plan was made from: all entries of the case, then per level defaults, hardware and plain sentences."""
    case = plan.case
    written = case.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    rows = [entry for key, value in written.items() for entry in _entered("case", key, value)]
    rows += _left_out_of_case(case)
    for index, planned in enumerate(plan.levels):
        level, where = planned.entered, f"hexapod {index + 1}, {planned.name}"
        rows += [(f"{where}, left out", *row) for row in _left_out(level)]
        rows += [(f"{where}, hardware", *row) for row in _hardware(planned)]
        sentences = [
            *level_sentences(level),
            *movement_sentences(planned.course),
        ]
        rows += [(f"{where}, in words", "", sentence, "") for sentence in sentences]
    return rows


def _entered(where: str, key: str, value: Any) -> Iterator[InputRow]:
    """An entry of the file, and all that is inside it."""
    label, unit = key_in_words(key)
    if isinstance(value, dict):
        inside = f"{where}, {label}" if where != "case" else label
        for name, item in value.items():
            yield from _entered(inside, name, item)
        if not value:
            yield where, label, "none", ""
    elif isinstance(value, list) and key in COUNTED:
        for count, item in enumerate(value, 1):
            yield from _counted(where, key, f"{COUNTED[key]} {count}", item)
    elif isinstance(value, list):
        yield where, label, ", ".join(map(str, value)) or "none", unit
    else:
        yield where, label, _plain(key, value), unit


def _counted(where: str, key: str, name: str, value: Any) -> Iterator[InputRow]:
    """One of several: a level, stage or structure with all that is inside it, or a strut or joint in one line."""
    if isinstance(value, dict):
        named = f"{name}, {value['name']}" if "name" in value else name
        inside = f"{where}, {named}" if where != "case" else named
        for item_key, item in value.items():
            yield from _entered(inside, item_key, item)
    elif isinstance(value, list):
        yield where, f"{name} (x, y, z)", ", ".join(f"{float(one):g}" for one in value), "mm"
    else:
        reads = " reads" if key == "settings_mm" else ""
        yield where, f"{name}{reads}", value, key_in_words(key)[1]


def _plain(key: str, value: Any) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key in DATES:
        return datetime.date.fromisoformat(value)
    kept: Cell = value
    return kept


def _left_out_of_case(case: Case) -> list[InputRow]:
    """Defaults that apply because the case does not say otherwise."""
    where, written = "case, left out", case.document
    defaults: list[tuple[str, InputRow]] = [
        ("clinic_days", (where, "clinic days", "every day" if case.clinic_days == WEEKDAYS else "", "")),
        ("exchange_reserve_mm", (where, "minimum strut travel remaining", case.exchange_reserve_mm, "mm")),
        ("time_zone", (where, "time zone", "chosen when the documents are made", "")),
    ]
    rows = [entry for key, entry in defaults if written.get(key) is None]
    if written["limb"].get("child") is None:
        rows.append((where, "limb, child", "no", ""))
    return rows


def _left_out(level: Level) -> list[tuple[str, Cell, str]]:
    rows: list[tuple[str, Cell, str]] = []
    if level.limits.mm_per_day is None:
        rows.append(("maximum rate at structures at risk and bone edges", level.stage_limits()[0], "mm/day"))
    if level.limits.deg_per_day is None:
        limit = level.stage_limits()[1]
        rows.append(("maximum angular rate", *(("none, by null", "") if limit is None else (limit, "deg/day"))))
    if level.adjustment_times is None:
        times = ", ".join(f"{time:%H:%M}" for time in adjustment_times(level))
        rows.append((f"times of {level.adjustments_per_day} adjustments a day", times, ""))
    rows += [
        (name_of, "not entered: planned as zero", "")
        for part, name_of in (("mounting", "mounting parameters"), ("deformity", "deformity"))
        if getattr(level, part) is None
    ]
    missing = {
        "bone": f"bone edges at the {level.indication}: none tracked",
        "limb_girth_mm": "distance from the limb: not judged",
    }
    rows += [
        (key.removesuffix("_mm").replace("_", " "), what, "")
        for key, what in missing.items()
        if not getattr(level, key)
    ]
    return rows


def _hardware(plan: LevelPlan) -> Iterator[tuple[str, Cell, str]]:
    """Rings and struts with their data, sources and status; those that are fitted later too."""
    setup = plan.setup
    for place, ring in (("proximal ring", setup.proximal_ring), ("distal ring", setup.distal_ring)):
        yield f"{place}: {shown_name(ring)}, inner diameter", 2.0 * ring.inner_radius_mm, "mm"
        yield f"{place}: {shown_name(ring)}, source", _sources(ring), ""
    struts = {strut.name: strut for strut in setup.struts if strut.name != "own"}
    struts |= {strut.name: strut for exchange in plan.exchanges for strut in (exchange.old, exchange.new)}
    for strut in struts.values():
        yield f"{shown_name(strut)}, scale", f"{strut.min_mm:g} to {strut.max_mm:g} by {strut.graduation_mm:g}", "mm"
        sign = "+" if strut.scale_direction > 0 else "-"
        if strut.acute is not None:
            yield f"{shown_name(strut)}, scale of the acute part", strut.acute_text(), ""
        yield f"{shown_name(strut)}, joint to joint", f"{strut.scale_offset_mm:g} mm {sign} reading", ""
        yield f"{shown_name(strut)}, source", _sources(strut), ""


def _sources(item: Ring | Strut) -> str:
    """Status and source of all values, each pair once."""
    return "; ".join(dict.fromkeys(f"{value.status}: {value.source}" for value in item.provenance.values()))

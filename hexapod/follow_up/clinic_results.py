"""A clinic's own results: one row a treatment, what its columns mean, their spread, and the tables that are exported.

Papers use the names of the indices differently: what some call healing index is here the external fixation index.  So
each is defined in `COLUMNS`.  Sources: De Bastiani et al., J Pediatr Orthop 7 (1987) 129; Fischgrund, Paley and Suter,
Clin Orthop Relat Res 301 (1994) 31; grades of complications: Paley, Clin Orthop Relat Res 250 (1990) 81.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hexapod.case.level_parts import Deformity
from hexapod.case.model import Case
from hexapod.deformity.pose import deformity_pose
from hexapod.errors import HexapodError
from hexapod.follow_up.treatment_facts import TreatmentFacts
from hexapod.follow_up.treatment_outcome import IN_MM, Grade, TreatmentOutcome, day
from hexapod.geometry.transforms import invert, turn_angle

# Below 1 cm an index says nothing: 1 mm of error of the radiograph is then more than a tenth of it.
LEAST_GAIN_MM = 10.0
MM_PER_CM = 10.0
# Enough of a SHA-256 that two treatments of a clinic never share it.
SUBJECT_DIGITS = 12
Cell = str | int | float | None
Row = Mapping[str, Cell]
Kind = Literal["text", "whole", "number"]


@dataclass(frozen=True)
class Variable:
    """A column of the export: its unit, whether it was `computed`, `typed` or from the `case`, and what it means."""

    name: str
    kind: Kind
    unit: str
    source: Literal["computed", "typed", "case"]
    meaning: str


COLUMNS = (
    Variable("subject", "text", "", "computed", "pseudonym of the case, the same in every export of this library"),
    Variable("side", "text", "", "case", "right or left"),
    Variable("bone", "text", "", "case", "tibia, femur, humerus, forearm or foot"),
    Variable("treated_for", "text", "", "typed", "shortening, deformity, defect, fracture, nonunion or contracture"),
    Variable("hexapods", "whole", "1", "case", "number of hexapods on the limb"),
    Variable("hardware", "text", "", "case", "families of rings and struts, own for hardware told in the case"),
    Variable("removal_year", "whole", "year", "typed", "year in which the frame was removed"),
    Variable("frame_days", "whole", "days", "computed", "from application of the frame to its removal"),
    Variable("latency_days", "whole", "days", "computed", "from the osteotomy to the first day of adjustment"),
    Variable("adjustment_span_days", "whole", "days", "computed", "from the first to the last day of adjustment, both"),
    Variable("adjusting_days", "whole", "days", "computed", "days on which the signed plans turn a strut"),
    Variable("consolidation_days", "whole", "days", "computed", "from the last day of adjustment to consolidation"),
    Variable("gained_mm", "number", "mm", "typed", "length of the regenerate on the radiograph of the removal"),
    Variable("distraction_index", "number", "days/cm", "computed", "adjustment_span_days per cm gained, from 1 cm on"),
    Variable("healing_index", "number", "days/cm", "computed", "osteotomy to consolidation per cm gained, from 1 cm"),
    Variable("external_fixation_index", "number", "days/cm", "computed", "frame_days per cm gained, from 1 cm on"),
    Variable("off_deg", "number", "deg", "computed", "rotation between planned end and measured bone; worst hexapod"),
    Variable("off_mm", "number", "mm", "computed", "distance between both at the corresponding point; worst hexapod"),
    Variable("problems", "whole", "1", "typed", "solved without an operation (Paley)"),
    Variable("obstacles", "whole", "1", "typed", "solved by an operation (Paley)"),
    Variable("minor_complications", "whole", "1", "typed", "not solved by the end of treatment, minor (Paley)"),
    Variable("major_complications", "whole", "1", "typed", "not solved by the end of treatment, major (Paley)"),
    Variable("plans", "whole", "1", "computed", "signed plans that were followed: with 1, one schedule was enough"),
    Variable("visits", "whole", "1", "computed", "visits recorded"),
    Variable("exchanges", "whole", "1", "computed", "strut change-outs that the signed plans had"),
)  # fmt: skip
DETAILS = (
    Variable("subject", "text", "", "computed", "pseudonym of the case, as in the table of treatments"),
    Variable("what", "text", "", "typed", "alignment, complication or questionnaire"),
    Variable("name", "text", "", "typed", "measure, kind of complication, or instrument"),
    Variable("grade", "text", "", "typed", "of a complication: problem, obstacle, minor or major complication"),
    Variable("moment", "text", "", "typed", "of a questionnaire: before, at removal or after"),
    Variable("day", "whole", "days", "computed", "of a complication: days from the application of the frame"),
    Variable("before", "number", "unit", "typed", "of a measure of alignment"),
    Variable("planned", "number", "unit", "typed", "of a measure of alignment"),
    Variable("value", "number", "unit", "typed", "as reached, or total of the questionnaire"),
    Variable("unit", "text", "", "computed", "deg, mm or points"),
)  # fmt: skip
_COUNTED: dict[Grade, str] = {
    "problem": "problems",
    "obstacle": "obstacles",
    "minor complication": "minor_complications",
    "major complication": "major_complications",
}


def subject_of(key: str) -> str:
    """The pseudonym of a case by its key in the library, which is random: nobody finds the one from the other by trial.

    >>> subject_of("0123456789abcdef01234567")
    '127646cd4b54'
    """
    return hashlib.sha256(f"hexapod-results {key}".encode()).hexdigest()[:SUBJECT_DIGITS]


def result_row(key: str, case: Case, outcome: TreatmentOutcome, facts: TreatmentFacts, hardware: str) -> Row:
    """The row of one treatment, with every column of `COLUMNS`; None where a figure was not measured.

    Raises:
        HexapodError: the outcome has another number of hexapods than the case.
    """
    if not len(outcome.hexapods) == len(case.levels) == len(facts.planned):
        raise HexapodError(
            f"The case has {len(case.levels)} hexapods, the outcome {len(outcome.hexapods)}: give one each."
        )
    frame = (day(outcome.removed) - day(outcome.applied)).days
    span = _days(facts.first_adjustment, facts.last_adjustment)
    healing = _days(outcome.osteotomy, outcome.consolidated)
    off = [
        _off(planned, end.reached, case, index)
        for index, (planned, end) in enumerate(zip(facts.planned, outcome.hexapods, strict=True))
        if end.reached is not None
    ]
    whole = len(off) == len(case.levels)
    row: dict[str, Cell] = {
        "subject": subject_of(key),
        "side": case.limb.side,
        "bone": case.limb.bone,
        "treated_for": outcome.treated_for,
        "hexapods": len(case.levels),
        "hardware": hardware,
        "removal_year": day(outcome.removed).year,
        "frame_days": frame,
        "latency_days": _days(outcome.osteotomy, facts.first_adjustment),
        "adjustment_span_days": None if span is None else span + 1,
        "adjusting_days": facts.adjusting_days,
        "consolidation_days": _days(facts.last_adjustment, outcome.consolidated),
        "gained_mm": outcome.gained_mm,
        "distraction_index": _per_cm(None if span is None else span + 1, outcome.gained_mm),
        "healing_index": _per_cm(healing, outcome.gained_mm),
        "external_fixation_index": _per_cm(frame, outcome.gained_mm),
        "off_deg": max(deg for deg, _ in off) if whole else None,
        "off_mm": max(mm for _, mm in off) if whole else None,
        **{name: sum(one.grade == grade for one in outcome.complications) for grade, name in _COUNTED.items()},
        "plans": facts.plans,
        "visits": facts.visits,
        "exchanges": facts.exchanges,
    }
    return {column.name: row[column.name] for column in COLUMNS}


def detail_rows(key: str, outcome: TreatmentOutcome) -> list[Row]:
    """The measures of alignment, complications and questionnaires of one treatment, with the columns of `DETAILS`."""
    found: list[dict[str, Cell]] = [
        {
            "what": "alignment",
            "name": one.measure,
            "before": one.before,
            "planned": one.planned,
            "value": one.reached,
            "unit": "mm" if one.measure in IN_MM else "deg",
        }
        for one in outcome.alignment
    ]
    found += [
        {"what": "complication", "name": one.kind, "grade": one.grade, "day": _days(outcome.applied, one.date)}
        for one in outcome.complications
    ]
    found += [
        {"what": "questionnaire", "name": one.instrument, "moment": one.moment, "value": one.total, "unit": "points"}
        for one in outcome.proms
    ]
    subject = subject_of(key)
    return [{column.name: ({"subject": subject} | one).get(column.name) for column in DETAILS} for one in found]


def _days(start: str | None, end: str | None) -> int | None:
    return None if start is None or end is None else (day(end) - day(start)).days


def _per_cm(days: int | None, gained_mm: float | None) -> float | None:
    """Days per cm; None where either was not told, or too little was gained to tell."""
    if days is None or gained_mm is None or gained_mm < LEAST_GAIN_MM:
        return None
    return days / (gained_mm / MM_PER_CM)


def _off(planned: Mapping[str, float], reached: Deformity, case: Case, level: int) -> tuple[float, float]:
    """How far the bone as measured is from where the last plan leads it: deg, and mm at the corresponding point."""
    poses = [
        deformity_pose(words, case.limb.side, case.levels[level].reference) for words in (planned, reached.words())
    ]
    T_planned_reached = invert(poses[0]) @ poses[1]
    deg = math.degrees(float(turn_angle(T_planned_reached[:3, :3])))
    return deg, float(np.linalg.norm(T_planned_reached[:3, 3]))


@dataclass(frozen=True)
class ResultSpread:
    """The spread of a figure over treatments: how many told it, median, quartiles, least and greatest."""

    count: int
    median: float
    lower: float
    upper: float
    least: float
    most: float


def spread(values: Iterable[Cell]) -> ResultSpread | None:
    """The spread of the numbers among some cells; None when there is none.

    Quartiles are interpolated between the values, as numpy does by itself.

    >>> spread([30, None, 40.0, 50])
    ResultSpread(count=3, median=40.0, lower=35.0, upper=45.0, least=30.0, most=50.0)
    """
    numbers = [float(one) for one in values if isinstance(one, int | float)]
    if not numbers:
        return None
    lower, median, upper = (float(one) for one in np.quantile(numbers, (0.25, 0.5, 0.75)))
    return ResultSpread(len(numbers), median, lower, upper, min(numbers), max(numbers))


def grouped_by(rows: Sequence[Row], name: str) -> dict[str, list[Row]]:
    """Rows by what one of their columns says, in the order of that."""
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: str(row[name])):
        found.setdefault(str(row[name]), []).append(row)
    return found


# The figures whose spread a clinic looks at, with what they are called there.
SHOWN = {
    "external_fixation_index": "External fixation index, days/cm",
    "healing_index": "Healing index, days/cm",
    "distraction_index": "Distraction index, days/cm",
    "frame_days": "Days in the frame",
    "off_deg": "Planned to reached, deg",
    "off_mm": "Planned to reached, mm",
    "plans": "Signed plans (1: one schedule was enough)",
    "visits": "Visits",
}
GROUPS = {"removal_year": "year of removal", "treated_for": "treated for", "hardware": "hardware"}


def results_text(rows: Sequence[Row]) -> str:
    """The spread of every figure of `SHOWN`, for all treatments and by each of `GROUPS`, as a table for a terminal."""
    lines = [f"{len(rows)} treatments with a recorded outcome."]
    for group, these in (("all", rows), *_groups(rows)):
        lines += ["", f"{group} ({len(these)})"]
        for name, label in SHOWN.items():
            found = spread(row[name] for row in these)
            if found is not None:
                lines.append(
                    f"  {label:42} median {found.median:7.1f}   quartiles {found.lower:.1f} to {found.upper:.1f}   "
                    f"range {found.least:.1f} to {found.most:.1f}   n {found.count}"
                )
    return "\n".join(lines)


def _groups(rows: Sequence[Row]) -> Iterable[tuple[str, Sequence[Row]]]:
    for name, label in GROUPS.items():
        for value, these in grouped_by(rows, name).items():
            yield f"{label} {value}", these


def csv_table(rows: Iterable[Row], columns: Sequence[Variable]) -> bytes:
    """Rows as CSV (RFC 4180, UTF-8); empty where a figure is missing."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [column.name for column in columns], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def parquet_table(rows: Sequence[Row], columns: Sequence[Variable]) -> bytes:
    """Rows as Parquet; unit and meaning of a column stand in its metadata."""
    import pyarrow
    import pyarrow.parquet

    types = {"text": pyarrow.string(), "whole": pyarrow.int64(), "number": pyarrow.float64()}
    fields = [
        pyarrow.field(one.name, types[one.kind], metadata={"unit": one.unit, "meaning": one.meaning}) for one in columns
    ]
    table = pyarrow.Table.from_pylist([dict(row) for row in rows], schema=pyarrow.schema(fields))
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out)
    return out.getvalue()


def codebook() -> bytes:
    """What every column of both tables means, as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("table", "column", "type", "unit", "source", "meaning"))
    for table, columns in (("treatments", COLUMNS), ("details", DETAILS)):
        writer.writerows((table, one.name, one.kind, one.unit, one.source, one.meaning) for one in columns)
    return out.getvalue().encode("utf-8")


def export_files(rows: Sequence[Row], details: Sequence[Row]) -> dict[str, bytes]:
    """The files of an export by name: both tables as CSV and Parquet, and the codebook."""
    found = {"codebook.csv": codebook()}
    for name, these, columns in (("treatments", rows, COLUMNS), ("details", details, DETAILS)):
        found[f"{name}.csv"] = csv_table(these, columns)
        found[f"{name}.parquet"] = parquet_table(these, columns)
    return found

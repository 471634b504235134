"""What came of a treatment, told when the frame is removed: the format `hexapod-outcome/1`, read strictly.

Complications are graded as Paley does (Clin Orthop Relat Res 250 (1990) 81): a problem is solved without an operation,
an obstacle by one, a complication is not solved by the end of treatment or leaves something behind; it is minor or
major.  What was not measured is left out; nothing is filled in for it.
"""

from __future__ import annotations

import datetime
import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from hexapod.case.field_types import Count, DateText, PositiveMillimetres, Strict
from hexapod.case.files import check_texts, parse_value
from hexapod.case.level_parts import Deformity
from hexapod.case.validation_messages import case_error
from hexapod.errors import CaseError, Problem

FORMAT = "hexapod-outcome/1"
# What the patient was treated for, as a clinic groups its own results.
TreatedFor = Literal["shortening", "deformity", "defect", "fracture", "nonunion", "contracture"]
Grade = Literal["problem", "obstacle", "minor complication", "major complication"]
Complaint = Literal[
    "pin site infection", "deep infection", "joint stiffness", "subluxation", "nerve", "vessel", "early consolidation",
    "delayed consolidation", "nonunion", "axial deviation", "refracture", "hardware", "pain", "compartment", "other",
]  # fmt: skip
Measure = Literal["MAD", "mLPFA", "mLDFA", "MPTA", "LDTA", "JLCA", "PDFA", "PPTA", "ADTA", "leg length difference"]
# Units of the measures of alignment; all others are angles in deg.
IN_MM: tuple[Measure, ...] = ("MAD", "leg length difference")
Moment = Literal["before", "at removal", "after"]
# A value of alignment: deg, or mm of a distance; medial deviation of the axis and a shorter limb are positive.
Value = Annotated[float, Field(ge=-300.0, le=300.0)]
# Totals of questionnaires: none has more than a thousand points.
Total = Annotated[float, Field(ge=-1000.0, le=1000.0)]


class Alignment(Strict):
    """One measure of alignment in deg or mm (`IN_MM`): before, as planned, and reached."""

    measure: Measure
    before: Value | None = None
    planned: Value | None = None
    reached: Value


class Complication(Strict):
    """What went wrong, when, and how it was solved by its grade; `note` is free text, and is never exported."""

    date: DateText
    grade: Grade
    kind: Complaint
    note: str = ""


class PromTotal(Strict):
    """The total of a questionnaire that the patient answered, such as PROMIS or SF-36, in its own points.

    The instrument's name is exported: it is short and plain, so that nothing about the patient stands in it.
    """

    instrument: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._+/-]{0,39}\z")]
    moment: Moment
    total: Total


class HexapodEnd(Strict):
    """The deformity measured on one hexapod's bone at removal, in the words of its case; `{}` is none left."""

    reached: Deformity | None = None


class TreatmentOutcome(Strict):
    """A treatment as it ended.

    `gained_mm` is the length of the regenerate on the radiograph of the removal; `consolidated` the day on which it was
    judged consolidated.  `hexapods` has an entry for each hexapod of the case, in its order.
    """

    format: Literal["hexapod-outcome/1"]
    treated_for: TreatedFor
    applied: DateText
    osteotomy: DateText | None = None
    consolidated: DateText | None = None
    removed: DateText
    gained_mm: PositiveMillimetres | None = None
    hexapods: Annotated[tuple[HexapodEnd, ...], Count(1)]
    alignment: Annotated[tuple[Alignment, ...], Count()] = ()
    complications: Annotated[tuple[Complication, ...], Count()] = ()
    proms: Annotated[tuple[PromTotal, ...], Count()] = ()
    note: str = ""

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        for key in ("osteotomy", "consolidated", "removed"):
            if (date := getattr(self, key)) is not None and date < self.applied:
                raise _wrong(key, f"is before {self.applied}, the day on which the frame was applied")
        if self.osteotomy and self.consolidated and self.consolidated <= self.osteotomy:
            raise _wrong("consolidated", f"is not after {self.osteotomy}, the day of the osteotomy")
        if any(one.date < self.applied for one in self.complications):
            raise _wrong("complications", f"has a date before {self.applied}, the day on which the frame was applied")
        return self

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        for key, names in (
            ("alignment", [one.measure for one in self.alignment]),
            ("proms", [(one.instrument, one.moment) for one in self.proms]),
        ):
            if len(names) != len(set(names)):
                raise _wrong(key, "has one entry twice: give each once")
        return self


def _wrong(key: str, why: str) -> PydanticCustomError:
    return PydanticCustomError("outcome", "{why}", {"why": why, "key": key})


def day(text: str) -> datetime.date:
    """A date of the outcome."""
    return datetime.date.fromisoformat(text)


def parse_outcome(raw: bytes) -> TreatmentOutcome:
    """The outcome in the bytes of a file.  Raises CaseError as `read_outcome`, and where it is no strict JSON."""
    return read_outcome(parse_value(raw))


def read_outcome(value: Any) -> TreatmentOutcome:
    """The outcome in a JSON value.

    Raises:
        CaseError: another format, an unknown key or word, a size beyond its limits, or dates out of order.
    """
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        shown = json.dumps(value.get("format") if isinstance(value, dict) else None, ensure_ascii=False)
        raise CaseError([Problem("format", shown, f'must be "{FORMAT}": no other format is read.')])
    check_texts(value)
    try:
        return TreatmentOutcome.model_validate(value)
    except ValidationError as error:
        raise case_error(error, value, TreatmentOutcome) from error


def outcome_value(outcome: TreatmentOutcome) -> dict[str, Any]:
    """The outcome as a JSON value, without what was left out."""
    return outcome.model_dump(mode="json", exclude_none=True)

"""The file `hexapod-visits/1`: what was read and measured on one hexapod at the visits of its treatment."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import ValidationError, model_validator
from pydantic_core import PydanticCustomError

from hexapod.case.field_types import Count, DateText, Millimetres, Name, Strict
from hexapod.case.files import check_texts, parse_value
from hexapod.case.level_parts import Deformity, DeformitySd, Mounting, MountingSd
from hexapod.case.validation_messages import case_error
from hexapod.errors import CaseError, Problem
from hexapod.kinematics.inverse import STRUTS

FORMAT = "hexapod-visits/1"


class MeasuredVisit(Strict):
    """A visit: six readings, and what was measured anew; `{}` says that it was measured as zero.

    `struts` names the models on the frame, where they are not those that the plan has on that date.
    """

    date: DateText
    settings_mm: Annotated[tuple[Millimetres, ...], Count(STRUTS, STRUTS)]
    struts: Annotated[tuple[Name, ...], Count(STRUTS, STRUTS)] | None = None
    deformity: Deformity | None = None
    deformity_sd: DeformitySd | None = None
    mounting: Mounting | None = None
    mounting_sd: MountingSd | None = None

    @model_validator(mode="after")
    def _sds_of_what_is_given(self) -> MeasuredVisit:
        for part in ("deformity", "mounting"):
            if getattr(self, f"{part}_sd") is not None and getattr(self, part) is None:
                told = "is of a {part} that is not given: give the {part}, or take the SDs out"
                raise PydanticCustomError("sd_alone", told, {"part": part, "key": f"{part}_sd"})
        return self

    @property
    def day(self) -> datetime.date:
        """Its date."""
        return datetime.date.fromisoformat(self.date)


class _File(Strict):
    format: Literal["hexapod-visits/1"]
    visits: Annotated[tuple[MeasuredVisit, ...], Count(1)]


@dataclass(frozen=True)
class MeasuredVisits:
    """MeasuredVisits of one hexapod in the order of their dates, each with the fingerprint of its value in the file."""

    visits: tuple[MeasuredVisit, ...]
    sha256: tuple[str, ...]


def parse_visits(raw: bytes) -> MeasuredVisits:
    """The visits in the bytes of a file.  Raises CaseError as `read_visits`, and where it is no strict JSON."""
    return read_visits(parse_value(raw))


def read_visits(value: Any) -> MeasuredVisits:
    """The visits in a JSON value.

    Raises:
        CaseError: another format, a value that makes no sense, dates out of order, or a visit that stands twice.
    """
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        shown = json.dumps(value.get("format") if isinstance(value, dict) else None, ensure_ascii=False)
        raise CaseError([Problem("format", shown, f'must be "{FORMAT}": no other format is read.')])
    check_texts(value)
    try:
        told = _File.model_validate(value)
    except ValidationError as error:
        raise case_error(error, value, _File) from error
    prints = [hashlib.sha256(rfc8785.dumps(visit)).hexdigest() for visit in value["visits"]]
    for number in range(1, len(prints)):
        before, date = told.visits[number - 1].date, told.visits[number].date
        if date < before:  # dates written alike are in the order of their letters
            message = f"is before {before}, the date of the visit before: put the visits in the order of their dates."
            raise CaseError([Problem(f"visits[{number}].date", f'"{date}"', message)])
        if prints[number] in prints[:number]:
            message = f"is visits[{prints.index(prints[number])}] again: a visit counts once, take one of the two out."
            raise CaseError([Problem(f"visits[{number}]", "", message)])
    return MeasuredVisits(told.visits, tuple(prints))

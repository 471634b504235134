"""The measurements of one hexapod: those of the case on day 0 and those of its visits, each with its SD.

Visits come from a file `hexapod-visits/1`.  Every moment has the six lengths of the struts; a deformity
and a mounting belong to it where they were measured.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from hexapod.case.canonical_json import canonical
from hexapod.case.field_types import Count, DateText, Millimetres, Name, Strict, WordFields
from hexapod.case.files import check_texts, parse_value
from hexapod.case.film_format import MeasuredWith
from hexapod.case.level_parts import Deformity, DeformitySd, Mounting, MountingSd
from hexapod.case.model import Case, no_such_hexapod
from hexapod.case.validation_messages import case_error
from hexapod.deformity.quantities import (
    DEFORMITY,
    DEFORMITY_SD,
    MOUNTING,
    MOUNTING_SD,
    READING_SD_MARKS,
    MeasurementSd,
    sds,
    signed_numbers,
)
from hexapod.errors import CaseError, HexapodError, NoPose, Problem
from hexapod.estimation.hardware import HardwareSd
from hexapod.follow_up.reading_explanation import struts_on, which_struts
from hexapod.geometry.transforms import Array
from hexapod.hardware.catalogue import Catalogue
from hexapod.hardware.models import Strut
from hexapod.kinematics.forward import own_pose
from hexapod.kinematics.inverse import STRUTS
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.trajectory.level_setup import LevelSetup

FORMAT = "hexapod-visits/1"
# The keys of a visit that say what was measured anew.
MEASURED = ("deformity", "deformity_sd", "mounting", "mounting_sd", "measured_with")
Use = Literal["last", "all"]


class MeasuredAnew(Strict):
    """New measurements at a visit; `{}` means measured as zero.

    `measured_with` has the radiographs used; only the values that were taken over from them enter the estimate.
    """

    deformity: Deformity | None = None
    deformity_sd: DeformitySd | None = None
    mounting: Mounting | None = None
    mounting_sd: MountingSd | None = None
    measured_with: MeasuredWith | None = None

    @model_validator(mode="after")
    def _sds_of_what_is_given(self) -> Self:
        for part in ("deformity", "mounting"):
            if getattr(self, f"{part}_sd") is not None and getattr(self, part) is None:
                text = "is of a {part} that is not given: give the {part}, or take the SDs out"
                raise PydanticCustomError("sd_alone", text, {"part": part, "key": f"{part}_sd"})
        return self


class MeasuredVisit(MeasuredAnew):
    """A visit: six readings, and new measurements.

    `struts` names the models on the frame, where they are not those that the plan has on that date.
    """

    date: DateText
    settings_mm: Annotated[tuple[Millimetres, ...], Count(STRUTS, STRUTS)]
    struts: Annotated[tuple[Name, ...], Count(STRUTS, STRUTS)] | None = None

    @property
    def day(self) -> datetime.date:
        """Its date."""
        return datetime.date.fromisoformat(self.date)


class _File(Strict):
    format: Literal["hexapod-visits/1"]
    hardware_sd: HardwareSd | None = None
    visits: Annotated[tuple[MeasuredVisit, ...], Count(1)]


@dataclass(frozen=True)
class MeasuredVisits:
    """The visits of one hexapod in the order of their dates, each with the fingerprint of its value in the file.

    `hardware_sd` has by key the SD of uncertain data of the hardware; when empty, the data count as exact.
    """

    visits: tuple[MeasuredVisit, ...]
    sha256: tuple[str, ...]
    hardware_sd: Mapping[str, float] = field(default_factory=dict)


def parse_visits(raw: bytes) -> MeasuredVisits:
    """The visits in the bytes of a file.  Raises CaseError as `read_visits`, and where it is no strict JSON."""
    return read_visits(parse_value(raw))


def check_measured(value: Any) -> None:
    """Raises CaseError for what cannot be measured anew at a visit: a mapping with some of the keys `MEASURED`."""
    try:
        MeasuredAnew.model_validate(value)
    except ValidationError as error:
        raise case_error(error, value, MeasuredAnew) from error


def read_visits(value: Any) -> MeasuredVisits:
    """The visits in a JSON value.

    Raises:
        CaseError: another format, a value that makes no sense, dates out of order, or a duplicate visit.
    """
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        shown = json.dumps(value.get("format") if isinstance(value, dict) else None, ensure_ascii=False)
        raise CaseError([Problem("format", shown, f'must be "{FORMAT}": no other format is read.')])
    check_texts(value)
    try:
        file = _File.model_validate(value)
    except ValidationError as error:
        raise case_error(error, value, _File) from error
    prints = [hashlib.sha256(canonical(visit)).hexdigest() for visit in value["visits"]]
    for number in range(1, len(prints)):
        before, date = file.visits[number - 1].date, file.visits[number].date
        if date < before:  # ISO dates sort as text
            message = f"is before {before}, the date of the visit before: put the visits in the order of their dates."
            raise CaseError([Problem(f"visits[{number}].date", f'"{date}"', message)])
        if prints[number] in prints[:number]:
            message = f"is visits[{prints.index(prints[number])}] again: a visit counts once, take one of the two out."
            raise CaseError([Problem(f"visits[{number}]", "", message)])
    hardware = {} if file.hardware_sd is None else file.hardware_sd.known()
    return MeasuredVisits(file.visits, tuple(prints), hardware)


@dataclass(frozen=True)
class Measured:
    """Six quantities measured together, in the order of the words: signed numbers (6,) and SD (6,), mm and deg."""

    numbers: Array
    sd: Array


@dataclass(frozen=True)
class Moment:
    """The strut readings at one moment, and what was measured of the limb then.

    `visit` is its place in the file of visits, None for day 0 by the case.  `settings_mm` are the readings on `struts`,
    `lengths_mm` (6,) what they mean and `length_sd_mm` (6,) how far that can be off.  `T_ring_mring` (4, 4) is the pose
    of the moving ring in the reference ring's axes by these lengths.
    """

    visit: int | None
    settings_mm: tuple[float, ...]
    struts: tuple[Strut, ...]
    lengths_mm: Array
    length_sd_mm: Array
    T_ring_mring: Array
    deformity: Measured | None
    mounting: Measured | None


@dataclass(frozen=True)
class Observations:
    """The data of a fit: moments in order of time; the deformity is estimated for the last one.

    `hardware_sd` has by key the SD of uncertain data of the hardware.
    """

    setup: LevelSetup
    moments: tuple[Moment, ...]
    hardware_sd: Mapping[str, float] = field(default_factory=dict)


# A scale can be read a little past its last mark; farther out the reading is wrong, or another strut is fitted.
PAST_THE_END_MM = 2.0


def observe(
    plan: Plan, level: int, visits: MeasuredVisits, use: Use, catalogue: Catalogue, struts: Sequence[str] | None = None
) -> Observations:
    """The measurements of the case and its visits for level `level` (counted from 0) of a plan that was followed.

    With `use` "last" the last measured deformity and the last measured mounting alone, as an ordinary re-plan uses
    them; with "all" everything.  `struts` names the six models on at the last visit.

    Raises:
        CaseError: a visit before the treatment, none since day 0 of the case, readings that no pose fits, or a visit
            whose struts have to be named, with the place in the file of visits.
        HexapodError: a level that the case does not have, or no deformity was ever measured.
    """
    if not 0 <= level < len(plan.levels):
        raise HexapodError(no_such_hexapod(plan.case, level))
    planned = plan.levels[level]
    last, began = visits.visits[-1].date, plan.case.start_date
    if last < began:
        message = f"is before {began}, day 0 of this case: add a visit since then, or give the case followed before it."
        raise CaseError([Problem(f"visits[{len(visits.visits) - 1}].date", f'"{last}"', message)])
    day_0 = _of_the_case(planned)
    moments = [
        _of_a_visit(plan, planned, number, visit, catalogue, struts if number + 1 == len(visits.visits) else None)
        for number, visit in enumerate(visits.visits)
    ]
    found = _each_once(plan, day_0, visits, moments)
    if not any(moment.deformity is not None for moment in found):
        raise HexapodError("No deformity was measured, neither in the case nor at a visit: there is nothing to fit.")
    if use == "last":
        found = _last_alone(found)
    wanted = [moment for moment in found[:-1] if moment.deformity is not None or moment.mounting is not None]
    return Observations(planned.setup, (*wanted, found[-1]), visits.hardware_sd)


def _last_alone(moments: Sequence[Moment]) -> list[Moment]:
    """The last deformity with its readings, the last mounting, and the last readings."""
    deformed = max(number for number, moment in enumerate(moments) if moment.deformity is not None)
    mounted = max((number for number, moment in enumerate(moments) if moment.mounting is not None), default=None)
    return [
        replace(
            moment,
            deformity=moment.deformity if number == deformed else None,
            mounting=moment.mounting if number == mounted else None,
        )
        for number, moment in enumerate(moments)
    ]


def _of_the_case(planned: LevelPlan) -> Moment:
    """Day 0.  A frame whose settings are known at the end was built to what the plan's first row has."""
    setup, entered, row = planned.setup, planned.entered, planned.rows[0]
    settings = setup.settings_mm if setup.known == 0 else row.settings_mm
    deformity = _measured(entered.deformity, entered.deformity_sd, None, DEFORMITY_SD)
    mounting = _measured(entered.mounting, entered.mounting_sd, None, MOUNTING_SD)
    return _moment(setup, None, settings, row.struts, deformity, mounting)


def _of_a_visit(
    plan: Plan,
    planned: LevelPlan,
    number: int,
    visit: MeasuredVisit,
    catalogue: Catalogue,
    named: Sequence[str] | None,
) -> Moment:
    case, entered, path = plan.case, planned.entered, f"visits[{number}]"
    began = case.start_date if case.treatment_started is None else case.treatment_started
    if visit.date < began:
        message = f"is before {began}, the first day of the treatment: give the date on which the scales were read."
        raise CaseError([Problem(f"{path}.date", f'"{visit.date}"', message)])
    on = _struts(planned, visit, path, catalogue, named, (visit.day - case.first_day).days)
    for k, (strut, setting) in enumerate(zip(on, visit.settings_mm, strict=True)):
        if not strut.min_mm - PAST_THE_END_MM <= setting <= strut.max_mm + PAST_THE_END_MM:
            message = f"cannot be: of strut {k + 1} {strut.range_text()}. Read it again, or say which strut is on."
            raise CaseError([Problem(f"{path}.settings_mm[{k}]", f"{setting:g}", message)])
    # The SD of an estimated case describe the estimate, not how well the clinic measures.
    own = entered if case.estimated_from is None else None
    try:
        return _moment(
            planned.setup,
            number,
            visit.settings_mm,
            on,
            _measured(visit.deformity, visit.deformity_sd, own and own.deformity_sd, DEFORMITY_SD),
            _measured(visit.mounting, visit.mounting_sd, own and own.mounting_sd, MOUNTING_SD),
        )
    except NoPose as error:
        shown = " ".join(f"{setting:g}" for setting in visit.settings_mm)
        raise CaseError([Problem(f"{path}.settings_mm", shown, str(error))]) from error


def _struts(
    planned: LevelPlan, visit: MeasuredVisit, path: str, catalogue: Catalogue, named: Sequence[str] | None, day: int
) -> tuple[Strut, ...]:
    """The struts fitted at a visit: as reported, else as planned for that day; refused around a change-out."""
    if named is not None:
        return struts_on(planned.setup.struts, named, catalogue)
    if visit.struts is not None:
        try:
            return struts_on(planned.setup.struts, visit.struts, catalogue)
        except HexapodError as error:
            raise CaseError([Problem(f"{path}.struts", "", str(error))]) from error
    if not planned.exchanges:
        return planned.setup.struts
    on, _, asked = which_struts(planned, min(max(day, 0), planned.last.day), visit.settings_mm)
    if asked is not None and asked.needed:
        answers = "; ".join(f"{one.when}: {json.dumps(one.models)}" for one in asked.answers)
        raise CaseError([Problem(f"{path}.struts", "", f"is needed. {asked.sentence} {answers}")])
    return on


def _moment(
    setup: LevelSetup,
    visit: int | None,
    settings_mm: tuple[float, ...],
    struts: tuple[Strut, ...],
    deformity: Measured | None,
    mounting: Measured | None,
) -> Moment:
    lengths = np.array([strut.length(setting) for strut, setting in zip(struts, settings_mm, strict=True)])
    own = setup.level.reading_sd_mm
    sd = np.array([READING_SD_MARKS * strut.graduation_mm if own is None else own for strut in struts])
    T_ring_mring = setup.T_prox_dist(own_pose(*setup.joints_mm, lengths))
    return Moment(visit, settings_mm, struts, lengths, sd, T_ring_mring, deformity, mounting)


def _measured(
    words: WordFields | None, sd: BaseModel | None, usual: BaseModel | None, table: tuple[MeasurementSd, ...]
) -> Measured | None:
    """Words with their SD: their own, else those of the case, else the usual ones."""
    if words is None:
        return None
    own: Mapping[str, float] = {
        **({} if usual is None else usual.model_dump(exclude_none=True)),
        **({} if sd is None else sd.model_dump(exclude_none=True)),
    }
    pairs = DEFORMITY if table is DEFORMITY_SD else MOUNTING
    return Measured(np.array(signed_numbers(words.words(), pairs)), np.array(sds(table, own)))


def _each_once(plan: Plan, day_0: Moment, visits: MeasuredVisits, moments: Sequence[Moment]) -> list[Moment]:
    """Day 0 and the visits without what would count twice.

    An estimated case already contains its visits.  A visit on day 0 that repeats values of the case adds nothing.
    """
    sources = plan.case.estimated_from or ()
    found = []
    for visit, fingerprint, moment in zip(visits.visits, visits.sha256, moments, strict=True):
        if fingerprint in sources:
            found.append(replace(moment, deformity=None, mounting=None))
            continue
        if visit.date == plan.case.start_date:
            day_0 = replace(
                day_0,
                deformity=None if _same(moment.deformity, day_0.deformity) else day_0.deformity,
                mounting=None if _same(moment.mounting, day_0.mounting) else day_0.mounting,
            )
        found.append(moment)
    return [day_0, *found]


def counted_again(case: Case, visits: MeasuredVisits) -> list[int]:
    """Visits up to day 0 of an estimated case that are not those it was estimated from: one more measurement each.

    One of them with a number changed would count twice.
    """
    sources = case.estimated_from
    if sources is None:
        return []
    pairs = enumerate(zip(visits.visits, visits.sha256, strict=True))
    return [number for number, (visit, sha256) in pairs if visit.date <= case.start_date and sha256 not in sources]


def _same(one: Measured | None, other: Measured | None) -> bool:
    return one is not None and other is not None and bool((one.numbers == other.numbers).all())

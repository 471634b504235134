"""The case as docs/case-format.md defines it: `hexapod-case/1`, strict and frozen."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, PrivateAttr, Tag, model_validator
from pydantic_core import PydanticCustomError

from hexapod.case.canonical_json import canonical
from hexapod.case.field_types import (
    Adjustments,
    Clock,
    Count,
    DateText,
    DaysPerCm,
    Fingerprint,
    Identifier,
    Millimetres,
    Name,
    SdMillimetres,
    Strict,
    TimeZone,
)
from hexapod.case.film_format import MeasuredWith, check_limb
from hexapod.case.level_parts import (
    BoneAtOsteotomy,
    Clinic,
    Deformity,
    DeformitySd,
    Frame,
    Indication,
    Limb,
    LimbGirth,
    Limits,
    Mounting,
    MountingSd,
    Segment,
    SoFar,
    Stage,
    StructureAtRisk,
)
from hexapod.deformity.quantities import Fragment

FORMAT = "hexapod-case/1"
LONGEST_LEVEL_DAYS = 2000
# Each level takes seconds and ten megabytes; no limb carries more hexapods than this.
MOST_LEVELS = 8
DEFAULT_MM_PER_DAY = 1.0
# Conventions section 8: 1 mm a day at 30 mm from the axis is 1.9 deg.
DEFAULT_DEG_PER_DAY = 2.0
# Maximum rates, mm and deg a day, where a case gives none.  Those of a fracture and of a joint are working values, like
# the limits beside them in `hexapod/checks/limits.py`.
DEFAULT_RATES: Mapping[Indication, tuple[float, float]] = MappingProxyType(
    {"osteotomy": (DEFAULT_MM_PER_DAY, DEFAULT_DEG_PER_DAY), "fracture": (5.0, 4.0), "joint": (1.0, 2.0)}
)
# Scale left on both struts on the day of an exchange (mm), so that the visit can move a day or two at 1 mm a day.
DEFAULT_RESERVE_MM = 3.0
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# What no plan depends on: how its entries were measured, in a level and in a case.
LEVEL_NOT_PLANNED = ("measured_with", "deformity_sd", "mounting_sd", "reading_sd_mm")
CASE_NOT_PLANNED = ("estimated_from",)
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Level(Strict):
    """One hexapod of six struts between two rings; what it is to do is in its subclasses.

    `indication` is what is treated; it decides the limits, and whether callus and regenerate are spoken of.

    `mounting` and `deformity` are None when they were never entered, which is not the same as zero: they are planned as
    zero, with a caution.

    `course_from` is for cases that continue an earlier plan: the deformity that the level should have on day 0 by
    that plan, where rounded readings put it a little off.  Its course starts there; on day 0 it is where it is.
    `so_far` tells what it has been through since the treatment began.  `measured_with` has the radiographs on which the
    deformity was measured; `deformity_sd`, `mounting_sd` and `reading_sd_mm` how far what was measured can be off.
    Nothing is planned from these four.
    """

    name: Name
    reference: Fragment
    indication: Indication = "osteotomy"
    frame: Frame
    mounting: Mounting | None = None
    deformity: Deformity | None = None
    bone: BoneAtOsteotomy | None = None
    segment: Segment | None = None
    course_from: Deformity | None = None
    so_far: SoFar | None = None
    limb_girth_mm: LimbGirth | None = None
    structures_at_risk: Annotated[tuple[StructureAtRisk, ...], Count()] = ()
    limits: Limits = Field(default_factory=Limits)
    adjustments_per_day: Adjustments = 1
    adjustment_times: Annotated[tuple[Clock, ...], Count(1)] | None = None
    index_days_per_cm: DaysPerCm | None = None
    measured_with: MeasuredWith | None = None
    deformity_sd: DeformitySd | None = None
    mounting_sd: MountingSd | None = None
    reading_sd_mm: SdMillimetres | None = None

    @model_validator(mode="after")
    def _times(self) -> Level:
        times = self.adjustment_times
        if times is not None and (len(times) != self.adjustments_per_day or list(times) != sorted(set(times))):
            message = "must be {count} times of the day, earliest first: one for each of adjustments_per_day"
            count = {"count": self.adjustments_per_day, "key": "adjustment_times"}
            raise PydanticCustomError("times", message, count)
        return self

    @property
    def coupled(self) -> bool:
        """Whether the level compensates for the others instead of being programmed on its own."""
        return isinstance(self, CoupledLevel)

    @property
    def mounting_words(self) -> Mapping[str, float]:
        """The mounting that is planned with: none when it was never entered."""
        return {} if self.mounting is None else self.mounting.words()

    @property
    def deformity_words(self) -> Mapping[str, float]:
        """The deformity that is planned with: none when it was never entered."""
        return {} if self.deformity is None else self.deformity.words()

    def stage_limits(self, stage: Stage | None = None) -> tuple[float, float | None]:
        """mm per day and deg per day (None: no limit) in force in a stage: its own, key by key, else the level's."""
        own = (stage and stage.limits) or Limits()
        usual_mm, usual_deg = DEFAULT_RATES[self.indication]
        mm_per_day = own.mm_per_day or self.limits.mm_per_day or usual_mm
        turns = [limits.deg_per_day for limits in (own, self.limits) if limits.has_turn]
        return mm_per_day, turns[0] if turns else usual_deg


class DrivenLevel(Level):
    """A level with stages of its own; `docking_gap_mm` is what a travelling segment has before it docks."""

    docking_gap_mm: Millimetres | None = None
    couple: None = None
    return_stages: None = None
    stages: Annotated[tuple[Stage, ...], Count(1)]


class CoupledLevel(Level):
    """A level that compensates for the others: the two ends of the construct keep their relative pose.

    `return_stages` is for cases that go on after a slip: what it does first, until the ends are as planned again.
    """

    couple: Literal["keep-length"]
    return_stages: Annotated[tuple[Stage, ...], Count(1)] | None = None
    stages: None = None
    docking_gap_mm: None = None


def _level_kind(value: Any) -> str:
    coupled = isinstance(value, CoupledLevel) or (isinstance(value, dict) and value.get("couple") is not None)
    return "coupled" if coupled else "driven"


LevelEntry = Annotated[
    Annotated[DrivenLevel, Tag("driven")] | Annotated[CoupledLevel, Tag("coupled")], Discriminator(_level_kind)
]


SEGMENT_MISSING = (
    "say where this hexapod's point on the segment lies from the point of the hexapod before, such as "
    '{"distal_mm": 55}; {} where they are the same'
)
SEGMENT_OF_THE_FIRST = "belongs to the hexapods after the first, which share a fragment with one before; take it out"


def _wrong(path: str, message: str) -> PydanticCustomError:
    return PydanticCustomError("chain", "{told}", {"told": message, "key": path})


class Case(Strict):
    """One limb's treatment.  Made by `read_case` or `load_case`, which keep the file's value for the fingerprint.

    `estimated_from` has the fingerprints of the visits from which mounting and deformity were estimated.
    """

    format: Literal["hexapod-case/1"]
    id: Identifier
    title: str = ""
    limb: Limb
    start_date: DateText
    clinic_days: Annotated[tuple[Weekday, ...], Count(1)] = WEEKDAYS
    clinic_closed: Annotated[tuple[DateText, ...], Count()] = ()
    exchange_reserve_mm: Millimetres = DEFAULT_RESERVE_MM
    clinic: Clinic = Field(default_factory=Clinic)
    time_zone: TimeZone | None = None
    derived_from: Fingerprint | None = None
    treatment_started: DateText | None = None
    estimated_from: Annotated[tuple[Fingerprint, ...], Count(1)] | None = None
    levels: Annotated[tuple[LevelEntry, ...], Count(1, MOST_LEVELS)]
    _canonical: bytes = PrivateAttr(default=b"")

    @model_validator(mode="after")
    def _chain(self) -> Case:
        coupled = [number for number, level in enumerate(self.levels) if level.coupled]
        if len(coupled) > 1:
            raise _wrong(
                f"levels[{coupled[1]}].couple", "only one hexapod can compensate for the others; give this one stages"
            )
        if coupled and len(self.levels) == 1:
            raise _wrong("levels[0].couple", "a hexapod that compensates needs another one with stages of its own")
        for number, level in enumerate(self.levels):
            path = f"levels[{number}].segment"
            if coupled and number and level.segment is None:
                raise _wrong(path, SEGMENT_MISSING)
            if level.segment is not None and not number:
                raise _wrong(path, SEGMENT_OF_THE_FIRST)
        return self

    @model_validator(mode="after")
    def _films_of_the_limb(self) -> Case:
        for number, level in enumerate(self.levels):
            if level.measured_with is not None:
                check_limb(level.measured_with, self.limb.side, f"levels[{number}].measured_with")
        return self

    @model_validator(mode="after")
    def _began(self) -> Case:
        """Dates written alike are in the order of their letters."""
        began = self.treatment_started
        if began is not None and began > self.start_date:
            message = "is after day 0, {day_0}; give the first day of the whole treatment, or leave it out"
            raise PydanticCustomError("began", message, {"day_0": self.start_date, "key": "treatment_started"})
        for number, level in enumerate(self.levels):
            if began is None and level.so_far is not None:
                raise _wrong(
                    f"levels[{number}].so_far",
                    "counts from the first day of the treatment: give treatment_started, or take it out",
                )
        return self

    @property
    def coupled(self) -> bool:
        """Whether one of the levels compensates for the others, so that it is known how they stand to one another."""
        return any(level.coupled for level in self.levels)

    def open_on(self, day: datetime.date) -> bool:
        """Whether the clinic sees patients on a date."""
        return WEEKDAYS[day.weekday()] in self.clinic_days and day.isoformat() not in self.clinic_closed

    @property
    def first_day(self) -> datetime.date:
        """Date of day 0."""
        return datetime.date.fromisoformat(self.start_date)

    @property
    def days_before(self) -> int | None:
        """Days of the treatment before day 0; None where another plan came first and its day 0 is not told."""
        if self.treatment_started is not None:
            return (self.first_day - datetime.date.fromisoformat(self.treatment_started)).days
        return None if self.derived_from is not None else 0

    @property
    def document(self) -> dict[str, Any]:
        """The file's value, a fresh copy: what the user wrote, no defaults filled in."""
        value: dict[str, Any] = json.loads(self._canonical)
        return value

    @property
    def sha256(self) -> str:
        """Fingerprint: SHA-256 of the file's value as RFC 8785 canonical JSON, in hexadecimal."""
        return hashlib.sha256(self._canonical).hexdigest()

    @property
    def planned_sha256(self) -> str:
        """Fingerprint of what is planned from: the case without how its entries were measured."""
        if self.estimated_from is None and not any(
            getattr(level, key) is not None for level in self.levels for key in LEVEL_NOT_PLANNED
        ):
            return self.sha256
        document = self.document
        for part, keys in ((document, CASE_NOT_PLANNED), *((one, LEVEL_NOT_PLANNED) for one in document["levels"])):
            for key in keys:
                part.pop(key, None)
        return hashlib.sha256(canonical(document)).hexdigest()

    def with_document(self, value: Any) -> Case:
        """This case, remembering the value it was read from."""
        self.__pydantic_private__ = {"_canonical": canonical(value)}
        return self


def no_such_hexapod(case: Case, index: int) -> str:
    """What to say of a level (index from 0) that a case does not have: hexapods count from 1 for people."""
    count = len(case.levels)
    has = "one hexapod: --hexapod 1 (--level 0)"
    if count > 1:
        has = f"{count} hexapods: --hexapod 1 to --hexapod {count} (--level 0 to --level {count - 1})"
    return f"The case has {has}; there is no level {index}, which would be hexapod {index + 1}."

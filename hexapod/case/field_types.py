"""The kinds of field that a case is made of: strict numbers, names, words, time zones, and keys that may be null.

A time zone is that of a place: reminders ring by the clocks on the wall, and only the zone of a place knows when these
are changed (IANA time zone database, file `backward` and the notes in `etcetera`).
"""

from __future__ import annotations

import datetime
import functools
import re
import unicodedata
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from hexapod.deformity.quantities import AP_ANGULATION, AP_TILT, AXIAL_ROTATION, Pair

# The environment variable with the clinic's time zone, for cases that name none.
TIME_ZONE = "HEXAPOD_TIME_ZONE"
# Parts of the world by which the database names places.
AREAS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip
LONGEST_STAGE_DAYS = 730
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@functools.cache
def places() -> tuple[str, ...]:
    """The zones of this machine by area and city, sorted."""
    return tuple(sorted(zone for zone in zoneinfo.available_timezones() if zone.split("/")[0] in AREAS))


def why_refused(zone: str) -> str:
    """Why a name is no time zone of a place, and what to give instead; empty for one that is.

    >>> why_refused("Europe/Madrid"), why_refused("America/Argentina/Ushuaia")
    ('', '')
    >>> print(why_refused("EST"))
    must be a time zone by its place, such as Europe/Madrid: EST is one offset all the year, without summer time
    >>> print(why_refused("Etc/GMT+3"))
    must be a time zone by its place, such as Europe/Madrid: Etc/GMT+3 is 3 hours BEHIND Greenwich, not ahead of it
    """
    if zone in places():
        return ""
    must = "must be a time zone by its place, such as Europe/Madrid"
    sign = zone[7:8]
    if not _known(zone):
        return must
    if zone.startswith("Etc/GMT") and sign in ("+", "-") and int(zone[8:]):
        way = "BEHIND Greenwich, not ahead of it" if sign == "+" else "AHEAD OF Greenwich, not behind it"
        return f"{must}: {zone} is {int(zone[8:])} hours {way}"
    if zone in ("EST", "MST", "HST", "UTC", "GMT") or zone.startswith("Etc/"):
        return f"{must}: {zone} is one offset all the year, without summer time"
    return f"{must}: {zone} names no place, so that nobody can check it"


def _known(zone: str) -> bool:
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


class Strict(BaseModel):
    """Unknown keys refused, nothing coerced, nothing changed later; null means absent, but for keys of `NULL_SAYS`."""

    NULL_SAYS: ClassVar[frozenset[str]] = frozenset()
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        dropped = cls.model_fields.keys() - cls.NULL_SAYS
        return {key: item for key, item in value.items() if item is not None or key not in dropped}


class WordFields(Strict):
    """A set of direction words; a subclass names its `PAIRS` and has a field for each word of them."""

    PAIRS: ClassVar[tuple[Pair, ...]] = ()

    def words(self) -> Mapping[str, float]:
        """The words that were given, with their sizes."""
        return self.model_dump(exclude_none=True)

    @model_validator(mode="after")
    def _one_word_each(self) -> Self:
        given = self.words()
        for pair in self.PAIRS:
            if pair.positive in given and pair.negative in given:
                raise PydanticCustomError(
                    "both_words",
                    "give {positive} or {negative}, not both",
                    {"positive": pair.positive, "negative": pair.negative, "key": pair.negative},
                )
        return self


@dataclass(frozen=True)
class Count:
    """How many entries a list has; a JSON list becomes the tuple that a frozen model holds."""

    least: int = 0
    most: int | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._as_tuple, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        bounds = {"minItems": self.least, "maxItems": self.most}
        return handler(schema) | {key: bound for key, bound in bounds.items() if bound}

    def _as_tuple(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value  # left to be refused, or a tuple already
        few = len(value) < self.least
        if few or (self.most is not None and len(value) > self.most):
            count = f"at least {self.least}" if few else f"at most {self.most}"
            count = f"{self.least}" if self.least == self.most else count
            raise PydanticCustomError(
                "count",
                "must have {count} {word}, not {found}",
                {"count": count, "word": "entry" if count.endswith(" 1") else "entries", "found": len(value)},
            )
        return tuple(value)


def _whole(value: Any) -> Any:
    """4.0 is a whole number; 4.5, true and "4" are not."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be empty")
    return value


def _date(value: str) -> str:
    try:
        if not DATE.fullmatch(value):
            raise ValueError
        datetime.date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date", "must be a date of the calendar written YYYY-MM-DD, without blanks") from None
    return value


def _clock(value: str) -> str:
    if not CLOCK.fullmatch(value):
        raise PydanticCustomError("clock", "must be a time of the day written HH:MM, from 00:00 to 23:59")
    return value


def _time_zone(value: str) -> str:
    if why := why_refused(value):
        raise PydanticCustomError("time_zone", "{why}", {"why": why})
    return value


def _identifier(value: str) -> str:
    if not value.strip("."):
        raise PydanticCustomError("identifier", "must have a letter or digit")
    return value


def _fingerprint(value: str) -> str:
    if not FINGERPRINT.fullmatch(value):
        raise PydanticCustomError("fingerprint", "must be the fingerprint of a case: 64 of 0 to 9 and a to f")
    return value


Name = Annotated[str, Field(min_length=1), AfterValidator(_not_blank)]
Identifier = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._-]{1,64}\z", json_schema_extra={"pattern": r"^(?!\.+$)[A-Za-z0-9._-]{1,64}$"}),
    AfterValidator(_identifier),
]
DateText = Annotated[str, Field(json_schema_extra={"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}), AfterValidator(_date)]
Clock = Annotated[str, Field(json_schema_extra={"pattern": f"^{CLOCK.pattern}$"}), AfterValidator(_clock)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Angulation = Annotated[float, Field(ge=0.0, lt=AP_ANGULATION.limit)]
Rotation = Annotated[float, Field(ge=0.0, lt=AXIAL_ROTATION.limit)]
Lean = Annotated[float, Field(ge=0.0, lt=AP_TILT.limit)]
Millimetres = Annotated[float, Field(ge=0.0, le=1000.0)]
PositiveMillimetres = Annotated[float, Field(gt=0.0, le=1000.0)]
Coordinate = Annotated[float, Field(ge=-1000.0, le=1000.0)]
RateLimit = Annotated[float, Field(gt=0.0, le=10.0)]
TurnLimit = Annotated[float, Field(gt=0.0)]
DaysPerCm = Annotated[float, Field(gt=0.0, le=1000.0)]
# A standard deviation (SD): nothing is measured to the last digit; beyond these it would say nothing.
SdDegrees = Annotated[float, Field(ge=0.001, le=90.0)]
SdMillimetres = Annotated[float, Field(ge=0.001, le=1000.0)]
Fingerprint = Annotated[str, Field(json_schema_extra={"pattern": "^[0-9a-f]{64}$"}), AfterValidator(_fingerprint)]
Days = Annotated[int, Field(ge=1, le=LONGEST_STAGE_DAYS), BeforeValidator(_whole)]
WholeDays = Annotated[int, Field(ge=0, le=10_000), BeforeValidator(_whole)]  # a lifetime of frames: 27 years
PixelCount = Annotated[int, Field(ge=1, le=60_000), BeforeValidator(_whole)]  # the widest film has 60 megapixels
PixelPlace = Annotated[int, Field(ge=0, le=60_000), BeforeValidator(_whole)]  # the end of the widest film is one
Adjustments = Annotated[int, Field(ge=1, le=12), BeforeValidator(_whole)]


# Marks that turn the direction of reading: with one of them "2.53 mm on day 44" is shown as "44 yad no mm 35.2".
# Source: Unicode Standard Annex 9, tables of explicit and implicit directional formatting characters.
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Of the control characters only those that a text of several lines needs.
LINES = frozenset("\n\r\t")


def unseen(text: str) -> str | None:
    r"""The first character of a text that may not stand in it, by its number; None when there is none.

    >>> unseen("Knie, rechts"), unseen("day 4\u202e"), unseen("a\x00"), unseen("two\nlines")
    (None, 'U+202E', 'U+0000', None)
    """
    for character in text:
        category = unicodedata.category(character)
        if character in DIRECTIONS or category == "Cs" or (category == "Cc" and character not in LINES):
            return f"U+{ord(character):04X}"
    return None

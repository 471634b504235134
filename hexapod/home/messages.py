"""What a phone sends: an adjustment strut by strut, six readings, or answers on the pin sites; read strictly."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import LARGEST_READING_MM

# What a patient can write beside the answers: some five lines on a phone.
LONGEST_NOTE = 500
# The five questions on the pin sites.
SIGNS = 5
MOST_PAIN = 10

Reading = Annotated[float, Field(ge=0.0, le=LARGEST_READING_MM, allow_inf_nan=False)]


class _Message(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class _Post(_Message):
    """What every message has: the number that the phone gave it, and the phone's own local time."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d$")]

    @property
    def moment(self) -> datetime.datetime:
        """The phone's local time.  Raises HexapodError for a date or time that does not exist."""
        try:
            return datetime.datetime.fromisoformat(self.at)
        except ValueError as error:
            raise HexapodError("The time of this message is not a valid time.") from error


class StrutSaid(_Message):
    """What was said of one strut (1 to 6): it reads its target, it is left for later, or it reads `reads_mm`."""

    strut: Annotated[int, Field(ge=1, le=6)]
    said: Literal["done", "later", "reads"]
    reads_mm: Reading | None = None


class DosePost(_Post):
    """One adjustment (`number` of the day, from 1) of a hexapod (`level`, from 0): all struts that it turns."""

    kind: Literal["dose"]
    level: Annotated[int, Field(ge=0)]
    number: Annotated[int, Field(ge=1)]
    struts: Annotated[list[StrutSaid], Field(min_length=1, max_length=6)]


class ReadingsPost(_Post):
    """Six readings of a hexapod (`level`, from 0), mm, struts 1 to 6."""

    kind: Literal["readings"]
    level: Annotated[int, Field(ge=0)]
    settings_mm: Annotated[list[Reading], Field(min_length=6, max_length=6)]


class AnswersPost(_Post):
    """Answers on the five signs at the pin sites (True: it is there), pain from 0 to 10, and a note."""

    kind: Literal["answers"]
    signs: Annotated[list[bool], Field(min_length=SIGNS, max_length=SIGNS)]
    pain: Annotated[int, Field(ge=0, le=MOST_PAIN)]
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


Post = DosePost | ReadingsPost | AnswersPost
_POST: TypeAdapter[Post] = TypeAdapter(Annotated[Post, Field(discriminator="kind")])


def read_post(raw: bytes) -> Post:
    """A message from its bytes.  Raises HexapodError for anything but a message that a page sends."""
    try:
        return _POST.validate_json(raw)
    except ValidationError as error:
        raise HexapodError("This is not a message of the page.") from error

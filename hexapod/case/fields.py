"""The kinds of field that a case is made of: strict numbers, names, words, and keys that may be null."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from hexapod.clinical.words import Pair

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Strict(BaseModel):
    """Unknown keys refused, nothing coerced, nothing changed later; null means absent."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: item for key, item in value.items() if item is not None or key not in cls.model_fields}


class WordFields(Strict):
    """A set of direction words; subclasses come from `words_model`."""

    def words(self) -> Mapping[str, float]:
        """The words that were given, with their sizes."""
        return self.model_dump(exclude_none=True)


AnyWords = TypeVar("AnyWords", bound=WordFields)


def words_model(name: str, pairs: tuple[Pair, ...], doc: str) -> type[WordFields]:
    """A model with both words of every pair as optional sizes, at most one of each pair given."""
    fields: dict[str, Any] = {}
    for pair in pairs:
        bound = {"le": pair.limit} if pair.limit_included else {"lt": pair.limit}
        for word, sense in ((pair.positive, pair.negative), (pair.negative, pair.positive)):
            size = Annotated[float, Field(ge=0.0, **bound, description=f"{pair.quantity}; opposite of {sense}")]
            fields[word] = (size | None, None)

    def one_word_each(self: WordFields) -> WordFields:
        for pair in pairs:
            if getattr(self, pair.positive) is not None and getattr(self, pair.negative) is not None:
                raise PydanticCustomError(
                    "both_words",
                    "give {positive} or {negative}, not both",
                    {"positive": pair.positive, "negative": pair.negative, "key": pair.negative},
                )
        return self

    validator: Any = model_validator(mode="after")(one_word_each)
    return create_model(name, __base__=WordFields, __doc__=doc, __validators__={"one_word_each": validator}, **fields)


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
        raise PydanticCustomError("date", "must be a date of the calendar written YYYY-MM-DD") from None
    return value


def _identifier(value: str) -> str:
    if not value.strip("."):
        raise PydanticCustomError("identifier", "must have a letter or digit")
    return value


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_not_blank)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}\z"), AfterValidator(_identifier)]
DateText = Annotated[str, Field(json_schema_extra={"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}), AfterValidator(_date)]
Millimetres = Annotated[float, Field(ge=0.0, le=1000.0)]
Coordinate = Annotated[float, Field(ge=-1000.0, le=1000.0)]
RateLimit = Annotated[float, Field(gt=0.0, le=10.0)]
TurnLimit = Annotated[float, Field(gt=0.0, le=180.0)]


def listed(item: Any, least: int = 0, most: int | None = None) -> Any:
    """A JSON list of `least` to `most` items, held as a tuple."""

    def counted(value: Any) -> Any:
        if not isinstance(value, list):
            return value  # left to be refused, or a tuple already
        if len(value) < least or (most is not None and len(value) > most):
            count = f"{least}" if least == most else f"at least {least}"
            raise PydanticCustomError(
                "count", "must have {count} entries, not {found}", {"count": count, "found": len(value)}
            )
        return tuple(value)

    bounds = {"minItems": least, "maxItems": most}
    schema: Any = {key: bound for key, bound in bounds.items() if bound}
    return Annotated[tuple[item, ...], Field(json_schema_extra=schema), BeforeValidator(counted)]


def whole(least: int, most: int) -> Any:
    """A whole number from `least` to `most`, which may be written 4.0."""
    return Annotated[int, BeforeValidator(_whole), Field(ge=least, le=most)]

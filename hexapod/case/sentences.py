"""The validation library's findings turned into sentences that say what to type instead."""

from __future__ import annotations

import difflib
import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from hexapod.errors import CaseError, Problem

# Marks of the library's own that stand in a location but not in the file.
TAGS = {"struts": {"own", "catalogue"}, "levels": {"driven", "coupled"}}
LONGEST_SHOWN = 60


def case_error(error: ValidationError, value: Any, model: type[BaseModel]) -> CaseError:
    """Our error for the library's: every problem with its path, the value as typed and what is acceptable."""
    return CaseError([_problem(detail, value, model) for detail in error.errors(include_url=False)])


def _problem(detail: Mapping[str, Any], value: Any, model: type[BaseModel]) -> Problem:
    location = _location(detail["loc"])
    key = detail.get("ctx", {}).get("key")
    if key is not None:
        location.append(key)
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    missing = detail["type"] == "missing"
    shown = "" if missing else _shown(value, location)
    if detail["type"] == "extra_forbidden":
        return Problem(path, shown, _unknown_key(str(location[-1]), _known_keys(model)))
    return Problem(path, shown, _sentence(detail), missing)


def _location(parts: Sequence[str | int]) -> list[str | int]:
    """The place in the file: without the tag that the library adds after the number of a strut or level."""
    return [
        part
        for number, part in enumerate(parts)
        if not (number >= 2 and isinstance(parts[number - 1], int) and part in TAGS.get(str(parts[number - 2]), ()))
    ]


def _shown(value: Any, location: list[Any]) -> str:
    for part in location:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return ""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " …"


def _sentence(detail: Mapping[str, Any]) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "greater_than_equal" and context["ge"] == 0:
        return NO_SIGN
    sentence = SENTENCES.get(detail["type"])
    if sentence is not None:
        return sentence.format(**context)
    message: str = detail["msg"]
    return message[0].lower() + message[1:] + "."


def _unknown_key(key: str, known: tuple[str, ...]) -> str:
    near = [other for other in difflib.get_close_matches(key, known, n=1) if other != key]
    return "is not a key of this format here" + (f"; did you mean {near[0]}?" if near else "; take it out.")


NO_SIGN = "must be 0 or more: sizes have no sign, the opposite word gives the other direction."
SENTENCES = {
    "missing": "is required and has no default: add it.",
    "none_required": "does not go with a coupled level, which follows the others: take it out.",
    "bool_type": "must be true or false, without quotes.",
    "float_type": "must be a number such as 7.5, without quotes.",
    "int_type": "must be a whole number, without quotes.",
    "finite_number": "must be a finite number.",
    "string_type": "must be text in quotes.",
    "string_too_short": "must not be empty.",
    "string_too_long": "must be at most {max_length} characters.",
    "string_pattern_mismatch": "must be 1 to 64 of letters, digits, '-', '_' and '.', no name of a patient.",
    "literal_error": "must be {expected}, in lower case.",
    "model_type": "must be an object in braces {{ }}.",
    "dict_type": "must be an object in braces {{ }}.",
    "tuple_type": "must be a list in brackets [ ].",
    "greater_than": "must be above {gt:g}.",
    "greater_than_equal": "must be at least {ge:g}.",
    "less_than": "must be below {lt:g}.",
    "less_than_equal": "must be at most {le:g}.",
}


@functools.cache
def _known_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """All keys of the format, to suggest the nearest one for a mistyped key."""
    return tuple(sorted(_keys(model.model_json_schema())))


def _keys(schema: Any) -> set[str]:
    found: set[str] = set()
    if isinstance(schema, dict):
        found.update(schema.get("properties", {}))
        for item in schema.values():
            found |= _keys(item)
    elif isinstance(schema, list):
        for item in schema:
            found |= _keys(item)
    return found

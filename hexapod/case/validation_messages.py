"""The validation library's findings turned into sentences that say what to type instead."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from hexapod.case.hints import KeyContext, suggestion
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
        allowed = _allowed_keys(model, detail["loc"])
        return Problem(path, shown, _unknown_key(str(location[-1]), allowed, _place(location, value)))
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


def _unknown_key(key: str, allowed: Sequence[str], place: KeyContext) -> str:
    meant = suggestion(key, allowed, place)
    told = f"the keys here are {', '.join(allowed)}." if meant is None else f"did you mean {meant}?"
    return f"is not a key of this format here; {told}"


def _place(location: Sequence[str | int], value: Any) -> KeyContext:
    """Where an unknown key stands, with what the words of the field depend on."""
    holder = next((part for part in reversed(location[:-1]) if isinstance(part, str)), "")
    limb = value.get("limb") if isinstance(value, dict) else None
    bone = limb.get("bone") if isinstance(limb, dict) else None
    reference = value["levels"][location[1]].get("reference") if location[0] == "levels" and len(location) > 2 else None
    texts = (text if isinstance(text, str) else None for text in (bone, reference))
    return KeyContext(holder, *texts)


NO_SIGN = "must be 0 or more: magnitudes have no sign, the opposite word gives the other direction."
SENTENCES = {
    "missing": "is required and has no default: add it.",
    "none_required": "does not go with a hexapod that compensates for the others: take it out.",
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


def _allowed_keys(model: type[BaseModel], location: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that the object holding the last part of a location may have, in the order of the format."""
    here: dict[str, type[BaseModel]] = {"": model}
    for part in location[:-1]:
        if part in here:  # a tag that the library adds after a number
            here = {"": here[part]}
        elif isinstance(part, str):
            (holder,) = here.values()
            here = dict(_models_in(holder.model_fields[part].annotation, ""))
    (holder,) = here.values()
    # `couple` makes a level with stages the other kind; what a coupled level may not have is left out.
    fields = holder.model_fields.items()
    return tuple(
        field.alias or name for name, field in fields if field.annotation is not type(None) or name == "couple"
    )


def _models_in(annotation: Any, tag: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """The kinds of object that an annotation allows, by their tags (empty without one)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield tag, annotation
    if get_origin(annotation) is Annotated:
        annotation, *marks = get_args(annotation)
        tag = next((mark.tag for mark in marks if isinstance(mark, Tag)), tag)
        yield from _models_in(annotation, tag)
    else:
        for one in get_args(annotation):
            yield from _models_in(one, tag)

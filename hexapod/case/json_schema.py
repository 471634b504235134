"""The JSON Schema of `hexapod-case/1`, made from the model.  `python -m hexapod.case.json_schema` prints it.

What a schema cannot say is checked by the program alone: real calendar dates, hardware names of the catalogue, a
strut's min below its max, which levels need a `segment` and which may have a `course_from`, and the lengths of stages
and levels that follow from the limits.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from hexapod.case import level_parts, model
from hexapod.case.field_types import WordFields

TITLE = "hexapod-case/1: a case of the hexapod planner"
GIVEN = {"not": {"type": "null"}}


def case_schema() -> dict[str, Any]:
    """The schema, draft 2020-12, with the rules between keys added to what the model knows of single keys."""
    schema = model.Case.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = TITLE
    for name, definition in schema["$defs"].items():
        kind = getattr(level_parts, name, None)
        if isinstance(kind, type) and issubclass(kind, WordFields):
            pairs = [(pair.positive, pair.negative) for pair in kind.PAIRS]
            definition["allOf"] = [{"not": _all_given(*pair)} for pair in pairs]
    target = schema["$defs"]["Target"]
    target["properties"]["keep"]["uniqueItems"] = True
    target["allOf"] += [
        {"not": _kept_and_given(name, word)}
        for name, pairs in level_parts.KEPT.items()
        for pair in pairs
        for word in (pair.positive, pair.negative)
    ]
    schema["$defs"]["RingEntry"]["oneOf"] = [_all_given("model"), _all_given("joints_mm")]
    stage = schema["$defs"]["Stage"]
    stage["oneOf"] = [_all_given(kind) for kind in ("hold_days", "correct_to", "transport")]
    stage["allOf"] = [{"not": _all_given("hold_days", key)} for key in ("days", "limits")]
    levels = schema["properties"]["levels"]
    levels["contains"] = {"required": ["stages"]}  # a coupled level follows others
    return schema


def _kept_and_given(name: str, word: str) -> dict[str, Any]:
    kept = {"type": "array", "contains": {"const": name}}
    return {"required": ["keep", word], "properties": {"keep": kept, word: GIVEN}}


def _all_given(*keys: str) -> dict[str, Any]:
    return {"required": list(keys), "properties": dict.fromkeys(keys, GIVEN)}


def schema_text() -> str:
    """The schema as the text of docs/case.schema.json."""
    return json.dumps(case_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())

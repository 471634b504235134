"""The published schema says what the code says, as far as a schema can."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import hexapod
from hexapod.case.json_schema import schema_text
from tests.case.test_files import REFUSALS, Spoil

ROOT = Path(__file__).resolve().parents[2]
# Refusals that need a calendar, the catalogue or the plan itself (listed in hexapod/case/json_schema.py).
BEYOND_A_SCHEMA = {
    "30 February", "29 February 2026", "empty scale", "unknown strut", "unknown ring", "endless stage",
    "no segment", "segment of the first", "segment without coupling",
    "where it should be without coupling",
    "level of 2001 days", "beyond the calendar", "blank name", "newline in id",
}  # fmt: skip


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads((ROOT / "docs" / "case.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_published_schema_is_the_one_of_the_code() -> None:
    published = (ROOT / "docs" / "case.schema.json").read_text("utf-8")
    assert published == schema_text(), "run `make schema`"


@pytest.mark.parametrize(("name", "spoil"), [row[:2] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_the_schema_refuses_what_the_code_refuses(
    case_dict: dict[str, Any], validator: Any, name: str, spoil: Spoil
) -> None:
    assert validator.is_valid(case_dict)
    spoil(case_dict)
    assert validator.is_valid(case_dict) == (name in BEYOND_A_SCHEMA)


@pytest.mark.parametrize("path", sorted((ROOT / "sample_cases").glob("*.json")), ids=lambda path: path.stem)
def test_sample_cases_fit_the_schema(validator: Any, path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    validator.validate(document)
    assert hexapod.read_case(copy.deepcopy(document)).id == document["id"]

"""Programs that read a plan file can rely on its schema: every plan fits it, and nothing less or more does."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import hexapod
from hexapod.plan.plan_file import plan_document
from hexapod.plan.plan_format import schema_text

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "sample_cases").glob("*.json"))


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads((ROOT / "docs" / "plan.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_published_schema_is_the_one_of_the_code() -> None:
    assert (ROOT / "docs" / "plan.schema.json").read_text("utf-8") == schema_text(), "run `make schema`"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_plans_of_samples_fit_the_schema(validator: Any, path: Path) -> None:
    validator.validate(plan_document(hexapod.make_plan(hexapod.load_case(path))))


def test_a_refusal_fits_without_rows_and_with_none_only(validator: Any, case_dict: dict[str, Any]) -> None:
    case_dict["levels"][0]["stages"][1]["days"] = 1
    refused = plan_document(hexapod.make_plan(hexapod.read_case(case_dict)))
    assert refused["verdict"] == "refused"
    validator.validate(refused)
    assert not validator.is_valid(refused | {"verdict": "ok"})


def test_no_key_may_be_missing_renamed_or_added(validator: Any, case_dict: dict[str, Any]) -> None:
    case = hexapod.load_case(ROOT / "sample_cases" / "tibia_transport.json")
    whole = json.loads(json.dumps(plan_document(hexapod.make_plan(case))))
    del case_dict["levels"][0]["mounting"]
    whole["findings"] = plan_document(hexapod.make_plan(hexapod.read_case(case_dict)))["findings"]
    for level in whole["levels"]:
        del level["rows"][2:]
        del level["swaps"][1:]
    validator.validate(whole)
    seen = set()
    for path, key in _keys(whole):
        if "remaining" in path:  # its words are those that are left
            continue
        seen.add(key)
        spoilt = copy.deepcopy(whole)
        inner = spoilt
        for step in path:
            inner = inner[step]
        inner[f"{key}_"] = inner.pop(key)
        assert not validator.is_valid(spoilt), (path, key)
        inner[key] = inner[f"{key}_"]
        assert not validator.is_valid(spoilt), (path, f"{key}_")
    assert {"settings_mm", "doses_mm", "from_reads_mm", "message", "mm", "deg", "plan_sha256"} <= seen


def _keys(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from _keys(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value[:2]):
            yield from _keys(inner, (*path, number))

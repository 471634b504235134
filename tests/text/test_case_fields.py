"""The table of fields has every key of the case format, and every row of it has its place on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from hexapod.case.level_parts import Stage, StructureAtRisk
from hexapod.case.model import Case, CoupledLevel, DrivenLevel
from hexapod.text.case_fields import CASE, LEVEL, STAGE, STRUCTURE, all_fields, field_at
from hexapod.text.field_kinds import NUMBERS, OTHERS, CaseField

pytestmark = pytest.mark.hazard("H-15")
STEPS = Path(__file__).resolve().parents[2] / "hexapod" / "app" / "steps"


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from models(one)


def keys(model: type[BaseModel], rows: set[str], before: str = "") -> Iterator[str]:
    """The keys of a model, and those inside of a part that has rows for its keys."""
    for name, one in model.model_fields.items():
        key = f"{before}{name}"
        inside = [part for part in models(one.annotation) if key not in rows]
        if inside and any(row.startswith(f"{key}.") for row in rows):
            yield from keys(inside[0], rows, f"{key}.")
        else:
            yield key


@pytest.mark.parametrize(
    ("rows", "of"),
    [
        (CASE, [Case]),
        (LEVEL, [DrivenLevel, CoupledLevel]),
        (STAGE, [Stage]),
        (STRUCTURE, [StructureAtRisk]),
    ],
    ids=["case", "level", "stage", "structure"],
)
def test_every_key_of_the_format_has_a_row_and_every_row_a_key(
    rows: tuple[CaseField, ...], of: list[type[BaseModel]]
) -> None:
    """A key that is new in the format fails here until the table has it."""
    mine = {row.key for row in rows if row.kind != "page"}
    wanted = {key for model in of for key in keys(model, mine)} - {"format"}
    inside = {key for key in mine if any(key.startswith(f"{other}.") for other in mine)}
    assert mine - inside == wanted
    assert inside == ({"correct_to.keep"} if rows is STAGE else set())


def test_the_pairs_of_words_are_those_of_the_model() -> None:
    found = {row.key: row.pairs for row in all_fields() if row.pairs}
    parts = {
        **{name: next(models(DrivenLevel.model_fields[name].annotation)) for name in ("mounting", "deformity", "segment")},
        **{name: next(models(Stage.model_fields[name].annotation)) for name in ("correct_to", "transport")},
        "at": next(models(StructureAtRisk.model_fields["at"].annotation)),
    }  # fmt: skip
    assert {name: part.PAIRS for name, part in parts.items()} == {name: found[name] for name in parts}


def test_every_row_has_a_name_and_a_heading_that_a_page_shows() -> None:
    pages = "\n".join(path.read_text("utf-8") for path in STEPS.rglob("*.py"))
    for row in all_fields():
        assert row.name, row.key
        assert row.section in ("", OTHERS) or f'"{row.section}"' in pages, row.key
        assert row.label or row.rows or row.pairs, row.key
        assert row.kind not in NUMBERS or isinstance(row.label, str)


def test_a_place_is_found_by_its_path() -> None:
    row, inside = field_at(("levels", "a1", "deformity", "AP angulation", "size"))
    assert (row.key if row else None, inside) == ("deformity", ("AP angulation", "size"))
    row, inside = field_at(("levels", "a1", "stages", "b2", "correct_to", "keep", "length"))
    assert (row.key if row else None, inside) == ("correct_to.keep", ("length",))
    assert field_at(("visit", "date")) == (None, ("visit", "date"))

"""Names of the files: different for different documents, and safe on every system."""

import itertools
import re
from dataclasses import replace
from typing import Any

import pytest

import hexapod
from hexapod.documents.document_set import PrintOptions, documents
from hexapod.documents.sanitise import case_file_name, document_name
from hexapod.errors import HexapodError
from tests.documents.plain_case import document, plain_document, planned
from tests.signatures import signature

DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{k}" for port in ("com", "lpt") for k in range(10))}


def safe(name: str) -> bool:
    """Whether Windows, Linux and a shell take a name as it stands."""
    return (
        re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*[A-Za-z0-9]", name) is not None
        and name.split(".")[0].lower() not in DEVICES
        and len(name.encode("utf-8")) <= 200
    )


def named(value: dict[str, Any], level: int | None = 0) -> str:
    _, plan = planned(value)
    return document_name(plan, "schedule", "csv", level)


def test_every_id_gives_names_that_are_safe() -> None:
    value = plain_document()
    plan = hexapod.make_plan(hexapod.read_case(value))
    ids = [
        "con",
        "CON.x",
        "nul.",
        "com1.2026",
        "LPT9.a.b",
        "aux",
        "a.",
        "..a",
        ".hidden",
        "-rf",
        "--",
        "a" * 64,
        "_",
        "conx.1",
        "9",
    ]
    for name in ids:
        case = hexapod.read_case(value | {"id": name})
        for made in (case_file_name(case), document_name(replace(plan, case=case), "sheet-en-letter", "pdf", 0)):
            assert safe(made), made
            assert f"{name}_right_" in made


def test_the_names_of_levels_differ_in_more_than_capital_letters() -> None:
    value = document("tibia_two_levels")
    first, second = value["levels"]
    for names in (
        ("A", "a"),
        ("a-1", "A"),
        ("x" * 50, "x" * 60),
        ("ログ", "-5"),
        ("É", "e"),
        ("con", "nul"),
        (" a ", "=a"),
    ):
        value["levels"] = [first | {"name": names[0]}, second | {"name": names[1]}]
        _, plan = planned(value)
        made = [one.name for one in documents(plan)]
        assert len({name.lower() for name in made}) == len(made) == 10
        assert all(map(safe, made)), made


def test_only_the_names_of_unsigned_documents_say_draft() -> None:
    _, plan = planned(document("tibia_two_levels"))
    drafts = documents(plan)
    signed = documents(plan, PrintOptions(signature=signature(plan)))
    for draft, one in zip(drafts, signed, strict=True):
        assert safe(draft.name)
        assert "DRAFT" not in one.name
        assert ("_DRAFT_" in draft.name) == (draft.kind != "case")


@pytest.mark.hazard("H-14")
def test_the_signature_of_another_plan_is_refused() -> None:
    _, plan = planned(document("tibia_varus"))
    other = planned(document("tibia_two_levels"))[1]
    with pytest.raises(HexapodError, match="The signature is that of another plan"):
        documents(plan, PrintOptions(signature=signature(other)))


def test_names_of_three_levels_do_not_meet_where_they_are_numbered() -> None:
    value = document("tibia_trifocal")
    for names in itertools.permutations(("a", "A", "a 1")):
        value["levels"] = [level | {"name": name} for level, name in zip(value["levels"], names, strict=True)]
        case = hexapod.read_case(value)
        plan = hexapod.plan.make_plan.Plan(case, "test", (), ())
        made = {document_name(plan, "sheet", "pdf", level) for level in range(3)}
        assert len(made) == 3


def test_a_name_tells_case_side_level_kind_and_plan() -> None:
    value = plain_document()
    value["levels"][0]["name"] = "Tíbia próxima (1/3)"
    assert re.fullmatch(r"plain-01_right_tibia-proxima-1-3_schedule_[0-9a-f]{12}\.csv", named(value))
    _, plan = planned(value)
    draft = document_name(plan, "schedule", "csv", 0, draft=True)
    assert re.fullmatch(r"plain-01_right_DRAFT_tibia-proxima-1-3_schedule_[0-9a-f]{12}\.csv", draft)
    assert named(value, None) == named(value)  # a single level is always named
    two = document("tibia_two_levels")
    assert re.fullmatch(rf"{two['id']}_{two['limb']['side']}_schedule_[0-9a-f]{{12}}\.csv", named(two, None))

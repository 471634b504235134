"""The licences of the software of others: a line for every package, and a text behind every line."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTICES = runpy.run_path(str(ROOT / "docs" / "safety" / "notices.py"))
ROWS: list[dict[str, str]] = NOTICES["rows"]()


def test_the_list_is_that_of_the_packages() -> None:
    lines = (ROOT / "docs" / "safety" / "licences.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [[row["name"], row["version"]] for row in ROWS], (
        "run `make notices`"
    )


def test_every_package_has_a_licence_with_its_text() -> None:
    assert [row["name"] for row in ROWS if not row["licence"] or not NOTICES["texts_of"](row["name"])] == []


def test_licences_that_ask_for_more_than_a_notice_are_named() -> None:
    by_name = {row["name"]: row["licence"] for row in ROWS}
    for name, licence, words in (
        ("psycopg", "LGPL-3.0-only", "GNU LESSER GENERAL PUBLIC LICENSE"),
        ("psycopg-binary", "LGPL-3.0-only", "GNU LESSER GENERAL PUBLIC LICENSE"),
        ("certifi", "MPL-2.0", "Mozilla Public License"),
        ("pymupdf-fonts", "OFL-1.1", "SIL OPEN FONT LICENSE"),
        ("npm three", "MIT", "The MIT License"),
    ):
        assert by_name[name].startswith(licence)
        assert any(words in text for text in NOTICES["texts_of"](name).values()), name
    strong = [name for name, licence in by_name.items() if "GPL" in licence and "LGPL" not in licence]
    assert strong == []

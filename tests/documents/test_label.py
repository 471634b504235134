"""The label (name, version, date, identifier) is told by one place, and stands in every document."""

import re
from pathlib import Path

from hexapod.about import IDENTIFIER, LABEL, RELEASED, VERSION
from hexapod.documents.document_set import documents
from hexapod.documents.identity import identity, page_data
from hexapod.text.language import language
from tests.library.treatment import PLAIN, plan_of

ROOT = Path(__file__).parents[2]


def test_the_label_names_version_date_and_identifier_as_the_changelog_has_them() -> None:
    assert f"hexapod {VERSION} ({RELEASED}) UDI {IDENTIFIER}" == LABEL
    first = re.search(r"^## (\S+), (\S+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert first is not None
    assert first.groups() == (VERSION, RELEASED)


def test_tables_and_calendars_have_it() -> None:
    made = {one.kind: one.content() for one in documents(plan_of(PLAIN)) if one.mime.startswith("text/")}
    assert made
    for kind, raw in made.items():
        assert LABEL in raw.decode().replace("\r\n ", "").replace("\\,", ","), kind


def test_printed_pages_have_it() -> None:
    data = page_data(identity(plan_of(PLAIN)), "Sheet", "a4", language("de"), None)
    assert data["identity"]["software"] == LABEL

"""The list of software of others is that of the requirements, and what the list says of them is said."""

from __future__ import annotations

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What the program runs with; requirements-dev.txt is for tests.
REQUIREMENTS = ("requirements.txt", "requirements-films.txt", "requirements-postgres.txt", "requirements-study.txt")


def test_every_requirement_has_its_line_and_no_line_is_of_another() -> None:
    texts = [(ROOT / file).read_text("utf-8") for file in REQUIREMENTS]
    named = [found[1] for text in texts for found in re.finditer(r"^([A-Za-z0-9._-]+)(\[.*\])?==", text, re.MULTILINE)]
    with (ROOT / "docs" / "safety" / "soup.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == named
    assert all(all(row.values()) for row in rows)

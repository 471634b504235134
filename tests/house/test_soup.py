"""The list of software of others is that of the requirements, and what the list says of them is said."""

from __future__ import annotations

import csv
import datetime
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What the program runs with; requirements-dev.txt is for tests.
REQUIREMENTS = ("requirements.txt", "requirements-films.txt", "requirements-postgres.txt", "requirements-study.txt")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==(\S+)", re.MULTILINE)
NONE = "none found that touches this use"
# The issue, or several that are one; what goes wrong; whether it touches this program, and why.
ISSUE = r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+#[1-9][0-9]*"
ANOMALY = re.compile(rf"{ISSUE}(, {ISSUE})*: \S.*\. (Touches|Does not touch): \S.*\.")
LOOKED_UP = re.compile(r"stored GitHub issues, ([0-9-]{10}), at (\S+): \S.*\S")


def _rows(name: str = "soup.csv") -> list[dict[str, str]]:
    with (ROOT / "docs" / "safety" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _pinned() -> list[tuple[str, str]]:
    return [
        (name, version) for file in REQUIREMENTS for name, version in PINNED.findall((ROOT / file).read_text("utf-8"))
    ]


def test_every_requirement_has_its_line_and_no_line_is_of_another() -> None:
    rows = _rows()
    assert [row["name"] for row in rows] == [name for name, _ in _pinned()]
    assert all(all(row.values()) for row in rows)


def _brought() -> dict[str, str]:
    """Versions of what the requirements bring along, and of what the viewer is built from and by."""
    found = dict(PINNED.findall((ROOT / "requirements-all.lock").read_text("utf-8")))
    packages = json.loads((ROOT / "hexapod" / "app" / "viewer" / "package-lock.json").read_text("utf-8"))["packages"]
    return found | {f"npm {place.removeprefix('node_modules/')}": one["version"] for place, one in packages.items()}


def test_every_anomaly_names_its_issue_and_says_whether_it_touches_the_program() -> None:
    entries = [
        entry
        for row in (*_rows(), *_rows("soup-indirect.csv"))
        if row["anomalies"] != NONE
        for entry in row["anomalies"].split("; ")
    ]
    assert entries
    assert [entry for entry in entries if not ANOMALY.fullmatch(entry)] == []


def test_anomalies_were_looked_up_for_the_version_that_is_pinned() -> None:
    """Whoever takes another version looks its anomalies up anew, then writes date, version and words into the row."""
    pinned = _brought() | dict(_pinned())
    for row in (*_rows(), *_rows("soup-indirect.csv")):
        found = LOOKED_UP.fullmatch(row["looked up"])
        assert found, row["name"]
        datetime.date.fromisoformat(found[1])
        assert found[2] == pinned[row["name"]], row["name"]

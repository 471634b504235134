"""The hazard table and the tests that name its ids are in step."""

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "safety" / "hazards.csv"
MARKER = re.compile(r"""mark\.hazard\(\s*["'](H-\d\d)["']""")


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def marked() -> dict[str, set[str]]:
    """Test files by the hazard ids that their markers name."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for hazard in MARKER.findall(path.read_text("utf-8")):
            found.setdefault(hazard, set()).add(path.relative_to(ROOT).as_posix())
    return found


def test_every_hazard_is_there_once_and_none_was_deleted() -> None:
    assert [row["id"] for row in rows()] == [f"H-{number:02d}" for number in range(1, 23)]
    assert {row["state"] for row in rows()} <= {"controlled", "open"}


def test_every_controlled_hazard_has_a_test_and_the_table_names_it() -> None:
    by_hazard = marked()
    for row in rows():
        files = by_hazard.get(row["id"], set())
        assert set(filter(None, row["tests"].split(" "))) == files, f"{row['id']}: run `python docs/safety/step.py`"
        if row["state"] == "controlled":
            assert files, f"{row['id']} has no test"


def test_open_hazards_are_told_to_the_reader() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for row in rows():
        assert (row["id"] in readme) == (row["state"] == "open"), row["id"]


def test_where_names_places_that_exist() -> None:
    for row in rows():
        for place in filter(None, re.split(r",\s*", row["where"])):
            assert (ROOT / place).exists(), f"{row['id']}: {place}"


def test_no_marker_names_an_unknown_hazard() -> None:
    assert set(marked()) <= {row["id"] for row in rows()}

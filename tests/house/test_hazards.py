"""The hazard table and the tests that name its ids are in step."""

import csv
import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STEP = runpy.run_path(str(ROOT / "docs" / "safety" / "step.py"))
ROWS: list[dict[str, str]] = STEP["rows"]()
MARKED: dict[str, list[str]] = STEP["marked"]()


def test_every_hazard_is_there_once_and_none_was_deleted() -> None:
    assert [row["id"] for row in ROWS] == [f"H-{number:02d}" for number in range(1, 37)]
    assert {row["state"] for row in ROWS} <= {"controlled", "open"}


def test_every_controlled_hazard_has_a_test_and_the_table_names_it() -> None:
    for row in ROWS:
        named = MARKED.get(row["id"], [])
        assert row["tests"].split() == named, f"{row['id']}: run `python docs/safety/step.py`"
        assert named or row["state"] == "open", f"{row['id']} has no test"


def test_open_hazards_are_told_to_the_reader() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for row in ROWS:
        assert (row["id"] in readme) == (row["state"] == "open"), row["id"]


def test_where_names_places_that_exist() -> None:
    for row in ROWS:
        for place in filter(None, re.split(r",\s*", row["where"])):
            assert (ROOT / place).exists(), f"{row['id']}: {place}"


def test_no_marker_names_an_unknown_hazard() -> None:
    assert set(MARKED) <= {row["id"] for row in ROWS}


def test_every_use_error_leads_to_hazards_and_the_hazards_of_people_have_one() -> None:
    with (ROOT / "docs" / "safety" / "use-errors.csv").open(encoding="utf-8", newline="") as file:
        errors = list(csv.DictReader(file))
    assert [row["id"] for row in errors] == [f"U-{number:02d}" for number in range(1, len(errors) + 1)]
    assert all(all(row.values()) for row in errors)
    named = {hazard for row in errors for hazard in row["hazards"].split()}
    # Nobody makes these: dates, rounding and the solver are the program's own; the last three follow from other entries.
    of_nobody = {"H-16", "H-17", "H-18", "H-25", "H-30", "H-32", "H-34"}
    assert named == {row["id"] for row in ROWS} - of_nobody

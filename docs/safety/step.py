"""Fill the `tests` column of hazards.csv from the markers of the tests: `python docs/safety/step.py`."""

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "safety" / "hazards.csv"
MARKER = re.compile(r"mark\.hazard\(([^)]*)\)")


def rows() -> list[dict[str, str]]:
    """The table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def marked() -> dict[str, list[str]]:
    """Test files by the hazard ids that their markers name."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        named = re.findall(r"H-\d\d", " ".join(MARKER.findall(path.read_text("utf-8"))))
        for hazard in dict.fromkeys(named):
            found.setdefault(hazard, []).append(path.relative_to(ROOT).as_posix())
    return found


def main() -> None:
    """Rewrite the table in place."""
    table, naming = rows(), marked()
    for row in table:
        row["tests"] = " ".join(naming.get(row["id"], []))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


if __name__ == "__main__":
    main()

"""Fill the `tests` column of hazards.csv from the markers of the tests: `python docs/safety/step.py`."""

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "safety" / "hazards.csv"
MARKER = re.compile(r"""mark\.hazard\(\s*["'](H-\d\d)["']""")


def main() -> None:
    """Rewrite the table in place."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    for row in rows:
        naming = [path for path in files if row["id"] in MARKER.findall(path.read_text("utf-8"))]
        row["tests"] = " ".join(path.relative_to(ROOT).as_posix() for path in naming)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()

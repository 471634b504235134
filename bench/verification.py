"""Write the figures of docs/verification.md: `python -m bench.verification [NAME …]`.

Runs the commands that make the figures and puts what they print into the page, each table between its two marks; with
names only those tables.  Of these only the table of hazards can fail: a controlled hazard needs a test that ran.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "verification.md"
HAZARDS = ROOT / "docs" / "safety" / "hazards.csv"
# Where `make test`, `make test-rest`, `make test-office` and `make test-package` leave what came of each test.
RESULTS = ROOT / ".make" / "results"
# What the folders of tests are for, in the order of the table; the rest counts as tests of single modules.
KINDS = {
    "laws": "laws of the mechanism, in literal numbers",
    "oracles": "the second implementation, other programs, published numbers, hand calculations",
    "properties": "random frames, cases and files",
    "golden": "recorded plans",
    "browser": "journeys in a real Chromium",
}
OTHER = "modules, documents, commands, library and app"
Rows = Sequence[Sequence[str]]


def printed(*call: str) -> str:
    """What a command prints, run by this Python at the top of the tree.  Raises CalledProcessError when it fails."""
    return subprocess.run([sys.executable, *call], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def table(head: Sequence[str], rows: Rows) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def tests() -> str:
    """How many tests there are of each kind."""
    collected = printed("-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "--ignore=tests/office")
    count: Counter[str] = Counter()
    for line in collected.splitlines():
        if "::" in line:
            folder = re.match(r"tests/(\w+)/", line)
            count[folder[1] if folder and folder[1] in KINDS else ""] += 1
    rows = [[told, f"`tests/{folder}`", str(count[folder])] for folder, told in KINDS.items()]
    rows.append([OTHER, "all others", str(count[""])])
    rows.append(["all", "", str(count.total())])
    return table(["tests of", "folder", "number"], rows)


def agreement() -> str:
    """The largest differences from the second implementation."""
    first, _, *lines = printed("tests/oracles/largest_differences.py").splitlines()
    found = [re.match(r"\s*(\S+)  (.+)", line) for line in lines]
    rows = [[one[2], one[1]] for one in found if one]
    rows += [["days, dates, stages, settings and doses", "identical"]]
    return f"{first}\n\n{table(['quantity', 'largest difference'], rows)}"


def speed() -> str:
    """The figures of `python -m bench`, and the cost of a pose by how many are in one call."""
    head, *lines = printed("-m", "bench").splitlines()
    rows, sizes = [], []
    for line in lines:
        size = re.match(r"\s*(\d[\d,]*)((?:\s+\d[\d.]*){5})$", line)
        found = re.match(r"(\s*)(\S.*?)\s{2,}(\d[\d.,]*) (\D.{0,11}?)(?:\s{2,}(\d[\d.]*))?(?:\s{2,}(\S.*))?$", line)
        if size:
            sizes.append([size[1], *size[2].split()])
        elif found:
            rows.append([("– " if found[1] else "") + found[2], *((cell or "").strip() for cell in found.groups()[2:])])
    whole = table(["what", "figure", "unit", "target", "remark"], rows)
    by_size = [
        "poses in one call",
        "lengths, us each",
        "MB beyond result",
        "poses, us each",
        "MB beyond result",
        "of 10,000's",
    ]
    return f"One run: {head}.\n\n{whole}\n\n{table(by_size, sizes)}"


def doses() -> str:
    """What choosing the doses of a day together is worth."""
    rows = []
    for line in printed("-m", "bench.doses").splitlines():
        found = re.match(r"(.+?): (each for itself|chosen together)\s+(\d+)\s+(.+)$", line)
        if found:
            mean_dose, most_dose, mean_day, most_day, back, _ = re.findall(r"\d[\d.]*", found[4])
            rows.append([found[1], found[2], found[3], mean_dose, most_dose, mean_day, most_day, back])
    head = ["scale", "doses", "levels", "single dose, mean", "largest", "way of a day, mean", "largest", "turns back"]
    return table(head, rows)


@dataclass(frozen=True)
class HazardResults:
    """What the last runs of the tests say of the hazards.

    Attributes:
        runs: which runs, when and how many tests.
        known: the rows of docs/safety/hazards.csv.
        passed: by hazard id, how many tests of each module passed.
    """

    runs: list[str]
    known: list[dict[str, str]]
    passed: dict[str, Counter[str]]


def hazard_results(folder: Path = RESULTS) -> HazardResults:
    """The results of the last `make test-all` of this tree, by hazard.

    Raises:
        SystemExit: no results stand there, a test failed, or a controlled hazard has no test that ran.
    """
    passed: dict[str, Counter[str]] = {}
    runs, failed = [], []
    for results in sorted(folder.glob("*.xml")):
        whole = ElementTree.parse(results).getroot()[0]
        runs.append(f"{results.stem} {whole.attrib['timestamp'][:10]}: {whole.attrib['tests']} tests")
        for case in whole.iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed.append(f"{case.attrib['classname']}::{case.attrib['name']}")
            elif case.find("skipped") is None:
                for one in case.iter("property"):
                    if one.attrib["name"] == "hazard":
                        passed.setdefault(one.attrib["value"], Counter())[case.attrib["classname"]] += 1
    if not runs:
        raise SystemExit("No results of tests: run `make test-all`, then `make verification`.")
    with HAZARDS.open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    untested = [row["id"] for row in known if row["state"] == "controlled" and not passed.get(row["id"])]
    if failed or untested:
        raise SystemExit(
            f"Tests that failed: {failed or 'none'}. Hazards without a test that ran: {untested or 'none'}."
        )
    return HazardResults(runs, known, passed)


def hazards() -> str:
    """Every hazard with its control and what its tests came to.  Raises SystemExit as `hazard_results`."""
    found = hazard_results()
    rows = [
        [row["id"], row["hazard"], row["control"], str(found.passed.get(row["id"], Counter()).total())]
        for row in found.known
    ]
    return f"{'; '.join(found.runs)}.\n\n{table(['id', 'hazard', 'control', 'tests passed'], rows)}"


TABLES: dict[str, Callable[[], str]] = {
    "tests": tests,
    "agreement": agreement,
    "speed": speed,
    "doses": doses,
    "hazards": hazards,
}


def replaced(page: str, name: str, text: str) -> str:
    """The page with another text between the two marks of a table.  Raises ValueError when the marks are not there."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{PAGE.name} has no marks {begin} and {end}")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def main() -> None:
    """Make the tables asked for, or all."""
    for name in sys.argv[1:] or TABLES:
        print(name, flush=True)
        text = TABLES[name]()
        PAGE.write_text(replaced(PAGE.read_text("utf-8"), name, text), "utf-8")


if __name__ == "__main__":
    main()

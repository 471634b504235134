"""Change every line of a module in every way that cosmic-ray knows, and list what no test notices: `make mutation`.

    make mutation MODULE=deformity/quantities.py

Where mutants/run.py has mistakes that a person would make, this has all that a tool can: operators, comparisons,
numbers, conditions, loops, exceptions.  It works on a copy of the tree, one change at a time, with laws and the tests of
the module's room, and takes an hour or more for a module; so it is no part of CI.  What survives is written into
docs/safety/survivors.csv, where a person judges it; a judgement stays as long as the line does.

The tests near the module run for every change, those of `--then` only for what survived them.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "docs" / "safety" / "survivors.csv"
HEAD = ("module", "operator", "right", "wrong", "judged")
NOT_JUDGED = "not judged yet"
COPIED = ("hexapod", "tests", "sample_cases", "docs", "pyproject.toml", "README.md", "LICENSE", "app.py")
# What changes no number: annotations are never run, and `|` in them is no operator of this program.
SKIPPED = ("core/ReplaceBinaryOperator_BitOr",)
# One run of the tests (s); a change that makes a loop endless counts as noticed.
LONGEST_S = 120.0


def copied(tree: Path) -> None:
    """Put a copy of what the tests need into a folder."""
    for item in COPIED:
        source = ROOT / item
        if source.is_dir():
            ignored = shutil.ignore_patterns("node_modules", "__pycache__", "dist")
            shutil.copytree(source, tree / item, ignore=ignored)
        else:
            shutil.copy2(source, tree / item)


def survivors(tool: str, module: str, tests: list[str], then: list[str]) -> list[dict[str, str]]:
    """Every change of a module that these tests do not notice.

    Raises:
        SystemExit: the tests fail without any change, so that nothing would be shown.
    """
    with tempfile.TemporaryDirectory(prefix="mutation-") as name:
        tree = Path(name)
        copied(tree)
        command, wider = (
            f"{sys.executable} -m pytest -x -q -p no:cacheprovider -m 'not slow' {' '.join(chosen)}"
            for chosen in (tests, then)
        )
        (tree / "cosmic.toml").write_text(
            f'[cosmic-ray]\nmodule-path = "hexapod/{module}"\ntimeout = {LONGEST_S}\nexcluded-modules = []\n'
            f'test-command = "{command}"\n[cosmic-ray.distributor]\nname = "local"\n'
            "[cosmic-ray.filters.operators-filter]\n"
            f"exclude-operators = {json.dumps([f'{one}.*' for one in SKIPPED])}\n"
        )

        def run(*words: str) -> str:
            return subprocess.run(words, cwd=tree, check=True, capture_output=True, text=True).stdout

        def notice(words: str) -> bool:
            return subprocess.run(words, shell=True, cwd=tree, capture_output=True).returncode != 0

        for words in (command, *([wider] if then else [])):
            if notice(words):
                raise SystemExit(f"These tests fail by themselves: {words}")
        run(tool, "init", "cosmic.toml", "session.sqlite")
        run(str(Path(tool).with_name("cr-filter-operators")), "session.sqlite", "cosmic.toml")
        run(tool, "exec", "cosmic.toml", "session.sqlite")
        done = [json.loads(line) for line in run(tool, "dump", "session.sqlite").splitlines()]
        told = [result["test_outcome"] for _, result in done if result and result["worker_outcome"] == "normal"]
        near = [(work, result) for work, result in done if result and result["test_outcome"] == "survived"]
        left, path = [], tree / "hexapod" / module
        right = path.read_text("utf-8")
        for work, result in near:
            one = work["mutations"][0]
            run(tool, "apply", f"hexapod/{module}", one["operator_name"], str(one["occurrence"]))
            if not then or not notice(wider):
                left.append(_row(module, work, result))
            path.write_text(right, "utf-8")
    print(f"{module}: {len(told)} changes, {len(near)} not noticed near it, {len(left)} survived")
    return left


def _row(module: str, work: dict[str, object], result: dict[str, str]) -> dict[str, str]:
    lines = result["diff"].splitlines()
    right, wrong = (
        " ".join(line[1:].strip() for line in lines if line.startswith(sign) and not line.startswith(sign * 3))
        for sign in "-+"
    )
    mutations = work["mutations"]
    assert isinstance(mutations, list)
    operator = mutations[0]["operator_name"].removeprefix("core/")
    return {"module": module, "operator": operator, "right": right, "wrong": wrong, "judged": NOT_JUDGED}


def listed(module: str, found: list[dict[str, str]]) -> None:
    """Write the survivors of a module into the list; what was judged of the same change stays."""
    before: list[dict[str, str]] = []
    if LIST.exists():
        with LIST.open(encoding="utf-8", newline="") as file:
            before = list(csv.DictReader(file))
    judged = {tuple(row[key] for key in HEAD[:-1]): row["judged"] for row in before}
    rows = [row for row in before if row["module"] != module]
    rows += [row | {"judged": judged.get(tuple(row[key] for key in HEAD[:-1]), row["judged"])} for row in found]
    with LIST.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEAD, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: row["module"]))


def main() -> None:
    """Change one module, and write what survived."""
    parser = argparse.ArgumentParser(description="Every change of a module that no test notices.")
    parser.add_argument("module", help="below hexapod/, such as deformity/quantities.py")
    parser.add_argument("--tool", required=True, help="the program cosmic-ray")
    parser.add_argument("--tests", nargs="+", help="laws and the tests of the module's room when left out")
    parser.add_argument("--then", nargs="*", default=["tests/case", "tests/plan"], help="for what survived those")
    words = parser.parse_args()
    room = ROOT / "tests" / Path(words.module).parts[0]
    usual = ["tests/laws", *([f"tests/{room.name}"] if room.is_dir() else []), f"hexapod/{words.module}"]
    listed(words.module, survivors(words.tool, words.module, words.tests or usual, words.then))


if __name__ == "__main__":
    main()

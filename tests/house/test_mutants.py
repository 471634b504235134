"""The named mistakes of `make mutants` still stand in the code that they are made in."""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = runpy.run_path(str(ROOT / "tests" / "mutants" / "run.py"))


def test_the_text_of_every_mistake_stands_once_in_its_module() -> None:
    wrong = {}
    for mutant in (RUN["UNCHANGED"], *RUN["MUTANTS"]):
        path = ROOT / "hexapod" / mutant.file
        times = path.read_text("utf-8").count(mutant.right) if path.exists() else None
        if times != 1:
            wrong[mutant.name] = f"{mutant.file}: {times}"
    assert not wrong

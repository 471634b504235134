"""`hexapod study`: the same rows whatever the workers, going on after a kill, and what it says in the end."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pytest

from hexapod.case.files import load_case
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import load_catalogue
from hexapod.study.batches import LEAST, Task, batch_columns
from hexapod.study.study_file import Study, load_study, read_study
from hexapod.study.study_summary import charts, summary_document, summary_text
from tests.study.population import SAMPLES, STUDIES, study_value

ROOT = Path(__file__).parents[2]
HEXAPOD = [sys.executable, "-m", "hexapod"]


def rows_of(study: Study, case: Path) -> pyarrow.Table:
    """All rows of a study, made here."""
    task = Task(study, load_case(case), load_catalogue())
    return pyarrow.concat_tables(pyarrow.table(batch_columns(task, number)) for number in range(task.batches))


def test_a_batch_has_a_row_for_each_patient_and_policy() -> None:
    study = read_study(study_value(patients=LEAST + 7))
    task = Task(study, load_case(SAMPLES / "tibia_varus.json"), load_catalogue())
    assert task.batches == 2
    columns = batch_columns(task, 1)
    assert columns["patient"].tolist() == list(range(LEAST, LEAST + 7)) * 2
    assert columns["policy"] == ["last"] * 7 + ["fit"] * 7
    assert not columns["within_goal"][np.isnan(columns["angle_deg"])].any()


def test_a_worker_with_another_version_is_refused() -> None:
    task = Task(read_study(study_value()), load_case(SAMPLES / "tibia_varus.json"), load_catalogue(), "hexapod 0.0")
    with pytest.raises(HexapodError, match=r"begun by hexapod 0\.0"):
        batch_columns(task, 0)


@pytest.mark.slow
def test_the_summary_counts_what_the_rows_say() -> None:
    """Four patients by hand: two within the goal, one beyond, one who could not be planned."""
    study = read_study(study_value(patients=4, policy=[{"name": "a", "use": "all"}, {"name": "b"}]))
    rows: dict[str, Any] = {
        "policy": ["a"] * 4 + ["b"] * 4,
        "planned": [True, True, True, False] * 2,
        "within_goal": [True, True, False, False, True, False, False, False],
        "angle_deg": [1.0, 2.0, 6.0, np.nan] * 2,
        "distance_mm": [1.0, 1.0, 1.0, np.nan] * 2,
        "settled": [True] * 8,
        "doubtful": [False, True] + [False] * 6,
    }
    columns = batch_columns(Task(study, load_case(SAMPLES / "tibia_varus.json"), load_catalogue()), 0)
    for name in columns:
        kind = name.partition("_")[0]
        if kind in {"true", "believed", "sd"}:
            rows[name] = {"true": [0.0] * 8, "believed": [0.5, 1.5, 3.0, 9.0] * 2, "sd": [1.0] * 8}[kind]
    document = summary_document(study, pyarrow.table(rows))
    a, b = document["policies"]
    assert (a["within_goal"], b["within_goal"], a["patients"], a["not_planned"]) == (0.5, 0.25, 4, 1)
    assert a["angle_deg"] == {"median": 2.0, "p90": 5.2}
    assert a["coverage"] == {"68": 0.3333, "95": 0.6667}
    assert (a["doubtful"], b["doubtful"]) == (1, 0)
    assert [(one["name"], one["with"], one["difference"]) for one in document["compared"]] == [("a", "b", 0.25)]
    assert "1 of 4 could not be planned." in summary_text(document)
    drawn = charts(document, "svg")
    assert list(drawn) == ["within_goal", "angle_and_distance"]
    assert drawn == charts(document, "svg")
    assert all(one.startswith(b"\x89PNG") for one in charts(document, "png").values())


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted(STUDIES.glob("*.toml")), ids=lambda file: file.stem)
def test_the_documentation_says_what_its_studies_say(file: Path) -> None:
    """Each line of the tables, and that one fit gains at least 8 points, its interval above 0."""
    study, case = load_study(file)
    document = summary_document(study, rows_of(study, case))
    page = (STUDIES / "README.md").read_text("utf-8")
    for policy in document["policies"]:
        cells = (
            f"{100.0 * policy['within_goal']:.1f}",
            f"{policy['angle_deg']['median']:.1f} / {policy['angle_deg']['p90']:.1f}",
            f"{policy['distance_mm']['median']:.1f} / {policy['distance_mm']['p90']:.1f}",
        )
        assert f"| {policy['name']} | {' | '.join(cells)} |" in page
        for share, (low, high) in {"68": (0.61, 0.75), "95": (0.91, 0.98)}.items():
            # Three SD of a share of 500 patients; tests/estimation/test_coverage.py has the whole proof.
            assert all(low <= one <= high for one in policy["coverage_each"][share].values()), policy["name"]
    for pair in document["compared"]:
        assert pair["difference"] >= 0.08
        assert pair["difference_95"][0] > 0.0


def written(folder: Path, **more: Any) -> Path:
    """A study file of three batches."""
    shutil.copy(SAMPLES / "tibia_varus.json", folder)
    file = folder / "study.toml"
    file.write_text(
        'format = "hexapod-study/1"\nseed = 3\npatients = 250\ncase = "tibia_varus.json"\n'
        "[population.deformity]\nvarus_deg = {mean = 12, sd = 3}\n"
        '[[policy]]\nname = "one"\n[[policy]]\nname = "two"\nvisits = ["end"]\nuse = "all"\n'
    )
    return file


def study_of(file: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HEXAPOD, "study", str(file), "--out", str(out), *more], capture_output=True, text=True, cwd=ROOT
    )


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own as on a cluster."""
    contact = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT}
    programs = [
        subprocess.Popen(
            [
                *dask[:2],
                "distributed.cli.dask_scheduler",
                "--port",
                "0",
                "--no-dashboard",
                "--scheduler-file",
                str(contact),
            ],
            **quiet,
        )
    ]
    try:
        until = time.monotonic() + 60.0
        while not contact.exists() or not contact.read_text():
            assert time.monotonic() < until
            time.sleep(0.1)
        programs += [
            subprocess.Popen(
                [
                    *dask[:2], "distributed.cli.dask_worker", "--scheduler-file", str(contact), "--nthreads", "1",
                    "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path / f"worker-{number}"),
                ],
                **quiet,
            )
            for number in range(2)
        ]  # fmt: skip
        yield json.loads(contact.read_text())["address"]
    finally:
        for program in programs:
            program.kill()
            program.wait()


@pytest.mark.slow
def test_rows_are_the_same_whatever_the_workers(tmp_path: Path, scheduler: str) -> None:
    file = written(tmp_path)
    rows = {}
    for name, more in {
        "one": ["--workers", "1"],
        "four": ["--workers", "4"],
        "cluster": ["--scheduler", scheduler],
    }.items():
        ran = study_of(file, tmp_path / name, *more)
        assert ran.returncode == 0, ran.stderr
        assert re.search(r"^two +\d", ran.stdout, re.MULTILINE)
        rows[name] = (tmp_path / name / "patients.parquet").read_bytes()
        assert {one.name for one in (tmp_path / name).iterdir()} == {
            "batches", "study.json", "patients.parquet", "summary.json", "within_goal.png", "within_goal.svg",
            "angle_and_distance.png", "angle_and_distance.svg",
        }  # fmt: skip
    assert rows["one"] == rows["four"] == rows["cluster"]


@pytest.mark.slow
def test_a_study_that_was_killed_goes_on(tmp_path: Path) -> None:
    file, out = written(tmp_path), tmp_path / "out"
    whole = study_of(file, tmp_path / "whole", "--workers", "1")
    running = subprocess.Popen(
        [*HEXAPOD, "study", str(file), "--out", str(out), "--workers", "1"], cwd=ROOT, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 120.0
    while not list(out.glob("batches/*.parquet")):
        assert time.monotonic() < until
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    kept = {one.name: one.stat().st_mtime_ns for one in out.glob("batches/*.parquet")}
    assert kept
    again = study_of(file, out, "--workers", "1")
    assert again.returncode == 0, again.stderr
    assert again.stdout == whole.stdout
    assert (out / "patients.parquet").read_bytes() == (tmp_path / "whole" / "patients.parquet").read_bytes()
    for name, moment in kept.items():
        assert (out / "batches" / name).stat().st_mtime_ns == moment
    file.write_text(file.read_text().replace("seed = 3", "seed = 4"))
    other = study_of(file, out, "--workers", "1")
    assert other.returncode == 2
    assert "holds the batches of another study" in other.stderr

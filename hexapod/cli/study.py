"""`study`: policies of treatment compared on simulated patients, here or on a cluster of Dask."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hexapod.case.files import load_case, write_atomically
from hexapod.cli.common import OK
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue

MOST_WORKERS = 1024
PROGRESS_WIDTH = 40


def add_study(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command and its arguments to the parser."""
    study = command("study", "compare policies of treatment on simulated patients")
    study.add_argument("study", metavar="STUDY", type=Path, help="a study file, hexapod-study/1 (docs/studies)")
    study.add_argument(
        "--out", metavar="DIR", type=Path, required=True,
        help="a new folder for rows, summary and charts; with the folder of a study that was stopped, it continues",
    )  # fmt: skip
    where = study.add_mutually_exclusive_group()
    where.add_argument("--workers", metavar="N", type=int, help="processes on this machine; one a core when left out")
    where.add_argument("--scheduler", metavar="ADDRESS", help="a scheduler of Dask, such as tcp://host:8786")
    study.set_defaults(run=_study)


def _study(arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    from hexapod.study.batches import MISSING, Task, run
    from hexapod.study.population import study_case
    from hexapod.study.study_file import load_study
    from hexapod.study.study_summary import charts, summary_document, summary_text

    try:
        import distributed
        import matplotlib as _  # noqa: F401
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise HexapodError(MISSING) from error
    if arguments.workers is not None and not 1 <= arguments.workers <= MOST_WORKERS:
        raise HexapodError(f"--workers is a number of processes from 1 to {MOST_WORKERS}.")
    study, case_file = load_study(arguments.study)
    task = Task(study, load_case(case_file), catalogue)
    study_case(task.case, catalogue)  # a case that does not suit a study is refused before any process is started
    with _client(distributed, arguments) as client:
        try:
            rows = run(task, arguments.out, client, _progress)
            document = summary_document(study, rows)
            parquet.write_table(rows, arguments.out / "patients.parquet")
            text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
            write_atomically(arguments.out / "summary.json", text.encode("utf-8"))
            for form in ("png", "svg"):
                for name, content in charts(document, form).items():
                    write_atomically(arguments.out / f"{name}.{form}", content)
        except OSError as error:
            raise HexapodError(f"{arguments.out}: {error.strerror or error}.") from error
    print(summary_text(document))
    return OK


def _client(distributed: Any, arguments: argparse.Namespace) -> Any:
    """A client of the scheduler named, or of processes on this machine.  Raises HexapodError when there is none."""
    if arguments.scheduler is None:
        return distributed.Client(n_workers=arguments.workers, threads_per_worker=1, dashboard_address=None)
    try:
        return distributed.Client(arguments.scheduler)
    except (OSError, ValueError) as error:
        raise HexapodError(
            f"No scheduler answers at {arguments.scheduler}: type its address, tcp://host:8786."
        ) from error


def _progress(ready: int, batches: int) -> None:
    """Show progress on one line of the terminal, which is overwritten; nothing when the output is a log file."""
    if sys.stderr.isatty():
        done = "#" * (PROGRESS_WIDTH * ready // batches)
        ended = "\n" if ready == batches else ""
        print(f"\r[{done:{PROGRESS_WIDTH}}] {ready} of {batches} batches", end=ended, file=sys.stderr, flush=True)

"""Patients a second and core: many at once, and one by one by make_plan; a whole study on one worker and on two.

What is printed is the table of docs/studies/README.md, section Speed.  A patient is one under one policy.
"""

from __future__ import annotations

import dataclasses
import tempfile
import time
from pathlib import Path
from typing import Any

from hexapod import load_catalogue, make_plan
from hexapod.case.files import load_case
from hexapod.study.batches import BATCH, Task, batch_columns, keep, run
from hexapod.study.study_file import load_study

STUDY = Path(__file__).parents[1] / "docs" / "studies" / "varus_and_short.toml"
PLANNED_ONE_BY_ONE = 30
KEPT = 50
WORKERS = (1, 2)
# Patients of the study whose time is taken, in batches: half a minute on two quiet cores.
BATCHES = 10
ON_PAPER = 1000


def main() -> None:
    """Print the table, which takes a minute or two."""
    study, case_file = load_study(STUDY)
    case, catalogue = load_case(case_file), load_catalogue()
    task = Task(study, case, catalogue)
    batch_columns(task, 0)  # what is remembered from call to call
    began = time.process_time()
    columns = batch_columns(task, 1)
    treated = BATCH * len(study.policy) / (time.process_time() - began)
    # A policy makes a plan more than it has visits.
    plans = sum(1 + len(policy.visits) for policy in study.policy) / len(study.policy)
    make_plan(case, catalogue)
    began = time.process_time()
    for number in range(PLANNED_ONE_BY_ONE):
        make_plan(case.with_document({**case.document, "id": f"case-{number}"}), catalogue)
    one_by_one = PLANNED_ONE_BY_ONE / (time.process_time() - began)
    kept = _kept_a_second(columns) * BATCH * len(study.policy)
    longer = dataclasses.replace(task, study=study.model_copy(update={"patients": BATCHES * BATCH}))
    rates = {workers: _rate(longer, workers) for workers in WORKERS}
    rows = [
        ("treated at once, with measuring and fits, of processor time", treated, treated),
        (f"planned one by one, plans alone ({plans:.2f} each), of processor time", one_by_one / plans, None),
        *(
            (f"a whole study, {workers} worker{'s' * (workers > 1)}", rate, rate / workers)
            for workers, rate in rates.items()
        ),
        ("batches kept by one process", kept, None),
    ]
    print("| | patients a second | a second and core |\n|---|---|---|")
    for name, rate, each in rows:
        print(f"| {name} | {rate:,.0f} | {'' if each is None else f'{each:,.0f}'} |")
    most = ON_PAPER * rates[WORKERS[-1]] / WORKERS[-1]
    ends = "the cores" if most < kept else "the one process that keeps batches"
    print(f"| on paper, {ON_PAPER:,} cores: {most:,.0f} treated, and the limit is {ends} | {min(most, kept):,.0f} | |")
    print(f"\nTreated at once against one by one: {treated * plans / one_by_one:,.0f} times as many a core.")


def _kept_a_second(columns: dict[str, Any]) -> float:
    """Batches that are written as files a second of the clock."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        for number in range(KEPT):
            keep(columns, Path(folder, f"{number}.parquet"))
        return KEPT / (time.perf_counter() - began)


def _rate(task: Task, workers: int) -> float:
    """Patients, each under one policy, a second of the clock, once the workers have begun."""
    import distributed

    started: Any = distributed
    with (
        tempfile.TemporaryDirectory() as folder,
        started.Client(n_workers=workers, threads_per_worker=1, dashboard_address=None) as client,
    ):
        warm = dataclasses.replace(task, study=task.study.model_copy(update={"patients": workers * BATCH}))
        run(warm, Path(folder, "warm"), client, lambda *_: None)
        began = time.perf_counter()
        run(task, Path(folder, "out"), client, lambda *_: None)
        return task.study.patients * len(task.study.policy) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()

"""Plans and patients a second and core: many at once, and one by one; a whole study on one worker and on two.

What is printed is the table of docs/studies/README.md, section Speed.  A patient is one under one policy.
"""

from __future__ import annotations

import dataclasses
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from hexapod import Plan, load_catalogue, make_plan, plan_outcomes
from hexapod.case.files import load_case
from hexapod.case.model import Case
from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD, signed_numbers
from hexapod.estimation.fit import fit
from hexapod.estimation.observations import FORMAT, observe, read_visits
from hexapod.hardware.catalogue import Catalogue
from hexapod.study.batches import LEAST, Task, batch_columns, keep, run
from hexapod.study.study_file import load_study

STUDY = Path(__file__).parents[1] / "docs" / "studies" / "varus_and_short.toml"
ONE_BY_ONE = 30
# Variations of one case planned in one call, and how often: a tenth of a second and more, so that the clock tells it.
AT_ONCE, REPEATED = 4096, 3
KEPT = 20
WORKERS = (1, 2)
# Patients of the study whose time is taken: half a minute on one quiet core.
PATIENTS = 5000
ON_PAPER = 1000


def main() -> None:
    """Print the table, which takes a minute or two."""
    study, case_file = load_study(STUDY)
    case, catalogue = load_case(case_file), load_catalogue()
    study = study.model_copy(update={"patients": PATIENTS})
    task = Task(study, case, catalogue)
    batch_columns(task, 0)  # what is remembered from call to call
    began = time.process_time()
    columns = batch_columns(task, 1)
    treated = task.batch * len(study.policy) / (time.process_time() - began)
    # A policy makes a plan more than it has visits.
    plans = sum(1 + len(policy.visits) for policy in study.policy) / len(study.policy)
    fits = sum(len(policy.visits) for policy in study.policy if policy.use == "all") / len(study.policy)
    planning, fitting = _one_by_one(case, catalogue)
    one_by_one = 1.0 / (plans * planning + fits * fitting)
    kept = _kept_a_second(columns) * task.batch * len(study.policy)
    rates = {workers: _rate(task, workers) for workers in WORKERS}
    at_once = _at_once(case, catalogue)
    print("| | plans a second and core |\n|---|---|")
    print(f"| plan_outcomes: {AT_ONCE:,} variations of one case at once, the end | {at_once:,.0f} |")
    print(f"| make_plan: one by one, with every evening and all checks | {1.0 / planning:,.0f} |")
    print(f"\nAt once against one by one: {at_once * planning:,.0f} times as many plans (asked for: at least 100).\n")
    rows = [
        ("treated at once: measured, fitted, planned (processor time)", treated, treated),
        (f"one by one, {plans:.2f} plans each alone (processor time)", 1.0 / (plans * planning), None),
        (f"one by one, with {fits:.2f} fits each (processor time)", one_by_one, one_by_one),
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
    times = f"{treated / one_by_one:,.0f} times as many a core, {treated * plans * planning:,.0f} times"
    print(f"\nTreated at once against one by one: {times} where only the plans are counted.")


def _at_once(case: Case, catalogue: Catalogue) -> float:
    """Plans a second of the processor by plan_outcomes, of deformities and mountings spread by their usual SD."""
    level, chance = case.levels[0], np.random.default_rng(0)
    numbers = [
        np.array(signed_numbers(words, tuple(one.pair for one in table)))
        + chance.standard_normal((AT_ONCE, len(table))) * [one.sd for one in table]
        for words, table in ((level.deformity_words, DEFORMITY_SD), (level.mounting_words, MOUNTING_SD))
    ]
    plan_outcomes(case, *numbers, catalogue=catalogue)
    began = time.process_time()
    for _ in range(REPEATED):
        plan_outcomes(case, *numbers, catalogue=catalogue)
    return AT_ONCE * REPEATED / (time.process_time() - began)


def _one_by_one(case: Case, catalogue: Catalogue) -> tuple[float, float]:
    """Seconds of the processor for a plan by make_plan, and for a fit of day 0 and one visit."""
    plan = make_plan(case, catalogue)
    assert isinstance(plan, Plan)
    began = time.process_time()
    for number in range(ONE_BY_ONE):
        make_plan(case.with_document({**case.document, "id": f"case-{number}"}), catalogue)
    planning = time.process_time() - began
    row = plan.levels[0].last
    visit = {"date": row.date.isoformat(), "settings_mm": list(row.settings_mm), "deformity": {"varus_deg": 1.0}}
    observations = observe(plan, 0, read_visits({"format": FORMAT, "visits": [visit]}), "all", catalogue)
    fit(observations)
    began = time.process_time()
    for _ in range(ONE_BY_ONE):
        fit(observations)
    return planning / ONE_BY_ONE, (time.process_time() - began) / ONE_BY_ONE


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
        warm = dataclasses.replace(task, study=task.study.model_copy(update={"patients": workers * LEAST}))
        run(warm, Path(folder, "warm"), client, lambda *_: None)
        began = time.perf_counter()
        run(task, Path(folder, "out"), client, lambda *_: None)
        return task.study.patients * len(task.study.policy) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()

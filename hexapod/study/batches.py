"""Running a study in batches of patients on several workers; every finished batch is kept."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hexapod.about import SOFTWARE
from hexapod.case.canonical_json import canonical
from hexapod.case.files import write_atomically
from hexapod.case.model import Case
from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue
from hexapod.study.population import TrueErrors, draw, study_case
from hexapod.study.study_file import Study
from hexapod.study.treatment import TreatedPatients, treat

if TYPE_CHECKING:
    import pyarrow

# Patients per batch: the more, the less each costs (of 500 half as much as of 100), and the fewer batches there are to
# share out.  So a tenth of the study, within these bounds; an interrupted batch loses less than a second a policy.
LEAST, MOST, SHARE = 100, 500, 10
# Batches queued for each worker, so that none is idle.
AHEAD = 2
# In the order of `TreatedPatients.truth`.
QUANTITIES = tuple(f"mounting_{one.key}" for one in MOUNTING_SD) + tuple(f"deformity_{one.key}" for one in DEFORMITY_SD)

MISSING = "Studies need further packages: install `hexapod[study]`."


@dataclass(frozen=True)
class Task:
    """The input of every batch of a study; only the version `software` that made it may work on it."""

    study: Study
    case: Case
    catalogue: Catalogue
    software: str = SOFTWARE

    @property
    def sha256(self) -> str:
        """Fingerprint of everything that the rows depend on."""
        rings = {
            name: [ring.proximal_joints_mm.tolist(), ring.distal_joints_mm.tolist()]
            for name, ring in self.catalogue.rings.items()
        }
        struts = {name: repr(strut) for name, strut in self.catalogue.struts.items()}
        value = {
            "study": json.loads(self.study.model_dump_json(exclude={"title"})),
            "case": self.case.document,
            "rings": rings,
            "struts": struts,
            "software": self.software,
        }
        return hashlib.sha256(canonical(value)).hexdigest()

    @property
    def batch(self) -> int:
        """How many patients are in one: the study alone decides."""
        return min(max(self.study.patients // SHARE, LEAST), MOST)

    @property
    def batches(self) -> int:
        """The number of batches."""
        return -(-self.study.patients // self.batch)


def batch_columns(task: Task, number: int) -> dict[str, Any]:
    """The rows of one batch, policy by policy: a column for each name, each with a value a patient and policy.

    Raises:
        HexapodError: another version of the program made the task, or the case does not suit a study.
    """
    if task.software != SOFTWARE:
        raise HexapodError(f"The study was begun by {task.software}, and a worker has {SOFTWARE}: use one version.")
    study = task.study
    numbers = range(number * task.batch, min((number + 1) * task.batch, study.patients))
    parts = []
    for policy in study.policy:
        case, catalogue = study_case(task.case, task.catalogue, policy.graduation_mm)
        patients = draw(case, study.population, study.seed, numbers)
        errors = TrueErrors(study.errors_of(policy), study.error_spreads_of(policy))
        declared, hardware_sd = study.declared_of(policy), study.hardware_sd_of(policy)
        treated = treat(case, catalogue, patients, policy, errors, declared, hardware_sd)
        parts.append({"patient": np.array(numbers), "policy": [policy.name] * len(numbers), **_columns(study, treated)})
    return {
        name: list(itertools.chain.from_iterable(part[name] for part in parts))
        if name == "policy"
        else np.concatenate([part[name] for part in parts])
        for name in parts[0]
    }


def _columns(study: Study, treated: TreatedPatients) -> dict[str, Any]:
    within = (treated.angle_deg <= study.goal.deg) & (treated.distance_mm <= study.goal.mm)
    columns = {
        "planned": treated.planned,
        "within_goal": within,
        "angle_deg": treated.angle_deg,
        "distance_mm": treated.distance_mm,
        "settled": treated.believed.settled,
        "doubtful": treated.believed.doubtful,
    }
    tables = {"true": treated.truth, "believed": treated.believed.quantities, "sd": treated.believed.sd}
    for which, table in tables.items():
        columns |= {f"{which}_{name}": table[:, place] for place, name in enumerate(QUANTITIES)}
    return columns


def run(task: Task, folder: Path, client: Any, progress: Callable[[int, int], None]) -> pyarrow.Table:
    """All rows of a study: batches found in `folder` are read, the others computed and written there.

    `client` is one of Dask's; `progress` is called with the number of finished batches and of all batches.

    Raises:
        HexapodError: the folder holds another study, cannot be written, or a worker gave up.
        OSError: the folder cannot be written.
    """
    import distributed
    import pyarrow
    import pyarrow.parquet as parquet

    batches = folder / "batches"
    _claim(task, folder, batches)
    missing = iter([number for number in range(task.batches) if not _file(batches, number).exists()])
    ready = sum(_file(batches, number).exists() for number in range(task.batches))
    progress(ready, task.batches)
    shared = client.scatter(task, broadcast=True, hash=False)

    def submit(count: int) -> list[Any]:
        following = itertools.islice(missing, count)
        return [client.submit(_numbered, shared, number, pure=False) for number in following]

    waiting = AHEAD * max(1, sum(client.ncores().values()))
    as_completed: Any = distributed.as_completed
    under_way = as_completed(submit(waiting))
    try:
        for future in under_way:
            number, columns = future.result()
            keep(columns, _file(batches, number))
            ready += 1
            progress(ready, task.batches)
            under_way.update(submit(1))
    except distributed.KilledWorker as error:
        raise HexapodError(
            "A worker stopped again and again on one batch: look at its log. Finished batches are kept; the same "
            "command goes on from them."
        ) from error
    return pyarrow.concat_tables(parquet.read_table(_file(batches, number)) for number in range(task.batches))


def keep(columns: dict[str, Any], file: Path) -> None:
    """Write a batch to a file, whole or not at all.  Raises OSError when it cannot be written."""
    import pyarrow
    import pyarrow.parquet as parquet

    sink = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), sink)
    write_atomically(file, sink.getvalue())


def _numbered(task: Task, number: int) -> tuple[int, dict[str, Any]]:
    return number, batch_columns(task, number)


def _file(batches: Path, number: int) -> Path:
    return batches / f"{number:06}.parquet"


def _claim(task: Task, folder: Path, batches: Path) -> None:
    """Mark the folder as this study's.  Raises HexapodError when it belongs to another."""
    mark = folder / "study.json"
    if mark.exists():
        if json.loads(mark.read_text("utf-8")).get("sha256") != task.sha256:
            raise HexapodError(f"{folder} holds the batches of another study, case or version: name a new folder.")
        return
    if folder.exists() and any(folder.iterdir()):
        raise HexapodError(f"{folder} is not empty: name a new folder.")
    batches.mkdir(parents=True)
    write_atomically(mark, json.dumps({"sha256": task.sha256, "software": task.software}).encode())

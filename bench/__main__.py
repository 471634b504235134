"""Prints one table.  The limits stand beside the figures; nothing here passes or fails."""

from __future__ import annotations

import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.library import library_figures
from bench.plain_newton import plain_newton
from bench.tasks import Task, case_of_days, coupled_case_of_days, random_task
from hexapod import Plan, load_catalogue, make_plan, read_case, ring_pose, strut_lengths
from hexapod.checks.bone_ends import check_bone_ends
from hexapod.checks.clearances import clearances
from hexapod.checks.daily_motion import check_rates
from hexapod.documents.document_set import PrintOptions, documents
from hexapod.documents.patient_sheet.document import patient_sheet
from hexapod.kinematics.batch_linear import BLOCK, LANE_BYTES
from hexapod.schedule.strut_settings import make_schedules
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import fit_frame

Job = Callable[[], Any]
SIZES = (1, 100, 1_000, 3_000, 10_000, 100_000, 1_000_000)
YARDSTICK = 10_000  # poses in the call that the cost of a pose in other calls is compared with
COMPILER_OPTIONS = ("-O2", "-O3")
DIFFERENT_CASES = 8


def best_seconds(*jobs: Job, seconds: float = 1.5, least: int = 7) -> list[float]:
    """The shortest time of each job, taken in turns so that whatever else runs disturbs all alike."""
    best = [float("inf")] * len(jobs)
    rounds, end = 0, time.perf_counter() + seconds
    while rounds < least or time.perf_counter() < end:
        for k, job in enumerate(jobs):
            began = time.perf_counter()
            job()
            best[k] = min(best[k], time.perf_counter() - began)
        rounds += 1
    return best


def memory_mb(job: Job) -> float:
    """Peak memory of a job in MB beyond its result."""
    tracemalloc.start()
    result = job()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return float((peak - result.nbytes) / 1e6)


def inverse(task: Task) -> Job:
    """The lengths of a task's poses."""
    return lambda: strut_lengths(task.proximal, task.distal, task.T_prox_dist)


def forward(task: Task) -> Job:
    """The poses of a task's lengths, from the neutral pose."""
    return lambda: ring_pose(task.proximal, task.distal, task.lengths_mm, near=task.neutral)


def row(what: str, figure: float, unit: str, limit: str = "", remark: str = "") -> None:
    """One line of the table."""
    print(f"{what:<52}{figure:>10.3f} {unit:<12}{limit:>10}  {remark}".rstrip(), flush=True)


def kinematics(folder: Path) -> None:
    """Batches of lengths and poses, beside the compiled program."""
    task = random_task(100_000)
    best_seconds(inverse(task))  # a sleeping processor wakes up
    row("lengths of 100,000 poses", best_seconds(inverse(task))[0] * 10, "us per pose", "0.1")
    task = random_task(10_000)
    jobs = [forward(task)]
    for option in COMPILER_OPTIONS:
        plain = plain_newton(folder, option)
        if plain is not None:
            arguments = (task.proximal, task.distal, task.lengths_mm, task.neutral)
            jobs.append(lambda plain=plain, arguments=arguments: plain(*arguments))  # type: ignore[misc]
    ours, *others = (second * 100 for second in best_seconds(*jobs, seconds=3.0))
    row("poses of 10,000 lengths", ours, "us per pose", "4")
    for option, other in zip(COMPILER_OPTIONS, others, strict=False):
        row(
            f"  the same by a plain Newton in C, cc {option}",
            other,
            "us per pose",
            "",
            f"ours / C = {ours / other:.2f}",
        )
    if not others:
        print("  no C compiler (cc) here: no comparison with a compiled program")
    off = abs(forward(task)() - task.T_prox_dist)
    row("  largest error of position (x 1e-9)", off[:, :3, 3].max() * 1e9, "mm", "1")
    row("  largest error of rotation matrix (x 1e-10)", off[:, :3, :3].max() * 1e10, "", "1")


def growth() -> None:
    """The same for batches of other sizes."""
    print()
    print(
        "poses in one call      lengths: us each, MB beyond result      poses: us each, MB beyond result   of 10,000's"
    )
    reference = random_task(YARDSTICK)
    for size in SIZES:
        task = random_task(size)
        a, a_mb = best_seconds(inverse(task))[0] / size * 1e6, memory_mb(inverse(task))
        own, yardstick = best_seconds(forward(task), forward(reference))  # in turns: their ratio is the machine's own
        b, b_mb, ratio = own / size * 1e6, memory_mb(forward(task)), own / size / (yardstick / YARDSTICK)
        print(f"{size:>17,}{a:>24.3f}{a_mb:>10.1f}{b:>28.3f}{b_mb:>10.1f}{ratio:>15.2f}", flush=True)
    print(f"(the poses' working memory of {BLOCK * LANE_BYTES / 1e6:.0f} MB for each thread is kept, and not counted)")
    print()


def plans(folder: Path) -> None:
    """Whole plans, in this process and from the command line."""
    for days, limit in ((60, "20"), (10, ""), (100, ""), (1000, "")):
        case = read_case(case_of_days(days))
        plan = make_plan(case)
        second = best_seconds(lambda case=case: make_plan(case))[0]  # type: ignore[misc]
        found = f"{len(plan.levels[0].rows) - 1} days, {plan.verdict}, {second / days * 1e3:.3f} ms per day"
        row(f"plan of {days} days", second * 1e3, "ms", limit, found)
    file = folder / "case.json"
    file.write_text(json.dumps(case_of_days(60)), "utf-8")
    command = [sys.executable, "-m", "hexapod", "plan", str(file)]
    home = Path(__file__).parent.parent

    def process() -> int:
        return subprocess.run(command, cwd=home, stdout=subprocess.DEVNULL, check=False).returncode

    row("python -m hexapod plan, 60 days, whole process", best_seconds(process)[0], "s", "1", f"exit {process()}")


def coupled() -> None:
    """A whole treatment: two coupled levels with exchanges, all clearances and all checks, and what its parts take."""
    case = read_case(coupled_case_of_days(90))
    plan = make_plan(case)
    catalogue = load_catalogue()
    days = len(plan.levels[0].rows) - 1
    exchanges = sum(len(level.exchanges) for level in plan.levels)
    found = f"{days} days, {len(plan.levels)} levels, {exchanges} exchanges, {plan.verdict}"
    row("plan of two coupled levels, 90 days", best_seconds(lambda: make_plan(case))[0] * 1e3, "ms", "150", found)
    frames = [frame for frame in plan.frames if frame is not None]
    setups = [frame.setup for frame in frames]
    parts: dict[str, Job] = {
        "course of the bone, both levels": lambda: bone_courses(setups),
        "frames that follow": lambda: [fit_frame(frame.course) for frame in frames],
        "exchanges and settings": lambda: make_schedules(frames, catalogue, range(1, days + 1), 3.0),
        "clearances": lambda: [clearances(frame, frame.course.poses_at) for frame in frames],
        "overlap of bone ends": lambda: [check_bone_ends(frame.course) for frame in frames],
        "rates": lambda: [check_rates(frame.course) for frame in frames],
    }
    for name, job in parts.items():
        row(f"  {name}", best_seconds(job)[0] * 1e3, "ms")


def printing() -> None:
    """The patient's sheet of 60 days, on coarse and on fine scales, and the whole set of documents."""
    for struts, remark in (("generic-medium", "marks of 1 mm"), ("generic-fine-medium", "marks of 0.25 mm")):
        seconds = []
        # The typesetter remembers what it has set before: every sheet is of another case, as in a clinic.
        for number in range(DIFFERENT_CASES):
            value = case_of_days(60)
            value["start_date"] = f"2026-03-{number + 1:02d}"
            frame = value["levels"][0]["frame"]
            frame["struts"] = [struts] * 6
            frame["settings_mm"] = [mm + number for mm in frame["settings_mm"]]
            case = read_case(value)
            plan = make_plan(case)
            assert isinstance(plan, Plan)
            began = time.perf_counter()
            patient_sheet(plan, 0, PrintOptions())
            seconds.append(time.perf_counter() - began)
        rows = plan.levels[0].rows
        turning = sum(now.settings_mm != before.settings_mm for before, now in itertools.pairwise(rows))
        row("patient sheet of 60 days", min(seconds[1:]), "s", "0.5", f"{turning} days of turning, {remark}")
        if struts == "generic-medium":
            row("  the first of all, with typefaces and languages", seconds[0], "s")
    made = documents(plan, PrintOptions("de", "letter"))
    began = time.perf_counter()
    for one in made:
        one.content()
    row("all documents of it", time.perf_counter() - began, "s", "2", f"{len(made)} files")


def main() -> None:
    """Measure everything once."""
    machine = platform.processor() or platform.machine()
    cores = os.cpu_count()
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {machine}, {cores} cores of which one is used")
    print(f"{'':<52}{'figure':>10} {'unit':<12}{'limit':>10}")
    with tempfile.TemporaryDirectory() as name:
        kinematics(Path(name))
        growth()
        plans(Path(name))
        coupled()
        printing()
        print()
        library_figures(Path(name), row, best_seconds)


if __name__ == "__main__":
    main()

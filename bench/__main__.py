"""Prints one table.  The limits stand beside the figures; nothing here passes or fails.

Figures with a ratio are processor time, the median of many runs taken in turns with what they are compared with: other
work on the machine disturbs both alike.  The yardstick is a plain program in C, built here with `cc -O3`.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.library import library_figures
from bench.plain_kinematics import Plain
from bench.tasks import SAMPLES, Task, case_of_days, coupled_case_of_days, random_task
from hexapod import Plan, load_catalogue, make_plan, plan_outcomes, read_case, ring_pose, strut_lengths
from hexapod.case.model import Case
from hexapod.checks.bone_ends import check_bone_ends
from hexapod.checks.clearances import clearances
from hexapod.checks.daily_motion import check_rates
from hexapod.deformity.quantities import DEFORMITY, MOUNTING, signed_numbers
from hexapod.documents.document_set import PrintOptions, documents
from hexapod.documents.patient_sheet.document import patient_sheet
from hexapod.kinematics import forward as forward_kinematics
from hexapod.kinematics.batch_newton import BLOCK, LANE_BYTES
from hexapod.schedule.strut_settings import make_schedules
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import fit_frame

Job = Callable[[], Any]
SIZES = (1, 100, 1_000, 3_000, 10_000, 100_000, 1_000_000)
YARDSTICK = 10_000  # poses in the call that the cost of a pose in other calls is compared with
COMPILER_OPTIONS = ("-O2", "-O3")
DIFFERENT_CASES = 8
PROCESSES = 20


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


def processor_seconds(*jobs: Job, seconds: float = 1.5, least: int = 7) -> list[float]:
    """The median processor time of each job, taken in turns."""
    taken: list[list[float]] = [[] for _ in jobs]
    end = time.perf_counter() + seconds
    while len(taken[0]) < least or time.perf_counter() < end:
        for job, times in zip(jobs, taken, strict=True):
            began = time.process_time()
            job()
            times.append(time.process_time() - began)
    return [statistics.median(times) for times in taken]


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


def kinematics(plain: Mapping[str, Plain]) -> None:
    """Batches of lengths and poses, beside the compiled program."""
    many, task = random_task(100_000), random_task(10_000)
    best_seconds(inverse(many))  # a sleeping processor wakes up
    ours, *others = processor_seconds(
        inverse(many), *(partial(one.inverse, many.proximal, many.distal, many.T_prox_dist) for one in plain.values())
    )
    row("lengths of 100,000 poses", ours * 10, "us per pose", "0.045")
    compared("lengths", ours, [other * 10 for other in others], 10, plain)
    arguments = (task.proximal, task.distal, task.lengths_mm, task.neutral)
    ours, *others = processor_seconds(
        forward(task), *(partial(one.forward, *arguments) for one in plain.values()), seconds=3.0
    )
    row("poses of 10,000 lengths", ours * 100, "us per pose", "4")
    compared("Newton", ours, [other * 100 for other in others], 100, plain)
    off = abs(forward(task)() - task.T_prox_dist)
    row("  largest error of position (x 1e-9)", off[:, :3, 3].max() * 1e9, "mm", "1")
    row("  largest error of rotation matrix (x 1e-10)", off[:, :3, :3].max() * 1e10, "", "1")


def compared(what: str, ours: float, others: Sequence[float], scale: float, plain: Mapping[str, Plain]) -> None:
    """The lines of the compiled program under a figure of ours (s); `others` are its figures as they are printed."""
    for option, other in zip(plain, others, strict=True):
        ratio = f"ours / C = {ours * scale / other:.2f}"
        row(f"  the same by plain {what} in C, cc {option}", other, "us per pose", "", ratio)


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


def plans(folder: Path, yardstick: Job | None) -> None:
    """Whole plans, in this process and from the command line."""
    for days, limit in ((60, "10"), (10, ""), (100, ""), (1000, "")):
        case = read_case(case_of_days(days))
        plan = make_plan(case)
        assert isinstance(plan, Plan)
        second, remark = against(partial(make_plan, case), yardstick)
        found = f"{len(plan.levels[0].rows) - 1} days, {plan.verdict}{remark}"
        row(f"plan of {days} days", second * 1e3, "ms", limit, found)
        if days == 60:
            row("  of readings that were not planned before", against(partial(anew, case), None)[0] * 1e3, "ms")
    file = folder / "case.json"
    file.write_text(json.dumps(case_of_days(60)), "utf-8")
    ours, numpy = commands(folder, ["-m", "hexapod", "plan", str(file)], ["-c", "import numpy"])
    row("python -m hexapod plan, 60 days, processor", ours, "s", "0.30", f"{ours / numpy:.1f} times the next line")
    row("  python -c 'import numpy'", numpy, "s")


def anew(case: Case) -> None:
    """A plan with nothing remembered of its frame."""
    forward_kinematics._own_pose_of_one.cache_clear()
    make_plan(case)


def against(job: Job, yardstick: Job | None) -> tuple[float, str]:
    """The processor time of a job (s), and how it compares with the compiled program's 10,000 poses."""
    if yardstick is None:
        return processor_seconds(job)[0], ""
    ours, plain = processor_seconds(job, yardstick)
    return ours, f", {ours / plain:.2f} times C's 10,000 poses"


def commands(folder: Path, *arguments: Sequence[str]) -> list[float]:
    """The median processor time (s) of whole processes of this Python, run in turns, with modules compiled before."""
    home, environment = Path(__file__).parent.parent, os.environ | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    taken: list[list[float]] = [[] for _ in arguments]
    for number, (words, times) in itertools.product(range(PROCESSES + 1), zip(arguments, taken, strict=True)):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], cwd=home, env=environment, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if number:
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return [statistics.median(times) for times in taken]


def coupled(yardstick: Job | None) -> None:
    """A whole treatment: two coupled levels with exchanges, all clearances and all checks, and what its parts take."""
    case = read_case(coupled_case_of_days(90))
    plan = make_plan(case)
    catalogue = load_catalogue()
    days = len(plan.levels[0].rows) - 1
    exchanges = sum(len(level.exchanges) for level in plan.levels)
    found = f"{days} days, {len(plan.levels)} levels, {exchanges} exchanges, {plan.verdict}"
    second, remark = against(partial(make_plan, case), yardstick)
    row("plan of two coupled levels, 90 days", second * 1e3, "ms", "60", found + remark)
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
        row(f"  {name}", processor_seconds(job)[0] * 1e3, "ms")


def many_plans() -> None:
    """Variations of one case planned at once, beside as many calls of make_plan."""
    case = read_case(json.loads((SAMPLES / "tibia_varus.json").read_text("utf-8")))
    random, count = np.random.default_rng(1), 4096
    level = case.levels[0]
    deformities = signed_numbers(level.deformity_words, DEFORMITY) + random.normal(size=(count, 6))
    mountings = signed_numbers(level.mounting_words, MOUNTING) + random.normal(size=(count, 6))
    settings = level.frame.settings_mm + random.integers(-3, 4, (count, 6))
    ends = partial(plan_outcomes, case, deformities, mountings)
    one, end, evenings, built = processor_seconds(
        partial(make_plan, case), ends, partial(ends, evenings=True), partial(ends, settings), seconds=3.0
    )
    row("make_plan of the sample tibia_varus", one * 1e3, "ms", "", f"{len(make_plan(case).levels[0].rows) - 1} days")
    for what, second, limit in (
        (f"plan_outcomes of {count} variations, the end", end, "100"),
        ("  every evening", evenings, "100"),
        ("  the end, each with readings of its own", built, ""),
    ):
        row(what, second / count * 1e6, "us per plan")
        row("  plans per second, times those of make_plan", one * count / second, "", limit)


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
        plain = {option: one for option in COMPILER_OPTIONS if (one := Plain.built(Path(name), option)) is not None}
        task = random_task(YARDSTICK)
        arguments = (task.proximal, task.distal, task.lengths_mm, task.neutral)
        yardstick = partial(plain[COMPILER_OPTIONS[-1]].forward, *arguments) if plain else None
        if yardstick is None:
            print("no C compiler (cc) here: no comparison with a compiled program")
        kinematics(plain)
        growth()
        plans(Path(name), yardstick)
        coupled(yardstick)
        many_plans()
        printing()
        print()
        library_figures(Path(name), row, best_seconds)


if __name__ == "__main__":
    main()

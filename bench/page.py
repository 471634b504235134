"""How fast the app is: `python -m bench.page [edits]`.  Linux.

Prints a table; nothing here passes or fails.  A start: from the command to the end of the first page's run.  An edit:
from the message of a browser to the end of the run, everything for the new page sent; by the clock (median and 95th
percentile) and as processor time of the server, which other work on the machine does not blur.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.clinician import DAYS, ENTRIES, Clinician, Run, library_with
from bench.served import Served, served
from bench.visitor import OPEN, Visitor

STARTS = 3
START_S, EDIT_MS = 6.0, 200.0
EDITS = 40
WARM_RUNS = 2
HEAD = ("median", "95 %", "processor", "kB")


def percentile_95(values: list[float]) -> float:
    """The value that 95 in 100 do not exceed."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def start_seconds() -> list[float]:
    """How long the first page takes when the server is started for it."""
    found = []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory() as name, served(Path(name)) as server:
            began = time.perf_counter()
            Visitor(server.address).tab().run()
            found.append(server.started_s + time.perf_counter() - began)
            OPEN.close()
    return found


def row(server: Served, what: str, clinician: Clinician, count: int) -> None:
    """Measure one kind of change and print it."""
    runs: list[Run] = []
    busy_s = 0.0
    for number in range(count + WARM_RUNS):
        if what == "check":
            clinician.show("deformity")
            clinician.edit()
        before = server.cpu_s
        run = clinician.show("check") if what == "check" else clinician.edit()
        if number >= WARM_RUNS:
            runs.append(run)
            busy_s += server.cpu_s - before
    times = [1000.0 * run.seconds for run in runs]
    size = statistics.median(run.received for run in runs) / 1000.0
    wrong = sorted({run.trouble for run in runs if run.trouble})
    figures = (statistics.median(times), percentile_95(times), 1000.0 * busy_s / count, size)
    name = "an edit, then Check is shown" if what == "check" else f"an edit in {what.capitalize()}"
    print(f"{name:<32}", *(f"{figure:>10.0f}" for figure in figures), *wrong, flush=True)


def main(edits: int = EDITS) -> None:
    """Print the table."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    starts = start_seconds()
    told = ", ".join(f"{seconds:.1f}" for seconds in starts)
    print(f"start of the server to the first page: {told} s (asked: {START_S:g})", flush=True)
    print(f"{f'case of {DAYS} days, ms':<32}", *(f"{word:>10}" for word in HEAD))
    with tempfile.TemporaryDirectory() as name:
        keys = library_with(Path(name), 1)
        with served(Path(name)) as server:
            clinician = Clinician(server.address, keys[0])
            clinician.open()
            for step in ENTRIES:
                clinician.show(step)
                row(server, step, clinician, edits)
            row(server, "check", clinician, edits)
            OPEN.close()
    print(f"asked: 95 % of edits within {EDIT_MS:g} ms; load now {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))

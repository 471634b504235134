"""Many clinicians at once: `python -m bench.load [--minutes 15] [--clinicians 40] [--processes 1]`.  Linux.

Each has a case of 60 days of the library open in a browser's connection, changes an entry every ten seconds, and shows
another step now and then, Check among them; the page looks at the library by itself as it does in a browser.  Prints,
a line a minute, how long from the message to the end of the run (median, 95th percentile), what went wrong, and the
memory of the server; then the same for all of it.  Several processes share the library, and each has its share of the
clinicians, as behind a proxy with sticky sessions.  Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

from bench.clinician import ENTRIES, Clinician, Run, library_with
from bench.page import percentile_95
from bench.served import Served, served
from bench.visitor import OPEN

CLINICIANS, MINUTES = 40, 15.0
EVERY_S = 10.0
# hexapod.app.session.unsaved.EVERY_S
LOOK_EVERY_S = 20.0
# After how many changes, on the whole, another step is shown; every third of those is Check.
CHANGES_A_STEP = 4
LINE_S = 60.0
WITHIN_S = 1.0


class Figures:
    """What all clinicians have measured so far."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.runs: list[Run] = []
        self.errors: list[str] = []

    def add(self, run: Run) -> None:
        """Take a run down."""
        with self._lock:
            self.runs.append(run)
            self.errors += [f"{run.what}: {run.trouble}"] if run.trouble else []

    def wrong(self, sentence: str) -> None:
        """Take down that somebody could not go on."""
        with self._lock:
            self.errors.append(sentence)


def work(clinician: Clinician, figures: Figures, until_s: float, chance: random.Random) -> None:
    """Change entries until the time is over."""
    steps = list(ENTRIES)
    next_s = time.monotonic() + chance.uniform(0.0, EVERY_S)
    try:
        time.sleep(max(0.0, next_s - time.monotonic()))
        figures.add(clinician.open())
        next_look_s = next_s + LOOK_EVERY_S
        next_s += EVERY_S
        while next_s < until_s:
            time.sleep(max(0.0, next_s - time.monotonic()))
            if chance.random() < 1.0 / CHANGES_A_STEP:
                if chance.random() < 1.0 / 3.0:
                    figures.add(clinician.show("check"))
                figures.add(clinician.show(chance.choice(steps)))
            figures.add(clinician.edit())
            next_s += EVERY_S
            if next_s > next_look_s:
                time.sleep(max(0.0, next_look_s - time.monotonic()))
                figures.add(clinician.look_again())
                next_look_s += LOOK_EVERY_S
    except (AssertionError, OSError, EOFError) as error:
        figures.wrong(f"{type(error).__name__}: {str(error)[-200:]}")


def line(name: str, servers: list[Served], runs: list[Run], errors: int) -> None:
    """Print the figures of some runs."""
    edits = [run.seconds for run in runs if run.what.startswith("edit")] or [0.0]
    others = [run.seconds for run in runs if run.what.startswith("show")] or [0.0]
    figures = (statistics.median(edits), percentile_95(edits), statistics.median(others), percentile_95(others))
    cells = [f"{figure:>8.2f}" for figure in figures]
    print(
        f"{name:<8}{len(edits):>7}", *cells, f"{errors:>7}{sum(server.memory_mb for server in servers):>9.0f}", end=" "
    )
    print(f"{sum(server.cpu_s for server in servers):>10.0f}{os.getloadavg()[0]:>7.1f}", flush=True)


def main() -> None:
    """Run the load and print its lines."""
    parser = argparse.ArgumentParser(description="Clinicians at once on one server.")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--clinicians", type=int, default=CLINICIANS)
    parser.add_argument("--processes", type=int, default=1)
    words = parser.parse_args()
    print(
        f"{words.clinicians} clinicians, a change every {EVERY_S:g} s each; {words.processes} processes, "
        f"{os.cpu_count()} cores"
    )
    print(
        "         edits  median    95 %  step m.  step 95  errors  mem. MB  processor  load   (seconds; of the server)"
    )
    with tempfile.TemporaryDirectory() as name:
        keys = library_with(Path(name), words.clinicians)
        with contextlib.ExitStack() as running:
            servers = [running.enter_context(served(Path(name))) for _ in range(words.processes)]
            figures, until_s = Figures(), time.monotonic() + 60.0 * words.minutes
            line("start", servers, [], 0)
            threads = []
            for number, key in enumerate(keys):
                address = servers[number % len(servers)].address
                one = (Clinician(address, key), figures, until_s, random.Random(number))
                threads.append(threading.Thread(target=work, args=one))
                threads[-1].start()
            seen = 0
            for minute in range(1, int(words.minutes) + 1):
                time.sleep(LINE_S)
                runs = figures.runs[seen:]
                seen += len(runs)
                line(f"min {minute}", servers, runs, len(figures.errors))
            for thread in threads:
                thread.join()
            line("all", servers, figures.runs, len(figures.errors))
            OPEN.close()
            time.sleep(EVERY_S)
            line("left", servers, [], len(figures.errors))
            traces = sum(server.log.count("Traceback") for server in servers)
    print(f"asked: 95 % of edits within {WITHIN_S:g} s, no errors, memory flat; {traces} errors in the server's log")
    for sentence in sorted(set(figures.errors)):
        print(f"  {figures.errors.count(sentence)} x {sentence}")


if __name__ == "__main__":
    main()

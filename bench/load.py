"""Many clinicians at once on one server: `python -m bench.load [--minutes 15] [--clinicians 40]`.  Linux.

Each has a case of 60 days of the library open in a browser's connection, changes an entry every ten seconds, and shows
another step now and then, Check among them; the page looks at the library by itself as it does in a browser.  Prints,
a line a minute, how long from the message to the end of the run (median, 95th percentile), what went wrong, and the
memory of the server; then the same for all of it.  Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
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


def line(name: str, server: Served, runs: list[Run], errors: int) -> None:
    """Print the figures of some runs."""
    edits = [run.seconds for run in runs if run.what.startswith("edit")] or [0.0]
    others = [run.seconds for run in runs if run.what.startswith("show")] or [0.0]
    figures = (statistics.median(edits), percentile_95(edits), statistics.median(others), percentile_95(others))
    cells = [f"{figure:>8.2f}" for figure in figures]
    print(f"{name:<8}{len(edits):>7}", *cells, f"{errors:>7}{server.memory_mb:>9.0f}", end=" ")
    print(f"{server.cpu_s:>10.0f}{os.getloadavg()[0]:>7.1f}", flush=True)


def main() -> None:
    """Run the load and print its lines."""
    parser = argparse.ArgumentParser(description="Clinicians at once on one server.")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--clinicians", type=int, default=CLINICIANS)
    words = parser.parse_args()
    print(f"{words.clinicians} clinicians, a change every {EVERY_S:g} s each, {os.cpu_count()} cores")
    print(
        "         edits  median    95 %  step m.  step 95  errors  mem. MB  processor  load   (seconds; of the server)"
    )
    with tempfile.TemporaryDirectory() as name:
        keys = library_with(Path(name), words.clinicians)
        with served(Path(name)) as server:
            figures, until_s = Figures(), time.monotonic() + 60.0 * words.minutes
            line("start", server, [], 0)
            threads = []
            for number, key in enumerate(keys):
                one = (Clinician(server.address, key), figures, until_s, random.Random(number))
                threads.append(threading.Thread(target=work, args=one))
                threads[-1].start()
            seen = 0
            for minute in range(1, int(words.minutes) + 1):
                time.sleep(LINE_S)
                runs = figures.runs[seen:]
                seen += len(runs)
                line(f"min {minute}", server, runs, len(figures.errors))
            for thread in threads:
                thread.join()
            line("all", server, figures.runs, len(figures.errors))
            OPEN.close()
            time.sleep(EVERY_S)
            line("left", server, [], len(figures.errors))
            traces = server.log.count("Traceback")
    print(f"asked: 95 % of edits within {WITHIN_S:g} s, no errors, memory flat; {traces} errors in the server's log")
    for sentence in sorted(set(figures.errors)):
        print(f"  {figures.errors.count(sentence)} x {sentence}")


if __name__ == "__main__":
    main()

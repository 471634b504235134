"""The order in which a pool of workers takes the files of tests: the longest first, so that none is left alone at the end.

A file of the browser mostly waits, most others reckon: they are begun in turn, so that processors are neither idle nor
fought for.
"""

from __future__ import annotations

from itertools import chain, zip_longest
from pathlib import Path

import pytest

BROWSER = "browser"
# Files that take longer than half a minute in `make test` or `make test-rest`, the longest first.
LONGEST = (
    "browser/test_reading.py",
    "estimation/test_coverage.py",
    "browser/test_radiographs.py",
    "browser/test_screens.py",
    "app/session/test_cut_runs.py",
    "study/test_study_command.py",
    "browser/test_whole_journeys.py",
    "browser/test_preview.py",
    "documents/test_sheet_settings.py",
    "browser/test_faults.py",
    "documents/test_sheet_pages.py",
    "library/test_faults.py",
    "app/steps/test_findings.py",
    "browser/test_journeys.py",
    "films/test_film_file.py",
    "documents/test_calendar.py",
    "app/session/test_library_pages.py",
    "case/test_hints.py",
    "app/steps/test_form.py",
)
TESTS = Path(__file__).parent


def in_order(items: list[pytest.Item]) -> None:
    """Put the files of a run in their order; the tests of a file stay together as they are."""
    files = sorted(dict.fromkeys(item.path for item in items), key=_rank)
    waiting = [file for file in files if BROWSER in file.parts]
    reckoning = [file for file in files if BROWSER not in file.parts]
    in_turn = [file for file in chain.from_iterable(zip_longest(waiting, reckoning)) if file is not None]
    place = {file: number for number, file in enumerate(in_turn)}
    items.sort(key=lambda item: place[item.path])


def _rank(file: Path) -> int:
    name = file.relative_to(TESTS).as_posix() if file.is_relative_to(TESTS) else ""
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)

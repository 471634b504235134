"""Somebody at work on a case of 60 days: entries are changed, steps are shown, over a browser's connection."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.tasks import case_of_days
from bench.visitor import Tab, Visitor
from hexapod import read_case
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.storage import text_of
from hexapod.library import ANYONE, new_key, open_library
from hexapod.library.storage.database import FILE_NAME

DAYS = 60
# The entry of each step that is changed, by the end of its widget's key; its first value; what is added each time.
ENTRIES = {
    "deformity": ("deformity|AP angulation|size", 4.0, 0.01),
    "mounting": ("mounting|along the bone|size", 60.0, 0.05),
    "frame": ("settings_mm|0", 163.0, 0.05),
    "treatment": ("mm_per_day", 1.0, 0.01),
}
# What stands on a page that failed, or whose change was not kept.
WRONG = ("Something went wrong", "NOT SAVED", "No schedule was made")


@dataclass(frozen=True)
class Run:
    """One run of the page: what was done, how long from the message to the end of the run (s), bytes that came."""

    what: str
    seconds: float
    received: int
    trouble: str


class Clinician:
    """A browser tab with one case of the library open."""

    def __init__(self, address: str, case: str) -> None:
        self._tab: Tab = Visitor(address).tab(f"case={case}&step=deformity")
        self._step = "deformity"
        self._number = itertools.count(1)

    def open(self) -> Run:
        """The page for the first time."""
        return self._timed("open", self._tab.run)

    def show(self, step: str) -> Run:
        """Click on a step."""
        self._step = step
        return self._timed(f"show {step}", lambda: self._tab.press(f"step-{step}"))

    def edit(self) -> Run:
        """Change an entry of the step shown to a value that it never had."""
        key, first, more = ENTRIES[self._step]
        text = f"{first + more * next(self._number):.3f}"
        return self._timed(f"edit {self._step}", lambda: self._tab.enter(key, text))

    def look_again(self) -> Run:
        """What the page does by itself every so often."""
        return self._timed("look again", self._tab.look_again)

    def _timed(self, what: str, do: Callable[[], Tab]) -> Run:
        self._tab.bytes = b""
        began = time.perf_counter()
        tab = do()
        seconds = time.perf_counter() - began
        trouble = next((words for words in WRONG if words in tab.text), "")
        return Run(what, seconds, len(tab.bytes), trouble)


def library_with(folder: Path, count: int) -> list[str]:
    """The keys of so many cases of 60 days in a new library in this folder."""
    value = case_of_days(DAYS)
    return library_of(folder, [value | {"id": f"load-{number}"} for number in range(count)])


def library_of(folder: Path, values: list[dict[str, Any]]) -> list[str]:
    """The keys of these cases in a new library in this folder."""
    keys = [new_key() for _ in values]
    with open_library(f"sqlite:///{folder / FILE_NAME}") as library:
        records = library.as_user(ANYONE)
        for key, value in zip(keys, values, strict=True):
            records.drafts.save(key, 0, text_of(draft_of(read_case(value).document)))
    return keys

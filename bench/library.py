"""The library of cases: how long a save and a page of the list take, and what 2,000 visits do to both."""

from __future__ import annotations

import datetime
import json
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert

from bench.tasks import SAMPLES
from hexapod import make_plan, parse_case
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.storage import text_of
from hexapod.library import ANYONE, Library, Readings, Records, Visit, new_key, open_library
from hexapod.library.storage.tables import CaseDateRow, CaseListRow

CASES = 10_000
VISITS = 2_000
TODAY = datetime.date(2026, 3, 2)
STATES = ("draft", "caution", "ready", "signed", "signed", "signed", "stopped", "archived")


@dataclass(frozen=True)
class Visited:
    """What one visit took: time (s), statements of the database, and growth of the file (bytes)."""

    seconds: float
    statements: int
    bytes: int


def fill_list(library: Library, cases: int) -> None:
    """Put invented cases on the list; nothing but the list is read for a page of it."""
    chance = random.Random(1)
    rows, dates = [], []
    for number in range(cases):
        case, case_id = new_key(), f"limb-{number:05d}"
        surgeon, state = f"Dr {chance.choice('ABCDEFGHIJKLMNOP')}", chance.choice(STATES)
        first = TODAY - datetime.timedelta(days=chance.randrange(120))
        seen, signed = first + datetime.timedelta(days=chance.randrange(60)), state == "signed"
        rows.append(
            {
                "case_key": case,
                "case_id": case_id,
                "title": "varus with shortening",
                "side": chance.choice(("left", "right")),
                "bone": chance.choice(("tibia", "femur", "humerus", "forearm", "foot")),
                "state": state,
                "surgeon": surgeon,
                "words": f"{case_id} varus with shortening {surgeon}".casefold(),
                "revision": 9,
                "version": 2,
                "plan": 1,
                "draft_newer": 0,
                "first_day": first.isoformat() if signed else None,
                "last_day": (first + datetime.timedelta(days=120)).isoformat() if signed else None,
                "last_follow_up": seen.isoformat() if signed else None,
                "changed_at": f"{first}T08:00:00.{number:06d}Z",
                "changed_by": surgeon,
            }
        )
        days = sorted({chance.randrange(-60, 60) for _ in range(3)}) if signed else []
        dates += [
            {"case_key": case, "kind": kind, "day": (TODAY + datetime.timedelta(days=day)).isoformat()}
            for kind, day in zip(("visit", "exchange", "exchange"), days, strict=False)
        ]
    with library._store.writing(ANYONE, "administer") as tx:
        tx.connection.execute(insert(CaseListRow), rows)
        tx.connection.execute(insert(CaseDateRow), dates)


def pages(records: Records) -> dict[str, Callable[[], Any]]:
    """The questions that a page of the list asks."""
    return {
        "the last changed": lambda: records.cases.find(today=TODAY),
        "search of two words": lambda: records.cases.find("limb-02 dr", today=TODAY),
        "exchange due in 7 days, by date": lambda: records.cases.find(
            due="exchange", sort="next exchange", today=TODAY
        ),
        "follow-up overdue, by surgeon": lambda: records.cases.find(
            due="follow-up overdue", sort="surgeon", today=TODAY
        ),
        "the last page by next visit": lambda: records.cases.find(sort="next visit", offset=CASES - 2000, today=TODAY),
    }


@contextmanager
def counted(library: Library) -> Iterator[list[int]]:
    """The number of statements that the database was sent meanwhile."""
    count = [0]

    def add(*_: object) -> None:
        count[0] += 1

    engine = library._store._engine
    event.listen(engine, "before_cursor_execute", add)
    yield count
    event.remove(engine, "before_cursor_execute", add)


def visits(library: Library, file: Path, number: int, cases: int = 40) -> Iterator[Visited]:
    """Visits of patients with signed plans, in turn: the list, two saves of the draft, readings, a note."""
    records, raw = library.as_user(ANYONE), (SAMPLES / "tibia_varus.json").read_bytes()
    keys = []
    for one in range(cases):
        mine = raw.replace(b"demo-TV-014", f"visited-{one:03d}".encode())
        case = records.cases.add(mine).case
        plan = records.plans.issue(case, 1, make_plan(parse_case(mine)))
        records.plans.sign(case, 1, plan.plan_sha256, "Dr A")
        keys.append(case)
    draft = draft_of(json.loads(raw))
    for count in range(number):
        case, day = keys[count % cases], TODAY + datetime.timedelta(days=count // cases)
        size = used(file)
        with counted(library) as statements:
            began = time.perf_counter()
            records.cases.find(today=day)
            revision = records.drafts.revision(case)
            for change in range(2):
                draft["title"] = f"visit {count}, change {change}"
                revision = records.drafts.save(case, revision, text_of(draft))
            readings = Readings(0, tuple(150.0 + (count * k) % 20 for k in range(6)))
            records.visits.add(case, 1, Visit(day, (readings,), next_visit=day + datetime.timedelta(days=7)))
            records.cases.add_note(case, f"seen for the {count}th time")
            seconds = time.perf_counter() - began
        yield Visited(seconds, statements[0], used(file) - size)


def used(file: Path) -> int:
    """Bytes of a library, with what still lies in its journal."""
    with closing(sqlite3.connect(file)) as connection:
        pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages) * int(size)


def library_figures(folder: Path, row: Callable[..., None], best_seconds: Callable[..., list[float]]) -> None:
    """The lines of the table."""
    with open_library(f"sqlite:///{folder}/list.sqlite3") as library:
        fill_list(library, CASES)
        records, case, revision = library.as_user(ANYONE), new_key(), [0]

        def save() -> None:
            revision[0] = records.drafts.save(case, revision[0], json.dumps({"n": revision[0], "text": "x" * 6000}))

        row("save of a draft of 6 kB, on the disk when it returns", best_seconds(save)[0] * 1e3, "ms")
        for name, ask in pages(records).items():
            row(f"list of {CASES:,} cases: {name}", best_seconds(ask)[0] * 1e3, "ms", "200")
    file = folder / "visits.sqlite3"
    with open_library(f"sqlite:///{file}") as library:
        made = list(visits(library, file, VISITS))
        for name, part in (("first", made[: VISITS // 10]), ("last", made[-VISITS // 10 :])):
            told = f"{statistics.mean(one.statements for one in part):.1f} statements"
            median = statistics.median(one.seconds for one in part)
            row(f"{VISITS:,} visits of 40 patients: each of the {name} tenth", median * 1e3, "ms", "", told)
            row("  growth of the library", statistics.mean(one.bytes for one in part) / 1e3, "kB a visit")
        entries = library.as_user(ANYONE).audit.verify().entries
        check = best_seconds(lambda: library.as_user(ANYONE).audit.verify(), seconds=0.0, least=1)[0]
        row("audit verify", check / entries * 1e6, "us an entry", "", f"{entries:,} entries")

"""A signed plan with its page at home, as the tests of this room need it."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path

from hexapod import make_plan, parse_case
from hexapod.library import ANYONE, Library, Records, open_library
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import plan_sha256

ROOT = Path(__file__).parents[2]
# Day 0 of the samples is 2 March 2026; day 8 is the first on which TIBIA turns, at 8:00, 12:00, 16:00 and 20:00.
TIBIA = "tibia_varus"
ADDRESS = "https://home.clinic.example"
DAY_8 = datetime.date(2026, 3, 10)


class Clock:
    """The library's clock, which the test sets."""

    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 3, 10, 6, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        self.now += datetime.timedelta(milliseconds=1)
        return self.now


@functools.cache
def plan_of(name: str) -> Plan:
    plan = make_plan(parse_case(case_file(name)))
    assert isinstance(plan, Plan)
    return plan


def case_file(name: str) -> bytes:
    return (ROOT / "sample_cases" / f"{name}.json").read_bytes()


def signed(records: Records, name: str = TIBIA) -> str:
    """A case with its plan 1 signed; its key."""
    case = records.cases.add(case_file(name)).case
    plan = records.plans.issue(case, 1, plan_of(name))
    for caution in plan.cautions:
        records.plans.acknowledge(case, 1, caution.code, caution.level, "looked at")
    records.plans.sign(case, 1, plan_sha256(plan_of(name)), "Dr Adler")
    return case


def library(tmp_path: Path, clock: Clock) -> Library:
    return open_library(f"sqlite:///{tmp_path}/library.sqlite3", clock=clock)


def opened(library: Library, name: str = TIBIA) -> tuple[str, str]:
    """Key of a case with a signed plan, and the link to its page."""
    records = library.as_user(ANYONE)
    case = signed(records, name)
    return case, records.home.open(case, 1)

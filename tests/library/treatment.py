"""A case with something of everything, as the tests of several files need it."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path

from hexapod import make_plan, parse_case
from hexapod.library import Actor, DocumentRecord, Readings, Records, Visit
from hexapod.plan.make_plan import Plan

ROOT = Path(__file__).parents[2]
PLAIN = (ROOT / "tests" / "data" / "plain_case.json").read_bytes()
CASE = "0123456789abcdef01234567"
ANNA = Actor("Anna", frozenset({"planner"}))
BEN = Actor("Ben", frozenset({"planner"}))
DR_ADLER = Actor("Dr Adler", frozenset({"signer"}))
ADMINISTRATOR = Actor("Ada", frozenset({"administrator"}))


@functools.cache
def plan_of(file: bytes) -> Plan:
    """The plan of a case file, made once."""
    return make_plan(parse_case(file))


def sample(name: str) -> bytes:
    """A sample case's file."""
    return (ROOT / "sample_cases" / f"{name}.json").read_bytes()


def treat(records: Records) -> None:
    """Entries 1 to 10."""
    records.drafts.save(CASE, 0, '{"id": "plain-01"}')  # 1 and 2
    records.drafts.save(CASE, 1, '{"id": "plain-01", "title": "more"}')  # 3
    records.versions.save(CASE, 0, PLAIN)  # 4
    plan = records.plans.issue(CASE, 1, plan_of(PLAIN))  # 5
    records.plans.sign(CASE, 1, plan.plan_sha256, "Dr Adler")  # 6
    records.cases.add_note(CASE, "swollen on Monday")  # 7
    records.cases.add_note(CASE, "better")  # 8
    records.roles.grant("Ben", "viewer")  # 9
    records.drafts.save(CASE, 2, '{"id": "plain-01", "title": "most"}')  # 10


def treat_fully(records: Records) -> None:
    """The same with cautions, documents, visits, a second plan, and what can happen to a case as a whole."""
    treat(records)
    readings = Readings(0, (163.0, 146.0, 134.0, 123.0, 150.0, 149.0))
    records.visits.add(
        CASE, 1, Visit(datetime.date(2026, 3, 9), (readings,), "pin 3 is red", datetime.date(2026, 3, 16))
    )
    records.cases.assign(CASE, "Dr Öz")
    records.visits.arrange(CASE, datetime.date(2026, 3, 18))
    file = PLAIN.replace(b'mm_per_day": 1.0}', b'mm_per_day": 1.25}')
    records.versions.save(CASE, 1, file)
    plan = records.plans.issue(CASE, 2, plan_of(file), [DocumentRecord("plain-01_right_sheet.pdf", "ab" * 32)])
    assert plan.cautions
    for caution in plan.cautions:
        records.plans.acknowledge(CASE, 2, caution.code, caution.level, "young and healthy")
    records.plans.sign(CASE, 2, plan.plan_sha256, "Dr Adler")
    records.plans.record_documents(CASE, 2, [DocumentRecord("plain-01_right_sheet.pdf", "cd" * 32)])
    records.plans.stop(CASE, 2, "pain at the nerve")
    records.cases.archive(CASE, "moved away")
    records.cases.bring_back(CASE, "came back")

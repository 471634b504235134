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
    records.save_draft(CASE, 0, '{"id": "plain-01"}')  # 1 and 2
    records.save_draft(CASE, 1, '{"id": "plain-01", "title": "more"}')  # 3
    records.save_version(CASE, 0, PLAIN)  # 4
    plan = records.issue_plan(CASE, 1, plan_of(PLAIN))  # 5
    records.sign(CASE, 1, plan.plan_sha256, "Dr Adler")  # 6
    records.add_note(CASE, "swollen on Monday")  # 7
    records.add_note(CASE, "better")  # 8
    records.grant("Ben", "viewer")  # 9
    records.save_draft(CASE, 2, '{"id": "plain-01", "title": "most"}')  # 10


def treat_fully(records: Records) -> None:
    """The same with cautions, documents, visits, a second plan, and what can happen to a case as a whole."""
    treat(records)
    readings = Readings(0, (163.0, 146.0, 134.0, 123.0, 150.0, 149.0))
    records.add_follow_up(
        CASE, 1, Visit(datetime.date(2026, 3, 9), (readings,), "pin 3 is red", datetime.date(2026, 3, 16))
    )
    records.assign(CASE, "Dr Öz")
    records.arrange_visit(CASE, datetime.date(2026, 3, 18))
    file = PLAIN.replace(b'mm_per_day": 1.0}', b'mm_per_day": 1.25}')
    records.save_version(CASE, 1, file)
    plan = records.issue_plan(CASE, 2, plan_of(file), [DocumentRecord("plain-01_right_sheet.pdf", "ab" * 32)])
    assert plan.cautions
    for caution in plan.cautions:
        records.acknowledge(CASE, 2, caution.code, caution.level, "young and healthy")
    records.sign(CASE, 2, plan.plan_sha256, "Dr Adler")
    records.record_documents(CASE, 2, [DocumentRecord("plain-01_right_sheet.pdf", "cd" * 32)])
    records.stop(CASE, 2, "pain at the nerve")
    records.archive(CASE, "moved away")
    records.bring_back(CASE, "came back")

"""Walk the chain from its first entry and hold every record and its contents against it."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select

from hexapod.library.errors import Unreadable
from hexapod.library.storage import audit_chain
from hexapod.library.storage.contents import seal_sha256, unpacked
from hexapod.library.storage.tables import RECORDS, Audit, CaseEvent, Content
from hexapod.library.storage.transactions import Reading

# Rows fetched at a time, so that a library of any size is walked in little memory.
STREAMED = {"yield_per": 500}
AUDIT, CONTENTS = "audit", "contents"


@dataclass(frozen=True)
class Fault:
    """One thing wrong, at the number of an entry; without a number it is beside the chain, in what is made from it."""

    sequence: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.sequence is None else f"entry {self.sequence}: {self.what}"


@dataclass(frozen=True)
class Verification:
    """What a walk found: how many entries there are, the head, and every fault."""

    entries: int
    head: str
    faults: tuple[Fault, ...]


def verify(tx: Reading, printed: Sequence[str] = ()) -> Verification:
    """Check the whole library; `printed` are heads that stand on signed documents and must be in this chain."""
    heads = dict(map(audit_chain.read_head, printed))
    erased = set(tx.connection.execute(select(CaseEvent.case_key).where(CaseEvent.kind == "erased")).scalars())
    faults: list[Fault] = []
    last: audit_chain.Entry | None = None
    count = 0
    for sequence, rows in everything(tx):
        say = _speaker(faults, sequence)
        entry = next((audit_chain.Entry(**row) for table, row in rows if table == AUDIT), None)
        if entry is None:
            say(f"has no entry in the audit trail, but a row in {' and '.join(table for table, _ in rows)}")
            continue
        _check_link(entry, last, say)
        _check_record(entry, [one for one in rows if one[0] != AUDIT], erased, say)
        if sequence in heads and not entry.sha256.startswith(heads.pop(sequence)):
            say(f"is not the one that was printed: this chain has {entry.head} there")
        last, count = entry, count + 1
    faults += [
        Fault(sequence, f"was printed as {sequence}-{digits}, and is not there") for sequence, digits in heads.items()
    ]
    return Verification(count, last.head if last else "", tuple(faults))


def _speaker(faults: list[Fault], sequence: int) -> Callable[[str], None]:
    return lambda what: faults.append(Fault(sequence, what))


def _check_link(entry: audit_chain.Entry, last: audit_chain.Entry | None, say: Callable[[str], None]) -> None:
    expected = last.sequence + 1 if last else 1
    if entry.sequence != expected:
        missing = f"{expected}" if entry.sequence == expected + 1 else f"{expected} to {entry.sequence - 1}"
        say(f"follows a gap: entry {missing} was removed")
    elif entry.previous_sha256 != (last.sha256 if last else audit_chain.NOTHING_BEFORE):
        say("does not continue the entry before it: one of the two was replaced or moved")
    if audit_chain.entry_sha256(entry) != entry.sha256:
        say("was altered: its fingerprint is not that of its words")


def _check_record(
    entry: audit_chain.Entry, rows: list[tuple[str, dict[str, Any]]], erased: set[str], say: Callable[[str], None]
) -> None:
    records = [(table, row) for table, row in rows if table != CONTENTS]
    contents = [row for table, row in rows if table == CONTENTS]
    if len(records) != 1:
        told = "its record was removed" if not records else f"has {len(records)} records instead of one"
        say(f"{entry.action} of {entry.subject}: {told}")
        return
    table, row = records[0]
    if audit_chain.payload_sha256(table, row) != entry.payload_sha256:
        say(f"{entry.action} of {entry.subject}: its record in {table} was altered")
        return
    case = row.get("case_key")
    if row["sealed_sha256"] is None:
        if contents:
            say(f"{entry.action} of {entry.subject}: contents were added to its record in {table}")
    elif not contents:
        if case not in erased:
            say(f"{entry.action} of {entry.subject}: its contents were removed, and no erasure is recorded")
    elif case in erased:
        say(f"{entry.action} of {entry.subject}: the case was erased, but its contents are still there")
    elif contents[0]["case_key"] != case or _seal(contents[0]) != row["sealed_sha256"]:
        say(f"{entry.action} of {entry.subject}: its contents were altered")


def _seal(row: dict[str, Any]) -> str:
    try:
        return seal_sha256(unpacked(row["coding"], row["body"]), row["salt"])
    except Unreadable:
        return "damaged"


def everything(tx: Reading) -> Iterator[tuple[int, list[tuple[str, dict[str, Any]]]]]:
    """For every number of an entry what the tables have of it, by table, without holding more than a few rows."""

    def rows(table: str, model: Any, key: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
        question = select(model.__table__).order_by(getattr(model, key))
        for row in tx.connection.execute(question, execution_options=STREAMED).mappings():
            yield row[key], table, dict(row)

    streams = [rows(AUDIT, Audit, "sequence"), rows(CONTENTS, Content, "entry")]
    streams += [rows(table, model, "entry") for table, model in RECORDS.items()]
    for sequence, found in groupby(heapq.merge(*streams, key=itemgetter(0)), key=itemgetter(0)):
        yield sequence, [(table, row) for _, table, row in found]

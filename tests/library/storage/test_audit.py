"""The audit trail: any altered, removed or reordered entry and any altered record is found, and named."""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hexapod.library import (
    ANYONE,
    DocumentRecord,
    Library,
    LibraryError,
    Records,
    Unreadable,
    Visit,
    new_key,
    open_library,
)
from hexapod.library.calls.audit import keep_head
from tests.library.conftest import Templates
from tests.library.treatment import CASE, sample, treat

Behind = Callable[..., list[Any]]


@pytest.fixture
def url(database: str, templates: Templates) -> str:
    return templates.copy(database, "treated", treat)


@pytest.fixture
def treated(url: str) -> str:
    return CASE


def faults(records: Records) -> list[str]:
    return [str(fault) for fault in records.audit.verify().faults]


def unguarded(url: str, *statements: str) -> list[str]:
    """The same statements with the triggers out of the way, as an owner of the database can have them."""
    if url.startswith("sqlite"):
        names = ("audit", "contents", "drafts", "notes", "sign_offs", "roles", "versions")
        kinds = ("unchanged", "kept", "not_replaced", "kept_until_erased", "closed")
        drops = [f"DROP TRIGGER IF EXISTS {name}_{kind}" for name in names for kind in kinds]
        return ["PRAGMA foreign_keys=OFF", *drops, *statements]
    return ["SET session_replication_role = replica", *statements]


@pytest.mark.hazard("H-22")
def test_an_untouched_library_has_no_fault(records: Records, treated: str) -> None:
    found = records.audit.verify()
    assert (found.entries, found.faults) == (10, ())
    assert found.head == records.audit.head()
    assert found.head.startswith("10-")
    assert [entry.action for entry in records.audit.history(treated)] == [
        "case.made", "draft.saved", "draft.saved", "version.saved", "plan.issued", "plan.signed", "note.added", "note.added", "draft.saved",
    ]  # fmt: skip


@pytest.mark.hazard("H-22")
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET actor = 'Eve' WHERE sequence = 6", "entry 6: was altered: its hash does not match its contents"),
        ("UPDATE audit SET at = '2026-01-01T00:00:00.000000Z' WHERE sequence = 10", "entry 10: was altered"),
        ("DELETE FROM audit WHERE sequence = 7", "entry 8: follows a gap: entry 7 was removed"),
        ("DELETE FROM audit WHERE sequence = 1", "entry 2: follows a gap: entry 1 was removed"),
        ("DELETE FROM audit WHERE sequence = 10", "entry 10: has no entry in the audit trail, but a row in contents and drafts"),
        ("UPDATE drafts SET done_by = 'Eve' WHERE entry = 3", "entry 3: draft.saved of {case}: its record in drafts was altered"),
        ("UPDATE sign_offs SET plan_sha256 = 'abc' WHERE entry = 6", "entry 6: plan.signed of {case}: its record in sign_offs was altered"),
        ("DELETE FROM sign_offs", "entry 6: plan.signed of {case}: its record was removed"),
        ("UPDATE contents SET body = salt WHERE entry = 7", "entry 7: note.added of {case}: its contents were altered"),
        ("UPDATE contents SET case_key = NULL WHERE entry = 7", "entry 7: note.added of {case}: its contents were altered"),
        ("DELETE FROM contents WHERE entry = 4", "entry 4: version.saved of {case}: its contents were removed, and no erasure is recorded"),
        ("UPDATE roles SET role = 'administrator'", "entry 9: role.granted of Ben: its record in roles was altered"),
        ("INSERT INTO notes SELECT 4, done_at, done_by, NULL, case_key FROM notes WHERE entry = 7", "entry 4: version.saved of {case}: has 2 records instead of one"),
    ],
)  # fmt: skip
def test_whatever_is_altered_is_named(
    url: str, records: Records, treated: str, behind: Behind, statement: str, told: str
) -> None:
    behind(*unguarded(url, statement))
    assert any(fault.startswith(told.format(case=treated)) for fault in faults(records)), faults(records)


@pytest.mark.hazard("H-22")
def test_entries_that_changed_places_are_named(url: str, records: Records, treated: str, behind: Behind) -> None:
    swap = [f"UPDATE {table} SET {key} = {new} WHERE {key} = {old}" for table, key in (("audit", "sequence"), ("notes", "entry"), ("contents", "entry")) for old, new in ((7, 99), (8, 7), (99, 8))]  # fmt: skip
    behind(*unguarded(url, *swap))
    found = faults(records)
    assert any(fault.startswith("entry 7: does not continue the entry before it") for fault in found)
    assert "entry 8: was altered: its hash does not match its contents" in found


@pytest.mark.hazard("H-22")
def test_a_chain_made_anew_as_a_whole_shows_by_the_printed_heads(database: str, new_url: Callable[[str], str]) -> None:
    heads = []
    for address in (new_url(database), new_url("sqlite")):
        with open_library(address) as library:
            records = library.as_user(ANYONE)
            for number in range(3):
                records.drafts.save(new_key(), 0, f'{{"id": "{number}"}}')
                heads.append(records.audit.head())
            assert not records.audit.verify(heads[-3:]).faults
            forged = records.audit.verify(heads[:3])
    assert [fault.sequence for fault in forged.faults] == [2, 4, 6]
    assert "is not the printed one" in forged.faults[0].what


def test_a_head_beyond_the_end_tells_that_the_end_was_cut_off(records: Records, treated: str) -> None:
    (fault,) = records.audit.verify(["11-0123456789abcdef"]).faults
    assert str(fault) == "entry 11: was printed as 11-0123456789abcdef, and is missing"
    with pytest.raises(LibraryError, match="is not the head of an audit trail"):
        records.audit.verify(["eleven"])


REFUSED = r"records of the library are never|contents are removed only"
CHANGES = [
    "UPDATE audit SET actor = 'Eve'",
    "DELETE FROM audit WHERE sequence = 10",
    "UPDATE drafts SET revision = 9 WHERE revision = 1",
    "DELETE FROM drafts",
    "DELETE FROM cases",
    "UPDATE contents SET coding = 'plain'",
    "DELETE FROM contents WHERE entry = 4",
    "DELETE FROM sign_offs",
    "UPDATE versions SET number = 7",
    "UPDATE plans SET verdict = 'ok'",
    "DELETE FROM roles",
    "UPDATE schema_history SET software = 'x'",
]
# Ways around that only one of the databases has.
OWN_CHANGES = {
    "postgresql": ["TRUNCATE notes", "TRUNCATE audit CASCADE"],
    "sqlite": [
        "INSERT OR REPLACE INTO notes SELECT entry, '2020', done_by, sealed_sha256, case_key FROM notes",
        "INSERT OR REPLACE INTO contents SELECT entry, case_key, salt, coding, salt FROM contents",
        "UPDATE OR REPLACE drafts SET revision = 1 WHERE revision = 2",
    ],
}


@pytest.mark.hazard("H-22")
def test_the_database_itself_refuses_to_change_a_record(database: str, records: Records, behind: Behind) -> None:
    for statement in [*CHANGES, *OWN_CHANGES[database]]:
        with pytest.raises((sqlite3.Error, psycopg.Error), match=REFUSED):
            behind(statement)
    assert not faults(records)


def test_every_table_of_records_is_guarded(url: str, records: Records, treated: str, behind: Behind) -> None:
    from hexapod.library.storage.tables import RECORDS

    records.plans.record_documents(treated, 1, [DocumentRecord("a.pdf", "00")])
    records.visits.add(treated, 1, Visit(datetime.date(2026, 3, 9), ()))
    records.plans.stop(treated, 1, "pain")
    records.cases.archive(treated, "done")
    for table in [*RECORDS, "audit", "contents", "schema_history"]:
        column = "entry" if table in RECORDS or table == "contents" else "sequence" if table == "audit" else "software"
        if not behind(f"SELECT 1 FROM {table} LIMIT 1"):
            continue
        for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises((sqlite3.Error, psycopg.Error), match=REFUSED):
                behind(statement)


def test_the_audit_trail_as_csv(library: Library, records: Records, treated: str) -> None:
    records.roles.grant("=cmd|' /C calc'!A0", "viewer")
    out = io.StringIO(newline="")
    assert records.audit.write_csv(out) == 11
    rows = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert [int(row["sequence"]) for row in rows] == list(range(1, 12))
    assert rows[5]["action"] == "plan.signed"
    assert rows[5]["subject"] == treated
    assert rows[10]["subject"] == "'=cmd|' /C calc'!A0"
    assert all(after["previous_sha256"] == before["sha256"] for before, after in itertools.pairwise(rows))


@pytest.mark.hazard("H-22")
def test_the_audit_trail_holds_no_clinical_words(records: Records, treated: str, behind: Behind) -> None:
    out = io.StringIO()
    records.audit.write_csv(out)
    for word in ("plain-01", "tibia", "right", "swollen", "Adler", "varus"):
        assert word not in out.getvalue()


BESIDE = [
    ("UPDATE case_list SET case_id = 'other-01'", "the list: case_id of case"),
    ("UPDATE case_list SET state = 'archived'", "the list: state of case"),
    ("DELETE FROM case_list", "is missing"),
    (
        "INSERT INTO case_dates (case_key, kind, day) VALUES ('{case}', 'exchange', '2031-01-01')",
        "the dates of case {case}",
    ),
]


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize(("statement", "told"), BESIDE)
@pytest.mark.slow
def test_a_list_that_is_not_what_the_records_say_is_named(
    records: Records, behind: Behind, statement: str, told: str
) -> None:
    case = CASE
    assert faults(records) == []
    behind(statement.format(case=case))
    (found,) = faults(records)
    assert told.format(case=case) in found
    assert "rebuild-list" in found
    records.cases.rebuild_list()
    assert faults(records) == []


@pytest.mark.hazard("H-14")
def test_ids_exchanged_in_the_list_lead_to_no_other_patient(records: Records, behind: Behind) -> None:
    first, second = CASE, records.cases.add(sample("femur_lengthening")).case
    ids = {one.case: one.case_id for one in records.cases.find().cases}
    for case, wrong in ((first, ids[second]), (second, ids[first])):
        behind(f"UPDATE case_list SET case_id = '{wrong}' WHERE case_key = '{case}'")
    for case_id in ids.values():
        with pytest.raises(Unreadable, match="belongs to another case than in the records"):
            records.cases.key_of(case_id)
    assert len(faults(records)) == 2


@pytest.mark.hazard("H-22")
def test_a_trigger_that_is_gone_or_another_is_named(library: Library, records: Records, url: str) -> None:
    sqlite = url.startswith("sqlite")
    change = "DROP TRIGGER audit_unchanged" if sqlite else "ALTER TABLE audit DISABLE TRIGGER audit_unchanged"
    with library._store._engine.connect() as connection, connection.begin():
        connection.exec_driver_sql(change)
    (found,) = faults(records)
    assert "trigger audit_unchanged" in found
    assert "altered unseen" in found


def test_heads_are_kept_where_they_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "heads.txt"
    keep_head("7-0123456789abcdef", str(file), daily=True)
    keep_head("9-0123456789abcdef", str(file), daily=True)
    (line,) = file.read_text().splitlines()
    assert line.endswith("Z 7-0123456789abcdef")
    keep_head("9-0123456789abcdef", str(file), daily=False)
    assert file.read_text().splitlines()[1].endswith("Z 9-0123456789abcdef")
    with pytest.raises(LibraryError, match="cannot be kept"):
        keep_head("9-0123456789abcdef", str(tmp_path / "none" / "heads.txt"), daily=False)


def test_a_log_of_the_system_that_nobody_listens_to_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    syslog = pytest.importorskip("syslog")
    sent: list[str] = []
    monkeypatch.setattr(syslog, "syslog", lambda _, line: sent.append(line))
    address = tmp_path / "log"
    monkeypatch.setattr("hexapod.library.calls.audit.SYSLOG_SOCKETS", (str(address),))
    for _ in range(2):
        with pytest.raises(LibraryError, match="No syslog accepts lines on this system, nothing was kept"):
            keep_head("7-0123456789abcdef", "syslog", daily=False)
        if not address.exists():  # a socket of a program that has ended counts as none
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left:
                left.bind(str(address))
    address.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(address))
        keep_head("7-0123456789abcdef", "syslog", daily=False)
    (line,) = sent
    assert line.endswith("Z 7-0123456789abcdef")


def remade(trigger: str, *, function: str = "hexapod_refuse", schema: str = "") -> list[str]:
    """Statements that put another trigger in the place of one that keeps rows as they are."""
    table = trigger.rsplit("_", 1)[0]
    return [f"DROP TRIGGER {trigger} ON {table}", f"CREATE TRIGGER {trigger} {schema} EXECUTE FUNCTION {function}()"]


def function(name: str, body: str, more: str = "") -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {more} AS $$ BEGIN {body} END $$"


RAISE = "RAISE EXCEPTION 'records of the library are never changed or removed';"
ROW = "FOR EACH ROW"
# What makes the database take a change, while all names stay.
DISARMED: dict[str, tuple[list[str], str]] = {
    "a body that is never reached": ([function("hexapod_refuse", f"IF false THEN {RAISE} END IF; RETURN NEW;")], "the function hexapod_refuse was altered"),
    "a body that returns first": ([function("hexapod_refuse", f"RETURN NEW; {RAISE}")], "the function hexapod_refuse was altered"),
    "a function with settings of its own": ([function("hexapod_refuse_unless_erased", "x", "SET search_path = pg_temp").replace(" x ", " RETURN OLD; ")], "the function hexapod_refuse_unless_erased was altered"),
    "a function of that name elsewhere": (["CREATE SCHEMA beside", function("beside.hexapod_refuse", "RETURN NEW;"), *remade("audit_unchanged", function="beside.hexapod_refuse", schema=f"BEFORE UPDATE ON audit {ROW}")], "the trigger audit_unchanged was altered"),
    "a condition": (remade("audit_unchanged", schema=f"BEFORE UPDATE ON audit {ROW} WHEN (false)"), "the trigger audit_unchanged was altered"),
    "one column only": (remade("notes_unchanged", schema=f"BEFORE UPDATE OF entry ON notes {ROW}"), "the trigger notes_unchanged was altered"),
    "another table": (remade("notes_kept", schema=f"BEFORE DELETE ON case_list {ROW}"), "the trigger notes_kept was removed"),
    "too late": (remade("notes_kept", schema=f"AFTER DELETE ON notes {ROW}"), "the trigger notes_kept was altered"),
    "once a statement": (remade("notes_unchanged", schema="BEFORE UPDATE ON notes FOR EACH STATEMENT"), "the trigger notes_unchanged was altered"),
    "a rule that loses rows": (["CREATE RULE lose AS ON INSERT TO case_dates DO INSTEAD NOTHING"], "there is a rule lose on case_dates"),
    "a rule that loses some rows": (["CREATE RULE lose AS ON INSERT TO contents WHERE NEW.entry % 2 = 0 DO INSTEAD NOTHING"], "there is a rule lose on contents"),
    "rows that are hidden": (["ALTER TABLE roles ENABLE ROW LEVEL SECURITY"], "rows of the table roles can be hidden"),
    "numbers that may repeat": (["ALTER TABLE sign_offs DROP CONSTRAINT sign_offs_case_key_plan_key"], "the table sign_offs has lost or gained a rule"),
    "entries of nothing": (["ALTER TABLE notes DROP CONSTRAINT notes_entry_fkey"], "the table notes has lost or gained a rule"),
    "nothing where something must be": (["ALTER TABLE notes ALTER done_by DROP NOT NULL"], "the table notes has lost or gained a rule"),
    "switched off for the database": (["DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $$"], "the triggers are switched off"),
}  # fmt: skip


@pytest.mark.hazard("H-22")
@pytest.mark.parametrize(("statements", "told"), DISARMED.values(), ids=DISARMED)
@pytest.mark.parametrize("database", ["postgresql"])
@pytest.mark.some(2)
def test_a_guard_that_no_longer_guards_is_named(
    url: str, records: Records, behind: Behind, statements: list[str], told: str
) -> None:
    assert not faults(records)
    behind(*statements)
    with open_library(url) as library:  # with connections that begin as the database says now
        found = faults(library.as_user(ANYONE))
    assert any(fault.startswith(told) for fault in found), found

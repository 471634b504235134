"""Nothing acknowledged is lost: killed writers, full disks, locked files, servers that go away, many writers at once."""

from __future__ import annotations

import contextlib
import gc
import os
import random
import resource
import signal
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from hexapod.library import (
    ANYONE,
    Actor,
    Conflict,
    Library,
    LibraryRefused,
    Listed,
    NotSaved,
    Records,
    Unreadable,
    new_key,
    open_library,
)
from hexapod.library.storage.schema import WRITER_LOCK
from hexapod.library.storage.tables import NoteRow
from tests.amount import amount
from tests.library.cluster import Cluster
from tests.library.treatment import CASE

pytestmark = pytest.mark.hazard("H-21")

# Kills of the writing process in all, and how many of them on PostgreSQL, where starting takes longer.
KILLS = {"sqlite": amount(120, 20), "postgresql": amount(80, 15)}
# A killed process lives so long after its first write (s), or from its start: up to some dozens of writes.
LEAST_LIFE_S, MOST_LIFE_S = 0.0, 0.08


def child(work: Callable[[], None]) -> int:
    """Run in another process, which ends without any of this one's clean-up; its id."""
    number = os.fork()
    if number == 0:
        gc.disable()  # looking for this process's garbage would take longer than all else
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return number


def write_until_killed(url: str, told: int, name: str) -> None:
    """Save drafts and notes, and tell each one after it was acknowledged."""
    with open_library(url, lock_wait_s=30) as library:
        records = library.as_user(Actor(name, frozenset({"planner"})))
        records.drafts.save(new_key(), 0, "{}")  # the first one takes ten times as long
        os.write(told, b"ready\n")
        case, revision = new_key(), 0
        while True:
            revision = records.drafts.save(case, revision, f'{{"n": {revision}}}')
            os.write(told, f"{case} {revision}\n".encode())
            if revision % 5 == 0:
                records.cases.add_note(case, f"note {revision}")
                os.write(told, f"{case} note {revision}\n".encode())


@pytest.mark.brief
def test_a_process_killed_at_any_moment_loses_nothing_acknowledged(url: str, database: str) -> None:
    chance = random.Random(1)
    acknowledged: list[str] = []
    for number in range(KILLS[database]):
        reading, writing = os.pipe()
        writer = child(lambda: write_until_killed(url, writing, f"writer {number}"))  # noqa: B023 - run at once
        os.close(writing)
        with os.fdopen(reading) as said:
            if number % 10:  # every tenth is killed while it starts
                assert said.readline() == "ready\n"
                # By what it has done and not by the clock, which a busy machine outruns; then at any moment.
                acknowledged += [said.readline().strip() for _ in range(chance.randrange(1, 5))]
            time.sleep(chance.uniform(LEAST_LIFE_S, MOST_LIFE_S))
            os.kill(writer, signal.SIGKILL)
            assert os.WTERMSIG(os.waitpid(writer, 0)[1]) == signal.SIGKILL
            # What was told in full was acknowledged; the last line may be cut.
            acknowledged += [line.strip() for line in said if line.endswith("\n") and line != "ready\n"]
    assert len(acknowledged) > KILLS[database]
    with open_library(url) as library:
        records = library.as_user(ANYONE)
        found = records.audit.verify()
        assert found.faults == ()
        drafts, notes = Counter[str](), Counter[str]()
        for line in acknowledged:
            case, *note, number = line.split()
            told = notes if note else drafts
            told[case] = max(told[case], int(number))
        for case, last in drafts.items():
            for revision in range(1, last + 1):
                draft = records.drafts.load(case, revision)
                assert draft is not None
                assert draft.text == f'{{"n": {revision - 1}}}'
        for case, last in notes.items():
            texts = [note.text for note in records.cases.notes(case)]
            assert texts[: last // 5] == [f"note {number}" for number in range(5, last + 1, 5)]
        # The list is in step too: every case is on it, with its last revision.
        shown = {one.case: one.revision for one in listed(records)}
        assert all(shown[case] >= last for case, last in drafts.items())


def listed(records: Records) -> Iterator[Listed]:
    offset = 0
    while page := records.cases.find(limit=500, offset=offset).cases:
        yield from page
        offset += 500


@pytest.mark.slow
def test_writers_in_many_processes_make_one_chain(url: str) -> None:
    writers, each = 4, 25

    def work(name: str) -> None:
        with open_library(url, lock_wait_s=60) as library:
            records = library.as_user(Actor(name, frozenset({"planner"})))
            case = new_key()
            for revision in range(each):
                assert records.drafts.save(case, revision, f'{{"by": "{name}", "n": {revision}}}') == revision + 1

    children = [child(lambda: work(f"writer {number}")) for number in range(writers)]  # noqa: B023 - run at once
    assert [os.waitpid(one, 0)[1] for one in children] == [0] * writers
    with open_library(url) as library:
        found = library.as_user(ANYONE).audit.verify()
        assert (found.entries, found.faults) == (writers * (each + 1), ())


@pytest.mark.slow
def test_of_many_writers_at_one_draft_one_wins_and_the_others_are_told(url: str, tmp_path: Path) -> None:
    with open_library(url) as library:
        library.as_user(ANYONE).drafts.save(CASE, 0, "{}")

    def work(name: str) -> None:
        won = lost = 0
        with open_library(url, lock_wait_s=60) as library:
            records = library.as_user(Actor(name, frozenset({"planner"})))
            for _ in range(15):
                base = records.drafts.revision(CASE)
                try:
                    records.drafts.save(CASE, base, f'{{"by": "{name}", "base": {base}}}')
                    won += 1
                except Conflict as conflict:
                    assert conflict.by != name
                    lost += 1
        (tmp_path / name).write_text(f"{won} {lost}")

    children = [child(lambda: work(f"writer{number}")) for number in range(3)]  # noqa: B023 - run at once
    assert [os.waitpid(one, 0)[1] for one in children] == [0] * 3
    won = sum(int(path.read_text().split()[0]) for path in tmp_path.glob("writer*"))
    with open_library(url) as library:
        records = library.as_user(ANYONE)
        assert records.drafts.revision(CASE) == won + 1
        assert not records.audit.verify().faults


def refuse(records: Records, reason: str) -> NotSaved:
    """A save that is not kept says why, and leaves nothing behind."""
    with pytest.raises(NotSaved, match=f"NOT SAVED: {reason}") as told:
        records.drafts.save(CASE, 1, '{"title": "' + os.urandom(150_000).hex() + '"}')
    assert told.value.reason == reason
    assert told.value.advice
    return told.value


@pytest.fixture
def file(new_url: Callable[[str], str]) -> str:
    """A SQLite library with a first draft."""
    url = new_url("sqlite")
    with open_library(url) as library:
        library.as_user(ANYONE).drafts.save(CASE, 0, "{}")
    return url


def whole(records: Records) -> None:
    draft = records.drafts.load(CASE)
    assert draft is not None
    assert (draft.revision, draft.text) == (1, "{}")
    assert not records.audit.verify().faults


def limit_pages(library: Library, more: int) -> None:
    """Let the file grow by so many pages only, on every connection, as a full disk does."""
    engine = library._store._engine

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + more}")

    engine.dispose()
    event.listen(engine, "connect", limit)


def test_a_full_database_says_so_and_takes_up_again(file: str) -> None:
    with open_library(file) as library:
        limit_pages(library, 2)
        records = library.as_user(ANYONE)
        refuse(records, "the disk is full")
        whole(records)
    with open_library(file) as library:
        assert library.as_user(ANYONE).drafts.save(CASE, 1, '{"title": "again"}') == 2


def test_a_disk_that_takes_no_more_says_so(file: str, tmp_path: Path) -> None:
    """The system itself refuses to let the journal grow, as at the end of a quota."""
    answer = tmp_path / "answer"

    def work() -> None:
        with open_library(file) as library:
            records = library.as_user(ANYONE)
            size = Path(file.removeprefix("sqlite:///") + "-wal").stat().st_size + 100_000
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            refuse(records, "the disk cannot be written")
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            whole(records)
            answer.write_text(str(records.drafts.save(CASE, 1, '{"n": 2}')))

    assert os.waitpid(child(work), 0)[1] == 0
    assert answer.read_text() == "2"


def test_a_locked_library_says_so_and_reading_goes_on(file: str) -> None:
    other = sqlite3.connect(file.removeprefix("sqlite:///"), isolation_level=None)
    with open_library(file, lock_wait_s=0.05) as library:
        records = library.as_user(ANYONE)
        other.execute("BEGIN IMMEDIATE")
        refuse(records, "another program is using the library")
        whole(records)
        other.execute("ROLLBACK")
        other.close()
        assert records.drafts.save(CASE, 1, '{"n": 2}') == 2


def test_a_file_that_may_only_be_read_says_so(file: str) -> None:
    with open_library(file) as library:
        event.listen(library._store._engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only=ON"))
        library._store._engine.dispose()
        records = library.as_user(ANYONE)
        refuse(records, "the library's file is read-only")
        whole(records)


def test_another_writer_of_postgresql_says_so(cluster: Cluster, new_url: Callable[[str], str]) -> None:
    url = new_url("postgresql")
    with open_library(url, lock_wait_s=0.05) as library:
        records = library.as_user(ANYONE)
        records.drafts.save(CASE, 0, "{}")
        with psycopg.connect(url.replace("+psycopg", "")) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", [WRITER_LOCK])
            refuse(records, "another program is using the library")
            whole(records)
        assert records.drafts.save(CASE, 1, '{"n": 2}') == 2


@pytest.fixture
def own_server() -> Iterator[Cluster]:
    server = Cluster()
    yield server
    server.remove()


@pytest.mark.slow
def test_a_server_that_goes_away_is_told_and_taken_up_again(own_server: Cluster) -> None:
    url = own_server.new_database()
    with open_library(url) as library:
        records = library.as_user(ANYONE)
        records.drafts.save(CASE, 0, "{}")
        own_server.stop()
        refuse(records, "the connection to the database is lost")
        with pytest.raises(Unreadable, match="the connection to the database is lost"):
            records.drafts.load(CASE)
        own_server.start()
        whole(records)
        assert records.drafts.save(CASE, 1, '{"n": 2}') == 2
        # The connection breaks in the middle of a transaction.
        with pytest.raises(NotSaved, match="the connection to the database is lost"):
            break_in_the_middle(library, own_server)
        own_server.start()
        assert records.cases.notes(CASE) == ()
        assert not records.audit.verify().faults


@pytest.mark.slow
def test_a_server_that_goes_silent_is_told_before_anybody_clicks_again(own_server: Cluster) -> None:
    """It closes nothing and answers nothing; the waits are those that the program is used with."""
    url = own_server.new_database()
    with open_library(url) as library:
        records = library.as_user(ANYONE)
        records.drafts.save(CASE, 0, "{}")
        own_server.freeze(signal.SIGSTOP)
        try:
            for ask, told in (
                (lambda: records.drafts.save(CASE, 1, "{}"), NotSaved),
                (lambda: records.drafts.load(CASE), Unreadable),
            ):
                began = time.monotonic()
                with pytest.raises(told, match="the connection to the database is lost"):
                    ask()
                # The promise is ten seconds; a busy machine gets some more, and without an end it would be minutes.
                assert time.monotonic() - began < 20.0
        finally:
            own_server.freeze(signal.SIGCONT)
        whole(records)
        assert records.drafts.save(CASE, 1, '{"n": 2}') == 2


@pytest.fixture
def silent() -> Iterator[list[int]]:
    """Ports of four servers that let in and never say a word."""
    with contextlib.ExitStack() as held:
        listening = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(4)]
        yield [one.getsockname()[1] for one in listening]


@pytest.mark.slow
def test_all_addresses_of_a_server_have_one_wait_together(silent: list[int]) -> None:
    hosts, ports = ",".join(["127.0.0.1"] * 4), ",".join(map(str, silent))
    began = time.monotonic()
    with pytest.raises(LibraryRefused, match="the server does not answer"):
        open_library(f"postgresql+psycopg://hexapod@/lib?host={hosts}&port={ports}")
    # Three seconds; each address in turn would take at least eight.
    assert time.monotonic() - began < 7.0


def test_an_address_that_is_silent_leaves_the_next_its_turn(cluster: Cluster, silent: list[int]) -> None:
    url = cluster.new_database().replace("?host=", "?host=127.0.0.1,") + f"&port={silent[0]},5432"
    with open_library(url) as library:
        assert library.as_user(ANYONE).drafts.save(CASE, 0, "{}") == 1


def break_in_the_middle(library: Library, server: Cluster) -> None:
    with library._store.writing(ANYONE, "plan") as tx:
        tx.record(NoteRow, "note.added", CASE, b'{"text": "half"}', case_key=CASE)
        server.stop()

"""Backups: whole while the library is in use, checked, never written over anything."""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hexapod.library import (
    ANYONE,
    LibraryError,
    LibraryRefused,
    NotPermitted,
    Records,
    new_key,
    open_library,
    restore_library,
)
from tests.library.cluster import Cluster, programs
from tests.library.conftest import Templates
from tests.library.treatment import ANNA, CASE, treat

pytestmark = pytest.mark.hazard("H-21")


@pytest.fixture
def database() -> str:
    return "sqlite"


@pytest.fixture
def url(templates: Templates) -> str:
    return templates.copy("sqlite", "treated", treat)


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_a_backup_made_while_somebody_writes_is_whole(url: str, records: Records, tmp_path: Path) -> None:
    stop, saved = threading.Event(), []

    def write() -> None:
        with open_library(url) as library:
            mine, case = library.as_user(ANYONE), new_key()
            while not stop.is_set():
                saved.append(mine.drafts.save(case, len(saved), f'{{"n": {len(saved)}}}'))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        entries = []
        for number in range(5):
            before = len(saved)
            found = records.transfer.backup(tmp_path / f"backup_{number}.sqlite3")
            assert not found.faults
            # Case, then drafts: all that was acknowledged before the backup began is in it.
            assert found.entries >= 10 + (before and before + 1)
            entries.append(found.entries)
    finally:
        stop.set()
        writer.join()
    assert entries == sorted(entries)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"backup_{number}.sqlite3" for number in range(5)]


def test_a_backup_is_private_and_writes_over_nothing(records: Records, library_user: Records, tmp_path: Path) -> None:
    place = tmp_path / "backup.sqlite3"
    records.transfer.backup(place)
    assert place.stat().st_mode & 0o777 == 0o600
    before = place.read_bytes()
    with pytest.raises(LibraryError, match="exists: give another name"):
        records.transfer.backup(place)
    assert place.read_bytes() == before
    records.cases.add_note(CASE, "later")
    assert records.transfer.backup(place, force=True).entries == 11
    with pytest.raises(NotPermitted):
        library_user.transfer.backup(tmp_path / "other.sqlite3")
    with pytest.raises(LibraryError, match="cannot be written"):
        records.transfer.backup(Path("/proc/backup.sqlite3"))


@pytest.fixture
def library_user(library: object) -> Records:
    return library.as_user(ANNA)  # type: ignore[attr-defined]


def test_a_backup_restored_elsewhere_is_the_library_again(records: Records, tmp_path: Path) -> None:
    place, head = tmp_path / "backup.sqlite3", records.audit.head()
    records.transfer.backup(place)
    new = f"sqlite:///{tmp_path}/new/library.sqlite3"
    assert restore_library(place, new, by="Ada") is None
    with open_library(new) as library:
        restored = library.as_user(ANYONE)
        assert not restored.audit.verify([head]).faults
        assert restored.drafts.load(CASE) == records.drafts.load(CASE)
        assert restored.audit.history("library")[-1].action == "library.restored"
        assert restored.audit.history("library")[-1].actor == "Ada"


def test_what_is_there_is_set_aside_and_only_when_asked(url: str, tmp_path: Path) -> None:
    place = tmp_path / "backup.sqlite3"
    with open_library(url) as library:
        library.as_user(ANYONE).transfer.backup(place)
        library.as_user(ANYONE).cases.add_note(CASE, "after the backup")
    with pytest.raises(LibraryError, match="has 11 entries: give --force"):
        restore_library(place, url)
    kept = restore_library(place, url, force=True)
    assert kept is not None
    with open_library(f"sqlite:///{kept}") as old, open_library(url) as new:
        assert [len(one.as_user(ANYONE).cases.notes(CASE)) for one in (old, new)] == [3, 2]


def test_a_library_in_use_is_not_replaced(url: str, records: Records, tmp_path: Path) -> None:
    place = tmp_path / "backup.sqlite3"
    records.transfer.backup(place)
    with pytest.raises(LibraryError, match="is open in another program: stop the app"):
        restore_library(place, url, force=True)
    assert records.cases.add_note(CASE, "still here").text == "still here"
    assert not records.audit.verify().faults


def test_an_empty_or_damaged_library_gives_way_to_a_backup(records: Records, tmp_path: Path) -> None:
    place = tmp_path / "backup.sqlite3"
    records.transfer.backup(place)
    empty = f"sqlite:///{tmp_path}/empty.sqlite3"
    open_library(empty).close()
    assert restore_library(place, empty) is not None
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"SQLite format 3\x00" + os.urandom(8000))
    with pytest.raises(LibraryError, match="give --force"):
        restore_library(place, f"sqlite:///{broken}")
    assert restore_library(place, f"sqlite:///{broken}", force=True) is not None
    with open_library(f"sqlite:///{broken}") as library:
        assert not library.as_user(ANYONE).audit.verify().faults


def test_what_is_no_backup_is_not_restored(url: str, records: Records, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/new.sqlite3"
    files: dict[str, Callable[[Path], object]] = {
        "nothing": lambda path: path.write_bytes(b""),
        "text": lambda path: path.write_text("hello " * 1000),
        "foreign": lambda path: sqlite3.connect(path).execute("CREATE TABLE recipes (name TEXT)").connection.close(),
    }
    for name, make in files.items():
        make(tmp_path / name)
        with pytest.raises(LibraryRefused, match="not a library of cases"):
            restore_library(tmp_path / name, target)
    with pytest.raises(LibraryError, match="is not there"):
        restore_library(tmp_path / "missing", target)
    records.transfer.backup(tmp_path / "altered")
    connection = sqlite3.connect(tmp_path / "altered")
    connection.executescript("DROP TRIGGER notes_unchanged; UPDATE notes SET done_by = 'Eve' WHERE entry = 7;")
    connection.close()
    with pytest.raises(LibraryError, match=r"has faults and was not restored: entry 7: note.added"):
        restore_library(tmp_path / "altered", target)
    assert not (tmp_path / "new.sqlite3").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_library_with_faults_is_not_backed_up_as_if_it_were_whole(url: str, records: Records, tmp_path: Path) -> None:
    connection = sqlite3.connect(file_of(url))
    connection.executescript("DROP TRIGGER audit_kept; PRAGMA foreign_keys=OFF; DELETE FROM audit WHERE sequence = 3;")
    connection.close()
    with pytest.raises(LibraryError, match="entry 3: has no entry"):
        records.transfer.backup(tmp_path / "backup.sqlite3")
    assert not list(tmp_path.iterdir())


def test_postgresql_says_which_command_to_run_and_it_works(
    cluster: Cluster, templates: Templates, tmp_path: Path
) -> None:
    url, dump = templates.copy("postgresql", "treated", treat), Path(f"{cluster.folder}/backup of today.dump")
    with open_library(url) as library:
        records = library.as_user(ANYONE)
        with pytest.raises(LibraryRefused, match=r"run  pg_dump --format=custom") as told:
            records.transfer.backup(dump)
        head = records.audit.head()
    run(str(told.value).partition("run  ")[2])
    empty = cluster.new_database()
    with pytest.raises(LibraryRefused, match="pg_restore --exit-on-error") as told:
        restore_library(dump, empty.replace("hexapod@", "hexapod:secret@"))
    assert "secret" not in str(told.value)
    run(str(told.value).partition("database: ")[2])
    with open_library(empty) as library:
        assert not library.as_user(ANYONE).audit.verify([head]).faults
        assert library.as_user(ANYONE).audit.head() == head
        library.as_user(ANYONE).cases.add_note(CASE, "goes on")


def run(command: str) -> None:
    """A command as somebody would paste it."""
    environment = os.environ | {"PATH": f"{programs()}:{os.environ['PATH']}"}
    subprocess.run(shlex.split(command), check=True, env=environment, capture_output=True)

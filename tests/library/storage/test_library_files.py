"""A library's file deleted, moved or written over under the running program: nothing counts as saved, and it is said."""

from __future__ import annotations

import concurrent.futures
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hexapod.library import ANYONE, Library, NotSaved, Records, Unreadable, new_key, open_library, restore_library
from hexapod.library.storage.library_files import MADE
from hexapod.library.transfer.backup import check_file

pytestmark = pytest.mark.hazard("H-21")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "library.sqlite3"


@pytest.fixture
def library(file: Path):  # type: ignore[no-untyped-def]
    with open_library(f"sqlite:///{file}") as opened:
        yield opened


def deleted(file: Path) -> None:
    file.unlink()


def moved(file: Path) -> None:
    file.rename(file.with_name("elsewhere.sqlite3"))


def replaced_by_an_older_copy(file: Path) -> None:
    copy = file.with_name("copy.sqlite3")
    shutil.copy(file, copy)
    copy.replace(file)


def replaced_by_a_new_library(file: Path) -> None:
    file.unlink()
    with open_library(f"sqlite:///{file}"):
        pass


def folder_deleted(file: Path) -> None:
    shutil.rmtree(file.parent)


def journal_deleted(file: Path) -> None:
    file.with_name(file.name + "-wal").unlink()


def journal_replaced(file: Path) -> None:
    journal = file.with_name(file.name + "-wal")
    journal.unlink()
    journal.touch()


def written_over_by_an_older_copy(file: Path) -> None:
    """`cp backup.sqlite3 library.sqlite3`: the same file by device and inode, with other contents."""
    shutil.copyfile(file.with_name("older.sqlite3"), file)


def written_over_by_another_library(file: Path) -> None:
    other = file.with_name("other.sqlite3")
    with open_library(f"sqlite:///{other}") as library:
        for number in range(40):
            library.as_user(ANYONE).drafts.save(new_key(), 0, f'{{"n": {number}}}')
        library._store.settle()
    shutil.copyfile(other, file)


def truncated(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(0)


ATTACKS: list[Callable[[Path], None]] = [
    deleted,
    moved,
    replaced_by_an_older_copy,
    replaced_by_a_new_library,
    folder_deleted,
    journal_deleted,
    journal_replaced,
    written_over_by_another_library,
    truncated,
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.some(1)
def test_after_it_nothing_counts_as_saved_and_nothing_of_another_file_is_shown(
    library: Library, file: Path, attack: Callable[[Path], None]
) -> None:
    records = library.as_user(ANYONE)
    saved = new_key()
    records.drafts.save(saved, 0, '{"n": 1}')
    attack(file)
    with pytest.raises(
        NotSaved, match="NOT SAVED: the library's file was deleted, moved, replaced or overwritten"
    ) as refused:
        records.drafts.save(saved, 1, '{"n": 2}')
    assert "is still there" in str(refused.value)
    with pytest.raises(Unreadable, match="deleted, moved, replaced or overwritten"):
        records.drafts.load(saved)
    with pytest.raises(Unreadable):
        records.roles.may("look")
    # Also when a file has come back into the place: what was written meanwhile is in none that counts.
    file.parent.mkdir(exist_ok=True)
    file.touch()
    with pytest.raises(NotSaved):
        records.drafts.save(new_key(), 0, "{}")


@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.slow
def test_an_older_state_copied_over_the_file_is_told_at_the_next_save(
    library: Library, file: Path, settled: bool
) -> None:
    records, saved = library.as_user(ANYONE), new_key()
    records.drafts.save(saved, 0, '{"n": 1}')
    library._store.settle()
    shutil.copyfile(file, file.with_name("older.sqlite3"))
    records.drafts.save(saved, 1, '{"n": 2}')
    if settled:  # else what came later is in the journal alone, which the copying does not touch
        library._store.settle()
    written_over_by_an_older_copy(file)
    if settled:
        with pytest.raises(NotSaved, match="overwritten"):
            records.drafts.save(saved, 2, '{"n": 3}')
        with pytest.raises(Unreadable, match="overwritten"):
            records.drafts.load(saved)
    else:
        records.drafts.save(saved, 2, '{"n": 3}')
        library.close()
        with open_library(f"sqlite:///{file}") as again:
            assert again.as_user(ANYONE).drafts.load(saved).text == '{"n": 3}'
            assert not again.as_user(ANYONE).audit.verify().faults


def test_a_journal_that_is_emptied_while_others_write_is_no_fault(library: Library, file: Path) -> None:
    def write(count: int) -> None:
        for number in range(count):
            library.as_user(ANYONE).drafts.save(new_key(), 0, json.dumps({"n": number, "long": "x" * 40_000}))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        done = [pool.submit(write, 15) for _ in range(2)]
        for _ in range(5):
            library._store.settle()
        for one in done:
            one.result()
    assert not library.as_user(ANYONE).audit.verify().faults


@pytest.mark.parametrize("attack", [deleted, moved, folder_deleted])
def test_what_was_saved_until_then_is_copied_out_and_can_be_restored(
    library: Library, file: Path, attack: Callable[[Path], None]
) -> None:
    records = library.as_user(ANYONE)
    saved = new_key()
    records.drafts.save(saved, 0, '{"n": 1}')
    attack(file)
    with pytest.raises(NotSaved, match=r"restore library\.rescued-.*--force"):
        records.drafts.save(saved, 1, '{"n": 2}')
    (copy,) = file.parent.glob("library.rescued-*.sqlite3")
    assert copy.stat().st_mode & 0o077 == 0
    library.close()
    restore_library(copy, f"sqlite:///{file}", force=True)
    with open_library(f"sqlite:///{file}") as again:
        assert again.as_user(ANYONE).drafts.load(saved).text == '{"n": 1}'


def test_a_damaged_copy_is_not_offered(library: Library, file: Path) -> None:
    records = library.as_user(ANYONE)
    records.drafts.save(new_key(), 0, "{}")
    replaced_by_a_new_library(file)
    with pytest.raises(NotSaved, match=r"put the file back or restore the last backup|rescued"):
        records.drafts.save(new_key(), 0, "{}")
    for copy in file.parent.glob("library.rescued-*.sqlite3"):
        assert not check_file(copy).faults


def test_replaced_between_begin_and_commit(library: Library, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = library.as_user(ANYONE)
    records.drafts.save(new_key(), 0, "{}")
    store = library._store
    real = store.now
    monkeypatch.setattr(store, "now", lambda: (replaced_by_an_older_copy(file), real())[1])
    with pytest.raises(NotSaved, match="deleted, moved, replaced or overwritten"):
        records.drafts.save(new_key(), 0, "{}")


def test_use_by_several_programs_backups_and_the_journals_own_life_are_no_faults(library: Library, file: Path) -> None:
    for number in range(5):
        records: Records = library.as_user(ANYONE)
        records.drafts.save(new_key(), 0, f'{{"n": {number}}}')
        with open_library(f"sqlite:///{file}") as other:
            other.as_user(ANYONE).drafts.save(new_key(), 0, "{}")
        with closing(sqlite3.connect(file)) as plain:
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        records.transfer.backup(file.with_name(f"backup{number}.sqlite3"))
    library._store._engine.dispose()
    library.as_user(ANYONE).drafts.save(new_key(), 0, "{}")
    assert library.warnings() == ()


def test_a_library_made_anew_where_one_was_says_so(file: Path) -> None:
    with open_library(f"sqlite:///{file}") as first:
        assert first.warnings() == ()
        first.as_user(ANYONE).drafts.save(new_key(), 0, "{}")
    for path in file.parent.glob("library.sqlite3*"):
        if not path.name.endswith(MADE):
            path.unlink()
    for _ in range(2):
        with open_library(f"sqlite:///{file}") as second:
            (told,) = second.warnings()
            assert "THIS IS A NEW LIBRARY" in told
            assert "restore the last backup" in told
    file.with_name(file.name + MADE).unlink()
    with open_library(f"sqlite:///{file}") as third:
        assert third.warnings() == ()


def test_a_library_that_was_restored_or_copied_here_is_missed_too_when_it_is_gone(file: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.sqlite3"
    with open_library(f"sqlite:///{made}") as library:
        library.as_user(ANYONE).drafts.save(new_key(), 0, "{}")
        library._store.settle()
    file.parent.mkdir()
    shutil.copyfile(made, file)
    with open_library(f"sqlite:///{file}") as library:
        assert library.warnings() == ()
    for one in file.parent.glob("library.sqlite3*"):
        if not one.name.endswith(MADE):
            one.unlink()
    with open_library(f"sqlite:///{file}") as library:
        (told,) = library.warnings()
        assert "THIS IS A NEW LIBRARY" in told

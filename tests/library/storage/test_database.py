"""Opening: where the library is, whose it is, and how its tables move on."""

from __future__ import annotations

import concurrent.futures
import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from hexapod.library import ANYONE, LibraryRefused, Unreadable, new_key, open_library
from hexapod.library.storage.database import data_folder, library_url, make_engine
from hexapod.library.storage.schema import MIGRATIONS, bring_up_to_date, revisions
from hexapod.library.storage.tables import Base
from tests.library.cluster import Cluster
from tests.library.conftest import Behind
from tests.library.treatment import CASE

FIRST = Path(__file__).parents[1] / "data" / "first_schema.sql"


@pytest.fixture
def no_variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("HEXAPOD_DATABASE_URL", "HEXAPOD_DATA_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_library_is_in_the_users_data_folder(no_variables: pytest.MonkeyPatch, tmp_path: Path) -> None:
    no_variables.setattr(Path, "home", lambda: Path("/home/somebody"))
    for platform, folder in (
        ("linux", "/home/somebody/.local/share/hexapod"),
        ("darwin", "/home/somebody/Library/Application Support/hexapod"),
        ("win32", "/home/somebody/AppData/Local/hexapod"),
    ):
        no_variables.setattr(sys, "platform", platform)
        no_variables.delenv("LOCALAPPDATA", raising=False)
        assert data_folder() == Path(folder)
    no_variables.setenv("XDG_DATA_HOME", "/data")
    assert library_url().database == "/data/hexapod/library.sqlite3"
    no_variables.setenv("HEXAPOD_DATA_DIR", str(tmp_path))
    assert library_url().database == str(tmp_path / "library.sqlite3")
    no_variables.setenv("HEXAPOD_DATABASE_URL", "postgresql://user:word@host/hexapod")
    assert library_url().drivername == "postgresql+psycopg"
    assert library_url("sqlite:////x/y").database == "/x/y"


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://host/x", "sqlite://", "postgresql+psycopg2://host/x", "http://host"]
)
def test_other_addresses_are_refused_without_showing_them(url: str) -> None:
    with pytest.raises(LibraryRefused, match="HEXAPOD_DATABASE_URL") as told:
        library_url(url)
    assert "postgresql+psycopg://user:password@host/hexapod" in str(told.value)


@pytest.mark.hazard("H-22")
def test_passwords_are_not_told(cluster: Cluster) -> None:
    url = cluster.new_database().replace("hexapod@", "hexapod:secret@")
    with open_library(url) as library:
        assert "secret" not in library.where
    with pytest.raises(LibraryRefused) as told:
        open_library(url.replace("library_", "nowhere_"))
    assert "secret" not in str(told.value)
    assert "the server does not answer, or does not know the database" in str(told.value)


@pytest.mark.hazard("H-22")
def test_folder_and_file_are_the_users_own(tmp_path: Path) -> None:
    place = tmp_path / "new" / "library.sqlite3"
    with open_library(f"sqlite:///{place}") as library:
        library.as_user(ANYONE).drafts.save(new_key(), 0, "{}")
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        for file in place.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


@pytest.mark.hazard("H-21")
def test_a_commit_waits_for_the_disk(url: str) -> None:
    engine = make_engine(library_url(url))
    with engine.connect() as connection:
        if url.startswith("sqlite"):
            told = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode", "foreign_keys", "secure_delete", "recursive_triggers")}  # fmt: skip
            assert told == {
                "synchronous": 2,
                "journal_mode": "wal",
                "foreign_keys": 1,
                "secure_delete": 1,
                "recursive_triggers": 1,
            }
        else:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
    engine.dispose()


def test_what_is_not_ours_is_refused_and_left_alone(tmp_path: Path, cluster: Cluster) -> None:
    recipes = tmp_path / "recipes.sqlite3"
    connection = sqlite3.connect(recipes)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = recipes.read_bytes()
    with pytest.raises(LibraryRefused, match="not a library of cases: it has the tables recipes"):
        open_library(f"sqlite:///{recipes}")
    assert recipes.read_bytes() == before
    text = tmp_path / "text"
    text.write_text("hello " * 1000)
    with pytest.raises(LibraryRefused, match="the file is not a database"):
        open_library(f"sqlite:///{text}")
    assert text.read_text() == "hello " * 1000
    url = cluster.new_database()
    engine = create_engine(url)
    with engine.begin() as opened:
        opened.exec_driver_sql("CREATE TABLE patients (name TEXT)")
    engine.dispose()
    with pytest.raises(LibraryRefused, match="it has the tables patients"):
        open_library(url)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        LibraryRefused, match=r"cannot be opened for writing: .* Name another folder in HEXAPOD_DATA_DIR"
    ):
        open_library("sqlite:////proc/hexapod/library.sqlite3")
    with pytest.raises(LibraryRefused, match="cannot be opened for writing"):
        open_library(f"sqlite:///{tmp_path}")


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(LibraryRefused, match="the server does not answer"):
        open_library("postgresql+psycopg://hexapod@/hexapod?host=/nowhere")


def test_programs_that_start_together_make_the_tables_once(database: str, cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.new_database() if database == "postgresql" else f"sqlite:///{tmp_path}/library.sqlite3"
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:  # another process, as another start of the program is
            status = 1
            try:
                with open_library(url) as library:
                    library.as_user(ANYONE).drafts.save(new_key(), 0, "{}")
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    with open_library(url) as library:
        found = library.as_user(ANYONE).audit.verify()
        assert (found.entries, found.faults) == (8, ())


def test_the_tables_are_those_of_the_models(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    engine = make_engine(library_url(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "hexapod_schema", "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


# How the tables move on: a step made up for the test, over a library as the first release has left it.

STEP = '''"""A step that no release has: every note gets a colour."""
import sqlalchemy as sa
from alembic import op
revision = "0099"
down_revision = "0005"
branch_labels = None
depends_on = None

def upgrade():
    op.add_column("case_list", sa.Column("colour", sa.Text(), nullable=False, server_default="white"))
    {more}
'''


@pytest.fixture
def first(tmp_path: Path) -> str:
    """A library made by the first release."""
    connection = sqlite3.connect(tmp_path / "first.sqlite3")
    connection.executescript(FIRST.read_text("utf-8"))
    connection.close()
    return f"sqlite:///{tmp_path}/first.sqlite3"


@pytest.fixture
def next_release(tmp_path: Path) -> Callable[[str], Path]:
    """Steps of a release to come, with more in the second step."""

    def make(more: str = "") -> Path:
        folder = tmp_path / "migrations"
        shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        (folder / "versions" / "m0099_colour.py").write_text(STEP.format(more=more))
        return folder

    return make


def move(url: str, migrations: Path) -> None:
    engine = make_engine(library_url(url))
    try:
        bring_up_to_date(engine, lambda: "2027-01-01T00:00:00.000000Z", migrations)
    finally:
        engine.dispose()


@pytest.mark.hazard("H-21")
def test_a_library_of_the_first_release_is_whole_after_every_step(first: str) -> None:
    """Its head was written down when it was made: the records are those of that day."""
    with open_library(first) as library:
        records = library.as_user(ANYONE)
        found = records.audit.verify(["10-2b592dca3b931f5c"])
        assert (found.entries, found.faults) == (10, ())
        assert [one.text for one in records.cases.notes(CASE)] == ["swollen on Monday", "better"]
        assert records.plans.load(CASE, 1).state == "signed"
        draft = records.drafts.load(CASE)
        assert draft is not None
        assert draft.text == '{"id": "plain-01", "title": "most"}'
        line = records.cases.find().cases[0]
        assert (line.case_id, line.state, line.revision) == ("plain-01", "signed", 3)
        records.cases.add_note(CASE, "goes on")
        assert not records.audit.verify().faults


@pytest.mark.hazard("H-21")
def test_the_next_step_keeps_the_records_and_closes_the_library_to_older_programs(
    first: str, next_release: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_library(first) as library:
        head = library.as_user(ANYONE).audit.head()
    monkeypatch.setattr("hexapod.library.storage.schema.SOFTWARE", "hexapod 7.0.0")
    steps = next_release("")
    assert revisions(steps)[-1] == "0099"
    move(first, steps)
    move(first, steps)
    connection = sqlite3.connect(first.removeprefix("sqlite:///"))
    assert connection.execute("SELECT colour FROM case_list").fetchall() == [("white",)]
    history = connection.execute("SELECT revision, software FROM schema_history ORDER BY revision").fetchall()
    assert [history[0], history[-1]] == [("0001", "hexapod 0.1.0"), ("0099", "hexapod 7.0.0")]
    assert connection.execute("SELECT max(sequence), count(*) FROM audit").fetchall() == [(10, 10)]
    (digits,) = connection.execute("SELECT substr(sha256, 1, 16) FROM audit WHERE sequence = 10").fetchone()
    assert f"10-{digits}" == head
    connection.close()
    monkeypatch.undo()
    with pytest.raises(
        LibraryRefused, match=r"updated by hexapod 7\.0\.0 .*Nothing was changed: install hexapod 7\.0\.0"
    ):
        open_library(first)


@pytest.mark.hazard("H-21")
def test_a_step_that_fails_leaves_the_library_as_it_was(first: str, next_release: Callable[[str], Path]) -> None:
    broken = next_release('op.execute("INSERT INTO nowhere VALUES (1)")')
    with pytest.raises(LibraryRefused, match="cannot be opened"):
        move(first, broken)
    with open_library(first) as library:
        assert not library.as_user(ANYONE).audit.verify().faults
    connection = sqlite3.connect(first.removeprefix("sqlite:///"))
    assert "colour" not in [row[1] for row in connection.execute("PRAGMA table_info(case_list)")]
    connection.close()


def test_a_step_works_on_postgresql_too(cluster: Cluster, next_release: Callable[[str], Path]) -> None:
    url = cluster.new_database()
    with open_library(url) as library:
        library.as_user(ANYONE).drafts.save(CASE, 0, "{}")
    with pytest.raises(LibraryRefused):
        move(url, next_release('op.execute("INSERT INTO nowhere VALUES (1)")'))
    with open_library(url) as library:
        assert not library.as_user(ANYONE).audit.verify().faults
    move(url, next_release(""))
    with pytest.raises(LibraryRefused, match="install"):
        open_library(url)


def test_many_threads_share_a_library(url: str) -> None:
    with open_library(url) as library:
        case = new_key()
        library.as_user(ANYONE).drafts.save(case, 0, "{}")

        def work(number: int) -> int:
            mine = new_key()
            library.as_user(ANYONE).drafts.save(mine, 0, f'{{"n": {number}}}')
            return library.as_user(ANYONE).drafts.revision(mine)

        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            assert list(pool.map(work, range(36))) == [1] * 36
        assert not library.as_user(ANYONE).audit.verify().faults


def test_damaged_contents_are_told_and_not_guessed_at(url: str, behind: Behind) -> None:
    from tests.library.storage.test_audit import unguarded

    with open_library(url) as library:
        records = library.as_user(ANYONE)
        records.drafts.save(CASE, 0, '{"a": "' + "b" * 1000 + '"}')
        behind(*unguarded(url, "UPDATE contents SET body = salt"))
        with pytest.raises(Unreadable, match="damaged: run `python -m hexapod audit verify`"):
            records.drafts.load(CASE)

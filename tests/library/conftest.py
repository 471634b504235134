from __future__ import annotations

import datetime
import itertools
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hexapod.library import ANYONE, Library, Records, open_library
from tests.library.cluster import Cluster

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def servers() -> Iterator[list[Cluster]]:
    """The server, once a test has asked for it."""
    started: list[Cluster] = []
    yield started
    for server in started:
        server.remove()


@pytest.fixture(scope="session")
def cluster(servers: list[Cluster]) -> Cluster:
    servers.append(Cluster())
    return servers[0]


@pytest.fixture(autouse=True)
def _nothing_left(servers: list[Cluster]) -> Iterator[None]:
    yield
    for server in servers:
        server.drop_passing()


class Templates:
    """Libraries made once and copied for every test: an empty one, and those that a test describes by a function."""

    def __init__(self, folder: Path, cluster: Callable[[], Cluster]) -> None:
        self._folder, self._cluster = folder, cluster
        self._made: dict[tuple[str, str], str] = {}
        self._numbers = itertools.count()

    def copy(self, database: str, name: str, fill: Callable[[Records], object]) -> str:
        """The address of a fresh copy."""
        made = self._made.get((database, name))
        if made is None:
            made = self._made[database, name] = self._new(database, None)
            with open_library(made, clock=Clock()) as library:
                fill(library.as_user(ANYONE))
        return self._new(database, made)

    def _new(self, database: str, like: str | None) -> str:
        if database == "postgresql":
            template = like.split("?")[0].rsplit("/", 1)[1] if like else "template0"
            return self._cluster().new_database(template, lasting=like is None)
        file = self._folder / f"library_{next(self._numbers)}.sqlite3"
        if like:
            shutil.copy(like.removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Templates:
    return Templates(tmp_path_factory.mktemp("libraries"), lambda: request.getfixturevalue("cluster"))


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def url(database: str, new_url: Callable[[str], str]) -> str:
    """The address of a fresh library."""
    return new_url(database)


@pytest.fixture
def new_url(templates: Templates) -> Callable[[str], str]:
    """Makes fresh libraries of either kind; their addresses."""
    return lambda database: templates.copy(database, "empty", lambda _: None)


Behind = Callable[..., list[Any]]


class Clock:
    """A second passes between any two questions.  It stands after the treatments of the tests, whose visits are past."""

    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 5, 20, 8, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        self.now += datetime.timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(url: str, clock: Clock) -> Iterator[Library]:
    with open_library(url, clock=clock, lock_wait_s=0.3) as opened:
        yield opened


@pytest.fixture
def records(library: Library) -> Records:
    return library.as_user(ANYONE)


@pytest.fixture
def behind(url: str) -> Callable[..., list[Any]]:
    """Somebody with the database in hand, past the program: runs statements and commits them."""

    def run(*statements: str) -> list[Any]:
        if url.startswith("sqlite"):
            connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
        else:
            connection = psycopg.connect(url.replace("+psycopg", ""))
        try:
            rows: list[Any] = []
            for statement in statements:
                cursor = connection.execute(statement)
                rows = cursor.fetchall() if cursor.description else []
            connection.commit()
        finally:
            connection.close()
        return rows

    return run

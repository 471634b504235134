"""A PostgreSQL of the tests' own: made in a temporary folder, stopped and removed at the end."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

# The server refuses to run as root; the package brings a user of this name.
UNPRIVILEGED = "postgres"
# Tests are about our words, not about the server's disk: without waiting for it they run in a quarter of the time.
QUICK = "-c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=60 -c listen_addresses=''"


def programs() -> Path:
    """The folder of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    named = shutil.which("initdb")
    if not found and named is None:
        raise RuntimeError("PostgreSQL is not installed: `make test` installs it, or apt-get install postgresql")
    return found[-1].parent if found else Path(str(named)).parent


def _quick_place() -> str:
    """A folder in memory where there is room for one: making a database there takes a tenth of the time."""
    memory = Path("/dev/shm")
    room = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1_000_000_000
    return str(memory) if room else "/tmp"


class Cluster:
    """A server on a socket in its own folder, so that it meets no other one."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="records-", dir=_quick_place()))
        self._passing: list[str] = []
        self._as: dict[str, object] = {}
        if os.getuid() == 0:
            user = pwd.getpwnam(UNPRIVILEGED)
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._numbers = itertools.count()
        self._run("initdb", "-D", "data", "-U", "hexapod", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    def start(self) -> None:
        options = f"{QUICK} -k {self.folder}"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", "data", "-m", mode, "-w", "stop")

    def freeze(self, signal_number: int) -> None:
        """Send a signal to every process of the server: SIGSTOP makes it silent without closing a connection."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(first)], check=True, capture_output=True, text=True)
        for process in (first, *map(int, told.stdout.split())):
            os.kill(process, signal_number)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://hexapod@/{database}?host={self.folder}"

    def new_database(self, template: str = "template0", *, lasting: bool = False) -> str:
        """The address of a database made like another one, empty when none is named; for one test unless `lasting`."""
        name = f"library_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        if not lasting:
            self._passing.append(name)
        return self.url(name)

    def drop_passing(self) -> None:
        """Drop the databases of the test that is over."""
        while self._passing:
            self._execute(f'DROP DATABASE "{self._passing.pop()}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(f"host={self.folder} user=hexapod dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(programs() / program), *words],
            cwd=self.folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            **self._as,  # type: ignore[call-overload]
        )

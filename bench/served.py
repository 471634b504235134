"""The app as a process of its own: on a free port, with a library of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 60.0
STOPPING_S = 20.0
POLL_S = 0.02


@dataclass(frozen=True)
class Served:
    """A running app; `started_s` is how long it took until its first page could be asked for."""

    address: str
    folder: Path
    process: subprocess.Popen[bytes]
    started_s: float
    log_file: Path

    @property
    def log(self) -> str:
        """What the server has written so far."""
        return self.log_file.read_text("utf-8")

    @property
    def memory_mb(self) -> float:
        """Resident memory of the server (Linux)."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @property
    def cpu_s(self) -> float:
        """Processor time that the server has taken so far (s, Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def served(folder: Path, script: str = "app.py", ready: str = "ready", **settings: str) -> Iterator[Served]:
    """The app with its library in `folder` and these environment variables, ended afterwards; or another script, which
    is there when the address `ready` answers.

    Raises:
        RuntimeError: it did not start; with what it has written.
    """
    port = free_port()
    address = f"http://localhost:{port}"
    log = folder / f"server-{port}.log"
    began = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)],
            cwd=ROOT,
            env=os.environ | {"HEXAPOD_DATA_DIR": str(folder)} | settings,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        while not is_ready(address, ready):
            if process.poll() is not None or time.monotonic() - began > PATIENCE_S:
                raise RuntimeError(f"The app did not start:\n{log.read_text('utf-8')}")
            time.sleep(POLL_S)
        yield Served(address, folder, process, time.monotonic() - began, log)
    finally:
        process.terminate()
        process.wait(STOPPING_S)


def is_ready(address: str, ready: str = "ready") -> bool:
    """Whether the app at this address says that it can be used."""
    try:
        urllib.request.urlopen(f"{address}/{ready}", timeout=PATIENCE_S).close()
    except (urllib.error.URLError, ConnectionError):
        return False
    return True

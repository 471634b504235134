"""The app as a process of its own, with a folder of its own: started, killed as a power cut would, and started again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.served import free_port, is_ready
from hexapod.library import ANYONE, Library, Records, open_library
from tests.browser.screen import CLINIC_ZONE, ROOT

STARTS_WITHIN_S = 60.0


class Server:
    """The app on a port of its own; port and folder stay the same when it is started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://localhost:{self.port}"
        self.log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._library: Library | None = None

    def start(self) -> Server:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)],
                cwd=ROOT,
                env=os.environ | {"HEXAPOD_DATA_DIR": str(self.folder), "HEXAPOD_TIME_ZONE": CLINIC_ZONE},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until:
            if is_ready(self.address):
                return self
            time.sleep(0.1)
        pytest.fail(self.log.read_text("utf-8"))

    def kill(self) -> None:
        """End it without a chance to finish anything: signal 9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)

    def stop(self) -> None:
        """End it in good order; nothing may have failed inside."""
        if self._library is not None:
            self._library.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
        assert "Traceback" not in self.log.read_text("utf-8")

    @property
    def database(self) -> Path:
        """The file of its library."""
        return self.folder / "library.sqlite3"

    def records(self) -> Records:
        """Its library, opened beside it: what is kept there, whatever a page says."""
        if self._library is None:
            self._library = open_library(f"sqlite:///{self.database}")
        return self._library.as_user(ANYONE)

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.visitor import OPEN, Visitor
from hexapod.app.sign_in import settings as sign_in_settings
from hexapod.library import ANYONE, Library, Records, open_library
from tests.sign_in.secrets_file import toml

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
CLIENT = "hexapod-tests"
PATIENCE_S = 60


@pytest.fixture(autouse=True)
def _sign_in_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_settings, "_switched_on", {})
    monkeypatch.delenv(sign_in_settings.REQUIRED, raising=False)


@pytest.fixture(autouse=True)
def _connections_are_closed() -> Iterator[None]:
    yield
    OPEN.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def process(words: list[str], answers_at: str, log: Path, **settings: str) -> Iterator[None]:
    """A process that is there when it answers, and ended afterwards."""
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    with log.open("wb") as file:
        started = subprocess.Popen(
            [sys.executable, *words],
            cwd=log.parent,
            env=surroundings | settings,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        until_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                urllib.request.urlopen(answers_at).close()
                break
            except (urllib.error.URLError, ConnectionError):
                assert started.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < until_s, log.read_text("utf-8")
                time.sleep(0.1)
        yield
    finally:
        started.terminate()
        started.wait(timeout=20)


def secrets(port: int, issuer: str, **own: Any) -> str:
    roles = own.pop("roles", None)
    auth = {
        "redirect_uri": f"http://localhost:{port}/oauth2callback",
        "cookie_secret": "c0" * 24,
        "client_id": CLIENT,
        "client_secret": "s",
        "expose_tokens": "id",
        "server_metadata_url": f"{issuer}/.well-known/openid-configuration",
    }
    return toml({"auth": auth, "hexapod": own} | ({"hexapod.roles": roles} if roles else {}))


@dataclass(frozen=True)
class Hospital:
    """An app with its provider and its library."""

    address: str
    issuer: str
    folder: Path

    def visitor(self) -> Visitor:
        return Visitor(self.address)

    @contextlib.contextmanager
    def library(self) -> Iterator[Records]:
        """The library by another door, as the command line has it."""
        library: Library
        with open_library(f"sqlite:///{self.folder / 'library.sqlite3'}") as library:
            yield library.as_user(ANYONE)

    @property
    def log(self) -> str:
        return (self.folder / "app.log").read_text("utf-8")


@contextlib.contextmanager
def app(folder: Path, issuer: str, words: Callable[[int], list[str]], **own: Any) -> Iterator[Hospital]:
    port = free_port()
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_bytes((ROOT / ".streamlit" / "config.toml").read_bytes())
    (folder / ".streamlit" / "secrets.toml").write_text(secrets(port, issuer, **own), "utf-8")
    address = f"http://localhost:{port}"
    data = {"HEXAPOD_DATA_DIR": str(folder), "HEXAPOD_SIGN_IN": "required"}
    with process(words(port), f"{address}/_stcore/health", folder / "app.log", **data):
        yield Hospital(address, issuer, folder)


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """The app itself by `streamlit run`, with oidc-provider-mock, roles from a claim."""
    folder, port = tmp_path_factory.mktemp("hospital"), free_port()
    users = [
        {"sub": "u-ada", "name": "Ada Adler", "staff": "adler", "our_roles": ["hex-signers", "staff"]},
        {"sub": "u-ben", "name": "Ben Berg", "staff": "berg", "our_roles": ["staff"]},
        {"sub": "u-eve", "name": "Ada Adler", "preferred_username": "adler", "email": "adler", "our_roles": "signer"},
    ]
    told = [word for user in users for word in ("--user-claims", json.dumps(user))]
    issuer = f"http://localhost:{port}"
    mock = ["-m", "oidc_provider_mock", "--port", str(port), "--host", "localhost", *told]
    run = [str(ROOT / "app.py"), "--server.port"]
    own: dict[str, Any] = {"user_claim": "staff", "roles_claim": "our_roles", "roles": {"signer": ["hex-signers"]}}
    with (
        process(mock, f"{issuer}/.well-known/openid-configuration", folder / "provider.log"),
        app(folder, issuer, lambda port: ["-m", "streamlit", "run", *run, str(port)], **own) as found,
    ):
        yield found
    assert "Traceback" not in found.log


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """A small app by `st.App`, with a provider that can misbehave, roles from the library's own list."""
    folder, port = tmp_path_factory.mktemp("clinic"), free_port()
    issuer = f"http://localhost:{port}"
    ours = [str(HERE / "provider.py"), str(port)]

    def asgi(port: int) -> list[str]:
        return ["-m", "uvicorn", "--factory", "tests.sign_in.asgi:app", "--host", "localhost", "--port", str(port)]

    with (
        process(ours, f"{issuer}/.well-known/openid-configuration", folder / "provider.log"),
        app(folder, issuer, asgi) as found,
    ):
        yield found

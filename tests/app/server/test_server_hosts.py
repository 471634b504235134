"""Requests by a foreign name, and from pages of a foreign address, never reach the app; it calls nobody itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from bench.served import free_port, is_ready
from hexapod.app.server import asgi
from hexapod.app.sign_in import settings
from tests.app.driver import ROOT

pytestmark = pytest.mark.hazard("H-22")

# Writes a line for every address that the process looks up or connects to and that is not this machine.
GUARD = """
import os, sys
HERE = ("127.0.0.1", "::1", "localhost", "0.0.0.0", None, "", b"localhost")
def guard(event, args):
    host = args[0] if event == "socket.getaddrinfo" else args[1][0] if isinstance(args[1], tuple) else "localhost"
    if host not in HERE:
        with open(os.environ["GUARD_LOG"], "a") as log:
            log.write(f"{event} {host}\\n")
sys.addaudithook(lambda event, args: guard(event, args) if event in ("socket.getaddrinfo", "socket.connect", "socket.sendto") else None)
"""


async def _here(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("here")


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("in")
    await socket.close()


APP = Starlette(
    routes=[Route("/page", _here, methods=["GET", "PUT"]), WebSocketRoute("/page", _stream)],
    middleware=asgi.MIDDLEWARE,
)
HERE = "localhost:8501"


def ask(kind: str, host: str, origin: str | None = None) -> list[Message]:
    """What the app sends to a request of a kind (a method, or `websocket`) with these headers, no server between."""
    headers = [(b"host", host.encode())] + ([] if origin is None else [(b"origin", origin.encode())])
    scope = {
        "type": "http",
        "method": kind,
        "path": "/page",
        "raw_path": b"/page",
        "query_string": b"",
        "headers": headers,
    }
    scope |= {
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
        "subprotocols": [],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 8501),
    }
    if kind == "websocket":
        scope |= {"type": "websocket", "scheme": "ws"}
    coming, sent = [{"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}], []

    async def receive() -> Message:
        return coming.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(APP(scope, receive, send))
    return sent


def status(kind: str, host: str, origin: str | None = None) -> int:
    """The status of an answer; for a websocket 101 when it was accepted, 403 when not."""
    first = ask(kind, host, origin)[0]
    return int(first.get("status") or (101 if first["type"] == "websocket.accept" else 403))


@pytest.mark.parametrize("host", [HERE, "LOCALHOST", "127.0.0.1:9", "[::1]:8501", "localhost."])
def test_names_of_this_machine_are_answered(host: str) -> None:
    assert status("GET", host) == 200
    assert status("websocket", host, f"http://{host}") == 101


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "a@localhost",
        "localhost/x",
        "",
        "192.168.1.7:8501",
        "localhost:x",
    ],
)
def test_a_foreign_name_is_refused_whatever_it_points_at(host: str) -> None:
    start, body = ask("GET", host)
    assert start["status"] == 421
    assert (b"x-frame-options", b"DENY") in start["headers"]
    assert b"server.allowedHosts" in body["body"]
    assert status("websocket", host, f"http://{host}") == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://localhost:3000",
        "http://127.0.0.1:8501",
        "null",
        "file://",
        "http://localhost",
        "ftp://localhost:8501",
        "http://localhost:8501.evil.example",
    ],
)
def test_a_page_elsewhere_opens_no_connection_and_changes_nothing(origin: str) -> None:
    assert status("websocket", HERE, origin) == 403
    assert status("PUT", HERE, origin) == 403


def test_a_connection_without_origin_is_no_browsers() -> None:
    assert status("websocket", HERE) == 403
    assert status("PUT", HERE) == 200


@pytest.mark.parametrize("origin", ["http://localhost:8501", "https://localhost:8501"])
def test_our_own_pages_come_through(origin: str) -> None:
    assert status("websocket", HERE, origin) == 101
    assert status("PUT", HERE, origin) == 200


def test_the_address_of_the_sign_in_is_a_name_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "host", lambda: "frames.hospital.example")
    assert status("websocket", "frames.hospital.example", "https://frames.hospital.example") == 101
    assert status("GET", "other.hospital.example") == 421


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The real server, with a log of every address outside this machine that it asks for."""
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    port, log = free_port(), tmp_path / "asked.log"
    with (tmp_path / "server.log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env=os.environ | {"HEXAPOD_DATA_DIR": str(tmp_path), "PYTHONPATH": str(tmp_path), "GUARD_LOG": str(log)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + 60.0
        while not is_ready(f"http://localhost:{port}"):
            assert time.monotonic() < until, (tmp_path / "server.log").read_text()
            time.sleep(0.1)
        yield port, log
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.slow
def test_a_foreign_origin_makes_the_server_call_nobody(guarded: tuple[int, Path]) -> None:
    port, log = guarded
    for origin in ("http://evil.example", "http://localhost:3000", f"http://192.0.2.7:{port}"):
        with pytest.raises(InvalidStatus), connect(f"ws://localhost:{port}/_stcore/stream", origin=Origin(origin)):
            pass
    with connect(f"ws://localhost:{port}/_stcore/stream", origin=Origin(f"http://localhost:{port}")):
        pass
    assert is_ready(f"http://localhost:{port}")
    assert not log.exists(), log.read_text()

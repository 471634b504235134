from __future__ import annotations

import asyncio
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.types import ASGIApp

from hexapod.home.server import application
from hexapod.library import ANYONE, Library, Records
from tests.home.treatment import ADDRESS, TIBIA, Clock, library, opened

CHROMIUM = "/usr/bin/chromium"
expect.set_options(timeout=20_000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def treated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A library with a signed plan and a link, made once for all tests: its folder, the case and the link."""
    folder = tmp_path_factory.mktemp("treated")
    with library(folder, Clock()) as made:
        return folder, *opened(made, TIBIA)


@pytest.fixture
def opened_library(tmp_path: Path, clock: Clock, treated: tuple[Path, str, str]) -> Iterator[Library]:
    shutil.copytree(treated[0], tmp_path, dirs_exist_ok=True)
    with library(tmp_path, clock) as made:
        yield made


@pytest.fixture
def case(treated: tuple[Path, str, str]) -> str:
    return treated[1]


@pytest.fixture
def link(treated: tuple[Path, str, str]) -> str:
    return treated[2]


@pytest.fixture
def records(opened_library: Library) -> Records:
    return opened_library.as_user(ANYONE)


@dataclass
class Served:
    """A server on this machine, its library, the case and the link."""

    address: str
    records: Records
    case: str
    link: str
    server: uvicorn.Server

    def stop(self) -> None:
        self.server.should_exit = True


@pytest.fixture
def served(opened_library: Library, case: str, link: str) -> Iterator[Served]:
    server = uvicorn.Server(uvicorn.Config(application(opened_library, ADDRESS), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(f"http://localhost:{port}", opened_library.as_user(ANYONE), case, link, server)
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", CHROMIUM), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture(params=[320, 430])
def phone(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone at noon of day 8, in Berlin; errors of the page and what its policy holds back fail the test."""
    options = {"width": request.param, "height": 700}
    context = chromium.new_context(viewport=options, locale="en-GB", timezone_id="Europe/Berlin")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda told: errors.append(told.text) if "Content Security Policy" in told.text else None)
    page.clock.set_fixed_time("2026-03-10T12:30:00+01:00")
    yield page
    assert not errors
    context.close()


class Asker:
    """Asks the application without a network."""

    def __init__(self, application: ASGIApp) -> None:
        self.application = application

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self._ask("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self._ask("POST", path, **more)

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.application)
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())


@pytest.fixture
def client(opened_library: Library) -> Asker:
    return Asker(application(opened_library, ADDRESS))

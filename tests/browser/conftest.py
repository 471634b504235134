from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.screen import SETTLED, Screen
from tests.browser.server import Server

CHROMIUM = "/usr/bin/chromium"
HERE = {"localhost", "127.0.0.1", "::1"}
# How long a test waits for what it expects.  Five seconds, as by itself, are too few on a machine that does much else.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for a file: while its driver runs, no other test of the process can have an event loop of its own."""
    arguments = [
        "--no-sandbox",
        "--disable-background-networking",
        "--use-gl=angle",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        # The 3D preview is drawn by WebGL as for everybody; the page around it without, in a sixth less time.
        "--disable-gpu-compositing",
        "--disable-gpu-rasterization",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", CHROMIUM), args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app for all tests that need no server of their own: its library fills up."""
    server = Server(tmp_path_factory.mktemp("server")).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def address(server: Server) -> str:
    """Where the shared server is reached."""
    return server.address


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server that a test may kill, with a library that nobody else writes to."""
    server = Server(tmp_path).start()
    yield server
    server.stop()


@contextmanager
def watched_tab(chromium: Browser, **options: Any) -> Iterator[Page]:
    """A tab of 1280 x 800.

    Any request that leaves this machine, any error of the page's own, and anything that the content-security policy
    holds back fails the test.
    """
    context = chromium.new_context(**({"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"} | options))
    context.add_init_script(path=SETTLED)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket_: asked.append(socket_.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda told: errors.append(told.text) if "Content Security Policy" in told.text else None)
    yield page
    outside = [
        url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname not in HERE
    ]
    assert not outside
    assert not errors
    context.close()


@pytest.fixture
def screen(chromium: Browser, address: str) -> Iterator[Screen]:
    """A tab with an empty case."""
    with watched_tab(chromium) as page:
        yield Screen(page, address).open()


@pytest.fixture
def tab(chromium: Browser, address: str) -> Iterator[Screen]:
    """A tab where nothing is open yet."""
    with watched_tab(chromium) as page:
        yield Screen(page, address)

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from bench.served import served
from tests.browser.screen import Screen

CHROMIUM = "/usr/bin/chromium"
HERE = {"localhost", "127.0.0.1", "::1"}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    arguments = [
        "--no-sandbox",
        "--disable-background-networking",
        "--use-gl=angle",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", CHROMIUM), args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on a free port, with a library of its own."""
    with served(tmp_path_factory.mktemp("server")) as server:
        yield server.address
    assert "Traceback" not in server.log


@pytest.fixture
def screen(chromium: Browser, address: str) -> Iterator[Screen]:
    """A tab of 1280 x 800.

    Any request that leaves this machine, any error of the page's own, and anything that the content-security policy
    holds back fails the test.
    """
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket_: asked.append(socket_.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda told: errors.append(told.text) if "Content Security Policy" in told.text else None)
    yield Screen(page, address).open()
    outside = [
        url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname not in HERE
    ]
    assert not outside
    assert not errors
    context.close()

"""Two tabs at one case, a server that dies, a library that cannot be written: nothing said to be saved is lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import watched_tab
from tests.browser.screen import KEY_DELAY_MS, Screen
from tests.browser.server import Server

pytestmark = pytest.mark.browser
ID, TITLE, DATE = "Case id", "Title (may stay empty)", "Date of day 0 (year-month-day)"
# The library waits 5 s for another writer before it says that nothing was saved.
SAID_WITHIN_MS = 20_000
BACK_WITHIN_MS = 60_000


@contextmanager
def _opened(chromium: Browser, server: Server, query: str = "?case=new") -> Iterator[Screen]:
    with watched_tab(chromium) as page:
        yield Screen(page, server.address).open(query)


def _key(tab: Screen) -> str:
    return parse_qs(urlsplit(tab.page.evaluate("location.href")).query)["case"][0]


def _kept(server: Server, key: str) -> dict[str, Any]:
    """The entries that the library has, whatever any page says."""
    draft = server.records().draft(key)
    assert draft is not None
    return json.loads(draft.text)


def _saved(tab: Screen) -> str:
    return tab.page.locator(".hx-kept").inner_text()


@pytest.mark.hazard("H-21")
def test_two_tabs_at_one_case_are_told_and_overwrite_nothing(chromium: Browser, own_server: Server) -> None:
    with _opened(chromium, own_server) as first:
        first.enter(ID, "ours")
        key = _key(first)
        with _opened(chromium, own_server, f"?case={key}") as second:
            first.enter(TITLE, "typed in the first")
            second.enter(DATE, "2026-03-02")
            # The second has typed on entries that were no longer the newest: told at once, and nothing is written.
            alarm = second.page.locator(".st-key-alarm-unsaved")
            expect(alarm).to_contain_text("saved this case at")
            assert _saved(second) == "NOT SAVED"
            expect(second.field(DATE)).to_have_value("2026-03-02")
            kept = _kept(own_server, key)
            assert (kept["title"], kept["start_date"]) == ("typed in the first", "")
            # What is typed meanwhile does not slip through either.
            second.enter(ID, "theirs")
            expect(alarm).to_be_visible()
            assert _kept(own_server, key) == kept

            second.button("Mine go on; theirs stay in the history").click()
            expect(alarm).to_have_count(0)
            kept = _kept(own_server, key)
            assert (kept["id"], kept["title"], kept["start_date"]) == ("theirs", "", "2026-03-02")
            earlier = own_server.records().draft(key, 2)
            assert earlier is not None
            assert json.loads(earlier.text)["title"] == "typed in the first"

            # The first is told at its next touch, before anything of it is written.
            first.step("frame")
            expect(first.page.locator(".st-key-alarm-newer")).to_contain_text("was changed in another window")
            assert _kept(own_server, key) == kept
            first.button("Show the newest entries").click()
            first.settle().step("limb")
            expect(first.field(ID)).to_have_value("theirs")
            expect(first.field(TITLE)).to_have_value("")
            first.enter(TITLE, "together")
            assert _kept(own_server, key)["title"] == "together"


@pytest.mark.hazard("H-21", "H-22")
def test_what_is_half_typed_when_somebody_archives_the_case_is_told_and_kept(
    chromium: Browser, own_server: Server
) -> None:
    with _opened(chromium, own_server) as tab:
        tab.enter(ID, "kept").type(TITLE, "half a thought")
        key = _key(tab)
        own_server.records().archive(key, "done")
        expect(tab.page.get_by_text("This case is archived")).to_be_visible(timeout=SAID_WITHIN_MS)
        tab.settle()
        expect(tab.field(TITLE)).to_be_enabled()
        tab.page.keyboard.press("Tab")
        expect(tab.page.locator(".st-key-alarm-unsaved")).to_contain_text("NOT SAVED: This case is archived")
        expect(tab.field(TITLE)).to_have_value("half a thought")
    with _opened(chromium, own_server, f"?case={key}") as tab:
        expect(tab.field(ID)).to_be_disabled()
        # It still has to be read: as dark as the words of the banner.
        shade = "(element) => getComputedStyle(element).webkitTextFillColor"
        assert tab.field(ID).evaluate(shade) == tab.page.locator(".hx-id").evaluate(shade)


@pytest.mark.hazard("H-21")
def test_a_server_killed_while_somebody_types_has_lost_nothing_that_was_saved(
    chromium: Browser, own_server: Server
) -> None:
    with _opened(chromium, own_server) as tab:
        tab.enter(ID, "killed-1").enter(TITLE, "before the end").enter(DATE, "2026-03-0")
        assert _saved(tab) == "Saved · 3"
        key = _key(tab)
        tab.clear(TITLE)
        tab.page.keyboard.type("half a sen", delay=KEY_DELAY_MS)
        own_server.kill()
        tab.page.keyboard.type("tence", delay=KEY_DELAY_MS)
        tab.page.keyboard.press("Tab")
        own_server.start()
        # The page finds the server again by itself, and shows the library's entries; the wrong date is one of them.
        expect(tab.page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=BACK_WITHIN_MS)
        tab.page.reload()
        expect(tab.field(ID)).to_have_value("killed-1", timeout=BACK_WITHIN_MS)
        tab.settle()
        expect(tab.field(DATE)).to_have_value("2026-03-0")
        kept = _kept(own_server, key)
        assert kept["title"] == tab.field(TITLE).input_value()
        assert kept["title"] in ("before the end", "half a sentence")
        tab.enter(TITLE, "after it")
        assert _kept(own_server, key)["title"] == "after it"


@pytest.mark.hazard("H-21")
def test_a_library_that_cannot_be_written_is_said_and_saved_later(chromium: Browser, own_server: Server) -> None:
    with _opened(chromium, own_server) as tab:
        tab.enter(ID, "kept")
        key = _key(tab)
        with closing(sqlite3.connect(own_server.database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            tab.type(TITLE, "only on this page")
            tab.page.keyboard.press("Tab")
            alarm = tab.page.locator(".st-key-alarm-unsaved")
            expect(alarm).to_contain_text("NOT SAVED: another program holds the library", timeout=SAID_WITHIN_MS)
            tab.settle().step("frame").step("limb")
            expect(alarm).to_be_visible()
            assert _saved(tab) == "NOT SAVED"
            expect(tab.field(TITLE)).to_have_value("only on this page")
            assert _kept(own_server, key)["title"] == ""
            other.execute("ROLLBACK")
        tab.button("Save again").click()
        expect(alarm).to_have_count(0)
        expect(tab.page.locator(".hx-kept")).to_have_text("Saved · 2")
        assert _kept(own_server, key)["title"] == "only on this page"

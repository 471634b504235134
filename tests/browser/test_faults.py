"""Two tabs at one case, a server that dies, a library that cannot be written: nothing said to be saved is lost."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Route, expect

from hexapod.app.session import unsaved
from tests.browser.conftest import watched_tab
from tests.browser.screen import KEY_DELAY_MS, Screen
from tests.browser.server import Server

pytestmark = pytest.mark.browser
ID, TITLE, DATE = "Case id", "Title (may stay empty)", "Date of day 0"
# The library waits 5 s for another writer before it says that nothing was saved.
SAID_WITHIN_MS = 20_000
# A page that is left alone looks at the library every so often; a busy machine takes a while longer.
SEEN_WITHIN_MS = 1000 * unsaved.EVERY_S + 20_000
BACK_WITHIN_MS = 60_000


@contextmanager
def _opened(chromium: Browser, server: Server, query: str = "?case=new") -> Iterator[Screen]:
    with watched_tab(chromium) as page:
        yield Screen(page, server.address).open(query)


def _key(tab: Screen) -> str:
    return parse_qs(urlsplit(tab.page.evaluate("location.href")).query)["case"][0]


def _kept(server: Server, key: str) -> dict[str, Any]:
    """The entries that the library has, whatever any page says."""
    draft = server.records().drafts.load(key)
    assert draft is not None
    return json.loads(draft.text)


def _saved(tab: Screen) -> str:
    """What the page says at this very moment; `_says` waits for it."""
    return tab.page.locator(".hx-kept").inner_text()


def _says(tab: Screen, kept: str) -> None:
    """Wait until the page says so of its entries."""
    expect(tab.page.locator(".hx-kept")).to_have_text(kept)


@pytest.mark.hazard("H-21")
@pytest.mark.slow
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
            _says(second, "NOT SAVED")
            expect(second.field(DATE)).to_have_value("2026-03-02")
            kept = _kept(own_server, key)
            assert (kept["title"], kept["start_date"]) == ("typed in the first", "")
            # What is typed meanwhile does not slip through either.
            second.enter(ID, "theirs")
            expect(alarm).to_be_visible()
            assert _kept(own_server, key) == kept

            second.button("Keep my version").click()
            expect(alarm).to_have_count(0)
            second.settle()
            kept = _kept(own_server, key)
            assert (kept["id"], kept["title"], kept["start_date"]) == ("theirs", "", "2026-03-02")
            earlier = own_server.records().drafts.load(key, 2)
            assert earlier is not None
            assert json.loads(earlier.text)["title"] == "typed in the first"

            # The first is told without being touched.
            told = first.page.locator(".st-key-alarm-newer")
            expect(told).to_contain_text("was changed in another window", timeout=SEEN_WITHIN_MS)
            first.settle().step("frame")
            expect(told).to_be_visible()
            assert _kept(own_server, key) == kept
            first.button("Show the newest entries").click()
            first.settle().step("limb")
            expect(first.field(ID)).to_have_value("theirs")
            expect(first.field(TITLE)).to_have_value("")
            first.enter(TITLE, "together")
            assert _kept(own_server, key)["title"] == "together"


@pytest.mark.hazard("H-21", "H-22")
@pytest.mark.slow
def test_what_is_half_typed_when_somebody_archives_the_case_is_told_and_kept(
    chromium: Browser, own_server: Server
) -> None:
    with _opened(chromium, own_server) as tab:
        tab.enter(ID, "kept").type(TITLE, "half a thought")
        key = _key(tab)
        own_server.records().cases.archive(key, "done")
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
        _says(tab, "Saved · 3")
        key = _key(tab)
        tab.clear(TITLE)
        tab.page.keyboard.type("half a sen", delay=KEY_DELAY_MS)
        own_server.kill()
        tab.page.keyboard.type("tence", delay=KEY_DELAY_MS)
        tab.page.keyboard.press("Tab")
        own_server.start()
        # The page finds the server again by itself, and shows the library's entries; the wrong date is one of them.
        expect(tab.page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=BACK_WITHIN_MS)
        tab.settle()
        kept = _kept(own_server, key)
        expect(tab.field(TITLE)).to_have_value(kept["title"])
        _says(tab, f"Saved · {own_server.records().drafts.revision(key)}")
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
@pytest.mark.slow
def test_a_server_killed_at_any_moment_has_all_that_the_page_called_saved(
    chromium: Browser, own_server: Server
) -> None:
    chance = random.Random(21)
    with _opened(chromium, own_server) as tab:
        tab.enter(ID, "killed-2")
        key, saved = _key(tab), 1
        for turn in range(3):
            tab.clear(TITLE)
            tab.page.keyboard.type(f"title {turn}", delay=KEY_DELAY_MS)
            tab.page.keyboard.press("Enter")
            tab.page.wait_for_timeout(chance.uniform(0, 400))
            said = int(_saved(tab).removeprefix("Saved · "))
            own_server.kill()
            own_server.start()
            kept = _kept(own_server, key)
            assert own_server.records().drafts.revision(key) >= said
            assert kept["title"] == f"title {turn}" or said == saved
            tab.open(f"?case={key}")
            expect(tab.field(TITLE)).to_have_value(kept["title"])
            saved = own_server.records().drafts.revision(key)
            _says(tab, f"Saved · {saved}")


@pytest.mark.hazard("H-21")
@pytest.mark.slow
def test_a_library_that_cannot_be_written_is_said_and_saved_later(chromium: Browser, own_server: Server) -> None:
    with _opened(chromium, own_server) as tab:
        tab.enter(ID, "kept")
        key = _key(tab)
        with closing(sqlite3.connect(own_server.database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            tab.type(TITLE, "only on this page")
            tab.page.keyboard.press("Tab")
            alarm = tab.page.locator(".st-key-alarm-unsaved")
            expect(alarm).to_contain_text("NOT SAVED: another program is using the library", timeout=SAID_WITHIN_MS)
            tab.settle().step("frame").step("limb")
            expect(alarm).to_be_visible()
            _says(tab, "NOT SAVED")
            expect(tab.field(TITLE)).to_have_value("only on this page")
            assert _kept(own_server, key)["title"] == ""
            other.execute("ROLLBACK")
        tab.button("Save again").click()
        expect(alarm).to_have_count(0)
        _says(tab, "Saved · 2")
        assert _kept(own_server, key)["title"] == "only on this page"
        # Loaded anew, the page has what the library does not have, after the browser has asked.
        with closing(sqlite3.connect(own_server.database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            tab.type(TITLE, "once more")
            tab.page.keyboard.press("Tab")
            expect(alarm).to_be_visible(timeout=SAID_WITHIN_MS)
            tab.settle()
            assert _reload(tab) == ["beforeunload"]
            other.execute("ROLLBACK")
        expect(alarm).to_contain_text("NOT SAVED")
        expect(tab.field(TITLE)).to_have_value("once more")
        assert _kept(own_server, key)["title"] == "only on this page"
        tab.button("Save again").click()
        expect(alarm).to_have_count(0)
        tab.settle()
        assert _kept(own_server, key)["title"] == "once more"
        assert _reload(tab) == []


def _reload(tab: Screen) -> list[str]:
    """Load the page anew and answer yes to what the browser asks; the kinds of its questions."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    tab.page.on("dialog", answer)
    tab.page.reload()
    tab.page.remove_listener("dialog", answer)
    expect(tab.page.locator(".hx-banner")).to_be_visible(timeout=BACK_WITHIN_MS)
    tab.settle()
    return asked


@pytest.mark.hazard("H-21")
@pytest.mark.slow
def test_a_field_that_was_not_left_is_saved_before_the_page_is(tab: Screen, server: Server) -> None:
    tab.open().enter(ID, "half").type(TITLE, "still being typed")
    key = _key(tab)
    assert _kept(server, key)["title"] == ""
    assert _reload(tab) == ["beforeunload"]
    expect(tab.field(TITLE)).to_have_value("still being typed")
    _says(tab, "Saved · 2")
    assert _kept(server, key)["title"] == "still being typed"
    # Staying sends it, too, and the page that is loaded later brings nothing back that was changed since.
    tab.type(TITLE, "stays")
    tab.page.once("dialog", lambda dialog: dialog.dismiss())
    tab.page.evaluate("location.reload()")
    _says(tab, "Saved · 3")
    tab.enter(TITLE, "changed since")
    assert _reload(tab) == []
    expect(tab.field(TITLE)).to_have_value("changed since")
    # What was sent by Enter, or not changed at all, is no reason to ask.
    tab.type(TITLE, "sent")
    tab.page.keyboard.press("Enter")
    tab.settle()
    assert _reload(tab) == []
    tab.field(TITLE).click()
    assert _reload(tab) == []


@pytest.mark.hazard("H-21")
@pytest.mark.slow
def test_text_that_never_got_out_of_the_page_is_put_back_by_the_next_one(tab: Screen, server: Server) -> None:
    tab.open().enter(ID, "slow").type(TITLE, "not yet sent")
    key = _key(tab)
    # The page is closed before its last message is out, and the server takes its time with the next page.
    tab.page.evaluate("WebSocket.prototype.send = () => {}")
    asks = f"{server.address}/?*"

    def slowly(route: Route) -> None:
        time.sleep(0.3)
        route.continue_()

    tab.page.route(asks, slowly)
    assert _reload(tab) == ["beforeunload"]
    tab.page.unroute(asks)
    _says(tab, "Saved · 2")
    assert _kept(server, key)["title"] == "not yet sent"
    expect(tab.field(TITLE)).to_have_value("not yet sent")


@pytest.mark.hazard("H-13", "H-20")
@pytest.mark.slow
def test_a_page_left_open_hands_nothing_out_of_a_plan_that_was_stopped(chromium: Browser, own_server: Server) -> None:
    with _opened(chromium, own_server, "?case=sample-femur_lengthening&step=limb") as tab:
        tab.enter(ID, "stopped").step("check")
        codes = tab.page.locator('input[aria-label^="Reason for "]').count()
        if codes:
            tab.acknowledge("AN", ["seen"] * codes)
        tab.page.locator(".st-key-issue button").click()
        tab.settle().type("Your name, as it shall stand below the plan", "Dr A. Núñez")
        tab.page.locator(".st-key-sign button").click()
        expect(tab.said).to_contain_text("Plan 1 is signed")
        tab.settle().make()
        name, _ = tab.save("Patient sheet (PDF)")
        assert "draft" not in name.lower()
        saved: list[str] = []
        tab.page.on("download", lambda download: saved.append(download.suggested_filename))
        own_server.records().plans.stop(_key(tab), 1, "pain")
        tab.page.get_by_role("button", name="Patient sheet (PDF)").click()
        expect(tab.page.get_by_text("Failed to generate file for download")).to_be_visible()
        expect(tab.page.locator(".hx-signed")).to_contain_text("stopped", timeout=SEEN_WITHIN_MS)
        tab.settle()
        assert saved == []
        assert "_DRAFT_" in tab.save("Patient sheet (PDF)")[0]

"""The page as a person has it: real keys with a delay, never a value set from outside."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Locator, Page, expect

# The time zone that the clinic of these tests has set.
CLINIC_ZONE = "Europe/Madrid"
ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_cases"
KEY_DELAY_MS = 35
SCHEDULE = "Schedule, a row a day (CSV)"
SETTLED_WITHIN_S = 60.0
# Watches the messages between page and server, in every tab from its first page on.
SETTLED = Path(__file__).with_name("settled.js")
# Chromium lets a page save ten files within a second and drops the next without a word; nobody clicks that fast.
BETWEEN_FILES_MS = 200


def sample(stem: str) -> dict[str, Any]:
    return json.loads((SAMPLES / f"{stem}.json").read_text("utf-8"))


class Screen:
    """A browser tab with the app in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, query: str = "?case=new") -> Screen:
        """An empty case, or what the query names; an empty query is the list of cases."""
        self.page.goto(f"{self.address}/{query}")
        shown = ".hx-banner" if query else ".st-key-library"
        expect(self.page.locator(shown)).to_be_visible(timeout=20_000)
        return self.settle()

    def settle(self) -> Screen:
        """Wait until a run of the script that knows of all that was done here has ended, and the page stands still."""
        until = time.monotonic() + SETTLED_WITHIN_S
        while not self._is_settled():
            assert time.monotonic() < until, "the server owes an answer"
        return self

    def _is_settled(self) -> bool:
        """Whether the page comes to rest within a second."""
        try:
            return bool(self.page.evaluate("window.hexapodSettled(1000)"))
        except Error as error:
            # A click that leads to another address: that page is waited for instead.
            if "Execution context was destroyed" in str(error):
                return False
            raise

    def cases(self) -> Screen:
        """The list of cases."""
        if self.page.locator(".st-key-library").count() == 0:
            self.page.locator(".st-key-go-to-list button").click()
        expect(self.page.locator(".st-key-library")).to_be_visible()
        return self.settle()

    def sample(self, stem: str) -> Screen:
        self.cases()
        self.page.locator(f".st-key-sample-{stem} button").click()
        expect(self.said).to_contain_text(f"{stem}.json")
        return self.settle()

    def step(self, name: str) -> Screen:
        # With a tooltip there are two, of which a desk and a phone see one each.
        button = self.page.locator(f".st-key-step-{name} button:visible")
        # While the page is drawn over itself, the button of before may stand beside the new one for a moment.
        expect(button).to_have_count(1)
        button.click()
        expect(self.page.locator(f".st-key-body-{name}")).to_be_visible()
        return self.settle()

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label, exact=True)

    def clear(self, label: str) -> Locator:
        """Empty a field with keys, and stay in it."""
        field = self.field(label)
        field.click()
        field.press("ControlOrMeta+a")
        field.press("Delete")
        return field

    def type(self, label: str, text: str) -> Screen:
        """Type into a field and stay in it: nothing is sent yet."""
        self.clear(label)
        self.page.keyboard.type(text, delay=KEY_DELAY_MS)
        return self

    def enter(self, label: str, text: str) -> Screen:
        """Type into a field and leave it with the tabulator."""
        self.type(label, text)
        self.page.keyboard.press("Tab")
        return self.settle()

    def choose(self, group: str, word: str) -> Screen:
        self.page.get_by_role("radiogroup", name=group, exact=True).get_by_text(word, exact=True).click()
        return self.settle()

    @property
    def over_px(self) -> int:
        """How much wider the page is than its window."""
        box = "document.querySelector('[data-testid=stMain]')"
        return self.page.evaluate(f"{box}.scrollWidth - {box}.clientWidth")

    @property
    def said(self) -> Locator:
        return self.page.locator(".hx-said")

    @property
    def state(self) -> Locator:
        return self.page.locator(".hx-state")

    @property
    def schedule(self) -> Locator:
        return self.page.locator(".hx-schedule")

    @property
    def plan_id(self) -> str:
        return self.page.locator(".hx-print code").inner_text()

    def message(self, text: str) -> Locator:
        return self.page.locator(".hx-line.hx-wrong", has_text=text)

    def rows(self) -> list[list[str]]:
        """The schedule on the page: day, then six settings, a list a day."""
        if self.schedule.count() == 0:
            self.step("check")
        return self.page.evaluate(
            """() => [...document.querySelectorAll('.hx-schedule tbody tr')].map(row =>
                [row.querySelector('th').innerText, ...[...row.querySelectorAll('td:not([class])')].map(
                    cell => cell.firstChild.textContent)])"""
        )

    def button(self, label: str) -> Locator:
        """A button by its words; a download may tell its size behind them."""
        return self.page.get_by_role("button", name=re.compile(rf"^{re.escape(label)}( · [0-9.]+ [kM]B)?$"))

    def make(self) -> Screen:
        """Have the documents made."""
        if self.button("Change what is printed").count() == 0:
            self.step("prescription")
        if self.button("Make the documents").count():
            self.button("Make the documents").click()
        expect(self.button("Change what is printed")).to_be_visible(timeout=60_000)
        return self.settle()

    def acknowledge(self, by: str, reasons: list[str]) -> Screen:
        """The reason for every warning in their order, then the name."""
        fields = self.page.locator('input[aria-label^="Reason for "]')
        expect(fields).to_have_count(len(reasons))
        for number, reason in enumerate(reasons):
            fields.nth(number).click()
            self.page.keyboard.type(reason, delay=KEY_DELAY_MS)
        return self.enter("Your name, for the warnings and the signature", by)

    @property
    def downloads(self) -> list[str]:
        """Labels of the download buttons."""
        return [told.partition(" · ")[0] for told in self.page.get_by_test_id("stDownloadButton").all_inner_texts()]

    def save(self, label: str) -> tuple[str, bytes]:
        """Press a download button, at a person's pace: the file's name and content."""
        self.page.wait_for_timeout(BETWEEN_FILES_MS)
        with self.page.expect_download() as download:
            self.button(label).click()
        return download.value.suggested_filename, Path(download.value.path()).read_bytes()

    def saved_case(self) -> dict[str, Any]:
        if self.button("Save the case file").count() == 0:
            self.step("prescription")
        return json.loads(self.save("Save the case file")[1])

    def saved_schedule(self, level: str = "") -> tuple[str, list[dict[str, str]]]:
        """The schedule of a level, which is named where the case has more than one."""
        name, content = self.make().save(f"{SCHEDULE}, {level}" if level else SCHEDULE)
        return name, list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))

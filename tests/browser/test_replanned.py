"""A patient days behind: one press shifts the calendar, and the next page begins at its top with what was decided."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import hexapod
from hexapod.text.numbers import number
from tests.browser.conftest import watched_tab
from tests.browser.screen import Screen, sample

pytestmark = pytest.mark.browser

# A folder for pictures of the pages, for whoever wants to look at them.
PICTURES = os.environ.get("HEXAPOD_PICTURES")
WIDTHS = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


def _picture(screen: Screen, name: str) -> None:
    if PICTURES:
        screen.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


@pytest.mark.hazard("H-28")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.slow
def test_one_press_for_three_days_behind(chromium: Browser, address: str, width: str) -> None:
    case = hexapod.read_case(sample("tibia_varus") | {"id": f"behind-{width}"})
    plan = hexapod.make_plan(case)
    with watched_tab(chromium, viewport=WIDTHS[width]) as page:
        screen = Screen(page, address).open()
        screen.cases().sample("tibia_varus").step("limb").enter("Case id", f"behind-{width}").step("check")
        page.locator(".st-key-issue button").click()
        screen.settle().enter("Your name, as it shall stand below the plan", "Dr A. B.")
        page.locator(".st-key-sign button").click()
        screen.settle().step("follow-up")
        screen.enter("Date of the visit", (case.first_day + datetime.timedelta(days=12)).isoformat())
        screen.enter("Strut 1 (red), mm", " ".join(map(number, plan.levels[0].rows[9].settings_mm)))
        shift = screen.button("3 days behind: shift the calendar by 3 days")
        shift.scroll_into_view_if_needed()
        _picture(screen, f"shift-{width}")
        assert screen.over_px <= 0
        shift.click()
        decided = page.locator(".hx-decided")
        expect(decided).to_contain_text("3 days behind: these are the readings of day 9", timeout=20_000)
        screen.settle()
        box = decided.bounding_box()
        assert box is not None
        _picture(screen, f"decided-{width}")
        assert 0 <= box["y"] < WIDTHS[width]["height"] / 2, box
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
        folded = page.locator("details", has_text="Continues the previous plan")
        expect(folded).not_to_have_attribute("open", "")
        folded.locator("summary").click()
        expect(screen.page.get_by_text("Planned position on day 0").first).to_be_visible()
        _picture(screen, f"unfolded-{width}")
        assert screen.over_px <= 0

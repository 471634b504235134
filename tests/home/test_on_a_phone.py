"""The page at home on a phone of 320 and 430 px in a real browser, also with the network cut."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from hexapod.library import HomePost
from tests.home.conftest import Served
from tests.home.treatment import DAY_8, TIBIA, plan_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.hazard("H-35")]
STOP = "Do not turn further. Call the clinic."


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def fits(page: Page) -> None:
    """Nothing is wider than the phone, and no rule of accessibility is broken."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def come(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/#{served.link}")
    expect(page.get_by_role("heading", name="Adjusting your frame")).to_be_visible()


def sent(served: Served, page: Page, count: int = 1) -> HomePost:
    for _ in range(100):
        if len(served.records.home.of(served.case)) == count:
            break
        page.wait_for_timeout(100)
    posts = served.records.home.of(served.case)
    assert len(posts) == count
    return posts[-1]


def turn_all(page: Page) -> None:
    """The adjustment at 16:00 of day 8, struts 1 to 6 longer by a mark each."""
    press(page, "Turn the struts: 16:00")
    fits(page)
    press(page, "Yes, they read these numbers")
    planned = plan_of(TIBIA).levels[0].rows[8].settings_mm
    for strut, reading in enumerate(planned, 1):
        expect(page.locator("h1")).to_contain_text(f"Strut {strut} (")
        expect(page.locator(".target")).to_have_text(f"{reading:.0f} mm")
        if strut == 1:
            expect(page.locator(".way")).to_have_text("▲ longer")
            fits(page)
        press(page, "Done")


@pytest.mark.hazard("H-20")
def test_an_adjustment_strut_by_strut_reaches_the_clinic(phone: Page, served: Served) -> None:
    phone.clock.set_fixed_time("2026-03-10T16:05:00+01:00")
    come(phone, served)
    fits(phone)
    turn_all(phone)
    expect(phone.get_by_text("Correct.", exact=True)).to_be_visible()
    report = sent(served, phone).report
    assert (report.date, report.told, report.kind, report.done) == (DAY_8, "right", "on-schedule", 3)
    press(phone, "Back")
    expect(phone.get_by_text("All of today is done.")).to_be_visible()


@pytest.mark.hazard("H-20")
def test_a_scale_that_reads_otherwise_stops_the_patient_at_once(phone: Page, served: Served) -> None:
    phone.clock.set_fixed_time("2026-03-10T16:05:00+01:00")
    come(phone, served)
    press(phone, "Turn the struts: 16:00")
    press(phone, "Yes, they read these numbers")
    press(phone, "My scale reads …")
    phone.get_by_label("Strut 1 (red)").fill("1540")
    press(phone, "Send")
    expect(phone.get_by_role("alert")).to_contain_text("Type what the scale reads")
    phone.get_by_label("Strut 1 (red)").fill("154,0")
    press(phone, "Send")
    for _ in range(5):
        press(phone, "Done")
    expect(phone.get_by_text(STOP)).to_be_visible()
    report = sent(served, phone).report
    assert (report.told, report.kind, report.struts) == ("stop", "wrong-way", (1,))
    press(phone, "Back")
    expect(phone.get_by_text(STOP)).to_be_visible()
    assert phone.get_by_role("button", name="Turn the struts").count() == 0
    fits(phone)


@pytest.mark.hazard("H-21")
def test_without_a_network_it_goes_on_and_sends_later(phone: Page, served: Served) -> None:
    phone.clock.set_fixed_time("2026-03-10T16:05:00+01:00")
    come(phone, served)
    phone.evaluate("navigator.serviceWorker.ready")
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.get_by_role("heading", name="Adjusting your frame")).to_be_visible()
    turn_all(phone)
    expect(phone.get_by_text("Kept on this phone.")).to_be_visible()
    assert served.records.home.of(served.case) == ()
    phone.reload()
    expect(phone.get_by_text("All of today is done.")).to_be_visible()
    phone.context.set_offline(False)
    assert sent(served, phone).report.told == "right"


@pytest.mark.hazard("H-14")
def test_a_stopped_plan_and_a_day_without_contact_say_stopped(phone: Page, served: Served) -> None:
    come(phone, served)
    phone.evaluate("navigator.serviceWorker.ready")
    phone.context.set_offline(True)
    phone.clock.set_fixed_time("2026-03-11T12:00:00+01:00")
    phone.reload()
    expect(phone.get_by_role("button", name="Turn the struts")).to_have_count(1)
    phone.clock.set_fixed_time("2026-03-11T12:31:00+01:00")
    phone.reload()
    expect(phone.get_by_role("alert")).to_have_text("Stopped. Do not use this page to turn struts. Call the clinic.")
    assert phone.get_by_role("button").count() == 0
    phone.context.set_offline(False)
    phone.reload()
    expect(phone.get_by_role("button", name="Turn the struts")).to_have_count(1)
    served.records.plans.stop(served.case, 1, "fever")
    phone.reload()
    expect(phone.get_by_role("alert")).to_have_text("Stopped. Do not use this page to turn struts. Call the clinic.")
    assert phone.get_by_role("button").count() == 0
    kept = phone.evaluate("JSON.stringify(localStorage)")
    assert "moments" not in kept


def test_answers_on_pin_sites_in_german(phone: Page, served: Served) -> None:
    come(phone, served)
    phone.get_by_role("combobox").select_option("de")
    expect(phone.locator("html")).to_have_attribute("lang", "de")
    phone.get_by_role("button").last.click()
    yes = phone.get_by_role("button", name="Ja", exact=True)
    no = phone.get_by_role("button", name="Nein", exact=True)
    for k in range(5):
        (yes if k == 1 else no).nth(k).click()
    phone.get_by_role("button", name="7", exact=True).click()
    phone.get_by_role("textbox").fill("Draht 3 nässt")
    fits(phone)
    phone.get_by_role("button", name="Senden", exact=True).click()
    expect(phone.get_by_role("alert")).to_be_visible()
    report = sent(served, phone).report
    assert (report.signs, report.pain, report.note) == ((False, True, False, False, False), 7, "Draht 3 nässt")

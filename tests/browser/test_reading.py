"""Whether the page can be read: by a screen reader, in the dark, on a small screen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import watched_tab
from tests.browser.screen import KEY_DELAY_MS, Screen
from tests.browser.server import Server

pytestmark = pytest.mark.browser
STEPS = ("limb", "frame", "deformity", "mounting", "treatment", "check", "prescription", "follow-up")


# Of two colour schemes the second is asked for its colours only: all else is the same.
COLOURS = {"runOnly": ["color-contrast"]}
# What is no fault is not told in detail, which took longer than looking for faults.
FAULTS_ONLY = {"resultTypes": ["violations"]}
WIDTHS_PX = (1440, 1280, 820, 390)
RESIZED_MS = 200


def _faults(screen: Screen, scheme: str = "light") -> list[str]:
    if screen.page.locator("[class*='st-key-pdf-']").count():  # drawn late, and soon after that reached by keys
        expect(screen.page.get_by_test_id("pdf-content")).to_have_attribute("tabindex", "0")
    options = FAULTS_ONLY | (COLOURS if scheme == "dark" else {})
    found = Axe().run(screen.page, options=options).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.slow
def test_no_step_has_a_serious_fault_for_people_who_cannot_see_well(screen: Screen, scheme: str) -> None:
    screen.page.emulate_media(color_scheme=scheme)
    screen.open()
    faults = {"empty": _faults(screen, scheme), "list": _faults(screen.cases(), scheme)}
    screen.sample("tibia_stacked_transport")
    screen.page.get_by_role("button", name="Hexapod 2:").click()
    for step in STEPS:
        faults[f"follows, {step}"] = _faults(screen.settle().step(step), scheme)
    screen.sample("tibia_transport")
    for step in STEPS:
        faults[step] = _faults(screen.step(step), scheme)
    screen.step("deformity").enter("AP angulation, deg", "wrong")
    faults["wrong"] = _faults(screen, scheme)
    faults["no plan"] = _faults(screen.step("check"), scheme)
    screen.sample("foot_ankle")
    faults["caution"] = _faults(screen.step("check"), scheme)
    faults["documents"] = _faults(screen.acknowledge("AB", ["seen"]).make(), scheme)
    expect(screen.page.get_by_test_id("pdf-content").locator("canvas").first).to_be_visible()
    faults["PDF"] = _faults(screen.settle(), scheme)
    screen.sample("refused_strut_travel")
    faults["refused"] = _faults(screen, scheme)
    assert not any(faults.values()), faults


@pytest.mark.slow
def test_alarms_signature_records_and_list_have_no_serious_fault(
    tab: Screen, chromium: Browser, server: Server
) -> None:
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for scheme in ("light", "dark"):
            tab.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            # Colours change over a moment, and what went out in the last run fades.
            faults[f"{name}, {scheme}"] = _faults(tab.settle(), scheme)

    tab.open("?case=sample-tibia_varus&step=limb").enter("Case id", "readable")
    tab.page.get_by_text("In the library: surgeon, notes, earlier entries, history, export").click()
    tab.settle().enter("Note", "seen").button("Add the note").click()
    tab.settle()
    look("records")
    with watched_tab(chromium) as page:
        Screen(page, server.address).open(tab.page.evaluate("location.search")).step("limb").enter(
            "Title (may stay empty)", "theirs"
        )
    tab.step("frame")
    expect(tab.page.locator(".st-key-alarm-newer")).to_be_visible()
    look("changed elsewhere")
    tab.step("limb").enter("Title (may stay empty)", "mine")
    expect(tab.page.locator(".st-key-alarm-unsaved")).to_be_visible()
    look("conflict")
    tab.button("Keep my version").click()
    expect(tab.page.locator(".st-key-alarm-unsaved")).to_have_count(0)
    with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        tab.type("Title (may stay empty)", "not saved").page.keyboard.press("Tab")
        expect(tab.page.locator(".st-key-alarm-unsaved")).to_be_visible(timeout=20_000)
        tab.settle()
        look("not saved")
    tab.button("Save again").click()
    expect(tab.page.locator(".st-key-alarm-unsaved")).to_have_count(0)
    tab.step("check").page.locator(".st-key-issue button").click()
    expect(tab.said).to_contain_text("is finalised")
    look("to be signed")
    tab.enter("Your name, as it shall stand below the plan", "AN").page.locator(".st-key-sign button").click()
    expect(tab.said).to_contain_text("is signed by AN")
    look("signed")
    key = parse_qs(urlsplit(tab.page.evaluate("location.href")).query)["case"][0]
    server.records().cases.archive(key, "done")
    for step in STEPS:
        tab.step(step)
        look(f"archived, {step}")
    tab.cases()
    look("list with cases")
    assert not any(faults.values()), faults


@pytest.mark.slow
def test_the_first_entry_is_reached_by_keys_alone(tab: Screen) -> None:
    tab.open("")
    _tab_to(tab, "New case")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator(".hx-banner")).to_be_visible()
    tab.settle()
    _tab_to(tab, "Case id")
    tab.page.keyboard.type("by-keys", delay=KEY_DELAY_MS)
    tab.page.keyboard.press("Tab")
    expect(tab.page.locator(".hx-kept")).to_have_text("Saved · 1")
    _tab_to(tab, "RIGHT")
    tab.page.keyboard.press("Space")
    expect(tab.page.locator(".hx-limb")).to_contain_text("RIGHT")


def _tab_to(tab: Screen, name: str) -> None:
    """Press the tabulator until what has this name has the focus, and can be seen to have it."""
    told = "(() => { const e = document.activeElement; return e.ariaLabel || e.innerText || ''; })()"
    for _ in range(60):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate(told).strip() == name:
            return
    pytest.fail(f"{name} cannot be reached by the tabulator")


@pytest.mark.parametrize("stem", ["tibia_transport", "tibia_trifocal"])
@pytest.mark.slow
def test_nothing_is_cut_off(screen: Screen, stem: str) -> None:
    screen.sample(stem)
    if stem == "tibia_trifocal":
        screen.page.get_by_role("button", name="Hexapod 2:").click()
        screen.settle()
    for step in (*STEPS, "documents"):
        screen.make() if step == "documents" else screen.step(step)
        for width in WIDTHS_PX:
            screen.page.set_viewport_size({"width": width, "height": 1180})
            screen.page.wait_for_timeout(RESIZED_MS)
            assert screen.over_px <= 0, (step, width)
            if step == "check" and width >= 820:
                table = screen.page.locator(".hx-scroll")
                assert table.evaluate("box => box.scrollWidth - box.clientWidth") <= 0, width


@pytest.mark.slow
def test_head_of_the_schedule_and_banner_stay_while_the_days_scroll(screen: Screen) -> None:
    screen.sample("tibia_transport")
    head = screen.page.locator(".hx-schedule thead th").last
    screen.page.locator(".hx-scroll").scroll_into_view_if_needed()
    screen.page.locator(".hx-scroll").evaluate("box => box.scrollTo(0, 200)")
    before = head.bounding_box()
    screen.page.locator(".hx-scroll").evaluate("box => box.scrollTo(0, 3000)")
    assert head.bounding_box() == before
    expect(screen.page.locator(".hx-limb")).to_be_in_viewport()
    expect(screen.page.locator(".st-key-banner .hx-notice")).to_be_in_viewport()


@pytest.mark.hazard("H-14")
@pytest.mark.slow
def test_the_page_itself_is_not_printed(screen: Screen) -> None:
    screen.sample("tibia_varus")
    expect(screen.page.locator(".hx-schedule")).to_be_visible()
    screen.page.emulate_media(media="print")
    expect(screen.page.locator(".hx-schedule")).to_be_hidden()
    told = "getComputedStyle(document.querySelector('[data-testid=stApp]'), '::before').content"
    assert "not for paper" in screen.page.evaluate(told)
    screen.page.emulate_media(media="screen")
    expect(screen.page.locator(".hx-schedule")).to_be_visible()

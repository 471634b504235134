"""Whether the page can be read: by a screen reader, in the dark, on a small screen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.screen import Screen

pytestmark = pytest.mark.browser
STEPS = ("limb", "frame", "deformity", "mounting", "treatment", "check", "prescription", "follow-up")


def _faults(screen: Screen) -> list[str]:
    found = Axe().run(screen.page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_step_has_a_serious_fault_for_people_who_cannot_see_well(screen: Screen, scheme: str) -> None:
    screen.page.emulate_media(color_scheme=scheme)
    screen.open()
    faults = {"empty": _faults(screen), "list": _faults(screen.cases())}
    screen.sample("tibia_stacked_transport")
    screen.page.get_by_role("button", name="Level 2:").click()
    for step in STEPS:
        faults[f"follows, {step}"] = _faults(screen.settle().step(step))
    screen.sample("tibia_transport")
    for step in STEPS:
        faults[step] = _faults(screen.step(step))
    screen.step("deformity").enter("AP angulation, deg", "wrong")
    faults["wrong"] = _faults(screen)
    faults["no plan"] = _faults(screen.step("check"))
    screen.sample("foot_ankle")
    faults["caution"] = _faults(screen.step("check"))
    faults["documents"] = _faults(screen.acknowledge("AB", ["seen"]).make())
    screen.sample("refused_strut_travel")
    faults["refused"] = _faults(screen)
    assert not any(faults.values()), faults


@pytest.mark.parametrize("width", [1440, 1280, 820, 390])
@pytest.mark.parametrize("stem", ["tibia_transport", "tibia_trifocal"])
def test_nothing_is_cut_off(screen: Screen, stem: str, width: int) -> None:
    screen.sample(stem)
    if stem == "tibia_trifocal":
        screen.page.get_by_role("button", name="Level 2:").click()
        screen.settle()
    screen.page.set_viewport_size({"width": width, "height": 1180})
    for step in (*STEPS, "documents"):
        screen.make() if step == "documents" else screen.step(step)
        over = screen.page.evaluate(
            "(() => { const m = document.querySelector('[data-testid=stMain]');"
            " return m.scrollWidth - m.clientWidth; })()"
        )
        assert over <= 0, step
    screen.step("check")
    if width >= 820:
        table = screen.page.locator(".hx-scroll")
        assert table.evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_head_of_the_schedule_and_banner_stay_while_the_days_scroll(screen: Screen) -> None:
    screen.sample("tibia_transport")
    head = screen.page.locator(".hx-schedule thead th").last
    screen.page.locator(".hx-scroll").scroll_into_view_if_needed()
    screen.page.locator(".hx-scroll").evaluate("box => box.scrollTo(0, 200)")
    before = head.bounding_box()
    screen.page.locator(".hx-scroll").evaluate("box => box.scrollTo(0, 3000)")
    assert head.bounding_box() == before
    expect(screen.page.locator(".hx-limb")).to_be_in_viewport()
    expect(screen.page.locator(".hx-notice")).to_be_in_viewport()


@pytest.mark.hazard("H-14")
def test_the_page_itself_is_not_printed(screen: Screen) -> None:
    screen.sample("tibia_varus")
    expect(screen.page.locator(".hx-schedule")).to_be_visible()
    screen.page.emulate_media(media="print")
    expect(screen.page.locator(".hx-schedule")).to_be_hidden()
    told = "getComputedStyle(document.querySelector('[data-testid=stApp]'), '::before').content"
    assert "not for paper" in screen.page.evaluate(told)
    screen.page.emulate_media(media="screen")
    expect(screen.page.locator(".hx-schedule")).to_be_visible()

"""The preview beside the steps: one viewer for all of them, one day for slider, schedule and charts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.screen import Screen

pytestmark = pytest.mark.browser
STEPS = ("limb", "frame", "deformity", "mounting", "treatment", "check", "prescription", "follow-up")
# Marks the canvas or tells its mark: a viewer that was taken down has another one.
CANVAS = """mark => {
  for (const host of document.querySelectorAll('.st-key-pane *')) {
    const canvas = host.shadowRoot?.querySelector('canvas');
    if (canvas && mark) canvas.dataset.mark = mark;
    if (canvas) return canvas.dataset.mark ?? '';
  }
  return 'no canvas';
}"""
BUILDS = "window.__hexapodViewer.timing.builds"


@pytest.mark.slow
def test_one_viewer_stays_through_all_steps_with_its_day_and_view(screen: Screen) -> None:
    screen.sample("tibia_varus")
    page, viewer = screen.page, screen.page.get_by_test_id("frame-viewer")
    viewer.get_by_role("button", name="Lateral").click()
    viewer.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(CANVAS, "the first") == "the first"
    builds = page.evaluate(BUILDS)
    for step in STEPS:
        screen.step(step)
        assert page.evaluate(CANVAS, "") == "the first", step
        expect(viewer).to_have_attribute("data-day", "2")
        expect(viewer).to_have_attribute("data-view", "Lateral")
    assert page.evaluate(BUILDS) == builds
    # An edit is drawn by the same viewer, at once; one that cannot be read is not drawn as zero.
    screen.step("deformity").enter("AP angulation, deg", "13")
    assert page.evaluate(BUILDS) == builds + 1
    expect(viewer).to_have_attribute("data-day", "2")
    screen.enter("AP angulation, deg", "x")
    expect(viewer).to_have_attribute("data-planned", "no")
    expect(viewer.get_by_role("list", name="Not drawn yet")).to_contain_text("AP angulation is not drawn")
    assert page.evaluate(CANVAS, "") == "the first"


def test_in_check_slider_schedule_and_charts_are_one_day_without_a_run(screen: Screen) -> None:
    screen.sample("tibia_varus").step("check")
    page, viewer = screen.page, screen.page.get_by_test_id("frame-viewer")
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", sent.append))
    chosen, told = page.locator(".hx-chosen th"), page.locator(".hx-charts figcaption b").first
    expect(chosen).to_have_text("0")
    page.locator(".hx-schedule tr[data-day='5']").click()
    expect(viewer).to_have_attribute("data-day", "5")
    expect(chosen).to_have_text("5")
    expect(told).to_have_text("Day 5:")
    page.locator(".hx-scroll").focus()
    page.keyboard.press("ArrowDown")
    expect(viewer).to_have_attribute("data-day", "6")
    page.get_by_test_id("day-slider").focus()
    page.keyboard.press("End")
    expect(chosen).to_have_text("90")
    expect(told).to_have_text("Day 90:")
    # The chosen row is in sight within its box.
    assert page.evaluate(
        """() => { const row = document.querySelector('.hx-chosen').getBoundingClientRect();
          const box = document.querySelector('.hx-scroll').getBoundingClientRect();
          return row.top >= box.top && row.bottom <= box.bottom + 1; }"""
    )
    assert sent == []


@pytest.mark.slow
def test_folded_away_it_leaves_its_room_to_the_step_and_comes_back(screen: Screen) -> None:
    screen.sample("tibia_varus").step("deformity")
    width = "document.querySelector('.st-key-page').clientWidth"
    narrow = screen.page.evaluate(width)
    screen.page.get_by_role("button", name="Hide the preview").click()
    wide = screen.page.evaluate(width)
    assert wide > narrow + 300
    assert screen.over_px <= 0
    screen.step("mounting")
    assert screen.page.evaluate(width) == wide
    screen.page.get_by_role("button", name="Show the preview").click()
    assert screen.page.evaluate(width) == narrow
    expect(screen.page.get_by_test_id("frame-viewer").locator("canvas")).to_be_visible()

"""Every step as a clinic sees it, at a desk and on a tablet: nothing beside the screen, the banner always in view.

The pictures are kept in `build/screens` (not in the repository) to be looked at: the first screen of each step, and
the whole of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.screen import ROOT, Screen

pytestmark = pytest.mark.browser
SCREENS = ROOT / "build" / "screens"
HEIGHT = {1280: 800, 820: 1180}
STEPS = ("limb", "frame", "deformity", "mounting", "treatment", "check", "prescription", "follow-up")
LONGEST_PX = 6000
CUT_PX = "element => element.scrollWidth - element.clientWidth"
SCROLL_DOWN = "document.querySelector('[data-testid=stMain]').scrollTo(0, 1e6)"
LENGTH = "document.querySelector('[data-testid=stMain]').scrollHeight"


def _keep(tab: Screen, width: int, name: str) -> None:
    """The first screen and the whole page, after what can be seen on them was judged."""
    height = HEIGHT[width]
    assert tab.over_px <= 0, f"{name}: wider than {width} px"
    tab.page.screenshot(path=SCREENS / f"{width}-{name}.png")
    if tab.page.locator(".hx-banner").count():
        tab.page.evaluate(SCROLL_DOWN)
        for part in ("limb", "id", "level", "state", "print"):
            expect(tab.page.locator(f".hx-{part}")).to_be_in_viewport(ratio=1)
            assert tab.page.locator(f".hx-{part}").evaluate(CUT_PX) <= 0, f"{name}: the banner's {part} is cut"
    tab.page.set_viewport_size({"width": width, "height": min(LONGEST_PX, max(height, tab.page.evaluate(LENGTH)))})
    tab.page.screenshot(path=SCREENS / f"{width}-{name}-whole.png")
    tab.page.set_viewport_size({"width": width, "height": height})


@pytest.mark.hazard("H-01")
@pytest.mark.parametrize("width", [1280, pytest.param(820, marks=pytest.mark.slow)])
def test_every_step_fits_its_screen_and_keeps_the_banner(tab: Screen, width: int) -> None:
    Path(SCREENS).mkdir(parents=True, exist_ok=True)
    tab.page.set_viewport_size({"width": width, "height": HEIGHT[width]})
    _keep(tab.open(""), width, "0-list")
    tab.open("?case=sample-tibia_stacked_transport&step=limb")
    for number, step in enumerate(STEPS, start=1):
        _keep(tab.step(step), width, f"{number}-{step}")
    tab.page.emulate_media(color_scheme="dark")
    _keep(tab.step("check"), width, "6-check-dark")
    tab.page.emulate_media(color_scheme="light")
    _keep(tab.open("?case=sample-foot_ankle&step=check"), width, "6-check-caution")
    _keep(tab.open("?case=sample-refused_strut_travel&step=check"), width, "6-check-refused")
    _keep(tab.open("?case=new&step=check"), width, "6-check-empty")

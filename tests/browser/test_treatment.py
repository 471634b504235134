"""The treatment step with real keys: what is typed last goes where it was typed, whatever is clicked next."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import hexapod
from tests.browser.screen import Screen, sample


@pytest.mark.hazard("H-13", "H-21")
@pytest.mark.slow
def test_a_treatment_is_put_in_and_compared_with_another(screen: Screen) -> None:
    wanted = sample("tibia_varus")
    level = wanted["levels"][0]
    level["stages"] = hexapod.stages_from_template(
        "lengthening", deformity=level["deformity"], reference=level["reference"], length_mm=12.5
    )
    screen.sample("tibia_varus").step("treatment").choose("Choose a protocol", "Lengthening")
    screen.type("Lengthening, mm", "12,5").button("Use this protocol").click()
    screen.settle()
    expect(screen.page.locator(".hx-stage:not(.hx-stage-head)")).to_have_count(2)
    expect(screen.page.locator(".hx-effect")).to_contain_text("day 20, ")
    screen.button("Keep this as alternative A and try another").click()
    screen.settle().type("Maximum rate, mm per day", "0,8").button("Work on A").click()
    screen.settle()
    expect(screen.field("Maximum rate, mm per day")).to_have_value("1")
    expect(screen.page.locator(".hx-effect")).to_contain_text("3 days more")
    expect(screen.page.locator(".hx-in-work")).to_contain_text("Alternative A is in work")
    screen.step("check")
    assert screen.saved_case() == wanted
    screen.step("treatment").button("Work on B").click()
    screen.settle()
    expect(screen.field("Maximum rate, mm per day")).to_have_value("0,8")
    level["limits"]["mm_per_day"] = 0.8
    screen.step("check")
    assert screen.saved_case() == wanted
    screen.page.reload()
    screen.settle().step("treatment")
    expect(screen.page.locator(".hx-in-work")).to_contain_text("Alternative B is in work")
    screen.button("Restore previous stages").click()
    screen.settle()
    expect(screen.page.locator(".hx-stage:not(.hx-stage-head)")).to_have_count(4)


@pytest.mark.slow
def test_a_hexapod_is_chosen_by_its_part_of_the_drawing_and_by_keys(screen: Screen) -> None:
    screen.sample("tibia_trifocal").step("treatment")
    shown = screen.page.locator(".hx-banner .hx-level")
    expect(shown).to_contain_text("Hexapod 1 of 3")
    for number in (2, 3, 1):
        drawing = screen.settle().page.locator(".hx-construct").bounding_box()
        assert drawing is not None
        screen.page.mouse.click(drawing["x"] + 10, drawing["y"] + (number - 0.5) * drawing["height"] / 3)
        expect(shown).to_contain_text(f"Hexapod {number} of 3")
    screen.settle().button("Hexapod 2: docking site").focus()
    screen.page.keyboard.press("Enter")
    expect(shown).to_contain_text("Hexapod 2 of 3")

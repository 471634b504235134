"""A visit as a clinic has it: plan signed, six readings pasted, recorded, and the plan goes on after a pause."""

from __future__ import annotations

import datetime

import pytest
from playwright.sync_api import expect

import hexapod
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.replan import Wishes, replan
from hexapod.plan.plan_file import plan_sha256
from hexapod.text.follow_up_text import follow_up_sentences
from hexapod.text.numbers import number
from tests.browser.screen import Screen, sample

pytestmark = pytest.mark.browser

RED = "Strut 1 (red), mm"
ORANGE = "Strut 2 (orange), mm"


def _fields(screen: Screen) -> list[str]:
    shown = screen.page.locator(".st-key-visit-readings-0 input")
    return [shown.nth(k).input_value() for k in range(6)]


@pytest.mark.hazard("H-04")
@pytest.mark.hazard("H-20")
@pytest.mark.slow
def test_from_the_sample_to_the_plan_that_goes_on(screen: Screen) -> None:
    page = screen.page
    case = hexapod.read_case(sample("tibia_varus") | {"id": "visit-1"})
    plan = hexapod.make_plan(case)
    date = case.first_day + datetime.timedelta(days=12)
    screen.sample("tibia_varus").step("limb").enter("Case id", "visit-1").step("check")
    page.locator(".st-key-issue button").click()
    screen.settle().enter("Your name, as it shall stand below the plan", "Dr A. B.")
    page.locator(".st-key-sign button").click()
    screen.settle().step("follow-up")
    expect(page.locator(".hx-followed")).to_contain_text("plan 1, signed by Dr A. B.")

    # Six numbers pasted into the third field are those of the six struts; the answer comes at once.
    late = plan.levels[0].rows[9].settings_mm
    screen.enter("Date of the visit", date.isoformat())
    screen.clear("Strut 3 (yellow), mm")
    page.keyboard.insert_text("\t".join(map(number, late)))
    page.keyboard.press("Tab")
    screen.settle()
    assert _fields(screen) == [number(setting) for setting in late]
    found = follow_up(plan, date, late)
    told = page.locator(".hx-found").inner_text().replace("\xa0", " ")
    # White space is one space on a page.
    assert all(" ".join(sentence.split()) in told for sentence in follow_up_sentences(found))
    films = page.locator(".st-key-visit-films-0 svg")
    expect(films.locator("path[stroke-dasharray]")).to_have_count(5)
    expect(page.locator(".st-key-visit-bars-0 svg")).to_contain_text("red: 3 mm less")

    # A reading that cannot be read takes the answer away; nothing that was typed goes, also by F5.
    screen.enter(ORANGE, "160 mm")
    expect(screen.message("type the number alone")).to_be_visible()
    expect(page.locator(".hx-found")).to_have_count(0)
    expect(screen.button("Record this visit")).to_be_disabled()
    page.reload()
    expect(page.locator(".st-key-body-follow-up")).to_be_visible(timeout=20_000)
    screen.settle()
    assert _fields(screen) == [number(late[0]), "160 mm", *map(number, late[2:])]
    screen.enter(ORANGE, number(late[1])).enter("Next visit", "2026-03-28")

    # A reading typed with the very click that records: what is recorded is what stands on the page.
    screen.type(RED, "150")
    page.locator(".st-key-visit-record button").click()
    screen.settle()
    if page.locator(".hx-visits-scroll tbody tr").count():
        expect(page.locator(".hx-visits-scroll tbody tr").first).to_contain_text(" ".join(_fields(screen)))
    screen.enter(RED, number(late[0]))
    before = page.locator(".hx-visits-scroll tbody tr").count()
    screen.button("Record this visit").click()
    expect(screen.said).to_contain_text("is recorded: 2026-03-14, plan 1")
    expect(page.locator(".hx-visits-scroll tbody tr")).to_have_count(before + 1)
    expect(page.locator(".hx-visits-scroll tbody tr").first).to_contain_text(found.explanation.sentence)

    screen.enter("Pause first, days", "3")
    new = replan(found, Wishes(pause_days=3))
    expect(page.locator(".hx-would")).to_contain_text(plan_sha256(hexapod.make_plan(new))[:12])
    screen.button("Go on with this in Treatment").click()
    expect(page.locator(".st-key-body-treatment")).to_be_visible()
    screen.settle().step("check")
    assert screen.plan_id == plan_sha256(hexapod.make_plan(new))[:12]
    made = hexapod.make_plan(new)
    assert screen.rows() == [[str(row.day), *map(number, row.settings_mm)] for row in made.levels[0].rows]
    expect(page.locator(".st-key-body-check")).to_contain_text("The patient follows plan 1, signed by Dr A. B.")

"""Defects of widgets that change, lose or delay what a clinician types: each is tried with real keys.

The numbers are those of docs/decisions/0003-screens.md's list as it was found; a test without a file stands here.

==  =============================================================  ====================================================
no  defect of the widget                                           test
==  =============================================================  ====================================================
 1  a number field changes `1,5`, a pasted minus, 12.7             a_comma_is_a_decimal_comma, a_pasted_minus_is_not_lost,
                                                                   a_count_of_12_7_is_not_12
 2  a bad entry leaves the old value in the plan                   a_bad_entry_is_refused_and_the_plan_withdrawn
 3  a table that is edited reads `133,5` as 1335                   a_reading_with_a_comma_is_not_ten_times_as_long,
                                                                   no_step_has_a_widget_that_changes_numbers
 4  a download pressed at once holds the value before              a_value_typed_just_before_saving_is_in_the_file;
                                                                   test_documents: a_reason_typed_just_before, and
                                                                   what is saved at once in test_whole_journeys
 5  a message swallows keys of the next field                      a_message_swallows_no_key_of_the_next_field,
                                                                   the_first_entries_of_a_new_case_arrive_whole
 6  F5 is a new session                                            a_reload_keeps_every_entry_even_a_wrong_one;
                                                                   test_faults: a_server_killed_while_somebody_types
 7  a rerun by the program drops edits in flight                   an_edit_in_flight_survives_every_button;
                                                                   test_treatment
 8  a cache knows large arrays by a sample                         test_journeys: a_remembered_plan_is_never_shown
 9  an icon is fetched from an outside host                        the_pages_picture_is_our_own; every tab of conftest.py
10  a printed page is blank                                        test_reading: the_page_itself_is_not_printed
11  values set from outside and a late address hide defects        no_test_types_without_keys
12  a field disabled in the run of its last value drops it         no_step_has_a_field_that_can_be_disabled
13  HTML on the page loses its drawings                            every_drawing_is_on_the_page; test_drawings
==  =============================================================  ====================================================
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import expect

import hexapod
from hexapod.plan.plan_file import plan_sha256
from tests.browser.screen import Screen, sample

pytestmark = pytest.mark.browser
ANGLE = "AP angulation, deg"


BAD = {
    "1e2": "powers of ten are not read",
    "-7.5": "a size has no sign",
    "7.5 mm": "type the number alone",
    "1.234,5": "without thousands marks",
    "1,234": "thousands or decimals?",
    "95": "must be below 80",
}


@pytest.mark.hazard("H-02")
@pytest.mark.slow
def test_a_comma_is_a_decimal_comma(screen: Screen) -> None:
    screen.sample("tibia_varus")
    document = sample("tibia_varus")
    for typed, meant in {"1,5": 1.5, "12.7": 12.7, "12,5": 12.5}.items():
        screen.step("deformity").enter(ANGLE, typed)
        expect(screen.page.locator(".hx-readback").first).to_contain_text(f"{meant:g}\u00a0deg varus")
        expect(screen.field(ANGLE)).to_have_value(typed)
        screen.step("check")
        document["levels"][0]["deformity"]["varus_deg"] = meant
        assert screen.saved_case() == document
        assert screen.plan_id == plan_sha256(hexapod.make_plan(hexapod.read_case(document)))[:12]


@pytest.mark.hazard("H-13")
def test_a_bad_entry_is_refused_and_the_plan_withdrawn(screen: Screen) -> None:
    screen.sample("tibia_varus")
    for typed, sentence in BAD.items():
        screen.step("deformity").enter(ANGLE, typed)
        expect(screen.message(sentence)).to_be_visible()
        expect(screen.state).to_have_text("Entry to correct")
        expect(screen.field(ANGLE)).to_have_value(typed)
        screen.step("check")
        expect(screen.schedule).to_have_count(0)
        expect(screen.page.get_by_test_id("frame-viewer")).to_have_attribute("data-planned", "no")
        expect(screen.page.get_by_test_id("stDownloadButton")).to_have_count(0)


@pytest.mark.hazard("H-02")
@pytest.mark.slow
def test_a_pasted_minus_is_not_lost(screen: Screen) -> None:
    screen.sample("tibia_varus").step("deformity")
    for pasted in ("\u22127.5", "\u20137.5", "\u20147.5"):
        screen.clear(ANGLE)
        screen.page.keyboard.insert_text(pasted)
        screen.page.keyboard.press("Tab")
        expect(screen.message(f"“{pasted}”: a size has no sign")).to_be_visible()
        expect(screen.field(ANGLE)).to_have_value(pasted)


@pytest.mark.slow
def test_a_count_of_12_7_is_not_12(screen: Screen) -> None:
    screen.sample("tibia_varus").step("treatment").enter("Adjustments per day", "12.7")
    expect(screen.message("must be a whole number")).to_be_visible()
    expect(screen.state).to_have_text("Entry to correct")


@pytest.mark.hazard("H-04")
@pytest.mark.slow
def test_a_reading_with_a_comma_is_not_ten_times_as_long(screen: Screen) -> None:
    screen.sample("forearm_fine_struts").step("frame")
    label = "Strut 1 (red), mm"
    wanted = sample("forearm_fine_struts")
    reading = wanted["levels"][0]["frame"]["settings_mm"][0] + 0.25
    screen.enter(label, f"{reading:g}".replace(".", ",")).step("check")
    wanted["levels"][0]["frame"]["settings_mm"][0] = reading
    assert screen.saved_case() == wanted


@pytest.mark.slow
def test_no_step_has_a_widget_that_changes_numbers(screen: Screen) -> None:
    screen.sample("tibia_varus")
    for step in ("limb", "frame", "deformity", "mounting", "treatment", "check", "prescription"):
        screen.step(step)
        for bad in ('input[type="number"]', '[data-testid="stNumberInput"]', '[data-testid="stDataFrame"]'):
            expect(screen.page.locator(bad)).to_have_count(0)
    expect(screen.page.get_by_test_id("stTextInput")).to_have_count(0)
    expect(screen.page.get_by_test_id("stTextArea")).to_have_count(0)


@pytest.mark.hazard("H-13")
@pytest.mark.slow
def test_a_value_typed_just_before_saving_is_in_the_file(screen: Screen) -> None:
    """The field is not left, the next click is on the plan, the one after on the download: the new value or no file."""
    screen.sample("tibia_varus").step("deformity").type(ANGLE, "13.5")
    screen.page.locator(".st-key-step-prescription button:visible").click()
    # By then the documents are made, too.
    expect(screen.button("Save the case file")).to_be_visible(timeout=60_000)
    document = screen.saved_case()
    assert document["levels"][0]["deformity"]["varus_deg"] == 13.5
    name, rows = screen.saved_schedule()
    planned = hexapod.make_plan(hexapod.read_case(document))
    assert plan_sha256(planned)[:12] in name
    assert {row["case_sha256"] for row in rows} == {planned.case_sha256}
    assert [float(row["strut_2_mm"]) for row in rows] == [row.settings_mm[1] for row in planned.levels[0].rows]


@pytest.mark.hazard("H-21")
@pytest.mark.slow
def test_a_message_swallows_no_key_of_the_next_field(screen: Screen) -> None:
    screen.sample("tibia_varus").step("frame")
    labels = [f"Strut {k} ({c}), mm" for k, c in enumerate(("red", "orange", "yellow", "green", "blue", "violet"), 1)]
    for number, (label, following) in enumerate(itertools.pairwise(labels)):
        screen.type(label, "bad")
        before = _from_the_page(screen, following)
        screen.page.keyboard.press("Tab")
        screen.page.keyboard.press("ControlOrMeta+a")
        screen.page.keyboard.type(f"13{number}.2512345"[:7], delay=60)
        expect(screen.message("is not a number").first).to_be_visible()
        expect(screen.field(following)).to_have_value(f"13{number}.2512345"[:7])
        assert _from_the_page(screen, following) == before


def _from_the_page(screen: Screen, label: str) -> list[float]:
    """Where a field stands on the page, however far that is scrolled."""
    main = "document.querySelector('[data-testid=stMain]').scrollTop"
    place = f"(e => [e.getBoundingClientRect().x, Math.round(e.getBoundingClientRect().y + {main})])"
    return screen.field(label).evaluate(place)


@pytest.mark.hazard("H-21")
def test_the_first_entries_of_a_new_case_arrive_whole(screen: Screen) -> None:
    """The first entry gives the draft its name and address: nothing typed meanwhile may be lost."""
    screen.field("Case id").click()
    screen.page.keyboard.type("a bad id!", delay=20)
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.type("a title that is typed on and on while the page is told", delay=20)
    screen.page.keyboard.press("Tab")
    screen.settle()
    expect(screen.field("Case id")).to_have_value("a bad id!")
    expect(screen.field("Title (may stay empty)")).to_have_value(
        "a title that is typed on and on while the page is told"
    )
    expect(screen.message("no name of a patient")).to_be_visible()


@pytest.mark.hazard("H-21")
@pytest.mark.slow
def test_a_reload_keeps_every_entry_even_a_wrong_one(screen: Screen) -> None:
    screen.sample("tibia_varus").step("deformity").enter(ANGLE, "11,25").enter("AP translation, mm", "x")
    assert "case=" in screen.page.evaluate("location.href")
    screen.page.reload()
    expect(screen.field(ANGLE)).to_have_value("11,25", timeout=20_000)
    expect(screen.field("AP translation, mm")).to_have_value("x")
    expect(screen.state).to_have_text("Entry to correct")
    screen.settle().enter("AP translation, mm", "2").step("check")
    assert screen.saved_case()["levels"][0]["deformity"]["varus_deg"] == 11.25


@pytest.mark.hazard("H-21")
@pytest.mark.slow
def test_an_edit_in_flight_survives_every_button(screen: Screen) -> None:
    screen.sample("tibia_varus").step("treatment").button("Open all").click()
    screen.settle().type("Stage 1: name", "rest first")
    screen.page.get_by_role("button", name="Add a stage").click()
    screen.settle()
    expect(screen.field("Stage 1: name")).to_have_value("rest first")
    screen.type("Stage 5: name", "the last")
    screen.page.get_by_role("button", name="Remove").first.click()
    screen.settle()
    expect(screen.field("Stage 4: name")).to_have_value("the last")
    screen.type("Maximum rate, mm per day", "0,8")
    screen.page.locator(".st-key-step-limb button:visible").click()
    screen.settle().step("treatment")
    expect(screen.field("Maximum rate, mm per day")).to_have_value("0,8")


def test_the_pages_picture_is_our_own(screen: Screen) -> None:
    icons = screen.page.evaluate("[...document.querySelectorAll('link[rel~=icon]')].map(link => link.href)")
    assert icons
    assert all(icon.startswith((screen.address, "data:")) for icon in icons)
    assert not any("favicon.png" in icon for icon in icons)


def test_no_test_types_without_keys() -> None:
    """Setting a value from outside sends no keys, and the address that Playwright remembers lags behind the page."""
    hidden = (".fi" + "ll(", "page.u" + "rl")
    found = [
        (path.name, word)
        for path in sorted(Path(__file__).parent.glob("*.py"))
        for word in hidden
        if word in path.read_text("utf-8")
    ]
    assert not found


@pytest.mark.hazard("H-21")
@pytest.mark.slow
def test_no_field_is_closed_for_somebody_who_may_type(screen: Screen) -> None:
    """Signed and with nothing left to say: a question that is answered is not there, instead of greyed out."""
    screen.open("?case=sample-tibia_varus&step=limb").enter("Case id", "never-disabled").step("check")
    screen.page.locator(".st-key-issue button").click()
    expect(screen.said).to_contain_text("is finalised")
    screen.enter("Your name, as it shall stand below the plan", "AN").page.locator(".st-key-sign button").click()
    expect(screen.said).to_contain_text("is signed by AN")
    screen.page.locator(".st-key-revise button").click()  # until then the entries of the signed plan are closed
    expect(screen.said).to_contain_text("A draft is begun beside plan 1.")
    for step in ("limb", "frame", "deformity", "mounting", "treatment", "check", "prescription", "follow-up"):
        screen.step(step)
        expect(screen.page.locator("input:disabled:not([type=file]), textarea:disabled")).to_have_count(0)


@pytest.mark.slow
def test_every_drawing_is_on_the_page(screen: Screen) -> None:
    screen.open("?case=sample-tibia_varus&step=deformity")
    expect(screen.page.locator(".hx-banner .hx-figure")).to_be_visible()
    assert screen.page.locator(".hx-films svg[role=img]").count() == 2
    assert screen.page.locator(".hx-measure svg").count() >= 9
    screen.step("check")
    assert screen.page.locator("[class*='st-key-charts-'] svg").count() >= 5

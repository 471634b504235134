"""A signed case is locked and revised beside its plan; what a button refuses is told beside it, on any screen."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

import hexapod
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.storage import text_of
from hexapod.case.files import case_text
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.library import Readings, Records, Visit, new_key
from hexapod.text.numbers import number
from tests.browser.conftest import watched_tab
from tests.browser.screen import ROOT, Screen, sample
from tests.browser.server import Server

pytestmark = pytest.mark.browser
SCREENS = ROOT / "build" / "screens"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
NEAR_PX = 140  # a button and the line below it, with a line of help between them
EDGE_PX = 4  # between a button and the lower edge of the screen: room for its frame and no more
NAME = "Your name, as it shall stand below the plan"


def _treated(records: Records, case_id: str, days_ago: int) -> tuple[str, hexapod.Case]:
    """A case of the library with plan 1 signed, day 0 so long ago."""
    first = datetime.date.today() - datetime.timedelta(days=days_ago)
    case = hexapod.read_case(sample("tibia_varus") | {"id": case_id, "start_date": first.isoformat()})
    key = new_key()
    records.drafts.save(key, 0, text_of(draft_of(case.document)))
    version = records.versions.save(key, 0, case_text(case).encode("utf-8"))
    issued = records.plans.issue(key, version.number, hexapod.make_plan(case))
    for caution in issued.cautions:
        records.plans.acknowledge(key, issued.number, caution.code, caution.level, "seen")
    records.plans.sign(key, issued.number, issued.plan_sha256, "Dr A. B.")
    return key, case


def _six(case: hexapod.Case, day: int) -> tuple[float, ...]:
    return hexapod.make_plan(case).levels[0].rows[day].settings_mm


def _picture(tab: Screen, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    tab.page.screenshot(path=SCREENS / f"library-{name}.png")


def _sized(tab: Screen, size: str) -> Screen:
    width, height = SIZES[size]
    tab.page.set_viewport_size({"width": width, "height": height})
    return tab


def _press_at_the_edge(tab: Screen, button: Locator) -> None:
    """A press with nothing of the page in sight below the button, as far as the page goes on above it."""
    tab.settle()
    # An expander hides what is beyond its edge while it grows, and keeps doing so when a new page disturbs it.
    tab.page.add_style_tag(content="details { overflow: hidden !important }")
    main = tab.page.get_by_test_id("stMain")
    button.evaluate(
        "(it, [main, edge]) => main.scrollBy(0, it.getBoundingClientRect().bottom + edge - main.clientHeight)",
        [main.element_handle(), EDGE_PX],
    )
    button.click()


def _told_beside(tab: Screen, button: Locator, text: str, picture: str = "") -> None:
    """The sentence is whole on the screen, and near the button that was pressed."""
    told = tab.page.locator(".hx-beside", has_text=text)
    expect(told).to_be_visible()
    tab.settle()
    if picture:
        _picture(tab, picture)
    expect(told).to_be_in_viewport(ratio=1)
    where, pressed = told.bounding_box(), button.bounding_box()
    assert where is not None
    assert pressed is not None
    below = where["y"] - (pressed["y"] + pressed["height"])
    assert -where["height"] - pressed["height"] <= below <= NEAR_PX, f"{below} px from the button"
    expect(tab.said).to_have_text("")


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.slow
def test_what_a_button_refuses_stands_beside_it(tab: Screen, server: Server, tmp_path: Path, size: str) -> None:
    records, page = server.records(), _sized(tab, size).page
    key, case = _treated(records, f"beside-{size}", 3)

    tab.open("")
    broken = tmp_path / "broken.json"
    broken.write_text("{", "utf-8")
    page.get_by_test_id("stFileUploader").scroll_into_view_if_needed()
    page.locator("input[type=file]").set_input_files(broken)
    _told_beside(tab, page.get_by_test_id("stFileUploader"), "broken.json was not opened.", f"{size}-upload")

    gone = new_key()
    records.drafts.save(gone, 0, json.dumps({"id": f"gone-{size}"}))
    tab.open("").settle()
    records.cases.erase(gone, "a test")
    button = page.locator(f".st-key-open-{gone} button").locator("visible=true").first
    if button.count():
        button.click()
        tab.settle()
        shown = page.locator(".hx-beside, .hx-said", has_text="was erased").first
        expect(shown).to_be_in_viewport(ratio=1)

    tab.open(f"?case={key}&step=check").settle()
    page.get_by_text("Stop plan 1").first.click()
    stop = page.locator(".st-key-stop-1 button")
    _press_at_the_edge(tab, stop)
    _told_beside(tab, stop, "Say why the plan is stopped.", f"{size}-stop")

    tab.open(f"?case={key}&step=limb").settle()
    page.get_by_text("In the library: surgeon").click()
    note = page.locator(".st-key-do-note button")
    _press_at_the_edge(tab, note)
    _told_beside(tab, note, "The note is empty.", f"{size}-note")

    tab.open(f"?case={key}&step=follow-up").settle()
    tab.enter("Date of the visit", datetime.date.today().isoformat())
    tab.clear("Strut 1 (red), mm")
    page.keyboard.insert_text(" ".join(map(number, _six(case, 3))))
    page.keyboard.press("Tab")
    tab.settle()
    revision = records.drafts.revision(key)
    draft = records.drafts.load(key)
    assert draft is not None
    records.drafts.save(key, revision, json.dumps(json.loads(draft.text) | {"title": "theirs"}))
    go_on = page.locator(".st-key-visit-go-on button")
    _press_at_the_edge(tab, go_on)
    _told_beside(tab, go_on, "first decide about the entries", f"{size}-go-on")
    tab.open(f"?case={key}&step=follow-up").settle()
    records.cases.archive(key, "moved")
    record = page.locator(".st-key-visit-record button")
    _press_at_the_edge(tab, record)
    _told_beside(tab, record, "This case is archived", f"{size}-record")


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.some(1)
@pytest.mark.slow
def test_signing_without_a_name_and_an_id_that_is_taken_are_told_there(tab: Screen, server: Server, size: str) -> None:
    page = _sized(tab, size).page
    tab.open("?case=sample-tibia_varus&step=limb").enter("Case id", f"unsigned-{size}").step("check")
    page.locator(".st-key-issue button").click()
    tab.settle()
    expect(page.locator(".st-key-body-check")).to_contain_text("past: its table begins with days that are over")
    sign = page.locator(".st-key-sign button")
    sign.click()
    _told_beside(tab, sign, "Type your name to sign with.", f"{size}-sign")
    tab.enter(NAME, "Dr A. B.")
    sign.click()
    expect(tab.said).to_contain_text("Plan 1 is signed by Dr A. B.")
    expect(page.locator(".hx-beside")).to_have_count(0)

    # Another case of the same id: told as soon as it is opened, and beside the button that does not issue it.
    case = hexapod.read_case(sample("tibia_varus") | {"id": f"unsigned-{size}", "title": "again"})
    other = new_key()
    server.records().drafts.save(other, 0, text_of(draft_of(case.document)))
    tab.open(f"?case={other}&step=limb").settle()
    alarm = page.locator(".st-key-alarm-same-id")
    expect(alarm).to_be_in_viewport(ratio=1)
    _picture(tab, f"{size}-same-id")
    tab.step("check")
    expect(page.locator(".st-key-issue button")).to_be_disabled()
    page.locator(".st-key-issue button").scroll_into_view_if_needed()
    expect(page.locator(".st-key-signature .hx-wrong", has_text="Each limb has one id")).to_be_in_viewport(ratio=1)


@pytest.mark.hazard("H-28")
@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.slow
def test_a_signed_case_is_revised_refused_and_continued_from_the_visit(tab: Screen, server: Server, size: str) -> None:
    records, page = server.records(), _sized(tab, size).page
    key, case = _treated(records, f"revised-{size}", 28)
    today = datetime.date.today()
    records.visits.add(key, 1, Visit(today, (Readings(0, _six(case, 28)),), "on schedule"))

    tab.open(f"?case={key}&step=treatment").settle()
    limit = page.get_by_label("Maximum rate, mm per day", exact=True)
    expect(limit).to_be_disabled()
    _picture(tab, f"{size}-locked")
    page.locator(".st-key-revise button").click()
    tab.settle()
    expect(limit).to_be_enabled()
    expect(tab.said).to_contain_text("A draft is begun beside plan 1.")
    page.reload()
    tab.settle()
    expect(limit).to_be_enabled()  # also for whoever opens it later

    tab.enter("Maximum rate, mm per day", "0.5").step("check")
    expect(tab.state).to_have_text("Refused")
    expect(page.locator(".st-key-issue button")).to_be_disabled()
    again = page.locator(".st-key-continue-visit button")
    again.scroll_into_view_if_needed()
    _picture(tab, f"{size}-not-continued")
    expect(page.locator(".hx-finding", has_text="visit.not_continued")).to_be_visible()

    # The signed plan stays printable beside the draft.
    tab.step("prescription")
    page.get_by_text("Plan 1, signed, that the patient follows").click()
    tab.settle()
    expect(tab.button("Change what is printed")).to_be_visible(timeout=60_000)
    tab.settle()
    _picture(tab, f"{size}-documents")
    name, content = tab.save("Schedule, a row a day (CSV)")
    assert "draft" not in name.lower()
    assert number(_six(case, 28)[0]) in content.decode()

    tab.step("check")
    again.click()
    tab.settle()
    expect(page.locator(".st-key-body-follow-up")).to_be_visible()
    page.wait_for_timeout(1_000)  # what stands above is drawn in parts
    _picture(tab, f"{size}-continue")
    expect(page.get_by_text("How the plan goes on from these readings")).to_be_in_viewport()
    tab.enter("Then slower: at most, mm per day", "0.5")
    page.locator(".st-key-visit-go-on button").click()
    expect(page.locator(".st-key-body-treatment")).to_be_visible()
    tab.settle().step("check")
    expect(page.locator(".hx-finding", has_text="visit.not_continued")).to_have_count(0)
    _accepted(tab)
    page.locator(".st-key-issue button").click()
    tab.settle().enter(NAME, "Dr A. B.")
    page.locator(".st-key-sign button").click()
    expect(tab.said).to_contain_text("Plan 2 is signed by Dr A. B.")
    assert [one.state for one in records.plans.of(key)] == ["superseded", "signed"]
    new = json.loads(records.plans.file(key, 2))["levels"][0]["rows"][0]
    assert (new["date"], tuple(new["settings_mm"])) == (today.isoformat(), _six(case, 28))
    tab.step("treatment")
    expect(limit).to_be_disabled()


def _accepted(tab: Screen) -> None:
    if warnings := tab.page.locator('input[aria-label^="Reason for "]').count():
        tab.acknowledge("AB", ["seen"] * warnings)


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("answer", ["yes", "no"])
@pytest.mark.some(2)
@pytest.mark.slow
def test_another_side_is_asked_about_first(tab: Screen, server: Server, size: str, answer: str) -> None:
    key, _ = _treated(server.records(), f"asked-{size}-{answer}", 28)
    page = _sized(tab, size).page
    tab.open(f"?case={key}&step=limb").settle()
    page.locator(".st-key-revise button").click()
    tab.settle().choose("Side", "LEFT")
    expect(page.locator(".hx-limb")).to_have_text("RIGHT TIBIA")
    question = page.locator(".st-key-alarm-question")
    expect(question).to_contain_text("Side: left instead of right.")
    expect(question).to_be_in_viewport(ratio=1)
    _picture(tab, f"{size}-question")
    page.locator(f".st-key-question-{answer} button").click()
    tab.settle()
    expect(question).to_have_count(0)
    expect(page.locator(".hx-limb")).to_have_text("LEFT TIBIA" if answer == "yes" else "RIGHT TIBIA")
    draft: Any = server.records().drafts.load(key)
    assert json.loads(draft.text)["limb"]["side"] == ("left" if answer == "yes" else "right")


@pytest.mark.hazard("H-28")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.some(1)
def test_whoever_is_overdue_is_first_on_the_list(tab: Screen, server: Server, size: str) -> None:
    records = server.records()
    key, _ = _treated(records, f"overdue-{size}", 40)
    records.visits.arrange(key, datetime.date.today() - datetime.timedelta(days=13))
    _treated(records, f"later-{size}", 1)
    _sized(tab, size).open("")
    row = tab.page.locator(f".st-key-case-{key}")
    expect(row.locator(".hx-overdue")).to_have_text("overdue 13 days")
    expect(row.locator(".hx-overdue")).to_be_in_viewport(ratio=1)
    _picture(tab, f"{size}-list")
    assert tab.over_px <= 0


@pytest.mark.slow
def test_twenty_cases_are_on_a_screen_under_their_headings(chromium: Browser, own_server: Server) -> None:
    """A case a row, with who signed and what is next; none of its words is cut in the columns that must be read."""
    records = own_server.records()
    for number_of in range(24):
        case = sample("tibia_varus") | {"id": f"CLINIC-{number_of:04}"}
        records.drafts.save(new_key(), 0, text_of(draft_of(case)))
    key, _ = _treated(records, "CLINIC-late", 40)
    records.visits.arrange(key, datetime.date.today() - datetime.timedelta(days=13))
    with watched_tab(chromium) as page:
        tab = Screen(page, own_server.address).open("")
        for width, height in ((1280, 800), (1024, 768), (820, 1180)):
            page.set_viewport_size({"width": width, "height": height})
            tab.settle()
            rows = page.locator(".st-key-case-rows .hx-case")
            expect(rows).to_have_count(20)
            _picture(tab, f"{width}-twenty")
            if height >= 800:
                expect(rows.last).to_be_in_viewport(ratio=1)
            heads = page.locator(".hx-case-head span")
            assert heads.all_inner_texts() == ["Case", "Limb", "Status", "Signed by", "Next", "Visits"]
            for cell in range(2, 7):
                ends = [
                    part.locator(f"span:nth-child({cell})").bounding_box()
                    for part in (page.locator(".hx-case-head"), rows.first)
                ]
                assert abs(ends[0]["x"] - ends[1]["x"]) <= 1, f"column {cell} at {width} px"
            late = page.locator(f".st-key-case-{key}")
            assert late.locator(".hx-case span:nth-child(4)").inner_text() == "Dr A. B."
            for cell in (2, 3, 6):
                cut = late.locator(f".hx-case span:nth-child({cell})").evaluate("e => e.scrollWidth - e.clientWidth")
                assert cut <= 0, f"column {cell} at {width} px"
        page.set_viewport_size({"width": 1280, "height": 800})
        # The whole row opens its case, wherever it is clicked.
        late.locator(".hx-case span:nth-child(6)").click(force=True)
        expect(page.locator(".hx-id")).to_have_text("CLINIC-late")


def test_readings_of_the_pages_visit_are_those_of_the_function() -> None:
    """The day of the tests above is a day of the plan, and its readings are explained by it."""
    case = hexapod.read_case(sample("tibia_varus"))
    date = case.first_day + datetime.timedelta(days=28)
    assert follow_up(hexapod.make_plan(case), date, _six(case, 28)).explanation.kind == "on-schedule"

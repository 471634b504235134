from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

import hexapod
from hexapod.documents.schedule_csv import schedule_csv
from hexapod.plan.plan_file import plan_sha256
from hexapod.text.numbers import number
from tests.browser.screen import SAMPLES, SCHEDULE, Screen, sample

pytestmark = pytest.mark.browser


def _rows(plan: hexapod.Plan, level: int = 0) -> list[list[str]]:
    return [[str(row.day), *map(number, row.settings_mm)] for row in plan.levels[level].rows]


def test_the_transport_sample_from_opening_to_the_file(screen: Screen) -> None:
    case = hexapod.load_case(SAMPLES / "tibia_transport.json")
    plan = hexapod.make_plan(case)
    screen.sample("tibia_transport")
    expect(screen.page.locator(".hx-limb")).to_have_text("RIGHT TIBIA")
    assert screen.plan_id == plan_sha256(plan)[:12]
    assert screen.rows() == _rows(plan)

    viewer = screen.page.get_by_test_id("frame-viewer")
    slider = screen.page.get_by_test_id("day-slider")
    slider.scroll_into_view_if_needed()
    slider.focus()
    for _ in range(12):
        screen.page.keyboard.press("ArrowRight")
    expect(viewer).to_have_attribute("data-day", "12")
    shown = viewer.locator(".settings .value").all_inner_texts()
    assert [float(text) for text in shown] == list(plan.levels[0].rows[12].settings_mm)
    expect(screen.page.locator(".hx-chosen th")).to_have_text("12")
    assert screen.rows() == _rows(plan)

    name, rows = screen.saved_schedule()
    assert name == f"{case.id}_right_DRAFT_transport-segment_schedule_{plan_sha256(plan)[:12]}.csv"
    assert len(rows) == len(plan.levels[0].rows)
    for row, planned in zip(rows, plan.levels[0].rows, strict=True):
        assert row["case_sha256"] == plan.case_sha256
        assert (row["case"], row["side"], row["bone"]) == (case.id, "right", "tibia")
        assert (row["day"], row["date"], row["stage"]) == (str(planned.day), planned.date.isoformat(), planned.stage)
        for strut in range(1, 7):
            assert float(row[f"strut_{strut}_mm"]) == planned.settings_mm[strut - 1]
            assert row[f"strut_{strut}_model"] == planned.models[strut - 1]
            for dose, settings in enumerate(planned.doses_mm, start=1):
                assert float(row[f"strut_{strut}_reading_{dose}_mm"]) == settings[strut - 1]
    _, content = screen.save(SCHEDULE)
    assert content.decode("utf-8") == schedule_csv(plan, 0)
    assert screen.saved_case() == sample("tibia_transport")


# Of every drawing beside two words: the words as drawn, from left to right or from the top, and as on the buttons.
WORDS_IN_ORDER = """() => [...document.querySelectorAll('[class*="st-key-drawn-"]')].flatMap(row => {
  const buttons = [...row.querySelectorAll('[role=radio]')].map(one => one.textContent.trim());
  if (buttons.length !== 2) return [];
  const at = word => [...row.querySelectorAll('svg text')].filter(text => text.textContent === word.split(' ').at(-1))
    .map(text => text.getBoundingClientRect())[0];
  const boxes = buttons.map(at);
  if (!boxes[0] || !boxes[1]) return [];
  const [a, b] = boxes, across = Math.abs(a.x - b.x) > 5;
  return [[buttons.join(', '), across ? a.x < b.x : a.y < b.y]];
})"""


@pytest.mark.hazard("H-01")
@pytest.mark.slow
def test_left_and_right_are_written_out(screen: Screen) -> None:
    screen.choose("Side", "LEFT").choose("Bone", "femur")
    expect(screen.page.locator(".hx-limb")).to_have_text("LEFT FEMUR")
    # The day is picked in a calendar, and told with its weekday; typed with the month first where the clinic says so.
    pick = "e => { e.value = '2026-12-07'; e.dispatchEvent(new Event('change')); }"
    screen.page.locator(".hx-pick-date").first.evaluate(pick)
    screen.settle()
    expect(screen.field("Date of day 0")).to_have_value("2026-12-07")
    how = screen.page.get_by_role("radiogroup", name="How dates are typed")
    if not how.is_visible():  # folded, where an earlier case has told of the clinic
        screen.page.get_by_text("Change; the next case starts with it").click()
    screen.choose("How dates are typed", "also 12/07/2026 (month first)").enter("Date of day 0", "12/08/2026")
    expect(screen.page.get_by_text("Tuesday 8 December 2026.")).to_be_visible()
    screen.step("deformity").choose("Reference fragment (fixed)", "proximal fragment")
    left = screen.page.evaluate(WORDS_IN_ORDER)
    assert "medial, lateral" in [words for words, _ in left]
    assert all(right for _, right in left), left
    screen.step("limb").choose("Side", "RIGHT")
    expect(screen.page.locator(".hx-limb")).to_have_text("RIGHT FEMUR")
    screen.step("deformity")
    right = screen.page.evaluate(WORDS_IN_ORDER)
    assert "lateral, medial" in [words for words, _ in right]
    assert all(one for _, one in right), right
    # A zero is one click, and so is a protocol.
    screen.page.get_by_role("button", name="none", exact=True).first.click()
    screen.settle()
    expect(screen.field("AP angulation, deg")).to_have_value("0")
    screen.step("treatment")
    screen.choose("Choose a protocol", "All at once")
    expect(screen.page.locator(".hx-stage:not(.hx-stage-head) b").first).to_have_text("latency")
    screen.sample("tibia_chronic")
    expect(screen.page.locator(".hx-limb")).to_have_text("LEFT TIBIA")
    expect(screen.page.get_by_test_id("frame-viewer").locator(".limb")).to_have_text("LEFT TIBIA")


@pytest.mark.hazard("H-08")
@pytest.mark.slow
def test_a_refused_plan_has_no_schedule_no_preview_and_no_file_but_the_case(screen: Screen) -> None:
    screen.sample("refused_strut_travel")
    expect(screen.state).to_have_text("Refused")
    expect(screen.page.locator(".hx-finding.hx-refused").first).to_be_visible()
    expect(screen.schedule).to_have_count(0)
    # What is entered is drawn, as it stands on day 0; no day of a plan.
    expect(screen.page.get_by_test_id("frame-viewer").locator(".day")).to_have_text("As entered so far: no plan yet")
    expect(screen.page.get_by_test_id("day-slider")).to_be_hidden()
    screen.step("prescription")
    assert screen.downloads == ["Save the case file"]
    assert screen.saved_case() == sample("refused_strut_travel")


@pytest.mark.slow
def test_a_caution_is_acknowledged_before_anything_is_saved(screen: Screen) -> None:
    screen.sample("tibia_transport").step("treatment").button("Open all").click()
    screen.settle().page.get_by_label("Fixed length, days", exact=True).first.click()
    screen.page.keyboard.type("45", delay=30)
    screen.step("check")
    expect(screen.state).to_have_text("Caution")
    expect(screen.page.locator('input[aria-label^="Reason for "]').first).to_be_visible()
    for k, name in enumerate(_cautions(screen)):
        expect(screen.page.locator(".st-key-issue button")).to_be_disabled()
        screen.settle().enter(f"Reason for {name}", f"reason {k}")
    expect(screen.page.locator(".st-key-issue button")).to_be_disabled()
    screen.enter("Your name, for the warnings and the signature", "AB").step("prescription")
    assert "Patient sheet (PDF)" in screen.downloads
    document = screen.saved_case()
    _, rows = screen.saved_schedule()
    plan = hexapod.make_plan(hexapod.read_case(document))
    assert [row["strut_1_mm"] for row in rows] == [number(row.settings_mm[0]) for row in plan.levels[0].rows]
    screen.step("limb").enter("Title (may stay empty)", "another title").step("check")
    assert not any(one.input_value() for one in screen.page.locator('input[aria-label^="Reason for "]').all())
    screen.step("prescription")
    assert screen.downloads == ["Save the case file"]
    expect(screen.button("Make the documents")).to_be_disabled()


def _cautions(screen: Screen) -> list[str]:
    fields = screen.page.locator('input[aria-label^="Reason for "]').all()
    return [(field.get_attribute("aria-label") or "").removeprefix("Reason for ") for field in fields]


@pytest.mark.hazard("H-15")
@pytest.mark.slow
def test_a_case_file_is_opened_or_refused_with_the_reason(screen: Screen, tmp_path: Path) -> None:
    screen.cases()
    chooser = screen.page.locator('input[type="file"]')
    document = sample("tibia_malrotation")
    document["id"] = "from-a-file"
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(document), "utf-8")
    chooser.set_input_files(good)
    expect(screen.said).to_contain_text("Case file opened: good.json")
    screen.settle()
    assert screen.plan_id == plan_sha256(hexapod.make_plan(hexapod.read_case(document)))[:12]
    assert screen.rows() == _rows(hexapod.make_plan(hexapod.read_case(document)))

    screen.cases()
    document["levels"][0]["deformity"]["varus_deg"] = -4
    bad.write_text(json.dumps(document), "utf-8")
    chooser.set_input_files(bad)
    refused = screen.page.locator(".hx-beside", has_text="bad.json was not opened")
    expect(refused).to_contain_text("levels[0].deformity.varus_deg = -4")
    expect(screen.page.locator(".st-key-case-rows").get_by_text("from-a-file")).to_be_visible()


@pytest.mark.slow
def test_levels_have_their_own_schedules(screen: Screen) -> None:
    plan = hexapod.make_plan(hexapod.load_case(SAMPLES / "tibia_two_levels.json"))
    screen.sample("tibia_two_levels")
    assert screen.rows() == _rows(plan, 0)
    screen.page.get_by_role("button", name="Hexapod 2:").click()
    screen.settle()
    assert screen.rows() == _rows(plan, 1)
    expect(screen.page.locator(".hx-level")).to_contain_text("Hexapod 2 of 2")
    name, rows = screen.saved_schedule("distal tibia")
    assert "_distal-tibia_schedule_" in name
    assert [row["strut_6_mm"] for row in rows] == [number(row.settings_mm[5]) for row in plan.levels[1].rows]


@pytest.mark.slow
def test_a_level_that_follows_has_its_own_schedule_and_stays_coupled(screen: Screen) -> None:
    case = hexapod.load_case(SAMPLES / "tibia_stacked_transport.json")
    plan = hexapod.make_plan(case)
    screen.sample("tibia_stacked_transport")
    screen.page.get_by_role("button", name="Hexapod 2:").click()
    screen.settle()
    assert screen.rows() == _rows(plan, 1)
    moves = screen.page.get_by_role("region", name="How the bone will move")
    expect(moves).to_contain_text("This hexapod compensates")
    expect(screen.page.locator(".hx-milestones")).to_contain_text("day 68, Saturday 20 June 2026")
    expect(screen.page.locator(".hx-schedule thead th").last).to_have_text("Docking, mm")
    viewer = screen.page.get_by_test_id("frame-viewer")
    legend = viewer.locator(".legend")
    expect(legend).to_contain_text("Segment between two hexapods: moves")
    viewer.get_by_role("button", name="This hexapod", exact=True).click()
    expect(legend).to_contain_text("drawn as if it were fixed")
    expect(legend).not_to_contain_text("new bone")
    _, content = screen.make().save(f"{SCHEDULE}, docking site")
    assert content.decode("utf-8") == schedule_csv(plan, 1)
    assert screen.saved_case() == case.document

    wanted = sample("tibia_stacked_transport")
    wanted["levels"][0]["limits"]["mm_per_day"] = 0.8
    screen.step("treatment")
    screen.page.get_by_role("button", name="Hexapod 1:").click()
    screen.settle().enter("Maximum rate, mm per day", "0,8")
    screen.page.get_by_role("button", name="Hexapod 2:").click()
    screen.settle()
    expect(screen.page.get_by_role("radio", name="compensates (keeps overall length)")).to_be_checked()
    screen.step("check")
    assert screen.saved_case() == wanted
    changed = hexapod.make_plan(hexapod.read_case(wanted))
    assert screen.rows() == _rows(changed, 1) != _rows(plan, 1)


@pytest.mark.hazard("H-21")
@pytest.mark.slow
def test_the_calendar_of_the_clinic_is_ticked_typed_and_saved(screen: Screen) -> None:
    screen.sample("tibia_varus").step("limb")
    screen.page.get_by_text("Change; the next case starts with it").click()
    for day in ("Monday", "Thursday"):
        screen.page.get_by_test_id("stCheckbox").filter(has_text=day).locator("label").click()
    screen.settle()
    dates = screen.field("Closed dates")
    dates.click()
    screen.page.keyboard.type("2026-12-24, 2026-12-25", delay=30)
    screen.page.keyboard.press("Tab")
    screen.settle().choose("Still growing", "yes").step("treatment")
    screen.enter("Minimum strut travel remaining, mm", "4,5").step("check")
    wanted = sample("tibia_varus")
    wanted |= {"clinic_days": ["mon", "thu"], "clinic_closed": ["2026-12-24", "2026-12-25"], "exchange_reserve_mm": 4.5}
    wanted["limb"]["child"] = True
    assert screen.saved_case() == wanted
    screen.page.reload()
    expect(screen.button("Save the case file")).to_be_visible(timeout=20_000)
    assert screen.settle().saved_case() == wanted


@pytest.mark.hazard("H-13")
@pytest.mark.slow
def test_a_remembered_plan_is_never_shown_for_a_case_that_differs_in_one_mark(screen: Screen) -> None:
    # A cache that knows its entries by a sample of them would show the first plan again.
    screen.sample("tibia_varus")
    first = screen.rows()
    label = "Strut 6 (violet), mm"
    screen.step("frame").enter(label, "163").step("check")
    changed = screen.saved_case()
    assert changed["levels"][0]["frame"]["settings_mm"] == [155, 159, 121, 137, 151, 163]
    second = screen.rows()
    assert second == _rows(hexapod.make_plan(hexapod.read_case(changed)), 0)
    assert second != first
    screen.step("frame").enter(label, "164").step("check")
    assert screen.rows() == first

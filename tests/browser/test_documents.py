"""Documents saved from the page are those of the program, of this very plan, or there are none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

import hexapod
from hexapod.checks.findings import grouped
from hexapod.documents.document_set import PrintOptions, documents
from hexapod.plan.plan_file import plan_sha256
from hexapod.plan.sign_off import acknowledgements
from tests.browser.screen import CLINIC_ZONE, Screen, sample

pytestmark = pytest.mark.browser
ONLY_CASE = ["Save the case file"]
REASONS = ["regenerate seen each week", "pain is watched; señor López agrees", "third", "fourth"]


def _expected(document: dict[str, Any], options: PrintOptions | None = None) -> dict[str, tuple[str, bytes]]:
    """Name and bytes of every document by its title."""
    case = hexapod.read_case(document)
    found = documents(hexapod.make_plan(case), replace(options or PrintOptions(), time_zone=CLINIC_ZONE))
    return {one.title: (one.name, one.content()) for one in found if one.kind != "case"}


def _hurried(screen: Screen) -> dict[str, Any]:
    """The transport sample with a first stage of fixed length, too short: cautions.  Its document."""
    document = sample("tibia_transport")
    stage = next(stage for stage in document["levels"][0]["stages"] if "hold_days" not in stage)
    stage["days"] = 45
    screen.sample("tibia_transport").step("treatment").button("Open all").click()
    screen.settle().page.get_by_label("Fixed length, days", exact=True).first.click()
    screen.page.keyboard.type("45", delay=30)
    screen.step("check")
    return document


def _choose(screen: Screen, language: str, paper: str) -> None:
    screen.button("Change what is printed").click()
    screen.settle().choose("Language of the patient's documents", language).choose("Paper", paper)


@pytest.mark.hazard("H-13", "H-14")
@pytest.mark.slow
def test_a_plan_with_warnings_from_their_reasons_to_the_files(screen: Screen) -> None:
    document = _hurried(screen)
    plan = hexapod.make_plan(hexapod.read_case(document))
    codes = [group.worst.code for group in grouped(plan.findings)]
    reasons = REASONS[: len(codes)]
    assert len(set(codes)) == len(codes) >= 2
    screen.acknowledge("Dr Ñ. B.", reasons).step("prescription")
    expect(screen.page.locator(".hx-plan-print code")).to_have_text(plan_sha256(plan)[:12])
    _choose(screen, "Español", "US Letter")
    assert screen.plan_id == plan_sha256(plan)[:12]
    assert screen.downloads == ONLY_CASE
    screen.make()
    said = acknowledgements(plan, [(code, "Dr Ñ. B.", why) for code, why in zip(codes, reasons, strict=True)])
    wanted = _expected(document, PrintOptions("es", "letter", said))
    assert sorted(screen.downloads) == sorted([*wanted, *ONLY_CASE, "Save all (ZIP)"])
    for title, (name, content) in wanted.items():
        assert screen.save(title) == (name, content), title
    assert wanted["Patient sheet (PDF)"][0].endswith(f"sheet-es-letter_{plan_sha256(plan)[:12]}.pdf")
    assert screen.saved_case() == document

    # Nothing beside the files can be edited; a reason taken away in the step before takes them away.
    expect(screen.page.get_by_test_id("stTextInput")).to_have_count(0)
    expect(screen.page.get_by_role("radiogroup", name="Paper")).to_have_count(0)
    reason = screen.step("check").page.locator('input[aria-label^="Reason for "]').first.get_attribute("aria-label")
    screen.enter(str(reason), "").step("prescription")
    assert screen.downloads == ONLY_CASE
    expect(screen.page.get_by_text("Before documents can be made, in step Check: your reason for 1 of")).to_be_visible()


@pytest.mark.hazard("H-13")
@pytest.mark.slow
def test_documents_are_those_of_the_newest_entries(screen: Screen) -> None:
    screen.sample("tibia_varus").make()
    before = screen.page.locator(".hx-plan-print code").inner_text()
    assert len(screen.downloads) > 1
    screen.step("deformity").enter("AP angulation, deg", "13,5").step("prescription")
    expect(screen.page.locator(".hx-plan-print code")).not_to_have_text(before)
    document = sample("tibia_varus")
    document["levels"][0]["deformity"]["varus_deg"] = 13.5
    title = "Schedule, a row a setting (CSV)"
    assert screen.make().save(title) == _expected(document)[title]
    screen.step("deformity").enter("AP angulation, deg", "14").step("prescription")
    expect(screen.page.locator(".hx-plan-print code")).to_have_text(before)
    screen.step("deformity").enter("AP angulation, deg", "x").step("prescription")
    assert screen.downloads == []


@pytest.mark.hazard("H-13")
@pytest.mark.slow
def test_a_reason_typed_just_before_the_documents_are_made_is_the_one_printed(screen: Screen) -> None:
    """The field is not left before the next step is chosen."""
    document = _hurried(screen)
    plan = hexapod.make_plan(hexapod.read_case(document))
    codes = [group.worst.code for group in grouped(plan.findings)]
    screen.acknowledge("AB", REASONS[: len(codes)])
    last = f"Reason for {codes[-1]} (hexapod 1)"
    screen.type(last, "on second thoughts")
    screen.page.locator(".st-key-step-prescription button:visible").click()
    expect(screen.button("Change what is printed")).to_be_visible()
    screen.settle().make()
    reasons = [*REASONS[: len(codes) - 1], "on second thoughts"]
    said = acknowledgements(plan, [(code, "AB", why) for code, why in zip(codes, reasons, strict=True)])
    title = "Clinician's report (PDF)"
    assert screen.save(title) == _expected(document, PrintOptions(acknowledgements=said))[title]


@pytest.mark.slow
def test_clinic_times_and_time_zone_typed_on_the_page_are_in_the_case(screen: Screen) -> None:
    wanted = sample("tibia_varus")
    wanted["clinic"] = {
        "name": "Limb clinic",
        "contact": "+34 600 000 000",
        "missed_or_stuck": "Call us.\nTurn nothing.",
    }
    wanted["time_zone"] = "Europe/Madrid"
    wanted["levels"][0]["adjustment_times"] = ["07:00", "11:00", "15:00", "22:30"]
    screen.sample("tibia_varus").step("limb")
    screen.page.get_by_text("Change; the next case starts with it").click()
    screen.enter("Name of the clinic", "Limb clinic")
    screen.enter("How to reach the clinic", "+34 600 000 000")
    screen.field("What to do when a day was missed or a strut will not turn").click()
    for line in ("Call us.", "Turn nothing."):
        screen.page.keyboard.type(line, delay=30)
        screen.page.keyboard.press("Enter" if line == "Call us." else "Tab")
    screen.settle().enter("Time zone of the calendar", "Madrid")
    expect(screen.message("Must be a time zone by its place")).to_be_visible()
    screen.enter("Time zone of the calendar", "Europe/Madrid").step("treatment")
    times = "Times of the adjustments (may stay empty)"
    screen.enter(times, "7:00, 11:00 15:00 22:30")
    expect(screen.message("“7:00”: write a time as HH:MM on the 24-hour clock")).to_be_visible()
    screen.enter(times, "07:00, 11:00 15:00 22:30").step("check")
    assert screen.saved_case() == wanted
    screen.page.reload()
    expect(screen.button("Save the case file")).to_be_visible(timeout=20_000)
    assert screen.settle().saved_case() == wanted

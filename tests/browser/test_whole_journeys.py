"""Every sample case from opening to signed files: what the page shows and saves is what `make_plan` says of it.

Each sample becomes a case of the library by an id of its own, is checked, its cautions accepted, issued, signed and
printed.  The files are compared byte by byte with those made in Python of the case file that the library keeps, with
the signature and the acknowledgements that the library keeps.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

import hexapod
from hexapod.checks.findings import grouped
from hexapod.documents.document_set import PrintOptions, case_document, documents
from hexapod.library import StoredPlan
from hexapod.library.models import acknowledgements_of
from hexapod.plan.plan_file import plan_sha256
from hexapod.text.numbers import number
from tests.browser.hands import Hands, Keys, Mouse
from tests.browser.screen import CLINIC_ZONE, SAMPLES, Screen, sample
from tests.browser.server import Server

pytestmark = pytest.mark.browser
REFUSED = "refused_strut_travel"
STEMS = sorted(path.stem for path in SAMPLES.glob("*.json") if path.stem != REFUSED)
SIGNER = "Dr A. Núñez"


def _made_a_case(tab: Screen, stem: str) -> dict[str, Any]:
    """The sample under an id of its own, which puts it into the library; its document."""
    tab.open(f"?case=sample-{stem}&step=limb")
    tab.clear("Case id")
    tab.page.keyboard.insert_text(f"journey-{stem}")
    tab.page.keyboard.press("Tab")
    expect(tab.page.locator(".hx-kept")).to_have_text("Saved · 1")
    return sample(stem) | {"id": f"journey-{stem}"}


def _key(tab: Screen) -> str:
    """The key of the open case in the library, from the address."""
    return parse_qs(urlsplit(tab.page.evaluate("location.href")).query)["case"][0]


def _accept(tab: Screen, plan: hexapod.Plan) -> list[str]:
    """The reason for every warning, then the name; the codes."""
    codes = [group.worst.code for group in grouped(plan.findings) if group.worst.verdict == "caution"]
    for code in codes:
        tab.page.get_by_label(f"Reason for {code} (hexapod 1)").click()
        tab.page.keyboard.insert_text(f"seen: {code}")
    if codes:
        tab.page.get_by_label("Your name, for the warnings and the signature").click()
        tab.page.keyboard.insert_text("AN")
        tab.page.keyboard.press("Tab")
    return codes


def _issue_and_sign(tab: Screen) -> None:
    """Sign with a name that is still being typed when the button is pressed."""
    issue = tab.page.locator(".st-key-issue button")
    expect(issue).to_be_enabled()
    issue.click()
    expect(tab.said).to_contain_text("Plan 1 is finalised: version 1 of the case")
    tab.page.get_by_label("Your name, as it shall stand below the plan").click()
    tab.page.keyboard.insert_text(SIGNER)
    tab.page.locator(".st-key-sign button").click()
    expect(tab.said).to_contain_text(f"Plan 1 is signed by {SIGNER}.")
    expect(tab.page.locator(".hx-signed")).to_have_text(f"Signed by {SIGNER}")


def _check(tab: Screen, case: hexapod.Case, plan: hexapod.Plan) -> None:
    """Fingerprint, verdict, limb and every setting of every level on the page."""
    tab.step("check")
    assert tab.plan_id == plan_sha256(plan)[:12]
    expect(tab.state).to_have_text({"ok": "Ready", "caution": "Caution"}[plan.verdict])
    expect(tab.page.locator(".hx-limb")).to_have_text(f"{case.limb.side} {case.limb.bone}".upper())
    for index, level in enumerate(plan.levels):
        if index:
            tab.page.get_by_role("button", name=f"Hexapod {index + 1}:").click()
            tab.settle()
        assert tab.rows() == [[str(row.day), *map(number, row.settings_mm)] for row in level.rows]


def _kept(server: Server, tab: Screen, document: dict[str, Any]) -> tuple[hexapod.Case, StoredPlan]:
    """The case and the plan as the library keeps them."""
    records, key = server.records(), _key(tab)
    file = records.versions.file(key)
    assert json.loads(file) == document
    (recorded,) = records.plans.of(key)
    return hexapod.parse_case(file), recorded


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.some(1)
def test_a_sample_from_opening_to_signed_files(tab: Screen, server: Server, stem: str) -> None:
    document = _made_a_case(tab, stem)
    case = hexapod.read_case(document)
    plan = hexapod.make_plan(case)
    _check(tab, case, plan)
    codes = _accept(tab, plan)
    _issue_and_sign(tab)

    tab.step("prescription")
    case, recorded = _kept(server, tab, document)
    said = acknowledgements_of(recorded.cautions)
    assert [one.code for one in said] == codes
    assert all(one.reason == f"AN: seen: {one.code}" for one in said)
    assert recorded.sign_off is not None
    signed = recorded.sign_off
    options = PrintOptions(acknowledgements=said, signature=signed, time_zone=CLINIC_ZONE)
    wanted = [one for one in documents(hexapod.make_plan(case), options) if one.kind != "case"]
    contents = {one.name: one.content() for one in wanted}
    expect(tab.button("Change what is printed")).to_be_visible(timeout=60_000)
    tab.settle()
    assert sorted(tab.downloads) == sorted([*(one.title for one in wanted), "Save the case file", "Save all (ZIP)"])
    for one in wanted:
        assert "draft" not in one.name.lower()
        assert tab.save(one.title) == (one.name, contents[one.name]), one.title
    assert tab.save("Save the case file") == (case_document(case).name, case_document(case).content())


@pytest.mark.hazard("H-08")
@pytest.mark.slow
def test_the_refused_sample_ends_in_its_refusal_and_the_case_file(tab: Screen, server: Server) -> None:
    document = _made_a_case(tab, REFUSED)
    case = hexapod.read_case(document)
    tab.step("check")
    expect(tab.state).to_have_text("Refused")
    expect(tab.page.locator(".hx-refusal")).to_have_text("Refused: no schedule was made. Change what is named below.")
    for group in grouped(hexapod.make_plan(case).findings):
        expect(tab.page.locator(".hx-finding.hx-refused p", has_text=group.message)).to_be_visible()
    for gone in (".hx-schedule", ".st-key-issue", ".st-key-sign"):
        expect(tab.page.locator(gone)).to_have_count(0)
    expect(tab.page.get_by_test_id("frame-viewer")).to_have_attribute("data-planned", "no")
    tab.step("prescription")
    assert tab.downloads == ["Save the case file"]
    expect(tab.button("Make the documents")).to_have_count(0)
    assert tab.save("Save the case file") == (case_document(case).name, case_document(case).content())
    assert server.records().plans.of(_key(tab)) == ()


# A right tibia of which every entry has a number, as somebody types it who has readings and radiographs before him.
READINGS = {"red": "155", "orange": "159", "yellow": "121", "green": "137", "blue": "151", "violet": "164"}
DEFORMITY = {
    "AP angulation, deg": "14 varus",
    "Lateral angulation, deg": "6 apex anterior",
    "Axial rotation, deg": "10 internal",
    "AP translation, mm": "2 lateral",
    "Axial translation, mm": "10 short",
    "Diameter of the bone at the osteotomy, mm": "30",
}
MOUNTING = {
    "AP frame offset, mm": "6 lateral",
    "Lateral frame offset, mm": "10 posterior",
    "Axial frame offset, mm": "38 proximal",
    "Rotary frame offset, deg": "4 internal",
    "Tilt on the AP view, deg": "0",
    "Tilt on the lateral view, deg": "2 posterior",
}
MOST_ACTIONS = 40


def _from_empty_to_signed(hands: Hands, case_id: str) -> None:
    """One hexapod from the list of cases to its signature."""
    hands.press("New case")
    hands.type("Case id", case_id)
    hands.choose("Side", "RIGHT")
    hands.choose("Bone", "tibia")
    hands.type("Date of day 0", "2027-01-04")
    hands.type("Name of the hexapod", "proximal tibia")
    hands.press("2 Frame")
    hands.choose("Proximal ring: family", "Generic")
    hands.choose("Proximal ring", "155")
    hands.choose("Distal ring", "155")
    hands.choose("All struts", "medium: 120 to 180")
    hands.choose("Mode", "Total residual")
    for strut, (colour, reading) in enumerate(READINGS.items(), start=1):
        hands.type(f"Strut {strut} ({colour}), mm", reading)
    hands.press("4 Deformity")
    hands.choose("Reference fragment (fixed)", "proximal fragment")
    for label, said in DEFORMITY.items():
        hands.type(label, said)
    hands.press("5 Mounting")
    for label, said in MOUNTING.items():
        hands.type(label, said)
    hands.press("6 Treatment")
    hands.choose("Choose a protocol", "Distract, then correct")
    hands.press("7 Check")
    hands.type("Your name, as it shall stand below the plan", SIGNER)
    hands.press("Sign this plan")


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("hands_of", [Mouse, Keys])
@pytest.mark.slow
def test_from_empty_to_signed_in_few_actions(
    tab: Screen, server: Server, hands_of: type[Mouse | Keys], capsys: pytest.CaptureFixture[str]
) -> None:
    hands = hands_of(tab.open(""))
    _from_empty_to_signed(hands, f"few-{hands_of.__name__.lower()}")
    expect(tab.said).to_contain_text(f"Plan 1 is signed by {SIGNER}.")
    with capsys.disabled():
        print(f"\nfrom empty to signed, one hexapod: {hands.actions} actions ({hands_of.__name__.lower()})")
    if hands_of is Mouse:
        assert hands.actions <= MOST_ACTIONS
    # What was typed is what is signed.
    (recorded,) = server.records().plans.of(_key(tab))
    level = json.loads(server.records().versions.file(_key(tab), recorded.version))["levels"][0]
    assert recorded.state == "signed"
    assert level["deformity"] == {
        "varus_deg": 14,
        "apex_anterior_deg": 6,
        "internal_rotation_deg": 10,
        "lateral_mm": 2,
        "short_mm": 10,
    }
    assert {word: size for word, size in level["mounting"].items() if size} == {
        "lateral_mm": 6,
        "posterior_mm": 10,
        "proximal_mm": 38,
        "internal_rotation_deg": 4,
        "leans_posterior_deg": 2,
    }
    assert level["frame"]["settings_mm"] == [155, 159, 121, 137, 151, 164]
    assert [stage["name"] for stage in level["stages"]] == ["latency", "distract", "correct"]

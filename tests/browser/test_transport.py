"""A bone transport from an empty case to its signature, in few actions, and what was measured is what is signed."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

import hexapod
from tests.browser.hands import Mouse
from tests.browser.screen import Screen
from tests.browser.server import Server

pytestmark = pytest.mark.browser
MOST_ACTIONS = 60
SIGNER = "Dr A. Núñez"
MEASURED = {
    "Defect, mm": "60",
    "Length of the segment, mm": "70",
    "Ring 1 to ring 2, mm": "102",
    "Ring 2 to ring 3, mm": "155",
    "Ring 1 to the osteotomy, mm": "47",
    "Diameter of the bone, mm": "30",
    "Beside, AP translation, mm": "0",
    "Beside, lateral translation, mm": "0",
    "Rings, AP translation, mm": "5 lateral",
    "Rings, lateral translation, mm": "13 posterior",
    "Fixation index of the transport, days per cm": "45",
}


@pytest.mark.hazard("H-06")
@pytest.mark.slow
def test_from_empty_to_a_signed_transport(tab: Screen, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    hands = Mouse(tab.open(""))
    hands.press("New case")
    hands.type("Case id", "transport")
    hands.choose("Side", "LEFT")
    hands.choose("Bone", "tibia")
    hands.type("Date of day 0", "2027-01-04")
    hands.choose("Direction of transport", "antegrade")
    for label, text in MEASURED.items():
        hands.type(label, text)
    hands.choose("Fragments on both sides of the defect", "aligned")
    hands.choose("Rings of the transport: family", "Generic")
    hands.choose("Rings of the transport", "180")
    hands.choose("Struts of the transport", "Generic fine")
    # Every distance is drawn before it is put in.
    drawing = tab.page.locator("svg.hx-transport")
    for said in ("102 mm", "155 mm", "segment 70 mm", "defect 60 mm", "docks here", "ring 3"):
        expect(drawing.get_by_text(said, exact=True)).to_be_visible()
    hands.press("Put these hexapods in")
    expect(tab.said).to_contain_text("2 hexapods are put in.")
    hands.press("7 Check")
    for number in (1, 2):
        label = f"Reason for rate.rounded (hexapod {number})"
        if tab.page.get_by_label(label).count():
            hands.type(label, "all struts on one mark")
    hands.type("Your name, for the warnings and the signature", SIGNER)
    hands.press("Sign this plan")
    expect(tab.said).to_contain_text(f"Plan 1 is signed by {SIGNER}.")
    with capsys.disabled():
        print(f"\nfrom empty to signed, bone transport with two hexapods: {hands.actions} actions")
    assert hands.actions <= MOST_ACTIONS
    records, key = server.records(), parse_qs(urlsplit(tab.page.evaluate("location.href")).query)["case"][0]
    (recorded,) = records.plans.of(key)
    file = records.versions.file(key, recorded.version)
    above, below = json.loads(file)["levels"]
    assert recorded.state == "signed"
    assert above["mounting"] == {"lateral_mm": 5, "posterior_mm": 13, "proximal_mm": 47}
    assert below["segment"] == {"distal_mm": 70, "ring": "shared"}
    assert below["deformity"] == {"long_mm": 60}
    plan = hexapod.make_plan(hexapod.parse_case(file))
    assert isinstance(plan, hexapod.Plan)
    assert plan.levels[1].docking_day == 67

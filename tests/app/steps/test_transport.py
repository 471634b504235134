"""The bone transport of step Limb: from what is measured to hexapods put in, drawn before, and taken back."""

from typing import Any

import pytest

import hexapod
from hexapod.app.draft import transport_draft
from hexapod.app.draft.draft_model import blank_draft
from hexapod.app.draft.storage import draft_in, text_of
from hexapod.app.widgets import fields
from hexapod.plan.plan_file import plan_sha256
from tests.app.driver import Form

TYPED = {
    "Defect, mm": "60",
    "Length of the segment, mm": "70",
    "Ring 1 to ring 2, mm": "102",
    "Ring 2 to ring 3, mm": "155",
    "Ring 1 to the osteotomy, mm": "47",
    "Diameter of the bone, mm": "30",
    "Beside, AP translation, mm": "0",
    "Beside, lateral translation, mm": "0",
    "Rings, AP translation, mm": "0",
    "Rings, lateral translation, mm": "0",
    "Fixation index of the transport, days per cm": "45",
}


def _entered() -> Form:
    form = Form(case="new")
    form.type("Case id", "t-1").choose("Side", "left").choose("Bone", "tibia").type("Date of day 0", "2026-04-13")
    form.choose("Direction of transport", "antegrade").choose("Fragments on both sides of the defect", "yes")
    for label, text in TYPED.items():
        form.type(label, text)
    form.choose("Rings of the transport: family", "generic").choose("Rings of the transport", "generic-full-180")
    return form.choose("Struts of the transport", "generic-fine-{size}")


@pytest.mark.slow
def test_from_measurements_to_two_hexapods_and_back() -> None:
    form = _entered()
    assert "docks here" in "\n".join(one.value for one in form.at.markdown)
    assert "Docking is 177 mm distal of ring 1 on day 67." in form.html
    assert len(form.document["levels"]) == 1
    form.press("transport-put-in")
    levels = form.document["levels"]
    assert [level["name"] for level in levels] == ["proximal tibia", "docking site"]
    assert levels[1]["segment"] == {"distal_mm": 70, "ring": "shared"}
    assert levels[1]["deformity"] == {"long_mm": 60}
    # The point from which the lower hexapod counts is answered.
    assert form.case.draft["levels"][1]["segment"]["where"] == "apart"
    plan = hexapod.make_plan(hexapod.read_case(form.document))
    assert isinstance(plan, hexapod.Plan)
    assert plan.levels[1].docking_day == 67
    form.step("check")
    assert plan_sha256(plan)[:12] in form.html
    # What is kept opens again, with what was typed for the transport and the hexapod of before.
    kept = draft_in(text_of(form.case.draft))
    assert kept["transport"] == form.case.draft["transport"]
    form.step("limb").press("transport-back")
    assert len(form.document["levels"]) == 1
    form.press("transport-back")
    assert form.document["levels"] == levels


@pytest.mark.slow
def test_two_segments_make_three_hexapods() -> None:
    form = _entered().choose("Direction of transport", "both").type("Proximal segment travels, mm", "35")
    form.type("Length of the proximal segment, mm", "70").type("Length of the distal segment, mm", "90")
    form.type("Ring 3 to ring 4, mm", "102").press("transport-put-in")
    levels = form.document["levels"]
    assert [level["name"] for level in levels] == ["proximal tibia", "docking site", "distal tibia"]
    # Osteotomies 47 and 47 + 70 + 60 + 90 = 267 mm below ring 1; ring 4 at 359 mm.
    assert levels[2]["mounting"] == {"distal_mm": 92}
    assert [level["stages"][1]["transport"] for level in (levels[0], levels[2])] == [
        {"distal_mm": 35},
        {"proximal_mm": 25},
    ]
    plan = hexapod.make_plan(hexapod.read_case(form.document))
    assert isinstance(plan, hexapod.Plan)


def test_every_entry_has_its_line_of_help(monkeypatch: pytest.MonkeyPatch) -> None:
    helped: dict[tuple[str, ...], str] = {}
    message = fields.message

    def seen(outcome: Any, path: tuple[str, ...], hint: str = "", **how: bool) -> None:
        if not how.get("whole"):
            helped[path] = hint
        message(outcome, path, hint, **how)

    monkeypatch.setattr(fields, "message", seen)
    _entered().choose("Direction of transport", "both")
    assert len([path for path in helped if path[0] == "transport"]) > 15
    assert [path for path, hint in helped.items() if path[0] == "transport" and not hint] == []


def test_what_is_missing_or_cannot_be_stands_at_its_place() -> None:
    form = _entered()
    form.type("Ring 1 to ring 2, mm", "30")
    assert "Ring 2 (counted from proximal) would stand 17 mm proximal of the segment" in form.html
    assert form.at.button(key="transport-put-in").disabled
    # Where the rings lie beside the bone is measured or it is not: nobody's zero is believed.
    form.type("Ring 1 to ring 2, mm", "102")
    assert not form.at.button(key="transport-put-in").disabled
    form.type("Rings, AP translation, mm", "")
    assert "Required. 0: on the axis." in form.html
    assert form.at.button(key="transport-put-in").disabled
    form.type("Rings, AP translation, mm", "0").type("Ring 1 to ring 2, mm", "abc")
    assert form.at.button(key="transport-put-in").disabled
    assert "docks here" not in "\n".join(one.value for one in form.at.markdown)


@pytest.mark.slow
def test_the_defect_is_never_told_as_anything_else() -> None:
    form = _entered().press("transport-put-in")
    seen = []
    for step in ("deformity", "treatment", "check"):
        form.step(step)
        for number in (0, 1):
            buttons = [one for one in form.at.button if str(one.key).startswith("level-")]
            if len(buttons) > number:
                buttons[number].click()
                form.run()
            seen.append(form.html)
    told = "\n".join(seen)
    for wrong in ("No deformity", "shortened", "-1 days", "point from which this hexapod counts: "):
        assert wrong not in told, wrong


@pytest.mark.parametrize(("aligned", "told"), [(None, "still to be chosen"), ("no", "correct the alignment first")])
def test_fragments_are_derived_only_once_they_are_said_to_be_aligned(aligned: str | None, told: str) -> None:
    draft = blank_draft()
    draft["transport"] |= {"direction": "antegrade", "aligned": aligned}
    assert any(
        trouble.path == ("transport", "aligned") and told in trouble.sentence
        for trouble in transport_draft.made(draft).troubles
    )

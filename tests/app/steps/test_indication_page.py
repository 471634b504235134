"""What is treated is chosen on the page of the deformity; hints, protocols and the file follow it."""

import json

import pytest

import hexapod
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.app.draft.storage import draft_in, text_of
from tests.app.driver import ROOT, Form


def sample(name: str) -> dict:  # type: ignore[type-arg]
    value: dict = json.loads((ROOT / "sample_cases" / f"{name}.json").read_text("utf-8"))  # type: ignore[type-arg]
    return value


@pytest.mark.hazard("H-34")
def test_a_fracture_is_chosen_and_limits_and_protocols_follow() -> None:
    form = Form().sample("tibia_varus").step("deformity").choose("What is treated", "fracture")
    assert form.document["levels"][0]["indication"] == "fracture"
    assert "reduced within days; no latency, and no regenerate" in form.html
    assert any("how far its ends stand apart on day 0" in one.value for one in form.at.caption)
    form.step("treatment")
    assert "Empty: 5 mm per day." in form.html
    (group,) = [one for one in form.at.button_group if one.label == "Choose a protocol"]
    assert group.options == ["All at once", "Distract, then correct", "Distract, derotate, then reduce", "Accordion"]
    assert "limits.working" in form.step("check").html
    form.step("deformity").choose("What is treated", "osteotomy")
    assert form.document == sample("tibia_varus")
    assert "limits.working" not in form.step("check").html


@pytest.mark.parametrize("name", ["tibia_fracture", "foot_equinus", "tibia_varus"])
def test_drafts_carry_it_and_the_file_comes_back_as_it_was(name: str) -> None:
    document = sample(name)
    draft = draft_in(text_of(draft_of(document)))
    draft["title"] = "another"
    assert read_draft(draft).document == document | {"title": "another"}
    old = json.loads(text_of(draft_of(sample("tibia_varus"))))
    del old["levels"][0]["indication"]  # as a draft saved before has it
    assert draft_in(json.dumps(old))["levels"][0]["indication"] == "osteotomy"


def test_the_protocol_of_a_joint_makes_the_stages_of_its_sample() -> None:
    case = hexapod.load_case(ROOT / "sample_cases" / "foot_equinus.json")
    level = case.document["levels"][0]
    made = hexapod.stages_from_template(
        "open-then-correct",
        deformity=level["deformity"],
        reference=level["reference"],
        indication="joint",
        gap_mm=4,
        latency_days=2,
        consolidation_days=42,
    )
    assert made == level["stages"]
    bare = {"deformity": level["deformity"], "reference": "proximal", "indication": "joint"}
    assert [stage["name"] for stage in hexapod.stages_from_template("open-then-correct", **bare)] == ["correct"]
    with pytest.raises(hexapod.HexapodError, match="lengthening is not for a joint: choose one of all-at-once, open"):
        hexapod.stages_from_template("lengthening", **bare, length_mm=5)

"""Mounting and deformity that nobody has touched are not complete; "0, square" and "none" say zero."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.app.draft.outcome import work_out
from hexapod.app.session.step_status import place_name, step_of
from tests.app.driver import Form

pytestmark = pytest.mark.hazard("H-24")
SAMPLES = Path(__file__).resolve().parents[3] / "sample_cases"
PARTS = {"mounting": d.MOUNTING, "deformity": d.DEFORMITY}


def sample(stem: str = "tibia_varus") -> dict[str, Any]:
    return json.loads((SAMPLES / f"{stem}.json").read_text("utf-8"))


def untouched(part: str, stem: str = "tibia_varus", level: int = 0) -> d.Draft:
    """A draft typed on the page, all of it but one part of a level."""
    draft = draft_of(sample(stem))
    draft["levels"][level][part] = d.blank_words(PARTS[part])
    draft["levels"][level][f"{part}_zero"] = None
    return draft


def codes(outcome: Any) -> set[str]:
    return {finding.code for finding in outcome.plan.findings}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("stem", "level"), [("tibia_varus", 0), ("tibia_two_levels", 1), ("tibia_stacked_transport", 1)]
)
def test_a_step_that_nobody_touched_is_not_complete(part: str, stem: str, level: int) -> None:
    draft = untouched(part, stem, level)
    outcome = work_out(draft)
    (trouble,) = outcome.troubles
    assert (trouble.missing, step_of(trouble.path)) == (True, part)
    assert part.capitalize() in place_name(draft, trouble.path)
    assert (outcome.state, outcome.plan) == ("incomplete", None)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("how", ["chosen", "typed", "typed with a word"])
def test_zero_is_said_by_the_choice_and_by_a_typed_nought(part: str, how: str) -> None:
    draft = untouched(part)
    level = draft["levels"][0]
    if how == "chosen":
        level[f"{part}_zero"] = d.ZERO
    else:
        level[part]["AP translation"] = {"size": "0", "word": None if how == "typed" else "medial_mm"}
    outcome = work_out(draft)
    assert outcome.troubles == ()
    assert outcome.case is not None
    assert f"{part}.not_entered" not in codes(outcome)
    assert not any(outcome.case.document["levels"][0][part].values())


@pytest.mark.parametrize("part", PARTS)
def test_zero_and_sizes_contradict_each_other(part: str) -> None:
    draft = draft_of(sample())
    draft["levels"][0][f"{part}_zero"] = d.ZERO
    outcome = work_out(draft)
    (trouble,) = outcome.troubles
    assert "take this choice away" in trouble.sentence
    assert (outcome.state, step_of(trouble.path)) == ("wrong", part)


@pytest.mark.parametrize("part", PARTS)
def test_a_file_that_leaves_it_out_keeps_its_meaning_and_its_caution(part: str) -> None:
    document = sample()
    del document["levels"][0][part]
    draft = draft_of(document)
    draft["title"] = "edited elsewhere"
    outcome = work_out(draft)
    assert (outcome.troubles, outcome.state) == ((), "caution")
    assert f"{part}.not_entered" in codes(outcome)
    draft["levels"][0][f"{part}_zero"] = d.ZERO
    assert read_draft(draft).document["levels"][0][part] == {}


def test_what_is_kept_and_told_is_said_at_its_entry() -> None:
    draft = draft_of(sample())
    stage = draft["levels"][0]["stages"][1]
    stage["correct_to"]["keep"]["angulation"] = True
    outcome = work_out(draft)
    path = ("levels", draft["levels"][0]["uid"], "stages", stage["uid"], "correct_to")
    assert {trouble.path[:5] for trouble in outcome.troubles} == {path}
    assert any("goes with no angulation that is kept" in trouble.sentence for trouble in outcome.troubles)


def test_the_page_says_what_is_missing_and_takes_the_choice() -> None:
    form = Form().sample("tibia_transport").step("deformity")
    assert "complete" in form.at.button(key="step-deformity").label
    form.choose("Nothing to enter above", None)
    assert "1 missing" in form.at.button(key="step-deformity").label
    assert "Incomplete" in form.html
    form.choose("Nothing to enter above", d.ZERO)
    assert "complete" in form.at.button(key="step-deformity").label
    assert form.document["levels"][0]["deformity"] == {}
    form.step("mounting")
    assert "Nothing to enter above" in [group.label for group in form.at.button_group]


def test_a_protocol_says_that_it_only_lengthens_and_its_stage_can_be_edited() -> None:
    form = Form().sample("tibia_varus").step("treatment")
    form.choose("Choose a protocol", "distract-then-correct").type("Gap beyond length, mm", "3")
    kept = "10&nbsp;deg internal rotation and 2&nbsp;mm lateral unchanged. Ends 3&nbsp;mm long."
    assert "Lengthening only, " in form.html
    assert kept in form.html
    form.press("template-put-in")
    stages = form.document["levels"][0]["stages"]
    assert stages[1]["correct_to"] == {"long_mm": 3, "keep": ["angulation", "rotation", "translation"]}
    assert stages[1]["meant"] is True
    assert kept in form.html
    uid = form.case.draft["levels"][0]["stages"][1]["uid"]
    form.press(f"edit-{uid}")
    box = next(box for box in form.at.checkbox if box.label == "This stage may enlarge the deformity")
    box.uncheck()
    form.run()
    assert "meant" not in form.document["levels"][0]["stages"][1]
    assert "Caution" in form.html

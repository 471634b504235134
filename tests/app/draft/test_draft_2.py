"""Drafts as the program saved them when their format was `hexapod-draft/2`, with what it made of them.

`tests/data/drafts_2.jsonl.xz` has a draft a line, and beside it what that program read from it: the document, the
troubles with step and place, the alternative, the stages put back, the template, the advice taken back.
"""

from __future__ import annotations

import json
import lzma
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hexapod.app.draft import alternatives, stage_list
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.outcome import work_out
from hexapod.app.draft.storage import draft_in, text_of
from hexapod.app.session.step_status import step_of
from hexapod.app.steps import frame
from hexapod.library import ANYONE, new_key, open_library
from hexapod.library.calls.case_index import _words_of_draft
from hexapod.library.calls.drafts import identity_of_draft
from tests.app.driver import Form

pytestmark = pytest.mark.hazard("H-21")
RECORDED = Path(__file__).resolve().parents[2] / "data" / "drafts_2.jsonl.xz"
DRAFTS = [json.loads(line) for line in lzma.decompress(RECORDED.read_bytes()).decode("utf-8").splitlines()]
BACK = {"put_back": stage_list.put_back, "take_back": stage_list.take_back, "swap": frame.swap_proposal}
# What a new case has chosen that a draft of that version did not know.
NEW_CASE = {"True", "'model'", "'stages'", "'osteotomy'", "'day first'", "'residual'", "'en'", "'a4'", "'A'", "'B'"}
CLINIC_DAYS = ("clinic_days", "clinic_closed")
each = pytest.mark.parametrize("recorded", DRAFTS, ids=[one["name"] for one in DRAFTS])


def told(draft: d.Draft) -> dict[str, Any]:
    troubles = [[one.key, one.missing, step_of(one.path)] for one in work_out(draft).troubles]
    return {"document": read_draft(draft).document, "troubles": sorted(troubles)}


def wanted(told: dict[str, Any]) -> dict[str, Any]:
    """What is missing or wrong, and in which step; its order and its words are those of the page today.

    What is of the clinic is entered in the first step now.
    """
    troubles = (
        [key, missing, "limb" if key.startswith("clinic_") else step] for key, _, missing, step, _ in told["troubles"]
    )
    return told | {"troubles": sorted(troubles)}


def of_the_treatment(told: dict[str, Any]) -> dict[str, Any]:
    """Without the clinic's days, which belong to no alternative any more: they are those of the case."""
    return told | {"document": {key: value for key, value in told["document"].items() if key not in CLINIC_DAYS}}


def opened(recorded: dict[str, Any]) -> d.Draft:
    return draft_in(json.dumps(recorded["draft"]))


def texts(value: Any) -> Counter[str]:
    """Every text, number and choice of a draft, by how often it stands there."""
    if isinstance(value, dict | list):
        inside = [one for key, one in value.items() if key != "uid"] if isinstance(value, dict) else value
        return sum((texts(one) for one in inside), Counter())
    return Counter([] if value in (None, "", False) else [repr(value)])


@each
@pytest.mark.some(30)
def test_a_draft_says_what_it_said(recorded: dict[str, Any]) -> None:
    draft = opened(recorded)
    assert told(draft) == wanted(recorded["told"])
    if "other" in recorded:
        (one,) = (one for one in draft["alternatives"] if not alternatives.is_in_work(one))
        other = told(alternatives.draft_with(draft, one["uid"]))
        assert of_the_treatment(other) == of_the_treatment(wanted(recorded["other"]))
        assert [other["document"].get(key) for key in CLINIC_DAYS] == [
            recorded["told"]["document"].get(key) for key in CLINIC_DAYS
        ]


@each
def test_what_was_put_aside_comes_back(recorded: dict[str, Any]) -> None:
    for how, uid, said in recorded["back"]:
        draft = opened(recorded)
        BACK[how](draft, uid)
        assert told(draft) == wanted(said)
    for uid, stages, troubles in recorded.get("made", []):
        draft = opened(recorded)
        made = stage_list.made(draft, d.entry(draft, ("levels", uid)))
        assert made.stages == stages
        assert [one.missing for one in made.troubles] == [missing for _, missing in troubles]


@each
def test_nothing_is_lost_and_nothing_more_is_said(recorded: dict[str, Any]) -> None:
    draft, old = opened(recorded), recorded["draft"]
    before, now = (texts({key: value for key, value in one.items() if key not in ("origin", "format")}) for one in (old, draft))  # fmt: skip
    # Settings at the start of a straight bone are residual, which is a mode of its own now.
    assert set(before - now) <= ({"'start'"} if "'residual'" in now - before else set())
    # A level of an older version had nothing said of what it left out; what came later begins as a new case does.
    assert set(now - before) <= NEW_CASE


@each
def test_it_is_saved_as_the_draft_of_now_and_is_the_same_limb_and_frame(recorded: dict[str, Any]) -> None:
    draft = opened(recorded)
    text = text_of(draft)
    assert draft_in(text) == draft
    new, old = json.loads(text), recorded["draft"]
    assert (old["format"], new["format"]) == ("hexapod-draft/2", "hexapod-draft/5")
    assert new.keys() - {"format"} == d.blank_draft().keys()
    assert identity_of_draft(old) == identity_of_draft(new)
    assert _words_of_draft(new) == _words_of_draft(old)


@pytest.mark.hazard("H-24")
@pytest.mark.parametrize("recorded", [one for one in DRAFTS if one["name"].startswith("nothing said")])
def test_what_a_version_took_for_zero_is_left_out_with_its_caution(recorded: dict[str, Any]) -> None:
    """That version did not know of what was never entered; of a stage put aside it lacked what came later."""
    draft = opened(recorded)
    outcome = work_out(draft)
    part = recorded["name"].split()[3]
    assert outcome.case is not None
    assert outcome.plan is not None
    assert part not in outcome.case.document["levels"][0]
    assert f"{part}.not_entered" in {finding.code for finding in outcome.plan.findings}
    gone = [one["stage"] for kept in draft["aside"].values() for one in kept["removed"]]
    assert all(stage == d.blank_stage() | {"uid": stage["uid"]} for stage in gone)
    assert bool(gone) is (draft["origin"] is None)


def test_a_library_has_drafts_of_both_formats_side_by_side() -> None:
    """One of before is opened, shown, saved as one of now by the first edit, and brought back from the history."""
    records, key = open_library().as_user(ANYONE), new_key()
    (recorded,) = (one for one in DRAFTS if one["name"] == "aside, alternative, template, visit")
    records.drafts.save(key, 0, json.dumps(recorded["draft"]))
    (line,) = records.cases.find().cases
    assert (line.case_id, line.side, line.bone) == ("demo-T2-009", "right", "tibia")
    form = Form(case=key)
    assert told(form.case.draft) == wanted(recorded["told"])
    assert records.drafts.revision(key) == 1  # looking at it saves nothing
    form.step("treatment").type("Adjustments per day", "3")
    assert [one.revision for one in records.drafts.saves(key)] == [2, 1]
    new: Any = records.drafts.load(key)
    assert json.loads(new.text)["format"] == "hexapod-draft/5"
    assert draft_in(new.text)["levels"][0]["adjustments_per_day"] == "3"
    (again,) = records.cases.find().cases
    assert (again.case_id, again.side, again.bone) == (line.case_id, line.side, line.bone)
    form.step("limb").press("do-saves")
    assert told(form.case.draft) == wanted(recorded["told"])
    assert records.drafts.revision(key) == 3

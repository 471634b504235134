from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from hexapod.app.draft import alternatives, stage_list, storage
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.app.draft.draft_model import blank_draft, blank_level, blank_structure, entries


@pytest.mark.hazard("H-21")
def test_a_draft_is_kept_whole() -> None:
    draft = blank_draft() | {"id": "Ä-1"}
    text = storage.text_of(draft)
    assert storage.draft_in(text) == draft
    # Where the library's list looks for them.
    assert json.loads(text)["id"] == "Ä-1"


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": "other"}', '{"format": "hexapod-draft/2"}'])
def test_a_damaged_draft_is_not_opened(text: str) -> None:
    with pytest.raises(storage.DraftUnreadableError, match="Nothing was changed"):
        storage.draft_in(text)


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize(
    "damage", [("measured_with", "{"), ("measured_with", 3), ("limb_girth_mm", None), ("levels", [])]
)
def test_a_draft_that_no_page_could_be_drawn_of_is_not_opened(varus: dict[str, Any], damage: tuple[str, Any]) -> None:
    draft, (key, value) = draft_of(varus), damage
    (draft if key == "levels" else draft["levels"][0])[key] = value
    with pytest.raises(storage.DraftUnreadableError, match="Nothing was changed"):
        storage.draft_in(storage.text_of(draft))


LATER = {"clinic_days", "clinic_closed", "exchange_reserve_mm", "derived_from", "clinic", "time_zone"}
LATER_OF_A_LEVEL = {"couple", "segment", "limb_girth_mm", "index_days_per_cm", "docking_gap_mm", "adjustment_times"}


def _of_the_first_version(document: dict[str, Any]) -> dict[str, Any]:
    draft = {key: value for key, value in draft_of(document).items() if key not in LATER}
    draft["levels"] = [{k: v for k, v in one.items() if k not in LATER_OF_A_LEVEL} for one in draft["levels"]]
    for level in draft["levels"]:
        level["structures_at_risk"] = [
            {k: v for k, v in one.items() if k != "crosses"} for one in level["structures_at_risk"]
        ]
    return draft | {"origin": {"document": copy.deepcopy(document), "entries": entries(draft)}}


@pytest.mark.hazard("H-21")
@pytest.mark.parametrize("title", [None, "edited"])
def test_a_draft_of_an_older_version_is_opened_with_every_entry(varus: dict[str, Any], title: str | None) -> None:
    draft = _of_the_first_version(varus)
    assert draft["levels"][0].keys() == blank_level().keys() - LATER_OF_A_LEVEL
    if title is not None:
        draft["title"] = varus["title"] = title
    kept = storage.draft_in(storage.text_of(draft))
    assert kept.keys() == blank_draft().keys()
    assert [one.keys() for one in kept["levels"][0]["structures_at_risk"]] == [blank_structure().keys()]
    reading = read_draft(kept)
    assert not reading.troubles
    assert reading.document == varus


def test_a_draft_of_a_newer_version_is_not_opened() -> None:
    with pytest.raises(storage.DraftUnreadableError):
        storage.draft_in(storage.text_of(blank_draft() | {"unheard_of": ""}))


def _of_format_2(draft: dict[str, Any]) -> dict[str, Any]:
    """A draft without what no draft of `hexapod-draft/2` has: the radiographs that were measured."""
    for one in (draft, draft["origin"]["entries"]):
        for level in one["levels"]:
            del level["measured_with"]
    return draft


@pytest.mark.hazard("H-21")
def test_fine_numbers_beside_a_draft_of_an_older_version_are_read(varus: dict[str, Any]) -> None:
    draft = draft_of(varus)
    with_fine = copy.deepcopy(draft)
    fine = {"name": "fine", "correct_to": {"varus_deg": 1.23456789}}
    stage_list.replace(with_fine, draft["levels"][0]["uid"], [fine])
    other, draft["exact"] = alternatives.treatment_of(with_fine), with_fine["exact"]
    draft["alternative"] = {"kept": "B", "dropped": False, "treatment": other}
    del draft["alternatives"]
    kept = storage.draft_in(json.dumps({"format": "hexapod-draft/4"} | _of_format_2(draft)))
    assert read_draft(kept).document == varus
    assert [alternatives.title(one) for one in alternatives.compared(kept)] == ["A", "B"]
    reading = read_draft(alternatives.draft_with(kept, kept["alternatives"][1]["uid"]))
    assert not reading.troubles
    assert reading.document["levels"][0]["stages"] == [fine]


@pytest.mark.hazard("H-21")
def test_an_entry_put_back_in_a_draft_of_an_older_version_is_the_file_again(varus: dict[str, Any]) -> None:
    varus["levels"][0]["mounting"] = None
    draft = _of_format_2(draft_of(varus))
    draft["title"] = "edited"
    kept = storage.draft_in(storage.text_of(draft))
    assert read_draft(kept).document["title"] == "edited"
    kept["title"] = varus["title"]
    assert json.dumps(read_draft(kept).document) == json.dumps(varus)


@pytest.mark.hazard("H-24")
def test_what_an_older_version_did_not_take_for_an_entry_is_not_said_by_an_edited_draft(varus: dict[str, Any]) -> None:
    """The file has an index of days: a draft whose field for it is empty is not the file's."""
    varus["levels"][0]["index_days_per_cm"] = 33.0
    draft = _of_the_first_version(varus)
    draft["title"] = "edited"
    kept = storage.draft_in(storage.text_of(draft))
    kept["title"] = varus["title"]
    assert kept["levels"][0]["index_days_per_cm"] == ""
    assert "index_days_per_cm" not in read_draft(kept).document["levels"][0]

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from hexapod.app.draft import storage
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

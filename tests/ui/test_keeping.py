from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from hexapod.ui import keeping
from hexapod.ui.document import read_draft
from hexapod.ui.draft import blank_draft, entries
from hexapod.ui.opened import draft_of


@pytest.mark.hazard("H-21")
def test_a_draft_is_kept_whole(tmp_path: Path) -> None:
    token, draft = keeping.new_token(), blank_draft()
    draft["id"] = "Ä-1"
    keeping.save(token, draft, 3)
    assert keeping.load(token) == (draft, 3)
    assert [path.name for path in (tmp_path / "drafts").iterdir()] == [f"{token}.json"]


@pytest.mark.parametrize(
    "token",
    [
        "",
        "..",
        "../../etc/passwd",
        "/etc/passwd",
        "a" * 24 + "\n",
        "0" * 23,
        "0" * 25,
        "A" * 24,
        "0" * 23 + "/",
        "%2e%2e",
    ],
)
def test_tricks_with_paths_are_refused(token: str) -> None:
    assert not keeping.is_token(token)
    with pytest.raises(ValueError, match="not the name of a draft"):
        keeping.load(token)
    with pytest.raises(ValueError, match="not the name of a draft"):
        keeping.save(token, blank_draft(), 1)


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"format": "other"}', '{"format": "hexapod-draft/1", "draft": {}}']
)
def test_a_damaged_draft_is_not_opened(tmp_path: Path, content: str) -> None:
    token = keeping.new_token()
    keeping.save(token, blank_draft(), 1)
    (tmp_path / "drafts" / f"{token}.json").write_text(content, "utf-8")
    assert keeping.load(token) is None


LATER = {"child", "clinic_days", "clinic_closed", "exchange_reserve", "derived_from", "clinic", "time_zone"}
LATER_OF_A_LEVEL = {"couple", "segment", "girth", "index_days", "docking_gap", "times"}


def _of_the_first_version(document: dict[str, Any]) -> dict[str, Any]:
    draft = {key: value for key, value in draft_of(document).items() if key not in LATER}
    draft["levels"] = [{k: v for k, v in one.items() if k not in LATER_OF_A_LEVEL} for one in draft["levels"]]
    return draft | {"origin": {"document": copy.deepcopy(document), "entries": entries(draft)}}


@pytest.mark.hazard("H-21")
@pytest.mark.parametrize("title", [None, "edited"])
def test_a_draft_of_an_older_version_is_opened_with_every_entry(varus: dict[str, Any], title: str | None) -> None:
    draft, token = _of_the_first_version(varus), keeping.new_token()
    assert draft["levels"][0].keys() == keeping.blank_level().keys() - LATER_OF_A_LEVEL
    if title is not None:
        draft["title"] = varus["title"] = title
    keeping.save(token, draft, 5)
    kept = keeping.load(token)
    assert kept is not None
    assert kept[1] == 5
    assert kept[0].keys() == blank_draft().keys()
    reading = read_draft(kept[0])
    assert not reading.troubles
    assert reading.document == varus


def test_a_draft_of_a_newer_version_is_not_opened() -> None:
    token = keeping.new_token()
    keeping.save(token, blank_draft() | {"unheard_of": ""}, 1)
    assert keeping.load(token) is None

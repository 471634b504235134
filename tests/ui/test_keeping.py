from __future__ import annotations

from pathlib import Path

import pytest

from hexapod.ui import keeping
from hexapod.ui.draft import blank_draft


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

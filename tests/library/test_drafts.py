"""Drafts: what was acknowledged is there, and nobody's is written over."""

from __future__ import annotations

import json

import pytest

from hexapod.library import Conflict, Library, NotThere, Records, Refused, is_key, new_key, open_library
from tests.library.treatment import ANNA, BEN


@pytest.mark.hazard("H-21")
def test_a_draft_is_there_for_whoever_opens_the_library_next(url: str) -> None:
    case = new_key()
    with open_library(url) as library:
        records = library.as_user(ANNA)
        assert records.drafts.save(case, 0, '{"id": "p-1"}') == 1
        assert records.drafts.save(case, 1, '{"id": "p-1", "title": "µ “so”"}') == 2
    with open_library(url) as library:
        draft = library.as_user(BEN).drafts.load(case)
        assert draft is not None
        assert (draft.revision, draft.text, draft.by) == (2, '{"id": "p-1", "title": "µ “so”"}', "Anna")
        earlier = library.as_user(BEN).drafts.load(case, 1)
        assert earlier is not None
        assert earlier.text == '{"id": "p-1"}'


@pytest.mark.hazard("H-21")
def test_of_two_people_at_one_case_the_second_is_told_of_the_first(library: Library) -> None:
    anna, ben = library.as_user(ANNA), library.as_user(BEN)
    case = new_key()
    anna.drafts.save(case, 0, "{}")
    ben.drafts.save(case, 1, '{"title": "by Ben"}')
    with pytest.raises(Conflict, match=r"Ben saved revision 2 of this case at 2026-05-20 08:00 UTC") as told:
        anna.drafts.save(case, 1, '{"title": "by Anna"}')
    assert (told.value.by, told.value.revision) == ("Ben", 2)
    kept = anna.drafts.load(case)
    assert kept is not None
    assert kept.text == '{"title": "by Ben"}'
    assert anna.drafts.revision(case) == 2
    assert anna.drafts.save(case, 2, '{"title": "by both"}') == 3


def test_a_save_whose_answer_got_lost_may_be_repeated(records: Records) -> None:
    case = new_key()
    assert records.drafts.save(case, 0, '{"title": "a"}') == 1
    assert records.drafts.save(case, 0, '{"title": "a"}') == 1
    assert records.drafts.save(case, 1, '{"title": "a"}') == 1
    assert records.drafts.save(case, 1, '{"title": "b"}') == 2
    with pytest.raises(Conflict):
        records.drafts.save(case, 0, '{"title": "a"}')
    assert [entry.action for entry in records.audit.history(case)] == ["case.made", "draft.saved", "draft.saved"]


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "null", '{"a": "\ud800"}', "[" * 100_000, json.dumps({"a": "x" * 1_000_000})]
)
def test_what_is_no_draft_is_refused(records: Records, text: str) -> None:
    case = new_key()
    with pytest.raises(Refused, match="draft"):
        records.drafts.save(case, 0, text)
    with pytest.raises(NotThere):
        records.drafts.load(case)


def test_any_text_may_stand_in_a_draft(records: Records) -> None:
    """Half a character or a zero, written as JSON writes them, is kept as it was typed, and shown as well as it can be."""
    case, text = new_key(), '{"id": "\\ud800", "title": "a\\u0000b", "side": 7, "bone": {}}'
    records.drafts.save(case, 0, text)
    kept = records.drafts.load(case)
    assert kept is not None
    assert kept.text == text
    (line,) = records.cases.find("ab").cases
    assert (line.case_id, line.title, line.side) == ("?", "ab", "")
    assert records.cases.find("\ud800\x00").total == 1
    for words in ("\ud800", "a\x00b", "x" * 20_001):
        with pytest.raises(Refused):
            records.cases.add_note(case, words)


def test_keys_that_are_none_lead_nowhere(records: Records) -> None:
    assert is_key(new_key())
    for key in ("", "../../etc/passwd", "0" * 23, "G" * 24, "0" * 24 + "\n"):
        with pytest.raises(NotThere):
            records.drafts.save(key, 0, "{}")
    with pytest.raises(NotThere):
        records.drafts.save(new_key(), 3, "{}")

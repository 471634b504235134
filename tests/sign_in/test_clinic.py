"""A provider that misbehaves, roles of the library's own list, and calls around the page; the app as `st.App`."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from hexapod.library import Actor, NotPermitted, new_key, open_library
from tests.sign_in.conftest import CLIENT, Hospital

pytestmark = pytest.mark.hazard("H-22")
DRAFT = '{"id": "somebody", "note": "left tibia"}'
NOW_S = int(time.time())
FORGED: dict[str, dict[str, Any]] = {
    "signed with another key": {"key": "foreign"},
    "not signed": {"algorithm": "none"},
    "not signed, and the metadata allow it": {"algorithm": "none", "listed": ["RS256", "none"]},
    "signed with the public key as a secret": {"algorithm": "HS256", "listed": ["RS256", "HS256"]},
    "expired": {"claims": {"iat": NOW_S - 4000, "exp": NOW_S - 3700}},
    "never ending by words": {"claims": {"exp": "never"}},
    "without an end": {"claims": {"exp": None}},
    "of the future": {"claims": {"iat": NOW_S + 4000, "exp": NOW_S + 8000}},
    "for another app": {"claims": {"aud": "another"}},
    "for another app, handed to us": {"claims": {"aud": "another", "azp": CLIENT}},
    "for others, handed to us": {"claims": {"aud": ["another", "third"], "azp": CLIENT}},
    "for us and others": {"claims": {"aud": [CLIENT, "another"]}},
    "for us, handed to another": {"claims": {"aud": CLIENT, "azp": "another"}},
    "for nobody": {"claims": {"aud": None}},
    "of another provider": {"claims": {"iss": "http://localhost:1"}},
    "without nonce": {"claims": {"nonce": None}},
    "with another nonce": {"claims": {"nonce": "of-another-sign-in"}},
    "of nobody": {"claims": {"sub": None}},
    "of a blank": {"claims": {"sub": " "}},
    "too old for a sign-in": {"claims": {"iat": NOW_S - 13 * 3600, "exp": NOW_S + 3600}},
}


def behave(clinic: Hospital, **how: Any) -> None:
    httpx.put(f"{clinic.issuer}/behave", json=how).raise_for_status()


@pytest.fixture
def draft(clinic: Hospital) -> str:
    key = new_key()
    with clinic.library() as records:
        records.drafts.save(key, 0, DRAFT)
    return key


@pytest.mark.parametrize("how", FORGED)
@pytest.mark.some(1)
def test_a_token_that_is_not_right_does_not_sign_in(clinic: Hospital, how: str) -> None:
    behave(clinic, **FORGED[how])
    eve = clinic.visitor().sign_in()
    tab = eve.tab().run()
    assert tab.has("sign-in")
    assert "u-1" not in tab.text
    assert "signs as" not in tab.text


def test_roles_of_the_list_count_at_every_call(clinic: Hospital, draft: str) -> None:
    """No role, then one, then none: in one session, without a new sign-in."""
    behave(clinic, claims={"name": "Ben Berg", "sub": "u-2"})
    tab = clinic.visitor().sign_in().tab(f"case={draft}").run()
    assert "you have no role" in tab.text
    assert "u-2" in tab.text
    assert b"left tibia" not in tab.bytes
    with clinic.library() as records:
        records.roles.grant("u-2", "viewer")
    tab.press("look-again")
    assert DRAFT in tab.text
    assert "Ben Berg (u-2)" in tab.text
    assert "not saved: u-2 may not do this" in tab.enter("entry", '{"n": 1}').text
    with clinic.library() as records:
        records.roles.grant("u-2", "planner")
    assert "\nsaved" in tab.enter("entry", '{"n": 2}').text
    with clinic.library() as records:
        records.roles.withdraw("u-2", "planner")
    assert "not saved: u-2 may not do this" in tab.enter("entry", '{"n": 3}').text
    with clinic.library() as records:
        records.roles.withdraw("u-2", "viewer")
        kept = records.drafts.load(draft)
    assert (kept.text, kept.by) == ('{"n": 2}', "u-2")
    assert "you have no role" in tab.run().text


def test_a_stranger_gets_nothing_of_a_case(clinic: Hospital, draft: str) -> None:
    behave(clinic)
    tab = clinic.visitor().tab(f"case={draft}").run()
    assert tab.has("sign-in")
    assert b"left tibia" not in tab.bytes


def test_the_store_is_closed_to_actors_without_a_role(clinic: Hospital, draft: str) -> None:
    with open_library(f"sqlite:///{clinic.folder / 'library.sqlite3'}") as library:
        for actor in (Actor("u-9"), Actor("u-9", frozenset())):
            with pytest.raises(NotPermitted):
                library.as_user(actor).drafts.load(draft)
            with pytest.raises(NotPermitted):
                library.as_user(actor).drafts.save(draft, 1, "{}")

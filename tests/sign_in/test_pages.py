"""What stands before the app, and who is there, without a server: off, on, too old, wrongly set up."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from hexapod.app.session import library_access
from hexapod.app.sign_in import settings
from hexapod.app.sign_in import user as who
from hexapod.app.sign_in.settings import SignIn
from hexapod.app.sign_in.user import person_of
from hexapod.library import ANYONE, NotPermitted, new_key, open_library
from tests.sign_in.conftest import CLIENT, HERE

pytestmark = pytest.mark.hazard("H-22")
ISSUER = "https://login.example/realms/a"
AUTH = {
    "redirect_uri": "https://app.example/oauth2callback",
    "cookie_secret": "c" * 40,
    "client_id": CLIENT,
    "client_secret": "s",
    "expose_tokens": "id",
    "server_metadata_url": f"{ISSUER}/.well-known/openid-configuration",
}


def token(nonce: object = "n-1", algorithm: object = "RS256") -> str:
    """An identity token as far as it is looked at: its signature was checked at the sign-in."""
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()) for one in ({"alg": algorithm}, {"nonce": nonce})]
    return b".".join([*(part.rstrip(b"=") for part in parts), b"sig"]).decode()


def claims(**other: Any) -> dict[str, Any]:
    now_s = int(time.time())
    usual = {"iss": ISSUER, "aud": CLIENT, "sub": "u-1", "name": "Ada Adler", "nonce": "n-1", "exp": now_s + 300}
    usual |= {"iat": now_s, "is_logged_in": True, "provider": "default"} | other
    return {"tokens": {"id": token(usual["nonce"])}} | usual


@pytest.fixture(autouse=True)
def _own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAPOD_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(who, "_until_s", {})
    library_access._library.clear()


def sign_in(**own: Any) -> SignIn:
    found = settings.read({"auth": AUTH, "hexapod": own}, "required")
    assert found is not None
    return found


def page(user: dict[str, Any] | None, case: str = "", **own: Any) -> AppTest:
    at = AppTest.from_file(str(HERE / "small_app.py"), default_timeout=30)
    at.query_params["case"] = case
    if user is not None:
        at.secrets["auth"] = AUTH
        at.secrets["hexapod"] = own
        at.user = user
    return at.run()


def a_case() -> str:
    key = new_key()
    with open_library() as library:
        library.as_user(ANYONE).drafts.save(key, 0, "{}")
    return key


def texts(at: AppTest) -> str:
    parts = (at.text, at.markdown, at.info, at.error, at.code)
    return "\n".join(str(one.value) for part in parts for one in part)


def test_off_on_one_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    at = page(None)
    assert not at.exception
    assert "signs as: None" in texts(at)
    assert not [one for one in at.button if one.key == "sign-out"]
    assert who.actor() is ANYONE
    assert who.notice() == "Sign-in is off: anyone at this computer can see, change and sign every case here."
    monkeypatch.setattr(st, "get_option", lambda name: "0.0.0.0" if name == "server.address" else [])
    assert "anyone in this network" in who.notice()


def test_on_and_signed_in() -> None:
    at = page(claims(our="signer"), roles_claim="our")
    assert not at.exception
    assert "signs as: Ada Adler (u-1)" in texts(at)
    assert [one for one in at.button if one.key == "sign-out"]


@pytest.mark.parametrize(
    "other",
    [
        {"is_logged_in": False},
        {"is_logged_in": "true"},
        {"iss": "https://login.example/realms/b"},
        {"aud": "another"},
        {"aud": ["another", CLIENT]},
        {"azp": "another"},
        {"provider": "second"},
        {"iat": None},
        {"iat": True},
        {"exp": 5},
        {"iat": 9e9, "exp": 9.1e9},
        {"sub": ""},
        {"sub": "anyone at this computer"},
        {"sub": "a\nb"},
        {"sub": "x" * 121},
        {"nonce": ""},
        {"tokens": {}},
        {"tokens": {"id": token(algorithm="none")}},
        {"tokens": {"id": token(algorithm="HS256")}},
        {"tokens": {"id": token(algorithm=["RS256"])}},
        {"tokens": {"id": token(nonce="of another sign-in")}},
        {"tokens": {"id": "a.b.c"}},
        {"tokens": {"id": "no token"}},
    ],
)
def test_what_does_not_name_somebody_here_and_now_is_nobody(other: dict[str, Any]) -> None:
    with pytest.raises(who.NotSignedIn):
        person_of(claims(our="signer") | other, sign_in(roles_claim="our"), time.time())


def test_the_page_of_nobody_has_one_button() -> None:
    at = page(claims(our="signer", aud="another"), roles_claim="our")
    assert not at.exception
    assert [one.key for one in at.button] == ["sign-in"]
    assert "does not count here" in texts(at)
    assert "signs as" not in texts(at)


def test_a_sign_in_ends_after_its_hours() -> None:
    now_s = int(time.time())
    old = claims(our="viewer", iat=now_s - 2 * 3600)
    assert "signs as" in texts(page(old, roles_claim="our", session_hours=2.1))


def test_a_sign_in_that_has_ended_says_so() -> None:
    at = page(claims(our="viewer", iat=int(time.time()) - 2 * 3600), roles_claim="our", session_hours=1.5)
    assert "Your sign-in has ended, as it does after 1.5 hours" in texts(at)
    assert [one.key for one in at.button] == ["sign-in"]


def test_it_ends_in_the_middle_of_a_session_too() -> None:
    key = a_case()
    at = page(claims(our="planner"), key, roles_claim="our")
    at.text_input(key="entry").input('{"n": 1}')
    assert "\nsaved" in texts(at.run())
    at.user["iat"] = int(time.time()) - 13 * 3600
    at.text_input(key="entry").input('{"n": 2}')
    assert "Your sign-in has ended" in texts(at.run())
    assert "not saved: Your sign-in has ended" in at.session_state["said"]
    with open_library() as library:
        assert library.as_user(ANYONE).drafts.load(key).text == '{"n": 1}'


def test_a_role_of_the_claim_is_withdrawn_in_mid_session() -> None:
    key = a_case()
    at = page(claims(our=["planner"]), key, roles_claim="our")
    at.text_input(key="entry").input('{"n": 1}')
    assert "\nsaved" in texts(at.run())
    with open_library() as library:
        library.as_user(ANYONE).roles.withdraw("u-1", "planner", from_sign_in=True)
    at.text_input(key="entry").input('{"n": 2}')
    assert "you have no role" in texts(at.run())
    assert "not saved: u-1 may not do this" in at.session_state["said"]


def test_roles_of_the_provider_in_its_own_words() -> None:
    own = {"roles_claim": "groups", "roles": {"viewer": ["ortho"], "planner": ["residents"]}}
    assert "signs as" in texts(page(claims(groups=["ortho", "x"]), **own))


@pytest.mark.parametrize("told", [None, "", [], ["residents "], {"ortho": 1}, 7, [["ortho"]], "viewer"])
def test_other_words_are_no_role(told: Any) -> None:
    own = {"roles_claim": "groups", "roles": {"viewer": ["ortho"], "planner": ["residents"]}}
    assert person_of(claims(groups=told), sign_in(**own), time.time()).actor.roles == frozenset()


def test_without_a_role_there_is_a_name_to_give() -> None:
    at = page(claims(), roles_claim="groups")
    assert "you have no role" in texts(at)
    assert at.code[0].value == "u-1"
    assert [one.key for one in at.button] == ["sign-out"]


def test_the_list_of_the_library_does_not_help_where_a_claim_is_asked() -> None:
    with open_library() as library:
        library.as_user(ANYONE).roles.grant("u-1", "administrator")
    assert "you have no role" in texts(page(claims(), roles_claim="groups"))


def test_names_of_the_standard_profile_name_nobody() -> None:
    at = page(claims(preferred_username="adler"), user_claim="preferred_username")
    assert "Sign-in does not work on this server" in texts(at)


def test_calls_around_the_page_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings._switched_on, "now", settings.read({"auth": AUTH}, ""))
    for call in (who.actor, who.person, who.signature, who.badge, library_access.records):
        with pytest.raises(who.NotSignedIn):
            call()
    assert issubclass(who.NotSignedIn, NotPermitted)
    assert who.notice() == ""


def test_signing_out_ends_the_sign_in_everywhere() -> None:
    mine = claims(our="viewer")
    first, second = page(mine, roles_claim="our"), page(mine, roles_claim="our")
    next(one for one in first.button if one.key == "sign-out").click()
    assert [one.key for one in first.run().button] == ["sign-in"]
    assert "You have signed out" in texts(second.run())
    assert "signs as" in texts(page(claims(our="viewer", nonce="n-2"), roles_claim="our"))


def test_a_library_that_cannot_be_read_is_said_without_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "library.sqlite3").write_text("this is no database at all, but some text" * 40)
    at = page(claims(our="viewer"), roles_claim="our")
    assert "cannot be read now" in texts(at)
    assert str(tmp_path) not in texts(at)

"""The secrets file: what switches sign-in on, and that a mistake in it never switches it off."""

from __future__ import annotations

import copy
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from hexapod.app.sign_in import settings, user
from hexapod.app.sign_in.settings import SettingsWrong, read
from tests.sign_in.conftest import ROOT
from tests.sign_in.test_pages import AUTH, ISSUER

pytestmark = pytest.mark.hazard("H-22")
WHOLE: dict[str, Any] = {
    "auth": AUTH,
    "hexapod": {"roles_claim": "groups", "roles": {"signer": ["consultants"]}, "session_hours": 8},
}


def test_on_and_off() -> None:
    assert read({}, "") is None
    assert read({"other": {}}, "") is None
    found = read(WHOLE, "required")
    assert found is not None
    assert (found.issuer, found.user_claim, found.name_claim, found.session_hours) == (ISSUER, "sub", "name", 8)
    assert found.role_names["signer"] == {"consultants"}
    assert found.role_names["viewer"] == frozenset()
    plain = read({"auth": AUTH}, "")
    assert plain is not None
    assert (plain.roles_claim, plain.session_hours, plain.role_names["viewer"]) == (None, 12, {"viewer"})


MISTAKES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "has no part": lambda secrets: secrets.pop("auth"),
    "must be parts": lambda secrets: secrets.update(auth="on"),
    r"\[auth\] client_id": lambda secrets: secrets["auth"].pop("client_id"),
    r"\[auth\] client_secret": lambda secrets: secrets["auth"].update(client_secret=""),
    "at least 32": lambda secrets: secrets["auth"].update(cookie_secret="c" * 31),
    "expose_tokens": lambda secrets: secrets["auth"].pop("expose_tokens"),
    "must end with /oauth2callback": lambda secrets: secrets["auth"].update(redirect_uri="https://app.example/"),
    "redirect_uri must begin with https": lambda secrets: secrets["auth"].update(
        redirect_uri="http://a.example/oauth2callback"
    ),
    "server_metadata_url must begin with": lambda secrets: secrets["auth"].update(
        server_metadata_url="ftp://a.example/x"
    ),
    "server_metadata_url must end with": lambda secrets: secrets["auth"].update(server_metadata_url=ISSUER),
    "There is one provider": lambda secrets: secrets["auth"].update(keycloak={"client_id": "x"}),
    "mean nothing: role_claim": lambda secrets: secrets["hexapod"].update(role_claim="x"),
    "cannot be email": lambda secrets: secrets["hexapod"].update(user_claim="email"),
    "neither empty nor": lambda secrets: secrets["hexapod"].update(user_claim=" sub"),
    "needs roles_claim": lambda secrets: secrets["hexapod"].pop("roles_claim"),
    "and no other": lambda secrets: secrets["hexapod"].update(roles={"king": ["x"]}),
    "must be a list of texts": lambda secrets: secrets["hexapod"].update(roles={"signer": "x"}),
    "above 0": lambda secrets: secrets["hexapod"].update(session_hours=0),
    "at most 168": lambda secrets: secrets["hexapod"].update(session_hours=float("inf")),
    "must be a number": lambda secrets: secrets["hexapod"].update(session_hours=True),
}


@pytest.mark.parametrize("said", MISTAKES)
def test_mistakes_are_named_and_keep_everybody_out(said: str) -> None:
    secrets = copy.deepcopy(WHOLE)
    MISTAKES[said](secrets)
    with pytest.raises(SettingsWrong, match=said):
        read(secrets, "")


def test_required_without_a_file_keeps_everybody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for word in ("required", "yes"):
        with pytest.raises(SettingsWrong):
            read({}, word)
    monkeypatch.setenv(settings.REQUIRED, "required")
    with pytest.raises(user.NotSignedIn):
        user.actor()
    assert user.notice() == ""


@pytest.mark.parametrize("contents", [b"[auth\n", b"\xff\xfe[auth]", b"[auth]\nclient_id = 'a'\nclient_id = 'b'\n"])
def test_a_file_that_cannot_be_read_is_not_taken_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contents: bytes
) -> None:
    """Streamlit itself would go on without sign-in."""
    _secrets_at(tmp_path / "secrets.toml", monkeypatch)
    assert settings.current() is None
    (tmp_path / "secrets.toml").write_bytes(contents)
    with pytest.raises(SettingsWrong):
        settings.current()
    with pytest.raises(user.NotSignedIn):
        user.actor()


def test_what_was_on_stays_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_secrets", lambda: {"auth": AUTH})
    assert settings.current() is not None
    monkeypatch.setattr(settings, "_secrets", dict)
    assert settings.current() is not None


def test_headers_that_overrule_the_sign_in_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_secrets", lambda: {"auth": AUTH})
    usual = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: {"X-User": "sub"} if "trusted" in name else usual(name))
    with pytest.raises(SettingsWrong, match="trustedUserHeaders"):
        settings.current()


def test_the_example_is_whole_but_opens_nothing() -> None:
    text = (ROOT / ".streamlit" / "secrets.toml.example").read_text("utf-8")
    with pytest.raises(SettingsWrong, match="cookie_secret"):
        read(tomllib.loads(text), "")
    filled = tomllib.loads(
        "\n".join(line.removeprefix("# ") if " = " in line or "[" in line[:3] else line for line in text.splitlines())
    )
    filled["auth"] |= {"cookie_secret": "c" * 40, "client_id": "a", "client_secret": "b"}
    found = read(filled, "")
    assert found is not None
    assert found.roles_claim == "hexapod_roles"
    assert all(found.role_names.values())


def _secrets_at(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.runtime.secrets import Secrets

    usual = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: [str(path)] if name == "secrets.files" else usual(name))
    monkeypatch.setattr("streamlit.runtime.secrets.config.get_option", st.get_option)
    monkeypatch.setattr(st, "secrets", Secrets())
    assert os.environ.get(settings.REQUIRED) is None

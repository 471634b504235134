"""The app with a real provider: who is let in, as whom, and that nobody else gets a byte of a case."""

from __future__ import annotations

import pytest

from bench.visitor import TOKENS_COOKIE, USER_COOKIE
from hexapod.library import new_key
from tests.sign_in.conftest import Hospital

pytestmark = pytest.mark.hazard("H-22")
SECRET = "left-tibia-of-somebody"


@pytest.fixture(scope="module")
def case(hospital: Hospital) -> str:
    key = new_key()
    with hospital.library() as records:
        records.drafts.save(key, 0, f'{{"id": "{SECRET}", "title": "{SECRET}"}}')
    return key


def test_signs_in_and_out(hospital: Hospital) -> None:
    ada = hospital.visitor()
    assert "Sign in to see the cases" in ada.tab().run().text
    ada.sign_in("u-ada")
    tab = ada.tab().run()
    assert "Ada Adler (adler)" in tab.text
    assert not tab.has("sign-in")
    other = ada.tab().run()
    assert "Ada Adler" in other.text
    tab.press("sign-out")
    assert "/auth/logout" in tab.sent_to
    assert "You have signed out" in other.run().text
    assert "Ada Adler" not in other.text
    assert "You have signed out" in ada.tab().run().text, "a copy of the cookie is worth nothing"
    ada.sign_in("u-ada")
    assert "Ada Adler (adler)" in ada.tab().run().text


def test_nobody_without_a_role_sees_anything(hospital: Hospital, case: str) -> None:
    tab = hospital.visitor().sign_in("u-ben").tab(f"case={case}").run()
    assert "you have no role" in tab.text
    assert "berg" in tab.text
    assert tab.has("sign-out")
    assert SECRET.encode() not in tab.bytes


def test_what_users_set_themselves_names_nobody(hospital: Hospital, case: str) -> None:
    """Eve calls herself adler wherever she can, and has no `staff` from the hospital."""
    tab = hospital.visitor().sign_in("u-eve").tab(f"case={case}").run()
    assert tab.has("sign-in")
    assert b"Adler" not in tab.bytes


def test_a_link_to_a_case_gives_a_stranger_the_sign_in_page_only(hospital: Hospital, case: str) -> None:
    for query in ("", f"case={case}", f"case={case}&step=plan"):
        tab = hospital.visitor().tab(query).run().run()
        assert tab.has("sign-in")
        assert "Sign in to see the cases" in tab.text
        assert SECRET.encode() not in tab.bytes
        assert str(hospital.folder).encode() not in tab.bytes


@pytest.mark.parametrize("spoil", ["contents", "cut", "signature", "of another key"])
def test_a_tampered_cookie_does_not_sign_in(hospital: Hospital, spoil: str) -> None:
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value

    ada = hospital.visitor().sign_in("u-ada")
    cookie = ada.cookie
    assert cookie is not None
    plain = decode_signed_value("c0" * 24, USER_COOKIE, cookie)
    assert plain is not None
    spoilt = {
        "contents": cookie[:20] + ("A" if cookie[20] != "A" else "B") + cookie[21:],
        "cut": cookie[:-4],
        "signature": cookie[:-6] + ("aaaaaa" if not cookie.endswith("aaaaaa") else "bbbbbb"),
        "of another key": create_signed_value("c1" * 24, USER_COOKIE, plain).decode(),
    }[spoil]
    eve = hospital.visitor()
    eve.web.cookies.set(TOKENS_COOKIE, ada.cookies()[TOKENS_COOKIE])
    eve.web.cookies.set(USER_COOKIE, spoilt)
    tab = eve.tab().run()
    assert tab.has("sign-in")
    assert b"Adler" not in tab.bytes
    eve.web.cookies.set(USER_COOKIE, create_signed_value("c0" * 24, USER_COOKIE, plain).decode())
    assert "Ada Adler" in eve.tab().run().text, "the test makes cookies as the server does"


def test_a_session_of_somebody_cannot_be_taken_over_without_the_cookie(hospital: Hospital) -> None:
    ada = hospital.visitor().sign_in("u-ada").tab().run()
    session = next(one.new_session.initialize.session_id for one in ada.messages if one.HasField("new_session"))
    tab = hospital.visitor().tab(session=session).run()
    assert tab.has("sign-in")
    assert b"Adler" not in tab.bytes


def test_cookies_are_hidden_from_scripts(hospital: Hospital) -> None:
    ada = hospital.visitor().sign_in("u-ada")
    kept = {cookie.name: cookie for cookie in ada.web.cookies.jar}
    assert kept[USER_COOKIE].has_nonstandard_attr("HttpOnly") or "httponly" in map(str.lower, kept[USER_COOKIE]._rest)

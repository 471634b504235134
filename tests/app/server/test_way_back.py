"""The way back to a link, without a browser: what is kept of the page that asked to sign in, and where it leads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hexapod.app.server import asgi, headers, return_link
from hexapod.app.server.return_link import COOKIE, LASTS_S, link_in
from hexapod.app.sign_in import settings

pytestmark = pytest.mark.hazard("H-22")
HERE = "http://app.example"


@pytest.fixture(autouse=True)
def _its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server answers to the name that users type."""
    monkeypatch.setattr(headers, "own_names", lambda: frozenset({"app.example"}))


CASE = "0123456789abcdef01234567"
PROVIDER = "https://login.example/authorize?client_id=a&state=s-1&nonce=n"
Answer = Callable[[Request], Response]


def _to_provider(_: Request) -> Response:
    return RedirectResponse(PROVIDER, status_code=302)


def _signed_in(_: Request) -> Response:
    answer = RedirectResponse(return_link.root(), status_code=302)
    answer.delete_cookie("_streamlit_user")
    answer.set_cookie("_streamlit_user", "somebody")
    return answer


def _failed(_: Request) -> Response:
    answer = RedirectResponse(return_link.root(), status_code=302)
    answer.delete_cookie("_streamlit_user")
    answer.set_cookie("_streamlit_user_tokens", "x")
    return answer


def browser(
    login: Answer = _to_provider, callback: Answer = _signed_in, base: str = ""
) -> Callable[..., httpx.Response]:
    """Somebody's browser with its cookies, before an app whose sign-in answers so."""
    names = {"auth/login": login, "oauth2callback": callback, "auth/logout": _failed, "": lambda _: Response("page")}
    routes = [Route(f"{base}/{path}", _async(answer)) for path, answer in names.items()]
    app = Starlette(routes=routes, middleware=asgi.MIDDLEWARE)
    cookies = httpx.Cookies()

    def get(path: str, **headers: str) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as client:
                answer = await client.get(f"{base}/{path}", headers=headers)
                cookies.update(client.cookies)
                for told in answer.headers.get_list("set-cookie"):
                    if "Max-Age=0" in told and told.startswith(COOKIE):
                        cookies.delete(COOKIE)
                return answer

        return asyncio.run(asked())

    return get


def _async(answer: Answer) -> Callable[[Request], object]:
    async def asked(request: Request) -> Response:
        return answer(request)

    return asked


def kept(answer: httpx.Response) -> str:
    """What the answer has the browser keep."""
    told = [one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}=")]
    assert len(told) <= 1
    return told[0].removeprefix(f"{COOKIE}=") if told else ""


def way(referer: str | None, **own: object) -> str:
    """Where somebody ends who pressed Sign in on that page."""
    get = browser(**own)  # type: ignore[arg-type]
    assert get("auth/login", **({} if referer is None else {"referer": referer})).headers["location"] == PROVIDER
    return str(get("oauth2callback?code=c&state=s-1").headers["location"])


def test_case_and_step_of_the_page_are_led_back_to() -> None:
    get = browser()
    answer = get("auth/login?provider=p", referer=f"{HERE}/?case={CASE}&step=check")
    assert kept(answer) == (f"case={CASE}&step=check&state=s-1; Path=/; Max-Age={LASTS_S}; HttpOnly; SameSite=lax"), (
        "short, for no script, and for no request of another page"
    )
    answer = get("oauth2callback?code=c&state=s-1")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/?case={CASE}&step=check"
    assert kept(answer).startswith("; Path=/; Max-Age=0")
    assert "_streamlit_user=somebody" in answer.headers["set-cookie"]
    assert get("oauth2callback?code=c&state=s-1").headers["location"] == "/", "used up"


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        (f"case={CASE}", f"/?case={CASE}"),
        ("case=sample-tibia_varus&step=follow-up", "/?case=sample-tibia_varus&step=follow-up"),
        ("case=demo-TV.014_2", "/?case=demo-TV.014_2"),
        (f"case={CASE}&step=nowhere", f"/?case={CASE}"),
        (f"case={CASE}&step=check&step=limb", f"/?case={CASE}"),
        (f"case={CASE}&step=check&unsaved=k&next=//evil.example", f"/?case={CASE}&step=check"),
        (f"step=check&case={CASE}#//evil.example", f"/?case={CASE}&step=check"),
        ("step=check", "/"),
        ("", "/"),
        (f"case={CASE}&case=other", "/"),
        ("case=", "/"),
        (f"case={'a' * 65}", "/"),
        *((f"case={quote(bad, safe='')}&step=check", "/") for bad in (
            "//evil.example", "a/b", "a b", "a&b=c", "a;b", "a\r\nSet-Cookie: x=y", "a\n", "a\x00", "ä", "<b>", '"', "%2f",
            "https://evil.example", "javascript:x",
        )),
    ],
)  # fmt: skip
def test_nothing_but_one_case_and_a_known_step_is_led_back_to(query: str, leads_to: str) -> None:
    assert way(f"{HERE}/?{query}") == leads_to


@pytest.mark.parametrize(
    "referer",
    [
        None,
        "",
        "no address",
        f"https://evil.example/?case={CASE}",
        f"http://app.example.evil.example/?case={CASE}",
        f"http://app.example@evil.example/?case={CASE}",
        f"http://evil.example@app.example/?case={CASE}",
        f"http://app.example:81/?case={CASE}",
        f"http://app.example\\@evil.example/?case={CASE}",
        f"http://[::1/?case={CASE}",
        f"//app.example/?case={CASE}",
        f"ftp://app.example/?case={CASE}",
        f"/?case={CASE}",
        f"?case={CASE}",
        f"{HERE}/other?case={CASE}",
        f"{HERE}//?case={CASE}",
        f"{HERE}?case={CASE}",
    ],
)
def test_pages_that_are_not_ours_lead_to_the_list_as_ever(referer: str | None) -> None:
    assert way(referer) == "/"


def test_two_referers_are_none() -> None:
    told = [("referer", f"{HERE}/?case={CASE}"), ("referer", "https://evil.example/"), ("host", "app.example")]
    scope = {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in told]}
    assert return_link._link_of_page(Headers(scope=scope), "/") == {}


def test_a_proxy_s_https_is_ours_and_the_cookie_then_secure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "by_https", lambda: True)
    get = browser()
    answer = get("auth/login", referer=f"https://APP.example/?case={CASE}")
    assert kept(answer).endswith("; Secure")
    answer = get("oauth2callback?state=s-1", cookie=f"{COOKIE}=case={CASE}&state=s-1")
    assert answer.headers["location"] == f"/?case={CASE}"
    assert kept(answer).endswith("; Secure")


def test_the_app_may_stand_below_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: "/hexapod/" if name == "server.baseUrlPath" else usual(name))
    page = f"{HERE}/hexapod/?case={CASE}&step=frame"
    assert way(page, base="/hexapod") == f"/hexapod/?case={CASE}&step=frame"
    assert way(f"{HERE}/?case={CASE}", base="/hexapod") == "/hexapod/"
    get = browser(base="/hexapod")
    assert "; Path=/hexapod/;" in kept(get("auth/login", referer=page))


def test_a_sign_in_that_fails_ends_as_ever() -> None:
    assert way(f"{HERE}/?case={CASE}", callback=_failed) == "/"


def test_an_answer_that_leads_elsewhere_is_left_alone() -> None:
    def elsewhere(_: Request) -> Response:
        answer = RedirectResponse("https://other.example/", status_code=302)
        answer.set_cookie("_streamlit_user", "somebody")
        return answer

    assert way(f"{HERE}/?case={CASE}", callback=elsewhere) == "https://other.example/"


def test_signing_out_is_not_touched() -> None:
    """It ends at the callback too, without a state; a sign-in of another tab still goes on."""
    get = browser()
    get("auth/login", referer=f"{HERE}/?case={CASE}")
    for path in ("auth/logout", "oauth2callback", "oauth2callback?state="):
        answer = get(path)
        assert answer.headers["location"] == "/"
        assert COOKIE not in str(answer.headers.get_list("set-cookie"))
    assert get("oauth2callback?state=s-1").headers["location"] == f"/?case={CASE}"


def test_a_link_is_of_one_sign_in_only() -> None:
    """Two tabs at once: neither ends at the other's case."""
    get = browser()
    get("auth/login", referer=f"{HERE}/?case={CASE}")
    assert get("oauth2callback?code=c&state=s-0").headers["location"] == "/"
    assert get("oauth2callback?code=c&state=s-1&state=s-0").headers["location"] == "/"
    assert get("oauth2callback?code=c&state=s-1").headers["location"] == f"/?case={CASE}"


def test_a_sign_in_without_a_link_forgets_the_one_before() -> None:
    get = browser()
    assert kept(get("auth/login")) == ""
    get("auth/login", referer=f"{HERE}/?case={CASE}")
    assert kept(get("auth/login", referer=f"{HERE}/")).startswith("; Path=/; Max-Age=0")
    assert get("oauth2callback?state=s-1").headers["location"] == "/"


@pytest.mark.parametrize(
    "value",
    [
        "case=//evil.example&state=s-1",
        "case=a%0D%0ASet-Cookie:x&state=s-1",
        "case=a&case=b&state=s-1",
        "state=s-1",
        "case=a&state=s-1&state=s-1",
        "case=a",
        "&" * 500,
        "",
    ],
)
def test_a_cookie_of_somebody_else_s_making_leads_nowhere_else(value: str) -> None:
    answer = browser()("oauth2callback?code=c&state=s-1", cookie=f"{COOKIE}={value}")
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("state", ["", "a b", "x" * 129, "a;b", "s-1&state=s-2"])
def test_a_state_that_is_none_keeps_nothing(state: str) -> None:
    def login(_: Request) -> Response:
        return Response(status_code=302, headers={"location": f"https://login.example/?state={state}"})

    assert kept(browser(login=login)("auth/login", referer=f"{HERE}/?case={CASE}")) == ""


def test_pages_of_the_app_pass_as_they_are() -> None:
    answer = browser()(f"?case={CASE}", referer=f"{HERE}/?case={CASE}", cookie=f"{COOKIE}=case={CASE}&state=s-1")
    assert (answer.text, kept(answer)) == ("page", "")
    assert link_in(f"case={CASE}&" + "a=b&" * 30) == {}


def test_entries_that_are_not_saved_are_named_again_and_nothing_else_by_that_name() -> None:
    assert link_in(f"case=a&step=limb&unsaved={CASE}") == {"case": "a", "step": "limb", "unsaved": CASE}
    for hostile in ("x", CASE.upper(), f"{CASE}0", f"{CASE}&unsaved={CASE}", "%2F%2Fevil.example"):
        assert link_in(f"case=a&unsaved={hostile}") == {"case": "a"}
    assert link_in(f"unsaved={CASE}") == {}

"""The way back to a link: whoever opened one and had to sign in first is led to its case and step afterwards.

Streamlit ends every sign-in at the app's root.  The page on which somebody pressed Sign in is named by the request for
the sign-in (Referer); its case, step and entries not saved are kept in a cookie of this one sign-in, and put behind the
root's address when it has succeeded.  Nothing else can come into that address, and none but the app's own root
is ever led to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hexapod.app.session import session
from hexapod.app.session.opening import STEPS
from hexapod.app.sign_in.settings import CALLBACK
from hexapod.library import is_key

LOGIN = "/auth/login"
COOKIE = "hexapod_way_back"
# As long as Streamlit's own cookie of a sign-in under way would be of use: a password, a second factor, some minutes.
LASTS_S = 900
# Keys of the library, ids of cases, names of samples; and what Authlib makes to tell one sign-in from another.
_CASE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_STATE = re.compile(r"[A-Za-z0-9_-]{1,128}")
_STATE_KEY = "state"
_USER_COOKIE = "_streamlit_user"


class WayBack:
    """A layer of the app (ASGI) inside `headers.Headers`, which makes its cookie one for HTTPS only."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        change = _change_for(scope)
        if change is None:
            await self.app(scope, receive, send)
            return

        async def changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                change(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, changed)


def root() -> str:
    """The path of the app's root: `/`, or `/base/` with a base URL path."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/" if base else "/"


def link_in(query: str) -> dict[str, str]:
    """Case, step and unsaved entries that a query names, empty unless it names one case; what cannot be is left out.

    >>> link_in("case=0f3a&step=check&next=//evil.example"), link_in("case=0f3a&step=x"), link_in("case=a%0D%0Ab")
    ({'case': '0f3a', 'step': 'check'}, {'case': '0f3a'}, {})
    """
    case, step, unsaved = (_only(query, name) for name in (session.CASE, session.STEP, session.UNSAVED))
    if not _CASE.fullmatch(case):
        return {}
    link = {session.CASE: case} | ({session.STEP: step} if step in STEPS else {})
    return link | ({session.UNSAVED: unsaved} if is_key(unsaved) else {})


def _change_for(scope: Scope) -> Callable[[MutableHeaders], None] | None:
    """What has to be changed in the headers of the answer; None for every request that is no step of a sign-in."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    request, here = Headers(scope=scope), root()
    if scope["path"] == f"{here.rstrip('/')}{LOGIN}":
        return lambda answer: _remember(request, answer, here)
    if scope["path"] == f"{here.rstrip('/')}{CALLBACK}":
        state = _only(scope["query_string"].decode("latin-1"), _STATE_KEY)
        return lambda answer: _lead_back(request, answer, here, state)
    return None


def _remember(request: Headers, answer: MutableHeaders, here: str) -> None:
    """Keep the link of the page that asked to sign in, for the sign-in that the answer sends the browser to."""
    state = _only(_query_of(answer.get("location", "")), _STATE_KEY)
    link = _link_of_page(request, here)
    if link and _STATE.fullmatch(state):
        _set_cookie(answer, urlencode(link | {_STATE_KEY: state}), LASTS_S, here)
    elif _kept(request):
        _set_cookie(answer, "", 0, here)


def _lead_back(request: Headers, answer: MutableHeaders, here: str, state: str) -> None:
    """Put the link kept for this very sign-in behind the root's address, if it has succeeded; it is used up then."""
    kept = _kept(request)
    if not state or _only(kept, _STATE_KEY) != state:
        return
    _set_cookie(answer, "", 0, here)
    link = link_in(kept)
    if link and answer.get("location") == here and _signs_in(answer):
        answer["location"] = f"{here}?{urlencode(link)}"


def _link_of_page(request: Headers, here: str) -> dict[str, str]:
    """The link of the page that the request came from; empty when it was no page of this app, or names none."""
    referers = request.getlist("referer")
    if len(referers) != 1:
        return {}
    try:
        page = urlsplit(referers[0])
    except ValueError:
        return {}
    ours = page.scheme in ("http", "https") and page.netloc.lower() == request.get("host", "").lower()
    return link_in(page.query) if ours and page.netloc and page.path == here else {}


def _signs_in(answer: MutableHeaders) -> bool:
    """Whether an answer gives the browser Streamlit's cookie of a user; one without a value takes it away."""
    pairs = (cookie.split(";")[0].partition("=") for cookie in answer.getlist("set-cookie"))
    return any(name.strip() == _USER_COOKIE and value.strip(' "') for name, _, value in pairs)


def _kept(request: Headers) -> str:
    """What the cookie says, empty without one."""
    for header in request.getlist("cookie"):
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name == COOKIE:
                return value
    return ""


def _set_cookie(answer: MutableHeaders, value: str, lasts_s: int, here: str) -> None:
    answer.append("set-cookie", f"{COOKIE}={value}; Path={here}; Max-Age={lasts_s}; HttpOnly; SameSite=lax")


def _query_of(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:
        return ""


def _only(query: str, name: str) -> str:
    """The value of a parameter that stands in a query once; empty when it is missing, or cannot be read one way."""
    try:
        found = parse_qs(query, keep_blank_values=True, max_num_fields=20).get(name, [])
    except ValueError:
        return ""
    return found[0] if len(found) == 1 else ""

"""Who the server answers: requests for its own names only, and changes only from pages of its own.

A page elsewhere can make a browser ask this server: by a name of its own that it points at this machine (DNS
rebinding), or from its own address.  Neither may reach the pages.  Streamlit looks at the origin of a websocket only,
takes every port of this machine for its own, and asks an outside address when it does not know a name: nothing that it
would have to ask about comes so far.

Source: RFC 6455 section 10.2 (Origin), RFC 9110 section 7.2 (Host) and section 15.5.20 (421 Misdirected Request).
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from hexapod.app.sign_in import settings

_log = logging.getLogger(__name__)
# Methods that change nothing.
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
NOT_OURS = (
    "This server does not answer to the name {name}. Open it by the address that it was started for. Whoever runs it "
    "adds further names to server.allowedHosts in .streamlit/config.toml.\n"
)
FOREIGN = "This request came from a page of another address and was refused.\n"


def own_names() -> frozenset[str]:
    """The host names that the server answers to, in lower case.

    Those of this machine for itself, that of the address to which sign-in leads back, and those that the
    configuration names (`server.address`, `browser.serverAddress`, `server.allowedHosts`).
    """
    named = [settings.host(), config.get_option("server.address"), *config.get_option("server.allowedHosts")]
    if config.is_manually_set("browser.serverAddress"):
        named.append(config.get_option("browser.serverAddress"))
    return frozenset(settings.HERE | {name.strip().lower().rstrip(".") for name in named if name})


class OwnNames:
    """A layer of the app (ASGI) inside `headers.Headers`, whose headers its refusals carry too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = _refused(scope, headers)
        if refused is None:
            await self.app(scope, receive, send)
            return
        status, told = refused
        _log.warning("refused (%d): host %r, origin %r", status, headers.get("host"), headers.get("origin"))
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403 to the browser
        else:
            await PlainTextResponse(told, status_code=status)(scope, receive, send)


def _refused(scope: Scope, headers: Headers) -> tuple[int, str] | None:
    """Status and sentence for a request that is not answered."""
    host = headers.getlist("host")
    name = _name(f"//{host[0]}") if len(host) == 1 else None
    if name is None or name not in own_names():
        return 421, NOT_OURS.format(name=ascii(name or "given"))
    origin = headers.getlist("origin")
    # Programs send no Origin, browsers always do with what changes something, and with every websocket.
    if scope["type"] == "http" and (not origin or scope["method"] in SAFE_METHODS):
        return None
    ours = len(origin) == 1 and origin[0].lower() in (f"http://{host[0]}".lower(), f"https://{host[0]}".lower())
    return None if ours else (403, FOREIGN)


def _name(address: str) -> str | None:
    """The host name of an address without scheme, None for what is no plain name with perhaps a port.

    >>> _name("//LocalHost.:8501"), _name("//[::1]:8501"), _name("//a@localhost"), _name("//localhost:x")
    ('localhost', '::1', None, None)
    """
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises ValueError for what is no port
    except ValueError:
        return None
    more = (parts.username, parts.password, parts.path, parts.query, parts.fragment)
    return None if any(more) else (parts.hostname or "").rstrip(".") or None

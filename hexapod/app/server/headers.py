"""Whom the server answers, and what every answer carries: what the browser may load and run, and from where."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from hexapod.app.sign_in import settings
from hexapod.documents.document_set import public_address
from hexapod.errors import HexapodError

# Answered as if they were not there: counters of the server and an interface for programs, without asking who asks.
HIDDEN = re.compile(r"/_stcore/(metrics|agent|script-health-check)(/|$)")
# Features of browsers that a page or a frame in it could ask for, and this app never does.
UNUSED = [
    "camera",
    "microphone",
    "geolocation",
    "payment",
    "usb",
    "serial",
    "bluetooth",
    "hid",
    "midi",
    "display-capture",
]
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@cache
def content_security_policy() -> str:
    """Everything from this server only, nothing evaluated, no frame around it.

    `blob:` in script-src: components of our own are handed to the browser as such, made by Streamlit's script of what
    came over its own connection.  Styles inline: Streamlit and our drawings set them on elements.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' blob:{_inline_scripts()}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _inline_scripts() -> str:
    """The fingerprints of the scripts in Streamlit's own page: these very texts may run, and no other."""
    page = files("streamlit").joinpath("static", "index.html").read_text("utf-8")
    prints = (base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()) for text in _INLINE.findall(page))
    return "".join(f" 'sha256-{one.decode('ascii')}'" for one in prints)


class Headers:
    """The outermost layer of the app (ASGI)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.fixed = {
            "Content-Security-Policy": content_security_policy(),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.fixed.items():
                    headers[name] = value
                if "set-cookie" in headers and behind_https(scope):
                    message["headers"] = [secured(name, value) for name, value in message["headers"]]
            await send(message)

        if HIDDEN.search(scope["path"]):
            await PlainTextResponse("Not Found", status_code=404)(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)


def behind_https(scope: Scope) -> bool:
    """Whether the browser speaks HTTPS: told by the connection or its proxy, or by the address that users type."""
    return scope.get("scheme") == "https" or settings.by_https()


def secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header, a cookie in it for HTTPS only.

    >>> secured(b"set-cookie", b"a=b; Path=/")
    (b'set-cookie', b'a=b; Path=/; Secure')
    """
    if name.lower() == b"set-cookie" and b"secure" not in (part.strip().lower() for part in value.split(b";")):
        return name, value + b"; Secure"
    return name, value


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
    configuration names (`HEXAPOD_PUBLIC_ADDRESS`, `server.address`, `browser.serverAddress`, `server.allowedHosts`).
    """
    named = [
        settings.host(),
        _public_name(),
        config.get_option("server.address"),
        *config.get_option("server.allowedHosts"),
    ]
    if config.is_manually_set("browser.serverAddress"):
        named.append(config.get_option("browser.serverAddress"))
    return frozenset(settings.HERE | {name.strip().lower().rstrip(".") for name in named if name})


def _public_name() -> str | None:
    """The host name under which patients ask for their sheets."""
    try:
        return urlsplit(public_address()).hostname
    except HexapodError:
        return None


class OwnNames:
    """A layer of the app (ASGI) inside `Headers`, whose headers its refusals carry too.

    A page elsewhere can make a browser ask this server: by a name of its own that it points at this machine (DNS
    rebinding), or from its own address.  Neither may reach the pages.  Streamlit looks at the origin of a websocket
    only, takes every port of this machine for its own, and asks an outside address when it does not know a name:
    nothing that it would have to ask about comes so far.

    Source: RFC 6455 section 10.2 (Origin), RFC 9110 section 7.2 (Host) and section 15.5.20 (421 Misdirected Request).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refused = _refused(scope)
        if refused is None:
            await self.app(scope, receive, send)
            return
        status, reason = refused
        headers = HTTPConnection(scope).headers
        _log.warning("refused (%d): host %r, origin %r", status, headers.get("host"), headers.get("origin"))
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403 to the browser
        else:
            await PlainTextResponse(reason, status_code=status)(scope, receive, send)


def _refused(scope: Scope) -> tuple[int, str] | None:
    """Status and sentence for a request that is not answered."""
    headers = HTTPConnection(scope).headers
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

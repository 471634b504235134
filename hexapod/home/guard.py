"""Whom the server of the page at home answers, how often, and what every answer carries."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)
WINDOW_S = 60.0
# A page asks for its plan and sends what it has kept; a ward behind one address has some phones.
OF_LINK, OF_ADDRESS, OF_ALL = 60, 120, 600
# The longest message is a note of 500 characters, of four bytes each, beside the answers.
LARGEST_BODY_BYTES = 4096
HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Counted:
    """Requests in the current minute, by who sends them."""

    def __init__(self, of_one: int, of_all: int) -> None:
        self.of_one, self.of_all = of_one, of_all
        self.began, self.asked = 0.0, Counter[str]()

    def may(self, who: str, now: float) -> bool:
        """Count a request at a time (s); whether it may be answered."""
        if now - self.began >= WINDOW_S:
            self.began, self.asked = now, Counter()
        self.asked[who] += 1
        return self.asked[who] <= self.of_one and self.asked.total() <= self.of_all


FIXED = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


class Guard:
    """The outermost layer: headers on every answer; other host names, pages of other addresses and floods refused."""

    def __init__(self, app: ASGIApp, host: str, origin: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.app, self.origin, self.clock = app, origin, clock
        self.names = HERE | {host}
        self.fixed = FIXED | ({"Strict-Transport-Security": "max-age=31536000"} if origin[:6] == "https:" else {})
        self.counted = Counted(OF_ADDRESS, OF_ALL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.fixed.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refused = self._refused(scope)
        await (self.app if refused is None else refused)(scope, receive, with_headers)

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if _name(headers.get("host", "")) not in self.names:
            return PlainTextResponse("This server does not answer to this name.\n", 421)
        origin = headers.get("origin")
        if origin is not None and origin != self.origin and _name(origin.partition("://")[2]) not in HERE:
            return PlainTextResponse("This request came from a page of another address.\n", 403)
        address = str((scope.get("client") or ("",))[0])
        if not self.counted.may(address, self.clock()):
            return PlainTextResponse("Too many requests: try again in a minute.\n", 429, {"Retry-After": "60"})
        return None


def _name(host: str) -> str:
    """The name in a host with its port, in lower case.

    >>> _name("Home.Clinic.example:8443"), _name("[::1]:8502"), _name("127.0.0.1")
    ('home.clinic.example', '[::1]', '127.0.0.1')
    """
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower().rstrip(".")

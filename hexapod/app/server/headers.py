"""What every answer of the server carries: what the browser may load and run, and that only this app may use it."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hexapod.app.sign_in import settings

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

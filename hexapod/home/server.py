"""The server of the page at home: the page itself, the plan that a link leads to, and what a phone sends.

The link stands behind the `#` of its address, so that no log and no other page ever has it; the page sends it as a
bearer token (RFC 6750 section 2.1).
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from hexapod.documents.document_set import HOME_ADDRESS, home_address
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.home.guard import LARGEST_BODY_BYTES, OF_ALL, OF_LINK, Counted, Guard
from hexapod.home.judge import judge
from hexapod.home.messages import read_post
from hexapod.home.page_data import missed_data, plan_data, words_data
from hexapod.library import HOME, HomePlan, Library, NotThere, Refused, TooMany, open_library
from hexapod.library.calls.plans import made_again
from hexapod.plan.make_plan import Plan
from hexapod.text.languages import LANGUAGES

_log = logging.getLogger(__name__)
STATIC = Path(__file__).with_name("static")
KINDS = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".webmanifest": "application/manifest+json",
}
# Plans kept in memory: as many as patients who turn within the same minutes.
MOST_PLANS = 64
BEARER = "Bearer "
# More at once wait for the proxy to ask again.
MOST_AT_ONCE = 100
# A connection that sends nothing for so long is closed (s).
SILENT_S = 5


class LinkRoutes:
    """What the routes need: the library, reached as whoever holds a link, and the plans made from it."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self._home = library.as_user(HOME).home
        self._plan = functools.lru_cache(maxsize=MOST_PLANS)(functools.partial(made_again, catalogue=catalogue))
        self._links = Counted(OF_LINK, OF_ALL)

    async def plan(self, request: Request) -> Response:
        """The plan of a link, and how far it is."""
        return await self._answer(request, self._page, b"")

    async def post(self, request: Request) -> Response:
        """One message of a phone: recorded, and judged."""
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return PlainTextResponse("Send JSON.\n", 415)
        raw = b""
        try:
            async for part in request.stream():
                raw += part
                if len(raw) > LARGEST_BODY_BYTES:
                    return PlainTextResponse("This message is too long.\n", 413)
        except ClientDisconnect:
            return Response(status_code=400)
        return await self._answer(request, self._recorded, raw)

    async def _answer(self, request: Request, tell: Any, raw: bytes) -> Response:
        header = request.headers.get("authorization", "")
        link = header.removeprefix(BEARER) if header.startswith(BEARER) else ""
        if not self._links.may(hashlib.sha256(link.encode()).hexdigest(), time.monotonic()):
            return PlainTextResponse("Too many requests: try again in a minute.\n", 429, {"Retry-After": "60"})
        try:
            return JSONResponse(await run_in_threadpool(tell, link, raw))
        except NotThere:
            return JSONResponse({"state": "gone"}, 404)
        except TooMany as error:
            return PlainTextResponse(f"{error}\n", 429, {"Retry-After": "3600"})
        except Refused as error:
            return PlainTextResponse(f"{error}\n", 409)
        except Unavailable:
            return JSONResponse({"state": "stopped"}, 410)

    def _page(self, link: str, _: bytes) -> dict[str, Any]:
        found = self._home.find(link)
        plan = self._followed(found)
        return plan_data(plan, found.posts) | {"missed": {code: missed_data(plan, code) for code in LANGUAGES}}

    def _recorded(self, link: str, raw: bytes) -> dict[str, Any]:
        found = self._home.find(link)
        plan = self._followed(found)
        post = read_post(raw)
        report = self._home.add(link, post.id, judge(plan, post)).report
        return {"id": post.id, "told": report.told, "level": report.level, "done": report.done}

    def _followed(self, found: HomePlan) -> Plan:
        """The plan, made anew.  Raises Unavailable when it is no longer followed, or would be another one."""
        if found.standing.state != "in force":
            raise Unavailable
        plan: Plan | None = self._plan(found.plan_file, found.case_file)
        if plan is None:
            _log.error("plan %d is not made as it was signed: its page at home is closed", found.standing.plan)
            raise Unavailable
        return plan


class Unavailable(HexapodError):
    """There is a plan behind the link, but nobody may turn by it now."""


async def _ready(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ready\n")


def application(library: Library, address: str, catalogue: Catalogue | None = None) -> Starlette:
    """The server for an open library at the address that the clinic has set (`home_address`)."""
    page, parts = LinkRoutes(library, catalogue or load_catalogue()), urlsplit(address)
    files = {f"/{path.name}": path.read_bytes() for path in sorted(STATIC.iterdir()) if path.suffix in KINDS}
    files |= {
        f"/words/{code}.json": json.dumps(words_data(code), ensure_ascii=False).encode("utf-8") for code in LANGUAGES
    }
    # The service worker throws away what it has kept of another version.
    version = hashlib.sha256(b"".join(files.values())).hexdigest()[:16]
    listed = json.dumps(["/", *(name for name in files if name not in ("/sw.js", "/page.html"))])
    files["/sw.js"] = b"const VERSION = '%s', FILES = %s;\n" % (version.encode(), listed.encode()) + files["/sw.js"]
    files["/"] = files.pop("/page.html")
    routes = [Route(name, _file(name, content)) for name, content in files.items()]
    routes += [Route("/plan", page.plan), Route("/posts", page.post, methods=["POST"]), Route("/ready", _ready)]
    guard = Middleware(Guard, host=parts.hostname or "", origin=f"{parts.scheme}://{parts.netloc}")
    return Starlette(routes=routes, middleware=[guard], exception_handlers={HexapodError: _not_taken})


async def _not_taken(_request: Request, error: Exception) -> PlainTextResponse:
    return PlainTextResponse(f"{error}\n", 400)


def _file(name: str, content: bytes) -> Any:
    kind = "text/html" if name == "/" else "application/json" if name.endswith(".json") else KINDS[Path(name).suffix]

    async def answer(_request: Request) -> Response:
        return Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})

    return answer


def serve(port: int, host: str = "127.0.0.1") -> int:
    """Serve the page on a port of this machine, behind the proxy that has its certificate; the exit status.

    Raises:
        HexapodError: the clinic has not switched the page on, or the library cannot be opened.
    """
    address = home_address()
    if not address:
        raise HexapodError(
            f"The page at home is switched off. To switch it on, set {HOME_ADDRESS} to the address under which "
            f"patients reach it, such as https://home.clinic.example; read docs/home.md first."
        )
    with open_library() as library:
        print(f"The page at home: {address}, served at {host}:{port}", file=sys.stderr)
        uvicorn.run(
            application(library, address),
            host=host,
            port=port,
            access_log=False,
            server_header=False,
            limit_concurrency=MOST_AT_ONCE,
            timeout_keep_alive=SILENT_S,
        )
    return 0

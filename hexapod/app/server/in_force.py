"""`/in-force/CODE`: whether a patient's sheet is in force, in five languages and with nothing about anybody.

Whoever holds a sheet may ask, without signing in, where the clinic has set a public address.  A code has 80 bits and
cannot be guessed; so that nobody tries, and nobody keeps the library busy, questions are counted.
"""

from __future__ import annotations

import logging
import time
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from hexapod.app.server.document_route import client_address
from hexapod.app.session import library_access
from hexapod.documents.document_set import public_address
from hexapod.errors import HexapodError
from hexapod.home.guard import Counted
from hexapod.library import Actor, SheetStanding
from hexapod.text.language import Language, language, sheet_standing
from hexapod.text.languages import LANGUAGES

_log = logging.getLogger(__name__)
# Questions in a minute, of one address (a ward behind one has some patients at a time) and of all.
OF_ADDRESS, OF_ALL = 20, 200
# Who asks, as the library's rooms want a name; nothing is recorded for a look.
ASKING = Actor("in-force", frozenset({"viewer"}))


counted = Counted(OF_ADDRESS, OF_ALL)


async def in_force(request: Request) -> Response:
    """The answer to a code; 404 where it is not known or the clinic has no public address, 429 for too many."""
    try:
        public = public_address()
    except HexapodError as error:
        _log.warning("%s", error)
        public = ""
    if not public:
        return PlainTextResponse("Not Found", status_code=404)
    head = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    if not counted.may(client_address(request.scope), time.monotonic()):
        return PlainTextResponse("Too many questions: ask again in a minute.\n", 429, head | {"Retry-After": "60"})
    try:
        found = await run_in_threadpool(_standing, request.path_params["code"])
    except HexapodError as error:
        _log.warning("in-force: %s", error)
        return PlainTextResponse("The clinic's server does not answer now. Call the clinic.\n", 503, head)
    order = _preferred(request.headers.get("accept-language", ""))
    return HTMLResponse(page(found, order), 200 if found else 404, head)


def _standing(code: str) -> SheetStanding | None:
    return library_access.opened().as_user(ASKING).sheets.standing(code)


def _preferred(accepted: str) -> list[str]:
    """The codes of the languages, the browser's first.

    >>> _preferred("fr-CH, fr;q=0.9, en;q=0.8"), _preferred("xx")
    (['fr', 'en', 'es', 'de', 'pt'], ['en', 'es', 'fr', 'de', 'pt'])
    """
    asked = [part.split(";")[0].strip()[:2].lower() for part in accepted.split(",")]
    return sorted(LANGUAGES, key=lambda code: asked.index(code) if code in asked else len(asked))


def page(found: SheetStanding | None, order: list[str]) -> str:
    """The page: the answer in every language, in large type on any screen, and nothing else."""

    def answer(words: Language) -> str:
        return sheet_standing("unknown", None, words) if found is None else sheet_standing(found.state, found.on, words)

    answers = "".join(
        f'<p lang="{code}" style="font-size:{1.7 if k == 0 else 1.1}rem">{escape(answer(language(code)))}</p>'
        for k, code in enumerate(order)
    )
    return (
        f'<!doctype html><html lang="{order[0]}"><head><meta charset="utf-8"><title>hexapod</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        f'<body style="font-family:sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem;line-height:1.4">'
        f"{answers}</body></html>"
    )


ROUTE = Route("/in-force/{code}", in_force)

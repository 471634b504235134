"""Files and messages that come beside the pages: asked for by whom, now, and for which case.

Streamlit serves every file of a page under an address made of its content to whoever asks, takes uploads from anybody
who has opened a connection, and lets any connection clear what the server keeps for all.  This layer stands before it.
Without sign-in there is nobody to ask: then only the limits count.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, TOKENS_COOKIE_NAME, get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from hexapod.app.server.headers import own_names
from hexapod.app.session import library_access, made_documents
from hexapod.app.shell import ICON
from hexapod.app.sign_in import settings
from hexapod.app.sign_in.settings import SettingsWrong, SignIn
from hexapod.app.sign_in.user import NotSignedIn, Person, ended, person_of
from hexapod.library import ANYONE, LibraryError, NotThere

_log = logging.getLogger(__name__)
MEDIA, UPLOAD = "/media/", "/_stcore/upload_file/"
# What a browser of this app sends; clearing the server's caches and the like is nobody's business on a page.
TAKEN = {
    "rerun_script",
    "stop_script",
    "app_heartbeat",
    "file_urls_request",
    "backend_operation_request.deferred_file",
}
# Files that a session may have uploaded or on their way at a time, by their size: four of the largest.
UPLOADS_OF_SESSION = 4
# Connections of one address at a time.  A ward behind one address has some dozens; the server serves some 60 at once.
CONNECTIONS_OF_ADDRESS = 200
FORWARDED = "an address that no proxy of this server has told"
SIGN_IN = "Sign in first.\n"
NOT_YOURS = "There is no such file for you.\n"
NO_LENGTH = "An upload tells its length first.\n"
TOO_MUCH = "This page has uploaded too much: load it again.\n"


class Files:
    """A layer of the app (ASGI) inside `headers.OwnNames`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.open: Counter[str] = Counter()
        # Bytes of uploads that are on their way, by session.
        self.coming: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._connection(scope, receive, send)
            return
        if scope["type"] == "http" and scope["method"] != "OPTIONS":
            headers, path = Headers(scope=scope), scope["path"]
            for place, asked in ((MEDIA, _media_refused), (UPLOAD, _upload_refused)):
                if place in path:
                    refused = await run_in_threadpool(asked, headers, path.split(place, 1)[1])
                    if refused is not None:
                        await _refuse(refused, place, scope, receive, send)
                        return
            if UPLOAD in path and scope["method"] not in ("GET", "HEAD", "DELETE"):
                await self._upload(headers, path.split(UPLOAD, 1)[1].split("/", 1)[0], scope, receive, send)
                return
        await self.app(scope, receive, send)

    async def _upload(self, headers: Headers, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Take an upload for which the session has room, beside what it has and what else is on its way."""
        length = headers.get("content-length", "")
        if not re.fullmatch("[0-9]{1,15}", length):
            await _refuse((411, NO_LENGTH), UPLOAD, scope, receive, send)
            return
        size = int(length)
        if _uploaded(session) + self.coming[session] + size > _room():
            await _refuse((413, TOO_MUCH), UPLOAD, scope, receive, send)
            return
        self.coming[session] += size
        try:
            await self.app(scope, receive, send)
        finally:
            self.coming[session] -= size
            if not self.coming[session]:
                del self.coming[session]

    async def _connection(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = client_address(scope)
        if self.open[address] >= CONNECTIONS_OF_ADDRESS:
            _log.warning("refused: %s has %d connections", address, self.open[address])
            await send({"type": "websocket.close", "code": 1008})
            return

        async def taken() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or _is_taken(message.get("bytes")):
                    return message

        self.open[address] += 1
        try:
            await self.app(scope, taken, send)
        finally:
            self.open[address] -= 1
            if not self.open[address]:
                del self.open[address]


async def _refuse(refused: tuple[int, str], place: str, scope: Scope, receive: Receive, send: Send) -> None:
    status, reason = refused
    _log.warning("refused (%d): a file under %s", status, place)
    await PlainTextResponse(reason, status_code=status)(scope, receive, send)


def client_address(scope: Scope) -> str:
    """Where a connection counts as coming from: as the proxy tells it, where there is one.

    The server under this app takes what `X-Forwarded-For` says from any program on this machine.  Without a proxy
    nobody but an inventor of addresses sends it: all that do count as one.
    """
    if own_names() <= settings.HERE and "x-forwarded-for" in Headers(scope=scope):
        return FORWARDED
    return str((scope.get("client") or ("",))[0])


def _is_taken(raw: bytes | None) -> bool:
    """Whether a message goes on to Streamlit; what cannot be read does, and ends the connection there."""
    message = BackMsg()
    try:
        message.ParseFromString(raw or b"")
    except DecodeError:
        return True
    kind = str(message.WhichOneof("type"))
    if kind == "backend_operation_request":
        kind = f"{kind}.{message.backend_operation_request.WhichOneof('payload')}"
    if kind in TAKEN:
        return True
    if kind != "load_git_info":  # Streamlit's page asks by itself; nobody here has an answer
        _log.warning("dropped a message that no page of this app sends: %s", kind)
    return False


def _media_refused(headers: Headers, name: str) -> tuple[int, str] | None:
    """Status and sentence when a file is not handed out to whoever asks for it now."""
    file = Runtime.instance().media_file_mgr.read_file(name.rsplit(".", 1)[0])
    content = None if file is None else file.content
    if content is not None and content == ICON.read_bytes():
        return None  # of the sign-in page, too
    try:
        person = signed_in(headers)
        if person is None:
            return None  # sign-in is off
        if content is None:
            return 404, NOT_YOURS
        cases = made_documents.cases_of(content, person.actor.name)
        records = library_access.opened().as_user(person.actor)
        if not cases or not records.roles.may("look"):
            return 404, NOT_YOURS
        return None if any(not case or _is_there(records, case) for case in cases) else (404, NOT_YOURS)
    except NotSignedIn:
        return 401, SIGN_IN
    except LibraryError:
        return 503, "The library does not answer.\n"


async def film(request: Request) -> Response:
    """The picture of a radiograph that the library keeps, for whoever may look at its case now; all else is 404."""
    case, sha256 = request.path_params["case"], request.path_params["sha256"]
    png = await run_in_threadpool(_film, request.headers, case, sha256)
    headers = {"Cache-Control": "no-store"}
    if png is None:
        _log.warning("refused (404): a radiograph")
        return PlainTextResponse(NOT_YOURS, status_code=404, headers=headers)
    return Response(png, media_type="image/png", headers=headers)


def _film(headers: Headers, case: str, sha256: str) -> bytes | None:
    try:
        person = signed_in(headers)
        records = library_access.opened().as_user(ANYONE if person is None else person.actor)
        return records.films.pixels(case, sha256)
    except (NotSignedIn, LibraryError):
        return None


# The server serves the whole app below a base path, if it has one, or takes that away before.
FILM_ROUTES = [Route(f"{base}/films/{{case}}/{{sha256}}.png", film) for base in ("", "/{base:path}")]


def _is_there(records: Any, case: str) -> bool:
    """Whether a case can be looked at now: an erased one cannot."""
    try:
        records.versions.of(case)
    except NotThere:
        return False
    return True


def _upload_refused(headers: Headers, _name: str) -> tuple[int, str] | None:
    """Status and sentence when whoever asks may upload nothing."""
    try:
        signed_in(headers)
    except NotSignedIn:
        return 401, SIGN_IN
    return None


def _uploaded(session: str) -> int:
    """How many bytes of uploads a session has."""
    kept = Runtime.instance().uploaded_file_mgr
    assert isinstance(kept, MemoryUploadedFileManager), "Streamlit's own store"
    return sum(len(file.data) for file in list(kept.file_storage.get(session, {}).values()))


def _room() -> int:
    """How many bytes of uploads a session may have."""
    return UPLOADS_OF_SESSION * int(config.get_option("server.maxUploadSize")) * 1024 * 1024


def signed_in(headers: Headers) -> Person | None:
    """Who asks, by the cookies of this very request, now; None when sign-in is off.

    Raises:
        NotSignedIn: nobody, or not any more.
    """
    try:
        sign_in = settings.current()
    except SettingsWrong as error:
        raise NotSignedIn("") from error
    if sign_in is None:
        return None
    found = person_of(_claims(headers, sign_in), sign_in, time.time())
    if ended(found.mark):
        raise NotSignedIn("")
    return found


def _claims(headers: Headers, sign_in: SignIn) -> Mapping[str, Any]:
    """What the cookies of a sign-in say, as Streamlit tells it to a page; empty when they are not those of this app."""
    cookies = cookie_parser("; ".join(headers.getlist("cookie")))
    user, tokens = (_cookie(cookies, name) for name in (AUTH_COOKIE_NAME, TOKENS_COOKIE_NAME))
    origin = f"{urlsplit(sign_in.redirect_uri).scheme}://{headers.get('host', '')}"
    if user.pop("origin", None) != origin:
        return {}
    return user | {"tokens": {"id": tokens.get("id_token")}}


def _cookie(cookies: Mapping[str, str], name: str) -> dict[str, Any]:
    """The contents of one of Streamlit's signed cookies, empty when it is missing or not signed by this server."""

    def one(part: str) -> bytes | None:
        value = cookies.get(part)
        return None if value is None else decode_signed_value(get_cookie_secret(), part, value.encode("latin-1"))

    raw = get_cookie_with_chunks(one, name)
    try:
        value = json.loads(raw or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}

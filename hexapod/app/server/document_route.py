"""Files and messages that come beside the pages: asked for by whom, now, and for which case.

Streamlit serves every file of a page under an address made of its content to whoever asks, takes uploads from anybody
who has opened a connection, and lets any connection clear what the server keeps for all.  This layer stands before it.
Without sign-in there is nobody to ask: then only the limits count.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, TOKENS_COOKIE_NAME, get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from hexapod.app.session import issued_files, library_access
from hexapod.app.shell import ICON
from hexapod.app.sign_in import settings
from hexapod.app.sign_in.claims import NotSignedIn, Person, ended, person_of
from hexapod.app.sign_in.settings import SettingsWrong, SignIn
from hexapod.library import LibraryError, NotThere

_log = logging.getLogger(__name__)
MEDIA, UPLOAD = "/media/", "/_stcore/upload_file/"
# What a browser of this app sends; clearing the server's caches and the like is nobody's business on a page.
TAKEN = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"}
# Files that a session may have uploaded at a time, in MB: four of the largest.
UPLOADS_OF_SESSION = 4
# Connections of one address at a time.  A ward behind one address has some dozens; the server serves some 60 at once.
CONNECTIONS_OF_ADDRESS = 200
SIGN_IN = "Sign in first.\n"
NOT_YOURS = "There is no such file for you.\n"
TOO_MUCH = "This page has uploaded too much: load it again.\n"


class Files:
    """A layer of the app (ASGI) inside `server_hosts.OwnNames`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._connection(scope, receive, send)
            return
        if scope["type"] == "http" and scope["method"] != "OPTIONS":
            for place, asked in ((MEDIA, _media_refused), (UPLOAD, _upload_refused)):
                if place in scope["path"]:
                    name = scope["path"].split(place, 1)[1]
                    refused = await run_in_threadpool(asked, Headers(scope=scope), name)
                    if refused is not None:
                        status, told = refused
                        _log.warning("refused (%d): a file under %s", status, place)
                        await PlainTextResponse(told, status_code=status)(scope, receive, send)
                        return
        await self.app(scope, receive, send)

    async def _connection(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = (scope.get("client") or ("",))[0]
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


def _is_taken(raw: bytes | None) -> bool:
    """Whether a message goes on to Streamlit; what cannot be read does, and ends the connection there."""
    message = BackMsg()
    try:
        message.ParseFromString(raw or b"")
    except DecodeError:
        return True
    kind = message.WhichOneof("type")
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
        cases = issued_files.cases_of(content, person.actor.name)
        records = library_access.opened().as_user(person.actor)
        if not cases or not records.may("look"):
            return 404, NOT_YOURS
        return None if any(not case or _is_there(records, case) for case in cases) else (404, NOT_YOURS)
    except NotSignedIn:
        return 401, SIGN_IN
    except LibraryError:
        return 503, "The library does not answer.\n"


def _is_there(records: Any, case: str) -> bool:
    """Whether a case can be looked at now: an erased one cannot."""
    try:
        records.versions(case)
    except NotThere:
        return False
    return True


def _upload_refused(headers: Headers, name: str) -> tuple[int, str] | None:
    """Status and sentence when an upload is not taken."""
    try:
        signed_in(headers)
    except NotSignedIn:
        return 401, SIGN_IN
    kept = Runtime.instance().uploaded_file_mgr
    assert isinstance(kept, MemoryUploadedFileManager), "Streamlit's own store"
    files = list(kept.file_storage.get(name.split("/", 1)[0], {}).values())
    room = UPLOADS_OF_SESSION * int(config.get_option("server.maxUploadSize")) * 1_000_000
    return (413, TOO_MUCH) if sum(len(file.data) for file in files) >= room else None


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

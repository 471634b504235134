"""Files of a case go to whoever is signed in now, for whom they were made; before it nothing is taken in or cleared."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from bench.visitor import Tab, Visitor
from hexapod.app.server import document_route
from hexapod.app.session import made_documents
from hexapod.app.sign_in import settings, user
from hexapod.app.sign_in.user import NotSignedIn, Person
from hexapod.case.files import parse_case
from hexapod.library import Actor
from hexapod.plan.make_plan import make_plan
from tests.library.test_films import FILM
from tests.sign_in.conftest import ROOT, Hospital

pytestmark = pytest.mark.hazard("H-22")


@pytest.fixture(scope="module")
def case(hospital: Hospital) -> str:
    """A case whose plan is refused: its page hands out the case file at once."""
    with hospital.library() as records:
        return records.cases.add((ROOT / "sample_cases" / "refused_strut_travel.json").read_bytes()).case


def address_of_a_file(tab: Tab) -> str:
    found = re.search(rb"/media/[0-9a-f]+\.json", tab.bytes)
    assert found is not None, tab.text
    return found[0].decode()


def ask(visitor: Visitor, place: str) -> httpx.Response:
    return visitor.web.get(visitor.address + place)


@pytest.fixture
def place(hospital: Hospital, case: str) -> tuple[Visitor, Tab, str]:
    ada = hospital.visitor().sign_in("u-ada")
    tab = ada.tab(f"case={case}&step=prescription").run()
    return ada, tab, address_of_a_file(tab)


@pytest.mark.slow
def test_a_file_is_for_whom_it_was_made_while_they_are_signed_in(
    hospital: Hospital, place: tuple[Visitor, Tab, str]
) -> None:
    ada, tab, file = place
    assert ask(ada, file).json()["format"] == "hexapod-case/1"
    nobody = hospital.visitor()
    assert (ask(nobody, file).status_code, ask(nobody, file).text) == (401, "Sign in first.\n")
    stranger = hospital.visitor().sign_in("u-ben")
    assert ask(stranger, file).status_code == 404
    copied = hospital.visitor()
    copied.web.cookies.update(ada.web.cookies)
    tab.press("sign-out")
    assert ask(ada, file).status_code == 401
    assert ask(copied, file).status_code == 401, "a copy of the cookie is worth nothing"


def test_a_kept_radiograph_is_for_whoever_may_look_at_its_case_now(hospital: Hospital, case: str) -> None:
    with hospital.library() as records:
        sha256 = records.films.keep(case, FILM)
        records.drafts.save("e" * 24, 0, "{}")
    film = f"/films/{case}/{sha256}.png"
    ada = hospital.visitor().sign_in("u-ada")
    found = ask(ada, film)
    assert (found.status_code, found.headers["content-type"], found.content) == (200, "image/png", FILM)
    assert found.headers["cache-control"] == "no-store"
    nobody, ben = hospital.visitor(), hospital.visitor().sign_in("u-ben")
    for visitor, place in (
        (nobody, film),  # no session
        (ben, film),  # no role
        (ada, f"/films/{'e' * 24}/{sha256}.png"),  # another case
        (ada, f"/films/{case}/{'0' * 64}.png"),
        (ada, f"/films/0/{sha256}.png"),
    ):
        refused = ask(visitor, place)
        assert (refused.status_code, FILM in refused.content) == (404, False)
    copied = hospital.visitor()
    copied.web.cookies.update(ada.web.cookies)
    ada.tab("").run().press("sign-out")
    assert ask(copied, film).status_code == 404
    with hospital.library() as records:
        records.films.remove(case, (sha256,), "request 3")
    assert ask(hospital.visitor().sign_in("u-ada"), film).status_code == 404


def test_an_upload_needs_a_sign_in(hospital: Hospital) -> None:
    where = f"{hospital.address}/_stcore/upload_file/some-session/some-file"
    nobody = hospital.visitor()
    headers = {"X-Xsrftoken": nobody.cookies().get("_streamlit_xsrf", ""), "Origin": hospital.address}
    answer = nobody.web.put(where, files={"file": ("a.json", b"{}")}, headers=headers)
    assert (answer.status_code, answer.text) == (401, "Sign in first.\n")


def test_no_connection_clears_what_the_server_keeps(hospital: Hospital) -> None:
    tab = hospital.visitor().tab().run()
    message = BackMsg()
    message.clear_cache = True
    tab._socket.send(message.SerializeToString())
    assert "Sign in to see the cases" in tab.run().text
    assert "dropped a message that no page of this app sends: clear_cache" in hospital.log


def test_the_connections_of_one_address_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_route, "CONNECTIONS_OF_ADDRESS", 2)
    holding = asyncio.Event()

    async def held(*_: object) -> None:
        await holding.wait()

    async def one(layer: document_route.Files, address: str) -> list[Message]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        await layer({"type": "websocket", "client": (address, 1), "headers": []}, receive, send)
        return sent

    async def all_of_them() -> list[list[Message]]:
        layer = document_route.Files(held)
        tasks = [asyncio.create_task(one(layer, address)) for address in ("a", "a", "a", "b")]
        await asyncio.sleep(0)
        holding.set()
        found = await asyncio.gather(*tasks)
        assert not layer.open, "all are counted out again"
        return found

    refused = asyncio.run(all_of_them())
    assert [[message["type"] for message in sent] for sent in refused] == [[], [], ["websocket.close"], []]


def deferred(tab: Tab) -> dict[str, str]:
    """The buttons of a page whose files are made once they are pressed: what they are called, by what they ask for."""
    found: dict[str, str] = {}

    def walk(message: Any) -> None:
        for field, value in message.ListFields():
            if field.name == "deferred_file_id":
                found[value] = message.label
            elif field.type == field.TYPE_MESSAGE:
                for one in [value] if hasattr(value, "ListFields") else value:
                    if hasattr(one, "ListFields"):
                        walk(one)

    for message in tab.messages:
        walk(message)
    return found


def pressed(tab: Tab, file_id: str) -> Any:
    """What the server answers a page that asks for such a file."""
    starts = [one.new_session.initialize for one in tab.messages if one.WhichOneof("type") == "new_session"]
    message = BackMsg()
    message.backend_operation_request.request_id = "1"
    message.backend_operation_request.session_id = starts[-1].session_id
    message.backend_operation_request.deferred_file.file_id = file_id
    tab._socket.send(message.SerializeToString())
    while True:
        got = ForwardMsg.FromString(tab._socket.recv(timeout=30))
        if got.WhichOneof("type") == "backend_operation_response":
            return got.backend_operation_response


@pytest.mark.slow
def test_a_button_of_an_open_tab_makes_nothing_after_sign_out(hospital: Hospital) -> None:
    # Documents of a signed plan are there only once it is known in which time zone its times are.
    plain = json.loads((ROOT / "tests" / "data" / "plain_case.json").read_bytes())
    raw = json.dumps(plain | {"time_zone": "Europe/Madrid"}).encode()
    with hospital.library() as records:
        case = records.cases.add(raw).case
        plan = records.plans.issue(case, 1, make_plan(parse_case(raw)))
        for caution in plan.cautions:
            records.plans.acknowledge(case, 1, caution.code, caution.level, "seen")
        records.plans.sign(case, 1, plan.plan_sha256, "Ada")
    ada = hospital.visitor().sign_in("u-ada")
    buttons: list[tuple[Tab, str, str]] = []
    for step in ("limb", "prescription"):
        tab = ada.tab(f"case={case}&step={step}").run()
        if tab.has("make"):
            tab.press("make")
        buttons += [(tab, file_id, label) for file_id, label in deferred(tab).items()]
    assert len(buttons) > 3, "the export, and documents of the plan"
    assert {"Export this case (.zip)"} < {label for _, _, label in buttons}
    for tab, file_id, label in buttons:
        answer = pressed(tab, file_id)
        assert ask(ada, answer.deferred_file.url).status_code == 200, (label, answer.error_msg)
    with hospital.library() as records:
        before = records.audit.history(case)
        assert [entry.actor for entry in before if entry.action == "case.exported"] == ["adler"]
    ada.tab(f"case={case}").run().press("sign-out")
    for tab, file_id, label in buttons:
        answer = pressed(tab, file_id)
        assert (answer.deferred_file.url, bool(answer.error_msg)) == ("", True), label
    with hospital.library() as records:
        assert records.audit.history(case) == before, "nothing is recorded for somebody who has signed out"
    assert "a document was not handed out: You have signed out." in hospital.log


def test_a_sign_in_lasts_until_its_time_for_what_is_asked_later(monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person(Actor("ada"), "Ada", "the mark of this test", time.time() + 60)
    monkeypatch.setattr(user, "person", lambda: person)
    made: list[str] = []

    def make() -> bytes:
        made.append("made")
        return b"x"

    hand_out = made_documents.when_pressed(make, "")
    assert hand_out() == b"x"
    monkeypatch.setattr(user, "time", SimpleNamespace(time=lambda: person.until_s))
    with pytest.raises(NotSignedIn):
        hand_out()
    assert made == ["made"]


MIB = 1024 * 1024


class Uploads:
    """The layer round a server that keeps what is put, once it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kept = MemoryUploadedFileManager("/_stcore/upload_file")
        monkeypatch.setattr(document_route.Runtime, "instance", lambda: SimpleNamespace(uploaded_file_mgr=self.kept))
        monkeypatch.setattr(document_route, "signed_in", lambda _: None)
        self.layer = document_route.Files(self._app)
        self.arrived = asyncio.Event()

    async def _app(self, scope: Scope, _receive: Receive, send: Send) -> None:
        await self.arrived.wait()
        _, session, name = scope["path"].rsplit("/", 2)
        if scope["method"] == "DELETE":
            self.kept.remove_file(session, name)
        else:
            size = int(Headers(scope=scope)["content-length"])
            self.kept.add_file(session, UploadedFileRec(name, "a", "b", b"x" * size))
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def ask(self, name: str, size: int | None = None, method: str = "PUT", session: str = "mine") -> int:
        answers: list[Message] = []

        async def send(message: Message) -> None:
            answers.append(message)

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        headers = [] if size is None else [(b"content-length", str(size).encode())]
        path = f"/frames/_stcore/upload_file/{session}/{name}"
        await self.layer({"type": "http", "method": method, "path": path, "headers": headers}, receive, send)
        return answers[0]["status"]


def test_uploads_that_come_at_once_count_before_they_have_come(monkeypatch: pytest.MonkeyPatch) -> None:
    async def attack() -> None:
        uploads = Uploads(monkeypatch)
        tasks = [asyncio.create_task(uploads.ask(f"f{number}", 15_900_000)) for number in range(16)]
        other = asyncio.create_task(uploads.ask("f", 16 * MIB, session="other"))
        while sum(task.done() for task in tasks) < 12:
            await asyncio.sleep(0.01)
        uploads.arrived.set()
        assert sorted(await asyncio.gather(*tasks)) == [204] * 4 + [413] * 12
        assert await other == 204
        assert not uploads.layer.coming, "all are counted out again"

    asyncio.run(attack())


def test_a_session_may_have_four_of_the_largest_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use() -> None:
        uploads = Uploads(monkeypatch)
        uploads.arrived.set()
        assert [await uploads.ask(f"f{number}", 16 * MIB) for number in range(4)] == [204] * 4
        assert await uploads.ask("more", 1) == 413
        assert await uploads.ask("f0", method="DELETE") == 204, "what is taken back makes room"
        assert await uploads.ask("more", 1) == 204
        assert await uploads.ask("unknown", None) == 411, "no length, no upload"
        assert await uploads.ask("wrong", -1) == 411

    asyncio.run(use())


@pytest.mark.parametrize(("host", "counted"), [("localhost", 1), ("frames.hospital.example", 2)])
def test_addresses_that_no_proxy_tells_count_as_one(monkeypatch: pytest.MonkeyPatch, host: str, counted: int) -> None:
    """The server below has believed the header already; without a proxy nobody else sends it."""
    monkeypatch.setattr(settings, "host", lambda: host)
    scopes: list[Scope] = [
        {"type": "websocket", "client": (address, 0), "headers": [(b"x-forwarded-for", address.encode())]}
        for address in ("10.0.0.1", "10.0.0.2")
    ]
    assert len({document_route.client_address(scope) for scope in scopes}) == counted
    assert document_route.client_address({"type": "websocket", "client": ("10.0.0.1", 5), "headers": []}) == "10.0.0.1"


def test_only_what_a_page_of_this_app_sends_goes_on() -> None:
    def taken(fill: Callable[[BackMsg], object]) -> bool:
        message = BackMsg()
        fill(message)
        return document_route._is_taken(message.SerializeToString())

    assert taken(lambda message: message.backend_operation_request.deferred_file.SetInParent())
    assert taken(lambda message: message.rerun_script.SetInParent())
    others = {one.name for one in BackMsg().backend_operation_request.DESCRIPTOR.oneofs[0].fields} - {"deferred_file"}
    assert {"install_skills", "dismiss_skills_nudge"} <= others
    for name in others:
        assert not taken(lambda message, name=name: getattr(message.backend_operation_request, name).SetInParent())
    assert not taken(lambda message: message.backend_operation_request.SetInParent())

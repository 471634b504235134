"""Files of a case go to whoever is signed in now, for whom they were made; before it nothing is taken in or cleared."""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from bench.visitor import Tab, Visitor
from hexapod.app.server import document_route
from tests.sign_in.conftest import ROOT, Hospital

pytestmark = pytest.mark.hazard("H-22")


@pytest.fixture(scope="module")
def case(hospital: Hospital) -> str:
    """A case whose plan is refused: its page hands out the case file at once."""
    with hospital.library() as records:
        return records.add_case((ROOT / "sample_cases" / "refused_strut_travel.json").read_bytes()).case


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

        await layer({"type": "websocket", "client": (address, 1)}, receive, send)
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


@pytest.mark.parametrize("full", [False, True])
def test_what_a_session_may_have_uploaded_is_limited(monkeypatch: pytest.MonkeyPatch, full: bool) -> None:
    kept = MemoryUploadedFileManager("/_stcore/upload_file")
    size = 16_000_000 if full else 15_999_999
    for number in range(4):
        kept.add_file("mine", UploadedFileRec(str(number), "a", "b", b"x" * size))
    monkeypatch.setattr(document_route.Runtime, "instance", lambda: SimpleNamespace(uploaded_file_mgr=kept))
    refused = document_route._upload_refused(Headers({}), "mine/5")
    assert refused == ((413, document_route.TOO_MUCH) if full else None)
    assert document_route._upload_refused(Headers({}), "other/1") is None

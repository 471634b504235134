"""`/in-force/CODE`: in five languages whether a sheet is followed, nothing about anybody, and not too often."""

import asyncio
import datetime
import json

import httpx
import pytest
from starlette.applications import Starlette

from hexapod.app.server import in_force
from hexapod.app.server.headers import own_names
from hexapod.documents.document_set import public_address
from hexapod.home.guard import WINDOW_S
from hexapod.library import ANYONE, Records, open_library
from hexapod.library.models import SheetStanding
from hexapod.plan.sign_off import sheet_code
from tests.app.driver import SAMPLES
from tests.library.treatment import plan_of


class Asker:
    """Asks the route without a server."""

    __test__ = False

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(Starlette(routes=[in_force.ROUTE]))
            async with httpx.AsyncClient(transport=transport, base_url="https://frames.example.org") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Asker:
    monkeypatch.setenv("HEXAPOD_PUBLIC_ADDRESS", "https://frames.example.org")
    monkeypatch.setattr(in_force, "counted", in_force.Counted(in_force.OF_ADDRESS, in_force.OF_ALL))
    return Asker()


def signed(records: Records, title: str) -> tuple[str, str]:
    """A case with a signed plan: its key and the code of its sheets."""
    document = json.loads((SAMPLES / "tibia_varus.json").read_text("utf-8")) | {"title": title}
    file = json.dumps(document).encode()
    case = records.cases.add(file).case
    plan = records.plans.issue(case, 1, plan_of(file))
    return case, sheet_code(records.plans.sign(case, 1, plan.plan_sha256, "Dr Secret"))


@pytest.mark.hazard("H-14")
def test_it_tells_in_force_and_stopped_in_five_languages_and_nothing_about_the_person(client: Asker) -> None:
    records = open_library().as_user(ANYONE)
    case, code = signed(records, "Secret title")
    answer = client.get(f"/in-force/{code}", headers={"accept-language": "de-AT,de;q=0.9"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = ["Dieses Blatt gilt.", "This sheet is in force.", "Esta hoja está vigente.", "Cette feuille est valable."]
    assert all(sentence in answer.text for sentence in [*told, "Esta folha está em vigor."])
    assert answer.text.index(told[0]) < answer.text.index(told[1]), "the browser's language first"
    records.plans.stop(case, 1, "secret reason")
    stopped = client.get(f"/in-force/{code.lower()}").text
    assert "This sheet was stopped on " in stopped
    assert "Turn no strut and call the clinic." in stopped
    for text in (answer.text, stopped):
        assert not any(word in text.lower() for word in ("secret", "demo", "tibia", case, code.lower()))


def test_the_answer_to_a_replaced_sheet_has_the_date() -> None:
    found = SheetStanding("", 1, "replaced", datetime.date(2026, 3, 2))
    text = in_force.page(found, ["fr", "en"])
    assert "Cette feuille a été remplacée le 2 mars 2026." in text
    assert "This sheet was replaced on 2 March 2026. Destroy it and follow the new one." in text


def test_an_unknown_code_and_a_clinic_without_public_address_are_answered_404(
    client: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = client.get("/in-force/0000-0000-0000-0000")
    assert unknown.status_code == 404
    assert "ask the clinic before you turn anything" in unknown.text
    assert "frames.example.org" in own_names()
    monkeypatch.delenv("HEXAPOD_PUBLIC_ADDRESS")
    off = client.get("/in-force/0000-0000-0000-0000")
    assert (off.status_code, off.text) == (404, "Not Found")
    assert public_address() == ""


def test_nobody_can_ask_again_and_again(client: Asker) -> None:
    for _ in range(in_force.OF_ADDRESS):
        assert client.get("/in-force/x").status_code == 404
    assert client.get("/in-force/x").status_code == 429
    counted = in_force.Counted(in_force.OF_ADDRESS, in_force.OF_ALL)
    assert sum(counted.may(str(k), 1.0) for k in range(2 * in_force.OF_ALL)) == in_force.OF_ALL
    assert counted.may("a", 1.0 + WINDOW_S)

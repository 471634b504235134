"""Every sentence of the threat model in docs/home.md, by its letter and number."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from hexapod.errors import HexapodError
from hexapod.home import guard
from hexapod.home.server import serve
from hexapod.library import HOME, Library, NotPermitted, NotThere, Records, TooMany
from hexapod.library.calls import home
from tests.home.conftest import Asker
from tests.home.treatment import ADDRESS, TIBIA, Clock, opened, plan_of

pytestmark = [pytest.mark.hazard("H-22"), pytest.mark.hazard("H-35")]
DAY_8_READS = [155.0, 159.0, 121.0, 137.0, 151.0, 164.0]
DOCS = Path(__file__).parents[2] / "docs" / "home.md"


def readings(**changes: Any) -> dict[str, Any]:
    message = {"id": str(uuid.uuid4()), "at": "2026-03-10T07:30", "kind": "readings", "level": 0}
    return message | {"settings_mm": DAY_8_READS} | changes


def send(client: Asker, link: str, message: dict[str, Any]) -> httpx.Response:
    head = {"Authorization": f"Bearer {link}"}
    return client.post("/posts", json=message, headers=head)


def ask(client: Asker, link: str) -> httpx.Response:
    return client.get("/plan", headers={"Authorization": f"Bearer {link}"})


def test_every_sentence_of_the_threat_model_has_its_test() -> None:
    listed = re.findall(r"^- (T\d+) ", DOCS.read_text("utf-8"), re.MULTILINE)
    assert listed == [f"T{k}" for k in range(1, 20)]
    tested = set(re.findall(r"def test_t(\d+)_", Path(__file__).read_text("utf-8")))
    assert {f"T{number}" for number in tested} >= set(listed)


def test_t1_only_the_hash_of_a_link_is_kept(opened_library: Library, link: str, tmp_path: Path) -> None:
    assert home.LINK_BYTES * 8 >= 128
    assert re.fullmatch(r"[A-Za-z0-9_-]{27}", link)
    opened_library.as_user(HOME)
    with sqlite3.connect(tmp_path / "library.sqlite3") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert link.encode() not in (tmp_path / "library.sqlite3").read_bytes()


def test_t2_the_link_is_no_part_of_any_address(client: Asker, link: str) -> None:
    assert client.get(f"/plan?link={link}").status_code == 404
    assert client.get(f"/{link}").status_code == 404
    assert client.get("/").headers["Referrer-Policy"] == "no-referrer"


def test_t3_a_page_says_nothing_of_the_person(client: Asker, link: str) -> None:
    told = ask(client, link).json()
    seen = {"format", "state", "first", "last", "contact", "visit_at", "danger", "levels", "done", "held", "missed"}
    assert set(told) == seen
    assert set(told["levels"][0]) == {"name", "times", "days"}
    assert set(told["levels"][0]["days"][0]) == {"date", "day", "visit", "moments", "ways", "scales"}
    case = plan_of(TIBIA).case
    for secret in (case.id, case.title, case.limb.side, case.limb.bone, "Adler"):
        assert secret.lower() not in json.dumps(told).lower()


def test_t4_a_link_reaches_its_own_plan_only(
    client: Asker, link: str, case: str, records: Records, opened_library: Library
) -> None:
    other, _ = opened(opened_library, "femur_lengthening")
    before = records.audit.head()
    assert send(client, link, readings()).status_code == 200
    assert records.home.of(other) == ()
    assert [one.action for one in records.audit.history(case)][-1] == "home.reported"
    assert records.audit.head().partition("-")[0] == str(int(before.partition("-")[0]) + 1)


def test_t5_a_link_ends_at_once(client: Asker, case: str, link: str, records: Records) -> None:
    second = records.home.open(case, 1)
    assert ask(client, link).status_code == 404
    assert ask(client, second).status_code == 200
    records.home.close(case, 1)
    assert ask(client, second).status_code == 404
    third = records.home.open(case, 1)
    records.cases.archive(case, "moved away")
    assert ask(client, third).status_code == 410
    assert send(client, third, readings()).status_code == 410
    records.cases.bring_back(case, "came back")
    assert ask(client, third).status_code == 200
    records.plans.stop(case, 1, "fever")
    assert ask(client, third).status_code == 410
    assert send(client, third, readings()).status_code == 410
    assert records.home.of(case) == ()
    records.cases.erase(case, "request 7")
    assert ask(client, third).status_code == 404


def test_t6_the_door_opens_to_nothing_else(opened_library: Library, link: str, case: str, records: Records) -> None:
    home_door = opened_library.as_user(HOME)
    for call in (
        lambda: home_door.cases.find(),
        lambda: home_door.plans.file(case, 1),
        lambda: home_door.home.of(case),
        lambda: home_door.home.open(case, 1),
        lambda: home_door.plans.stop(case, 1, "no"),
        lambda: home_door.cases.add_note(case, "no"),
        lambda: home_door.roles.grant("me", "signer"),
    ):
        with pytest.raises(NotPermitted):
            call()
    assert home_door.home.find(link).posts == ()


def test_t7_without_a_link_nothing_is_told(client: Asker, case: str, link: str, records: Records) -> None:
    records.home.close(case, 1)
    for wrong in ("", "x", "A" * 27, link, "ä" * 27, "A" * 4000):
        said = {"Authorization": f"Bearer {wrong}".encode()}
        answers = [
            client.get("/plan", headers=said),
            client.post("/posts", json=readings(), headers=said),
        ]
        assert [(one.status_code, one.text) for one in answers] == [(404, '{"state":"gone"}')] * 2
    assert records.home.of(case) == ()


def test_t8_a_message_twice_is_one_record(client: Asker, link: str, case: str, records: Records) -> None:
    message = readings()
    first, again = send(client, link, message), send(client, link, message)
    assert first.json() == again.json()
    assert first.json()["told"] == "right"
    assert send(client, link, message | {"settings_mm": [*DAY_8_READS[:5], 100.0]}).status_code == 409
    assert len(records.home.of(case)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "2026-03-01T08:00"},
        {"at": "2026-03-14T08:00"},
        {"at": "2027-03-14T08:00"},
        {"at": "2026-02-31T08:00"},
        {"at": "now"},
        {"level": 1},
        {"level": -1},
        {"settings_mm": DAY_8_READS[:5]},
        {"settings_mm": [*DAY_8_READS[:5], -1.0]},
        {"settings_mm": [*DAY_8_READS[:5], 1e300]},
        {"settings_mm": [*DAY_8_READS[:5], "164"]},
        {"id": "1"},
        {"kind": "sign"},
        {"plan": 2},
        {"kind": "answers"},
    ],
)
def test_t9_a_message_has_only_what_a_page_sends(
    client: Asker, link: str, case: str, records: Records, wrong: dict[str, Any]
) -> None:
    assert send(client, link, readings(**wrong)).status_code in (400, 409)
    assert records.home.of(case) == ()


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 4000, b'{"id": NaN}', b"\xff"])
def test_t9_what_is_no_json_is_refused(client: Asker, link: str, body: bytes) -> None:
    head = {"Authorization": f"Bearer {link}", "Content-Type": "application/json"}
    assert client.post("/posts", content=body, headers=head).status_code == 400
    assert client.post("/posts", content=body, headers=head | {"Content-Type": "text/plain"}).status_code == 415


def test_t10_forged_readings_change_no_plan(client: Asker, link: str, case: str, records: Records) -> None:
    before = records.plans.file(case, 1), records.plans.load(case, 1), records.visits.of(case)
    forged = send(client, link, readings(settings_mm=[120.0] * 6))
    assert forged.json()["told"] == "stop"
    assert (records.plans.file(case, 1), records.plans.load(case, 1), records.visits.of(case)) == before


def test_t11_what_is_typed_stays_text(client: Asker, link: str, case: str, records: Records) -> None:
    note = "<script>alert(1)</script> =1+1"
    answers = {"id": str(uuid.uuid4()), "at": "2026-03-10T07:30", "kind": "answers", "signs": [False] * 5, "pain": 2}
    assert send(client, link, answers | {"note": note}).status_code == 200
    assert records.home.of(case)[0].report.note == note
    hidden = answers | {"id": str(uuid.uuid4()), "note": "right\u202eleft"}
    assert send(client, link, hidden).status_code == 409


def test_t12_a_message_is_short(client: Asker, link: str) -> None:
    head = {"Authorization": f"Bearer {link}", "Content-Type": "application/json"}
    assert client.post("/posts", content=b" " * 4097, headers=head).status_code == 413
    longest = {"id": str(uuid.uuid4()), "at": "2026-03-10T07:30", "kind": "answers", "signs": [True] * 5, "pain": 10}
    assert send(client, link, longest | {"note": "ß" * 500}).status_code == 200
    assert send(client, link, longest | {"note": "ß" * 501}).status_code == 400


@pytest.mark.slow
def test_t13_a_minute_has_so_many_requests(client: Asker, link: str) -> None:
    answers = [ask(client, link).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]
    others = [client.get("/ready").status_code for _ in range(60)]
    assert others == [200] * 59 + [429]
    limited = guard.Counted(guard.OF_ADDRESS, guard.OF_ALL)
    assert sum(limited.may(str(k), 1.0) for k in range(1000)) == 600
    assert limited.may("a", 1.0 + guard.WINDOW_S)


def test_t14_a_plan_takes_so_many_reports(
    opened_library: Library, link: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hexapod.home.judge import judge
    from hexapod.home.messages import read_post

    assert (home.MOST_A_DAY, home.MOST_OF_PLAN) == (100, 30_000)
    door, report = opened_library.as_user(HOME).home, judge(plan_of(TIBIA), read_post(json.dumps(readings()).encode()))
    for k in range(100):
        door.add(link, str(k), report)
    with pytest.raises(TooMany, match="today"):
        door.add(link, "more", report)
    assert door.add(link, "7", report).id == "7"
    clock.now = clock.now.replace(day=11)
    door.add(link, "more", report)
    monkeypatch.setattr(home, "MOST_OF_PLAN", 101)
    with pytest.raises(TooMany, match="of this plan"):
        door.add(link, "too many", report)


def test_t15_every_answer_forbids_other_origins(client: Asker, link: str) -> None:
    answers = [client.get(path) for path in ("/", "/home.js", "/sw.js", "/words/de.json", "/nowhere", "/plan")]
    answers += [ask(client, link), client.get("/", headers={"Host": "evil.example"})]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Strict-Transport-Security"]


def test_t16_other_names_are_not_answered(client: Asker) -> None:
    asked = [
        client.get("/", headers={"Host": name}).status_code
        for name in ("evil.example", "", "home.clinic.example.evil.example")
    ]
    assert asked == [421] * 3
    assert client.get("/", headers={"Host": "Home.Clinic.example:443"}).status_code == 200
    assert client.get("/", headers={"Host": "localhost:8502"}).status_code == 200


def test_t17_other_pages_cannot_send(client: Asker, link: str) -> None:
    head = {"Authorization": f"Bearer {link}"}
    foreign = client.post("/posts", json=readings(), headers=head | {"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert "Access-Control-Allow-Origin" not in foreign.headers
    assert client.post("/posts", json=readings(), headers=head | {"Origin": ADDRESS}).status_code == 200


def test_t18_no_cache_stores_a_plan(client: Asker, link: str) -> None:
    assert ask(client, link).headers["Cache-Control"] == "no-store"
    assert send(client, link, readings()).headers["Cache-Control"] == "no-store"
    assert "/plan" not in client.get("/sw.js").text.partition("FILES = ")[2].partition(";")[0]


@pytest.mark.parametrize("address", ["", "http://home.clinic.example", "https://home.clinic.example/here", "home"])
def test_t19_it_is_switched_off_by_default(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HEXAPOD_HOME_ADDRESS", address)
    with pytest.raises(HexapodError, match="HEXAPOD_HOME_ADDRESS"):
        serve(8502)
    monkeypatch.delenv("HEXAPOD_HOME_ADDRESS")
    with pytest.raises(HexapodError, match="switched off"):
        serve(8502)


def test_a_plan_that_would_be_another_one_is_not_shown(
    client: Asker, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hexapod.library.calls.plans._prescribed", lambda _: object())
    assert ask(client, link).status_code == 410


def test_a_link_of_another_library_leads_nowhere(records: Records) -> None:
    with pytest.raises(NotThere):
        records.home.find("A" * 27)

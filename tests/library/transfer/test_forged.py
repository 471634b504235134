"""A signature that comes with a file signs nothing here, whoever may have written it into the file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from hexapod.cli.main import main
from hexapod.library import ANYONE, Actor, ImportRefused, LibraryError, Records, Refused, open_library
from hexapod.library.storage import contents
from hexapod.library.storage.contents import canonical, seal
from hexapod.library.transfer.archive import ArchiveWriter, line_of
from tests.library.treatment import PLAIN, plan_of

pytestmark = pytest.mark.hazard("H-14")


def drafted(records: Records) -> str:
    """A case with a plan that nobody has signed."""
    case = records.cases.add(PLAIN).case
    records.plans.issue(case, 1, plan_of(PLAIN))
    for caution in records.plans.load(case, 1).cautions:
        records.plans.acknowledge(case, 1, caution.code, caution.level, "seen")
    return case


def forged(exported: bytes, case: str) -> bytes:
    """An export of a draft, of a case or a library, with a sign-off and a role put in that nobody has given.

    All fingerprints are right, and the chain goes on.
    """
    with zipfile.ZipFile(io.BytesIO(exported)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    kind = json.loads(files["manifest.json"])["kind"]
    lines = [json.loads(line) for line in files["records.jsonl"].splitlines()]
    plan = next(line for line in lines if line["table"] == "plans")
    content = canonical({"name": "Prof. Dr. Ada Adler"})
    sealed = seal(content)
    made = {"done_at": plan["row"]["done_at"], "done_by": "adler"}
    signed = {"case_key": case, "plan": 1, "plan_sha256": plan["row"]["plan_sha256"]}
    given = {"user_name": "eve", "role": "signer", "kind": "granted"}
    put_in: list[tuple[str, str, str, dict[str, Any]]] = [
        ("sign_offs", "plan.signed", case, made | signed | {"sealed_sha256": sealed.sha256}),
        ("roles", "role.granted", "eve", made | given | {"sealed_sha256": None}),
    ]
    for table, action, subject, row in put_in[: 2 if kind == "library" else 1]:
        last = lines[-1]["entry"]
        payload = contents.payload_sha256(table, row)
        entry = contents.entry(last["sequence"] + 1, row["done_at"], "adler", action, subject, payload, last["sha256"])
        line = {"entry": asdict(entry), "table": table, "row": row, "salt": None, "content": None, "file": None}
        lines.append(line | ({"salt": sealed.salt.hex(), "content": content.decode()} if table == "sign_offs" else {}))
    out = io.BytesIO()
    writer = ArchiveWriter(out, kind)
    for name, body in files.items():
        if name not in ("manifest.json", "records.jsonl"):
            writer.add(name, body)
    writer.add_lines(io.BytesIO(b"".join(line_of(line) for line in lines)))
    writer.close()
    return out.getvalue()


@pytest.fixture
def other_records(new_url: Callable[[str], str]) -> Iterator[Records]:
    """Another library, empty."""
    with open_library(new_url("sqlite")) as library:
        yield library.as_user(ANYONE)


def test_a_sign_off_put_into_an_export_makes_no_signed_plan(records: Records, other_records: Records) -> None:
    case = drafted(records)
    taken = other_records.transfer.import_file(io.BytesIO(forged(records.transfer.export_case(case), case)))
    assert taken.case == case
    plan = other_records.plans.load(case, 1)
    assert (plan.state, plan.sign_off, plan.taken_in) == ("draft", None, True)
    assert plan.elsewhere is not None
    assert plan.elsewhere.name == "Prof. Dr. Ada Adler"
    assert other_records.cases.find("plain-01").cases[0].state == "ready"
    with pytest.raises(Refused, match="signed in another library, and is a draft here"):
        other_records.plans.sign(case, 1, plan.plan_sha256, "Ben")
    assert not other_records.audit.verify().faults


def test_it_is_signed_here_after_it_was_issued_here(records: Records, other_records: Records) -> None:
    case = drafted(records)
    records.plans.sign(case, 1, records.plans.load(case, 1).plan_sha256, "Ada")
    other_records.transfer.import_file(io.BytesIO(records.transfer.export_case(case)))
    made = other_records.plans.issue(case, 1, plan_of(PLAIN))
    assert (made.number, made.state, made.taken_in) == (2, "draft", False)
    for caution in made.cautions:
        other_records.plans.acknowledge(case, 2, caution.code, caution.level, "seen here, too")
    other_records.plans.sign(case, 2, made.plan_sha256, "Ben")
    signed = other_records.plans.load(case, 2)
    assert signed.state == "signed"
    assert signed.sign_off is not None
    assert signed.elsewhere is not None
    assert (signed.sign_off.name, signed.elsewhere.name) == ("Ben", "Ada")
    assert [plan.state for plan in other_records.plans.of(case)] == ["draft", "signed"]
    with pytest.raises(Refused, match=r"already signed or has ended|not the last"):
        other_records.plans.sign(case, 1, made.plan_sha256, "Ben")


def whole(records: Records) -> tuple[bytes, str]:
    out = io.BytesIO()
    head = records.transfer.export_library(out)
    return out.getvalue(), head


EVE = Actor("eve")


def test_a_library_with_a_sign_off_put_in_signs_nothing_and_gives_no_role(
    records: Records, new_url: Callable[[str], str]
) -> None:
    case = drafted(records)
    given, head = whole(records)
    with open_library(new_url("sqlite")) as library:
        mine = library.as_user(ANYONE)
        with pytest.raises(
            ImportRefused, match="The head given is not that of this export, nothing was imported"
        ) as no:
            mine.transfer.import_file(io.BytesIO(forged(given, case)), head)
        assert head not in str(no.value)
        assert mine.audit.head() == ""
        assert mine.transfer.import_file(io.BytesIO(forged(given, case))).unproved
        plan = mine.plans.load(case, 1)
        assert (plan.state, plan.sign_off, plan.taken_in) == ("draft", None, True)
        assert plan.elsewhere is not None
        assert plan.elsewhere.name == "Prof. Dr. Ada Adler"
        assert mine.cases.find("plain-01").cases[0].state == "ready"
        assert not library.as_user(EVE).roles.may("look")
        assert [holder.roles for holder in mine.roles.holders()] == []
        with pytest.raises(Refused, match="signed in another library, and is a draft here"):
            mine.plans.sign(case, 1, plan.plan_sha256, "Ben")
        assert not mine.audit.verify([head]).faults
        # What is given here counts from now on.
        mine.roles.grant("eve", "viewer")
        assert library.as_user(EVE).roles.may("look")
        made = mine.plans.issue(case, 1, plan_of(PLAIN))
        for caution in made.cautions:
            mine.plans.acknowledge(case, made.number, caution.code, caution.level, "seen here, too")
        mine.plans.sign(case, made.number, made.plan_sha256, "Ben")
        assert [one.state for one in mine.plans.of(case)] == ["draft", "signed"]
        # That its origin was not shown stays with the library, wherever it goes with its own head.
        again, its_head = whole(mine)
    with open_library(new_url("sqlite")) as library:
        mine = library.as_user(ANYONE)
        assert not mine.transfer.import_file(io.BytesIO(again), its_head).unproved
        assert [one.state for one in mine.plans.of(case)] == ["draft", "signed"]
        assert not mine.audit.verify([head, its_head]).faults


def test_a_library_with_its_head_keeps_what_was_signed(records: Records, other_records: Records) -> None:
    case = drafted(records)
    records.plans.sign(case, 1, records.plans.load(case, 1).plan_sha256, "Ada")
    records.roles.grant("ben", "signer")
    given, head = whole(records)
    assert records.audit.head() != head, "the export itself is the next entry, and not in the file"
    with pytest.raises(ImportRefused, match="head given is not that"):
        other_records.transfer.import_file(io.BytesIO(given), records.audit.head())
    with pytest.raises(LibraryError, match="is not the head of an audit trail"):
        other_records.transfer.import_file(io.BytesIO(given), "latest")
    with pytest.raises(ImportRefused, match="leave the head out"):
        other_records.transfer.import_file(io.BytesIO(records.transfer.export_case(case)), head)
    assert not other_records.transfer.import_file(io.BytesIO(given), head).unproved
    assert other_records.plans.load(case, 1) == records.plans.load(case, 1)
    assert other_records.plans.load(case, 1).state == "signed"
    assert other_records.roles.holders() == records.roles.holders()


def test_the_command_prints_the_head_and_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(folder: str, *words: str) -> tuple[int, str]:
        monkeypatch.setenv("HEXAPOD_DATA_DIR", str(tmp_path / folder))
        status = main(list(words))
        return status, capsys.readouterr().err

    monkeypatch.delenv("HEXAPOD_DATABASE_URL", raising=False)
    with open_library(f"sqlite:///{tmp_path / 'a' / 'library.sqlite3'}") as library:
        records = library.as_user(ANYONE)
        case = drafted(records)
        records.plans.sign(case, 1, records.plans.load(case, 1).plan_sha256, "Ada")
    file, papers = str(tmp_path / "all.zip"), ("library", "documents", "plain-01", "--out")
    status, told = call("a", "library", "export", file)
    assert status == 0
    head = told.split()[-1]
    assert f"library import --head`: {head}" in told
    status, told = call("b", "library", "import", file)
    assert (status, "are drafts here" in told) == (0, True)
    assert call("b", *papers, str(tmp_path / "drafts"))[0] == 2
    status, told = call("c", "library", "import", file, "--head", head)
    assert (status, "drafts" in told) == (0, False)
    status, told = call("d", "library", "import", file, "--head", "7-0123456789abcdef")
    assert (status, "nothing was imported" in told) == (2, True)

"""A signature that comes with a file signs nothing here, whoever may have written it into the file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest

from hexapod.library import ANYONE, Records, Refused, open_library
from hexapod.library.storage import audit_chain
from hexapod.library.storage.contents import canonical, seal
from hexapod.library.transfer.archive import ArchiveWriter, line_of
from tests.library.treatment import PLAIN, plan_of

pytestmark = pytest.mark.hazard("H-14")


def drafted(records: Records) -> str:
    """A case with a plan that nobody has signed."""
    case = records.add_case(PLAIN).case
    records.issue_plan(case, 1, plan_of(PLAIN))
    for caution in records.plan(case, 1).cautions:
        records.acknowledge(case, 1, caution.code, caution.level, "seen")
    return case


def forged(exported: bytes, case: str) -> bytes:
    """An export of a draft with a sign-off put in that nobody has given, all fingerprints right."""
    with zipfile.ZipFile(io.BytesIO(exported)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    lines = [json.loads(line) for line in files["records.jsonl"].splitlines()]
    plan = next(line for line in lines if line["table"] == "plans")
    content = canonical({"name": "Prof. Dr. Ada Adler"})
    sealed = seal(content)
    row: dict[str, Any] = {
        "done_at": plan["row"]["done_at"],
        "done_by": "adler",
        "sealed_sha256": sealed.sha256,
        "case_key": case,
        "plan": 1,
        "plan_sha256": plan["row"]["plan_sha256"],
    }
    last = max(line["entry"]["sequence"] for line in lines)
    made = audit_chain.entry(
        last + 1, row["done_at"], "adler", "plan.signed", case, audit_chain.payload_sha256("sign_offs", row), "0" * 64
    )
    lines.append(
        {
            "entry": asdict(made),
            "table": "sign_offs",
            "row": row,
            "salt": sealed.salt.hex(),
            "content": content.decode(),
            "file": None,
        }
    )
    out = io.BytesIO()
    writer = ArchiveWriter(out, "case")
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
    taken = other_records.import_file(io.BytesIO(forged(records.export_case(case), case)))
    assert taken.case == case
    plan = other_records.plan(case, 1)
    assert (plan.state, plan.sign_off, plan.taken_in) == ("draft", None, True)
    assert plan.elsewhere is not None
    assert plan.elsewhere.name == "Prof. Dr. Ada Adler"
    assert other_records.find("plain-01").cases[0].state == "ready"
    with pytest.raises(Refused, match="signed in another library, and is a draft here"):
        other_records.sign(case, 1, plan.plan_sha256, "Ben")
    assert not other_records.verify().faults


def test_it_is_signed_here_after_it_was_issued_here(records: Records, other_records: Records) -> None:
    case = drafted(records)
    records.sign(case, 1, records.plan(case, 1).plan_sha256, "Ada")
    other_records.import_file(io.BytesIO(records.export_case(case)))
    made = other_records.issue_plan(case, 1, plan_of(PLAIN))
    assert (made.number, made.state, made.taken_in) == (2, "draft", False)
    for caution in made.cautions:
        other_records.acknowledge(case, 2, caution.code, caution.level, "seen here, too")
    other_records.sign(case, 2, made.plan_sha256, "Ben")
    signed = other_records.plan(case, 2)
    assert signed.state == "signed"
    assert signed.sign_off is not None
    assert signed.elsewhere is not None
    assert (signed.sign_off.name, signed.elsewhere.name) == ("Ben", "Ada")
    assert [plan.state for plan in other_records.plans(case)] == ["draft", "signed"]
    with pytest.raises(Refused, match=r"already signed or has ended|not the last"):
        other_records.sign(case, 1, made.plan_sha256, "Ben")

"""Who may do what: one check for every call, and no way around it."""

from __future__ import annotations

import ast
import datetime
import inspect
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hexapod import parse_case
from hexapod.library import ANYONE, ROLES, Actor, Library, NotPermitted, Records, Refused, Role, Visit
from hexapod.library.storage.roles import Permission
from tests.library.conftest import Templates
from tests.library.treatment import CASE, PLAIN, plan_of, treat

pytestmark = pytest.mark.hazard("H-22")
DAY = datetime.date(2026, 3, 9)

# Every call of the library with words that fit, and what it needs.
CALLS: dict[str, tuple[Permission, Callable[[Records, Path], Any]]] = {
    "save_draft": ("plan", lambda records, _: records.save_draft(CASE, 3, '{"n": 4}')),
    "draft": ("look", lambda records, _: records.draft(CASE)),
    "saves": ("look", lambda records, _: records.saves(CASE)),
    "draft_revision": ("look", lambda records, _: records.draft_revision(CASE)),
    "add_case": ("plan", lambda records, _: records.add_case(PLAIN.replace(b"plain-01", b"plain-02"))),
    "save_version": ("plan", lambda records, _: records.save_version(CASE, 1, PLAIN + b"\n")),
    "versions": ("look", lambda records, _: records.versions(CASE)),
    "case_file": ("look", lambda records, _: records.case_file(CASE)),
    "find_by_id": ("look", lambda records, _: records.find_by_id("plain-01")),
    "issue_plan": ("plan", lambda records, _: records.issue_plan(CASE, 1, plan_of(PLAIN))),
    "continuing": ("look", lambda records, _: records.continuing(CASE, parse_case(PLAIN), plan_of(PLAIN))),
    "record_documents": ("plan", lambda records, _: records.record_documents(CASE, 1, ())),
    "plans": ("look", lambda records, _: records.plans(CASE)),
    "plan": ("look", lambda records, _: records.plan(CASE, 1)),
    "plan_file": ("look", lambda records, _: records.plan_file(CASE, 1)),
    "reproduce": ("look", lambda records, _: records.reproduce(CASE, 1)),
    "acknowledge": ("plan", lambda records, _: records.acknowledge(CASE, 1, "rate.high", 0, "why")),
    "sign": ("sign", lambda records, _: records.sign(CASE, 1, "0" * 64, "Dr Adler")),
    "stop": ("sign", lambda records, _: records.stop(CASE, 1, "pain")),
    "add_follow_up": ("plan", lambda records, _: records.add_follow_up(CASE, 1, Visit(DAY, ()))),
    "follow_ups": ("look", lambda records, _: records.follow_ups(CASE)),
    "add_note": ("plan", lambda records, _: records.add_note(CASE, "well")),
    "notes": ("look", lambda records, _: records.notes(CASE)),
    "archive": ("plan", lambda records, _: records.archive(CASE, "done")),
    "bring_back": ("plan", lambda records, _: records.bring_back(CASE, "not done")),
    "assign": ("plan", lambda records, _: records.assign(CASE, "Dr Öz")),
    "arrange_visit": ("plan", lambda records, _: records.arrange_visit(CASE, DAY)),
    "erase": ("administer", lambda records, _: records.erase(CASE, "request 1")),
    "tombstones": ("look", lambda records, _: records.tombstones()),
    "find": ("look", lambda records, _: records.find()),
    "surgeons": ("look", lambda records, _: records.surgeons()),
    "rebuild_list": ("administer", lambda records, _: records.rebuild_list()),
    "grant": ("administer", lambda records, _: records.grant("Cleo", "viewer")),
    "withdraw": ("administer", lambda records, _: records.withdraw("Ben", "viewer")),
    "holders": ("administer", lambda records, _: records.holders()),
    "head": ("look", lambda records, _: records.head()),
    "verify": ("look", lambda records, _: records.verify()),
    "is_archived": ("look", lambda records, _: records.is_archived(CASE)),
    "history": ("look", lambda records, _: records.history(CASE)),
    "write_audit": ("administer", lambda records, _: records.write_audit(io.StringIO())),
    "export_case": ("plan", lambda records, _: records.export_case(CASE)),
    "export_library": ("administer", lambda records, _: records.export_library(io.BytesIO())),
    "import_file": ("administer", lambda records, _: records.import_file(io.BytesIO(empty_export()))),
    "backup": ("administer", lambda records, folder: records.backup(folder / "backup.sqlite3")),
}
ALLOWED: dict[Role, set[Permission]] = {
    "viewer": {"look"},
    "planner": {"look", "plan"},
    "signer": {"look", "plan", "sign"},
    "administrator": {"look", "administer"},
}
# Not calls on records: who it is, the answers for a button, the date.
OTHERS = {"actor", "may", "roles", "today"}


def empty_export() -> bytes:
    from hexapod.library.transfer.archive import ArchiveWriter

    out = io.BytesIO()
    writer = ArchiveWriter(out, "case")
    writer.add_lines(io.BytesIO())
    writer.close()
    return out.getvalue()


@pytest.fixture
def url(database: str, templates: Templates) -> str:
    return templates.copy(database, "treated", treat)


def test_every_call_is_in_the_table() -> None:
    assert {name for name in dir(Records) if not name.startswith("_")} == {*CALLS, *OTHERS}
    assert {name for name in dir(Library) if not name.startswith("_")} == {"as_user", "close", "warnings"}


def test_whoever_lacks_the_role_is_refused_by_every_call_and_nothing_is_written(
    library: Library, tmp_path: Path
) -> None:
    """Also with the wrong words: the role is asked before anything is looked at."""
    head = library.as_user(ANYONE).head()
    for role in (None, *ROLES):
        actor = Actor("Eve", frozenset({role} if role else ()))
        for name, (permission, call) in CALLS.items():
            if role is None or permission not in ALLOWED[role]:
                with pytest.raises(NotPermitted, match=r"Eve may not do this: it needs"):
                    call(library.as_user(actor), tmp_path)
                assert not library.as_user(actor).may(permission), name
    assert library.as_user(ANYONE).head() == head


@pytest.mark.parametrize("role", ROLES)
def test_whoever_has_the_role_is_not_refused(library: Library, tmp_path: Path, role: Role) -> None:
    records = library.as_user(Actor("Eve", frozenset({role})))
    for name, (permission, call) in CALLS.items():
        if permission in ALLOWED[role] and name not in ("erase", "archive"):
            assert records.may(permission)
            try:
                call(records, tmp_path)
            except NotPermitted:
                pytest.fail(f"{role} may not {name}")
            except Exception as error:  # noqa: BLE001 - of the words, not of the role
                assert not isinstance(error, NotPermitted)


def test_the_signer_plans_and_the_administrator_does_not_sign(library: Library) -> None:
    both = library.as_user(Actor("Ada", frozenset({"administrator", "signer"})))
    assert all(map(both.may, ("look", "plan", "sign", "administer")))
    ada = library.as_user(Actor("Ada", frozenset({"administrator"})))
    assert not ada.may("sign")
    assert not ada.may("plan")


def test_a_role_withdrawn_in_mid_session_counts_at_the_next_call(library: Library) -> None:
    administrator, cleo = library.as_user(ANYONE), library.as_user(Actor("Cleo"))
    with pytest.raises(NotPermitted, match="Cleo may not do this: it needs a viewer"):
        cleo.find()
    administrator.grant("Cleo", "planner")
    assert cleo.add_note(CASE, "first").by == "Cleo"
    with pytest.raises(Refused, match="has the role already"):
        administrator.grant("Cleo", "planner")
    administrator.withdraw("Cleo", "planner")
    with pytest.raises(NotPermitted):
        cleo.add_note(CASE, "second")
    administrator.grant("Cleo", "viewer")
    assert [note.text for note in cleo.notes(CASE)][-1] == "first"
    assert [(one.name, one.roles) for one in administrator.holders()] == [("Ben", {"viewer"}), ("Cleo", {"viewer"})]
    with pytest.raises(Refused, match="There is no role"):
        administrator.grant("Cleo", "king")  # type: ignore[arg-type]


def test_a_role_of_the_sign_in_can_be_withdrawn_at_once(library: Library) -> None:
    """The claim in somebody's session goes on saying planner; the list has the last word."""
    administrator = library.as_user(ANYONE)
    cleo = library.as_user(Actor("Cleo", frozenset({"viewer", "planner"})))
    assert cleo.add_note(CASE, "first").by == "Cleo"
    with pytest.raises(Refused, match="does not have the role"):
        administrator.withdraw("Cleo", "planner")
    administrator.withdraw("Cleo", "planner", from_sign_in=True)
    with pytest.raises(NotPermitted):
        cleo.add_note(CASE, "second")
    assert [note.text for note in cleo.notes(CASE)][-1] == "first"
    with pytest.raises(Refused, match="withdrawn from Cleo already"):
        administrator.withdraw("Cleo", "planner", from_sign_in=True)
    assert library.as_user(Actor("Dora", frozenset({"planner"}))).may("plan")
    administrator.grant("Cleo", "planner")
    assert cleo.may("plan")
    assert cleo.roles() == {"viewer", "planner"}
    administrator.grant("Cleo", "administrator")
    assert not cleo.may("administer"), "the list gives no role that the sign-in does not tell"


def test_without_sign_in_nobody_can_be_kept_out(library: Library) -> None:
    with pytest.raises(Refused, match="switch sign-in on"):
        library.as_user(ANYONE).withdraw(ANYONE.name, "administrator", from_sign_in=True)
    assert library.as_user(ANYONE).may("administer")
    assert library.as_user(ANYONE).roles() == {*ROLES}


def test_nobody_is_nameless() -> None:
    for name in ("", " ", "Eve\x00", "\ud800"):
        with pytest.raises(NotPermitted):
            Actor(name, frozenset(ROLES))
    assert Actor("Dr\u00a0Öz").name == "Dr\u00a0Öz"


def test_there_is_no_way_around_the_check() -> None:
    """Only transactions.py opens transactions, and it checks whoever asks; every public call goes through it."""
    folder = Path(inspect.getfile(Records)).parent
    opening = {
        path.name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("connect", "begin", "raw_connection")
    }
    # database.py and schema.py set connections up before there are records; backup.py and library_files.py copy
    # whole files; audit_verify.py makes an empty library in memory to compare with.
    others = {"schema.py", "database.py", "backup.py", "library_files.py", "audit_verify.py"}
    assert opening == {"transactions.py", *others}
    store = ast.parse((folder / "storage" / "transactions.py").read_text("utf-8"))
    yielding = [
        node
        for node in ast.walk(store)
        if isinstance(node, ast.FunctionDef) and any(isinstance(inner, ast.Yield) for inner in ast.walk(node))
    ]
    assert [node.name for node in yielding] == ["reading", "writing"]
    for node in yielding:
        said = ast.unparse(node)
        assert "check(actor, permission" in said
        assert said.index("check(actor, permission") < said.index("yield")

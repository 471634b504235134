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

from hexapod.case.files import parse_case
from hexapod.hardware.measured_rings import write_measured
from hexapod.library import ANYONE, ROLES, Actor, HomeReport, Library, NotPermitted, Records, Refused, Role, Visit
from hexapod.library.storage.roles import Permission
from tests.library.conftest import Templates
from tests.library.test_films import FILM
from tests.library.test_outcomes import OUTCOME
from tests.library.test_rings import RING
from tests.library.treatment import CASE, PLAIN, plan_of, treat

pytestmark = pytest.mark.hazard("H-22")
DAY = datetime.date(2026, 3, 9)

# Every call of the library with words that fit, and what it needs.
CALLS: dict[str, tuple[Permission, Callable[[Records, Path], Any]]] = {
    "drafts.save": ("plan", lambda records, _: records.drafts.save(CASE, 3, '{"n": 4}')),
    "drafts.load": ("look", lambda records, _: records.drafts.load(CASE)),
    "drafts.saves": ("look", lambda records, _: records.drafts.saves(CASE)),
    "drafts.revision": ("look", lambda records, _: records.drafts.revision(CASE)),
    "cases.add": ("plan", lambda records, _: records.cases.add(PLAIN.replace(b"plain-01", b"plain-02"))),
    "versions.save": ("plan", lambda records, _: records.versions.save(CASE, 1, PLAIN + b"\n")),
    "versions.of": ("look", lambda records, _: records.versions.of(CASE)),
    "versions.file": ("look", lambda records, _: records.versions.file(CASE)),
    "cases.key_of": ("look", lambda records, _: records.cases.key_of("plain-01")),
    "plans.issue": ("plan", lambda records, _: records.plans.issue(CASE, 1, plan_of(PLAIN))),
    "plans.continuing": ("look", lambda records, _: records.plans.continuing(CASE, plan_of(PLAIN))),
    "plans.record_documents": ("plan", lambda records, _: records.plans.record_documents(CASE, 1, ())),
    "plans.of": ("look", lambda records, _: records.plans.of(CASE)),
    "plans.load": ("look", lambda records, _: records.plans.load(CASE, 1)),
    "plans.file": ("look", lambda records, _: records.plans.file(CASE, 1)),
    "plans.reproduce": ("look", lambda records, _: records.plans.reproduce(CASE, 1)),
    "plans.acknowledge": ("plan", lambda records, _: records.plans.acknowledge(CASE, 1, "rate.high", 0, "why")),
    "plans.sign": ("sign", lambda records, _: records.plans.sign(CASE, 1, "0" * 64, "Dr Adler")),
    "plans.stop": ("sign", lambda records, _: records.plans.stop(CASE, 1, "pain")),
    "visits.add": ("plan", lambda records, _: records.visits.add(CASE, 1, Visit(DAY, ()))),
    "visits.of": ("look", lambda records, _: records.visits.of(CASE)),
    "cases.add_note": ("plan", lambda records, _: records.cases.add_note(CASE, "well")),
    "cases.notes": ("look", lambda records, _: records.cases.notes(CASE)),
    "cases.archive": ("plan", lambda records, _: records.cases.archive(CASE, "done")),
    "cases.bring_back": ("plan", lambda records, _: records.cases.bring_back(CASE, "not done")),
    "cases.assign": ("plan", lambda records, _: records.cases.assign(CASE, "Dr Öz")),
    "visits.arrange": ("plan", lambda records, _: records.visits.arrange(CASE, DAY)),
    "cases.erase": ("administer", lambda records, _: records.cases.erase(CASE, "request 1")),
    "cases.tombstones": ("look", lambda records, _: records.cases.tombstones()),
    "cases.look": ("look", lambda records, _: records.cases.look(CASE)),
    "cases.find": ("look", lambda records, _: records.cases.find()),
    "cases.surgeons": ("look", lambda records, _: records.cases.surgeons()),
    "cases.rebuild_list": ("administer", lambda records, _: records.cases.rebuild_list()),
    "clinic.kept": ("look", lambda records, _: records.clinic.kept()),
    "clinic.keep": ("plan", lambda records, _: records.clinic.keep(0, "{}")),
    "rings.all": ("look", lambda records, _: records.rings.all()),
    "rings.history": ("look", lambda records, _: records.rings.history("R 155/a")),
    "rings.keep": ("plan", lambda records, _: records.rings.keep(RING)),
    "rings.take_out": ("plan", lambda records, _: records.rings.take_out("R 155/a", "bent")),
    "rings.toml": ("look", lambda records, _: records.rings.toml()),
    "rings.take_in": ("plan", lambda records, _: records.rings.take_in(write_measured([RING]).encode())),
    "roles.grant": ("administer", lambda records, _: records.roles.grant("Cleo", "viewer")),
    "roles.withdraw": ("administer", lambda records, _: records.roles.withdraw("Ben", "viewer")),
    "roles.holders": ("administer", lambda records, _: records.roles.holders()),
    "audit.head": ("look", lambda records, _: records.audit.head()),
    "audit.verify": ("look", lambda records, _: records.audit.verify()),
    "cases.is_archived": ("look", lambda records, _: records.cases.is_archived(CASE)),
    "audit.history": ("look", lambda records, _: records.audit.history(CASE)),
    "audit.write_csv": ("administer", lambda records, _: records.audit.write_csv(io.StringIO())),
    "sheets.earlier": ("look", lambda records, _: records.sheets.earlier(CASE)),
    "sheets.holds": ("look", lambda records, _: records.sheets.holds("0" * 64)),
    "sheets.standing": ("look", lambda records, _: records.sheets.standing("0000-0000-0000")),
    "home.open": ("plan", lambda records, _: records.home.open(CASE, 1)),
    "home.close": ("plan", lambda records, _: records.home.close(CASE, 1)),
    "home.opened": ("look", lambda records, _: records.home.opened(CASE, 1)),
    "home.of": ("look", lambda records, _: records.home.of(CASE)),
    "home.followed": ("look", lambda records, _: records.home.followed()),
    "home.find": ("report", lambda records, _: records.home.find("A" * 27)),
    "home.add": ("report", lambda records, _: records.home.add("A" * 27, "1", HomeReport(DAY, "", "answers", {}))),
    "outcomes.record": ("plan", lambda records, _: records.outcomes.record(CASE, OUTCOME)),
    "outcomes.of": ("look", lambda records, _: records.outcomes.of(CASE)),
    "outcomes.all": ("look", lambda records, _: records.outcomes.all()),
    "outcomes.export": ("plan", lambda records, _: records.outcomes.export()),
    "films.keep": ("plan", lambda records, _: records.films.keep(CASE, FILM)),
    "films.take_along": ("plan", lambda records, _: records.films.take_along(CASE, CASE, ())),
    "films.of": ("look", lambda records, _: records.films.of(CASE)),
    "films.pixels": ("look", lambda records, _: records.films.pixels(CASE, "0" * 64)),
    "films.named_in": ("look", lambda records, _: records.films.named_in(CASE, parse_case(PLAIN))),
    "films.remove": ("administer", lambda records, _: records.films.remove(CASE, (), "request 1")),
    "transfer.export_case": ("plan", lambda records, _: records.transfer.export_case(CASE)),
    "transfer.export_library": ("administer", lambda records, _: records.transfer.export_library(io.BytesIO())),
    "transfer.import_file": ("administer", lambda records, _: records.transfer.import_file(io.BytesIO(empty_export()))),
    "transfer.backup": ("administer", lambda records, folder: records.transfer.backup(folder / "backup.sqlite3")),
}
ALLOWED: dict[Role, set[Permission]] = {
    "viewer": {"look"},
    "planner": {"look", "plan"},
    "signer": {"look", "plan", "sign"},
    "administrator": {"look", "administer"},
}
# Not calls on records: the answers for a button.
OTHERS = {"roles.may", "roles.mine"}


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


def test_every_call_is_in_the_table(records: Records) -> None:
    rooms = {name: room for name, room in vars(records).items() if name != "actor"}
    calls = {f"{name}.{call}" for name, room in rooms.items() for call in dir(room) if not call.startswith("_")}
    assert calls == {*CALLS, *OTHERS}
    assert {name for name in dir(Library) if not name.startswith("_")} == {"as_user", "close", "warnings"}


def test_whoever_lacks_the_role_is_refused_by_every_call_and_nothing_is_written(
    library: Library, tmp_path: Path
) -> None:
    """Also with the wrong words: the role is asked before anything is looked at."""
    head = library.as_user(ANYONE).audit.head()
    for role in (None, *ROLES):
        actor = Actor("Eve", frozenset({role} if role else ()))
        for name, (permission, call) in CALLS.items():
            if role is None or permission not in ALLOWED[role]:
                with pytest.raises(NotPermitted, match=r"Eve may not do this: it needs"):
                    call(library.as_user(actor), tmp_path)
                assert not library.as_user(actor).roles.may(permission), name
    assert library.as_user(ANYONE).audit.head() == head


@pytest.mark.parametrize("role", ROLES)
def test_whoever_has_the_role_is_not_refused(library: Library, tmp_path: Path, role: Role) -> None:
    records = library.as_user(Actor("Eve", frozenset({role})))
    for name, (permission, call) in CALLS.items():
        if permission in ALLOWED[role] and name not in ("cases.erase", "cases.archive"):
            assert records.roles.may(permission)
            try:
                call(records, tmp_path)
            except NotPermitted:
                pytest.fail(f"{role} may not {name}")
            except Exception as error:  # noqa: BLE001 - of the words, not of the role
                assert not isinstance(error, NotPermitted)


def test_the_signer_plans_and_the_administrator_does_not_sign(library: Library) -> None:
    both = library.as_user(Actor("Ada", frozenset({"administrator", "signer"})))
    assert all(map(both.roles.may, ("look", "plan", "sign", "administer")))
    ada = library.as_user(Actor("Ada", frozenset({"administrator"})))
    assert not ada.roles.may("sign")
    assert not ada.roles.may("plan")


def test_a_role_withdrawn_in_mid_session_counts_at_the_next_call(library: Library) -> None:
    administrator, cleo = library.as_user(ANYONE), library.as_user(Actor("Cleo"))
    with pytest.raises(NotPermitted, match="Cleo may not do this: it needs a viewer"):
        cleo.cases.find()
    administrator.roles.grant("Cleo", "planner")
    assert cleo.cases.add_note(CASE, "first").by == "Cleo"
    with pytest.raises(Refused, match="has the role already"):
        administrator.roles.grant("Cleo", "planner")
    administrator.roles.withdraw("Cleo", "planner")
    with pytest.raises(NotPermitted):
        cleo.cases.add_note(CASE, "second")
    administrator.roles.grant("Cleo", "viewer")
    assert [note.text for note in cleo.cases.notes(CASE)][-1] == "first"
    assert [(one.name, one.roles) for one in administrator.roles.holders()] == [
        ("Ben", {"viewer"}),
        ("Cleo", {"viewer"}),
    ]
    with pytest.raises(Refused, match="There is no role"):
        administrator.roles.grant("Cleo", "king")  # type: ignore[arg-type]


def test_a_role_of_the_sign_in_can_be_withdrawn_at_once(library: Library) -> None:
    """The claim in somebody's session goes on saying planner; the list has the last word."""
    administrator = library.as_user(ANYONE)
    cleo = library.as_user(Actor("Cleo", frozenset({"viewer", "planner"})))
    assert cleo.cases.add_note(CASE, "first").by == "Cleo"
    with pytest.raises(Refused, match="does not have the role"):
        administrator.roles.withdraw("Cleo", "planner")
    administrator.roles.withdraw("Cleo", "planner", from_sign_in=True)
    with pytest.raises(NotPermitted):
        cleo.cases.add_note(CASE, "second")
    assert [note.text for note in cleo.cases.notes(CASE)][-1] == "first"
    with pytest.raises(Refused, match="withdrawn from Cleo already"):
        administrator.roles.withdraw("Cleo", "planner", from_sign_in=True)
    assert library.as_user(Actor("Dora", frozenset({"planner"}))).roles.may("plan")
    administrator.roles.grant("Cleo", "planner")
    assert cleo.roles.may("plan")
    assert cleo.roles.mine() == {"viewer", "planner"}
    administrator.roles.grant("Cleo", "administrator")
    assert not cleo.roles.may("administer"), "the list gives no role that the sign-in does not tell"


def test_without_sign_in_nobody_can_be_kept_out(library: Library) -> None:
    with pytest.raises(Refused, match="switch sign-in on"):
        library.as_user(ANYONE).roles.withdraw(ANYONE.name, "administrator", from_sign_in=True)
    assert library.as_user(ANYONE).roles.may("administer")
    assert library.as_user(ANYONE).roles.mine() == {*ROLES}


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
    # whole files; schema.py makes an empty library in memory to compare with.
    others = {"schema.py", "database.py", "backup.py", "library_files.py"}
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
        assert "check(connection, actor, permission" in said
        assert said.index("check(connection, actor, permission") < said.index("yield")

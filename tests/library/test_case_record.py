from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from hexapod.library import ANYONE, Actor, CaseRecord, Library, Permission, Records, Refused
from hexapod.library.calls.access import Access
from hexapod.library.storage.transactions import WriteTransaction
from tests.library.treatment import CASE, PLAIN, plan_of, treat, treat_fully

# One look, besides the roles of a user who is named; and a save: the case, the last draft, the draft of the last
# version, the row of the list, the head of the chain; entry, record and contents; the row of the list.
LOOK, SAVE = 1, 9


@contextmanager
def statements(library: Library) -> Iterator[list[str]]:
    """Every statement that the database is given, without those that begin a transaction or take its lock."""
    engine, found = library._store._engine, []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN") and "advisory" not in statement:
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.hazard("H-13")
def test_a_second_look_tells_what_a_first_one_would(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """After every single record of a treatment, so that none is missed that plans, versions or visits depend on."""
    writing, looks = Access.writing, [None]

    @contextmanager
    def looked_at(access: Access, permission: Permission) -> Iterator[WriteTransaction]:
        with writing(access, permission) as tx:
            yield tx
        known: CaseRecord | None = looks[-1]
        found = records.cases.look(CASE)
        assert records.cases.look(CASE, known=known) == found
        assert found.revision == records.drafts.revision(CASE)
        assert found.plans == records.plans.of(CASE)
        assert found.versions == records.versions.of(CASE)
        assert found.visits == records.visits.of(CASE)
        assert found.notes == records.cases.notes(CASE)
        looks.append(found)

    monkeypatch.setattr(Access, "writing", looked_at)
    treat_fully(records)
    assert len(looks) > 20
    assert {one.archived for one in looks[1:]} == {False, True}


@pytest.mark.hazard("H-13")
def test_a_look_finds_another_case_with_the_id(records: Records) -> None:
    treat(records)
    other = records.cases.add(PLAIN.replace(b'"plain-01"', b'"plain-02"')).case
    assert records.cases.look(CASE, "plain-02").same_id == other
    assert records.cases.look(CASE, "plain-01").same_id == ""
    assert records.cases.look(CASE, "").same_id == ""


@pytest.mark.hazard("H-21")
@pytest.mark.parametrize("actor", [ANYONE, Actor("Anna", frozenset({"planner"}))])
def test_a_look_and_a_save_ask_the_database_little(library: Library, records: Records, actor: Actor) -> None:
    treat(records)
    mine, roles = library.as_user(actor), int(actor != ANYONE)
    known = mine.cases.look(CASE, "plain-01")
    with statements(library) as looked:
        assert mine.cases.look(CASE, "plain-01", known) is not known
    with statements(library) as saved:
        mine.drafts.save(CASE, known.revision, '{"id": "plain-01", "title": "changed"}')
    with statements(library) as again:
        assert mine.cases.look(CASE, "plain-01", known).revision == known.revision + 1
    assert (len(looked), len(saved), len(again)) == (LOOK + roles, SAVE + roles, LOOK + roles)


def test_an_archived_case_is_told_and_takes_nothing(records: Records) -> None:
    treat(records)
    records.cases.archive(CASE, "moved away")
    assert records.cases.look(CASE).archived
    with pytest.raises(Refused, match="archived"):
        records.plans.issue(CASE, 1, plan_of(PLAIN))

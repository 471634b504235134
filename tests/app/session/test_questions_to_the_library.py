"""How often an edit on the page asks the database: a page of sixty clinicians is drawn from few statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.app.driver import Form

# A save (tests/library/test_case_record.py).
SAVE = 9
# All that the page must know of the case.
LOOK = 1
# The case, its visits, its plans and their states: whether a plan goes on from the visits, asked for another plan only.
CONTINUING = 4


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that a database is given, without those that begin a transaction."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_an_edit_of_a_draft_looks_at_the_library_once(form: Form) -> None:
    form.sample("tibia_varus").step("treatment").press("open-all").type("Fixed length, days", "30")
    with statements() as asked:
        form.type("Fixed length, days", "31")
    assert len(asked) == SAVE + LOOK + CONTINUING
    with statements() as drawn_again:
        form.run()
    assert len(drawn_again) == LOOK


def test_an_edit_beside_a_signed_plan_looks_at_the_library_once(form: Form) -> None:
    form.sample("tibia_varus").step("limb").type("Case id", "mine").step("check").press("issue")
    form.type("Your name, as it shall stand below the plan", "Dr A.").press("sign")
    form.step("treatment").press("revise").press("open-all").type("Fixed length, days", "30")
    with statements() as asked:
        form.type("Fixed length, days", "31")
    # The plan is compared with the signed one, whose case file is read; the list asks for the draft of the version.
    assert len(asked) == SAVE + LOOK + CONTINUING + 1
    with statements() as drawn_again:
        form.run()
    assert len(drawn_again) == LOOK

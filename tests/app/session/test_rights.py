"""Who may not change a case sees that: its fields are closed, whatever only looks stays open."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hexapod.app.draft import storage
from hexapod.app.session.opening import STEPS
from hexapod.app.sign_in import user
from hexapod.app.sign_in.user import Person
from hexapod.library import ANYONE, Actor, LibraryError, Records, Role, open_library
from hexapod.library.calls.access import RoleList
from tests.app.driver import Form

pytestmark = pytest.mark.hazard("H-22")
NAME = "Your name, as it shall stand below the plan"
# What only looks, by the ends of its keys: steps, levels, days, stages opened, documents, proposals, history.
LOOKS = re.compile(
    r"go-to-list|sign-out|next-step|mend-[a-z-]+|step-[a-z-]+|level-[0-9a-f]+|jump-\d+|open-all|edit-[0-9a-f]+|advise|choose-frame|"
    r".*\|print\|(language|paper|calendar|show|look at|by strut|time zone)|make|unmake|save-.+|.*\|record\|saves"
)
# Closed for everybody as these cases stand: a stage is the first, nothing is acknowledged, a level is not filled in,
# no ring is measured.
NEVER = re.compile(
    r"earlier-[0-9a-f]+|later-[0-9a-f]+|advise|issue|sign-now|make|visit-record|visit-to-start|ring-keep"
)
Signed = Callable[..., None]


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> Signed:
    """Somebody signs in, with roles told by the sign-in, or without any: then those of the library's list count."""

    def sign_in(*roles: Role) -> None:
        person = Person(Actor("eve", frozenset(roles) or None), "Eve", "mark", 9e9)
        monkeypatch.setattr(user, "person", lambda: person)

    return sign_in


def widgets(form: Form) -> Iterator[tuple[str, bool]]:
    """Everything on the page that can be typed in, chosen or pressed, and whether it is closed."""
    for element in form.at._tree:
        proto = getattr(element, "proto", None)
        if proto is not None and "disabled" in getattr(proto, "DESCRIPTOR", Any).fields_by_name:
            yield element.key or proto.label, proto.disabled


def steps(form: Form) -> Iterator[Form]:
    """Every step, with all stages open."""
    for name in STEPS:
        form.step(name)
        if name == "treatment" and "Open all" in {button.label for button in form.at.button}:
            form.press("open-all")
        yield form


def opened(form: Form) -> set[str]:
    return {name for name, closed in widgets(form) if not closed}


def closed(form: Form) -> set[str]:
    return {name for name, closed in widgets(form) if closed}


@pytest.fixture
def full(form: Form) -> str:
    """A case with something in every place that has a field or button of its own; its key."""
    form.sample("tibia_varus").step("limb").press("add-level").type("Case id", "full-1")
    key = str(form.case.token)
    form.step("deformity")
    form.press(f"level-{form.case.draft['levels'][0]['uid']}").press("add-structure")
    form.step("treatment").press("keep-alternative").press("add-stage")
    added = form.case.draft["levels"][0]["stages"][-1]["uid"]
    form.press(f"remove-{added}").choose("Choose a protocol", "accordion")
    _records().cases.add_note(key, "well")
    return key


@pytest.fixture
def cautious(form: Form) -> str:
    """A case with a plan that has cautions; its key."""
    form.sample("tibia_varus").step("treatment").press("open-all").type("Fixed length, days", "8")
    return str(form.case.token)


@pytest.fixture
def followed(cautious: str, form: Form) -> str:
    """A case whose plan is signed; its key."""
    form.step("check").acknowledge().press("issue").type(NAME, "Dr A. B.").press("sign")
    assert "Signed by Dr A. B." in form.html
    return cautious


def _records() -> Records:
    return open_library().as_user(ANYONE)


@pytest.mark.parametrize("case", ["full", "cautious", "followed"])
@pytest.mark.parametrize("role", ["viewer", "administrator"])
@pytest.mark.some(2)
@pytest.mark.slow
def test_nothing_can_be_typed_by_somebody_who_may_only_look(
    request: pytest.FixtureRequest, signed_in: Signed, case: str, role: Role
) -> None:
    key, head = request.getfixturevalue(case), _records().audit.head()
    signed_in(role)
    form = Form(case=key)
    seen = 0
    for page in steps(form):
        assert [name for name in opened(page) if not LOOKS.fullmatch(name)] == []
        assert f"You can look at this case, not change it: your role is {role}." in page.html
        seen += len(closed(page))
    assert seen > 80
    assert _records().audit.head() == head, "nothing was written"


@pytest.mark.parametrize("case", ["full", "cautious", "followed"])
@pytest.mark.some(1)
def test_nothing_is_closed_for_a_planner(request: pytest.FixtureRequest, signed_in: Signed, case: str) -> None:
    key = request.getfixturevalue(case)
    signed_in("planner")
    form = Form(case=key)
    levels = form.case.draft["levels"]
    only_level = {f"remove-{level['uid']}" for level in levels if len(levels) == 1}
    if case == "followed":
        form.press("revise")
    for page in steps(form):
        assert [name for name in closed(page) - only_level if not NEVER.fullmatch(name)] == []
        assert "You can look at" not in page.html


@pytest.mark.hazard("H-13")
@pytest.mark.slow
def test_the_entries_of_a_signed_plan_are_closed_until_a_revision_is_begun(followed: str, signed_in: Signed) -> None:
    """What is written down beside the plan stays open: visits, notes, the surgeon, the archive, stopping, outcome, clinic."""
    signed_in("signer")
    form = Form(case=followed)
    beside = re.compile(
        rf"{LOOKS.pattern}|revise|keep-clinic|.*\|visit\|.*|visit-.+|.*\|record\|.+|.*\|outcome\|.+|record-outcome"
        r"|do-(assign|note|archive)|export-.+|stop-.+"
    )
    for page in steps(form):
        assert [name for name in opened(page) if not beside.fullmatch(name)] == []
        assert "Plan 1 is signed: its entries are closed." in page.html
    assert not form.step("follow-up").field("Date of the visit").disabled
    form.step("limb").press("revise")
    assert not form.field("Case id").disabled
    again = Form(case=followed, step="limb")
    assert not again.field("Case id").disabled
    again.type("Title (may stay empty)", "revised").step("check").press("back-to-signed").step("limb")
    assert (again.field("Title (may stay empty)").value, again.field("Title (may stay empty)").disabled) != (
        "revised",
        False,
    )
    assert "Plan 1 is signed: its entries are closed." in again.html
    assert "Signed by Dr A. B." in again.html


@pytest.mark.parametrize("case", ["full", "cautious", "followed"])
def test_an_archived_case_is_closed_but_can_be_brought_back(
    request: pytest.FixtureRequest, signed_in: Signed, case: str
) -> None:
    key = request.getfixturevalue(case)
    _records().cases.archive(key, "done")
    signed_in("signer")
    form = Form(case=key)
    may = re.compile(rf"{LOOKS.pattern}|export-.+|.*\|record\|bring-back|do-bring-back")
    for page in steps(form):
        assert [name for name in opened(page) if not may.fullmatch(name)] == []
        assert "This case is archived: it can be read, not changed." in page.html
    form.step("limb").type("Why it is brought back", "not done").press("do-bring-back").step("limb")
    if case == "followed":
        form.press("revise")
    assert not form.field("Case id").disabled
    form.type("Case id", "goes-on")
    assert "NOT SAVED" not in form.html
    signed_in("viewer")
    _records().cases.archive(key, "done")
    assert {"do-bring-back", f"export-{key}"} <= closed(form.step("limb"))


def test_entries_typed_as_the_role_goes_stay_on_the_page(form: Form, signed_in: Signed) -> None:
    _records().roles.grant("eve", "planner")
    signed_in()
    form.type("Case id", "kept")
    key = form.case.token
    _records().roles.withdraw("eve", "planner")
    _records().roles.grant("eve", "viewer")
    form.type("Title (may stay empty)", "only here")
    for _ in range(2):
        assert "NOT SAVED: eve may not do this: it needs a planner." in form.html
        assert form.field("Title (may stay empty)").value == "only here"
        assert not form.field("Title (may stay empty)").disabled
        form.step("frame").step("limb")
    form.type("Case id", "typed later")
    assert (form.field("Case id").value, form.field("Title (may stay empty)").value) == ("typed later", "only here")
    _records().roles.grant("eve", "planner")
    form.press("save-again")
    kept = _records().drafts.load(key)
    assert kept is not None
    assert storage.draft_in(kept.text)["title"] == "only here"
    _records().roles.withdraw("eve", "planner")
    assert form.step("limb").field("Case id").disabled
    assert "your role is viewer. Ask an administrator of the library for another role." in form.html


def test_a_page_drawn_by_itself_closes_no_field_that_may_be_typed_in(form: Form) -> None:
    """The text has not been sent yet; the next thing that somebody does brings it along."""
    form.type("Case id", "kept")
    _records().cases.archive(form.case.token, "done")
    for _ in range(2):
        form.session.drawn_by_itself = True
        assert "This case is archived" in form.run().html
        assert not form.field("Title (may stay empty)").disabled
    form.type("Title (may stay empty)", "half a thought")
    assert "NOT SAVED: This case is archived" in form.html
    assert form.field("Title (may stay empty)").value == "half a thought"
    form.press("leave-behind")
    form.session.drawn_by_itself = True
    assert form.run().field("Title (may stay empty)").disabled, "what was closed stays closed"


def test_a_note_typed_as_the_role_goes_stays_on_the_page(form: Form, signed_in: Signed) -> None:
    _records().roles.grant("eve", "planner")
    signed_in()
    form.type("Case id", "kept")
    _records().roles.withdraw("eve", "planner")
    _records().roles.grant("eve", "viewer")
    form.type("Note", "a long thought").step("limb")
    assert "do-note" in closed(form)
    assert (form.field("Note").value, form.field("Note").disabled) == ("a long thought", False)
    assert form.field("Surgeon who looks after the case").disabled


def test_what_is_said_to_a_caution_as_the_role_goes_stays_on_the_page(
    cautious: str, signed_in: Signed, form: Form
) -> None:
    _records().roles.grant("eve", "planner")
    signed_in()
    form.step("check")
    _records().roles.withdraw("eve", "planner")
    _records().roles.grant("eve", "viewer")
    first, second = (field for field in form.at.text_input if field.label.startswith("Reason for"))
    first.input("a long thought")
    form.run().step("frame").step("check")
    first, second = (field for field in form.at.text_input if field.label.startswith("Reason for"))
    assert (first.value, first.disabled, second.disabled) == ("a long thought", False, True)
    assert "issue" in closed(form)


def _kinds(form: Form) -> set[str]:
    """What is closed on the list; fields have a place, and are those of the clinic's defaults."""
    return {"clinic" if "|" in name else name.split("-")[0] for name in closed(form)}


def test_the_list_lets_a_viewer_open_and_nothing_else(full: str, signed_in: Signed) -> None:
    signed_in("viewer")
    form = Form()
    assert _kinds(form) == {"new", "upload", "clinic"}
    assert "You can look at the cases here, not change them: your role is viewer." in form.html
    form.sample("tibia_varus")
    assert form.at.query_params["case"] == "sample-tibia_varus"
    assert "hx-finding" in form.html
    assert form.step("limb").field("Case id").disabled
    assert f"open-{full}" in opened(form.press("go-to-list"))
    signed_in("administrator")
    assert _kinds(form.run()) == {"new", "clinic"}, "a library of before is theirs to take in"
    signed_in("planner")
    assert closed(form.run()) == set()


def test_the_library_is_asked_for_roles_once_a_run(
    full: str, signed_in: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in("viewer", "administrator")
    form = Form(case=full)
    asked = []
    usual = RoleList.mine
    monkeypatch.setattr(RoleList, "mine", lambda roles: asked.append(1) or usual(roles))
    form.step("check")
    assert len(asked) == 1
    assert "your roles are administrator and viewer. Ask an administrator of the hospital’s sign-in" in form.html


def test_fields_stay_open_while_the_library_does_not_answer(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer(_: RoleList) -> frozenset[Role]:
        raise LibraryError("The library does not answer.")

    monkeypatch.setattr(RoleList, "mine", no_answer)
    form.type("Case id", "typed")
    assert not form.field("Case id").disabled

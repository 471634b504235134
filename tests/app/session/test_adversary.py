"""What a hurried hand, a slow server or a second window could make of the pages: nothing lost, nothing crossed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from hexapod.app.draft import storage
from hexapod.app.sign_in import user
from hexapod.library import ANYONE, Actor, CaseRecord, NotSaved, Records, Role, open_library
from hexapod.library.calls.cases import Cases
from hexapod.library.calls.drafts import Drafts
from hexapod.library.calls.plans import Plans
from tests.app.driver import Form

NAME = "Your name, as it shall stand below the plan"


def _records() -> Records:
    return open_library().as_user(ANYONE)


def _kept(form: Form) -> dict[str, Any]:
    draft = _records().drafts.load(form.case.token)
    assert draft is not None
    return storage.draft_in(draft.text)


def _full(*_: object) -> int:
    raise NotSaved("the disk is full", "Make room, then save again.")


def _mine(form: Form, case_id: str = "mine") -> Form:
    """A case of the library with a plan without cautions, in step Check."""
    return form.sample("tibia_varus").step("limb").type("Case id", case_id).step("check")


def _hurried(form: Form) -> Form:
    """One with two cautions."""
    form.sample("tibia_varus").step("treatment").press("open-all")
    return form.type("Fixed length, days", "8").step("check")


def _signed(form: Form, name: str = "Dr A.") -> Form:
    return form.press("issue").type(NAME, name).press("sign")


@pytest.mark.hazard("H-21")
@pytest.mark.parametrize("way", ["back to the list", "back to a case", "list button"])
def test_entries_that_are_not_saved_hold_their_case_open(form: Form, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    form.type("Case id", "first")
    first = form.case.token
    form.press("go-to-list").press("new-case").type("Case id", "second")
    second = form.case.token
    with monkeypatch.context() as broken:
        broken.setattr(Drafts, "save", _full)
        form.type("Case id", "only here")
        if way == "back to the list":
            form.at.query_params.clear()
            form.run()
        elif way == "back to a case":
            form.at.query_params["case"] = first
            form.run()
        else:
            form.press("go-to-list")
        assert "so it stays open: save them first" in form.html
        assert "NOT SAVED: the disk is full" in form.html
        assert form.field("Case id").value == "only here"
        assert form.at.query_params["case"] == second
    form.press("save-again")
    assert _kept(form)["id"] == "only here"
    form.at.query_params["case"] = first
    form.run()
    assert form.field("Case id").value == "first"


@pytest.mark.hazard("H-21")
def test_entries_that_cannot_be_saved_are_given_up_only_by_their_own_button(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    form.type("Case id", "kept")
    with monkeypatch.context() as broken:
        broken.setattr(Drafts, "save", _full)
        form.type("Case id", "given up").press("leave-behind")
    assert form.field("Case id").value == "kept"
    assert "NOT SAVED" not in form.html
    assert '<h1 class="hx-title">Hexapod planner</h1>' in form.press("go-to-list").html


@pytest.mark.hazard("H-21")
def test_a_first_save_whose_answer_is_lost_makes_no_second_case(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    save = Drafts.save

    def lost(self: Drafts, *given: Any) -> int:
        save(self, *given)
        raise NotSaved("the connection to the database is lost", "Save again.")

    with monkeypatch.context() as broken:
        broken.setattr(Drafts, "save", lost)
        form.type("Case id", "once")
    form.press("save-again")
    assert "NOT SAVED" not in form.html
    assert _records().cases.find().total == 1


@pytest.mark.hazard("H-21")
def test_a_case_made_of_mine_is_not_taken_for_the_one_of_both(form: Form) -> None:
    form.type("Case id", "ours")
    shared = form.case.token
    Form(case=shared).type("Title (may stay empty)", "theirs")
    form.type("Case id", "mine").press("save-as-another")
    form.at.query_params["case"] = shared
    form.run()
    assert form.case.token == shared
    assert form.field("Title (may stay empty)").value == "theirs"


@pytest.mark.hazard("H-21")
def test_a_second_click_that_comes_when_the_case_was_left_makes_nothing(form: Form) -> None:
    form.type("Case id", "first")
    form.at.button(key="go-to-list").click()
    form.at.button(key="add-level").click()
    form.run()
    assert '<h1 class="hx-title">Hexapod planner</h1>' in form.html
    assert _records().cases.find().total == 1
    form.press(f"open-{_records().cases.find().cases[0].case}")
    assert len(form.case.draft["levels"]) == 1


@pytest.mark.hazard("H-13")
def test_a_plan_is_not_stopped_by_a_button_of_another_case(form: Form) -> None:
    _signed(_mine(form))
    first = form.case.token
    other = Form(case="new")
    _signed(_mine(other, "another"))
    second = other.case.token
    form.field("Why it is no longer followed").input("of the first")
    form.at.button(key="stop-1").click()
    form.case.token = second
    form.run()
    assert [_records().plans.load(case, 1).state for case in (first, second)] == ["signed", "signed"]
    assert "of a case no longer shown" in form.html


@pytest.mark.hazard("H-13")
def test_the_reason_that_is_kept_is_the_one_on_the_screen_at_the_click(form: Form) -> None:
    _hurried(form).acknowledge("AB", "first")
    reason = next(field for field in form.at.text_input if field.label.startswith("Reason for"))
    reason.input("corrected")
    form.press("issue")
    (plan,) = _records().plans.of(form.case.token)
    assert plan.cautions[0].reason == "AB: corrected"


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("button", ["issue", "sign-now"])
def test_a_reason_taken_away_with_the_very_click_that_finalises(form: Form, button: str) -> None:
    _hurried(form).acknowledge()
    next(field for field in form.at.text_input if field.label.startswith("Reason for")).input("")
    form.press(button)
    assert "Nothing was finalised: a warning is not acknowledged any more." in form.html
    assert _records().plans.of(form.case.token) == ()


@pytest.mark.hazard("H-13")
def test_a_plan_is_finalised_and_signed_at_once_and_without_a_name_nothing_is(form: Form) -> None:
    _mine(form).press("sign-now")
    assert "Type your name to sign with." in form.html
    assert _records().plans.of(form.case.token) == ()
    form.type(NAME, "Dr A.").press("sign-now")
    (plan,) = _records().plans.of(form.case.token)
    assert (plan.state, plan.sign_off.name) == ("signed", "Dr A.")


@pytest.mark.hazard("H-13")
def test_the_name_typed_for_the_warnings_stands_below_the_plan(form: Form) -> None:
    _hurried(form).acknowledge("Dr A.")
    assert NAME not in {field.label for field in form.at.text_input}
    form.press("sign-now")
    (plan,) = _records().plans.of(form.case.token)
    assert (plan.state, plan.sign_off.name) == ("signed", "Dr A.")
    assert [one.reason for one in plan.cautions] == ["Dr A.: seen 1", "Dr A.: seen 2"]


@pytest.mark.hazard("H-13")
@pytest.mark.slow
def test_nothing_is_signed_while_another_window_has_other_entries(form: Form) -> None:
    _mine(form).press("issue")
    Form(case=form.case.token).type("Title (may stay empty)", "found to be wrong")
    form.type(NAME, "Dr A.").press("sign")
    assert "Nothing was signed" in form.html
    assert _records().plans.load(form.case.token, 1).state == "draft"


@pytest.mark.hazard("H-13")
def test_a_version_saved_between_page_and_click_is_not_covered(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    _mine(form)
    key, file, look = form.case.token, b"", Cases.look
    other = dict(form.document, title="theirs")
    file = json.dumps(other).encode()

    def meanwhile(self: Cases, case: str, *of: Any) -> CaseRecord:
        """Somebody issues another version right after it was asked whether there are newer entries."""
        found = look(self, case, *of)
        if not _records().versions.of(case):
            _records().versions.save(case, 0, file)
        return found

    monkeypatch.setattr(Cases, "look", meanwhile)
    form.press("issue")
    assert "The plan was not finalised." in form.html
    assert "saved version 1" in form.html
    assert len(_records().versions.of(key)) == 1


@pytest.mark.parametrize("button", ["sign", "stop-1"])
def test_a_second_click_does_not_say_that_it_failed(form: Form, button: str) -> None:
    _mine(form).press("issue").type(NAME, "Dr A.")
    case = form.case.token
    if button == "sign":
        # The first click has come through, but the page has not been drawn anew.
        _records().plans.sign(case, 1, _records().plans.load(case, 1).plan_sha256, "Dr A.")
        form.press("sign")
        assert "Plan 1 is signed by Dr A." in form.html
        assert "was not signed" not in form.html
    else:
        form.press("sign")
        _records().plans.stop(case, 1, "frame removed")
        form.press("stop-1")
        assert "Plan 1 is stopped" in form.html
        assert "was not stopped" not in form.html


@pytest.mark.hazard("H-20")
def test_cautions_left_open_by_a_lost_connection_can_be_acknowledged(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hurried(form).acknowledge("AB", "why")

    def lost(*_: object) -> None:
        raise NotSaved("the connection to the database is lost", "Save again.")

    with monkeypatch.context() as broken:
        broken.setattr(Plans, "acknowledge", lost)
        form.press("issue")
    assert "The plan was not finalised. NOT SAVED: the connection" in form.html
    assert "not all of its warnings were acknowledged" in form.html
    form.press("issue")
    (plan,) = _records().plans.of(form.case.token)
    assert [one.reason for one in plan.cautions] == ["AB: why 1", "AB: why 2"]
    assert form.at.button(key="sign")


@pytest.mark.hazard("H-14")
@pytest.mark.slow
def test_a_plan_of_before_is_followed_again_only_when_signed_anew(form: Form) -> None:
    _signed(_mine(form))
    _signed(form.step("limb").press("revise").type("Title (may stay empty)", "second").step("check"))
    form.step("limb").press("revise").type("Title (may stay empty)", _first_title(form)).step("check")
    assert "These are the entries of plan 1, which is no longer followed" in form.html
    assert "Draft · signed: plan 2" in form.html
    _signed(form)
    states = [one.state for one in _records().plans.of(form.case.token)]
    assert states == ["superseded", "superseded", "signed"]


def _first_title(form: Form) -> str:
    case = form.case.token
    return str(json.loads(_records().versions.file(case, 1))["title"])


@pytest.mark.hazard("H-14")
@pytest.mark.slow
def test_documents_of_a_plan_are_known_to_the_library_before_they_are_saved(form: Form) -> None:
    case_of = _mine(form).make().case.token
    assert _records().plans.of(case_of) == (), "nothing is kept of documents of a plan that was not issued"
    _signed(form.step("check")).make()
    (plan,) = _records().plans.of(case_of)
    made = {one.document.name: one.content for one in form.case.plan_documents.made}
    assert {one.name: one.sha256 for one in plan.documents} == {
        name: hashlib.sha256(content).hexdigest() for name, content in made.items()
    }
    form.press("unmake").press("make")
    assert _records().plans.of(case_of)[0].documents == plan.documents, "the same ones are kept once"


@pytest.mark.hazard("H-14")
@pytest.mark.slow
def test_documents_that_the_library_could_not_keep(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise NotSaved("the disk is full", "Make room.")

    monkeypatch.setattr(Plans, "record_documents", full)
    _mine(form).press("issue").make()
    assert "could not keep which documents these are. NOT SAVED: the disk is full" in form.html
    assert "Patient sheet (PDF)" in form.downloads
    form.step("check").type(NAME, "Dr A.").press("sign").make()
    assert "Signed documents are not handed out without that." in form.html
    assert form.downloads == ["Save the case file"]


@pytest.mark.hazard("H-14")
def test_documents_of_a_stopped_plan_say_draft_and_why(form: Form) -> None:
    _signed(_mine(form)).type("Why it is no longer followed", "frame removed").press("stop-1").step("prescription")
    told = "stopped: its calendar cancels the reminders in the patient's phone; every other document says DRAFT"
    assert told in form.html.replace("&#x27;", "'")


@pytest.mark.hazard("H-21")
def test_an_archived_case_says_so_on_every_step_until_it_is_brought_back(form: Form) -> None:
    form.type("Case id", "old")
    case = form.case.token
    _records().cases.archive(case, "moved away")
    for step in ("frame", "check"):
        assert "This case is archived: it can be read, not changed." in Form(case=case, step=step).html
    _records().cases.bring_back(case, "moved back")
    assert "This case is archived" not in form.step("limb").html


def test_an_erased_case_is_not_opened_by_its_address(form: Form) -> None:
    form.type("Case id", "gone")
    case = form.case.token
    _records().cases.erase(case, "request 12")
    again = Form(case=case)
    assert "This case was erased" in again.html
    assert '<h1 class="hx-title">Hexapod planner</h1>' in again.html
    form.type("Case id", "still typed")
    assert "NOT SAVED: This case was erased" in form.html


@pytest.mark.hazard("H-14")
def test_a_library_that_does_not_answer_is_not_taken_for_an_unsigned_plan(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    _signed(_mine(form))

    def lost(*_: object) -> None:
        raise NotSaved("the connection to the database is lost", "Check the network.")

    with monkeypatch.context() as broken:
        broken.setattr(Cases, "look", lost)
        html = form.step("limb").html
        assert "The library does not answer" in html
        assert "Whether it is signed is not known" in html
    html = form.step("check").html
    assert "The library does not answer" not in html
    assert "Signed by Dr A." in html


@pytest.mark.hazard("H-22")
def test_what_is_written_down_is_asked_for_in_the_name_of_the_moment(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    form.type("Case id", "mine")
    form.field("Note").input("after signing out")

    def nobody() -> None:
        raise user.NotSignedIn("You are signed out.")

    monkeypatch.setattr(user, "actor", nobody)
    form.at.button(key="do-note").click()
    form.run()
    assert form.case.message == "You are signed out."
    assert not open_library().as_user(ANYONE).cases.notes(form.case.token)


def _as(monkeypatch: pytest.MonkeyPatch, *roles: Role) -> None:
    monkeypatch.setattr(user, "actor", lambda: Actor("Vi", frozenset(roles)))


@pytest.mark.hazard("H-22")
def test_a_viewer_changes_nothing_and_is_told_at_once(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    _mine(form)
    _as(monkeypatch, "viewer")
    form.press("issue")
    assert "The plan was not finalised. Vi may not do this: it needs a planner." in form.html
    _as(monkeypatch, "planner")
    form.step("limb")
    _as(monkeypatch, "viewer")
    form.type("Case id", "by a viewer")
    assert "NOT SAVED: Vi may not do this: it needs a planner." in form.html
    assert _kept(form)["id"] == "mine"
    field = form.press("leave-behind").field("Case id")
    assert (field.value, field.disabled) == ("mine", True)


@pytest.mark.hazard("H-22")
def test_signing_needs_the_role_on_the_page_and_at_the_click(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    _mine(form).press("issue")
    _as(monkeypatch, "viewer", "planner")
    assert "sign" not in {button.key for button in form.run().at.button}
    assert "You may not sign: ask a signer." in form.html
    _as(monkeypatch, "signer")
    form.run().type(NAME, "Vi")
    _records().roles.withdraw("Vi", "signer", from_sign_in=True)
    _records().roles.grant("Vi", "viewer")
    _as(monkeypatch, "signer", "viewer")
    form.press("sign")
    assert "The plan was not signed. Vi may not do this: it needs a signer." in form.html
    assert _records().plans.load(form.case.token, 1).state == "draft"


@pytest.mark.hazard("H-13")
def test_the_jump_of_a_finding_is_gone_with_any_other_entry(form: Form) -> None:
    _hurried(form).press("jump-0")
    assert form.case.jump[1].number == 1
    form.step("limb").type("Title (may stay empty)", "other")
    assert not form.case.jump
    form.step("check").press("jump-0")
    assert form.case.jump[1].number == 2, "or the preview would take it for the one it has made"

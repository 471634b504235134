"""The pages over the library: what is saved and when, two people at one case, the list, issuing and signing."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, get_args

import pytest

from hexapod.app.draft import clinic_defaults, storage
from hexapod.app.draft.draft_model import blank_draft
from hexapod.app.draft.outcome import work_out
from hexapod.app.session import entries, library_access, made_documents, unsaved
from hexapod.app.session.acknowledgements import cautions_of
from hexapod.app.session.session import OpenCase, Unsaved
from hexapod.app.session.unsaved import in_short
from hexapod.case.level_parts import Bone
from hexapod.deformity.quantities import Side
from hexapod.library import ANYONE, CaseState, Due, LibraryError, NotSaved, Records, Sort, open_library
from hexapod.library.calls.cases import Cases
from hexapod.library.calls.drafts import Drafts
from hexapod.plan.make_plan import Plan
from tests.app.driver import Form, without_page


def _reasons(form: Form) -> list[Any]:
    """The fields for the reasons of the warnings that are not acknowledged yet."""
    return [field for field in form.at.text_input if field.label.startswith("Reason for")]


def _records() -> Records:
    return open_library().as_user(ANYONE)


def _kept(form: Form) -> dict[str, Any]:
    draft = _records().drafts.load(form.case.token)
    assert draft is not None
    return storage.draft_in(draft.text)


def _case_id(form: Form) -> str:
    return form.case.draft["id"]


def _keys(form: Form) -> set[str]:
    return {button.key for button in form.at.button}


@contextmanager
def _full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing can be saved for a while."""

    def full(*_: object) -> int:
        raise NotSaved("the disk is full", "Make room, then save again.")

    with monkeypatch.context() as broken:
        broken.setattr(Drafts, "save", full)
        yield


@pytest.mark.hazard("H-21")
def test_every_change_is_in_the_library_before_the_page_shows_it(form: Form) -> None:
    form.type("Case id", "kept-1").choose("Side", "left")
    assert _kept(form) == form.case.draft
    assert "Saved · 2" in form.html
    assert form.at.query_params == {"case": form.case.token, "step": "limb"}
    again = Form(case=form.case.token, step="limb")
    assert again.field("Case id").value == "kept-1"
    assert "LEFT BONE?" in again.html


def test_a_sample_enters_the_library_with_the_first_change(form: Form) -> None:
    form.sample("tibia_varus")
    assert form.at.query_params == {"case": "sample-tibia_varus", "step": "check"}
    assert _records().cases.find().total == 0
    form.step("limb").type("Case id", "mine")
    assert _records().cases.find().total == 1
    # The same sample, opened again, is as it was.
    assert _case_id(form.sample("tibia_varus")) == "demo-TV-014"


@pytest.mark.parametrize("late", ["sample-tibia_varus", "new"])
def test_a_late_message_that_names_the_address_of_before_changes_nothing(form: Form, late: str) -> None:
    if late == "new":
        form.type("Case id", "mine")
    else:
        form.sample("tibia_varus").step("limb").type("Case id", "mine")
    form.at.query_params["case"] = late
    form.run()
    assert _case_id(form) == "mine"
    assert form.at.query_params["case"] == form.case.token


def test_back_leads_to_the_step_and_the_case_before(form: Form) -> None:
    form.type("Case id", "first").step("frame")
    first = form.case.token
    form.at.query_params["step"] = "limb"
    form.run()
    assert form.field("Case id").value == "first"
    form.press("go-to-list").press("new-case").type("Case id", "second")
    form.at.query_params["case"] = first
    form.run()
    assert form.field("Case id").value == "first"
    del form.at.query_params["case"]
    form.run()
    assert '<h1 class="hx-title">Hexapod planner</h1>' in form.html


@pytest.mark.hazard("H-21")
def test_what_could_not_be_saved_is_said_and_stays_until_it_is(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    form.type("Case id", "first")
    with _full_disk(monkeypatch):
        form.type("Case id", "second")
        assert "NOT SAVED: the disk is full. Make room, then save again." in form.html
        form.step("frame").step("limb")
        assert "NOT SAVED: the disk is full" in form.html
        assert form.field("Case id").value == "second"
        assert _kept(form)["id"] == "first"
        form.press("save-again")
        assert "NOT SAVED" in form.html
    form.press("save-again")
    assert "NOT SAVED" not in form.html
    assert _kept(form)["id"] == "second"


@pytest.mark.hazard("H-21")
def test_a_library_that_cannot_be_opened_is_said_and_entries_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAPOD_DATABASE_URL", "sqlite:////dev/null/library.sqlite3")
    form = Form(case="new")
    form.type("Case id", "only here")
    assert "NOT SAVED" in form.html
    assert "/dev/null" not in form.html
    assert form.field("Case id").value == "only here"
    assert '<p class="hx-alarm"' in form.press("go-to-list").html


def _two_windows(form: Form) -> Form:
    """The same case in two windows; the second has saved since the first one looked, and the first has typed."""
    form.type("Case id", "ours")
    other = Form(case=form.case.token)
    other.type("Title (may stay empty)", "theirs")
    form.type("Case id", "mine")
    return other


@pytest.mark.hazard("H-21")
@pytest.mark.parametrize("decided", ["save-over", "save-as-another", "take-theirs"])
def test_two_people_at_one_case_are_told_and_decide(form: Form, decided: str) -> None:
    _two_windows(form)
    assert "Anyone at this computer saved this case at" in form.html
    assert "NOT SAVED" in form.html
    assert (_kept(form)["id"], _kept(form)["title"]) == ("ours", "theirs")
    form.type("Title (may stay empty)", "not yet")
    assert _kept(form)["title"] == "theirs"
    shared = form.case.token
    form.press(decided)
    assert "NOT SAVED" not in form.html
    if decided == "save-over":
        assert form.case.token == shared
        assert (_kept(form)["id"], _kept(form)["title"]) == ("mine", "not yet")
        theirs = _records().drafts.load(shared, 2)
        assert theirs is not None
        assert storage.draft_in(theirs.text)["title"] == "theirs"
    elif decided == "save-as-another":
        assert form.case.token != shared
        assert (_kept(form)["id"], _kept(form)["title"]) == ("mine", "not yet")
        assert form.at.query_params["case"] == form.case.token
    else:
        assert form.case.token == shared
        assert form.field("Case id").value == "ours"
        assert form.field("Title (may stay empty)").value == "theirs"
        mine = _records().drafts.load(shared, 3)
        assert mine is not None
        assert storage.draft_in(mine.text)["title"] == "not yet"
        assert "Yours are in the history as revision 3" in form.html
    form.type("Case id", "goes on")
    assert _kept(form)["id"] == "goes on"


@pytest.mark.hazard("H-21")
def test_entries_saved_before_are_brought_back_and_those_on_the_page_stay(form: Form) -> None:
    form.type("Case id", "first").type("Case id", "second").type("Title (may stay empty)", "third")
    (saves,) = (box for box in form.at.selectbox if box.label == "Previous versions")
    assert [option.split(":")[0] for option in saves.options] == ["2", "1"]
    saves.set_value(1)
    form.run().press("do-saves")
    assert "The entries of revision 1 are the newest again. Those of before are revision 3." in form.html
    assert (form.field("Case id").value, form.field("Title (may stay empty)").value) == ("first", "")
    assert (_kept(form)["id"], _kept(form)["title"]) == ("first", "")
    assert [one.revision for one in _records().drafts.saves(form.case.token)] == [4, 3, 2, 1]


@pytest.mark.hazard("H-13")
def test_a_late_click_brings_nothing_back_into_another_case(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = blank_draft() | {"id": "other"}
    case = without_page(monkeypatch, draft, token="b" * 24)
    unsaved.bring_back("a" * 24, 1)
    assert case.draft == draft
    assert "no longer shown" in case.message


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("decide", [unsaved.save_over, unsaved.save_as_another, unsaved.take_theirs])
@pytest.mark.parametrize("place", ["mine", "of another case"])
def test_a_late_click_decides_nothing_that_is_not_open(
    monkeypatch: pytest.MonkeyPatch, decide: Callable[[str], None], place: str
) -> None:
    why = None if place == "mine" else Unsaved("NOT SAVED", 2)
    case = without_page(monkeypatch, blank_draft(), place="mine", token="mine", unsaved=why, revision=1)
    before = dict(vars(case))
    monkeypatch.setattr(library_access, "records", lambda: pytest.fail("the library was asked"))
    decide(place)
    assert vars(case) == before


@pytest.mark.hazard("H-21")
def test_what_could_not_be_saved_is_there_again_after_a_reload(monkeypatch: pytest.MonkeyPatch, form: Form) -> None:
    form.type("Case id", "kept")
    with _full_disk(monkeypatch):
        form.type("Title (may stay empty)", "only on the page")
        assert "NOT SAVED" in form.html
        again = Form(**form.at.query_params)
        assert again.field("Title (may stay empty)").value == "only on the page"
        assert "NOT SAVED" in again.html
    again.press("save-again")
    assert (_kept(again)["id"], _kept(again)["title"]) == ("kept", "only on the page")
    assert "unsaved" not in again.at.query_params
    # The first tab may have been left open: it does not write over what the second has saved.
    late = Form(**form.at.query_params)
    assert "no longer held" in late.html
    assert late.field("Title (may stay empty)").value == "only on the page"


@pytest.mark.hazard("H-21")
def test_a_new_case_that_could_not_be_saved_is_there_again_and_becomes_one_case(
    monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    with _full_disk(monkeypatch):
        form.type("Case id", "never kept")
        again = Form(**form.at.query_params)
        assert again.field("Case id").value == "never kept"
    again.press("save-again")
    form.press("save-again")
    assert [one.case_id for one in _records().cases.find("never kept").cases] == ["never kept"]


@pytest.mark.hazard("H-21")
def test_a_decision_between_two_versions_is_still_open_after_a_reload(form: Form) -> None:
    _two_windows(form)
    again = Form(**form.at.query_params)
    assert again.field("Case id").value == "mine"
    again.press("save-over")
    assert _kept(again)["id"] == "mine"


@pytest.mark.hazard("H-21")
def test_what_is_held_is_given_back_to_nobody_else() -> None:
    unsaved.hold("k", "anna", OpenCase("new", {"id": "p"}, unsaved=Unsaved("NOT SAVED")))
    assert unsaved.held("k", "ben") is None
    assert unsaved.held("other", "anna") is None
    found = unsaved.held("k", "anna")
    assert found is not None
    assert found.draft == {"id": "p"}
    for number in range(unsaved.MOST):
        unsaved.hold(str(number), "anna", OpenCase("new"))
    assert unsaved.held("k", "anna") is None
    assert unsaved.held("0", "anna") is not None


@pytest.mark.hazard("H-13")
def test_a_page_left_open_notices_every_change_in_the_library(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    _hurried(form).acknowledge().press("issue")
    records, key = _records(), form.case.token

    def now() -> tuple[object, ...]:
        return in_short(records.cases.look(key, "", form.case.record))

    assert now() == in_short(form.case.record)
    form.type("Your name, as it shall stand below the plan", "Dr A. B.").press("sign")
    assert now() == in_short(form.case.record)
    text = storage.text_of(_kept(form))
    for happens in (
        lambda: records.plans.stop(key, 1, "pain"),
        lambda: records.cases.archive(key, "done"),
        lambda: records.cases.bring_back(key, "not done"),
        lambda: records.drafts.save(key, records.drafts.revision(key), text.replace("demo-TV-014", "demo-TV-015")),
    ):
        seen = now()
        happens()
        assert now() != seen
    with monkeypatch.context() as broken:
        broken.setattr(Cases, "look", _no_answer)
        assert "The library does not answer" in Form(case=key).html


def _no_answer(*_: object) -> Any:
    raise LibraryError("The library does not answer.")


@pytest.mark.hazard("H-13", "H-20")
@pytest.mark.parametrize("ended", ["stopped", "superseded"])
@pytest.mark.slow
def test_no_document_is_handed_out_of_a_plan_that_has_ended_meanwhile(form: Form, ended: str) -> None:
    _hurried(form).acknowledge().press("issue")
    form.type("Your name, as it shall stand below the plan", "Dr A. B.").press("sign")
    records, key, revision = _records(), form.case.token, form.case.revision
    signed = records.plans.load(key, 1)
    made_documents.must_still_be(records, key, signed, revision)
    if ended == "stopped":
        records.plans.stop(key, 1, "pain")
    else:
        other = Form(case=key, step="treatment").press("revise").press("open-all")
        other.type("Fixed length, days", "30").step("check")
        made_documents.must_still_be(records, key, signed, revision)
        if _reasons(other):
            other.acknowledge()
        other.press("issue").type("Your name, as it shall stand below the plan", "Dr A. B.").press("sign")
    with pytest.raises(made_documents.Withdrawn, match=ended):
        made_documents.must_still_be(records, key, signed, revision)


@pytest.mark.hazard("H-13")
def test_no_draft_is_handed_out_of_entries_that_have_changed_meanwhile(form: Form) -> None:
    form.type("Case id", "ours")
    key = form.case.token
    made_documents.must_still_be(_records(), key, None, 1)
    Form(case=key).type("Title (may stay empty)", "theirs")
    with pytest.raises(made_documents.Withdrawn, match="another window"):
        made_documents.must_still_be(_records(), key, None, 1)


@pytest.mark.hazard("H-21")
def test_a_change_of_another_window_is_told_before_anything_is_typed(form: Form) -> None:
    form.type("Case id", "ours")
    Form(case=form.case.token).type("Title (may stay empty)", "theirs")
    assert "was changed in another window" in form.step("limb").html
    form.press("take-theirs")
    assert form.field("Title (may stay empty)").value == "theirs"
    assert "another window" not in form.html


def _hurried(form: Form) -> Form:
    """A case of the library with two cautions."""
    return form.sample("tibia_varus").step("treatment").press("open-all").type("Fixed length, days", "8").step("check")


@pytest.mark.hazard("H-20")
def test_a_plan_is_issued_with_its_reasons_then_signed_then_replaced(form: Form) -> None:
    _hurried(form).acknowledge("AB", "why").press("issue")
    key = form.case.token
    plan = _records().plans.load(key, 1)
    assert [(one.code, one.reason) for one in plan.cautions] == [
        ("rate.high", "AB: why 1"),
        ("rate.above_limit", "AB: why 2"),
    ]
    assert plan.state == "draft"
    assert "Acknowledged by anyone at this computer: AB: why 1" in form.html
    assert not _reasons(form)
    assert "Draft, finalised" in form.html
    form.press("sign")
    assert "Type your name to sign with." in form.html
    form.type("Your name, as it shall stand below the plan", "Dr A. B.").press("sign")
    plan = _records().plans.load(key, 1)
    assert plan.state == "signed"
    assert plan.sign_off is not None
    assert plan.sign_off.name == "Dr A. B."
    assert plan.sign_off.head in form.html
    assert "Signed by Dr A. B." in form.html
    # Another entry, once a revision is begun: the signed plan stays in force, the page is a draft again.
    form.step("treatment").press("revise").type("Fixed length, days", "30").step("check")
    assert "Draft · signed: plan 1" in form.html
    assert "The patient follows plan 1" in form.html
    if cautions_of(form.case.of_library.in_force and _plan_of(form)):
        form.acknowledge()
    form.press("issue").type("Your name, as it shall stand below the plan", "Dr A. B.").press("sign")
    assert [one.state for one in _records().plans.of(key)] == ["superseded", "signed"]
    form.type("Why it is no longer followed", "frame removed").press("stop-2")
    assert [one.state for one in _records().plans.of(key)] == ["superseded", "stopped"]
    assert "no longer followed" in form.html


def _plan_of(form: Form) -> Any:
    import hexapod

    return hexapod.make_plan(hexapod.read_case(form.document))


@pytest.mark.hazard("H-13")
def test_an_entry_changed_with_the_very_click_that_issues(form: Form) -> None:
    form.sample("tibia_varus").step("limb").type("Title (may stay empty)", "mine").step("check")
    button = form.at.button(key="issue")
    button.click()
    form.case.draft["levels"][0]["deformity"]["AP angulation"]["size"] = "13"
    form.run()
    assert "An entry was changed at the same moment" in form.html
    assert _records().plans.of(form.case.token) == ()


@pytest.mark.hazard("H-13")
def test_nothing_is_issued_over_the_entries_of_somebody_else(form: Form) -> None:
    form.sample("tibia_varus").step("limb").type("Title (may stay empty)", "mine").step("check")
    other = Form(case=form.case.token)
    other.type("Title (may stay empty)", "theirs")
    form.press("issue")
    assert "Nothing was finalised" in form.html
    assert _records().plans.of(form.case.token) == ()


def test_a_signed_plan_that_is_no_longer_made_the_same_says_so(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    form.sample("tibia_varus").step("check").press("issue")
    form.type("Your name, as it shall stand below the plan", "AB").press("sign")
    key = form.case.token
    assert "not made the same" not in Form(case=key).html
    monkeypatch.setattr("hexapod.plan.make_plan.SOFTWARE", "hexapod 9.9.9", raising=False)
    monkeypatch.setattr("hexapod.library.calls.plans.make_plan", _another_plan)
    assert "Plan 1 was signed, but is not made the same by this version" in Form(case=key).html


def _another_plan(case: Any, *_: object, **__: object) -> Any:
    import dataclasses

    import hexapod

    return dataclasses.replace(hexapod.make_plan(case), software="hexapod 9.9.9")


def _listed(form: Form) -> list[str]:
    """The ids of the cases in the table, in its order."""
    rows = [button.label for button in form.at.button if button.key.startswith("open-")]
    return [label.split("**")[1] for label in rows]


def test_the_list_finds_sorts_and_opens(form: Form) -> None:
    form.type("Case id", "alpha").choose("Side", "left").choose("Bone", "femur")
    first = form.case.token
    form.press("go-to-list").press("new-case").type("Case id", "beta").choose("Side", "right").press("go-to-list")
    assert _listed(form) == ["beta", "alpha"]
    assert _listed(form.type("Search: id, title or surgeon", "alp")) == ["alpha"]
    form.type("Search: id, title or surgeon", "")
    form.at.selectbox(key="list-side").select("right")
    assert _listed(form.run()) == ["beta"]
    assert "Shown only: right" in form.html
    form.at.selectbox(key="list-side").select("any")
    form.at.selectbox(key="list-sort").select("id")
    assert _listed(form.run()) == ["alpha", "beta"]
    form.press(f"open-{first}")
    assert form.field("Case id").value == "alpha"


def test_an_empty_library_says_what_to_do_first_and_a_search_without_a_find_does_not() -> None:
    form = Form()
    assert "No case yet" in form.html
    assert "Due today</b>: nothing" in form.html
    assert "No case yet" not in form.type("Search: id, title or surgeon", "nobody").html
    assert "No case is like that" in form.html


@pytest.mark.slow
def test_what_is_due_today_leads_to_its_case_and_a_row_tells_who_signed(form: Form) -> None:
    form.sample("tibia_transport").step("limb").type("Case id", "mine").step("check").press("issue")
    form.type("Your name, as it shall stand below the plan", "Dr Q.").press("sign")
    key, plan = form.case.token, work_out(form.case.draft).plan
    assert isinstance(plan, Plan)
    level = plan.levels[0]
    first = level.rows[min(one.planned_day for one in level.exchanges)].date
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hexapod.app.draft.typed_text.today", lambda: first)
        form.press("go-to-list")
        assert form.at.button(key=f"due-{key}").label == "mine: strut change-out"
        assert "<span>Dr Q.</span>" in form.html
        assert f"{first:%a} {first.day} {first:%b}, change-out" in form.html
        assert "none overdue" in form.html
        patch.setattr("hexapod.app.draft.typed_text.today", lambda: first + datetime.timedelta(days=3))
        form.run()
        assert form.at.button(key=f"due-{key}").label == "mine: strut change-out 3 days overdue"
        assert "overdue 3 days" in form.html
        form.press(f"due-{key}")
    assert form.session.step == "follow-up"


@pytest.mark.slow
def test_every_filter_of_the_list_offers_all_that_the_library_knows_and_finds_by_it(form: Form) -> None:
    form.type("Case id", "alpha").choose("Side", "left").choose("Bone", "femur").press("go-to-list")
    kinds = {"side": Side, "bone": Bone, "state": CaseState, "due": Due, "sort": Sort}
    found = {}
    for name, kind in kinds.items():
        key = f"list-{name}"
        anything = form.at.selectbox(key=key).value
        for option in get_args(kind):
            form.at.selectbox(key=key).select(option)
            found[name, option] = "alpha" in _listed(form.run())
            assert not form.at.exception
        form.at.selectbox(key=key).select(anything)
        form.run()
    assert {key for key, shown in found.items() if shown} == {
        ("side", "left"),
        ("bone", "femur"),
        ("state", "draft"),
        *(("sort", option) for option in get_args(Sort)),
    }


def test_the_first_screen_says_that_anyone_can_use_it() -> None:
    assert "Sign-in is off: anyone at this computer can see, change and sign every case here." in Form().html


def test_six_readings_pasted_into_one_field_are_those_of_the_six_struts(form: Form) -> None:
    form.step("frame").type("Strut 3 (yellow), mm", "155\t159 121; 137 151,5 164")
    assert [form.case.draft["levels"][0]["frame"]["settings_mm"][str(k)] for k in range(6)] == [
        "155",
        "159",
        "121",
        "137",
        "151,5",
        "164",
    ]
    assert form.field("Strut 6 (violet), mm").value == "164"
    assert _kept(form) == form.case.draft


def test_surgeon_notes_and_archive_are_written_down_and_undone(form: Form) -> None:
    form.type("Case id", "kept")
    key = form.case.token
    form.field("Note").input("<b>seen</b>")
    form.press("do-note")
    assert "&lt;b&gt;seen&lt;/b&gt;" in form.html
    assert form.field("Note").value == ""
    form.field("Surgeon who looks after the case").input("Dr X")
    form.press("do-assign")
    form.press("do-archive")
    assert "archived" not in form.at.query_params
    assert _records().cases.find().cases[0].surgeon == "Dr X"
    other = Form(case=key)
    form.field("Why the case is archived").input("moved away")
    form.press("do-archive")
    assert "The case is archived" in form.html
    assert _records().cases.find().total == 0
    again = Form(case=key)
    assert "This case is archived" in again.html
    assert again.field("Case id").disabled
    other.type("Case id", "other")
    assert "NOT SAVED: This case is archived" in other.html
    other.field("Why it is brought back").input("moved back")
    other.press("do-bring-back").press("save-again")
    assert _kept(other)["id"] == "other"


def _treated(days_ago: int, read_of_day: int | None = None) -> str:
    """A case with plan 1 signed, day 0 so long ago, and a visit of today with the readings of a day of the plan."""
    import hexapod
    from hexapod.app.draft.conversion import draft_of
    from hexapod.case.files import case_text
    from hexapod.library import Readings, Visit, new_key
    from tests.app.conftest import TODAY
    from tests.app.driver import SAMPLES

    document = json.loads((SAMPLES / "tibia_varus.json").read_text("utf-8"))
    first = TODAY - datetime.timedelta(days=days_ago)
    case = hexapod.read_case(document | {"start_date": first.isoformat()})
    records, key = _records(), new_key()
    records.drafts.save(key, 0, storage.text_of(draft_of(case.document)))
    records.versions.save(key, 0, case_text(case).encode())
    plan = hexapod.make_plan(case)
    records.plans.issue(key, 1, plan)
    records.plans.sign(key, 1, records.plans.load(key, 1).plan_sha256, "Dr A. B.")
    if read_of_day is not None:
        readings = Readings(0, plan.levels[0].rows[read_of_day].settings_mm)
        records.visits.add(key, 1, Visit(TODAY, (readings,)))
    return key


@pytest.mark.hazard("H-28")
@pytest.mark.parametrize("stopped", [False, True])
@pytest.mark.slow
def test_a_plan_that_starts_anew_is_refused_and_goes_on_from_the_visit_instead(stopped: bool) -> None:
    key = _treated(28, 28)
    if stopped:
        _records().plans.stop(key, 1, "pain")
    form = Form(case=key, step="treatment")
    if not stopped:
        form.press("revise")
    form.type("Maximum rate, mm per day", "0.5").step("check")
    assert form.html.count("visit.not_continued") == 1
    assert "hx-banner hx-refused" in form.html
    assert form.at.button(key="issue").disabled
    form.press("continue-visit")
    assert form.at.query_params["step"] == "follow-up"
    assert form.field("Date of the visit").value == "2030-01-01"
    form.type("Then slower: at most, mm per day", "0.5").press("visit-go-on").step("check")
    assert "visit.not_continued" not in form.html
    if _reasons(form):
        form.acknowledge()
    form.press("issue").type("Your name, as it shall stand below the plan", "Dr A. B.").press("sign")
    assert [one.state for one in _records().plans.of(key)] == ["stopped" if stopped else "superseded", "signed"]


@pytest.mark.hazard("H-28")
def test_a_day_0_that_is_past_is_said_where_the_plan_is_signed_and_kept_with_the_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _browser_on(monkeypatch, datetime.date(2030, 1, 1))
    key = _treated(28, 28)
    form = Form(case=key, step="limb").press("revise").type("Title (may stay empty)", "same days").step("check")
    for told in ("2029-12-04, is 28 days past", "is 28 days before visit 1 on 2030-01-01"):
        assert told in form.html
    form.press("issue")
    assert "2029-12-04, is 28 days past" in form.html
    assert "What stands above in colour is confirmed by it." in form.html
    form.type("Your name, as it shall stand below the plan", "Dr A. B.").press("sign")
    assert _records().plans.load(key, 2).state == "signed"


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("decided", ["yes", "no"])
@pytest.mark.slow
def test_another_side_of_a_case_under_way_is_asked_about(decided: str) -> None:
    key = _treated(3)
    form = Form(case=key, step="limb").press("revise").choose("Side", "left")
    assert "Nothing is changed yet: is this meant?" in form.html
    assert "Side: left instead of right." in form.html
    assert (_kept(form)["limb"]["side"], form.case.draft["limb"]["side"]) == ("right", "right")
    assert "NOT SAVED" not in form.html
    form.press(f"question-{decided}")
    side = "left" if decided == "yes" else "right"
    assert (_kept(form)["limb"]["side"], form.case.draft["limb"]["side"]) == (side, side)
    assert "is this meant?" not in form.html
    form.type("Title (may stay empty)", "goes on")
    assert (_kept(form)["limb"]["side"], _kept(form)["title"]) == (side, "goes on")


@pytest.mark.hazard("H-14")
def test_other_struts_are_asked_about_and_another_entry_leaves_them_as_they_were() -> None:
    key = _treated(3)
    form = Form(case=key, step="frame").press("revise")
    (struts,) = (one for one in form.at.button_group if one.label == "All struts")
    was = struts.value
    other = next(one for one in ("generic-long", "generic-medium", "generic-short") if one != was)
    struts.set_value(other)
    form.run()
    assert f"strut 6 is {other} instead of {was}" in form.html
    assert "record a visit and continue from it instead" in form.html
    (struts,) = (one for one in form.at.button_group if one.label == "All struts")
    assert struts.value == was
    before = _kept(form)["levels"]
    form.step("limb").type("Title (may stay empty)", "another")
    assert "is this meant?" not in form.html
    assert _kept(form)["levels"] == before


def _side_left(form: Form) -> None:
    (side,) = (group for group in form.at.button_group if group.label == "Side")
    side.set_value("left")


@pytest.mark.hazard("H-14", "H-21")
@pytest.mark.parametrize("decided", ["yes", "no"])
def test_what_is_typed_along_with_a_change_that_is_asked_about_is_kept(decided: str) -> None:
    form = Form(case=_treated(3), step="limb").press("revise")
    form.field("Title (may stay empty)").input("typed along")
    _side_left(form)
    form.run()
    assert "Side: left instead of right." in form.html
    assert (_kept(form)["title"], _kept(form)["limb"]["side"]) == ("typed along", "right")
    form.press(f"question-{decided}")
    side = "left" if decided == "yes" else "right"
    assert (_kept(form)["title"], _kept(form)["limb"]["side"]) == ("typed along", side)
    assert form.field("Title (may stay empty)").value == "typed along"
    assert form.case.question is None


@pytest.mark.hazard("H-14", "H-21")
@pytest.mark.parametrize("decided", ["yes", "no"])
def test_a_button_and_an_entry_beside_a_question_are_not_undone_by_its_answer(decided: str) -> None:
    form = Form(case=_treated(3), step="limb").press("revise")
    _side_left(form)
    form.press("add-level")
    assert "Side: left instead of right." in form.html
    assert len(_kept(form)["levels"]) == 2
    form.field("Title (may stay empty)").input("with the answer")
    form.press(f"question-{decided}")
    kept = _kept(form)
    assert (len(kept["levels"]), kept["title"]) == (2, "with the answer")
    assert kept["limb"]["side"] == ("left" if decided == "yes" else "right")
    assert form.case.draft == kept
    assert form.case.question is None


@pytest.mark.hazard("H-14")
def test_yes_confirms_only_what_was_asked_on_the_page() -> None:
    form = Form(case=_treated(3), step="limb").press("revise").choose("Side", "left").step("frame")
    before = _kept(form)["levels"]
    (struts,) = (one for one in form.at.button_group if one.label == "All struts")
    other = next(one for one in ("generic-long", "generic-medium") if one != struts.value)
    struts.set_value(other)
    form.press("question-yes")
    assert (_kept(form)["limb"]["side"], _kept(form)["levels"]) == ("left", before)
    assert "Side: left" not in form.html
    assert f"strut 6 is {other} instead of" in form.html
    form.press("question-yes")
    kept = _kept(form)
    assert (kept["limb"]["side"], kept["levels"][0]["frame"]["every_strut"]["model"]) == ("left", other)
    assert form.case.question is None


@pytest.mark.hazard("H-14")
def test_two_changes_of_one_message_are_asked_about_together() -> None:
    form = Form(case=_treated(3), step="limb").press("revise").press("add-level")
    _side_left(form)
    uid = form.case.draft["levels"][0]["uid"]
    form.press(f"remove-{uid}")
    assert "Side: left instead of right." in form.html
    assert "Hexapod 1 is removed." in form.html
    assert (len(_kept(form)["levels"]), _kept(form)["limb"]["side"]) == (2, "right")
    form.press("question-yes")
    assert (len(_kept(form)["levels"]), _kept(form)["limb"]["side"]) == (1, "left")


@pytest.mark.hazard("H-14")
def test_an_id_that_another_case_has_is_told_when_the_case_is_opened(form: Form) -> None:
    key = _treated(3)
    form.sample("tibia_varus").step("limb").type("Title (may stay empty)", "again")
    assert "The library has another case demo-TV-014: this one needs another id to be signed." in form.html
    form.step("check")
    assert form.at.button(key="issue").disabled
    assert "Each limb has one id" in form.html
    form.press("open-same-id")
    assert form.case.token == key


@pytest.mark.hazard("H-28")
def test_a_visit_after_today_is_refused_on_the_page() -> None:
    form = Form(case=_treated(3), step="follow-up").type("Date of the visit", "2030-01-02")
    assert "2030-01-02 is after today, 2030-01-01: record a visit on its day or later." in form.html
    assert form.at.button(key="visit-record").disabled
    form.type("Date of the visit", "2030-01-01")
    assert "is after today" not in form.html


def test_whoever_is_overdue_is_marked_on_the_list_by_the_browsers_day(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.app.conftest import TODAY

    key = _treated(28)
    due = TODAY - datetime.timedelta(days=13)
    _records().visits.arrange(key, due)
    _browser_on(monkeypatch, due)
    assert "hx-overdue" not in Form().html
    _browser_on(monkeypatch, due + datetime.timedelta(days=1))
    assert "overdue 1 day" in Form().html


def _browser_on(monkeypatch: pytest.MonkeyPatch, date: datetime.date) -> None:
    monkeypatch.setattr("hexapod.app.draft.typed_text.today", lambda: date)


@pytest.mark.hazard("H-21")
def test_an_entry_made_while_somebody_else_signs_is_kept_and_shown() -> None:
    """The field is closed by then; what the browser still holds of it enters nothing any more."""
    from hexapod.app.draft.outcome import work_out
    from hexapod.case.files import case_text

    key = _treated(3)
    form = Form(case=key, step="limb").press("revise").type("Title (may stay empty)", "mine")
    outcome = work_out(form.case.draft)
    assert outcome.case is not None
    assert outcome.plan is not None
    records = _records()
    records.versions.save(key, 1, case_text(outcome.case).encode())
    made = records.plans.issue(key, 2, outcome.plan)
    records.plans.sign(key, made.number, made.plan_sha256, "Dr Two")
    form.type("Title (may stay empty)", "newest")
    (field,) = (one for one in form.at.text_input if one.label == "Title (may stay empty)")
    assert (field.value, field.disabled, _kept(form)["title"]) == ("newest", True, "newest")
    form.at.session_state[field.key] = "mine"  # as a browser does that has not heard of it
    form.run()
    assert _kept(form)["title"] == "newest"


def test_what_is_of_the_clinic_is_asked_once_and_nothing_else_is_taken_over(form: Form) -> None:
    assert form.case.asks_for_clinic
    form.type("Case id", "first").type("Name of the clinic", "Limb clinic").type(
        "Time zone of the calendar", "Europe/Oslo"
    )
    form.choose("Usual language of the patients", "de").choose("Paper", "letter")
    form.type("Usual times of the adjustments", "07:00, 19:00")
    next(one for one in form.at.checkbox if one.label == "Monday").check()
    # The first case is adjusted so with one click; a sample that is tried says nothing of the clinic.
    form.run().step("treatment").press("usual-times")
    assert form.field("Times of the adjustments (may stay empty)").value == "07:00 19:00"
    assert "usual-times" not in {button.key for button in form.at.button}
    form.sample("tibia_varus").step("limb").type("Case id", "tried").press("go-to-list").press("new-case")
    draft = form.case.draft
    assert not form.case.asks_for_clinic
    assert (draft["id"], draft["clinic"]["name"], draft["time_zone"]) == ("", "Limb clinic", "Europe/Oslo")
    assert (draft["language"], draft["paper"]) == ("de", "letter")
    assert [day for day, chosen in draft["clinic_days"].items() if chosen] == ["mon"]
    assert draft == blank_draft() | {key: draft[key] for key in clinic_defaults.KEYS} | {"levels": draft["levels"]}
    (level,) = draft["levels"]
    assert (level["adjustments_per_day"], level["adjustment_times"]) == ("2", "07:00 19:00")
    told = "Limb clinic · Clinic days: Mon · adjustments 07:00 19:00 · Europe/Oslo · Deutsch · US Letter"
    assert told in form.html


def test_defaults_of_the_clinic_are_typed_once_and_no_case_changes_them(form: Form) -> None:
    form.type("Case id", "first").type("Name of the clinic", "Limb clinic").press("keep-clinic")
    assert entries.KEPT in form.html
    assert "keep-clinic" not in {button.key for button in form.at.button}
    # What one case has of its own is no default.
    form.type("Name of the clinic", "Another clinic").press("go-to-list")
    assert "Defaults of the clinic: Limb clinic" in {one.label.partition(" ·")[0] for one in form.at.expander}
    # One place changes them, for cases to come.
    form.type("Time zone of the calendar", "Europe/Oslo")
    assert entries.KEPT in form.html
    form.type("Time zone of the calendar", "Europe/Nowhere")
    assert "NOT SAVED" in form.html
    form.press("new-case")
    draft = form.case.draft
    assert (draft["clinic"]["name"], draft["time_zone"]) == ("Limb clinic", "Europe/Oslo")
    # Somebody else's change is shown, not overwritten.
    form.press("go-to-list")
    clinic = open_library().as_user(ANYONE).clinic
    kept = clinic.kept()
    assert kept is not None
    clinic.keep(kept.entry, kept.text.replace("Europe/Oslo", "Europe/Madrid"))
    form.type("Name of the clinic", "Mine")
    assert "anyone at this computer changed the clinic’s defaults" in form.html
    assert form.field("Time zone of the calendar").value == "Europe/Madrid"
    form.type("Name of the clinic", "Mine").press("new-case")
    assert (form.case.draft["clinic"]["name"], form.case.draft["time_zone"]) == ("Mine", "Europe/Madrid")


def test_a_time_of_the_clinic_that_is_none_is_refused(form: Form) -> None:
    form.type("Usual times of the adjustments", "7:00")
    assert "“7:00”: write a time as HH:MM on the 24-hour clock" in form.html
    assert "1 to correct" in form.at.button(key="step-limb").label

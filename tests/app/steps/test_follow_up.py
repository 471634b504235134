"""The step Follow-up: what is compared with which plan, what is recorded, and how the plan goes on."""

from __future__ import annotations

import datetime
from html import unescape
from typing import Any

import pytest

import hexapod
from hexapod.app.draft import storage
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.draft_model import entries
from hexapod.case.files import case_text
from hexapod.case.model import Case
from hexapod.follow_up.compare_with_plan import FollowUp, follow_up
from hexapod.follow_up.replan import Wishes, replan
from hexapod.library import ANYONE, Actor, NotSaved, Records, Reproduction, Visit, new_key, open_library
from hexapod.library.calls.plans import Plans
from hexapod.library.calls.visits import Visits
from hexapod.plan.make_plan import Plan
from hexapod.text.follow_up_text import follow_up_sentences
from hexapod.text.numbers import number
from tests.app.driver import SAMPLES, Form, plan_id

DATE, NEXT, NOTE = "Date of the visit", "Next visit", "Note"
PAUSE, BACK, SLOWER = "Pause first, days", "Then turn back by, days of the plan", "Then slower: at most, mm per day"
RED = "Strut 1 (red), mm"


def _records() -> Records:
    return open_library().as_user(ANYONE)


def _sample(stem: str) -> tuple[Case, Plan]:
    case = hexapod.load_case(SAMPLES / f"{stem}.json")
    return case, hexapod.make_plan(case)


def _signed(stem: str = "tibia_varus") -> tuple[str, Case, Plan]:
    """A case in the library with plan 1 signed."""
    case, plan = _sample(stem)
    records, key = _records(), new_key()
    records.drafts.save(key, 0, storage.text_of(draft_of(case.document)))
    version = records.versions.save(key, 0, case_text(case).encode("utf-8"))
    issued = records.plans.issue(key, version.number, plan)
    for caution in issued.cautions:
        records.plans.acknowledge(key, issued.number, caution.code, caution.level, "seen")
    records.plans.sign(key, issued.number, issued.plan_sha256, "Dr A. B.")
    return key, case, plan


def _six(plan: Plan, day: int, level: int = 0, **slips: float) -> tuple[float, ...]:
    """The readings of a day; `s2=10` makes strut 2 read 10 mm more."""
    row = plan.levels[level].rows[day]
    return tuple(setting + slips.get(f"s{k}", 0.0) for k, setting in enumerate(row.settings_mm, 1))


def _text(six: tuple[float, ...]) -> str:
    return " ".join(map(number, six))


def _date(case: Case, day: int) -> datetime.date:
    return case.first_day + datetime.timedelta(days=day)


def _on_day(monkeypatch: pytest.MonkeyPatch, case: Case, day: int) -> None:
    """Today is a day of the case, for page and library."""
    monkeypatch.setattr("hexapod.app.session.visit.today", lambda: _date(case, day))
    monkeypatch.setattr("hexapod.library.storage.transactions.Store.today", lambda _: _date(case, day))
    monkeypatch.setattr("hexapod.library.storage.transactions.Store.today_at_the_latest", lambda _: _date(case, day))


def _open(key: str) -> Form:
    return Form(case=key, step="follow-up")


def _visit(key: str, case: Case, day: int, six: tuple[float, ...]) -> Form:
    return _open(key).type(DATE, _date(case, day).isoformat()).type(RED, _text(six))


def _told(form: Form) -> str:
    return unescape(form.html).replace("\xa0", " ")


def _shows(form: Form, case: Case, found: FollowUp) -> bool:
    return all(sentence in _told(form) for sentence in follow_up_sentences(found))


def _keys(form: Form) -> set[str]:
    return {button.key for button in form.at.button}


@pytest.fixture
def followed() -> tuple[str, Case, Plan]:
    return _signed()


def test_without_a_plan_there_is_nothing_to_follow_and_it_is_said_what_to_do(form: Form) -> None:
    told = _told(form.step("follow-up"))
    assert "There is nothing to follow yet" in told
    assert "signed in the step Check" in told
    assert "make no plan yet" in told
    assert not form.at.text_input


@pytest.mark.hazard("H-14")
def test_readings_of_a_sample_may_be_tried_and_are_not_recorded(form: Form) -> None:
    case, plan = _sample("tibia_varus")
    form.sample("tibia_varus").step("follow-up")
    assert "They are not recorded as a visit." in _told(form)
    form.type(DATE, _date(case, 12).isoformat()).type(RED, _text(_six(plan, 9)))
    assert _shows(form, case, follow_up(plan, _date(case, 12), _six(plan, 9)))
    assert "Not recorded: no plan of this case is signed." in _told(form)
    assert "visit-record" not in _keys(form)
    assert _records().visits.of(form.case.token) == ()


@pytest.mark.hazard("H-04")
@pytest.mark.parametrize("slips", [{}, {"s2": 10.0}, {"s4": -3.0}])
def test_the_answer_is_that_of_the_function(followed: tuple[str, Case, Plan], slips: dict[str, float]) -> None:
    key, case, plan = followed
    six = _six(plan, 12, **slips)
    found = follow_up(plan, _date(case, 12), six)
    form = _visit(key, case, 12, six)
    assert _shows(form, case, found)
    assert found.explanation.sentence in _told(form)
    cells = [f"<td>{number(value)}</td>" for value in six]
    assert f'<tr><th scope="row">Read</th>{"".join(cells)}</tr>' in form.html
    offs = "".join(
        f"<td>{'+' if off > 0 else ''}{number(off)}</td>" for off in (slips.get(f"s{k}", 0.0) for k in range(1, 7))
    )
    assert f'<tr><th scope="row">Read − planned</th>{offs}</tr>' in form.html


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("bad", ["", "157 mm", "1.234,5", "1001", "−157"])
@pytest.mark.some(3)
def test_the_answer_is_withdrawn_with_any_reading_that_cannot_be_read(
    followed: tuple[str, Case, Plan], bad: str
) -> None:
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 12))
    assert "On schedule" in _told(form)
    form.type(RED, bad)
    told = _told(form)
    assert "On schedule" not in told
    assert "hx-compared" not in form.html
    assert form.at.button(key="visit-record").disabled
    assert "visit-go-on" not in _keys(form)
    assert form.field(RED).value == bad
    assert ('<p class="hx-line hx-missing">Required.' in form.html) == (not bad)
    assert ('<p class="hx-line hx-wrong">' in form.html) == bool(bad)


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("in May", "“in May”: no date of the calendar. Type it as 2026-12-07 or 7.12.2026."),
        ("2026-02-30", "“2026-02-30”: no date of the calendar. Type it as 2026-12-07 or 7.12.2026."),
        ("2026-03-01", "2026-03-01 is before day 0 of the plan: give 2026-03-02 or a later date."),
        ("", "Required."),
    ],
)
@pytest.mark.hazard("H-16")
def test_a_date_that_cannot_be_is_said_at_its_field(followed: tuple[str, Case, Plan], date: str, said: str) -> None:
    key, _, plan = followed
    form = _open(key).type(RED, _text(_six(plan, 12))).type(DATE, date)
    assert said in _told(form)
    assert form.at.button(key="visit-record").disabled
    assert form.field(RED).value == number(_six(plan, 12)[0])


@pytest.mark.hazard("H-16")
def test_nothing_goes_on_from_readings_that_fit_no_pose(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 12))
    assert "How the plan goes on from these readings" in [head.value for head in form.at.subheader]
    form.type(RED, "285").type(RED.replace("1 (red)", "2 (orange)"), "75")
    assert "No position of the two rings fits the six readings." in form.html
    assert "How the plan goes on from these readings" not in [head.value for head in form.at.subheader]
    # It is a record of what was read, and no day of the plan is told of it.
    assert not form.at.button(key="visit-record").disabled
    assert "visit-to-start" not in _keys(form)


@pytest.mark.hazard("H-16")
def test_a_reading_that_no_scale_of_these_struts_shows_is_not_recorded(followed: tuple[str, Case, Plan]) -> None:
    """A comma in the wrong place, on struts of 75 to 285 mm: it would be in the records for good."""
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 12)).type(RED, "15,8")
    assert "No scale of these struts shows it: type what strut 1 reads, 75 to 285 mm." in _told(form)
    assert form.at.button(key="visit-record").disabled
    assert not form.type(RED, "75").at.button(key="visit-record").disabled


@pytest.mark.slow
def test_the_next_visit_is_after_this_one(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 12)).type(NEXT, "2026-03-14")
    assert "2026-03-14 must be after this visit: give 2026-03-15 or a later date." in _told(form)
    assert form.at.button(key="visit-record").disabled
    assert not form.type(NEXT, "2026-03-15").at.button(key="visit-record").disabled


def test_no_date_is_taken_by_itself_and_the_button_names_the_one_it_takes(
    followed: tuple[str, Case, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hexapod.app.session.visit.today", lambda: datetime.date(2026, 3, 14))
    form = _open(followed[0])
    assert form.field(DATE).value == ""
    assert form.at.button(key="visit-today-button").label == "Today: Saturday 14 March 2026"
    form.press("visit-today-button")
    assert form.field(DATE).value == "2026-03-14"
    assert "Saturday 14 March 2026. Day 12 of the plan." in _told(form)
    # Typed as everywhere else, it is the same date.
    form = form.type(DATE, "13.3.2026").type(NEXT, "20.3.2026")
    assert "Friday 13 March 2026. Day 11 of the plan." in _told(form)
    assert "Friday 20 March 2026." in _told(form)


@pytest.mark.hazard("H-13")
def test_readings_are_held_against_the_signed_plan_whatever_the_page_says_now(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    form = Form(case=key, step="treatment").press("revise").press("open-all").type("Fixed length, days", "40")
    assert form.document != case.document
    form.step("follow-up").type(DATE, _date(case, 12).isoformat()).type(RED, _text(_six(plan, 12)))
    assert "On schedule: these are the readings of day 12" in _told(form)
    assert "This step is about it, not about the draft." in _told(form)
    # Also while the entries of the page make no plan at all.
    form.step("limb").type("Date of day 0", "soon").step("follow-up")
    assert "On schedule: these are the readings of day 12" in _told(form)
    assert "The patient follows plan 1" in _told(form).replace("<b>", "").replace("</b>", "")


@pytest.mark.hazard("H-21")
def test_what_is_typed_of_a_visit_is_kept_and_changes_nothing_of_the_case(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    form = Form(case=key, step="prescription")
    plan_documents = form.case.plan_documents
    form.step("follow-up").type(DATE, "2026-03").type(RED, _text(_six(plan, 12))).type("Strut 6 (violet), mm", "a lot")
    form.step("limb").step("follow-up")
    for shown in (form, _open(key)):
        assert shown.field(DATE).value == "2026-03"
        assert shown.field(RED).value == number(_six(plan, 12)[0])
        assert shown.field("Strut 6 (violet), mm").value == "a lot"
        assert shown.document == case.document
        draft = shown.case.draft
        assert entries(draft) == draft["origin"]["entries"]
    assert form.case.plan_documents is plan_documents
    assert "Signed by Dr A. B." in form.html


@pytest.mark.hazard("H-20")
@pytest.mark.slow
def test_a_visit_is_recorded_once_as_it_stands_on_the_page(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    six = _six(plan, 9)
    form = _visit(key, case, 12, six).type(NEXT, "2026-03-28")
    form.at.text_area[0].input("pins <b>quiet</b>")
    form.run().press("visit-record")
    (kept,) = _records().visits.of(key)
    found = follow_up(plan, _date(case, 12), six)
    assert (kept.plan, kept.visit.date, kept.visit.note) == (1, _date(case, 12), "pins <b>quiet</b>")
    assert [(one.level, one.settings_mm) for one in kept.visit.readings] == [(0, six)]
    assert kept.visit.next_visit == datetime.date(2026, 3, 28)
    assert kept.visit.answer.startswith(f"{found.explanation.sentence}\n\n{case.id}")
    assert "visit-record" not in _keys(form)
    assert "Recorded as visit 1 of this case, on plan 1" in _told(form)
    assert "pins &lt;b&gt;quiet&lt;/b&gt;</td>" in form.html
    assert ">day 12, plan 1</td>" in form.html
    # The same again, by a button pressed twice, is not another visit; another reading is.
    assert "Recorded as visit 1" in _told(_open(key))
    form.type(RED, number(six[0] + 1)).press("visit-record")
    assert len(_records().visits.of(key)) == 2
    form.press("visit-clear")
    assert form.field(RED).value == form.field(DATE).value == ""
    assert "visit-record" in _keys(form)
    assert len(_records().visits.of(key)) == 2


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("pressed", ["visit-record", "visit-go-on"])
def test_an_entry_changed_with_the_very_click(followed: tuple[str, Case, Plan], pressed: str) -> None:
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 9))
    form.at.button(key=pressed).click()
    form.case.draft["visit"]["readings"]["0"]["0"] = number(_six(plan, 9)[0] + 1)
    form.run()
    assert "An entry was changed at the same moment" in form.html
    assert _records().visits.of(key) == ()
    assert form.document == case.document


def test_what_the_library_does_not_take_is_said_and_stays(
    followed: tuple[str, Case, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 9))

    def full(*_: object) -> None:
        raise NotSaved("the disk is full", "Make room, then save again.")

    with monkeypatch.context() as broken:
        broken.setattr(Visits, "add", full)
        form.press("visit-record")
    assert "The visit was not recorded. NOT SAVED: the disk is full." in form.html
    assert form.field(RED).value == number(_six(plan, 9)[0])
    assert "visit-record" in _keys(form)


WISHES = {
    "as planned": ({}, Wishes()),
    "pause": ({PAUSE: "3"}, Wishes(pause_days=3)),
    "back": ({BACK: "5"}, Wishes(turn_back_days=5)),
    "slower": ({SLOWER: "0,5"}, Wishes(mm_per_day=0.5)),
    "all": ({PAUSE: "2", BACK: "4", SLOWER: "0.6"}, Wishes(2, 4, 0.6)),
}


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize("name", WISHES)
@pytest.mark.some(2)
def test_the_plan_goes_on_as_the_function_says_and_the_old_one_stays(
    followed: tuple[str, Case, Plan], name: str
) -> None:
    key, case, plan = followed
    typed, wishes = WISHES[name]
    form = _visit(key, case, 12, _six(plan, 9))
    for label, text in typed.items():
        form.type(label, text)
    found = follow_up(plan, _date(case, 12), _six(plan, 9))
    new = replan(found, wishes)
    made = hexapod.make_plan(new)
    assert plan_id(new) in form.html
    assert f"day {made.levels[0].rows[-1].day}, " in _told(form)
    # Nothing is changed before the button is pressed.
    assert form.document == case.document
    form.press("visit-go-on")
    assert form.session.step == "treatment"
    assert case_text(hexapod.read_case(form.document)) == case_text(new)
    assert form.case.token == key
    kept = _records().drafts.load(key)
    assert kept is not None
    assert storage.draft_in(kept.text) == form.case.draft
    assert [one.state for one in _records().plans.of(key)] == ["signed"]
    assert "Draft · signed: plan 1" in form.html
    assert "until then the old one stays in force" in form.html
    # The readings stay on the step, against the plan that is still followed.
    form.step("follow-up")
    assert _shows(form, case, found)
    assert "The entries of the other steps are these already" in _told(form)


def test_the_new_plan_is_the_next_version_and_replaces_the_old_one_when_signed(
    followed: tuple[str, Case, Plan],
) -> None:
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 9)).press("visit-record").press("visit-go-on").step("check").press("issue")
    form.type("Your name, as it shall stand below the plan", "Dr C.").press("sign")
    assert [one.state for one in _records().plans.of(key)] == ["superseded", "signed"]
    assert [(one.number, one.base) for one in _records().versions.of(key)] == [(1, None), (2, 1)]
    form.step("follow-up")
    assert "Day 0 is Saturday 14 March 2026." in form.html
    # The readings that led to it are recorded, and no longer in the form: the next visit has its own.
    assert form.field(RED).value == form.field(DATE).value == ""
    assert [one.visit.date for one in _records().visits.of(key)] == [_date(case, 12)]


def test_back_to_the_start_is_counted_from_the_day_of_the_readings(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 9))
    assert form.at.button(key="visit-to-start").label == "Back to the start (9 days)"
    form.press("visit-to-start")
    assert form.field(BACK).value == "9"
    form.type(BACK, "10")
    assert "This is day 9 of the plan: it can be turned back by 9 days at most." in _told(form)
    assert "visit-go-on" not in _keys(form)


@pytest.mark.parametrize(
    ("label", "text", "said"),
    [
        (PAUSE, "1,5", "must be a whole number"),
        (PAUSE, "731", "At most 730 days"),
        (SLOWER, "0", "Above 0 mm a day"),
        (SLOWER, "5", "makes none of the remaining stages slower"),
    ],
)
def test_a_wish_that_cannot_be_met_is_said(followed: tuple[str, Case, Plan], label: str, text: str, said: str) -> None:
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 9)).type(label, text)
    assert said in _told(form)
    assert "visit-go-on" not in _keys(form)
    assert form.field(label).value == text


@pytest.mark.hazard("H-04")
@pytest.mark.slow
def test_doubtful_readings_go_on_only_when_somebody_vouches_for_these_very_ones(
    followed: tuple[str, Case, Plan],
) -> None:
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 12, s2=10))
    assert "No new case was made of readings that are probably wrong." in _told(form)
    assert "visit-go-on" not in _keys(form)
    form.at.checkbox[0].check()
    form.run()
    assert "visit-go-on" in _keys(form)
    assert _open(key).at.checkbox[0].value is True
    form.type(RED, _text(_six(plan, 12, s3=10)))
    assert form.at.checkbox[0].value is False
    assert "visit-go-on" not in _keys(form)
    form.type(RED, _text(_six(plan, 12, s2=10))).press("visit-go-on")
    found = follow_up(plan, _date(case, 12), _six(plan, 12, s2=10))
    new = replan(found, Wishes(even_if_doubtful=True))
    assert case_text(hexapod.read_case(form.document)) == case_text(new)


@pytest.mark.slow
def test_levels_that_were_not_read_are_told_and_those_read_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    key, case, plan = _signed("tibia_two_levels")
    _on_day(monkeypatch, case, 12)
    names = [level.name for level in case.levels]
    form = _open(key).type(DATE, _date(case, 12).isoformat())
    form.type("Hexapod 1, strut 1 (red), mm", _text(_six(plan, 10)))
    assert f"Hexapod 2, {names[1]} was not read: it is taken to stand as planned for day 12." in _told(form)
    first = follow_up(plan, _date(case, 12), _six(plan, 10))
    assert plan_id(replan(first)) in form.html
    form.type("Hexapod 2, strut 1 (red), mm", _text(_six(plan, 11, 1)))
    second = follow_up(plan, _date(case, 12), _six(plan, 11, 1), 1)
    assert "was not read" not in _told(form)
    assert _shows(form, case, first)
    assert _shows(form, case, second)
    new = replan(first, also=(second,))
    form.press("visit-record").press("visit-go-on")
    assert case_text(hexapod.read_case(form.document)) == case_text(new)
    (kept,) = _records().visits.of(key)
    assert [(one.level, one.settings_mm) for one in kept.visit.readings] == [
        (0, _six(plan, 10)),
        (1, _six(plan, 11, 1)),
    ]


def test_a_viewer_sees_the_last_visit_and_cannot_record(
    followed: tuple[str, Case, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, case, plan = followed
    _visit(key, case, 12, _six(plan, 9)).press("visit-record")
    before = _records().drafts.revision(key)
    monkeypatch.setattr("hexapod.app.sign_in.user.actor", lambda: Actor("V.", frozenset({"viewer"})))
    form = _open(key)
    assert "You may look at visits but not record any" in form.html
    assert "3 days behind" in form.html
    assert not form.at.text_input
    assert not _keys(form) & {"visit-record", "visit-go-on", "visit-clear"}
    assert _records().drafts.revision(key) == before


def test_who_may_no_longer_record_when_the_button_is_pressed_is_told(
    followed: tuple[str, Case, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, case, plan = followed
    form = _visit(key, case, 12, _six(plan, 9))
    monkeypatch.setattr("hexapod.app.sign_in.user.actor", lambda: Actor("V.", frozenset({"viewer"})))
    form.press("visit-record")
    assert "The visit was not recorded. V. may not do this: it needs a planner." in form.html
    assert _records().visits.of(key) == ()


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("settings_same", [True, False])
def test_a_signed_plan_that_is_no_longer_made_the_same_is_not_compared_with(
    followed: tuple[str, Case, Plan], monkeypatch: pytest.MonkeyPatch, settings_same: bool
) -> None:
    key, case, plan = followed
    monkeypatch.setattr("hexapod.app.session.visit._file_sha256", lambda *_: "other")
    monkeypatch.setattr(Plans, "reproduce", lambda *_: Reproduction(False, settings_same, "It differs."))
    form = _visit(key, case, 12, _six(plan, 9))
    assert "Plan 1 is not made the same by this version of the program. It differs." in form.html
    assert ("3 days behind" in form.html) == settings_same
    assert ("visit-go-on" in _keys(form)) == settings_same
    form.press("visit-record")
    (kept,) = _records().visits.of(key)
    assert kept.visit.readings[0].settings_mm == _six(plan, 9)
    assert bool(kept.visit.answer) == settings_same


def test_a_stopped_plan_is_said(followed: tuple[str, Case, Plan]) -> None:
    _records().plans.stop(followed[0], 1, "frame removed")
    told = _told(_open(followed[0]))
    assert "Plan 1 was stopped" in told
    assert "no plan of this case is followed" in told


def test_a_visit_without_readings_needs_a_note() -> None:
    key, case, _ = _signed()
    form = _open(key).type(DATE, _date(case, 12).isoformat())
    assert form.at.button(key="visit-record").disabled
    form.at.text_area[0].input("did not come")
    form.run().press("visit-record")
    assert [one.visit for one in _records().visits.of(key)] == [Visit(_date(case, 12), (), "did not come")]


def test_a_draft_from_before_visits_is_opened_with_an_empty_one_and_a_later_one_keeps_its_own(
    varus: dict[str, Any],
) -> None:
    draft = draft_of(varus)
    del draft["visit"]
    kept = storage.draft_in(storage.text_of(draft))
    assert kept["visit"]["date"] == ""
    assert kept["origin"] is not None
    later = draft_of(varus)
    later["visit"] |= {"date": "2026-03-14", "readings": {"0": dict.fromkeys(map(str, range(6)), "150")}}
    del later["visit"]["doubtful"], later["time_zone"], later["origin"]["entries"]["time_zone"]
    kept = storage.draft_in(storage.text_of(later))
    assert (kept["visit"]["date"], kept["visit"]["doubtful"]) == ("2026-03-14", "")
    assert kept["visit"]["readings"]["0"]["5"] == "150"


@pytest.mark.hazard("H-16")
def test_a_visit_after_today_is_refused(followed: tuple[str, Case, Plan], monkeypatch: pytest.MonkeyPatch) -> None:
    key, case, plan = followed
    _on_day(monkeypatch, case, 11)
    form = _visit(key, case, 12, _six(plan, 12))
    assert f"{_date(case, 12)} is after today, {_date(case, 11)}" in _told(form)
    assert form.at.button(key="visit-record").disabled
    form.type(DATE, _date(case, 11).isoformat())
    assert not form.at.button(key="visit-record").disabled


@pytest.mark.hazard("H-27")
@pytest.mark.slow
def test_which_struts_are_on_is_asked_answered_kept_and_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    key, case, plan = _signed("tibia_transport")
    six = _six(plan, 12)
    form = _visit(key, case, 15, six)
    found = follow_up(plan, _date(case, 15), six)
    assert found.asked is not None
    assert found.asked.sentence in _told(form)
    assert "visit-go-on" not in _keys(form)
    assert "visit-doubtful" not in form.html
    form.press("visit-answer-0-1")
    before = plan.levels[0].rows[12].models
    said = follow_up(plan, _date(case, 15), six, struts=before)
    assert _shows(form, case, said)
    new = replan(said)
    form.press("visit-record")
    assert f"{_text(six)} on six {plan.levels[0].rows[12].struts[0].label}" in _told(form)
    form.press("visit-go-on")
    assert case_text(hexapod.read_case(form.document)) == case_text(new)
    (kept,) = _records().visits.of(key)
    assert [one.struts for one in kept.visit.readings] == [before]

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest

import hexapod
from hexapod.app.draft import storage
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.draft_model import blank_draft
from hexapod.app.session import entries, session
from hexapod.app.widgets import fields
from hexapod.library import ANYONE, new_key, open_library
from hexapod.text.case_fields import field_at
from hexapod.text.numbers import number
from tests.app.driver import SAMPLES, Form, plan_id, without_page


def _settings(html: str) -> list[list[str]]:
    """The settings of the schedule on the page, a list a day."""
    rows = re.findall(r'<tr[^>]* data-day="[0-9]+"><th scope="row">.*?</tr>', html)
    return [re.findall(r"<td>([0-9.]+)", row) for row in rows]


def _planned(document: dict[str, Any], level: int = 0) -> list[list[str]]:
    plan = hexapod.make_plan(hexapod.read_case(document))
    return [[number(setting) for setting in row.settings_mm] for row in plan.levels[level].rows]


def test_the_read_back_says_why_there_is_none(form: Form) -> None:
    form.step("deformity")
    assert "Choose the reference fragment; the deformity is read back" in form.html
    form.choose("Reference fragment (fixed)", "proximal").type("AP angulation, deg", "12")
    assert "Choose the reference fragment; the deformity is read back" not in form.html
    assert "Not yet: an entry is to be completed or corrected." in form.html


@pytest.mark.hazard("H-01")
def test_nothing_is_chosen_beforehand(form: Form) -> None:
    for step in ("limb", "frame", "deformity", "mounting", "treatment"):
        form.step(step)
        for field in form.at.text_input:
            assert field.value == "", field.label
        for group in form.at.button_group:
            if group.label not in ("How dates are typed", "What is treated", "Usual language of the patients", "Paper"):
                assert group.value is None, group.label
        for box in form.at.selectbox:
            assert box.value is None, box.label
        for box in (*form.at.checkbox, *form.at.text_area):
            assert not box.value, box.label
    form.step("check")
    assert "No schedule was made" in form.html
    assert "hx-schedule" not in form.html
    assert not form.downloads
    assert "SIDE? BONE?" in form.html


def test_a_sample_shows_the_numbers_of_its_plan(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus")
    assert form.document == varus
    assert _settings(form.html) == _planned(varus)
    assert plan_id(hexapod.read_case(varus)) in form.html
    assert "RIGHT TIBIA" in form.html
    assert "14&nbsp;deg varus: the distal end of the distal fragment deviates towards the midline." in form.html
    assert "Patient sheet (PDF)" in form.step("prescription").downloads


@pytest.mark.hazard("H-13")
def test_an_edit_makes_a_new_plan_and_takes_the_old_one_away(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus")
    before = _settings(form.html)
    form.step("deformity").type("AP angulation, deg", "13,5")
    varus["levels"][0]["deformity"]["varus_deg"] = 13.5
    assert form.document == varus
    form.step("check")
    assert _settings(form.html) == _planned(varus) != before
    assert plan_id(hexapod.read_case(varus)) in form.html


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("typed", ["1e2", "\u22127.5", "7.5 mm", "1,234", "95", ""])
def test_a_bad_entry_withdraws_the_plan_and_is_said_at_its_field(form: Form, typed: str) -> None:
    form.sample("tibia_varus").step("deformity").type("AP angulation, deg", typed)
    assert "hx-line hx-wrong" in form.html
    assert "1 to correct" in form.at.button(key="step-deformity").label
    assert "Entry to correct" in form.html
    assert "none yet" in form.html
    assert "Available once the data are complete." in form.html
    form.step("check")
    assert "hx-schedule" not in form.html
    assert not form.downloads
    assert "AP angulation" in form.html
    assert form.case.draft["levels"][0]["deformity"]["AP angulation"]["size"] == typed


def test_what_was_typed_stays_when_it_is_wrong(form: Form) -> None:
    form.sample("tibia_varus").step("frame").type("Strut 3 (yellow), mm", "12 1")
    form.step("check").step("frame")
    assert form.field("Strut 3 (yellow), mm").value == "12 1"


def test_a_word_taken_away_withdraws_the_plan(form: Form) -> None:
    form.sample("tibia_varus").step("deformity").choose("AP angulation: direction", None)
    assert "Choose varus or valgus." in form.html
    assert "hx-schedule" not in form.step("check").html


def test_an_undone_edit_is_the_file_again(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus").step("deformity").type("AP angulation, deg", "12").type("AP angulation, deg", "14")
    assert form.document == varus


@pytest.mark.hazard("H-08")
def test_a_refused_plan_shows_no_schedule_and_saves_only_the_case(form: Form) -> None:
    form.sample("refused_strut_travel")
    assert "<b>Refused</b>" in form.html
    assert "strut.travel" in form.html
    assert "Refused: no schedule was made." in form.html
    assert "hx-schedule" not in form.html
    assert not [button for button in form.at.button if button.key in ("issue", "sign")]
    assert form.step("prescription").downloads == ["Save the case file"]


def test_levels_are_chosen_added_and_removed(form: Form) -> None:
    document = json.loads((SAMPLES / "tibia_two_levels.json").read_text("utf-8"))
    form.sample("tibia_two_levels")
    assert _settings(form.html) == _planned(document, 0)
    assert "Hexapod 1 of 2" in form.html
    second = form.case.draft["levels"][1]["uid"]
    form.step("frame")
    form.at.button(key=f"level-{second}").click()
    form.run().type("Strut 1 (red), mm", number(document["levels"][1]["frame"]["settings_mm"][0] + 1))
    document["levels"][1]["frame"]["settings_mm"][0] += 1
    assert form.document == document
    form.step("check")
    assert _settings(form.html) == _planned(document, 1)
    form.step("limb")
    form.at.button(key=f"remove-{second}").click()
    form.run()
    del document["levels"][1]
    assert form.document == document
    form.at.button(key="add-level").click()
    form.run().step("check")
    assert "hx-schedule" not in form.html


def test_the_calendar_of_the_clinic_is_entered_and_taken_away(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus").step("limb")
    for day in ("Thursday", "Monday"):
        next(box for box in form.at.checkbox if box.label == day).check()
        form.run()
    form.at.text_area[0].input("2026-12-24, 2026-12-25")
    form.run().choose("Still growing", "yes").step("treatment").type("Minimum strut travel remaining, mm", "4,5")
    varus |= {"clinic_days": ["mon", "thu"], "clinic_closed": ["2026-12-24", "2026-12-25"], "exchange_reserve_mm": 4.5}
    varus["limb"]["child"] = True
    assert form.document == varus
    assert "Closed on Thursday 24 December 2026, Friday 25 December 2026." in form.step("limb").html
    form.at.text_area[0].input("2026-12-24, 25.12.")
    form.run()
    assert "“25.12.”: no date of the calendar. Type it as 2026-12-07" in form.html
    assert "1 to correct" in form.at.button(key="step-limb").label
    form.at.text_area[0].input("")
    for box in [box for box in form.at.checkbox if box.value]:
        box.uncheck()
    form.run().choose("Still growing", None).step("treatment").type("Minimum strut travel remaining, mm", "")
    del varus["clinic_days"], varus["clinic_closed"], varus["exchange_reserve_mm"], varus["limb"]["child"]
    assert form.document == varus


def test_clinic_time_zone_and_times_are_entered_and_taken_away(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus").step("limb")
    form.type("Name of the clinic", "Limb clinic").type("How to reach the clinic", "+34 600 000 000")
    form.at.text_area[1].input("Call us.\nDo not turn the strut.")
    form.at.text_area[2].input("Fever: call us.")
    form.run().type("Time of visits for strut change-outs", "10:30")
    form.type("Time zone of the calendar", "Europe/Madrid").step("treatment")
    assert "Empty: 08:00, 12:00, 16:00, 20:00." in form.html
    form.type("Times of the adjustments (may stay empty)", "07:00, 11:00 15:00 22:30")
    clinic = {
        "name": "Limb clinic",
        "contact": "+34 600 000 000",
        "missed_or_stuck": "Call us.\nDo not turn the strut.",
        "danger_signs": "Fever: call us.",
        "visit_time": "10:30",
    }
    times = ["07:00", "11:00", "15:00", "22:30"]
    wanted = copy.deepcopy(varus) | {"clinic": clinic, "time_zone": "Europe/Madrid"}
    wanted["levels"][0]["adjustment_times"] = times
    assert form.document == wanted
    form.type("Adjustments per day", "3")
    assert "Must be 3 times of the day, earliest first" in form.html
    assert "1 to correct" in form.at.button(key="step-treatment").label
    assert "Times of the day" in form.step("check").html
    form.step("treatment").type("Adjustments per day", "4").type("Times of the adjustments (may stay empty)", "")
    form.step("limb").type("Time zone of the calendar", "Mars")
    assert "Must be a time zone by its place" in form.html
    form.type("Time zone of the calendar", "").type("Name of the clinic", "").type("How to reach the clinic", "")
    form.at.text_area[1].input("")
    form.at.text_area[2].input("")
    assert form.run().type("Time of visits for strut change-outs", "").document == varus


def test_a_case_that_goes_on_from_another_says_so(form: Form, varus: dict[str, Any]) -> None:
    assert "SHA-256 of the previous case" not in [field.label for field in form.at.text_input]
    draft = draft_of(varus | {"derived_from": "ab" * 32})
    token = new_key()
    open_library().as_user(ANYONE).drafts.save(token, 0, storage.text_of(draft))
    again = Form(case=token)
    assert again.field("SHA-256 of the previous case").value == "ab" * 32
    again.type("SHA-256 of the previous case", "")
    assert again.document == varus
    # Still there, so that it can be typed again.
    assert again.field("SHA-256 of the previous case").value == ""


@pytest.mark.slow
def test_girth_docking_gap_and_index_are_entered(form: Form) -> None:
    document = json.loads((SAMPLES / "tibia_transport.json").read_text("utf-8"))
    level = document["levels"][0]
    form.sample("tibia_transport").step("mounting")
    form.type("Girth at the proximal ring, mm", "362,5")
    assert "1 missing" in form.at.button(key="step-mounting").label
    form.type("Girth at the distal ring, mm", "350").step("treatment")
    form.type("Distance to docking on day 0, mm", "60").type("External fixation index, days/cm", "45")
    level |= {"limb_girth_mm": {"proximal": 362.5, "distal": 350}, "docking_gap_mm": 60, "index_days_per_cm": 45}
    assert form.document == document
    form.step("check")
    assert "Docking, mm" in form.html
    assert ">docked</td>" in form.html
    assert "Docking: the bone ends meet on the evening of day" in form.html
    assert "By the external fixation index entered" in form.html


@pytest.mark.parametrize("stem", ["tibia_stacked_transport", "tibia_trifocal"])
@pytest.mark.slow
def test_a_level_that_follows_shows_its_own_schedule(form: Form, stem: str) -> None:
    document = json.loads((SAMPLES / f"{stem}.json").read_text("utf-8"))
    form.sample(stem)
    assert form.document == document
    uids = [level["uid"] for level in form.case.draft["levels"]]
    for index, uid in enumerate(uids):
        form.at.button(key=f"level-{uid}").click()
        form.run()
        assert _settings(form.html) == _planned(document, index)
        assert ("This hexapod compensates" in form.html) == ("couple" in document["levels"][index])


@pytest.mark.slow
def test_a_level_is_made_to_follow_and_to_have_its_stages_again(form: Form) -> None:
    document = json.loads((SAMPLES / "tibia_stacked_transport.json").read_text("utf-8"))
    form.sample("tibia_stacked_transport").step("treatment")
    lower = form.case.draft["levels"][1]["uid"]
    form.at.button(key=f"level-{lower}").click()
    form.run()
    assert "day by day it compensates for the other hexapods" in form.html
    assert not [button for button in form.at.button if button.key == "add-stage"]
    form.choose("This hexapod", "stages").press("open-all").type("Stage 1: name", "wait").choose(
        "Stage type", "hold_days"
    )
    form.type("Hold, days", "9")
    level = document["levels"][1]
    couple, segment = level.pop("couple"), level["segment"]
    level["stages"] = [{"name": "wait", "hold_days": 9}]
    assert form.document == document
    form.choose("This hexapod", "keep-length")
    assert "The stages typed before are kept, but not used." in form.html
    del level["stages"]
    level |= {"couple": couple}
    assert form.document == document
    form.choose("The point from which this hexapod counts", None)
    assert "1 missing" in form.at.button(key="step-treatment").label
    assert "Hexapod 2 · Point on the segment · Where it lies" in form.step("check").html
    form.step("treatment").choose("The point from which this hexapod counts", "same")
    level["segment"] = {"ring": "shared"}
    assert form.document == document
    form.choose("The point from which this hexapod counts", "apart")
    level["segment"] = segment
    assert form.document == document


def test_where_the_levels_should_be_is_shown(form: Form) -> None:
    document = json.loads((SAMPLES / "tibia_stacked_transport.json").read_text("utf-8"))
    document["levels"][0]["course_from"] = {"long_mm": 0.5}
    document["levels"][1]["course_from"] = {"long_mm": 50}
    form.sample("tibia_stacked_transport").step("treatment")
    shown = []
    for index in (0, 1):
        draft = draft_of(document)
        form.case.draft = draft
        form.run()
        form.at.button(key=f"level-{draft['levels'][index]['uid']}").click()
        form.run()
        assert any("Planned position on day 0" in caption.value for caption in form.at.caption)
        wrong = [part for part in form.html.split("<p ") if part.startswith('class="hx-line hx-wrong"')]
        shown.append(any("more than 1.5 marks on each strut explain: leave it out" in part for part in wrong))
    assert shown == [False, True]
    assert "continues the previous plan" in form.step("deformity").html
    uid = form.case.draft["levels"][1]["uid"]
    form.step("treatment").press(f"take-out-{uid}")
    assert "continues the previous plan" not in form.step("deformity").html
    form.step("treatment")
    assert "leave it out" not in form.html
    assert not any("Planned position on day 0" in caption.value for caption in form.at.caption)
    document["levels"][1].pop("course_from")
    assert form.document == document


@pytest.mark.slow
def test_stages_are_added_moved_and_removed(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus").step("treatment").press("open-all")
    stages = varus["levels"][0]["stages"]
    uids = [stage["uid"] for stage in form.case.draft["levels"][0]["stages"]]
    form.at.button(key=f"later-{uids[1]}").click()
    form.run()
    stages[1], stages[2] = stages[2], stages[1]
    assert form.document == varus
    form.at.button(key=f"remove-{uids[0]}").click()
    form.run()
    del stages[0]
    assert form.document == varus
    form.at.button(key="add-stage").click()
    form.run()
    assert "2 missing" in form.at.button(key="step-treatment").label
    form.type(f"Stage {len(stages) + 1}: name", "push")
    form.choose("Stage type", "transport", len(stages))
    form.type("Along the bone, mm", "3").choose("along the bone: direction", "distal_mm")
    stages.append({"name": "push", "transport": {"distal_mm": 3.0}})
    assert form.document == varus


def test_struts_one_by_one_and_of_ones_own(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus").step("frame")
    form.at.toggle[0].set_value(False)
    form.run()
    assert form.document == varus
    form.choose("Strut 2 (orange): family", "own")
    form.type("Shortest setting, mm", "120").type("Longest setting, mm", "190,5").type("Graduation, mm", "0.5")
    varus["levels"][0]["frame"]["struts"][1] = {"min_mm": 120.0, "max_mm": 190.5, "graduation_mm": 0.5}
    assert form.document == varus
    assert "120 to 190,5 mm" in form.html
    # A two-part strut asks for its acute part, and plans nothing before it has it.
    form.choose("Strut 2 (orange): family", "generic").choose("Strut 2 (orange)", "generic-two-part-medium")
    assert "Gradual part: 0 to 40 mm" in form.html
    form.type("Strut 2 (orange): acute part, mm", "12")
    varus["levels"][0]["frame"]["struts"][1] = "generic-two-part-medium@12"
    assert form.document == varus


def test_a_whole_case_typed_by_hand(form: Form, varus: dict[str, Any]) -> None:
    """Every entry of the sample typed anew gives the sample's own plan."""
    level = varus["levels"][0]
    form.type("Case id", varus["id"]).type("Title (may stay empty)", varus["title"])
    form.choose("Side", "right").choose("Bone", "tibia").type("Date of day 0", varus["start_date"])
    form.type("Name of the hexapod", level["name"]).step("deformity")
    form.choose("Reference fragment (fixed)", level["reference"])
    names = _entry_names()
    for word, size in level["deformity"].items():
        form.type(names[word][0], number(size)).choose(names[word][1], word)
    form.type("Diameter of the bone at the osteotomy, mm", number(level["bone"]["diameter_mm"]))
    for word, size in level["bone"]["osteotomy"].items():
        form.type("Osteotomy level from the corresponding point, mm", number(size))
        form.choose("osteotomy level from the corresponding point: direction", word)
    form.at.button(key="add-structure").click()
    form.run().type("Structure 1: name", level["structures_at_risk"][0]["name"])
    places = {
        "lateral_mm": "across, on the AP view",
        "posterior_mm": "across, on the lateral view",
        "proximal_mm": "along the bone",
    }
    for word, size in level["structures_at_risk"][0]["at"].items():
        label = places[word]
        form.type(f"{label[0].upper()}{label[1:]}, mm", number(size)).choose(f"{label}: direction", word)
    form.type("Its own maximum rate, mm per day", number(level["structures_at_risk"][0]["limit_mm_per_day"]))
    form.step("frame")
    for k, reading in enumerate(level["frame"]["settings_mm"]):
        colour = ("red", "orange", "yellow", "green", "blue", "violet")[k]
        form.type(f"Strut {k + 1} ({colour}), mm", number(reading))
    form.choose("Mode", level["frame"]["settings_at"])
    for part, model in (("Proximal ring", "full-155"), ("Distal ring", "full-155"), ("All struts", "medium")):
        form.choose(f"{part}: family", "generic").choose(part, f"generic-{model}")
    form.run().step("mounting")
    for word, size in level["mounting"].items():
        label = _mounting_names()[word]
        form.type(f"{label[0].upper()}{label[1:]}, {word[-3:].strip('_')}", number(size)).choose(
            f"{label}: direction", word
        )
    form.step("treatment").press("open-all").type("Maximum rate, mm per day", "1").type("Adjustments per day", "4")
    for k, stage in enumerate(level["stages"]):
        if k:
            form.at.button(key="add-stage").click()
            form.run()
        form.type(f"Stage {k + 1}: name", stage["name"])
        kind = next(kind for kind in ("hold_days", "correct_to", "transport") if kind in stage)
        form.choose("Stage type", kind, k)
        if kind == "hold_days":
            form.type(
                "Hold, days",
                number(stage["hold_days"]),
                [s for s in level["stages"][: k + 1] if "hold_days" in s].__len__() - 1,
            )
        else:
            before = len([s for s in level["stages"][:k] if "correct_to" in s])
            for word, size in stage["correct_to"].items():
                form.type(names[word][0], number(size), before).choose(names[word][1], word, before)
    typed = form.document
    assert typed == varus
    assert _settings(form.step("check").html) == _planned(varus)


@pytest.mark.hazard("H-01", "H-02")
def test_the_two_words_stand_in_the_order_of_their_drawing(form: Form) -> None:
    form.step("limb").choose("Side", "right").choose("Bone", "tibia")
    form.step("deformity").choose("Reference fragment (fixed)", "proximal")
    assert _words(form, "AP angulation: direction") == ["valgus", "varus"]
    assert _words(form, "axial translation: direction") == ["short", "long"]
    form.choose("AP angulation: direction", "varus_deg")
    form.step("limb").choose("Side", "left").step("deformity")
    assert _words(form, "AP angulation: direction") == ["varus", "valgus"]
    group = next(one for one in form.at.button_group if one.label == "AP angulation: direction")
    assert group.value == "varus_deg"
    assert form.case.draft["levels"][0]["deformity"]["AP angulation"]["word"] == "varus_deg"


def _words(form: Form, label: str) -> list[str]:
    return next(one for one in form.at.button_group if one.label == label).options


def _entry_names() -> dict[str, tuple[str, str]]:
    pairs = {
        "AP angulation, deg": ("varus_deg", "valgus_deg"),
        "Lateral angulation, deg": ("apex_anterior_deg", "apex_posterior_deg"),
        "Axial rotation, deg": ("internal_rotation_deg", "external_rotation_deg"),
        "AP translation, mm": ("medial_mm", "lateral_mm"),
        "Lateral translation, mm": ("anterior_mm", "posterior_mm"),
        "Axial translation, mm": ("short_mm", "long_mm"),
    }
    quantity = {label: label.rpartition(",")[0] for label in pairs}
    small = {label: name if name.startswith("AP") else name[0].lower() + name[1:] for label, name in quantity.items()}
    return {word: (label, f"{small[label]}: direction") for label, words in pairs.items() for word in words}


def _mounting_names() -> dict[str, str]:
    return {
        "medial_mm": "AP frame offset",
        "lateral_mm": "AP frame offset",
        "anterior_mm": "lateral frame offset",
        "posterior_mm": "lateral frame offset",
        "proximal_mm": "axial frame offset",
        "distal_mm": "axial frame offset",
        "internal_rotation_deg": "rotary frame offset",
        "external_rotation_deg": "rotary frame offset",
        "leans_medial_deg": "tilt on the AP view",
        "leans_lateral_deg": "tilt on the AP view",
        "leans_anterior_deg": "tilt on the lateral view",
        "leans_posterior_deg": "tilt on the lateral view",
    }


@pytest.mark.hazard("H-13")
def test_an_error_inside_the_program_leaves_no_schedule(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    form.sample("tibia_varus")
    assert "hx-schedule" in form.html

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr("hexapod.app.steps.check.schedule_html", broken)
    form.run()
    assert "hx-schedule" not in form.html
    assert not form.downloads
    assert "no schedule was made" in form.at.error[0].value


@pytest.mark.hazard("H-21")
def test_a_draft_is_found_again_by_its_address(form: Form) -> None:
    form.type("Case id", "kept-1").choose("Side", "left")
    again = Form(case=form.case.token)
    assert again.field("Case id").value == "kept-1"
    assert "LEFT BONE?" in again.html


@pytest.mark.parametrize("token", ["../../etc/passwd", "0" * 24, "sample-../../etc/passwd"])
def test_an_unknown_address_leads_to_the_list_with_the_reason(token: str) -> None:
    form = Form(case=token)
    assert "no case “" in form.html or "no such case" in form.html
    assert '<h1 class="hx-title">Hexapod planner</h1>' in form.html
    assert not form.at.query_params


@pytest.mark.hazard("H-13")
def test_a_browser_that_still_reports_the_fields_of_the_case_before(form: Form, varus: dict[str, Any]) -> None:
    """Seen with several tabs at once: a step is clicked before the browser has dropped the empty fields of before."""
    late = form.field("Case id")._widget_state
    form.sample("tibia_varus")
    reported = form.at._tree.get_widget_states()
    reported.widgets.append(late)
    form.at._run(reported)
    assert form.document == varus
    assert plan_id(hexapod.read_case(varus)) in form.html


@pytest.mark.hazard("H-13")
def test_a_field_of_the_case_before_does_not_write_into_the_case_just_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    case = without_page(monkeypatch, blank_draft(), {"old|id": "x", "now|title": "y"})
    session.read_widgets()
    entries.absorb()
    assert (case.draft["id"], case.draft["title"]) == ("", "y")
    kept = open_library().as_user(ANYONE).drafts.load(case.token)
    assert kept is not None
    assert (storage.draft_in(kept.text), kept.revision) == (case.draft, 1)


def test_text_of_a_case_never_becomes_markup(form: Form) -> None:
    nasty = '<img src=x onerror=alert(1)>"&'
    form.sample("tibia_varus").step("treatment").press("open-all").type("Stage 1: name", nasty)
    form.step("limb").type("Name of the hexapod", nasty).step("check")
    assert "hx-schedule" in form.html
    assert "<img src=x" not in form.html
    assert "&lt;img" in form.html


STEPS_WITH_ENTRIES = ("limb", "frame", "deformity", "mounting", "treatment")


@pytest.mark.parametrize("stem", ["tibia_varus", "tibia_stacked_transport", "new"])
def test_every_entry_has_its_line_of_help(form: Form, monkeypatch: pytest.MonkeyPatch, stem: str) -> None:
    """As long as nothing is wrong with it: then the line says what."""
    helped: dict[tuple[str, ...], str] = {}
    message = fields.message

    def seen(outcome: Any, path: tuple[str, ...], hint: str = "", **how: bool) -> None:
        if not how.get("whole"):
            helped[path] = hint
        message(outcome, path, hint, **how)

    monkeypatch.setattr(fields, "message", seen)
    if stem != "new":
        form.sample(stem)
    for step in STEPS_WITH_ENTRIES:
        form.step(step)
        if "open-all" in {button.key for button in form.at.button}:
            form.press("open-all")
    assert len(helped) > 25
    assert [path for path, hint in helped.items() if not hint and not _told_once(path)] == []


def _told_once(path: tuple[str, ...]) -> bool:
    """Whether the help stands once above all sizes of an entry, or at the first part of the page."""
    if path[-1] in ("distal_ring", "every_strut"):
        return True
    row, inside = field_at(path)
    return row is not None and len(row.pairs) > 1 and isinstance(row.hint, str) and bool(row.hint and inside)


@pytest.mark.hazard("H-26")
def test_the_ring_of_a_segment_is_chosen_and_taken_back(form: Form) -> None:
    document = json.loads((SAMPLES / "tibia_stacked_transport.json").read_text("utf-8"))
    form.sample("tibia_stacked_transport").step("treatment")
    assert not [one for one in form.at.button_group if one.label == "The ring on the segment"]
    lower = form.case.draft["levels"][1]["uid"]
    form.at.button(key=f"level-{lower}").click()
    form.run()
    form.choose("The ring on the segment", None)
    del document["levels"][1]["segment"]["ring"]
    assert form.document == document
    assert "segment.ring_unsaid" in form.step("check").html
    form.step("treatment").choose("The ring on the segment", "separate")
    document["levels"][1]["segment"]["ring"] = "separate"
    assert form.document == document

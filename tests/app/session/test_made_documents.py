"""Documents in the step Prescription: which stand there, of which plan, and when they are taken away."""

from __future__ import annotations

import base64
import io
import json
import re
import sys
import zipfile
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import hexapod
from hexapod.app.session.acknowledgements import Answers, Caution, acknowledgements_of, cautions_of, missing
from hexapod.checks.findings import grouped
from hexapod.documents.document_set import PrintOptions, documents, zipped
from hexapod.errors import HexapodError
from hexapod.library import ANYONE, Records, open_library
from hexapod.plan.plan_file import plan_sha256
from hexapod.plan.sign_off import Acknowledgement
from hexapod.preoperative.end_error import Goal
from tests.app.driver import CLINIC_ZONE, SAMPLES, Form

NAME = "Your name, as it shall stand below the plan"
ONLY_CASE = ["Save the case file"]
ALL = "Save all (ZIP)"


def _records() -> Records:
    return open_library().as_user(ANYONE)


def _plan(document: dict[str, Any]) -> hexapod.Plan:
    return hexapod.make_plan(hexapod.read_case(document))


def _expected(document: dict[str, Any], options: PrintOptions | None = None) -> dict[str, bytes]:
    """Every document but the case file by its name."""
    found = documents(_plan(document), replace(options or PrintOptions(), time_zone=CLINIC_ZONE))
    return {document.name: document.content() for document in found if document.kind != "case"}


def _offered(form: Form) -> dict[str, bytes]:
    plan_documents = form.case.plan_documents
    return {} if plan_documents is None else {made.document.name: made.content for made in plan_documents.made}


def _titles(document: dict[str, Any]) -> set[str]:
    return {one.title for one in documents(_plan(document)) if one.kind != "case"}


def _hurried(form: Form) -> Form:
    """The sample with a stage too short: two cautions."""
    return form.sample("tibia_varus").step("treatment").press("open-all").type("Fixed length, days", "8").step("check")


@pytest.mark.parametrize("stem", ["tibia_varus", "tibia_two_levels"])
def test_every_document_is_there_when_the_step_opens(form: Form, stem: str) -> None:
    document = json.loads((SAMPLES / f"{stem}.json").read_text("utf-8"))
    form.sample(stem).step("prescription")
    assert set(form.downloads) == _titles(document) | {*ONLY_CASE, ALL}
    assert _offered(form) == _expected(document)
    assert plan_sha256(_plan(document))[:12] in form.html


def test_one_button_has_all_of_them_and_every_button_tells_a_size(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus").make()
    labels = [button.label for button in form.at.get("download_button") if button.label != ONLY_CASE[0]]
    assert all(re.search(r" · [0-9.]+ [kM]B$", label) for label in labels)
    plan = _plan(varus)
    files = {one.name: one.content() for one in documents(plan)}
    whole = zipped(plan, files, draft=True)
    assert whole.name.endswith(f"_DRAFT_proximal-tibia_documents_{plan_sha256(plan)[:12]}.zip")
    with zipfile.ZipFile(io.BytesIO(whole.content())) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert zipped(plan, files, draft=True).content() == whole.content()


@pytest.mark.hazard("H-13")
@pytest.mark.slow
def test_language_and_paper_are_those_chosen_and_change_no_fingerprint(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus").step("prescription").press("unmake")
    assert form.downloads == ONLY_CASE
    form.choose("Language of the patient's documents", "es").choose("Paper", "letter")
    assert form.document == varus
    form.press("make")
    assert _offered(form) == _expected(varus, PrintOptions("es", "letter"))
    assert "Español" in form.html
    assert form.case.plan_documents.plan_sha256 == plan_sha256(_plan(varus))
    assert form.document == varus


@pytest.mark.slow
def test_the_choices_are_kept_while_another_step_is_shown(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus").step("prescription").press("unmake")
    form.choose("Language of the patient's documents", "fr").step("limb").make()
    assert _offered(form) == _expected(varus, PrintOptions("fr"))
    form.step("limb").step("prescription")
    assert _offered(form) == _expected(varus, PrintOptions("fr"))
    assert set(form.downloads) > set(ONLY_CASE)
    form.step("limb").sample("tibia_varus").step("prescription")
    assert _offered(form) == _expected(varus)


@pytest.mark.hazard("H-13")
def test_language_and_paper_of_the_clinic_hold_until_others_are_chosen_for_a_patient(form: Form) -> None:
    form.sample("tibia_varus").step("limb").choose("Usual language of the patients", "de").choose("Paper", "letter")
    assert "documents in Deutsch, on US Letter." in form.step("prescription").html
    form.press("unmake").choose("Language of the patient's documents", "fr").press("make")
    assert "documents in Français, on US Letter." in form.html
    # That patient's language is not the clinic's.
    assert form.case.draft["language"] == "de"


def test_what_is_printed_can_be_changed_only_after_the_documents_are_taken_away(form: Form) -> None:
    _hurried(form).acknowledge().make()
    assert not [
        group for group in form.at.button_group if group.label in ("Paper", "Language of the patient's documents")
    ]
    assert not form.at.text_input
    form.press("unmake")
    assert form.downloads == ONLY_CASE
    assert _offered(form) == {}
    assert not form.at.button(key="make").disabled
    assert [field.value for field in form.step("check").at.text_input][:3] == ["seen 1", "seen 2", "AB"]


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("typed", ["", "9", "x"])
def test_documents_are_gone_with_any_other_entry_and_there_again_when_it_is_undone(form: Form, typed: str) -> None:
    first = _offered(form.sample("tibia_varus").make())
    form.step("deformity").type("AP angulation, deg", typed)
    assert _offered(form) == {}
    form.step("prescription")
    assert form.downloads == ([] if typed != "9" else ONLY_CASE), "of 9 deg there is something to acknowledge first"
    assert _offered(form) == {}
    form.step("deformity").type("AP angulation, deg", "14").step("prescription")
    assert _offered(form) == first


@pytest.mark.hazard("H-08")
def test_a_refused_plan_has_no_documents_and_no_button_for_them(form: Form) -> None:
    form.sample("refused_strut_travel").step("prescription")
    assert form.downloads == ONLY_CASE
    assert not [button for button in form.at.button if button.key == "make"]


def _reasons(form: Form) -> list[Any]:
    """The fields for the reasons of the warnings that are not acknowledged yet."""
    return [field for field in form.at.text_input if field.label.startswith("Reason for")]


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("lacking", ["name", "reason 1", "reason 2", "blank name", "blank reason"])
@pytest.mark.some(3)
@pytest.mark.slow
def test_nothing_is_made_while_any_part_of_an_acknowledgement_lacks(form: Form, lacking: str) -> None:
    _hurried(form)
    assert len(_reasons(form)) == len(grouped(_plan(form.document).findings)) == 2
    assert not any(field.value for field in _reasons(form))
    assert not form.can_make()
    assert form.at.button(key="issue").disabled
    assert "Before: your name; your reason for 2 of 2 warnings." in form.html
    form.acknowledge()
    assert form.can_make()
    assert not form.at.button(key="issue").disabled
    reasons = _reasons(form)
    what, _, number = lacking.partition(" ")
    match what:
        case "name":
            form.field("Your name, for the warnings and the signature").input("")
        case "reason":
            reasons[int(number) - 1].input("")
        case _:
            (form.field("Your name, for the warnings and the signature") if number == "name" else reasons[0]).input(
                " \u00a0"
            )
    form.run()
    assert form.at.button(key="issue").disabled
    form.step("prescription")
    assert form.at.button(key="make").disabled
    assert "Before documents can be made, in step Check: " in form.html
    assert form.downloads == ONLY_CASE


@pytest.mark.hazard("H-13")
def test_a_reason_taken_away_with_the_very_click_that_leads_to_the_documents(form: Form) -> None:
    _hurried(form).acknowledge()
    _reasons(form)[1].input("")
    form.at.button(key="step-prescription").click()
    form.run()
    assert form.at.button(key="make").disabled


def test_who_accepts_a_caution_and_why_reach_the_report(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    def report(_plan: object, options: PrintOptions) -> bytes:
        return repr([(one.code, one.level, one.by, one.reason) for one in options.acknowledgements]).encode()

    monkeypatch.setattr("hexapod.documents.clinician_report.document.clinician_report", report)
    _hurried(form).acknowledge("AB", "why").make()
    told = b"[('rate.high', 0, 'AB', 'why 1'), ('rate.above_limit', 0, 'AB', 'why 2')]"
    assert told in _offered(form).values()


@pytest.mark.hazard("H-06")
def test_the_report_has_the_goal_of_the_step_check_and_is_made_anew_with_another(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "hexapod.documents.clinician_report.document.clinician_report", lambda _, options: repr(options.goal).encode()
    )
    form.sample("tibia_varus").step("prescription")
    assert repr(Goal(5.0, 5.0)).encode() in _offered(form).values()
    form.step("check").type("To end within an angle of, deg", "2").type("To end within a distance of, mm", "3")
    form.step("prescription")
    assert repr(Goal(2.0, 3.0)).encode() in _offered(form).values()


def test_who_accepts_a_caution_and_why_are_printed(form: Form) -> None:
    _hurried(form).acknowledge(" Dr Ä. B. ", "because").make()
    plan = _plan(form.document)
    codes = [group.worst.code for group in grouped(plan.findings)]
    said = tuple(Acknowledgement(code, 0, "Dr Ä. B.", f"because {k}") for k, code in enumerate(codes, start=1))
    assert form.case.plan_documents.acknowledgements == said
    assert _offered(form) == _expected(form.document, PrintOptions(acknowledgements=said))


@pytest.mark.hazard("H-13")
def test_a_reason_taken_away_takes_the_documents_away(form: Form) -> None:
    _hurried(form).acknowledge().make().step("check")
    _reasons(form)[0].input("")
    form.run()
    assert [field.value for field in form.at.text_input][:3] == ["", "seen 2", "AB"]
    form.step("prescription")
    assert form.downloads == ONLY_CASE
    assert _offered(form) == {}
    assert form.at.button(key="make").disabled
    _reasons(form.step("check"))[0].input("seen 1")
    assert _offered(form.run().step("prescription"))


@pytest.mark.hazard("H-13")
@pytest.mark.slow
def test_what_was_said_to_cautions_is_wiped_with_any_entry(form: Form) -> None:
    _hurried(form).acknowledge()
    form.step("limb").step("check")
    assert form.can_make()
    for title in ("other", form.document["title"]):
        form.step("limb").type("Title (may stay empty)", title).step("check")
        assert not any(field.value for field in form.at.text_input)
        assert not form.can_make()


@pytest.mark.hazard("H-13")
@pytest.mark.slow
def test_a_browser_that_still_reports_what_was_said_to_another_plan(form: Form) -> None:
    _hurried(form).acknowledge()
    late = [field._widget_state for field in form.at.text_input]
    form.step("limb").type("Title (may stay empty)", "other").step("check")
    reported = form.at._tree.get_widget_states()
    reported.widgets.extend(late)
    form.at._run(reported)
    assert not any(field.value for field in _reasons(form))
    assert not form.can_make()


@pytest.mark.slow
def test_a_document_that_cannot_be_made_says_why_and_keeps_no_other_back(form: Form, varus: dict[str, Any]) -> None:
    form.sample("tibia_varus").step("limb").type("Name of the hexapod", "胫骨").make()
    assert "Patient sheet (PDF): not made. “胫” in “胫骨” cannot be printed" in form.html
    assert "Patient sheet (PDF)" not in form.downloads
    assert "Schedule, a row a day (CSV)" in form.downloads
    varus["levels"][0]["name"] = "胫骨"
    found = {one.name: one for one in documents(_plan(varus), PrintOptions(time_zone=CLINIC_ZONE))}
    for name, content in _offered(form).items():
        if content is not None:
            assert content == found[name].content()


def test_the_name_of_a_level_is_no_markup_on_a_button(form: Form) -> None:
    form.sample("tibia_two_levels").step("limb").type("Name of hexapod 1", "![x](http://y) :red[z]")
    form.step("check")
    levels = [button.label for button in form.at.button if "http" in button.label]
    assert levels == [r"Hexapod 1: !\[x\](http\://y) \:red\[z\]"]
    form.make()
    labels = [*form.downloads, *(button.label for button in form.at.button)]
    named = [label for label in labels if "http" in label]
    assert len(named) == 2
    assert all(r"!\[x\](http\://y) \:red\[z\]" in label for label in named)


@pytest.mark.slow
def test_the_calendar_of_a_plan_that_no_library_holds_is_asked_for_and_a_wrong_one_is_told(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    def calendar(_plan: object, options: PrintOptions) -> bytes:
        if options.earlier_calendar == b"wrong":
            raise HexapodError("That is no calendar.")
        return b"new after " + (options.earlier_calendar or b"none")

    monkeypatch.setattr("hexapod.documents.calendar.document.calendar", calendar)
    form.sample("tibia_varus").step("prescription")
    assert b"new after none" in _offered(form).values(), "a case of its own continues nothing"
    form.case.draft["derived_from"] = "0" * 64
    form.run()
    question = "This plan continues one that the library does not hold. Has the patient a calendar of that one?"
    assert "say whether the patient has the calendar of the earlier plan" in form.html
    assert form.at.button(key="make").disabled
    form.choose(question, "yes")
    assert form.at.button(key="make").disabled
    form.at.file_uploader[0].set_value(("old.ics", b"old", "text/calendar"))
    form.run().press("make")
    assert b"new after old" in _offered(form).values()
    assert "Earlier calendar replaced: old.ics." in form.html
    form.press("unmake")
    form.choose(question, "yes").at.file_uploader[0].set_value(("bad.ics", b"wrong", "text/calendar"))
    form.run().press("make")
    assert "Calendar: not made. That is no calendar." in form.html
    assert "Patient sheet (PDF)" in form.downloads
    form.press("unmake").choose(question, "no").press("make")
    assert b"new after none" in _offered(form).values()


@pytest.mark.hazard("H-16")
def test_a_signed_plan_waits_for_the_time_zone_of_its_calendar(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEXAPOD_TIME_ZONE")
    form.sample("tibia_varus").step("check").press("issue").type(NAME, "Dr A. B.").press("sign").step("prescription")
    assert "Before documents can be made: choose the time zone of the calendar." in form.html
    assert form.at.button(key="make").disabled
    zones = form.at.selectbox[0]
    assert "Europe/Madrid" in zones.options
    assert not {"EST", "Etc/GMT+3", "UTC"} & set(zones.options)
    zones.select("America/Sao_Paulo")
    form.run().press("make")
    (book,) = [content for name, content in _offered(form).items() if name.endswith(".ics")]
    assert b"DTSTART;TZID=America/Sao_Paulo:" in book


def test_cautions_of_two_levels_are_acknowledged_one_by_one() -> None:
    both = [Caution("rate.high", 0), Caution("rate.high", 1)]
    one = Answers(by="AB", to={both[0]: "r"})
    assert missing(both, one) == ["your reason for 1 of 2 warnings"]
    assert acknowledgements_of(both, one) == ()
    assert acknowledgements_of(both[:1], one) == (Acknowledgement("rate.high", 0, "AB", "r"),)
    assert missing([], Answers()) == []


def test_a_plan_without_cautions_has_none_to_acknowledge(varus: dict[str, Any]) -> None:
    assert cautions_of(_plan(varus)) == []
    refused = hexapod.make_plan(hexapod.load_case(SAMPLES / "refused_strut_travel.json"))
    assert cautions_of(refused) == []


@pytest.mark.hazard("H-06")
def test_what_a_wrong_mounting_would_do_is_told_before_a_plan_is_accepted(form: Form) -> None:
    form.sample("femur_lengthening").step("check")
    told = form.html.replace("&nbsp;", " ").replace("\N{NO-BREAK SPACE}", " ")
    assert "Left at the end, with 90 % chance: at most 2.4 deg and 3.0 mm" in told
    assert "If the ring really sits otherwise by one SD" in told
    assert "tilted 0.6 deg more posterior than entered: the bone ends 0.4 mm off" in told
    assert "Otherwise nothing changes at the end." in told


@pytest.mark.hazard("H-14")
def test_only_a_signed_plan_is_printed_without_draft_and_with_its_signature(form: Form) -> None:
    form.sample("tibia_varus").step("limb").type("Case id", "signed-1").make()
    assert all("_DRAFT_" in name for name in _offered(form))
    form.step("check").press("issue").type(NAME, "Dr A. B.").press("sign")
    assert form.case.plan_documents is None, "the drafts are taken away"
    form.make()
    (signed,) = [one.sign_off for one in _records().plans.of(form.case.token)]
    assert signed is not None
    assert form.case.plan_documents.signature == signed
    assert _offered(form) == _expected(form.document, PrintOptions(signature=signed))
    assert not any("DRAFT" in name for name in _offered(form))
    before = form.document
    form.step("limb").press("revise").type("Title (may stay empty)", "another").make()
    assert all("_DRAFT_" in name for name in _offered(form)), "another plan, which nobody has signed"
    # The signed one stays to be printed beside it, the same as before.
    form.choose("Documents of", "signed")
    assert _offered(form) == _expected(before, PrintOptions(signature=signed))
    assert all("_DRAFT_" in name for name in _offered(form.choose("Documents of", "draft")))


@pytest.mark.slow
def test_a_signed_plan_is_also_made_for_the_hospitals_record(form: Form) -> None:
    form.sample("tibia_varus").step("limb").type("Case id", "record-1").make().press("unmake")
    assert not [field for field in form.at.text_input if "FHIR" in field.label], "drafts go nowhere"
    form.step("check").press("issue").type(NAME, "Dr A. B.").press("sign").step("prescription")
    form.type("Patient on the FHIR server", "Mrs Somebody").type(
        "Patient's number in the image archive (DICOM)", "4711"
    )
    form.make()
    assert "FHIR R4 bundle (JSON): not made. Mrs Somebody is no reference to a patient: type it as" in form.html
    assert sum("(DICOM)" in label for label in form.downloads) == 2, "sheet and report"
    form.press("unmake").type("Patient on the FHIR server", "Patient/9").make()
    bundle = json.loads(next(one for name, one in _offered(form).items() if "-fhir" in name or "_fhir" in name))
    assert bundle["entry"][0]["resource"]["subject"] == {"reference": "Patient/9"}
    assert "Patient/9" not in json.dumps(form.document), "the case does not know the patient"


def test_the_pdf_on_the_page_is_the_very_one_that_is_saved(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes with the page and not under an address, where it would be gone with the next run."""
    seen: list[bytes] = []

    def shown(file: str, **_: Any) -> None:
        head, _, content = file.partition(",")
        assert head == "data:application/pdf;base64"
        seen.append(base64.b64decode(content, validate=True))

    monkeypatch.setitem(sys.modules, "streamlit_pdf", SimpleNamespace(pdf_viewer=shown))
    form.sample("tibia_varus").make()
    plan_documents = form.case.plan_documents
    sheet, report = (made.content for made in plan_documents.made if made.document.kind in ("sheet", "report"))
    assert seen == [sheet]
    form.choose("PDF shown", next(made.document.name for made in plan_documents.made if made.document.kind == "report"))
    assert seen[-1] == report


def test_documents_of_a_signed_plan_are_reached_in_an_archived_case_that_was_never_printed(form: Form) -> None:
    """They are recorded as any that are handed out; nothing else of the case can be changed."""
    form.sample("tibia_varus").step("treatment").type("Maximum rate, mm per day", "0,9").step("check")
    key = form.type(NAME, "Dr A. B.").press("sign-now").case.token
    _records().cases.archive(key, "moved away")
    assert not _records().plans.load(key, 1).documents
    again = Form(case=key, step="prescription")
    offered = _offered(again)
    assert len(offered) > 2
    assert {one.name for one in _records().plans.load(key, 1).documents} == set(offered)
    assert _records().cases.look(key).archived

"""The step Prescription: documents of the plan, DRAFT until it is signed; of the signed plan while another is drafted.

They are made when the step opens.  While they stand on the page there is no field beside them: a file could otherwise
hold what a field said before.  Whoever changes how they are printed takes them away first.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from html import escape
from typing import TypeVar

import streamlit as st

from hexapod.app.draft.draft_model import Path
from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.typed_text import typed_goal
from hexapod.app.session import library_access, made_documents, session, visit
from hexapod.app.session.acknowledgements import Answers, acknowledgements_of, cautions_of, count_of, missing
from hexapod.app.session.entries import action
from hexapod.app.session.made_documents import Choices, PlanDocuments, keep_record, make_documents, must_still_be
from hexapod.app.sign_in import user as who
from hexapod.app.steps import check_sign_off, home_link
from hexapod.app.steps.check import no_plan
from hexapod.app.steps.hospital_record import DICOM, FHIR, patient_fields
from hexapod.app.widgets.browser_scripts import reach_by_keys
from hexapod.app.widgets.panels import plain
from hexapod.case.field_types import TIME_ZONE, places
from hexapod.case.model import Case
from hexapod.documents.document_set import Document, case_document, zipped
from hexapod.library import StoredPlan, models
from hexapod.plan.make_plan import Plan, Refusal
from hexapod.plan.plan_file import short_fingerprint
from hexapod.plan.sign_off import Acknowledgement, EarlierPlan, Signature
from hexapod.text.field_kinds import PAPERS
from hexapod.text.languages import LANGUAGES

T = TypeVar("T", bound=str)
# Of a content, what a button calls for it.
HandOut = Callable[[bytes], Callable[[], bytes]]
# The patient's documents stand in a column of their own.
FOR_THE_PATIENT = ("sheet", "calendar")
LANGUAGE, PAPER, CALENDAR = ("print", "language"), ("print", "paper"), ("print", "calendar")
ZONE, HAS_CALENDAR, BY_STRUT = ("print", "time zone"), ("print", "has calendar"), ("print", "by strut")
# Calendars of ours are below one megabyte; earlier versions wrote up to two.
LARGEST_CALENDAR_MB = 3
LOOK_AT = ("print", "look at")
# The first page at the width of its column, and a little of the next one.
PREVIEW_PX = 640
WHICH = ("print", "which")


def show(outcome: Outcome) -> None:
    """The whole step.  Without a plan of these very entries there is no document but those of the signed plan."""
    signed = session.of_library().in_force
    session.opened().printed_case = ""
    if signed is not None and signed != session.of_library().recorded and _which(signed.number) == "signed":
        _signed()
        return
    if outcome.plan is None or outcome.case is None:
        no_plan(outcome)
        return
    answers = check_sign_off.answers_now(outcome.plan)
    _documents(outcome, outcome.plan, answers, session.of_library().recorded)


def _which(number: int) -> str:
    """Whose documents are shown while a draft is edited beside a signed plan."""
    key = session.seed(session.widget_key(WHICH), "draft")
    names = {"signed": f"Plan {number}, signed, that the patient follows", "draft": "The draft on this page"}
    shown = list(names)
    chosen = st.segmented_control("Documents of", shown, format_func=names.__getitem__, key=key, required=True)
    return chosen or "draft"


def _signed() -> None:
    """The documents of the signed plan, as long as this program makes it the same."""
    following = visit.in_force()
    if following is None or following.plan is None or following.recorded is None:
        reason = following.stale if following is not None else "No plan is signed any more."
        st.html(f'<p class="hx-alarm" role="alert">{escape(reason)} Its documents are not made anew.</p>')
        return
    case, plan = following.case, following.plan
    session.opened().printed_case = case.sha256
    of = Outcome((), case, plan, following.recorded.plan_sha256)
    _documents(of, plan, Answers(case.sha256), following.recorded)


def _documents(outcome: Outcome, plan: Plan | Refusal, answers: Answers, recorded: StoredPlan | None) -> None:
    """The choices and the button that makes the documents, or the documents to be saved."""
    case = plan.case
    st.subheader("Documents", anchor=False)
    if isinstance(plan, Refusal):
        status = "Refused: there is no schedule, only the case file. The step Check says why."
        st.html(f'<p class="hx-refusal">{status}</p>')
        _save(case_document(case), "Save the case file")
        return
    lacking, accepted = _accepted(plan, answers, recorded)
    signed = recorded.sign_off if recorded is not None and recorded.state == "signed" else None
    stopped = recorded is not None and recorded.state == "stopped"
    _forget_others(outcome, accepted, signed, lacking=bool(lacking))
    status = f"signed by {signed.name}" if signed else "not signed: every document says DRAFT"
    if stopped:
        status = "stopped: its calendar cancels the reminders in the patient's phone; every other document says DRAFT"
    st.html(
        f'<p class="hx-plan-print">Plan ID <code>{short_fingerprint(outcome.prescribed)}</code>, on every page and in '
        f"every file name · <b>{escape(status)}</b></p>"
    )
    if recorded is not None and signed is not None:
        home_link.show(recorded.number, signed.plan_sha256)
    state = session.opened()
    asked = _asks_for_calendar(case)
    zone = _zone_of(case, state.choices)
    unanswered = (signed and zone is None) or (asked and not state.choices.answered)
    if lacking or (state.plan_documents is None and (state.choosing or unanswered)):
        _choices(case, lacking, signed=signed is not None, asked=asked)
        return
    if state.plan_documents is None:
        with st.spinner("Making the documents …"):
            before = recorded or session.of_library().replaced
            elsewhere = before.elsewhere if before else None
            choices = replace(_chosen(), time_zone=zone)
            since = (recorded.ended_at or "") if recorded is not None and stopped and recorded.sign_off else ""
            made = make_documents(
                plan, choices, accepted, signed, elsewhere, _earlier(case, recorded), session.token(), since
            )
            state.plan_documents = made if recorded is None else keep_record(made, recorded, session.token())
    _plan_documents(plan, state.plan_documents, _asked_again(recorded))


def _asked_again(recorded: StoredPlan | None) -> HandOut:
    """What hands out a document of this plan: the library, if it has the case, is asked once more whether it may be."""
    token, revision = session.token(), session.opened().revision
    # Asked here, where it is known who is at the page: the button's own call comes without that.
    records = library_access.records() if token else None

    def asked(content: bytes) -> bytes:
        if records is not None:
            must_still_be(records, token, recorded, revision)
        return content

    return lambda content: made_documents.when_pressed(partial(asked, content), token)


def _accepted(
    plan: Plan, answers: Answers, recorded: StoredPlan | None
) -> tuple[list[str], tuple[Acknowledgement, ...]]:
    """What is lacking before documents can be made, and the cautions accepted, by the library once it has the plan."""
    cautions = cautions_of(plan)
    if recorded is None:
        return missing(cautions, answers), acknowledgements_of(cautions, answers)
    accepted = models.acknowledgements_of(recorded.cautions)
    known = {(one.code, one.level) for one in accepted}
    left = sum(tuple(one) not in known for one in cautions)
    return [f"{count_of(left, 'warning')} not acknowledged"] if left else [], accepted


def _forget_others(
    outcome: Outcome, accepted: tuple[Acknowledgement, ...], signature: Signature | None, *, lacking: bool
) -> None:
    """Documents of any other plan, reasons, signature or goal are taken away."""
    state, plan_documents = session.opened(), session.opened().plan_documents
    if lacking:
        state.plan_documents = None
    elif plan_documents is not None:
        of = (plan_documents.plan_sha256, plan_documents.acknowledgements, plan_documents.signature)
        goal = typed_goal(session.draft())[0]
        if (*of, plan_documents.choices.goal) != (outcome.prescribed, accepted, signature, goal):
            state.plan_documents = None


def _earlier(case: Case, recorded: StoredPlan | None) -> tuple[EarlierPlan, ...]:
    """The plans that were signed before this one, as far as the library holds them."""
    token = session.token()
    if not token:
        return ()
    # The calendar of a stopped plan cancels its own entries, too.
    number = None if recorded is None else recorded.number + (recorded.state == "stopped")
    return library_access.records().sheets.earlier(token, number, case.derived_from)


def _asks_for_calendar(case: Case) -> bool:
    """Whether the plan continues one whose calendar nobody here knows; those of plans in the library are known."""
    before = case.derived_from
    return before is not None and not (session.token() and library_access.records().sheets.holds(before))


def _zone_of(case: Case, choices: Choices) -> str | None:
    """The time zone of the calendar: the case's, the one chosen, or the clinic's."""
    usual = os.environ.get(TIME_ZONE)
    return case.time_zone or choices.time_zone or (usual if usual in places() else None)


def _chosen() -> Choices:
    """How documents are printed: as chosen for this patient, else as the clinic does; by the goal as it is now."""
    draft = session.draft()
    chosen = replace(session.opened().choices, goal=typed_goal(draft)[0])
    return chosen if chosen.for_patient else replace(chosen, language=draft["language"], paper=draft["paper"])


def _choices(case: Case, lacking: list[str], *, signed: bool, asked: bool) -> None:
    chosen, draft = _chosen(), session.draft()
    with st.container(key="print-choices", horizontal=True, gap="medium"):
        language = _choice(LANGUAGE, "Language of the patient's documents", LANGUAGES, chosen.language)
        paper = _choice(PAPER, "Paper", PAPERS, chosen.paper)
    zone = case.time_zone or _city(_zone_of(case, chosen))
    by_strut = st.checkbox(
        "On the sheet also a table for each strut", key=session.seed(session.widget_key(BY_STRUT), chosen.strut_tables)
    )
    fhir, dicom = patient_fields(chosen) if signed else ("", "")
    session.opened().choices = Choices(
        language,
        paper,
        time_zone=zone,
        strut_tables=by_strut,
        for_patient=(language, paper) != (draft["language"], draft["paper"]),
        fhir_patient=fhir,
        dicom_patient=dicom,
        home=chosen.home,
    )
    lacks = f"Before documents can be made, in step Check: {'; '.join(lacking)}." if lacking else ""
    if signed and zone is None:
        lacks = "Before documents can be made: choose the time zone of the calendar."
    if asked and not _calendar_from_elsewhere() and not lacks:
        lacks = "Before documents can be made: say whether the patient has the calendar of the earlier plan."
    st.html(f'<p class="hx-line hx-{"missing" if lacks else "hint"}">{escape(lacks)}</p>')
    with st.container(key="files", horizontal=True):
        st.button("Make the documents", key="make", type="primary", disabled=bool(lacks), on_click=_choose)
        _save(case_document(case), "Save the case file")


def _choice(path: Path, label: str, options: Mapping[T, str], value: T) -> T:
    key = session.seed(session.widget_key(path), value)
    chosen = st.segmented_control(label, list(options), format_func=options.__getitem__, key=key, required=True)
    return value if chosen is None else chosen


def _city(zone: str | None) -> str | None:
    """The field of the time zone, for a case that names none."""
    label = "Time zone of the calendar: the city whose clocks the patient lives by"
    key = session.seed(session.widget_key(ZONE), zone)
    return st.selectbox(label, places(), index=None, placeholder="Choose a city", key=key)


def _calendar_from_elsewhere() -> bool:
    """The question about the calendar of a plan that no library holds, and whether it is answered."""
    key = session.seed(session.widget_key(HAS_CALENDAR), None)
    answers = {"yes": "Yes: here is its file", "no": "No, none of it"}
    question = "This plan continues one that the library does not hold. Has the patient a calendar of that one?"
    answer = st.segmented_control(question, list(answers), format_func=answers.__getitem__, key=key)
    if answer != "yes":
        return answer == "no"
    file = st.file_uploader(
        "Calendar file of the earlier plan (.ics): the calendar of a signed plan cancels what falls away",
        type=["ics"],
        key=session.widget_key(CALENDAR),
        max_upload_size=LARGEST_CALENDAR_MB,
    )
    return file is not None


@action
def _choose() -> None:
    """Callback: documents are made in this run, as the fields say now.  A second click finds no fields."""
    case, widgets = session.opened(), session.current().widgets
    language, paper = session.widget_key(LANGUAGE), session.widget_key(PAPER)
    if case.plan_documents is not None or not {language, paper} <= widgets.keys():
        return
    calendar = session.typed(session.widget_key(CALENDAR))
    case.choices = Choices(
        widgets[language],
        widgets[paper],
        calendar.name if calendar else "",
        calendar.getvalue() if calendar else None,
        case.choices.time_zone,
        strut_tables=case.choices.strut_tables,
        for_patient=case.choices.for_patient,
        fhir_patient=session.typed(session.widget_key(FHIR), "").strip(),
        dicom_patient=session.typed(session.widget_key(DICOM), "").strip(),
        answered=calendar is not None or session.typed(session.widget_key(HAS_CALENDAR)) == "no",
        home=case.choices.home,
    )
    case.choosing = False


@action
def _unmake() -> None:
    """Callback: take the documents away, so that the choices can be changed."""
    session.opened().plan_documents, session.opened().choosing = None, True


def _plan_documents(plan: Plan, plan_documents: PlanDocuments, hand_out: HandOut) -> None:
    choices = plan_documents.choices
    caption = f"Patient's documents in {LANGUAGES[choices.language]}, on {PAPERS[choices.paper]}. "
    caption += f"Time zone: {choices.time_zone or 'that of whoever opens the calendar'}."
    if choices.calendar_name:
        caption += f" Earlier calendar replaced: {choices.calendar_name}."
    with st.container(key="printed", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="hx-line hx-hint">{escape(caption)}</p>', width="content")
        st.button("Change what is printed", key="unmake", on_click=_unmake)
    if plan_documents.trouble:
        st.html(f'<p class="hx-line hx-wrong">{escape(plan_documents.trouble)}</p>')
    if plan_documents.unrecorded:
        st.html(f'<p class="hx-alarm" role="alert">{escape(plan_documents.unrecorded)}</p>')
    with st.container(key="documents"):
        left, right = st.columns([2, 3], gap="medium")
    with left:
        _files(plan, plan_documents, hand_out)
    with right:
        _preview(plan_documents)


def _files(plan: Plan, plan_documents: PlanDocuments, hand_out: HandOut) -> None:
    """A button for all, then one for each, with its size; what could not be made, and why."""
    made = [(one.document, one.content) for one in plan_documents.made if one.content is not None]
    case = case_document(plan.case)
    if made:
        files = {document.name: content for document, content in made} | {case.name: case.content()}
        whole = zipped(plan, files, draft=plan_documents.signature is None)
        _save(whole, f"Save all (ZIP) · {_size(whole.content())}", hand_out(whole.content()), wide=True)
    for title, mine in (("For the patient", True), ("For the records", False)):
        with st.container(key=f"documents-{'patient' if mine else 'records'}", gap="small"):
            st.html(f'<p class="hx-label">{title}</p>')
            for document, content in made:
                if (document.kind in FOR_THE_PATIENT) is mine:
                    _save(document, f"{plain(document.title)} · {_size(content)}", hand_out(content), wide=True)
            if not mine:
                _save(case, f"Save the case file · {_size(case.content())}", wide=True)
    for one in plan_documents.made:
        if one.content is None:
            message = f"{one.document.title}: not made. {one.trouble}"
            st.html(f'<p class="hx-line hx-wrong">{escape(message)}</p>')


def _size(content: bytes) -> str:
    """How large a file is: `84 kB`, `1.2 MB`."""
    kilobytes = len(content) / 1000.0
    return f"{kilobytes / 1000.0:.1f} MB" if kilobytes >= 999.5 else f"{max(kilobytes, 1.0):.0f} kB"


def _preview(plan_documents: PlanDocuments) -> None:
    """The very PDF that is saved, its first page in sight."""
    shown = {
        made.document.name: made
        for made in plan_documents.made
        if made.content is not None and made.document.mime == "application/pdf"
    }
    if not shown:
        return
    key = session.widget_key(LOOK_AT)
    names = list(shown)
    session.seed(key, names[0], always=session.typed(key) not in names)
    name = st.segmented_control(
        "PDF shown",
        names,
        format_func=lambda one: plain(shown[one].document.title.replace(" (PDF)", "")),
        key=key,
        required=True,
        label_visibility="collapsed",
    )
    content = None if name is None else shown[name].content
    if content is not None:
        # It can be registered only once the server runs.
        from streamlit_pdf import pdf_viewer

        # In the message that draws it.  Under an address of its own it is gone when the next run begins, perhaps before
        # the browser has fetched it; the component then shows that it failed, until it is drawn anew.
        inside = f"data:application/pdf;base64,{base64.b64encode(content).decode('ascii')}"
        pdf_viewer(inside, height=PREVIEW_PX, key=f"pdf-{name}")
        reach_by_keys()


def _save(document: Document, label: str, content: Callable[[], bytes] | None = None, *, wide: bool = False) -> None:
    st.download_button(
        label,
        data=made_documents.keep(document.content(), who.actor().name, session.token()) if content is None else content,
        file_name=document.name,
        mime=document.mime,
        key=f"save-{document.name}",
        help=document.name,
        on_click="ignore",
        type="primary" if document.kind == "all" else "secondary",
        width="stretch" if wide else "content",
    )

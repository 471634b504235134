"""The first screen: what this is, what is due, the cases of the library; a new case, one from a file, a sample."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from html import escape
from typing import TypeVar

import streamlit as st

import hexapod
from hexapod.about import LABEL
from hexapod.app.draft import clinic_defaults, typed_text
from hexapod.app.draft.outcome import Outcome, work_out
from hexapod.app.session import library_access, opening, session, step_status
from hexapod.app.session.entries import action
from hexapod.app.session.opening import NEW
from hexapod.app.sign_in import user
from hexapod.app.steps import check_sign_off, clinic_results_panel, limb, sample_cards
from hexapod.app.widgets.banner import figure_html
from hexapod.app.widgets.panels import limb_name, plain
from hexapod.deformity.quantities import Side
from hexapod.errors import HexapodError
from hexapod.home.due import due_from_home
from hexapod.library import CaseState, Due, Listed, Page, Records, Sort
from hexapod.plan.sign_off import read_code
from hexapod.text.field_kinds import BONES
from hexapod.text.languages import NOTICE

T = TypeVar("T", bound=str)
NO_SHEET = "No sheet of this code was signed in this library."
ROWS = 20  # cases on a page: as many as a screen of 800 pixels shows
MOST_DUE = 6  # a line of the screen; the filter shows all
ANY = "any"
UPLOAD = "upload"
SIDE: dict[Side, str] = {"right": "right", "left": "left"}
STATE: dict[CaseState, str] = {
    "draft": "draft",
    "ready": "ready to sign",
    "caution": "caution",
    "refused": "refused",
    "signed": "signed",
    "superseded": "superseded",
    "stopped": "stopped",
    "archived": "archived",
}
SENTENCE = (
    "Plans, day by day, how the six struts of a hexapod external fixator are adjusted: from the deformity to the "
    "signed prescription, and on from what is read at every visit."
)
FIRST = (
    "Open a sample below: it is planned already, and every step can be looked at and changed.",
    "Say once, under Defaults of the clinic, what every case starts with: clinic days, name, telephone, paper.",
    "Press New case and enter limb, frame, deformity, mounting and treatment; each step says what is missing.",
    "Check the plan, sign it, print the documents; at every visit type what the six struts read.",
)
ABOUT = (
    f"**Hexapod planner**, {LABEL}. Open source under the Apache License 2.0, without any warranty. No maker "
    "publishes all data of its rings and struts: check them against the maker's manual.\n\n"
    "**A wrong number, or anything unsafe:** stop using the plan, tell the surgeon, then report it to the maintainers, "
    "with the case file, as SECURITY.md of the program says. Anything else: open an issue in the repository from which "
    "the program came. Send no patient's name, birth date or radiograph.\n\n"
    "Licences of the parts it is built from stand in their packages; fonts are under the SIL Open Font License."
)
DUE: dict[Due, str] = {
    "visit": "clinic visit within 7 days or overdue",
    "exchange": "strut change-out within 7 days or overdue",
    "follow-up overdue": "not seen for 7 days",
}
SORT: dict[Sort, str] = {
    "changed": "last changed",
    "id": "case id",
    "surgeon": "surgeon",
    "state": "state",
    "next visit": "next visit",
    "next exchange": "next change-out",
    "last follow-up": "last seen",
}
# Streamlit forgets what a field says as soon as a page is drawn without it.
SEARCH = {f"list-{name}" for name in ("text", "side", "bone", "state", "due", "surgeon", "sort")}


def show() -> None:
    """The whole page."""
    with st.container(key="library"):
        _head()
        try:
            records = library_access.records()
            for warning in library_access.warnings():
                st.html(f'<p class="hx-alarm" role="alert">{escape(warning)}</p>')
            _due(records)
            _from_home(records)
            _list(records)
            clinic_results_panel.show(records)
        except HexapodError as error:
            st.html(f'<p class="hx-alarm" role="alert">{escape(str(error))}</p>')
        _clinic()
        sample_cards.show()


def _head() -> None:
    """What this is, and the ways to begin."""
    with st.container(key="library-head", horizontal=True, vertical_alignment="top", gap="small"):
        st.html(
            f'<h1 class="hx-title">Hexapod planner</h1><p class="hx-sentence">{escape(SENTENCE)}</p>'
            f'<p class="hx-notice">{escape(NOTICE)} {escape(user.notice())}</p>'
        )
        with st.container(key="library-begin", gap="xsmall"):
            _begin()
    if reason := library_access.only_looks("the cases here, not change them"):
        st.html(f'<p class="hx-line hx-hint">{escape(reason)}</p>')


def _due(records: Records) -> None:
    """What is due today or overdue: each leads to its case."""
    today = typed_text.today()
    kinds: tuple[Due, ...] = ("visit", "exchange")
    pages = [records.cases.find(due=kind, days=0, limit=MOST_DUE, today=today) for kind in kinds]
    found = {one.case: one for page in pages for one in page.cases}
    with st.container(key="due", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="hx-label"><b>Due today</b>{"" if found else ": nothing"}</p>', width="content")
        for one in list(found.values())[:MOST_DUE]:
            st.button(
                f"{plain(one.case_id or 'without id')}: {_due_words(one, today)}",
                key=f"due-{one.case}",
                on_click=_open,
                args=(one, f"due-{one.case}"),
            )
        if max(page.total for page in pages) > MOST_DUE:
            st.html('<p class="hx-line hx-hint">and more: choose Due among the filters.</p>', width="content")
    for one in found.values():
        step_status.beside(f"due-{one.case}")


def _from_home(records: Records) -> None:
    """What is due from the pages at home: each leads to its case; no line while there is nothing."""
    found = due_from_home(records, typed_text.today())
    if not found:
        return
    with st.container(key="due-home", horizontal=True, vertical_alignment="center", gap="small"):
        st.html('<p class="hx-label"><b>From home</b></p>', width="content")
        for due in found[:MOST_DUE]:
            key, text = f"home-{due.case}", f"{plain(due.case_id)}: {'; '.join(due.lines)}"
            st.button(text, key=key, on_click=opening.open_place, args=(due.case, "follow-up"), kwargs={"pressed": key})
        if len(found) > MOST_DUE:
            st.html(f'<p class="hx-line hx-hint">and {len(found) - MOST_DUE} more.</p>', width="content")
    for due in found[:MOST_DUE]:
        step_status.beside(f"home-{due.case}")


def _due_words(one: Listed, today: datetime.date) -> str:
    if one.overdue_days:
        return f"{'strut change-out' if one.overdue_exchange else 'visit'} {_days(one.overdue_days)} overdue"
    return "strut change-out" if one.next_exchange == today else "visit"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def remember() -> None:
    """At every run without the list: what it was searched for stays as it was chosen."""
    for key in SEARCH & session.current().widgets.keys():
        session.seed(key, session.typed(key), always=True)


def _list(records: Records) -> None:
    with st.container(key="list-search", horizontal=True, vertical_alignment="center", gap="small"):
        st.html('<h2 class="hx-cases">Cases</h2>', width="content")
        page, sought = _found(records)
        _pages(page)
    if not page.total:
        st.html(_none(sought))
        return
    heads = "".join(f"<span>{name}</span>" for name in ("Case", "Limb", "Status", "Signed by", "Next", "Visits"))
    st.html(f'<div class="hx-case hx-case-head">{heads}</div>')
    with st.container(key="case-rows", gap=None):
        for one in page.cases:
            _case(one)


def _clinic() -> None:
    """What every new case starts with: kept once, and changed here."""
    draft = session.draft()
    with st.expander(f"Defaults of the clinic: {plain(clinic_defaults.one_line(draft))}", key="clinic-defaults"):
        st.caption("A case that needs others has its own in step Limb.")
        limb.show_clinic(work_out(draft))
        check_sign_off.goal_fields(Outcome(typed_text.typed_goal(draft)[1], None, None))


def _pages(page: Page) -> None:
    """Which of the cases are shown, and the way to the others, beside the search: the rows have the screen."""
    first = session.current().list_first
    if page.total > ROWS:
        text = f"{first + 1} to {min(first + ROWS, page.total)} of {page.total}"
        with st.container(key="list-turn", horizontal=True, vertical_alignment="center", gap="small", width="content"):
            st.html(f'<p class="hx-row">{text}</p>', width="content")
            st.button("Previous", key="list-back", disabled=first == 0, on_click=_turn, args=(-ROWS,))
            st.button("Next", key="list-on", disabled=first + ROWS >= page.total, on_click=_turn, args=(ROWS,))


def _none(sought: bool) -> str:
    """Of a list without cases: why, or what to do first."""
    if sought:
        return '<p class="hx-none">No case is like that. Search for less, or set the filters back.</p>'
    steps = "".join(f"<li>{escape(one)}</li>" for one in FIRST)
    return f'<section class="hx-first" aria-label="What to do first"><h3>No case yet</h3><ol>{steps}</ol></section>'


def _found(records: Records) -> tuple[Page, bool]:
    """The page of cases, and whether it was searched for."""
    text = st.text_input(
        "Search: id, title or surgeon",
        key="list-text",
        on_change=_from_the_start,
        width=260,
        placeholder="id, title, surgeon or code of a sheet",
        label_visibility="collapsed",
    )
    with st.popover("Filter, sort", key="list-filters"):
        side, bone = _filter("side", "Side", SIDE, "any side"), _filter("bone", "Bone", BONES, "any bone")
        state, due = _filter("state", "Status", STATE, "not archived"), _filter("due", "Due", DUE, "anything")
        surgeon = _filter(
            "surgeon", "Surgeon", {name: name for name in records.cases.surgeons() if name}, "any surgeon"
        )
        sort = _filter("sort", "Sorted by", SORT)
    chosen = [
        words for words in (SIDE.get(side or "right") if side else "", bone, state, due and DUE[due], surgeon) if words
    ]
    st.html(f'<p class="hx-line hx-missing">{escape("Shown only: " + ", ".join(chosen)) if chosen else ""}</p>')
    if read_code(text or "") is not None:
        found = records.sheets.standing(text or "")
        on = f" on {found.on.isoformat()}" if found and found.on else ""
        answer = f"The sheets of this code are of plan {found.plan}: {found.state}{on}." if found else NO_SHEET
        st.html(f'<p class="hx-line hx-missing" role="status">{escape(answer)}</p>')
    page = records.cases.find(
        text or "",
        side=side,
        bone=bone,
        state=state,
        surgeon=surgeon,
        due=due,
        sort=sort or "changed",
        limit=ROWS,
        offset=session.current().list_first,
        today=typed_text.today(),
    )
    return page, bool(text or chosen)


def _filter(name: str, label: str, options: Mapping[T, str], any_of_them: str = "") -> T | None:
    """The option chosen; None for any of them, which comes first and is offered where words are given for it."""
    words: dict[str, str] = ({ANY: any_of_them} if any_of_them else {}) | {str(one): options[one] for one in options}
    chosen = st.selectbox(
        label,
        list(words),
        format_func=lambda one: words.get(one, one),
        key=f"list-{name}",
        on_change=_from_the_start,
    )
    return next((one for one in options if one == chosen), None)


@action
def _from_the_start() -> None:
    session.current().list_first = 0


@action
def _turn(by: int) -> None:
    session.current().list_first = max(0, session.current().list_first + by)


def _case(one: Listed) -> None:
    """A row that opens its case wherever it is clicked: its button lies over all of it."""
    with st.container(key=f"case-{one.case}", gap=None):
        st.button(
            f"**{plain(one.case_id or 'without id')}**&ensp;{plain(one.title)}",
            key=f"open-{one.case}",
            type="tertiary",
            on_click=_open,
            args=(one, f"open-{one.case}"),
        )
        side, bone = one.side or None, one.bone or None
        newer = ", newer draft" if one.draft_newer and one.version else ""
        st.html(
            f'<div class="hx-case"><span></span><span class="hx-limb-cell">{figure_html(side, bone)}'
            f"{escape(limb_name({'side': side, 'bone': bone}))}</span>"
            f'<span class="hx-is-{one.state}">{STATE[one.state]}{newer}</span><span>{escape(one.signed_by)}</span>'
            f"<span>{_next(one)}</span><span>{_visits(one)}</span></div>"
        )
    step_status.beside(f"open-{one.case}")


def _next(one: Listed) -> str:
    """The next date of a case, and what it is for."""
    dates = [(date, what) for date, what in ((one.next_visit, "visit"), (one.next_exchange, "change-out")) if date]
    if not dates:
        return ""
    date, what = min(dates)
    return f"{date:%a} {date.day} {date:%b}, {what}"


def _visits(one: Listed) -> str:
    """Whether a visit or a change-out is overdue; how far the struts are behind is for the readings to tell."""
    if one.overdue_days:
        return f'<b class="hx-overdue">overdue {_days(one.overdue_days)}</b>'
    return "none overdue" if one.state == "signed" else ""


def _open(one: Listed, pressed: str) -> None:
    opening.open_place(one.case, "follow-up" if one.state == "signed" else "limb", pressed=pressed)


def _begin() -> None:
    with st.container(key="begin-row", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "New case",
            key="new-case",
            type="primary",
            on_click=opening.open_place,
            args=(NEW,),
            disabled=not library_access.may_plan(),
        )
        with st.popover("About", key="about"):
            st.markdown(ABOUT)
    step_status.beside("new-case")
    key = f"upload-{session.opened().sheet}"
    st.file_uploader(
        "Open a case file (.json), or a case or library saved before (.zip)",
        type=["json", "zip"],
        key=key,
        on_change=_upload,
        args=(key,),
        # A case is planned with; a case or library saved before is for administrators to take in.
        disabled=not library_access.may_plan() and not library_access.may("administer"),
    )
    step_status.beside(UPLOAD)


@action
def _upload(key: str) -> None:
    file = session.typed(key)
    if file is None:
        return
    try:
        if file.name.lower().endswith(".zip"):
            _import(file.name, file.getvalue())
            return
        case = hexapod.parse_case(file.getvalue())
        known = library_access.records().cases.key_of(case.id)
        again = f" The library has a case {case.id} already: give this one another id before it is signed."
        opening.open_case(case, f"Case file opened: {file.name}.{again if known else ''}")
    except HexapodError as error:
        session.opened().refuse(UPLOAD, f"{file.name} was not opened. {error}")


def _import(name: str, content: bytes) -> None:
    taken = library_access.records().transfer.import_file(io.BytesIO(content))
    message = f"{name} was taken in: a {taken.kind} with {taken.records} records."
    if taken.unproved:
        message += (
            " It came without its head: plans signed in it are drafts here, and its roles must be granted again. To "
            "keep signatures and roles, use the command `library import` with --head."
        )
    session.opened().message = message

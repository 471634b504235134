"""The first screen: the cases of the library, found and sorted; a new one, one from a file, a sample."""

from __future__ import annotations

import io
from collections.abc import Mapping
from html import escape
from typing import TypeVar

import streamlit as st

import hexapod
from hexapod.app.draft import typed_text
from hexapod.app.session import answer, library_access, opening, rights, session
from hexapod.app.session.entries import action
from hexapod.app.session.opening import NEW, SAMPLE, samples
from hexapod.app.sign_in import user
from hexapod.app.widgets.panels import plain
from hexapod.deformity.quantities import Side
from hexapod.errors import HexapodError
from hexapod.library import CaseState, Due, Listed, Page, Records, Sort
from hexapod.text.field_kinds import BONES

T = TypeVar("T", bound=str)
ROWS = 20  # cases on a page: as many as a screen of 800 pixels and one turn of the wheel show
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
DUE: dict[Due, str] = {
    "visit": "clinic visit within 7 days or overdue",
    "exchange": "strut exchange within 7 days or overdue",
    "follow-up overdue": "not seen for 7 days",
}
SORT: dict[Sort, str] = {
    "changed": "last changed",
    "id": "case id",
    "surgeon": "surgeon",
    "state": "state",
    "next visit": "next visit",
    "next exchange": "next exchange",
    "last follow-up": "last seen",
}
# Streamlit forgets what a field says as soon as a page is drawn without it.
SEARCH = {f"list-{name}" for name in ("text", "side", "bone", "state", "due", "surgeon", "sort")}


def show() -> None:
    """The whole page."""
    with st.container(key="library"):
        st.html('<h1 class="hx-title">Cases</h1>')
        st.html(f'<p class="hx-line hx-hint">{escape(user.notice())}</p>')
        with st.container(key="library-split"):
            left, right = st.columns([3, 1], gap="large")
        with right:
            _begin()
        with left:
            try:
                records = library_access.records()
                for told in library_access.warnings():
                    st.html(f'<p class="hx-alarm" role="alert">{escape(told)}</p>')
                _list(records)
            except HexapodError as error:
                st.html(f'<p class="hx-alarm" role="alert">{escape(str(error))}</p>')


def remember() -> None:
    """At every run without the list: what it was searched for stays as it was chosen."""
    for key in SEARCH & session.current().widgets.keys():
        session.seed(key, session.typed(key), always=True)


def _list(records: Records) -> None:
    page = _found(records)
    first = session.current().list_first
    if not page.total:
        st.html('<p class="hx-none">No case to show. Begin a new one, open a sample, or search otherwise.</p>')
    head = "".join(f"<span>{name}</span>" for name in ("Case", "Limb", "State", "Surgeon", "Next", "Last change"))
    st.html(f'<div class="hx-case hx-case-head">{head}</div>')
    for one in page.cases:
        _case(one)
    if page.total > ROWS:
        with st.container(key="list-turn", horizontal=True, vertical_alignment="center"):
            st.button("Earlier page", key="list-back", disabled=first == 0, on_click=_turn, args=(-ROWS,))
            st.html(f'<p class="hx-row">{first + 1} to {min(first + ROWS, page.total)} of {page.total} cases</p>')
            st.button("Next page", key="list-on", disabled=first + ROWS >= page.total, on_click=_turn, args=(ROWS,))


def _found(records: Records) -> Page:
    with st.container(key="list-search", horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input("Search: id, title or surgeon", key="list-text", on_change=_from_the_start, width=210)
        side, bone = _filter("side", "Side", SIDE, "any side"), _filter("bone", "Bone", BONES, "any bone")
        state, due = _filter("state", "State", STATE, "not archived"), _filter("due", "Due", DUE, "anything")
        surgeon = _filter(
            "surgeon", "Surgeon", {name: name for name in records.cases.surgeons() if name}, "any surgeon"
        )
        sort = _filter("sort", "Sorted by", SORT)
    return records.cases.find(
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


def _filter(name: str, label: str, options: Mapping[T, str], any_of_them: str = "") -> T | None:
    """The option chosen; None for any of them, which comes first and is offered where words are given for it."""
    words: dict[str, str] = ({ANY: any_of_them} if any_of_them else {}) | {str(one): options[one] for one in options}
    chosen = st.selectbox(
        label,
        list(words),
        format_func=lambda one: words.get(one, one),
        key=f"list-{name}",
        on_change=_from_the_start,
        width=135,
    )
    return next((one for one in options if one == chosen), None)


@action
def _from_the_start() -> None:
    session.current().list_first = 0


@action
def _turn(by: int) -> None:
    session.current().list_first = max(0, session.current().list_first + by)


def _case(one: Listed) -> None:
    with st.container(key=f"case-{one.case}", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Open", key=f"open-{one.case}", on_click=_open, args=(one,), help=f"Open {one.case_id or 'this case'}"
        )
        dates = [("visit", one.next_visit), ("exchange", one.next_exchange)]
        next_ones = ", ".join(f"{what} {date.isoformat()}" for what, date in dates if date) or "nothing arranged"
        if one.overdue_days:
            next_ones = f"{_overdue(one)}<br>{next_ones}"
        limb = f"{one.side.upper() or 'SIDE?'} {one.bone or 'bone?'}"
        newer = "<br>newer draft" if one.draft_newer and one.version else ""
        late = " hx-late" if one.overdue_days else ""
        st.html(
            f'<div class="hx-case{late}">'
            f"<span><b>{escape(one.case_id or 'without id')}</b><br>{escape(one.title)}</span>"
            f'<span>{escape(limb)}</span><span class="hx-is-{one.state}">{STATE[one.state]}{newer}</span>'
            f"<span>{escape(one.surgeon)}</span><span>{next_ones}</span>"
            f"<span>{one.changed_at[:10]} {one.changed_at[11:16]} UTC<br>{escape(one.changed_by)}</span></div>"
        )
    answer.beside(f"open-{one.case}")


def _overdue(one: Listed) -> str:
    """How long nobody has come who was to come, and for what."""
    days = "1 day" if one.overdue_days == 1 else f"{one.overdue_days} days"
    missed = f": exchange of {one.overdue_exchange.isoformat()} not seen" if one.overdue_exchange else ""
    return f'<b class="hx-overdue">OVERDUE {days}</b>{missed}'


def _open(one: Listed) -> None:
    opening.open_place(one.case, "follow-up" if one.state == "signed" else "limb", pressed=f"open-{one.case}")


def _begin() -> None:
    st.subheader("Begin", anchor=False)
    st.button(
        "New, empty case",
        key="new-case",
        type="primary",
        on_click=opening.open_place,
        args=(NEW,),
        width="stretch",
        disabled=not rights.may_plan(),
    )
    answer.beside("new-case")
    if told := rights.only_looks("the cases here, not change them"):
        st.html(f'<p class="hx-line hx-hint">{escape(told)}</p>')
    key = f"upload-{session.opened().sheet}"
    st.file_uploader(
        "Case file (.json), or a case or library saved before (.zip)",
        type=["json", "zip"],
        key=key,
        on_change=_upload,
        args=(key,),
        # A case is planned with; a case or library saved before is for administrators to take in.
        disabled=not rights.may_plan() and not rights.may("administer"),
    )
    answer.beside(UPLOAD)
    st.subheader("Sample cases", anchor=False)
    with st.container(key="samples", gap="xsmall"):
        for stem in samples():
            st.button(
                plain(stem.replace("_", " ").capitalize()),
                key=f"sample-{stem}",
                on_click=opening.open_place,
                args=(f"{SAMPLE}{stem}", "check", f"sample-{stem}"),
                width="stretch",
            )
            answer.beside(f"sample-{stem}")


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
    told = f"{name} was taken in: a {taken.kind} with {taken.records} records."
    if taken.unproved:
        told += (
            " It came without its head: plans signed in it are drafts here, and its roles must be granted again. To "
            "keep signatures and roles, use the command `library import` with --head."
        )
    session.opened().said = told

"""Entries that the library does not have, or not as its newest: what is decided about them, and where they are held.

A page left open looks at the library again and again, and is drawn anew as soon as that says otherwise.
The server holds what the library could not keep, so that a page loaded anew still has it.  The address of the page
names it by a key that nobody guesses; only the user who typed it gets it back.
"""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from html import escape

import streamlit as st

from hexapod.app.draft import film_draft
from hexapod.app.draft.storage import draft_in, text_of
from hexapod.app.session import entries, library_access, session
from hexapod.app.session.entries import action
from hexapod.app.session.session import OpenCase, Question, Unsaved
from hexapod.app.sign_in.user import actor
from hexapod.errors import HexapodError
from hexapod.library import CaseRecord, Conflict, new_key

# Of all users together; the oldest go first.  A draft takes some 50 kB.
MOST = 200
# Often enough for a person at the other window, and little (0.02 of a core) to a server with 40 of them.
EVERY_S = 20
BRING_BACK = "do-saves"
_DECIDE = "First decide about the entries that are not saved or not the newest."
_held: OrderedDict[str, tuple[str, OpenCase]] = OrderedDict()
_lock = threading.Lock()


def look() -> None:
    """Notice whether somebody has saved this case since it was read, or archived it."""
    case = session.opened()
    case.unanswered = ""
    if not case.token:
        return
    try:
        case.record = now(case)
    except HexapodError as error:
        case.unanswered = entries.NO_ANSWER.format(error)
        return
    if not case.unsaved:
        case.newer = case.record.revision if case.record.revision > case.revision else 0


def watch() -> None:
    """Begin to look after the page has been drawn."""
    session.current().just_drawn = True
    _look_again()


@st.fragment(run_every=EVERY_S)
def _look_again() -> None:
    """Draw the page anew when the library has changed.  Entries that are not saved are decided about first."""
    state = session.begin()
    drawn, state.just_drawn = state.just_drawn, False
    if drawn or state.case.unsaved or not state.case.token:
        return
    try:
        if in_short(now(state.case)) == in_short(state.case.record):
            return
    except HexapodError:
        if state.case.unanswered:
            return
    state.drawn_by_itself = True
    st.rerun()


def now(case: OpenCase) -> CaseRecord:
    """What the library has now.  Raises HexapodError when it does not answer."""
    records = library_access.records()
    return records.cases.look(case.token, case.draft["id"].strip(), case.record)


def in_short(record: CaseRecord | None) -> tuple[object, ...]:
    """Of what the library has, all that draws the page anew."""
    if record is None:
        return ()
    plans = tuple((plan.number, plan.state) for plan in record.plans)
    return record.revision, record.archived, plans, len(record.visits)


@action
def confirm(place: str) -> None:
    """Callback: the change that the page asked about is meant; it is made in the entries of now, and saved.

    What came with the same message is saved, or asked about, on its own; while it is not saved nothing is confirmed.
    """
    case, shown = session.opened(), session.current().question_shown
    if shown is None or place != case.place or case.unsaved:
        return
    asked = case.question if case.question is not shown else None
    if shown.draft is not None:
        if case.question is not shown:  # entries came after those
            return
        case.draft = copy.deepcopy(shown.draft)
    for make in shown.again:
        make()
    case.question = None
    case.new_fields()
    entries.save(confirmed=True)
    case.question = asked


@action
def leave_it(place: str) -> None:
    """Callback: the entries that the page asked about stay as they were."""
    case = session.opened()
    if place == case.place and case.question is session.current().question_shown:
        case.question = None


def asked_html(question: Question) -> str:
    """The question as the banner shows it."""
    lines = "".join(f"<br>{escape(sentence)}" for sentence in question.sentences)
    return f'<p class="hx-alarm" role="alert">Nothing is changed yet: is this meant?{lines}</p>'


@action
def save_again() -> None:
    """Callback: try once more."""
    entries.save()


@action
def save_over(place: str) -> None:
    """Callback: the entries on the page become the newest; what the other one saved stays in the history."""
    case = session.opened()
    if _is_undecided(place) and case.unsaved:
        entries.save_as(case.token, case.unsaved.theirs or case.revision)


@action
def save_as_another(place: str) -> None:
    """Callback: the entries on the page become a case of their own."""
    case = session.opened()
    if not _is_undecided(place):
        return
    before, case.newer = case.token, 0
    entries.save_as(new_key(), 0)
    if case.unsaved:
        return
    case.message = "Your entries are a case of their own now, with the same id: give it another id before signing."
    try:
        if before:
            library_access.records().films.take_along(before, case.token, film_draft.pictures_of(case.draft))
    except HexapodError as error:
        case.message += f" Not all of its radiographs are kept with it. {error}"


@action
def take_theirs(place: str) -> None:
    """Callback: show what the library has.  What is on this page only is saved before it, and stays in the history."""
    case = session.opened()
    if not _is_undecided(place):
        return
    try:
        records = library_access.records()
        theirs = records.drafts.load(case.token)
        if theirs is None:
            return
        draft, revision, message = draft_in(theirs.text), theirs.revision, ""
        if case.unsaved:
            # Both are kept as they were typed; what is shown is what was there before.
            mine = records.drafts.save(case.token, revision, text_of(case.draft), confirmed=True)
            revision = records.drafts.save(case.token, mine, theirs.text, confirmed=True)
            message = f" Yours are in the history as revision {mine}: step Limb, Previous versions."
    except Conflict as conflict:
        case.unsaved = entries.after_somebody_else(conflict)
        return
    except HexapodError as error:
        case.unsaved = Unsaved(str(error), case.unsaved.theirs if case.unsaved else 0)
        return
    case.draft, case.revision, case.unsaved, case.newer = draft, revision, None, 0
    case.message = f"These are the entries that {theirs.by} saved (revision {theirs.revision}).{message}"
    case.new_fields()


@action
def bring_back(token: str, revision: int) -> None:
    """Callback: entries of a case saved before become the newest; those on the page stay in the history."""
    case = session.opened()
    if token != case.token:
        case.refuse(BRING_BACK, "That button was of a case no longer shown: nothing was brought back.")
        return
    if case.unsaved or case.newer:
        case.refuse(BRING_BACK, _DECIDE)
        return
    try:
        before = library_access.records().drafts.load(token, revision)
        draft = draft_in(before.text) if before is not None else None
    except HexapodError as error:
        case.refuse(BRING_BACK, f"Nothing was brought back. {error}")
        return
    if draft is None:
        case.refuse(BRING_BACK, f"Nothing was brought back: the library has no revision {revision} of this case.")
        return
    mine, case.draft = case.revision, draft
    case.new_fields()
    entries.save()
    if not case.unsaved and case.question is None:
        case.message = f"The entries of revision {revision} are the newest again. Those of before are revision {mine}."


def _is_undecided(place: str) -> bool:
    """Whether the question that a button was drawn for is still open: a late click answers none of another case."""
    case = session.opened()
    return place == case.place and bool(case.unsaved or case.newer)


def hold_open_case() -> None:
    """Hold what the library does not have, and name it by the address, until it is saved or given up."""
    state, case = session.current(), session.opened()
    if not case.unsaved:
        forget()
        return
    state.held = state.held or new_key()
    hold(state.held, actor().name, case)
    session.show_address()


def forget() -> None:
    """Nothing of this page is held any more."""
    state = session.current()
    if state.held:
        with _lock:
            _held.pop(state.held, None)
        state.held = ""
        session.show_address()


def hold(key: str, user: str, case: OpenCase) -> None:
    """Hold the entries of a case as they are now, in the place of what was held by this key."""
    with _lock:
        _held[key] = user, _entries_of(case)
        _held.move_to_end(key)
        while len(_held) > MOST:
            _held.popitem(last=False)


def held(key: str, user: str) -> OpenCase | None:
    """What is held by a key for this user; None when nothing is, as after a start of the program."""
    with _lock:
        whose, case = _held.get(key, ("", None))
    return _entries_of(case) if case is not None and whose == user else None


def _entries_of(case: OpenCase) -> OpenCase:
    return OpenCase(
        place=case.place,
        draft=copy.deepcopy(case.draft),
        token=case.token,
        revision=case.revision,
        meant=case.meant,
        unsaved=case.unsaved,
    )

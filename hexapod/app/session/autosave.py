"""Every accepted change goes to the library before the page shows it; what could not be saved stays on the screen."""

from __future__ import annotations

import logging

import streamlit as st

from hexapod.app.draft.storage import draft_in, text_of
from hexapod.app.session import address, answer, identity_question, library_access, unsaved
from hexapod.app.session.unsaved import Held, Unsaved
from hexapod.app.sign_in import user
from hexapod.errors import HexapodError
from hexapod.library import AsksFirst, Conflict, is_key, new_key

_log = logging.getLogger(__name__)
BRING_BACK = "do-saves"
_DECIDE = "First decide about the entries that are not saved or not the newest."


def keep(*, confirmed: bool = False) -> None:
    """Save the draft.  After somebody else's change nothing is saved before it is decided whose entries go on.

    `confirmed` says that another side, reference or hardware is meant; otherwise the library asks first.
    """
    state = st.session_state
    catch_up()
    if state["place"] and not (state["unsaved"] and state["unsaved"].theirs):
        # The same key again after a save that failed: its answer alone may have been lost, and that makes no two cases.
        _save(state["meant"], state["revision"], confirmed=confirmed)


def confirm(place: str) -> None:
    """Callback: the change that was asked about is meant; it is made and saved."""
    state = st.session_state
    state["called"] = True
    catch_up()
    question = state.get("question")
    if question is None or place != state["place"] or question.case != state["token"]:
        return
    state.update(draft=question.draft, sheet=new_key(), question=None)
    keep(confirmed=True)


def save_again() -> None:
    """Callback: try once more."""
    keep()


def save_over(place: str) -> None:
    """Callback: the entries on the page become the newest; what the other one saved stays in the history."""
    state = st.session_state
    if _is_undecided(place) and state["unsaved"]:
        _save(state["token"], state["unsaved"].theirs or state["revision"])


def save_as_another(place: str) -> None:
    """Callback: the entries on the page become a case of their own."""
    state = st.session_state
    if not _is_undecided(place):
        return
    state["newer"] = 0
    _save(new_key(), 0)
    if not state["unsaved"]:
        state["said"] = "Your entries are a case of their own now, with the same id: give it another id before signing."


def take_theirs(place: str) -> None:
    """Callback: show what the library has.  What is on this page only is saved before it, and stays in the history."""
    state = st.session_state
    if not _is_undecided(place):
        return
    try:
        records = library_access.records()
        theirs = records.drafts.load(state["token"])
        if theirs is None:
            return
        draft, revision, told = draft_in(theirs.text), theirs.revision, ""
        if state["unsaved"]:
            # Both are kept as they were typed; what is shown is what was there before.
            mine = records.drafts.save(state["token"], revision, text_of(state["draft"]), confirmed=True)
            revision = records.drafts.save(state["token"], mine, theirs.text, confirmed=True)
            told = f" Yours are in the history as revision {mine}: step Limb, Entries saved before."
    except Conflict as conflict:
        state["unsaved"] = _after_somebody_else(conflict)
        return
    except HexapodError as error:
        state["unsaved"] = Unsaved(str(error), state["unsaved"].theirs if state["unsaved"] else 0)
        return
    said = f"These are the entries that {theirs.by} saved (revision {theirs.revision}).{told}"
    values = {"draft": draft, "revision": revision, "unsaved": None, "newer": 0, "sheet": new_key(), "said": said}
    state["journal"].open(text_of(draft), values)
    catch_up()


def bring_back(case: str, revision: int) -> None:
    """Callback: entries of a case saved before become the newest; those on the page stay in the history."""
    state = st.session_state
    state["called"] = True
    if case != state["token"]:
        st.session_state.update(
            answer.refusal(BRING_BACK, "That button was of a case no longer shown: nothing was brought back.")
        )
        return
    if state["unsaved"] or state["newer"]:
        state.update(answer.refusal(BRING_BACK, _DECIDE))
        return
    try:
        before = library_access.records().drafts.load(state["token"], revision)
        draft = draft_in(before.text) if before is not None else None
    except HexapodError as error:
        state.update(answer.refusal(BRING_BACK, f"Nothing was brought back. {error}"))
        return
    if draft is None:
        st.session_state.update(
            answer.refusal(
                BRING_BACK, f"Nothing was brought back: the library has no revision {revision} of this case."
            )
        )
        return
    mine = state["revision"]
    state["journal"].open("", {"draft": draft, "sheet": new_key()})
    keep()
    if not state["unsaved"] and state.get("question") is None:
        state["said"] = f"The entries of revision {revision} are the newest again. Those of before are revision {mine}."


def look() -> None:
    """At every run: notice whether somebody has saved this case since it was read."""
    state = st.session_state
    if not state["token"] or state["unsaved"]:
        state["unanswered"] = ""
        return
    try:
        records = library_access.records()
        revision, archived = records.drafts.revision(state["token"]), records.cases.is_archived(state["token"])
    except HexapodError as error:
        state["unanswered"] = f"The library does not answer: what it has of this case is not known. {error}"
        return
    newer = revision if revision > state["revision"] else 0
    state.update({"unanswered": "", "newer": newer, "archived": archived, "in library": revision})


def _is_undecided(place: str) -> bool:
    """Whether the question that a button was drawn for is still open: a late click answers none of another case."""
    state = st.session_state
    state["called"] = True
    catch_up()
    return place == state["place"] and bool(state["unsaved"] or state["newer"])


def _save(key: str, base: int, *, confirmed: bool = False) -> None:
    state = st.session_state
    state["called"] = True
    journal = state["journal"]
    opened, draft = journal.opened, state["draft"]
    names = {} if state["place"] == key or is_key(state["place"]) else {state["place"]: key}
    saved = {"token": key, "meant": key, "place": key, "unsaved": None, "newer": 0, "names": state["names"] | names}
    saved["question"] = None
    try:
        records = library_access.records()
        with journal.turn:
            text = text_of(draft)
            revision = records.drafts.save(key, journal.base(key, base), text, confirmed)
            journal.save(opened, key, revision, text, saved)
    except AsksFirst as asks:
        identity_question.ask(key, asks.told, draft)
    except Conflict as conflict:
        state.update(unsaved=_after_somebody_else(conflict), token=key)
    except HexapodError as error:
        text = str(error)
        state["unsaved"] = Unsaved(text if text.startswith("NOT SAVED") else f"NOT SAVED: {text}")
    else:
        catch_up()
        state.update(answer.past(state))
        address.show(state["place"], state["step"])


def catch_up() -> None:
    """Make the session's state say what the journal says: a run may have ended before it was said."""
    state = st.session_state
    journal = state["journal"]
    owed = journal.owed
    if owed:
        state.update(owed)
        if journal.owed is owed:
            journal.owed = {}


def keep_what_changed() -> None:
    """At every run: save the draft if it is not what was opened or last saved.  A run may have ended before that."""
    state = st.session_state
    if state["place"] and not state["unsaved"] and text_of(state["draft"]) != state["journal"].text:
        _log.warning("entries of a run that was ended are saved")
        keep()


def hold() -> None:
    """At every run: what the library does not have is held, and named by the address, until it is saved or given up."""
    state = st.session_state
    if not state["unsaved"]:
        forget_held()
        return
    state["held"] = state["held"] or new_key()
    names = ("place", "token", "revision", "meant", "draft", "unsaved")
    unsaved.hold(state["held"], Held(user=user.actor().name, **{name: state[name] for name in names}))
    address.show(state["place"], state["step"], state["held"])


def forget_held() -> None:
    """Nothing of this page is held any more."""
    state = st.session_state
    if state["held"]:
        unsaved.let_go(state["held"])
        state["held"] = ""
        address.show(state["place"], state["step"])


def _after_somebody_else(conflict: Conflict) -> Unsaved:
    return Unsaved(
        f"{conflict.by} saved this case at {conflict.at[11:16]} UTC while you were editing. Your last entries are on "
        "this page only. Decide which go on:",
        conflict.revision,
    )

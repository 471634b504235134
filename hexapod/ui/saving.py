"""Every accepted change goes to the library before the page shows it; what could not be saved stays on the screen."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from hexapod.errors import HexapodError
from hexapod.records import Conflict, is_key, new_key
from hexapod.ui import address, shelf
from hexapod.ui.keeping import draft_in, text_of


@dataclass(frozen=True)
class Unsaved:
    """Why the entries on the page are not in the library; `theirs` is the revision that somebody else has saved."""

    sentence: str
    theirs: int = 0


def keep() -> None:
    """Save the draft.  After somebody else's change nothing is saved before it is decided whose entries go on."""
    state = st.session_state
    if state["place"] and not (state["unsaved"] and state["unsaved"].theirs):
        # The same key again after a save that failed: its answer alone may have been lost, and that makes no two cases.
        _save(state["meant"], state["revision"])


def save_again() -> None:
    """Callback: try once more."""
    keep()


def save_over() -> None:
    """Callback: the entries on the page become the newest; what the other one saved stays in the history."""
    state = st.session_state
    if state["unsaved"]:
        _save(state["token"], state["unsaved"].theirs or state["revision"])


def save_as_another() -> None:
    """Callback: the entries on the page become a case of their own."""
    state = st.session_state
    state["newer"] = 0
    _save(new_key(), 0)
    if not state["unsaved"]:
        state["said"] = "Your entries are a case of their own now, with the same id: give it another id before signing."


def take_theirs() -> None:
    """Callback: show what the library has; what was typed since on this page is let go."""
    state = st.session_state
    try:
        kept = shelf.records().draft(state["token"])
        if kept is None:
            return
        draft = draft_in(kept.text)
    except HexapodError as error:
        state["unsaved"] = Unsaved(str(error), state["unsaved"].theirs if state["unsaved"] else 0)
        return
    state.update(draft=draft, revision=kept.revision, unsaved=None, newer=0, sheet=new_key(), called=True)
    state["said"] = f"These are the entries that {kept.by} saved (revision {kept.revision})."


def look() -> None:
    """At every run: notice whether somebody has saved this case since it was read."""
    state = st.session_state
    if not state["token"] or state["unsaved"]:
        state["unanswered"] = ""
        return
    try:
        records = shelf.records()
        revision, archived = records.draft_revision(state["token"]), records.is_archived(state["token"])
    except HexapodError as error:
        state["unanswered"] = f"The library does not answer: what it has of this case is not known. {error}"
        return
    state.update(unanswered="", newer=revision if revision > state["revision"] else 0, archived=archived)


def _save(key: str, base: int) -> None:
    state = st.session_state
    state["called"] = True
    try:
        state["revision"] = shelf.records().save_draft(key, base, text_of(state["draft"]))
    except Conflict as conflict:
        when = conflict.at[11:16]
        state["unsaved"] = Unsaved(
            f"{conflict.by} saved this case at {when} UTC while you were editing. Your last entries are on this page "
            "only. Decide which go on:",
            conflict.revision,
        )
        state["token"] = key
    except HexapodError as error:
        text = str(error)
        state["unsaved"] = Unsaved(text if text.startswith("NOT SAVED") else f"NOT SAVED: {text}")
    else:
        if state["place"] != key and not is_key(state["place"]):
            state["names"][state["place"]] = key
        state.update(token=key, meant=key, place=key, unsaved=None, newer=0)
        address.show(key, state["step"])

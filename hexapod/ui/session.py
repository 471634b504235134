"""The session: which draft is open, which step is shown.  Changes come from callbacks only, and are kept at once."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from typing import Any

import streamlit as st

from hexapod.case.model import Case
from hexapod.ui import draft as d
from hexapod.ui import keeping
from hexapod.ui.cautions import Answers
from hexapod.ui.opened import draft_of
from hexapod.ui.outcome import Outcome
from hexapod.ui.papers import Choices, Papers

STEPS = {
    "case": "Case",
    "deformity": "Deformity",
    "frame": "Frame",
    "stages": "Stages",
    "plan": "Plan",
}
_log = logging.getLogger(__name__)


def start() -> None:
    """At the top of every run: find the draft named in the address, or begin an empty one."""
    state = st.session_state
    if "draft" in state:
        return
    state.update(draft=d.blank_draft(), token="", revision=0, sheet=keeping.new_token(), step="case", level="")
    state.update(said="", answers=Answers(), papers=None, choices=Choices(), wanted=False)
    step = st.query_params.get("step", "case")
    state["step"] = step if step in STEPS else "case"
    token = st.query_params.get("case", "")
    kept = keeping.load(token) if keeping.is_token(token) else None
    if kept is not None:
        state["draft"], state["revision"] = kept
        state["token"] = token
    elif token:
        state["said"] = "The draft named in the address is not kept here: this is a new, empty case."
        del st.query_params["case"]


def draft() -> d.Draft:
    """The open draft."""
    return st.session_state["draft"]


def token() -> str:
    """The name under which the draft is kept; empty before the first entry."""
    return st.session_state["token"]


def step() -> str:
    """The step shown."""
    return st.session_state["step"]


def level() -> d.Draft:
    """The level being edited."""
    levels = draft()["levels"]
    return next((one for one in levels if one["uid"] == st.session_state["level"]), levels[0])


def level_index() -> int:
    """Its place in the case, from 0."""
    return draft()["levels"].index(level())


def go(name: str) -> None:
    """Show a step.  For callbacks, so that an edit in flight is taken along."""
    st.session_state.update(step=name, said="")
    st.query_params["step"] = name


def choose_level(uid: str) -> None:
    """Edit another level.  For callbacks."""
    st.session_state["level"] = uid


def widget_key(path: d.Path) -> str:
    """The name of an entry's widget: of this draft only, so that nothing typed for one case appears in another."""
    return "|".join((st.session_state["sheet"], *path))


def is_of_open_draft(key: str) -> bool:
    """Whether a widget belongs to the open draft.

    Streamlit may call the callbacks of the widgets of before once more, after a button among them has opened another
    case: what they hold must not become an entry of that case.
    """
    return key.startswith(f"{st.session_state['sheet']}|") and key in st.session_state


def take(path: d.Path, key: str) -> None:
    """Callback of an entry: what its widget holds becomes the draft's entry."""
    if is_of_open_draft(key):
        put(path, st.session_state[key])


def agree() -> None:
    """Make sure that the draft says what the widgets show, whichever callback Streamlit may have left out."""
    for key in [key for key in st.session_state if isinstance(key, str) and is_of_open_draft(key)]:
        path = tuple(key.split("|")[1:])
        try:
            same = d.entry(draft(), path) == st.session_state[key]
        except KeyError:
            continue
        if not same:
            _log.warning("the entry %s was taken from its field", path)
            put(path, st.session_state[key])


def put(path: d.Path, value: Any) -> None:
    """Set an entry and keep the draft.  An entry whose stage or level was removed meanwhile is let go."""
    try:
        held, name = d.holder(draft(), path)
        if held[name] == value:
            return
    except KeyError:
        return
    held[name] = value
    keep()


def change(how: Callable[[d.Draft], None]) -> None:
    """Change the draft's lists (add, remove, move) and keep it.  What is no longer there cannot be changed."""
    try:
        how(draft())
    except KeyError:
        return
    keep()


def keep() -> None:
    """Write the draft to disk.  A draft that another window has changed meanwhile goes on under a name of its own."""
    state = st.session_state
    if not state["token"]:
        _name_anew()
    elif keeping.revision_on_disk(state["token"]) > state["revision"]:
        state["said"] = (
            "This case was changed in another window. Your entries go on here as a case of their own: "
            "compare the two before you use a plan."
        )
        _name_anew()
    state["revision"] += 1
    try:
        keeping.save(state["token"], state["draft"], state["revision"])
    except OSError as error:
        _log.exception("the draft cannot be kept")
        state["said"] = (
            f"Entries cannot be kept on disk ({error.strerror or error}): save the case file before you leave."
        )


def open_draft(new: d.Draft, said: str, step_name: str) -> None:
    """Open another draft, under a name of its own.  For callbacks."""
    state = st.session_state
    state.update(draft=copy.deepcopy(new), token="", revision=0, sheet=keeping.new_token(), level="")
    state.update(said="", answers=Answers(), papers=None, choices=Choices(), wanted=False)
    keep()
    trouble = state["said"]
    go(step_name)
    state["said"] = " ".join(text for text in (said, trouble) if text)


def open_case(case: Case, said: str, step_name: str = "plan") -> None:
    """Open a case that was read from a file.  For callbacks."""
    open_draft(draft_of(case.document), said, step_name)


def wipe_what_is_of_other_entries(outcome: Outcome) -> None:
    """Forget what was said to cautions, and the documents, unless both are of these very entries."""
    state, fingerprint = st.session_state, outcome.case.sha256 if outcome.case else ""
    if state["answers"].case_sha256 != fingerprint:
        state["answers"] = Answers(fingerprint, keeping.new_token())
    if state["papers"] is not None and state["papers"].case_sha256 != fingerprint:
        state.update(papers=None, wanted=False)


def answers() -> Answers:
    """What was said to the cautions of these entries."""
    return st.session_state["answers"]


def papers() -> Papers | None:
    """The documents made of these entries."""
    return st.session_state["papers"]


def _name_anew() -> None:
    state = st.session_state
    state["token"], state["revision"] = keeping.new_token(), 0
    st.query_params["case"] = state["token"]

"""The session: which case is open, which step is shown.  Changes come from callbacks only, and are kept at once."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from typing import Any

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import number_input
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.storage import text_of
from hexapod.app.session import address, answer, autosave, rights, unsaved
from hexapod.app.session.acknowledgements import Answers
from hexapod.app.session.journal import Journal
from hexapod.app.session.made_documents import Choices
from hexapod.app.session.open_case import NEW, Opened, opened
from hexapod.app.sign_in import user
from hexapod.case.model import Case
from hexapod.library import new_key

STEPS = {
    "limb": "Limb",
    "frame": "Frame",
    "deformity": "Deformity",
    "mounting": "Mounting",
    "treatment": "Treatment",
    "check": "Check",
    "prescription": "Prescription",
    "follow-up": "Follow-up",
}
FIRST = "limb"
STAY = (
    "The last entries of this case are not saved, so it stays open: save them first, or leave them behind by the "
    "button above."
)
GONE = (
    "The entries that were not saved are no longer held: they were saved or given up in another window, or the "
    "program was started again. This is what the library has."
)
_log = logging.getLogger(__name__)


def start() -> None:
    """At the top of every run: go where the address leads, unless a button or an entry has just decided that.

    A message of the browser that was sent before it knew the new address still names the old one.
    """
    state = st.session_state
    if "draft" not in state:
        state.update(names={}, called=False, place="", step=FIRST, jumps=0, unsaved=None, held="", journal=Journal())
        _take_up(Opened("", d.blank_draft()))
        told = _take_up_unsaved()
    else:
        autosave.catch_up()
        told = ""
    if state["called"]:
        state["called"] = False
        address.show(state["place"], state["step"], state["held"])
        return
    asked, step = address.asked()
    asked = state["names"].get(asked, asked)
    if asked != state["place"] and must_stay():
        address.show(state["place"], state["step"], state["held"])
        return
    state["step"] = step if step in STEPS else FIRST
    if asked != state["place"]:
        _take_up(opened(asked))
        state["said"] = told or state["said"]
    if (state["place"], state["held"]) != (address.asked()[0], address.unsaved()):
        address.show(state["place"], state["step"], state["held"])


def on_list() -> bool:
    """Whether the list of cases is shown: no case is open."""
    return not st.session_state["place"]


def must_stay() -> bool:
    """Whether the open case cannot be left, because its last entries are nowhere but on the page; that is told."""
    if not st.session_state["unsaved"]:
        return False
    st.session_state["said"] = STAY
    return True


def is_of_before() -> bool:
    """Whether the browser still shows a page of another case, so that the button pressed was not of this one."""
    asked = address.asked()[0]
    return bool(st.session_state["names"].get(asked, asked) != st.session_state["place"])


def draft() -> d.Draft:
    """The open draft."""
    of_now: d.Draft = st.session_state["draft"]
    return of_now


def token() -> str:
    """The key of the open case in the library; empty before its first save."""
    return str(st.session_state["token"])


def step() -> str:
    """The step shown."""
    return str(st.session_state["step"])


def level() -> d.Draft:
    """The level being edited."""
    levels = draft()["levels"]
    return next((one for one in levels if one["uid"] == st.session_state["level"]), levels[0])


def level_index() -> int:
    """Its place in the case, from 0."""
    levels: list[d.Draft] = draft()["levels"]
    return levels.index(level())


def go(name: str) -> None:
    """Show a step.  For callbacks, so that an edit in flight is taken along."""
    st.session_state.update(step=name, said="", refused=None, called=True)


def go_to_list() -> None:
    """Show the list of cases.  For callbacks."""
    st.session_state["called"] = True
    if not must_stay():
        _take_up(opened(""))


def leave_behind() -> None:
    """Callback: the case as the library has it; what could not be saved is given up."""
    state = st.session_state
    state["called"] = True
    if state["unsaved"] and not is_of_before():
        _take_up(opened(state["token"] or state["place"]))


def open_place(place: str, step_name: str = FIRST, pressed: str = "") -> None:
    """Open a case of the library by its key, a sample, or an empty case.  For callbacks.

    `pressed` is the key of the button, beside which it is told when the case cannot be opened.
    """
    st.session_state["called"] = True
    if must_stay():
        return
    st.session_state["names"].pop(place, None)
    new = opened(place)
    _take_up(new)
    st.session_state["step"] = step_name
    if new.trouble and pressed:
        st.session_state.update(answer.refusal(pressed, new.trouble))


def choose_level(uid: str) -> None:
    """Edit another level.  For callbacks."""
    st.session_state.update(level=uid, called=True)


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


def take_reading(path: d.Path, key: str) -> None:
    """Callback of a strut reading: six numbers pasted into one field are those of the six struts."""
    if not is_of_open_draft(key):
        return
    six = number_input.six_in(st.session_state[key])
    if not six:
        put(path, st.session_state[key])
        return
    try:
        d.entry(draft(), path[:-1]).update({str(k): text for k, text in enumerate(six)})
    except KeyError:
        return
    for k, text in enumerate(six):
        st.session_state[widget_key((*path[:-1], str(k)))] = text
    autosave.keep()


def agree() -> None:
    """Make sure that the draft says what the widgets show, whichever callback Streamlit may have left out.

    A field that is closed enters nothing: it may still hold what stood there before the entry that closed it.
    """
    for key in [key for key in st.session_state if isinstance(key, str) and is_of_open_draft(key)]:
        path = tuple(key.split("|")[1:])
        try:
            same = d.entry(draft(), path) == st.session_state[key]
        except KeyError:
            continue
        if not same and rights.may_enter(path):
            _log.warning("the entry %s was taken from its field", path)
            put(path, st.session_state[key])
    autosave.keep_what_changed()
    st.session_state["called"] = False


def put(path: d.Path, value: Any) -> None:
    """Set an entry and save the draft.  An entry whose stage or level was removed meanwhile is let go."""
    try:
        held, name = d.holder(draft(), path)
        if held[name] == value:
            return
    except KeyError:
        return
    held[name] = value
    autosave.keep()


def change(how: Callable[[d.Draft], None]) -> None:
    """Change the draft's lists (add, remove, move) and save it.  What is no longer there cannot be changed.

    A button of a page of before changes nothing: a second click on a busy server may come when another case is open.
    """
    if is_of_before():
        return
    try:
        how(draft())
    except KeyError:
        return
    autosave.keep()


def open_draft(new: d.Draft, said: str, step_name: str) -> None:
    """Open a draft that is not in the library yet, and save it.  For callbacks."""
    state = st.session_state
    if must_stay():
        return
    state["names"].pop(NEW, None)
    _take_up(Opened(NEW, copy.deepcopy(new), said=said))
    state.update(step=step_name, called=True)
    autosave.keep()


def open_case(case: Case, said: str, step_name: str = "check") -> None:
    """Open a case that was read from a file.  For callbacks."""
    open_draft(draft_of(case.document), said, step_name)


def _take_up_unsaved() -> str:
    """Take up the entries that the address of a page loaded anew names as not saved; what to say if there are none."""
    key = address.unsaved()
    if not key:
        return ""
    found = unsaved.held(key, user.actor().name)
    if found is None or found.place != address.asked()[0]:
        return GONE
    _take_up(Opened(found.place, found.draft, found.token, found.revision))
    st.session_state.update(meant=found.meant, unsaved=found.unsaved, held=key)
    return ""


def _take_up(new: Opened) -> None:
    """Show another draft: nothing of the one before stays."""
    st.session_state["journal"].open(
        text_of(new.draft),
        {
            "place": new.place,
            "draft": new.draft,
            "token": new.key,
            "revision": new.revision,
            "meant": new.key or new_key(),
            "said": new.said or new.trouble,
            "warning": new.warning,
            "unsaved": None,
            "newer": 0,
            "unanswered": "",
            "archived": False,
            "locked": 0,
            "question": None,
            "refused": None,
            "follows": None,
            "sheet": new_key(),
            "level": "",
            "answers": Answers(),
            "papers": None,
            "choices": Choices(),
            "wanted": "",
            "shown": "",
            "jump": None,
        },
    )
    autosave.catch_up()

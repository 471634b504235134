"""The library as the pages reach it: opened once for the server, asked in the name of the user of this run.

What that user may do is asked once a run: for showing fields, never instead of the library's own check.
"""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.session import session
from hexapod.app.sign_in import user
from hexapod.errors import HexapodError
from hexapod.library import (
    ANYONE,
    Library,
    LibraryError,
    LibraryRefused,
    Permission,
    Records,
    Role,
    open_library,
    permitted,
)
from hexapod.library.storage.database import library_url

_log = logging.getLogger(__name__)


def records() -> Records:
    """The library's calls for the user of this run.

    Raises:
        LibraryRefused: the database cannot be opened, told without its place; it is tried again in the next run.
    """
    return opened().as_user(user.actor())


def answers() -> bool:
    """Whether the library can be opened and read, whoever asks."""
    try:
        opened().as_user(ANYONE).roles.may("look")
    except LibraryError:
        return False
    return True


def warnings() -> tuple[str, ...]:
    """What everybody must be told of the library itself.  Raises LibraryError as `records`."""
    return opened().warnings()


def opened() -> Library:
    """The library for whoever asks; its calls are made by `as_user`.  Raises LibraryRefused as `records`."""
    url = library_url()
    try:
        return _library(url.render_as_string(hide_password=False))
    except LibraryRefused as error:
        _log.warning("%s", error)
        text, file = str(error), url.database or ""
        if not Path(file).is_absolute():
            raise
        raise LibraryRefused(text.replace(file, "The library's file")) from None


@st.cache_resource(show_spinner=False)
def _library(url: str) -> Library:
    return open_library(url)


def look() -> None:
    """At every run, before anything is drawn: ask the library for the roles that count now.

    A field may just be typed in when the page is drawn by itself.  Closed, it would never send what it says; so fields
    that are open then stay open until somebody does something, which brings that text along.
    """
    state = session.current()
    state.fields_stay_open, state.entries_stay_open = (
        state.drawn_by_itself and may_change(),
        state.drawn_by_itself and may_enter(),
    )
    state.drawn_by_itself = False
    try:
        state.roles = records().roles.mine()
    except HexapodError:
        # It does not answer, which the pages say: what is typed meanwhile is held until it can be saved.
        state.roles = None


def may(permission: Permission) -> bool:
    """Whether the user's roles allow this; False while the library does not answer."""
    return permission in permitted(session.current().roles or ())


def may_plan() -> bool:
    """Whether the user's roles allow to change cases; True while the library does not answer."""
    return session.current().roles is None or may("plan")


def may_change() -> bool:
    """Whether anything can be written into the open case: visits, notes, a signature; for entries see `may_enter`.

    While entries are not saved they can, whoever is there: Streamlit drops the last value of a field that is disabled
    in the run that brings it, and the page is then the only place where those entries are.
    """
    stays_open = session.opened().unsaved or session.current().fields_stay_open
    return bool(stays_open) or (may_plan() and not is_archived())


def may_enter(path: d.Path = ()) -> bool:
    """Whether the entry at a path can be changed: those of a signed plan are closed until a revision is begun.

    What is recorded at a visit is no entry of the plan.
    """
    if path[:1] == ("visit",):
        return may_change()
    stays_open = session.opened().unsaved or session.current().entries_stay_open
    return bool(stays_open) or (may_change() and not locked())


def locked() -> int:
    """The number of the signed plan whose entries are on the page and closed; 0 while a draft is being edited."""
    return session.opened().locked


def closed(key: str) -> bool:
    """Whether a field that is no entry of the case is to be disabled: never while it holds what stands nowhere else."""
    return not may_change() and not session.typed(key)


def is_archived() -> bool:
    """Whether the open case is archived, as the library said in this run."""
    return session.opened().is_archived()


def only_looks(here: str = "this case, not change it") -> str:
    """Why the user may look and no more; empty for whoever may plan."""
    if may_plan():
        return ""
    roles = session.current().roles or frozenset[Role]()
    names = " and ".join(sorted(roles))
    whose = "library" if user.actor().roles is None else "hospital’s sign-in"
    reason = f"your role is {names}" if len(roles) == 1 else f"your roles are {names}"
    return f"You can look at {here}: {reason}. Ask an administrator of the {whose} for another role."

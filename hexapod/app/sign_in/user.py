"""Who is at the page: the one place that tells, for every page and every call of the library."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from html import escape

import streamlit as st

from hexapod.app.sign_in import ended, pages, settings
from hexapod.app.sign_in.claims import NotSignedIn, Person, person_of
from hexapod.app.sign_in.settings import SettingsWrong, SignIn
from hexapod.library import ANYONE, Actor, LibraryError, Records

__all__ = ["NotSignedIn", "actor", "badge", "gate", "notice", "person", "signature"]

_log = logging.getLogger(__name__)


def actor() -> Actor:
    """The user of this run.  Without sign-in nobody is told apart.

    Raises:
        NotSignedIn: sign-in is switched on and nobody is signed in, or not any more.
    """
    found = person()
    return ANYONE if found is None else found.actor


def signature() -> str | None:
    """Whom a signature names; None without sign-in, where signers type their name.  Raises NotSignedIn as `actor`."""
    found = person()
    return None if found is None else found.signature


def person() -> Person | None:
    """Who is signed in, asked anew at every call; None when sign-in is off.

    Raises:
        NotSignedIn: as `actor`.
    """
    try:
        sign_in = settings.current()
    except SettingsWrong as error:
        raise NotSignedIn(pages.BROKEN) from error
    return None if sign_in is None else _person(sign_in)


def gate(records: Callable[[], Records]) -> bool:
    """Whether the app may be drawn for the user of this run; if not, the page that says why has been drawn instead.

    Args:
        records: gives the library for the user of this run; not called when sign-in is off.
    """
    try:
        sign_in = settings.current()
        if sign_in is None:
            return True
        found = _person(sign_in)
        if records().may("look"):
            return True
    except SettingsWrong as error:
        _log.error("nobody can sign in: %s", error)
        pages.broken()
    except NotSignedIn as error:
        if error.why:
            _log.warning("a sign-in does not count: %s", error.why)
        pages.sign_in(str(error))
    except LibraryError as error:
        _log.error("the library cannot be asked for roles: %s", error)
        pages.broken(pages.UNREACHABLE, again=True)
    else:
        pages.no_role(found, sign_in.roles_claim is not None, _sign_out)
    return False


def badge() -> None:
    """The name of who is signed in, with a button to sign out; nothing when sign-in is off."""
    found = person()
    if found is None:
        return
    with st.container(key="who", horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.html(f'<span class="hx-who" title="Signed in as">{escape(found.signature)}</span>', width="content")
        st.button("Sign out", key="sign-out", on_click=_sign_out)


def notice() -> str:
    """What the first screen says of who can use the library; empty when sign-in keeps others out."""
    try:
        if settings.current() is not None:
            return ""
    except SettingsWrong:
        return ""
    whom = "at this computer" if st.get_option("server.address") in settings.HERE else "in this network"
    return f"Sign-in is off: anyone {whom} can see, change and sign every case here."


def _person(sign_in: SignIn) -> Person:
    found = person_of(st.user.to_dict(), sign_in, time.time())
    if ended.ended(found.mark):
        raise NotSignedIn(pages.SIGNED_OUT)
    return found


def _sign_out() -> None:
    """End this sign-in, in every tab and for every copy of its cookie, and leave the provider's session too."""
    try:
        found = person()
    except NotSignedIn:
        found = None
    if found is not None:
        ended.end(found.mark, found.until_s, time.time())
    st.logout()

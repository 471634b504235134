"""Who is at the page: the one place that tells, for every page and every call of the library.

Whoever may see no case is shown another page: to sign in, without a role, or why neither can be.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from html import escape

import streamlit as st

from hexapod.app.sign_in import claims, settings
from hexapod.app.sign_in.claims import NotSignedIn, Person, person_of
from hexapod.app.sign_in.settings import SettingsWrong, SignIn
from hexapod.library import ANYONE, Actor, LibraryError, Records

__all__ = ["NotSignedIn", "actor", "badge", "gate", "notice", "person", "signature"]

TITLE = "Hexapod planner"
SIGNED_OUT = "You have signed out."
BROKEN = (
    "Sign-in does not work on this server, so nobody can use the library now. Tell whoever looks after the program: "
    "what is wrong stands in the server's log."
)
UNREACHABLE = "The library of cases cannot be read now. Your sign-in is fine: try again in a moment."
_WIDTH_PX = 560
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
        raise NotSignedIn(BROKEN) from error
    return None if sign_in is None else _person(sign_in)


def lasting() -> Callable[[], None]:
    """What raises NotSignedIn once the sign-in of this run has ended; to be asked later, where no run tells who it is.

    Raises:
        NotSignedIn: as `actor`.
    """
    found = person()

    def ask() -> None:
        if found is not None and (claims.ended(found.mark) or time.time() >= found.until_s):
            raise NotSignedIn(SIGNED_OUT)

    return ask


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
        if records().roles.may("look"):
            return True
    except SettingsWrong as error:
        _log.error("nobody can sign in: %s", error)
        _broken_page()
    except NotSignedIn as error:
        if error.why:
            _log.warning("a sign-in does not count: %s", error.why)
        _sign_in_page(str(error))
    except LibraryError as error:
        _log.error("the library cannot be asked for roles: %s", error)
        _broken_page(UNREACHABLE, again=True)
    else:
        _no_role_page(found, sign_in.roles_claim is not None, _sign_out)
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
    if claims.ended(found.mark):
        raise NotSignedIn(SIGNED_OUT)
    return found


def _sign_out() -> None:
    """End this sign-in, in every tab and for every copy of its cookie, and leave the provider's session too."""
    try:
        found = person()
    except NotSignedIn:
        found = None
    if found is not None:
        claims.end(found.mark, found.until_s, time.time())
    st.logout()


def _sign_in_page(told: str) -> None:
    """The page with one button; `told` says why somebody sees it who was signed in before."""
    with _page():
        _line(told)
        st.markdown(
            "Sign in to see the cases. The sign-in page of your hospital opens; type your password there and nowhere "
            "else."
        )
        st.button("Sign in", key="sign-in", type="primary", on_click=st.login)


def _no_role_page(person: Person, from_provider: bool, sign_out: Callable[[], None]) -> None:
    """The page of somebody whom the library gives no role."""
    with _page():
        st.markdown(
            f"You are signed in, but you have no role in this library yet, so it shows you nothing. "
            f"Ask an administrator of the {'hospital’s sign-in' if from_provider else 'library'} for one, and give "
            f"them this name:"
        )
        st.code(person.actor.name, language=None, wrap_lines=True)
        st.markdown(
            "A new role counts when you sign in the next time: sign out here first."
            if from_provider
            else "As soon as you have a role, press Look again."
        )
        with st.container(horizontal=True):
            if not from_provider:
                st.button("Look again", key="look-again", type="primary")
            st.button("Sign out", key="sign-out", on_click=sign_out)


def _broken_page(told: str = BROKEN, again: bool = False) -> None:
    """The page when nobody can be let in."""
    with _page():
        st.error(told)
        if again:
            st.button("Try again", key="try-again", type="primary")


def _page() -> st.delta_generator.DeltaGenerator:
    page = st.container(horizontal_alignment="center").container(key="sign-in-page", width=_WIDTH_PX)
    page.title(TITLE, anchor=False)
    return page


def _line(told: str) -> None:
    """The place of a message is always there."""
    place = st.container(key="sign-in-said")
    if told:
        place.info(told)

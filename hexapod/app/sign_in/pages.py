"""What is shown instead of the app: the page to sign in, the page without a role, and the page when neither can be."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from hexapod.app.sign_in.claims import Person

TITLE = "Hexapod planner"
SIGNED_OUT = "You have signed out."
BROKEN = (
    "Sign-in does not work on this server, so nobody can use the library now. Tell whoever looks after the program: "
    "what is wrong stands in the server's log."
)
UNREACHABLE = "The library of cases cannot be read now. Your sign-in is fine: try again in a moment."
_WIDTH_PX = 560


def sign_in(told: str) -> None:
    """The page with one button; `told` says why somebody sees it who was signed in before."""
    with _page():
        _line(told)
        st.markdown(
            "Sign in to see the cases. The sign-in page of your hospital opens; type your password there and nowhere "
            "else."
        )
        st.button("Sign in", key="sign-in", type="primary", on_click=st.login)


def no_role(person: Person, from_provider: bool, sign_out: Callable[[], None]) -> None:
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


def broken(told: str = BROKEN, again: bool = False) -> None:
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

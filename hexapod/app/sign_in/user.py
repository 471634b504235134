"""Who is at the page: the one place that tells, by what the provider tells, for every page and call of the library.

Whoever may see no case is shown another page: to sign in, without a role, or why neither can be.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from hexapod.app.sign_in import settings
from hexapod.app.sign_in.settings import SettingsWrong, SignIn
from hexapod.library import ANYONE, Actor, LibraryError, NotPermitted, Records, Role

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
        if found is not None and (ended(found.mark) or time.time() >= found.until_s):
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
    if ended(found.mark):
        raise NotSignedIn(SIGNED_OUT)
    return found


def _sign_out() -> None:
    """End this sign-in, in every tab and for every copy of its cookie, and leave the provider's session too."""
    try:
        found = person()
    except NotSignedIn:
        found = None
    if found is not None:
        end(found.mark, found.until_s, time.time())
    st.logout()


def _sign_in_page(message: str) -> None:
    """The page with one button; `told` says why somebody sees it who was signed in before."""
    with _page():
        _line(message)
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


def _broken_page(message: str = BROKEN, again: bool = False) -> None:
    """The page when nobody can be let in."""
    with _page():
        st.error(message)
        if again:
            st.button("Try again", key="try-again", type="primary")


def _page() -> st.delta_generator.DeltaGenerator:
    page = st.container(horizontal_alignment="center").container(key="sign-in-page", width=_WIDTH_PX)
    page.title(TITLE, anchor=False)
    return page


def _line(message: str) -> None:
    """The place of a message is always there."""
    place = st.container(key="sign-in-said")
    if message:
        place.info(message)


# Clocks of two servers may differ by this much; Authlib allows the same at the sign-in.
CLOCKS_APART_S = 120
HOUR_S = 3600
# Longer names are no names: they would push everything else off the screen.
LONGEST_NAME = 120
# Signatures that only the provider can make; not `none`, nor those of a key that both sides know.
SIGNATURES = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
FIRST = ""
ANEW = (
    "This sign-in does not count here. Please sign in again; if that does not help, tell whoever looks after the "
    "program: the reason stands in the server's log."
)
AGED = (
    "Your sign-in has ended, as it does after {hours:g} hours. Please sign in again, and then look whether your last "
    "entry is there."
)
# Sign-ins ended by signing out, until when (s): Streamlit's cookie outlives that in other tabs, and in a copy of it.
_until_s: dict[str, float] = {}
_lock = threading.Lock()


class NotSignedIn(NotPermitted):
    """Nobody is signed in where somebody must be; the sentence is for the sign-in page, empty for a first visit.

    `why` is for the server's log, when somebody has signed in and that does not count; it holds no value of a token.
    """

    def __init__(self, message: str, why: str = "") -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in.

    Attributes:
        actor: as whom the library knows them.
        shown: the person's name, for the screen and signatures.
        mark: of this one sign-in, so that it can be ended.
        until_s: when it ends by itself, in seconds since 1970 (UTC).
    """

    actor: Actor
    shown: str
    mark: str
    until_s: float

    @property
    def signature(self) -> str:
        """Whom a signature names: the person, and as whom the library knows them when that is something else."""
        return self.shown if self.shown == self.actor.name else f"{self.shown} ({self.actor.name})"


def person_of(claims: Mapping[str, Any], sign_in: SignIn, now_s: float) -> Person:
    """Who is signed in by these claims, at a time in seconds since 1970 (UTC).

    Raises:
        NotSignedIn: nobody; or the claims are of another provider or app, too old, or name nobody.
    """
    if claims.get("is_logged_in") is not True:
        raise NotSignedIn(FIRST)
    # "default" is Streamlit's word for the provider without a name.
    if claims.get("provider") != "default" or claims.get("iss") != sign_in.issuer:
        raise NotSignedIn(ANEW, "the token's issuer is not the one of the secrets file")
    if not _for_us(claims, sign_in):
        raise NotSignedIn(ANEW, "the token's audience is not this app alone")
    issued_s, expires_s = _number(claims.get("iat")), _number(claims.get("exp"))
    if expires_s <= issued_s or issued_s > now_s + CLOCKS_APART_S:
        raise NotSignedIn(ANEW, "the token's times make no sense: look at the clocks")
    until_s = issued_s + sign_in.session_hours * HOUR_S
    if now_s >= until_s:
        raise NotSignedIn(AGED.format(hours=sign_in.session_hours))
    subject, nonce = _name(claims.get("sub")), claims.get("nonce")
    if subject is None or not _signed(claims.get("tokens"), nonce):
        raise NotSignedIn(ANEW, "the token is not signed with a key of the provider's own, or names no subject")
    name = _name(claims.get(sign_in.user_claim))
    if name is None or name == ANYONE.name:
        raise NotSignedIn(ANEW, f"the token has no usable {sign_in.user_claim}, which user_claim asks for")
    mark = hashlib.sha256("\n".join((sign_in.issuer, subject, str(nonce), str(issued_s))).encode()).hexdigest()
    actor = Actor(name, _roles(claims, sign_in))
    return Person(actor, _name(claims.get(sign_in.name_claim)) or name, mark, until_s)


def _for_us(claims: Mapping[str, Any], sign_in: SignIn) -> bool:
    """Whether a token was made for this app: it alone is the audience, or it is the one whom the token was given to."""
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    if sign_in.client_id not in several or (party is not None and party != sign_in.client_id):
        return False
    return len(several) == 1 or party == sign_in.client_id


def _signed(tokens: object, nonce: object) -> bool:
    """Whether the token of this very sign-in, known by its nonce, carried a signature of the provider."""
    token = tokens.get("id") if isinstance(tokens, Mapping) else None
    if not isinstance(token, str) or token.count(".") != 2 or not isinstance(nonce, str) or not nonce:
        return False
    try:
        head, body = (json.loads(base64.urlsafe_b64decode(part + "===")) for part in token.split(".")[:2])
    except (binascii.Error, ValueError):
        return False
    if not isinstance(head, dict) or not isinstance(body, dict):
        return False
    algorithm = head.get("alg")
    return isinstance(algorithm, str) and algorithm in SIGNATURES and body.get("nonce") == nonce


def _roles(claims: Mapping[str, Any], sign_in: SignIn) -> frozenset[Role] | None:
    if sign_in.roles_claim is None:
        return None
    claimed = claims.get(sign_in.roles_claim)
    words = {word for word in (claimed if isinstance(claimed, list) else [claimed]) if isinstance(word, str)}
    return frozenset(role for role, names in sign_in.role_names.items() if names & words)


def _number(value: object) -> float:
    """A time of a token.  Raises NotSignedIn for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotSignedIn(ANEW, "the token has no iat or exp")
    return value


def _name(value: object) -> str | None:
    """A text that can stand in a record and on a screen, as it is, or None."""
    if not isinstance(value, str) or not value.isprintable() or value != value.strip():
        return None
    return value if 0 < len(value) <= LONGEST_NAME else None


def end(mark: str, until_s: float, now_s: float) -> None:
    """Let a sign-in count no more on this server; it is forgotten when it would have ended by itself (seconds, UTC)."""
    with _lock:
        for old in [known for known, end_s in _until_s.items() if end_s <= now_s]:
            del _until_s[old]
        _until_s[mark] = until_s


def ended(mark: str) -> bool:
    """Whether a sign-in was ended."""
    return mark in _until_s

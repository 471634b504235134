"""How sign-in is switched on: the secrets file, read strictly.  Whatever is wrong in it keeps everybody out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from hexapod.errors import HexapodError
from hexapod.library import ROLES, Role

REQUIRED = "HEXAPOD_SIGN_IN"
DISCOVERY = "/.well-known/openid-configuration"
CALLBACK = "/oauth2callback"
HERE = {"localhost", "127.0.0.1", "::1"}
# A working day with a long operation in it; a week is the most that a stolen cookie may be worth.
USUAL_HOURS, MOST_HOURS = 12.0, 168.0
# 32 letters and digits hold some 190 bits, so the key of the cookies cannot be tried out.
SHORTEST_SECRET = 32
# OpenID Connect Core 5.7: none of these is unique or lasting, and at many providers users set them themselves.
NOBODYS_NAME = {
    "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
    "website", "email", "email_verified", "phone_number", "phone_number_verified", "address", "gender", "birthdate",
    "zoneinfo", "locale", "updated_at", "iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "auth_time", "sid",
}  # fmt: skip
KEYS = {"user_claim", "name_claim", "roles_claim", "roles", "issuer", "session_hours"}


class SettingsWrong(HexapodError):
    """The secrets file cannot be used; the sentence is for the server's log and never holds a value of the file."""


@dataclass(frozen=True)
class SignIn:
    """Sign-in as it was switched on.

    Attributes:
        client_id: the app's name at the provider, which tokens must be made for.
        issuer: the provider's name for itself, which tokens must be made by.
        user_claim: the claim that names a user in the records.
        name_claim: the claim with a person's name, for the screen and signatures.
        roles_claim: the claim with the roles; None means the library's own list.
        role_names: for each role what the provider calls it.
        session_hours: how long a sign-in lasts.
        redirect_uri: the address of this app to which the provider leads back.
    """

    client_id: str
    issuer: str
    user_claim: str
    name_claim: str
    roles_claim: str | None
    role_names: Mapping[Role, frozenset[str]]
    session_hours: float
    redirect_uri: str


# Sign-in that was on once stays on until the server is started again: a file that is being edited, moved or deleted
# must not open the library for everybody.
_switched_on: dict[str, SignIn] = {}


def current() -> SignIn | None:
    """Sign-in as it is switched on, or None when it is off.

    Raises:
        SettingsWrong: it should be on, but cannot be.
    """
    if "now" not in _switched_on:
        found = read(_secrets(), os.environ.get(REQUIRED, ""))
        if found is None:
            return None
        _check_server()
        _switched_on["now"] = found
    return _switched_on["now"]


def by_https() -> bool:
    """Whether users reach the app by HTTPS, as the settings have it; False when sign-in is off."""
    return _back().startswith("https:")


def host() -> str | None:
    """The host name by which users reach the app, as the settings have it; None when sign-in is off."""
    return urlsplit(_back()).hostname


def _back() -> str:
    """The address to which sign-in leads back, empty when it is off or cannot be on."""
    try:
        found = current()
    except SettingsWrong:
        return ""
    return found.redirect_uri if found is not None else ""


def read(secrets: Mapping[str, Any], required: str) -> SignIn | None:
    """Sign-in as the contents of a secrets file have it.

    Args:
        secrets: the file as nested dictionaries, empty without a file.
        required: the environment variable HEXAPOD_SIGN_IN, `required` or empty.

    Raises:
        SettingsWrong: a key is missing, unknown or unusable.
    """
    if required not in ("", "required"):
        raise SettingsWrong(f"{REQUIRED} can only be `required`, or not be set.")
    auth = secrets.get("auth")
    if auth is None:
        if required or "hexapod" in secrets:
            raise SettingsWrong("Sign-in is asked for, but the secrets file has no part [auth], or was not found.")
        return None
    own = secrets.get("hexapod", {})
    if not isinstance(auth, Mapping) or not isinstance(own, Mapping):
        raise SettingsWrong("[auth] and [hexapod] must be parts of the secrets file, with keys below them.")
    metadata = _provider(auth)
    if unknown := set(own) - KEYS:
        raise SettingsWrong(f"[hexapod] has keys that mean nothing: {', '.join(sorted(unknown))}.")
    user_claim = _text(own, "hexapod", "user_claim", "sub")
    if user_claim in NOBODYS_NAME:
        raise SettingsWrong(
            f"[hexapod] user_claim cannot be {user_claim}: users may set it themselves, or it does not last. Take sub, "
            f"or a claim that only the hospital sets."
        )
    roles_claim = _text(own, "hexapod", "roles_claim") if "roles_claim" in own else None
    if roles_claim is None and "roles" in own:
        raise SettingsWrong("[hexapod.roles] needs roles_claim: the claim in which the provider tells them.")
    return SignIn(
        client_id=_text(auth, "auth", "client_id"),
        issuer=_text(own, "hexapod", "issuer", metadata.removesuffix(DISCOVERY)),
        user_claim=user_claim,
        name_claim=_text(own, "hexapod", "name_claim", "name"),
        roles_claim=roles_claim,
        role_names=_role_names(own.get("roles")),
        session_hours=_hours(own.get("session_hours", USUAL_HOURS)),
        redirect_uri=_text(auth, "auth", "redirect_uri"),
    )


def _secrets() -> Mapping[str, Any]:
    """The secrets of the server.  Streamlit takes a file that it cannot read for none at all; here it is an error."""
    try:
        if st.secrets.load_if_toml_exists():
            return st.secrets.to_dict()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsWrong("The secrets file cannot be read: look at its owner, rights and encoding.") from error
    if any(os.path.lexists(path) for path in st.get_option("secrets.files")):
        raise SettingsWrong("The secrets file is there, but is no valid TOML.")
    return {}


def _check_server() -> None:
    if st.get_option("server.trustedUserHeaders"):
        raise SettingsWrong("server.trustedUserHeaders must be empty: such headers would overrule the sign-in.")
    if not st.get_option("server.enableXsrfProtection"):
        raise SettingsWrong("server.enableXsrfProtection must be true: without it no sign-in is read.")
    if find_spec("authlib") is None or find_spec("httpx") is None:
        raise SettingsWrong("Authlib or httpx is not installed: pip install -r requirements.txt.")


def _provider(auth: Mapping[str, Any]) -> str:
    """The address of the provider's metadata, when [auth] is complete."""
    if named := sorted(key for key, value in auth.items() if isinstance(value, Mapping) and key != "client_kwargs"):
        raise SettingsWrong(f"There is one provider, without a name: put the keys of [auth.{named[0]}] into [auth].")
    if len(_text(auth, "auth", "cookie_secret")) < SHORTEST_SECRET:
        raise SettingsWrong(f"[auth] cookie_secret needs at least {SHORTEST_SECRET} random characters.")
    _text(auth, "auth", "client_secret")
    if auth.get("expose_tokens") != "id":
        raise SettingsWrong('[auth] expose_tokens must be "id": how a token was signed can be seen in it alone.')
    back, metadata = _text(auth, "auth", "redirect_uri"), _text(auth, "auth", "server_metadata_url")
    if not back.endswith(CALLBACK):
        raise SettingsWrong(f"[auth] redirect_uri must end with {CALLBACK}.")
    for key, address in (("redirect_uri", back), ("server_metadata_url", metadata)):
        if not _safe(address):
            raise SettingsWrong(f"[auth] {key} must begin with https://; http:// is for localhost only.")
    if not metadata.endswith(DISCOVERY):
        raise SettingsWrong(f"[auth] server_metadata_url must end with {DISCOVERY}.")
    return metadata


def _safe(address: str) -> bool:
    """Whether nobody on the way can read or change what goes to an address.

    >>> _safe("https://a.example/x"), _safe("http://a.example/x"), _safe("http://localhost:{port}/x")
    (True, False, True)
    """
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE))
    except ValueError:
        return False


def _text(part: Mapping[str, Any], name: str, key: str, usual: str | None = None) -> str:
    value = part.get(key, usual)
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        raise SettingsWrong(f"[{name}] {key} must be a text in quotes, neither empty nor with spaces around it.")
    return value


def _role_names(given: Any) -> Mapping[Role, frozenset[str]]:
    if given is None:
        return {role: frozenset({role}) for role in ROLES}
    if not isinstance(given, Mapping) or not set(given) <= set(ROLES):
        raise SettingsWrong(f"[hexapod.roles] has the keys {', '.join(ROLES)}, and no other.")
    for role, names in given.items():
        if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
            raise SettingsWrong(f"[hexapod.roles] {role} must be a list of texts: what the provider calls this role.")
    return {role: frozenset(given.get(role, ())) for role in ROLES}


def _hours(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= MOST_HOURS:
        raise SettingsWrong(f"[hexapod] session_hours must be a number above 0 and at most {MOST_HOURS:g}.")
    return float(given)

"""The library as the pages reach it: opened once for the server, asked in the name of the user of this run."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from hexapod.app.sign_in import user
from hexapod.library import ANYONE, Library, LibraryError, LibraryRefused, Records, open_library
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

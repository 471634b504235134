"""The library as the pages reach it: opened once for the server, asked in the name of the user of this run."""

from __future__ import annotations

import streamlit as st

from hexapod.records import Library, Records, open_library
from hexapod.ui import who


def records() -> Records:
    """The library's calls for the user of this run.

    Raises:
        LibraryRefused: the database cannot be opened; it is tried again in the next run.
    """
    return _library().as_user(who.actor())


@st.cache_resource(show_spinner=False)
def _library() -> Library:
    return open_library()

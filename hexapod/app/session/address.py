"""The address of the page: no case is the list of cases; else `?case=` names the case, `step=` the step.

`unsaved=` names entries of the page that the library could not keep (`holding`).
"""

from __future__ import annotations

import streamlit as st

CASE, STEP, UNSAVED = "case", "step", "unsaved"


def asked() -> tuple[str, str]:
    """Case and step that the address names, each empty when it names none."""
    return st.query_params.get(CASE, ""), st.query_params.get(STEP, "")


def unsaved() -> str:
    """The key of entries that are not saved, empty when the address names none."""
    return st.query_params.get(UNSAVED, "")


def show(place: str, step: str, held: str = "") -> None:
    """Make the address that of a case and step, so that Back leads to the one before."""
    wanted = {CASE: place, STEP: step} if place else {}
    if place and held:
        wanted[UNSAVED] = held
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)

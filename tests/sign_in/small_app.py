"""One page with one entry that is saved into the library, behind the same door as the app's pages."""

from __future__ import annotations

import streamlit as st

from hexapod.app.session import library_access
from hexapod.app.sign_in import user
from hexapod.errors import HexapodError


def keep(case: str) -> None:
    try:
        records = library_access.records()
        records.drafts.save(case, records.drafts.load(case).revision, st.session_state["entry"])
        st.session_state["said"] = "saved"
    except HexapodError as error:
        st.session_state["said"] = f"not saved: {error}"


def page() -> None:
    case = st.query_params.get("case", "")
    st.text(f"draft: {library_access.records().drafts.load(case).text if case else ''}")
    st.text(f"signs as: {user.signature()}")
    st.text_input("Entry", key="entry", on_change=keep, args=(case,))
    st.text(st.session_state.get("said", "nothing yet"))


if __name__ == "__main__":
    pages = st.navigation([st.Page(page, default=True)], position="hidden")
    if user.gate(library_access.records):
        user.badge()
        pages.run()

"""One page with one entry that is saved into the library, behind the same door as the app's pages."""

from __future__ import annotations

import streamlit as st

from hexapod.errors import HexapodError
from hexapod.ui import shelf, who


def keep(case: str) -> None:
    try:
        records = shelf.records()
        records.save_draft(case, records.draft(case).revision, st.session_state["entry"])
        st.session_state["said"] = "saved"
    except HexapodError as error:
        st.session_state["said"] = f"not saved: {error}"


def page() -> None:
    case = st.query_params.get("case", "")
    st.text(f"draft: {shelf.records().draft(case).text if case else ''}")
    st.text(f"signs as: {who.signature()}")
    st.text_input("Entry", key="entry", on_change=keep, args=(case,))
    st.text(st.session_state.get("said", "nothing yet"))


if __name__ == "__main__":
    pages = st.navigation([st.Page(page, default=True)], position="hidden")
    if who.gate(shelf.records):
        who.badge()
        pages.run()

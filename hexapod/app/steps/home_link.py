"""The link to a signed plan's page at home: made, made anew and closed in the step Prescription."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from hexapod.app.session import library_access, session, step_status
from hexapod.app.session.entries import action
from hexapod.app.widgets.browser_scripts import show_svg
from hexapod.documents.document_set import home_address
from hexapod.documents.patient_sheet.document import qr
from hexapod.errors import HexapodError

BUTTON = "home-link"


def show(plan: int, plan_sha256: str) -> None:
    """Whether the plan has a page at home, and what can be done about it; nothing where the clinic has none."""
    try:
        address = home_address()
        if not address:
            return
        opened = library_access.records().home.opened(session.token(), plan)
    except HexapodError as error:
        st.html(f'<p class="hx-line hx-wrong">{escape(str(error))}</p>')
        return
    of, page = session.opened().choices.home
    text = f"made on {opened[:10]}" if opened else "none"
    if opened and of == plan_sha256:
        text += ", printed on the sheet with this QR code"
    elif opened:
        text += "; only sheets printed then have its QR code"
    may = library_access.may_plan()
    with st.container(key="home-link-line", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="hx-line">Page at home: {text}.</p>', width="content")
        label = "Make a new link; the one before ends" if opened else "Make a link and print it on the sheet"
        st.button(label, key=BUTTON, on_click=_open, args=(plan, plan_sha256, address), disabled=not may)
        if opened:
            st.button("Close the link", key="home-close", on_click=_close, args=(plan,), disabled=not may)
    step_status.beside(BUTTON)
    if opened and of == plan_sha256:
        st.html(f'<p class="hx-line hx-hint"><code>{escape(page)}</code></p>')
        show_svg(qr(page).decode("utf-8"), key="home-qr")


@action
def _open(plan: int, plan_sha256: str, address: str) -> None:
    """Callback: the link is told here once; the documents are made anew, with it on the sheet."""
    case = session.opened()
    try:
        link = library_access.records().home.open(session.token(), plan)
    except HexapodError as error:
        case.refuse(BUTTON, str(error))
        return
    case.choices = replace(case.choices, home=(plan_sha256, f"{address}/#{link}"))
    case.plan_documents = None


@action
def _close(plan: int) -> None:
    """Callback: the link leads nowhere from now on, and is on no new sheet."""
    case = session.opened()
    try:
        library_access.records().home.close(session.token(), plan)
    except HexapodError as error:
        case.refuse(BUTTON, str(error))
        return
    case.choices = replace(case.choices, home=("", ""))
    case.plan_documents = None

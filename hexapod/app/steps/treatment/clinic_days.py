"""When struts can be exchanged: clinic days, closed dates, and the scale to be left.  For all levels of the case."""

from __future__ import annotations

import streamlit as st

from hexapod.app.draft.date_input import is_date, listed, spoken
from hexapod.app.draft.field_labels import WEEKDAY_NAMES
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.app.widgets.fields import boxes, text_block, text_field
from hexapod.case.model import DEFAULT_RESERVE_MM
from hexapod.text.numbers import number


def show(outcome: Outcome) -> None:
    """The entries."""
    st.subheader("Clinic and strut exchanges (optional)", anchor=False)
    boxes(outcome, ("clinic_days",), "Clinic days", WEEKDAY_NAMES, hint="Struts are exchanged on these. None: any day.")
    text_block(
        outcome,
        ("clinic_closed",),
        "Closed dates (year-month-day)",
        placeholder="YYYY-MM-DD, one a line or with commas between",
        height=90,
        hint=_closed() or "No strut is exchanged on these. Empty: never closed.",
    )
    text_field(
        outcome,
        ("exchange_reserve",),
        "Scale to be left at an exchange, mm",
        hint=f"On the old and on the new strut, so that a visit can move by a day or two. Empty: "
        f"{number(DEFAULT_RESERVE_MM)} mm.",
    )


def _closed() -> str:
    """The closed dates with their weekdays."""
    dates = listed(session.draft()["clinic_closed"])
    return f"Closed on {', '.join(map(spoken, dates))}." if dates and all(map(is_date, dates)) else ""

"""Step 4: where the reference ring sits on its fragment, and how thick the limb is inside the rings."""

from __future__ import annotations

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.app.widgets import drawings, panels, table_fields
from hexapod.app.widgets.fields import level_choice
from hexapod.app.widgets.panels import finding_html
from hexapod.checks.findings import grouped
from hexapod.deformity.quantities import ALONG_BONE

_GIRTH = "Rings and struts should keep 20 mm from the skin. Empty: not judged."


def show_mounting(outcome: Outcome) -> None:
    """The whole step."""
    level_choice()
    path = ("levels", session.level()["uid"])
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        _mounting(outcome, path)
        table_fields.section(outcome, "Girth of the limb (optional)", path, caption=_GIRTH)
        table_fields.others(outcome, "mounting")
    with right, st.container(key="beside"):
        drawings.radiographs_of_level()
        panels.show(
            "Read back",
            panels.mounting_lines(),
            "Choose the reference fragment; the mounting is read back as soon as it can be.",
        )


def _mounting(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Mounting parameters", anchor=False)
    st.caption(
        "Of the reference ring: where its centre lies from the origin, how its master tab is turned, how it tilts."
    )
    with st.container(key="quantities-mounting"):
        table_fields.show(
            outcome, (*path, "mounting"), after=lambda pair: _ring_sides(outcome) if pair == ALONG_BONE else None
        )
    left_out = "The file leaves the mounting out: it is planned as zero, with a caution. Enter it, or press this."
    table_fields.zero(outcome, path, "mounting", left_out)


def _ring_sides(outcome: Outcome) -> None:
    """What the plan finds of rings on the wrong side of the osteotomy, beside the entry that puts them there."""
    found = [] if outcome.plan is None else [one for one in outcome.plan.findings if one.code.startswith("ring.")]
    for group in grouped(one for one in found if one.level == session.level_index()):
        st.html(finding_html(group))

"""Step 4: where the reference ring sits on its fragment, and how thick the limb is inside the rings."""

from __future__ import annotations

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.app.widgets import drawings, panels
from hexapod.app.widgets.fields import choice, level_choice, number_field, size_and_word
from hexapod.app.widgets.panels import finding_html
from hexapod.deformity import quantities as w
from hexapod.text.grouped_findings import grouped


def show(outcome: Outcome) -> None:
    """The whole step."""
    level_choice()
    drawings.style()
    path = ("levels", session.level()["uid"])
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        _mounting(outcome, path)
        _girth(outcome, path)
    with right, st.container(key="beside"):
        drawings.radiographs_of_level()
        panels.show(
            "Read back",
            panels.mounting_lines(),
            "Choose the reference fragment; the mounting is read back as soon as it can be.",
        )


def _mounting(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Mounting of the reference ring", anchor=False)
    st.caption("Where its centre lies from the origin, how its front is turned from anterior, how it leans.")
    with st.container(key="quantities-mounting"):
        for pair in d.MOUNTING:
            size_and_word(
                outcome,
                (*path, "mounting"),
                pair,
                label=_MOUNTING[pair.quantity],
                hint=_HINTS[pair.quantity],
                drawing=f"mounting {pair.quantity}",
            )
            if pair == w.ALONG_BONE:
                _ring_sides(outcome)
    choice(outcome, (*path, "mounting_zero"), "Nothing to enter above", {d.ZERO: "0, square"}, hint=_zero_hint())


def _ring_sides(outcome: Outcome) -> None:
    """What the plan finds of rings on the wrong side of the osteotomy, beside the entry that puts them there."""
    found = [] if outcome.plan is None else [one for one in outcome.plan.findings if one.code.startswith("ring.")]
    for group in grouped(one for one in found if one.level == session.level_index()):
        st.html(finding_html(group))


def _zero_hint() -> str:
    level = session.level()
    if level["left_out"]["mounting"] and not d.is_said(level, "mounting"):
        return "The file leaves the mounting out: it is planned as zero, with a caution. Enter it, or press this."
    return "Only if the ring's centre is the origin, the ring square to the bone and its front straight ahead."


_MOUNTING = {
    w.AP_TRANSLATION.quantity: "centre, on the AP view",
    w.LATERAL_TRANSLATION.quantity: "centre, on the lateral view",
    w.ALONG_BONE.quantity: "centre, along the bone",
    w.AXIAL_ROTATION.quantity: "rotation of the front",
    w.AP_TILT.quantity: "lean on the AP view",
    w.LATERAL_TILT.quantity: "lean on the lateral view",
}

_HINTS = {
    w.AP_TRANSLATION.quantity: "From the origin to the centre of the reference ring, across the AP film.",
    w.LATERAL_TRANSLATION.quantity: "From the origin to the centre of the ring, across the lateral film.",
    w.ALONG_BONE.quantity: "From the origin to the middle of the ring's thickness, along the bone.",
    w.AXIAL_ROTATION.quantity: "Which way the ring's front is turned from anterior, seen along the bone.",
    w.AP_TILT.quantity: "To which side a line square to the ring leans at its proximal end, on the AP film.",
    w.LATERAL_TILT.quantity: "To which side a line square to the ring leans at its proximal end, on the lateral film.",
}


def _girth(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Girth of the limb (optional)", anchor=False)
    st.caption("Measured round the skin at each ring. Rings and struts should keep 20 mm from it. Empty: not judged.")
    for end in ("proximal", "distal"):
        number_field(
            outcome,
            (*path, "limb_girth_mm", end),
            f"Girth at the {end} ring, mm",
            hint="With a tape round the skin, in the plane of this ring.",
            drawing="girth",
        )

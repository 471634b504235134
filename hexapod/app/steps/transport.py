"""Bone transport in step Limb: what is measured on the limb becomes the hexapods, drawn before they are put in."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from hexapod import load_catalogue
from hexapod.app.draft import draft_model as d
from hexapod.app.draft import transport_draft
from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.transport_draft import HERE
from hexapod.app.session import entries, library_access, opening, session
from hexapod.app.session.entries import action
from hexapod.app.steps.frame import family_name, size_names
from hexapod.app.widgets import drawings
from hexapod.app.widgets.fields import choice, message, number_field, size_and_word
from hexapod.drawings.entry.transport_drawing import lines, transport_drawing
from hexapod.hardware.models import Ring, Strut
from hexapod.text.frame_advice_text import series_label

DIRECTIONS = {"antegrade": "antegrade", "retrograde": "retrograde", "both": "both (trifocal)"}
MEANT = {
    "antegrade": "The osteotomy is proximal; the segment travels distally.",
    "retrograde": "The osteotomy is distal; the segment travels proximally.",
    "both": "An osteotomy at either end; two segments meet.",
}
# Of the page alone: the family whose rings are shown.
FAMILY = (HERE, "family")


def show() -> None:
    """The part: one line until a direction is chosen, for most cases are no transport."""
    st.subheader("Bone transport (optional): hexapods from what is measured on the limb", anchor=False)
    with st.container(key=HERE):
        _show()


def _show() -> None:
    now = transport_draft.made(session.draft())
    outcome, typed = Outcome(now.troubles, None, None), session.draft()[HERE]
    hint = MEANT.get(typed["direction"], "Leave it open where no segment is transported.")
    choice(outcome, (HERE, "direction"), "Direction of transport", DIRECTIONS, hint=hint)
    if typed["direction"] is None:
        return
    with st.container(key="split-transport"):
        left, right = st.columns(2, gap="medium")
    with left:
        _bone(outcome, typed["direction"])
        _hardware(outcome)
    with right:
        _course(outcome)
        if now.construct is None:
            st.html('<p class="hx-none">The drawing is there once the required entries are complete.</p>')
        else:
            drawings.show(transport_drawing(now.construct))
            items = "".join(f"<li>{escape(line)}</li>" for line in lines(now.construct))
            st.html(f'<section class="hx-readback" aria-label="Transport"><h3>It makes</h3><ul>{items}</ul></section>')
    message(outcome, (HERE,), whole=True)
    _buttons(now)


def _bone(outcome: Outcome, direction: str) -> None:
    """Lengths along the bone and between the rings."""
    two, last = direction == "both", 4 if direction == "both" else 3
    _number(outcome, "defect_mm", "Defect, mm", "From bone end to bone end.")
    names = ("proximal segment", "distal segment") if two else ("segment",)
    for k, name in enumerate(names):
        hint = "From the osteotomy to its leading end."
        number_field(outcome, (HERE, "segments_mm", str(k)), f"Length of the {name}, mm", hint=hint)
    for k in range(last - 1):
        hint = "Measured on the limb, from mid plane to mid plane."
        number_field(outcome, (HERE, "rings_mm", str(k)), f"Ring {k + 1} to ring {k + 2}, mm", hint=hint)
    to = "Osteotomy to ring 3, mm" if direction == "retrograde" else "Ring 1 to the osteotomy, mm"
    _number(outcome, "osteotomy_mm", to, "Rings are counted from proximal.")
    _number(outcome, "diameter_mm", "Diameter of the bone, mm", "To watch how fast the bone edges move.")
    _number(
        outcome, "girth_mm", "Girth of the limb at its widest, mm", "Empty: clearances to the skin are not checked."
    )
    hint = "Seen on both radiographs, rotation as examined. Structures at risk follow in step Deformity."
    choice(outcome, (HERE, "aligned"), "Fragments on both sides of the defect", transport_draft.ALIGNED, hint=hint)
    st.html('<p class="hx-label">The distal end of the defect lies beside the proximal one</p>')
    for pair in d.PLACE[:2]:
        size_and_word(outcome, (HERE, "beside"), pair, label=f"beside, {pair.quantity}", hint="0: in line.")
    st.html('<p class="hx-label">The centre of the rings lies beside the axis of the bone</p>')
    for pair in d.PLACE[:2]:
        size_and_word(outcome, (HERE, "ring_offset"), pair, label=f"rings, {pair.quantity}", hint="0: on the axis.")


def _course(outcome: Outcome) -> None:
    _number(outcome, "compression_mm", "Docking compression, mm", "Empty: 2 mm, at 0.25 mm a day.")
    _number(outcome, "mm_per_day", "The defect closes by, mm per day", "Empty: 1 mm.")
    _number(outcome, "latency_days", "Latency of the transport, days", "Empty: 7 days.")
    index = "Empty: no consolidation is planned. Published: 38 to 58."
    _number(outcome, "index_days_per_cm", "Fixation index of the transport, days per cm", index)
    if transport_draft.segments_of(session.draft()) == 2:
        _number(outcome, "first_mm", "Proximal segment travels, mm", "Empty: half of the defect.")


def _number(outcome: Outcome, name: str, label: str, hint: str = "") -> None:
    number_field(outcome, (HERE, name), label, hint=hint)


def _hardware(outcome: Outcome) -> None:
    """One model for all rings, one series for all struts; which size of strut follows from the distances."""
    catalogue = load_catalogue()
    families: dict[str, list[Ring]] = {}
    for ring in catalogue.rings.values():
        families.setdefault(ring.family, []).append(ring)
    names = {name: family_name(of) for name, of in families.items()}
    choice(outcome, FAMILY, "Rings of the transport: family", names, hint="One model for all rings.")
    rings = families.get(session.draft()[HERE]["family"] or "", [])
    if rings:
        sizes = dict(zip((ring.name for ring in rings), size_names(rings), strict=True))
        choice(outcome, (HERE, "ring"), "Rings of the transport", sizes, hint="Inner diameter, mm.")
    series: dict[str, list[Strut]] = {}
    for strut in catalogue.struts.values():
        series.setdefault(strut.series, []).append(strut)
    options = {name: series_label(of) for name, of in series.items()}
    choice(outcome, (HERE, "series"), "Struts of the transport", options, hint="The size follows from the distances.")


def _buttons(now: transport_draft.Derived) -> None:
    may = library_access.may_enter()
    count = len(session.draft()["levels"])
    there = "the hexapod" if count == 1 else f"the {count} hexapods"
    with st.container(key="transport-buttons", horizontal=True, gap="small"):
        st.button(
            "Put these hexapods in",
            key="transport-put-in",
            type="primary",
            on_click=_put_in,
            disabled=now.construct is None or not may,
        )
        if session.draft()[HERE]["before"]:
            back = partial(entries.changed, transport_draft.swap, new_fields=True)
            st.button("Restore previous hexapods", key="transport-back", on_click=back, disabled=not may)
    st.html(
        f'<p class="hx-line hx-hint">They take the place of {there} entered so far, kept behind “Restore previous '
        "hexapods”. Settings are those of parallel rings in line: in step Frame type what the struts read.</p>"
    )


@action
def _put_in() -> None:
    """Callback: put in what the entries make at this very moment."""
    construct = transport_draft.made(session.draft()).construct
    if construct is None:
        return
    entries.changed(lambda draft: transport_draft.put_in(draft, construct), new_fields=True)
    opening.choose_level(session.draft()["levels"][0]["uid"])
    session.opened().message = f"{len(construct.levels)} hexapods are put in. Look at step Check."

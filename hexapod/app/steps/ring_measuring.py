"""Rings measured with a calliper, in the step Frame: distances typed, the ring found, kept for the clinic, and used."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import ring_draft, typed_text
from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.ring_draft import HERE, PAIRS, RingTyped, key_of
from hexapod.app.session import entries, library_access, session, step_status
from hexapod.app.session.entries import action
from hexapod.app.widgets import drawings
from hexapod.app.widgets.fields import choice, message, number_field, text_field
from hexapod.deformity.quantities import Fragment
from hexapod.drawings.entry.calibration_drawing import calibration_drawing
from hexapod.errors import HexapodError
from hexapod.hardware.measured_rings import RingMeasurement
from hexapod.text.preoperative_text import calibration_warnings

KEEP, TAKE_IN, TAKE_OUT = "ring-keep", "ring-take-in", "ring-take-out"
USES = {"proximal": "proximal", "distal": "distal"}
HINT = (
    "No maker publishes where the joints are. Measure distances between joint centres with a calliper: all 15, or "
    "some of them; with 4 of three equal tabs a misreading is still noticed. Type only what was measured."
)


def kept() -> tuple[RingMeasurement, ...]:
    """The clinic's own catalogue; nothing while the library does not answer, which the page says."""
    try:
        return library_access.records().rings.all()
    except HexapodError:
        return ()


def offer(path: d.Path, used_as: Fragment, rings: tuple[RingMeasurement, ...]) -> None:
    """Below a ring of the frame: which measured ring it is, and those of the clinic that may take its place."""
    source = d.entry(session.draft(), (*path, "measured"))
    held = d.entry(session.draft(), path)
    is_it = source is not None and held["kind"] == "joints" and source["joints"] == held["joints"]
    if is_it:
        sentence = f"Ring {source['ring']} of this clinic. Data: measured on {source['on']}."
        st.html(f'<p class="hx-line hx-hint">{escape(sentence)}</p>')
        newer = [ring for ring in rings if ring.name == source["ring"] and ring.measured_on.isoformat() != source["on"]]
        for ring in newer:
            other = (
                f"The clinic has ring {ring.name} as measured on {ring.measured_on.isoformat()}: see which is right."
            )
            st.html(f'<p class="hx-line hx-wrong" role="status">{escape(other)}</p>')
    mine = [ring for ring in rings if ring.used_as == used_as]
    if not mine:
        return
    with st.container(key=f"measured-{'-'.join(path)}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html('<p class="hx-line hx-hint">Measured in this clinic:</p>', width="content")
        for ring in mine:
            st.button(
                f"{ring.name}, {ring.measured_on.isoformat()}",
                key=f"use-{used_as}-{ring.name}",
                on_click=_use,
                args=(path, ring),
                disabled=not library_access.may_enter(),
            )


@action
def _use(path: d.Path, ring: RingMeasurement) -> None:
    """Callback: the ring's numbers become those of the frame."""
    entries.changed(lambda draft: ring_draft.use(draft, path, ring), new_fields=True)
    session.opened().message = (
        f"Ring {ring.name} is put in with its joints as measured on {ring.measured_on.isoformat()}."
    )


def show(rings: tuple[RingMeasurement, ...]) -> None:
    """The part, closed at first: a ring is measured once and then chosen."""
    with st.expander("Measure a ring with a calliper; the clinic's own rings"):
        st.html(f'<p class="hx-line hx-hint">{escape(HINT)}</p>')
        found = ring_draft.made(session.draft())
        outcome = Outcome(found.troubles, None, None)
        with st.container(key="split-calibration"):
            left, right = st.columns([3, 2], gap="medium")
        with left:
            _entries(outcome)
        with right:
            _result(found)
        message(outcome, (HERE,), whole=True)
        _keep_button(found)
        _catalogue(rings)


def _entries(outcome: Outcome) -> None:
    text_field(outcome, (HERE, "name"), "Name of the ring", hint="As it is marked, such as R 155/a.")
    choice(outcome, (HERE, "ring"), "It is used as", USES, hint="Joints are counted as the struts on it.")
    number_field(outcome, (HERE, "bolt_mm"), "Diameter of the bolts, mm", hint="Empty: measured between centres.")
    number_field(outcome, (HERE, "sd_mm"), "SD of a distance, mm", hint=f"Empty: {ring_draft.USUAL_SD_MM:g} mm.")
    hint = "Of the joints over the mid plane, with a minus sign where they are distal of it. Empty: 0."
    text_field(outcome, (HERE, "height_mm"), "Height of the joints, mm", hint=hint)
    for first in sorted({a for a, _ in PAIRS}):
        with st.container(key=f"distances-{first}", horizontal=True, gap="small"):
            for a, b in PAIRS:
                if a == first:
                    with st.container(key=f"distance-{a}-{b}", width=110):
                        label = f"{a} to {b}, mm"
                        text_field(outcome, (HERE, "distances_mm", key_of(a, b)), label, hint=f"Joints {a}, {b}.")


def _result(found: RingTyped) -> None:
    typed = session.draft()[HERE]
    pairs = [(a, b) for a, b in PAIRS if typed["distances_mm"][key_of(a, b)].strip()]
    suspect = () if found.ring is None else found.ring.suspect
    used_as: Fragment = "distal" if typed["ring"] == "distal" else "proximal"
    drawings.show(calibration_drawing(used_as, pairs, suspect))
    if found.ring is None:
        st.html('<p class="hx-none">The ring is found once there are enough distances.</p>')
        return
    ring = found.ring
    shape = "three equal tabs" if ring.three_tabs else "six joints, not in three equal tabs"
    lines = [
        f"{shape.capitalize()}: joint radius {ring.joint_radius_mm:.2f} mm (SD {ring.radius_sd_mm:.2f}), half angle "
        f"{ring.half_angle_deg:.2f} deg (SD {ring.half_angle_sd_deg:.2f}).",
        f"Each joint is known to {min(ring.sd_mm):.2f} to {max(ring.sd_mm):.2f} mm (SD).",
        f"Misfit {ring.chi2_dof:.2f}; 1 is what the SD makes likely.",
    ]
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    st.html(f'<section class="hx-readback" aria-label="Ring found"><h3>Ring found</h3><ul>{items}</ul></section>')
    for warning in calibration_warnings(ring):
        st.html(f'<p class="hx-line hx-wrong" role="status">{escape(warning)}</p>')


def _keep_button(found: RingTyped) -> None:
    wrong = ring_draft.name_trouble(session.draft()[HERE]["name"])
    usable = found.ring is not None and found.ring.agrees
    st.button(
        "Keep this ring for the clinic",
        key=KEEP,
        type="primary",
        on_click=_keep,
        disabled=not usable or bool(wrong) or not library_access.may_enter(),
    )
    step_status.beside(KEEP)
    if usable and wrong:
        st.html(f'<p class="hx-line hx-missing">{escape(wrong)}</p>')


@action
def _keep() -> None:
    """Callback: the ring of the entries at this very moment is kept."""
    draft = session.draft()
    ring = ring_draft.to_keep(draft[HERE]["name"], ring_draft.made(draft), typed_text.today())
    if ring is not None:
        _in_library(KEEP, lambda: library_access.records().rings.keep(ring), f"Ring {ring.name} is kept.")


def _in_library(button: str, do: Callable[[], object], text: str) -> None:
    try:
        do()
    except HexapodError as error:
        session.opened().refuse(button, str(error))
        return
    session.opened().message = text


def _catalogue(rings: tuple[RingMeasurement, ...]) -> None:
    """The clinic's rings: in and out as a file, and out of the catalogue."""
    for ring in rings:
        text = (
            f"{ring.name}: {ring.used_as} ring, measured on {ring.measured_on.isoformat()}, SD {max(ring.sd_mm):g} mm"
        )
        with st.container(key=f"kept-{ring.name}", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<p class="hx-line">{escape(text)}</p>', width="content")
            st.button(
                "Take out",
                key=f"{TAKE_OUT}-{ring.name}",
                on_click=_take_out,
                args=(ring.name,),
                disabled=not library_access.may_enter(),
            )
        step_status.beside(f"{TAKE_OUT}-{ring.name}")
    if rings:
        text_field(Outcome((), None, None), (HERE, "taken_out"), "Why a ring is taken out", hint="Kept with it.")
        st.download_button(
            "Export the clinic's rings (.toml)",
            data=lambda: library_access.records().rings.toml(),
            file_name="measured_rings.toml",
            mime="application/toml",
            key="ring-export",
            on_click="ignore",
        )
    key = f"ring-upload-{session.opened().sheet}"
    st.file_uploader(
        "Import rings (.toml)",
        type=["toml"],
        key=key,
        on_change=_take_in,
        args=(key,),
        disabled=not library_access.may_enter(),
    )
    step_status.beside(TAKE_IN)


@action
def _take_out(name: str) -> None:
    reason = session.draft()[HERE]["taken_out"]
    _in_library(
        f"{TAKE_OUT}-{name}",
        lambda: library_access.records().rings.take_out(name, reason),
        f"Ring {name} is taken out; its versions stay.",
    )


@action
def _take_in(key: str) -> None:
    file = session.typed(key)
    if file is not None:
        raw = file.getvalue()
        _in_library(TAKE_IN, lambda: library_access.records().rings.take_in(raw), f"The rings of {file.name} are kept.")

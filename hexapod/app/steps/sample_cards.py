"""The sample cases as cards: a picture drawn from the case, what it teaches, the status of its plan."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from html import escape
from typing import Literal

import streamlit as st

from hexapod import load_case
from hexapod.app.session import opening, step_status
from hexapod.app.session.opening import SAMPLE, SAMPLES, samples
from hexapod.app.widgets import drawings
from hexapod.app.widgets.panels import plain
from hexapod.drawings.entry.measure_drawings import thumbnail
from hexapod.errors import HexapodError

STATUS = {"ok": "ready", "caution": "1 warning", "refused": "refused"}


@dataclass(frozen=True)
class SampleLesson:
    """What a card says of a sample case."""

    name: str
    teaches: str
    status: Literal["ok", "caution", "refused"] = "ok"


# By the name of the file, in the order in which a newcomer may look at them.
SAMPLE_LESSONS = {
    "tibia_varus": SampleLesson("Tibia vara", "Lengthen, then correct; a nerve at risk sets the rate."),
    "femur_lengthening": SampleLesson("Femur, lengthening only", "40 mm in four steps a day."),
    "tibia_malrotation": SampleLesson("Tibia, malrotation", "Rotation only: open a little, then derotate."),
    "femur_valgus_distal_reference": SampleLesson("Femur in valgus", "Measured from the distal fragment."),
    "tibia_chronic": SampleLesson("Tibia, chronic mode", "Frame built to the deformity; it ends neutral."),
    "forearm_fine_struts": SampleLesson("Child's forearm", "Slow lengthening on quarter-millimetre struts."),
    "foot_ankle": SampleLesson("Ankle in equinus", "Joint without osteotomy; one warning.", "caution"),
    "foot_equinus": SampleLesson("Foot in equinus", "Indication joint: paced by angle and structures.", "caution"),
    "tibia_fracture": SampleLesson("Tibial shaft fracture", "Indication fracture: reduced in four days.", "caution"),
    "tibia_two_levels": SampleLesson("Tibia, two osteotomies", "Two hexapods on one middle ring."),
    "tibia_transport": SampleLesson("Bone transport", "60 mm defect, docking, strut change-outs."),
    "tibia_stacked_transport": SampleLesson("Transport, two hexapods", "Three rings; the lower one compensates."),
    "tibia_trifocal": SampleLesson("Trifocal transport", "Two segments meet at one docking site."),
    "refused_strut_travel": SampleLesson("Struts run out", "A plan that is refused, and why.", "refused"),
}


def show() -> None:
    """All cards; a click anywhere on one opens its case."""
    there = samples()
    in_order = [stem for stem in SAMPLE_LESSONS if stem in there]
    st.subheader("Sample cases", anchor=False)
    with st.container(key="samples", horizontal=True, gap="small"):
        for stem in [*in_order, *(stem for stem in there if stem not in in_order)]:
            _card(stem)


def _card(stem: str) -> None:
    lesson = SAMPLE_LESSONS.get(stem) or SampleLesson(stem.replace("_", " ").capitalize(), "")
    with st.container(key=f"card-{stem}", gap=None):
        st.button(
            plain(lesson.name),
            key=f"sample-{stem}",
            type="tertiary",
            on_click=opening.open_place,
            args=(f"{SAMPLE}{stem}", "check", f"sample-{stem}"),
            width="stretch",
        )
        drawings.show(
            f'<div class="hx-card">{_picture(stem)}<p>{escape(lesson.teaches)}</p>'
            f'<p class="hx-is-{lesson.status}">{STATUS[lesson.status]}</p></div>'
        )
        step_status.beside(f"sample-{stem}")


@functools.lru_cache(maxsize=64)
def _picture(stem: str) -> str:
    """Drawn once for the server; a file that cannot be read has no picture: its button tells why."""
    try:
        case = load_case(SAMPLES / f"{stem}.json")
    except HexapodError:
        return ""
    return thumbnail(
        case.document, f"{case.limb.side} {case.limb.bone}, {len(case.levels)} hexapods, drawn from the case"
    )

"""Step 3: which fragment is the reference, the deformity in words, the osteotomy, the structures at risk."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.field_labels import CROSSES, FRAGMENTS
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import rights, session
from hexapod.app.widgets import drawings, panels
from hexapod.app.widgets.fields import choice, level_choice, number_field, size_and_word, text_field
from hexapod.deformity import quantities as w

GOES_ON = (
    "This level goes on from the plan before: its course starts at the pose in step Treatment, not at this deformity. "
    "Take that pose out there before you change anything here."
)


def show(outcome: Outcome) -> None:
    """The whole step."""
    level_choice()
    drawings.style()
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    path = ("levels", session.level()["uid"])
    with left:
        st.subheader("Reference", anchor=False)
        choice(
            outcome,
            (*path, "reference"),
            "Reference fragment (held still)",
            FRAGMENTS,
            hint="Films are taken square to it; the origin is a point that you pick on it.",
        )
        st.subheader("Deformity", anchor=False)
        st.caption(
            "A size and a word each; both empty means none. Translations tell where the corresponding point lies from "
            "the origin: it is the point of the moving fragment that belongs there."
        )
        if session.level()["course_from"] != d.blank_words(d.DEFORMITY):
            st.html(f'<p class="hx-line hx-missing">{GOES_ON}</p>')
        with st.container(key="quantities-deformity"):
            for pair in d.DEFORMITY:
                size_and_word(outcome, (*path, "deformity"), pair, hint=_hints(pair), drawing=pair.quantity)
        choice(outcome, (*path, "deformity_zero"), "Nothing to enter above", {d.ZERO: "none"}, hint=_zero_hint())
        _bone(outcome, path)
        _structures(outcome, path)
    with right, st.container(key="beside"):
        drawings.radiographs_of_level()
        panels.show(
            "Read back",
            panels.deformity_lines(),
            "Choose the reference fragment; the deformity is read back as soon as it can be.",
        )
        panels.show(
            "How the bone will move",
            panels.movement_lines(outcome, session.level_index()),
            "Told as soon as all entries make a plan.",
        )


def _zero_hint() -> str:
    level = session.level()
    if level["left_out"]["deformity"] and not d.is_said(level, "deformity"):
        return "The file leaves the deformity out: it is planned as none. Enter it, or press this."
    return "Only if the two fragments stand as they belong on day 0, their length too."


def _hints(pair: w.Pair) -> str:
    return {
        w.AP_ANGULATION.quantity: "Between the axes of the two fragments, on the AP film.",
        w.LATERAL_ANGULATION.quantity: "On the lateral film. Apex anterior: procurvatum. Apex posterior: recurvatum.",
        w.AXIAL_ROTATION.quantity: "Always the distal fragment against the proximal one.",
        w.AP_TRANSLATION.quantity: "From the origin to the corresponding point, across the AP film.",
        w.LATERAL_TRANSLATION.quantity: "From the origin to the corresponding point, across the lateral film.",
        w.AXIAL_TRANSLATION.quantity: "Short: the fragments overlap. Long: they stand apart.",
    }[pair.quantity]


def _bone(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Bone at the cut (optional)", anchor=False)
    number_field(
        outcome,
        (*path, "bone", "diameter_mm"),
        "Diameter of the bone at the cut, mm",
        hint="Needed to watch how fast the rim of the cut moves.",
        drawing="diameter",
    )
    size_and_word(
        outcome,
        (*path, "bone", "osteotomy"),
        w.ALONG_BONE,
        label="height of the cut from the corresponding point",
        hint="Along the axis of the moving fragment.",
        drawing="osteotomy",
    )
    number_field(
        outcome,
        (*path, "bone", "gap_mm"),
        "Gap at the cut on day 0, mm",
        hint="A defect, or the new bone of an earlier plan. Empty: the ends touch.",
        drawing="gap",
    )


def _structures(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Structures at risk (optional)", anchor=False)
    st.caption("Nerves, vessels or skin folds that move with the moving fragment, placed from the origin.")
    for number, item in enumerate(session.level()["structures_at_risk"], start=1):
        here = (*path, "structures_at_risk", item["uid"])
        with st.container(border=True, key=f"structure-{item['uid']}"):
            text_field(
                outcome,
                (*here, "name"),
                f"Structure {number}: name",
                hint="As it shall stand on the films and papers, for example: peroneal nerve.",
            )
            with st.container(key=f"quantities-{item['uid']}"):
                for pair in d.PLACE:
                    size_and_word(
                        outcome,
                        (*here, "at"),
                        pair,
                        label=_PLACES[pair.quantity],
                        hint="From the origin, in the axes of the reference fragment.",
                        drawing=f"structure {pair.quantity}",
                    )
            number_field(
                outcome,
                (*here, "limit_mm_per_day"),
                "Own limit, mm per day",
                hint="Empty: the limit of the stage or the level.",
            )
            if len(session.draft()["levels"]) > 1 or item["crosses"]:
                choice(
                    outcome,
                    (*here, "crosses"),
                    "It runs past",
                    CROSSES,
                    hint="All hexapods: its limit is that of its way over all of them. Nothing chosen: this one alone.",
                )
            st.button(
                f"Remove structure {number}",
                key=f"remove-{item['uid']}",
                on_click=session.change,
                args=(lambda draft, where=here: _remove(draft, where),),
                disabled=not rights.may_enter(),
            )
    st.button(
        "Add a structure at risk",
        key="add-structure",
        on_click=session.change,
        args=(_adder(path),),
        disabled=not rights.may_enter(),
    )


_PLACES = {
    w.AP_TRANSLATION.quantity: "across, on the AP view",
    w.LATERAL_TRANSLATION.quantity: "across, on the lateral view",
    w.ALONG_BONE.quantity: "along the bone",
}


def _adder(path: d.Path) -> Callable[[d.Draft], None]:
    return lambda draft: d.entry(draft, (*path, "structures_at_risk")).append(d.blank_structure())


def _remove(draft: d.Draft, path: d.Path) -> None:
    held = d.entry(draft, path[:-1])
    held[:] = [item for item in held if item["uid"] != path[-1]]

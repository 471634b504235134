"""Steps 3 and 4, both in words: the deformity with its osteotomy and the structures at risk, and the mounting.

The reference fragment is chosen in step 3; the mounting says where the reference ring sits on it, and how thick the
limb is inside the rings.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import entries, library_access, session
from hexapod.app.widgets import drawings, panels, table_fields
from hexapod.app.widgets.fields import level_choice
from hexapod.app.widgets.panels import finding_html
from hexapod.checks.findings import grouped
from hexapod.deformity.quantities import ALONG_BONE
from hexapod.text.case_fields import STRUCTURE
from hexapod.text.field_kinds import INDICATION_SENTENCES

GOES_ON = (
    "This hexapod continues the previous plan: its course starts at the pose in step Treatment, not at this "
    "deformity. Remove that pose there before you change anything here."
)
# What the entries of the bone at the cut mean where there is none.
AT_SITE = {
    "osteotomy": "",
    "fracture": "Here the bone at the fracture: its level, and how far its ends stand apart on day 0.",
    "joint": "A joint has no cut: leave this empty, or give the width of the bone at the joint for drawings and "
    "clearances. Origin and corresponding point are the centre of the joint.",
}
_GIRTH = "Rings and struts should keep 20 mm from the skin. Empty: not judged."


def show(outcome: Outcome) -> None:
    """The whole step."""
    level_choice()
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    path = ("levels", session.level()["uid"])
    with left:
        table_fields.show(outcome, (*path, "indication"), hint=_indication())
        st.subheader("Reference", anchor=False)
        table_fields.show(outcome, (*path, "reference"))
        st.subheader("Deformity", anchor=False)
        st.caption(
            "Magnitude and direction, also typed together: 12 varus. Empty means none. Translations tell where the "
            "corresponding point lies from the origin: it is the point of the moving fragment that belongs there."
        )
        if session.level()["course_from"] != d.blank_words(d.DEFORMITY):
            st.html(f'<p class="hx-line hx-missing">{GOES_ON}</p>')
        with st.container(key="quantities-deformity"):
            table_fields.show(outcome, (*path, "deformity"))
        left_out = "The file leaves the deformity out: it is planned as none. Enter it, or press this."
        table_fields.zero(outcome, path, "deformity", left_out)
        at_site = AT_SITE[session.level()["indication"]]
        table_fields.section(outcome, "Osteotomy (optional)", path, caption=at_site)
        _structures(outcome, path)
        table_fields.others(outcome, "deformity")
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
            "Available once the data are complete.",
        )


def _indication() -> str:
    """What the indication chosen means for the plan."""
    sentence = INDICATION_SENTENCES[session.level()["indication"]]
    return f"{sentence[0].upper()}{sentence[1:]}."


def _structures(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Structures at risk (optional)", anchor=False)
    st.caption("Nerves, vessels or skin folds that move with the moving fragment, placed from the origin.")
    for number, item in enumerate(session.level()["structures_at_risk"], start=1):
        here = (*path, "structures_at_risk", item["uid"])
        with st.container(border=True, key=f"structure-{item['uid']}"):
            for row in STRUCTURE:
                place = (*here, *row.path)
                if row.kind == "words":
                    with st.container(key=f"quantities-{item['uid']}"):
                        table_fields.show(outcome, place)
                elif row.key != "crosses" or len(session.draft()["levels"]) > 1 or item["crosses"]:
                    table_fields.show(outcome, place, label=str(row.label).format(number))
            st.button(
                f"Remove structure {number}",
                key=f"remove-{item['uid']}",
                on_click=entries.changed,
                args=(lambda draft, where=here: _remove(draft, where),),
                disabled=not library_access.may_enter(),
            )
    st.button(
        "Add a structure at risk",
        key="add-structure",
        on_click=entries.changed,
        args=(_adder(path),),
        disabled=not library_access.may_enter(),
    )


def _adder(path: d.Path) -> Callable[[d.Draft], None]:
    return lambda draft: d.entry(draft, (*path, "structures_at_risk")).append(d.blank_structure())


def _remove(draft: d.Draft, path: d.Path) -> None:
    held = d.entry(draft, path[:-1])
    held[:] = [item for item in held if item["uid"] != path[-1]]


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

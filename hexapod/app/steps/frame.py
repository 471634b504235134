"""Step 2: rings, struts, what the six scales read and when."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TypeVar

import streamlit as st

from hexapod import load_catalogue
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import library_access, session
from hexapod.app.steps import frame_advice
from hexapod.app.widgets import drawings, table_fields
from hexapod.app.widgets.fields import how_sure, level_choice, message, pick_model, text_block, text_field
from hexapod.deformity.quantities import READING_SD_MARKS
from hexapod.drawings.entry.level import known_ring
from hexapod.drawings.entry.measure_drawings import frame_drawing
from hexapod.hardware.models import Ring, Strut, unverified
from hexapod.text.case_fields import field_at
from hexapod.text.field_kinds import MODES
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

T = TypeVar("T", Ring, Strut)
OWN_RING = ("joints", "six joints of my own")
OWN_STRUT = ("own", "a strut of my own")
# Behind the name of a family whose data nobody has read in the maker's document.
UNVERIFIED = " (?)"


def show(outcome: Outcome) -> None:
    """The whole step: rings and struts first, then what their scales read."""
    level_choice()
    path = ("levels", session.level()["uid"], "frame")
    with st.container(key="split"):
        left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Rings", anchor=False)
        for ring in ("proximal_ring", "distal_ring"):
            _ring(outcome, (*path, ring), ring.replace("_", " ").capitalize())
    with right:
        _struts(outcome, path)
    _readings(outcome, path)
    table_fields.others(outcome, "frame")
    frame_advice.show(outcome)


def _readings(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Strut settings", anchor=False)
    mode = session.level()["frame"]["settings_at"]
    table_fields.show(outcome, (*path, "settings_at"), hint=MODES.get(mode or "", ""))
    if mode is None:
        lines = "".join(f"<li>{escape(line)}</li>" for line in MODES.values())
        st.html(f'<ul class="hx-modes">{lines}</ul>')
    with st.container(key="readings-split", horizontal=True, gap="medium"):
        drawings.show(_drawing())
        with st.container(key="readings", horizontal=True, gap="small"):
            for k in d.STRUTS:
                strut = k + 1
                with st.container(key=f"strut-{strut}", gap=None):
                    text_field(
                        outcome,
                        (*path, "settings_mm", str(k)),
                        f"Strut {strut} ({STRUT_LOOKS[strut].name}), mm",
                        hint=_range(k),
                    )
    with st.container(key="readings-end", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Six numbers copied together can be pasted into any of the fields.")
        _how_sure(outcome, (*path[:-1], "reading_sd_mm"))


def _how_sure(outcome: Outcome, path: d.Path) -> None:
    """How far a reading can be off: half a mark of the scale of each strut, while nothing else is said."""
    row, _ = field_at(path)
    assert row is not None
    table = {strut.graduation_mm for k in d.STRUTS if (strut := _known(k)) is not None}
    usual = f"{number(READING_SD_MARKS * table.pop())} mm" if len(table) == 1 else "half a mark"
    how_sure(outcome, path, str(row.label), usual, str(row.hint))


def _known(k: int) -> Strut | None:
    return load_catalogue().struts.get(_strut_entry(k)["model"] or "")


def _drawing() -> str:
    """The frame from proximal with its struts numbered, of the rings chosen."""
    frame = read_draft(session.draft()).document["levels"][session.level_index()].get("frame") or {}
    rings = [known_ring(frame.get(name)) for name in ("proximal_ring", "distal_ring")]
    return frame_drawing(rings[0], rings[1], session.draft()["limb"]["side"])


def _strut_entry(k: int) -> d.Draft:
    frame = session.level()["frame"]
    entry: d.Draft = frame["every_strut"] if frame["alike"] else frame["struts"][str(k)]
    return entry


def _range(k: int) -> str:
    entry = _strut_entry(k)
    if entry["kind"] == "own":
        known = entry["min_mm"] and entry["max_mm"]
        return f"{entry['min_mm']} to {entry['max_mm']} mm" if known else "Type its scale first."
    strut = load_catalogue().struts.get(entry["model"] or "")
    if strut is None:
        return "Choose its model first."
    return f"{number(strut.min_mm)} to {number(strut.max_mm)} mm"


def _is_own(outcome: Outcome, path: d.Path, name: str, own: tuple[str, str], known: Mapping[str, T]) -> bool:
    """A ring or strut: of the catalogue, by family and size, or (True) one of one's own."""
    families: dict[str, list[T]] = {}
    for item in known.values():
        families.setdefault(item.family, []).append(item)
    options, names = {}, {}
    for family, items in families.items():
        sizes = _sizes(items)
        options[family] = {item.name: size for item, size in zip(items, sizes, strict=True)}
        names[family] = f"{items[0].family_label}{UNVERIFIED if all(map(unverified, items)) else ''}"
    pick_model(outcome, path, name, options, names, own=own, hint=_chosen(known, path))
    return bool(d.entry(session.draft(), (*path, "kind")) != "model")


def _sizes(items: list[T]) -> list[str]:
    """What tells the models of a family apart, for their buttons: their names without the words that all share.

    A strut has the range of its scale beside it, and its marks where they are not at every millimetre.
    """
    parts = [item.label.removeprefix(item.family_label).split() for item in items]
    while len(parts) > 1 and all(len(part) > 1 and part[0] == parts[0][0] for part in parts):
        parts = [part[1:] for part in parts]
    while len(parts) > 1 and all(len(part) > 1 and part[-1] == parts[0][-1] for part in parts):
        parts = [part[:-1] for part in parts]
    told = [" ".join(part) for part in parts]
    return [f"{size}{_scale(item)}" for item, size in zip(items, told, strict=True)]


def _scale(item: Ring | Strut) -> str:
    if isinstance(item, Ring):
        return ""
    fine = f" by {number(item.graduation_mm)}" if item.graduation_mm != 1.0 else ""
    return f": {number(item.min_mm)} to {number(item.max_mm)}{fine}"


def _ring(outcome: Outcome, path: d.Path, name: str) -> None:
    if _is_own(outcome, path, name, OWN_RING, load_catalogue().rings):
        text_block(
            outcome,
            (*path, "joints"),
            f"{name}: joints in its own axes, mm",
            hint="Six lines, struts 1 to 6, each x y z with spaces between. The master tab of the ring is at minus y.",
            claims=path,
        )


def _struts(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Struts", anchor=False)
    closed = not library_access.may_enter()
    st.toggle("All six struts are the same", key=session.seed_entry((*path, "alike"), closed=closed), disabled=closed)
    if session.level()["frame"]["alike"]:
        _strut(outcome, (*path, "every_strut"), "All struts")
        return
    for k in d.STRUTS:
        _strut(outcome, (*path, "struts", str(k)), f"Strut {k + 1} ({STRUT_LOOKS[k + 1].name})")
    message(outcome, (*path, "struts"), whole=True)


def _strut(outcome: Outcome, path: d.Path, name: str) -> None:
    if not _is_own(outcome, path, name, OWN_STRUT, load_catalogue().struts):
        return
    with st.container(key=f"own-{'-'.join(path)}", horizontal=True, gap="small"):
        for key, label in (("min_mm", "shortest"), ("max_mm", "longest"), ("graduation_mm", "graduation")):
            with st.container(key=f"own-{key}-{'-'.join(path)}", width=130):
                text_field(
                    outcome,
                    (*path, key),
                    f"{label.capitalize()} setting, mm" if key != "graduation_mm" else "Graduation, mm",
                )


def _chosen(known: Mapping[str, T], path: d.Path) -> str:
    """The ring or strut chosen as people buy it, and how far its data can be trusted."""
    item = known.get(d.entry(session.draft(), (*path, "model")) or "")
    if d.entry(session.draft(), (*path, "kind")) != "model":
        return ""
    if item is None:
        return "As it is marked on the part, or on the maker's label."
    if unverified(item):
        return f"{item.label}, data unverified: check them against the maker's manual before use."
    return f"{item.label}. Data: {', '.join(sorted({value.status for value in item.provenance.values()}))}."

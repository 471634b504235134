"""Step 2: rings, struts, what the six scales read and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import streamlit as st

from hexapod import load_catalogue
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import rights, session
from hexapod.app.steps import frame_advice
from hexapod.app.widgets import table_fields
from hexapod.app.widgets.fields import choice, level_choice, message, pick, text_block, text_field
from hexapod.hardware.models import Ring, Strut, unverified
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

T = TypeVar("T", Ring, Strut)
RING_KINDS = {"model": "from the catalogue", "joints": "six joints of my own"}
STRUT_KINDS = {"model": "from the catalogue", "own": "a strut of my own"}


def show(outcome: Outcome) -> None:
    """The whole step."""
    level_choice()
    path = ("levels", session.level()["uid"], "frame")
    _readings(outcome, path)
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Rings", anchor=False)
        for ring in ("proximal_ring", "distal_ring"):
            _ring(outcome, (*path, ring), ring.replace("_", " ").capitalize())
    with right:
        _struts(outcome, path)
    table_fields.others(outcome, "frame")
    frame_advice.show(outcome)


def _readings(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Strut settings", anchor=False)
    st.caption("As read from the scales. Six numbers copied together may be pasted into any of the fields.")
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
    table_fields.show(outcome, (*path, "settings_at"))


def _strut_entry(k: int) -> d.Draft:
    frame = session.level()["frame"]
    entry: d.Draft = frame["every_strut"] if frame["alike"] else frame["struts"][str(k)]
    return entry


def _range(k: int) -> str:
    entry = _strut_entry(k)
    if entry["kind"] == "own":
        known = entry["min_mm"] and entry["max_mm"]
        return f"Scale {entry['min_mm']} to {entry['max_mm']} mm" if known else "Type its scale below, under Struts."
    strut = load_catalogue().struts.get(entry["model"] or "")
    if strut is None:
        return "Choose its model below, under Struts."
    return f"Scale {number(strut.min_mm)} to {number(strut.max_mm)} mm"


def _is_own(
    outcome: Outcome,
    path: d.Path,
    name: str,
    kinds: Mapping[str, str],
    known: Mapping[str, T],
    told: Callable[[T], str],
) -> bool:
    """A ring or strut: of the catalogue, whose model is then chosen here, or (True) one of one's own."""
    own = "six joints of your own" if "joints" in kinds else "a scale of your own"
    choice(outcome, (*path, "kind"), f"{name}: data", kinds, always=True, hint=f"A model of the catalogue, or {own}.")
    if d.entry(session.draft(), (*path, "kind")) != "model":
        return True
    pick(
        outcome,
        (*path, "model"),
        name,
        list(known),
        lambda model: told(known[model]),
        claims=path,
        hint=_source(known, path),
    )
    return False


def _ring(outcome: Outcome, path: d.Path, name: str) -> None:
    if _is_own(outcome, path, name, RING_KINDS, load_catalogue().rings, _ring_name):
        text_block(
            outcome,
            (*path, "joints"),
            f"{name}: joints in its own axes, mm",
            hint="Six lines, struts 1 to 6, each x y z with spaces between. The front of the ring is at minus y.",
            claims=path,
        )


def _ring_name(ring: Ring) -> str:
    return f"{ring.name}{' (unverified data)' if unverified(ring) else ''}"


def _strut_name(strut: Strut) -> str:
    scale = f"{number(strut.min_mm)} to {number(strut.max_mm)} mm by {number(strut.graduation_mm)}"
    return f"{strut.name}: {scale}{' (unverified data)' if unverified(strut) else ''}"


def _struts(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Struts", anchor=False)
    closed = not rights.may_enter()
    st.toggle("All six struts are the same", key=session.seed_entry((*path, "alike"), closed=closed), disabled=closed)
    if session.level()["frame"]["alike"]:
        _strut(outcome, (*path, "every_strut"), "All struts")
        return
    for k in d.STRUTS:
        _strut(outcome, (*path, "struts", str(k)), f"Strut {k + 1} ({STRUT_LOOKS[k + 1].name})")
    message(outcome, (*path, "struts"), whole=True)


def _strut(outcome: Outcome, path: d.Path, name: str) -> None:
    if not _is_own(outcome, path, name, STRUT_KINDS, load_catalogue().struts, _strut_name):
        return
    with st.container(key=f"own-{'-'.join(path)}", horizontal=True, gap="small"):
        for key, label in (("min_mm", "shortest"), ("max_mm", "longest"), ("graduation_mm", "graduation")):
            with st.container(key=f"own-{key}-{'-'.join(path)}", width=130):
                text_field(
                    outcome,
                    (*path, key),
                    f"{label.capitalize()} setting, mm" if key != "graduation_mm" else "Graduation, mm",
                )


def _source(shelf: Mapping[str, T], path: d.Path) -> str:
    """How far the data of the chosen ring or strut can be trusted."""
    item = shelf.get(d.entry(session.draft(), (*path, "model")) or "")
    if item is None:
        return "As it is marked on the part, or on the maker's label."
    if unverified(item):
        return "Unverified data: check them against the maker's manual before use."
    return f"Data: {', '.join(sorted({value.status for value in item.provenance.values()}))}."

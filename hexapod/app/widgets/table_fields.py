"""Entries of the case as the table of fields has them: label, hint, drawing and kind of field follow from the key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from hexapod.app.draft import film_draft
from hexapod.app.draft.draft_model import SDS, Path, entry, is_entered
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.app.widgets import fields
from hexapod.deformity.quantities import Pair
from hexapod.text.case_fields import CASE, LEVEL, field_at
from hexapod.text.field_kinds import NUMBERS, OTHERS, CaseField
from hexapod.text.numbers import number


def show(
    outcome: Outcome, path: Path, *, label: str = "", hint: str = "", after: Callable[[Pair], None] | None = None
) -> None:
    """The field, choice or boxes of the entry at `path`; `label` and `hint` where they change with other entries.

    Of words there is a field for each quantity; `after` draws what follows one of them.
    """
    row, _ = field_at(path)
    assert row is not None, path
    if row.pairs:
        here = (*path, "from") if row.kind == "segment" else path
        common = row.hint if isinstance(row.hint, str) and len(row.pairs) > 1 else ""
        if common:
            st.caption(common)
        for pair in row.pairs:
            hint_text = "" if common else row.of(row.hint, pair.quantity)
            name, drawing = row.of(row.label, pair.quantity), row.drawing.format(pair.quantity)
            zero = row.of(row.zero, pair.quantity)
            sure = partial(sd_of, outcome, path, pair) if row.key in SDS and path[0] == "levels" else None
            fields.size_and_word(
                outcome, here, pair, label=name, hint=hint_text, drawing=drawing, zero=zero, beside=sure
            )
            if after is not None:
                after(pair)
        return
    label, hint = label or str(row.label), hint or str(row.hint)
    if row.kind == "marks":
        fields.boxes(outcome, path, label, row.options, hint=hint)
    elif row.options:
        fields.choice(outcome, path, label, row.options, hint=hint, always=row.start is not None)
    elif row.kind == "mark":
        fields.box(path, label, hint=hint)
    elif row.kind == "dates" or row.shape == "block":
        several = "2026-12-07 or 7.12.2026, one a line" if row.kind == "dates" else None
        fields.text_block(outcome, path, label, placeholder=several, height=90, hint=hint)
    elif row.kind in NUMBERS and row.shape != "above":
        fields.number_field(outcome, path, label, hint=hint, drawing=row.drawing)
    elif row.kind == "date":
        fields.date_field(outcome, path, label, hint=hint)
    else:
        fields.text_field(outcome, path, label, hint=hint)


def sd_of(outcome: Outcome, path: Path, pair: Pair) -> None:
    """How far a quantity of the deformity or the mounting at `path` can be off; what radiographs say counts first."""
    one = next(one for one in SDS[path[-1]] if one.pair == pair)
    here = (*path[:-1], f"{path[-1]}_sd", one.key)
    row, _ = field_at(here)
    assert row is not None
    measured = film_draft.sd_measured(entry(session.draft(), path[:-1]), path[-1], pair.quantity)
    source = "" if measured is None else f"Measured on the radiographs: {number(measured)} {pair.unit}. "
    fields.how_sure(
        outcome, here, str(row.label), number(one.sd if measured is None else measured), source + str(row.hint)
    )


def zero(outcome: Outcome, path: Path, part: str, left_out: str) -> None:
    """The choice that a part of a level is zero; `left_out` tells that a file does not have it."""
    level = session.level()
    show(
        outcome,
        (*path, f"{part}_zero"),
        hint=left_out if level["left_out"][part] and not is_entered(level, part) else "",
    )


def section(
    outcome: Outcome, heading: str, path: Path = (), *, caption: str = "", hints: Mapping[str, str] | None = None
) -> None:
    """A heading of the table with its entries; `hints` by key where they change."""
    st.subheader(heading, anchor=False)
    if caption:
        st.caption(caption)
    under(outcome, heading, path, hints)


def under(outcome: Outcome, heading: str, path: Path = (), hints: Mapping[str, str] | None = None) -> None:
    """The entries under a heading that are in force."""
    for row in LEVEL if path else CASE:
        if row.section == heading and in_force(path, row):
            show(outcome, (*path, *row.path), hint=(hints or {}).get(row.key, ""))


def others(outcome: Outcome, step: str) -> None:
    """The entries of a step that have no place of their own, of the case and of the level; nothing without any."""
    level: Path = ("levels", session.level()["uid"])
    records: tuple[tuple[Path, tuple[CaseField, ...]], ...] = (((), CASE), (level, LEVEL))
    mine = [(path, row) for path, rows in records for row in rows if (row.section, row.step) == (OTHERS, step)]
    found = [(*path, *row.path) for path, row in mine if in_force(path, row)]
    if found:
        st.subheader(OTHERS, anchor=False)
    for path in found:
        show(outcome, path)


def in_force(path: Path, row: CaseField) -> bool:
    """Whether an entry counts beside what else its case, level or stage has."""
    return row.only is None or entry(session.draft(), (*path, row.only[0])) in row.only[1]

"""Pictures beside the entries: radiographs of the level, and small drawings of what is measured."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from hexapod.app.draft.typed_text import Trouble
from hexapod.app.session import session
from hexapod.deformity.quantities import Fragment
from hexapod.drawings.entry.measure_drawings import measure_drawing
from hexapod.drawings.entry.radiographs import entry_radiographs, inner_fragments

STYLE = Path(__file__).parents[1] / "drawings.css"


def style() -> None:
    """The colours and sizes of all drawings: once on every page that shows one."""
    st.html(STYLE)


def films(
    limb: Mapping[str, Any],
    level: Mapping[str, Any],
    *,
    unread: Collection[str] = (),
    inner: Collection[Fragment] = (),
) -> None:
    """AP and lateral film of a level as far as it has been entered.

    `limb` and `level` are parts of `read_draft(draft).document`; `unread` comes from `unread_keys`, `inner` from
    `inner_fragments`.
    """
    show(films_html(limb, level, unread=unread, inner=inner))


def radiographs_of_level() -> None:
    """The films as far as the entries say, whatever else of the case is still missing or wrong."""
    reading, index = session.opened().reading, session.level_index()
    levels = reading.document["levels"]
    films(
        reading.document["limb"],
        levels[index],
        unread=unread_keys(reading.troubles, index),
        inner=inner_fragments(levels, index),
    )


def measure(quantity: str, *, side: str | None, reference: str | None, bone: str | None) -> None:
    """The small drawing of what is measured, for this side and this reference."""
    show(measure_html(quantity, side=side, reference=reference, bone=bone))


def show(html: str) -> None:
    """A picture on the page.  `st.html` takes every SVG out of what it shows; Markdown with HTML does not.

    In Markdown a block of HTML ends at an empty line, and what follows would be read as Markdown: there is one line.
    Streamlit looks for the names of icons, `:material/home:`, before anything else: no colon is left to begin one.
    """
    st.markdown(" ".join(html.splitlines()).replace(":", "&#58;"), unsafe_allow_html=True)


def films_html(
    limb: Mapping[str, Any],
    level: Mapping[str, Any],
    *,
    unread: Collection[str] = (),
    inner: Collection[Fragment] = (),
) -> str:
    """What `films` shows.  Its films take the same room whatever is drawn, so that nothing moves while typing."""
    shown = entry_radiographs(limb, level, unread=unread, inner=inner)
    notes = "".join(f"<li>{escape(note)}</li>" for note in shown.notes)
    if not shown.radiographs:
        return f'<section class="hx-films hx-nofilm" aria-label="Radiographs as entered"><ul>{notes}</ul></section>'
    key = "".join(f"<li>{one.mark}<span>{escape(one.words)}</span></li>" for one in shown.key)
    unseen = f"<p>{escape(shown.unseen)}</p>" if shown.unseen else ""
    told = f'<ul class="hx-undrawn">{notes}</ul>' if notes else ""
    return (
        f'<section class="hx-films" aria-label="Radiographs as entered"><div>{"".join(shown.radiographs)}</div>{unseen}'
        f'<ul class="hx-keys">{key}</ul>{told}</section>'
    )


def measure_html(quantity: str, *, side: str | None, reference: str | None, bone: str | None) -> str:
    """What `measure` shows."""
    drawing = measure_drawing(quantity, side=side, reference=reference, bone=bone)
    return f'<div class="hx-measure">{drawing}</div>'


def unread_keys(troubles: Iterable[Trouble], index: int) -> frozenset[str]:
    """Keys inside level `index` whose entry has no meaning yet, for the films to say so instead of taking nought."""
    start = f"levels[{index}]."
    return frozenset(one.key.removeprefix(start) for one in troubles if not one.missing and one.key.startswith(start))

"""The ruler on the radiographs of a level: begin a measurement, and take what it tells into any entry."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import film_draft
from hexapod.app.draft.film_draft import FilmEntry, entry_of, film_entries
from hexapod.app.session import entries, session, step_status
from hexapod.app.session.entries import action
from hexapod.app.steps.radiographs import film_keeping, film_scale, film_view
from hexapod.deformity.quantities import Side
from hexapod.films.ruler import KINDS, RulerSize, ruled
from hexapod.text.case_sentences import spoken

ENTRY = "film-ruler-entry"
DECIMALS = 1


def show_tools(film: dict[str, Any]) -> None:
    """A button for each kind of measurement; its points are then asked for first."""
    uid = film_scale.level()["uid"]
    if not film_keeping.is_seen(film):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="film-ruler"):
        st.html("<b>Ruler</b>")
        for kind in KINDS:
            st.button(
                kind.label,
                key=f"film-ruler-{kind.number}",
                on_click=_begin,
                args=(uid, film["id"], kind.number),
                disabled=not film_scale.may_enter(),
            )


@action
def _begin(uid: str, name: str, number: int) -> None:
    case, level = session.opened(), film_scale.open_level(uid)
    film = film_draft.film_of(level["measured_with"], name) if level is not None else None
    if film is None:
        return
    kind = next(kind for kind in KINDS if kind.number == number)
    which = kind.unused(point["is"] for point in film["points"])
    if which is None:
        case.message = f"{name} has all the measurements of this kind that it can keep: remove one."
    else:
        case.ruler[uid, name] = (kind, which)


def show_sizes(shown: list[dict[str, Any]], side: Side, reference: Any, blocked: bool) -> None:
    """What the ruler tells on all radiographs, each to be taken into an entry; `blocked`: something is still open."""
    sizes = [
        size
        for film in shown
        if (read := film_view.read_alone(film, side, reference)) is not None
        for size in ruled(read, side)
    ]
    if not sizes:
        return
    st.html("<h4>Ruler</h4>")
    for size in sizes:
        _line(size, blocked)


def _line(size: RulerSize, blocked: bool) -> None:
    level, key = film_scale.level(), f"{size.film}-{size.points[0]}-{size.word}".replace(".", "-")
    entry_key = session.widget_key((ENTRY, level["uid"], key))
    fitting = {one.word: one for one in film_entries(level) if _fits(one, size)}
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"film-ruled-{key}"):
        word = f" {spoken(size.word)}" if size.word else ""
        chosen = session.typed(entry_key)
        after = film_draft.became(level, chosen, size.size) if chosen else ""
        st.html(
            f"<p><b>{size.size:.{DECIMALS}f} ± {size.sd:.1f} {size.unit}{escape(word)}</b> "
            f"({escape(size.name)}, {escape(size.film)}){escape(after)}</p>"
        )
        if fitting:
            st.selectbox(
                "Into the entry",
                list(fitting),
                index=None,
                format_func=lambda word: fitting[word].label,
                placeholder="choose an entry",
                key=entry_key,
                disabled=not film_scale.may_enter(),
            )
            st.button(
                "Take over",
                key=f"film-ruled-take-{key}",
                on_click=_take,
                args=(level["uid"], entry_key, size, key),
                disabled=blocked or not film_scale.may_enter(),
            )
        st.button(
            "Remove",
            key=f"film-ruled-remove-{key}",
            on_click=_remove,
            args=(level["uid"], size),
            disabled=not film_scale.may_enter(),
        )
    step_status.beside(f"film-ruled-take-{key}")


def _fits(entry: FilmEntry, size: RulerSize) -> bool:
    """Whether an entry can hold a size: its unit, and its direction where the size has one."""
    return entry.unit == size.unit and (not size.word or entry.direction == size.word)


@action
def _take(uid: str, entry_key: str, size: RulerSize, key: str) -> None:
    level, word = film_scale.open_level(uid), session.typed(entry_key)
    if level is None:
        return
    entry = entry_of(level, word) if word else None
    if entry is None:
        session.opened().refuse(f"film-ruled-take-{key}", "Choose the entry first.")
        return
    found = entry

    def take(draft: d.Draft) -> None:
        film_draft.take(d.entry(draft, film_scale.holder_of(uid)), found, size.size, size.sd, (size.film,), DECIMALS)

    entries.change(take)


@action
def _remove(uid: str, size: RulerSize) -> None:
    level = film_scale.open_level(uid)
    film = film_draft.film_of(level["measured_with"], size.film) if level is not None else None
    if level is None or film is None:
        return
    kept = [point for point in film["points"] if point["is"] not in size.points]
    beside = film_scale.points_beside(uid, film)
    entries.put(film_scale.path_of(uid), film_draft.with_points(level["measured_with"], size.film, [*kept, *beside]))
    session.opened().film_changes += 1

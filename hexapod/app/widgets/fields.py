"""Entries: a text field or a choice, each with a place kept for its message, so that nothing moves while typing.

Beside a size stand a step less and a step more: half a millimetre or half a degree, as fine as a film can be measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from html import escape
from typing import Any, TypeVar

import streamlit as st

from hexapod.app.draft import typed_text
from hexapod.app.draft.draft_model import Draft, Path, entry
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import entries, library_access, opening, session
from hexapod.app.session.entries import action
from hexapod.app.widgets import drawings
from hexapod.app.widgets.browser_scripts import pick_date
from hexapod.app.widgets.panels import plain
from hexapod.deformity.quantities import Pair
from hexapod.drawings.entry.measure_drawings import construct_drawing, words_in_order
from hexapod.text.field_kinds import word_name, words_of

T = TypeVar("T", bound=str)
STEP = Decimal("0.5")  # mm or deg


def text_field(
    outcome: Outcome,
    path: Path,
    label: str,
    *,
    hint: str = "",
    placeholder: str | None = None,
    claims: Path | None = None,
) -> None:
    """A text field for the entry at `path`; `hint` stands below it when there is no message."""
    with _framed(outcome, path, hint, claims):
        st.text_input(label, placeholder=placeholder, autocomplete="off", **_entry(path))


def number_field(outcome: Outcome, path: Path, label: str, *, hint: str = "", drawing: str = "") -> None:
    """A short field for one number, its label beside it; `drawing` names the one of what is measured."""
    with _framed(outcome, path, hint, drawing=drawing, row=True):
        st.text_input(label, autocomplete="off", **_entry(path))


def date_field(outcome: Outcome, path: Path, label: str, *, hint: str = "") -> None:
    """A text field for a date with a calendar beside it; below it the date with its weekday, once it can be read."""
    closed = not library_access.may_enter(path)
    month_first = session.draft()["dates_typed"] == typed_text.MONTH_FIRST
    shown = "2026-12-07, 12/07/2026" if month_first else "2026-12-07"
    with (
        _framed(outcome, path, f"{_weekday(path)} {hint}".strip()),
        st.container(key=f"date-{_css(path)}", horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.text_input(label, placeholder=f"{shown} or 7.12.2026", autocomplete="off", **_entry(path))
        if not closed:
            pick_date(path, f"Calendar: {label}")


def _weekday(path: Path) -> str:
    month_first = session.draft()["dates_typed"] == typed_text.MONTH_FIRST
    try:
        date = typed_text.date_text(entry(session.draft(), path), month_first=month_first)
    except typed_text.NotANumber:
        return ""
    return f"{typed_text.spoken(date)}." if typed_text.is_date(date) else ""


def text_block(
    outcome: Outcome,
    path: Path,
    label: str,
    *,
    hint: str = "",
    placeholder: str | None = None,
    height: int = 180,
    claims: Path | None = None,
) -> None:
    """A field of several lines."""
    with _framed(outcome, path, hint, claims):
        st.text_area(label, height=height, placeholder=placeholder, **_entry(path))


def choice(
    outcome: Outcome,
    path: Path,
    label: str,
    options: Mapping[T, str],
    *,
    hint: str = "",
    always: bool = False,
    chosen: Callable[[], None] | None = None,
) -> None:
    """A choice of a few words in a row, none of them chosen beforehand; `always`: one of them always holds.

    `chosen` is called when another was chosen, after the entry was taken in.
    """
    with _framed(outcome, path, hint):
        _segments(path, label, options, always=always, chosen=chosen)


def boxes(outcome: Outcome, path: Path, label: str, options: Mapping[str, str], *, hint: str = "") -> None:
    """A row of boxes, one for each word, none of them ticked beforehand."""
    with _framed(outcome, path, hint):
        st.html(f'<p class="hx-label">{escape(label)}</p>')
        with st.container(key=f"boxes-{_css(path)}", horizontal=True, gap="small"):
            for option, name in options.items():
                st.checkbox(name, **_entry((*path, option)))


def box(path: Path, label: str, *, hint: str = "") -> None:
    """One box, not ticked beforehand, with its hint below."""
    with st.container(key=f"field-{_css(path)}", gap=None):
        st.checkbox(label, **_entry(path))
        st.html(f'<p class="hx-line hx-hint">{escape(hint)}</p>')


def pick(
    outcome: Outcome,
    path: Path,
    label: str,
    options: Sequence[str],
    name: Callable[[str], str],
    *,
    claims: Path,
    hint: str = "",
) -> None:
    """A choice from a long list, none chosen beforehand.  A value of a file that the list lacks stays to be seen."""
    value = entry(session.draft(), path)
    shown = [*options] if value is None or value in options else [value, *options]
    with _framed(outcome, path, hint, claims):
        st.selectbox(
            label,
            shown,
            index=None,
            format_func=lambda option: name(option) if option in options else f"{option} (not in the catalogue)",
            placeholder="choose",
            **_entry(path),
        )


def pick_model(
    outcome: Outcome,
    path: Path,
    label: str,
    options: Mapping[str, Mapping[str, str]],
    names: Mapping[str, str],
    *,
    own: tuple[str, str],
    hint: str,
    like: str = "",
) -> None:
    """A ring or strut by its family and its size, each a row of buttons; no size is chosen beforehand.

    `options` has by family the sizes by the model's name, `names` what people call the family; `own` is the kind of
    those of one's own, and its name; `like` is the family whose sizes are shown as long as none is chosen.  A model of
    a file that no family has stays to be seen.
    """
    held = entry(session.draft(), path)
    kind, model = held["kind"], held["model"]
    known = own[0] if kind != "model" else next((name for name, sizes in options.items() if model in sizes), None)
    closed = not library_access.may_enter(path)
    key = session.widget_key((*path, "family"))
    shown = known or session.typed(key) or (like if like in options else None)
    session.seed(key, shown, always=shown is not None and session.typed(key) != shown)
    names = {**names, own[0]: own[1]}
    with _framed(outcome, path, hint):
        family = st.segmented_control(
            f"{label}: family",
            [*options, own[0]],
            format_func=names.__getitem__,
            key=key,
            on_change=_family_chosen,
            args=(path, key, options),
            disabled=closed,
        )
        sizes = {} if kind != "model" else dict(options.get(family or "", {}))
        if kind == "model" and model is not None and model not in sizes:
            sizes[model] = f"{model} (not in the catalogue)"
        if sizes:
            _segments((*path, "model"), label, sizes, hidden=True)


@action
def _family_chosen(path: Path, key: str, options: Mapping[str, Mapping[str, str]]) -> None:
    """Callback: another family leaves no size chosen; a second press of the same one changes nothing."""
    family = session.typed(key)
    if family is None:
        return

    def change(draft: Draft) -> None:
        held = entry(draft, path)
        held["kind"] = "model" if family in options else family
        if family in options and held["model"] not in options[family]:
            held["model"] = None

    entries.change(change)


def size_and_word(
    outcome: Outcome,
    path: Path,
    pair: Pair,
    *,
    label: str = "",
    hint: str = "",
    drawing: str = "",
    zero: str = "",
    beside: Callable[[], None] | None = None,
) -> None:
    """A size with its unit, and beside it the two words of its direction, none of them chosen beforehand.

    `drawing` names the one of what is measured, drawn for this side and this reference; the words stand in its order.
    `zero` is what the button says that enters a 0 without a direction.  `beside` draws what ends the row.
    """
    here = (*path, pair.quantity)
    name = label or pair.quantity
    shown = words_in_order(drawing, **_standing()) if drawing else ()
    options = {word: word_name(word) for word in shown or words_of(pair)}
    size = (*here, "size")
    with _framed(outcome, here, hint, drawing=drawing, row=True):
        st.text_input(f"{name[0].upper()}{name[1:]}, {pair.unit}", autocomplete="off", **_entry(size))
        _segments((*here, "word"), f"{name}: direction", options, hidden=True)
        _step_buttons(size)
        if zero:
            st.button(
                zero,
                key=f"zero-{session.widget_key(here)}",
                on_click=_make_zero,
                args=(here,),
                disabled=not library_access.may_enter(size),
            )
        if beside is not None:
            beside()


def how_sure(outcome: Outcome, path: Path, label: str, usual: str, hint: str) -> None:
    """The SD of an entry: a button that says it, and behind it the field at `path`; `usual` is in force while empty."""
    typed = entry(session.draft(), path).strip()
    caption = "± to be corrected" if outcome.at(path) else f"± {plain(typed) or usual}"
    with st.popover(caption, key=f"sd-{session.widget_key(path)}", type="tertiary"):
        text_field(outcome, path, label, placeholder=usual, hint=hint)


@action
def _make_zero(path: Path) -> None:
    entries.change(lambda draft: entry(draft, path).update(size="0", word=None))


@contextmanager
def _framed(
    outcome: Outcome, path: Path, hint: str, claims: Path | None = None, *, drawing: str = "", row: bool = False
) -> Iterator[None]:
    """The frame of an entry: its drawing before what is drawn inside, and below the line of its message.

    `row`: what is drawn inside stands beside one another; so it is always beside a drawing, which keeps its place
    whatever is typed.  Every container more is one that the browser goes through at every edit.
    """
    kind = "drawn" if drawing else "pair" if row else "field"
    with st.container(key=f"{kind}-{_css(path)}", horizontal=row, gap=None):
        if drawing:
            drawings.measure(drawing, **_standing(), bone=session.draft()["limb"]["bone"])
        yield
        message(outcome, claims or path, hint)


def _standing() -> dict[str, Any]:
    """What a drawing follows, as entered."""
    return {"side": session.draft()["limb"]["side"], "reference": session.level()["reference"]}


def message(outcome: Outcome, path: Path, hint: str = "", *, whole: bool = False) -> None:
    """The reserved line below an entry: what is wrong, else what is missing, else the hint.

    `whole`: only what concerns the thing as a whole, not the entries inside it.
    """
    troubles = outcome.exactly_at(path) if whole else outcome.at(path)
    wrong = [trouble for trouble in troubles if not trouble.missing]
    if wrong:
        kind, text = "wrong", " ".join(_sentence(trouble.sentence) for trouble in wrong)
    elif troubles:
        kind, text = "missing", f"Required. {hint}".strip()
    else:
        kind, text = "hint", hint
    st.html(f'<p class="hx-line hx-{kind}">{escape(text)}</p>')


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _segments(
    path: Path,
    label: str,
    options: Mapping[T, str],
    *,
    hidden: bool = False,
    always: bool = False,
    chosen: Callable[[], None] | None = None,
) -> None:
    st.segmented_control(
        label,
        list(options),
        format_func=lambda option: options[option],
        required=always,
        label_visibility="collapsed" if hidden else "visible",
        on_change=chosen,
        **_entry(path),
    )


def _entry(path: Path) -> dict[str, Any]:
    """Key of the widget, which shows the draft's entry, and whether it is closed."""
    closed = not library_access.may_enter(path)
    return {"key": session.seed_entry(path, closed=closed), "disabled": closed}


def _css(path: Path) -> str:
    return "-".join(path)


def _step_buttons(path: Path) -> None:
    """A step less and a step more, for the size at `path`."""
    for name, sign, by in (("less", "\N{MINUS SIGN}", -STEP), ("more", "+", STEP)):
        st.button(
            f"{sign}{STEP}",
            key=f"{name}-{session.widget_key(path)}",
            type="tertiary",
            on_click=_step,
            args=(path, by),
            disabled=not library_access.may_enter(path),
        )


def stepped(text: str, by: Decimal) -> str:
    """The text of a size one step on, with the comma or point it was typed with; never below zero.

    >>> stepped("12,25", STEP), stepped("", STEP), stepped("0.3", -STEP), stepped("10", -STEP)
    ('12,75', '0.5', '0.3', '9.5')

    Raises:
        NotANumber: the text is no size.
    """
    bare = text.strip(typed_text.SPACES)
    if bare:
        typed_text.size(bare)
    size = Decimal(bare.replace(",", ".") or "0") + by
    if size < 0:
        return text
    return f"{size.normalize():f}".replace(".", "," if "," in bare else ".")


@action
def _step(path: Path, by: Decimal) -> None:
    try:
        entries.put(path, stepped(entry(session.draft(), path), by))
    except typed_text.NotANumber as error:
        session.opened().message = str(error)
    except KeyError:
        return  # its level or stage is gone


def level_choice() -> None:
    """The construct drawn, each hexapod with its name chosen by a button over both; nothing when there is only one."""
    levels = session.draft()["levels"]
    if len(levels) == 1:
        return
    with st.container(key="levels", gap=None):
        drawings.show(construct_drawing(len(levels), session.level_index() + 1))
        for number, level in enumerate(levels, start=1):
            st.button(
                f"Hexapod {number}: {plain(level['name']) or 'not named yet'}",
                key=f"level-{level['uid']}",
                type="primary" if level["uid"] == session.level()["uid"] else "secondary",
                on_click=opening.choose_level,
                args=(level["uid"],),
            )

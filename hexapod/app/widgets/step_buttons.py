"""Steps of half a millimetre or half a degree beside a size: as fine as a film can be measured."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from hexapod.app.draft import number_input
from hexapod.app.draft.draft_model import Path
from hexapod.app.session import rights, session

STEP = Decimal("0.5")  # mm or deg


def buttons(path: Path, key: str) -> None:
    """A step less and a step more, for the size at `path` in the field `key`."""
    for name, sign, by in (("less", "\N{MINUS SIGN}", -STEP), ("more", "+", STEP)):
        st.button(
            f"{sign}{STEP}",
            key=f"{name}-{key}",
            type="tertiary",
            on_click=_nudge,
            args=(path, key, by),
            disabled=not rights.may_enter(path),
        )


def stepped(text: str, by: Decimal) -> str:
    """The text of a size one step on, with the comma or point it was typed with; never below nought.

    >>> stepped("12,25", STEP), stepped("", STEP), stepped("0.3", -STEP), stepped("10", -STEP)
    ('12,75', '0.5', '0.3', '9.5')

    Raises:
        NotANumber: the text is no size.
    """
    bare = text.strip(number_input.SPACES)
    if bare:
        number_input.size(bare)
    size = Decimal(bare.replace(",", ".") or "0") + by
    if size < 0:
        return text
    return f"{size.normalize():f}".replace(".", "," if "," in bare else ".")


def _nudge(path: Path, key: str, by: Decimal) -> None:
    if not session.is_of_open_draft(key):
        return
    try:
        text = stepped(st.session_state[key], by)
    except number_input.NotANumber as error:
        st.session_state["said"] = str(error)
        return
    st.session_state[key] = text
    session.put(path, text)

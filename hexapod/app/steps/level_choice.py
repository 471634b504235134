"""The level that a step is about: chosen here when the case has more than one."""

from __future__ import annotations

import streamlit as st

from hexapod.app.draft.field_labels import plain
from hexapod.app.session import session


def level_choice() -> None:
    """A row of buttons, one for each level; nothing when there is only one."""
    levels = session.draft()["levels"]
    if len(levels) == 1:
        return
    with st.container(key="levels", horizontal=True, gap="small"):
        for number, level in enumerate(levels, start=1):
            st.button(
                f"Level {number}: {plain(level['name']) or 'not named yet'}",
                key=f"level-{level['uid']}",
                type="primary" if level["uid"] == session.level()["uid"] else "secondary",
                on_click=session.choose_level,
                args=(level["uid"],),
            )

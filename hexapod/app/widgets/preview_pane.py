"""The pane that every step shares: the frame as far as the entries tell it, beside what is entered.

It has a place of its own, and stays on the page while the step changes.
"""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.app.viewer import ViewerNotBuiltError, frame_viewer
from hexapod.app.widgets.drawings import unread_keys
from hexapod.app.widgets.viewer_scene import Jump, entered_scene, frame_scene
from hexapod.drawings.entry.level import EntryLevel, entry_level
from hexapod.plan.make_plan import Plan
from hexapod.text.strut_looks import STRUT_LOOKS

# Of the drawing, where the page has room for it; beside the steps it takes what is left below the banner.
HEIGHT_PX = 620


def show(outcome: Outcome) -> None:
    """The preview of the hexapod in hand: of its plan, or of what is entered as long as there is none."""
    case, level = session.opened(), session.level()
    scene, told = _scene(outcome)
    try:
        frame_viewer(
            scene, key="preview", case=f"{case.meant}-{level['uid']}", height=HEIGHT_PX, show=_jump(), told=told
        )
    except ViewerNotBuiltError as error:
        st.html(f'<p class="hx-line hx-missing">{escape(str(error))}</p>')


def _scene(outcome: Outcome) -> tuple[dict[str, Any] | None, str]:
    """What is drawn; or none, and what to choose first."""
    index = session.level_index()
    if isinstance(outcome.plan, Plan):
        return frame_scene(outcome.plan, index), ""
    reading = outcome.reading
    level = reading.document["levels"][index]
    entered = entry_level(reading.document["limb"], level, unread_keys(reading.troubles, index))
    if not isinstance(entered, EntryLevel):
        return None, " ".join(entered)
    return entered_scene(entered, session.level()["name"], _settings(level)), ""


def _settings(level: dict[str, Any]) -> list[float]:
    """The six settings of day 0, none while they are not known."""
    frame = level.get("frame") or {}
    settings = frame.get("settings_mm") or []
    known = frame.get("settings_at") == "start" and all(isinstance(one, int | float) for one in settings)
    return list(settings) if known and len(settings) == len(STRUT_LOOKS) else []


def _jump() -> Jump | None:
    """Where the last finding that was asked for leads, when it is of the level shown."""
    asked = session.opened().jump
    return asked[1] if asked and asked[0] == session.level()["uid"] else None

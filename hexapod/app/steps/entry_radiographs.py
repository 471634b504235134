"""The AP and lateral film of the level being edited, beside its entries and drawn anew with each of them."""

from __future__ import annotations

from hexapod.app.draft.to_case import read_draft
from hexapod.app.session import session
from hexapod.app.widgets import drawings
from hexapod.drawings.entry.radiographs import inner_fragments


def show() -> None:
    """The films as far as the entries say, whatever else of the case is still missing or wrong."""
    reading, index = read_draft(session.draft()), session.level_index()
    levels = reading.document["levels"]
    drawings.films(
        reading.document["limb"],
        levels[index],
        unread=drawings.unread_keys(reading.troubles, index),
        inner=inner_fragments(levels, index),
    )

"""The AP and lateral film of the level being edited, beside its entries and drawn anew with each of them."""

from __future__ import annotations

from hexapod.report.pictures.entry_films import inner_fragments
from hexapod.ui import drawings, session
from hexapod.ui.document import read_draft


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

"""A proposal of the advice before surgery put into the draft, and taken back: struts and settings of one level."""

from __future__ import annotations

import copy

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import typed_text
from hexapod.app.draft.conversion import draft_of
from hexapod.case.model import Case

# What a proposal says of the frame of a level.
OF_PROPOSAL = ("alike", "every_strut", "struts", "settings_mm", "settings_at")


def heights_in(text: str) -> list[float] | None:
    """The distances of the rings that were typed, in mm, with spaces or semicolons between; None for none.

    >>> heights_in("150 162,5; 170"), heights_in(" ")
    ([150.0, 162.5, 170.0], None)

    Raises:
        NotANumber: one of them is no size.
    """
    parts = text.replace(";", " ").split()
    return [typed_text.size(part) for part in parts] or None


def put_in(draft: d.Draft, uid: str, case: Case) -> None:
    """Put struts and settings of a level of `case` into the draft; those of before can be taken back.

    Raises:
        KeyError: the draft has no such level.
    """
    level = d.entry(draft, ("levels", uid))
    drawn = draft_of(case.document)
    new = drawn["levels"][draft["levels"].index(level)]
    draft["advised"]["before"][uid] = _of(level)
    level["frame"].update(_of(new))
    draft["exact"].update(drawn["exact"])


def swap(draft: d.Draft, uid: str) -> None:
    """Take back what was put in, or put it in once more: nothing is lost, on neither side.  KeyError: none such."""
    level, before = d.entry(draft, ("levels", uid)), draft["advised"]["before"]
    now = _of(level)
    level["frame"].update(copy.deepcopy(before[uid]))
    before[uid] = now


def _of(level: d.Draft) -> d.Draft:
    return copy.deepcopy({key: level["frame"][key] for key in OF_PROPOSAL})

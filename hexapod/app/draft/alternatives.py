"""Two treatments of one case: the one in work, which alone is planned, and another kept beside it in the draft."""

from __future__ import annotations

import copy

from hexapod.app.draft import draft_model as d
from hexapod.text.case_fields import CASE, LEVEL
from hexapod.text.field_kinds import CaseField

# What the Treatment step edits, of the case and of a level: this is what two alternatives differ in.
OF_CASE, OF_LEVEL = (tuple(row for row in rows if row.step == "treatment") for rows in (CASE, LEVEL))
LETTERS = ("A", "B")


def kept(draft: d.Draft) -> d.Draft | None:
    """The alternative that is kept beside the one in work, or None: none was kept, or it was dropped."""
    alternative = draft["alternative"]
    return None if alternative is None or alternative["dropped"] else alternative


def dropped(draft: d.Draft) -> str:
    """The letter of the alternative that was dropped and can be taken up again, or an empty text."""
    alternative = draft["alternative"]
    return alternative["kept"] if alternative is not None and alternative["dropped"] else ""


def in_work(draft: d.Draft) -> str:
    """The letter of the alternative in work, or an empty text when there is only one treatment."""
    alternative = kept(draft)
    return _other(alternative["kept"]) if alternative is not None else ""


def letters_next(draft: d.Draft) -> tuple[str, str]:
    """The letters that the treatment kept and the one then in work would get."""
    alternative = draft["alternative"]
    now = LETTERS[0] if alternative is None else _other(alternative["kept"])
    return now, _other(now)


def keep(draft: d.Draft) -> None:
    """Keep the treatment of now; work goes on with a copy of it."""
    letter, _ = letters_next(draft)
    draft["alternative"] = {"kept": letter, "dropped": False, "treatment": treatment_of(draft)}


def swap(draft: d.Draft) -> None:
    """Work on the alternative kept, and keep the one that was in work.  Nothing is lost, on neither side."""
    alternative = draft["alternative"]
    if alternative is None:
        return
    now, then = treatment_of(draft), alternative["treatment"]
    _put(draft, copy.deepcopy(then))
    # A level removed meanwhile has no treatment now: what was kept for it stays kept.
    levels = copy.deepcopy(then["levels"]) | now["levels"]
    aside = copy.deepcopy(then["aside"]) | now["aside"]
    draft["alternative"] = {
        "kept": _other(alternative["kept"]),
        "dropped": alternative["dropped"],
        "treatment": now | {"levels": levels, "aside": aside},
    }


def drop(draft: d.Draft) -> None:
    """Compare no longer; the alternative can be taken up again."""
    if draft["alternative"] is not None:
        draft["alternative"]["dropped"] = True


def take_up(draft: d.Draft) -> None:
    """Compare again with the alternative that was dropped."""
    if draft["alternative"] is not None:
        draft["alternative"]["dropped"] = False


def other_draft(draft: d.Draft) -> d.Draft:
    """The draft as if the alternative kept were in work; the draft given stays as it is."""
    other = copy.deepcopy(draft)
    swap(other)
    return other


def treatment_of(draft: d.Draft) -> d.Draft:
    """A copy of everything that an alternative is: of the case, of every level by its uid, and what was taken out."""
    levels = {level["uid"]: _parts(level, OF_LEVEL) for level in draft["levels"]}
    return copy.deepcopy({"case": _parts(draft, OF_CASE), "levels": levels, "aside": draft["aside"]})


def _parts(entries: d.Draft, rows: tuple[CaseField, ...]) -> d.Draft:
    return {row.path[0]: entries[row.path[0]] for row in rows}


def _put(draft: d.Draft, treatment: d.Draft) -> None:
    """Put a treatment in; a level that it does not know keeps its own."""
    draft.update(treatment["case"])
    for level in draft["levels"]:
        level.update(treatment["levels"].get(level["uid"], {}))
    draft["aside"] = treatment["aside"]


def _other(letter: str) -> str:
    return LETTERS[1] if letter == LETTERS[0] else LETTERS[0]

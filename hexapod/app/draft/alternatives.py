"""Treatments of a case side by side: one of them is in work and alone is planned, the others are kept beside it.

The draft has them in the order of their columns.  The treatment of the one in work is the draft's own; each other one
is kept whole.  One that was dropped can be taken up again, so that nothing typed is thrown away.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

from hexapod.app.draft import draft_model as d
from hexapod.text.case_fields import CASE, LEVEL
from hexapod.text.field_kinds import CaseField

# What the Treatment step edits, of the case and of a level: this is what alternatives differ in.
OF_CASE, OF_LEVEL = (tuple(row for row in rows if row.step == "treatment") for rows in (CASE, LEVEL))
# Columns whose words are read whole beside the preview on a screen 1280 px wide.
MOST = 4


def compared(draft: d.Draft) -> list[d.Draft]:
    """The alternatives in the order of their columns; none where there is only the treatment in work."""
    shown = [one for one in draft["alternatives"] if not one["dropped"]]
    return shown if len(shown) > 1 else []


def dropped(draft: d.Draft) -> list[d.Draft]:
    """The alternatives that were dropped and can be taken up again."""
    return [one for one in draft["alternatives"] if one["dropped"]]


def in_work(draft: d.Draft) -> d.Draft | None:
    """The alternative in work, or None where nothing is compared."""
    return next((one for one in compared(draft) if is_in_work(one)), None)


def is_in_work(alternative: d.Draft) -> bool:
    """Whether the treatment of an alternative is the draft's own."""
    return alternative["treatment"] is None


def title(alternative: d.Draft) -> str:
    """Its letter, and the name that somebody gave it.

    >>> title({"letter": "A", "name": ""}), title({"letter": "B", "name": " slow "})
    ('A', 'B: slow')
    """
    name = alternative["name"].strip()
    return f"{alternative['letter']}: {name}" if name else str(alternative["letter"])


def letters_next(draft: d.Draft) -> tuple[str, str]:
    """The letters of the treatment in work and of the one that `keep` would add."""
    used = [one["letter"] for one in draft["alternatives"]]
    free = [letter for letter in ascii_uppercase if letter not in used]
    mine = next((one["letter"] for one in draft["alternatives"] if is_in_work(one)), None)
    return (mine, free[0]) if mine else (free[0], free[1])


def may_add(draft: d.Draft) -> bool:
    """Whether there is room for one more column, and a letter for it."""
    return len(compared(draft)) < MOST and len(draft["alternatives"]) < len(ascii_uppercase)


def keep(draft: d.Draft) -> None:
    """Keep the treatment of now; work goes on with a copy of it, as one more alternative."""
    if not may_add(draft):
        return
    mine, new = letters_next(draft)
    if not draft["alternatives"]:
        draft["alternatives"].append(_alternative(mine))
    _in_work(draft)["treatment"] = treatment_of(draft)
    draft["alternatives"].append(_alternative(new))


def choose(draft: d.Draft, uid: str) -> None:
    """Work on another alternative, and keep the one that was in work.  KeyError when there is no such alternative."""
    other = d.entry(draft, ("alternatives", uid))
    if is_in_work(other):
        return
    mine, now, then = _in_work(draft), treatment_of(draft), other["treatment"]
    # A level removed meanwhile has no treatment now: what was kept for it stays kept.
    levels = copy.deepcopy(then["levels"]) | now["levels"]
    aside = copy.deepcopy(then["aside"]) | now["aside"]
    mine["treatment"] = now | {"levels": levels, "aside": aside}
    _put(draft, copy.deepcopy(then))
    other["treatment"], other["dropped"] = None, False


def drop(draft: d.Draft, uid: str) -> None:
    """Compare with an alternative no longer; the one in work stays.  KeyError when there is no such alternative."""
    other = d.entry(draft, ("alternatives", uid))
    other["dropped"] = not is_in_work(other)


def take_up(draft: d.Draft, uid: str) -> None:
    """Compare again with one that was dropped.  KeyError when there is no such alternative."""
    d.entry(draft, ("alternatives", uid))["dropped"] = False


def draft_with(draft: d.Draft, uid: str) -> d.Draft:
    """The draft as if an alternative were in work; the draft given stays as it is."""
    other = copy.deepcopy(draft)
    choose(other, uid)
    return other


def treatment_of(draft: d.Draft) -> d.Draft:
    """A copy of everything that an alternative is: of the case, of every level by its uid, and what was taken out."""
    levels = {level["uid"]: _parts(level, OF_LEVEL) for level in draft["levels"]}
    return copy.deepcopy({"case": _parts(draft, OF_CASE), "levels": levels, "aside": draft["aside"]})


def differing(draft: d.Draft) -> list[tuple[str, tuple[str, ...]]]:
    """Every entry in which the alternatives compared differ: its name, and what each of them has there."""
    shown = compared(draft)
    letters = [one["letter"] for one in shown]
    treatments = [treatment_of(draft) if is_in_work(one) else one["treatment"] for one in shown]
    found = _differing(OF_CASE, [one["case"] for one in treatments], letters, "")
    for number, level in enumerate(draft["levels"], start=1):
        levels = [one["levels"].get(level["uid"], _parts(level, OF_LEVEL)) for one in treatments]
        found += _differing(OF_LEVEL, levels, letters, f"Hexapod {number}, " if len(draft["levels"]) > 1 else "")
    return found


def _differing(
    rows: tuple[CaseField, ...], entered: list[d.Draft], letters: list[str], whose: str
) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for row in rows:
        values = [d.entry(one, row.path) for one in entered]
        if any(value != values[0] for value in values):
            found.append((f"{whose}{row.name}", _in_words(row, values, letters)))
    return found


def _in_words(row: CaseField, values: list[Any], letters: list[str]) -> tuple[str, ...]:
    """The values of an entry in words."""
    if row.kind == "list":
        return tuple(_list_in_words(value, values[0]) for value in values)
    if all(isinstance(value, str | None) for value in values):
        return tuple(str(row.options.get(value, value) or "empty") for value in values)
    return tuple(f"as entered in {letters[values.index(value)]}" for value in values)


def _list_in_words(value: Sequence[d.Draft], first: Sequence[d.Draft]) -> str:
    """The names of a list; where they are those of the first alternative, the places in which its entries are not."""
    names, of_first = (", ".join(one["name"] or "not named" for one in several) or "none" for several in (value, first))
    if value == first or names != of_first:
        return names
    changed = [str(k) for k, (x, y) in enumerate(zip(first, value, strict=False), start=1) if x != y]
    return f"{names}; other entries in {', '.join(changed)}"


def _alternative(letter: str) -> d.Draft:
    return {"uid": d.new_uid(), "letter": letter, "name": "", "dropped": False, "treatment": None}


def _in_work(draft: d.Draft) -> d.Draft:
    alternative: d.Draft = next(one for one in draft["alternatives"] if is_in_work(one))
    return alternative


def _parts(entries: d.Draft, rows: tuple[CaseField, ...]) -> d.Draft:
    return {row.path[0]: entries[row.path[0]] for row in rows}


def _put(draft: d.Draft, treatment: d.Draft) -> None:
    """Put a treatment in; a level that it does not know keeps its own."""
    draft.update({row.path[0]: treatment["case"][row.path[0]] for row in OF_CASE})
    for level in draft["levels"]:
        level.update(treatment["levels"].get(level["uid"], {}))
    draft["aside"] = treatment["aside"]

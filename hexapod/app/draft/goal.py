"""The goal of a treatment as it is typed: how near to the intended end is near enough; empty means the usual one."""

from __future__ import annotations

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.typed_text import EntryReader, Reading, Trouble
from hexapod.preoperative.end_error import MOST_DEG, MOST_MM, USUAL_GOAL, Goal

GOAL: d.Path = ("goal",)


def typed_goal(draft: d.Draft) -> tuple[Goal, tuple[Trouble, ...]]:
    """The goal of the draft; the usual one, with troubles, while an entry cannot be read."""
    reading = Reading()
    reader = EntryReader(draft, reading)
    found = []
    for unit, usual, most in (("deg", USUAL_GOAL.deg, MOST_DEG), ("mm", USUAL_GOAL.mm, MOST_MM)):
        path = (*GOAL, unit)
        typed = reader.number(path, unit)
        if typed is not None and not 0.0 < typed <= most:
            reader.say(path, unit, f"above 0 and at most {most:g} {unit}.")
        found.append(usual if typed is None else typed)
    return (USUAL_GOAL if reading.troubles else Goal(*found)), tuple(reading.troubles)

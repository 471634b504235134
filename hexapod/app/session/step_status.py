"""Which step an entry belongs to, and what is still missing or wrong in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hexapod.app.draft import film_draft
from hexapod.app.draft.draft_model import MUST_BE_ENTERED, Draft, Path, is_entered
from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.typed_text import Trouble
from hexapod.app.session import opening, session
from hexapod.text.case_fields import field_at, group_at

_INSIDE = {
    "acute_mm": "Acute part",
    "min_mm": "Shortest setting",
    "max_mm": "Longest setting",
    "graduation_mm": "Graduation",
    "where": "Where it lies",
    "from": "Where it lies",
}


def step_of(path: Path) -> str:
    """The step in which an entry stands."""
    if path[:1] == ("levels",) and len(path) < 3:
        return "treatment"
    row, _ = field_at(path)
    rows = group_at(path) if row is None else (row,)
    return rows[0].step if rows else "limb"


def place_name(draft: Draft, path: Path) -> str:
    """Where an entry stands, in the words of the screen: `Hexapod 1 · Stage 2 · Days`."""
    parts: list[str] = []
    here: Any = draft
    for number, part in enumerate(path):
        if isinstance(here, list):
            row, _ = field_at(path[:number])
            index = next((k for k, item in enumerate(here) if item["uid"] == part), 0)
            parts.append(f"{row.each if row else part} {index + 1}")
            here = here[index]
        else:
            here = here.get(part) if isinstance(here, dict) else None
    row, inside = field_at(path)
    if row is None:
        group = group_at(path)
        return " · ".join([*parts, *(group[0].name.split(" · ")[:1] if group and " · " in group[0].name else ())])
    if not (row.rows and inside):
        parts.append(row.name)
    for part in inside if not row.rows else ():
        if part.isdigit():
            parts[-1] = f"Strut {int(part) + 1}"
        else:
            parts.append(_INSIDE.get(part, part))
    return " · ".join(parts)


def counts(outcome: Outcome) -> dict[str, str]:
    """For every step what is wrong or missing, in two words."""
    counted = {}
    for step in opening.STEPS:
        mine = [trouble for trouble in outcome.troubles if step_of(trouble.path) == step]
        wrong = sum(not trouble.missing for trouble in mine)
        counted[step] = f"{wrong} to correct" if wrong else f"{len(mine)} missing" if mine else _complete(step)
    if counted["radiographs"] == "complete":
        counted["radiographs"] = _of_radiographs([str(level["measured_with"]) for level in session.draft()["levels"]])
    none = {"incomplete": "not yet", "wrong": "not possible", "refused": "refused"}
    counted["check"] = none.get(outcome.state) or {"ok": "ready"}.get(outcome.state, outcome.state)
    if session.of_library().continuing.findings:
        counted["check"] = "refused"
    recorded = session.of_library().recorded
    done = "signed" if recorded is not None and recorded.state == "signed" else "draft"
    counted["prescription"] = none.get(outcome.state) or done
    counted["follow-up"] = f"{session.of_library().visits} recorded" if session.of_library().in_force else "not yet"
    return counted


def _of_radiographs(texts: list[str]) -> str:
    """Opened radiographs of which nothing was taken over have told the plan nothing yet."""
    if any(map(film_draft.is_taken_over, texts)):
        return "complete"
    return "none taken over" if any(texts) else "optional"


def _complete(step: str) -> str:
    """Of a step without a trouble: complete, unless a file leaves out what it is about."""
    left_out = step in MUST_BE_ENTERED and not all(is_entered(level, step) for level in session.draft()["levels"])
    return "not entered" if left_out else "complete"


def troubles_of_step(draft: Draft, troubles: tuple[Trouble, ...], step: str) -> list[str]:
    """What is missing or wrong in a step: a line for each thing to do, with all entries that need it."""
    places: dict[str, list[str]] = {}
    only = "Hexapod 1 · " if len(draft["levels"]) == 1 else ""
    for trouble in troubles:
        if step_of(trouble.path) == step:
            name = place_name(draft, trouble.path) or trouble.key
            places.setdefault(trouble.sentence, []).append(name.removeprefix(only))
    return [f"{', '.join(names)}: {sentence}" for sentence, names in places.items()]


def trouble_lines(draft: Draft, troubles: tuple[Trouble, ...]) -> list[tuple[str, str, str]]:
    """Step, place and sentence of every trouble, in the order of the steps."""
    in_order = sorted(troubles, key=lambda trouble: list(opening.STEPS).index(step_of(trouble.path)))
    return [
        (opening.STEPS[step_of(t.path)], place_name(draft, t.path) or t.key, f"{t.sentence[0].upper()}{t.sentence[1:]}")
        for t in in_order
    ]


def beside(button: str) -> None:
    """Below a button: why it did nothing, when it was the last one pressed."""
    refused = session.opened().refusal()
    if refused is not None and refused.button == button:
        session.opened().refused = replace(refused, read=True)
        session.opened().drawn_refusal = True
        st.html(f'<p class="hx-alarm hx-beside" role="alert">{escape(refused.sentence)}</p>')


def line() -> Callable[[], None]:
    """The line at the top; call what is returned once the page is drawn.

    Its place is always there.  A refusal whose button has gone from the page stands in it.
    """
    case = session.opened()
    case.drawn_refusal = False
    place = st.empty()
    _show_message(place, "" if case.refusal() else case.message)

    def after() -> None:
        if case.refusal() and not case.drawn_refusal:
            _show_message(place, case.message)

    return after


def _show_message(place: DeltaGenerator, text: str) -> None:
    place.html(f'<p class="hx-said{"" if text else " hx-quiet"}" role="status">{escape(text)}</p>')

"""Sentences in boxes: the entries read back as far as they can be said, how the bone will move, and findings."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st
from pydantic import ValidationError

from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.field_labels import unbroken
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.case.level_parts import Deformity, Mounting
from hexapod.plan.make_plan import Plan
from hexapod.text.case_sentences import deformity_sentences, mounting_sentence, movement_sentences
from hexapod.text.grouped_findings import FindingGroup


def deformity_lines() -> list[str]:
    """The deformity of the level being edited, as soon as the reference is chosen and the words can be read."""
    return _said(deformity_sentences, "deformity", Deformity, ["No deformity: the bone is straight."])


def mounting_lines() -> list[str]:
    """The mounting of the level being edited."""
    return _said(lambda *said: [mounting_sentence(*said)], "mounting", Mounting, [])


def movement_lines(outcome: Outcome, index: int) -> list[str]:
    """How the moving fragment of a level will travel, from the plan of these very entries."""
    return movement_sentences(outcome.plan.levels[index].course) if isinstance(outcome.plan, Plan) else []


def show(title: str, lines: list[str], otherwise: str) -> None:
    """A panel of sentences, or the one that says why there are none.  It is always there, so nothing moves."""
    body = "".join(f"<li>{unbroken(line)}</li>" for line in lines)
    body = f"<ul>{body}</ul>" if lines else f'<p class="hx-none">{escape(otherwise)}</p>'
    st.html(f'<section class="hx-readback" aria-label="{escape(title)}"><h3>{escape(title)}</h3>{body}</section>')


def _said(sentences: Any, part: str, model: Any, nothing: list[str]) -> list[str]:
    reading = read_draft(session.draft())
    path = ("levels", session.level()["uid"], part)
    if any(trouble.path[:3] == path for trouble in reading.troubles):
        return []
    level = reading.document["levels"][session.level_index()]
    if level.get("reference") is None:
        return []
    if part not in level:
        return ["Not entered yet."]
    try:
        words = model.model_validate(level.get(part) or {})
    except ValidationError:
        return []
    return sentences(words.words(), level["reference"]) or nothing


def finding_html(group: FindingGroup, where: str = "") -> str:
    """Verdict, code and message; `where` stands before the code."""
    worst = group.worst
    return (
        f'<div class="hx-finding hx-{worst.verdict}"><b>{worst.verdict.upper()}</b> '
        f"<span>{escape(where)}{escape(worst.code)}</span><p>{escape(group.message)}</p></div>"
    )

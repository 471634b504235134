"""Sentences in boxes: the entries read back, how the bone will move, findings; texts made fit for the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st
from pydantic import ValidationError

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.case.level_parts import Deformity, Mounting
from hexapod.checks.findings import FindingGroup
from hexapod.plan.make_plan import Plan
from hexapod.text.case_sentences import deformity_sentences, mounting_sentence, movement_sentences
from hexapod.text.field_kinds import SIDES

_MARKS = re.compile(r"[\\`*_\[\]~$:<]")


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
    reading = session.opened().reading
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


def limb_name(limb: Mapping[str, str | None]) -> str:
    """Side and bone in capitals, with what is missing said.

    >>> limb_name({"side": "left", "bone": "tibia"}), limb_name({"side": None, "bone": "tibia"})
    ('LEFT TIBIA', 'SIDE? TIBIA')
    """
    return f"{SIDES.get(limb['side'] or '', 'SIDE?')} {(limb['bone'] or 'bone?').upper()}"


def plain(text: str) -> str:
    r"""A text of a case for the label of a button, where Streamlit would read it as Markdown.

    >>> print(plain("![x](y) _a_"))
    !\[x\](y) \_a\_
    """
    return _MARKS.sub(r"\\\g<0>", text)


def unbroken(text: str) -> str:
    """A sentence as HTML in which a size keeps its unit on its line.

    >>> unbroken("5 mm < 6 deg")
    '5&nbsp;mm &lt; 6&nbsp;deg'
    """
    return escape(text).replace(" mm", "&nbsp;mm").replace(" deg", "&nbsp;deg")

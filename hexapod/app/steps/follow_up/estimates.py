"""Two ways to go on when something was measured again, side by side: the last measurement alone, and one fit of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import entries, library_access, session, visit, visit_estimates
from hexapod.app.session.entries import action
from hexapod.app.session.visit_estimates import READINGS, USES, LevelEstimates
from hexapod.app.steps.follow_up.visit_entries import line
from hexapod.app.widgets.fields import choice
from hexapod.estimation.follow_up_estimate import Estimated
from hexapod.text.follow_up_text import (
    DOUBTFUL,
    contradiction_sentence,
    estimate_rows,
    estimate_sentences,
    what_changed,
)

OFFERED: Mapping[str, str] = {
    **{str(use): name for use, name in USES.items()},
    READINGS: "the readings and the entries as they are",
}


def show(following: visit.FollowedPlan, found: Sequence[LevelEstimates]) -> None:
    """The estimates of every level that has any, what changed and why, what contradicts, and the choice."""
    if not found:
        return
    st.subheader("What all measurements say", anchor=False)
    for one in found:
        if len(following.case.levels) > 1:
            st.html(f"<h4>{escape(visit.level_name(following.case, one.level))}</h4>")
        with st.container(key=f"visit-estimates-{one.level}"):
            columns = st.columns(2, gap="medium")
        for (use, name), column in zip(USES.items(), columns, strict=True):
            with column:
                if use in one.troubles:
                    line(f"No estimate from {name}. {one.troubles[use]}", "wrong")
                else:
                    st.html(_card(name, one.estimates[use]))
        for sentence in _told(one):
            line(sentence)
        named = {
            contradiction_sentence(contradiction, told.visits): None
            for told in one.estimates.values()
            for contradiction in told.contradictions
        }
        for sentence in named:
            line(sentence, "wrong")
    choice(
        Outcome((), None, None), ("visit", "use"), "The plan goes on from", OFFERED, hint="Nothing is taken unasked."
    )
    use = session.draft()["visit"]["use"]
    if visit_estimates.is_doubtful(found, use):
        line(DOUBTFUL, "wrong")
        _vouch_box(found)


def _told(one: LevelEstimates) -> list[str]:
    if len(one.estimates) < len(USES):
        return []
    return what_changed(one.estimates["last"], one.estimates["all"])


def _card(name: str, told: Estimated) -> str:
    """An estimate as a card: how it would end first, then its quantities with their SD."""
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in estimate_sentences(told))
    rows = "".join(
        f'<tr><th scope="row">{escape(row.name)}</th><td>{escape(f"{row.size} {row.word}")}</td>'
        f"<td>{escape(row.sd)}</td></tr>"
        for row in estimate_rows(told)
    )
    return (
        f'<section class="hx-panel" aria-label="Re-plan from {escape(name)}"><h3>From {escape(name)}</h3>{said}'
        '<table class="hx-visits"><thead><tr><th scope="col">On the day of the visit</th>'
        f'<th scope="col">Estimate</th><th scope="col">SD</th></tr></thead><tbody>{rows}</tbody></table></section>'
    )


def _vouch_box(found: Sequence[LevelEstimates]) -> None:
    """The box is of these very measurements: it is empty again for others."""
    told = visit_estimates.measurements(found)
    key = session.widget_key(("doubtful fit", told))
    session.seed(key, session.draft()["visit"]["doubtful_fit"] == told)
    words = "These measurements were looked at again, and the plan shall go on from them all the same"
    st.checkbox(words, key=key, on_change=_vouch, args=(told, key), disabled=not library_access.may_change())


@action
def _vouch(told: str, key: str) -> None:
    """Callback of the box."""
    if session.is_of_open_draft(key):
        entries.put(("visit", "doubtful_fit"), told if session.typed(key) else "")

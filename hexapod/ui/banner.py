"""What stays at the top of every step: whose plan this is, which limb, which level, in what state; and the steps."""

from __future__ import annotations

from html import escape

import streamlit as st

from hexapod.report.notice import NOTICE
from hexapod.ui import session
from hexapod.ui.outcome import Outcome
from hexapod.ui.steps import counts
from hexapod.ui.wording import limb_name

STATES = {
    "incomplete": "Incomplete",
    "wrong": "Entry to correct",
    "refused": "Refused",
    "caution": "Caution",
    "ok": "OK",
}


def banner(outcome: Outcome) -> None:
    """The banner and the row of steps.  Both keep their size whatever they say, so that nothing below them moves."""
    with st.container(key="banner", gap="small"):
        st.html(banner_html(outcome))
        _steps(outcome)


def banner_html(outcome: Outcome) -> str:
    """The banner of the open draft."""
    draft, level = session.draft(), session.level()
    number, count = session.level_index() + 1, len(draft["levels"])
    name = level["name"] or "not named yet"
    which = f"Level {number} of {count}: {name}" if count > 1 else f"Level: {name}"
    fingerprint = outcome.fingerprint or "none yet"
    return (
        f'<div class="hx-banner hx-{outcome.state}" role="status">'
        f'<span class="hx-limb">{escape(limb_name(draft))}</span>'
        f'<span class="hx-id" title="Case">{escape(draft["id"] or "case without id")}</span>'
        f'<span class="hx-level" title="Level">{escape(which)}</span>'
        f'<span class="hx-state">{STATES[outcome.state]}</span>'
        f'<span class="hx-print" title="Fingerprint of the case">Fingerprint <code>{escape(fingerprint)}</code></span>'
        f'</div><p class="hx-notice">{escape(NOTICE)}</p>'
    )


def _steps(outcome: Outcome) -> None:
    found = counts(outcome)
    with st.container(key="steps", horizontal=True, gap="small"):
        for number, (name, title) in enumerate(session.STEPS.items(), start=1):
            st.button(
                f"{number} {title}  \n:small[{found[name]}]",
                key=f"step-{name}",
                type="primary" if name == session.step() else "secondary",
                on_click=session.go,
                args=(name,),
                width="stretch",
            )

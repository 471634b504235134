"""What stays at the top of every step: whose plan this is, which limb, which level, in what state; and the steps."""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import library_access, opening, plan_record, session, unsaved
from hexapod.app.session.step_status import counts
from hexapod.app.widgets.browser_scripts import step_in_sight
from hexapod.app.widgets.panels import limb_name
from hexapod.text.languages import NOTICE

STATES = {
    "incomplete": "Incomplete",
    "wrong": "Entry to correct",
    "refused": "Refused",
    "caution": "Caution",
    "ok": "Ready",
}


def banner(outcome: Outcome) -> None:
    """The banner and the line of steps.  Both keep their size whatever they say, so that nothing below them moves."""
    with st.container(key="banner", gap=None):
        st.html(banner_html(outcome))
        _steps(outcome)
        step_in_sight()
        _alarms()


def banner_html(outcome: Outcome) -> str:
    """The banner of the open draft."""
    draft, level = session.draft(), session.level()
    number, count = session.level_index() + 1, len(draft["levels"])
    name = level["name"] or "not named yet"
    which = f"Hexapod {number} of {count}: {name}" if count > 1 else name
    # A plan that does not go on from the last visit is not signed: it is not called ready either.
    shown = "refused" if session.of_library().continuing.findings else outcome.state
    recorded = session.of_library().recorded
    ended = "Stopped" if recorded is not None and recorded.state == "stopped" else ""
    ended = "Archived" if library_access.is_archived() else ended
    figure = figure_html(draft["limb"]["side"], draft["limb"]["bone"])
    return (
        f'<div class="hx-banner hx-{"incomplete" if ended else shown}" role="status">{figure}'
        f'<span class="hx-limb">{escape(limb_name(draft["limb"]))}</span>'
        f'<span class="hx-id" title="Case">{escape(draft["id"] or "case without id")}</span>'
        f'<span class="hx-level" title="Hexapod">{escape(which)}</span>'
        f'<span class="hx-state">{ended or STATES[shown]}</span>'
        f'<span class="hx-signed">{escape(plan_record.state_words(outcome))}</span>'
        f'<span class="hx-print">Plan ID <code>{escape(outcome.plan_id or "none yet")}</code></span>'
        f'<span class="hx-kept">{escape(_kept())}</span></div>{notice_html()}'
    )


def notice_html() -> str:
    """The safety notice: in the banner; on a phone, whose screen has no room for it there, at the top of the step."""
    return f'<p class="hx-notice">{escape(NOTICE)}</p>'


def _kept() -> str:
    state = session.opened()
    if state.unsaved:
        return "NOT SAVED"
    return f"Saved · {state.revision}" if state.token else "Nothing to save yet"


def _alarms() -> None:
    """What has to stay on the screen: entries not saved or not the newest, a question, a stale signature."""
    state = session.opened()
    if state.unsaved:
        with st.container(key="alarm-unsaved", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="hx-alarm" role="alert">{escape(state.unsaved.sentence)}</p>')
            if state.unsaved.theirs:
                _decision("Keep my version", "save-over", unsaved.save_over)
                _decision("Save mine as a new case", "save-as-another", unsaved.save_as_another)
                _decision("Show theirs", "take-theirs", unsaved.take_theirs)
            else:
                st.button("Save again", key="save-again", on_click=unsaved.save_again)
                if state.token:
                    _decision("Save mine as a new case", "save-as-another", unsaved.save_as_another)
                with st.popover("Leave without saving", type="tertiary"):
                    st.html('<p class="hx-line hx-wrong">The entries that are not saved are then gone.</p>')
                    st.button("Leave, without them", key="leave-behind", on_click=opening.leave_behind)
    elif state.newer:
        with st.container(key="alarm-newer", horizontal=True, vertical_alignment="center"):
            text = "This case was changed in another window, by somebody else perhaps: what you see is not the newest."
            st.html(f'<p class="hx-alarm" role="alert">{text}</p>')
            _decision("Show the newest entries", "take-theirs", unsaved.take_theirs)
    if (question := state.question) is not None:
        with st.container(key="alarm-question", horizontal=True, vertical_alignment="center"):
            st.html(unsaved.asked_html(question))
            _decision("Yes, change it", "question-yes", unsaved.confirm)
            _decision("No, leave it as it was", "question-no", unsaved.leave_it)
    if state.unanswered:
        st.html(f'<p class="hx-alarm" role="alert">{escape(state.unanswered)}</p>')
    if session.of_library().same_id:
        with st.container(key="alarm-same-id", horizontal=True, vertical_alignment="center"):
            sentence = f"The library has another case {session.draft()['id']}: this one needs another id to be signed."
            st.html(f'<p class="hx-alarm" role="alert">{escape(sentence)}</p>')
            st.button(
                "Open that case", key="open-same-id", on_click=opening.open_place, args=(session.of_library().same_id,)
            )
    if state.warning:
        st.html(f'<p class="hx-alarm" role="alert">{escape(state.warning)}</p>')


def closed() -> None:
    """At the head of a step: why its fields are closed.

    The place is always there.  What is inserted before the step moves all that follows; until the browser has got the
    rest, fields are then missing, and what is being typed into one is lost.
    """
    with st.container(key="closed", gap="small"):
        if library_access.locked() and library_access.may_change():
            _locked()
        if library_access.is_archived():
            text = "This case is archived: it can be read, not changed. It is brought back in step Limb."
            st.html(f'<p class="hx-alarm hx-only-looks" role="status">{text}</p>')
        if not session.opened().unsaved and (reason := library_access.only_looks()):
            st.html(f'<p class="hx-alarm hx-only-looks" role="status">{escape(reason)}</p>')


def _locked() -> None:
    number, mine = library_access.locked(), session.of_library().recorded == session.of_library().in_force
    text = f"Plan {number} is signed: its entries are closed."
    other = (
        f"Plan {number} is signed, and the entries are closed. They are not those it was signed with, or this version "
        "makes another plan of them: step Follow-up says which."
    )
    with st.container(key="lock", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="hx-alarm hx-only-looks" role="status">{escape(text if mine else other)}</p>')
        st.button("Revise", key=plan_record.REVISE, on_click=plan_record.revise, args=(number,))


def _decision(words: str, key: str, do: Callable[[str], None]) -> None:
    st.button(words, key=key, on_click=do, args=(session.opened().place,))


# What a step's mark says at a glance; its words are for those who hear the page (a tooltip would double the button).
_DONE, _OPEN, _WARNS = "\N{CHECK MARK}", "\N{WHITE CIRCLE}", "!"


def _steps(outcome: Outcome) -> None:
    found = counts(outcome)
    with st.container(key="steps", horizontal=True, gap="small"):
        st.button("All cases", key="go-to-list", on_click=opening.go_to_list)
        for number, (name, title) in enumerate(opening.STEPS.items(), start=1):
            st.button(
                f"{number} {title} {_mark(found[name])} :small[{found[name]}]",
                key=f"step-{name}",
                type="primary" if name == session.step() else "secondary",
                on_click=opening.go,
                args=(name,),
                width="stretch",
            )


def _mark(text: str) -> str:
    if text in ("complete", "ready", "signed") or text.endswith("recorded"):
        return _DONE
    return _WARNS if "correct" in text or text in ("refused", "caution", "not possible") else _OPEN


def next_step() -> None:
    """At the end of a step: the way to the next."""
    names = list(opening.STEPS)
    place = names.index(session.step()) + 1
    if place < len(names):
        with st.container(key="next", horizontal=True, horizontal_alignment="right"):
            st.button(
                f"Next: {opening.STEPS[names[place]]}", key="next-step", on_click=opening.go, args=(names[place],)
            )


# Segments from joint to joint on the patient's left (right of the drawing), in units of the drawing.
_SEGMENTS = {
    "humerus": ((23.5, 11.5), (27.0, 19.5)),
    "forearm": ((27.0, 19.5), (29.5, 27.0)),
    "femur": ((20.0, 25.5), (21.0, 35.5)),
    "tibia": ((21.0, 35.5), (21.5, 44.5)),
    "foot": ((21.5, 44.5), (25.0, 46.0)),
}
_WIDTH, _HEIGHT = 36.0, 48.0
# Seen well on the light and on the dark page.
_BODY, _MARKED = "#7f8e9b", "#e5484d"


def figure_html(side: str | None, bone: str | None) -> str:
    """The figure as an image, its words telling which segment of which side is marked."""
    words = f"{side} {bone} marked on a person facing you" if side and bone else "no limb marked yet"
    return _image_html(figure_svg(side, bone), words, "hx-figure")


def figure_svg(side: str | None, bone: str | None) -> str:
    """The person with the limb's segment marked, and R and L beside; nothing is marked before both are chosen.

    >>> figure_svg("left", "tibia").count(_MARKED), figure_svg(None, "tibia").count(_MARKED)
    (1, 0)
    """
    parts = []
    for name, (start, end) in _SEGMENTS.items():
        for one in ("left", "right"):
            mark = f' stroke="{_MARKED}" stroke-width="5"' if (one, name) == (side, bone) else ""
            (x1, y1), (x2, y2) = _on(one, start), _on(one, end)
            parts.append(f'<line{mark} x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}">'
        f'<circle cx="18" cy="4.6" r="3.6" fill="{_BODY}"/>'
        f'<g fill="none" stroke="{_BODY}" stroke-width="2.2" stroke-linecap="round">'
        f'<path d="M18 9v15M12.5 11.5h11M16 25h4"/>{"".join(parts)}</g>'
        f'<g fill="{_BODY}" font-family="sans-serif" font-weight="700" font-size="9">'
        '<text x="0.5" y="10">R</text><text x="29" y="10">L</text></g></svg>'
    )


def _on(side: str, point: tuple[float, float]) -> tuple[float, float]:
    """A point of the patient's left side on the side asked for."""
    return point if side == "left" else (_WIDTH - point[0], point[1])


def _image_html(svg: str, words: str, css_class: str = "") -> str:
    """An SVG as an image for `st.html`, with the words for those who do not see it."""
    coded = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return f'<img class="{css_class}" alt="{escape(words)}" src="data:image/svg+xml;base64,{coded}">'

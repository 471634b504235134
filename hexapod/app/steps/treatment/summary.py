"""What the treatment amounts to, told again after every entry; and two alternatives side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import stage_list
from hexapod.app.draft.outcome import Outcome, work_out
from hexapod.app.session import entries, library_access, session
from hexapod.app.session.step_status import trouble_lines
from hexapod.app.widgets.panels import unbroken
from hexapod.text.plan_summary import SAME, PlanSummary, brief, compared, summary_lines, summary_of

# As many troubles as a panel holds; the others stand at their entries.
MOST_TROUBLES = 6


def standing(outcome: Outcome) -> None:
    """Above everything: on a narrow screen the effect in one line; which alternative is in work, if there are two."""
    effect = _of(outcome)
    told = brief(effect) if effect else "available once the data are complete"
    st.html(f'<p class="hx-effect-brief"><b>Plan:</b> {unbroken(told)}</p>')
    letter = stage_list.in_work(session.draft())
    if letter:
        other = stage_list.LETTERS[1 - stage_list.LETTERS.index(letter)]
        st.html(
            f'<p class="hx-in-work" role="status"><b>Alternative {letter} is in work</b>: it alone is planned, checked '
            f"and printed. Alternative {other} is kept beside it.</p>"
        )


def show(outcome: Outcome) -> None:
    """The buttons of the alternatives, which stay in sight, and the panel."""
    _buttons()
    kept = stage_list.kept(session.draft())
    if kept is None:
        st.html(_panel("Plan summary", _effect(outcome)))
    else:
        with_other = work_out(stage_list.other_draft(session.draft()))
        st.html(_panel("Two alternatives", _comparison(kept["kept"], with_other, outcome)))


def _panel(title: str, body: str) -> str:
    # The column scrolls by keys from whatever in it has the focus: with its buttons closed only the panel can.
    reach = "" if library_access.may_enter() else ' tabindex="0"'
    return f'<section class="hx-effect" aria-label="{title}"{reach}><h3>{title}</h3>{body}</section>'


def _of(outcome: Outcome) -> PlanSummary | None:
    """The effect of the plan of these very entries, or None when they make none."""
    return None if outcome.plan is None else summary_of(outcome.plan)


def _effect(outcome: Outcome) -> str:
    effect = _of(outcome)
    if effect is None:
        return f'<p class="hx-none">Available once the data are complete.</p>{_missing(outcome, session.draft())}'
    rows = "".join(
        f'<tr><th scope="row">{escape(line.name)}</th><td>{unbroken(line.text)}</td></tr>'
        for line in summary_lines(effect, levels=_levels())
    )
    return f"<table>{rows}</table>{_finding(effect)}"


def _comparison(letter: str, other: Outcome, outcome: Outcome) -> str:
    """The alternative kept and the one in work in one table, the differences of the latter in words."""
    mine = stage_list.in_work(session.draft())
    titles = ("", f"{letter}, kept", f"{mine}, in work", f"{mine} against {letter}")
    heads = "".join(f'<th scope="col">{title}</th>' for title in titles)
    first, second = _of(other), _of(outcome)
    if first is not None and second is not None:
        told = [(row.name, row.first, row.second, row.difference) for row in compared(first, second, levels=_levels())]
    else:
        effect = first or second
        lines = summary_lines(effect, levels=_levels()) if effect else ()
        told = [
            (line.name, line.text if first else "no plan", line.text if second else "no plan", "") for line in lines
        ]
    rows = "".join(
        f'<tr{_marked(difference)}><th scope="row">{escape(name)}</th><td>{unbroken(a)}</td><td>{unbroken(b)}</td>'
        f"<td>{unbroken(difference)}</td></tr>"
        for name, a, b, difference in told
    )
    beneath = "".join(
        f"<h4>Alternative {name}</h4>" + (_finding(effect) if effect else _missing(of, drawn_from) or "<p>No plan.</p>")
        for name, effect, of, drawn_from in (
            (letter, first, other, stage_list.other_draft(session.draft())),
            (mine, second, outcome, session.draft()),
        )
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{beneath}"


def _marked(difference: str) -> str:
    return ' class="hx-differs"' if difference and not difference.startswith(SAME) else ""


def _finding(effect: PlanSummary) -> str:
    told = unbroken(effect.finding) if effect.finding else "none"
    return f'<p class="hx-effect-finding hx-{effect.verdict}"><b>First finding:</b> {told}</p>'


def _missing(outcome: Outcome, draft: d.Draft) -> str:
    """What is missing or wrong, as far as the panel holds it."""
    lines = [f"{place or step}: {sentence}" for step, place, sentence in trouble_lines(draft, outcome.troubles)]
    more = len(lines) - MOST_TROUBLES
    shown = lines[:MOST_TROUBLES] + ([f"and {more} more."] if more > 0 else [])
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in shown)}</ul>" if shown else ""


def _levels() -> int:
    return len(session.draft()["levels"])


def _buttons() -> None:
    draft = session.draft()
    kept, gone = stage_list.kept(draft), stage_list.dropped(draft)
    with st.container(key="alternatives", horizontal=True, gap="small"):
        if kept is not None:
            letter = kept["kept"]
            _button(f"Work on {letter}", "work-on-other", stage_list.swap)
            _button(f"Drop {letter}", "drop-other", stage_list.drop)
            return
        letter, _ = stage_list.letters_next(draft)
        _button(f"Keep this as alternative {letter} and try another", "keep-alternative", stage_list.keep)
        if gone:
            _button(f"Take {gone} up again", "take-up-other", stage_list.take_up)


def _button(label: str, key: str, how: Callable[[d.Draft], None]) -> None:
    does = partial(entries.changed, how, new_fields=True)
    st.button(label, key=key, on_click=does, disabled=not library_access.may_enter())

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

# Told of two alternatives whether they differ in it or not.
ALWAYS = ("Status", "Days of treatment", "Last adjustment", "Strut change-outs", "Warnings")
DIFFERS = ' class="hx-differs"'
# As many troubles as a panel holds; the others stand at their entries.
MOST_TROUBLES = 6


def standing(outcome: Outcome) -> None:
    """Above everything: on a narrow screen the effect in one line; which alternative is in work, if there are two."""
    effect = _of(outcome)
    told = brief(effect) if effect else "available once the data are complete"
    st.html(f'<p class="hx-effect-brief"><b>Plan:</b> {unbroken(told)}</p>')
    letter = stage_list.in_work(session.draft())
    if letter:
        st.html(
            f'<p class="hx-in-work" role="status"><b>Alternative {letter} is in work</b>: it alone is planned, checked '
            "and printed.</p>"
        )


def show(outcome: Outcome) -> None:
    """What the treatment amounts to, and below it the button that keeps it; or two alternatives as columns."""
    if stage_list.kept(session.draft()) is None:
        st.html(_panel("Plan summary", _effect(outcome)))
        _begin()
        return
    st.subheader("Alternatives", anchor=False)
    _heads()
    st.html(_panel("Alternatives", _comparison(outcome)))


def _panel(title: str, body: str) -> str:
    # It is reached by keys: with its buttons closed nothing else in it can have the focus.
    reach = "" if library_access.may_enter() else ' tabindex="0"'
    return f'<section class="hx-effect" aria-label="{title}"{reach}>{body}</section>'


def _of(outcome: Outcome) -> PlanSummary | None:
    """The effect of the plan of these very entries, or None when they make none."""
    return None if outcome.plan is None else summary_of(outcome.plan)


def _effect(outcome: Outcome) -> str:
    effect = _of(outcome)
    title = "<h3>Plan summary</h3>"
    if effect is None:
        told = '<p class="hx-none">Available once the data are complete.</p>'
        return f"{title}{told}{_missing(outcome, session.draft())}"
    rows = "".join(
        f'<tr><th scope="row">{escape(line.name)}</th><td>{unbroken(line.text)}</td></tr>'
        for line in summary_lines(effect, levels=_levels())
    )
    return f"{title}<table>{rows}</table>{_finding(effect)}"


def _comparison(outcome: Outcome) -> str:
    """A and B in a column each: first the entries in which they differ, then what both amount to."""
    draft, other = session.draft(), stage_list.other_draft(session.draft())
    sides = [(draft, outcome), (other, work_out(other))]
    if stage_list.in_work(draft) != stage_list.LETTERS[0]:
        sides.reverse()
    first, second = (_of(one) for _, one in sides)
    entered = [(name, a, b, "") for name, a, b in stage_list.differing(draft)]
    heads = "".join(f'<th scope="col">{title}</th>' for title in ("", *stage_list.LETTERS, "B against A"))
    rows = [
        f"<tr{'' if difference.startswith(SAME) else DIFFERS}>"
        f'<th scope="row">{escape(name)}</th><td>{unbroken(a)}</td><td>{unbroken(b)}</td>'
        f"<td>{unbroken(difference)}</td></tr>"
        for name, a, b, difference in (*entered, *_amounts(first, second))
    ]
    beneath = "".join(
        f"<div>{_finding(effect) if effect else _missing(made, of) or '<p>No plan.</p>'}</div>"
        for effect, (of, made) in zip((first, second), sides, strict=True)
    )
    return (
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f'<div class="hx-both">{beneath}</div>'
    )


def _amounts(first: PlanSummary | None, second: PlanSummary | None) -> list[tuple[str, str, str, str]]:
    """What two plans amount to: what is always asked, and whatever else differs."""
    if first is None or second is None:
        effect = first or second
        lines = summary_lines(effect, levels=_levels()) if effect else ()
        told = [
            (line.name, line.text if first else "no plan", line.text if second else "no plan", "") for line in lines
        ]
        return [row for row in told if row[0] in ALWAYS]
    return [
        (row.name, row.first, row.second, row.difference)
        for row in compared(first, second, levels=_levels())
        if row.name in ALWAYS or not row.difference.startswith(SAME)
    ]


def _finding(effect: PlanSummary) -> str:
    if not effect.finding:
        return ""
    told = unbroken(effect.finding)
    return f'<p class="hx-effect-finding hx-{effect.verdict}"><b>First warning:</b> {told}</p>'


def _missing(outcome: Outcome, draft: d.Draft) -> str:
    """What is missing or wrong, as far as the panel holds it."""
    lines = [f"{place or step}: {sentence}" for step, place, sentence in trouble_lines(draft, outcome.troubles)]
    more = len(lines) - MOST_TROUBLES
    shown = lines[:MOST_TROUBLES] + ([f"and {more} more."] if more > 0 else [])
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in shown)}</ul>" if shown else ""


def _levels() -> int:
    return len(session.draft()["levels"])


def _begin() -> None:
    """What begins a comparison."""
    draft = session.draft()
    letter, _ = stage_list.letters_next(draft)
    with st.container(key="alternatives-begin", horizontal=True, gap="small"):
        _button(f"Keep this as alternative {letter} and try another", "keep-alternative", stage_list.keep)
        if gone := stage_list.dropped(draft):
            _button(f"Take {gone} up again", "take-up-other", stage_list.take_up)


def _heads() -> None:
    """Above each column which one is in work, or the button that chooses the other."""
    mine = stage_list.in_work(session.draft())
    with st.container(key="alternatives"):
        for letter in stage_list.LETTERS:
            with st.container(key=f"alternative-{letter}", horizontal=True, vertical_alignment="center", gap="small"):
                if letter == mine:
                    st.html(f'<p class="hx-label"><b>{letter}</b>, in work</p>', width="content")
                else:
                    _button(f"Work on {letter}", "work-on-other", stage_list.swap)
                    _button(f"Drop {letter}", "drop-other", stage_list.drop)


def _button(label: str, key: str, how: Callable[[d.Draft], None]) -> None:
    does = partial(entries.changed, how, new_fields=True)
    st.button(label, key=key, on_click=does, disabled=not library_access.may_enter())

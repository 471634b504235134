"""What the treatment amounts to: the plan summary, or the alternatives as columns with how each differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import streamlit as st

from hexapod.app.draft import alternatives
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome, work_out
from hexapod.app.session import entries, library_access, session
from hexapod.app.session.step_status import trouble_lines
from hexapod.app.widgets.fields import text_field
from hexapod.app.widgets.panels import unbroken
from hexapod.text.plan_summary import SAME, PlanSummary, brief, compared, summary_lines, summary_of

# Told of alternatives whether they differ in it or not.
ALWAYS = ("Status", "Days of treatment", "Last adjustment", "Strut change-outs", "Warnings")
DIFFERS = ' class="hx-differs"'
# As many troubles as a panel holds; the others stand at their entries.
MOST_TROUBLES = 6
# A row of the comparison: its name, and for each alternative its words and how they differ from the first one's.
Row = tuple[str, Sequence[tuple[str, str]]]


def standing(outcome: Outcome) -> None:
    """Above everything: on a narrow screen the effect in one line; which alternative is in work, if any."""
    effect = _of(outcome)
    text = brief(effect) if effect else "available once the data are complete"
    st.html(f'<p class="hx-effect-brief"><b>Plan:</b> {unbroken(text)}</p>')
    mine = alternatives.in_work(session.draft())
    if mine is not None:
        st.html(
            f'<p class="hx-in-work" role="status"><b>Alternative {escape(alternatives.title(mine))} is in work</b>: it '
            "alone is planned, checked and printed.</p>"
        )


def show(outcome: Outcome) -> None:
    """What the treatment amounts to, and below it the button that adds an alternative; or these as columns."""
    shown = alternatives.compared(session.draft())
    if not shown:
        st.html(_panel("Plan summary", _effect(outcome)))
    else:
        st.subheader("Alternatives", anchor=False)
        _heads(outcome, shown)
        st.html(_panel("Alternatives", _comparison(outcome, shown), f" hx-of-{len(shown)}"))
    _more()


def _panel(title: str, body: str, kind: str = "") -> str:
    # It is reached by keys: with its buttons closed nothing else in it can have the focus; columns may have to scroll.
    reach = "" if library_access.may_enter() and not kind else ' tabindex="0"'
    return f'<section class="hx-effect{kind}" aria-label="{title}"{reach}>{body}</section>'


def _of(outcome: Outcome) -> PlanSummary | None:
    """The effect of the plan of these very entries, or None when they make none."""
    return None if outcome.plan is None else summary_of(outcome.plan)


def _effect(outcome: Outcome) -> str:
    effect = _of(outcome)
    title = "<h3>Plan summary</h3>"
    if effect is None:
        text = '<p class="hx-none">Available once the data are complete.</p>'
        return f"{title}{text}{_missing(outcome, session.draft())}"
    rows = "".join(
        f'<tr><th scope="row">{escape(line.name)}</th><td>{unbroken(line.text)}</td></tr>'
        for line in summary_lines(effect, levels=_levels())
    )
    return f"{title}<table>{rows}</table>{_finding(effect)}"


def _comparison(outcome: Outcome, shown: list[d.Draft]) -> str:
    """A column for each: first the entries in which they differ, then what they amount to."""
    drafts = [_draft_with(one) for one in shown]
    made = [
        outcome if alternatives.is_in_work(one) else work_out(draft) for one, draft in zip(shown, drafts, strict=True)
    ]
    effects = [_of(one) for one in made]
    first = alternatives.title(shown[0])
    heads = "".join(
        f'<th scope="col">{title}</th>'
        for title in (f"Differences are from {first[0]}", *(escape(alternatives.title(one)) for one in shown))
    )
    entered: list[Row] = [
        (name, [(entry, "") for entry in values]) for name, values in alternatives.differing(session.draft())
    ]
    rows = [
        f"<tr{DIFFERS if any(entry != of[0][0] for entry, _ in of) else ''}>"
        f'<th scope="row">{escape(name)}</th>{"".join(map(_cell, of))}</tr>'
        for name, of in (*entered, *_amounts(effects))
    ]
    entry: dict[str, list[str]] = {}
    for one, draft, effect, result in zip(shown, drafts, effects, made, strict=True):
        text = _finding(effect) if effect else _missing(result, draft) or "<p>No plan.</p>"
        entry.setdefault(text, []).append(one["letter"])
    beneath = "".join(f"<div><b>{', '.join(of)}</b>{text}</div>" for text, of in entry.items() if text)
    return (
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f'<div class="hx-both">{beneath}</div>'
    )


def _draft_with(alternative: d.Draft) -> d.Draft:
    if alternatives.is_in_work(alternative):
        return session.draft()
    return alternatives.draft_with(session.draft(), alternative["uid"])


def _cell(of: tuple[str, str]) -> str:
    text, difference = of
    against = f"<small>{unbroken(difference)}</small>" if difference and not difference.startswith(SAME) else ""
    return f"<td>{unbroken(text)}{against}</td>"


def _amounts(effects: Sequence[PlanSummary | None]) -> list[Row]:
    """What the plans amount to: what is always asked, and whatever else differs."""
    planned = [effect for effect in effects if effect is not None]
    if not planned:
        return []
    columns = [_column(effects[0], effect, len(summary_lines(planned[0]))) for effect in effects]
    names = [line.name for line in summary_lines(planned[0], levels=_levels())]
    rows = [(name, [column[k] for column in columns]) for k, name in enumerate(names)]
    return [
        (name, of)
        for name, of in rows
        if name in ALWAYS or any(difference and not difference.startswith(SAME) for _, difference in of)
    ]


def _column(first: PlanSummary | None, effect: PlanSummary | None, lines: int) -> list[tuple[str, str]]:
    """What one plan amounts to, line by line, and how it differs from the first; nothing differs from no plan."""
    if effect is None:
        return [("no plan", "")] * lines
    if first is None or first is effect:
        return [(line.text, "") for line in summary_lines(effect, levels=_levels())]
    return [(row.second, row.difference) for row in compared(first, effect, levels=_levels())]


def _finding(effect: PlanSummary) -> str:
    if not effect.finding:
        return ""
    sentence = unbroken(effect.finding)
    return f'<p class="hx-effect-finding hx-{effect.verdict}"><b>First warning:</b> {sentence}</p>'


def _missing(outcome: Outcome, draft: d.Draft) -> str:
    """What is missing or wrong, as far as the panel holds it."""
    lines = [f"{place or step}: {sentence}" for step, place, sentence in trouble_lines(draft, outcome.troubles)]
    more = len(lines) - MOST_TROUBLES
    shown = lines[:MOST_TROUBLES] + ([f"and {more} more."] if more > 0 else [])
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in shown)}</ul>" if shown else ""


def _levels() -> int:
    return len(session.draft()["levels"])


def _heads(outcome: Outcome, shown: list[d.Draft]) -> None:
    """Above each column its name, and the buttons that choose it or drop it."""
    with st.container(key=f"alternatives-{len(shown)}"):
        for one in shown:
            uid, letter = one["uid"], one["letter"]
            with st.container(key=f"alternative-{letter}", gap="small"):
                text_field(outcome, ("alternatives", uid, "name"), f"Alternative {letter}", placeholder="name it")
                if alternatives.is_in_work(one):
                    st.html('<p class="hx-label"><b>in work</b></p>')
                    continue
                with st.container(key=f"alternative-acts-{letter}", horizontal=True, gap="small"):
                    _button(f"Work on {letter}", f"work-on-{letter}", partial(alternatives.choose, uid=uid))
                    _button(f"Drop {letter}", f"drop-{letter}", partial(alternatives.drop, uid=uid))


def _more() -> None:
    """What adds a column: a copy of the treatment in work, or one that was dropped."""
    draft = session.draft()
    if not alternatives.may_add(draft):
        st.caption(f"{alternatives.MOST} alternatives stand side by side: drop one before another is added.")
        return
    mine, new = alternatives.letters_next(draft)
    with st.container(key="more-alternatives", horizontal=True, gap="small"):
        if alternatives.compared(draft):
            _button(f"Try another: {new}, beginning as a copy of {mine}", "keep-alternative", alternatives.keep)
        else:
            _button(f"Keep this as alternative {mine} and try another", "keep-alternative", alternatives.keep)
        for gone in alternatives.dropped(draft):
            letter = gone["letter"]
            take_up = partial(alternatives.take_up, uid=gone["uid"])
            _button(f"Take {alternatives.title(gone)} up again", f"take-up-{letter}", take_up)


def _button(label: str, key: str, how: Callable[[d.Draft], None]) -> None:
    does = partial(entries.changed, how, new_fields=True)
    st.button(label, key=key, on_click=does, disabled=not library_access.may_enter())

"""The treatment: what each level does, how fast and how often, when struts can be changed out, and the summary."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from hexapod.app.draft import clinic_defaults, stage_list, typed_text
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome, work_out
from hexapod.app.session import entries, library_access, session
from hexapod.app.session.step_status import trouble_lines
from hexapod.app.steps.treatment import stages
from hexapod.app.widgets import panels, table_fields
from hexapod.app.widgets.fields import choice, level_choice
from hexapod.app.widgets.panels import unbroken
from hexapod.case.model import DEFAULT_RATES
from hexapod.plan.plan_file import spread
from hexapod.text.field_kinds import SEGMENT_POINTS
from hexapod.text.plan_summary import SAME, PlanSummary, brief, compared, summary_lines, summary_of

# Told of two alternatives whether they differ in it or not.
ALWAYS = ("Status", "Days of treatment", "Last adjustment", "Strut change-outs", "Warnings")
DIFFERS = ' class="hx-differs"'
# As many troubles as a panel holds; the others stand at their entries.
MOST_TROUBLES = 6
FOLLOWING = (
    "It has no stages: day by day it compensates for the other hexapods, so that the two ends of the limb stay as they "
    "are to each other."
)
STYLE = Path(__file__).parents[2] / "treatment.css"


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


def show_summary(outcome: Outcome) -> None:
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
    both = tuple(zip((first, second), sides, strict=True))
    entered = [(name, a, b, "") for name, a, b in stage_list.differing(draft)]
    heads = "".join(f'<th scope="col">{title}</th>' for title in ("", *stage_list.LETTERS, "B against A"))
    rows = [
        f"<tr{'' if difference.startswith(SAME) else DIFFERS}>"
        f'<th scope="row">{escape(name)}</th><td>{unbroken(a)}</td><td>{unbroken(b)}</td>'
        f"<td>{unbroken(difference)}</td></tr>"
        for name, a, b, difference in (*entered, *_amounts(first, second))
    ]
    told = [_finding(effect) if effect else _missing(made, of) or "<p>No plan.</p>" for effect, (of, made) in both]
    beneath = "".join(f"<div>{one}</div>" for one in dict.fromkeys(told))
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


def show(outcome: Outcome) -> None:
    """The whole step."""
    st.html(STYLE)
    _decided()
    level_choice()
    standing(outcome)
    path = ("levels", session.level()["uid"])
    _course(outcome, path)
    if not d.follows(session.level()):
        stages.show(outcome, path)
    _limits(outcome, path)
    show_summary(outcome)
    st.subheader("Docking and time in the frame (optional)", anchor=False)
    with st.container(key="docking"):
        table_fields.under(outcome, "Docking and time in the frame (optional)", path, _index_hint())
    table_fields.others(outcome, "treatment")
    panels.show(
        "How the bone will move",
        panels.movement_lines(outcome, session.level_index()),
        "Available once the data are complete.",
    )


def _index_hint() -> dict[str, str]:
    """That no time in the frame follows from an index where no regenerate grows."""
    site = session.level()["indication"]
    return {} if site == "osteotomy" else {"index_days_per_cm": f"Leave it empty: at a {site} no regenerate is grown."}


def _limits(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Limits and adjustments", anchor=False)
    mm, deg = DEFAULT_RATES[session.level()["indication"]]
    hints = {"mm_per_day": f"Empty: {mm:g} mm per day.", "deg_per_day": f"Empty: {deg:g} deg per day. none: no limit."}
    with st.container(key="limits"):
        for key in (("limits", "mm_per_day"), ("limits", "deg_per_day")):
            table_fields.show(outcome, (*path, *key), hint=hints[key[-1]])
        table_fields.show(outcome, ("exchange_reserve_mm",))
        table_fields.show(outcome, (*path, "adjustments_per_day"))
        with st.container(key="times", gap="small"):
            table_fields.show(outcome, (*path, "adjustment_times"), hint=_times(outcome, path))
            _clinic_times()


def _clinic_times() -> None:
    """One click for the clinic's usual times, where a hexapod has none."""
    draft, level = session.draft(), session.level()
    if draft["usual_times"] and not level["adjustments_per_day"] and not level["adjustment_times"]:
        st.button(
            f"As usual: {' '.join(typed_text.times_listed(draft['usual_times']))}",
            key="usual-times",
            on_click=entries.changed,
            args=(partial(clinic_defaults.use_usual_times, uid=level["uid"]),),
            disabled=not library_access.may_enter(),
        )


def _times(outcome: Outcome, path: d.Path) -> str:
    """How times are typed, and those that are printed when none are."""
    if outcome.at((*path, "adjustments_per_day")):
        return "As HH:MM with spaces or commas between, such as 08:00 20:00."
    typed = session.level()["adjustments_per_day"].strip(typed_text.SPACES)
    count = typed_text.whole(typed) if typed else 1
    return f"As HH:MM, earliest first. Empty: {', '.join(f'{time:%H:%M}' for time in spread(count))}."


def _course(outcome: Outcome, path: d.Path) -> None:
    """Whether the level is programmed on its own, and where its point lies when a level follows: for several levels."""
    level, draft = session.level(), session.draft()
    stages.show_replanned(outcome, path)
    if len(draft["levels"]) == 1 and not d.follows(level):
        return
    st.subheader("What this hexapod does", anchor=False)
    told = FOLLOWING + _kept(level) if d.follows(level) else ""
    table_fields.show(outcome, (*path, "couple"), hint=told)
    if d.may_have_segment(draft, level):
        _segment(outcome, (*path, "segment"), required=d.needs_segment(draft, level))
        table_fields.show(outcome, (*path, "segment", "ring"))


def _kept(level: d.Draft) -> str:
    blank = d.blank_stage()
    typed = any(stage | {"uid": blank["uid"]} != blank for stage in level["stages"])
    return " The stages typed before are kept, but not used." if typed else ""


def _segment(outcome: Outcome, path: d.Path, *, required: bool) -> None:
    choice(
        outcome,
        (*path, "where"),
        "The point from which this hexapod counts",
        SEGMENT_POINTS,
        hint="A hexapod compensates, so say where this one's point lies from that of the previous one, on the "
        "fragment that both share."
        if required
        else "May stay open. When it is told, the rings of both hexapods are compared on the fragment that they share.",
    )
    if d.entry(session.draft(), (*path, "where")) == "apart":
        with st.container(key="quantities-segment"):
            table_fields.show(outcome, path)


def _decided() -> None:
    """The sentences, as long as the entries are those that go on from the plan of before."""
    decided = session.draft()["decided"]
    if decided["of"] and decided["of"] == session.draft()["derived_from"]:
        told = "".join(f"<li>{escape(line)}</li>" for line in decided["lines"])
        st.html(
            '<section class="hx-decided" aria-label="What was decided"><h3>What was decided</h3>'
            f"<ul>{told}</ul></section>"
        )

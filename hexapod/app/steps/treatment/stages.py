"""The stages of a level as a list of rows: what each does and when; opened, moved, duplicated, removed and put back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

import streamlit as st
from pydantic import ValidationError

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import stage_list
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import entries, library_access, session
from hexapod.app.session.acknowledgements import count_of
from hexapod.app.session.entries import action
from hexapod.app.steps.treatment import template
from hexapod.app.widgets import table_fields
from hexapod.app.widgets.fields import message
from hexapod.app.widgets.panels import plain, unbroken
from hexapod.case.level_parts import Stage
from hexapod.case.model import DEFAULT_RATES
from hexapod.plan.make_plan import Plan
from hexapod.text.case_fields import STAGE
from hexapod.text.case_sentences import found_words, stage_sentence
from hexapod.text.numbers import number
from hexapod.text.stage_spans import Span, span_words, spans

# Which stage is open for editing: its uid, all of them, or none.  Of this window only, like the step shown.
OPEN, ALL, NONE = "open_stage", "all", ""
_EXPLAINED = {
    "hold_days": "Nothing moves: latency, a rest, consolidation.",
    "correct_to": "Give the deformity that shall REMAIN at the end of this stage. All empty: none remains.",
    "transport": "The moving fragment is carried along this vector from where it is, its orientation kept.",
}
_LONGEST_NAME = 28
PARTS = ("course_from", "so_far", "return_stages")


def show(outcome: Outcome, path: d.Path) -> None:
    """Templates, the list, and the buttons below it."""
    level = session.level()
    stages = level["stages"]
    if session.current().open_stage is None:
        # A level just made has one stage without anything: it waits for its first entry.
        session.current().open_stage = stages[0]["uid"] if len(stages) == 1 and stages[0]["kind"] is None else NONE
    with st.container(key="stages-head", horizontal=True, vertical_alignment="bottom"):
        st.subheader("Stages, in order", anchor=False)
        opened = session.current().open_stage == ALL
        st.button(
            "Close all" if opened else "Open all", key="open-all", on_click=_open, args=(NONE if opened else ALL,)
        )
    template.show()
    document = outcome.reading.document["levels"][session.level_index()]
    written = document.get("stages", [])
    planned, found = _planned(outcome, len(stages)), _found(document)
    st.html(_calendar(outcome, stages, planned))
    with st.container(key="stage-rows", gap=None):
        heads = ("", "Stage", "What it does", "Maximum rate", "Days and dates")
        st.html(f'<div class="hx-stage hx-stage-head">{"".join(f"<span>{head}</span>" for head in heads)}</div>')
        for index, stage in enumerate(stages):
            row = _Row(outcome, (*path, "stages", stage["uid"]), index, len(stages))
            known = index < len(written)
            row.show(stage, written[index] if known else {}, planned[index], found[index] if known else None)
    message(outcome, (*path, "stages"), whole=True)
    _buttons(level)


def _found(document: dict[str, Any]) -> list[Mapping[str, float] | None]:
    """The deformity in which each stage written begins, as far as the entries tell it."""
    stages = [_read(one) for one in document.get("stages", [])]
    start = document.get("course_from")
    start = document.get("deformity") or {} if start is None else start
    return found_words(stages, start, session.draft()["limb"]["side"], session.level()["reference"])


def _planned(outcome: Outcome, count: int) -> list[Span | None]:
    """Days and dates of every stage as the plan has them; None where there is no plan of these entries."""
    if not isinstance(outcome.plan, Plan):
        return [None] * count
    found = spans(outcome.plan.levels[session.level_index()])
    return list(found) if len(found) == count else [None] * count


def _calendar(outcome: Outcome, stages: list[d.Draft], planned: list[Span | None]) -> str:
    """The stages as one bar, as long as their days, with the days on which struts are changed out; or its place."""
    known = [(stage, span) for stage, span in zip(stages, planned, strict=True) if span is not None]
    if not known or not isinstance(outcome.plan, Plan):
        return '<div class="hx-bar"></div>'
    level = outcome.plan.levels[session.level_index()]
    days = max(len(level.rows) - 1, 1)
    parts = "".join(
        f'<span class="hx-bar-{stage["kind"]}" style="left: {100 * (span.first_day - 1) / days:.3f}%; '
        f'width: {100 * (span.last_day - span.first_day + 1) / days:.3f}%" '
        f'title="{escape(stage["name"])}: {span_words(span)}">{escape(stage["name"])}</span>'
        for stage, span in known
    )
    visits = sorted({one.planned_day for one in level.exchanges})
    marks = "".join(
        f'<i style="left: {100 * (day - 0.5) / days:.3f}%" title="strut change-out on day {day}"></i>' for day in visits
    )
    ends = [f"{date:%a} {date.day} {date:%b %Y}" for date in (level.rows[0].date, level.rows[-1].date)]
    caption = f"{days} days" + (f", strut change-outs on {count_of(len(visits), 'day')} (marked)" if visits else "")
    return (
        f'<div class="hx-bar" role="img" aria-label="Calendar of the stages, {ends[0]} to {ends[1]}, {caption}">'
        f"<div>{parts}{marks}</div><p><span>{ends[0]}</span><span>{caption}</span><span>{ends[1]}</span></p></div>"
    )


def _buttons(level: d.Draft) -> None:
    """Add, and take back what was removed or replaced.  All in one line, so that nothing above moves."""
    uid = level["uid"]
    with st.container(key="stage-buttons", horizontal=True, gap="small"):
        st.button("Add a stage", key="add-stage", on_click=_add, args=(uid,), disabled=not library_access.may_enter())
        gone = stage_list.removed(session.draft(), uid)
        if gone is not None:
            name = plain(_short(gone["name"])) or "the stage without a name"
            back = partial(entries.changed, lambda draft: stage_list.put_back(draft, uid))
            st.button(f"Put back: {name}", key="put-back", on_click=back, disabled=not library_access.may_enter())
        kept = stage_list.before(session.draft(), uid)
        if kept:
            back = partial(entries.changed, lambda draft: stage_list.take_back(draft, uid))
            st.button(
                "Restore previous stages",
                key="take-back",
                on_click=back,
                help=_names(kept),
                disabled=not library_access.may_enter(),
            )


def _names(stages: list[d.Draft]) -> str:
    return plain(", ".join(_short(stage["name"]) or "not named" for stage in stages))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


class _Row:
    """One stage: a line that tells it, its buttons, and below them its entries when it is open."""

    def __init__(self, outcome: Outcome, path: d.Path, index: int, count: int) -> None:
        self.outcome, self.path, self.index, self.count = outcome, path, index, count
        self.uid, self.level_uid = path[-1], path[1]
        self.is_open = session.current().open_stage in (self.uid, ALL)
        self.opens = "Edit" if library_access.may_enter() else "Look"

    def show(
        self, stage: d.Draft, written: dict[str, Any], span: Span | None, found: Mapping[str, float] | None
    ) -> None:
        with st.container(key=f"stage-{self.uid}", gap="small"):
            with st.container(key=f"stage-head-{self.uid}", horizontal=True, vertical_alignment="center"):
                st.html(self._sentence(stage, written, span, found), width="stretch")
                self._buttons()
            if self.is_open:
                self._entries(stage)

    def _sentence(
        self, stage: d.Draft, written: dict[str, Any], span: Span | None, found: Mapping[str, float] | None
    ) -> str:
        name = escape(stage["name"]) or "not named yet"
        does, reference = _read(written), session.level()["reference"]
        if does is not None:
            sentence = unbroken(stage_sentence(does, reference, found))
        else:
            sentence = "Available once its entries are complete."
        return (
            f'<div class="hx-stage"><span class="hx-stage-number">{self.index + 1}</span><b>{name}</b>'
            f"<span>{sentence}</span><span>{escape(self._rate(stage))}</span>{self._when(span)}</div>"
        )

    @staticmethod
    def _rate(stage: d.Draft) -> str:
        """The maximum rate of a stage that moves: its own, else the hexapod's, else the usual one."""
        if stage["kind"] in (None, "hold_days"):
            return ""
        own, general = stage["limits"]["mm_per_day"], session.level()["limits"]["mm_per_day"]
        return f"{own or general or number(DEFAULT_RATES[session.level()['indication']][0])} mm/day"

    def _when(self, span: Span | None) -> str:
        """The line below: what is wrong in a closed row, else what is missing, else the days as planned."""
        troubles = self.outcome.at(self.path)
        if troubles and not self.is_open:
            wrong = [trouble.sentence for trouble in troubles if not trouble.missing]
            text = f"To correct: {' '.join(wrong)}" if wrong else f"Entries are missing: press {self.opens}."
            return f'<p class="hx-line hx-{"wrong" if wrong else "missing"}">{escape(text)}</p>'
        return f'<span class="hx-stage-days">{"Days not planned yet." if span is None else span_words(span)}</span>'

    def _buttons(self) -> None:
        place, uid, level_uid = self.index + 1, self.uid, self.level_uid
        with st.container(key=f"stage-acts-{uid}", horizontal=True, gap=None, width="content"):
            st.button(
                "Close" if self.is_open else self.opens,
                key=f"edit-{uid}",
                help=f"{'Close' if self.is_open else self.opens} stage {place}",
                on_click=_toggle,
                args=(uid,),
            )
            for label, key, by, edge in (
                ("\N{UPWARDS ARROW}", "earlier", -1, 0),
                ("\N{DOWNWARDS ARROW}", "later", 1, self.count - 1),
            ):
                st.button(
                    label,
                    key=f"{key}-{uid}",
                    help=f"Move stage {place} one place {key}",
                    disabled=self.index == edge or not library_access.may_enter(),
                    on_click=entries.changed,
                    args=(partial(stage_list.move, level_uid=level_uid, uid=uid, by=by),),
                )
            st.button(
                "Copy",
                key=f"copy-{uid}",
                help=f"Put a copy of stage {place} after it",
                on_click=_copy,
                args=self.path,
                disabled=not library_access.may_enter(),
            )
            st.button(
                "Remove",
                key=f"remove-{uid}",
                help=f"Remove stage {place}; it can be put back",
                on_click=entries.changed,
                args=(lambda draft: stage_list.remove(draft, level_uid, uid),),
                disabled=not library_access.may_enter(),
            )

    def _entries(self, stage: d.Draft) -> None:
        outcome, path, uid = self.outcome, self.path, self.uid
        rows = [row for row in STAGE if table_fields.in_force(path, row)]
        for row in rows:
            here = (*path, *row.path)
            if row.key == "kind":
                explained = _EXPLAINED.get(stage["kind"] or "", "Choose first; its entries then follow.")
                table_fields.show(outcome, here, hint=explained)
            elif row.pairs:
                with st.container(key=f"quantities-{uid}"):
                    table_fields.show(outcome, here)
            elif row.shape != "above" and (row.key != "meant" or stage["kind"] == "correct_to"):
                table_fields.show(outcome, here, label=str(row.label).format(self.index + 1))
        in_line = [row for row in rows if row.shape == "above"]
        if in_line:
            with st.container(key=f"stage-limits-{uid}", horizontal=True, gap="small"):
                for row in in_line:
                    with st.container(key=f"stage-{row.path[-1]}-{uid}", width=200):
                        table_fields.show(outcome, (*path, *row.path))
        message(outcome, path, whole=True)


def _read(written: dict[str, Any]) -> Stage | None:
    """The stage as the draft has it so far, or None while it cannot be said what it does."""
    try:
        return Stage.model_validate({"name": "not named"} | written)
    except ValidationError:
        return None


@action
def _open(which: str) -> None:
    session.current().open_stage = which


@action
def _toggle(uid: str) -> None:
    """Open one stage and close the others; from all open, close this one and with it all."""
    is_open = session.current().open_stage in (uid, ALL)
    session.current().open_stage = NONE if is_open else uid


def _open_new(uid: str) -> None:
    if session.current().open_stage != ALL:
        session.current().open_stage = uid


def _add(level_uid: str) -> None:
    entries.changed(lambda draft: _open_new(stage_list.add(draft, level_uid)))


def _copy(*path: str) -> None:
    entries.changed(lambda draft: _open_new(stage_list.duplicate(draft, path[1], path[-1])))


def show_replanned(outcome: Outcome, path: d.Path) -> None:
    """The folded part; open when something in it is wrong, and nothing for a level of a first plan."""
    level = session.level()
    if not any(level[part] != _blank(part) for part in PARTS):
        return
    wrong = any(outcome.at((*path, part)) for part in PARTS)
    with st.expander("Continues the previous plan", expanded=wrong):
        if level["course_from"] != _blank("course_from"):
            _goes_on_from(outcome, (*path, "course_from"))
        if level["return_stages"]:
            _returns(outcome, (*path, "return_stages"))
        if level["so_far"] != _blank("so_far"):
            _so_far(outcome, (*path, "so_far"))


def _blank(part: str) -> Any:
    return d.blank_level()[part]


def _goes_on_from(outcome: Outcome, path: d.Path) -> None:
    st.caption(
        "Planned position on day 0, as the plan before had it; its readings, rounded to marks, put it a "
        "little off. The course starts here, not at the deformity: take it out when you change deformity or readings."
    )
    with st.container(key="quantities-course-from"):
        table_fields.show(outcome, path)
    message(outcome, path, whole=True)
    _take_out_button("Take it out: start at the deformity", path)


def _returns(outcome: Outcome, path: d.Path) -> None:
    """What a level that follows does first, in words."""
    st.caption("Before it compensates for the others, this hexapod returns to the plan by itself:")
    reading = read_draft(session.draft())
    written = reading.document["levels"][session.level_index()].get("return_stages") or []
    reference = session.level()["reference"]
    items = "".join(
        f"<li>{escape(stage['name'])}: {escape(stage_sentence(Stage.model_validate(stage), reference))}</li>"
        for stage in written
    )
    st.html(f"<ul>{items}</ul>")
    message(outcome, path)
    _take_out_button("Take it out: keep the ends of the limb as they are now", path)


def _so_far(outcome: Outcome, path: d.Path) -> None:
    st.caption("What this level has been through since the treatment began; latency and gaps are judged by it.")
    table_fields.under(outcome, "Since the treatment began", path[:-1])
    message(outcome, path, whole=True)


def _take_out_button(label: str, path: d.Path) -> None:
    st.button(
        label,
        key=f"take-out-{path[1]}" if path[-1] == "course_from" else f"take-out-{path[-1]}-{path[1]}",
        on_click=_take_out,
        args=(path,),
        disabled=not library_access.may_enter(),
    )


@action
def _take_out(path: d.Path) -> None:
    """Callback: this part is as in a first plan."""
    blank = _blank(path[-1])
    entries.change(lambda draft: d.entry(draft, path[:-1]).update({path[-1]: blank}))

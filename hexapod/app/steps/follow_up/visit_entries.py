"""What is recorded at a visit: its date, six readings a level and the struts they are on, a note, the next visit."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from hexapod import load_catalogue
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.typed_text import spoken
from hexapod.app.session import entries, library_access, session, visit
from hexapod.app.session.entries import action
from hexapod.app.widgets.fields import how_sure, message, pick, size_and_word, text_block, text_field
from hexapod.app.widgets.panels import plain
from hexapod.follow_up.compare_with_plan import FollowUp
from hexapod.hardware.models import Strut
from hexapod.text.case_fields import field_at
from hexapod.text.follow_up_text import models_told
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS


def show(following: visit.FollowedPlan, told: visit.EnteredVisit) -> None:
    """The entries, each with its message below."""
    outcome = Outcome(told.troubles, None, None)
    visit.with_fields_for(session.draft(), len(following.case.levels))
    for index in range(len(following.case.levels)):
        _level(outcome, following, told, index)
    with st.container(key="visit-dates", horizontal=True, gap="small"):
        with st.container(key="visit-date", width=240):
            text_field(outcome, ("visit", "date"), "Date of the visit (year-month-day)", hint=_day(following, told))
        with st.container(key="visit-today", width=240):
            today = visit.today().isoformat()
            st.button(
                f"Today: {spoken(today)}",
                key="visit-today-button",
                on_click=_take_date,
                args=(today,),
                disabled=not library_access.may_change(),
            )
        with st.container(key="visit-next", width=240):
            hint = spoken(told.next_visit.isoformat()) if told.next_visit else "May stay empty."
            text_field(outcome, ("visit", "next"), "Next visit (year-month-day)", hint=hint)
    text_block(outcome, ("visit", "note"), "Note", hint="May stay empty.", height=80)
    for index in range(len(following.case.levels)):
        _measured(outcome, following, index)


def _measured(outcome: Outcome, following: visit.FollowedPlan, index: int) -> None:
    """What was measured anew on a level, closed until somebody asks: deformity and mounting, each with its SD."""
    level, path = following.case.levels[index], ("visit", "measured", str(index))
    typed = d.entry(session.draft(), path)
    which = f" of {visit.level_name(following.case, index)}" if len(following.case.levels) > 1 else ""
    with st.expander(
        f"Measured again at this visit{which}: deformity, mounting (optional)",
        expanded=any(d.is_typed(typed[part]) for part in d.SDS),
        key=f"visit-measured-{index}",
    ):
        st.caption(
            "On new radiographs, or on the limb, with the frame as read above. Leave a part empty if it was not "
            "measured; in one that was, type every quantity, 0 where there is none."
        )
        for (part, table), column in zip(d.SDS.items(), st.columns(2, gap="large"), strict=True):
            said = getattr(level, f"{part}_sd") if following.case.estimated_from is None else None
            own = {} if said is None else said.model_dump(exclude_none=True)
            with column:
                st.html(f'<p class="hx-label">{part.capitalize()} now</p>')
                for one in table:
                    row, _ = field_at(("levels", "0", part, one.pair.quantity, "size"))
                    assert row is not None
                    name = row.of(row.label, one.pair.quantity) or one.pair.quantity
                    usual, sd = number(own.get(one.key, one.sd)), (*path, f"{part}_sd", one.key)
                    size_and_word(
                        outcome,
                        (*path, part),
                        one.pair,
                        label=f"{name} now",
                        zero="0",
                        beside=partial(
                            how_sure, outcome, sd, f"SD of the {name} now, {one.pair.unit}", usual, f"Empty: {usual}."
                        ),
                    )


def line(text: str, kind: str = "hint") -> None:
    """A sentence of the step."""
    st.html(f'<p class="hx-line hx-{kind} hx-sign">{escape(text)}</p>')


def strut_style() -> str:
    """The stripe above every reading in its strut's colour."""
    rules = (
        f'[class*="-visit-strut-{strut}"] [data-testid="stTextInputRootElement"] {{ border-top: 6px solid '
        f"{look.shade}; }}"
        for strut, look in STRUT_LOOKS.items()
    )
    return f"<style>{' '.join(rules)}</style>"


def _day(following: visit.FollowedPlan, told: visit.EnteredVisit) -> str:
    """The date as people say it, with the day of the plan."""
    if told.date is None:
        return "When the scales were read. Type it, or press the button beside."
    day = (told.date - following.case.first_day).days
    later = " It is after today." if told.date > visit.today() else ""  # readings may be tried, not recorded
    return f"{spoken(told.date.isoformat())}: day {day} of the plan.{later}"


@action
def _take_date(date: str) -> None:
    """Callback: the date on the button becomes that of the visit."""
    if not session.is_of_before():
        entries.put(("visit", "date"), date)


def _level(outcome: Outcome, following: visit.FollowedPlan, told: visit.EnteredVisit, index: int) -> None:
    several = len(following.case.levels) > 1
    path = ("visit", "readings", str(index))
    level = visit.level_name(following.case, index)
    st.subheader(f"Readings of {plain(level)}" if several else "Readings", anchor=False)
    empty = " Leave all six empty if this hexapod was not read." if several else ""
    st.caption(f"As read from the scales, mm. Six numbers copied together may be pasted into any of the fields.{empty}")
    with st.container(key=f"visit-level-{index}", gap=None):
        with st.container(key=f"visit-readings-{index}{'-several' * several}", horizontal=True, gap="small"):
            for k in d.STRUTS:
                name = f"trut {k + 1} ({STRUT_LOOKS[k + 1].name}), mm"
                with st.container(key=f"level-{index}-visit-strut-{k + 1}", gap=None):
                    text_field(
                        outcome,
                        (*path, str(k)),
                        f"Hexapod {index + 1}, s{name}" if several else f"S{name}",
                        hint=_range(following, told, index, k),
                    )
        message(outcome, path, whole=True)
        _struts(outcome, following, told, index)


def _range(following: visit.FollowedPlan, told: visit.EnteredVisit, index: int, k: int) -> str:
    """The scale of the strut that is on, as said or as the plan has it on that day."""
    planned = visit.planned_struts(following, told.date, index)
    if planned is None:
        return ""
    found = next((one for one in told.found if one.level == index), None)
    strut = (found.struts if found else planned)[k]
    return f"Scale {number(strut.min_mm)} to {number(strut.max_mm)} mm"


def _struts(outcome: Outcome, following: visit.FollowedPlan, told: visit.EnteredVisit, index: int) -> None:
    """Which models are on the frame, where they are not those that the plan has on that day."""
    planned = visit.planned_struts(following, told.date, index)
    if planned is None:
        return
    chosen = session.draft()["visit"]["struts"][str(index)]
    open_question = any(one.level == index and one.asked is not None and one.asked.needed for one in told.found)
    which = f" of {visit.level_name(following.case, index)}" if len(following.case.levels) > 1 else ""
    with st.expander(
        f"Struts on the frame{which}, if exchanged early, not yet, or for another model",
        expanded=open_question or any(chosen.values()),
    ):
        st.caption("Left empty, the struts are those that the plan has on that day.")
        with st.container(key=f"visit-struts-{index}", horizontal=True, gap="small"):
            for k in d.STRUTS:
                path: d.Path = ("visit", "struts", str(index), str(k))
                options = [strut.name for strut in _models(planned[k], following, index, k)]
                with st.container(key=f"level-{index}-visit-model-{k + 1}", gap=None, width=210):
                    pick(
                        outcome,
                        path,
                        f"Strut {k + 1} on the frame{which}",
                        options,
                        str,
                        claims=path,
                        hint=f"Planned: {planned[k].name}",
                    )


def answers(found: FollowUp) -> None:
    """The likeliest answers to the question which struts are on, each a button that puts them in."""
    if found.asked is None:
        return
    with st.container(key=f"visit-answers-{found.level}", horizontal=True, gap="small"):
        for number_of, one in enumerate(found.asked.answers):
            st.button(
                f"{one.when[0].upper()}{one.when[1:]}: {models_told(one.models)}",
                key=f"visit-answer-{found.level}-{number_of}",
                on_click=_put_struts,
                args=(found.level, one.models),
                disabled=not library_access.may_change(),
            )


def _models(planned: Strut, following: visit.FollowedPlan, index: int, k: int) -> list[Strut]:
    """The models that may be on: those of the planned one's kind first, then all others of the catalogue."""
    assert following.plan is not None
    catalogue = load_catalogue()
    started = following.plan.levels[index].setup.struts[k]
    first = [planned, started, *catalogue.exchangeable(planned)]
    return list({strut.name: strut for strut in (*first, *catalogue.struts.values())}.values())


@action
def _put_struts(level: int, models: tuple[str, ...]) -> None:
    """Callback: the models of an answer become those that are said."""
    said = {str(k): model for k, model in enumerate(models)}
    entries.change(lambda draft: draft["visit"]["struts"][str(level)].update(said))

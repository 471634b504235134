"""What is recorded at a visit: its date, six readings a level and the struts they are on, a note, the next visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from html import escape

import streamlit as st

from hexapod import load_catalogue, parse_case
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome, work_out
from hexapod.app.draft.typed_text import spoken
from hexapod.app.session import entries, library_access, session, step_status, unsaved, visit
from hexapod.app.session import visit as visiting
from hexapod.app.session.entries import action
from hexapod.app.steps.radiographs import radiographs_step
from hexapod.app.widgets.fields import date_field, how_sure, message, pick, size_and_word, text_block, text_field
from hexapod.app.widgets.panels import plain
from hexapod.case.model import Case
from hexapod.deformity.quantities import DEFORMITY_SD, sds
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import FollowUp
from hexapod.hardware.models import Strut, shown_name
from hexapod.library import RecordedVisit, StoredPlan, Visit
from hexapod.text.case_fields import field_at
from hexapod.text.case_sentences import words_sentence
from hexapod.text.film_text import beside_plan
from hexapod.text.follow_up_text import models_in_short
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

RECORD = "visit-record"
# On a phone every cell says its head.
_HEADS = ("Visit", "Date", "Day of the plan", "Read, mm", "Found", "Note", "Next visit", "By")
_CHANGED = "An entry was changed at the same moment: nothing was recorded. Look at the visit again."


def show(following: visit.FollowedPlan, entered: visit.EnteredVisit) -> None:
    """The entries, each with its message below."""
    outcome = Outcome(entered.troubles, None, None)
    visit.with_fields_for(session.draft(), len(following.case.levels))
    for index in range(len(following.case.levels)):
        _level(outcome, following, entered, index)
    with st.container(key="visit-dates", horizontal=True, gap="small"):
        with st.container(key="visit-date", width=266):
            date_field(outcome, ("visit", "date"), "Date of the visit", hint=_day(following, entered))
        with st.container(key="visit-today", width=228):
            today = visit.today().isoformat()
            st.button(
                f"Today: {spoken(today)}",
                key="visit-today-button",
                on_click=_take_date,
                args=(today,),
                disabled=not library_access.may_change(),
            )
        with st.container(key="visit-next", width=266):
            date_field(outcome, ("visit", "next"), "Next visit", hint="" if entered.next_visit else "May stay empty.")
    text_block(outcome, ("visit", "note"), "Note", hint="May stay empty.", height=80)
    for index in range(len(following.case.levels)):
        _measured(outcome, following, index)
        _beside_plan(following, entered, index)
    _films(following)


def _films(following: visit.FollowedPlan) -> None:
    """Radiographs of the visit, of one hexapod at a time: measured as in their own step, and taken over."""
    levels = range(len(following.case.levels))
    key = session.widget_key(("visit", "films"))
    films = [bool(d.entry(session.draft(), ("visit", "measured", str(index)))["measured_with"]) for index in levels]
    chosen = st.segmented_control(
        "Measure on radiographs of this visit",
        list(levels),
        format_func=lambda index: visit.level_name(following.case, index),
        key=session.seed(key, films.index(True) if any(films) else None),
        disabled=not library_access.may_change(),
    )
    if chosen is not None:
        radiographs_step.show_of_visit(chosen, following.case.limb.side, following.case.levels[chosen].reference)


def _beside_plan(following: visit.FollowedPlan, entered: visit.EnteredVisit, index: int) -> None:
    """The deformity measured again beside what the plan has left of it on the evening of that day."""
    measured = next((one.measured for one in entered.readings if one.level == index), None) or {}
    if following.plan is None or entered.date is None or "deformity" not in measured:
        return
    rows = following.plan.levels[index].rows
    row = rows[min((entered.date - following.case.first_day).days, len(rows) - 1)]
    beside = beside_plan(row.remaining, measured["deformity"], sds(DEFORMITY_SD, measured.get("deformity_sd", {})))
    names = ("Quantity", "Planned", "Measured", "Measured − planned")
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>" for cells in beside)
    st.html(
        f'<h4>Measured beside the plan: day {row.day}, {row.date.isoformat()}</h4><table class="hx-table">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


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
            sds = getattr(level, f"{part}_sd") if following.case.estimated_from is None else None
            own = {} if sds is None else sds.model_dump(exclude_none=True)
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


def _day(following: visit.FollowedPlan, entered: visit.EnteredVisit) -> str:
    """The date as people say it, with the day of the plan."""
    if entered.date is None:
        return "When the scales were read. Type it, or press the button beside."
    day = (entered.date - following.case.first_day).days
    later = " It is after today." if entered.date > visit.today() else ""  # readings may be tried, not recorded
    return f"Day {day} of the plan.{later}"


@action
def _take_date(date: str) -> None:
    """Callback: the date on the button becomes that of the visit."""
    if not session.is_of_before():
        entries.put(("visit", "date"), date)


def _level(outcome: Outcome, following: visit.FollowedPlan, entered: visit.EnteredVisit, index: int) -> None:
    several = len(following.case.levels) > 1
    path = ("visit", "readings", str(index))
    level = visit.level_name(following.case, index)
    st.subheader(f"Readings of {plain(level)}" if several else "Readings", anchor=False)
    if index == 0:  # of the others it is the same
        empty = " Leave all six empty if a hexapod was not read." if several else ""
        told_once = "As read from the scales, mm. Six numbers copied together may be pasted into any of the fields."
        st.caption(told_once + empty)
    with st.container(key=f"visit-level-{index}", gap=None):
        with st.container(key=f"visit-readings-{index}{'-several' * several}", horizontal=True, gap="small"):
            for k in d.STRUTS:
                name = f"trut {k + 1} ({STRUT_LOOKS[k + 1].name}), mm"
                with st.container(key=f"level-{index}-visit-strut-{k + 1}", gap=None):
                    text_field(
                        outcome,
                        (*path, str(k)),
                        f"Hexapod {index + 1}, s{name}" if several else f"S{name}",
                        hint=_range(following, entered, index, k),
                    )
        message(outcome, path, whole=True)
        _struts(outcome, following, entered, index)


def _range(following: visit.FollowedPlan, entered: visit.EnteredVisit, index: int, k: int) -> str:
    """The scale of the strut that is on, as said or as the plan has it on that day."""
    planned = visit.planned_struts(following, entered.date, index)
    if planned is None:
        return ""
    found = next((one for one in entered.found if one.level == index), None)
    strut = (found.struts if found else planned)[k]
    return f"Scale {number(strut.min_mm)} to {number(strut.max_mm)} mm"


def _struts(outcome: Outcome, following: visit.FollowedPlan, entered: visit.EnteredVisit, index: int) -> None:
    """Which models are on the frame, where they are not those that the plan has on that day."""
    planned = visit.planned_struts(following, entered.date, index)
    if planned is None:
        return
    chosen = session.draft()["visit"]["struts"][str(index)]
    open_question = any(one.level == index and one.asked is not None and one.asked.needed for one in entered.found)
    which = f" of {visit.level_name(following.case, index)}" if len(following.case.levels) > 1 else ""
    with st.expander(
        f"Struts on the frame{which}, if exchanged early, not yet, or for another model",
        expanded=open_question or any(chosen.values()),
    ):
        st.caption("Left empty, the struts are those that the plan has on that day.")
        with st.container(key=f"visit-struts-{index}", horizontal=True, gap="small"):
            for k in d.STRUTS:
                path: d.Path = ("visit", "struts", str(index), str(k))
                models = {strut.name: shown_name(strut) for strut in _models(planned[k], following, index, k)}
                with st.container(key=f"level-{index}-visit-model-{k + 1}", gap=None, width=210):
                    pick(
                        outcome,
                        path,
                        f"Strut {k + 1} on the frame{which}",
                        list(models),
                        models.__getitem__,
                        claims=path,
                        hint=f"Planned: {shown_name(planned[k])}",
                    )


def answers(found: FollowUp) -> None:
    """The likeliest answers to the question which struts are on, each a button that puts them in."""
    if found.asked is None:
        return
    with st.container(key=f"visit-answers-{found.level}", horizontal=True, gap="small"):
        for number_of, one in enumerate(found.asked.answers):
            st.button(
                f"{one.when[0].upper()}{one.when[1:]}: {models_in_short(_shown(one.models))}",
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
    first = [planned, started, *catalogue.exchangeable(planned, every_mark=True)]
    rest = (strut for strut in catalogue.struts.values() if strut.acute is None)
    return list({strut.name: strut for strut in (*first, *rest)}.values())


def _shown(models: Sequence[str]) -> list[str]:
    """What people call models of the catalogue, by the names of files; others keep these."""
    known = load_catalogue().known
    return [name if (strut := known(name)) is None else shown_name(strut) for name in models]


@action
def _put_struts(level: int, models: tuple[str, ...]) -> None:
    """Callback: the models of an answer become those that are said."""
    chosen = {str(k): model for k, model in enumerate(models)}
    entries.change(lambda draft: draft["visit"]["struts"][str(level)].update(chosen))


def show_record(following: visiting.FollowedPlan, entered: visiting.EnteredVisit) -> None:
    """The button, or why the visit cannot be recorded, or as which visit it was."""
    if following.recorded is None:
        if entered.typed:
            line("Not recorded: no plan of this case is signed.", "missing")
            _clear("Take these readings off the page")
        return
    visit = entered.visit()
    record = session.opened().record
    if done := recorded_already(visit, record.visits if record is not None else ()):
        when = f"{done.at[:10]} at {done.at[11:16]} UTC"
        line(f"Recorded as visit {done.number} of this case, on plan {done.plan}, by {done.by} on {when}.")
        _clear("Begin another visit (empty fields)")
        return
    if unknown := [one.level + 1 for one in entered.found if one.asked is not None]:
        line(f"Say first which struts are on hexapod {', '.join(map(str, unknown))}: see above.", "missing")
    if visit is None and entered.typed and not entered.troubles:
        line("Type readings or a note, then the visit can be recorded.", "missing")
    st.button(
        "Record this visit",
        key=RECORD,
        type="primary",
        disabled=visit is None or bool(unknown) or not library_access.may_change(),
        on_click=_record,
        args=(visit,),
    )
    step_status.beside(RECORD)


def _clear(label: str) -> None:
    st.button(label, key="visit-clear", on_click=begin_another, disabled=not library_access.may_change())


def recorded_already(visit: Visit | None, kept: Sequence[RecordedVisit]) -> RecordedVisit | None:
    """The record of this very visit, None when there is none; the program's answer to it does not count."""
    if visit is None:
        return None
    return next((one for one in kept if replace(one.visit, answer="") == replace(visit, answer="")), None)


@action
def begin_another() -> None:
    """Callback: empty fields for another visit."""
    if session.is_of_before():
        return
    session.opened().follows = None
    session.opened().new_fields()
    entries.change(lambda draft: draft.update(visit=d.another_visit(draft)))


@action
def _record(shown: Visit) -> None:
    unsaved.look()
    try:
        following = visiting.followed(work_out(session.draft()))
        if following is None or following.recorded is None:
            session.opened().refuse(RECORD, _CHANGED)
            return
        visit = visiting.entered_visit(session.draft(), following).visit()
        if visit is None or visit != shown:
            session.opened().refuse(RECORD, _CHANGED)
            return
        plan = following.recorded.number
        visits = library_access.records().visits
        done = recorded_already(visit, visits.of(session.token())) or visits.add(session.token(), plan, visit)
    except HexapodError as error:
        session.opened().refuse(RECORD, f"The visit was not recorded. {error}")
        return
    session.opened().message = f"Visit {done.number} is recorded: {visit.date.isoformat()}, plan {done.plan}."


def show_all(token: str, history: Sequence[RecordedVisit], plans: Sequence[StoredPlan]) -> None:
    """The table; nothing before the first visit.

    Raises:
        HexapodError: the library does not answer.
    """
    if not history:
        return
    st.subheader("Visits", anchor=False)
    versions = {plan.number: plan.version for plan in plans}
    followed = {one.plan for one in history}
    cases = {number: parse_case(library_access.records().versions.file(token, versions[number])) for number in followed}
    rows = "".join(_row(one, cases[one.plan]) for one in reversed(history))
    heads = "".join(f'<th scope="col">{name}</th>' for name in _HEADS)
    st.html(
        '<div class="hx-visits-scroll" role="region" tabindex="0" aria-label="Visits"><table class="hx-visits"><thead>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(one: RecordedVisit, case: Case) -> str:
    visit = one.visit
    day = (visit.date - case.first_day).days
    short, _, full = visit.answer.partition("\n\n")
    found = f"{escape(short)}<details><summary>in full</summary><pre>{escape(full)}</pre></details>" if full else short
    cells = (
        visit.date.isoformat(),
        f"day {day}, plan {one.plan}",
        _readings(one, case),
        found or "nothing read",
        escape(visit.note),
        visit.next_visit.isoformat() if visit.next_visit else "none",
        f"{escape(one.by)}<br>{one.at[:10]} {one.at[11:16]} UTC",
    )
    cells_html = "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in zip(_HEADS[1:], cells, strict=True))
    return f'<tr><th scope="row">{one.number}</th>{cells_html}</tr>'


def _readings(one: RecordedVisit, case: Case) -> str:
    several = len(case.levels) > 1
    text = (
        (f"{escape(visiting.level_name(case, six.level))}: " if several else "")
        + visiting.six_in_a_line(six.settings_mm)
        + (f" on {escape(models_in_short(_shown(six.struts)))}" if six.struts else "")
        + "".join(
            f"<br>{part} measured: {escape(words_sentence(six.measured[part]))}"
            for part in ("deformity", "mounting")
            if six.measured is not None and part in six.measured
        )
        for six in one.visit.readings
    )
    return "<br>".join(text)

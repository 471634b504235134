"""Two ways to go on when something was measured again, side by side: the last measurement alone, and one fit of all."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from hexapod import load_catalogue
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.typed_text import EntryReader, Reading, Trouble, typed_goal
from hexapod.app.session import entries, library_access, session, visit
from hexapod.app.session.entries import action
from hexapod.app.steps.follow_up.visit_entries import line
from hexapod.app.widgets.fields import choice, text_field
from hexapod.errors import CaseError, HexapodError
from hexapod.estimation.follow_up_estimate import Estimated, estimate_visits
from hexapod.estimation.hardware import HARDWARE, LEAST_SD_MM, MOST_SD_MM
from hexapod.estimation.observations import FORMAT, MeasuredVisits, Use, read_visits
from hexapod.library import HomePost, RecordedVisit
from hexapod.library.calls.visits import measured_visit
from hexapod.plan.make_plan import Plan
from hexapod.preoperative.end_error import Goal
from hexapod.text.follow_up_text import (
    DOUBTFUL,
    contradiction_sentence,
    estimate_rows,
    estimate_sentences,
    hardware_lines,
    unnoticed_sentences,
    what_changed,
)

HARDWARE_SD: d.Path = ("visit", "hardware_sd")
USES: Mapping[Use, str] = {"last": "the last measurement alone", "all": "one fit of all measurements"}
READINGS = "readings"
OFFERED: Mapping[str, str] = {
    **{str(use): name for use, name in USES.items()},
    READINGS: "the readings and the entries as they are",
}


@dataclass(frozen=True)
class LevelEstimates:
    """Both estimates of a level (counted from 0); what cannot be estimated has a sentence in `troubles` instead."""

    level: int
    estimates: Mapping[Use, Estimated]
    troubles: Mapping[Use, str]


def of_visit(
    following: visit.FollowedPlan, entered: visit.EnteredVisit, history: Sequence[RecordedVisit], draft: d.Draft
) -> tuple[LevelEstimates, ...]:
    """The estimates of every level that was read now and measured anew, now or at a recorded visit of the same plan."""
    if following.plan is None or entered.troubles or entered.date is None:
        return ()
    goal, _ = typed_goal(draft)
    hardware, wrong = typed_hardware_sd(draft)
    found = []
    for one in entered.found:
        values = visits_of(following, entered, history, one.level)
        if any("deformity" in value or "mounting" in value for value in values):
            posts = [] if following.recorded is None else library_access.records().home.of(session.token())
            mine = [post for post in posts if following.recorded and post.plan == following.recorded.number]
            values = sorted([*read_at_home(following.plan, one.level, mine, entered.date), *values], key=_date)
            if wrong:
                found.append(LevelEstimates(one.level, {}, dict.fromkeys(USES, "Correct the SD of the hardware.")))
                continue
            struts = tuple(strut.name for strut in one.struts)
            document = {"format": FORMAT, "visits": values} | ({"hardware_sd": hardware} if hardware else {})
            found.append(_of_level(following.plan, one.level, document, goal, struts))
    return tuple(found)


def typed_hardware_sd(draft: d.Draft) -> tuple[dict[str, float], tuple[Trouble, ...]]:
    """The SD in mm of data of the hardware that count as unknown, by key, and what cannot be read of them."""
    reading = Reading()
    reader = EntryReader(draft, reading)
    found = {}
    for key in HARDWARE:
        path = (*HARDWARE_SD, key)
        sd = reader.number(path, key)
        if sd is None:
            continue
        if not LEAST_SD_MM <= sd <= MOST_SD_MM:
            reader.say(path, key, f"{LEAST_SD_MM:g} to {MOST_SD_MM:g} mm; leave it empty where the data are right.")
        found[key] = sd
    return found, tuple(reading.troubles)


def visits_of(
    following: visit.FollowedPlan, entered: visit.EnteredVisit, history: Sequence[RecordedVisit], level: int
) -> list[dict[str, object]]:
    """The visits of a level in the form of `hexapod-visits/1`: those recorded on the plan, then the one on the page."""
    assert entered.date is not None
    number = None if following.recorded is None else following.recorded.number
    before = sorted(
        (one for one in history if one.plan == number and one.visit.date <= entered.date),
        key=lambda one: (one.visit.date, one.number),
    )
    now = [measured_visit(entered.date, six) for six in entered.readings if six.level == level]
    kept = [measured_visit(one.visit.date, six) for one in before for six in one.visit.readings if six.level == level]
    once = [value for place, value in enumerate(kept) if value not in (*kept[:place], *now)]
    return [*once, *now]


def _date(value: Mapping[str, object]) -> str:
    return str(value["date"])


def read_at_home(plan: Plan, level: int, posts: Sequence[HomePost], before: datetime.date) -> list[dict[str, object]]:
    """Readings from home before a date as visits of `hexapod-visits/1`: the last of each day that were the plan's.

    Those that were not are for the clinic to read again.  Without a bone measured on their day they fix no unknown.
    """
    reports = [one.report for one in posts if one.report.level == level and one.report.told == "right"]
    by_day = {one.date: one for one in sorted(reports, key=lambda one: one.at) if one.date < before}
    rows = plan.levels[level].rows
    return [
        {
            "date": date.isoformat(),
            "settings_mm": list(one.settings_mm),
            "struts": list(rows[min((date - rows[0].date).days, len(rows) - 1)].models),
        }
        for date, one in sorted(by_day.items())
    ]


def _of_level(
    plan: Plan, level: int, document: Mapping[str, object], goal: Goal, struts: tuple[str, ...]
) -> LevelEstimates:
    """The estimates of a level from a document `hexapod-visits/1`."""
    estimates, troubles = dict[Use, Estimated](), dict[Use, str]()
    for use in USES:
        try:
            visits = read_visits(document)
            estimates[use] = _estimated(plan, level, visits, use, goal, struts)
        except CaseError as error:
            troubles[use] = " ".join(f"{problem.path}: {problem.message}" for problem in error.problems)
        except HexapodError as error:
            troubles[use] = str(error)
    return LevelEstimates(level, estimates, troubles)


def fingerprint(visits: MeasuredVisits) -> str:
    """What an estimate is made from as a text: the visits, and what is unknown of the hardware."""
    return " ".join([*visits.sha256, *(f"{key} {sd:g}" for key, sd in visits.hardware_sd.items())])


@st.cache_resource(
    max_entries=64,
    show_spinner=False,
    hash_funcs={Plan: lambda plan: plan.case_sha256, MeasuredVisits: fingerprint},
)
def _estimated(
    plan: Plan, level: int, visits: MeasuredVisits, use: Use, goal: Goal, struts: tuple[str, ...]
) -> Estimated:
    """An estimate, remembered by the fingerprints of what it was made from."""
    return estimate_visits(plan, level, visits, use, goal, load_catalogue(), struts)


def measurements(found: Sequence[LevelEstimates]) -> str:
    """The visits of all levels as a text: what somebody vouches for who says that contradicting ones are right."""
    return " ".join(fingerprint(estimated.visits) for level in found for estimated in level.estimates.values())


def is_doubtful(found: Sequence[LevelEstimates], use: str | None) -> bool:
    """Whether the measurements of a choice contradict each other more than their SDs allow."""
    return any(
        use == name and estimated.estimate.doubtful for level in found for name, estimated in level.estimates.items()
    )


def show(following: visit.FollowedPlan, found: Sequence[LevelEstimates]) -> None:
    """The estimates of every level that has any, what changed and why, what contradicts, and the choice."""
    if not found:
        return
    st.subheader("What all measurements say", anchor=False)
    _hardware_fields()
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
        for sentence in _differences(one):
            line(sentence)
        named = {
            contradiction_sentence(contradiction, estimated.visits): None
            for estimated in one.estimates.values()
            for contradiction in estimated.contradictions
        }
        for sentence in named:
            line(sentence, "wrong")
    choice(
        Outcome((), None, None), ("visit", "use"), "The plan goes on from", OFFERED, hint="Nothing is taken unasked."
    )
    use = session.draft()["visit"]["use"]
    if is_doubtful(found, use):
        line(DOUBTFUL, "wrong")
        _vouch_box(found)


def _hardware_fields() -> None:
    """The SD of data of the hardware, closed until somebody asks: left empty, the data count as exact."""
    draft = session.draft()
    outcome = Outcome(typed_hardware_sd(draft)[1], None, None)
    with (
        st.expander(
            "Hardware whose maker publishes no data (optional)", expanded=any(draft["visit"]["hardware_sd"].values())
        ),
        st.container(key="visit-hardware", horizontal=True, gap="small"),
    ):
        for key, name in HARDWARE.items():
            text_field(outcome, (*HARDWARE_SD, key), f"SD of the {name}, mm", hint="Empty: the data are right.")


def _differences(one: LevelEstimates) -> list[str]:
    if len(one.estimates) < len(USES):
        return []
    return [*what_changed(one.estimates["last"], one.estimates["all"]), *unnoticed_sentences(one.estimates["all"])]


def _card(name: str, estimated: Estimated) -> str:
    """An estimate as a card: how it would end first, then its quantities with their SD."""
    sentences = [*estimate_sentences(estimated), *hardware_lines(estimated.estimate)]
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    rows = "".join(
        f'<tr><th scope="row">{escape(row.name)}</th><td>{escape(f"{row.size} {row.word}")}</td>'
        f'<td class="hx-date">{escape(row.sd)}</td></tr>'
        for row in estimate_rows(estimated)
    )
    return (
        f'<section class="hx-panel" aria-label="Re-plan from {escape(name)}"><h3>From {escape(name)}</h3>{paragraphs}'
        '<table class="hx-visits"><thead><tr><th scope="col">On the day of the visit</th>'
        f'<th scope="col">Estimate</th><th scope="col">SD</th></tr></thead><tbody>{rows}</tbody></table></section>'
    )


def _vouch_box(found: Sequence[LevelEstimates]) -> None:
    """The box is of these very measurements: it is empty again for others."""
    measured = measurements(found)
    key = session.widget_key(("doubtful fit", measured))
    session.seed(key, session.draft()["visit"]["doubtful_fit"] == measured)
    words = "These measurements were looked at again, and the plan shall go on from them all the same"
    st.checkbox(words, key=key, on_change=_vouch, args=(measured, key), disabled=not library_access.may_change())


@action
def _vouch(measured: str, key: str) -> None:
    """Callback of the box."""
    if session.is_of_open_draft(key):
        entries.put(("visit", "doubtful_fit"), measured if session.typed(key) else "")

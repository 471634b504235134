"""Between the step Follow-up and the library: the plan that the patient follows, and what the visit's entries say."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

import hexapod
from hexapod.app.draft import draft_model as d
from hexapod.app.draft import typed_text
from hexapod.app.draft.outcome import Outcome, plan_of
from hexapod.app.draft.typed_text import MONTH_FIRST, EntryReader, NotANumber, Reading, Trouble, date_text
from hexapod.app.draft.typed_text import today as today
from hexapod.app.session import library_access, session
from hexapod.case.field_types import LONGEST_STAGE_DAYS
from hexapod.case.level_parts import Stage
from hexapod.case.model import Case, CoupledLevel, Level
from hexapod.checks.findings import grouped
from hexapod.errors import CaseError, HexapodError
from hexapod.estimation.hardware import HARDWARE
from hexapod.estimation.observations import check_measured
from hexapod.follow_up.compare_with_plan import LARGEST_READING_MM, FollowUp, follow_up
from hexapod.follow_up.replan import Wishes
from hexapod.follow_up.return_to_plan import RETURN
from hexapod.hardware.catalogue import load_catalogue
from hexapod.hardware.models import Strut
from hexapod.library import Readings, StoredPlan, Visit
from hexapod.plan.make_plan import Plan, Refusal
from hexapod.plan.plan_file import plan_file
from hexapod.text.follow_up_text import follow_up_text
from hexapod.text.numbers import number

VISIT: d.Path = ("visit",)


@dataclass(frozen=True)
class FollowedPlan:
    """The case and plan against which readings are held.

    `recorded` is the signed plan as the library has it, None when nothing is signed: readings can then only be tried.
    `plan` is None when this program cannot tell what the patient's table says; `stale` says why, or what else differs.
    """

    case: Case
    plan: Plan | None
    recorded: StoredPlan | None
    stale: str = ""


@dataclass(frozen=True)
class EnteredVisit:
    """What the entries of the visit say, as far as they can be read: troubles first, then the answer of the plan.

    `struts_of` has the models said of levels that were not read.
    """

    troubles: tuple[Trouble, ...]
    date: datetime.date | None
    next_visit: datetime.date | None
    note: str
    readings: tuple[Readings, ...]
    found: tuple[FollowUp, ...]
    struts_of: dict[int, tuple[str, ...]]

    @property
    def typed(self) -> bool:
        """Whether anything of a visit stands on the page."""
        return bool(self.troubles or self.date or self.readings or self.note or self.next_visit)

    @property
    def signature(self) -> str:
        """Date and readings as a text: what somebody vouches for who says that doubtful readings are right."""
        return f"{self.date} " + "; ".join(
            f"{one.level}: {six_in_a_line(one.settings_mm)} {' '.join(one.struts or ())}".rstrip()
            for one in self.readings
        )

    def visit(self) -> Visit | None:
        """What is written into the library, None while an entry is missing or wrong."""
        if self.troubles or self.date is None or not (self.readings or self.note):
            return None
        return Visit(self.date, self.readings, self.note, self.next_visit, answer_text(self.found))


def followed(outcome: Outcome) -> FollowedPlan | None:
    """The signed plan that the patient follows, made anew from its own version; else the page's plan, to try readings.

    None when there is neither.

    Raises:
        HexapodError: the library does not answer.
    """
    recorded = session.of_library().continued or session.of_library().in_force
    if recorded is not None:
        return _signed(recorded)
    return FollowedPlan(outcome.plan.case, outcome.plan, None) if isinstance(outcome.plan, Plan) else None


def in_force() -> FollowedPlan | None:
    """The signed plan that the patient follows, made anew from its own version; None when nothing is signed.

    Raises:
        HexapodError: the library does not answer.
    """
    recorded = session.of_library().in_force
    return None if recorded is None else _signed(recorded)


def entered_visit(draft: d.Draft, following: FollowedPlan) -> EnteredVisit:
    """The entries of the visit, read anew."""
    reading = Reading()
    reader = EntryReader(draft, reading)
    latest = None if following.recorded is None else today()  # readings may be tried on a plan that is not signed
    date = _date(reader, "date", following.case.first_day, latest)
    after = None if date is None else date + datetime.timedelta(days=1)
    next_visit = _date(reader, "next", after)
    note = draft["visit"]["note"].strip()
    chosen = {index: _struts_entered(draft, following, date, index) for index in range(len(following.case.levels))}
    measured = {index: _measured_anew(reader, draft, index) for index in range(len(following.case.levels))}
    readings = tuple(
        Readings(index, six, chosen[index], measured[index])
        for index in range(len(following.case.levels))
        if (six := _six(reader, draft, index, planned_struts(following, date, index))) is not None
    )
    for index in set(measured) - {one.level for one in readings}:
        if measured[index] is not None and not any(_is_of(one, index) for one in reading.troubles):
            reason = "what was measured belongs to the frame as it stood then: enter its six readings too."
            reader.say((*VISIT, "readings", str(index)), f"readings[{index}]", reason, missing=True)
    if not draft["visit"]["date"].strip() and (readings or note or reading.troubles or next_visit):
        reader.say((*VISIT, "date"), "date", "still to be entered.", missing=True)
    found = []
    if following.plan is not None and date is not None:
        for one in readings:
            try:
                found.append(answer_to(following.plan, date, one))
            except HexapodError as error:
                reader.say((*VISIT, "readings", str(one.level)), "readings", str(error))
    read = {one.level for one in readings}
    others = {index: struts for index, struts in chosen.items() if struts is not None and index not in read}
    return EnteredVisit(tuple(reading.troubles), date, next_visit, note, readings, tuple(found), others)


def answer_to(plan: Plan, date: datetime.date, readings: Readings) -> FollowUp:
    """What readings of a visit say, on the struts that were said to be on.  Raises HexapodError as `follow_up`."""
    return follow_up(plan, date, readings.settings_mm, readings.level, struts=readings.struts)


def planned_struts(following: FollowedPlan, date: datetime.date | None, index: int) -> tuple[Strut, ...] | None:
    """The struts that the plan has on a level on a date, None before the first day or without a plan."""
    if following.plan is None or date is None or date < following.case.first_day:
        return None
    level = following.plan.levels[index]
    return level.rows[min((date - following.case.first_day).days, level.last.day)].struts


def _struts_entered(
    draft: d.Draft, following: FollowedPlan, date: datetime.date | None, index: int
) -> tuple[str, ...] | None:
    """The six models said to be on a level, the plan's where only some are said; None when none is."""
    chosen = draft["visit"]["struts"].get(str(index), {})
    planned = planned_struts(following, date, index)
    if planned is None or not any(chosen.values()):
        return None
    return tuple(chosen[str(k)] or strut.name for k, strut in zip(d.STRUTS, planned, strict=True))


def wishes_of(draft: d.Draft, entered: EnteredVisit) -> tuple[Wishes | None, tuple[Trouble, ...]]:
    """How the plan shall go on, None while an entry cannot be read."""
    reading = Reading()
    reader = EntryReader(draft, reading)
    days: dict[str, int] = {}
    for name in ("pause", "turn_back"):
        days[name] = int(reader.number((*VISIT, name), name, typed_text.whole) or 0)
        if days[name] > LONGEST_STAGE_DAYS:
            reader.say((*VISIT, name), name, f"at most {LONGEST_STAGE_DAYS} days.")
    rate = reader.number((*VISIT, "mm_per_day"), "mm_per_day")
    if rate == 0.0:
        reader.say((*VISIT, "mm_per_day"), "mm_per_day", "above 0 mm a day; type days of a pause to stand still.")
    if reading.troubles:
        return None, tuple(reading.troubles)
    doubtful = draft["visit"]["doubtful"] == entered.signature
    return Wishes(days["pause"], days["turn_back"], rate, even_if_doubtful=doubtful, struts_of=entered.struts_of), ()


def wished(draft: d.Draft) -> bool:
    """Whether anything is typed on how the plan shall go on."""
    return any(draft["visit"][name].strip(typed_text.SPACES) for name in ("pause", "turn_back", "mm_per_day"))


def days_late(entered: EnteredVisit) -> int:
    """By how many days all readings are behind the plan, or ahead (below 0); 0 when they do not agree on it."""
    late = {
        one.intended.day + one.days_after_the_end - one.explanation.day
        for one in entered.found
        if one.explanation.kind in ("behind", "ahead") and one.explanation.day is not None
    }
    agreed = len(late) == 1 and all(one.explanation.kind in ("behind", "ahead") for one in entered.found)
    return late.pop() if agreed else 0


def shifted_by(old: Plan, new: Plan | Refusal, entered: EnteredVisit) -> int:
    """Days by which the levels that were read end later than by the previous plan; 0 when they do not agree."""
    if isinstance(new, Refusal):
        return 0
    days = {(new.levels[one.level].last.date - old.levels[one.level].last.date).days for one in entered.found}
    return days.pop() if len(days) == 1 else 0


def decided_lines(following: FollowedPlan, entered: EnteredVisit, draft: d.Draft, case: Case) -> list[str]:
    """What a re-plan decided, in sentences: from which readings, what was wished, since when the treatment counts."""
    several = len(case.levels) > 1
    which = f"plan {following.recorded.number}" if following.recorded else "the plan of the page"
    lines = [f"This case goes on from {which} by the readings of {case.start_date}, which is the new day 0."]
    lines += [f"{level_name(case, one.level)}: " * several + one.explanation.sentence for one in entered.found]
    wishes, _ = wishes_of(draft, entered)
    if wishes is not None and wished(draft):
        wishes_text = [
            f"a pause of {wishes.pause_days} days first" if wishes.pause_days else "",
            f"turned back by {wishes.turn_back_days} days of the plan" if wishes.turn_back_days else "",
            f"at most {wishes.mm_per_day:g} mm a day" if wishes.mm_per_day else "",
        ]
        lines.append(f"Asked for: {', '.join(filter(None, wishes_text))}.")
    else:
        lines.append("Nothing else was asked for: the rest of the plan, at its own rates.")
    if case.estimated_from is not None and case.estimated_from != following.case.estimated_from:
        use = {"last": "the last measurement alone", "all": "one fit of all measurements"}.get(draft["visit"]["use"])
        lines.append(f"Mounting and deformity are those of {use}, with their SD.")
        typed = {HARDWARE[key]: sd.strip() for key, sd in draft["visit"]["hardware_sd"].items() if sd.strip()}
        if typed:
            unsure = ", ".join(f"{name} +/- {sd} mm" for name, sd in typed.items())
            lines.append(f"In them data of the hardware count as unsure: {unsure}.")
    back = [
        stage for level in case.levels for stage in (*(level.stages or ()), *returning(level)) if stage.name == RETURN
    ]
    if days := max((stage.days or stage.hold_days or 0 for stage in back), default=0):
        lines.append(
            f"First the hexapods return to the plan in {days} days, so that the ends of the limb come back to where "
            f"it has them; a hexapod that is there already waits."
        )
    if case.days_before:
        began = case.treatment_started
        lines.append(
            f"The treatment began on {began}: day 0 is its day {case.days_before}, and it is judged from there."
        )
    return lines


def returning(level: Level) -> tuple[Stage, ...]:
    """The stages that a level which follows does first."""
    return (level.return_stages or ()) if isinstance(level, CoupledLevel) else ()


def answer_text(found: tuple[FollowUp, ...]) -> str:
    """What was found, a line a level, then in full as on the ward's sheet; empty without readings."""
    if not found:
        return ""
    case = found[0].plan.case
    several = len(case.levels) > 1
    short = [f"{level_name(case, one.level)}: " * several + one.explanation.sentence for one in found]
    full = ["\n".join([follow_up_text(one), *_finding_lines(one)]) for one in found]
    return "\n".join(short) + "\n\n" + "\n\n".join(full)


def _finding_lines(found: FollowUp) -> list[str]:
    return [f"{group.worst.verdict.upper()} {group.worst.code}: {group.message}" for group in grouped(found.findings)]


def level_name(case: Case, index: int) -> str:
    """A level as the page counts them: `Hexapod 1, upper`."""
    return f"Hexapod {index + 1}, {case.levels[index].name}"


def six_in_a_line(settings_mm: tuple[float, ...]) -> str:
    """Six readings in a line, as they may be pasted again."""
    return " ".join(number(setting) for setting in settings_mm)


def with_fields_for(draft: d.Draft, levels: int) -> None:
    """Make room for readings of so many levels; nothing that was typed is touched."""
    for index in range(levels):
        draft["visit"]["readings"].setdefault(str(index), {str(k): "" for k in d.STRUTS})
        draft["visit"]["struts"].setdefault(str(index), {str(k): None for k in d.STRUTS})
        draft["visit"]["measured"].setdefault(str(index), d.blank_measured()).setdefault("measured_with", "")


def _signed(recorded: StoredPlan) -> FollowedPlan:
    records, key = library_access.records(), session.token()
    case = hexapod.parse_case(records.versions.file(key, recorded.version))
    try:
        plan, prescribed = plan_of(case)
    except CaseError:
        plan, prescribed = None, ""
    if not isinstance(plan, Plan):
        return FollowedPlan(case, None, recorded, records.plans.reproduce(key, recorded.number).sentence)
    if prescribed == recorded.plan_sha256 and _file_sha256(plan) == recorded.plan_file_sha256:
        return FollowedPlan(case, plan, recorded)
    again = records.plans.reproduce(key, recorded.number)
    return FollowedPlan(case, plan if again.settings_same else None, recorded, again.sentence)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs={Plan: lambda plan: plan.case_sha256})
def _file_sha256(plan: Plan) -> str:
    """Fingerprint of a plan's file, remembered by that of its case."""
    return hashlib.sha256(plan_file(plan)).hexdigest()


def _date(
    reader: EntryReader, name: str, earliest: datetime.date | None, latest: datetime.date | None = None
) -> datetime.date | None:
    """A date of the visit, not before `earliest` and not after `latest`."""
    path, text = (*VISIT, name), reader.draft["visit"][name].strip()
    if not text:
        return None
    try:
        text = date_text(text, month_first=reader.draft["dates_typed"] == MONTH_FIRST)
    except NotANumber as error:
        reader.say(path, name, str(error))
        return None
    date = datetime.date.fromisoformat(text)
    if earliest is not None and date < earliest:
        what = "is before day 0 of the plan" if name == "date" else "must be after this visit"
        reader.say(path, name, f"{text} {what}: give {earliest.isoformat()} or a later date.")
        return None
    if latest is not None and date > latest:
        message = f"{text} is after today, {latest.isoformat()}: record a visit on its day or later."
        reader.say(path, name, f"{message} To arrange one, give it as the next visit.")
        return None
    return date


def _is_of(trouble: Trouble, index: int) -> bool:
    return trouble.path[:3] == (*VISIT, "readings", str(index))


def _measured_anew(reader: EntryReader, draft: d.Draft, index: int) -> dict[str, dict[str, Any]] | None:
    """What was measured anew of a level, with the keys of a visit's file; None when nothing was, or an entry is wrong.

    A quantity is measured or it is not: what nobody has typed is asked for, never taken for zero.
    """
    typed = draft["visit"]["measured"].get(str(index))
    if typed is None:
        return None
    known, found = len(reader.reading.troubles), dict[str, dict[str, Any]]()
    for part, table in d.SDS.items():
        path, key = (*VISIT, "measured", str(index), part), f"measured[{index}].{part}"
        if not d.is_typed(typed[part]):
            continue
        pairs = tuple(one.pair for one in table)
        found[part] = reader.words(path, key, pairs, required=True)
        sds = {one.key: reader.number((*path[:-1], f"{part}_sd", one.key), f"{key}_sd.{one.key}") for one in table}
        if any(sd is not None for sd in sds.values()):
            found[f"{part}_sd"] = {name: sd for name, sd in sds.items() if sd is not None}
    if typed.get("measured_with"):
        found["measured_with"] = json.loads(typed["measured_with"])
    try:
        check_measured(found)
    except CaseError as error:
        problems = (replace(one, path=f"measured[{index}].{one.path}") for one in error.problems)
        reader.reading.add_problems(tuple(problems))
    return found if found and len(reader.reading.troubles) == known else None


def _six(
    reader: EntryReader, draft: d.Draft, index: int, planned: tuple[Strut, ...] | None
) -> tuple[float, ...] | None:
    """The six readings of a level, None when it was not read or an entry is missing or wrong.

    Whichever strut of the planned one's family is on, its scale has to show the reading.
    """
    typed = draft["visit"]["readings"].get(str(index), {})
    if not any(text.strip(typed_text.SPACES) for text in typed.values()):
        return None
    found = []
    for k in d.STRUTS:
        path = (*VISIT, "readings", str(index), str(k))
        value = reader.number(path, f"readings[{index}][{k}]", typed_text.reading)
        if not typed[str(k)].strip(typed_text.SPACES):
            reader.say(path, f"readings[{index}][{k}]", "still to be entered.", missing=True)
        elif value is not None and value > LARGEST_READING_MM:
            reader.say(path, f"readings[{index}][{k}]", f"no scale shows more than {LARGEST_READING_MM:g} mm.")
            value = None
        elif value is not None and planned is not None:
            family = load_catalogue().exchangeable(planned[k])
            if not any(strut.reads(value) for strut in family):
                low, high = min(strut.min_mm for strut in family), max(strut.max_mm for strut in family)
                message = f"no scale of these struts shows it: type what strut {k + 1} reads, {low:g} to {high:g} mm."
                reader.say(path, f"readings[{index}][{k}]", message)
                value = None
        found.append(value)
    return tuple(value for value in found if value is not None) if None not in found else None

"""Follow-ups with their readings, the day of the next visit, and whether a plan continues from what was recorded.

Whether it continues is judged by the last visits, today's date and the previous plan.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from hexapod.case.files import parse_case
from hexapod.case.model import Case, Level
from hexapod.checks.findings import Finding, grouped
from hexapod.checks.readings import MeasuredSettings, PlannedSettings, check_continued
from hexapod.errors import CaseError
from hexapod.estimation.observations import MEASURED, check_measured
from hexapod.follow_up.compare_with_plan import check_question
from hexapod.follow_up.reading_explanation import struts_on
from hexapod.hardware.catalogue import Catalogue
from hexapod.hardware.models import Strut
from hexapod.library import models
from hexapod.library.calls import case_index
from hexapod.library.calls.access import Access, content, one, records_with_content
from hexapod.library.calls.case_index import plan_states, row_of
from hexapod.library.calls.drafts import version_file
from hexapod.library.errors import Refused
from hexapod.library.models import Continuing, RecordedVisit
from hexapod.library.storage.contents import LONGEST_TEXT, json_content, refuse_invisible, value_of
from hexapod.library.storage.tables import CaseEventRow, FollowUpRow, PlanEventRow, PlanRow
from hexapod.library.storage.transactions import ReadTransaction
from hexapod.trajectory.level_setup import set_up

Levels = tuple[tuple[PlannedSettings, ...], ...]
PlanFile = Callable[[], Mapping[str, Any]]


def continuing(
    tx: ReadTransaction,
    key: str,
    case: Case,
    file: PlanFile,
    catalogue: Catalogue,
    today: datetime.date,
    latest: datetime.date,
) -> Continuing:
    """What the records say about a plan made from `case`, before it is stored or signed.

    `file` gives its plan file's JSON value; it is asked for only when there is something to compare with.  `today` is
    the date where the user is and affects only sentences; `latest` is the latest date anywhere on earth.
    """
    all_visits = sorted(recorded_visits(tx, key), key=lambda one: (one.visit.date, one.number))
    # An older library, or an import, may hold visits on days to come: no plan continues from those.  Whoever
    # recorded a visit today may be ahead of the server's date, so what counts does not depend on where the server is.
    visits = [one for one in all_visits if one.visit.date <= latest]
    sentences = [*_date_sentences(case, visits, today), *map(_future_visit_sentence, all_visits[len(visits) :])]
    known = _CaseRecords(tx, key, catalogue)
    sentences += known.limb_differences(case)
    reads = list(_last_reads(known, visits))
    plan = _settings_by_day(case, file(), catalogue) if reads else ()
    if not all(plan):  # a refused plan has no rows
        return Continuing(sentences=tuple(sentences))
    findings: list[Finding] = []
    nearest: RecordedVisit | None = None
    for read_then, visited in reads:
        before = known.case(visited.plan)
        level = _index_in_case(case, before, read_then.level)
        if level is None:
            sentences.append(
                f"Hexapod {read_then.level + 1} ({before.levels[read_then.level].name}) was read at visit "
                f"{read_then.visit}, but is not part of this plan."
            )
            continue
        read = replace(read_then, level=level)
        if plan[level][0].date > read.date and not _same_rings(case, level, before, read_then.level):
            sentences.append(  # the frame was rebuilt in between
                f"Hexapod {read.level + 1} has other rings than at visit {read.visit} on {read.date.isoformat()}: its "
                "readings cannot be compared with this plan. Read all six scales on the day of signing and compare "
                "them with day 0."
            )
        else:
            found = check_continued(plan[level], read, known.followed(case, level))
            findings += found
            if found and (nearest is None or visited.number > nearest.number):
                nearest = visited
            if not found and plan[level][0].date > read.date:
                sentences.append(_waiting_sentence(plan[level][0], read))
    return Continuing(tuple(findings), tuple(sentences), nearest)


def sentence(found: Continuing) -> str:
    """The refusal: for each hexapod the code, and a sentence on its worst strut."""
    return " ".join(f"{group.worst.code}: {group.message}" for group in grouped(found.findings))


class _CaseRecords:
    """Cases and plans of a library case, each read once."""

    def __init__(self, tx: ReadTransaction, key: str, catalogue: Catalogue) -> None:
        self._tx, self._key, self._catalogue = tx, key, catalogue
        rows = tx.connection.execute(select(PlanRow.__table__).where(PlanRow.case_key == key)).all()
        self._rows = {row.number: row for row in rows}
        self._cases: dict[int, Case] = {}
        self._settings_by_day: dict[int, Levels] = {}

    def case(self, plan: int) -> Case:
        """The case that a plan was made from."""
        version = self._rows[plan].version
        if version not in self._cases:
            self._cases[version] = parse_case(version_file(self._tx, self._key, version)[1])
        return self._cases[version]

    def settings_by_day(self, plan: int) -> Levels:
        """Settings and struts of a plan on its days."""
        if plan not in self._settings_by_day:
            file = json.loads(content(self._tx, self._rows[plan].entry))
            self._settings_by_day[plan] = _settings_by_day(self.case(plan), file, self._catalogue, doses=True)
        return self._settings_by_day[plan]

    def struts_on(
        self, plan: int, level: int, date: datetime.date, reported: Sequence[str] | None = None
    ) -> tuple[Strut, ...]:
        """The struts of a plan on a date, after its end those of its last day; or those reported, by name."""
        rows = self.settings_by_day(plan)[level]
        planned = next((one for one in reversed(rows) if one.date <= date), rows[0]).struts
        if reported is None:
            return planned
        own = zip(reported, planned, rows[0].struts, strict=True)
        return tuple(
            next((strut for strut in on if strut.name == name), None) or self._catalogue.strut(name)
            for name, *on in own
        )

    def followed(self, case: Case, level: int) -> list[PlannedSettings]:
        """What signed plans have for a hexapod on every date; of a stopped plan up to the day of the stop."""
        found: list[PlannedSettings] = []
        ends = select(PlanEventRow.plan, PlanEventRow.done_at).where(
            PlanEventRow.case_key == self._key, PlanEventRow.kind == "stopped"
        )
        stopped = {row.plan: row.done_at[:10] for row in self._tx.connection.execute(ends)}
        for number, state in plan_states(self._tx, self._key).items():
            if state != "draft":
                place, until = _index_in_case(self.case(number), case, level), stopped.get(number, "9999-12-31")
                rows = () if place is None else self.settings_by_day(number)[place]
                found += [one for one in rows if one.date.isoformat() <= until]
        return found

    def limb_differences(self, case: Case) -> Iterator[str]:
        """Sentences for a side or reference fragment that differs from the signed plan in force."""
        for number, state in plan_states(self._tx, self._key).items():
            if state == "signed":
                before = self.case(number)
                if before.limb.side != case.limb.side:
                    yield (
                        f"This plan is for the {case.limb.side.upper()} limb; plan {number}, which is followed now, is "
                        f"for the {before.limb.side.upper()} one."
                    )
                for index, (new, old) in enumerate(zip(case.levels, before.levels, strict=False), start=1):
                    if new.reference != old.reference:
                        yield (
                            f"In this plan the {new.reference} fragment of hexapod {index} is the reference; in plan "
                            f"{number}, which is followed now, it is the {old.reference} one."
                        )


def _last_reads(
    known: _CaseRecords, visits: Sequence[RecordedVisit]
) -> Iterator[tuple[MeasuredSettings, RecordedVisit]]:
    """The last recorded readings of every hexapod."""
    last = {six.level: (six, visited) for visited in visits for six in visited.visit.readings}
    for level, (six, visited) in sorted(last.items()):
        # The fitted struts may have been reported at the visit.
        struts = known.struts_on(visited.plan, level, visited.visit.date, getattr(six, "struts", None))
        yield MeasuredSettings(visited.number, level, visited.visit.date, six.settings_mm, struts), visited


def _date_sentences(case: Case, visits: Sequence[RecordedVisit], today: datetime.date) -> Iterator[str]:
    first = case.first_day
    if first < today:
        yield (
            f"Day 0 of this plan, {first.isoformat()}, is {_days(today - first)} past: its table begins with days that "
            "are over. Sign it only if the struts were adjusted on those days as it says."
        )
    if visits and first < visits[-1].visit.date:
        last = visits[-1]
        yield (
            f"Day 0 of this plan is {_days(last.visit.date - first)} before visit {last.number} on "
            f"{last.visit.date.isoformat()}: it does not start from the readings of a visit, but from the first day. "
            "To start from the readings, continue from that visit."
        )


def _future_visit_sentence(visited: RecordedVisit) -> str:
    return (
        f"Visit {visited.number} is recorded for {visited.visit.date.isoformat()}, a day after today: it does not "
        "count before that day. Record a visit that has taken place with its own date."
    )


def _waiting_sentence(day_0: PlannedSettings, read: MeasuredSettings) -> str:
    return (
        f"Day 0 of this plan, {day_0.date.isoformat()}, is {_days(day_0.date - read.date)} after visit {read.visit}, "
        f"the last with readings of hexapod {read.level + 1}: make sure on day 0 that its scales read as planned."
    )


def _days(span: datetime.timedelta) -> str:
    return "1 day" if span.days == 1 else f"{span.days} days"


def _index_in_case(case: Case, before: Case, level: int) -> int | None:
    """The index of an earlier case's hexapod in this one: by its name, else by rings and mounting, else by number."""
    was, now = before.levels[level], case.levels
    for alike in (
        [index for index, level_now in enumerate(now) if level_now.name == was.name],
        [index for index, level_now in enumerate(now) if _hardware(level_now) == _hardware(was)],
    ):
        if len(alike) == 1:
            return alike[0]
    gone = was.name not in {one.name for one in now} and len(now) < len(before.levels)
    return None if gone else min(level, len(now) - 1)


def _hardware(level: Level) -> tuple[object, ...]:
    """What identifies a hexapod after a change of its name."""
    return level.reference, level.frame.proximal_ring, level.frame.distal_ring, level.mounting


def _same_rings(case: Case, level: int, before: Case, level_before: int) -> bool:
    mine, theirs = case.levels[level].frame, before.levels[level_before].frame
    return (mine.proximal_ring, mine.distal_ring) == (theirs.proximal_ring, theirs.distal_ring)


def _settings_by_day(case: Case, file: Mapping[str, Any], catalogue: Catalogue, *, doses: bool = False) -> Levels:
    """The evening settings of every hexapod of a plan file; with `doses`, those between the evenings as well."""
    return tuple(
        tuple(_level(level["rows"], set_up(case, index, catalogue).struts, catalogue, doses))
        for index, level in enumerate(file["levels"])
    )


def _level(
    rows: Sequence[Mapping[str, Any]], own: tuple[Strut, ...], catalogue: Catalogue, doses: bool
) -> Iterator[PlannedSettings]:
    for row in rows:
        names = zip(own, row["models"], strict=True)
        struts = tuple(one if one.name == name else catalogue.strut(name) for one, name in names)
        evening = PlannedSettings(
            datetime.date.fromisoformat(row["date"]), int(row["day"]), tuple(map(float, row["settings_mm"])), struts
        )
        if doses:
            for dose in row["doses_mm"][:-1]:
                yield replace(evening, settings_mm=tuple(map(float, dose)))
        yield evening


@dataclass(frozen=True)
class Visits:
    """Follow-ups of patients, for one user."""

    _access: Access

    def add(self, case: str, plan: int, visit: models.Visit) -> models.RecordedVisit:
        """Record a visit of a patient who follows a plan.

        Raises:
            Refused: the plan is refused, the date is before its day 0 or after today, a hexapod is read
                twice, or the next visit is not after this one.
            HexapodError: readings outside the scales, or of a hexapod that the case does not have; unknown struts.
        """
        with self._access.changing(case) as tx:
            self._check(tx, case, plan, visit)
            last = one(tx, select(func.max(FollowUpRow.number).label("number")).where(FollowUpRow.case_key == case))
            number = ((last.number if last else 0) or 0) + 1
            raw = json_content(**visit_value(visit))
            tx.record(FollowUpRow, "follow-up.recorded", case, raw, case_key=case, plan=plan, number=number)
            case_index.visited(tx, case, visit.date, visit.next_visit)
        return models.RecordedVisit(case, number, plan, visit, tx.actor.name, tx.now)

    def of(self, case: str) -> tuple[models.RecordedVisit, ...]:
        """All follow-ups of a case, in the order in which they were recorded."""
        with self._access.looking_at(case) as tx:
            return recorded_visits(tx, case)

    def arrange(self, case: str, day: datetime.date) -> None:
        """Set the day of the next visit, in place of an earlier one."""
        with self._access.changing(case) as tx:
            raw = json_content(day=day.isoformat())
            tx.record(CaseEventRow, "visit.arranged", case, raw, case_key=case, kind="visit arranged", ground=None)
            case_index.visit_arranged(tx, case, day)
            case_index.touch(tx, case)

    def _check(self, tx: ReadTransaction, case: str, plan: int, visit: models.Visit) -> None:
        row = row_of(tx, case, plan)
        if row.verdict == "refused":
            raise Refused(f"Plan {plan} is refused: it cannot have been followed.")
        parsed = parse_case(version_file(tx, case, row.version)[1])
        if visit.date < parsed.first_day:
            raise Refused(
                f"{visit.date.isoformat()} is before day 0 of the plan, {parsed.start_date}: give a later date."
            )
        if visit.date > self._access.store.today_at_the_latest():
            raise Refused(
                f"{visit.date.isoformat()} is after today, {self._access.today().isoformat()}: record a visit on its "
                f"day or later. To arrange one, give it as the next visit."
            )
        if visit.next_visit is not None and visit.next_visit <= visit.date:
            raise Refused(f"The next visit, {visit.next_visit.isoformat()}, must be after {visit.date.isoformat()}.")
        levels = [one.level for one in visit.readings]
        if len(levels) != len(set(levels)):
            raise Refused("A hexapod has two sets of readings: give six readings for each hexapod.")
        if max(len(visit.note), len(visit.answer)) > LONGEST_TEXT:
            raise Refused(f"The note of a visit has at most {LONGEST_TEXT} characters.")
        for name, text in (("note", visit.note), ("answer", visit.answer)):
            refuse_invisible(text, f"The {name} of the visit")
        for readings in visit.readings:
            check_question(parsed, readings.level, readings.settings_mm)
            check_measured(readings.measured or {})
            if readings.struts is not None:
                catalogue = self._access.hardware()
                struts_on(set_up(parsed, readings.level, catalogue).struts, readings.struts, catalogue)


def recorded_visits(tx: ReadTransaction, case: str) -> tuple[models.RecordedVisit, ...]:
    """All follow-ups of a case, in the order in which they were recorded."""
    return tuple(
        models.RecordedVisit(case, row.number, row.plan, visit_of(value_of(raw)), row.done_by, row.done_at)
        for row, raw in records_with_content(tx, FollowUpRow, FollowUpRow.case_key == case)
    )


def visit_value(visit: models.Visit) -> dict[str, Any]:
    """A visit as a JSON value with all of its keys."""
    return {
        "date": visit.date.isoformat(),
        "readings": [
            {
                "level": one.level,
                "settings_mm": list(one.settings_mm),
                "struts": None if one.struts is None else list(one.struts),
                **(one.measured or {}),
            }
            for one in visit.readings
        ],
        "note": visit.note,
        "next_visit": visit.next_visit.isoformat() if visit.next_visit else None,
        "answer": visit.answer,
    }


def visit_of(value: dict[str, Any]) -> models.Visit:
    """A visit from its JSON value; older ones have no struts, and nothing that was measured anew.

    Raises KeyError, TypeError or ValueError for anything else.
    """
    if not (isinstance(value["note"], str) and isinstance(value["answer"], str)):
        raise TypeError("the note and answer of a visit are not texts")
    readings = tuple(
        models.Readings(
            int(one["level"]), tuple(map(float, one["settings_mm"])), _struts(one.get("struts")), _measured(one)
        )
        for one in value["readings"]
    )
    next_visit = datetime.date.fromisoformat(value["next_visit"]) if value["next_visit"] else None
    return models.Visit(
        datetime.date.fromisoformat(value["date"]), readings, value["note"], next_visit, value["answer"]
    )


def measured_visit(date: datetime.date, readings: models.Readings) -> dict[str, Any]:
    """What a visit says of one hexapod, as a visit of `hexapod-visits/1` in its file."""
    struts = {} if readings.struts is None else {"struts": list(readings.struts)}
    visit = {"date": date.isoformat(), "settings_mm": list(readings.settings_mm)} | struts
    return visit | {key: dict(words) for key, words in (readings.measured or {}).items()}


def _measured(value: dict[str, Any]) -> dict[str, dict[str, Any]] | None:
    """What was measured anew, of the keys of a visit's file.  Raises ValueError for what makes no sense there."""
    found = {key: value[key] for key in MEASURED if key in value}
    try:
        check_measured(found)
    except CaseError as error:
        raise ValueError(str(error)) from error
    return found or None


def _struts(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 6 or not all(isinstance(name, str) for name in value):
        raise TypeError("the struts of a visit are not six names")
    return tuple(value)

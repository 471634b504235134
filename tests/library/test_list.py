"""Finding things: states, what is due, search, sorting, pages; and the list is what the records say."""

from __future__ import annotations

import datetime
import json
import random

import pytest

from hexapod.errors import HexapodError
from hexapod.library import ANYONE, Listed, Records, Refused, Visit, new_key, open_library
from tests.library.conftest import Behind
from tests.library.treatment import ANNA, PLAIN, plan_of, sample

FASTER = PLAIN.replace(b'mm_per_day": 1.0}', b'mm_per_day": 1.25}')


def named(name: str, file: bytes = PLAIN) -> bytes:
    return file.replace(b'"plain-01"', json.dumps(name).encode())


def only(records: Records, **asked: object) -> Listed:
    (found,) = records.cases.find(**asked).cases  # type: ignore[arg-type]
    return found


def ids(records: Records, *words: str, **asked: object) -> list[str]:
    return [one.case_id for one in records.cases.find(*words, **asked).cases]  # type: ignore[arg-type]


def sign(records: Records, case: str, file: bytes) -> None:
    number = records.cases.key_of(json.loads(file)["id"])
    assert number == case
    plan = records.plans.issue(case, records.versions.of(case)[-1].number, plan_of(file))
    for caution in plan.cautions:
        records.plans.acknowledge(case, plan.number, caution.code, caution.level, "yes")
    records.plans.sign(case, plan.number, plan.plan_sha256, "Dr Adler")


@pytest.mark.parametrize("limb", ['"side": "left", "bone": "femur"', '"limb": {"side": "left", "bone": "femur"}'])
def test_a_draft_shows_side_and_bone_before_and_since_they_stand_in_its_limb(records: Records, limb: str) -> None:
    records.drafts.save(new_key(), 0, f'{{"id": "p-9", {limb}}}')
    line = only(records)
    assert (line.case_id, line.side, line.bone) == ("p-9", "left", "femur")


def test_a_case_goes_through_its_states(records: Records) -> None:
    case = new_key()
    records.drafts.save(case, 0, '{"id": "p-9", "title": "knee", "side": null}')
    line = only(records)
    assert (line.state, line.case_id, line.title, line.side, line.revision, line.version) == (
        "draft",
        "p-9",
        "knee",
        "",
        1,
        0,
    )
    records.versions.save(case, 0, FASTER)
    assert only(records).state == "draft"  # not planned yet
    plan = records.plans.issue(case, 1, plan_of(FASTER))
    assert only(records).state == "caution"
    for caution in plan.cautions:
        assert only(records).state == "caution"
        records.plans.acknowledge(case, 1, caution.code, caution.level, "yes")
    assert only(records).state == "ready"
    records.drafts.save(case, 1, '{"id": "other"}')
    line = only(records)
    assert (line.state, line.case_id, line.draft_newer) == ("draft", "plain-01", True)
    records.versions.save(case, 1, PLAIN)
    plan = records.plans.issue(case, 2, plan_of(PLAIN))
    assert only(records).state == "ready"
    records.plans.sign(case, 2, plan.plan_sha256, "Dr Adler")
    line = only(records)
    assert (line.state, line.first_day, line.last_day) == (
        "signed",
        datetime.date(2026, 3, 2),
        datetime.date(2026, 4, 3),
    )
    records.drafts.save(case, 2, '{"id": "re-plan"}')
    assert (only(records).state, only(records).draft_newer) == ("signed", True)
    records.plans.stop(case, 2, "pain")
    assert only(records).state == "draft"  # what is drafted beside it counts again
    records.versions.save(case, 2, sample("refused_strut_travel"))
    records.plans.issue(case, 3, plan_of(sample("refused_strut_travel")))
    assert only(records).state == "refused"
    records.cases.archive(case, "done")
    assert records.cases.find().total == 0
    assert only(records, state="archived").state == "archived"
    records.cases.bring_back(case, "again")
    assert only(records).state == "refused"


def test_a_visit_being_taken_down_and_an_edit_taken_back_make_no_newer_draft(records: Records) -> None:
    case = new_key()
    entered, changed = '{"id": "p-9", "visit": {}}', '{"id": "p-10", "visit": {}}'
    records.drafts.save(case, 0, entered)
    assert only(records).draft_newer
    records.versions.save(case, 0, PLAIN)
    records.plans.issue(case, 1, plan_of(PLAIN))
    assert (only(records).state, only(records).draft_newer) == ("ready", False)
    records.drafts.save(case, 1, '{"id": "p-9", "visit": {"date": "9/3"}}')
    assert (only(records).state, only(records).draft_newer, only(records).revision) == ("ready", False, 2)
    records.drafts.save(case, 2, changed)
    assert (only(records).state, only(records).draft_newer) == ("draft", True)
    records.drafts.save(case, 3, entered)
    line = only(records)
    assert (line.state, line.draft_newer, line.revision) == ("ready", False, 4)
    records.cases.rebuild_list()
    assert only(records) == line


def test_the_saves_of_a_draft_the_newest_first(records: Records) -> None:
    case = new_key()
    for revision in range(3):
        records.drafts.save(case, revision, f'{{"n": {revision}}}')
    assert [(one.revision, one.by) for one in records.drafts.saves(case)] == [
        (n, "anyone at this computer") for n in (3, 2, 1)
    ]
    assert [one.revision for one in records.drafts.saves(case, limit=2)] == [3, 2]
    earlier = records.drafts.load(case, 1)
    assert earlier is not None
    assert earlier.text == '{"n": 0}'


def test_a_stopped_plan_shows_as_stopped(records: Records) -> None:
    case = records.cases.add(PLAIN).case
    sign(records, case, PLAIN)
    records.plans.stop(case, 1, "pain")
    assert only(records, state="stopped").case == case


def test_search_by_id_side_bone_state_and_surgeon(records: Records) -> None:
    for name in ("p-100", "p-200", "P_300"):
        records.cases.add(named(name))
    femur = records.cases.add(sample("femur_lengthening"))
    records.cases.assign(femur.case, "Dr Öz")
    assert ids(records, sort="id") == ["demo-FL-007", "p-100", "p-200", "P_300"]
    assert ids(records, "p-1") == ["p-100"]
    assert ids(records, "P-1  TIBIA") == ["p-100"]
    assert ids(records, "_3") == ["P_300"]  # not any letter and a 3
    assert ids(records, "%") == []
    assert ids(records, "öz") == ids(records, surgeon="Dr Öz") == ids(records, bone="femur") == ["demo-FL-007"]
    assert len(ids(records, side="right", bone="tibia")) == 3
    assert ids(records, side="left", bone="tibia") == []
    assert ids(records, "öz", state="signed") == []
    assert records.cases.surgeons() == ("Dr Öz", "anyone at this computer")


def test_pages_and_order(records: Records) -> None:
    for number in range(7):
        records.cases.add(named(f"p-{number}"))
    assert ids(records) == [f"p-{number}" for number in range(6, -1, -1)]  # the last changed first
    assert ids(records, sort="id", descending=True, limit=2) == ["p-6", "p-5"]
    pages = [records.cases.find(sort="id", limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [one.case_id for page in pages for one in page.cases] == [f"p-{number}" for number in range(7)]
    assert {page.total for page in pages} == {7}
    for sort in ("changed", "id", "surgeon", "state", "next visit", "next exchange", "last follow-up"):
        assert len(ids(records, sort=sort)) == 7
    for wrong in ({"limit": 0}, {"limit": 501}, {"offset": -1}, {"days": -1}):
        with pytest.raises(Refused):
            records.cases.find(**wrong)  # type: ignore[arg-type]


def test_what_is_due_next_exchange_and_visit(records: Records) -> None:
    file = sample("tibia_transport")  # exchanges on days 13 and 20
    case = records.cases.add(file).case
    sign(records, case, file)
    plan = json.loads(records.plans.file(case, 1))
    first = datetime.date.fromisoformat(plan["levels"][0]["rows"][0]["date"])
    days = sorted({first + datetime.timedelta(days=swap["planned_day"]) for swap in plan["levels"][0]["swaps"]})
    before = days[0] - datetime.timedelta(days=7)
    assert ids(records, due="exchange", days=7, today=before) == [json.loads(file)["id"]]
    assert ids(records, due="exchange", days=6, today=before) == []
    assert only(records, today=before).next_exchange == days[0]
    assert only(records, today=days[0]).next_exchange == days[0]
    assert only(records, today=days[0] + datetime.timedelta(days=1)).next_exchange == (
        days[1] if len(days) > 1 else None
    )
    assert only(records, today=days[-1] + datetime.timedelta(days=1)).next_exchange is None
    visit = datetime.date(2026, 5, 4)
    records.visits.arrange(case, visit)
    assert only(records).next_visit == visit
    assert ids(records, due="visit", days=2, today=datetime.date(2026, 5, 2)) == [json.loads(file)["id"]]
    assert ids(records, due="visit", days=1, today=datetime.date(2026, 5, 2)) == []
    records.visits.arrange(case, datetime.date(2026, 5, 11))  # takes the place of the other one
    assert ids(records, due="visit", days=2, today=datetime.date(2026, 5, 2)) == []
    records.plans.stop(case, 1, "pain")
    assert ids(records, due="exchange", days=7, today=before) == []


def test_whoever_was_not_seen_is_overdue_while_the_plan_runs(records: Records) -> None:
    case = records.cases.add(PLAIN).case

    def overdue(day: int, month: int = 3, days: int = 7) -> bool:
        return bool(ids(records, due="follow-up overdue", days=days, today=datetime.date(2026, month, day)))

    assert not overdue(20)
    sign(records, case, PLAIN)  # 2 March to 3 April
    assert not overdue(9)
    assert overdue(10)
    assert not overdue(10, days=8)
    records.visits.add(case, 1, Visit(datetime.date(2026, 3, 12), ()))
    assert (overdue(19), overdue(20)) == (False, True)
    records.visits.add(case, 1, Visit(datetime.date(2026, 3, 5), ()))  # entered late
    assert not overdue(19)
    assert only(records).last_follow_up == datetime.date(2026, 3, 12)
    assert overdue(3, 4)
    assert not overdue(4, 4)  # the plan has ended


def listed(behind: Behind) -> list[tuple[object, ...]]:
    return [behind(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in ("case_list", "case_dates")]


def act(records: Records, chance: random.Random, case: str, name: str, step: int) -> None:
    """Something that somebody could do to a case, whether it is allowed just now or not."""
    day = datetime.date(2026, 3, 2) + datetime.timedelta(days=chance.randrange(40))
    plan, version = chance.randrange(1, 4), len(records.versions.of(case))
    kind = chance.randrange(14)
    if kind < 2:
        text = json.dumps({"id": f"d{step}", "title": "draft", "side": "left"})
        records.drafts.save(case, records.drafts.revision(case), text)
    elif kind < 4:
        records.versions.save(case, version, named(name, chance.choice((PLAIN, FASTER))))
    elif kind < 6:
        records.plans.issue(case, version, plan_of(records.versions.file(case)))
    elif kind == 6:
        sign(records, case, records.versions.file(case))
    elif kind == 7:
        records.visits.add(case, plan, Visit(day, (), next_visit=day + datetime.timedelta(days=9)))
    elif kind == 8:
        records.visits.arrange(case, day)
    elif kind == 9:
        records.plans.stop(case, plan, "x")
    elif kind == 10:
        records.cases.assign(case, f"Dr {plan}")
    elif kind == 11:
        records.cases.add_note(case, "n")
    elif kind == 12:
        records.transfer.export_case(case)
    else:
        (records.cases.archive if chance.random() < 0.3 else records.cases.bring_back)(case, "x")


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_the_list_is_what_the_records_say(records: Records, behind: Behind, seed: int) -> None:
    chance, done = random.Random(seed), 0
    keys = [new_key() for _ in range(3)]
    for case in keys:
        records.drafts.save(case, 0, "{}")
    for step in range(60):
        number = chance.randrange(3)
        try:
            act(records, chance, keys[number], f"p-{number}", step)
            done += 1
        except HexapodError:
            continue
    assert done > 20
    before = listed(behind)
    assert records.cases.rebuild_list() == len(before[0]) > 0
    assert listed(behind) == before
    assert not records.audit.verify().faults


def test_the_date_of_today_is_that_of_the_clock(url: str) -> None:
    late = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC)
    with open_library(url, clock=lambda: late) as library:
        records = library.as_user(ANYONE)
        case = records.cases.add(PLAIN).case
        library.as_user(ANNA).visits.arrange(case, datetime.date(2026, 3, 12))
        assert ids(records, due="visit", days=2) == ["plain-01"]
        assert ids(records, due="visit", days=1) == []

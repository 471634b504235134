"""A plan's life: issued, acknowledged, signed, superseded, stopped; and whether it can be made again."""

from __future__ import annotations

import dataclasses
import datetime
import json
import sqlite3
from pathlib import Path

import psycopg
import pytest

import hexapod.plan.make_plan
from hexapod.documents.document_set import documents
from hexapod.errors import HexapodError
from hexapod.library import (
    ANYONE,
    Conflict,
    DocumentRecord,
    Library,
    LibraryRefused,
    NotThere,
    Readings,
    Records,
    Refused,
    Unreadable,
    Visit,
    new_key,
    open_library,
)
from hexapod.library.calls.visits import visit_of, visit_value
from hexapod.plan.plan_file import plan_file
from tests.library.conftest import Behind, Clock
from tests.library.storage.test_audit import unguarded
from tests.library.treatment import ANNA, BEN, DR_ADLER, PLAIN, plan_of, sample

FASTER = PLAIN.replace(b'mm_per_day": 1.0}', b'mm_per_day": 1.25}')
DAY = datetime.date(2026, 3, 9)


def issued(records: Records, file: bytes = PLAIN) -> str:
    """A case with its plan 1; its key."""
    case = records.cases.add(file).case
    records.plans.issue(case, 1, plan_of(file))
    return case


def test_what_was_issued_is_kept_byte_for_byte(library: Library) -> None:
    records = library.as_user(ANNA)
    case = records.cases.add(PLAIN).case
    plan = plan_of(PLAIN)
    made = [DocumentRecord(one.name, "0" * 64) for one in documents(plan)]
    kept = records.plans.issue(case, 1, plan, made)
    assert (kept.number, kept.version, kept.verdict, kept.state, kept.by) == (1, 1, "ok", "draft", "Anna")
    assert kept.documents == tuple(made)
    assert records.versions.file(case) == PLAIN
    assert records.plans.file(case, 1) == plan_file(plan)
    # The plan file that the app hands out is the one that is kept.
    (handed,) = [one.content() for one in documents(plan) if one.kind == "plan"]
    assert records.plans.file(case, 1) == handed
    assert records.plans.issue(case, 1, plan).number == 1
    with pytest.raises(NotThere):
        records.plans.load(case, 2)


@pytest.mark.hazard("H-13")
def test_a_plan_of_other_entries_or_of_an_older_version_is_not_taken(records: Records) -> None:
    case = issued(records)
    with pytest.raises(Refused, match="made from other entries"):
        records.plans.issue(case, 1, plan_of(FASTER))
    records.versions.save(case, 1, FASTER)
    with pytest.raises(Refused, match="Version 1 is not the last one"):
        records.plans.issue(case, 1, plan_of(PLAIN))
    with pytest.raises(Refused, match="plan the last version"):
        records.plans.sign(case, 1, records.plans.load(case, 1).plan_sha256, "Dr Adler")


@pytest.mark.hazard("H-21")
def test_two_people_do_not_write_over_each_others_versions(library: Library) -> None:
    anna, ben = library.as_user(ANNA), library.as_user(BEN)
    case = anna.cases.add(PLAIN).case
    assert ben.versions.save(case, 1, FASTER).number == 2
    with pytest.raises(Conflict, match="Ben saved version 2"):
        anna.versions.save(case, 1, PLAIN + b"\n")
    assert anna.versions.save(case, 1, FASTER).number == 2  # the same bytes: nothing to save
    assert [(one.number, one.base) for one in anna.versions.of(case)] == [(1, None), (2, 1)]
    with pytest.raises(Refused, match="another case with the id plain-01"):
        anna.cases.add(PLAIN)
    with pytest.raises(NotThere):
        anna.versions.save(new_key(), 0, PLAIN)
    with pytest.raises(HexapodError, match="not JSON"):
        anna.versions.save(case, 2, b"{")


def test_a_plan_is_signed_when_every_caution_was_acknowledged_with_a_reason(library: Library) -> None:
    anna, adler = library.as_user(ANNA), library.as_user(DR_ADLER)
    case = issued(anna, FASTER)
    plan = anna.plans.load(case, 1)
    cautions = {(one.code, one.level) for one in plan.cautions}
    assert cautions
    assert all(one.messages and one.by is None for one in plan.cautions)
    codes = sorted(cautions)
    for code, level in codes:
        with pytest.raises(Refused, match=f"Acknowledge every warning before you sign; .*{code}"):
            adler.plans.sign(case, 1, plan.plan_sha256, "Dr Adler")
        with pytest.raises(Refused, match="Say in a few words why"):
            anna.plans.acknowledge(case, 1, code, level, "  ")
        anna.plans.acknowledge(case, 1, code, level, "young and healthy")
        with pytest.raises(Refused, match="Anna has already acknowledged"):
            adler.plans.acknowledge(case, 1, code, level, "again")
    with pytest.raises(Refused, match=r"has no warning rate\.low on hexapod 4"):
        anna.plans.acknowledge(case, 1, "rate.low", 3, "none")
    with pytest.raises(Refused, match="name of the person who signs"):
        adler.plans.sign(case, 1, plan.plan_sha256, " ")
    with pytest.raises(Refused, match="The plan ID is not that of this plan"):
        adler.plans.sign(case, 1, "0" * 64, "Dr Adler")
    signed = adler.plans.sign(case, 1, plan.plan_sha256, "Dr Adler")
    kept = anna.plans.load(case, 1)
    assert kept.sign_off == signed
    assert (kept.state, signed.name, signed.by, signed.plan_sha256) == (
        "signed",
        "Dr Adler",
        "Dr Adler",
        plan.plan_sha256,
    )
    assert {(one.by, one.reason) for one in kept.cautions} == {("Anna", "young and healthy")}
    assert signed.head == anna.audit.head()
    with pytest.raises(Refused, match="already signed or has ended"):
        adler.plans.sign(case, 1, plan.plan_sha256, "Dr Adler")
    anna.cases.add_note(case, "later")
    assert anna.plans.load(case, 1).sign_off == signed  # the head on a document printed again is the same
    assert not anna.audit.verify([signed.head]).faults


def test_a_refused_plan_is_kept_and_cannot_be_signed(records: Records) -> None:
    file = sample("refused_strut_travel")
    case = issued(records, file)
    plan = records.plans.load(case, 1)
    assert plan.verdict == "refused"
    with pytest.raises(Refused, match="A refused plan cannot be signed"):
        records.plans.sign(case, 1, plan.plan_sha256, "Dr Adler")
    with pytest.raises(Refused, match="cannot have been followed"):
        records.visits.add(case, 1, Visit(DAY, ()))


def test_signing_a_plan_supersedes_the_one_before_and_stopping_ends_it(records: Records) -> None:
    case = issued(records)
    records.plans.sign(case, 1, records.plans.load(case, 1).plan_sha256, "Dr Adler")
    records.versions.save(case, 1, FASTER)
    plan = records.plans.issue(case, 2, plan_of(FASTER))
    for caution in plan.cautions:
        records.plans.acknowledge(case, 2, caution.code, caution.level, "yes")
    assert [one.state for one in records.plans.of(case)] == ["signed", "draft"]
    records.plans.sign(case, 2, plan.plan_sha256, "Dr Adler")
    assert [one.state for one in records.plans.of(case)] == ["superseded", "signed"]
    assert records.plans.load(case, 1).ended == "plan 2 was signed"
    with pytest.raises(Refused, match="Plan 1 is not signed, or is no longer followed"):
        records.plans.stop(case, 1, "pain")
    with pytest.raises(Refused, match="why the plan is stopped"):
        records.plans.stop(case, 2, "")
    records.plans.stop(case, 2, "pain at the nerve")
    assert [one.state for one in records.plans.of(case)] == ["superseded", "stopped"]
    assert records.plans.load(case, 2).ended == "pain at the nerve"
    with pytest.raises(Refused):
        records.plans.sign(case, 2, plan.plan_sha256, "Dr Adler")
    with pytest.raises(Refused, match="signed or has ended"):
        records.plans.acknowledge(case, 2, plan.cautions[0].code, 0, "late")


@pytest.mark.hazard("H-14")
def test_only_the_last_plan_is_signed(records: Records) -> None:
    case = issued(records)
    other = dataclasses.replace(plan_of(PLAIN), software="hexapod 0.0.9")
    assert records.plans.issue(case, 1, other).number == 2
    with pytest.raises(Refused, match="Plan 1 is not the last one"):
        records.plans.sign(case, 1, records.plans.load(case, 1).plan_sha256, "Dr Adler")
    with pytest.raises(Refused, match=r"cannot be signed\. .*does not reproduce this plan"):
        records.plans.sign(case, 2, records.plans.load(case, 2).plan_sha256, "Dr Adler")


@pytest.mark.hazard("H-13")
def test_a_plan_that_the_program_no_longer_makes_says_so(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    case = issued(records)
    again = records.plans.reproduce(case, 1)
    assert (again.same, again.settings_same) == (True, True)
    assert "bit for bit" in again.sentence
    monkeypatch.setattr(hexapod.plan.make_plan, "SOFTWARE", "hexapod 9.9.9")
    again = records.plans.reproduce(case, 1)
    assert (again.same, again.settings_same) == (False, True)
    assert "made by hexapod 0.1.0" in again.sentence
    assert "settings, doses, struts and exchanges are the same" in again.sentence
    monkeypatch.undo()
    monkeypatch.setattr("hexapod.case.model.DEFAULT_RATES", {"osteotomy": (0.5, 2.0)})
    monkeypatch.setattr("hexapod.hardware.models.TIE_SHARE", -0.4)
    again = records.plans.reproduce(case, 1)
    assert (again.same, again.settings_same) == (False, False)
    assert "other settings than this one" in again.sentence


def test_a_plan_whose_hardware_left_the_catalogue_says_so(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    case = issued(records)

    def gone(*_: object) -> None:
        raise HexapodError("generic-medium is not in the catalogue.")

    monkeypatch.setattr("hexapod.library.calls.plans.make_plan", gone)
    assert (
        "can no longer plan this case: generic-medium is not in the catalogue."
        in records.plans.reproduce(case, 1).sentence
    )


@pytest.mark.hazard("H-22")
def test_a_file_altered_behind_the_back_is_not_handed_out(url: str, records: Records, behind: Behind) -> None:
    from hexapod.library.storage.contents import seal

    case = issued(records)
    other = seal(FASTER).body.hex()
    literal = f"X'{other}'" if url.startswith("sqlite") else f"'\\x{other}'"
    for table in ("versions", "plans"):
        behind(
            *unguarded(
                url, f"UPDATE contents SET coding = 'zlib', body = {literal} WHERE entry = (SELECT entry FROM {table})"
            )
        )
    with pytest.raises(Unreadable, match="Version 1 is not as it was saved"):
        records.versions.file(case)
    with pytest.raises(Unreadable, match="Plan 1 is not as it was stored"):
        records.plans.file(case, 1)


def test_follow_ups_with_readings(library: Library) -> None:
    records = library.as_user(ANNA)
    case = issued(records)
    readings = Readings(0, (163.0, 146.0, 134.0, 123.0, 150.0, 149.5))
    visit = Visit(DAY, (readings,), "pin 3 is red", datetime.date(2026, 3, 16), '{"format": "hexapod-follow-up/1"}')
    first = records.visits.add(case, 1, visit)
    records.visits.add(case, 1, Visit(datetime.date(2026, 3, 16), ()))
    assert [one.number for one in records.visits.of(case)] == [1, 2]
    assert records.visits.of(case)[0] == first
    assert (first.visit, first.by, first.plan) == (visit, "Anna", 1)
    for wrong, told in (
        (Visit(datetime.date(2026, 3, 1), ()), "before day 0"),
        (Visit(DAY, (), next_visit=DAY), "must be after"),
        (Visit(DAY, (readings, readings)), "has two sets of readings"),
        (Visit(DAY, (Readings(1, readings.settings_mm),)), "there is no level 1"),
        (Visit(DAY, (Readings(0, (1.0,) * 5),)), "Give six readings"),
        (Visit(DAY, (Readings(0, (float("nan"),) * 6),)), "Give six readings"),
        (Visit(datetime.date(2026, 5, 21), (readings,)), "2026-05-21 is after today, 2026-05-20"),
        (Visit(DAY, (Readings(0, readings.settings_mm, ("no such model",) * 6),)), "Strut 1: "),
        (Visit(DAY, (Readings(0, readings.settings_mm, ("generic-medium",) * 5),)), "Give six models"),
    ):
        with pytest.raises(HexapodError, match=told):
            records.visits.add(case, 1, wrong)
    assert len(records.visits.of(case)) == 2


@pytest.mark.hazard("H-27")
def test_the_struts_that_were_said_are_kept_and_old_visits_open(library: Library) -> None:
    records = library.as_user(ANNA)
    case = issued(records)
    struts = ("generic-long", *("generic-medium",) * 5)
    visit = Visit(DAY, (Readings(0, (163.0, 146.0, 134.0, 123.0, 150.0, 149.5), struts),))
    records.visits.add(case, 1, visit)
    assert records.visits.of(case)[0].visit == visit
    value = visit_value(visit)
    assert value["readings"][0]["struts"] == list(struts)
    del value["readings"][0]["struts"]  # as it was written before struts could be said
    assert visit_of(value).readings == (Readings(0, visit.readings[0].settings_mm, None),)
    for wrong in (["generic-long"], "generic-long", [1, 2, 3, 4, 5, 6]):
        value["readings"][0]["struts"] = wrong
        with pytest.raises(TypeError, match="not six names"):
            visit_of(value)


@pytest.mark.hazard("H-22")
@pytest.mark.slow
def test_an_erased_case_leaves_its_fingerprints_and_nothing_else(
    library: Library, url: str, records: Records, behind: Behind
) -> None:
    case = issued(records)
    records.plans.sign(case, 1, records.plans.load(case, 1).plan_sha256, "Dr Adler")
    records.cases.add_note(case, "swollen on Monday")
    fingerprints = (records.versions.of(case)[0].case_sha256,), (records.plans.load(case, 1).plan_sha256,)
    bodies = [bytes(row[0])[:200] for row in behind("SELECT body FROM contents")]
    assert len(bodies) == 4
    with pytest.raises(Refused, match="ground for the erasure"):
        records.cases.erase(case, " ")
    stone = records.cases.erase(case, "request 12 of 2026")
    assert (stone.case_sha256, stone.plan_sha256) == fingerprints
    assert (stone.ground, stone.by) == ("request 12 of 2026", "anyone at this computer")
    assert not records.audit.verify().faults
    assert records.cases.find().total == 0
    assert records.cases.find(state="archived").total == 0
    for call in (
        records.versions.file,
        records.drafts.load,
        records.cases.notes,
        records.plans.of,
        records.transfer.export_case,
    ):
        with pytest.raises(NotThere, match="was erased"):
            call(case)
    with pytest.raises(NotThere, match="was erased"):
        records.drafts.save(case, 0, "{}")
    with pytest.raises(NotThere, match="was erased"):
        records.cases.erase(case, "again")
    assert behind("SELECT count(*) FROM contents")[0][0] == 0
    assert [entry.action for entry in records.audit.history(case)][-1] == "case.erased"
    if url.startswith("sqlite"):
        library.close()  # what was written is in one file then, as on a disk that is given away
        left = Path(url.removeprefix("sqlite:///")).read_bytes()
        for piece in (b"swollen", b"plain-01", b"procurvatum", *bodies):
            assert piece not in left
    with open_library(url) as again:
        assert again.as_user(ANYONE).cases.add(PLAIN).number == 1


def test_nothing_is_added_to_an_erased_case_even_behind_the_back(records: Records, behind: Behind) -> None:
    case = issued(records)
    records.cases.erase(case, "request 12")
    for statement in (
        f"INSERT INTO notes (entry, done_at, done_by, case_key) SELECT sequence, at, actor, '{case}' FROM audit WHERE sequence = 1",
        f"INSERT INTO case_events (entry, done_at, done_by, case_key, kind) SELECT sequence, at, actor, '{case}', 'erased' FROM audit WHERE sequence = 1",
    ):
        with pytest.raises((sqlite3.Error, psycopg.Error), match="nothing can be added to it"):
            behind(statement)


def test_an_archived_case_is_closed_until_it_is_brought_back(records: Records) -> None:
    case = issued(records)
    records.cases.archive(case, "moved away")
    for call in (
        lambda: records.drafts.save(case, 0, "{}"),
        lambda: records.versions.save(case, 1, FASTER),
        lambda: records.cases.add_note(case, "x"),
    ):
        with pytest.raises(Refused, match="archived: bring it back"):
            call()
    with pytest.raises(Refused, match="archived already"):
        records.cases.archive(case, "again")
    assert records.versions.file(case) == PLAIN
    records.cases.bring_back(case, "came back")
    with pytest.raises(Refused, match="not archived"):
        records.cases.bring_back(case, "again")
    with pytest.raises(Refused, match="why"):
        records.cases.archive(case, "")
    assert records.drafts.save(case, 0, json.dumps({})) == 1


@pytest.mark.hazard("H-16")
def test_a_clock_set_back_is_told_and_signs_nothing(library: Library, records: Records, clock: Clock) -> None:
    case = issued(records)
    assert library.warnings() == ()
    clock.now -= datetime.timedelta(days=1)
    (told,) = library.warnings()
    assert "THE CLOCK WAS SET BACK" in told
    with pytest.raises(Refused, match=r"Nothing was signed\. THE CLOCK WAS SET BACK"):
        records.plans.sign(case, 1, records.plans.load(case, 1).plan_sha256, "Dr Adler")
    records.drafts.save(case, 0, "{}")  # no entry is lost for a clock
    clock.now += datetime.timedelta(days=2)
    assert library.warnings() == ()
    assert records.plans.sign(case, 1, records.plans.load(case, 1).plan_sha256, "Dr Adler").name == "Dr Adler"


@pytest.mark.hazard("H-14")
def test_a_save_with_the_wrong_clock_does_not_silence_it(library: Library, records: Records, clock: Clock) -> None:
    case = issued(records)
    clock.now -= datetime.timedelta(days=90)
    records.drafts.save(new_key(), 0, "{}")
    assert any("THE CLOCK WAS SET BACK" in told for told in library.warnings())
    with pytest.raises(Refused, match="THE CLOCK WAS SET BACK"):
        records.plans.sign(case, 1, records.plans.load(case, 1).plan_sha256, "Dr Adler")


def test_a_clock_that_once_ran_ahead_has_a_way_out(
    url: str, library: Library, records: Records, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.now += datetime.timedelta(days=900)
    records.drafts.save(new_key(), 0, "{}")
    clock.now -= datetime.timedelta(days=900)
    records.drafts.save(new_key(), 0, "{}")
    (told,) = library.warnings()
    name, _, number = told.rpartition(" ")[2].rstrip(".").partition("=")
    monkeypatch.setenv(name, number)
    with open_library(url, clock=clock) as again:
        assert again.warnings() == ()
        clock.now -= datetime.timedelta(days=1)
        assert any("SET BACK" in told for told in again.warnings())
    monkeypatch.setenv(name, "yesterday")
    with pytest.raises(LibraryRefused, match="number of an entry"):
        open_library(url)

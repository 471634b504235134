"""Links and reports from home are records: in backup, export and import, and gone with the erasure of their case."""

from __future__ import annotations

import datetime
import io
import json
import sqlite3
from pathlib import Path

import pytest

from hexapod.library import HOME, HomeReport, Library, NotThere, Records, Refused, open_library
from tests.library.conftest import Clock
from tests.library.treatment import CASE, treat

pytestmark = [pytest.mark.hazard("H-35"), pytest.mark.hazard("H-22")]
REPORT = HomeReport(
    datetime.date(2026, 3, 9), "2026-03-09T08:00", "answers", {"pain": 4}, signs=(True,) * 5, pain=4, note="wire 3"
)


@pytest.fixture
def link(records: Records, library: Library) -> str:
    treat(records)
    link = records.home.open(CASE, 1)
    library.as_user(HOME).home.add(link, "one", REPORT)
    return link


@pytest.fixture
def empty(tmp_path: Path, clock: Clock) -> Records:
    from hexapod.library import ANYONE

    return open_library(f"sqlite:///{tmp_path}/other.sqlite3", clock=clock).as_user(ANYONE)


def test_they_are_in_the_chain_and_none_can_be_changed(records: Records, link: str) -> None:
    assert [entry.action for entry in records.audit.history(CASE)][-2:] == ["home.opened", "home.reported"]
    assert not records.audit.verify().faults
    assert [one.report for one in records.home.of(CASE)] == [REPORT]
    assert records.cases.look(CASE).plans[0].state == "signed"


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("statement", ["DELETE FROM home_posts", "UPDATE home_links SET kind = 'closed'"])
def test_the_database_refuses_a_change(link: str, url: str, statement: str) -> None:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)


def test_a_case_moves_with_them_and_its_link_waits_for_a_signature(records: Records, link: str, empty: Records) -> None:
    raw = records.transfer.export_case(CASE)
    assert link.encode() not in raw
    empty.transfer.import_file(io.BytesIO(raw))
    assert [one.report for one in empty.home.of(CASE)] == [REPORT]
    assert empty.transfer.export_case(CASE) == raw
    with pytest.raises(Refused, match="not signed"):
        empty.home.open(CASE, 1)
    assert empty.home.followed() == ()


def test_a_whole_library_moves_with_them(records: Records, link: str, empty: Records) -> None:
    out = io.BytesIO()
    head = records.transfer.export_library(out)
    empty.transfer.import_file(out, head)
    assert [one.id for one in empty.home.of(CASE)] == ["one"]
    assert empty.home.find(link).standing.state == "in force"
    assert not empty.audit.verify().faults


def test_an_altered_report_is_refused(records: Records, link: str, empty: Records) -> None:
    from hexapod.library.calls.home import report_of, report_value

    good = json.loads(json.dumps(report_value(REPORT)))
    assert report_of(good) == REPORT
    for wrong in ({"told": "fine"}, {"date": "today"}, {"settings_mm": [1.0]}, {"note": 7}, {"more": 1}):
        with pytest.raises((ValueError, TypeError)):
            report_of(good | wrong)


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_backup_has_them(records: Records, link: str, tmp_path: Path) -> None:
    records.transfer.backup(tmp_path / "backup.sqlite3")
    with sqlite3.connect(tmp_path / "backup.sqlite3") as copy:
        assert copy.execute("SELECT post_id FROM home_posts").fetchall() == [("one",)]


def test_an_erasure_takes_what_was_said_and_ends_the_link(records: Records, link: str, library: Library) -> None:
    records.cases.erase(CASE, "request 7")
    with pytest.raises(NotThere):
        library.as_user(HOME).home.find(link)
    with pytest.raises(NotThere):
        library.as_user(HOME).home.add(link, "two", REPORT)
    assert not records.audit.verify().faults


@pytest.mark.parametrize("database", ["sqlite"])
def test_nothing_of_it_is_left_on_the_disk(records: Records, link: str, url: str) -> None:
    file = Path(url.removeprefix("sqlite:///"))
    records.cases.erase(CASE, "request 7")
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM contents WHERE case_key = ?", (CASE,)).fetchone() == (0,)


def test_a_new_plan_ends_the_page_of_the_old_one(records: Records, link: str, library: Library) -> None:
    records.plans.stop(CASE, 1, "fever")
    assert library.as_user(HOME).home.find(link).standing.state == "stopped"
    with pytest.raises(Refused, match="no longer followed"):
        library.as_user(HOME).home.add(link, "two", REPORT)
    with pytest.raises(Refused, match="no page at home"):
        records.home.open(CASE, 1)

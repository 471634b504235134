"""Outcomes are records: versions of one case, in the chain, in backup and export, and gone with its erasure."""

from __future__ import annotations

import datetime
import io
import sqlite3
from pathlib import Path

import pyarrow.parquet
import pytest

from hexapod.follow_up.treatment_outcome import TreatmentOutcome, read_outcome
from hexapod.library import ANYONE, Records, Refused, open_library
from hexapod.library.calls.outcomes import outcome_of
from tests.library.conftest import Clock
from tests.library.treatment import CASE, treat, treat_fully

pytestmark = [pytest.mark.hazard("H-22")]
# Of the treatment of tests/library/treatment.py: day 0 is 2 March 2026, the first adjustment 10 March, the last 31 March.
VALUE = {
    "format": "hexapod-outcome/1",
    "treated_for": "deformity",
    "applied": "2026-02-20",
    "osteotomy": "2026-02-20",
    "consolidated": "2026-05-11",
    "removed": "2026-05-19",
    "gained_mm": 20,
    "hexapods": [{"reached": {"varus_deg": 3, "short_mm": 4}}],
    "complications": [{"date": "2026-03-22", "grade": "problem", "kind": "pin site infection", "note": "Mrs Smith"}],
    "alignment": [{"measure": "MAD", "before": 35, "planned": 0, "reached": 3}],
    "proms": [{"instrument": "SF-36", "moment": "before", "total": 40}],
    "note": "went home to Smithtown",
}
OUTCOME: TreatmentOutcome = read_outcome(VALUE)


@pytest.fixture
def treated(records: Records) -> Records:
    treat(records)
    return records


def test_indices_are_those_of_the_plan_and_the_dates(treated: Records) -> None:
    row = treated.outcomes.record(CASE, OUTCOME).row
    assert (row["frame_days"], row["latency_days"]) == (88, 18)  # 20 February to 19 May; to 10 March
    assert (row["adjustment_span_days"], row["adjusting_days"]) == (22, 22)  # 10 to 31 March
    assert row["distraction_index"] == pytest.approx(11.0)  # 22 days for 2 cm
    assert row["healing_index"] == pytest.approx(40.0)  # 80 days for 2 cm
    assert row["external_fixation_index"] == pytest.approx(44.0)  # 88 days for 2 cm
    assert (row["off_deg"], row["off_mm"]) == (pytest.approx(3.0), pytest.approx(4.0))  # planned: nothing left
    assert (row["plans"], row["visits"], row["problems"], row["hardware"]) == (1, 0, 1, "generic")


def test_what_was_not_measured_is_left_empty(treated: Records) -> None:
    bare = {key: VALUE[key] for key in ("format", "treated_for", "applied", "removed")}
    row = treated.outcomes.record(CASE, read_outcome(bare | {"hexapods": [{}]})).row
    missing = {name for name, value in row.items() if value is None}
    indices = {"distraction_index", "healing_index", "external_fixation_index"}
    assert missing == {*indices, "latency_days", "consolidation_days", "gained_mm", "off_deg", "off_mm"}
    row = treated.outcomes.record(CASE, read_outcome(VALUE | {"gained_mm": 9.9})).row
    assert row["external_fixation_index"] is None  # less than a centimetre


def test_a_correction_counts_and_the_first_stays(treated: Records) -> None:
    treated.outcomes.record(CASE, OUTCOME)
    treated.outcomes.record(CASE, read_outcome(VALUE | {"gained_mm": 40}))
    assert [one.number for one in treated.outcomes.of(CASE)] == [1, 2]
    (found,) = treated.outcomes.all()
    assert found.row["external_fixation_index"] == pytest.approx(22.0)
    assert [entry.action for entry in treated.audit.history(CASE)][-2:] == ["outcome.recorded"] * 2
    assert not treated.audit.verify().faults


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"removed": "2026-05-22"}, "removed is 2026-05-22, a day after today"),
        ({"applied": "2026-02-01", "osteotomy": None, "consolidated": None, "complications": [], "removed": "2026-02-02"}, "before day 0"),
        ({"applied": "2026-03-03", "osteotomy": None}, "after day 0 of the first signed plan"),
        ({"hexapods": [{}, {}]}, "1 hexapods and the outcome 2"),
    ],
)  # fmt: skip
def test_what_contradicts_the_records_is_refused(treated: Records, change: dict[str, object], told: str) -> None:
    with pytest.raises(Refused, match=told):
        treated.outcomes.record(CASE, read_outcome(VALUE | change))
    assert treated.outcomes.of(CASE) == ()


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_case_that_was_never_signed_has_no_outcome(records: Records) -> None:
    records.drafts.save(CASE, 0, "{}")
    with pytest.raises(Refused, match="No plan of this case was signed"):
        records.outcomes.record(CASE, OUTCOME)


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_chain_of_plans_is_followed_one_after_the_other(records: Records) -> None:
    """The second plan has the same day 0 as the first: nothing of the first was followed; it was stopped."""
    treat_fully(records)
    facts = records.outcomes.record(CASE, OUTCOME).facts
    assert (facts.plans, facts.visits, facts.first_adjustment) == (2, 1, "2026-03-10")


def test_it_moves_with_its_case_and_is_read_back_the_same(treated: Records, tmp_path: Path, clock: Clock) -> None:
    recorded = treated.outcomes.record(CASE, OUTCOME)
    raw = treated.transfer.export_case(CASE)
    other = open_library(f"sqlite:///{tmp_path}/other.sqlite3", clock=clock).as_user(ANYONE)
    other.transfer.import_file(io.BytesIO(raw))
    (found,) = other.outcomes.of(CASE)
    assert (found.outcome, found.facts, found.row) == (recorded.outcome, recorded.facts, recorded.row)
    assert other.transfer.export_case(CASE) == raw


def test_an_altered_one_is_refused() -> None:
    for wrong in ({}, {"outcome": VALUE, "facts": {}, "row": {}}, {"outcome": VALUE, "facts": {}, "row": {"side": 7}}):
        with pytest.raises((ValueError, TypeError, KeyError)):
            outcome_of(wrong)


def test_an_erasure_takes_it(treated: Records) -> None:
    treated.outcomes.record(CASE, OUTCOME)
    treated.cases.erase(CASE, "request 9")
    assert treated.outcomes.all() == ()
    assert not treated.audit.verify().faults


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_backup_has_it_and_nothing_can_change_it(treated: Records, url: str, tmp_path: Path) -> None:
    treated.outcomes.record(CASE, OUTCOME)
    treated.transfer.backup(tmp_path / "backup.sqlite3")
    with sqlite3.connect(tmp_path / "backup.sqlite3") as copy:
        assert copy.execute("SELECT number FROM outcomes").fetchall() == [(1,)]
    for statement in ("DELETE FROM outcomes", "UPDATE outcomes SET number = 2"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection, pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)


@pytest.mark.parametrize("database", ["sqlite"])
def test_the_export_names_nobody_and_says_what_its_columns_mean(treated: Records) -> None:
    treated.outcomes.record(CASE, OUTCOME)
    files = treated.outcomes.export()
    for text in (CASE, "plain-01", "Smith", "Adler", "2026-0"):
        assert not [name for name, content in files.items() if text.encode() in content], text
    table = pyarrow.parquet.read_table(io.BytesIO(files["treatments.parquet"]))
    assert table.column("external_fixation_index").to_pylist() == [pytest.approx(44.0)]
    assert table.schema.field("external_fixation_index").metadata[b"unit"] == b"days/cm"
    book = files["codebook.csv"].decode()
    assert all(f"treatments,{name}," in book for name in table.column_names)
    details = pyarrow.parquet.read_table(io.BytesIO(files["details.parquet"])).to_pylist()
    assert [(one["what"], one["name"], one["day"], one["value"]) for one in details] == [
        ("alignment", "MAD", None, 3.0),
        ("complication", "pin site infection", 30, None),  # 20 February to 22 March
        ("questionnaire", "SF-36", None, 40.0),
    ]
    assert datetime.date.today().isoformat().encode() not in b"".join(files.values())
    assert not treated.audit.verify().faults

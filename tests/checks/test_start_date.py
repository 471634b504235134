"""A date of day 0 that can hardly be meant, judged on a date that is handed over (H-16)."""

import datetime
import io
import json
from typing import Any

import pytest

import hexapod
from hexapod.case.model import MOST_LEVELS
from hexapod.cli.main import main

TODAY = datetime.date(2026, 11, 30)


def told(case_dict: dict[str, Any], start: str, today: datetime.date = TODAY) -> list[Any]:
    return hexapod.findings_at(hexapod.read_case(case_dict | {"start_date": start}), today)


@pytest.mark.hazard("H-16")
@pytest.mark.parametrize(
    ("start", "today", "year"),
    [
        ("2025-11-30", TODAY, None),
        ("2025-11-29", TODAY, "2025"),
        ("2029-11-30", TODAY, None),
        ("2029-12-01", TODAY, "2029"),
        ("2062-01-11", TODAY, "2062"),
        ("0001-01-01", TODAY, "0001"),
        ("9999-12-31", TODAY, "9999"),
        ("2026-11-30", TODAY, None),
        ("2024-02-29", datetime.date(2025, 2, 28), None),
        ("2024-02-29", datetime.date(2025, 3, 1), "2024"),
        ("2027-02-28", datetime.date(2024, 2, 29), None),
        ("2027-03-01", datetime.date(2024, 2, 29), "2027"),
        ("9999-01-01", datetime.date(9998, 5, 5), None),
        ("9999-12-31", datetime.date(9997, 1, 1), None),
    ],
)
def test_a_year_ago_and_three_ahead_are_the_last_that_pass(
    case_dict: dict[str, Any], start: str, today: datetime.date, year: str | None
) -> None:
    found = told(case_dict, start, today)
    assert [finding.code for finding in found] == (["date.unlikely"] if year else [])
    if year:
        (finding,) = found
        assert finding.verdict == "caution"
        assert str(int(year)) in finding.message
        assert (finding.limit, finding.unit) == (1.0 if start < today.isoformat() else 3.0, "years")
        assert finding.value is not None
        assert finding.limit is not None
        assert finding.value > 0.99 * finding.limit


@pytest.mark.hazard("H-16")
def test_the_plan_is_the_same_on_every_day(case_dict: dict[str, Any]) -> None:
    plan = hexapod.make_plan(hexapod.read_case(case_dict | {"start_date": "1999-03-02"}))
    assert "date.unlikely" not in {finding.code for finding in plan.findings}
    assert plan.verdict == "ok"


@pytest.mark.hazard("H-16")
@pytest.mark.parametrize("command", ["plan", "check"])
def test_the_commands_hand_the_date_over(
    command: str, case_dict: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(case_dict | {"start_date": "2027-01-11"}).encode()

    def run(*words: str) -> str:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert main([command, "-", *words]) == 0
        return capsys.readouterr().out

    assert "date.unlikely" not in run("--today", "2027-12-31")
    late = run("--today", "2028-02-01")
    assert "Status: CAUTION" in late
    assert "in the year 2027" in late
    assert "date.unlikely" not in run()  # by the computer's date, which is set for the tests
    value = json.loads(run("--today", "2023-12-01", "--format", "json"))
    findings = value if command == "check" else value["findings"]
    assert [finding["code"] for finding in findings] == ["date.unlikely"]
    if command == "plan":
        assert value["verdict"] == "caution"
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        same = json.loads(run("--format", "json"))
        assert value["plan_sha256"] == same["plan_sha256"]
        assert (value["levels"], same["verdict"]) == (same["levels"], "ok")


def test_a_date_that_is_none_is_a_wrong_word(case_dict: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-", "--today", "30.11.2026"]) == 2
    assert "--today" in capsys.readouterr().err


@pytest.mark.hazard("H-15")
def test_at_most_eight_levels(case_dict: dict[str, Any]) -> None:
    level = case_dict["levels"][0]
    case_dict["levels"] = [level | {"name": f"number {k}"} for k in range(MOST_LEVELS)]
    assert len(hexapod.read_case(case_dict).levels) == MOST_LEVELS == 8
    for count in (9, 100):
        case_dict["levels"] = [level] * count
        with pytest.raises(hexapod.CaseError) as refused:
            hexapod.read_case(case_dict)
        (problem,) = refused.value.problems
        assert problem.path == "levels"
        assert f"at most 8 entries, not {count}" in str(problem)

"""The verification report: every hazard with the tests that ran for it; none is made when one has no such test."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from pypdf import PdfReader

from bench.verification import HAZARDS, PAGE, hazard_results
from bench.verification_report import report, report_data, sections
from hexapod.about import LABEL

with HAZARDS.open(encoding="utf-8", newline="") as _file:
    IDS = [row["id"] for row in csv.DictReader(_file) if row["state"] == "controlled"]


def results(folder: Path, ids: list[str], inside: str = "") -> Path:
    """Results of a run in which one test guards each of these hazards; `inside` says what came of the first."""
    cases = [
        f'<testcase classname="tests.laws.test_{one[-2:]}" name="t"><properties><property name="hazard" '
        f"value={quoteattr(one)}/></properties>{inside if k == 0 else ''}</testcase>"
        for k, one in enumerate(ids)
    ]
    (folder / "test.xml").write_text(
        f'<testsuites><testsuite timestamp="2026-12-01T08:00:00" tests="{len(ids)}">{"".join(cases)}</testsuite></testsuites>'
    )
    return folder


def test_every_hazard_stands_in_the_report_with_its_tests(tmp_path: Path) -> None:
    data = report_data(hazard_results(results(tmp_path, IDS)), PAGE.read_text("utf-8"), "abc1234")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(report(data))).pages)
    for one in IDS:
        assert one in text
        assert f"laws.test_{one[-2:]}: 1 passed" in text
    assert LABEL in text
    assert "abc1234" in text
    assert "Agreement with the second implementation" in text
    assert "strut length, mm" in text


@pytest.mark.parametrize("what", ["untested", "skipped", "failed", "none"])
def test_none_is_made_without_a_test_that_ran_for_each(tmp_path: Path, what: str) -> None:
    if what == "untested":
        results(tmp_path, IDS[1:])
    elif what != "none":
        results(tmp_path, IDS, {"skipped": "<skipped/>", "failed": "<failure/>"}[what])
    with pytest.raises(SystemExit, match="No results" if what == "none" else IDS[0] if what != "failed" else "failed"):
        hazard_results(tmp_path)


def test_tables_and_text_of_the_page_are_read() -> None:
    page = "# A\n\n## B `c`\n\nSee [this](x.md).\n<!-- t -->\n\n| a | b |\n|---|---|\n| 1 | **2** |\n"
    assert list(sections(page)) == [
        {"title": "B c", "blocks": [{"text": "See this."}, {"table": [["a", "b"], ["1", "2"]]}]}
    ]

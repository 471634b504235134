"""The workbook printed by LibreOffice: every row of every day is on the paper, and nothing stands over it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pypdf
import pytest

from hexapod import load_case, make_plan
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.workbook.document import workbook

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize("name", ["tibia_transport", "tibia_varus"])
def test_every_day_and_the_units_of_every_strut_can_be_read(tmp_path: Path, name: str) -> None:
    case = load_case(ROOT / "sample_cases" / f"{name}.json")
    plan = make_plan(case)
    book = tmp_path / "book.xlsx"
    book.write_bytes(workbook(plan, PrintOptions()))
    words = [
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run(["soffice", *words, str(book)], check=True, capture_output=True, timeout=300)
    pages = [page.extract_text(extraction_mode="layout") for page in pypdf.PdfReader(tmp_path / "book.pdf").pages]
    schedule = [page for page in pages if "Schedule: " in page[:600]]
    rows = plan.levels[0].rows
    found: dict[int, str] = {}
    for page in schedule:
        for line in page.splitlines():
            if match := re.match(r"\s*(\d+)\s+(\d{4}-\d\d-\d\d)\s", line):
                found.setdefault(int(match[1]), line)
        units = next((line for line in page.splitlines() if "red, mm" in line and "violet, mm" in line), "")
        assert units, "the second line of the headings can be read"
        assert not re.search(r"\d", units), "and no row stands over it"
    assert list(found) == [row.day for row in rows]
    for row in rows:
        assert row.date.isoformat() in found[row.day]
        # The six settings stand on the row's own line, none behind a heading.
        numbers = [
            float(text) for text in re.findall(r"(?<![\d.-])\d+\.?\d*(?![\d.-])", found[row.day].split(row.stage, 1)[1])
        ]
        assert numbers[:6] == list(row.settings_mm)

"""The verification report as PDF, for a hospital's file: `python -m bench.verification_report [FILE]`.

It has every hazard with its control and each module of tests that guards it, with what came of them in the last
`make test-all`; the tables of docs/verification.md; versions, label and machine.  No report is made when a test failed,
or when a controlled hazard has no test that ran.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typst

from bench.verification import PAGE, RESULTS, ROOT, HazardResults, hazard_results
from hexapod.about import LABEL

TEMPLATE = Path(__file__).with_name("verification.typ")
REPORT = ROOT / "dist" / "verification.pdf"
# The table of hazards stands in the report in full.
LEFT_OUT = "Hazards"


def report_data(found: HazardResults, page: str, commit: str) -> dict[str, Any]:
    """The data of the report: hazards with the tests of each, the sections of the page, versions and machine."""
    return {
        "label": LABEL,
        "commit": commit,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "runs": found.runs,
        "hazards": [
            {
                "id": row["id"],
                "hazard": row["hazard"],
                "control": row["control"],
                "state": row["state"],
                "tests": [
                    f"{name.removeprefix('tests.')}: {count} passed"
                    for name, count in sorted(found.passed.get(row["id"], Counter()).items())
                ],
            }
            for row in found.known
        ],
        "sections": [section for section in sections(page) if section["title"] != LEFT_OUT],
        "versions": re.findall(
            r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE
        ),
    }


def sections(page: str) -> Iterator[dict[str, Any]]:
    """The sections of a Markdown page as plain text and tables; marks of emphasis, code and links are left out."""
    for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        blocks: list[dict[str, Any]] = []
        for block in re.split(r"\n\s*\n", re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)):
            lines = [line.strip() for line in block.strip().splitlines()]
            if lines and lines[0].startswith("|"):
                rows = [[_plain(cell) for cell in line.strip("|").split("|")] for line in lines]
                blocks.append({"table": [rows[0], *rows[2:]]})
            elif lines:
                blocks.append({"text": _plain(" ".join(lines))})
        yield {"title": _plain(title), "blocks": blocks}


def _plain(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("`", "").replace("**", "").strip()


def report(data: dict[str, Any]) -> bytes:
    """The PDF."""
    files: Any = {"main": TEMPLATE.read_bytes(), "data.json": json.dumps(data, ensure_ascii=False).encode()}
    pdf = typst.compile(files, format="pdf")
    assert isinstance(pdf, bytes)
    return pdf


def main() -> None:
    """Write the report."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else REPORT
    told = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    data = report_data(hazard_results(RESULTS), PAGE.read_text("utf-8"), told.stdout.strip() or "not known")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(report(data))
    print(f"wrote {file}: {len(data['hazards'])} hazards, {len(data['sections'])} sections of figures")


if __name__ == "__main__":
    main()

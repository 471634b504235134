"""The recipe "An entry of the case" of CONTRIBUTING: an optional number is one line in the model and one in the table.

A copy of the package gets both lines, for a number of a level and for one of the case.  A program of its own then sees
them on the page, in the case, in the draft as saved, in the workbook and in the clinician's report.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.storage import text_of
from hexapod.case.files import load_case

ROOT = Path(__file__).resolve().parents[3]
# In which file, after which line, which line.
LINES = (
    (
        "case/model.py",
        "    index_days_per_cm: DaysPerCm | None = None\n",
        "    sole_gap_mm: Millimetres | None = None\n",
    ),
    (
        "case/model.py",
        "    exchange_reserve_mm: Millimetres = DEFAULT_RESERVE_MM\n",
        "    shoe_lift_mm: Millimetres | None = None\n",
    ),
    (
        "text/case_fields.py",
        "LEVEL: tuple[CaseField, ...] = (\n",
        '    CaseField("sole_gap_mm", "size", "treatment", "Gap below the sole, mm", "Empty: not told."),\n',
    ),
    (
        "text/case_fields.py",
        "CASE: tuple[CaseField, ...] = (\n",
        '    CaseField("shoe_lift_mm", "size", "limb", "Shoe lift, mm"),\n',
    ),
)
PROGRAM = """
import json, sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
import hexapod
from hexapod.app.draft import alternatives
from hexapod.app.draft.outcome import work_out
from hexapod.app.draft.storage import draft_in, text_of
from hexapod.app.session.step_status import trouble_lines
from hexapod.documents.clinician_report.document import case_section
from hexapod.documents.clinician_report.level_sections import entries_section
from hexapod.documents.identity import identity
from hexapod.documents.workbook.document import input_rows

assert Path(hexapod.__file__).is_relative_to(Path.cwd()), hexapod.__file__
at = AppTest.from_file("hexapod/app/page.py", default_timeout=60).run()

def press(key):
    at.button(key=key).click().run()
    assert not at.exception

def field(label):
    return next(one for one in at.text_input if one.label == label)

def typed(label, text):
    field(label).input(text).run()
    assert not at.exception
    return work_out(at.session_state["session"].case.draft)

press("sample-tibia_varus")
press("step-limb")
assert "Other entries (optional)" in [one.value for one in at.subheader]
assert typed("Shoe lift, mm", "12").case.shoe_lift_mm == 12
press("step-treatment")
outcome = typed("Gap below the sole, mm", "4.5 mm")
(told,) = trouble_lines(at.session_state["session"].case.draft, outcome.troubles)
assert told[:2] == ("Treatment", "Hexapod 1 · Gap below the sole, mm"), told
assert "type the number alone" in told[2]
outcome = typed("Gap below the sole, mm", "4,5")
assert outcome.case.levels[0].sole_gap_mm == 4.5
# The draft in the library, opened again; and one of before the entry was known.
draft = at.session_state["session"].case.draft
assert draft["levels"][0]["sole_gap_mm"] == "4,5"
assert draft_in(text_of(draft)) == draft
alternatives.keep(draft)
assert draft["alternatives"][0]["treatment"]["levels"][draft["levels"][0]["uid"]]["sole_gap_mm"] == "4,5"
old = draft_in(Path("before.json").read_text("utf-8"))
assert (old["levels"][0]["sole_gap_mm"], old["shoe_lift_mm"]) == ("", "")
assert work_out(old).case.document == json.loads(Path("sample_cases/tibia_varus.json").read_text("utf-8"))
# Documents.
plan = hexapod.make_plan(outcome.case)
told = [row[1:] for row in input_rows(plan)]
assert ("sole gap", 4.5, "mm") in told and ("shoe lift", 12, "mm") in told, told
report = json.dumps([entries_section(outcome.case.levels[0]), case_section(plan, identity(plan))])
assert all(told in report for told in ("Sole gap", "4.5 mm", "Shoe lift", "12 mm"))
print("seen everywhere")
"""


@pytest.mark.hazard("H-15")
def test_a_new_optional_number_is_one_line_in_the_model_and_one_in_the_table(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("node_modules", "dist", "__pycache__")
    shutil.copytree(ROOT / "hexapod", tmp_path / "hexapod", ignore=ignored)
    shutil.copytree(ROOT / "sample_cases", tmp_path / "sample_cases")
    before = text_of(draft_of(load_case(ROOT / "sample_cases" / "tibia_varus.json").document))
    (tmp_path / "before.json").write_text(before, "utf-8")
    for file, after, line in LINES:
        path = tmp_path / "hexapod" / file
        text = path.read_text("utf-8")
        assert text.count(after) == 1
        path.write_text(text.replace(after, after + line), "utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "HEXAPOD_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.stdout.endswith("seen everywhere\n"), done.stderr[-3000:]

"""Of a defect and a segment nothing is told as of a deformity: not "No deformity", "shortening" or "-1 days".

Read here: everything that is told of a plan in sentences, for the samples that transport and all ways to make one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.app.widgets import panels
from hexapod.case.model import Case
from hexapod.documents.clinician_report.level_sections import entries_section
from hexapod.drawings.charts.descriptions import deformity_words, gap_words
from hexapod.drawings.report.report_radiographs import radiograph_drawing
from hexapod.plan.make_plan import LevelPlan
from hexapod.preoperative.bone_transport import TransportMeasures, transport_construct
from hexapod.text.case_sentences import level_sentences, movement_sentences
from hexapod.text.milestones import milestone_sentences
from hexapod.text.preoperative_text import sensitivity_rows
from hexapod.text.stage_spans import span_words, spans
from tests.app.driver import without_page
from tests.preoperative.test_bone_transport import ANTEGRADE, BOTH, RETROGRADE

SAMPLES = Path(__file__).resolve().parents[2] / "sample_cases"
WRONG = re.compile(
    r"no deformity|shorten|lengthening|straight|-\d+ days?\b|\b0 days\b|mm (short|long)\b", re.IGNORECASE
)
MEASURED = {
    "antegrade": ANTEGRADE,
    "retrograde": RETROGRADE,
    "both": BOTH,
    "no latency, no compression, no index": replace(
        ANTEGRADE, latency_days=0, compression_mm=0.0, index_days_per_cm=None
    ),
}
FILES = ("tibia_transport", "tibia_stacked_transport", "tibia_trifocal")


def case_of_transport(measured: TransportMeasures) -> Case:
    document: dict[str, Any] = {
        "format": "hexapod-case/1",
        "id": "transport",
        "limb": {"side": "left", "bone": "tibia"},
        "start_date": "2026-04-13",
        "levels": transport_construct(measured).levels,
    }
    return hexapod.read_case(document)


def told(level: LevelPlan) -> Iterator[str]:
    yield from level_sentences(level.entered)
    yield from movement_sentences(level.course)
    yield from milestone_sentences(level)
    yield from map(span_words, spans(level))
    yield from re.findall(r">([^<>]+)</text>", radiograph_drawing(level).decode())
    for words in (deformity_words(level), gap_words(level)):
        yield words.whole
        yield from (words.on_day(day) for day in (0, 1, level.last.day))
    for row in sensitivity_rows(level):
        yield row.left
    yield str(entries_section(level.entered))


@pytest.mark.parametrize("name", [*FILES, *MEASURED])
def test_a_transport_is_told_as_what_it_is(name: str) -> None:
    case = case_of_transport(MEASURED[name]) if name in MEASURED else hexapod.load_case(SAMPLES / f"{name}.json")
    plan = hexapod.make_plan(case)
    assert isinstance(plan, hexapod.Plan)
    sentences = [sentence for level in plan.levels for sentence in told(level)]
    sentences += [finding.message for finding in plan.findings]
    assert [sentence for sentence in sentences if WRONG.search(sentence)] == []
    assert any("apart" in sentence for sentence in sentences)


@pytest.mark.parametrize("stage", [None, "hold_days", "transport"])
@pytest.mark.parametrize("typed", ["", "0"])
def test_half_filled_hexapods_of_a_transport_are_not_read_back_as_straight(
    monkeypatch: pytest.MonkeyPatch, stage: str | None, typed: str
) -> None:
    """Put in by the wizard, then emptied: no stage chosen yet, no defect typed, or said to be zero."""
    draft = draft_of(case_of_transport(ANTEGRADE).document)
    for level in draft["levels"]:
        level["deformity"] = d.blank_words(d.DEFORMITY)
        level["deformity"][d.DEFORMITY[-1].quantity]["size"] = typed
        level["deformity_zero"] = d.ZERO
        level["stages"] = [d.blank_stage() | {"kind": stage}]
    opened = without_page(monkeypatch, draft)
    for level in draft["levels"]:
        opened.level = level["uid"]
        opened.reading = read_draft(draft)
        lines = panels.deformity_lines()
        assert lines
        assert [line for line in lines if WRONG.search(line)] == []

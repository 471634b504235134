from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.app.draft.outcome import work_out
from hexapod.app.draft.storage import text_of
from hexapod.app.session.step_status import trouble_lines
from hexapod.library import ANYONE, new_key, open_library
from tests.app.driver import Form

SAMPLES = sorted((Path(__file__).resolve().parents[3] / "sample_cases").glob("*.json"))


def _document(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_comes_back_as_it_was(path: Path) -> None:
    document = _document(path)
    reading = read_draft(json.loads(json.dumps(draft_of(document))))
    assert not reading.troubles
    assert reading.document == document
    assert hexapod.read_case(reading.document).sha256 == hexapod.load_case(path).sha256


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.some(4)
def test_the_entries_alone_say_the_same_case(path: Path) -> None:
    """Without the memory of the file: the case made from the texts alone plans the same."""
    draft = draft_of(_document(path))
    draft["origin"] = None
    case, given = work_out(draft).case, hexapod.load_case(path)
    assert case is not None
    mine, theirs = hexapod.make_plan(case), hexapod.make_plan(given)
    assert mine.verdict == theirs.verdict
    for level, other in zip(mine.levels, theirs.levels, strict=True):
        assert [row.settings_mm for row in level.rows] == [row.settings_mm for row in other.rows]


def test_nulls_and_defaults_written_out_keep_the_fingerprint_of_the_file(varus: dict[str, Any]) -> None:
    varus["title"] = None
    varus["levels"][0] |= {"bone": None, "limits": {}, "adjustments_per_day": 1, "structures_at_risk": []}
    assert read_draft(draft_of(varus)).document == varus


def test_numbers_finer_than_people_type_are_kept_exactly(varus: dict[str, Any]) -> None:
    level = varus["levels"][0]
    level["frame"]["settings_mm"][0] = 155.00012345
    level["mounting"] = {"lateral_mm": 1e-05}
    draft = draft_of(varus)
    draft["title"] = "changed"
    document = read_draft(draft).document
    assert document["levels"][0]["frame"]["settings_mm"][0] == 155.00012345
    assert document["levels"][0]["mounting"]["lateral_mm"] == 1e-05


def test_an_empty_draft_misses_everything_and_has_nothing_wrong() -> None:
    outcome = work_out(d.blank_draft())
    assert outcome.state == "incomplete"
    assert outcome.plan is None
    assert outcome.case is None
    missing = {trouble.path[-1] for trouble in outcome.troubles}
    assert {"id", "side", "bone", "start_date", "name", "reference", "settings_at", "kind", "every_strut"} <= missing


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize(
    ("size", "word", "sentence"),
    [
        ("9", None, "choose varus or valgus."),
        ("", "varus_deg", "type a size, or take the word varus away."),
        ("-9", "varus_deg", "a size has no sign"),
        ("80", "varus_deg", "must be below 80."),
        ("9 deg", "valgus_deg", "the number alone"),
    ],
)
def test_a_size_needs_its_word_and_a_word_its_size(
    varus: dict[str, Any], size: str, word: str | None, sentence: str
) -> None:
    draft = draft_of(varus)
    draft["levels"][0]["deformity"]["AP angulation"] = {"size": size, "word": word}
    outcome = work_out(draft)
    path = ("levels", draft["levels"][0]["uid"], "deformity", "AP angulation")
    assert [trouble.path for trouble in outcome.troubles] == [path]
    assert sentence in outcome.troubles[0].sentence
    assert outcome.state == "wrong"
    assert outcome.plan is None


@pytest.mark.parametrize(("size", "word"), [("", None), ("0", None), (" ", None)])
def test_nothing_and_zero_are_zero(varus: dict[str, Any], size: str, word: str | None) -> None:
    draft = draft_of(varus)
    draft["levels"][0]["deformity"]["AP angulation"] = {"size": size, "word": word}
    reading = read_draft(draft)
    assert not reading.troubles
    assert not {"varus_deg", "valgus_deg"} & reading.document["levels"][0]["deformity"].keys()


@pytest.mark.parametrize(
    ("joints", "sentence"),
    [
        ("1 2 3", "six lines are needed"),
        ("1 2 3\n" * 5 + "1 2", "line 6: three numbers"),
        ("1,2,3\n" * 6, "line 1: three numbers"),
        ("1 2 x\n" * 6, "line 1: “x”"),
        ("1 2 1e3\n" * 6, "powers of ten"),
    ],
)
def test_pasted_joints_are_read_strictly(varus: dict[str, Any], joints: str, sentence: str) -> None:
    draft = draft_of(varus)
    draft["levels"][0]["frame"]["distal_ring"] = {"kind": "joints", "model": None, "joints": joints}
    outcome = work_out(draft)
    assert outcome.plan is None
    assert sentence in outcome.troubles[0].sentence
    assert outcome.troubles[0].path[-1] == "distal_ring"


def test_pasted_joints_keep_every_sign(varus: dict[str, Any]) -> None:
    lines = [
        "\u221271.748 -50.084 10",
        "71.748 -50.084 10.0",
        "79,25 -37.094 10",
        "7.5 87.178 10",
        "-7.5 87.178 10",
        "–79.248 -37 10",
    ]
    draft = draft_of(varus)
    draft["levels"][0]["frame"]["distal_ring"] = {"kind": "joints", "model": None, "joints": "\n".join(lines)}
    joints = read_draft(draft).document["levels"][0]["frame"]["distal_ring"]["joints_mm"]
    assert joints[0] == [-71.748, -50.084, 10.0]
    assert joints[2] == [79.25, -37.094, 10.0]
    assert joints[5] == [-79.248, -37.0, 10.0]


def test_a_model_that_the_catalogue_lacks_is_said_at_its_ring(varus: dict[str, Any]) -> None:
    varus["levels"][0]["frame"]["proximal_ring"] = {"model": "generic-full-181"}
    outcome = work_out(draft_of(varus))
    assert outcome.plan is None
    assert outcome.state == "wrong"
    assert outcome.troubles[0].path[-1] == "proximal_ring"
    assert "generic-full-180" in outcome.troubles[0].sentence


def test_a_stage_that_would_take_too_long_is_said_at_the_stage(varus: dict[str, Any]) -> None:
    varus["levels"][0]["stages"][1]["limits"] = {"mm_per_day": 0.001}
    draft = draft_of(varus)
    outcome = work_out(draft)
    stage = draft["levels"][0]["stages"][1]["uid"]
    assert outcome.plan is None
    assert [trouble.path for trouble in outcome.troubles] == [("levels", draft["levels"][0]["uid"], "stages", stage)]


def test_six_of_one_own_strut_are_said_once(varus: dict[str, Any]) -> None:
    draft = draft_of(varus)
    draft["levels"][0]["frame"]["every_strut"] = {
        "kind": "own",
        "model": None,
        "min_mm": "120",
        "max_mm": "x",
        "graduation_mm": "",
    }
    outcome = work_out(draft)
    assert [trouble.path[-1] for trouble in outcome.troubles] == ["max_mm", "graduation_mm"]


def test_an_entry_is_found_by_name_after_its_list_was_rearranged(varus: dict[str, Any]) -> None:
    draft = draft_of(varus)
    level = draft["levels"][0]
    last = level["stages"][-1]["uid"]
    path = ("levels", level["uid"], "stages", last, "name")
    level["stages"].reverse()
    assert d.entry(draft, path) == varus["levels"][0]["stages"][-1]["name"]
    level["stages"].pop(0)
    with pytest.raises(KeyError):
        d.entry(draft, path)


def test_reading_a_draft_leaves_it_as_it_was(varus: dict[str, Any]) -> None:
    draft = draft_of(varus)
    before = copy.deepcopy(draft)
    work_out(draft)
    assert draft == before


@pytest.mark.hazard("H-33")
def test_the_side_of_a_limb_measured_on_radiographs_of_the_other_is_an_entry_to_correct(varus: dict[str, Any]) -> None:
    point = {"is": "origin", "at_px": [10, 10]}
    taken = {"view": "ap", "side": "right", "seen_from": "front", "columns": 1760, "rows": 1760, "points": [point]}
    varus["levels"][0]["measured_with"] = {"format": "hexapod-films/1", "films": [{"id": "ap1"} | taken]}
    draft = draft_of(varus)
    assert work_out(draft).case is not None
    draft["limb"]["side"] = "left"
    outcome = work_out(draft)
    assert (outcome.case, outcome.plan, outcome.state) == (None, None, "wrong")
    ((step, place, sentence),) = trouble_lines(draft, outcome.troubles)
    assert (step, place) == ("Radiographs", "Hexapod 1 · Radiographs measured")
    assert "Must be left, the side of the limb, not right: correct the side of the limb" in sentence

    key = new_key()
    open_library().as_user(ANYONE).drafts.save(key, 0, text_of(draft))
    form = Form(case=key, step="check")
    assert "Some entries have to be corrected" in form.html
    assert f"{sentence[0].lower()}{sentence[1:]}" in form.html
    form.step("limb").choose("Side", "right").step("check")
    assert "Radiographs measured" not in form.html
    assert "No schedule was made" not in form.html


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize(
    ("typed", "how", "date"),
    [
        ("2026-12-07", "day first", "2026-12-07"),
        ("7.12.2026", "day first", "2026-12-07"),
        ("07. 12. 2026", "month first", "2026-12-07"),
        ("12/07/2026", "month first", "2026-12-07"),
    ],
)
def test_a_date_has_one_meaning_however_it_is_typed(varus: dict[str, Any], typed: str, how: str, date: str) -> None:
    draft = draft_of(varus) | {"start_date": typed, "dates_typed": how, "clinic_closed": typed}
    document = read_draft(draft).document
    assert (document["start_date"], document["clinic_closed"]) == (date, [date])


def test_a_treatment_without_stages_is_missing_not_wrong(varus: dict[str, Any]) -> None:
    draft = draft_of(varus)
    draft["levels"][0]["stages"] = []
    outcome = work_out(draft)
    assert [(one.key, one.sentence) for one in outcome.troubles] == [("levels[0].stages", "still to be entered.")]
    assert outcome.state == "incomplete"


def test_a_date_with_slashes_is_refused_until_the_clinic_has_said_that_the_month_comes_first(
    varus: dict[str, Any],
) -> None:
    outcome = work_out(draft_of(varus) | {"start_date": "12/07/2026"})
    assert outcome.plan is None
    (trouble,) = outcome.at(("start_date",))
    assert "month or day first?" in trouble.sentence


def test_residual_and_total_residual_are_one_word_in_the_file(varus: dict[str, Any]) -> None:
    draft = draft_of(varus)
    assert draft["levels"][0]["frame"]["settings_at"] == "start"
    draft["levels"][0]["frame"]["settings_at"] = "residual"
    assert read_draft(draft).document["levels"][0]["frame"]["settings_at"] == "start"
    varus["levels"][0]["frame"]["settings_mm"] = [150] * 6
    assert draft_of(varus)["levels"][0]["frame"]["settings_at"] == "residual"

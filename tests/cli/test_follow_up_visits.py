"""The command `follow-up --visits`: what it prints, writes and refuses."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.cli.main import main
from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD
from hexapod.estimation import fit
from hexapod.plan.make_plan import Plan

ROOT = Path(__file__).resolve().parents[2] / "sample_cases"
CASE = ROOT / "tibia_varus.json"
DAYS = {14: "2026-03-16", 25: "2026-03-27", 30: "2026-04-01"}
MEASURED: list[dict[str, float]] = [
    {"varus_deg": 13, "apex_anterior_deg": 6, "internal_rotation_deg": 10, "lateral_mm": 2, "short_mm": 4},
    {"varus_deg": 4, "apex_anterior_deg": 3, "internal_rotation_deg": 5, "short_mm": 1},
    {"varus_deg": 1, "medial_mm": 1},
]
Document = dict[str, Any]


@pytest.fixture(scope="module")
def three() -> Document:
    """Three visits with the plan's own readings."""
    plan = hexapod.make_plan(hexapod.load_case(CASE))
    assert isinstance(plan, Plan)
    rows = plan.levels[0].rows
    visits = [
        {"date": date, "settings_mm": list(rows[day].settings_mm), "deformity": deformity}
        for (day, date), deformity in zip(DAYS.items(), MEASURED, strict=True)
    ]
    return {"format": "hexapod-visits/1", "visits": visits}


def call(folder: Path, visits: Document, *more: str, case: Path = CASE) -> int:
    file = folder / "visits.json"
    file.write_text(json.dumps(visits), "utf-8")
    return main(["follow-up", str(case), "--visits", str(file), *more])


def test_the_json_has_these_keys_and_no_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document
) -> None:
    assert call(tmp_path, three, "--use", "all", "--level", "0", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["estimate", "end", "contradictions"]
    assert list(told["estimate"]) == ["mounting", "mounting_sd", "deformity", "deformity_sd", "chi2_dof"]
    assert list(told["end"]) == ["within_goal", "deg_90", "mm_90"]
    assert list(told["estimate"]["mounting_sd"]) == [one.key for one in MOUNTING_SD]
    assert list(told["estimate"]["deformity_sd"]) == [one.key for one in DEFORMITY_SD]
    assert told["contradictions"] == []
    # One fit is surer of every quantity than its usual SD.
    for part, table in (("mounting_sd", MOUNTING_SD), ("deformity_sd", DEFORMITY_SD)):
        assert all(told["estimate"][part][one.key] < one.sd for one in table)
    assert 0.9 < told["end"]["within_goal"] <= 1.0
    assert 0.5 < told["end"]["deg_90"] < 3.0


def test_the_last_alone_says_what_was_measured_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document
) -> None:
    assert call(tmp_path, three, "--use", "last", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["estimate"]["deformity"] == pytest.approx({"varus_deg": 1, "medial_mm": 1})
    assert told["estimate"]["mounting"] == pytest.approx(hexapod.load_case(CASE).levels[0].mounting_words)
    assert told["estimate"]["deformity_sd"] == pytest.approx({one.key: one.sd for one in DEFORMITY_SD}, rel=1e-6)
    assert told["estimate"]["mounting_sd"] == pytest.approx({one.key: one.sd for one in MOUNTING_SD}, rel=1e-6)
    assert told["estimate"]["chi2_dof"] is None


def test_a_contradiction_names_visit_and_quantity(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document
) -> None:
    wrong = copy.deepcopy(three)
    wrong["visits"][1]["deformity"]["apex_anterior_deg"] = 12
    assert call(tmp_path, wrong, "--use", "all", "--format", "json") == 0
    (one,) = json.loads(capsys.readouterr().out)["contradictions"]
    assert list(one) == ["visit", "quantity", "measured", "others_say", "sd"]
    assert (one["visit"], one["quantity"], one["measured"]) == (1, "lateral angulation", 12)
    assert one["others_say"] == pytest.approx(2.0, abs=1.0)
    assert 0.4 < one["sd"] < 1.3
    assert call(tmp_path, wrong, "--use", "all") == 0
    assert "The lateral angulation of 2026-03-27 (12 deg apex anterior) does not go" in capsys.readouterr().out


def test_the_new_case_has_the_estimate(tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document) -> None:
    new = tmp_path / "new.json"
    assert call(tmp_path, three, "--use", "all", "--format", "json", "--out", str(new)) == 0
    told = json.loads(capsys.readouterr().out)["estimate"]
    case, old = hexapod.load_case(new), hexapod.load_case(CASE)
    level = case.levels[0]
    assert level.mounting_words == pytest.approx(told["mounting"], abs=1e-6)
    assert level.deformity_words == pytest.approx(told["deformity"], abs=1e-6)
    assert level.mounting_sd is not None
    assert level.deformity_sd is not None
    assert level.mounting_sd.model_dump() == pytest.approx(told["mounting_sd"], abs=1e-6)
    assert level.deformity_sd.model_dump() == pytest.approx(told["deformity_sd"], abs=1e-6)
    assert (case.start_date, case.derived_from) == ("2026-04-01", old.sha256)
    assert case.estimated_from is not None
    assert len(set(case.estimated_from)) == 3
    assert isinstance(hexapod.make_plan(case), Plan)
    # What the visits said stands in the new case: given again they change nothing.
    assert call(tmp_path, three, "--use", "all", "--format", "json", case=new) == 0
    again = json.loads(capsys.readouterr().out)["estimate"]
    assert again["mounting"] == pytest.approx(told["mounting"], abs=1e-5)
    assert again["mounting_sd"] == pytest.approx(told["mounting_sd"], rel=1e-4)
    # One of them with a number changed would count twice, which is told; and one of before alone says nothing of now.
    changed = copy.deepcopy(three)
    changed["visits"][0]["deformity"]["varus_deg"] = 12.9
    assert call(tmp_path, changed, "--use", "all", "--format", "json", case=new) == 0
    assert "visits[0] (2026-03-16) is none of the visits" in capsys.readouterr().err
    assert call(tmp_path, three | {"visits": three["visits"][:1]}, "--use", "all", case=new) == 2
    assert 'visits[0].date = "2026-03-16": is before 2026-04-01, day 0 of this case' in capsys.readouterr().err
    # Nothing is overwritten.
    assert call(tmp_path, three, "--use", "all", "--out", str(new)) == 2
    assert "exists" in capsys.readouterr().err


def test_contradicting_measurements_need_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document
) -> None:
    wrong = copy.deepcopy(three)
    wrong["visits"][0]["deformity"]["varus_deg"] = 24
    new = tmp_path / "new.json"
    assert call(tmp_path, wrong, "--use", "all", "--out", str(new)) == 1
    told = capsys.readouterr()
    assert "contradict each other" in told.out
    assert "--even-if-doubtful" in told.err
    assert not new.exists()
    # A program that reads the JSON alone is told, too.
    assert call(tmp_path, wrong, "--use", "all", "--format", "json") == 0
    document = json.loads(capsys.readouterr().out)
    assert "contradict each other" in document["caution"]
    assert document["estimate"]["sd_widened"] == pytest.approx(document["estimate"]["chi2_dof"] ** 0.5)
    assert f"so all SD are widened {document['estimate']['sd_widened']:.1f} times" in told.out
    assert call(tmp_path, wrong, "--use", "all", "--out", str(new), "--even-if-doubtful") == 0
    assert new.exists()


def test_visits_without_deformity_and_a_second_one_on_a_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document
) -> None:
    less = copy.deepcopy(three)
    del less["visits"][2]["deformity"]
    less["visits"].insert(2, less["visits"][1] | {"deformity": {"varus_deg": 5, "mounting": None}})
    del less["visits"][2]["deformity"]["mounting"]
    for use in ("last", "all"):
        assert call(tmp_path, less, "--use", use, "--format", "json") == 0
        told = json.loads(capsys.readouterr().out)
        # The readings tell how the bone has moved on since it was measured.
        assert told["estimate"]["deformity"].get("varus_deg", 0.0) < 2.5
        assert told["end"]["within_goal"] > 0.9


def test_what_nobody_measured_has_no_sd(tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document) -> None:
    document = json.loads(CASE.read_text("utf-8"))
    del document["levels"][0]["mounting"]
    case = tmp_path / "case.json"
    case.write_text(json.dumps(document), "utf-8")
    assert call(tmp_path, three, "--use", "last", "--format", "json", case=case) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["estimate"]["mounting_sd"].values()) == {None}
    assert told["estimate"]["deformity_sd"] == pytest.approx({one.key: one.sd for one in DEFORMITY_SD}, rel=1e-6)
    assert (told["estimate"]["mounting"], told["end"]) == ({}, None)
    assert call(tmp_path, three, "--use", "last", case=case) == 0
    said = capsys.readouterr().out
    assert "not measured" in said
    assert "as entered" not in said
    assert "Measure what has no SD" in said
    # Visits at other poses of the frame measure it.
    assert call(tmp_path, three, "--use", "all", "--format", "json", case=case) == 0
    told = json.loads(capsys.readouterr().out)
    assert (
        told["estimate"]["mounting_sd"]["ap_tilt_deg"] is None or told["estimate"]["mounting_sd"]["ap_tilt_deg"] > 2.0
    )


def test_each_hexapod_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = ROOT / "tibia_two_levels.json"
    plan = hexapod.make_plan(hexapod.load_case(case))
    assert isinstance(plan, Plan)
    row = plan.levels[1].rows[20]
    visit = {"date": row.date.isoformat(), "settings_mm": list(row.settings_mm), "deformity": row.remaining}
    visits = {"format": "hexapod-visits/1", "visits": [visit]}
    for which in (("--level", "1"), ("--hexapod", "2")):
        assert call(tmp_path, visits, "--use", "last", *which, "--format", "json", case=case) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["estimate"]["mounting"] == pytest.approx(hexapod.load_case(case).levels[1].mounting_words)


WRONG: list[tuple[str, Any, str]] = [
    ("no such format", lambda d: d.update(format="hexapod-visits/2"), 'format = "hexapod-visits/2": must be'),
    ("no visits", lambda d: d.update(visits=[]), "visits = []: must have at least 1 entry, not 0"),
    ("another key", lambda d: d["visits"][0].update(setting=[1]), "visits[0].setting"),
    ("five readings", lambda d: d["visits"][0]["settings_mm"].pop(), "visits[0].settings_mm"),
    ("no readings", lambda d: d["visits"][1].pop("settings_mm"), "visits[1].settings_mm: is required"),
    ("both words", lambda d: d["visits"][0]["deformity"].update(valgus_deg=1), "give valgus_deg or varus_deg, not both"),
    ("a sign", lambda d: d["visits"][0]["deformity"].update(varus_deg=-1), "visits[0].deformity.varus_deg = -1"),
    ("SD zero", lambda d: d["visits"][0].update(deformity_sd={"ap_angulation_deg": 0}), "at least 0.001"),
    ("out of order", lambda d: d["visits"].reverse(), "visits[1].date"),
    ("twice", lambda d: d["visits"].append(d["visits"][2]), "visits[3]: is visits[2] again"),
    ("before the treatment", lambda d: d["visits"][0].update(date="2026-02-01"), "is before 2026-03-02"),
    ("no pose", lambda d: d["visits"][0].update(settings_mm=[60, 400] * 3), "visits[0].settings_mm[0] = 60: cannot be: of strut 1"),
    ("out of the scale", lambda d: d["visits"][1]["settings_mm"].__setitem__(0, 220), "visits[1].settings_mm[0] = 220"),
    ("hardware of no name", lambda d: d.update(hardware_sd={}), "give an SD in mm for one or more of joint_radius_mm"),
    ("hardware hardly known", lambda d: d.update(hardware_sd={"joint_radius_mm": 20}), "hardware_sd.joint_radius_mm = 20: must be at most 10"),
    ("SDs alone", lambda d: d["visits"][0].update(mounting_sd={"rotation_deg": 3}), "mounting that is not given"),
    ("no such strut", lambda d: d["visits"][0].update(struts=["medium"] * 6), "visits[0].struts: Strut 1"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "told"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_wrong_files_are_refused(
    change: Any, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document
) -> None:
    wrong = copy.deepcopy(three)
    change(wrong)
    assert call(tmp_path, wrong, "--use", "all", "--format", "json") == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""


def test_hardware_that_is_unpublished_is_told_and_makes_the_end_less_sure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document
) -> None:
    """Told by the first visit, 13 deg of varus before the end."""
    ends = {}
    for name, sd in (("believed", {}), ("unpublished", {"joint_radius_mm": 6, "scale_offset_mm": 6})):
        visits = three | {"visits": three["visits"][:1]} | ({"hardware_sd": sd} if sd else {})
        assert call(tmp_path, visits, "--use", "last", "--format", "json") == 0
        told = json.loads(capsys.readouterr().out)
        ends[name] = told["end"]["mm_90"]
    assert list(told["estimate"]["hardware_sd"]) == ["joint_radius_mm", "scale_offset_mm"]
    # One deformity alone tells nothing of the hardware: it stays as its data have it.
    assert told["estimate"]["hardware_sd"]["joint_radius_mm"] == pytest.approx(6.0, abs=0.01)
    assert told["estimate"]["hardware"]["joint_radius_mm"] == pytest.approx(0.0, abs=0.01)
    assert ends["unpublished"] > 1.05 * ends["believed"]
    assert call(tmp_path, visits, "--use", "all") == 0
    assert "  joint radius: " in capsys.readouterr().out


def test_calls_that_do_not_go_together(tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document) -> None:
    for more, told in (
        ((), "Say --use last"),
        (("--use", "all", "--date", "2026-04-01"), "those of a single visit"),
        (("--use", "all", "--goal", "0", "3"), "above 0 and at most 90 deg"),
        (("--use", "all", "--level", "3"), "there is no level 3"),
    ):
        assert call(tmp_path, three, *more) == 2
        assert told in capsys.readouterr().err
    assert main(["follow-up", str(CASE), "--use", "all"]) == 2
    assert "--visits FILE" in capsys.readouterr().err


def test_a_stricter_goal_is_reached_less_often(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document
) -> None:
    found = []
    for goal in (("2", "3"), ("1", "1")):
        assert call(tmp_path, three, "--use", "last", "--goal", *goal, "--format", "json") == 0
        found.append(json.loads(capsys.readouterr().out)["end"]["within_goal"])
    assert found[0] > found[1] > 0.0


def test_without_an_answer_there_is_no_estimate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], three: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "MOST_STEPS", 1)
    assert call(tmp_path, three, "--use", "all", "--format", "json") == 1
    told = capsys.readouterr()
    assert json.loads(told.out) == {"estimate": None, "end": None, "contradictions": []}
    assert "there is no estimate" in told.err

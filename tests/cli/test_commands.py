"""The commands: what they print where, and with which exit status."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PLAIN = str(ROOT / "tests" / "data" / "plain_case.json")


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write_case(case: dict[str, Any]) -> str:
        (tmp_path / "case.json").write_text(json.dumps(case), "utf-8")
        return str(tmp_path / "case.json")

    return write_case


def test_plan_prints_the_plan_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", PLAIN, "--format", "json"]) == 0
    told = capsys.readouterr()
    plan = json.loads(told.out)
    assert told.err == ""
    assert list(plan) == [
        "format",
        "case_id",
        "case_sha256",
        "plan_sha256",
        "software",
        "verdict",
        "levels",
        "findings",
    ]
    assert plan["software"] == f"hexapod {hexapod.__version__}"
    rows = plan["levels"][0]["rows"]
    assert list(rows[0]) == [
        "day", "date", "stage", "lengths_mm", "settings_mm", "models", "doses_mm", "pose", "pose_rounded", "remaining", "rounding",
            "docking_mm", "regenerate_mm",
    ]  # fmt: skip
    assert rows[0]["doses_mm"] == []
    assert [len(row["doses_mm"]) for row in rows[1:]] == [4] * (len(rows) - 1)
    assert rows[0]["remaining"]["varus_deg"] == pytest.approx(9)
    assert rows[-1]["remaining"] == {}
    assert rows[7]["doses_mm"] == [rows[0]["settings_mm"]] * 4  # a hold row: its settings repeated
    assert [row["date"] for row in rows[:2]] == ["2026-03-02", "2026-03-03"]
    assert rows[0]["stage"] == "start"


def test_text_reads_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", PLAIN]) == 0
    told = capsys.readouterr().out
    for sentence in (
        "RIGHT TIBIA",
        "Status: OK",
        "9 deg varus: the distal end of the distal fragment deviates towards the midline.",
        "Day 8 to 16, distract: the distal fragment moves 9 mm distal.",
        "not for clinical use without clearance",
    ):
        assert sentence in told


def test_exit_statuses(write: Any, case_dict: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    case_dict["levels"][0]["frame"]["settings_mm"][2] = 119
    refused = write(case_dict)
    assert main(["check", refused]) == 1
    assert "REFUSED strut.travel" in capsys.readouterr().out
    assert main(["plan", refused, "--format", "json"]) == 1
    plan = json.loads(capsys.readouterr().out)
    assert plan["verdict"] == "refused"
    assert plan["levels"][0]["rows"] == []
    assert plan["levels"][0]["name"] == "proximal tibia"
    case_dict["limb"].pop("side")
    assert main(["plan", write(case_dict)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "limb.side" in told.err
    assert "Traceback" not in told.err
    assert main(["plan"]) == 2
    assert main(["nonsense"]) == 2
    assert main(["--help"]) == 0
    assert main(["plan", "nowhere.json"]) == 2


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Input:
        buffer = io.BytesIO(Path(PLAIN).read_bytes())

    monkeypatch.setattr(sys, "stdin", Input())
    assert main(["check", "-"]) == 0
    assert "Status: OK" in capsys.readouterr().out


def test_pose_of_the_given_readings_is_the_deformity(capsys: pytest.CaptureFixture[str]) -> None:
    call = ["pose", PLAIN, "--level", "0", "--settings", "163", "146", "134", "123", "150", "149"]
    assert main([*call, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["format", "case_id", "level", "remaining", "pose", "residual_mm", "findings"]
    assert told["format"] == "hexapod-pose/1"
    assert told["remaining"] == pytest.approx(
        {"varus_deg": 9, "apex_anterior_deg": 6, "external_rotation_deg": 7, "medial_mm": 3, "posterior_mm": 5, "short_mm": 9}
    )  # fmt: skip
    assert told["residual_mm"] < 1e-9
    assert main(call) == 0
    assert "9 deg varus, 6 deg apex anterior, 7 deg external rotation" in capsys.readouterr().out


@pytest.mark.hazard("H-18")
def test_pose_of_readings_that_fit_nothing(
    write: Any, case_dict: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    case_dict["levels"][0]["frame"]["struts"] = [{"min_mm": 1, "max_mm": 400, "graduation_mm": 1}] * 6
    call = ["pose", write(case_dict), "--settings", "300", "120", "134", "123", "150", "149", "--format", "json"]
    assert main(call) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["remaining"] is None
    assert told["pose"] is None
    assert [finding["code"] for finding in told["findings"]] == ["readings.no_pose"]


@pytest.mark.hazard("H-18")
def test_a_reading_of_nothing_fits_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call = ["pose", PLAIN, "--settings", "0", "146", "134", "123", "150", "149", "--format", "json"]
    assert main(call) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["pose"] is None
    assert [finding["code"] for finding in told["findings"]] == ["strut.travel", "readings.no_pose"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--settings", "nan", "146", "134", "123", "150", "149"],
        ["--settings", "-1", "146", "134", "123", "150", "149"],
        ["--settings", "1e9", "146", "134", "123", "150", "149"],
        ["--settings", "163", "146", "134", "123", "150"],
        ["--level", "1", "--settings", "163", "146", "134", "123", "150", "149"],
        ["--level", "-1", "--settings", "163", "146", "134", "123", "150", "149"],
    ],
)
def test_wrong_words_of_the_pose_call(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pose", PLAIN, *wrong]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err


@pytest.mark.hazard("H-14")
def test_out_writes_the_schedule_with_its_identity(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", PLAIN, "--format", "json", "--out", str(tmp_path / "new")]) == 0
    plan = json.loads(capsys.readouterr().out)
    (file,) = (tmp_path / "new").glob("*_schedule_*")
    assert file.name == f"plain-01_right_DRAFT_proximal-tibia_schedule_{plan['plan_sha256'][:12]}.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == len(plan["levels"][0]["rows"])
    for row, planned in zip(rows, plan["levels"][0]["rows"], strict=True):
        assert [float(row[f"strut_{k}_mm"]) for k in range(1, 7)] == planned["settings_mm"]
        assert row["date"] == planned["date"]
        assert (row["case"], row["side"], row["case_sha256"]) == ("plain-01", "right", plan["case_sha256"])


def test_refused_plans_write_nothing(write: Any, case_dict: dict[str, Any], tmp_path: Path) -> None:
    case_dict["levels"][0]["frame"]["settings_mm"][2] = 119
    assert main(["plan", write(case_dict), "--out", str(tmp_path / "new")]) == 1
    assert not (tmp_path / "new").exists()


def test_catalogue_tells_source_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue"]) == 0
    told = capsys.readouterr().out
    assert "generic-fine-long" in told
    assert "170 to 285 by 0.25" in told
    assert "unverified" in told
    assert "FDA MAUDE report 11853739" in told


def test_the_program_starts_without_streamlit_or_plotting() -> None:
    code = (
        "import sys; from hexapod.cli.main import main; status = main(sys.argv[1:]); "
        "heavy = {'streamlit', 'matplotlib', 'pandas', 'scipy', 'numpy.ma', 'hexapod.follow_up', 'typst', 'babel', "
        "'icalendar', 'xlsxwriter', 'pymupdf_fonts', 'sqlalchemy', 'alembic', 'psycopg'} & set(sys.modules); "
        "sys.exit(f'{heavy}' if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", code, "check", PLAIN], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_text_that_a_spreadsheet_would_take_for_a_formula_is_led_by_an_apostrophe(case_dict: dict[str, Any]) -> None:
    from hexapod.documents.schedule_csv import schedule_csv

    case_dict["levels"][0]["stages"][0]["name"] = "=1+1"
    case = hexapod.read_case(case_dict)
    text = schedule_csv(hexapod.make_plan(case), 0)
    assert ",'=1+1," in text
    assert ",=1+1" not in text


def test_the_gaps_of_the_bone_stand_at_the_end_of_every_row_as_numbers() -> None:
    from hexapod.documents.schedule_csv import schedule_csv, schedule_text

    case = hexapod.load_case(ROOT / "sample_cases" / "tibia_stacked_transport.json")
    plan = hexapod.make_plan(case)
    for index, level in enumerate(plan.levels):
        table = list(csv.DictReader(io.StringIO(schedule_csv(plan, index), newline="")))
        assert list(table[0])[-2:] == ["docking_mm", "regenerate_mm"]
        for cells, row in zip(table, level.rows, strict=True):
            for name, gap in (("docking_mm", row.docking_mm), ("regenerate_mm", row.regenerate_mm)):
                assert (cells[name] == "") == (gap is None)
                assert gap is None or float(cells[name]) == pytest.approx(gap, abs=0.005001)
    assert (
        {row.docking_mm for row in plan.levels[0].rows} == {row.regenerate_mm for row in plan.levels[1].rows} == {None}
    )
    # Pressed together: a number for the spreadsheet, not a text led by an apostrophe.
    assert table[-1]["docking_mm"] == "-2"
    text = schedule_text(plan.levels[1])
    assert "to docking" in text
    assert "regenerate" not in text
    assert "  docked   transport" in text
    assert "  2 compressed   consolidation" in text


def test_a_level_without_gaps_has_no_columns_for_them_in_the_terminal(case_dict: dict[str, Any]) -> None:
    from hexapod.documents.schedule_csv import schedule_csv, schedule_text

    del case_dict["levels"][0]["bone"]
    case = hexapod.read_case(case_dict)
    plan = hexapod.make_plan(case)
    assert schedule_text(plan.levels[0]).splitlines()[0].split() == ["day", "date", *["strut", "1", "strut", "2", "strut", "3", "strut", "4", "strut", "5", "strut", "6"], "stage"]  # fmt: skip
    assert all(line.endswith(",,") for line in schedule_csv(plan, 0).splitlines()[1:])


def test_pose_tells_in_words_how_well_it_fits(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(
        ["pose", str(root / "sample_cases" / "tibia_varus.json"), "--level", "0", "--settings", *(["150"] * 6)]
    ) in (0, 1)
    told = capsys.readouterr().out
    assert "(the pose fits them exactly)" in told
    assert "residual" not in told
    assert "e-1" not in told

"""The command `follow-up`: what it prints and writes where, and with which exit status."""

import json
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.cli.main import main
from tests.follow_up.test_compare_with_plan import lengthening


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.json"
    hexapod.save_case(lengthening(), path)
    return path


def call(case: Path, date: str, *readings: float, more: tuple[str, ...] = ()) -> int:
    six = readings * (6 // len(readings))
    return main(["follow-up", str(case), "--date", date, "--settings", *map(str, six), *more])


def test_text_that_a_nurse_understands(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(case, "2026-03-14", 153) == 0
    told = capsys.readouterr()
    assert told.err == ""
    for sentence in (
        "RIGHT TIBIA",
        "2026-03-14 is day 12, distract.",
        "should read      157      157      157      157      157      157",
        "reads            153      153      153      153      153      153",
        "5 days behind: these are the readings of day 7 (2026-03-09), not of day 12 (2026-03-14).",
        "By these readings the distal fragment is 5.3 mm and 0.0 deg from its planned position.",
        "Deformity remaining by these readings: 8.3 mm short.",
        "Deformity remaining by the plan:        3 mm short.",
        "not for clinical use without clearance",
    ):
        assert sentence in told.out, sentence
    assert call(case, "2026-05-01", 160) == 0
    assert "after the plan's last day, day 17 (2026-03-19)" in capsys.readouterr().out


def test_the_regenerate_of_a_transport_is_not_called_deformity(capsys: pytest.CaptureFixture[str]) -> None:
    sample = Path(__file__).resolve().parents[2] / "sample_cases" / "tibia_transport.json"
    row = hexapod.make_plan(hexapod.load_case(sample)).levels[0].rows[25]
    assert call(sample, row.date.isoformat(), *row.settings_mm) == 0
    told = capsys.readouterr().out
    assert "Deformity remaining by the plan:        none." in told
    assert "Lengthening by the plan:        18 mm (regenerate)." in told
    assert not [line for line in told.splitlines() if line.startswith("Deformity remaining") and "long" in line]


def test_the_file_of_a_follow_up(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(case, "2026-03-10", 154, more=("--format", "json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == [
        "format", "case_id", "case_sha256", "level", "date", "days_after_the_end", "intended", "settings_mm", "struts",
        "struts_said", "struts_asked", "explanation", "remaining", "pose", "distance", "findings",
    ]  # fmt: skip
    assert told["format"] == "hexapod-follow-up/1"
    assert told["case_sha256"] == lengthening().sha256
    assert list(told["intended"]) == ["day", "date", "stage", "models", "settings_mm", "remaining", "pose"]
    assert (told["intended"]["day"], told["intended"]["settings_mm"]) == (8, [154] * 6)
    assert told["explanation"] == {
        "kind": "on-schedule",
        "told": "On schedule: these are the readings of day 8 (2026-03-10).",
        "day": 8,
        "adjustments_done": None,
        "struts": [],
        "alternatives": [],
        "asks": None,
    }
    assert (told["struts"], told["struts_said"], told["struts_asked"]) == (["own"] * 6, False, None)
    assert told["remaining"] == pytest.approx({"short_mm": 7.129032}, abs=1e-6)
    assert told["distance"]["mm"] == pytest.approx(0.129032, abs=1e-6)


def test_readings_that_nothing_explains_have_status_1(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(case, "2026-03-10", 154, 151, 154, 157, 154, 154) == 1
    assert "None of the usual explanations fits" in capsys.readouterr().out
    assert call(case, "2026-03-10", 60, 400, more=("--format", "json")) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["remaining"], told["pose"], told["distance"]) == (None, None, None)
    assert [finding["code"] for finding in told["findings"]] == ["readings.no_pose"]


@pytest.mark.hazard("H-14")
def test_out_writes_the_re_plan_and_leaves_the_old_file(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, new = case.read_bytes(), tmp_path / "new.json"
    assert call(case, "2026-03-10", 154, more=("--out", str(new), "--pause", "3")) == 0
    told = capsys.readouterr()
    assert f"wrote {new}: day 0 is 2026-03-10" in told.err
    assert case.read_bytes() == before
    written = hexapod.load_case(new)
    assert written.derived_from == lengthening().sha256
    assert [stage.name for stage in written.levels[0].stages] == ["pause", "distract", "rest"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.json", "new.json"]
    kept = new.read_bytes()
    for taken in (case, new):
        assert call(case, "2026-03-10", 154, more=("--out", str(taken))) == 2
        told = capsys.readouterr()
        assert (told.out, "exists" in told.err) == ("", True)
    assert (case.read_bytes(), new.read_bytes()) == (before, kept)


def test_all_options_of_the_re_plan(case: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    seen.write_text('{"varus_deg": 2, "short_mm": 7}', "utf-8")
    new = tmp_path / "new.json"
    more = ("--out", str(new), "--pause", "2", "--turn-back", "1", "--slower", "0.5", "--deformity", str(seen))
    assert call(case, "2026-03-10", 154, more=more) == 0
    level = hexapod.load_case(new).document["levels"][0]
    assert level["deformity"] == {"varus_deg": 2, "short_mm": 7}
    assert [stage["name"] for stage in level["stages"]] == ["pause", "turn back", "distract", "rest"]
    assert level["stages"][2]["limits"] == {"mm_per_day": 0.5}


@pytest.mark.hazard("H-04")
def test_doubtful_readings_write_nothing_unless_told_to(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new.json"
    misread = (157, 157, 147, 157, 157, 157)
    assert call(case, "2026-03-13", *misread) == 0
    capsys.readouterr()
    assert call(case, "2026-03-13", *misread, more=("--out", str(new))) == 1
    assert "strut 3 was misread by 10" in capsys.readouterr().err
    assert not new.exists()
    assert call(case, "2026-03-13", *misread, more=("--out", str(new), "--even-if-doubtful")) == 0
    assert new.exists()
    assert call(case, "2026-03-10", 60, 400, more=("--out", str(tmp_path / "none.json"))) == 1
    assert not (tmp_path / "none.json").exists()


def test_a_re_plan_that_is_refused_has_status_1(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured = tmp_path / "measured.json"
    measured.write_text('{"short_mm": 390}', "utf-8")
    more = ("--deformity", str(measured), "--out", str(tmp_path / "new.json"))
    assert call(case, "2026-03-10", 154, more=more) == 1  # no strut of the case reaches so far
    assert "REFUSED strut.travel" in capsys.readouterr().err


WRONG: list[tuple[str, ...]] = [
    ("--pause", "2"),
    ("--turn-back", "2"),
    ("--slower", "0.5"),
    ("--even-if-doubtful",),
    ("--level", "1"),
    ("--out", "NEW", "--pause", "-1"),
    ("--out", "NEW", "--turn-back", "9"),
    ("--out", "NEW", "--slower", "0"),
    ("--out", "NEW", "--slower", "nan"),
    ("--out", "NEW", "--slower", "5"),
    ("--out", "NEW", "--deformity", "nowhere.json"),
    ("--out", "NOWHERE"),
    ("--nonsense",),
]


@pytest.mark.parametrize("more", WRONG, ids=" ".join)
def test_wrong_words(case: Path, tmp_path: Path, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    places = {"NEW": str(tmp_path / "new.json"), "NOWHERE": str(tmp_path / "no" / "new.json")}
    assert call(case, "2026-03-10", 154, more=tuple(places.get(word, word) for word in more)) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.json"]


@pytest.mark.hazard("H-16")
@pytest.mark.parametrize("date", ["2026-02-30", "20260310", "10.3.2026", "2026-3-10", "2026-W11-2", "2026-03-01"])
def test_wrong_dates(case: Path, date: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(case, date, 154) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert date in told.err


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[]", "must be an object"),
        ('{"varus_deg": -1}', "varus_deg = -1"),
        ('{"varus_deg": 1, "valgus_deg": 1}', "not both"),
        ('{"varus": 1}', "did you mean varus_deg?"),
        ('{"varus_deg": 1, "varus_deg": 2}', "stands twice"),
        ('{"varus_deg": NaN}', "finite"),
        ("varus", "not JSON"),
    ],
)
def test_a_measured_deformity_is_read_as_strictly_as_a_case(
    case: Path, tmp_path: Path, text: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "seen.json").write_text(text, "utf-8")
    more = ("--out", str(tmp_path / "new.json"), "--deformity", str(tmp_path / "seen.json"))
    assert call(case, "2026-03-10", 154, more=more) == 2
    assert named in capsys.readouterr().err
    assert not (tmp_path / "new.json").exists()


def test_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import io
    import sys

    class Input:
        buffer: Any = io.BytesIO(json.dumps(lengthening().document).encode())

    monkeypatch.setattr(sys, "stdin", Input())
    assert call(Path("-"), "2026-03-10", 154, more=("--out", str(tmp_path / "new.json"))) == 0
    assert "On schedule" in capsys.readouterr().out
    assert (tmp_path / "new.json").exists()

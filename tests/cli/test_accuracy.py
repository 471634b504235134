"""The command accuracy: text, JSON, its goal, and what it refuses."""

import json
from pathlib import Path

import pytest

from hexapod.cli.main import main

SAMPLES = Path(__file__).parents[2] / "sample_cases"


def test_text_has_sentences_and_every_cause(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accuracy", str(SAMPLES / "tibia_varus.json")]) == 0
    told = capsys.readouterr().out
    assert "Left at the end, with 90 % chance: at most" in told
    assert "of 100 within 2 deg and 3 mm with half the SD" in told
    assert "axial rotation of the ring" in told


def test_json_is_of_the_goal_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accuracy", str(SAMPLES / "tibia_two_levels.json"), "--goal", "1", "1.5", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == "hexapod-accuracy/1"
    first, _ = document["levels"]
    assert first["end"]["goal"] == first["end"]["judged_by"] == {"deg": 1.0, "mm": 1.5}
    assert 0.0 < first["end"]["within_goal"] < first["end"]["within_strict"] < 1.0
    assert sum(cause["share"] for cause in first["end"]["causes"]) == pytest.approx(1.0)


def test_what_makes_no_sense_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accuracy", str(SAMPLES / "tibia_varus.json"), "--goal", "0", "5"]) == 2
    assert "type --goal 5 5" in capsys.readouterr().err
    assert main(["accuracy", str(SAMPLES / "refused_strut_travel.json")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "Refused" in told.err


def test_the_plan_in_text_tells_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(SAMPLES / "tibia_varus.json")]) == 0
    assert "Within 5 deg and 5 mm in about 9" in capsys.readouterr().out
    assert main(["plan", str(SAMPLES / "tibia_varus.json"), "--goal", "2", "3"]) == 0
    assert "5 deg and 5 mm" not in capsys.readouterr().out
    assert main(["plan", str(SAMPLES / "tibia_varus.json"), "--goal", "2", "-3"]) == 2
    assert "type --goal 5 5" in capsys.readouterr().err

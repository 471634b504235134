"""Advice before surgery: what it promises is what the plan of its case then has."""

import json
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.case.model import Case
from hexapod.cli.main import main
from hexapod.preoperative.ring_distance import advise, case_with_advice
from tests.laws.builder import case_of

SAMPLES = Path(__file__).resolve().parents[2] / "sample_cases"


def catalogue_case(at: str = "start", **keys: Any) -> Case:
    """30 mm of lengthening on generic struts, whose readings in the case are of no matter."""
    case = case_of("right", "proximal", deformity={"short_mm": 30}, at=at, **keys)
    case["levels"][0]["frame"]["struts"] = ["generic-medium"] * 6
    return hexapod.read_case(case)


@pytest.mark.parametrize("name", ["tibia_varus", "tibia_chronic", "tibia_transport", "tibia_two_levels"])
def test_every_option_is_what_its_case_plans(name: str) -> None:
    case = hexapod.load_case(SAMPLES / f"{name}.json")
    options = advise(case, 0, [90.0, 120.0, 150.0, 180.0])
    assert [option.height_mm for option in options] != sorted(option.height_mm for option in options)
    assert options == sorted(options, key=lambda o: (bool(o.why_not), o.visits, len(o.exchanges), o.worst_condition))
    tried = 0
    for option in options:
        if option.why_not:
            continue
        plan = hexapod.make_plan(case_with_advice(case, 0, option))
        assert plan.verdict != "refused"
        level = plan.levels[0]
        other = {one.planned_day for one in plan.levels[-1].exchanges} if len(plan.levels) > 1 else set()
        assert len({one.planned_day for one in level.exchanges} - other) <= option.visits
        assert len(level.exchanges) <= len(option.exchanges)
        assert level.rows[0].models == option.models
        # The frame is set to whole marks, and that is what the advice tells of: no strut by another mark.
        assert level.rows[0].settings_mm == option.settings_mm
        tried += 1
    assert tried >= 3


def test_a_neutral_frame_has_six_equal_struts_and_lengthens_them_alike() -> None:
    # The joints stand 20 mm closer than the mid planes: length^2 = (height - 20)^2 + chord^2, the chord alike for all six.
    (option,) = advise(catalogue_case(), 0, [150.0])
    assert len(set(option.settings_mm)) == 1
    assert option.models == ("generic-medium",) * 6
    (late,) = advise(catalogue_case("end"), 0, [150.0])
    assert late.known_settings_mm == option.settings_mm  # neutral at the end
    assert len(set(late.settings_mm)) == 1
    assert late.settings_mm[0] < late.known_settings_mm[0]  # built 30 mm closer together
    height = [(low**2 - high**2) for low, high in zip(late.settings_mm, late.known_settings_mm, strict=True)]
    assert height[0] == pytest.approx(100.0**2 - 130.0**2, rel=0.02)


def test_fewer_visits_come_first_and_what_cannot_be_comes_last_with_its_reason() -> None:
    options = advise(catalogue_case(), 0, [30.0, 45.0, 100.0, 130.0, 400.0])
    assert options[0].height_mm == 130.0  # 142 to 169 mm: one medium strut from the first day to the last
    assert options[0].visits == 0
    good = [option for option in options if not option.why_not]
    assert [option.visits for option in good] == sorted(option.visits for option in good)
    assert options[-1].why_not
    assert "no sequence of models" in next(option for option in options if option.height_mm == 400.0).why_not


def test_heights_are_tried_on_a_grid_where_the_struts_reach() -> None:
    heights = sorted(option.height_mm for option in advise(catalogue_case()))
    assert all(height % 5 == 0 for height in heights)
    # The longest strut reads 285 mm and the chord is some 85 mm: sqrt(285^2 - 85^2) + 20 = 292.
    assert max(heights) == 290.0


@pytest.mark.parametrize("words", [["--level", "1"], ["--heights", "0"], ["--heights", "-5"]])
def test_wrong_questions_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advise", str(SAMPLES / "tibia_varus.json"), *words]) == 2
    assert capsys.readouterr().err


def test_the_command_writes_a_case_that_plans(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = tmp_path / "new.json"
    sample = str(SAMPLES / "tibia_chronic.json")
    assert main(["advise", sample, "--heights", "120", "150", "--out", str(new)]) == 0
    told = capsys.readouterr()
    assert "Ring separation on the last day (chronic mode: pre-deformed frame)" in told.out
    assert str(new) in told.err
    assert hexapod.make_plan(hexapod.load_case(new)).verdict != "refused"
    before = new.read_bytes()
    assert main(["advise", sample, "--out", str(new)]) == 2  # nothing is overwritten
    assert new.read_bytes() == before


def test_the_json_has_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advise", str(SAMPLES / "tibia_varus.json"), "--heights", "20", "150", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == "hexapod-advice/1"
    assert [option["height_mm"] for option in document["options"]] == [150.0, 20.0]
    assert document["options"][1]["visits"] is None
    assert document["options"][1]["why_not"]


def test_no_distance_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advise", str(SAMPLES / "tibia_varus.json"), "--heights", "900"]) == 1
    assert "No ring separation allows this treatment." in capsys.readouterr().out

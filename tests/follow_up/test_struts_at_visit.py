"""Which struts are on the frame at a visit: asked where the calendar does not tell, and believed when it is said."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.case.files import case_text
from hexapod.cli.main import main
from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import FollowUp, follow_up
from hexapod.follow_up.replan import DoubtfulReadings, StrutsUnknown, Wishes, replan
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.hardware.models import Strut
from hexapod.library import ANYONE, Readings, Visit, open_library
from hexapod.library.calls.visits import visit_of, visit_value
from tests.follow_up.test_compare_with_plan import PAIR, exchanged_case, lengthening, on

pytestmark = pytest.mark.hazard("H-27")

ROOT = Path(__file__).resolve().parents[2]
SHORT, LONG = ("pair-short",) * 6, ("pair-long",) * 6
# All six struts are exchanged on day 6: rows 5 and 6 read 152 mm, the latter as 102 on the long scale, which shows 50
# less; rows 7, 8, 9 and 12 are 153, 154, 155 and 157 mm.
CASE = exchanged_case()
PLAN = hexapod.make_plan(CASE, PAIR)


def read(day: int, reading: float, struts: tuple[str, ...] | None = None, catalogue: Catalogue = PAIR) -> FollowUp:
    return follow_up(PLAN, on(day), (reading,) * 6, catalogue=catalogue, struts=struts)


def new_case(found: FollowUp, catalogue: Catalogue = PAIR, **wishes: Any) -> dict[str, Any]:
    return replan(found, Wishes(**wishes), catalogue).document["levels"][0]["frame"]


def test_the_exchange_is_where_it_is_reckoned() -> None:
    assert {one.planned_day for one in PLAN.levels[0].exchanges} == {6}
    assert [PLAN.levels[0].rows[day].settings_mm[0] for day in (5, 6, 7, 9, 12)] == [152, 102, 103, 105, 107]


def test_days_on_both_sides_of_an_exchange_are_asked_about_and_nothing_goes_on() -> None:
    found = read(8, 102)  # 152 mm on the planned long scale: of day 6, 2 days behind, on this side
    assert (found.explanation.kind, found.explanation.day, found.asked) == ("behind", 6, None)
    found = read(8, 101)  # 151 mm, day 4
    assert (found.explanation.kind, found.explanation.day) == ("behind", 4)
    assert found.asked is not None
    assert found.asked.needed
    assert (
        "changes out struts 1, 2, 3, 4, 5 and 6 on day 6 (2026-03-08), between day 4 and day 8" in found.asked.sentence
    )
    assert [one.models for one in found.asked.answers] == [LONG, SHORT]
    for wishes in ({}, {"even_if_doubtful": True}, {"pause_days": 2}):
        with pytest.raises(StrutsUnknown, match="Enter which struts are on the frame"):
            new_case(found, **wishes)
    assert not isinstance(StrutsUnknown(""), DoubtfulReadings)


def test_the_morning_of_the_exchange_is_asked_about_as_well() -> None:
    found = read(6, 152)  # yesterday's row and today's, on the short scale
    assert (found.explanation.kind, found.explanation.day, found.struts[0].name) == ("on-schedule", 6, "pair-short")
    assert found.asked is not None
    assert found.asked.needed
    assert read(6, 102).asked is None or not read(6, 102).asked.needed  # today's row: it has been done


def test_readings_on_the_scales_of_before_are_read_on_them() -> None:
    """155 on day 9 is no length of the long strut's plan; on the short one it is today's row, so it is not exchanged."""
    found = read(9, 155)
    assert (found.explanation.kind, found.explanation.day) == ("on-schedule", 9)
    assert {strut.name for strut in found.struts} == {"pair-short"}
    assert found.planned_mm == (155,) * 6
    assert found.off_mm == pytest.approx(read(9, 105).off_mm)
    assert found.asked is not None
    assert "fit only with the struts of day 5" in found.asked.sentence


def test_not_yet_is_believed_and_the_exchange_still_planned() -> None:
    found = read(9, 155, SHORT)
    assert (found.explanation.kind, found.explanation.day, found.asked, found.struts_said) == (
        "on-schedule", 9, None, True,
    )  # fmt: skip
    frame = new_case(found)
    assert (frame["struts"], frame["settings_mm"], frame["settings_at"]) == (["pair-short"] * 6, [155] * 6, "start")
    new = hexapod.make_plan(replan(found, None, PAIR), PAIR)
    assert [(one.strut, one.new.name) for one in new.levels[0].exchanges] == [(k, "pair-long") for k in range(1, 7)]
    assert [one.settings_mm for one in new.levels[0].rows[1:]] == [one.settings_mm for one in PLAN.levels[0].rows[10:]]


def test_exchanged_early_is_believed_and_not_done_again() -> None:
    found = read(4, 101, LONG)  # row 4 is 151 mm
    assert (found.explanation.kind, found.explanation.day) == ("on-schedule", 4)
    assert found.planned_mm == (101,) * 6
    assert found.T_ref_mov == pytest.approx(read(4, 151).T_ref_mov)
    assert new_case(found)["struts"] == ["pair-long"] * 6
    new = hexapod.make_plan(replan(found, None, PAIR), PAIR)
    assert not new.levels[0].exchanges


def test_another_model_was_fitted() -> None:
    other = Catalogue(
        rings=PAIR.rings,
        struts=PAIR.struts | {"other": Strut("other", "others", 60, 130, 0.5, scale_direction=-1, scale_offset_mm=250)},
    )
    found = read(12, 93, ("other", *LONG[1:]), other)  # strut 1 shows 250 - 157 = 93
    assert found.explanation.kind == "unexplained"  # the other five read 107, not 93
    six = (93.0, *(107.0,) * 5)
    found = follow_up(PLAN, on(12), six, catalogue=other, struts=("other", *LONG[1:]))
    assert (found.explanation.kind, found.explanation.day) == ("on-schedule", 12)
    assert found.planned_mm == six
    assert new_case(found, other)["struts"] == ["other", *LONG[1:]]
    assert new_case(found, other)["settings_mm"] == [93, 107, 107, 107, 107, 107]
    late = follow_up(PLAN, on(12), (97.0, *(103.0,) * 5), catalogue=other, struts=("other", *LONG[1:]))
    assert (late.explanation.kind, late.explanation.day) == ("behind", 7)


def test_every_number_of_struts_may_be_exchanged() -> None:
    mixed = (*SHORT[:2], *LONG[2:])
    found = follow_up(PLAN, on(9), (155, 155, 105, 105, 105, 105), catalogue=PAIR, struts=mixed)
    assert (found.explanation.kind, found.asked) == ("on-schedule", None)
    assert tuple(new_case(found)["struts"]) == mixed


def test_the_case_s_own_struts_are_named_own() -> None:
    case = lengthening()
    found = follow_up(hexapod.make_plan(case), on(8), (154,) * 6, struts=("own",) * 6)
    assert (found.explanation.kind, found.asked) == ("on-schedule", None)
    new = replan(found).document
    assert new["levels"][0]["frame"]["struts"] == case.document["levels"][0]["frame"]["struts"]
    model = next(iter(load_catalogue().struts))
    other = follow_up(hexapod.make_plan(case), on(8), (154,) * 6, struts=(model, *("own",) * 5))
    assert [strut.name for strut in other.struts] == [model, *("own",) * 5]


@pytest.mark.parametrize(
    ("struts", "told"),
    [
        (("pair-short",) * 5, "Give six models, struts 1 to 6, not 5"),
        (("own", *SHORT[1:]), "Strut 1 cannot be own: the case has pair-short there"),
        ((*SHORT[:5], "pair-shrot"), r"Strut 6: .*pair-short"),
    ],
)
def test_struts_that_are_none(struts: tuple[str, ...], told: str) -> None:
    with pytest.raises(HexapodError, match=told):
        read(8, 154, struts)


def test_readings_that_fit_with_either_say_so() -> None:
    """Generic scales show the length itself: the numbers cannot tell which model is on."""
    case = hexapod.load_case(ROOT / "sample_cases" / "tibia_transport.json")
    plan = hexapod.make_plan(case)
    assert {one.planned_day for one in plan.levels[0].exchanges} == {14, 17}
    day = case.first_day + datetime.timedelta(days=15)
    found = follow_up(plan, day, plan.levels[0].rows[12].settings_mm)
    assert found.explanation.day == 12
    assert found.asked is not None
    assert found.asked.needed
    assert "struts 2 and 4 on day 14" in found.asked.sentence
    assert "fit with the struts before the change-out and with those after it" in found.asked.sentence
    with pytest.raises(StrutsUnknown):
        replan(found)
    for row in (12, 15):
        models = plan.levels[0].rows[row].models
        said = follow_up(plan, day, plan.levels[0].rows[12].settings_mm, struts=models)
        assert said.explanation.day == 12
        new = replan(said)
        assert tuple(new.document["levels"][0]["frame"]["struts"]) == models
        again = hexapod.make_plan(new)
        changed = {one.strut for one in again.levels[0].exchanges}
        assert changed == {1, 2, 3, 4, 5, 6} - ({2, 4} if row == 15 else set())
    # On the day itself nothing must be asked, but the numbers leave it open, and that is told.
    today = follow_up(plan, day, plan.levels[0].rows[15].settings_mm)
    assert today.asked is not None
    assert not today.asked.needed
    replan(today)


def test_a_hexapod_that_was_not_read_is_asked_about_too() -> None:
    """In a construct whose hexapods are turned together the unread ones are as late as the read one."""
    case = hexapod.load_case(ROOT / "sample_cases" / "tibia_trifocal.json")
    plan = hexapod.make_plan(case)
    days = {one.planned_day for one in plan.levels[1].exchanges}
    assert days == {49, 52}
    late, today = plan.levels[2].rows[50], case.first_day + datetime.timedelta(days=53)
    found = follow_up(plan, today, late.settings_mm, 2)
    assert found.explanation.day == 50
    assert found.asked is None or not found.asked.needed
    with pytest.raises(StrutsUnknown, match=r"Hexapod 2 .* was not read .* day 50; .* until today, day 53"):
        replan(found)
    for row in (50, 53):
        said = {1: plan.levels[1].rows[row].models}
        new = replan(found, Wishes(struts_of=said)).document
        assert tuple(new["levels"][1]["frame"]["struts"]) == said[1]
        assert new["levels"][1]["frame"]["settings_mm"] == list(plan.levels[1].rows[50].settings_mm)


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    path = tmp_path / "case.json"
    hexapod.save_case(CASE, path)
    monkeypatch.setattr("hexapod.cli.main.load_catalogue", lambda *_: PAIR)
    return lambda day, reading, *more: main(
        ["follow-up", str(path), "--date", on(day).isoformat(), "--settings", *[str(reading)] * 6, *more]
    )


def test_the_command_asks_and_names_the_option_that_works(
    call: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new.json"
    assert call(8, 101) == 1
    assert f"--struts {','.join(SHORT)}" in capsys.readouterr().err
    assert call(8, 101, "--out", str(new), "--even-if-doubtful") == 1
    told = capsys.readouterr()
    assert "Enter which struts are on the frame before going on." in told.err
    assert not new.exists()
    option = next(line for line in told.err.splitlines() if "not yet changed out" in line).split(": ", 1)[1].split()
    assert call(9, 155, *option, "--out", str(new)) == 0
    assert hexapod.load_case(new).document["levels"][0]["frame"]["struts"] == list(SHORT)
    capsys.readouterr()
    assert call(8, 101, "--format", "json") == 1
    asked = json.loads(capsys.readouterr().out)["struts_asked"]
    assert asked["needed"] is True
    assert [one["struts"] for one in asked["answers"]] == [list(LONG), list(SHORT)]
    assert call(8, 101, "--struts", "pair-long,pair-long") == 2
    assert "Give six models" in capsys.readouterr().err


@pytest.mark.hazard("H-16")
def test_nothing_is_built_on_readings_of_a_day_to_come(
    call: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ahead = (datetime.date.today() - on(0)).days + 1
    assert call(ahead, 110) == 0
    assert "is after today" in capsys.readouterr().err
    assert call(ahead, 110, "--out", str(tmp_path / "new.json"), "--turn-back", "1") == 2
    assert "is after today" in capsys.readouterr().err
    assert not (tmp_path / "new.json").exists()
    assert call(ahead - 1, 110) == 0
    assert capsys.readouterr().err == ""


def test_a_visit_keeps_the_struts_and_is_recorded_when_it_was(tmp_path: Path) -> None:
    case = hexapod.load_case(ROOT / "sample_cases" / "tibia_varus.json")
    plan = hexapod.make_plan(case)
    row = plan.levels[0].rows[3]
    visit = Visit(row.date, (Readings(0, row.settings_mm, ("generic-long", *row.models[1:])),))
    assert visit_of(visit_value(visit)) == visit
    clock = datetime.datetime.combine(row.date, datetime.time(12), datetime.UTC)
    with open_library(f"sqlite:///{tmp_path}/library.db", clock=lambda: clock) as library:
        records = library.as_user(ANYONE)
        key = records.cases.add(case_text(case).encode()).case
        records.plans.issue(key, 1, plan)
        records.visits.add(key, 1, visit)
        assert records.visits.of(key)[0].visit == visit
        with pytest.raises(HexapodError, match=f"is after today, {row.date}"):
            records.visits.add(key, 1, Visit(row.date + datetime.timedelta(days=2), ()))


def test_hexapods_are_counted_from_1_and_levels_from_0(capsys: pytest.CaptureFixture[str]) -> None:
    case = str(ROOT / "sample_cases" / "tibia_two_levels.json")
    six = ["142"] * 6
    for command in (["pose", case], ["follow-up", case, "--date", "2028-03-20"]):
        texts = []
        for which in (["--level", "1"], ["--hexapod", "2"]):
            main([*command, *which, "--settings", *six])
            texts.append(capsys.readouterr().out)
        assert texts[0] == texts[1]
        assert "hexapod 2, " in texts[0]
        assert main([*command, "--hexapod", "3", "--settings", *six]) == 2
        assert "--hexapod 1 to --hexapod 2; there is no hexapod 3" in capsys.readouterr().err
        assert main([*command, "--level", "2", "--settings", *six]) == 2
        assert "--hexapod 1 to --hexapod 2" in capsys.readouterr().err
        assert main([*command, "--hexapod", "0", "--settings", *six]) == 2
        assert "there is no hexapod 0" in capsys.readouterr().err

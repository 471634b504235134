"""Every check on both sides of its limit, with literal numbers."""

import copy
from typing import Any

import pytest

import hexapod
from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.schedule.strut_settings import Schedule


def findings(case: dict[str, Any]) -> dict[str, Finding]:
    """The worst finding of every code."""
    plan = hexapod.make_plan(hexapod.read_case(case))
    found: dict[str, Finding] = {}
    for finding in plan.findings:
        old = found.get(finding.code)
        if old is None or (finding.value or 0) > (old.value or 0):
            found[finding.code] = finding
    if plan.verdict == "refused":
        assert all(level.rows == () and level.exchanges == () for level in plan.levels)
    assert (plan.verdict == "refused") == any(finding.verdict == "refused" for finding in plan.findings)
    return found


def moving(case: dict[str, Any], **stage: Any) -> dict[str, Any]:
    """The case with one pure transport stage, on fine struts so that rounding says nothing."""
    case = copy.deepcopy(case)
    level = case["levels"][0]
    level["frame"]["struts"] = ["generic-fine-medium"] * 6
    level["stages"] = [{"name": "move", "transport": {"distal_mm": 6}, **stage}]
    return case


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize(
    ("days", "code", "verdict"),
    [
        (2, "rate.too_fast", "refused"),  # 3.0 mm a day
        (3, "rate.high", "caution"),  # 2.0 mm a day, not above 2.0
        (4, "rate.high", "caution"),  # 1.5
        (5, "rate.high", "caution"),  # 1.2
        (6, None, None),  # 1.0
        (12, None, None),  # 0.5
        (13, "rate.low", "caution"),  # 0.46
    ],
)
def test_rate_of_fixed_days(case_dict: dict[str, Any], days: int, code: str | None, verdict: str | None) -> None:
    found = findings(moving(case_dict, days=days))
    rates = {
        name: finding for name, finding in found.items() if name.startswith("rate.") and name != "rate.above_limit"
    }
    assert {name: finding.verdict for name, finding in rates.items()} == ({code: verdict} if code else {})
    if code:
        assert rates[code].value == pytest.approx(6 / days, abs=1e-9)
        assert rates[code].day in range(1, days + 1)
    assert ("rate.above_limit" in found) == (days < 6)


@pytest.mark.hazard("H-07")
def test_above_one_and_a_half_the_text_is_stronger(case_dict: dict[str, Any]) -> None:
    assert "STRONG CAUTION" in findings(moving(case_dict, days=3))["rate.high"].message
    assert "STRONG CAUTION" not in findings(moving(case_dict, days=4))["rate.high"].message


@pytest.mark.hazard("H-07")
def test_a_slow_limit_is_a_wish_not_a_finding(case_dict: dict[str, Any]) -> None:
    assert "rate.low" not in findings(moving(case_dict, limits={"mm_per_day": 0.25}))
    # A limit of the turn that makes the stage as long as it is, and one that has nothing to do with it.
    turn = moving(case_dict)
    turn["levels"][0]["stages"] = [{"name": "turn", "correct_to": {}, "limits": {"deg_per_day": 0.4}}]
    assert len(hexapod.make_plan(hexapod.read_case(turn)).levels[0].rows) == 1 + 33
    assert "rate.low" not in findings(turn)
    assert "rate.low" in findings(moving(case_dict, limits={"deg_per_day": 5.0}, days=20))
    assert "rate.low" in findings(moving(case_dict, days=20))


@pytest.mark.hazard("H-12")
def test_a_structure_keeps_its_own_limit(case_dict: dict[str, Any]) -> None:
    case = moving(case_dict)
    case["levels"][0]["structures_at_risk"][0]["limit_mm_per_day"] = 0.6
    plan = hexapod.make_plan(hexapod.read_case(case))
    assert len(plan.levels[0].rows) == 1 + 10  # 6 mm at 0.6 mm a day, though the bone may move 1 mm
    case["levels"][0]["stages"][0]["days"] = 9
    found = findings(case)["rate.above_limit"]
    assert (found.limit, found.day is not None) == (0.6, True)
    assert "common peroneal nerve" in found.message


@pytest.mark.hazard("H-07")
def test_turning_too_far_on_fixed_days(case_dict: dict[str, Any]) -> None:
    case = moving(case_dict, days=10)
    case["levels"][0]["stages"] = [
        {"name": "turn", "correct_to": {}, "days": 13, "limits": {"deg_per_day": 0.5, "mm_per_day": 2}}
    ]
    found = findings(case)["rate.above_limit"]
    assert found.unit == "deg/day"
    assert found.limit == pytest.approx(0.5)
    assert found.value is not None
    assert found.value > 0.9


@pytest.mark.hazard("H-17")
def test_coarse_marks_at_a_slow_rate_are_told(case_dict: dict[str, Any]) -> None:
    case = moving(case_dict, limits={"mm_per_day": 0.1})
    case["levels"][0]["frame"]["struts"] = [{"min_mm": 100, "max_mm": 200, "graduation_mm": 5}] * 6
    case["levels"][0]["structures_at_risk"] = []
    found = findings(case)["rate.rounded"]
    assert found.limit == 0.1
    assert found.value is not None
    assert found.value > 5.1
    assert "rate.rounded" not in findings(moving(case_dict))


@pytest.mark.hazard("H-08")
def test_a_reading_outside_its_own_strut_is_refused(case_dict: dict[str, Any]) -> None:
    settings = case_dict["levels"][0]["frame"]["settings_mm"]
    settings[2] = 119
    found = findings(case_dict)["strut.travel"]
    assert (found.strut, found.value, found.limit, found.verdict) == (3, 119.0, 120.0, "refused")
    settings[2] = 120
    assert "strut.travel" not in findings(case_dict)


@pytest.mark.hazard("H-08")
def test_running_out_of_travel_is_refused_only_without_an_exchange(case_dict: dict[str, Any]) -> None:
    far = moving(case_dict)
    far["levels"][0]["stages"][0]["transport"] = {"distal_mm": 60}
    assert "strut.travel" not in findings(far)
    swaps = hexapod.make_plan(hexapod.read_case(far)).levels[0].exchanges
    assert {(swap.old.name, swap.new.name) for swap in swaps} == {("generic-fine-medium", "generic-fine-long")}
    own = copy.deepcopy(far)
    own["levels"][0]["frame"]["struts"] = [{"min_mm": 120, "max_mm": 180, "graduation_mm": 0.25}] * 6
    found = findings(own)["strut.travel"]
    assert found.verdict == "refused"
    assert found.value is not None
    assert found.value > 180
    assert found.limit == 180


def lengthened(struts: str, setting: float, mm: float, at: str = "start") -> dict[str, Any]:
    """A small neutral frame that grows by so much, a millimetre a day."""
    ring = {"model": "generic-full-80"}
    frame = {"proximal_ring": ring, "distal_ring": ring, "struts": [struts] * 6, "settings_mm": [setting] * 6}
    level = {
        "name": "l",
        "reference": "proximal",
        "frame": frame | {"settings_at": at},
        "mounting": {},
        "deformity": {},
    }
    level["stages"] = [{"name": "grow", "transport": {"distal_mm": mm}, "limits": {"mm_per_day": 1.0}}]
    limb = {"side": "right", "bone": "tibia"}
    start = {"start_date": "2026-03-02"}
    return {"format": "hexapod-case/1", "id": "grow", "limb": limb, "levels": [level]} | start


@pytest.mark.hazard("H-08")
def test_a_refusal_names_the_model_that_is_on_that_day() -> None:
    """95 mm xshort struts reach 100 mm on day 5; the clinic opens on Mondays, of which 2 March is day 0."""
    case = lengthened("generic-xshort", 95.0, 60.0) | {"clinic_days": ["mon"]}
    found = findings(case)["strut.travel"]
    assert (found.day, found.value, found.limit) == (6, 101.0, 100.0)
    assert "Generic x-short strut" in found.message
    assert "change-out to Generic short strut on the morning of day 1 to 6" in found.message
    # The first exchange is done on Thursday, day 3; on the Thursdays of the second one the clinic is closed.
    case |= {"clinic_days": ["thu"], "clinic_closed": ["2026-03-26", "2026-04-02", "2026-04-09"]}
    second = findings(case)["strut.travel"]
    assert (
        "its scale (Generic short strut) reads 95 to 130 mm, and a change-out to Generic medium strut" in second.message
    )
    assert (second.value, second.limit) == (131.0, 130.0)
    # Open every day: the longest model of the family is on when it ends.
    far = findings(lengthened("generic-xshort", 95.0, 250.0))["strut.travel"]
    assert "(Generic long strut) reads 170 to 285 mm" in far.message
    assert "x-short" not in far.message
    assert far.limit == 285.0
    # Its own scale on every day: the worst day, and since when.
    own = findings(lengthened("hoffmann-lrf-xshort", 105.0, 60.0))["strut.travel"]
    assert "out of range from day" in own.message
    assert own.limit == 125.0


@pytest.mark.hazard("H-08")
def test_a_motion_can_run_out_between_two_evenings(case_dict: dict[str, Any]) -> None:
    # Strut 1 of a neutral frame runs outwards and back by (-64.248, 49.634) mm.  The ring, set off square to it, slides across,
    # so that strut 1 is shorter at noon than on either evening: its range ends between the two.  No dose turns it there
    # and back, but what the motion asks for is not to be had.
    level = case_dict["levels"][0]
    level.update(adjustments_per_day=8, deformity={}, mounting={"proximal_mm": 60}, structures_at_risk=[])
    level["stages"] = [{"name": "set off", "transport": {"lateral_mm": 0.61134, "anterior_mm": 0.79133}, "days": 1}]
    scale = {"min_mm": 50.0, "max_mm": 300.0, "graduation_mm": 0.001}
    level["frame"]["struts"] = [dict(scale) for _ in range(6)]
    level["frame"]["settings_mm"] = [151, 151, 151, 151, 151, 151]
    off = hexapod.make_plan(hexapod.read_case(case_dict)).levels[0].rows[-1]
    level["frame"]["settings_mm"] = list(off.settings_mm)
    level["stages"] = [{"name": "across", "transport": {"medial_mm": 1.22268, "posterior_mm": 1.58266}, "days": 1}]
    planned = hexapod.make_plan(hexapod.read_case(case_dict)).levels[0]
    assert planned.frame is not None
    evenings = min(row.settings_mm[0] for row in planned.rows)
    noon = float(planned.frame.dose_lengths_mm[1, :, 0].min())
    assert evenings - noon > 0.001
    assert {dose[0] for dose in planned.rows[1].doses_mm} <= {row.settings_mm[0] for row in planned.rows}
    level["frame"]["struts"][0]["min_mm"] = least = (evenings + noon) / 2
    found = findings(case_dict)["strut.travel"]
    assert (found.strut, found.day, found.limit) == (1, 1, least)


def wrong_frame(case: dict[str, Any]) -> dict[str, Any]:
    """Struts that join equal tabs of equal rings: singular at home, as in a public test program."""
    case = copy.deepcopy(case)
    tab = [[-7.49, 93.5, 0], [7.49, 93.5, 0], [84.72, -40.26, 0], [77.23, -53.24, 0], [-77.23, -53.24, 0]]
    joints = [*tab, [-84.72, -40.26, 0]]
    case["levels"][0]["frame"]["proximal_ring"] = {"joints_mm": joints}
    case["levels"][0]["frame"]["distal_ring"] = {"joints_mm": joints}
    return case


@pytest.mark.hazard("H-10")
def test_a_singular_frame_is_reported_as_singular(case_dict: dict[str, Any]) -> None:
    found = findings(wrong_frame(case_dict))
    assert found["frame.singular"].verdict == "refused"
    assert "readings.no_pose" not in found


@pytest.mark.hazard("H-10")
@pytest.mark.parametrize(("turn_deg", "codes"), [(70, set()), (80, {"frame.near_singular"}), (95, {"frame.singular"})])
def test_a_turn_towards_the_singular_position(case_dict: dict[str, Any], turn_deg: float, codes: set[str]) -> None:
    # A quarter turn of one ring on the other is where every Taylor-type frame locks up.
    case = moving(case_dict)
    case["levels"][0]["stages"] = [{"name": "turn", "correct_to": {"external_rotation_deg": turn_deg, "short_mm": 9}}]
    case["levels"][0]["frame"]["struts"] = [{"min_mm": 50, "max_mm": 400, "graduation_mm": 1}] * 6
    found = findings(case)
    assert {code for code in found if code.startswith("frame.")} == codes
    for code in codes:
        assert found[code].verdict == ("refused" if code == "frame.singular" else "caution")
        assert (found[code].value or 0) > (found[code].limit or 1000)


@pytest.mark.hazard("H-18")
def test_readings_that_fit_no_pose_are_refused(case_dict: dict[str, Any]) -> None:
    case_dict["levels"][0]["frame"]["struts"] = [{"min_mm": 1, "max_mm": 400, "graduation_mm": 1}] * 6
    case_dict["levels"][0]["frame"]["settings_mm"] = [300, 120, 134, 123, 150, 149]
    found = findings(case_dict)["readings.no_pose"]
    assert found.verdict == "refused"
    assert found.strut in range(1, 7)
    case_dict["levels"][0]["frame"]["settings_mm"] = [5, 5, 5, 5, 5, 5]
    assert findings(case_dict)["readings.no_pose"].verdict == "refused"


@pytest.mark.hazard("H-04")
@pytest.mark.parametrize(
    ("strut", "typed", "meant"), [(3, 234, "strut 3 reads 134 mm, not 234 mm"), (6, 249, "strut 6 reads 149 mm, not 249 mm")]
)  # fmt: skip
def test_a_mistyped_digit_is_named(case_dict: dict[str, Any], strut: int, typed: float, meant: str) -> None:
    case_dict["levels"][0]["frame"]["settings_mm"][strut - 1] = typed
    found = findings(case_dict)
    told = (found.get("readings.implausible") or found["readings.no_pose"]).message
    assert meant in told


@pytest.mark.hazard("H-04")
def test_two_swapped_readings_are_named(case_dict: dict[str, Any]) -> None:
    # A frame crooked by 60 mm between struts, so that only one swap and no single digit brings it back to sense.
    level = case_dict["levels"][0]
    level.update(deformity={}, mounting={"proximal_mm": 60}, stages=[{"name": "hold", "hold_days": 1}])
    level["frame"]["struts"] = [{"min_mm": 60, "max_mm": 240, "graduation_mm": 1}] * 6
    level["frame"]["settings_mm"] = [200, 120, 180, 150, 130, 170]
    assert "readings.implausible" not in findings(case_dict)
    level["frame"]["settings_mm"] = [200, 120, 180, 150, 170, 130]
    assert "the readings of struts 5 and 6 are swapped" in findings(case_dict)["readings.implausible"].message


@pytest.mark.hazard("H-04")
def test_no_guess_when_more_than_one_slip_would_explain(case_dict: dict[str, Any]) -> None:
    case_dict["levels"][0]["frame"]["settings_mm"][0] = 179
    case_dict["levels"][0]["frame"]["settings_mm"][3] = 179
    told = findings(case_dict)["readings.implausible"].message
    assert "Likely" not in told
    assert "Read all six scales again" in told


@pytest.mark.hazard("H-04")
def test_a_plain_frame_raises_no_suspicion(case_dict: dict[str, Any]) -> None:
    assert findings(case_dict) == {}


@pytest.mark.hazard("H-19")
def test_unverified_hardware_is_told_once_by_name(case_dict: dict[str, Any]) -> None:
    frame = case_dict["levels"][0]["frame"]
    frame["struts"] = ["tsf-medium"] * 6
    plan = hexapod.make_plan(hexapod.read_case(case_dict))
    told = [finding for finding in plan.findings if finding.code == "hardware.unverified"]
    assert len(told) == 1
    assert "TSF medium strut" in told[0].message
    assert plan.verdict == "caution"


def test_limits_stand_in_order_and_have_a_source() -> None:
    ladders = [
        [limits.NEAR_SINGULAR, limits.SINGULAR],
        [limits.SHARED_RING_MM, limits.RING_TWICE_MM],
        [limits.SHARED_RING_DEG, limits.RING_TWICE_DEG],
    ]
    for pace in limits.PACES.values():
        rates = (pace.rate_low, pace.rate_high, pace.rate_strong, pace.rate_too_fast)
        ladders += [
            [limit for limit in rates if limit is not None],
            [pace.turn_usual, pace.turn_high, pace.turn_too_fast],
            [pace.strut_step_high, pace.strut_step_too_far],
            [pace.combined, pace.combined_too_fast],
        ]
    for ladder in ladders:
        values = [limit.value for limit in ladder]
        assert values == sorted(set(values)), ladder
        assert len({limit.unit for limit in ladder}) == 1, ladder
    for limit in vars(limits).values():
        if isinstance(limit, limits.Limit):
            assert limit.source
            assert limit.hazard.startswith("H-")


def test_not_a_number_fails_every_limit() -> None:
    assert limits.RATE_HIGH.exceeded_by(float("nan"))
    assert limits.SINGULAR.exceeded_by(float("inf"))
    assert not limits.RATE_HIGH.exceeded_by(1.0)
    assert limits.RATE_HIGH.exceeded_by(1.0 + 1e-8)


@pytest.mark.hazard("H-07")
def test_a_stage_that_moves_nothing_is_not_slow(case_dict: dict[str, Any]) -> None:
    case = moving(case_dict)
    case["levels"][0]["deformity"] = {}
    case["levels"][0]["stages"] = [{"name": "already there", "correct_to": {}}]
    assert "rate.low" not in findings(case)


@pytest.mark.hazard("H-07")
def test_a_turn_that_no_tracked_point_feels_is_told(case_dict: dict[str, Any]) -> None:
    case = moving(case_dict)
    level = case["levels"][0]
    level.update(deformity={"external_rotation_deg": 7}, bone=None, structures_at_risk=[])
    level["stages"] = [{"name": "turn", "correct_to": {}}]
    found = findings(case)
    assert "diameter of the bone" in found["rate.unjudged"].message
    assert "rate.low" not in found  # whether the edge of the bone moves slowly is not known


def test_of_equal_days_the_first_is_named(case_dict: dict[str, Any]) -> None:
    assert findings(moving(case_dict, days=5))["rate.high"].day == 1
    assert findings(moving(case_dict, days=13))["rate.low"].day == 1


@pytest.mark.hazard("H-10")
def test_a_strut_that_shrinks_to_nothing_is_singular_in_plain_json(case_dict: dict[str, Any]) -> None:
    import json

    from hexapod.plan.plan_file import plan_document

    case_dict["levels"][0]["frame"]["distal_ring"] = {"joints_mm": [[1, 2, 3]] * 6}
    plan = hexapod.make_plan(hexapod.read_case(case_dict))
    assert {finding.code for finding in plan.findings} == {"frame.singular"}
    assert "Infinity" not in json.dumps(plan_document(plan), allow_nan=False)


@pytest.mark.hazard("H-08")
def test_every_refusal_is_told_at_once(case_dict: dict[str, Any]) -> None:
    case = moving(case_dict, days=50)
    case["levels"][0]["stages"][0]["transport"] = {"distal_mm": 300}
    assert {"rate.too_fast", "strut.travel"} <= findings(case).keys()


@pytest.mark.hazard("H-18")
@pytest.mark.parametrize("graduation_mm", [5.001, 25, 1000])
def test_marks_of_no_scale_are_bad_input(case_dict: dict[str, Any], graduation_mm: float) -> None:
    """25 typed for 0.25: on such marks a plan would move nothing, and say that all is well."""
    case_dict["levels"][0]["frame"]["struts"] = [{"min_mm": 0, "max_mm": 1000, "graduation_mm": graduation_mm}] * 6
    with pytest.raises(hexapod.CaseError, match=r"graduation_mm = .*: must be at most 5\."):
        hexapod.read_case(case_dict)


@pytest.mark.hazard("H-18")
def test_settings_on_marks_that_no_pose_has_are_refused(
    case_dict: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Schedule, "lengths_of", lambda _, readings_mm: readings_mm * 0.0 + 1.0)
    found = findings(case_dict)["readings.no_pose"]
    assert "too coarse" in found.message
    assert found.day is not None


@pytest.mark.hazard("H-04")
def test_a_reading_of_zero_is_a_finding(case_dict: dict[str, Any]) -> None:
    case_dict["levels"][0]["frame"]["settings_mm"][0] = 0
    assert {"strut.travel", "readings.no_pose"} == findings(case_dict).keys()

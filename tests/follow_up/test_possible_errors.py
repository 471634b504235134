"""What may have happened before a visit, in literal facts: one story each, what else fits, and what is asked."""

from __future__ import annotations

import pytest

import hexapod
from hexapod.app.steps.follow_up.follow_up_step import HEADS
from hexapod.follow_up.possible_errors import KINDS
from hexapod.follow_up.reading_explanation import DOUBTFUL, PLANNED, Explanation
from hexapod.follow_up.replan import DoubtfulReadings, Wishes, replan
from hexapod.text.follow_up_text import follow_up_sentences
from tests.follow_up.test_compare_with_plan import VARUS, lengthening, said, why

pytestmark = [pytest.mark.hazard("H-04"), pytest.mark.hazard("H-20")]

# Rows 3 to 12 of the even lengthening read 150, 151, 152, 152, 153, 154, 155, 156, 157, 157 on every strut.
FINE = {"graduation": 0.25, "adjustments_per_day": 4}


def rows(**keys: object) -> list[tuple[float, ...]]:
    return [row.settings_mm for row in hexapod.make_plan(lengthening(**keys)).levels[0].rows]


def kinds(found: Explanation) -> list[str]:
    return [found.kind, *(one.kind for one in found.alternatives)]


def of_kind(found: Explanation, kind: str) -> Explanation:
    return next(one for one in (found, *found.alternatives) if one.kind == kind)


def test_every_kind_has_a_heading_and_a_place() -> None:
    assert set(HEADS) == set(KINDS) | PLANNED | {"unexplained"}
    assert set(KINDS) > DOUBTFUL


def test_some_struts_turned_today_and_others_not_yet() -> None:
    found = why(8, 154, 153, 154, 154, 153, 153)
    assert (found.kind, found.day, found.adjustments_done, found.struts) == ("some-turned", 8, 0, (2, 5, 6))
    assert found.sentence.startswith(
        "Probably struts 1, 3 and 4 did today's adjustments, and struts 2, 5 and 6 not yet. Look what is still to be"
    )
    assert found.asks == ""
    # In the morning of the day after it is the same of yesterday.
    assert (why(9, 154, 153, 154, 154, 153, 153).kind, why(9, 154, 153, 154, 154, 153, 153).day) == ("some-turned", 8)
    # Of day 5 the second adjustment reads 151.25, the third 151.5.
    part = why(5, 151.5, 151.25, 151.25, 151.25, 151.5, 151.25, **FINE)
    assert (part.kind, part.day, part.adjustments_done, part.struts) == ("some-turned", 5, 2, (2, 3, 4, 6))
    assert "did today's adjustments up to number 3, and struts 2, 3, 4 and 6 not yet beyond number 2" in part.sentence


def test_a_strut_not_turned_for_days() -> None:
    found = why(11, 157, 157, 152, 157, 157, 157)
    assert of_kind(found, "not-turned").struts == (3,)
    told = of_kind(found, "not-turned").sentence
    assert "trut 3 was not turned for 5 days, since the evening of day 6 (2026-03-08)" in told
    two = why(11, 157, 153, 153, 157, 157, 157)
    assert of_kind(two, "not-turned").struts == (2, 3)
    assert "truts 2 and 3 were not turned for 4 days, since the evening of day 7" in of_kind(two, "not-turned").sentence
    # 155 on day 11 is as well two days not turned (rows 9 to 11) as one day turned the wrong way (156 - 1).
    both = why(11, 155, 157, 157, 157, 157, 157)
    assert {"not-turned", "wrong-way"} <= set(kinds(both))


def test_two_struts_turned_by_each_other_s_steps() -> None:
    plan = rows(**VARUS)
    start, end = plan[3], plan[8]
    i, j = 1, 4
    assert end[i] - start[i] != end[j] - start[j]
    six = list(end)
    six[i], six[j] = start[i] + end[j] - start[j], start[j] + end[i] - start[i]
    found = of_kind(why(8, *six, **VARUS), "increments-swapped")
    assert (found.day, found.struts) == (8, (2, 5))
    assert (
        "truts 2 and 5 were each turned by the other's steps since stage 'distract' began, after day 3"
        in found.sentence
    )
    today = list(end)
    before = plan[7]
    today[i], today[j] = before[i] + end[j] - before[j], before[j] + end[i] - before[i]
    if today != list(end):
        assert "increments-swapped" in kinds(why(8, *today, **VARUS))


@pytest.mark.parametrize(("by_mm", "word"), [(1, "high"), (-1, "low")])
def test_all_scales_read_a_millimetre_off(by_mm: float, word: str) -> None:
    six = [value + by_mm for value in rows(**VARUS)[8]]
    found = of_kind(why(8, *six, **VARUS), "scales-shifted")
    assert (found.day, found.struts) == (8, (1, 2, 3, 4, 5, 6))
    assert f"ll six scales were read 1 mm too {word}; without that they are those of today's row" in found.sentence


@pytest.mark.parametrize(
    ("order", "listed"), [((0, 5, 4, 3, 2, 1), "1, 6, 5, 4, 3, 2"), ((5, 4, 3, 2, 1, 0), "6, 5, 4, 3, 2, 1")]
)
def test_counted_clockwise(order: tuple[int, ...], listed: str) -> None:
    turned = {"deformity": {"short_mm": 6, "varus_deg": 8, "apex_anterior_deg": 5, "medial_mm": 4}}
    row = rows(**turned)[9]
    found = why(9, *[row[k] for k in order], **turned)
    assert (found.kind, found.day, found.struts) == ("numbered-clockwise", 9, (1, 2, 3, 4, 5, 6))
    assert f"listed from strut {listed[0]} ({listed})" in found.sentence
    assert found.asks


@pytest.mark.parametrize("days", [2, 3, 4, 5, 6])
def test_the_wrong_way_for_days(days: int) -> None:
    """One strut, and all, on and before a day: as far back as they should have gone on."""
    plan = rows(**VARUS)
    day = 10
    start, end = plan[day - days], plan[day]
    mirrored = [2 * a - b for a, b in zip(start, end, strict=True)]
    one = [*end[:3], mirrored[3], *end[4:]]
    assert of_kind(why(day, *one, **VARUS), "wrong-way").struts == (4,)
    found = why(day, *mirrored, **VARUS)
    assert found.kind != "unexplained"
    assert any(other.kind == "wrong-way" and len(other.struts) == 6 for other in (found, *found.alternatives))
    assert any(
        "all struts were turned the wrong way" in other.sentence.lower() for other in (found, *found.alternatives)
    )


def test_the_wrong_way_on_days_past() -> None:
    # On days 5 and 6 (151 to 152) strut 2 went to 150, from there by the plan's steps: 2 less than the row ever since.
    found = why(12, 157, 155, 157, 157, 157, 157)
    assert "wrong-way" in kinds(found)
    assert found.day == 12


def test_what_fits_as_well_is_told() -> None:
    """4 days behind, or all six read 1 mm too low and 3 days behind: both are there, the plan's own row first."""
    found = said(12, 154)
    assert found.explanation.kind == "behind"
    assert {one.kind for one in found.explanation.alternatives} >= {"scales-shifted", "wrong-way"}
    told = follow_up_sentences(found)
    assert told[0] == found.explanation.sentence
    for one in found.explanation.alternatives:
        assert f"Also fits: {one.sentence}" in told
        assert one.alternatives == ()
        assert one.day is not None
    assert why(8, 154).alternatives == ()  # the row of the day says nothing else


def test_readings_of_today_and_yesterday_are_not_asked_about() -> None:
    for day in (8, 9):
        assert why(day, 154).asks == ""
    assert why(8, 155).kind == "ahead"
    assert why(12, 153).asks == ""


def test_a_likely_mistake_is_asked_about_before_anything_is_built_on_it() -> None:
    """157 on strut 3 and 147 instead: misread by 10, or turned the wrong way: only the latter is where the strut is."""
    hexapod.make_plan(lengthening())
    for readings, kind in (((157, 157, 147, 157, 157, 157), "misread"), ((156,) * 6, "scales-shifted")):
        found = said(11, *readings)
        if kind == "scales-shifted":
            assert found.explanation.kind == "behind"  # of yesterday, as a visit in the morning expects
            replan(found)
            continue
        assert found.explanation.kind == kind
        with pytest.raises(DoubtfulReadings, match="ead all six scales again"):
            replan(found)
        replan(found, Wishes(even_if_doubtful=True))


def test_an_exchange_of_readings_is_likelier_than_two_struts_turned_back_and_asked_about_either_way() -> None:
    keys = {"deformity": {"short_mm": 3, "varus_deg": 4}, "adjustments_per_day": 3}
    assert rows(**keys)[5] == (152, 152, 155, 155, 148, 148)
    found = why(5, 148, 152, 155, 155, 152, 148, **keys)
    assert (found.kind, found.struts) == ("exchanged", (1, 5))
    assert of_kind(found, "wrong-way").struts == (1, 5)
    assert found.asks


def test_another_mistake_that_is_as_likely_is_asked_about() -> None:
    keys = {"deformity": {"short_mm": 6, "varus_deg": 2}}
    assert rows(**keys)[8] == (154, 154, 156, 156, 152, 152)
    found = why(8, 153, 153, 155, 155, 151, 151, **keys)
    assert (found.kind, found.day, found.struts) == ("some-turned", 7, (5, 6))
    assert "It may also be that all six scales were read 1 mm too low" in found.asks
    with pytest.raises(DoubtfulReadings, match="may mean something else"):
        replan(said(8, 153, 153, 155, 155, 151, 151, **keys))


def test_nothing_is_invented_for_a_frame_that_slipped() -> None:
    for readings in ((154, 151, 154, 157, 154, 154), (158, 150, 154, 159, 149, 154), (154, 154, 154, 154, 154, 158)):
        assert why(8, *readings).kind in ("unexplained", "not-turned", "wrong-way", "misread")
    assert why(8, 158, 150, 154, 159, 149, 154).kind == "unexplained"

"""The treatment step on the screen: rows of stages, templates, the effect while editing, alternatives as columns."""

from __future__ import annotations

import copy
import json
import re
from html import unescape
from typing import Any

import pytest

import hexapod
from hexapod.app.draft import storage
from hexapod.app.draft.conversion import read_draft
from hexapod.app.steps.treatment import summary
from hexapod.library import ANYONE, open_library
from hexapod.text.plan_summary import compared, summary_lines, summary_of
from hexapod.text.stage_spans import span_words, spans
from tests.app.driver import SAMPLES, Form, plan_id

Document = dict[str, Any]


def _treatment(form: Form, stem: str = "tibia_varus") -> Form:
    return form.sample(stem).step("treatment")


def _uids(form: Form, level: int = 0) -> list[str]:
    return [stage["uid"] for stage in form.case.draft["levels"][level]["stages"]]


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "|", html)).replace("\xa0", " ")


def _panel(form: Form) -> str:
    (panel,) = re.findall(r'<section class="hx-effect[^"]*".*?</section>', form.html, re.DOTALL)
    return panel


def _told(form: Form) -> list[list[str]]:
    """The rows of the panel, a list of cells each."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", _panel(form))
    return [[_text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def _effect(document: Document) -> list[list[str]]:
    case = hexapod.read_case(document)
    return [
        [line.name, line.text] for line in summary_lines(summary_of(hexapod.make_plan(case)), levels=len(case.levels))
    ]


def _buttons(form: Form) -> set[str]:
    return {button.key for button in form.at.button}


@pytest.mark.parametrize("stem", ["tibia_transport", "tibia_stacked_transport", "refused_strut_travel"])
def test_the_effect_is_that_of_the_plan(form: Form, stem: str) -> None:
    document = json.loads((SAMPLES / f"{stem}.json").read_text("utf-8"))
    assert _told(_treatment(form, stem)) == _effect(document)


@pytest.mark.hazard("H-13")
def test_the_effect_follows_every_entry_and_goes_with_a_wrong_one(form: Form, varus: Document) -> None:
    _treatment(form).type("Maximum rate, mm per day", "0,8")
    before = _effect(varus)
    varus["levels"][0]["limits"]["mm_per_day"] = 0.8
    assert _told(form) == _effect(varus) != before
    form.type("Maximum rate, mm per day", "0.8 mm")
    assert _told(form) == []
    assert "Available once the data are complete." in _panel(form)
    assert "Maximum rate: “0.8 mm”: type the number alone" in _text(_panel(form))
    assert "hx-stage-days" in form.html
    assert "Days not planned yet." in form.html
    form.type("Maximum rate, mm per day", "0.8")
    assert _told(form) == _effect(varus)


def test_the_effect_plans_once(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    _treatment(form).press("keep-alternative").type("Maximum rate, mm per day", "0,9")
    planned = []

    def counted(case: Any) -> Any:
        planned.append(case.sha256)
        return hexapod.make_plan(case)

    monkeypatch.setattr("hexapod.app.draft.outcome.make_plan", counted)
    form.type("Maximum rate, mm per day", "0,85")
    assert len(planned) == 1
    form.press(f"edit-{_uids(form)[0]}").press("work-on-A").press("work-on-B")
    assert len(planned) == 1


def test_rows_tell_what_each_stage_does_and_when(form: Form, varus: Document) -> None:
    case = hexapod.read_case(varus)
    text = _text(_treatment(form).html)
    for span in spans(hexapod.make_plan(case).levels[0]):
        assert span_words(span) in text
    assert "8 to 17, Tue 10 Mar to Thu 19 Mar 2026" in text
    assert "Corrects to a target deformity of 14 deg varus, 6 deg apex anterior" in text
    assert not [field for field in form.at.text_input if field.label == "Stage 1: name"]


def test_one_stage_is_open_at_a_time_or_all(form: Form) -> None:
    first, second, *_ = _uids(_treatment(form))
    names = lambda: [field.label for field in form.at.text_input if field.label.startswith("Stage ")]  # noqa: E731
    form.press(f"edit-{second}")
    assert names() == ["Stage 2: name"]
    form.press(f"edit-{first}")
    assert names() == ["Stage 1: name"]
    form.press(f"edit-{first}")
    assert names() == []
    form.press("open-all")
    assert names() == [f"Stage {k}: name" for k in (1, 2, 3, 4)]
    form.press("open-all")
    assert names() == []


def test_what_is_wrong_in_a_closed_stage_is_told_in_its_row(form: Form) -> None:
    first = _uids(_treatment(form))[0]
    form.press(f"edit-{first}").type("Hold, days", "7.5").press(f"edit-{first}")
    assert "To correct: “7.5”: must be a whole number such as 12." in _text(form.html)
    form.press(f"edit-{first}")
    assert form.field("Hold, days").value == "7.5"
    form.type("Hold, days", "").press(f"edit-{first}")
    assert "Entries are missing: press Edit." in form.html


def test_stages_are_copied_removed_and_put_back(form: Form, varus: Document) -> None:
    stages = varus["levels"][0]["stages"]
    uids = _uids(_treatment(form))
    form.press(f"copy-{uids[1]}")
    stages.insert(2, copy.deepcopy(stages[1]))
    assert form.document == varus
    # The copy is open: what is typed is its own.
    form.type("Stage 3: name", "again")
    stages[2]["name"] = "again"
    assert form.document == varus
    assert "put-back" not in _buttons(form)
    form.press(f"remove-{uids[0]}").press(f"remove-{uids[3]}")
    assert form.document["levels"][0]["stages"] == stages[1:4]
    assert form.at.button(key="put-back").label == "Put back: consolidation"
    form.press("put-back").press("put-back")
    assert form.document == varus
    assert "put-back" not in _buttons(form)
    form.press(f"later-{uids[0]}").press(f"earlier-{uids[0]}").press(f"earlier-{uids[3]}")
    stages[-2:] = stages[:-3:-1]
    assert form.document == varus


@pytest.mark.hazard("H-21")
def test_what_was_removed_can_be_put_back_after_the_window_was_closed(form: Form, varus: Document) -> None:
    form.press(f"remove-{_uids(_treatment(form))[2]}")
    again = Form(case=form.case.token, step="treatment").press("put-back")
    assert again.document == varus


TEMPLATES: list[tuple[str, dict[str, str], Document]] = [
    ("all-at-once", {"Latency, days": "6"}, {"latency_days": 6}),
    ("distract-then-correct", {"Gap beyond length, mm": "3,5", "Consolidation, days": "60"}, {"gap_mm": 3.5, "consolidation_days": 60}),
    ("distract-derotate-reduce", {"Gap beyond length, mm": "4"}, {"gap_mm": 4}),
    ("lengthening", {"Lengthening, mm": "40"}, {"length_mm": 40}),
    ("transport", {"Along the bone, mm": "12", "Compression after docking, mm": "1"}, {"transport": {"distal_mm": 12}, "compression_mm": 1}),
    ("accordion", {"Compression in each cycle, mm": "2", "Distraction in each cycle, mm": "3", "Number of cycles": "2"}, {"compress_mm": 2, "distract_mm": 3, "cycles": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "typed", "options"), TEMPLATES, ids=[one[0] for one in TEMPLATES])
def test_a_template_puts_in_exactly_what_the_python_function_makes(
    form: Form, varus: Document, name: str, typed: dict[str, str], options: Document
) -> None:
    level = varus["levels"][0]
    before = copy.deepcopy(level["stages"])
    _treatment(form).choose("Choose a protocol", name)
    for label, text in typed.items():
        form.type(label, text)
    if name == "transport":
        form.choose("along the bone: direction", "distal_mm")
    # Nothing of it is in the case before it is put in.
    assert form.document == varus
    level["stages"] = hexapod.stages_from_template(
        name, deformity=level["deformity"], reference=level["reference"], **options
    )
    assert all(f"<b>{stage['name']}</b>:" in form.html for stage in level["stages"])
    form.press("template-put-in")
    assert form.document == varus
    assert _told(form) == _effect(varus)
    assert "template-put-in" not in _buttons(form)
    form.run()
    assert "template-put-in" not in _buttons(form)
    form.press("take-back")
    assert form.document["levels"][0]["stages"] == before


def test_a_wrong_number_of_a_template_says_what_to_type_and_puts_nothing_in(form: Form, varus: Document) -> None:
    _treatment(form).choose("Choose a protocol", "lengthening").type("Lengthening, mm", "40 mm")
    assert "“40 mm”: type the number alone; its unit stands in the label." in _text(form.html)
    form.press("template-put-in")
    assert form.document == varus
    assert form.field("Lengthening, mm").value == "40 mm"
    # The plan of the case stands: a template not put in is no part of it.
    assert _told(form) == _effect(varus)
    assert form.at.button(key="step-treatment").label.endswith("[complete]")
    form.type("Lengthening, mm", "").press("template-put-in")
    assert form.document == varus


def test_the_last_number_typed_is_taken_along_when_stages_are_put_in(form: Form) -> None:
    """The browser may report the field and the click at once."""
    _treatment(form).choose("Choose a protocol", "lengthening").type("Lengthening, mm", "40")
    form.field("Lengthening, mm").input("25")
    form.press("template-put-in")
    assert form.document["levels"][0]["stages"][1]["transport"] == {"distal_mm": 25}


@pytest.mark.slow
def test_alternatives_are_compared_and_one_is_chosen(form: Form, varus: Document) -> None:
    slow, slowest = copy.deepcopy(varus), copy.deepcopy(varus)
    slow["levels"][0]["limits"]["mm_per_day"] = 0.75
    slow["levels"][0]["stages"].pop()
    slow["exchange_reserve_mm"] = 5
    slowest["levels"][0]["limits"]["mm_per_day"] = 0.5
    _treatment(form).press("keep-alternative")
    assert all(first == second for _, first, second in _told(form)[1:])
    form.type("Maximum rate, mm per day", "0,75").press(f"remove-{_uids(form)[-1]}")
    form.type("Minimum strut travel remaining, mm", "5").type("Alternative B", "slow")
    assert form.document == slow
    form.press("work-on-A").press("keep-alternative").type("Maximum rate, mm per day", "0,5")
    assert form.document == slowest
    first, *others = (summary_of(hexapod.make_plan(case)) for case in map(hexapod.read_case, (varus, slow, slowest)))
    all_stages = "latency, distract, correct, consolidation"
    entered = [
        ["Minimum strut travel remaining", "empty", "5", "empty"],
        ["Maximum rate", "1", "0,75", "0,5"],
        ["Stages", all_stages, "latency, distract, correct", all_stages],
    ]
    rows = []
    for both in zip(*(compared(first, other) for other in others), strict=True):
        differs = [not one.difference.startswith("the same") for one in both]
        told = [
            f"{one.second}|{one.difference}|" if differ else one.second
            for one, differ in zip(both, differs, strict=True)
        ]
        if both[0].name in summary.ALWAYS or any(differs):
            rows.append([both[0].name, both[0].first, *told])
    assert _told(form) == [["Differences are from A", "A", "B: slow", "C"], *entered, *rows]
    assert {"Days of treatment", "Last adjustment", "Strut change-outs", "Warnings"} < {row[0] for row in rows}
    assert "Alternative C is in work" in form.html
    assert 'class="hx-differs"' in _panel(form)

    form.press("work-on-A")
    assert form.document == varus
    assert form.field("Maximum rate, mm per day").value == "1"
    assert form.field("Minimum strut travel remaining, mm").value == ""
    assert "Alternative A is in work" in form.html
    # The plan, the file and the banner are those of A alone.
    assert plan_id(hexapod.read_case(varus)) in form.html
    assert plan_id(hexapod.read_case(slow)) not in form.html
    assert "put-back" not in _buttons(form)

    form.press("work-on-B").press("drop-A").press("drop-C")
    assert form.document == slow
    assert _told(form) == _effect(slow)
    assert "in work" not in form.html
    form.press("take-up-A").press("work-on-A")
    assert form.document == varus
    assert form.press("take-up-C").press("work-on-C").document == slowest


@pytest.mark.hazard("H-21")
def test_an_alternative_outlives_its_window_and_is_not_in_the_next_case(form: Form, varus: Document) -> None:
    _treatment(form).press("keep-alternative").type("Maximum rate, mm per day", "0,75")
    again = Form(case=form.case.token, step="treatment")
    assert "Alternative B is in work" in again.html
    again.press("work-on-A")
    assert again.document == varus
    again.step("limb").sample("tibia_transport").step("treatment")
    assert "in work" not in again.html
    assert again.case.draft["alternatives"] == []


@pytest.mark.hazard("H-13")
def test_what_is_typed_with_the_click_that_changes_over_goes_to_the_one_in_work(form: Form, varus: Document) -> None:
    _treatment(form).press("keep-alternative")
    form.field("Maximum rate, mm per day").input("0,7")
    form.press("work-on-A")
    assert form.document == varus
    form.press("work-on-B")
    varus["levels"][0]["limits"]["mm_per_day"] = 0.7
    assert form.document == varus


@pytest.mark.hazard("H-13")
def test_a_browser_that_still_reports_the_fields_of_the_other_alternative(form: Form, varus: Document) -> None:
    _treatment(form).press("keep-alternative").type("Maximum rate, mm per day", "0,7")
    late = form.field("Maximum rate, mm per day")._widget_state
    form.press("work-on-A")
    reported = form.at._tree.get_widget_states()
    reported.widgets.append(late)
    form.at._run(reported)
    assert form.document == varus


def test_an_alternative_that_cannot_be_planned_is_told_with_what_it_lacks(form: Form, varus: Document) -> None:
    _treatment(form).press("keep-alternative").type("Maximum rate, mm per day", "x")
    planned = [[name, text, "no plan"] for name, text in _effect(varus) if name in summary.ALWAYS]
    wanted = [["Differences are from A", "A", "B"], ["Maximum rate", "1", "x"], *planned]
    assert _told(form) == wanted
    assert "Maximum rate: “x”: is not a number" in _text(_panel(form))
    form.press("work-on-A")
    assert _told(form) == wanted


def test_documents_are_those_of_the_alternative_in_work(form: Form, varus: Document) -> None:
    _treatment(form).press("keep-alternative").type("Maximum rate, mm per day", "0,9").step("check")
    varus["levels"][0]["limits"]["mm_per_day"] = 0.9
    kept = open_library().as_user(ANYONE).drafts.load(form.case.token)
    assert kept is not None
    draft = storage.draft_in(kept.text)
    assert len(draft["alternatives"]) == 2
    assert form.document == read_draft(draft).document == varus
    case = hexapod.read_case(varus)
    plan = hexapod.make_plan(case)
    assert plan_id(case) in form.html
    assert f'<th scope="row">{plan.levels[0].rows[-1].day}</th>' in form.html
    assert form.html.count('<th scope="row">') >= len(plan.levels[0].rows)


def test_levels_have_their_own_stages_kept_and_put_back(form: Form) -> None:
    document = json.loads((SAMPLES / "tibia_two_levels.json").read_text("utf-8"))
    _treatment(form, "tibia_two_levels").press(f"remove-{_uids(form)[0]}")
    second = form.case.draft["levels"][1]["uid"]
    form.press(f"level-{second}")
    assert "put-back" not in _buttons(form)
    form.choose("Choose a protocol", "all-at-once").press("template-put-in")
    del document["levels"][0]["stages"][0]
    level = document["levels"][1]
    level["stages"] = hexapod.stages_from_template(
        "all-at-once", deformity=level["deformity"], reference=level["reference"]
    )
    assert form.document == document


def test_names_of_stages_never_become_markup(form: Form) -> None:
    nasty = '<img src=x onerror=alert(1)>"&![x](y)'
    first = _uids(_treatment(form))[0]
    form.press(f"edit-{first}").type("Stage 1: name", nasty).press(f"remove-{first}")
    assert "<img src=x" not in form.html
    assert form.at.button(key="put-back").label.startswith("Put back: \\<img src=x")
    form.press("put-back")
    assert "<img src=x" not in form.html
    assert "&lt;img" in form.html

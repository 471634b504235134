"""Any sequence of edits in the page gives the plan that the same edits give in Python."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import hexapod
from hexapod.deformity import quantities as w
from hexapod.text.numbers import number
from tests.amount import amount
from tests.app.driver import SAMPLES, Form, plan_id

Document = dict[str, Any]
# One edit: what is edited, which of the things in question (taken round), a number, and whether it has a comma.
Edit = tuple[str, int, float, bool]
SAMPLE: Document = json.loads((SAMPLES / "tibia_two_levels.json").read_text("utf-8"))
KINDS = (
    "title", "child", "date", "reading", "deformity", "mounting", "limit", "doses", "reserve", "diameter",
    "hold", "add stage", "remove stage", "move stage", "remove level", "add level",
)  # fmt: skip


class Twice:
    """The page and the document, edited side by side."""

    def __init__(self) -> None:
        self.form = Form(case="sample-tibia_two_levels", step="limb")
        self.document = copy.deepcopy(SAMPLE)
        self.unfinished: list[str] = []

    def edit(self, edit: Edit) -> None:
        kind, which, size, comma = edit
        index = which % len(self.document["levels"])
        text = number(size).replace(".", ",") if comma else number(size)
        do: Callable[..., None] = getattr(self, f"_{kind.replace(' ', '_')}")
        do(index, which, size, text)

    # Of the case.

    def _title(self, _index: int, which: int, _size: float, text: str) -> None:
        self._type("limb", ("title",), f"title {text} {which}")
        self.document["title"] = f"title {text} {which}"

    def _child(self, _index: int, which: int, _size: float, _text: str) -> None:
        said = ("yes", "no", None)[which % 3]
        self._choose("limb", ("limb", "child"), said)
        self.document["limb"].pop("child", None)
        if said:
            self.document["limb"]["child"] = said == "yes"

    def _date(self, _index: int, which: int, _size: float, _text: str) -> None:
        self._type("limb", ("start_date",), f"2026-03-{which % 28 + 1:02d}")
        self.document["start_date"] = f"2026-03-{which % 28 + 1:02d}"

    def _reserve(self, _index: int, _which: int, size: float, text: str) -> None:
        self._type("treatment", ("exchange_reserve_mm",), text)
        self.document["exchange_reserve_mm"] = size

    # Of a level.

    def _reading(self, index: int, which: int, size: float, _text: str) -> None:
        strut = which % 6
        settings_mm = self.document["levels"][index]["frame"]["settings_mm"]
        reading = settings_mm[strut] + round(size)  # the struts of the sample have marks of whole millimetres
        self._type("frame", (*self._path(index), "frame", "settings_mm", str(strut)), number(reading))
        settings_mm[strut] = reading

    def _deformity(self, index: int, which: int, size: float, text: str) -> None:
        self._words(index, "deformity", w.DEFORMITY[which % len(w.DEFORMITY)], which, size, text)

    def _mounting(self, index: int, which: int, size: float, text: str) -> None:
        self._words(index, "mounting", w.MOUNTING[which % len(w.MOUNTING)], which, size, text)

    def _diameter(self, index: int, _which: int, size: float, text: str) -> None:
        self._type("deformity", (*self._path(index), "bone", "diameter_mm"), f"2{text}")
        self.document["levels"][index].setdefault("bone", {})["diameter_mm"] = float(f"2{number(size)}")

    def _limit(self, index: int, which: int, _size: float, _text: str) -> None:
        limit = (0.5, 0.75, 1.25)[which % 3]
        self._type("treatment", (*self._path(index), "limits", "mm_per_day"), number(limit).replace(".", ","))
        self.document["levels"][index].setdefault("limits", {})["mm_per_day"] = limit

    def _doses(self, index: int, which: int, _size: float, _text: str) -> None:
        self._type("treatment", (*self._path(index), "adjustments_per_day"), str(which % 4 + 1))
        self.document["levels"][index]["adjustments_per_day"] = which % 4 + 1

    # Of its stages.

    def _hold(self, index: int, which: int, _size: float, _text: str) -> None:
        stages = self.document["levels"][index]["stages"]
        held = [k for k, stage in enumerate(stages) if "hold_days" in stage]
        if held:
            stage = held[which % len(held)]
            self._type("treatment", (*self._stage(index, stage), "hold_days"), str(which + 1), stages=True)
            stages[stage]["hold_days"] = which + 1

    def _add_stage(self, index: int, which: int, _size: float, _text: str) -> None:
        self._at("treatment", index, stages=True)
        self.form.press("add-stage")
        path = self._stage(index, -1)
        self._type("treatment", (*path, "name"), f"rest {which}", stages=True)
        self._choose("treatment", (*path, "kind"), "hold_days", stages=True)
        self._type("treatment", (*path, "hold_days"), str(which + 1), stages=True)
        self.document["levels"][index]["stages"].append({"name": f"rest {which}", "hold_days": which + 1})

    def _remove_stage(self, index: int, which: int, _size: float, _text: str) -> None:
        stages = self.document["levels"][index]["stages"]
        if len(stages) > 1:
            self._at("treatment", index)
            self.form.press(f"remove-{self._stage(index, which % len(stages))[-1]}")
            del stages[which % len(stages)]

    def _move_stage(self, index: int, which: int, _size: float, _text: str) -> None:
        stages = self.document["levels"][index]["stages"]
        if len(stages) > 1:
            place = which % (len(stages) - 1)
            self._at("treatment", index)
            self.form.press(f"later-{self._stage(index, place)[-1]}")
            stages[place], stages[place + 1] = stages[place + 1], stages[place]

    # Of the levels: one that is added has nothing in it, so there is no plan until it is removed again.

    def _remove_level(self, index: int, _which: int, _size: float, _text: str) -> None:
        if len(self.document["levels"]) > 1:
            self._remove(self._path(index)[1])
            del self.document["levels"][index]
            self.document["levels"][0].pop("segment", None)  # told of the levels after the first

    def _add_level(self, _index: int, _which: int, _size: float, _text: str) -> None:
        self.form.step("limb").press("add-level")
        self.unfinished.append(self.form.case.draft["levels"][-1]["uid"])
        assert self.settings() == []

    def finish(self) -> None:
        """Take out the levels in which nothing was entered."""
        for uid in self.unfinished:
            self._remove(uid)

    # By hand.

    def settings(self) -> list[list[str]]:
        """The settings on the Check page, of the first level."""
        self.form.step("check")
        if len(self.form.case.draft["levels"]) > 1:
            self.form.press(f"level-{self._path(0)[1]}")
        rows = re.findall(r'<tr[^>]* data-day="[0-9]+"><th scope="row">.*?</tr>', self.form.html)
        return [re.findall(r"<td>([0-9.]+)", row) for row in rows]

    def _words(self, index: int, key: str, pair: w.Pair, which: int, size: float, text: str) -> None:
        word = (pair.positive, pair.negative)[which // 6 % 2]
        path = (*self._path(index), key, pair.quantity)
        self._type(key, (*path, "size"), text)
        self._choose(key, (*path, "word"), word)
        told = self.document["levels"][index].setdefault(key, {})
        told.pop(pair.positive, None)
        told.pop(pair.negative, None)
        told[word] = size

    def _path(self, index: int) -> tuple[str, str]:
        """A level that is in the document too: those not finished stand behind them."""
        return ("levels", self.form.case.draft["levels"][index]["uid"])

    def _stage(self, index: int, stage: int) -> tuple[str, ...]:
        level = self.form.case.draft["levels"][index]
        return (*self._path(index), "stages", level["stages"][stage]["uid"])

    def _remove(self, uid: str) -> None:
        self.form.step("limb").press(f"remove-{uid}")

    def _at(self, step: str, index: int | None, *, stages: bool = False) -> None:
        """Show the step and the level, and all stages."""
        if self.form.at.query_params.get("step") != step:
            self.form.step(step)
        if index is not None and f"level-{self._path(index)[1]}" in {button.key for button in self.form.at.button}:
            self.form.press(f"level-{self._path(index)[1]}")
        if stages and self.form.at.button(key="open-all").label == "Open all":
            self.form.press("open-all")

    def _widget(self, step: str, path: tuple[str, ...], *, stages: bool) -> Any:
        uids = [level["uid"] for level in self.form.case.draft["levels"]]
        self._at(step, uids.index(path[1]) if path[0] == "levels" else None, stages=stages)
        key = "|".join((self.form.case.sheet, *path))
        return next(one for one in (*self.form.at.text_input, *self.form.at.button_group) if one.key == key)

    def _type(self, step: str, path: tuple[str, ...], text: str, *, stages: bool = False) -> None:
        self._widget(step, path, stages=stages).input(text)
        self.form.run()

    def _choose(self, step: str, path: tuple[str, ...], option: str | None, *, stages: bool = False) -> None:
        self._widget(step, path, stages=stages).set_value(option)
        self.form.run()


EDITS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, 11),
        st.integers(1, 12).map(lambda halves: halves / 2),
        st.booleans(),
    ),
    min_size=8,
    max_size=8,
    unique_by=lambda edit: edit[0],
)


@pytest.mark.hazard("H-13")
@given(EDITS)
@settings(
    max_examples=amount(6, 2), phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.slow
def test_edits_in_the_page_and_in_python_give_the_same_plan(edits: list[Edit]) -> None:
    both = Twice()
    for edit in edits:
        both.edit(edit)
    both.finish()
    assert both.form.document == both.document
    shown = both.settings()
    try:
        case = hexapod.read_case(both.document)
        plan = hexapod.make_plan(case)
    except hexapod.CaseError:
        assert shown == []
        assert "No schedule was made" in both.form.html
        return
    if isinstance(plan, hexapod.Refusal):
        assert shown == []
        return
    assert plan_id(plan.case) in both.form.html
    assert f'class="hx-banner hx-{plan.verdict}"' in both.form.html
    assert shown == [[number(setting) for setting in row.settings_mm] for row in plan.levels[0].rows]

"""Runs that Streamlit ends wherever it may, at random: what was typed is kept, saved once, and by nobody else."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import ScriptRunner, StopException

from hexapod.app.draft import storage
from hexapod.app.draft.draft_model import entry
from hexapod.library import ANYONE, open_library
from tests.app.driver import Form

STEPS = ("limb", "frame", "deformity", "mounting", "treatment")
# Other than steps: buttons that change the draft, or give its entries new fields.
BUTTONS = ("add-level", "add-stage", "add-structure", "keep-alternative", "work-on-A", "open-all")


class Browser:
    """What a browser sends: the fields as the last page that it got whole had them, and what was done since.

    Of a run that is ended it gets nothing.
    """

    def __init__(self, form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
        self.form, self.cut_at, self.places = form, 0, 0
        asks = "_maybe_handle_execution_control_request"
        monkeypatch.setattr(ScriptRunner, asks, lambda runner: self._asks(runner))
        self.whole_run(WidgetStates())

    def _asks(self, runner: Any) -> None:
        if runner._execing:
            self.places += 1
            if 0 < self.cut_at <= self.places:
                raise StopException

    def whole_run(self, states: WidgetStates) -> None:
        self.cut_at = self.places = 0
        self.form.at._run(states)
        self._got()

    def _got(self) -> None:
        """The browser has got the page that was drawn, whole."""
        assert not self.form.at.exception
        self.tree, self.address = self.form.at._tree, dict(self.form.at.query_params)
        # A browser sends a button only when it was pressed; one told as not pressed would be a change of its state
        # where a run that was ended has shown another page meanwhile, and all callbacks of the page would be called.
        told = self.tree.get_widget_states().widgets
        self.states = WidgetStates(widgets=[one for one in told if one.WhichOneof("value") != "trigger_value"])
        self.places_of_a_run = self.places

    def cut_run(self, states: WidgetStates, place: int) -> None:
        self.cut_at, self.places = place, 0
        self.form.at._run(states)
        if self.places < place:  # shorter than the run before: it came to its end
            self._got()
            return
        self.cut_at, self.form.at._tree = 0, self.tree
        self.form.at.query_params.clear()
        self.form.at.query_params.update(self.address)

    def type(self, field: Any, text: str) -> None:
        next(one for one in self.states.widgets if one.id == field.id).string_value = text

    def pressed(self, button: Any) -> WidgetStates:
        states = copy.deepcopy(self.states)
        states.widgets.add(id=button.id, trigger_value=True)
        return states


def _newest(form: Form) -> dict[str, Any] | None:
    found = open_library().as_user(ANYONE).drafts.load(form.case.token) if form.case.token else None
    return None if found is None else storage.draft_in(found.text)


# With 20 a field that was drawn by a cut run was once taken for drawn.
EVERY_DAY = (2, 20, 43)


@pytest.mark.hazard("H-13")
@pytest.mark.hazard("H-21")
@pytest.mark.parametrize(
    "seed", [seed if seed in EVERY_DAY else pytest.param(seed, marks=pytest.mark.slow) for seed in range(60)]
)
def test_nothing_is_lost_doubled_or_taken_back_wherever_runs_end(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    form = Form(case="new") if seed % 2 else Form().sample("tibia_varus").step("frame")
    browser = Browser(form, monkeypatch)
    for turn in range(8):
        typed: dict[tuple[str, ...], str] = {}
        fields = [one for one in form.at.text_input if one.key.startswith(f"{form.case.sheet}|") and not one.disabled]
        for field in chance.sample(fields, min(len(fields), chance.choice((0, 1, 1, 2)))):
            path = tuple(field.key.split("|")[1:])
            if path[0] in ("template", "record", "advised"):
                continue
            typed[path] = f"{turn + 1}{chance.randrange(10)}"
            browser.type(field, typed[path])
        pressed = browser.states
        wanted = [f"step-{chance.choice(STEPS)}"] * 2 + [*BUTTONS]
        buttons = [one for one in form.at.button if one.key in wanted or one.key.startswith(("more-", "less-"))]
        if chance.random() < 0.7 and (there := [one for one in buttons if not one.disabled]):
            pressed = browser.pressed(chance.choice(there))
        before = copy.deepcopy(form.case.draft)
        for _ in range(chance.choice((1, 1, 2))):
            browser.cut_run(pressed, chance.randrange(1, browser.places_of_a_run + 1))
            pressed = browser.states
        left = copy.deepcopy(form.case.draft)
        browser.whole_run(browser.states)
        draft = form.case.draft
        if left != before:
            assert draft == left, "what was done by the run that ended is not taken back by fields of before it"
        else:
            assert {path: entry(draft, path) for path in typed} == typed
        assert (form.case.unsaved, form.case.newer, form.case.question) == (None, 0, None)
        if draft != before:
            assert _newest(form) == draft
        assert open_library().as_user(ANYONE).cases.find().total == (1 if form.case.token else 0)

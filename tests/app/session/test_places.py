"""What somebody else does to the case moves no field: one that moves is taken off the page, with what is being typed.

The browser draws every few milliseconds what it has got so far.  Where something is inserted before a field, the field
has no place in between (docs/decisions/0015-an-edit-in-the-browser.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hexapod.library import ANYONE, Records, open_library
from tests.app.driver import Form

EVERY_DAY = ("limb", "treatment")
STEPS = ("limb", "frame", "deformity", "mounting", "treatment", "check", "follow-up")


def _places(form: Form) -> dict[str, tuple[int, ...]]:
    """The place of every field on the page."""
    found: dict[str, tuple[int, ...]] = {}

    def look(node: Any, place: tuple[int, ...]) -> None:
        for number, inner in getattr(node, "children", {}).items():
            look(inner, (*place, number))
        if getattr(node, "type", "") in ("text_input", "text_area"):
            found[node.proto.id] = place

    look(form.at._tree, ())
    return found


def _by_somebody_else(form: Form) -> dict[str, Callable[[Records], object]]:
    """What others do, one after the other."""
    key = form.case.token
    before = open_library().as_user(ANYONE).drafts.load(key)
    assert before is not None

    def sign(_: Records) -> None:
        other = Form(case=key, step="check")
        other.press("issue").type("Your name, as it shall stand below the plan", "Dr Else").press("sign")

    return {
        "archives it": lambda records: records.cases.archive(key, "done"),
        "brings it back": lambda records: records.cases.bring_back(key, "not done"),
        "adds a note": lambda records: records.cases.add_note(key, "seen"),
        "signs it": sign,
        "stops it": lambda records: records.plans.stop(key, 1, "pain"),
        "changes it": lambda records: records.drafts.save(key, before.revision, before.text + " "),
    }


@pytest.mark.hazard("H-21")
@pytest.mark.parametrize(
    "step", [step if step in EVERY_DAY else pytest.param(step, marks=pytest.mark.slow) for step in STEPS]
)
def test_no_field_moves_when_somebody_else_does_something(step: str) -> None:
    form = Form(case="sample-tibia_varus").type("Case id", "ours").step(step)
    places, records = _places(form), open_library().as_user(ANYONE)
    for what, do in _by_somebody_else(form).items():
        do(records)
        form.session.drawn_by_itself = True
        form.run()
        now = _places(form)
        assert {one: places[one] for one in places.keys() & now} == {one: now[one] for one in places.keys() & now}, what
        # Gone are the reason to archive a case that is archived, and the name below a plan that is signed.
        assert len(places.keys() - now.keys()) <= (step in ("limb", "check")), what
        places = now

from __future__ import annotations

import pytest

from tests.app.driver import Form

ANGLE = "AP angulation, deg"


def _button(form: Form, name: str, quantity: str) -> str:
    return next(b.key for b in form.at.button if b.key.startswith(f"{name}-") and quantity in b.key)


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize(
    ("typed", "name", "then"), [("12,25", "more", "12,75"), ("", "more", "0.5"), ("0.3", "less", "0.3")]
)
def test_a_step_changes_the_size_and_never_its_direction(form: Form, typed: str, name: str, then: str) -> None:
    form.sample("tibia_varus").step("deformity").type(ANGLE, typed)
    form.press(_button(form, name, "AP angulation"))
    assert form.field(ANGLE).value == then
    entry = form.case.draft["levels"][0]["deformity"]["AP angulation"]
    assert entry == {"size": then, "word": "varus_deg"}


def test_a_step_from_what_is_no_size_says_what_to_type(form: Form) -> None:
    form.sample("tibia_varus").step("deformity").type(ANGLE, "7 deg")
    form.press(_button(form, "more", "AP angulation"))
    assert form.field(ANGLE).value == "7 deg"
    assert "type the number alone" in form.html

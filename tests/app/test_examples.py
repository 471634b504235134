from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from hexapod.app.draft import date_input, labels, number_input
from hexapod.app.session import acknowledgements
from hexapod.app.widgets import limb_icon, step_buttons


@pytest.mark.parametrize(
    "module",
    [acknowledgements, date_input, limb_icon, step_buttons, number_input, labels],
    ids=lambda module: module.__name__,
)
def test_examples_in_the_code_are_true(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed

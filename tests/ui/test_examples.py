from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from hexapod.ui import cautions, dates, figure, nudge, numbers, wording


@pytest.mark.parametrize(
    "module", [cautions, dates, figure, nudge, numbers, wording], ids=lambda module: module.__name__
)
def test_examples_in_the_code_are_true(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed

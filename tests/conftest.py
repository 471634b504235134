"""Shared fixtures, and the settings of the property tests: the same examples on every run, no timing."""

from __future__ import annotations

import copy
import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
settings.register_profile("repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture(autouse=True)
def _a_day_near_those_of_the_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands ask for the date; the cases of the tests begin within a year before this one, or after it."""
    monkeypatch.setattr("hexapod.cli.common._today", lambda: datetime.date(2026, 11, 2))


@pytest.fixture
def case_dict() -> dict[str, Any]:
    """A right tibia, varus with shortening, that plans without a finding; a fresh copy to be spoiled."""
    return copy.deepcopy(json.loads((ROOT / "tests" / "data" / "plain_case.json").read_text("utf-8")))

"""Shared fixtures, and how much of every proof a run takes (tests/amount.py)."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.amount import load_profile, mark
from tests.order import in_order
from tests.typesetting import typeset_once

ROOT = Path(__file__).resolve().parents[1]
load_profile()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark(items)
    in_order(items)
    for item in items:
        # For the table of hazards in docs/verification.md, which is made of the results of a run.
        ids = dict.fromkeys(one for marker in item.iter_markers("hazard") for one in marker.args)
        item.user_properties += [("hazard", one) for one in ids]


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _typesetting(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """The folder of a run holds that of each worker, when there are any."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "typeset"
    folder.mkdir(exist_ok=True)
    with typeset_once(folder):
        yield


@pytest.fixture(autouse=True)
def _a_day_near_those_of_the_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands ask for the date; the cases of the tests begin within a year before this one, or after it."""
    monkeypatch.setattr("hexapod.cli.common._today", lambda: datetime.date(2026, 11, 2))


@pytest.fixture
def case_dict() -> dict[str, Any]:
    """A right tibia, varus with shortening, that plans without a finding; a fresh copy to be spoiled."""
    return copy.deepcopy(json.loads((ROOT / "tests" / "data" / "plain_case.json").read_text("utf-8")))

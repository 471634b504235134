from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from hexapod.records.desk import Desk
from hexapod.records.store import Store
from tests.ui.driver import SAMPLES, Form

# After every day of the samples: a visit is recorded when it has been.
TODAY = datetime.date(2030, 1, 1)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAPOD_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(Desk, "today", lambda _: TODAY)
    monkeypatch.setattr(Store, "today_at_the_latest", lambda _: TODAY)
    monkeypatch.setattr("hexapod.ui.visiting.today", lambda: TODAY)


@pytest.fixture(autouse=True)
def _a_day_near_those_of_the_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hexapod.ui.dates.today", lambda: datetime.date(2026, 11, 2))


@pytest.fixture
def form() -> Form:
    """An empty case."""
    return Form(case="new")


@pytest.fixture
def varus() -> dict[str, Any]:
    return json.loads((SAMPLES / "tibia_varus.json").read_text("utf-8"))

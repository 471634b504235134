from __future__ import annotations

import datetime
import functools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner

from hexapod.library import open_library
from hexapod.library.calls.access import Access
from hexapod.library.storage.transactions import Store
from tests.app.driver import CLINIC_ZONE, SAMPLES, Form

# After every day of the samples: a visit is recorded when it has been.
TODAY = datetime.date(2030, 1, 1)


@pytest.fixture(scope="session", autouse=True)
def _installed_components() -> Iterator[None]:
    """Streamlit looks through every installed package for each page of a test; here once."""
    with pytest.MonkeyPatch.context() as patch:
        found = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture(scope="session")
def new_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a library that nobody has written to."""
    file = tmp_path_factory.mktemp("library") / "library.sqlite3"
    open_library(f"sqlite:///{file}").close()
    return file


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_library: Path) -> None:
    shutil.copy(new_library, tmp_path)
    monkeypatch.setenv("HEXAPOD_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HEXAPOD_TIME_ZONE", CLINIC_ZONE)
    monkeypatch.setattr(Access, "today", lambda _: TODAY)
    monkeypatch.setattr(Store, "today_at_the_latest", lambda _: TODAY)
    monkeypatch.setattr("hexapod.app.session.visit.today", lambda: TODAY)


@pytest.fixture(autouse=True)
def _a_day_near_those_of_the_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hexapod.app.draft.typed_text.today", lambda: datetime.date(2026, 11, 2))


@pytest.fixture
def form() -> Form:
    """An empty case."""
    return Form(case="new")


@pytest.fixture
def varus() -> dict[str, Any]:
    return json.loads((SAMPLES / "tibia_varus.json").read_text("utf-8"))

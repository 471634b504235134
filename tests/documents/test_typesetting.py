"""The tests' memory of typeset documents: one process sets the same document once, another process sets it anew."""

import concurrent.futures
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typst

from tests.documents.plain_case import ROOT
from tests.typesetting import typeset_once

FILES = {"main": b"text", "data.json": b"{}"}
OPTIONS = {"format": "pdf", "font_paths": "somewhere"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, bytes]]:
    """What a typesetter was asked for that makes every document another one."""
    asked: list[dict[str, bytes]] = []

    def compile_(files: dict[str, bytes], **_: Any) -> bytes | list[bytes]:
        asked.append(dict(files))
        if b"no" in files["main"]:
            raise ValueError("no")
        return f"document {len(asked)}".encode()

    monkeypatch.setattr(typst, "compile", compile_)
    return asked


def test_the_same_inputs_are_set_once(asked: list[dict[str, bytes]], tmp_path: Path) -> None:
    for _ in range(2):
        with typeset_once(tmp_path):  # a second worker is a second memory in the same folder
            assert typst.compile(FILES, **OPTIONS) == b"document 1"
            assert typst.compile(dict(reversed(FILES.items())), **OPTIONS) == b"document 1"
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("files", "options"),
    [
        (FILES | {"main": b"text "}, OPTIONS),
        (FILES | {"data.json": b"{ }"}, OPTIONS),
        (FILES | {"figure.svg": b""}, OPTIONS),
        ({"main": b"text{}", "data.json": b""}, OPTIONS),
        ({"main": b"text", "data": b".json{}"}, OPTIONS),
        (FILES, OPTIONS | {"format": "png"}),
        (FILES, OPTIONS | {"ppi": 72.0}),
    ],
)
def test_any_other_input_is_set(
    files: dict[str, bytes], options: dict[str, Any], asked: list[dict[str, bytes]], tmp_path: Path
) -> None:
    with typeset_once(tmp_path):
        assert typst.compile(FILES, **OPTIONS) == b"document 1"
        assert typst.compile(files, **options) == b"document 2"
    assert asked == [FILES, files]


def test_what_is_refused_is_refused_every_time(asked: list[dict[str, bytes]], tmp_path: Path) -> None:
    with typeset_once(tmp_path):
        for _ in range(2):
            with pytest.raises(ValueError, match="no"):
                typst.compile({"main": b"no"}, **OPTIONS)
    assert len(asked) == 2
    assert not list(tmp_path.iterdir())


def test_two_that_write_the_same_at_once_leave_one_whole_document(
    asked: list[dict[str, bytes]], tmp_path: Path
) -> None:
    with typeset_once(tmp_path), concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: typst.compile(FILES, **OPTIONS), range(64)))
        assert typst.compile(FILES, **OPTIONS) in made
    assert len(list(tmp_path.iterdir())) == 1


def test_a_run_remembers_and_a_process_of_its_own_does_not() -> None:
    """The tests of determinism compare what two processes have set."""
    own = [sys.executable, "-c", "import typst; print(typst.compile is typst._typst.compile)"]
    assert subprocess.run(own, cwd=ROOT, capture_output=True, text=True, check=True).stdout == "True\n"
    assert typst.compile is not typst._typst.compile  # type: ignore[attr-defined]

"""`hexapod app` and `hexapod samples`: what they start and print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hexapod
import hexapod.__main__ as face
from hexapod import about
from hexapod.app.server import start
from hexapod.cli.main import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ([], (8501, True)),
        (["--port", "8600"], (8600, True)),
        (["--no-browser"], (8501, False)),
    ],
)
def test_app_opens_the_app(words: list[str], asked: tuple[int, bool]) -> None:
    seen = []

    def open_app(port: int, browser: bool) -> int:
        seen.append((port, browser))
        return 7

    assert main(["app", *words], open_app) == 7
    assert seen == [asked]


@pytest.mark.parametrize(
    "words", [["--port", "x"], ["--port", "0"], ["--port", "65536"], ["--hardware", "own.toml"], ["case.json"]]
)
def test_what_app_does_not_take_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["app", *words], lambda _port, _browser: 0) == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("screen", "browser", "headless"), [("", True, "true"), (":0", True, "false"), (":0", False, "true")]
)
def test_a_browser_is_opened_where_there_is_a_screen(
    screen: str, browser: bool, headless: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.setenv("WAYLAND_DISPLAY", "")
    seen: list[str] = []

    def served(words: list[str], prog_name: str) -> None:
        assert prog_name == "streamlit"
        seen.extend(words)
        raise SystemExit(3)

    monkeypatch.setattr(start.cli, "main", served)
    assert start.start(8600, browser=browser) == 3
    assert seen == ["run", str(ROOT / "app.py"), "--server.port", "8600", "--server.headless", headless]


def test_samples_are_printed_a_file_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert face.main(["samples"]) == 0
    assert [Path(line) for line in capsys.readouterr().out.splitlines()] == sorted(
        (ROOT / "sample_cases").glob("*.json")
    )


def test_every_command_of_the_package_page_exists(capsys: pytest.CaptureFixture[str]) -> None:
    told = (ROOT / "docs" / "install.md").read_text("utf-8")
    for command in set(re.findall(r"`hexapod ([a-z]+)", told)):
        assert face.main([command, "--help"]) == 0
        assert f"hexapod {command}" in capsys.readouterr().out


def test_the_version_comes_from_one_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert face.main(["--version"]) == 0
    assert capsys.readouterr().out == f"{about.SOFTWARE}\n"
    assert about.SOFTWARE == f"hexapod {about.VERSION}" == f"hexapod {hexapod.__version__}"
    assert f"\nversion: {about.VERSION}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "hexapod").rglob("*.py")
        if "node_modules" not in path.parts and f'"{about.VERSION}"' in path.read_text("utf-8")
    ]
    assert found == ["hexapod/about.py"]

"""What the README shows is what the program prints."""

import json
import re
from pathlib import Path

import pytest

from hexapod.cli.main import main
from hexapod.text.languages import NOTICE

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    """Fenced blocks of the README of one kind."""
    return [
        text for found, text in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL) if found == kind
    ]


def test_the_sample_output_is_true(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(ROOT / "sample_cases" / "tibia_varus.json")]) == 0
    printed = capsys.readouterr().out.splitlines()
    shown = next(block for block in blocks("") if "Status: " in block).splitlines()
    place = 0
    for line in shown:
        if line.strip() != "…":
            assert line in printed[place:], line
            place += printed[place:].index(line) + 1
    assert len(shown) > 15


def test_the_sample_input_is_part_of_the_file() -> None:
    def inside(part: object, whole: object) -> bool:
        if isinstance(part, dict):
            return isinstance(whole, dict) and all(key in whole and inside(part[key], whole[key]) for key in part)
        if isinstance(part, list):
            return isinstance(whole, list) and all(inside(a, b) for a, b in zip(part, whole, strict=True))
        return part == whole

    (shown,) = blocks("json")
    assert inside(json.loads(shown), json.loads((ROOT / "sample_cases" / "tibia_varus.json").read_text("utf-8")))


def test_the_two_commands_stand_in_the_first_screenful() -> None:
    top = "\n".join(README.splitlines()[:24])
    assert "make app" in top
    assert "make test" in top
    assert "Not for clinical use without clearance" in top


def test_every_command_is_documented() -> None:
    told = (ROOT / "docs" / "case-format.md").read_text("utf-8")
    for command in (
        "plan CASE",
        "accuracy CASE",
        "--goal",
        "pose CASE",
        "follow-up CASE",
        "measure FILE",
        "advise CASE",
        "--heights",
        "check CASE",
        "catalogue",
        "--hardware",
        "--out",
        "--level",
        "--settings",
        "--date",
        "--pause",
        "--turn-back",
        "--slower",
        "--deformity",
        "--even-if-doubtful",
    ):
        assert command in told, command


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_notice_says_what_the_readme_says() -> None:
    assert "not for clinical use without clearance" in NOTICE

"""What pages and docstrings name is there, and the lines of pages are short enough to read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.verification import PAGE, TABLES, replaced

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "sample_cases" / "README.md",
        ROOT / "tests" / "oracles" / "hand_numbers.md",
    ]
)
LONGEST_LINE = 100
# A file by its ending, with or without folders before it.
FILE = re.compile(r"(?<![\w/.-])((?:[\w-]+/)*[\w-]+\.(?:py|js|typ|toml|csv|json|po))(?![\w-])")
# Files that a reader makes or has, and names of patterns.
NOT_OURS = {"case.json", "hand.json", "secrets.toml", "config.toml", "NAME.toml", "CODE.po", "ours.toml"}
# From where a path may be read: the tree, the package, its rooms, the tests.
HOMES = (ROOT, ROOT / "hexapod", ROOT / "hexapod" / "app", ROOT / "hexapod" / "library", ROOT / "tests", ROOT / "docs")
ROOMS = tuple(path for path in (ROOT / "hexapod").iterdir() if path.is_dir())


def plain_lines(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of a page that are neither code (fenced, or four blanks in) nor a table."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            inside = not inside
        elif not inside and not line.lstrip().startswith("|") and not line.startswith("    "):
            yield number, line


def code_spans(text: str) -> list[str]:
    """What stands between single backticks."""
    return re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def names_missing(text: str, folder: Path) -> list[str]:
    """Files that a page names in backticks and that are nowhere."""
    missing = []
    for span in code_spans(text):
        for name in FILE.findall(span):
            if name.split("/")[-1] in NOT_OURS or re.search(r"[*…]|\bKIND\b", span):
                continue
            near = any((home / name).exists() for home in (*HOMES, *ROOMS, folder))
            somewhere = "/" not in name and any(_anywhere(name))
            if not near and not somewhere:
                missing.append(name)
    return missing


def _anywhere(name: str) -> Iterator[Path]:
    for top in ("hexapod", "tests", "bench", "docs", "sample_cases"):
        for found in (ROOT / top).rglob(name):
            if "node_modules" not in found.parts:
                yield found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_lines_are_short(page: Path) -> None:
    long = [number for number, line in plain_lines(page.read_text("utf-8")) if len(line) > LONGEST_LINE]
    assert not long


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_that_a_page_names_are_there(page: Path) -> None:
    # The changelog also names files of earlier versions.
    if page.name != "CHANGELOG.md":
        assert not names_missing(page.read_text("utf-8"), page.parent)


def test_a_planted_long_line_and_a_planted_name_are_found() -> None:
    planted = f"{'word ' * 21}\n\nSee `hexapod/geometry/no_such_module.py` and `no_such.py`.\n"
    assert [number for number, line in plain_lines(planted) if len(line) > LONGEST_LINE] == [1]
    assert names_missing(planted, ROOT) == ["hexapod/geometry/no_such_module.py", "no_such.py"]


MODULE = re.compile(r"(?<![\w/.-])((?:\w+/)*\w+\.py)\b")


def modules_missing(code: str) -> set[str]:
    """Modules that docstrings or comments of a module name and that are nowhere."""
    told = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Expr)]
    texts = [node.value for node in told if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    texts += re.findall(r"#.*", code)
    named = {name for text in texts for name in MODULE.findall(text)}
    return {name for name in named if not any((home / name).exists() for home in HOMES) and not any(_anywhere(name))}


def test_modules_that_the_code_names_are_there() -> None:
    code = [path for path in (ROOT / "hexapod").rglob("*.py") if "node_modules" not in path.parts]
    assert {path.name: missing for path in code if (missing := modules_missing(path.read_text("utf-8")))} == {}
    planted = '"""The solver (gone.py)."""\n# as in geometry/gone.py, not in forward.py\nNAME = "other.py"\n'
    assert modules_missing(planted) == {"gone.py", "geometry/gone.py"}


def test_commands_of_make_and_python_that_a_page_names_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    wrong = []
    for page in PAGES:
        text = page.read_text("utf-8")
        wrong += [f"{page.name}: make {name}" for name in re.findall(r"`make ([a-z-]+)", text) if name not in targets]
        for name in re.findall(r"python -m (bench(?:\.\w+)?)", text):
            place = ROOT / "bench" / f"{name.partition('.')[2] or '__main__'}.py"
            wrong += [f"{page.name}: {name}"] if not place.exists() else []
    assert not wrong


def test_the_architecture_names_every_module_once() -> None:
    """Below the table of rooms, every module of a room stands once, by its path in the room."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    listed = []
    for heading, part in re.findall(r"^### `([\w/]+)`\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL):
        listed += [f"{heading.rstrip('/')}/{name}" for name in re.findall(r"^\| `([\w/]+\.py)` \|", part, re.MULTILINE)]
    there = [
        path.relative_to(ROOT / "hexapod").as_posix()
        for path in sorted((ROOT / "hexapod").rglob("*.py"))
        if "node_modules" not in path.parts and not path.name.startswith("__") and path.parent != ROOT / "hexapod"
    ]
    assert sorted(listed) == sorted(there), "run `make listing`"


def test_the_page_of_verification_has_a_place_for_every_table() -> None:
    page = PAGE.read_text("utf-8")
    for name in TABLES:
        assert "| a |" in replaced(page, name, "| a |")

"""Settings of the documentation site: `make docs` builds it from the repository's own pages and docstrings."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import hexapod  # noqa: E402

project = "hexapod"
author = "the hexapod developers"
copyright = author
version = release = hexapod.__version__

# The repository itself is the source, so that a link between two pages works on the site as it does in the tree.
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = [
    "*.md",
    "docs/**.md",
    "sample_cases/README.md",
    "tests/oracles/hand_numbers.md",
    "build/api/*.md",
]
exclude_patterns = [".*", "hexapod", "build/docs", "**/node_modules", "tests/app", "tests/browser"]
suppress_warnings = ["myst.xref_missing"]  # links to code: tests/house/test_docs.py looks whether these exist

html_theme = "alabaster"
html_theme_options = {"page_width": "1100px", "sidebar_width": "240px", "show_powered_by": False}
html_title = f"hexapod {version}"
html_copy_source = False
html_show_copyright = False
myst_heading_anchors = 3

# A docstring marks code by single backticks.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "exclude-members": "metadata, registry"}
napoleon_custom_sections = ["Source"]
napoleon_use_rtype = False

API = ROOT / "build" / "api"
# The two ends of the program are used by people, not called.
NO_API = {"app", "cli"}


def rooms() -> list[str]:
    """The rooms of docs/architecture.md in their order, without the two ends."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("<!-- modules -->")[0]
    table = re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE)
    named = [room.strip("` /") for row in table for room in row.split(",")]
    return [room for room in named if room not in NO_API]


def modules(room: str) -> list[str]:
    """The modules of a room by their dotted names, those with a docstring only."""
    home = ROOT / "hexapod" / room
    if not home.is_dir():
        return [f"hexapod.{room}"]
    found = [path for path in sorted(home.rglob("*.py")) if path.name != "__init__.py"]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found]
    return [name for name in names if ".migrations" not in name]


def write_api_pages() -> None:
    """One page for each room, made of the docstrings of its modules."""
    API.mkdir(parents=True, exist_ok=True)
    for old in API.glob("*.md"):
        old.unlink()
    for room in rooms():
        parts = [f"# hexapod.{room}\n"]
        for name in modules(room):
            heading = f"## {name.removeprefix('hexapod.')}\n\n" if name != f"hexapod.{room}" else ""
            parts.append(f"{heading}```{{eval-rst}}\n.. automodule:: {name}\n```\n")
        (API / f"{room}.md").write_text("\n".join(parts), "utf-8")


def as_restructured(*event: Any) -> None:
    """Escape what plain English means by itself and reStructuredText does not: `|x|`, `R*` and `name_`."""
    lines: list[str] = event[-1]
    for number, line in enumerate(lines):
        if line.lstrip().startswith(">>>"):
            continue
        bullet = re.match(r"\s*\* |", line)
        start = bullet.end() if bullet else 0
        parts = line[start:].split("`")
        parts[::2] = [re.sub(r"(?<!\\)([|*]|_\b)", r"\\\1", part) for part in parts[::2]]
        lines[number] = line[:start] + "`".join(parts)


def setup(app: Any) -> None:
    """Called by Sphinx."""
    write_api_pages()
    app.connect("autodoc-process-docstring", as_restructured, priority=400)

"""`make listing`: the modules of every room into docs/architecture.md, by the first sentence of each."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- modules -->", "<!-- end of modules -->"


def rooms() -> list[str]:
    """The folders of the table of rooms, in its order."""
    table = re.findall(r"^\| (`[^|]+) \|", PAGE.read_text("utf-8").partition(BEGIN)[0], re.MULTILINE)
    named = [room.strip("` ") for row in table for room in row.split(",")]
    return [room.rstrip("/") for room in named if room.endswith("/")]


def sentence(module: Path) -> str:
    """The first sentence of a module's docstring, without its full stop."""
    text = " ".join((ast.get_docstring(ast.parse(module.read_text("utf-8"))) or "").split("\n\n")[0].split())
    found = re.match(r"(.+?)(?:\.(?=\s+[A-Z`])|\.?$)", text)
    return found[1].replace("|", "\\|") if found else ""


def listing() -> str:
    """A table for each room, folders of the room after its own modules."""
    parts = []
    for room in rooms():
        home = ROOT / "hexapod" / room
        found = [path for path in home.rglob("*.py") if "node_modules" not in path.parts]
        rows = [
            f"| `{path.relative_to(home).as_posix()}` | {sentence(path)} |"
            for path in sorted(found, key=lambda path: (path.parent != home, path.parent, path.name))
            if not path.name.startswith("__")
        ]
        parts.append("\n".join([f"### `{room}`", "", "| module | holds |", "|---|---|", *rows]))
    return "\n\n".join(parts)


def main() -> None:
    """Rewrite the page in place."""
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{listing()}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()

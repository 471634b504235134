"""A stranger finds what a name says: one public class of a name, one module of a name, short modules, short folders."""

import ast
from collections import defaultdict
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2] / "hexapod"
# Names of modules that repeat, because the folder says whose they are.
EXEMPT = {"__init__", "document", "tables", "text", "models", "errors"}
MOST_LINES, MOST_NAMES = 400, 20
# The rooms themselves, which a case travels through: one line each in docs/architecture.md.
MOST_ROOMS = 24
# The package's own face, which is no room, and the mark that it has types.
FACE = {"__init__.py", "__main__.py", "about.py", "py.typed"}
# Made on the machine, and in no copy of the source.
NOT_SOURCE = {"__pycache__", "node_modules", "shipped"}


def modules() -> list[Path]:
    found = sorted(path for path in HOUSE.rglob("*.py") if not NOT_SOURCE & set(path.parts))
    assert len(found) > 100
    return found


def names(folder: Path) -> list[str]:
    inside = {path.name for path in folder.iterdir()} - NOT_SOURCE
    return sorted(inside - FACE if folder == HOUSE else inside)


def test_no_public_class_has_the_name_of_another() -> None:
    homes = defaultdict(set)
    for path in modules():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].add(path.relative_to(HOUSE).as_posix())
    assert {name: sorted(where) for name, where in homes.items() if len(where) > 1} == {}


def test_a_modules_name_repeats_only_where_its_folder_says_whose_it_is() -> None:
    homes = defaultdict(list)
    for path in modules():
        homes[path.stem].append(path.relative_to(HOUSE).as_posix())
    assert {name: where for name, where in homes.items() if len(where) > 1 and name not in EXEMPT} == {}


def test_no_module_is_longer_than_one_idea() -> None:
    lengths = {path.relative_to(HOUSE).as_posix(): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {where: lines for where, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_folder_is_seen_at_a_glance() -> None:
    folders = sorted({folder for path in modules() for folder in path.parents if folder.is_relative_to(HOUSE)})
    counts = {folder.relative_to(HOUSE).as_posix(): len(names(folder)) for folder in folders}
    assert {
        where: count for where, count in counts.items() if count > (MOST_ROOMS if where == "." else MOST_NAMES)
    } == {}

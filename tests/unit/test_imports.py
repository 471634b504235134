"""Imports go only down the list of docs/architecture.md; some packages have one door."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# From the bottom up; a module may import its own rank and anything below.
RANKS = [
    {"errors", "characters"},
    {"geometry"},
    {"hardware"},
    {"clinical"},
    {"case"},
    {"planning"},
    {"safety"},
    {
        "plan",
        "reading",
        "compared",
        "stories",
        "explain",
        "fitted",
        "follow_up",
        "moment",
        "returning",
        "so_far",
        "replan",
        "advice",
        "sensitivity",
    },
    {"report", "records", "radiograph"},
    {
        "ui",
        "cli",
        "cli_common",
        "cli_follow_up",
        "cli_advise",
        "cli_plan",
        "cli_documents",
        "cli_library",
        "__init__",
        "__main__",
    },
]
STREAMLIT_ONLY_IN = {"ui"}
ROTATIONS_ONLY_IN = "hexapod/geometry/transforms.py"
# Nothing but these may touch files, folders or the clock.
DISK_ALLOWED = {
    "case",
    "records",
    "report",
    "ui",
    "cli",
    "cli_common",
    "cli_follow_up",
    "cli_advise",
    "cli_plan",
    "cli_documents",
    "cli_library",
    "hardware",
    "__init__",
}
DISK_MODULES = {"os", "pathlib", "tempfile", "shutil", "time", "sqlite3"}


def imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} uses a relative import"
            names += [f"{node.module}.{alias.name}" for alias in node.names] + [node.module or ""]
    return names


def rank(part: str) -> int:
    """Rank of a part of the package; a name imported from the package itself counts as the package."""
    return next((number for number, parts in enumerate(RANKS) if part in parts), len(RANKS) - 1)


def part_of(path: Path) -> str:
    inside = path.relative_to(ROOT / "hexapod")
    return inside.parts[0].removesuffix(".py")


def modules() -> list[Path]:
    found = [path for path in (ROOT / "hexapod").rglob("*.py") if "node_modules" not in path.parts]
    assert len(found) > 30
    return found


def test_imports_go_only_down() -> None:
    wrong = []
    for path in modules():
        own = part_of(path)
        for name in imported(path):
            if name.startswith("hexapod.") and rank(name.split(".")[1]) > rank(own):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
            if name == "hexapod" and rank(own) < rank("cli"):
                wrong.append(f"{path.relative_to(ROOT)} imports the whole package")
    assert not wrong


def test_streamlit_and_rotations_have_one_door() -> None:
    wrong = []
    for path in modules():
        where = path.relative_to(ROOT).as_posix()
        for name in imported(path):
            top = name.split(".")[0]
            if top == "streamlit" and part_of(path) not in STREAMLIT_ONLY_IN:
                wrong.append(f"{where} imports streamlit")
            rotation = top == "transforms3d" or name.startswith("scipy.spatial.transform")
            if rotation and where != ROTATIONS_ONLY_IN:
                wrong.append(f"{where} imports {name}")
    assert not wrong


def test_planning_reads_no_disk_and_no_clock() -> None:
    wrong = []
    for path in modules():
        if part_of(path) in DISK_ALLOWED:
            continue
        wrong += [f"{path} imports {name}" for name in imported(path) if name.split(".")[0] in DISK_MODULES]
        text = path.read_text("utf-8")
        wrong += [f"{path} asks the clock" for call in (".today(", ".now(", "utcnow(") if call in text]
    assert not wrong


def test_only_the_outermost_edge_catches_everything() -> None:
    broad = []
    for path in [*modules(), ROOT / "app.py"]:
        broad += [
            path.relative_to(ROOT).parts[:2]
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ExceptHandler)
            and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
        ]
    assert all(where == ("hexapod", "ui") for where in broad)
    assert len(broad) <= 1


def test_no_module_holds_two_ideas() -> None:
    long = [path for path in modules() if len(path.read_text("utf-8").splitlines()) > 400]
    assert not long

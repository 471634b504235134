"""Imports go only down the list of docs/architecture.md; some rooms have one door."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A row of the list in docs/architecture.md: rooms that stand in one row do not know each other.
ROW = re.compile(r"^\| (`[^|]+) \|", re.MULTILINE)
TABLE_OF_ROOMS = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("<!-- modules -->")[0]
RANKS = [[room.strip("` /") for room in row.split(",")] for row in ROW.findall(TABLE_OF_ROOMS)]
# The package itself: its public names and its command.
FACE = ("__init__", "__main__")
STREAMLIT_ONLY_IN = {"app"}
# Nothing but these may touch files, folders or the clock.
DISK_ALLOWED = {"about", "case", "hardware", "library", "documents", "text", "study", "home", "cli", "app", "__init__"}
# The one reader of radiographs, which starts a process beside its program.
READERS = {"film_file.py"}
DISK_MODULES = {"os", "pathlib", "tempfile", "shutil", "time", "sqlite3"}
MOST_LINES, MOST_NAMES = 400, 20


def imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} uses a relative import"
            names += [f"{node.module}.{alias.name}" for alias in node.names] + [node.module or ""]
    return names


def rank(room: str) -> int:
    """Rank of a room: whoever imports the package itself stands with its face, above all rooms."""
    return next((number for number, rooms in enumerate(RANKS) if room in rooms), len(RANKS))


def part_of(path: Path) -> str:
    inside = path.relative_to(ROOT / "hexapod")
    return inside.parts[0].removesuffix(".py")


def modules() -> list[Path]:
    found = [path for path in (ROOT / "hexapod").rglob("*.py") if "node_modules" not in path.parts]
    assert len(found) > 30
    return found


def test_every_room_is_in_the_list_and_listed_once() -> None:
    listed = [room for rooms in RANKS for room in rooms]
    there = {part_of(path) for path in modules()} - set(FACE)
    assert sorted(listed) == sorted(there)


def test_imports_go_only_down() -> None:
    wrong = []
    for path in modules():
        own = part_of(path)
        if own in FACE:
            continue
        for name in imported(path):
            if name == "hexapod" or name.startswith("hexapod."):
                room = name.split(".")[1] if "." in name else ""
                # The package itself is for its own face and for the two ends of the house.
                face = room not in {part for rooms in RANKS for part in rooms}
                beside = rank(room) == rank(own) and room != own
                if own not in ("cli", "app") if face else beside or rank(room) > rank(own):
                    wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong


def test_streamlit_has_one_door_and_rotations_are_our_own() -> None:
    wrong = []
    for path in modules():
        where = path.relative_to(ROOT).as_posix()
        for name in imported(path):
            top = name.split(".")[0]
            if top == "streamlit" and part_of(path) not in STREAMLIT_ONLY_IN:
                wrong.append(f"{where} imports streamlit")
            if top == "transforms3d" or name.startswith("scipy.spatial.transform"):
                wrong.append(f"{where} imports {name}")
    assert not wrong


def test_one_module_speaks_to_the_state_that_streamlit_keeps() -> None:
    """All others have the session's object, which no cut run leaves half changed (decision 11)."""
    app = [path for path in modules() if part_of(path) == "app"]
    speak = [
        path.relative_to(ROOT / "hexapod").as_posix() for path in app if "session_state" in path.read_text("utf-8")
    ]
    assert speak == ["app/session/session.py"]


def test_planning_reads_no_disk_and_no_clock() -> None:
    wrong = []
    for path in modules():
        if part_of(path) in DISK_ALLOWED or path.name in READERS:
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
    assert all(where == ("hexapod", "app") for where in broad)
    assert len(broad) <= 1


def test_no_module_holds_two_ideas() -> None:
    long = [path for path in modules() if len(path.read_text("utf-8").splitlines()) > 400]
    assert not long

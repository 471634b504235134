"""The pictures of the documentation are those that the code draws today."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.hazard("H-05")
def test_the_pictures_are_drawn_by_the_code_of_today(tmp_path: Path) -> None:
    call = [sys.executable, "docs/draw.py", str(tmp_path)]
    subprocess.run(call, cwd=ROOT, check=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    drawn = sorted(path.name for path in tmp_path.iterdir())
    assert drawn == ["frame_from_proximal.svg", "left_and_right.svg", "rotations.svg", "sheet.png"]
    for name in drawn:
        same = (tmp_path / name).read_bytes() == (ROOT / "docs" / "pictures" / name).read_bytes()
        assert same, f"{name}: run `make drawings`"

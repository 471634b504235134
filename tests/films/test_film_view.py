"""The browser's part of the radiographs, without a browser: its own tests of view, points, list and edges."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

VIEWER = Path(__file__).resolve().parents[2] / "hexapod" / "app" / "viewer"
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="node comes with `make app`")
@pytest.mark.parametrize("name", ["films", "point_list"])
@pytest.mark.hazard("H-33")
def test_points_are_kept_in_stored_pixels_whatever_the_view(name: str) -> None:
    assert NODE is not None
    done = subprocess.run([NODE, "--test", f"test/{name}.test.js"], cwd=VIEWER, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "fail 0" in done.stdout

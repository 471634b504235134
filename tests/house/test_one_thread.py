"""Linear algebra by one thread: with more, a busy machine makes every small product wait."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASK = "import hexapod, os; print(os.environ['OPENBLAS_NUM_THREADS'], len(os.listdir('/proc/self/task')))"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads are counted by /proc")
def test_numpy_has_one_thread_unless_somebody_asks_for_more() -> None:
    surroundings = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}

    def said(**more: str) -> str:
        return subprocess.check_output([sys.executable, "-c", ASK], env=surroundings | more, text=True).strip()

    assert said() == "1 1"
    assert said(OPENBLAS_NUM_THREADS="2").startswith("2 ")

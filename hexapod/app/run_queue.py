"""Runs of the page take turns: done one after the other they are all done sooner than when all are under way at once.

Python works on one thing at a time anyway.  Of many runs begun together and shared out in slices each ends late; in
turns most end early, and the last no later.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Whoever has waited so long goes on beside the one whose turn it is: that must be at something long.
PATIENCE_S = 0.5

_turn = threading.Lock()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn, at most for a while; the next one's begins when this ends, however it ends."""
    mine = _turn.acquire(timeout=PATIENCE_S)
    try:
        yield
    finally:
        if mine:
            _turn.release()

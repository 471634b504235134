"""Sign-ins that were ended by signing out.  Streamlit's cookie outlives that in other tabs, and in a copy of it."""

from __future__ import annotations

import threading

_until_s: dict[str, float] = {}
_lock = threading.Lock()


def end(mark: str, until_s: float, now_s: float) -> None:
    """Let a sign-in count no more on this server; it is forgotten when it would have ended by itself (seconds, UTC)."""
    with _lock:
        for old in [known for known, end_s in _until_s.items() if end_s <= now_s]:
            del _until_s[old]
        _until_s[mark] = until_s


def ended(mark: str) -> bool:
    """Whether a sign-in was ended."""
    return mark in _until_s

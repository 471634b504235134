"""Whose the files are that pages hand out: by their content, the user and the case they were made for."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

# Files remembered, the latest: a hundred bytes each.  One that is forgotten is handed out to nobody.
MOST = 50_000
_of: OrderedDict[bytes, set[tuple[str, str]]] = OrderedDict()
_lock = threading.Lock()


def keep(content: bytes, user: str, case: str) -> bytes:
    """Remember for whom and for which case (its key, empty for one that is in no library) a content was made; it."""
    mark = hashlib.sha256(content).digest()
    with _lock:
        _of.setdefault(mark, set()).add((user, case))
        _of.move_to_end(mark)
        while len(_of) > MOST:
            _of.popitem(last=False)
    return content


def cases_of(content: bytes, user: str) -> set[str]:
    """The cases for which a content was made for a user; none when it was not made for them."""
    with _lock:
        found = _of.get(hashlib.sha256(content).digest(), set())
        return {case for whose, case in found if whose == user}
